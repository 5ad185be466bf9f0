package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// findVouchers looks for vouchers, in the books that some terms name first; where that leaves room and time, in all.
func findVouchers(c *call, tx *store.Tx, p *searchPage) error {
	began := c.server.Clock()
	g := foundGroup{Title: "凭证"}
	wide := c.query("wide")
	if len(p.in) > 0 && wide == "" {
		hits, err := p.lookThrough(c, tx, p.in, p.rest, "", began)
		if err != nil {
			return err
		}
		g.Rows = hitRows(hits, p.in, nil)
		if p.Older != "" || len(g.Rows) == vouchersMost || c.query("before") != "" {
			p.Only, p.Wide = namesOfBooks(p.in), "/search?"+url.Values{"q": {p.Query}, "wide": {"1"}}.Encode()
			p.add(g)
			return nil
		}
		wide = "1"
	}
	hits, err := p.lookThrough(c, tx, p.books, p.terms, wide, began)
	if err != nil {
		return err
	}
	g.Rows = hitRows(hits, p.books, g.Rows)
	p.add(g)
	return nil
}

// namesOfBooks says which books, in few words.
func namesOfBooks(books []ledger.Book) string {
	if len(books) == 1 {
		return books[0].Name
	}
	return fmt.Sprintf("%s等 %d 套账", books[0].Name, len(books))
}

// lookThrough looks for vouchers under way, then month by month from the newest, in the book that the person works in
// first, until it has enough or has looked for long enough.
func (p *searchPage) lookThrough(c *call, tx *store.Tx, books []ledger.Book, terms []string, wide string, began time.Time) ([]ledger.Hit, error) {
	if len(books) == 0 {
		return nil, nil
	}
	ids, paths := bookIDs(books), c.paths(ledger.UnpostedReaders...)
	names, first := map[int64]ledger.Book{}, books[0].Start
	for _, b := range books {
		names[b.ID], first = b, min(first, b.Start)
	}
	if len(books) == 1 {
		paths = []string{books[0].Path}
	}
	drafts := draftsFound
	w, err := p.wanted(c, tx, books, terms)
	if err != nil {
		return nil, err
	}
	if len(terms) < len(p.terms) {
		drafts = draftsNarrowed
	}
	month := businessDay(books).Period()
	for _, one := range append([]ledger.Wanted{w}, w.And...) {
		if one.Date != "" { // it can be in one month alone
			first, month = one.Date.Period(), one.Date.Period()
			drafts = draftsNarrowed
		}
	}
	asked, err := c.period("before", month)
	if err != nil {
		return nil, err
	}
	skipped, _ := strconv.Atoi(c.query("skip"))
	var hits []ledger.Hit
	enough := func() bool { return len(hits) >= vouchersMost || c.server.Clock().Sub(began) > searchingMost }
	if asked >= month && skipped == 0 {
		if hits, err = ledger.FindDrafts(tx, c.actor, paths, w, drafts); err != nil {
			return nil, err
		}
		own, err := c.findHere(tx, names, w, month, enough)
		if err != nil {
			return nil, err
		}
		hits = append(hits, own...)
	}
	at, next := min(asked, month), max(0, min(skipped, len(ids)))
	each := ledger.BooksAtOnce
	if sounds(w) || moves(w) {
		each = soundingBooks
	}
	for begun := false; at >= first && !(begun && enough()); begun = true { // one part at least: each press of the link gets further
		part := ids[next:min(next+each, len(ids))]
		if len(part) > 0 {
			found, err := ledger.FindPosted(tx, c.actor.County, part, at, w, vouchersMost)
			if err != nil {
				return nil, err
			}
			hits = append(hits, found...)
		}
		if next += len(part); next == len(ids) {
			at, next = at.Prev(), 0
		}
	}
	p.looked(min(asked, month), at, next, first, wide)
	return hits, nil
}

// hitRows adds the vouchers of the books to rows, each once, as many as a page shows.
func hitRows(hits []ledger.Hit, books []ledger.Book, rows []found) []found {
	for _, h := range hits {
		at := slices.IndexFunc(books, func(b ledger.Book) bool { return b.ID == h.Book })
		known := slices.ContainsFunc(rows, func(f found) bool { return f.Path == voucherPath(h.Document) })
		if at >= 0 && !known && len(rows) < vouchersMost {
			rows = append(rows, voucherFound(h, books[at]))
		}
	}
	return rows
}

// looked says how far vouchers were looked for: down to a month, and in that one through so many books.
func (p *searchPage) looked(from, at calendar.Period, books int, first calendar.Period, wide string) {
	switch {
	case at == from:
		p.Looked = fmt.Sprintf("已查 %s的 %d 套账", at.Chinese(), books)
	case books > 0:
		p.Looked = fmt.Sprintf("已查 %s至 %s,%s已查 %d 套账", at.Next().Chinese(), from.Chinese(), at.Chinese(), books)
	case at.Next() == from:
		p.Looked = fmt.Sprintf("已查 %s", from.Chinese())
	default:
		p.Looked = fmt.Sprintf("已查 %s至 %s", at.Next().Chinese(), from.Chinese())
	}
	if at >= first {
		q := url.Values{"q": {p.Query}, "before": {string(at)}}
		if books > 0 {
			q.Set("skip", strconv.Itoa(books))
		}
		if wide != "" {
			q.Set("wide", wide)
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
	if sounds(w) { // summary by summary, which costs more
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
	all := append([]ledger.Wanted{w}, w.And...)
	at := slices.IndexFunc(all, func(one ledger.Wanted) bool { return one.Amount != nil })
	if err != nil || at < 0 {
		return hits, err
	}
	lines, err := ledger.FindByLine(tx, b, last.Prev().Prev(), last, *all[at].Amount, slices.Delete(slices.Clone(all), at, at+1), foundMost)
	return append(hits, lines...), err
}

// sounds tells whether initials are among what is looked for.
func sounds(w ledger.Wanted) bool {
	return w.Initials != "" || slices.ContainsFunc(w.And, func(one ledger.Wanted) bool { return one.Initials != "" })
}

// moves tells whether accounts are among what is looked for.
func moves(w ledger.Wanted) bool {
	return len(w.Moves) > 0 || slices.ContainsFunc(w.And, func(one ledger.Wanted) bool { return len(one.Moves) > 0 })
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
