package web

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// accountsNamed is how many accounts one word beside others can mean.
const accountsNamed = 12

// narrow takes from several terms those that name books or their units, as long as some book answers all of them; the
// rest is what is looked for in these books. Terms that name books alone narrow nothing.
func (p *searchPage) narrow(c *call, tx *store.Tx) error {
	p.rest = p.terms
	if len(p.terms) < 2 {
		return nil
	}
	in, rest := p.books, []string(nil)
	for _, term := range p.terms {
		named, err := c.booksNamed(tx, in, term)
		switch {
		case err != nil:
			return err
		case len(named) == 0:
			rest = append(rest, term)
		default:
			in = named
		}
	}
	switch {
	case len(rest) == 0:
		p.all = in
	case len(rest) < len(p.terms):
		p.in, p.rest = in, rest
	}
	return nil
}

// booksNamed gives those of the books that a term names: by code, a part of the name or initials, of the book or of the
// unit that it belongs to or that stands above. A figure is a whole code.
func (c *call) booksNamed(tx *store.Tx, books []ledger.Book, term string) ([]ledger.Book, error) {
	figure := strings.Trim(term, "0123456789.,") == ""
	if utf8.RuneCountInString(term) < 2 {
		return nil, nil
	}
	var above []string
	for _, path := range c.paths(ledger.Readers...) {
		units, err := org.Find(tx, c.actor.County, path, term)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			if !figure || u.Code == term {
				above = append(above, u.Path)
			}
		}
	}
	var out []ledger.Book
	for _, b := range books {
		if strings.EqualFold(b.Code, term) || !figure && len(matchBooks([]ledger.Book{b}, term)) > 0 ||
			slices.ContainsFunc(above, func(path string) bool { return org.Within(b.Path, path) }) {
			out = append(out, b)
		}
	}
	return out, nil
}

// isNamed tells whether a text is exactly what is asked for, or has exactly these initials.
func isNamed(text, query string) bool {
	return strings.EqualFold(text, query) || standard.Mnemonic(text) == strings.ToLower(query)
}

// accountsOfTerm gives the accounts that a word beside others means, in the charts of the books: by whole code, whole
// initials or a part of the name; those beneath one of them are in it.
func (c *call) accountsOfTerm(tx *store.Tx, books []ledger.Book, term string) ([]ledger.AccountOf, error) {
	began, seen := c.server.Clock(), map[*ledger.Chart]bool{}
	var out []ledger.AccountOf
	for _, b := range books {
		if len(out) == accountsNamed || c.server.Clock().Sub(began) > searchingMost {
			break
		}
		chart, err := ledger.ChartOf(tx, b, b.Today.Year())
		if err != nil {
			return nil, err
		}
		if seen[chart] {
			continue
		}
		seen[chart] = true
		for _, a := range chart.Accounts() {
			named := answersTerm(a, strings.ToLower(term)) == answersWhole || utf8.RuneCountInString(term) > 1 && strings.Contains(a.Name, term)
			within := slices.ContainsFunc(out, func(o ledger.AccountOf) bool { return o.Chart == b.Chart && strings.HasPrefix(a.Code, o.Code) })
			if named && !within && len(out) < accountsNamed {
				out = append(out, ledger.AccountOf{Chart: b.Chart, Code: a.Code})
			}
		}
	}
	return out, nil
}

// monthDay is a day as people say it within a year: 10-21, 10月21日.
var monthDay = regexp.MustCompile(`^([0-9]{1,2}) *[-/月] *([0-9]{1,2})日?$`)

// dayTyped reads a term as a day; one without its year is the last such day up to the business day.
func dayTyped(term string, today calendar.Date) calendar.Date {
	if m := monthDay.FindStringSubmatch(term); m != nil {
		for year := today.Year(); year > today.Year()-2; year-- {
			if day, err := calendar.ParseDate(fmt.Sprintf("%d-%s-%s", year, m[1], m[2])); err == nil && day <= today {
				return day
			}
		}
		return ""
	}
	if day, err := calendar.ParseDate(term); err == nil && strings.ContainsAny(term, "-/.年") {
		return day
	}
	return ""
}
