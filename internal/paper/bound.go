package paper

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/statement"
)

// chapter is the ledger of one account in a bound book.
type chapter struct {
	bound statement.Bound
	sheet *sheets
	pages [][]tableRow
	first int // page number
}

// Book draws the ledgers of a book and a year as one bound book: cover, table of contents, and a page or more for every
// account, numbered through.
func Book(b ledger.Book, parts []statement.Bound, s Setup) ([]byte, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, boundEmpty(b)
	}
	c, err := newCanvas(parts[0].Report.Entity + " 账簿")
	if err != nil {
		return nil, err
	}
	k := c.bind(b, parts, s)
	for range s.Copies {
		k.draw(c)
	}
	return c.bytes()
}

func boundEmpty(b ledger.Book) *fault.Error {
	return fault.Newf(fault.NotFound, "bound-empty", "请核对年度和账簿种类", "账套%s没有可装订的账页", b.Name)
}

// bound is a bound book laid out.
type bound struct {
	book     ledger.Book
	chapters []chapter
	pages    int // of accounts
}

// bind lays out the ledgers of a book.
func (c *canvas) bind(b ledger.Book, parts []statement.Bound, s Setup) bound {
	s.Turn = acrossUnless(s.Turn)
	k := bound{book: b}
	for _, p := range parts {
		c.where = p.Title + " " + p.Account + " " + p.Label
		sheet := newSheets(c, s, p.Report)
		sheet.signs, sheet.left = nil, p.Report.Entity
		ch := chapter{bound: p, sheet: sheet, first: k.pages + 1, pages: sheet.paginate(sheet.footHeight())}
		k.pages += len(ch.pages)
		k.chapters = append(k.chapters, ch)
	}
	return k
}

// sheets counts cover, contents and accounts.
func (k bound) sheets() int { return 1 + contentSheets(k.chapters) + k.pages }

func (k bound) draw(c *canvas) {
	size := k.chapters[0].sheet.size
	drawCover(c, size, k.book, k.chapters, k.pages)
	drawContents(c, size, k.chapters)
	for _, ch := range k.chapters {
		c.where = ch.bound.Title + " " + ch.bound.Account + " " + ch.bound.Label
		for n, rows := range ch.pages {
			ch.sheet.drawPage(ch.first+n, k.pages, rows, n == len(ch.pages)-1)
			if n == 0 {
				c.pdf.AddOutline(ch.bound.Title + " " + ch.bound.Account + " " + ch.bound.Label)
			}
		}
	}
}

// acrossUnless lays all sheets of a bound book alike.
func acrossUnless(t Turn) Turn {
	if t == Auto {
		return Across
	}
	return t
}

// titles joins the kinds of ledgers in the book.
func titles(chapters []chapter) string {
	var out []string
	for _, ch := range chapters {
		if len(out) == 0 || out[len(out)-1] != ch.bound.Title {
			out = append(out, ch.bound.Title)
		}
	}
	return strings.Join(out, "、")
}

// drawCover puts what the first page of a ledger states (会计基础工作规范 第五十九条): unit, name, pages, the day it was
// begun, and who keeps it.
func drawCover(c *canvas, size Size, b ledger.Book, chapters []chapter, pages int) {
	r := chapters[0].bound.Report
	c.where = "封面"
	c.page(size)
	mid := (marginNear + size.W - marginFar) / 2
	top := size.H * 0.2
	wide := size.W - marginNear - marginFar
	c.fitted(mid, top, wide, center, 20, b.UnitName)
	c.fitted(mid, top+20, wide, center, 30, "会　计　账　簿")
	c.fitted(mid, top+33, wide, center, 14, titles(chapters))
	c.text(mid, top+46, center, 14, fmt.Sprintf("%d 年度", r.From.Year()))
	rows := [][2]string{
		{"账套", b.Name + "(" + b.Code + ")"},
		{"起讫月份", r.From.Chinese() + "至 " + r.To.Chinese()},
		{"启用日期", r.From.First().Chinese()},
		{"账页页数", fmt.Sprintf("第 1 页至第 %d 页,共 %d 页", pages, pages)},
	}
	if r.To.Month() < 12 {
		rows = append(rows, [2]string{"说明", "本年度尚有月份未装订"})
	}
	y := top + 58
	c.thick(thin)
	x, w := mid-75, 150.0
	for _, row := range rows {
		c.line(x, y, x+w, y)
		c.text(x+17, y+6, center, 10.5, row[0])
		c.fitted(x+37, y+6, w-39, left, 10.5, row[1])
		y += 9
	}
	c.line(x, y, x+w, y)
	for _, at := range []float64{x, x + 34, x + w} {
		c.line(at, top+58, at, y)
	}
	for i, duty := range []string{"单位负责人", "会计机构负责人(会计主管人员)", "记账人员"} {
		c.text(x+[]float64{0, 45, 115}[i], y+12, left, 10.5, duty+":")
	}
	c.text(x, y+24, left, 10.5, "(单位公章)")
}

const (
	contentsRow = 6.4
	contentsTop = 30.0
)

// drawContents lists the accounts with the page on which each begins, in two columns across, one upright.
func drawContents(c *canvas, size Size, chapters []chapter) {
	per, columns := contentRoom(size)
	lines := contentLines(chapters, per)
	sheetsNeeded := contentSheets(chapters)
	wide := (size.W-marginNear-marginFar+8)/float64(columns) - 8
	c.where = "目录"
	for n := range sheetsNeeded {
		c.page(size)
		c.text(size.W/2, 20, center, 16, "目　　录")
		for i := n * per * columns; i < min(len(lines), (n+1)*per*columns); i++ {
			k := i - n*per*columns
			x := marginNear + float64(k/per)*(wide+8)
			y := contentsTop + float64(k%per)*contentsRow
			drawContentLine(c, x, y, wide, lines[i])
		}
		c.text(size.W/2, size.H-8, center, 8, fmt.Sprintf("目录 %d/%d", n+1, sheetsNeeded))
	}
}

// contentRoom gives the lines of a column, and the columns of a sheet.
func contentRoom(size Size) (per, columns int) {
	per = int((size.H - contentsTop - marginFoot) / contentsRow)
	if size.W > size.H {
		return per, 2
	}
	return per, 1
}

// contentSheets counts the sheets of the table of contents.
func contentSheets(chapters []chapter) int {
	per, columns := contentRoom(chapters[0].sheet.size)
	return (len(contentLines(chapters, per)) + per*columns - 1) / (per * columns)
}

// contentLine is a kind of ledger, or an account with its page.
type contentLine struct {
	head, code, label string
	page              int
}

// contentLines keeps the name of a ledger from the end of a column of per lines.
func contentLines(chapters []chapter, per int) []contentLine {
	var out []contentLine
	kind := ""
	for _, ch := range chapters {
		if ch.bound.Title != kind {
			kind = ch.bound.Title
			if len(out)%per == per-1 {
				out = append(out, contentLine{})
			}
			out = append(out, contentLine{head: kind})
		}
		out = append(out, contentLine{code: ch.bound.Account, label: ch.bound.Label, page: ch.first})
	}
	return out
}

func drawContentLine(c *canvas, x, y, wide float64, l contentLine) {
	if l.page == 0 {
		c.text(x, y, left, 11, l.head)
		return
	}
	page := fmt.Sprint(l.page)
	c.text(x+3, y, left, 9.5, l.code)
	c.fitted(x+25, y, wide-25-14, left, 9.5, l.label)
	c.text(x+wide, y, right, 9.5, page)
	from := x + 25 + min(c.width(l.label, 9.5), wide-25-14) + 2
	to := x + wide - c.width(page, 9.5) - 2
	dots := max(0, int((to-from)/c.width("·", 9.5)))
	c.text(to, y, right, 9.5, strings.Repeat("·", dots))
}

// Months gives the months of a year that a book can be bound up to, oldest first.
func Months(b ledger.Book, year int) []calendar.Period {
	var out []calendar.Period
	for p := max(calendar.PeriodOf(year, 1), b.Start); p <= min(calendar.PeriodOf(year, 12), b.Today.Period()); p = p.Next() {
		out = append(out, p)
	}
	return out
}
