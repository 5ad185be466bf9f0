package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

func findBooks(c *call, tx *store.Tx, p *searchPage) error {
	if len(c.paths(ledger.Readers...)) == 0 {
		return nil
	}
	g := foundGroup{Title: "账套"}
	books := p.all
	if len(p.terms) == 1 {
		books = matchBooks(slices.Clone(p.books), p.Query)
	}
	exactly := func(b ledger.Book) bool {
		return strings.EqualFold(b.Code, p.Query) || isNamed(b.Name, p.Query) || isNamed(b.UnitName, p.Query)
	}
	if slices.ContainsFunc(books, exactly) {
		p.first = append(p.first, g.Title)
		slices.SortStableFunc(books, func(a, b ledger.Book) int { return cmp.Compare(truth(exactly(b)), truth(exactly(a))) })
	}
	for _, b := range books[:min(len(books), foundMost)] {
		g.Rows = append(g.Rows, found{Title: b.Name, Note: b.UnitName + " · " + b.Code, Path: bookPath(b)})
	}
	if len(books) > foundMost {
		g.More = "/books?q=" + url.QueryEscape(p.Query)
	}
	p.add(g)
	return nil
}

func findUnits(c *call, tx *store.Tx, p *searchPage) error {
	g := foundGroup{Title: "单位"}
	for _, path := range c.paths() {
		units, err := org.Find(tx, c.actor.County, path, p.terms[0])
		if err != nil {
			return err
		}
		for _, u := range units {
			if slices.ContainsFunc(p.terms[1:], func(term string) bool { return !strings.Contains(u.Name, term) }) {
				continue
			}
			if strings.EqualFold(u.Code, p.Query) || isNamed(u.Name, p.Query) {
				p.first = append(p.first, g.Title)
			}
			if len(g.Rows) == foundMost {
				g.More = "/units?q=" + url.QueryEscape(p.Query)
				break
			}
			g.Rows = append(g.Rows, found{Title: u.Name, Note: u.Kind.Title() + " · " + u.Code, Path: fmt.Sprintf("/units/%d", u.ID)})
		}
	}
	p.add(g)
	return nil
}

// findPeople finds the persons of the units for which one works: name, unit and post, and for those who may open it
// their page. Nothing else of a person is told here.
func findPeople(c *call, tx *store.Tx, p *searchPage) error {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return err
	}
	g := foundGroup{Title: "人员"}
	q := strings.ToLower(p.Query)
	for _, who := range p.persons {
		if !strings.Contains(who.Name, p.Query) && !strings.HasPrefix(standard.Mnemonic(who.Name), q) {
			continue
		}
		opens := c.actor.Has(who.UnitPath, identity.PersonReaders...)
		if len(g.Rows) == foundMost {
			if opens {
				g.More = "/people?q=" + url.QueryEscape(p.Query)
			}
			break
		}
		posts, err := identity.PostsOf(tx, c.actor.County, who.ID, today)
		if err != nil {
			return err
		}
		row := found{Title: who.Name, Note: strings.Join(append([]string{who.UnitName}, titlesOf(posts)...), " · "), Path: fmt.Sprintf("/units/%d", who.Unit)}
		if opens {
			row.Path = personPath(who.ID)
		}
		g.Rows = append(g.Rows, row)
		p.named = append(p.named, who)
	}
	p.add(g)
	return nil
}

func truth(is bool) int {
	if is {
		return 1
	}
	return 0
}

func titlesOf(roles []identity.Role) []string {
	var out []string
	for _, r := range roles {
		out = append(out, r.Title())
	}
	return out
}
