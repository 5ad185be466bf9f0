package ledger

import (
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// checkUnits refuses lines of a shared book that are spent by a unit outside the book's unit and what lies below it. A
// line without a unit is the book's own and costs no look.
func checkUnits(tx *store.Tx, b Book, lines []Line) error {
	var known map[int64]bool
	for i, l := range lines {
		unit := l.Dims.Unit
		if unit == 0 || unit == b.Unit || known[unit] {
			continue
		}
		u, err := org.Get(tx, b.County, unit)
		if err != nil && fault.As(err) == nil {
			return err
		}
		if err != nil || !org.Within(u.Path, b.Path) {
			return &LineError{i + 1, fault.Newf(fault.Refused, "line-unit", "请选择本账套单位或其下属单位",
				"本行的用款单位不属于账套%s的单位%s", b.Name, b.UnitName).In("unit")}
		}
		if known == nil {
			known = map[int64]bool{}
		}
		known[unit] = true
	}
	return nil
}
