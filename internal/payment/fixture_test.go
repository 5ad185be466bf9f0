package payment_test

import (
	"context"
	"fmt"
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

const county int64 = 990001

// world is a county with a township: its station with an appropriation of office cost, planned for October, two payees, a
// chain of three, and everybody whom a payment needs. The business date is 2026-10-23.
type world struct {
	t    *testing.T
	db   *store.DB
	keys *identity.Keys

	root, town, station                                    org.Unit
	unitBook, general                                      ledger.Book
	line                                                   appropriation.Line
	shop, garage                                           int64
	paying                                                 int64
	budget, budget2                                        identity.Actor
	clerk, head, office, section, section2, section3, cash identity.Actor
	accountant, reviewer                                   identity.Actor
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	keys, err := identity.LoadKeys(t.TempDir())
	if err == nil {
		err = keys.Create(county)
	}
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: db, keys: keys}
	w.must(w.units)
	w.must(w.people)
	w.must(w.settings)
	w.line = w.given("30201", 10_000)
	w.plan(w.line, 10, 6_000)
	w.shop, w.garage = w.payee("青岚县利民办公用品店", "811001234567"), w.payee("青岚县平安汽修厂", "811007654321")
	return w
}

func (w *world) try(step func(tx *store.Tx) error) error {
	return w.db.Write(context.Background(), step)
}

func (w *world) must(step func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.try(step); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(what, code string, step func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.try(step); !fault.HasCode(err, code) {
		w.t.Errorf("%s: want %s, got %v", what, code, err)
	}
}

func (w *world) units(tx *store.Tx) (err error) {
	if w.root, err = org.CreateCounty(tx, county, "青岚县", "2026-10-23", "2020-01-01"); err != nil {
		return err
	}
	if err := ledger.InstallStandards(tx); err != nil {
		return err
	}
	if err := ledger.AddUsualAccounts(tx, county); err != nil {
		return err
	}
	if err := rule.Bootstrap(tx, county, "2020-01-01", append(appropriation.Rules(), payment.Rules()...)...); err != nil {
		return err
	}
	if w.town, err = org.Create(tx, county, org.NewUnit{Code: "990001101", Name: "柳溪镇", Kind: org.Township, Parent: w.root.ID, From: "2020-01-01"}); err != nil {
		return err
	}
	if w.station, err = org.Create(tx, county, org.NewUnit{Code: "99000110101", Name: "柳溪镇农业站", Kind: org.Station, Parent: w.town.ID, From: "2020-01-01"}); err != nil {
		return err
	}
	if w.unitBook, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "101", Name: "农业站", Unit: w.station.ID, Chart: ledger.Government, Start: "2026-01"}); err != nil {
		return err
	}
	w.general, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "001", Name: "镇总预算", Unit: w.town.ID, Chart: ledger.GeneralBudget, Start: "2026-01"})
	return err
}

// people gives everybody a login with one role.
func (w *world) people(tx *store.Tx) error {
	id := int64(0)
	for _, p := range []struct {
		to   *identity.Actor
		name string
		role identity.Role
		unit org.Unit
	}{
		{&w.budget, "预算甲", identity.CountyBudget, w.root}, {&w.budget2, "预算乙", identity.CountyBudget, w.root},
		{&w.clerk, "报账员", identity.Clerk, w.station}, {&w.head, "站长", identity.UnitHead, w.station}, {&w.office, "所长", identity.OfficeHead, w.town},
		{&w.section, "国库甲", identity.CountyTreasury, w.root}, {&w.section2, "国库乙", identity.CountyTreasury, w.root}, {&w.section3, "国库丙", identity.CountyTreasury, w.root},
		{&w.accountant, "会计", identity.Accountant, w.town}, {&w.reviewer, "审核", identity.Reviewer, w.town}, {&w.cash, "出纳", identity.Cashier, w.town},
	} {
		id++
		_, err := tx.Exec(`insert into person (county_id, person_id, name, id_sealed, id_hash, id_masked, unit_id, created_at) values ($1, $2, $3, '', $4, '', $5, '')`,
			county, id, p.name, fmt.Sprint(id), p.unit.ID)
		if err == nil {
			_, err = tx.Exec(`insert into login (county_id, login_id, name, person_id, password_hash, must_change, created_at) values ($1, $2, $3, $2, '', false, '')`, county, id, p.name)
		}
		if err == nil {
			_, err = tx.Exec(`insert into role_grant (county_id, login_id, role, unit_id, valid_from, granted_by, granted_at) values ($1, $2, $3, $4, '2020-01-01', 0, '')`,
				county, id, string(p.role), p.unit.ID)
		}
		if err == nil {
			*p.to, err = identity.Load(tx, county, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) settings(tx *store.Tx) (err error) {
	if err := payment.BootstrapChain(tx, county, "2020-01-01"); err != nil {
		return err
	}
	if w.paying, err = payment.AddPayingAccount(tx, county, payment.PayingAccount{
		Unit: w.town.ID, Number: "62010001", Title: "柳溪镇财政零余额账户", Bank: "青岚农商行", From: "2020-01-01", DocumentNo: "青财库〔2020〕1号",
	}); err != nil {
		return err
	}
	return payment.SetMandate(tx, county, payment.Mandate{Unit: w.town.ID, From: "2026-01-01", Maker: w.accountant.Login, Checker: w.reviewer.Login, DocumentNo: "柳财〔2026〕1号"})
}

// given is a line of the station with so much of a year's budget.
func (w *world) given(economic string, yuan money.Fen) (l appropriation.Line) {
	return w.givenKey(appropriation.Key{Year: 2026, Unit: w.station.ID, Fund: "1", Function: "2130104", Economic: economic}, false, yuan)
}

func (w *world) givenKey(k appropriation.Key, purchase bool, yuan money.Fen) (l appropriation.Line) {
	w.t.Helper()
	w.must(func(tx *store.Tx) (err error) {
		if l, err = appropriation.Intern(tx, w.budget, appropriation.NewLine{Key: k, Purchase: purchase}); err != nil {
			return err
		}
		o := appropriation.Order{
			ID: document.NewID(), Kind: appropriation.OrderInitial, Year: 2026, Date: "2026-02-10", Source: "青财预〔2026〕1号", Session: "青人〔2026〕3号",
			Items: []appropriation.Item{{Move: appropriation.Initial, Line: l.ID, Amount: yuan * 100, From: appropriation.SourceOwn}},
		}
		if _, err = appropriation.Draft(tx, w.budget, o, 0); err == nil {
			if _, err = appropriation.Check(tx, w.budget2, o.ID, 1); err == nil {
				_, err = appropriation.Issue(tx, w.budget, o.ID, 2)
			}
		}
		return err
	})
	return l
}

// plan gives a month of a line an amount, through all hands.
func (w *world) plan(l appropriation.Line, month int, yuan money.Fen) {
	w.t.Helper()
	w.must(func(tx *store.Tx) error { return w.planned(tx, l, month, yuan) })
}

func (w *world) planned(tx *store.Tx, l appropriation.Line, month int, yuan money.Fen) error {
	p := payment.Plan{ID: document.NewID(), Unit: l.Unit, Year: l.Year, Items: []payment.PlanItem{{Line: l.ID, Month: month, Amount: yuan * 100}}}
	_, err := payment.DraftPlan(tx, w.clerk, p, 0)
	for i, s := range []struct {
		by   identity.Actor
		step string
	}{{w.head, "unit-ok"}, {w.office, "office-ok"}, {w.section, "county-ok"}, {w.section2, "issue"}} {
		if err == nil {
			_, err = payment.StepPlan(tx, s.by, s.step, p.ID, int64(i+1), "")
		}
	}
	return err
}

func (w *world) payee(name, number string) (id int64) {
	w.t.Helper()
	c := payee.Change{
		Document: document.NewID(), Act: payee.Register, Name: name, Kind: payee.Unit, Unit: w.town.ID, Basis: "开户许可证", Number: number,
		Account: payee.Account{Kind: payee.Settlement, Bank: "中国工商银行青岚支行", BankNumber: "102100099996"},
	}
	w.must(func(tx *store.Tx) (err error) {
		if id, err = payee.Report(tx, w.keys, w.clerkOfTown(), c); err == nil {
			err = payee.Check(tx, w.reviewer, c.Document, 1)
		}
		return err
	})
	return id
}

// clerkOfTown is somebody who registers payees for the whole township.
func (w *world) clerkOfTown() identity.Actor { return w.accountant }

// moveAccount gives a payee another account.
func (w *world) moveAccount(id int64, number string) {
	w.t.Helper()
	c := payee.Change{Document: document.NewID(), Act: payee.Reaccount, Payee: id, Basis: "变更通知", Number: number,
		Account: payee.Account{Kind: payee.Settlement, Bank: "中国农业银行青岚支行", BankNumber: "103100000026"}}
	w.must(func(tx *store.Tx) error {
		if _, err := payee.Report(tx, w.keys, w.clerkOfTown(), c); err != nil {
			return err
		}
		return payee.Check(tx, w.reviewer, c.Document, 1)
	})
}

// request is a request that nothing is wrong with.
func (w *world) request(yuan money.Fen) payment.Request {
	return payment.Request{ID: document.NewID(), Line: w.line.ID, Payee: w.shop, Amount: yuan * 100, Purpose: "购办公用品"}
}

func (w *world) ask(r payment.Request) payment.Request {
	w.t.Helper()
	w.must(func(tx *store.Tx) error { _, err := payment.Ask(tx, w.clerk, r, 0); return err })
	return w.now(r.ID)
}

func (w *world) now(id string) (r payment.Request) {
	w.t.Helper()
	w.must(func(tx *store.Tx) (err error) { r, err = payment.See(tx, w.section, id); return err })
	return r
}

func (w *world) lineNow() (l appropriation.Line, p payment.PlanLine) {
	w.t.Helper()
	w.must(func(tx *store.Tx) (err error) {
		if l, err = appropriation.Get(tx, county, w.line.ID); err == nil {
			p, err = payment.PlanOf(tx, county, w.line.ID)
		}
		return err
	})
	return l, p
}

// sign is the actor's signature on a payment as it stands.
func (w *world) sign(by identity.Actor, id string) func(tx *store.Tx) error {
	return func(tx *store.Tx) error {
		r, err := payment.See(tx, w.section, id)
		if err == nil {
			_, err = payment.Sign(tx, by, id, r.Version, int64(r.Amount))
		}
		return err
	}
}

// approved takes a request through the chain.
func (w *world) approved(r payment.Request) payment.Request {
	w.t.Helper()
	r = w.ask(r)
	for _, by := range []identity.Actor{w.head, w.office, w.section} {
		w.must(w.sign(by, r.ID))
	}
	return w.now(r.ID)
}

// order puts payments into an order and sends it.
func (w *world) order(payments ...string) (id string, b bankfile.Batch) {
	w.t.Helper()
	id = document.NewID()
	w.must(func(tx *store.Tx) error {
		_, err := payment.IssueOrder(tx, w.section2, payment.Order{ID: id, Paying: w.paying}, payments)
		return err
	})
	w.must(func(tx *store.Tx) (err error) { b, err = payment.Send(tx, w.keys, w.section2, id, 1); return err })
	return id, b
}

// paid is an answer that pays everything.
func paid(b bankfile.Batch, on calendar.Date) bankfile.Answer {
	a := bankfile.Answer{Batch: b.Number}
	for i, l := range b.Lines {
		a.Lines = append(a.Lines, bankfile.Result{Number: l.Number, Paid: true, Amount: l.Amount, Reference: fmt.Sprintf("B%06d", i+1), On: on})
	}
	return a
}

func (w *world) answer(a bankfile.Answer) func(tx *store.Tx) error {
	return func(tx *store.Tx) error { _, _, err := payment.Answer(tx, w.section2, a); return err }
}

// flaws gives what the checks of payments, payees, appropriations and books find.
func (w *world) flaws() (all []string) {
	w.t.Helper()
	w.must(func(tx *store.Tx) error {
		all = nil
		for _, verify := range []func(*store.Tx, int64) ([]document.Flaw, error){payment.Verify, payee.Verify} {
			found, err := verify(tx, county)
			if err != nil {
				return err
			}
			for _, f := range found {
				all = append(all, f.Message)
			}
		}
		found, err := appropriation.Verify(tx, county)
		for _, f := range found {
			all = append(all, f.Where+":"+f.Message)
		}
		return err
	})
	v, err := ledger.Verify(context.Background(), w.db, county, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, x := range v.Violations {
		all = append(all, x.Where+":"+x.Message)
	}
	return all
}

func (w *world) verified() {
	w.t.Helper()
	for _, f := range w.flaws() {
		w.t.Error(f)
	}
}

// voucher reads a posted voucher as text: account, dimensions, debit, credit.
func (w *world) voucher(ref string) string {
	w.t.Helper()
	out := ""
	w.must(func(tx *store.Tx) error {
		book, n, err := ledger.ParseRef(ref)
		if err != nil {
			return err
		}
		b, err := ledger.GetBook(tx, county, book)
		if err != nil {
			return err
		}
		v, err := ledger.GetVoucher(tx, b, n)
		out = fmt.Sprintf("%s %s %s\n", b.Name, v.Date, v.Number.Label())
		for _, l := range v.Lines {
			out += fmt.Sprintf("%s %s %s %s 借%s 贷%s\n", l.Account, l.Dims.Function, l.Dims.Economic, l.Dims.Fund, l.Debit, l.Credit)
		}
		return err
	})
	return out
}

func count(n map[document.State]int, s document.State) string { return fmt.Sprint(n[s]) }

// keyLine interns a line with nothing on it.
func (w *world) keyLine(k appropriation.Key) (l appropriation.Line) {
	w.t.Helper()
	w.must(func(tx *store.Tx) (err error) {
		l, err = appropriation.Intern(tx, w.budget, appropriation.NewLine{Key: k})
		return err
	})
	return l
}
