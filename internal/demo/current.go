package demo

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// lastDocument is the id of the last document that a build makes: where it is, the build was complete.
var lastDocument = idAt(0)

// current takes the business month through its steps: what is booked up to the 20th by hand, then the vouchers that
// are still under way.
func (d *desk) current(t *townPlan) error {
	d.progress("本月凭证:录入、审核、记账")
	if err := d.eachBook(d.byHand); err != nil {
		return err
	}
	d.progress("银行账户、对账单和余额调节表")
	if err := d.banks(); err != nil {
		return err
	}
	d.progress("在途凭证、红字冲销和反结账")
	if err := d.reopen(); err != nil {
		return err
	}
	if err := d.waiver(t); err != nil {
		return fmt.Errorf("waiver: %w", err)
	}
	if err := d.eachBook(d.underWay); err != nil {
		return err
	}
	return d.corrections()
}

// eachBook works on every book, all in one step.
func (d *desk) eachBook(work func(tx *store.Tx, i int, p *bookPlan) error) error {
	return d.write(func(tx *store.Tx) error {
		for i, p := range d.books {
			if err := work(tx, i, p); err != nil {
				return fmt.Errorf("%s: %w", p.book.Name, err)
			}
		}
		return nil
	})
}

// byHand enters, submits, checks and posts each voucher of the business month: what history has left in the queue.
func (d *desk) byHand(tx *store.Tx, i int, p *bookPlan) error {
	for _, v := range d.queue[p.book.ID] {
		at(tx, v.Date, 17)
		doc, err := d.submit(tx, i, d.ids.next(), v)
		if err != nil {
			return fmt.Errorf("%s %s: %w", v.Date, v.Summary(), err)
		}
		if err := d.checkAndPost(tx, i, doc); err != nil {
			return err
		}
	}
	return nil
}

// enter keeps a voucher as a draft.
func (d *desk) enter(tx *store.Tx, i int, id string, v ledger.Voucher) (document.Document, error) {
	return ledger.SaveDraft(tx, d.maker(i), ledger.DraftVoucher{
		Document: id, Book: v.Book, Date: string(v.Date), Word: v.Word, Attachments: v.Attachments, Lines: ledger.Typed(v.Lines),
	}, 0)
}

func (d *desk) submit(tx *store.Tx, i int, id string, v ledger.Voucher) (document.Document, error) {
	doc, err := d.enter(tx, i, id, v)
	if err != nil {
		return doc, err
	}
	return ledger.Submit(tx, d.maker(i), id, doc.Version)
}

// small gives an ordinary small voucher of a book on a day, for those that are under way.
func small(p *bookPlan, date calendar.Date, n int) ledger.Voucher {
	pen := newPen(p.book, nil)
	pen.until = date
	pen.turn(date.Period(), p.charts[date.Year()])
	fen := yuan(260 + 47*((int(p.book.ID)*3+n*11)%23))
	switch {
	case p.village != nil && n%2 == 0:
		pen.write(date, 2, "付村委会办公用品款", debit("51302", fen, none), credit(villageBank, fen, none))
	case p.village != nil:
		pen.write(date, 3, "付村道除草、清沟用工", debit("51401", fen*3, none), credit(villageBank, fen*3, none))
	case p.station != nil:
		c := costs[n%5*2]
		pen.write(date, int64(c.sheets), titled(c.summary, date.Period()),
			debit("500102", fen, ledger.Dims{Function: p.station.function, Economic: c.economic}),
			credit("400101", fen, ledger.Dims{Function: p.station.function}))
	default:
		pen.write(date, 2, "拨付临时救助金", debit("5001", fen*20, ledger.Dims{Function: "2082001", Economic: "50901"}),
			credit("1001", fen*20, none))
	}
	return pen.take()[0]
}

// underWay leaves vouchers in every state: drafts, submitted ones, checked ones that wait for posting; in two stations
// also of September, which therefore cannot be closed.
func (d *desk) underWay(tx *store.Tx, i int, p *bookPlan) error {
	if p.book.Name == "水利站" || p.book.Name == "文化站" {
		for n := range 2 {
			if _, err := d.submit(tx, i, d.ids.next(), small(p, "2026-09-28", n)); err != nil {
				return err
			}
		}
	}
	if _, err := d.submit(tx, i, d.ids.next(), small(p, "2026-10-21", i)); err != nil {
		return err
	}
	if i%3 == 0 {
		doc, err := d.submit(tx, i, d.ids.next(), small(p, "2026-10-21", i+1))
		if err != nil {
			return err
		}
		if _, err := ledger.Check(tx, d.checkerOf(i), doc.ID, doc.Version); err != nil {
			return err
		}
	}
	if i%2 == 0 {
		_, err := d.enter(tx, i, d.ids.next(), small(p, "2026-10-22", i+2))
		return err
	}
	return nil
}

// find gives a book of the office by its name, and its place.
func (d *desk) find(name string) (int, *bookPlan) {
	for i, p := range d.books {
		if p.book.Name == name {
			return i, p
		}
	}
	panic("demo: no book " + name)
}
