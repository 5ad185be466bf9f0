package web

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// sheetPage is the adjustment sheet of an account and a month: as it was prepared, or as it would be now.
type sheetPage struct {
	Base
	Sheet    agreement.Adjustment
	Period   calendar.Period
	State    string
	Class    string
	Months   []choice
	Rows     []sheetPair
	Equal    bool
	Maker    string
	Reviewer string
	Bench    string
	Document string // id of the sheet that the button makes
	Prepare  bool
	Barred   *fault.Error // why it cannot be prepared yet
	Steps    []stepForm
	Trail    []trailRow
}

// sheetPair is a row of the sheet: a difference of either side, or none.
type sheetPair struct{ Left, Right *sheetLine }

type sheetLine struct {
	agreement.SheetItem
	Sign string
	Age  int
	Who  string
	Sum  money.Fen // without its sign
}

func showSheet(c *call, tx *store.Tx) (answer, error) {
	p, err := c.sheetPage(tx)
	if err != nil {
		return answer{}, err
	}
	if c.query("format") == "pdf" {
		return c.printSheet(tx, p)
	}
	return show("agreement/sheet", p)
}

func (c *call) sheetPage(tx *store.Tx) (*sheetPage, error) {
	a, err := c.seenAccount(tx)
	if err != nil {
		return nil, err
	}
	today, err := org.Today(tx, a.County)
	if err != nil {
		return nil, err
	}
	period, err := c.period("period", today.Period().Prev())
	if text := c.form("period"); err == nil && text != "" {
		period, err = calendar.ParsePeriod(text)
	}
	if err != nil {
		return nil, err
	}
	p := &sheetPage{Period: period, State: "未编制", Bench: benchPath(a.ID), Document: document.NewID()}
	p.Title, p.Styles = "余额调节表", []string{"agreement.css"}
	for m := today.Period(); m >= a.Since && len(p.Months) < 24; m = m.Prev() {
		p.Months = append(p.Months, choice{Value: string(m), Title: m.Chinese(), On: m == period})
	}
	all, err := agreement.Sheets(tx, a)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, a.County)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(s agreement.Adjustment) bool { return s.Period == period && s.State != agreement.SentBack })
	if i < 0 {
		if p.Sheet, err = agreement.Compute(tx, a, period); err != nil {
			return nil, err
		}
		p.Barred = fault.As(agreement.Preparable(tx, a, period, today))
		p.Prepare = c.reconciles(a.Path) && p.Barred == nil && p.Sheet.AdjustedBook() == p.Sheet.AdjustedBank()
	} else if err = p.made(c, tx, all[i], names); err != nil {
		return nil, err
	}
	p.Equal = p.Sheet.AdjustedBook() == p.Sheet.AdjustedBank()
	p.pairs(names)
	return p, nil
}

// made fills the page with a sheet that was prepared.
func (p *sheetPage) made(c *call, tx *store.Tx, s agreement.Adjustment, names map[int64]string) error {
	p.Sheet, p.State, p.Maker = s, agreement.SheetKind.States[s.State], names[s.Maker]
	p.Class = map[document.State]string{agreement.Prepared: "wait", agreement.Signed: "ok"}[s.State]
	d, err := document.Get(tx, s.Account.County, s.Document)
	if err != nil {
		return err
	}
	if !c.actor.Has(s.Account.Path, identity.Cashier) {
		p.Steps = c.stepForms(tx, agreement.SheetKind, d, s.Account.Path, benchPath(s.Account.ID)+"/sheet/")
	}
	if p.Trail, err = trailRows(tx, s.Account.County, s.Document, agreement.SheetKind, names); err != nil {
		return err
	}
	for _, t := range p.Trail {
		if s.State == agreement.Signed && t.Title == agreement.SheetKind.Step("sign").Title {
			p.Reviewer = t.Person
		}
	}
	return nil
}

// pairs puts the differences where the form has them: what the bank has beside the book's balance, what the book has beside
// the bank's, what is added before what is taken off.
func (p *sheetPage) pairs(names map[int64]string) {
	var left, right []*sheetLine
	for _, it := range p.Sheet.Items {
		l := &sheetLine{SheetItem: it, Sign: "加", Age: agreement.Item{Date: it.Date}.Age(p.Period.Last()), Who: names[it.Owner], Sum: it.Amount.Abs()}
		if it.Amount < 0 {
			l.Sign = "减"
		}
		if it.Side == bank.Bank {
			left = append(left, l)
		} else {
			right = append(right, l)
		}
	}
	for _, side := range [][]*sheetLine{left, right} {
		slices.SortStableFunc(side, func(x, y *sheetLine) int { return strings.Compare(y.Sign, x.Sign) * -1 })
	}
	for i := range max(len(left), len(right)) {
		var pair sheetPair
		if i < len(left) {
			pair.Left = left[i]
		}
		if i < len(right) {
			pair.Right = right[i]
		}
		p.Rows = append(p.Rows, pair)
	}
}

func sheetPath(account int64, period string) string {
	return fmt.Sprintf("%s/sheet?period=%s", benchPath(account), period)
}

func prepareSheet(c *call) (answer, error) {
	account, err := c.id("account")
	if err != nil {
		return answer{}, err
	}
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	period, err := calendar.ParsePeriod(c.form("period"))
	if err == nil {
		err = c.write(func(tx *store.Tx) error { _, err := agreement.Prepare(tx, c.actor, id, account, period); return err })
	}
	if err == nil || document.IsTaken(err) {
		return goTo(sheetPath(account, string(period)))
	}
	return formAgain(c, "agreement/sheet", err, c.sheetPage, nil)
}

func stepSheet(c *call) (answer, error) {
	account, err := c.id("account")
	if err != nil {
		return answer{}, err
	}
	id, version, name := c.form("document"), c.number("version"), c.lastOfPath()
	err = c.write(func(tx *store.Tx) error {
		switch name {
		case "sign":
			return agreement.Sign(tx, c.actor, id, version)
		case "return":
			return agreement.Return(tx, c.actor, id, version, c.form("reason"))
		}
		return notThere()
	})
	if err == nil || c.taken(id, version, name) {
		return goTo(sheetPath(account, c.form("period")))
	}
	return formAgain(c, "agreement/sheet", err, c.sheetPage, nil)
}

// differencesPage lists what is open over all accounts of a unit, by age.
type differencesPage struct {
	Base
	Units          []choice
	Rows           []differenceRow
	Groups         []ageGroup
	Warn, Escalate int
	More           int
}

type differenceRow struct {
	agreement.Item
	Account bank.Account
	Age     int
	Class   string
	Who     string
	Path    string
}

type ageGroup struct {
	Title string
	Count int
	Sum   money.Fen // of amounts without their sign
	Class string
}

// differencesMost is how many differences one page shows, the oldest first.
const differencesMost = 500

func showDifferences(c *call, tx *store.Tx) (answer, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	p := &differencesPage{}
	p.Styles = []string{"agreement.css"}
	paths, err := c.unitChoice(tx, bank.Readers, today, &p.Units)
	if err != nil {
		return answer{}, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	groups := map[string]*ageGroup{"": {Title: "期内", Class: "ok"}, "wait": {Class: "wait"}, "late": {Class: "late"}}
	for _, path := range paths {
		accounts, err := bank.List(tx, c.actor.County, path)
		if err != nil {
			return answer{}, err
		}
		for _, a := range accounts {
			if !a.Live(today.Period()) {
				continue
			}
			rows, err := p.of(tx, a, today, names)
			if err != nil {
				return answer{}, err
			}
			for _, r := range rows {
				groups[r.Class].Count++
				groups[r.Class].Sum += r.Amount.Abs()
			}
			p.Rows = append(p.Rows, rows...)
		}
	}
	slices.SortStableFunc(p.Rows, func(a, b differenceRow) int { return b.Age - a.Age })
	groups["wait"].Title, groups["late"].Title = fmt.Sprintf("超过 %d 日", p.Warn), fmt.Sprintf("超过 %d 日,报负责人", p.Escalate)
	for _, k := range []string{"late", "wait", ""} {
		p.Groups = append(p.Groups, *groups[k])
	}
	p.More = max(0, len(p.Rows)-differencesMost)
	p.Rows = p.Rows[:len(p.Rows)-p.More]
	return show("agreement/differences", p)
}

func (p *differencesPage) of(tx *store.Tx, a bank.Account, today calendar.Date, names map[int64]string) ([]differenceRow, error) {
	a, err := bank.Get(tx, a.County, a.ID)
	if err != nil {
		return nil, err
	}
	if p.Warn, p.Escalate, err = agreement.Ages(tx, a, today); err != nil {
		return nil, err
	}
	open, err := agreement.OpenOn(tx, a, today)
	if err != nil {
		return nil, err
	}
	var out []differenceRow
	for _, it := range slices.Concat(open.Bank, open.Book) {
		age := it.Age(today)
		out = append(out, differenceRow{Item: it, Account: a, Age: age, Class: ageClass(age, p.Warn, p.Escalate), Who: names[it.Person], Path: benchPath(a.ID)})
	}
	return out, nil
}

// agreed lists what waits for the person at the banks: accounts and sheets to check, months without statement or sheet, and
// differences that are too old.
func (d *desk) agreed() ([]todo, error) {
	last := d.board.this.Prev()
	var out []todo
	for _, path := range d.paths(bank.Readers...) {
		all, err := agreement.Standings(d.tx, d.actor.County, path)
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			r := d.bankRow(s, last)
			t := todo{Kind: "对账", What: s.BookName + " " + s.Title(), Detail: r.Next, Path: r.Path, Button: "去办理"}
			switch {
			case s.State == bank.Submitted || s.State == bank.Closing:
				if !d.actor.Has(s.Path, bank.Checkers...) || s.Maker == d.actor.Person {
					continue
				}
			case s.Waiting != "":
				if !d.actor.Has(s.Path, agreement.Reviewers...) || d.actor.Has(s.Path, identity.Cashier) {
					continue
				}
				t.Path = r.Sheet
			case r.Class == "late" || r.Class == "wait":
				if !d.reconciles(s.Path) || !d.actor.Has(s.Path, identity.Accountant) {
					continue
				}
				t.Due = d.board.deadlines.Close(s.Path, last)
				if r.Class == "wait" {
					t.Path = r.Sheet
				}
			default:
				continue
			}
			out = append(out, t)
		}
		old, err := d.overdue(all)
		if err != nil {
			return nil, err
		}
		out = append(out, old...)
	}
	return out, nil
}

// overdue counts the differences that are too old: for the accountant after the first bound, for the head after the second.
func (d *desk) overdue(all []agreement.Standing) ([]todo, error) {
	marked, raised, where := 0, 0, ""
	for _, s := range all {
		accountant, head := d.actor.Has(s.Path, identity.Accountant), d.actor.Has(s.Path, identity.OfficeHead)
		if !accountant && !head || !s.Live(d.board.this) {
			continue
		}
		warn, escalate, err := agreement.Ages(d.tx, s.Account, d.board.today)
		if err != nil {
			return nil, err
		}
		aged, err := s.Aged(d.tx, d.board.today, warn)
		if err != nil {
			return nil, err
		}
		for _, it := range aged {
			switch {
			case it.Age(d.board.today) > escalate:
				raised++
			case accountant:
				marked++
			default:
				continue
			}
			where = s.Title()
		}
	}
	if marked+raised == 0 {
		return nil, nil
	}
	t := todo{Kind: "未达账项", What: fmt.Sprintf("超期的未达账项 %d 项", marked+raised), Detail: "如 " + where + ";请查明原因,催办入账", Path: "/agreement/differences", Button: "查看"}
	if raised > 0 {
		t.What, t.Due = fmt.Sprintf("超期的未达账项 %d 项,其中 %d 项须报负责人", marked+raised, raised), d.board.today
	}
	return []todo{t}, nil
}
