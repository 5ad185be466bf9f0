package web

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// placeRoutes change the book and the month that a person works in.
func placeRoutes() []route {
	return []route{
		{pattern: "GET /switch", title: "切换账套", right: only(ledger.Readers...), show: showSwitch},
		{pattern: "GET /switch/month", title: "切换月份", right: only(ledger.Readers...), show: switchMonth},
	}
}

// place is where a person works: the month, the books that he opened last, the current one first, and how he looked at
// statements. The browser keeps it, so that it outlives a sign-in; it says nothing about rights, and what may no longer be
// read is passed over.
type place struct {
	period calendar.Period
	books  []int64
	views  map[string]view // by statement
}

// view is how a person looked at a statement last, as the form names it: its levels, the months beside it, and whether
// the year so far stands there too.
type view struct{ levels, compare, year string }

func (v view) String() string { return strings.Join([]string{v.levels, v.compare, v.year}, ":") }

// recentMost is how many books are remembered.
const recentMost = 6

func (p place) String() string {
	ids := make([]string, len(p.books))
	for i, id := range p.books {
		ids[i] = strconv.FormatInt(id, 10)
	}
	text := string(p.period) + "." + strings.Join(ids, "-")
	for i, name := range slices.Sorted(maps.Keys(p.views)) {
		text += []string{".", "~"}[min(i, 1)] + name + ":" + p.views[name].String()
	}
	return text
}

// parsePlace reads a place; what cannot be read is as if it had never been kept.
func parsePlace(text string) (p place) {
	period, rest, _ := strings.Cut(text, ".")
	ids, views, _ := strings.Cut(rest, ".")
	for part := range strings.SplitSeq(views, "~") {
		if fields := strings.Split(part, ":"); len(fields) == 4 {
			if _, err := statement.Find(fields[0]); err == nil {
				p.look(fields[0], view{fields[1], fields[2], fields[3]})
			}
		}
	}
	if at, err := calendar.ParsePeriod(period); err == nil {
		p.period = at
	}
	for part := range strings.SplitSeq(ids, "-") {
		if id, err := strconv.ParseInt(part, 10, 64); err == nil && len(p.books) < recentMost {
			p.books = append(p.books, id)
		}
	}
	return p
}

// with gives the place after a book was opened.
func (p place) with(book int64) place {
	rest := slices.DeleteFunc(slices.Clone(p.books), func(id int64) bool { return id == book })
	books := append([]int64{book}, rest...)
	return place{p.period, books[:min(len(books), recentMost)], p.views}
}

// look remembers how a statement was looked at.
func (p *place) look(name string, v view) {
	if p.views == nil {
		p.views = map[string]view{}
	}
	if p.views[name] = v; v == (view{}) {
		delete(p.views, name)
	}
}

// placeCookie keeps a place apart for every login that uses the browser.
func (c *call) placeCookie() string { return fmt.Sprintf("xiangzhang-place-%d", c.actor.Login) }

func (c *call) readPlace() {
	if k, err := c.r.Cookie(c.placeCookie()); err == nil {
		c.place = parsePlace(k.Value)
	}
	c.placeWas = c.place.String()
}

// placeKept is how long a browser keeps a place, in seconds: a year.
const placeKept = 365 * 24 * 3600

func (c *call) keepPlace() {
	if !c.in || c.place.String() == c.placeWas {
		return
	}
	http.SetCookie(c.w, &http.Cookie{
		Name: c.placeCookie(), Value: c.place.String(), Path: "/", MaxAge: placeKept, HttpOnly: true, Secure: c.server.TLS, SameSite: http.SameSiteLaxMode,
	})
}

// opened remembers the book that a page is about.
func (c *call) opened(b ledger.Book) {
	c.place, c.here = c.place.with(b.ID), &b
}

// month gives the month that the person works in, as far as the book has it: the remembered one, else the business month.
func (c *call) month(b ledger.Book) calendar.Period {
	if p := c.place.period; p >= b.Start && p <= b.Today.Period() {
		return p
	}
	return b.Today.Period()
}

// picks is the top line: whose book, which month, and what they may be changed to.
type picks struct {
	Name   string // of the book, else of the office
	Note   string
	Month  calendar.Period
	At     string // the address that is shown
	Years  []pickYear
	Recent []pickBook
}

type pickYear struct {
	Year   int
	Months []choice
}

type pickBook struct {
	Name string
	Unit string
	Path string
	On   bool
}

// yearsBack is how many years before the business year may be picked where no book is open.
const yearsBack = 1

func (c *call) picks(tx *store.Tx, b *Base) error {
	first, last := calendar.PeriodOf(b.Today.Year()-yearsBack, 1), b.Today.Period()
	p := picks{Name: b.Office, Month: last, At: c.returnTo()}
	if c.books > 0 {
		p.Note = fmt.Sprintf("%d 套账", c.books)
	}
	if c.here != nil {
		p.Name, p.Note, first = c.here.Name, c.here.UnitName, c.here.Start
		if p.Note == p.Name {
			p.Note = ""
		}
	}
	if c.place.period >= first && c.place.period < last {
		p.Month = c.place.period
	}
	for year := last.Year(); year >= first.Year(); year-- {
		y := pickYear{Year: year}
		for m := max(first, calendar.PeriodOf(year, 1)); m <= min(last, calendar.PeriodOf(year, 12)); m = m.Next() {
			y.Months = append(y.Months, choice{Value: string(m), Title: fmt.Sprintf("%d 月", m.Month()), On: m == p.Month})
		}
		p.Years = append(p.Years, y)
	}
	for _, id := range c.place.books {
		book, err := ledger.See(tx, c.actor, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		p.Recent = append(p.Recent, pickBook{book.Name, book.UnitName, samePage(p.At, book), c.here != nil && c.here.ID == book.ID})
	}
	b.Picks = p
	return nil
}

// samePage gives the address of another book's page of the same kind as the one that is shown.
func samePage(at string, b ledger.Book) string {
	u, err := url.Parse(localPath(at))
	if err != nil {
		return bookPath(b)
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 3 || parts[0] != "books" {
		return bookPath(b)
	}
	q := url.Values{}
	for _, key := range []string{"period", "from", "to"} {
		if v := u.Query().Get(key); v != "" {
			q.Set(key, v)
		}
	}
	to := bookPath(b)
	switch {
	case len(parts) == 4 && parts[2] == "statements": // a chart need not have the other's statement
		to += "/statements/" + url.PathEscape(parts[3])
	case len(parts) == 4 && parts[2] == "vouchers" && parts[3] == "new":
		to += "/vouchers/new"
	case len(parts) == 3 && slices.Contains([]string{"statements", "close", "year", "accounts"}, parts[2]):
		to += "/" + parts[2]
	}
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}

// switchMonth remembers a month and goes back to the page, which then shows it where it is a page of months.
func switchMonth(c *call, _ *store.Tx) (answer, error) {
	at := localPath(c.query("at"))
	to, err := calendar.ParsePeriod(c.query("to"))
	if err != nil {
		return goTo(at)
	}
	c.place.period = to
	u, err := url.Parse(at)
	if err != nil {
		return goTo("/")
	}
	q := u.Query()
	for _, key := range []string{"period", "to"} {
		if q.Has(key) {
			q.Set(key, string(to))
		}
	}
	if from := q.Get("from"); from > string(to) || from != "" && from[:min(4, len(from))] != string(to)[:4] {
		q.Set("from", string(to))
	}
	u.RawQuery = q.Encode()
	return goTo(u.String())
}

// switchPage lists the books that a person may turn to, with their lights.
type switchPage struct {
	Base
	Query string
	At    string
	Rows  []switchRow
	Count int
	Last  calendar.Period
	This  calendar.Period
}

type switchRow struct {
	bookRow
	Path string
	On   bool
}

// switchMost is how many books the list shows; a search narrows what is more.
const switchMost = 40

func showSwitch(c *call, tx *store.Tx) (answer, error) {
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return answer{}, err
	}
	p := &switchPage{Query: c.query("q"), At: localPath(c.query("at"))}
	books = matchBooks(books, p.Query)
	p.Count = len(books)
	recent := func(b ledger.Book) int {
		if i := slices.Index(c.place.books, b.ID); i >= 0 {
			return i
		}
		return recentMost
	}
	slices.SortStableFunc(books, func(a, b ledger.Book) int {
		return cmp.Or(recent(a)-recent(b), cmp.Compare(groupOrder(a), groupOrder(b)), cmp.Compare(a.Code, b.Code))
	})
	books = books[:min(len(books), switchMost)]
	board, err := c.board(tx, books)
	if err != nil {
		return answer{}, err
	}
	p.Last, p.This = board.last, board.this
	for _, b := range books {
		p.Rows = append(p.Rows, switchRow{board.row(c, b), samePage(p.At, b), len(c.place.books) > 0 && c.place.books[0] == b.ID})
	}
	if c.query("part") != "" {
		return answer{view: "book/switch", part: "switch", page: p}, nil
	}
	return show("book/switch", p)
}
