package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

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
	w := p.wanted()
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
	if sounds(w) {
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
