package web

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// lookupMost is how many answers a look-up gives; a further letter narrows what is more.
const lookupMost = 30

// lookupAnswer is what fits what a person keys in a cell, best first.
type lookupAnswer struct {
	Period string   `json:"period"` // at whose end the balances are
	Found  []looked `json:"found"`
	Left   int      `json:"left"` // further ones that fit
}

// looked is an account, or a value of a dimension.
type looked struct {
	Code    string `json:"code"`
	Name    string `json:"name,omitempty"`
	Full    string `json:"full,omitempty"` // with the names above it
	Half    string `json:"half,omitempty"` // f or b
	Balance string `json:"balance,omitempty"`
	Takes   string `json:"takes,omitempty"`
}

// lookUp finds accounts by code, name or initials with their balances, or the values of a dimension that an account
// takes (of=function&account=500102). It reads the book's chart and its balances, nothing else.
func lookUp(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	period, err := c.period("period", b.Today.Period())
	if err != nil {
		return answer{}, err
	}
	if period < b.Start || period.Year() > b.Today.Year()+1 {
		period = b.Today.Period()
	}
	chart, err := ledger.ChartOf(tx, b, period.Year())
	if err != nil {
		return answer{}, err
	}
	found := &lookupAnswer{Period: string(period)}
	switch of := ledger.Dimension(c.query("of")); {
	case of == "" || of == "account":
		err = found.accounts(c, tx, chart, b, period)
	default:
		err = found.values(c, tx, chart, b, of)
	}
	if err != nil {
		return answer{}, err
	}
	return answer{data: found}, nil
}

func (l *lookupAnswer) accounts(c *call, tx *store.Tx, chart *ledger.Chart, b ledger.Book, period calendar.Period) error {
	standing, err := ledger.BalancesAt(tx, b, period)
	if err != nil {
		return err
	}
	accounts := chart.Find(b, c.query("q"))
	if half := c.query("half"); half != "" && chart.TwoHalves() {
		accounts = slices.DeleteFunc(accounts, func(a *ledger.Account) bool { return halfKey(a.Half) != half })
	}
	q := strings.ToLower(c.query("q"))
	slices.SortStableFunc(accounts, func(x, y *ledger.Account) int {
		return cmp.Compare(rankMoved(standing, x, q), rankMoved(standing, y, q))
	})
	l.Left = max(len(accounts)-lookupMost, 0)
	for _, a := range accounts[:len(accounts)-l.Left] {
		found := looked{Code: a.Code, Name: a.Name, Full: a.FullName, Takes: takesOf(a)}
		if chart.TwoHalves() {
			found.Half = halfKey(a.Half)
		}
		if fen, moved := standing.Accounts[a.Code]; moved {
			found.Balance = balanceText(fen)
		}
		l.Found = append(l.Found, found)
	}
	return nil
}

// rankMoved puts what the book works with before what it has never used: 银行存款 means the account where the money is.
// An account that is named whole comes first all the same.
func rankMoved(s ledger.AccountBalances, a *ledger.Account, q string) int {
	_, moved := s.Accounts[a.Code]
	switch {
	case q != "" && (q == a.Code || q == a.Mnemonic || q == strings.ToLower(a.Name)):
		return 0
	case moved:
		return 1
	default:
		return 2
	}
}

// values offers rows of the classification that the account takes; where it takes words of the county's own, those that
// the book has used.
func (l *lookupAnswer) values(c *call, tx *store.Tx, chart *ledger.Chart, b ledger.Book, of ledger.Dimension) error {
	a, ok := chart.Account(c.query("account"))
	if !ok {
		return nil
	}
	i := slices.IndexFunc(a.Requires, func(r ledger.Requirement) bool { return r.Dimension == of })
	if i < 0 {
		return nil
	}
	if kind := a.Requires[i].Values; kind != "" {
		for _, v := range chart.FindClasses(kind, a.Requires[i].MinLength, c.query("q")) {
			l.Found = append(l.Found, looked{Code: v.Code, Name: v.Name})
		}
	} else {
		standing, err := ledger.BalancesAt(tx, b, b.Today.Period())
		if err != nil {
			return err
		}
		for _, v := range used(standing, of, c.query("q")) {
			l.Found = append(l.Found, looked{Code: v})
		}
	}
	l.Left = max(len(l.Found)-lookupMost, 0)
	l.Found = l.Found[:len(l.Found)-l.Left]
	return nil
}

// used gives the words of a dimension that entries of the book carry and that hold what was keyed.
func used(s ledger.AccountBalances, of ledger.Dimension, q string) []string {
	words := map[string]bool{}
	for dims := range s.Dims {
		if v := dims.Get(of); v != "" && strings.Contains(strings.ToLower(v), strings.ToLower(q)) {
			words[v] = true
		}
	}
	return slices.Sorted(maps.Keys(words))
}

// halfKey is a half as the form's fields name it.
func halfKey(h ledger.Half) string {
	if h == ledger.Budgetary {
		return "b"
	}
	return "f"
}

func balanceText(fen money.Fen) string {
	switch {
	case fen > 0:
		return "借 " + fen.String()
	case fen < 0:
		return "贷 " + (-fen).String()
	default:
		return "平"
	}
}

// takesOf names the dimensions that an account takes, with ! behind those that it demands: "function! economic".
func takesOf(a *ledger.Account) string {
	names := make([]string, len(a.Requires))
	for i, r := range a.Requires {
		names[i] = string(r.Dimension)
		if r.Required {
			names[i] += "!"
		}
	}
	return strings.Join(names, " ")
}

// takesText is takesOf for what was typed: "?" where it is no account, so that nothing typed beside it is hidden.
func takesText(chart *ledger.Chart, typed string) string {
	if typed == "" {
		return ""
	}
	if a, ok := chart.Account(typed); ok {
		return takesOf(a)
	}
	return "?"
}
