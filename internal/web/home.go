package web

import (
	"cmp"
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/notice"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// homeRoutes is the first page.
func homeRoutes() []route {
	return []route{
		{pattern: "GET /{$}", title: "待办", right: signedIn, show: showHome},
	}
}

// homePage is what waits for a person, by deadline, and the state of what he answers for: his books, his office, or the
// county's townships.
type homePage struct {
	Base
	Week   string
	Left   string // days to the end of the month, and by when it is to be closed
	Todo   []todo
	Back   []sentBack
	Books  []bookRow // those that need a hand first
	Count  int
	Last   calendar.Period
	This   calendar.Period
	Matrix *officeView // of who heads an office
	Towns  *townsView  // of who looks over the county
	Cash   []cashRow   // of a cashier

	Notices  []noticeRow
	CanIssue bool
	Recent   []recentRow // of who reads few books and keeps none
	Facts    []fact      // of an administrator
}

// sentBack is a voucher that came back to its maker, with the reason.
type sentBack struct {
	Title  string
	Path   string
	Reason string
	By     string
	At     string
	Mended bool
}

// Side reports whether anything stands beside the list of things to do.
func (p *homePage) Side() bool { return len(p.Notices)+len(p.Back)+len(p.Books) > 0 }

// cashRow leads a cashier to the books that he keeps.
type cashRow struct {
	Book ledger.Book
	Cash bool // the chart has a cash book
}

var weekdays = []string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}

// homeBooks is how many books the first page shows of who keeps some of them.
const homeBooks = 16

func showHome(c *call, tx *store.Tx) (answer, error) {
	d, err := c.desk(tx)
	if err != nil {
		return answer{}, err
	}
	p := &homePage{Count: len(d.books), Last: d.board.last, This: d.board.this, Week: weekdays[d.board.today.Time().Weekday()]}
	p.Left = d.monthLeft()
	p.Styles = []string{"home.css"}
	if p.Todo, err = d.todos(); err != nil {
		return answer{}, err
	}
	if p.Back, err = d.sentBack(); err != nil {
		return answer{}, err
	}
	if p.Notices, err = d.notices(); err != nil {
		return answer{}, err
	}
	p.CanIssue, c.listed = len(c.paths(notice.Issuers...)) > 0, p.Todo
	if err := d.overview(p); err != nil {
		return answer{}, err
	}
	return show("home/show", p)
}

// desk reads what the list of things to do needs.
func (c *call) desk(tx *store.Tx) (*desk, error) {
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return nil, err
	}
	c.books = len(books)
	d := &desk{call: c, tx: tx, books: books}
	if d.board, err = c.board(tx, books); err != nil {
		return nil, err
	}
	d.names, err = identity.Names(tx, c.actor.County)
	return d, err
}

// overview adds what a person answers for by his roles: the county, an office, books or cash.
func (d *desk) overview(p *homePage) error {
	root, err := org.Root(d.tx, d.actor.County)
	if err != nil {
		return err
	}
	var office org.Unit
	if over := d.paths(identity.OfficeHead); len(over) == 1 {
		ids := org.Ancestors(over[0])
		if office, err = org.Get(d.tx, d.actor.County, ids[len(ids)-1]); err != nil {
			return err
		}
	}
	switch {
	case d.actor.Has(root.Path, ledger.Readers...):
		p.Towns, err = d.towns(root)
	case office.ID != 0:
		p.Matrix, err = d.office(office, 1)
	default:
		for _, b := range d.books {
			p.Books = append(p.Books, d.board.row(d.call, b))
		}
		slices.SortStableFunc(p.Books, func(a, b bookRow) int { return urgency(b) - urgency(a) })
		p.Books = p.Books[:min(len(p.Books), homeBooks)]
	}
	if err != nil {
		return err
	}
	if len(d.paths(voucherMakers...)) == 0 && len(d.books) > 0 && len(d.books) <= fewBooks {
		if p.Recent, err = d.recent(); err != nil {
			return err
		}
	}
	for _, b := range d.books {
		if d.actor.Has(b.Path, identity.Cashier) && len(p.Cash) < cashMost {
			p.Cash = append(p.Cash, cashRow{b, b.Chart != ledger.GeneralBudget})
		}
	}
	p.Facts, err = d.facts(root)
	return err
}

// The vouchers that the first page shows to who reads so few books that they are worth showing.
const (
	fewBooks   = 3
	recentRows = 10
)

// recentRow is a voucher with its book: the numbers of two books are alike.
type recentRow struct {
	Book ledger.Book
	voucherRow
}

// recent gives the newest posted vouchers of a few books.
func (d *desk) recent() ([]recentRow, error) {
	var out []recentRow
	for _, b := range d.books {
		all, err := ledger.ListVouchers(d.tx, b, max(b.Start, d.board.last), d.board.this)
		if err != nil {
			return nil, err
		}
		for _, v := range all {
			out = append(out, recentRow{b, voucherRow{Path: voucherPath(v.Document), Label: v.Number.Label(), Date: v.Date, Summary: v.Summary, Amount: v.Amount}})
		}
	}
	slices.SortStableFunc(out, func(a, b recentRow) int { return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(b.Label, a.Label)) })
	return out[:min(len(out), recentRows)], nil
}

// cashMost is how many books a cashier's list holds.
const cashMost = 60

// monthLeft says how long the month goes on, and by when it is to be closed.
func (d *desk) monthLeft() string {
	text := fmt.Sprintf("距月末 %d 天", daysBetween(d.board.today, d.board.this.Last()))
	for _, b := range d.books[:min(len(d.books), 1)] {
		if due := d.board.deadlines.Close(b.Path, d.board.this); due != "" {
			text += fmt.Sprintf(" · %d 月账须在 %d 月 %d 日前结", d.board.this.Month(), due.Time().Month(), due.Time().Day())
		}
	}
	return text
}

// backDays is for how many days the first page keeps what came back.
const backDays = 7

func (d *desk) sentBack() ([]sentBack, error) {
	since := calendar.Instant(d.board.today.AddDays(-backDays).Time()) // an invented county's day is not the calendar's
	all, err := ledger.ListSentBack(d.tx, d.actor.County, d.actor.Person, since)
	if err != nil {
		return nil, err
	}
	var out []sentBack
	for _, s := range all {
		out = append(out, sentBack{
			Title: s.BookName + " " + s.Label(), Path: voucherPath(s.Document), Reason: s.Reason, By: d.names[s.By], At: clock(s.At),
			Mended: s.State != ledger.Returned,
		})
	}
	return out, nil
}
