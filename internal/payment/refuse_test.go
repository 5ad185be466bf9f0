package payment_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// set lets a rule hold from a day of the year on.
func (w *world) set(code, value string) {
	w.t.Helper()
	for _, d := range payment.Rules() {
		if d.Code == code {
			w.must(func(tx *store.Tx) error {
				return rule.Set(tx, county, d, rule.Value{From: "2026-01-01", Text: value, DocumentNo: "青财库〔2026〕2号"})
			})
		}
	}
}

// TestAsk_Refusals: what the handbook's part 3.2 says is refused, each with its code.
func TestAsk_Refusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.set("payment-contract-amount", "5000")
		w.set("payment-card-classes", "30217")
		meals := w.given("30217", 1_000)
		w.plan(meals, 10, 1_000)
		lastYear := w.keyLine(appropriation.Key{Year: 2025, Unit: w.station.ID, Fund: "1", Function: "2130104", Economic: "30201"})
		authorised := w.givenKey(appropriation.Key{Year: 2026, Unit: w.station.ID, Fund: "1", Function: "2130104", Economic: "30202", Mode: appropriation.Authorised}, false, 1_000)
		stopped := w.payee("停付商店", "811009990001")
		w.must(func(tx *store.Tx) error {
			_, err := payee.Report(tx, w.keys, w.office, payee.Change{Document: document.NewID(), Act: payee.Halt, Payee: stopped, On: "2026-10-01", Why: "正在核查", Basis: "青财监〔2026〕8号"})
			return err
		})
		used := w.request(10)
		used.Invoices = []payment.Invoice{{Number: "INV0001", Date: "2026-10-01", Amount: 10_00}}
		w.ask(used)
		invoice := func(number string, date calendar.Date, fen money.Fen) func(r *payment.Request) {
			return func(r *payment.Request) {
				r.Invoices = []payment.Invoice{{Number: number, Date: date, Amount: fen}}
			}
		}
		for _, c := range []struct {
			what, code string
			how        func(r *payment.Request)
		}{
			{"超指标", "appropriation-overdrawn", func(r *payment.Request) { r.Amount, r.Contract = 10_000_01, "HT1" }},
			{"无预算", "appropriation-none", func(r *payment.Request) { r.Line = 999 }},
			{"last year's line", "appropriation-other-year", func(r *payment.Request) { r.Line = lastYear.ID }},
			{"超计划", "payment-over-plan", func(r *payment.Request) { r.Amount, r.Contract = 6_000_01, "HT1" }},
			{"another way of paying", "payment-mode", func(r *payment.Request) { r.Line = authorised.ID }},
			{"wrong economic class", "payment-economic", func(r *payment.Request) { r.Economic = "30217" }},
			{"stopped payee", "payee-stopped", func(r *payment.Request) { r.Payee = stopped }},
			{"unknown payee", "payee-unknown", func(r *payment.Request) { r.Payee = 999 }},
			{"invoice used before", "invoice-used", invoice("inv0001", "2026-10-01", 100_00)},
			{"invoice of last year", "invoice-year", invoice("INV0002", "2025-12-31", 100_00)},
			{"invoice of tomorrow", "invoice-year", invoice("INV0002", "2026-10-24", 100_00)},
			{"invoice too small", "invoice-short", invoice("INV0002", "2026-10-01", 99_99)},
			{"invoice without a number", "invoice-number", invoice("发票", "2026-10-01", 100_00)},
			{"duplicate", "payment-duplicate", func(r *payment.Request) { r.Amount = 10_00 }},
			{"cash over 1,000", "payment-cash-limit", func(r *payment.Request) { r.Amount, r.Method = 1_000_01, payment.Cash }},
			{"official card first", "payment-card-first", func(r *payment.Request) { r.Line = meals.ID }},
			{"no contract", "payment-contract", func(r *payment.Request) { r.Amount = 5_000_00 }},
			{"no purpose", "payment-purpose", func(r *payment.Request) { r.Purpose = " " }},
			{"nothing", "payment-amount", func(r *payment.Request) { r.Amount = 0 }},
			{"no method", "payment-method", func(r *payment.Request) { r.Method = "barter" }},
		} {
			r := w.request(100)
			c.how(&r)
			w.refused(c.what, c.code, func(tx *store.Tx) error { _, err := payment.Ask(tx, w.clerk, r, 0); return err })
		}
		reasoned := w.request(10)
		reasoned.Reason = "两批纸张"
		w.ask(reasoned)
		card := w.request(300)
		card.Line, card.Method = meals.ID, payment.Card
		w.ask(card)
		w.set("payment-cash-classes", "301 303")
		w.refused("cash outside the list", "payment-cash-class", func(tx *store.Tx) error {
			r := w.request(77)
			r.Method = payment.Cash
			_, err := payment.Ask(tx, w.clerk, r, 0)
			return err
		})
		w.set("payment-split-amount", "2000")
		half := w.request(1_500)
		w.ask(half)
		w.refused("split purchase", "payment-split", func(tx *store.Tx) error {
			_, err := payment.Ask(tx, w.clerk, w.request(600), 0)
			return err
		})
		w.verified()
	})
}

// TestApprove_AsksAgain: what was right when it was asked for and is not any more stops at the next signature and at the
// order; refusal, return and withdrawal give back what was held.
func TestApprove_AsksAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		first := w.request(500)
		first.Invoices = []payment.Invoice{{Number: "INV0007", Date: "2026-10-01", Amount: 500_00}}
		r := w.ask(first)
		w.must(w.sign(w.head, r.ID))
		w.refused("seen with another amount", "payment-amount-changed", func(tx *store.Tx) error {
			_, err := payment.Sign(tx, w.office, r.ID, 2, 400_00)
			return err
		})
		changed := first
		changed.Amount = 400_00
		w.refused("changed amount after approval", "step-not-now", func(tx *store.Tx) error { _, err := payment.Ask(tx, w.clerk, changed, 2); return err })
		w.moveAccount(w.shop, "6200000000001")
		w.refused("the payee's account has changed", "payment-account-changed", w.sign(w.office, r.ID))
		w.must(func(tx *store.Tx) error {
			_, err := payment.Return(tx, w.office, r.ID, 2, "账户已变更,请重新提交")
			return err
		})
		if l, p := w.lineNow(); l.Held != 0 || p.Used != 0 {
			t.Errorf("returned, still held %s, plan used %s", l.Held, p.Used)
		}
		same := w.request(20)
		same.Invoices = []payment.Invoice{{Number: "INV0007", Date: "2026-10-01", Amount: 500_00}}
		s := w.ask(same) // the returned one's invoice is free
		w.refused("its invoice was taken meanwhile", "invoice-used", func(tx *store.Tx) error { _, err := payment.Ask(tx, w.clerk, first, 3); return err })
		w.must(func(tx *store.Tx) error { _, err := payment.Withdraw(tx, w.clerk, s.ID, 1, "填错"); return err })
		w.must(func(tx *store.Tx) error { _, err := payment.Ask(tx, w.clerk, first, 3); return err })
		for _, by := range []identity.Actor{w.head, w.office, w.section} { // all sign anew
			w.must(w.sign(by, r.ID))
		}
		w.must(func(tx *store.Tx) error {
			_, err := payee.Report(tx, w.keys, w.section3, payee.Change{Document: document.NewID(), Act: payee.Halt, Payee: w.shop, On: "2026-10-23", Why: "虚开发票", Basis: "青财监〔2026〕9号"})
			return err
		})
		w.refused("stopped before it was ordered", "payee-stopped", func(tx *store.Tx) error {
			_, err := payment.IssueOrder(tx, w.section2, payment.Order{ID: document.NewID(), Paying: w.paying}, []string{r.ID})
			return err
		})
		now := w.now(r.ID)
		w.must(func(tx *store.Tx) error {
			_, err := payment.Reject(tx, w.section, r.ID, now.Version, "收款人停付")
			return err
		})
		if l, p := w.lineNow(); l.Held != 0 || p.Used != 0 || l.Available() != 10_000_00 {
			t.Errorf("rejected, still held %s, plan used %s", l.Held, p.Used)
		}
		w.verified()
	})
}

// TestPlan: what is planned stays within the budget and is not taken back below what is used; cuts of the line come after
// cuts of the plan.
func TestPlan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.refused("beyond the budget", "plan-over-budget", func(tx *store.Tx) error { return w.planned(tx, w.line, 11, 4_001) })
		w.refused("no such month", "plan-month", func(tx *store.Tx) error { return w.planned(tx, w.line, 13, 1) })
		w.refused("nothing", "plan-amount", func(tx *store.Tx) error { return w.planned(tx, w.line, 11, 0) })
		w.plan(w.line, 12, 4_000)
		r := w.request(6_000)
		w.ask(r)
		w.refused("December's plan is not October's", "payment-over-plan", func(tx *store.Tx) error {
			x := w.request(1)
			_, err := payment.Ask(tx, w.clerk, x, 0)
			return err
		})
		w.refused("used up to today", "plan-used", func(tx *store.Tx) error { return w.planned(tx, w.line, 10, -1) })
		recall := func(tx *store.Tx) error {
			o := appropriation.Order{ID: document.NewID(), Kind: appropriation.OrderRecall, Year: 2026, Date: "2026-10-23", Source: "青财预〔2026〕70号",
				Items: []appropriation.Item{{Move: appropriation.Recall, Line: w.line.ID, Amount: 1_000_00}}}
			_, err := appropriation.Draft(tx, w.budget, o, 0)
			if err == nil {
				if _, err = appropriation.Check(tx, w.budget2, o.ID, 1); err == nil {
					_, err = appropriation.Issue(tx, w.budget, o.ID, 2)
				}
			}
			return err
		}
		w.refused("recall of what is planned", "appropriation-planned", recall)
		w.plan(w.line, 12, -1_000)
		w.must(recall)
		w.refused("the maker takes it on", "duty-clash", func(tx *store.Tx) error {
			maker := w.clerk
			maker.Grants = append(append(maker.Grants[:0:0], maker.Grants...), w.head.Grants...)
			p := payment.Plan{ID: document.NewID(), Unit: w.station.ID, Year: 2026, Items: []payment.PlanItem{{Line: w.line.ID, Month: 12, Amount: -1}}}
			if _, err := payment.DraftPlan(tx, maker, p, 0); err != nil {
				return err
			}
			_, err := payment.StepPlan(tx, maker, "unit-ok", p.ID, 1, "")
			return err
		})
		w.verified()
	})
}

// TestBook_Todo: what cannot be booked stands as a to-do with its reason, and is booked later by one step.
func TestBook_Todo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.must(func(tx *store.Tx) error {
			_, err := tx.Exec(`update role_grant set valid_to = '2026-10-01' where county_id = $1 and login_id = $2`, county, w.reviewer.Login)
			return err
		})
		r := w.approved(w.request(100))
		_, b := w.order(r.ID)
		w.must(w.answer(paid(b, "2026-10-23")))
		if r = w.now(r.ID); r.State != payment.Paid || r.Queue != "book" || r.Unitary != "" || r.Trouble == "" {
			t.Fatalf("%s, waits for %q, %q", r.State, r.Queue, r.Trouble)
		}
		w.refused("still nobody to check", "booking-still", func(tx *store.Tx) error { _, err := payment.Book(tx, w.accountant, r.ID, r.Version); return err })
		w.verified()
		w.must(func(tx *store.Tx) error {
			_, err := tx.Exec(`update role_grant set valid_to = null where county_id = $1 and login_id = $2`, county, w.reviewer.Login)
			return err
		})
		w.must(func(tx *store.Tx) error { _, err := payment.Book(tx, w.accountant, r.ID, r.Version); return err })
		if r = w.now(r.ID); r.State != payment.Booked || r.Queue != "" || r.Unitary == "" || r.General == "" {
			t.Errorf("%s, waits for %q, %q %q", r.State, r.Queue, r.Unitary, r.General)
		}
		w.verified()
	})
}

// TestAsk_Rivals: 200 requests for what 60 of them can have: exactly those are held, on line and plan.
func TestAsk_Rivals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var wg sync.WaitGroup
		var held atomic.Int64
		for i := range 200 {
			wg.Go(func() {
				r := w.request(100)
				r.Reason = fmt.Sprint("第", i+1, "批")
				if w.try(func(tx *store.Tx) error { _, err := payment.Ask(tx, w.clerk, r, 0); return err }) == nil {
					held.Add(1)
				}
			})
		}
		wg.Wait()
		if l, p := w.lineNow(); held.Load() != 60 || l.Held != 6_000_00 || p.Used != 6_000_00 {
			t.Errorf("%d held, %s on the line, %s of the plan", held.Load(), l.Held, p.Used)
		}
		w.verified()
	})
}

// TestVerify_FindsTampering: what was changed in the database shows.
func TestVerify_FindsTampering(t *testing.T) {
	for _, sql := range []string{
		`update payment_request set amount = amount + 1 where county_id = $1`,
		`update payment_request set payee_id = 2 where county_id = $1`,
		`update payment_request set purpose = '其他' where county_id = $1`,
		`update payment_request set queue = 'book' where county_id = $1`,
		`update payment_request set reference = 'B9' where county_id = $1`,
		`update payment_request set unit_voucher = general_voucher where county_id = $1`,
		`update payment_plan_line set used = used + 1 where county_id = $1`,
		`update payment_plan_line set m10 = m10 + 1 where county_id = $1`,
		`update payment_plan_item set amount = amount + 1 where county_id = $1`,
		`update appropriation_line set planned = planned - 1 where county_id = $1`,
		`update payment_order_line set account_by = 'x' where county_id = $1`,
		`update payment_order set total = total + 1 where county_id = $1`,
		`update payment_order set answer = 'x' where county_id = $1`,
		`update payment_signature set amount = amount + 1 where county_id = $1`,
		`update payment_result set on_day = '2026-10-22' where county_id = $1`,
		`delete from invoice_claim where county_id = $1`,
		`delete from payment_invoice where county_id = $1`,
		`delete from appropriation_move where county_id = $1 and kind = 'spend'`,
	} {
		w := newWorld(t, storetest.One(t))
		r := w.request(100)
		r.Invoices = []payment.Invoice{{Number: "INV1", Date: "2026-10-01", Amount: 100_00}}
		r = w.approved(r)
		_, b := w.order(r.ID)
		w.must(w.answer(paid(b, "2026-10-23")))
		w.must(func(tx *store.Tx) error { _, err := tx.Exec(sql, county); return err })
		var flaws []document.Flaw
		w.must(func(tx *store.Tx) (err error) { flaws, err = payment.Verify(tx, county); return err })
		if len(flaws) == 0 {
			t.Errorf("not found: %s", sql)
		}
	}
}
