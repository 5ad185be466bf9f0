package web

import (
	"cmp"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// bookRoutes list books and their vouchers.
func bookRoutes() []route {
	return []route{
		{pattern: "GET /books", title: "账套", right: only(ledger.Readers...), show: showBooks},
		{pattern: "GET /books/{book}", title: "凭证", right: only(ledger.Readers...), show: showBook},
	}
}

// booksPage lists the books that a person may look into, each as one line of lights.
type booksPage struct {
	Base
	Query  string
	Last   calendar.Period
	This   calendar.Period
	Groups []bookGroup
	Count  int // found
	Shown  int
	Make   bool // the person may enter vouchers somewhere
}

// bookGroup is the own books of a unit, or its villages' books.
type bookGroup struct {
	Title string
	Rows  []bookRow
}

// booksMost is how many lines one page shows; a search narrows what is more.
const booksMost = 300

func showBooks(c *call, tx *store.Tx) (answer, error) {
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return answer{}, err
	}
	p := &booksPage{Query: c.query("q")}
	books = matchBooks(books, p.Query)
	p.Count = len(books)
	if p.Count == 1 && p.Query != "" {
		return goTo(bookPath(books[0]))
	}
	if p.Groups, err = c.groupBooks(tx, books, p); err != nil {
		return answer{}, err
	}
	return show("book/list", p)
}

// matchBooks finds by the beginning of the code or of the name's initials, or by a part of a name.
func matchBooks(books []ledger.Book, query string) []ledger.Book {
	q := strings.ToLower(query)
	if q == "" {
		return books
	}
	return slices.DeleteFunc(books, func(b ledger.Book) bool {
		return !strings.HasPrefix(strings.ToLower(b.Code), q) && !strings.Contains(strings.ToLower(b.Name), q) &&
			!strings.Contains(b.UnitName, query) && !strings.HasPrefix(standard.Mnemonic(b.Name), q) &&
			!strings.HasPrefix(standard.Mnemonic(b.UnitName), q)
	})
}

func (c *call) groupBooks(tx *store.Tx, books []ledger.Book, p *booksPage) ([]bookGroup, error) {
	board, err := c.board(tx, books)
	if err != nil {
		return nil, err
	}
	p.Last, p.This = board.last, board.this
	names, err := townshipNames(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(books, func(a, b ledger.Book) int {
		return cmp.Or(cmp.Compare(groupOrder(a), groupOrder(b)), cmp.Compare(a.Code, b.Code))
	})
	var out []bookGroup
	at := map[string]int{}
	for _, b := range books {
		if p.Shown == booksMost {
			break
		}
		p.Shown++
		title := groupTitle(names, b)
		i, ok := at[title]
		if !ok {
			i = len(out)
			at[title] = i
			out = append(out, bookGroup{Title: title})
		}
		row := board.row(c, b)
		p.Make = p.Make || row.Make
		out[i].Rows = append(out[i].Rows, row)
	}
	return out, nil
}

func groupOrder(b ledger.Book) int {
	if b.Chart == ledger.Village {
		return 1
	}
	return 0
}

// townshipNames gives the units one step below the county by id.
func townshipNames(tx *store.Tx, county int64) (map[int64]string, error) {
	root, err := org.Root(tx, county)
	if err != nil {
		return nil, err
	}
	units, err := org.Children(tx, county, root.ID)
	names := map[int64]string{root.ID: root.Name}
	for _, u := range units {
		names[u.ID] = u.Name
	}
	return names, err
}

func groupTitle(names map[int64]string, b ledger.Book) string {
	ids := org.Ancestors(b.Path)
	name := names[ids[min(1, len(ids)-1)]]
	if b.Chart == ledger.Village {
		return name + " · 村账"
	}
	return name + " · 单位账"
}
