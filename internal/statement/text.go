package statement

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/width"

	"xiangzhang/internal/sheet"
)

// cellsOf gives what a terminal needs for a text: a Chinese character takes two cells.
func cellsOf(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

func pad(s string, to int, right bool) string {
	blank := strings.Repeat(" ", max(0, to-cellsOf(s)))
	if right {
		return blank + s
	}
	return s + blank
}

// Text writes the report for people, aligned for terminals.
func (r *Report) Text(w io.Writer) error {
	lines := r.textLines()
	widths := make([]int, len(r.Columns))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], cellsOf(cell))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", r.Title, r.subtitle())
	full := 2 * (len(widths) - 1)
	for _, n := range widths {
		full += n
	}
	for n, line := range lines {
		if n == 1 || len(r.Totals) > 0 && n == 1+len(r.Rows) {
			b.WriteString(strings.Repeat("-", full) + "\n")
		}
		var text strings.Builder
		for i, cell := range line {
			if i > 0 {
				text.WriteString("  ")
			}
			text.WriteString(pad(cell, widths[i], r.Columns[i].Kind != Text))
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
	b.WriteString(strings.Repeat("=", full) + "\n")
	for _, line := range r.footer() {
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// textLines gives head, rows and totals as texts; the first column of text shows the level by indenting.
func (r *Report) textLines() [][]string {
	lines := [][]string{r.heads()}
	for _, rows := range [][]Row{r.Rows, r.Totals} {
		for _, row := range rows {
			line := make([]string, len(r.Columns))
			for i, c := range r.Columns {
				line[i] = c.String(row.Cells[i])
			}
			line[r.nameColumn()] = strings.Repeat("  ", row.Level) + line[r.nameColumn()]
			lines = append(lines, line)
		}
	}
	return lines
}

// nameColumn is the column that shows the depth of a row.
func (r *Report) nameColumn() int {
	for i, c := range r.Columns {
		if c.Key == "name" {
			return i
		}
	}
	return 0
}

func (r *Report) heads() []string {
	heads := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		heads[i] = c.Group + c.Title
	}
	return heads
}

func (r *Report) subtitle() string {
	return fmt.Sprintf("%s  %s  单位:%s", r.Entity, r.period(), r.Unit)
}

func (r *Report) period() string {
	if r.To == r.From {
		return r.From.Chinese()
	}
	return r.From.Chinese() + "至 " + r.To.Chinese()
}

// footer gives notes and differences, one a line.
func (r *Report) footer() []string {
	var lines []string
	for _, d := range r.Differences {
		lines = append(lines, "不符:"+d.Text)
	}
	for _, n := range r.Notes {
		lines = append(lines, "注:"+n)
	}
	if r.More {
		lines = append(lines, "以下还有,未列完")
	}
	return lines
}

// Write writes the report in a format of the command: text, json, csv, csv-gbk or xlsx.
func (r *Report) Write(w io.Writer, format string) error {
	switch format {
	case "", "text":
		return r.Text(w)
	case "json":
		return r.JSON(w)
	case sheet.XLSX:
		return sheet.Write(w, format, r.Paper())
	default:
		return sheet.Write(w, format, r.Sheet())
	}
}
