package statement

import (
	"slices"
	"strings"

	"xiangzhang/internal/sheet"
)

// Sheet gives the report as one table for programs.
func (r *Report) Sheet() sheet.Sheet {
	s := sheet.Sheet{Title: r.Title, Totals: len(r.Totals), Footer: r.footer()}
	s.Columns = r.sheetColumns()
	for _, rows := range [][]Row{r.Rows, r.Totals} {
		for _, row := range rows {
			s.Rows = append(s.Rows, r.values(row))
		}
	}
	return s
}

// Paper gives the report as it is printed: whose it is, of when and in what unit above it, the sides of a balance sheet
// beside each other, who signs below.
func (r *Report) Paper() sheet.Sheet {
	s := r.Sheet()
	s.Number, s.Entity, s.Period, s.Unit = r.Number, "编制单位:"+r.Entity, r.period(), "单位:"+r.Unit
	if strings.HasSuffix(r.Name, "balance-sheet") {
		s.Period = r.To.Last().Chinese()
	}
	s.Signatures = r.Signatures()
	if !r.TwoSided() {
		return s
	}
	left, right := r.sides()
	s.Columns = append(s.Columns, s.Columns...)
	s.Rows, s.Totals = nil, 0
	blank := make([]sheet.Value, len(r.Columns))
	for i := range max(len(left), len(right)) {
		row := slices.Clone(blank)
		if i < len(left) {
			row = left[i]
		}
		if i < len(right) {
			row = append(row, right[i]...)
		} else {
			row = append(row, blank...)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// Signatures names who signs, on whatever paper: a statement is signed by the unit's head, the person in charge of its
// accounting, the head of the accounting body and who drew it up (会计法第二十一条); a ledger by who keeps it.
func (r *Report) Signatures() []string {
	if r.Signers != nil {
		return r.Signers
	}
	if d, err := Find(r.Name); err == nil && d.Ledger {
		return []string{"会计主管", "记账"}
	}
	return []string{"单位负责人", "主管会计工作负责人", "会计机构负责人", "制表人"}
}

// TwoSided tells whether the report is a form with what is owned on the left and what is owed on the right.
func (r *Report) TwoSided() bool {
	on := func(side string) bool {
		return slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Kind == Head && row.Side == side })
	}
	return on("asset") && on("liability")
}

// sides gives the rows of both sides; the totals stand on one line.
func (r *Report) sides() (left, right [][]sheet.Value) {
	for _, rows := range [][]Row{r.Rows, r.Totals} {
		for _, row := range rows {
			if row.Side == "asset" {
				left = append(left, r.values(row))
			} else {
				right = append(right, r.values(row))
			}
		}
	}
	short, long := &left, len(right)
	if len(left) > long {
		short, long = &right, len(left)
	}
	if n := len(*short); n > 0 && n < long {
		for range long - n {
			*short = slices.Insert(*short, len(*short)-1, make([]sheet.Value, len(r.Columns)))
		}
	}
	return left, right
}

func (r *Report) sheetColumns() []sheet.Column {
	var columns []sheet.Column
	for _, c := range r.Columns {
		columns = append(columns, sheet.Column{Name: c.Key, Title: c.Title, Group: c.Group, AsText: c.Kind == Text})
	}
	return columns
}

var emphasis = map[RowKind]sheet.Emphasis{Head: sheet.Strong, Subtotal: sheet.Strong, Total: sheet.Final}

// values gives a row's cells, its depth shown by indenting.
func (r *Report) values(row Row) []sheet.Value {
	values := make([]sheet.Value, len(r.Columns))
	for i, c := range r.Columns {
		values[i] = c.value(row.Cells[i])
	}
	if n := r.nameColumn(); row.Level > 0 && !values[n].Empty() {
		values[n] = sheet.Text(strings.Repeat("　", row.Level) + values[n].String())
	}
	for i := range values {
		values[i] = values[i].With(emphasis[row.Kind])
	}
	return values
}
