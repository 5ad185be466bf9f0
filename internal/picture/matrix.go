package picture

import "html/template"

// Matrix is a table of states: books by months.
type Matrix struct {
	ID      string // unique on the page
	Title   string
	Desc    string
	Columns []string
	Rows    []Row
}

// Row is one line of the matrix.
type Row struct {
	Label string
	Path  string
	Cells []Cell
}

// Cell is one state: by its colour, its sign and its title. One without a path leads nowhere: a dot, before the book began.
type Cell struct {
	State State
	Title string
	Path  string
}

// State is what a cell says.
type State string

// The states of a month.
const (
	Done  State = "done"
	Under State = "under" // under way
	Late  State = "late"  // a hand is needed
	Empty State = "empty" // not begun
)

var states = map[State]struct{ fill, stroke, sign, signFill string }{
	Done: {"#2e6a44", "#2e6a44", "✓", white}, Under: {"#f0dca8", "#8a6100", "–", "#4d3a00"}, Late: {hot, hot, "!", white}, Empty: {white, "#b9b3a6", "", ink},
}

const (
	cellLeft   = 224
	cellHeight = 20
)

// SVG draws the matrix.
func (m Matrix) SVG() template.HTML {
	d := &drawing{}
	d.begin(m.ID, m.Title, m.Desc, headHeight+cellHeight*len(m.Rows)+4)
	step := (width - cellLeft) / max(1, len(m.Columns))
	for i, c := range m.Columns {
		d.text(cellLeft+step*i+step/2, headHeight-8, "middle", soft, c)
	}
	for i, r := range m.Rows {
		y := headHeight + cellHeight*i
		d.link(r.Path, r.Label)
		d.text(8, y+15, "start", ink, short(r.Label, (cellLeft-16)/14))
		d.close()
		for j, c := range r.Cells {
			x, s := cellLeft+step*j, states[c.State]
			if c.Path == "" {
				d.text(x+step/2, y+15, "middle", soft, "·")
				continue
			}
			d.link(c.Path, c.Title)
			d.add(`<rect x="%d" y="%d" width="%d" height="%d" fill="%s" stroke="%s"/>`, x+2, y+2, step-4, cellHeight-4, s.fill, s.stroke)
			if s.sign != "" {
				d.text(x+step/2, y+15, "middle", s.signFill, s.sign)
			}
			d.close()
		}
	}
	return d.end()
}
