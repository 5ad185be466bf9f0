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
		{pattern: "GET /books/{book}/year", title: "年终", right: only(ledger.UnpostedReaders...), show: showYear},
		{pattern: "POST /books/{book}/carry-over", title: "年终结转", right: only(voucherMakers...), do: carryOver},
		{pattern: "POST /books/{book}/year-close", title: "结转下年", right: only(monthClosers...), do: closeYear},
	}
	for _, step := range []string{"ask-reopen", "approve-reopen", "confirm-reopen", "refuse-reopen"} {
		s := ledger.CloseKind.Step(step)
		all = append(all, route{pattern: "POST /closings/{document}/" + step, title: s.Title, right: only(s.Roles...), do: reopenMonth(step)})
	}
	return all
}

// closePage leads through the end of a month: what stands in the way with what mends it, closing, and who closed and
// opened again so far.
type closePage struct {
	Base
	Book     ledger.Book
	Period   calendar.Period
	Months   []choice // open ones, to look ahead
	Checks   []checkRow
	Failed   int
	First    bool // the month is the one to close next
	Due      bool // it is over
	Allowed  bool
	Document string // id of the closing that the button makes
	History  []closeRow
	Works    bool // the person sees what is not posted yet, and with it the checks
}

// checkRow is a check with the rows that fail it, each a link to what mends it.
type checkRow struct {
	Check ledger.CloseCheck
	Class string
	Title string
	Fixes []pageLink
	Rows  []checkLink
}

type pageLink struct{ Title, Path string }

type checkLink struct {
	Path   string
	Row    ledger.CheckRow
	Person string
}

// closeRow is a closing with every step that it has taken since.
type closeRow struct {
	Period calendar.Period
	State  string
	Record ledger.CloseRecord
	Trail  []trailRow
	Steps  []stepForm
	Barred *fault.Error // why the person may not take the step that the request waits for
	Next   string       // who takes the next step towards opening the month again
}

var checkStates = map[ledger.CheckState]checkRow{
	ledger.Passed: {Class: "ok", Title: "通过"}, ledger.Failed: {Class: "late", Title: "未通过"}, ledger.Warned: {Class: "wait", Title: "提示"},
	ledger.NotEnabled: {Class: "", Title: "未启用"},
}

func showClose(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	period, err := c.period("period", b.OldestOpen())
	if err != nil {
		return answer{}, err
	}
	p, err := c.closePage(tx, b, period)
	if err != nil {
		return answer{}, err
	}
	return show("close/month", p)
}

func (c *call) closePage(tx *store.Tx, b ledger.Book, period calendar.Period) (*closePage, error) {
	if period <= b.ClosedThrough || period > b.Today.Period() {
		period = b.OldestOpen()
	}
	p := &closePage{
		Book: b, Period: period, Document: document.NewID(), Allowed: c.actor.Has(b.Path, monthClosers...),
		First: period == b.OldestOpen(), Due: b.Today >= period.Last(), Works: ledger.SeesUnposted(c.actor, b.Path),
	}
	p.Title, p.Tabs, p.Styles = "月末结账", c.tabs(b, "/close"), []string{"close.css"}
	for m := b.OldestOpen(); m <= b.Today.Period(); m = m.Next() {
		p.Months = append(p.Months, choice{Value: string(m), Title: m.Chinese(), On: m == period})
	}
	checks, err := ledger.CloseChecks(tx, c.actor, b, period)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, b.County)
	if err != nil {
		return nil, err
	}
	for _, k := range checks {
		row := checkStates[k.State]
		row.Check = k
		if k.State == ledger.Failed {
			p.Failed++
		}
		if k.State == ledger.Failed || k.State == ledger.Warned {
			row.Fixes = c.fixes(b, period, k)
			for _, r := range k.Rows {
				row.Rows = append(row.Rows, checkLink{Path: checkPath(b, period, k, r), Row: r, Person: names[r.Person]})
			}
		}
		p.Checks = append(p.Checks, row)
	}
	p.History, err = c.closeHistory(tx, b, names)
	return p, err
}

// checkPath is where one row of a failed check is mended.
func checkPath(b ledger.Book, p calendar.Period, k ledger.CloseCheck, r ledger.CheckRow) string {
	switch {
	case r.Document != "" && r.State == ledger.VoucherKind.States[ledger.Draft]:
		return voucherPath(r.Document) + "/edit"
	case r.Document != "":
		return voucherPath(r.Document)
	case r.Account != "":
		return fmt.Sprintf("%s/statements/detail-ledger?account=%s&from=%d-01&to=%s", bookPath(b), r.Account, p.Year(), p)
	case k.Name == "numbers":
		return bookPath(b) + "?period=" + string(p)
	case k.Name == "opening":
		return bookPath(b) + "/opening"
	}
	return fmt.Sprintf("%s/statements/trial-balance?from=%s&to=%s", bookPath(b), p, p)
}

// fixes are the pages on which a failed check is mended as a whole, as far as the person may.
func (c *call) fixes(b ledger.Book, p calendar.Period, k ledger.CloseCheck) []pageLink {
	has := func(s document.State) bool {
		return slices.ContainsFunc(k.Rows, func(r ledger.CheckRow) bool { return r.State == ledger.VoucherKind.States[s] })
	}
	var out []pageLink
	book := "?book=" + strconv.FormatInt(b.ID, 10)
	switch k.Name {
	case "unposted":
		if has(ledger.Submitted) && c.actor.Has(b.Path, voucherCheckers...) {
			out = append(out, pageLink{"去审核", "/review" + book})
		}
		if has(ledger.Checked) && c.actor.Has(b.Path, voucherPosters...) {
			out = append(out, pageLink{"去记账", "/posting" + book})
		}
	case "carry-over":
		out = append(out, pageLink{"去年终结转", fmt.Sprintf("%s/year?year=%d", bookPath(b), p.Year())})
	case "opening":
		out = append(out, pageLink{"期初余额", checkPath(b, p, k, ledger.CheckRow{})})
	case "trial-balance":
		out = append(out, pageLink{"科目余额表", checkPath(b, p, k, ledger.CheckRow{})})
	case "bank":
		out = append(out, pageLink{"去对账", "/agreement?book=" + strconv.FormatInt(b.ID, 10)})
	}
	if len(out) == 0 {
		out = append(out, pageLink{"本月凭证", bookPath(b) + "?period=" + string(p)})
	}
	return out
}

// historyMost is how many closings the page shows.
const historyMost = 24

// closeHistory gives the closings, newest first, each with who did what about it and why.
func (c *call) closeHistory(tx *store.Tx, b ledger.Book, names map[int64]string) ([]closeRow, error) {
	history, err := ledger.CloseHistory(tx, b)
	if err != nil {
		return nil, err
	}
	var out []closeRow
	for _, r := range history {
		if r.Act == "reopen" || len(out) == historyMost {
			continue // its steps stand with the closing that it opened
		}
		row := closeRow{Period: r.Period, State: ledger.CloseKind.States[r.State], Record: r, Next: nextApproval(r.State)}
		if err := c.reopenSteps(tx, b, r, &row); err != nil {
			return nil, err
		}
		if row.Trail, err = trailRows(tx, b.County, r.Document, ledger.CloseKind, names); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// reopenSteps offers the steps towards opening the last closed month again. One that will be refused of the person in any
// case is a sentence instead of a button.
func (c *call) reopenSteps(tx *store.Tx, b ledger.Book, r ledger.CloseRecord, row *closeRow) error {
	var doc document.Document
	for _, s := range ledger.CloseKind.Steps {
		if !slices.Contains(s.From, r.State) || !c.actor.Has(b.Path, s.Roles...) || r.Period != b.ClosedThrough && s.Name != "refuse-reopen" {
			continue
		}
		if doc.ID == "" {
			var err error
			if doc, err = document.Get(tx, b.County, r.Document); err != nil {
				return err
			}
		}
		act := document.Act{By: c.actor, Kind: ledger.CloseKind, Step: s.Name, ID: doc.ID, Path: b.Path, Today: b.Today}
		if err := document.Apart(tx, act, doc); err != nil {
			f := fault.As(err)
			if f == nil {
				return err
			}
			if row.Barred == nil { // the approval's stands before that of refusing it
				row.Barred = f
			}
			continue
		}
		row.Steps = append(row.Steps, stepForm{Name: s.Name, Title: s.Title, Reason: s.Reason, Path: "/closings/" + r.Document + "/" + s.Name})
	}
	return nil
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
	return formAgain(c, "close/month", err, func(tx *store.Tx) (*closePage, error) {
		b, err := ledger.See(tx, c.actor, book)
		if err != nil {
			return nil, err
		}
		return c.closePage(tx, b, b.OldestOpen())
	}, nil)
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
