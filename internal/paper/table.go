package paper

import (
	"math"

	"xiangzhang/internal/statement"
)

// tableColumn is a column of a ruled table.
type tableColumn struct {
	title, group string
	number       bool
	fixed        bool // a number, or a short text that is not broken
	middle       bool // stands in the middle of its column
	width        float64
}

// tableRow is a row with the lines of each cell.
type tableRow struct {
	texts  []string
	red    []bool
	kind   statement.RowKind
	indent []int // levels by which a cell is set in
	lines  [][]string
	height float64
}

// table is columns that fit a width, with rows broken into lines.
type table struct {
	columns []tableColumn
	rows    []tableRow
	size    float64
	pitch   float64 // least height of a row
}

const (
	cellPad   = 1.1 // beside a text
	setIn     = 3.0 // a level
	textLeast = 15  // a column of text is not made narrower
)

// fit finds the widths of the columns. Amounts are never broken; columns of text give way as far as half of what they
// would take; what is left over goes to all.
func (t *table) fit(c *canvas, width float64) bool {
	var fixed, wanted, least float64
	want := make([]float64, len(t.columns))
	low := make([]float64, len(t.columns))
	for i, col := range t.columns {
		want[i] = c.width(col.title, t.size)
		for _, r := range t.rows {
			want[i] = math.Max(want[i], c.width(r.texts[i], t.size)+float64(r.indent[i])*setIn)
		}
		want[i] += 2*cellPad + 0.2
		if col.fixed {
			fixed += want[i]
			continue
		}
		low[i] = math.Min(want[i], math.Max(textLeast, math.Min(want[i]*0.5, width*0.22)))
		wanted += want[i]
		least += low[i]
	}
	room := width - fixed
	if room < least-0.01 {
		return false
	}
	spare := max(0, room-wanted) / float64(len(t.columns))
	for i := range t.columns {
		col := &t.columns[i]
		switch {
		case col.fixed || wanted <= room:
			col.width = want[i] + spare
		default:
			col.width = low[i] + (want[i]-low[i])*(room-least)/(wanted-least)
		}
	}
	return true
}

// lay breaks the texts into lines and gives each row its height.
func (t *table) lay(c *canvas) {
	for i := range t.rows {
		t.layRow(c, &t.rows[i])
	}
}

func (t *table) layRow(c *canvas, r *tableRow) {
	r.lines = make([][]string, len(t.columns))
	most := 1
	for k, col := range t.columns {
		if col.number {
			r.lines[k] = []string{r.texts[k]}
			continue
		}
		r.lines[k] = c.wrap(r.texts[k], col.width-2*cellPad-float64(r.indent[k])*setIn, t.size)
		most = max(most, len(r.lines[k]))
	}
	r.height = math.Max(t.pitch, float64(most)*t.size*leading+1.2)
}

func (t *table) height() float64 {
	sum := 0.0
	for _, r := range t.rows {
		sum += r.height
	}
	return sum
}

func (t *table) width() float64 {
	sum := 0.0
	for _, col := range t.columns {
		sum += col.width
	}
	return sum
}

func (t *table) grouped() bool {
	for _, col := range t.columns {
		if col.group != "" {
			return true
		}
	}
	return false
}

func (t *table) headHeight() float64 {
	if t.grouped() {
		return 11
	}
	return 6.5
}

// drawHead rules and names the columns; common heads stand over their columns.
func (t *table) drawHead(c *canvas, x, y float64) float64 {
	end := y + t.headHeight()
	c.thick(thin)
	drop := t.size * point * 0.36
	at := x
	for i := 0; i < len(t.columns); i++ {
		col := t.columns[i]
		if col.group == "" {
			c.fitted(at+col.width/2, (y+end)/2+drop, col.width-1, center, t.size, col.title)
			at += col.width
			c.line(at, y, at, end)
			continue
		}
		over := 0.0
		cut := (y + end) / 2
		first := at
		for ; i < len(t.columns) && t.columns[i].group == col.group; i++ {
			w := t.columns[i].width
			c.fitted(at+w/2, (cut+end)/2+drop, w-1, center, t.size, t.columns[i].title)
			at += w
			over += w
			c.line(at, cut, at, end)
		}
		i--
		c.line(first, cut, at, cut)
		c.line(at, y, at, end)
		c.fitted(first+over/2, (y+cut)/2+drop, over-1, center, t.size, col.group)
	}
	c.line(x, end, x+t.width(), end)
	c.line(x, y, x, end)
	c.thick(strong)
	c.line(x, y, x+t.width(), y)
	return end
}

// drawRow puts a row with its lines; a total is ruled double below.
func (t *table) drawRow(c *canvas, x, y float64, r tableRow) float64 {
	end := y + r.height
	c.thick(thin)
	at := x
	c.line(x, y, x, end)
	for k, col := range t.columns {
		used := float64(len(r.lines[k])) * t.size * leading
		base := y + (r.height-used)/2 + 0.8*t.size*leading
		if r.red[k] {
			c.paint(red)
		}
		for _, s := range r.lines[k] {
			switch {
			case col.number:
				c.fitted(at+col.width-cellPad, base, col.width-cellPad, right, t.size, s)
			case col.middle:
				c.text(at+col.width/2, base, center, t.size, s)
			default:
				c.text(at+cellPad+float64(r.indent[k])*setIn, base, left, t.size, s)
			}
			base += t.size * leading
		}
		c.paint(black)
		at += col.width
		c.line(at, y, at, end)
	}
	c.line(x, end, at, end)
	if r.kind == statement.Total {
		c.line(x, end-0.6, at, end-0.6)
	}
	return end
}
