package web

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// searchRoutes find what a person may read.
func searchRoutes() []route {
	return []route{
		{pattern: "GET /search", title: "查找", right: signedIn, show: showSearch},
		{pattern: "GET /search/person/{person}", title: "经办的凭证", right: only(ledger.Readers...), show: showHandled, under: "/search"},
	}
}

// searchPage is what was found, by kind.
type searchPage struct {
	Base
	Query  string
	Groups []foundGroup
	Count  int
	Looked string // how far vouchers were looked for
	Older  string // address of the search in older months
	Only   string // the books that alone were looked through
	Wide   string // address of the search in all books
	Empty  bool   // nothing was asked

	books   []ledger.Book     // that the person may read
	persons []identity.Person // of the units for which he works
	named   []identity.Person // that were found
	terms   []string          // what was typed, apart where there is a blank
	in      []ledger.Book     // books that some of the terms name; none: no term does
	rest    []string          // the terms beside these
	all     []ledger.Book     // books that every one of several terms names
	first   []string          // groups of what has exactly the name or initials that were typed
}

type foundGroup struct {
	Title string
	Rows  []found
	More  string // where the rest is
}

type found struct {
	Title  string
	Note   string
	Amount string
	Path   string
	Links  []pageLink // the same elsewhere, as an account in each book that has it
	Class  string     // of the tag
	Tag    string
}

// The most rows of a group and terms of a query, and for how long months and books are looked through before the page asks whether to go on: a page
// must not keep a person waiting for years that he did not ask for.
const (
	foundMost      = 12
	termsMost      = 5
	draftsFound    = 6
	draftsNarrowed = 15 // of a day, or in the books that a term names
	vouchersMost   = 30
	searchingMost  = 25 * time.Millisecond
	soundingBooks  = 4 // whose summaries are compared with initials at once
)

func showSearch(c *call, tx *store.Tx) (answer, error) {
	p := &searchPage{Query: c.query("q")}
	if p.Query == "" {
		p.Empty = true
		return show("search/show", p)
	}
	var err error
	if p.books, err = ledger.VisibleBooks(tx, c.actor); err != nil {
		return answer{}, err
	}
	for _, path := range c.paths() {
		some, err := identity.ListPersons(tx, c.actor.County, path)
		if err != nil {
			return answer{}, err
		}
		p.persons = append(p.persons, some...)
	}
	p.terms = termsOf(p.Query)
	if err := p.narrow(c, tx); err != nil {
		return answer{}, err
	}
	for _, find := range []func(*call, *store.Tx, *searchPage) error{findVouchers, findBooks, findAccounts, findUnits, findPeople, findHandled} {
		if err := find(c, tx, p); err != nil {
			return answer{}, err
		}
	}
	slices.SortStableFunc(p.Groups, func(a, b foundGroup) int { // what was asked for by its name stands before what only mentions it
		return cmp.Compare(indexOf(p.first, a.Title), indexOf(p.first, b.Title))
	})
	for _, g := range p.Groups {
		p.Count += len(g.Rows)
	}
	if p.Count == 1 && p.Older == "" {
		return goTo(p.Groups[0].Rows[0].Path)
	}
	return show("search/show", p)
}

func (p *searchPage) add(g foundGroup) {
	if len(g.Rows) > 0 {
		p.Groups = append(p.Groups, g)
	}
}

// voucherNumber reads 记-0012, 记12, 记 12 and 12.
var voucherNumber = regexp.MustCompile(`^(\p{Han}{0,4})[-—–号 ]*([0-9]{1,6})号?$`)

// shortWord is what may stand apart from its number: a longer word with a figure after a blank is two things to look for.
var shortWord = regexp.MustCompile(`^[记收付转] *[0-9]{1,6}$`)

// soundable is what can be pinyin initials: one letter begins too many words. Letters stand for themselves too.
var soundable = regexp.MustCompile(`^[A-Za-z]{2,}$`)

// termsOf takes apart what was typed: everything between blanks is to be met. What goes beyond the most stays together.
func termsOf(query string) []string {
	terms := strings.Fields(query)
	switch {
	case shortWord.MatchString(query):
		return []string{query}
	case len(terms) > termsMost:
		return append(terms[:termsMost-1:termsMost-1], strings.Join(terms[termsMost-1:], " "))
	}
	return terms
}

// wanted reads terms as a voucher's number, an amount, a day and words, whichever each can be; of several terms typed each
// is to be met, and one of them may also name who made, checked or posted the voucher, or an account that it moves.
func (p *searchPage) wanted(c *call, tx *store.Tx, books []ledger.Book, terms []string) (ledger.Wanted, error) {
	today := businessDay(p.books)
	if len(p.terms) == 1 {
		return wanted(p.terms[0], today), nil
	}
	var all []ledger.Wanted
	for _, term := range terms {
		w := wanted(term, today)
		if w.Initials == "" {
			w.Words, w.People = term, p.called(term)
		}
		var err error
		if w.Moves, err = c.accountsOfTerm(tx, books, term); err != nil {
			return ledger.Wanted{}, err
		}
		all = append(all, w)
	}
	w := all[0]
	w.And = all[1:]
	return w, nil
}

// called gives the persons with a name that begins with the term.
func (p *searchPage) called(term string) []int64 {
	var ids []int64
	for _, who := range p.persons {
		if utf8.RuneCountInString(term) > 1 && strings.HasPrefix(who.Name, term) && len(ids) < foundMost && !slices.Contains(ids, who.ID) {
			ids = append(ids, who.ID)
		}
	}
	return ids
}

// wanted reads one term.
func wanted(term string, today calendar.Date) ledger.Wanted {
	w := ledger.Wanted{Date: dayTyped(term, today)}
	if m := voucherNumber.FindStringSubmatch(term); m != nil {
		w.Word = m[1]
		if n, err := strconv.ParseInt(m[2], 10, 64); err == nil {
			w.Number = n
		}
	}
	if amount, err := money.Parse(term); err == nil && amount != 0 {
		w.Amount = &amount
	}
	switch {
	case soundable.MatchString(term):
		w.Initials = term
	case w.Amount == nil && (w.Number == 0 || w.Word != ""): // a bare figure is no word
		w.Words = term
	}
	return w
}
