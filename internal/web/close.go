package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// closeRoutes are the end of months and years.
func closeRoutes() []route {
	all := []route{
		{pattern: "GET /books/{book}/close", title: "月末结账", right: only(ledger.Readers...), show: showClose},
		{pattern: "POST /books/{book}/close", title: "月末结账", right: only(monthClosers...), do: closeMonth},
		{pattern: "GET /books/{book}/year", title: "年终", right: only(ledger.Readers...), show: showYear},
		{pattern: "POST /books/{book}/carry-over", title: "年终结转", right: only(voucherMakers...), do: carryOver},
		{pattern: "POST /books/{book}/year-close", title: "结转下年", right: only(monthClosers...), do: closeYear},
	}
	for _, step := range []string{"ask-reopen", "approve-reopen", "confirm-reopen", "refuse-reopen"} {
		s := ledger.CloseKind.Step(step)
		all = append(all, route{pattern: "POST /closings/{document}/" + step, title: s.Title, right: only(s.Roles...), do: reopenMonth(step)})
	}
	return all
}

// closePage shows what stands between a month and its closing, and the closings so far.
type closePage struct {
	Base
	Book     ledger.Book
	Period   calendar.Period
	Checks   []checkRow
	Failed   int
	Due      bool // the month is over
	Allowed  bool
	Document string // id of the closing that the button makes
	History  []closeRow
}

type checkRow struct {
	Check ledger.CloseCheck
	Class string
	Title string
	Path  string // where it is mended
}

type closeRow struct {
	Period calendar.Period
	Act    string
	Person string
	At     string
	State  string
	Class  string
	Steps  []stepForm
	Next   string // who takes the next step towards opening the month again
	Record ledger.CloseRecord
}

var checkStates = map[ledger.CheckState]checkRow{
	ledger.Passed: {Class: "ok", Title: "通过"}, ledger.Failed: {Class: "late", Title: "未通过"}, ledger.NotEnabled: {Class: "", Title: "未启用"},
}

func showClose(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	p, err := c.closePage(tx, b)
	if err != nil {
		return answer{}, err
	}
	return show("close/month", p)
}

func (c *call) closePage(tx *store.Tx, b ledger.Book) (*closePage, error) {
	p := &closePage{
		Book: b, Period: b.OldestOpen(), Document: document.NewID(), Allowed: c.actor.Has(b.Path, monthClosers...),
	}
	p.Title, p.Tabs, p.Due = "月末结账", c.tabs(b, "/close"), b.Today >= b.OldestOpen().Last()
	checks, err := ledger.CloseChecks(tx, b, p.Period)
	if err != nil {
		return nil, err
	}
	for _, k := range checks {
		row := checkStates[k.State]
		row.Check = k
		if k.State == ledger.Failed {
			p.Failed++
			row.Path = bookPath(b) + "?period=" + string(p.Period)
		}
		p.Checks = append(p.Checks, row)
	}
	history, err := ledger.CloseHistory(tx, b)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, b.County)
	if err != nil {
		return nil, err
	}
	for _, r := range history {
		row := closeRow{Period: r.Period, Act: "结账", Person: names[r.Person], At: clock(r.At), State: ledger.CloseKind.States[r.State], Record: r}
		if r.Act == "reopen" {
			row.Act = "反结账"
		} else {
			row.Steps, row.Next = c.reopenSteps(b, r), nextApproval(r.State)
		}
		p.History = append(p.History, row)
	}
	return p, nil
}

// reopenSteps gives the steps towards opening the last closed month again.
func (c *call) reopenSteps(b ledger.Book, r ledger.CloseRecord) []stepForm {
	var out []stepForm
	for _, s := range ledger.CloseKind.Steps {
		if !slices.Contains(s.From, r.State) || !c.actor.Has(b.Path, s.Roles...) || r.Period != b.ClosedThrough && s.Name != "refuse-reopen" {
			continue
		}
		out = append(out, stepForm{Name: s.Name, Title: s.Title, Reason: s.Reason, Path: "/closings/" + r.Document + "/" + s.Name})
	}
	return out
}

// notOf names whom the approvals must differ from.
var notOf = map[string]string{"approve-reopen": "申请人", "confirm-reopen": "申请人、批准人"}

// nextApproval says which approval a request waits for, and whose it is.
func nextApproval(state document.State) string {
	for _, s := range ledger.CloseKind.Steps {
		others, ok := notOf[s.Name]
		if !ok || !slices.Contains(s.From, state) {
			continue
		}
		titles := make([]string, len(s.Roles))
		for i, r := range s.Roles {
			titles[i] = r.Title()
		}
		return "待" + s.Title + ":由" + strings.Join(titles, "或") + "办理,须是" + others + "以外的人"
	}
	return ""
}

func closeMonth(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	period, err := calendar.ParsePeriod(c.form("period"))
	if err != nil {
		return answer{}, err
	}
	book, err := c.id("book")
	if err != nil {
		return answer{}, err
	}
	err = c.write(func(tx *store.Tx) error {
		_, err := ledger.CloseMonth(tx, c.actor, id, book, period)
		return err
	})
	return c.afterClose(book, err)
}

// afterClose goes back to the book's closings, with the sentence where the step was refused.
func (c *call) afterClose(book int64, err error) (answer, error) {
	to := "/books/" + strconv.FormatInt(book, 10) + "/close"
	if err == nil || document.IsTaken(err) {
		return goTo(to)
	}
	return c.closeRefused(book, err)
}

func (c *call) closeRefused(book int64, err error) (answer, error) {
	if f := fault.As(err); f == nil || f.Kind == fault.NotFound {
		return answer{}, err
	}
	var p *closePage
	if e := c.read(func(tx *store.Tx) error {
		b, e := ledger.See(tx, c.actor, book)
		if e == nil {
			p, e = c.closePage(tx, b)
		}
		return e
	}); e != nil {
		return answer{}, err
	}
	return redraw("close/month", p, err)
}

// reopenMonth takes one of the steps; the route's last part names it.
func reopenMonth(step string) func(c *call) (answer, error) {
	return func(c *call) (answer, error) {
		id := c.r.PathValue("document")
		book := c.number("book")
		err := c.write(func(tx *store.Tx) error {
			_, err := ledger.Reopen(tx, c.actor, id, c.number("version"), step, c.form("reason"))
			return err
		})
		if err != nil && !c.taken(id, c.number("version"), step) {
			return c.closeRefused(book, err)
		}
		return goTo("/books/" + strconv.FormatInt(book, 10) + "/close")
	}
}

// yearPage carries a year's income and expense over, and its balances into the next year.
type yearPage struct {
	Base
	Book     ledger.Book
	Year     int
	Years    []choice
	Vouchers []voucherRow
	Carried  string // why no closing vouchers can be made now
	Forwards string // why the balances cannot be carried forward now
	Make     bool
	Allowed  bool
	Document string
}

func showYear(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	year, _ := strconv.Atoi(c.query("year"))
	p, err := c.yearPage(tx, b, year)
	if err != nil {
		return answer{}, err
	}
	return show("close/year", p)
}

func (c *call) yearPage(tx *store.Tx, b ledger.Book, year int) (*yearPage, error) {
	if year < b.Start.Year() || year > b.Today.Year() {
		if year = b.OldestOpen().Year(); b.ClosedThrough.Month() == 12 && b.ClosedThrough.Year() >= b.Start.Year() {
			year = b.ClosedThrough.Year()
		}
	}
	december := calendar.PeriodOf(year, 12)
	p := &yearPage{
		Book: b, Year: year, Document: document.NewID(),
		Make: c.actor.Has(b.Path, voucherMakers...), Allowed: c.actor.Has(b.Path, monthClosers...),
	}
	p.Title, p.Tabs = "年终", c.tabs(b, "/year")
	for y := b.Start.Year(); y <= b.Today.Year(); y++ {
		p.Years = append(p.Years, choice{Value: strconv.Itoa(y), Title: strconv.Itoa(y) + " 年", On: y == year})
	}
	names, err := identity.Names(tx, b.County)
	if err != nil {
		return nil, err
	}
	rows, err := voucherRows(tx, c, b, december, names)
	for _, r := range rows {
		if r.Mark == "结转" {
			p.Vouchers = append(p.Vouchers, r)
		}
	}
	if err != nil {
		return nil, err
	}
	if p.Carried, err = carried(tx, b, december, p.Vouchers); err != nil {
		return nil, err
	}
	p.Forwards, err = forwarded(tx, b, december)
	return p, err
}

// carried says why no closing vouchers can be made for a December: too early, done, or under way.
func carried(tx *store.Tx, b ledger.Book, december calendar.Period, vouchers []voucherRow) (string, error) {
	switch {
	case b.ClosedThrough >= december:
		return december.Chinese() + "已结账,收支已结转", nil
	case !b.Open(december):
		return "到 " + december.Chinese() + "可以办理", nil
	case slices.ContainsFunc(vouchers, func(r voucherRow) bool { return r.State != ledger.StatePost && r.State != ledger.Voided }):
		return "结转凭证已生成,请审核并记账", nil
	}
	checks, err := ledger.CloseChecks(tx, b, december)
	if err != nil {
		return "", err
	}
	for _, k := range checks {
		if k.Name == "carry-over" && k.State == ledger.Passed {
			return "没有需要结转的余额", nil
		}
	}
	return "", nil
}

// forwarded says why the balances of a year cannot be carried forward: its December is open, or it was done.
func forwarded(tx *store.Tx, b ledger.Book, december calendar.Period) (string, error) {
	if b.ClosedThrough < december {
		return december.Chinese() + "结账后可以办理", nil
	}
	_, provisional, err := ledger.Balances(tx, b.County, []ledger.Book{b}, december.Next(), december.Next())
	if err != nil || provisional {
		return "", err
	}
	return fmt.Sprintf("%d 年余额已结转下年", december.Year()), nil
}

// carryOver makes the closing vouchers; the first takes the id that the form carries, so that a second press finds it
// made.
func carryOver(c *call) (answer, error) {
	first, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	return c.yearStep(func(tx *store.Tx, book int64, year int) error {
		next := first // afresh for each run: a transaction may be run again
		_, err := ledger.CarryOver(tx, c.actor, book, year, func() string {
			id := next
			next = document.NewID()
			return id
		})
		return err
	})
}

func closeYear(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	return c.yearStep(func(tx *store.Tx, book int64, year int) error {
		_, err := ledger.CloseYear(tx, c.actor, id, book, year)
		return err
	})
}

// yearStep takes a step of a year's end, which makes a document under the id that the form carries.
func (c *call) yearStep(step func(tx *store.Tx, book int64, year int) error) (answer, error) {
	book, err := c.id("book")
	if err != nil {
		return answer{}, err
	}
	year := int(c.number("year"))
	err = c.write(func(tx *store.Tx) error { return step(tx, book, year) })
	to := "/books/" + strconv.FormatInt(book, 10) + "/year?year=" + strconv.Itoa(year)
	if err == nil || document.IsTaken(err) {
		return goTo(to)
	}
	if f := fault.As(err); f == nil || f.Kind == fault.NotFound {
		return answer{}, err
	}
	var p *yearPage
	if e := c.read(func(tx *store.Tx) error {
		b, e := ledger.See(tx, c.actor, book)
		if e == nil {
			p, e = c.yearPage(tx, b, year)
		}
		return e
	}); e != nil {
		return answer{}, err
	}
	return redraw("close/year", p, err)
}
