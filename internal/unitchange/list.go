package unitchange

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// Change is a change of units as history keeps it.
type Change struct {
	Order
	Step   string // rename, merge, split, end
	Person int64
	At     string
	Parts  []Part
}

// Part is a unit in a change, under the name that it had before.
type Part struct {
	Unit int64
	Part string // renamed, ended, successor
	Name string
}

// Title is the change on pages.
func (c Change) Title() string { return Kind.Step(c.Step).Title }

// Get gives one change.
func Get(tx *store.Tx, county int64, id string) (Change, error) {
	all, err := query(tx, `c.document_id = $2`, county, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "unit-change-unknown", "没有这次单位变更", "请从单位的变更记录中打开")
	}
	if err != nil {
		return Change{}, err
	}
	return all[0], nil
}

// Of lists the changes that concerned a unit, oldest first.
func Of(tx *store.Tx, county, unit int64) ([]Change, error) {
	return query(tx, `c.document_id in (select document_id from unit_change_part where county_id = $1 and unit_id = $2)`, county, unit)
}

func query(tx *store.Tx, where string, args ...any) ([]Change, error) {
	rows, err := tx.Query(`select c.document_id, c.kind, c.on_date, c.document_no, c.reason, c.person_id, c.at, p.unit_id, p.part, p.name
		from unit_change c join unit_change_part p on p.county_id = c.county_id and p.document_id = c.document_id
		where c.county_id = $1 and `+where+` order by c.on_date, c.at, c.document_id, p.part, p.unit_id`, args...)
	if err != nil {
		return nil, fmt.Errorf("unitchange: %w", err)
	}
	defer rows.Close()
	var all []Change
	for rows.Next() {
		var c Change
		var p Part
		var on string
		if err := rows.Scan(&c.ID, &c.Step, &on, &c.DocumentNo, &c.Reason, &c.Person, &c.At, &p.Unit, &p.Part, &p.Name); err != nil {
			return nil, fmt.Errorf("unitchange: %w", err)
		}
		c.On = calendar.Date(on)
		if n := len(all); n == 0 || all[n-1].ID != c.ID {
			all = append(all, c)
		}
		last := &all[len(all)-1]
		last.Parts = append(last.Parts, p)
	}
	return all, rows.Err()
}
