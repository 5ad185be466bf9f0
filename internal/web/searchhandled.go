package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// countedPeople is for how many of the persons found the search counts what they did.
const countedPeople = 3

// findHandled counts the vouchers of the business month in which the persons found had a hand, in the books that the reader
// may read; each leads on to them, month by month. Where many persons are meant, or counting takes longer than a page may,
// nothing is counted.
func findHandled(c *call, tx *store.Tx, p *searchPage) error {
	if len(p.named) == 0 || len(p.named) > countedPeople || len(p.books) == 0 {
		return nil
	}
	var ids []int64
	for _, who := range p.named {
		ids = append(ids, who.ID)
	}
	month, began := businessDay(p.books).Period(), c.server.Clock()
	sums := map[int64]ledger.Handled{}
	counted := true
	for part := range slices.Chunk(p.books, ledger.BooksAtOnce) {
		if counted = c.server.Clock().Sub(began) <= searchingMost; !counted {
			break
		}
		rows, err := ledger.CountHandled(tx, c.actor.County, bookIDs(part), month, ids)
		if err != nil {
			return err
		}
		for _, h := range rows {
			sums[h.Person] = added(sums[h.Person], h)
		}
	}
	g := foundGroup{Title: "经办的凭证"}
	for _, who := range p.named {
		row := found{Title: who.Name + "制单、审核、记账的凭证", Path: handledPath(who.ID)}
		switch h := sums[who.ID]; {
		case !counted:
		case h.All == 0:
			row.Note = month.Chinese() + "没有已记账的凭证"
		default:
			row.Note = month.Chinese() + handledWords(h)
		}
		g.Rows = append(g.Rows, row)
	}
	p.add(g)
	return nil
}

func bookIDs(books []ledger.Book) []int64 {
	var ids []int64
	for _, b := range books {
		ids = append(ids, b.ID)
	}
	return ids
}

func handledPath(person int64) string { return fmt.Sprintf("/search/person/%d", person) }

func added(a, b ledger.Handled) ledger.Handled {
	return ledger.Handled{Made: a.Made + b.Made, Checked: a.Checked + b.Checked, Posted: a.Posted + b.Posted, All: a.All + b.All}
}

func handledWords(h ledger.Handled) string {
	return fmt.Sprintf("制单 %d 张、审核 %d 张、记账 %d 张", h.Made, h.Checked, h.Posted)
}

// handledPage shows the vouchers of a month in which a person had a hand: counts by book, and the vouchers of the book that
// is picked, or of all of them where they are few.
type handledPage struct {
	Base
	Person string
	Unit   string
	Path   string
	Period calendar.Period
	Months []choice
	Words  string
	Books  []handledBook
	Picked string // the book whose vouchers are shown; empty: all of them
	Few    bool   // they are few enough to be shown together
	Rows   []handledRow
	Count  int
	Pages  []choice // where there are several
	Open   []handledRow
}

type handledBook struct {
	Book ledger.Book
	ledger.Handled
	Path string
	On   bool
}

// handledRow is one voucher with what the person did on it.
type handledRow struct {
	found
	Label string
	Date  calendar.Date
	Book  string
	Did   string
}

// showHandled is for readers of books, about persons of the units for which they work.
func showHandled(c *call, tx *store.Tx) (answer, error) {
	id, err := c.id("person")
	if err != nil {
		return answer{}, err
	}
	who, err := identity.GetPerson(tx, c.actor.County, id)
	if err == nil && !c.actor.Sees(who.UnitPath) {
		err = fault.New(fault.NotFound, "person-unknown", "没有这个人员", "请从人员列表中打开")
	}
	if err != nil {
		return answer{}, err
	}
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil || len(books) == 0 {
		return answer{}, orNotThere(err)
	}
	s := scope{books: books}
	first, last := s.span()
	p := &handledPage{Person: who.Name, Unit: who.UnitName, Path: handledPath(id)}
	p.Title = who.Name + "经办的凭证"
	if p.Period, err = c.period("period", last); err != nil {
		return answer{}, err
	}
	p.Months = months(first, last, p.Period)
	slices.Reverse(p.Months)
	if err := p.count(c, tx, books, id); err != nil {
		return answer{}, err
	}
	if err := p.list(c, tx, id); err != nil {
		return answer{}, err
	}
	if err := p.open(c, tx, id); err != nil {
		return answer{}, err
	}
	return show("search/person", p)
}

// count fills in the books.
func (p *handledPage) count(c *call, tx *store.Tx, books []ledger.Book, person int64) error {
	names := map[int64]ledger.Book{}
	for _, b := range books {
		names[b.ID] = b
	}
	picked, _ := strconv.ParseInt(c.query("book"), 10, 64)
	var sum ledger.Handled
	for part := range slices.Chunk(books, ledger.BooksAtOnce) {
		rows, err := ledger.CountHandled(tx, c.actor.County, bookIDs(part), p.Period, []int64{person})
		if err != nil {
			return err
		}
		for _, h := range rows {
			b := handledBook{Book: names[h.Book], Handled: h, On: h.Book == picked, Path: fmt.Sprintf("%s?period=%s&book=%d", p.Path, p.Period, h.Book)}
			if sum = added(sum, h); b.On {
				p.Picked = b.Book.Name
			}
			p.Books = append(p.Books, b)
		}
	}
	slices.SortStableFunc(p.Books, func(a, b handledBook) int { return cmp.Compare(a.Book.Code, b.Book.Code) })
	p.Words, p.Few = handledWords(sum), sum.All <= voucherLines || len(p.Books) == 1
	return nil
}

// list reads the vouchers of the picked book, or of all where they are few, and leaves the page asked for.
func (p *handledPage) list(c *call, tx *store.Tx, person int64) error {
	for _, b := range p.Books {
		if !b.On && (p.Picked != "" || !p.Few) {
			continue
		}
		hits, err := ledger.HandledIn(tx, b.Book, p.Period, person)
		if err != nil {
			return err
		}
		for _, h := range hits {
			p.Rows = append(p.Rows, handledRow{found: voucherFound(h.Hit, b.Book), Label: h.Number.Label(), Date: h.Date, Book: b.Book.Name, Did: didWords(h)})
			p.Rows[len(p.Rows)-1].Title = h.Summary
		}
	}
	if p.Count = len(p.Rows); p.Count <= voucherLines {
		return nil
	}
	asked, _ := strconv.Atoi(c.query("page"))
	asked = max(1, min(asked, (p.Count+voucherLines-1)/voucherLines))
	for n := 1; (n-1)*voucherLines < p.Count; n++ {
		p.Pages = append(p.Pages, choice{Value: c.with("page", strconv.Itoa(n)), Title: fmt.Sprintf("第 %d 页", n), On: n == asked})
	}
	p.Rows = p.Rows[(asked-1)*voucherLines : min(asked*voucherLines, p.Count)]
	return nil
}

func didWords(h ledger.HandledHit) string {
	var did []string
	for _, d := range []struct {
		word string
		did  bool
	}{{"制单", h.Made}, {"审核", h.Checked}, {"记账", h.Posted}} {
		if d.did {
			did = append(did, d.word)
		}
	}
	return strings.Join(did, "、")
}

// open adds what the person made and what is not posted yet, where the reader sees it.
func (p *handledPage) open(c *call, tx *store.Tx, person int64) error {
	all, err := ledger.OpenOf(tx, c.actor.County, person)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Period != p.Period || !ledger.SeesUnposted(c.actor, w.BookPath) {
			continue
		}
		row := handledRow{Label: cmp.Or(w.Label(), "未编号"), Date: w.Date, Book: w.BookName, Did: "制单"}
		row.Title, row.Path, row.Amount = w.Summary, voucherPath(w.Document), w.Amount.String()
		row.Tag, row.Class = ledger.VoucherKind.States[w.State], stateClass[w.State]
		p.Open = append(p.Open, row)
	}
	return nil
}
