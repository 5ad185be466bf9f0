package web

import (
	"fmt"
	"maps"
	"slices"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// successorRoutes say which account takes over from one that the next year's chart lacks, and check it.
func successorRoutes() []route {
	return []route{
		{pattern: "POST /books/{book}/successor", title: "指定接续科目", right: only(monthClosers...), do: nameSuccessor},
		{pattern: "POST /books/{book}/successor/check", title: "审核接续科目", right: only(successorCheckers...), do: checkSuccessor},
		{pattern: "POST /books/{book}/successor/return", title: "退回接续科目", right: only(successorCheckers...), do: returnSuccessor},
	}
}

var successorCheckers = ledger.SuccessorKind.Step("check").Roles

// lackingAccount is an account that the next year's chart does not have: somebody says which one takes over, and another
// person checks it.
type lackingAccount struct {
	Code     string
	Title    string
	Document string // id of the naming that the button makes
	Given    string // the account that was named, or one of the same name
	Typed    string // a reason that was not accepted

	Named  ledger.Successor
	To     string // the account that was named
	State  string // of the naming; empty where there is none
	Class  string
	Steps  []trailRow // of the naming
	Checks bool       // the person may check it
	Own    bool       // he named it himself
}

// lack asks, once per account, which one takes over, and shows who has said so.
func (p *yearPage) lack(c *call, tx *store.Tx, before, after *ledger.Chart, code string) error {
	if slices.ContainsFunc(p.Lacking, func(l lackingAccount) bool { return l.Code == code }) {
		return nil
	}
	l := lackingAccount{Code: code, Title: accountText(before, code), Document: document.NewID(), Named: p.successors[code]}
	if l.Named.ID != "" {
		l.Given = accountText(after, l.Named.To)
		if l.State = ledger.SuccessorKind.States[l.Named.State]; l.State != "" || p.Forwards != "" {
			l.To, l.Class = l.Given, "wait"
		}
		if l.Named.Checked() {
			l.Class = "ok"
		}
		names, err := identity.Names(tx, p.Book.County)
		if err != nil {
			return err
		}
		if l.Steps, err = trailRows(tx, p.Book.County, l.Named.ID, ledger.SuccessorKind, names); err != nil {
			return err
		}
		l.Checks, l.Own = p.Forwards == "" && l.Named.Waits() && c.actor.Has(p.Book.Path, successorCheckers...), l.Named.Maker() == c.actor.Person
	}
	if l.Given == "" {
		if like := batch.Suggest(before, after, p.Book, code); like != "" {
			l.Given = accountText(after, like)
		}
	}
	p.Lacking = append(p.Lacking, l)
	return nil
}

// tookOver shows, of a year that was carried over, which accounts took over and who said so.
func (c *call) tookOver(tx *store.Tx, p *yearPage) error {
	var err error
	if p.successors, err = ledger.Successors(tx, p.Book, p.Year+1); err != nil || len(p.successors) == 0 {
		return err
	}
	before, err := ledger.ChartOf(tx, p.Book, p.Year)
	if err != nil {
		return err
	}
	after, err := ledger.ChartOf(tx, p.Book, p.Year+1)
	if err != nil {
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(p.successors)) {
		if err := p.lack(c, tx, before, after, code); err != nil {
			return err
		}
	}
	return nil
}

// typedSuccessor puts back what was typed about an account whose step was refused.
func (c *call) typedSuccessor(p *yearPage) {
	for i := range p.Lacking {
		if l := &p.Lacking[i]; l.Code == c.form("account") {
			l.Typed = c.form("reason")
			if typed := c.form("successor"); typed != "" {
				l.Given = typed
			}
		}
	}
}

// nameSuccessor says which account takes over, for the book or for every book of the person that lacks the same one.
func nameSuccessor(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	account, successor := c.form("account"), ""
	a, err := c.yearStep(func(tx *store.Tx, book int64, year int) error {
		b, err := ledger.See(tx, c.actor, book)
		if err != nil {
			return err
		}
		chart, err := ledger.ChartOf(tx, b, year+1)
		if err != nil {
			return err
		}
		successor = accountCode(chart, ledger.Book{}, "", c.form("successor"))
		_, err = ledger.NameSuccessor(tx, c.actor, id, book, year, account, successor)
		return err
	}, c.typedSuccessor)
	if err != nil || a.to == "" || c.form("all") == "" {
		return a, err
	}
	return a, c.nameElsewhere(account, successor)
}

// nameElsewhere names the same successor in the person's other books that lack the account and have none named, one step
// each; a book that refuses it says so on its own page.
func (c *call) nameElsewhere(account, successor string) error {
	book, err := c.id("book")
	if err != nil {
		return err
	}
	year := int(c.number("year"))
	var lacking []ledger.Book
	err = c.read(func(tx *store.Tx) error {
		named, err := ledger.See(tx, c.actor, book)
		if err != nil {
			return err
		}
		books, err := ledger.VisibleBooks(tx, c.actor)
		if err != nil {
			return err
		}
		for _, b := range books {
			if b.ID == book || b.Chart != named.Chart || !c.actor.Has(b.Path, monthClosers...) {
				continue
			}
			lacks, err := lacksAccount(tx, b, year, account)
			if err != nil {
				return err
			}
			if lacks {
				lacking = append(lacking, b)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, b := range lacking {
		err := c.write(func(tx *store.Tx) error {
			_, err := ledger.NameSuccessor(tx, c.actor, document.NewID(), b.ID, year, account, successor)
			return err
		})
		if err != nil && fault.As(err) == nil {
			return err
		}
	}
	return nil
}

// lacksAccount tells whether a book's year has a balance on the account that has nowhere to go yet.
func lacksAccount(tx *store.Tx, b ledger.Book, year int, account string) (bool, error) {
	if forwards, err := forwarded(tx, b, calendar.PeriodOf(year, 12)); err != nil || forwards != "" {
		return false, err
	}
	openings, err := ledger.PlanYear(tx, b, year)
	return slices.ContainsFunc(openings, func(o ledger.YearOpening) bool {
		return o.Missing != nil && o.Combination.Account == account && o.To.Account == account
	}), err
}

// checkSuccessor vouches for a naming, and for the same ones of the person's other books where he says so.
func checkSuccessor(c *call) (answer, error) {
	account, id := c.form("account"), c.form("document")
	var same []ledger.WaitingSuccessor
	a, err := c.yearStep(func(tx *store.Tx, book int64, year int) error {
		b, err := ledger.See(tx, c.actor, book)
		if err != nil {
			return err
		}
		if c.form("all") != "" {
			if same, err = c.sameSuccessors(tx, b, year+1, account); err != nil {
				return err
			}
		}
		_, err = ledger.CheckSuccessor(tx, c.actor, book, year, account, id, c.number("version"))
		return err
	}, c.typedSuccessor)
	if err != nil || a.to == "" {
		return a, err
	}
	for _, s := range same {
		err := c.write(func(tx *store.Tx) error {
			_, err := ledger.CheckSuccessor(tx, c.actor, s.Book, s.Begins-1, s.Account, s.ID, s.Version)
			return err
		})
		if err != nil && fault.As(err) == nil { // a book that refuses it says so on its own page
			return answer{}, err
		}
	}
	return a, nil
}

// sameSuccessors gives what waits in the person's other books of the same chart: the same account, the same successor.
func (c *call) sameSuccessors(tx *store.Tx, b ledger.Book, begins int, account string) ([]ledger.WaitingSuccessor, error) {
	named, err := ledger.Successors(tx, b, begins)
	if err != nil {
		return nil, err
	}
	var out []ledger.WaitingSuccessor
	for _, path := range c.paths(successorCheckers...) {
		waiting, err := ledger.WaitingSuccessors(tx, b.County, path)
		if err != nil {
			return nil, err
		}
		for _, w := range waiting {
			if w.Book != b.ID && w.Chart == b.Chart && w.Waits() && w.Begins == begins && w.Account == account && w.To == named[account].To {
				out = append(out, w)
			}
		}
	}
	return out, nil
}

func returnSuccessor(c *call) (answer, error) {
	return c.yearStep(func(tx *store.Tx, book int64, year int) error {
		_, err := ledger.ReturnSuccessor(tx, c.actor, book, year, c.form("account"), c.form("document"), c.number("version"), c.form("reason"))
		return err
	}, c.typedSuccessor)
}

// successors are the namings that wait for the person: to be checked, or, sent back, to be said anew. The same one in
// many books is one thing to do.
func (d *desk) successors() ([]todo, error) {
	type same struct {
		begins      int
		account, to string
		kind        string
	}
	at, books := map[same]int{}, map[same]int{}
	var out []todo
	for _, path := range d.paths(ledger.Readers...) {
		waiting, err := ledger.WaitingSuccessors(d.tx, d.actor.County, path)
		if err != nil {
			return nil, err
		}
		for _, w := range waiting {
			t := todo{Due: calendar.PeriodOf(w.Begins, 1).Last(), Path: fmt.Sprintf("%s/year?year=%d", bookPath(ledger.Book{ID: w.Book}), w.Begins-1)}
			switch {
			case w.State == ledger.Returned && w.Maker() == d.actor.Person:
				if t.Detail, err = reasonOf(d.tx, d.actor.County, w.ID, "return"); err != nil {
					return nil, err
				}
				t.Kind, t.Button = "退回", "改"
			case w.Waits() && w.Maker() != d.actor.Person && d.actor.Has(w.BookPath, successorCheckers...):
				t.Kind, t.Detail, t.Button = "审核", d.names[w.Maker()]+"指定,结转下年以前须经另一人审核", "去审核"
			default:
				continue
			}
			key := same{w.Begins, w.Account, w.To, t.Kind}
			if books[key]++; books[key] == 1 {
				at[key], out = len(out), append(out, t)
			}
			whose := w.BookName
			if books[key] > 1 {
				whose = fmt.Sprintf("%d 套账", books[key])
			}
			out[at[key]].What = fmt.Sprintf("%s的接续科目:%s → %d 年 %s", whose, w.Account, w.Begins, w.To)
		}
	}
	return out, nil
}
