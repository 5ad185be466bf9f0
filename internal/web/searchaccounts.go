package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// accountBooks is how many books one account found names; the rest stand on the page that splits it by book.
const accountBooks = 36

// foundAccount is an account under one code and name, with the books that have it, the one at work first.
type foundAccount struct {
	account *ledger.Account
	chart   ledger.ChartName
	rank    int
	books   []ledger.Book
}

// findAccounts looks in the accounts of all books that the person may read, the one that he works in first, for as long
// as a page may take: an account that several books have is found once, with the detail ledger in each of them.
func findAccounts(c *call, tx *store.Tx, p *searchPage) error {
	books := slices.Clone(p.books)
	if len(p.in) > 0 {
		books = slices.Clone(p.in)
	}
	if len(c.place.books) > 0 {
		slices.SortStableFunc(books, func(a, b ledger.Book) int {
			return cmp.Compare(indexOf(c.place.books, a.ID), indexOf(c.place.books, b.ID))
		})
	}
	began := c.server.Clock()
	answering := map[*ledger.Chart][]foundAccount{} // books of one content share a chart
	var all []*foundAccount
	known := map[string]*foundAccount{}
	for i, b := range books {
		if i > 0 && c.server.Clock().Sub(began) > searchingMost {
			break
		}
		chart, err := ledger.ChartOf(tx, b, b.Today.Year())
		if err != nil {
			return err
		}
		found, seen := answering[chart]
		if !seen {
			found = accountsOf(chart, p.rest)
			answering[chart] = found
		}
		for _, f := range found {
			key := string(b.Chart) + f.account.Code + f.account.FullName
			one := known[key]
			if one == nil {
				one = &foundAccount{account: f.account, chart: b.Chart, rank: f.rank}
				known[key], all = one, append(all, one)
			}
			one.books = append(one.books, b)
		}
	}
	slices.SortStableFunc(all, func(a, b *foundAccount) int { return cmp.Compare(a.rank, b.rank) })
	g := foundGroup{Title: "科目"}
	for _, f := range all[:min(len(all), foundMost)] {
		g.Rows = append(g.Rows, f.row())
	}
	if len(all) > 0 && all[0].rank == answersWhole {
		p.first = append(p.first, g.Title)
	}
	p.add(g)
	return nil
}

// indexOf gives the place of a value, and of one that is not there the place after the last.
func indexOf[T comparable](all []T, v T) int {
	if i := slices.Index(all, v); i >= 0 {
		return i
	}
	return len(all)
}

// accountsOf gives the accounts of a chart that answer every term: the beginning of the code or of the initials, or a part
// of the name, of the account or of one above it where the account itself answers one.
func accountsOf(chart *ledger.Chart, terms []string) []foundAccount {
	var out []foundAccount
	for _, a := range chart.Accounts() {
		best, every := answersNot, true
		for _, term := range terms {
			rank := answersTerm(a, strings.ToLower(term))
			best, every = min(best, rank), every && (rank < answersNot || strings.Contains(strings.ToLower(a.FullName), strings.ToLower(term)))
		}
		if every && best < answersNot {
			out = append(out, foundAccount{account: a, rank: best})
		}
	}
	return out
}

// How well an account answers a term; answersNot: not at all.
const (
	answersWhole = iota
	answersCode
	answersSound
	answersName
	answersNot
)

func answersTerm(a *ledger.Account, term string) int {
	name := strings.ToLower(a.Name)
	switch {
	case a.Code == term || name == term || a.Mnemonic == term:
		return answersWhole
	case strings.HasPrefix(a.Code, term):
		return answersCode
	case strings.HasPrefix(a.Mnemonic, term):
		return answersSound
	case strings.Contains(name, term):
		return answersName
	}
	return answersNot
}

// row opens the account's detail ledger in the book at work, or in the first that has it, and names the others.
func (f *foundAccount) row() found {
	ledgerOf := func(b ledger.Book) string {
		return bookPath(b) + "/statements/detail-ledger?account=" + url.QueryEscape(f.account.Code)
	}
	first := f.books[0]
	row := found{Title: f.account.Code + " " + f.account.FullName, Note: first.Name, Path: ledgerOf(first)}
	if half := f.account.Half.Title(); half != "" {
		row.Note += " · " + half
	}
	if len(f.books) == 1 {
		return row
	}
	row.Note += fmt.Sprintf(" · 共 %d 套账", len(f.books))
	var ids []int64
	for _, b := range f.books[:min(len(f.books), accountBooks)] {
		row.Links, ids = append(row.Links, pageLink{b.Name, ledgerOf(b)}), append(ids, b.ID)
	}
	row.Links = append(row.Links, pageLink{"按账套分列", "/statements/account?books=" + formatIDs(ids) + "&account=" + url.QueryEscape(f.account.Code)})
	return row
}
