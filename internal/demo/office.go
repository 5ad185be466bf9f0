package demo

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// desk is the office of 柳溪镇 at work: who makes, checks, heads; its books and what is still to be posted in each.
type desk struct {
	*build
	makers        [2]identity.Actor
	checker, head identity.Actor
	books         []*bookPlan
	queue         map[int64][]ledger.Voucher // by book
}

// office makes the two years of 柳溪镇.
func (b *build) office(t *townPlan) error {
	d := &desk{build: b, queue: map[int64][]ledger.Voucher{}}
	for login, to := range map[string]*identity.Actor{
		"kuaiji1": &d.makers[0], "kuaiji2": &d.makers[1], "shenhe": &d.checker, "suozhang": &d.head,
	} {
		var err error
		if *to, err = b.actor(t.pinyin + "." + login); err != nil {
			return err
		}
	}
	d.books = booksOf(t, calendar.PeriodOf(firstYear, 1))
	if err := b.createBooks(d.books, func(*bookPlan) (maker, checker identity.Actor) { return d.makers[0], d.checker }, d.opening); err != nil {
		return err
	}
	generate(d.books, calendar.PeriodOf(firstYear, 1), BusinessDate.Period(), newFlows(), classScale[t.class], month)
	for _, p := range d.books {
		d.queue[p.book.ID] = p.pen.take()
	}
	if err := d.budgets(d.books[0]); err != nil {
		return fmt.Errorf("budget: %w", err)
	}
	for i, p := range d.books {
		b.progress(fmt.Sprintf("%s %s(%d/%d)", t.name, p.book.Name, i+1, len(d.books)))
		if err := d.history(i, p); err != nil {
			return fmt.Errorf("%s: %w", p.book.Name, err)
		}
	}
	if err := d.usuals(); err != nil {
		return fmt.Errorf("usual: %w", err)
	}
	if err := b.figures(t); err != nil {
		return err
	}
	return d.current(t)
}

func month(p *bookPlan) {
	if p.village != nil {
		p.pen.village(*p.village)
	} else {
		p.pen.station(*p.station)
	}
}

// opening gives a book's opening; that of the office holds the villages' money on trust.
func (d *desk) opening(p *bookPlan) []ledger.Line {
	switch {
	case p.village != nil:
		return villageOpening(*p.village, 100)
	case p.station == nil:
		return budgetOpening(yuan(9_000_000))
	case p.station.code != office.code:
		return stationOpening(*p.station, nil)
	}
	var kept []trust
	for _, other := range d.books {
		if other.village != nil {
			kept = append(kept, trust{other.book.UnitName, standing(villageOpening(*other.village, 100), villageBank)})
		}
	}
	return stationOpening(*p.station, kept)
}

// maker and checker of a book: the two accountants share the books, the head checks every fifth.
func (d *desk) maker(i int) identity.Actor { return d.makers[i%2] }

func (d *desk) checkerOf(i int) identity.Actor {
	if i%5 == 4 {
		return d.head
	}
	return d.checker
}

// due takes the vouchers of a book up to a day from its queue.
func (d *desk) due(p *bookPlan, until calendar.Date) []ledger.Voucher {
	all := d.queue[p.book.ID]
	n := 0
	for n < len(all) && all[n].Date <= until {
		n++
	}
	d.queue[p.book.ID] = all[n:]
	return all[:n]
}

// history posts and closes the first year of a book, then the months of the second before the current one. What is
// posted is committed before it is closed, so that the closing reads the ledger's caches.
func (d *desk) history(i int, p *bookPlan) error {
	december := calendar.PeriodOf(firstYear, 12)
	first, second := d.due(p, december.Last()), d.due(p, BusinessDate.Period().Prev().Last())
	err := d.write(func(tx *store.Tx) error { return d.post(tx, i, first) })
	if err != nil {
		return err
	}
	err = d.write(func(tx *store.Tx) error {
		if err := d.carry(tx, i, p); err != nil {
			return err
		}
		if err := d.close(tx, i, p, december); err != nil {
			return err
		}
		at(tx, closingDay(december, i).AddDays(1), 10)
		if _, err := ledger.CloseYear(tx, d.head, d.ids.next(), p.book.ID, firstYear); err != nil {
			return err
		}
		return d.post(tx, i, second)
	})
	if err != nil {
		return err
	}
	return d.write(func(tx *store.Tx) error { return d.close(tx, i, p, closedThrough(p)) })
}

func (d *desk) post(tx *store.Tx, i int, vouchers []ledger.Voucher) error {
	for _, v := range vouchers {
		at(tx, v.Date, 17)
		if _, err := ledger.PostAtOnce(tx, d.maker(i), d.checkerOf(i), d.ids.next(), v); err != nil {
			return fmt.Errorf("%s %s: %w", v.Date, v.Summary(), err)
		}
	}
	return nil
}

// carry makes, checks and posts the closing vouchers of the first year.
func (d *desk) carry(tx *store.Tx, i int, p *bookPlan) error {
	at(tx, calendar.PeriodOf(firstYear, 12).Last(), 18)
	made, err := ledger.CarryOver(tx, d.maker(i), p.book.ID, firstYear, d.ids.next)
	if err != nil {
		return err
	}
	for _, doc := range made {
		if err := d.checkAndPost(tx, i, doc); err != nil {
			return err
		}
	}
	return nil
}

func (d *desk) checkAndPost(tx *store.Tx, i int, doc document.Document) error {
	doc, err := ledger.Check(tx, d.checkerOf(i), doc.ID, doc.Version)
	if err != nil {
		return err
	}
	_, err = ledger.Post(tx, d.maker(i), doc.ID, doc.Version)
	return err
}

// closingDay is when the month of a book is closed: within the first days of the next, not all on one.
func closingDay(m calendar.Period, i int) calendar.Date { return m.Last().AddDays(2 + i%4) }

// close closes the open months of a book one after another.
func (d *desk) close(tx *store.Tx, i int, p *bookPlan, through calendar.Period) error {
	b, err := ledger.GetBook(tx, County, p.book.ID)
	if err != nil {
		return err
	}
	for m := b.OldestOpen(); m <= through; m = m.Next() {
		at(tx, closingDay(m, i), 16)
		if _, err := ledger.CloseMonth(tx, d.maker(i), d.ids.next(), p.book.ID, m); err != nil {
			return err
		}
	}
	return nil
}

// lateBooks have not closed September: two stations have unchecked vouchers, three villages wait for their bank.
var lateBooks = map[string]bool{"水利站": true, "文化站": true, "石桥村": true, "坝上村": true, "南垭村": true}

// closedThrough gives the last month that a book has closed on the business date.
func closedThrough(p *bookPlan) calendar.Period {
	switch {
	case lateBooks[p.book.Name], p.book.Name == reopened:
		return "2026-08"
	default:
		return "2026-09"
	}
}

// reopened is the village whose August was opened again.
const reopened = "清溪村"
