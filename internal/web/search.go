package web

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// searchRoutes find what a person may read.
func searchRoutes() []route {
	return []route{
		{pattern: "GET /search", title: "查找", right: signedIn, show: showSearch},
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
	Empty  bool   // nothing was asked

	books []ledger.Book // that the person may read
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
	Class  string // of the tag
	Tag    string
}

// The most rows of a group, and for how long months and books are looked through before the page asks whether to go on: a page
// must not keep a person waiting for years that he did not ask for.
const (
	foundMost     = 12
	draftsFound   = 6
	vouchersMost  = 30
	searchingMost = 25 * time.Millisecond
	soundingBooks = 4 // whose summaries are compared with initials at once
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
	for _, find := range []func(*call, *store.Tx, *searchPage) error{findVouchers, findBooks, findAccounts, findUnits, findPeople} {
		if err := find(c, tx, p); err != nil {
			return answer{}, err
		}
	}
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

// voucherNumber reads 记-0012, 记12 and 12.
var voucherNumber = regexp.MustCompile(`^(\p{Han}{0,4})[-—–号 ]*([0-9]{1,6})号?$`)

// soundable is what can be pinyin initials: one letter begins too many words. Letters stand for themselves too.
var soundable = regexp.MustCompile(`^[A-Za-z]{2,}$`)

// wanted reads what a person typed as a voucher's number, an amount and words, whichever it can be.
func wanted(query string) ledger.Wanted {
	var w ledger.Wanted
	if m := voucherNumber.FindStringSubmatch(query); m != nil {
		w.Word = m[1]
		if n, err := strconv.ParseInt(m[2], 10, 64); err == nil {
			w.Number = n
		}
	}
	if amount, err := money.Parse(query); err == nil && amount != 0 {
		w.Amount = &amount
	}
	switch {
	case soundable.MatchString(query):
		w.Initials = query
	case w.Amount == nil && (w.Number == 0 || w.Word != ""): // a bare figure is no word
		w.Words = query
	}
	return w
}

// findVouchers looks for vouchers under way, then month by month from the newest, in the book that the person works in
// first, until it has enough or has looked for long enough.
func findVouchers(c *call, tx *store.Tx, p *searchPage) error {
	books := p.books
	if len(books) == 0 {
		return nil
	}
	names, ids := map[int64]ledger.Book{}, make([]int64, len(books))
	first := books[0].Start
	for i, b := range books {
		names[b.ID], ids[i], first = b, b.ID, min(first, b.Start)
	}
	w := wanted(p.Query)
	month := businessDay(books).Period()
	asked, err := c.period("before", month)
	if err != nil {
		return err
	}
	skipped, _ := strconv.Atoi(c.query("skip"))
	began := c.server.Clock()
	var hits []ledger.Hit
	enough := func() bool { return len(hits) >= vouchersMost || c.server.Clock().Sub(began) > searchingMost }
	if asked >= month && skipped == 0 {
		if hits, err = ledger.FindDrafts(tx, c.actor, c.paths(ledger.UnpostedReaders...), w, draftsFound); err != nil {
			return err
		}
		own, err := c.findHere(tx, names, w, month, enough)
		if err != nil {
			return err
		}
		hits = append(hits, own...)
	}
	at, next := min(asked, month), max(0, min(skipped, len(ids)))
	each := ledger.BooksAtOnce
	if w.Initials != "" {
		each = soundingBooks
	}
	for begun := false; at >= first && !(begun && enough()); begun = true { // one part at least: each press of the link gets further
		part := ids[next:min(next+each, len(ids))]
		if len(part) > 0 {
			found, err := ledger.FindPosted(tx, c.actor.County, part, at, w, vouchersMost)
			if err != nil {
				return err
			}
			hits = append(hits, found...)
		}
		if next += len(part); next == len(ids) {
			at, next = at.Prev(), 0
		}
	}
	p.looked(min(asked, month), at, next, first)
	g := foundGroup{Title: "凭证"}
	seen := map[string]bool{}
	for _, h := range hits {
		b, reads := names[h.Book]
		if seen[h.Document] || !reads || len(g.Rows) == vouchersMost {
			continue
		}
		seen[h.Document] = true
		g.Rows = append(g.Rows, voucherFound(h, b))
	}
	p.add(g)
	return nil
}

// looked says how far vouchers were looked for: down to a month, and in that one through so many books.
func (p *searchPage) looked(from, at calendar.Period, books int, first calendar.Period) {
	switch {
	case at == from:
		p.Looked = fmt.Sprintf("已查 %s的 %d 套账", at.Chinese(), books)
	case books > 0:
		p.Looked = fmt.Sprintf("已查 %s至 %s,%s已查 %d 套账", at.Next().Chinese(), from.Chinese(), at.Chinese(), books)
	default:
		p.Looked = fmt.Sprintf("已查 %s至 %s", at.Next().Chinese(), from.Chinese())
	}
	if at >= first {
		q := url.Values{"q": {p.Query}, "before": {string(at)}}
		if books > 0 {
			q.Set("skip", strconv.Itoa(books))
		}
		p.Older = "/search?" + q.Encode()
	}
}

// findHere looks through the years of the book that the person works in; for an amount also at the lines of its last
// three months.
func (c *call) findHere(tx *store.Tx, names map[int64]ledger.Book, w ledger.Wanted, last calendar.Period, enough func() bool) ([]ledger.Hit, error) {
	if len(c.place.books) == 0 {
		return nil, nil
	}
	b, reads := names[c.place.books[0]]
	if !reads {
		return nil, nil
	}
	from := max(b.Start, calendar.PeriodOf(last.Year()-yearsBack, 1))
	if w.Initials != "" { // summary by summary, which costs more
		var hits []ledger.Hit
		for at := last; at >= from && len(hits) < foundMost && !enough(); at = at.Prev() {
			found, err := ledger.FindInBook(tx, b, at, at, w, foundMost)
			if err != nil {
				return nil, err
			}
			hits = append(hits, found...)
		}
		return hits, nil
	}
	hits, err := ledger.FindInBook(tx, b, from, last, w, foundMost)
	if err != nil || w.Amount == nil {
		return hits, err
	}
	lines, err := ledger.FindByLine(tx, b, last.Prev().Prev(), last, *w.Amount, foundMost)
	return append(hits, lines...), err
}

func voucherFound(h ledger.Hit, b ledger.Book) found {
	label := "未编号"
	if h.Number.Number != 0 {
		label = h.Number.Label()
	}
	f := found{
		Title: label + " " + h.Summary, Note: b.Name + " · " + h.Date.Chinese(), Amount: h.Amount.String(), Path: voucherPath(h.Document),
		Tag: ledger.VoucherKind.States[h.State], Class: stateClass[h.State],
	}
	if h.State == ledger.StatePost {
		f.Tag = ""
	}
	return f
}

func findBooks(c *call, tx *store.Tx, p *searchPage) error {
	if len(c.paths(ledger.Readers...)) == 0 {
		return nil
	}
	g := foundGroup{Title: "账套"}
	books := matchBooks(slices.Clone(p.books), p.Query)
	for _, b := range books[:min(len(books), foundMost)] {
		g.Rows = append(g.Rows, found{Title: b.Name, Note: b.UnitName + " · " + b.Code, Path: bookPath(b)})
	}
	if len(books) > foundMost {
		g.More = "/books?q=" + url.QueryEscape(p.Query)
	}
	p.add(g)
	return nil
}

// findAccounts looks in the accounts of the book that the person works in.
func findAccounts(c *call, tx *store.Tx, p *searchPage) error {
	if len(c.place.books) == 0 {
		return nil
	}
	b, err := ledger.See(tx, c.actor, c.place.books[0])
	if fault.Is(err, fault.NotFound) {
		return nil // no longer his to read
	}
	if err != nil {
		return err
	}
	chart, err := ledger.ChartOf(tx, b, b.Today.Year())
	if err != nil {
		return err
	}
	g := foundGroup{Title: "科目(" + b.Name + ")"}
	q := strings.ToLower(p.Query)
	for _, a := range chart.Accounts() {
		if len(g.Rows) < foundMost && (strings.HasPrefix(a.Code, q) || strings.Contains(a.Name, p.Query) || strings.HasPrefix(a.Mnemonic, q)) {
			g.Rows = append(g.Rows, found{Title: a.Code + " " + a.Name, Note: a.Half.Title(), Path: bookPath(b) + "/statements/detail-ledger?account=" + url.QueryEscape(a.Code)})
		}
	}
	p.add(g)
	return nil
}

func findUnits(c *call, tx *store.Tx, p *searchPage) error {
	g := foundGroup{Title: "单位"}
	for _, path := range c.paths() {
		units, err := org.Find(tx, c.actor.County, path, p.Query)
		if err != nil {
			return err
		}
		for _, u := range units {
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
	for _, path := range c.paths() {
		persons, err := identity.ListPersons(tx, c.actor.County, path)
		if err != nil {
			return err
		}
		for _, who := range persons {
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
				row.Path = fmt.Sprintf("/people/%d", who.ID)
			}
			g.Rows = append(g.Rows, row)
		}
	}
	p.add(g)
	return nil
}

func titlesOf(roles []identity.Role) []string {
	var out []string
	for _, r := range roles {
		out = append(out, r.Title())
	}
	return out
}
