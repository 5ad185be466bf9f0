package bench

import (
	"context"
	"fmt"
	"os"
	"time"

	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

const (
	paymentSize  = 4_000
	paymentBatch = 20_000
)

// paying is a county whose payments go all the way: lines that are planned, a payee, and everybody who signs.
type paying struct {
	*treasury
	keys                               *identity.Keys
	clerk, head, office, review, order identity.Actor
	payee, account                     int64
}

// Payments measures whole payments from 32 callers, each request, signature, order, sending and answer durable by
// itself, and one batch of many payments.
func Payments(ctx context.Context, o Options) error {
	n, many := paymentSize, paymentBatch
	if o.Size > 0 {
		n, many = max(1, o.Size/10), max(1, o.Size/5)
	}
	keysDir, err := os.MkdirTemp("", "xiangzhang-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(keysDir)
	db, _, err := o.open(ctx, "payments", 64)
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := newPaying(ctx, db, keysDir)
	if err != nil {
		return err
	}
	rate, took, err := callers(n, postCallers, func(_, i int) error { return p.whole(ctx, i) })
	if err != nil {
		return err
	}
	p50, p99 := percentiles(took)
	config := map[string]any{"callers": postCallers, "steps": 7, "vouchers": 2, "lines": len(p.lines), "synchronous": "FULL"}
	o.Print(Result{Bench: "treasury", Case: "single-32", N: n, Rate: rate, P50: p50, P99: p99, PeakRSS: peakRSS(), Engine: string(db.Engine()), Config: config})
	return p.batch(ctx, o, many)
}

func newPaying(ctx context.Context, db *store.DB, keysDir string) (*paying, error) {
	c, err := newCounty(ctx, db)
	if err != nil {
		return nil, err
	}
	p := &paying{treasury: &treasury{county: c}}
	if p.keys, err = identity.LoadKeys(keysDir); err != nil {
		return nil, err
	}
	if err := p.keys.Create(c.id); err != nil {
		return nil, err
	}
	if err := p.give(ctx); err != nil {
		return nil, err
	}
	return p, db.Write(ctx, p.settle)
}

// settle hires, plans and sets up what payments rest on.
func (p *paying) settle(tx *store.Tx) error {
	root, err := org.Root(tx, p.id)
	if err != nil {
		return err
	}
	for i, s := range []struct {
		to   *identity.Actor
		role identity.Role
	}{
		{&p.clerk, identity.Clerk}, {&p.head, identity.UnitHead}, {&p.office, identity.OfficeHead}, {&p.review, identity.CountyTreasury}, {&p.order, identity.CountyTreasury},
		{&p.maker, identity.Accountant}, {&p.checker, identity.Reviewer},
	} {
		id := int64(101 + i)
		_, err := tx.Exec(`insert into person (county_id, person_id, name, id_sealed, id_hash, id_masked, unit_id, created_at) values ($1, $2, $3, '', $3, '', $4, '')`, p.id, id, fmt.Sprint(id), root.ID)
		if err == nil {
			_, err = tx.Exec(`insert into login (county_id, login_id, name, person_id, password_hash, must_change, created_at) values ($1, $2, $3, $2, '', false, '')`, p.id, id, fmt.Sprint(id))
		}
		if err == nil {
			_, err = tx.Exec(`insert into role_grant (county_id, login_id, role, unit_id, valid_from, granted_by, granted_at) values ($1, $2, $3, $4, '2025-01-01', 0, '')`, p.id, id, string(s.role), root.ID)
		}
		if err == nil {
			*s.to, err = identity.Load(tx, p.id, id)
		}
		if err != nil {
			return err
		}
	}
	if err := rule.Bootstrap(tx, p.id, "2025-01-01", payment.Rules()...); err != nil {
		return err
	}
	if err := payment.BootstrapChain(tx, p.id, "2025-01-01"); err != nil {
		return err
	}
	if _, err := ledger.CreateBook(tx, p.id, ledger.NewBook{Code: "900", Name: "总预算", Unit: root.ID, Chart: ledger.GeneralBudget, Start: "2025-01"}); err != nil {
		return err
	}
	if err := payment.SetMandate(tx, p.id, payment.Mandate{Unit: root.ID, From: "2025-01-01", Book: p.books[0].ID, Maker: p.maker.Login, Checker: p.checker.Login, DocumentNo: "测"}); err != nil {
		return err
	}
	if p.account, err = payment.AddPayingAccount(tx, p.id, payment.PayingAccount{Unit: root.ID, Number: "62010001", Title: "零余额账户", Bank: "测速银行", From: "2025-01-01", DocumentNo: "测"}); err != nil {
		return err
	}
	c := payee.Change{Document: document.NewID(), Act: payee.Register, Name: "测速商店", Kind: payee.Unit, Unit: root.ID, Basis: "测", Number: "811001234567",
		Account: payee.Account{Kind: payee.Settlement, Bank: "测速银行", BankNumber: "102100099996"}}
	if p.payee, err = payee.Report(tx, p.keys, p.clerk, c); err != nil {
		return err
	}
	if err := payee.Check(tx, p.office, c.Document, 1); err != nil {
		return err
	}
	return p.plan(tx)
}

// plan gives the year's first month of every line what requests will need.
func (p *paying) plan(tx *store.Tx) error {
	plan := payment.Plan{ID: document.NewID(), Unit: p.lines[0].Unit, Year: 2026}
	for _, l := range p.lines {
		plan.Items = append(plan.Items, payment.PlanItem{Line: l.ID, Month: 1, Amount: lineGiven / 2})
	}
	if _, err := payment.DraftPlan(tx, p.clerk, plan, 0); err != nil {
		return err
	}
	for i, s := range []struct {
		by   identity.Actor
		step string
	}{{p.head, "unit-ok"}, {p.office, "office-ok"}, {p.review, "county-ok"}, {p.review, "issue"}} {
		if _, err := payment.StepPlan(tx, s.by, s.step, plan.ID, int64(i+1), ""); err != nil {
			return err
		}
	}
	return nil
}

// asked takes one request through its three signatures.
func (p *paying) asked(ctx context.Context, i int) (string, error) {
	r := payment.Request{ID: document.NewID(), Line: p.lines[i%len(p.lines)].ID, Payee: p.payee, Amount: 100_00, Purpose: "购办公用品", Reason: "分批领用"}
	err := p.db.Write(ctx, func(tx *store.Tx) error { _, err := payment.Ask(tx, p.clerk, r, 0); return err })
	for k, by := range []identity.Actor{p.head, p.office, p.review} {
		if err == nil {
			err = p.db.Write(ctx, func(tx *store.Tx) error { _, err := payment.Sign(tx, by, r.ID, int64(k+1), 100_00); return err })
		}
	}
	return r.ID, err
}

// ordered puts payments into an order and has it answered as paid.
func (p *paying) ordered(ctx context.Context, ids []string) (order string, left int64, err error) {
	order = document.NewID()
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		_, err := payment.IssueOrder(tx, p.order, payment.Order{ID: order, Paying: p.account}, ids)
		return err
	})
	if err != nil {
		return order, 0, err
	}
	var b bankfile.Batch
	if err = p.db.Write(ctx, func(tx *store.Tx) (err error) { b, err = payment.Send(tx, p.keys, p.order, order, 1); return err }); err != nil {
		return order, 0, err
	}
	a := bankfile.Answer{Batch: b.Number}
	for _, l := range b.Lines {
		a.Lines = append(a.Lines, bankfile.Result{Number: l.Number, Paid: true, Amount: l.Amount, Reference: l.Number, On: b.Date})
	}
	err = p.db.Write(ctx, func(tx *store.Tx) (err error) { _, left, err = payment.Answer(tx, p.order, a); return err })
	return order, left, err
}

// whole takes one payment all the way.
func (p *paying) whole(ctx context.Context, i int) error {
	id, err := p.asked(ctx, i)
	if err == nil {
		_, _, err = p.ordered(ctx, []string{id})
	}
	return err
}

// batch orders, sends, answers and posts many payments at once.
func (p *paying) batch(ctx context.Context, o Options, n int) error {
	ids := make([]string, n)
	_, _, err := callers(n, postCallers, func(_, i int) (err error) { ids[i], err = p.asked(ctx, i); return err })
	if err != nil {
		return err
	}
	began := time.Now()
	order, left, err := p.ordered(ctx, ids)
	for err == nil && left > 0 {
		err = p.db.Write(ctx, func(tx *store.Tx) (err error) { left, err = payment.Settle(tx, p.order, order, 50); return err })
	}
	if err != nil {
		return err
	}
	o.Print(Result{Bench: "treasury", Case: "batch", N: n, Rate: float64(n) / time.Since(began).Seconds(), PeakRSS: peakRSS(), Engine: string(p.db.Engine()),
		Config: map[string]any{"seconds": time.Since(began).Seconds(), "settled_per_step": 50, "vouchers": 2}})
	return nil
}
