package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/store"
)

// Row is one row of an official table, of a chart or a classification, as the database holds it.
type Row struct {
	Code       string
	Name       string
	Parent     string
	Half       string // of an account; empty in a classification, as the next three
	Direction  int64  // 1 debit, -1 credit
	AppliesTo  string
	Dimensions string // stored form, "function!7,economic!,project"
	Confirmed  bool   // seen in a source
}

// Change is what became of a row from one edition to another.
type Change string

// The changes that a comparison tells apart. A row that moved has its name under another code, or another parent.
const (
	RowAdded   Change = "added"   // 新增
	RowEnded   Change = "ended"   // 取消
	RowRenamed Change = "renamed" // 改名
	RowMoved   Change = "moved"   // 调整编码或上级
	RowAltered Change = "altered" // 余额方向、辅助核算或适用范围改变
)

var changeTitles = map[Change]string{RowAdded: "新增", RowEnded: "取消", RowRenamed: "改名", RowMoved: "调整编码", RowAltered: "改要求"}

// Changes gives every change in the order in which pages list them.
func Changes() []Change { return []Change{RowAdded, RowEnded, RowRenamed, RowMoved, RowAltered} }

// Title is the change on pages.
func (c Change) Title() string { return changeTitles[c] }

// Difference is a row that two editions do not share as it is. Before is empty for an added row, After for an ended one.
type Difference struct {
	Change        Change
	Before, After Row
	Details       []string // what differs, in sentences
}

// EditionRows gives the rows of an official table by code.
func EditionRows(tx *store.Tx, edition string) ([]Row, error) {
	rows, err := tx.Query(`select code, name, parent, half, direction, applies_to, dimensions, confirmed from edition_account where edition_id = $1
		union all select code, name, parent, '', 0, '', '', confirmed from edition_class where edition_id = $1 order by 1`, edition)
	if err != nil {
		return nil, fmt.Errorf("ledger.EditionRows %s: %w", edition, err)
	}
	defer rows.Close()
	var out []Row
	for rows.Next() {
		var r Row
		if err := rows.Scan(&r.Code, &r.Name, &r.Parent, &r.Half, &r.Direction, &r.AppliesTo, &r.Dimensions, &r.Confirmed); err != nil {
			return nil, fmt.Errorf("ledger.EditionRows %s: %w", edition, err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// CompareEditions says what differs between the rows of two editions of one table, by change and code. A row is the
// same row where it has the same code and name; a code with another name was given to another subject where the old
// name lives on under another code, else it was renamed; a name that lives on under another code has moved. Names that
// occur several times in an edition say nothing.
func CompareEditions(before, after []Row) []Difference {
	is := byCode(after)
	left, right := bySingleName(before), bySingleName(after)
	var out []Difference
	settled := map[string]bool{} // codes of the new edition that need no further look
	for _, b := range before {
		a, kept := is[b.Code]
		moved, lives := right[b.Name]
		if left[b.Name].Code != b.Code {
			lives = false
		}
		switch {
		case kept && a.Name == b.Name:
			settled[a.Code] = true
			if d, differs := compareRow(b, a); differs {
				out = append(out, d)
			}
		case lives && moved.Code != b.Code:
			settled[moved.Code] = true
			out = append(out, movedTo(b, moved))
		case kept && !nameComesFromElsewhere(a, left):
			settled[a.Code] = true
			d, _ := compareRow(b, a)
			d.Change, d.Before, d.After = RowRenamed, b, a
			d.Details = append([]string{"「" + b.Name + "」改为「" + a.Name + "」"}, d.Details...)
			out = append(out, d)
		default:
			out = append(out, Difference{Change: RowEnded, Before: b})
		}
	}
	for _, a := range after {
		if !settled[a.Code] {
			out = append(out, Difference{Change: RowAdded, After: a})
		}
	}
	slices.SortStableFunc(out, func(x, y Difference) int {
		return cmp.Or(slices.Index(Changes(), x.Change)-slices.Index(Changes(), y.Change), cmp.Compare(x.code(), y.code()))
	})
	return out
}

func (d Difference) code() string {
	if d.Change == RowAdded {
		return d.After.Code
	}
	return d.Before.Code
}

func byCode(rows []Row) map[string]Row {
	m := make(map[string]Row, len(rows))
	for _, r := range rows {
		m[r.Code] = r
	}
	return m
}

// bySingleName gives the rows whose name stands once in the edition.
func bySingleName(rows []Row) map[string]Row {
	m, count := map[string]Row{}, map[string]int{}
	for _, r := range rows {
		m[r.Name] = r
		count[r.Name]++
	}
	for name, n := range count {
		if n > 1 {
			delete(m, name)
		}
	}
	return m
}

// nameComesFromElsewhere reports whether the new name of a code was another code's before.
func nameComesFromElsewhere(a Row, left map[string]Row) bool {
	old, ok := left[a.Name]
	return ok && old.Code != a.Code
}

func movedTo(b, a Row) Difference {
	d, _ := compareRow(b, a)
	d.Change, d.Before, d.After = RowMoved, b, a
	d.Details = append([]string{"编码 " + b.Code + " 改为 " + a.Code}, d.Details...)
	return d
}

// compareRow compares what two rows of one subject demand.
func compareRow(b, a Row) (Difference, bool) {
	d := Difference{Change: RowAltered, Before: b, After: a}
	if b.Code == a.Code && b.Parent != a.Parent {
		d.Change = RowMoved
		d.Details = append(d.Details, "上级 "+orNone(b.Parent)+" 改为 "+orNone(a.Parent))
	}
	if b.Half != a.Half {
		d.Details = append(d.Details, "由"+Half(b.Half).Title()+"改属"+Half(a.Half).Title())
	}
	if b.Direction != a.Direction {
		d.Details = append(d.Details, "余额方向由"+side(b.Direction)+"改为"+side(a.Direction))
	}
	if b.AppliesTo != a.AppliesTo {
		d.Details = append(d.Details, "适用范围由"+appliesTitle(b.AppliesTo)+"改为"+appliesTitle(a.AppliesTo))
	}
	if b.Dimensions != a.Dimensions {
		d.Details = append(d.Details, "辅助核算由"+dimensionsTitle(b.Dimensions)+"改为"+dimensionsTitle(a.Dimensions))
	}
	return d, len(d.Details) > 0
}

func orNone(code string) string {
	if code == "" {
		return "无"
	}
	return code
}

func side(direction int64) string {
	if direction < 0 {
		return "贷方"
	}
	return "借方"
}

func appliesTitle(regime string) string {
	if t := Regime(regime).Title(); t != "" {
		return t
	}
	return "全部单位"
}

// dimensionsTitle writes the stored form of an account's dimensions as people read it.
func dimensionsTitle(stored string) string {
	if stored == "" {
		return "无"
	}
	requires, err := ParseRequirements(stored)
	if err != nil {
		return stored
	}
	var parts []string
	for _, r := range requires {
		t := r.Dimension.Title()
		if r.Required {
			t += "(必填)"
		}
		parts = append(parts, t)
	}
	return strings.Join(parts, "、")
}
