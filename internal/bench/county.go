package bench

import (
	"context"
	"fmt"
	"math/rand/v2"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

const (
	firstCounty  = 990002
	books        = 36
	months       = 24
	combinations = 250 // of each book
)

// county is what posting needs: books of one office, two people, and the dimensions that vouchers draw from.
type county struct {
	id         int64
	db         *store.DB
	books      []ledger.Book
	maker      identity.Actor
	checker    identity.Actor
	dimensions []ledger.Dims
	summaries  []string // that vouchers draw from; nil: all have the same
}

// newCounty makes a county for one case, under the first free code: 36 books that start 24 months before the business
// month.
func newCounty(ctx context.Context, db *store.DB) (*county, error) {
	c := &county{db: db}
	err := db.Write(ctx, func(tx *store.Tx) error {
		c.books, c.id = c.books[:0], firstCounty
		homes, err := org.Counties(tx)
		if err != nil {
			return err
		}
		for _, h := range homes {
			c.id = max(c.id, h.ID+1)
		}
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		root, err := identity.BootstrapCounty(tx, c.id, "测速县", "", "2025-01-01")
		if err != nil {
			return err
		}
		for i := range books {
			b, err := ledger.CreateBook(tx, c.id, ledger.NewBook{
				Code: fmt.Sprintf("%03d", i+1), Name: fmt.Sprintf("账套%d", i+1), Unit: root.ID, Chart: ledger.Government, Start: "2025-01",
			})
			if err != nil {
				return err
			}
			c.books = append(c.books, b)
		}
		actor := func(id int64, r identity.Role) identity.Actor {
			return identity.Actor{County: c.id, Login: id, Person: id, Grants: []identity.Grant{{Role: r, Unit: root.ID, Path: root.Path}}}
		}
		c.maker, c.checker = actor(1, identity.Accountant), actor(2, identity.Reviewer)
		chart, err := ledger.ChartOf(tx, c.books[0], 2025)
		if err != nil {
			return err
		}
		return c.pickDimensions(chart)
	})
	return c, err
}

// pickDimensions takes as many pairs of function and economic class as give a book its combinations: each pair serves
// one expense and one outlay account, beside income and budget income per function.
func (c *county) pickDimensions(chart *ledger.Chart) error {
	var functions, economics []string
	for _, f := range chart.Classes("function") {
		if len(f.Code) == 7 && len(functions) < 10 {
			functions = append(functions, f.Code)
		}
	}
	for _, e := range chart.Classes("economic") {
		if len(e.Code) == 5 && len(economics) < 12 {
			economics = append(economics, e.Code)
		}
	}
	for _, f := range functions {
		for _, e := range economics {
			c.dimensions = append(c.dimensions, ledger.Dims{Function: f, Economic: e})
		}
	}
	if got := 2*len(c.dimensions) + len(functions) + 1; got < combinations {
		return fmt.Errorf("bench: only %d combinations", got)
	}
	return nil
}

// voucher draws one voucher of four entries: a random book, month and pair of dimensions.
func (c *county) voucher(r *rand.Rand) ledger.Voucher {
	b := c.books[r.IntN(len(c.books))]
	return c.voucherOf(r, b, calendar.PeriodOf(2025+r.IntN(2), 1+r.IntN(12)))
}

func (c *county) voucherOf(r *rand.Rand, b ledger.Book, p calendar.Period) ledger.Voucher {
	fen := money.Fen(100 + r.IntN(10_000_000))
	summary := "付办公用品款"
	if c.summaries != nil {
		summary = c.summaries[r.IntN(len(c.summaries))]
	}
	d := c.dimensions[r.IntN(len(c.dimensions))]
	return ledger.Voucher{Book: b.ID, Date: p.First().AddDays(r.IntN(28)), Word: "记", Attachments: 2, Lines: []ledger.Line{
		{Account: "500102", Summary: summary, Debit: fen, Dims: d},
		{Account: "400101", Summary: summary, Credit: fen},
		{Account: "71010101", Summary: summary, Debit: fen, Dims: d},
		{Account: "60010102", Summary: summary, Credit: fen, Dims: ledger.Dims{Function: d.Function}},
	}}
}

// closePast closes the months that an office has behind it on the business date, and carries the year over.
func (c *county) closePast(ctx context.Context) error {
	for _, b := range c.books {
		if err := c.db.Write(ctx, func(tx *store.Tx) error { return c.closeBook(tx, b) }); err != nil {
			return fmt.Errorf("bench: close book %s: %w", b.Code, err)
		}
	}
	return nil
}

func (c *county) closeBook(tx *store.Tx, b ledger.Book) error {
	for p := b.Start; p < calendar.Period("2026-12"); p = p.Next() {
		december := p.Month() == 12
		if december {
			if err := c.carryOver(tx, b, p.Year()); err != nil {
				return err
			}
		}
		if _, err := ledger.CloseMonth(tx, c.maker, document.NewID(), b.ID, p); err != nil {
			return err
		}
		if december {
			if _, err := ledger.CloseYear(tx, c.maker, document.NewID(), b.ID, p.Year()); err != nil {
				return err
			}
		}
	}
	return nil
}

// carryOver makes, checks and posts the closing vouchers of a year.
func (c *county) carryOver(tx *store.Tx, b ledger.Book, year int) error {
	made, err := ledger.CarryOver(tx, c.maker, b.ID, year, document.NewID)
	if fault.HasCode(err, "carry-nothing") { // a book of a small county in which nothing moved
		return nil
	}
	if err != nil {
		return err
	}
	for _, doc := range made {
		checked, err := ledger.Check(tx, c.checker, doc.ID, doc.Version)
		if err != nil {
			return err
		}
		if _, err := ledger.Post(tx, c.maker, doc.ID, checked.Version); err != nil {
			return err
		}
	}
	return nil
}
