package web

import (
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/statement"
)

// paperPage shows a statement as it will be printed.
type paperPage struct {
	Base
	Sheet sheet.Sheet
	Heads [][]headCell
	Lines []paperLine
	Back  string
	PDF   string
	XLSX  string
}

type paperLine struct {
	Final bool
	Cells []sheet.Value
}

func (c *call) paperPage(r *statement.Report) *paperPage {
	p := &paperPage{Sheet: r.Paper(), Back: c.without("format"), PDF: c.with("format", "pdf"), XLSX: c.with("format", "xlsx")}
	p.Title, p.Styles = r.Title, []string{"statement.css"}
	columns := r.Columns
	if r.TwoSided() {
		columns = append(columns, columns...)
	}
	groups, single := heads(columns)
	if p.Heads = [][]headCell{single}; groups != nil {
		p.Heads = [][]headCell{groups, single}
	}
	for _, row := range p.Sheet.Rows {
		line := paperLine{Cells: row}
		for _, v := range row {
			line.Final = line.Final || v.Stands() == sheet.Final
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}
