package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// yearPage carries a year's income and expense over, and its balances into the next year.
type yearPage struct {
	Base
	Book     ledger.Book
	Year     int
	Years    []choice
	Vouchers []voucherRow
	Plan     []planLine   // of the closing vouchers that are still to be made
	Openings []openingRow // of the next year
	Missing  int          // balances that the next year's chart cannot take
	Waiting  int          // balances whose new account waits for a checker
	Lacking  []lackingAccount
	Next     []choice  // accounts that the next year's chart has
	Carried  string    // why no closing vouchers can be made now
	Forwards string    // why the balances cannot be carried forward now
	By       *trailRow // who carried them forward, once it is done
	Make     bool
	Allowed  bool
	Document string

	successors map[string]ledger.Successor
}

func showYear(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	year, _ := strconv.Atoi(c.query("year"))
	p, err := c.yearPage(tx, b, year)
	if err != nil {
		return answer{}, err
	}
	return show("close/year", p)
}

func (c *call) yearPage(tx *store.Tx, b ledger.Book, year int) (*yearPage, error) {
	if year < b.Start.Year() || year > b.Today.Year() {
		if year = b.OldestOpen().Year(); b.ClosedThrough.Month() == 12 && b.ClosedThrough.Year() >= b.Start.Year() {
			year = b.ClosedThrough.Year()
		}
	}
	december := calendar.PeriodOf(year, 12)
	p := &yearPage{
		Book: b, Year: year, Document: document.NewID(),
		Make: c.actor.Has(b.Path, voucherMakers...), Allowed: c.actor.Has(b.Path, monthClosers...),
	}
	p.Title, p.Tabs, p.Styles = "年终", c.tabs(b, "/year"), []string{"batch.css", "close.css"}
	for y := b.Start.Year(); y <= b.Today.Year(); y++ {
		p.Years = append(p.Years, choice{Value: strconv.Itoa(y), Title: strconv.Itoa(y) + " 年", On: y == year})
	}
	names, err := identity.Names(tx, b.County)
	if err != nil {
		return nil, err
	}
	rows, err := voucherRows(tx, c, b, december, names)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Mark == "结转" {
			p.Vouchers = append(p.Vouchers, r)
		}
	}
	if p.Carried, err = c.carried(tx, b, december, p.Vouchers); err != nil {
		return nil, err
	}
	if p.Carried == "" {
		p.Plan, err = carryLines(tx, b, year)
		if f := fault.As(err); f != nil {
			p.Carried = strings.TrimSuffix(f.Error(), "。")
		} else if err != nil {
			return nil, err
		}
	}
	if p.Forwards, err = forwarded(tx, b, december); err != nil {
		return nil, err
	}
	if p.Forwards != "" {
		if p.By, err = carriedBy(tx, b, year, names); err != nil {
			return nil, err
		}
		return p, c.tookOver(tx, p)
	}
	return p, c.planYear(tx, p)
}

// openingRow is what the next year begins with on one account.
type openingRow struct {
	Account string
	Dims    string
	Debit   string
	Credit  string
	To      string // the account that takes over, where it is another
	Missing string // why the next year's chart cannot take it
}

// planYear shows the openings of the next year before they are made.
func (c *call) planYear(tx *store.Tx, p *yearPage) error {
	openings, err := ledger.PlanYear(tx, p.Book, p.Year)
	if err != nil {
		return err
	}
	chart, err := ledger.ChartOf(tx, p.Book, p.Year)
	if err != nil {
		return err
	}
	after, err := ledger.ChartOf(tx, p.Book, p.Year+1)
	if err != nil {
		return err
	}
	if p.successors, err = ledger.Successors(tx, p.Book, p.Year+1); err != nil {
		return err
	}
	_, kinds := chartColumns(chart)
	for _, o := range openings {
		d := o.Combination.Dims
		row := openingRow{
			Account: accountText(chart, o.Combination.Account),
			Dims:    dimsText(chart, kinds, ledger.DraftLine{Function: d.Function, Economic: d.Economic, Project: d.Project, Fund: d.Fund, Party: d.Party}),
		}
		if o.Balance > 0 {
			row.Debit = o.Balance.Blank()
		} else {
			row.Credit = (-o.Balance).Blank()
		}
		if f := fault.As(o.Missing); f != nil {
			row.Missing = f.Error()
			if p.successors[o.Combination.Account].Waits() && fault.HasCode(o.Missing, "successor-unchecked") {
				p.Waiting++
			} else {
				p.Missing++
			}
		}
		if o.To.Account != o.Combination.Account {
			row.To = accountText(after, o.To.Account)
		}
		if row.To != "" || row.Missing != "" {
			if err := p.lack(c, tx, chart, after, o.Combination.Account); err != nil {
				return err
			}
		}
		p.Openings = append(p.Openings, row)
	}
	if len(p.Lacking) > 0 {
		for _, a := range after.Accounts() {
			if a.Leaf {
				p.Next = append(p.Next, choice{Value: a.Code + " " + a.FullName, Title: a.Mnemonic})
			}
		}
	}
	return nil
}

// carried says why no closing vouchers can be made for a December: too early, done, or under way.
func (c *call) carried(tx *store.Tx, b ledger.Book, december calendar.Period, vouchers []voucherRow) (string, error) {
	switch {
	case b.ClosedThrough >= december:
		return december.Chinese() + "已结账,收支已结转", nil
	case !b.Open(december):
		return "到 " + december.Chinese() + "可以办理", nil
	case slices.ContainsFunc(vouchers, func(r voucherRow) bool { return r.State != ledger.StatePost && r.State != ledger.Voided }):
		return "结转凭证已生成,请审核并记账", nil
	}
	checks, err := ledger.CloseChecks(tx, c.actor, b, december)
	if err != nil {
		return "", err
	}
	for _, k := range checks {
		if k.Name == "carry-over" && k.State == ledger.Passed {
			return "没有需要结转的余额", nil
		}
	}
	return "", nil
}

// forwarded says why the balances of a year cannot be carried forward: its December is open, or it was done.
func forwarded(tx *store.Tx, b ledger.Book, december calendar.Period) (string, error) {
	if b.ClosedThrough < december {
		return december.Chinese() + "结账后可以办理", nil
	}
	_, provisional, err := ledger.Balances(tx, b.County, []ledger.Book{b}, december.Next(), december.Next())
	if err != nil || provisional {
		return "", err
	}
	return fmt.Sprintf("%d 年余额已结转下年", december.Year()), nil
}

// carryOver makes the closing vouchers; the first takes the id that the form carries, so that a second press finds it
// made.
func carryOver(c *call) (answer, error) {
	first, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	return c.yearStep(func(tx *store.Tx, book int64, year int) error {
		next := first // afresh for each run: a transaction may be run again
		_, err := ledger.CarryOver(tx, c.actor, book, year, func() string {
			id := next
			next = document.NewID()
			return id
		})
		return err
	}, nil)
}

func closeYear(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	return c.yearStep(func(tx *store.Tx, book int64, year int) error {
		_, err := ledger.CloseYear(tx, c.actor, id, book, year)
		return err
	}, nil)
}

// yearStep takes a step of a year's end, on the document whose id the form carries; typed puts back what was typed where
// it was refused, and may be nil.
func (c *call) yearStep(step func(tx *store.Tx, book int64, year int) error, typed func(p *yearPage)) (answer, error) {
	book, err := c.id("book")
	if err != nil {
		return answer{}, err
	}
	year := int(c.number("year"))
	err = c.write(func(tx *store.Tx) error { return step(tx, book, year) })
	to := "/books/" + strconv.FormatInt(book, 10) + "/year?year=" + strconv.Itoa(year)
	if err == nil || document.IsTaken(err) {
		return goTo(to)
	}
	return formAgain(c, "close/year", err, func(tx *store.Tx) (*yearPage, error) {
		b, err := ledger.See(tx, c.actor, book)
		if err != nil {
			return nil, err
		}
		return c.yearPage(tx, b, year)
	}, typed)
}
