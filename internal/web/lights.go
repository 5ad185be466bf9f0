package web

import (
	"fmt"
	"maps"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// light says how far one kind of work of a month has come, in colour, mark and word.
type light struct {
	Class string // y done, h under way, n a hand is needed, off not in use yet, empty not begun
	Mark  string
	Word  string // "录入:12 张已提交"
}

func newLight(class, kind, word string) light {
	marks := map[string]string{"y": "✓", "h": "–", "n": "!", "off": "×"}
	return light{class, marks[class], kind + ":" + word}
}

// notBegun gives the books in which nothing was ever started: no opening, no voucher, no closed month. Nothing in them is late.
func notBegun(tx *store.Tx, county int64) (map[int64]bool, error) {
	books, err := ledger.WithoutOpening(tx, county)
	if err != nil {
		return nil, err
	}
	out := map[int64]bool{}
	for _, b := range books {
		out[b.ID] = b.ClosedThrough < b.Start
	}
	return out, nil
}

// monthLights gives entered, checked, posted, closed and reconciled of a month. due is the last day to close it in time;
// idle says that nothing was ever started in the book, sees that the reader sees what is not posted yet.
func monthLights(b ledger.Book, p calendar.Period, g ledger.Progress, due calendar.Date, idle, sees bool, agreed agreement.Progress) []light {
	if p < b.Start || p > b.Today.Period() {
		return nil
	}
	all := g.Draft + g.Returned + g.Submitted + g.Checked + g.Posted
	closing := closedLight(b, p, due)
	if idle && all == 0 {
		closing = newLight("", "结账", "未开始")
	}
	if !sees {
		return []light{
			newLight("off", "录入", "不在查看范围"), newLight("off", "审核", "不在查看范围"), stage("记账", g.Posted, 0, 0, "", ""), closing,
			agreedLight(b, p, agreed),
		}
	}
	return []light{
		stage("录入", all, g.Returned, g.Draft, "退回待改", "草稿待提交"),
		stage("审核", g.Submitted+g.Checked+g.Posted, 0, g.Submitted, "", "待审核"),
		stage("记账", g.Checked+g.Posted, 0, g.Checked, "", "待记账"),
		closing,
		agreedLight(b, p, agreed),
	}
}

// agreedLight says how far the banks' statements of a month agree with the book.
func agreedLight(b ledger.Book, p calendar.Period, g agreement.Progress) light {
	switch {
	case g.Accounts == 0:
		return newLight("off", "对账", "未启用")
	case g.Signed == g.Accounts:
		return newLight("y", "对账", "已对账")
	case g.Prepared == g.Accounts:
		return newLight("h", "对账", "余额调节表待审核")
	case p == b.Today.Period():
		return newLight("", "对账", "未到月末")
	case g.Covered < g.Accounts:
		return newLight("n", "对账", fmt.Sprintf("%d 个账户缺对账单", g.Accounts-g.Covered))
	}
	return newLight("n", "对账", "未编余额调节表")
}

func stage(kind string, all, bad, open int64, badWord, openWord string) light {
	switch {
	case all == 0:
		return newLight("", kind, "未开始")
	case bad > 0:
		return newLight("n", kind, fmt.Sprintf("%d 张%s", bad, badWord))
	case open > 0:
		return newLight("h", kind, fmt.Sprintf("%d 张%s", open, openWord))
	default:
		return newLight("y", kind, fmt.Sprintf("%d 张已完成", all))
	}
}

func closedLight(b ledger.Book, p calendar.Period, due calendar.Date) light {
	switch {
	case p <= b.ClosedThrough:
		return newLight("y", "结账", "已结账")
	case p == b.Today.Period():
		return newLight("", "结账", "未到月末")
	case due != "" && b.Today <= due:
		return newLight("h", "结账", "未结账,"+due.Chinese()+"到期")
	case due != "":
		return newLight("n", "结账", fmt.Sprintf("未结账,逾期 %d 天", daysBetween(due, b.Today)))
	default:
		return newLight("n", "结账", "已过月末,未结账")
	}
}

// daysBetween counts the days from one date to a later one.
func daysBetween(from, to calendar.Date) int {
	return int(to.Time().Sub(from.Time()).Hours() / 24) // float: hours of whole days
}

// board is what lists of books show of each: lights of last and this month, and how late it is.
type board struct {
	last, this calendar.Period
	today      calendar.Date
	progress   map[ledger.BookMonth]ledger.Progress
	deadlines  ledger.Deadlines
	agreed     map[ledger.BookMonth]agreement.Progress
	idle       map[int64]bool // books in which nothing was ever started
	fresh      bool           // nothing is posted in the county yet: no month waits to be closed
}

// bookRow is one book as one line of lights.
type bookRow struct {
	Book ledger.Book
	Last []light
	This []light
	Late int // days since its oldest open month should have been closed
	Make bool
	Open ledger.Progress // of both months together
}

// board reads what the lights of the given books need.
func (c *call) board(tx *store.Tx, books []ledger.Book) (*board, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	b := &board{
		last: today.Period().Prev(), this: today.Period(), today: today, progress: map[ledger.BookMonth]ledger.Progress{}, agreed: map[ledger.BookMonth]agreement.Progress{},
	}
	if b.deadlines, err = ledger.ReadDeadlines(tx, c.actor.County); err != nil {
		return nil, err
	}
	if b.idle, err = notBegun(tx, c.actor.County); err != nil {
		return nil, err
	}
	next, err := c.next(tx)
	if err != nil {
		return nil, err
	}
	b.fresh = next != nil
	paths := c.paths(ledger.Readers...)
	if len(books) == 1 {
		paths = []string{books[0].Path}
	}
	for _, path := range paths {
		part, err := ledger.ListProgress(tx, c.actor, path, b.last, b.this)
		if err != nil {
			return nil, err
		}
		for k, v := range part {
			b.progress[k] = v
		}
		agreed, err := agreement.ListProgress(tx, c.actor.County, path, b.last, b.this)
		if err != nil {
			return nil, err
		}
		maps.Copy(b.agreed, agreed)
	}
	return b, nil
}

func (o *board) row(c *call, b ledger.Book) bookRow {
	sees := ledger.SeesUnposted(c.actor, b.Path)
	last, this := o.progress[ledger.BookMonth{Book: b.ID, Period: o.last}], o.progress[ledger.BookMonth{Book: b.ID, Period: o.this}]
	return bookRow{
		Book: b, Late: o.late(b), Make: c.actor.Has(b.Path, voucherMakers...),
		Last: monthLights(b, o.last, last, o.deadlines.Close(b.Path, o.last), o.idle[b.ID], sees, o.agreed[ledger.BookMonth{Book: b.ID, Period: o.last}]),
		This: monthLights(b, o.this, this, "", o.idle[b.ID], sees, o.agreed[ledger.BookMonth{Book: b.ID, Period: o.this}]),
		Open: ledger.Progress{
			Draft: last.Draft + this.Draft, Returned: last.Returned + this.Returned, Submitted: last.Submitted + this.Submitted,
			Checked: last.Checked + this.Checked, Posted: last.Posted + this.Posted,
		},
	}
}

// late gives for how many days a book's oldest open month has been overdue.
func (o *board) late(b ledger.Book) int {
	due := o.deadlines.Close(b.Path, b.OldestOpen())
	if o.fresh || o.idle[b.ID] || due == "" || b.OldestOpen() >= o.this || o.today <= due {
		return 0
	}
	return daysBetween(due, o.today)
}

// urgency puts books with something wrong before those under way, and those before the rest.
func urgency(r bookRow) int {
	n := r.Late * 10
	for _, l := range append(r.Last[:len(r.Last):len(r.Last)], r.This...) {
		switch l.Class {
		case "n":
			n += 100
		case "h":
			n++
		}
	}
	return n
}

// LastMonth is the month of the first row of lights.
func (r bookRow) LastMonth() calendar.Period { return r.Book.Today.Period().Prev() }

// ThisMonth is the business month.
func (r bookRow) ThisMonth() calendar.Period { return r.Book.Today.Period() }

// Waiting counts what is not posted yet.
func (r bookRow) Waiting() int64 {
	return r.Open.Draft + r.Open.Returned + r.Open.Submitted + r.Open.Checked
}
