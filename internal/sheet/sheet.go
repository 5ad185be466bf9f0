// Package sheet takes tables in and gives them out as townships keep them: CSV (UTF-8 with or without a byte order mark,
// UTF-16 with one, GBK and GB18030) and XLSX.
//
// What it keeps: every cell arrives as the text that a person sees in the file, under the row number that the person
// sees; what a person cannot see (a formula behind a value, a hidden row, a merged neighbour, a second worksheet, digits
// lost beyond the fifteenth) is refused with the cell's name and the way out, never guessed. Nothing is rounded here.
//
// Tables are written by excelize. They are read by a small reader of its own, because excelize gives either streamed
// text without formulas, styles and hidden columns, or all of them with the whole worksheet in memory.
package sheet

import (
	"fmt"
	"slices"
)

// Column is one column of a table that is read or written.
type Column struct {
	Name     string   // the English head, which programs use: "debit"
	Title    string   // the Chinese head: 借方金额
	Group    string   // written: a common head over this and the columns beside it that have the same
	Aliases  []string // other heads under which people keep it
	Required bool     // the head must be there; whether a cell may be blank is the domain's rule
	AsText   bool     // a code or an identifier: the template keeps its leading zeros
	Note     string   // one sentence for the template
	Example  string
	Choices  []string // the values to choose from in the template
}

// Layout declares a table that people fill in and the program reads.
type Layout struct {
	Name    string // the kind as commands name it: "vouchers"
	Title   string // 凭证导入表
	Columns []Column
}

// Table is what was read: the rows that are not blank, in the file's order.
type Table struct {
	Rows    []Row
	columns map[string]int // by English name, the place in Cells
	heads   []string       // as the file writes them, in the layout's order; empty where the file has no such column
}

// Row is one row that is not blank.
type Row struct {
	Number int      // as the person sees it in the file: from 1, the head included
	Cells  []string // in the layout's order, without surrounding blanks; empty where the file has no such column
	table  *Table
}

// Get gives the cell of a column by its English name. A name that the layout does not have is a mistake in the program.
func (r Row) Get(column string) string {
	return r.Cells[r.table.place(column)]
}

// Has reports whether the file has the column.
func (t *Table) Has(column string) bool { return t.heads[t.place(column)] != "" }

// Head gives the column's head as the file writes it, to name the column in a problem; the English name where the file
// does not have it.
func (t *Table) Head(column string) string {
	if head := t.heads[t.place(column)]; head != "" {
		return head
	}
	return column
}

func (t *Table) place(column string) int {
	i, ok := t.columns[column]
	if !ok {
		panic(fmt.Sprintf("sheet: the layout has no column %q", column))
	}
	return i
}

func newTable(layout Layout) *Table {
	t := &Table{columns: make(map[string]int, len(layout.Columns)), heads: make([]string, len(layout.Columns))}
	for i, c := range layout.Columns {
		if c.Name == "" || c.Title == "" {
			panic(fmt.Sprintf("sheet: column %d of layout %q lacks a name or a title", i, layout.Name))
		}
		if _, twice := t.columns[c.Name]; twice {
			panic(fmt.Sprintf("sheet: layout %q declares column %q twice", layout.Name, c.Name))
		}
		t.columns[c.Name] = i
	}
	return t
}

// titles lists the heads that the layout knows, for the sentences that refuse a head.
func (l Layout) titles() []string {
	titles := make([]string, 0, len(l.Columns))
	for _, c := range l.Columns {
		titles = append(titles, c.Title)
	}
	return slices.Clip(titles)
}
