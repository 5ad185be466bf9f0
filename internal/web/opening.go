package web

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/document"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// openingRoutes are about the balances with which a book starts.
func openingRoutes() []route {
	makers := only(openingMakers...)
	return []route{
		{pattern: "GET /books/{book}/opening", title: "期初余额", right: only(ledger.Readers...), show: showOpening},
		{pattern: "POST /books/{book}/opening", title: "导入期初余额", right: makers, do: importOpening, large: true},
		{pattern: "POST /books/{book}/opening/check", title: "审核期初余额", right: only(openingCheckers...), do: checkOpening},
		{pattern: "POST /books/{book}/opening/return", title: "退回期初余额", right: only(openingCheckers...), do: returnOpening},
	}
}

var (
	openingMakers   = ledger.OpeningKind.Step("enter").Roles
	openingCheckers = ledger.OpeningKind.Step("check").Roles
)

// openingPage shows the balances with which a book starts, and proves them: each half balances, and what is owned is
// what is owed and left over.
type openingPage struct {
	exchangePage
	At     ledger.Book
	Rows   []startBalance
	Halves []openingHalf
	Make   bool
	Set    bool // there are balances
	Used   bool // vouchers rest on them: they stay as they are

	Opening ledger.Opening
	State   string // of the opening; empty where there is none to check
	Typed   string // a reason that was not accepted
	Steps   []trailRow
	Check   bool // the person may vouch for it
	Own     bool // he entered it himself
}

// startBalance is one balance.
type startBalance struct {
	Account, Name, Dims string
	Debit, Credit       money.Fen
	Note                string // what to look at: the other side than usual
}

// openingHalf is what a half adds up to.
type openingHalf struct {
	Title         string
	Debit, Credit money.Fen
	Owned, Owed   money.Fen // assets and costs; liabilities, net assets and what is between them; 0 in the budgetary half
	Ties          bool
}

func showOpening(c *call, tx *store.Tx) (answer, error) {
	p, err := c.openingPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("book/opening", p)
}

func (c *call) openingPage(tx *store.Tx) (*openingPage, error) {
	b, err := c.book(tx)
	if err != nil {
		return nil, err
	}
	chart, err := ledger.ChartOf(tx, b, b.Start.Year())
	if err != nil {
		return nil, err
	}
	moves, _, err := ledger.Balances(tx, b.County, []ledger.Book{b}, b.Start, b.Start)
	if err != nil {
		return nil, err
	}
	combinations, err := ledger.Combinations(tx, b.County)
	if err != nil {
		return nil, err
	}
	months, err := ledger.ProgressOf(tx, c.actor, b, b.Start, b.Today.Period())
	if err != nil {
		return nil, err
	}
	p := &openingPage{At: b, Make: c.actor.Has(b.Path, openingMakers...)}
	p.Title, p.Tabs = b.Name+" 期初余额", c.tabs(b, "/opening")
	p.Dry = true
	for _, m := range months {
		p.Used = p.Used || m.Posted > 0
	}
	halves := map[ledger.Half]*openingHalf{}
	for id, m := range moves {
		if m.Opening == 0 {
			continue
		}
		p.Set = true
		k := combinations[id]
		a, known := chart.Account(k.Account)
		if !known {
			return nil, fmt.Errorf("web: opening of %s: account %s is not in the chart", b.Code, k.Account)
		}
		h := halves[a.Half]
		if h == nil {
			h = &openingHalf{Title: a.Half.Title()}
			halves[a.Half] = h
		}
		row := startBalance{Account: a.Code, Name: a.FullName, Dims: openingDims(k.Dims)}
		if row.Debit = m.Opening; m.Opening < 0 {
			row.Debit, row.Credit = 0, -m.Opening
		}
		if m.Opening > 0 != (a.Direction > 0) {
			row.Note = "余额在平时的另一方,请核对"
		}
		h.Debit, h.Credit = h.Debit+row.Debit, h.Credit+row.Credit
		switch a.Element {
		case standard.ElementAsset, standard.ElementCost, standard.ElementExpense, standard.ElementExpenditure, standard.ElementBudgetExpenditure:
			h.Owned += m.Opening
		default:
			h.Owed -= m.Opening
		}
		p.Rows = append(p.Rows, row)
	}
	if err := c.openingSteps(tx, b, p); err != nil {
		return nil, err
	}
	slices.SortFunc(p.Rows, func(a, b startBalance) int { return strings.Compare(a.Account+" "+a.Dims, b.Account+" "+b.Dims) })
	for _, half := range []ledger.Half{ledger.Financial, ledger.Budgetary} {
		if h := halves[half]; h != nil {
			h.Ties = h.Debit == h.Credit
			p.Halves = append(p.Halves, *h)
		}
	}
	return p, nil
}

// openingSteps shows who entered the opening, who checks it, and what was said.
func (c *call) openingSteps(tx *store.Tx, b ledger.Book, p *openingPage) error {
	var err error
	if p.Opening, err = ledger.OpeningOf(tx, b); err != nil || p.Opening.ID == "" {
		return err
	}
	p.State = ledger.OpeningKind.States[p.Opening.State]
	p.Check = p.Opening.Waits() && c.actor.Has(b.Path, openingCheckers...)
	for _, part := range p.Opening.Parts {
		p.Own = p.Own || part.Duty == document.DutyMake && part.Person == c.actor.Person
	}
	names, err := identity.Names(tx, b.County)
	if err != nil {
		return err
	}
	p.Steps, err = trailRows(tx, b.County, p.Opening.ID, ledger.OpeningKind, names)
	return err
}

func checkOpening(c *call) (answer, error) {
	return c.stepOpening(func(tx *store.Tx, book int64) error {
		_, err := ledger.CheckOpening(tx, c.actor, book, c.form("document"), c.number("version"))
		return err
	})
}

func returnOpening(c *call) (answer, error) {
	return c.stepOpening(func(tx *store.Tx, book int64) error {
		_, err := ledger.ReturnOpening(tx, c.actor, book, c.form("document"), c.number("version"), c.form("reason"))
		return err
	})
}

// stepOpening takes a step and shows the balances again, with what stood in the way.
func (c *call) stepOpening(step func(tx *store.Tx, book int64) error) (answer, error) {
	book, err := c.id("book")
	if err != nil {
		return answer{}, err
	}
	err = c.write(func(tx *store.Tx) error { return step(tx, book) })
	if err == nil {
		return goTo(bookPath(ledger.Book{ID: book}) + "/opening")
	}
	f := fault.As(err)
	if f == nil || f.Kind == fault.NotFound || f.Kind == fault.Forbidden {
		return answer{}, err
	}
	var p *openingPage
	if e := c.read(func(tx *store.Tx) (err error) { p, err = c.openingPage(tx); return err }); e != nil {
		return answer{}, e
	}
	p.Typed = c.form("reason")
	return redraw("book/opening", p, err)
}

// openings are the opening balances that wait for the person: to be vouched for, or, sent back, to be entered again.
func (d *desk) openings() ([]todo, error) {
	var out []todo
	for _, path := range d.paths(ledger.Readers...) {
		waiting, err := ledger.WaitingOpenings(d.tx, d.actor.County, path)
		if err != nil {
			return nil, err
		}
		for _, w := range waiting {
			entered := d.since(w.At) // a book may start months before its opening is entered
			due := max(w.Start.Last(), entered, d.board.deadlines.Approve(w.BookPath, entered))
			t := todo{Due: due, What: w.BookName + "期初余额", Path: bookPath(ledger.Book{ID: w.Book}) + "/opening"}
			switch {
			case w.State == ledger.Returned && w.Maker() == d.actor.Person:
				if t.Detail, err = reasonOf(d.tx, d.actor.County, w.ID, "return"); err != nil {
					return nil, err
				}
				t.Kind, t.Button = "退回", "改"
			case w.State == ledger.Submitted && w.Maker() != d.actor.Person && d.actor.Has(w.BookPath, openingCheckers...):
				t.Kind, t.Detail, t.Button = "审核", d.names[w.Maker()]+"录入,启用月结账以前须经另一人审核", "去审核"
			default:
				continue
			}
			out = append(out, t)
		}
	}
	return out, nil
}

func openingDims(d ledger.Dims) string {
	var parts []string
	for _, text := range []string{d.Function, d.Economic, d.Project, d.Fund, d.Party} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " · ")
}

// importOpening checks a file of balances, and takes it where that was asked for. Whatever comes of it, the page shows
// the balances as they stand then.
func importOpening(c *call) (answer, error) {
	file := exchangePage{Kind: string(exchange.Opening), Dry: c.form("do") != "import", Whole: c.form("replace") != ""}
	err := c.read(func(tx *store.Tx) error {
		b, err := c.book(tx)
		file.Book = b.Code
		return err
	})
	if err != nil {
		return answer{}, err
	}
	result, refused := c.takeFile(&file)
	var p *openingPage
	err = c.read(func(tx *store.Tx) (err error) {
		p, err = c.openingPage(tx)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	p.File, p.Dry, p.Whole, p.Kept = file.File, file.Dry, file.Whole, file.Kept
	if refused != nil {
		return redraw("book/opening", p, refused)
	}
	a, _ := show("book/opening", p)
	next := "请再选一次文件,按「导入」"
	if p.Kept != "" {
		next = "按「导入」即可"
	}
	return p.tell(a, result, p.Dry, next, ",请对照上年决算逐行核对"), nil
}
