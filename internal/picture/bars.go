package picture

import "html/template"

// Bars are horizontal bars, one for each row of the table beneath.
type Bars struct {
	ID    string // unique on the page
	Title string
	Desc  string
	Full  int64 // value of a bar over the whole length
	Mark  *Mark
	Rows  []Bar
}

// Mark is a line across all bars: the share of the year that is gone.
type Mark struct {
	At   int64
	Text string
}

// Bar is one bar. One that is longer than the whole length is drawn to its end with an arrow.
type Bar struct {
	Label string
	Value int64
	Text  string // the figure as people write it
	Title string // the whole sentence
	Path  string // of the rows behind it
	Hot   bool   // a hand is needed; it has a sign too
	Level int    // depth, 0 for the outermost
}

// Where things stand on the drawing.
const (
	labelWidth = 270
	barLeft    = 284
	barRight   = 830
	rowHeight  = 24
	headHeight = 26
)

// SVG draws the bars.
func (b Bars) SVG() template.HTML {
	d := &drawing{}
	top := 4
	if b.Mark != nil {
		top = headHeight
	}
	height := top + rowHeight*len(b.Rows) + 6
	d.begin(b.ID, b.Title, b.Desc, height)
	d.add(`<path d="M%d %dV%d" stroke="%s"/>`, barLeft, top-4, height, rule)
	for i, r := range b.Rows {
		b.row(d, top+rowHeight*i, r)
	}
	if b.Mark != nil {
		x := b.x(b.Mark.At)
		d.add(`<path d="M%d %dV%d" stroke="%s" stroke-width="2" stroke-dasharray="4 3"/>`, x, top-6, height, mark)
		d.text(x, top-12, "middle", mark, b.Mark.Text)
	}
	return d.end()
}

func (b Bars) row(d *drawing, y int, r Bar) {
	d.link(r.Path, r.Title)
	d.text(8+14*r.Level, y+16, "start", ink, short(r.Label, (labelWidth-14*r.Level)/14))
	fill, sign := bar, ""
	if r.Hot {
		fill, sign = hot, " !"
	}
	length := b.x(r.Value) - barLeft
	d.add(`<rect x="%d" y="%d" width="%d" height="14" fill="%s"/>`, barLeft, y+5, length, fill)
	if r.Value > b.Full {
		d.add(`<path d="M%d %dl8 7l-8 7z" fill="%s"/>`, barLeft+length, y+5, fill)
	}
	d.text(width-8, y+16, "end", ink, r.Text+sign)
	d.close()
}

// x gives where a value lies; what is over the whole length lies at its end, what is below nothing at its beginning.
func (b Bars) x(value int64) int {
	if b.Full <= 0 {
		return barLeft
	}
	value = max(0, min(value, b.Full))
	return barLeft + int(value*(barRight-barLeft)/b.Full)
}
