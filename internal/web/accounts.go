package web

import (
	"strings"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// accountRoutes are about the accounts of a book.
func accountRoutes() []route {
	return []route{
		{pattern: "GET /books/{book}/accounts", title: "科目", right: only(ledger.Readers...), show: showAccounts},
		{pattern: "POST /books/{book}/accounts", title: "增设明细科目", right: only(voucherMakers...), do: addAccount},
	}
}

// accountsPage lists the accounts of a book, with what each must be divided by.
type accountsPage struct {
	Base
	Book   ledger.Book
	Year   int
	Source string // the edition
	Rows   []accountRow
	Query  string
	Make   bool
	Code   string
	Name   string
	Parent string
}

type accountRow struct {
	Account *ledger.Account
	Class   string
	Path    string
	Side    string
	Half    string
	Dims    string
	Notes   string
}

func showAccounts(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	p, err := c.accountsPage(tx, b)
	if err != nil {
		return answer{}, err
	}
	return show("book/accounts", p)
}

func (c *call) accountsPage(tx *store.Tx, b ledger.Book) (*accountsPage, error) {
	p := &accountsPage{Book: b, Year: b.Today.Year(), Query: c.query("q"), Make: c.actor.Has(b.Path, voucherMakers...)}
	p.Title, p.Tabs = "科目", c.tabs(b, "/accounts")
	chart, err := ledger.ChartOf(tx, b, p.Year)
	if err != nil {
		return nil, err
	}
	editions, err := ledger.Editions(tx)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		if e.ID == chart.Edition {
			p.Source = e.Title + "(" + e.Source + ")"
		}
	}
	for _, a := range chart.Accounts() {
		if !matchesAccount(a, p.Query) {
			continue
		}
		row := accountRow{Account: a, Side: "借", Dims: requirements(a), Path: bookPath(b) + "/statements/detail-ledger?account=" + a.Code}
		if a.Level > 1 {
			row.Class = "in" + string(rune('0'+min(a.Level-1, 3)))
		}
		if a.Direction < 0 {
			row.Side = "贷"
		}
		if chart.TwoHalves() {
			row.Half = a.Half.Title()
		}
		row.Notes = accountNotes(a, b)
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

func matchesAccount(a *ledger.Account, query string) bool {
	q := strings.ToLower(query)
	return q == "" || strings.HasPrefix(a.Code, q) || strings.Contains(a.Name, query) || strings.HasPrefix(a.Mnemonic, q)
}

func requirements(a *ledger.Account) string {
	var parts []string
	for _, r := range a.Requires {
		text := r.Dimension.Title()
		if r.Required {
			text += "(必填)"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "、")
}

func accountNotes(a *ledger.Account, b ledger.Book) string {
	var notes []string
	if !a.Official {
		notes = append(notes, "自设")
	}
	if a.Official && !a.Confirmed {
		notes = append(notes, "未与原文核对")
	}
	if a.AppliesTo == otherRegime(b.Regime) {
		notes = append(notes, "本单位不适用")
	}
	if a.ToYear != 0 {
		notes = append(notes, "已停用")
	}
	return strings.Join(notes, "、")
}

// addAccount adds a detail account of one book.
func addAccount(c *call) (answer, error) {
	var b ledger.Book
	code, name, parent := c.form("code"), c.form("name"), c.form("parent")
	err := c.write(func(tx *store.Tx) error {
		found, err := c.book(tx)
		if err != nil {
			return err
		}
		b = found
		chart, err := ledger.ChartOf(tx, b, b.Today.Year())
		if err != nil {
			return err
		}
		return ledger.OpenAccount(tx, c.actor, b, ledger.NewAccount{
			Code: code, Name: name, Parent: accountCode(chart, ledger.Book{}, "", parent),
			FromYear: min(b.OldestOpen().Year(), b.Today.Year()),
		})
	})
	if err == nil {
		return goTo(bookPath(b) + "/accounts?q=" + code)
	}
	if b.ID == 0 {
		return answer{}, err
	}
	read := func(tx *store.Tx) (*accountsPage, error) { return c.accountsPage(tx, b) }
	return formAgain(c, "book/accounts", err, read, func(p *accountsPage) { p.Code, p.Name, p.Parent = code, name, parent })
}
