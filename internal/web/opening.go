package web

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// openingRoutes are about the balances with which a book starts.
func openingRoutes() []route {
	makers := only(ledger.OpeningKind.Step("enter").Roles...)
	return []route{
		{pattern: "GET /books/{book}/opening", title: "期初余额", right: only(ledger.Readers...), show: showOpening},
		{pattern: "POST /books/{book}/opening", title: "导入期初余额", right: makers, do: importOpening, large: true},
	}
}

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
	months, err := ledger.ProgressOf(tx, b, b.Start, b.Today.Period())
	if err != nil {
		return nil, err
	}
	p := &openingPage{At: b, Make: c.actor.Has(b.Path, ledger.OpeningKind.Step("enter").Roles...)}
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
		row := startBalance{Account: a.Code, Name: a.Name, Dims: openingDims(k.Dims)}
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
	slices.SortFunc(p.Rows, func(a, b startBalance) int { return strings.Compare(a.Account+" "+a.Dims, b.Account+" "+b.Dims) })
	for _, half := range []ledger.Half{ledger.Financial, ledger.Budgetary} {
		if h := halves[half]; h != nil {
			h.Ties = h.Debit == h.Credit
			p.Halves = append(p.Halves, *h)
		}
	}
	return p, nil
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
	p.File, p.Dry, p.Whole = file.File, file.Dry, file.Whole
	if refused != nil {
		return redraw("book/opening", p, refused)
	}
	a, _ := show("book/opening", p)
	return p.tell(a, result, "再选一次文件,按「导入」", ",请对照上年决算逐行核对"), nil
}
