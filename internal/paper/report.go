package paper

import (
	"slices"
	"strings"

	"xiangzhang/internal/money"
	"xiangzhang/internal/statement"
)

// margins of statements and ledgers; the near one is for binding.
const (
	marginNear = 20.0
	marginFar  = 12.0
	marginTop  = 14.0
	marginFoot = 14.0
	titleRoom  = 17.0 // for title, unit and period
)

// sheets is a report laid out on sheets of one size.
type sheets struct {
	c     *canvas
	setup Setup
	size  Size
	table table
	title string
	left  string // who it speaks for
	mid   string // months or day
	form  string // number of the official form; empty: none
	right string // unit of the amounts
	notes []string
	signs []string // duties of the signature line; empty: none
	carry *carry   // nil where pages are not carried over
	sizes []Size   // on one of which it is drawn; nil: A4 as the setup says
}

// Reports draws statements and ledgers one after another, each with pages of its own, as often as the setup asks.
func Reports(reports []*statement.Report, s Setup) ([]byte, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	c, err := newCanvas(reports[0].Title + " " + reports[0].Entity)
	if err != nil {
		return nil, err
	}
	for range s.Copies {
		for _, r := range reports {
			c.report(r, s)
		}
	}
	return c.bytes()
}

// report draws one on sheets of its own.
func (c *canvas) report(r *statement.Report, s Setup) {
	p, pages := c.reportSheets(r, s)
	for n, rows := range pages {
		p.drawPage(n+1, len(pages), rows, n == len(pages)-1)
	}
}

// reportSheets divides a report among sheets.
func (c *canvas) reportSheets(r *statement.Report, s Setup) (*sheets, [][]tableRow) {
	c.where = r.Entity + " " + r.Title
	p := newSheets(c, s, r)
	return p, p.paginate(p.footHeight())
}

func newSheets(c *canvas, s Setup, r *statement.Report) *sheets {
	p := &sheets{c: c, setup: s, title: r.Title, left: r.Entity, mid: spanOf(r), form: r.Number, right: "单位:" + r.Unit}
	for _, d := range r.Differences {
		p.notes = append(p.notes, "不符:"+d.Text)
	}
	for _, n := range r.Notes {
		p.notes = append(p.notes, "注:"+n)
	}
	p.table, p.signs = tableOf(r, s), r.Signatures()
	if p.carry = carryOf(r); p.carry == nil {
		p.left = "编制单位:" + r.Entity
	}
	p.choose()
	return p
}

// spanOf gives the months, or the day of a balance sheet.
func spanOf(r *statement.Report) string {
	switch {
	case strings.HasSuffix(r.Name, "balance-sheet"):
		return r.To.Last().Chinese()
	case r.From == r.To:
		return r.From.Chinese()
	default:
		return r.From.Chinese() + "至 " + r.To.Chinese()
	}
}

// choose takes the sheet on which the columns find room: upright, else across, else with smaller type.
func (p *sheets) choose() {
	tries := []Size{A4, A4.turned()}
	switch p.setup.Turn {
	case Upright:
		tries = []Size{A4}
	case Across:
		tries = []Size{A4.turned()}
	}
	if p.sizes != nil {
		tries = p.sizes
	}
	for p.table.size = float64(p.setup.Size); ; p.table.size -= 0.5 {
		for _, size := range tries {
			if p.size = size; p.table.fit(p.c, size.W-marginNear-marginFar) || p.table.size < 4 {
				p.space()
				return
			}
		}
	}
}

// space sets the rows as loosely as one sheet allows; what takes several anyway is set at ease.
func (p *sheets) space() {
	for _, loose := range []float64{6.4, 5.8, 5.3, 4.9, 4.6} {
		p.table.pitch = loose
		p.table.lay(p.c)
		if p.table.height() <= p.room()-p.footHeight() {
			return
		}
	}
	p.table.pitch = 5.8
	p.table.lay(p.c)
}

// room is the height for rows on a sheet.
func (p *sheets) room() float64 {
	return p.size.H - marginTop - titleRoom - marginFoot - p.table.headHeight()
}

// footHeight is what notes and signatures take on the last sheet.
func (p *sheets) footHeight() float64 {
	h := 0.0
	for _, n := range p.notes {
		h += float64(len(p.c.wrap(n, p.size.W-marginNear-marginFar, 8))) * 4
	}
	if len(p.signs) > 0 {
		h += 9
	}
	return h
}

// paginate gives the rows of each sheet; last is kept free on the last one. Pages of a ledger are carried over.
func (p *sheets) paginate(last float64) [][]tableRow {
	var pages [][]tableRow
	var page []tableRow
	room := p.room()
	put := func(r tableRow) {
		page = append(page, r)
		room -= r.height
	}
	reserve := 0.0
	if p.carry != nil {
		reserve = p.table.pitch
	}
	rows := p.table.rows
	for i, r := range rows {
		need := reserve
		if i == len(rows)-1 {
			need = last
		}
		if r.height+need > room && len(page) > 1 {
			if p.carry != nil {
				put(p.carried("过次页"))
			}
			pages = append(pages, page)
			page, room = nil, p.room()
			if p.carry != nil {
				put(p.carried("承前页"))
			}
		}
		put(r)
		if p.carry != nil {
			p.carry.take(i)
		}
	}
	return append(pages, page)
}

func (p *sheets) carried(label string) tableRow {
	r := p.carry.row(label, p.setup)
	p.table.layRow(p.c, &r)
	return r
}

// drawPage puts one sheet.
func (p *sheets) drawPage(n, of int, rows []tableRow, last bool) {
	c := p.c
	c.page(p.size)
	x, wide := marginNear, p.size.W-marginNear-marginFar
	c.fitted(x+wide/2, marginTop+6, wide, center, 16, p.title)
	c.text(x+wide, marginTop+8.5, right, 9, p.form)
	y := marginTop + 14.5
	c.fitted(x, y, wide*0.42, left, 9, p.left)
	c.text(x+wide/2, y, center, 9, p.mid)
	c.text(x+wide, y, right, 9, p.right)
	y = p.table.drawHead(c, x, marginTop+titleRoom)
	top := marginTop + titleRoom
	for _, r := range rows {
		y = p.table.drawRow(c, x, y, r)
	}
	c.thick(strong)
	w := p.table.width()
	c.line(x, top, x, y)
	c.line(x+w, top, x+w, y)
	c.line(x, y, x+w, y)
	if last {
		p.drawFoot(x, y, wide)
	}
	c.text(p.size.W/2+(marginNear-marginFar)/2, p.size.H-8, center, 8, pageOf(n, of))
}

func (p *sheets) drawFoot(x, y, wide float64) {
	for _, n := range p.notes {
		for _, s := range p.c.wrap(n, wide, 8) {
			y += 4
			p.c.text(x, y, left, 8, s)
		}
	}
	for i, duty := range p.signs {
		p.c.text(x+wide*float64(i)/float64(len(p.signs)), y+7, left, 9, duty+":")
	}
}

// tableOf gives the columns and rows of a report. A form with two sides has them side by side, totals on one line.
func tableOf(r *statement.Report, s Setup) table {
	columns := columnsOf(r)
	all := slices.Concat(r.Rows, r.Totals)
	var near, far []tableRow
	two := twoSided(r)
	for _, row := range all {
		drawn := rowOf(r, row, s)
		if two && row.Side != "asset" && row.Side != "income" {
			far = append(far, drawn)
		} else {
			near = append(near, drawn)
		}
	}
	if !two {
		return table{columns: columns, rows: near}
	}
	t := table{columns: slices.Concat(columns, columns)}
	n := max(len(near), len(far))
	near, far = level(near, n, len(columns)), level(far, n, len(columns))
	for i := range n {
		joined := tableRow{kind: near[i].kind, texts: slices.Concat(near[i].texts, far[i].texts), red: slices.Concat(near[i].red, far[i].red), indent: slices.Concat(near[i].indent, far[i].indent)}
		if far[i].kind != near[i].kind {
			joined.kind = statement.Item
		}
		t.rows = append(t.rows, joined)
	}
	return t
}

// level adds empty rows before the last one, so that both sides end with their total on one line.
func level(rows []tableRow, n, columns int) []tableRow {
	for len(rows) < n {
		blank := tableRow{texts: make([]string, columns), red: make([]bool, columns), indent: make([]int, columns), kind: statement.Item}
		rows = slices.Insert(rows, max(0, len(rows)-1), blank)
	}
	return rows
}

// twoSided tells a form with what is owned on the left and what is owed on the right, and the general public budget with
// income and expenditure.
func twoSided(r *statement.Report) bool {
	owed := func(row statement.Row) bool { return row.Kind == statement.Head && row.Side == "liability" }
	return r.Name == "general-budget" || slices.ContainsFunc(r.Rows, owed)
}

func columnsOf(r *statement.Report) []tableColumn {
	var out []tableColumn
	for _, c := range r.Columns {
		number := c.Kind != statement.Text
		middle := slices.Contains([]string{"date", "voucher", "direction"}, c.Key) || c.Key == "period" && !number
		out = append(out, tableColumn{title: c.Title, group: c.Group, number: number, middle: middle, fixed: number || middle || c.Key == "account"})
	}
	return out
}

// rowOf writes the cells of a row; the column of names is set in by level.
func rowOf(r *statement.Report, row statement.Row, s Setup) tableRow {
	out := tableRow{kind: row.Kind}
	name := 0
	for i, c := range r.Columns {
		if c.Key == "name" {
			name = i
		}
	}
	for i, cell := range row.Cells {
		c := r.Columns[i]
		text, isRed := c.String(cell), false
		if c.Kind == statement.Amount && cell.Amount < 0 && !cell.Blank {
			text, isRed = negative(cell.Amount, s)
		}
		in := 0
		if i == name && c.Kind == statement.Text {
			in = row.Level
		}
		out.texts, out.red, out.indent = append(out.texts, text), append(out.red, isRed), append(out.indent, in)
	}
	return out
}

// negative writes an amount below zero as the setup says.
func negative(a money.Fen, s Setup) (text string, isRed bool) {
	text = a.Abs().String()
	if s.Negative != RedOnly {
		text = "-" + text
	}
	return text, s.Negative != MinusOnly
}
