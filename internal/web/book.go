package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

func bookPath(b ledger.Book) string { return fmt.Sprintf("/books/%d", b.ID) }

// book gives the book of the address, if the person may look into it.
func (c *call) book(tx *store.Tx) (ledger.Book, error) {
	id, err := c.id("book")
	if err != nil {
		return ledger.Book{}, err
	}
	b, err := ledger.See(tx, c.actor, id)
	if err == nil {
		c.opened(b)
	}
	return b, err
}

// tabs are the pages of a book; here is the path of the one that is shown.
func (c *call) tabs(b ledger.Book, here string) []tab {
	at := bookPath(b)
	out := []tab{{Title: "凭证", Path: at}}
	if c.actor.Has(b.Path, voucherMakers...) {
		out = append(out, tab{Title: "录入", Path: at + "/vouchers/new"}, tab{Title: "常用凭证", Path: at + "/templates"})
	}
	out = append(out,
		tab{Title: "科目余额表", Path: at + "/statements/trial-balance"}, tab{Title: "明细账", Path: at + "/statements/detail-ledger"},
		tab{Title: "报表", Path: at + "/statements"}, tab{Title: "月末结账", Path: at + "/close"})
	if ledger.SeesUnposted(c.actor, b.Path) {
		out = append(out, tab{Title: "年终", Path: at + "/year"})
	}
	out = append(out, tab{Title: "科目", Path: at + "/accounts"}, tab{Title: "期初", Path: at + "/opening"}, tab{Title: "打印", Path: at + "/print"})
	for i := range out {
		out[i].On = out[i].Path == at+here
	}
	return out
}

// bookPage shows the vouchers of a month, posted and not.
type bookPage struct {
	Base
	Book   ledger.Book
	Period calendar.Period
	Months []monthLink
	Years  []choice // before and after the one that is shown
	State  string
	Query  string
	Rows   []voucherRow // of the page that is shown
	Pages  []choice     // where there are several
	Count  int          // of all pages, as the total is
	Total  money.Fen
	States []choice
	Make   bool
}

// choice is one option of a list to choose from.
type choice struct {
	Value string
	Title string
	On    bool
}

// monthLink is a month with its lights.
type monthLink struct {
	Period calendar.Period
	Title  string
	Path   string
	On     bool
	Lights []light
}

// voucherRow is one voucher in a list.
type voucherRow struct {
	Path    string
	Label   string
	Date    calendar.Date
	Summary string
	Amount  money.Fen
	Budget  money.Fen // of the budgetary half, where the financial one is empty
	State   document.State
	Title   string // of the state
	Class   string
	Mark    string // 红字, 已冲销
	Maker   string
	Checker string
	Edit    string // address of the form, where the person may go on writing
}

var stateClass = map[document.State]string{
	ledger.Draft: "wait", ledger.Submitted: "wait", ledger.Checked: "wait", ledger.Returned: "late", ledger.StatePost: "ok",
}

func voucherPath(id string) string { return "/vouchers/" + id }

func showBook(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	p := &bookPage{Book: b, State: c.query("state"), Query: c.query("q"), Make: c.actor.Has(b.Path, voucherMakers...)}
	p.Title, p.Tabs = b.Name, c.tabs(b, "")
	if p.Period, err = c.period("period", c.month(b)); err != nil {
		return answer{}, err
	}
	if p.Months, err = monthLinks(tx, c.actor, b, p.Period); err != nil {
		return answer{}, err
	}
	if year := p.Period.Year(); year > b.Start.Year() {
		p.Years = append(p.Years, yearLink(b, year-1, calendar.PeriodOf(year-1, 12)))
	}
	if year := p.Period.Year(); year < b.Today.Year() {
		p.Years = append(p.Years, yearLink(b, year+1, calendar.PeriodOf(year+1, 1)))
	}
	names, err := identity.Names(tx, b.County)
	if err != nil {
		return answer{}, err
	}
	rows, err := voucherRows(tx, c, b, p.Period, names)
	if err != nil {
		return answer{}, err
	}
	p.States = []choice{{Value: "", Title: "全部状态", On: p.State == ""}}
	for _, s := range c.voucherStates(b) {
		p.States = append(p.States, choice{Value: string(s), Title: ledger.VoucherKind.States[s], On: p.State == string(s)})
	}
	for _, r := range rows {
		if (p.State == "" || string(r.State) == p.State) && r.matches(p.Query) {
			p.Rows = append(p.Rows, r)
			p.Total += r.Amount
		}
	}
	p.Count = len(p.Rows)
	p.page(c)
	return show("book/show", p)
}

// voucherStates are the states of vouchers that the person sees in a book.
func (c *call) voucherStates(b ledger.Book) []document.State {
	if !ledger.SeesUnposted(c.actor, b.Path) {
		return []document.State{ledger.StatePost}
	}
	return []document.State{ledger.Draft, ledger.Returned, ledger.Submitted, ledger.Checked, ledger.StatePost, ledger.Voided}
}

// voucherLines is how many vouchers of a month one page shows.
const voucherLines = 100

// page leaves the rows of the page asked for; the others stand behind their first and last numbers.
func (p *bookPage) page(c *call) {
	if len(p.Rows) <= voucherLines {
		return
	}
	asked, _ := strconv.Atoi(c.query("page"))
	var shown []voucherRow
	for rows := range slices.Chunk(p.Rows, voucherLines) {
		n := len(p.Pages) + 1
		link := choice{Value: c.with("page", strconv.Itoa(n)), Title: rows[0].numbered() + " 至 " + rows[len(rows)-1].numbered(), On: n == asked}
		if p.Pages = append(p.Pages, link); link.On {
			shown = rows
		}
	}
	if shown == nil { // no such page
		shown, p.Pages[0].On = p.Rows[:voucherLines], true
	}
	p.Rows = shown
}

func (r voucherRow) numbered() string { return cmp.Or(r.Label, "未编号") }

func yearLink(b ledger.Book, year int, at calendar.Period) choice {
	return choice{Value: bookPath(b) + "?period=" + string(at), Title: fmt.Sprintf("%d 年", year)}
}

func (r voucherRow) matches(query string) bool {
	if query == "" {
		return true
	}
	amount, err := money.Parse(query)
	return strings.Contains(r.Summary, query) || strings.Contains(r.Label, query) || err == nil && amount == r.Amount+r.Budget
}

// budgetOf adds up what the budgetary lines of a book with two halves debit, as far as it can be read; where a line does
// not tell its half, the first digit of its account does (6 to 8 are budgetary).
func budgetOf(b ledger.Book, lines []ledger.DraftLine) money.Fen {
	var sum money.Fen
	for _, l := range lines {
		budgetary := l.Half == ledger.Budgetary || l.Half == "" && l.Account != "" && l.Account[0] >= '6' && l.Account[0] <= '8'
		if fen, err := money.Parse(l.Debit); err == nil && budgetary && b.Chart == ledger.Government {
			sum += fen
		}
	}
	return sum
}

// monthLinks gives the months of the year that is looked at, as far as the book has them.
func monthLinks(tx *store.Tx, by identity.Actor, b ledger.Book, at calendar.Period) ([]monthLink, error) {
	first := max(b.Start, calendar.PeriodOf(at.Year(), 1))
	last := min(b.Today.Period(), calendar.PeriodOf(at.Year(), 12))
	progress, err := ledger.ProgressOf(tx, by, b, first, last)
	if err != nil {
		return nil, err
	}
	deadlines, err := ledger.ReadDeadlines(tx, b.County)
	if err != nil {
		return nil, err
	}
	idle, err := notBegun(tx, b.County)
	if err != nil {
		return nil, err
	}
	sees := ledger.SeesUnposted(by, b.Path)
	months := []calendar.Period{}
	for p := first; p <= last; p = p.Next() {
		months = append(months, p)
	}
	agreed, err := agreement.ListProgress(tx, b.County, b.Path, months...)
	if err != nil {
		return nil, err
	}
	var out []monthLink
	for p := first; p <= last; p = p.Next() {
		out = append(out, monthLink{
			Period: p, Title: fmt.Sprintf("%d 月", p.Month()), Path: bookPath(b) + "?period=" + string(p), On: p == at,
			Lights: monthLights(b, p, progress[p], deadlines.Close(b.Path, p), idle[b.ID], sees, agreed[ledger.BookMonth{Book: b.ID, Period: p}]),
		})
	}
	return out, nil
}

func voucherRows(tx *store.Tx, c *call, b ledger.Book, p calendar.Period, names map[int64]string) ([]voucherRow, error) {
	posted, err := ledger.ListVouchers(tx, b, p, p)
	if err != nil {
		return nil, err
	}
	drafts, err := ledger.ListDrafts(tx, c.actor, b, p)
	if err != nil {
		return nil, err
	}
	type keyed struct {
		word   string
		number int64
		row    voucherRow
	}
	var all []keyed
	for _, v := range posted {
		row := voucherRow{
			Path: voucherPath(v.Document), Label: v.Number.Label(), Date: v.Date, Summary: v.Summary, Amount: v.Amount,
			State: ledger.StatePost, Maker: names[v.Maker], Checker: names[v.Checker],
		}
		switch {
		case v.Reverses != nil:
			row.Mark = "红字"
		case v.ReversedBy != nil:
			row.Mark = "已冲销"
		case v.Kind == ledger.Closing:
			row.Mark = "结转"
		}
		if v.Amount == 0 {
			full, err := ledger.GetVoucher(tx, b, v.Number)
			if err != nil {
				return nil, err
			}
			row.Budget = budgetOf(b, ledger.Typed(full.Lines))
		}
		all = append(all, keyed{v.Number.Word, v.Number.Number, row})
	}
	mayEdit := c.actor.Has(b.Path, voucherMakers...)
	for _, d := range drafts {
		row := voucherRow{Path: voucherPath(d.Document), Date: calendar.Date(d.Date), Summary: d.Summary, Amount: d.Amount, State: d.State, Maker: names[d.Maker]}
		number := d.Number
		if number != 0 {
			row.Label = ledger.Number{Period: p, Word: d.Word, Number: number}.Label()
		} else {
			number = 1 << 40 // not numbered yet: last
		}
		switch {
		case d.Reverses != nil:
			row.Mark = "红字"
		case d.Kind == ledger.Closing:
			row.Mark = "结转"
		}
		if mayEdit && d.Reverses == nil && (d.State == ledger.Draft || d.State == ledger.Returned) {
			row.Edit = row.Path + "/edit"
		}
		if d.Amount == 0 {
			row.Budget = budgetOf(b, d.Lines)
		}
		all = append(all, keyed{d.Word, number, row})
	}
	slices.SortStableFunc(all, func(x, y keyed) int {
		return cmp.Or(strings.Compare(x.word, y.word), cmp.Compare(x.number, y.number))
	})
	out := []voucherRow{}
	for _, k := range all {
		k.row.Title, k.row.Class = ledger.VoucherKind.States[k.row.State], stateClass[k.row.State]
		out = append(out, k.row)
	}
	return out, nil
}
