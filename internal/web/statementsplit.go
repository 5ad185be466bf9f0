package web

import (
	"net/url"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// splitPage divides an amount of several books among them.
type splitPage struct {
	Base
	Entity string
	What   string
	Span   string
	All    string // the entries of all of them
	Rows   []splitRow
	Total  ledger.Move
	Debit  money.Fen
	Credit money.Fen
}

type splitRow struct {
	ID   string
	Book ledger.Book
	Path string
	Move ledger.Move

	Debit, Credit money.Fen // closing vouchers included, as the ledger lists them
}

func showUnitAccount(c *call, tx *store.Tx) (answer, error) {
	s, err := c.unitScope(tx)
	if err != nil {
		return answer{}, err
	}
	return c.split(tx, s)
}

func showPickedAccount(c *call, tx *store.Tx) (answer, error) {
	if c.query("books") == "" {
		return goTo("/statements/pick")
	}
	s, err := c.pickedScope(tx)
	if err != nil {
		return answer{}, err
	}
	return c.split(tx, s)
}

func (c *call) split(tx *store.Tx, s scope) (answer, error) {
	to, err := c.period("to", c.monthOf(s))
	if err != nil {
		return answer{}, err
	}
	from, err := c.period("from", calendar.PeriodOf(to.Year(), 1))
	if err != nil {
		return answer{}, err
	}
	account, filter := c.query("account"), c.filter()
	p := &splitPage{Entity: s.entity, What: account, Span: span(from, to)}
	parts, err := statement.Split(tx, s.books, account, filter, from, to)
	if err != nil {
		return answer{}, err
	}
	for _, part := range parts {
		chart, err := ledger.ChartOf(tx, part.Book, to.Year())
		if err != nil {
			return answer{}, err
		}
		p.What = accountText(chart, account)
		id := "b" + part.Book.Code
		path := s.drill(&statement.Drill{Book: part.Book.ID, Account: account, From: from, To: to}, filter, c.returnTo()+"#"+id)
		p.Rows = append(p.Rows, splitRow{id, part.Book, path, part.Move, part.Move.Debit + part.Move.ClosingDebit, part.Move.Credit + part.Move.ClosingCredit})
		p.Total = statement.Add(p.Total, part.Move)
	}
	p.Debit, p.Credit = p.Total.Debit+p.Total.ClosingDebit, p.Total.Credit+p.Total.ClosingCredit
	q := s.query()
	for name, value := range map[string]string{"account": account, "from": string(from), "to": string(to), "back": c.returnTo()} {
		q.Set(name, value)
	}
	filterQuery(q, filter)
	p.All = s.statement("detail-ledger") + "?" + url.Values(q).Encode()
	return show("ledger/account", p)
}
