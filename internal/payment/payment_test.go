package payment_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/document"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestPath: a request is approved by three, ordered by a fourth, answered by the bank with one failure, corrected, paid
// in another batch; both payments stand in the unit's and the township's books.
func TestPath(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		good := w.request(1_200)
		good.Invoices = []payment.Invoice{{Number: "26427000000012345678", Date: "2026-10-20", Amount: 1_200_00}}
		bad := w.request(800)
		bad.Payee, bad.Purpose = w.garage, "车辆维修费"
		r, s := w.approved(good), w.approved(bad)
		if r.State != payment.Reviewed || r.Number != "2026-000001" {
			t.Fatalf("after the chain %s is %s", r.Number, r.State)
		}
		if l, p := w.lineNow(); l.Available() != 8_000_00 || l.Held != 2_000_00 || p.Used != 2_000_00 {
			t.Errorf("held %s, available %s, plan used %s", l.Held, l.Available(), p.Used)
		}
		order, b := w.order(r.ID, s.ID)
		if b.Number != "20261023-001" || b.Total() != 2_000_00 || b.Lines[1].Account != "811007654321" || b.Lines[1].Payee != "青岚县平安汽修厂" || b.Account != "62010001" {
			t.Errorf("batch %+v", b)
		}
		if w.now(r.ID).State != payment.Sent {
			t.Errorf("sent: %s", w.now(r.ID).State)
		}
		a := paid(b, "2026-10-23")
		a.Lines[1].Paid, a.Lines[1].Reference, a.Lines[1].Reason = false, "", "账号户名不符"
		w.must(w.answer(a))
		w.must(w.answer(a)) // the same answer twice changes nothing
		r, s = w.now(r.ID), w.now(s.ID)
		if r.State != payment.Booked || s.State != payment.Failed || s.Trouble != "账号户名不符" {
			t.Fatalf("after the answer: %s (%s), %s (%s)", r.State, r.Trouble, s.State, s.Trouble)
		}
		if l, p := w.lineNow(); l.Held != 0 || l.Paid() != 1_200_00 || p.Used != 1_200_00 {
			t.Errorf("held %s, paid %s, plan used %s", l.Held, l.Paid(), p.Used)
		}
		if got, want := w.voucher(r.Unitary), `农业站 2026-10-23 记-0001
500102 2130104 30201 1 借1,200.00 贷0.00
400101 2130104 30201 1 借0.00 贷1,200.00
71010101 2130104 30201 1 借1,200.00 贷0.00
60010102 2130104  1 借0.00 贷1,200.00
`; got != want {
			t.Errorf("unit's voucher:\n%swant\n%s", got, want)
		}
		if got, want := w.voucher(r.General), `镇总预算 2026-10-23 记-0001
5001 2130104 50201  借1,200.00 贷0.00
1001    借0.00 贷1,200.00
`; got != want {
			t.Errorf("township's voucher:\n%swant\n%s", got, want)
		}

		w.moveAccount(w.garage, "6200123456789")
		w.must(func(tx *store.Tx) error {
			_, err := payment.Correct(tx, w.clerk, s.ID, s.Version, "收款人已更正账户")
			return err
		})
		_, again := w.order(s.ID)
		if again.Number != "20261023-002" || again.Lines[0].Account != "6200123456789" || again.Lines[0].Number != "2026-000002" {
			t.Errorf("second batch %+v", again)
		}
		w.must(w.answer(paid(again, "2026-10-23")))
		if s = w.now(s.ID); s.State != payment.Booked || s.Reference != "B000001" {
			t.Errorf("after the second answer: %s", s.State)
		}
		var lines []payment.OrderLine
		w.must(func(tx *store.Tx) (err error) { lines, err = payment.LinesOf(tx, county, order); return err })
		if len(lines) != 2 || !lines[0].Result.Paid || lines[1].Result.Reason != "账号户名不符" || lines[1].Masked != "****4321" {
			t.Errorf("lines of the first order %+v", lines)
		}
		w.must(func(tx *store.Tx) error { _, err := payment.Clear(tx, w.section3, r.ID, r.Version); return err })
		r = w.now(r.ID)
		w.must(func(tx *store.Tx) error {
			_, err := payment.Refund(tx, w.section2, r.ID, r.Version, "2026-10-23", "供应商退货")
			return err
		})
		if r = w.now(r.ID); r.State != payment.Reversed || r.Trouble != "" {
			t.Errorf("after the refund: %s %s", r.State, r.Trouble)
		}
		if l, p := w.lineNow(); l.Paid() != 800_00 || l.Refunded != 1_200_00 || p.Used != 800_00 || l.Available() != 9_200_00 {
			t.Errorf("after the refund: paid %s, available %s, plan used %s", l.Paid(), l.Available(), p.Used)
		}
		w.verified()
	})
}

// TestPairs: whoever has a part in a payment has not the one that excludes it.
func TestPairs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		own := w.clerk // who also heads the unit, and its finance office, and sits in the county
		own.Grants = append(own.Grants, w.head.Grants...)
		own.Grants = append(own.Grants, w.office.Grants...)
		own.Grants = append(own.Grants, w.section.Grants...)
		r := w.request(100)
		w.must(func(tx *store.Tx) error { _, err := payment.Ask(tx, own, r, 0); return err })
		w.refused("the maker approves", "duty-clash", w.sign(own, r.ID))
		w.refused("out of turn", "payment-not-your-turn", w.sign(w.office, r.ID))
		w.refused("no role at all", "payment-not-your-turn", w.sign(w.clerk, r.ID))
		w.must(w.sign(w.head, r.ID))
		both := w.head
		both.Grants = append(append(both.Grants[:0:0], w.head.Grants...), w.office.Grants...)
		w.refused("one person signs twice", "payment-signed-once", w.sign(both, r.ID))
		w.must(w.sign(w.office, r.ID))
		w.must(w.sign(w.section, r.ID))
		issue := func(tx *store.Tx) error {
			_, err := payment.IssueOrder(tx, w.section, payment.Order{ID: document.NewID(), Paying: w.paying}, []string{r.ID})
			return err
		}
		w.refused("the reviewer orders", "duty-clash", issue)
		approver := w.office
		approver.Grants = append(append(approver.Grants[:0:0], approver.Grants...), w.section.Grants...)
		w.refused("the approver orders", "duty-clash", func(tx *store.Tx) error {
			_, err := payment.IssueOrder(tx, approver, payment.Order{ID: document.NewID(), Paying: w.paying}, []string{r.ID})
			return err
		})
		w.refused("a cashier where the county pays", "order-regime", func(tx *store.Tx) error {
			_, err := payment.IssueOrder(tx, w.cash, payment.Order{ID: document.NewID(), Paying: w.paying}, []string{r.ID})
			return err
		})
		_, b := w.order(r.ID)
		w.must(w.answer(paid(b, "2026-10-23")))
		w.verified()
	})
}

// TestAnswer_RefusedWhole: an answer that does not agree with what was sent moves nothing.
func TestAnswer_RefusedWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		other := w.request(200)
		other.Payee = w.garage
		r, s := w.approved(w.request(100)), w.approved(other)
		order, b := w.order(r.ID, s.ID)
		unsent := document.NewID()
		third := w.request(50)
		third.Purpose = "订阅报刊"
		x := w.approved(third)
		w.must(func(tx *store.Tx) error {
			_, err := payment.IssueOrder(tx, w.section2, payment.Order{ID: unsent, Paying: w.paying}, []string{x.ID})
			return err
		})
		for code, how := range map[string]func(a *bankfile.Answer){
			"order-unknown":   func(a *bankfile.Answer) { a.Batch = "20261023-009" },
			"answer-not-sent": func(a *bankfile.Answer) { a.Batch = "20261023-002" },
			"answer-count":    func(a *bankfile.Answer) { a.Lines = a.Lines[:1] },
			"answer-sum":      func(a *bankfile.Answer) { a.Lines[0].Amount++ },
			"answer-amount":   func(a *bankfile.Answer) { a.Lines[0].Amount++; a.Lines[1].Amount-- },
			"answer-unknown":  func(a *bankfile.Answer) { a.Lines[0].Number = "2026-000099" },
			"answer-doubled": func(a *bankfile.Answer) {
				a.Lines[1].Number = a.Lines[0].Number
				a.Lines[1].Amount, a.Lines[0].Amount = 200_00, 100_00
			},
			"answer-day":  func(a *bankfile.Answer) { a.Lines[0].On = "2026-10-24" },
			"answer-bare": func(a *bankfile.Answer) { a.Lines[0].Reference = "" },
			"answer-text": func(a *bankfile.Answer) { a.Lines[0].Reference = "B\u200b1" },
		} {
			a := paid(b, "2026-10-23")
			how(&a)
			w.refused(code, code, w.answer(a))
		}
		if got := w.now(r.ID); got.State != payment.Sent || got.PaidOn != "" {
			t.Errorf("something moved: %s", got.State)
		}
		a := paid(b, "2026-10-23")
		a.Lines[0], a.Lines[1] = a.Lines[1], a.Lines[0] // the order of lines is the bank's
		w.must(w.answer(a))
		a.Lines[0].Reference = "B9"
		w.refused("another answer", "answer-differs", w.answer(a))
		var o payment.Order
		w.must(func(tx *store.Tx) (err error) { o, err = payment.SeeOrder(tx, w.section, order); return err })
		if o.State != payment.OrderAnswered || w.now(s.ID).Reference != "B000002" {
			t.Errorf("order %s, reference %s", o.State, w.now(s.ID).Reference)
		}
		w.must(func(tx *store.Tx) error {
			_, err := payment.WithdrawOrder(tx, w.section2, unsent, 1, "改日支付")
			return err
		})
		if w.now(x.ID).State != payment.Reviewed {
			t.Errorf("withdrawn: %s", w.now(x.ID).State)
		}
		w.verified()
	})
}

// TestSettle_InParts: a large answer is taken at once and settled in steps; each payment is in one state in between.
func TestSettle_InParts(t *testing.T) {
	w := newWorld(t, storetest.One(t))
	var ids []string
	for range 60 {
		r := w.request(1)
		r.Reason = "分批领用"
		ids = append(ids, w.approved(r).ID)
	}
	order, b := w.order(ids...)
	w.must(w.answer(paid(b, "2026-10-23")))
	states := func() string {
		n := map[document.State]int{}
		for _, id := range ids {
			n[w.now(id).State]++
		}
		return strings.Join([]string{count(n, payment.Sent), count(n, payment.Booked)}, " ")
	}
	if got := states(); got != "60 0" {
		t.Errorf("after the answer: %s", got)
	}
	w.must(func(tx *store.Tx) error { _, err := payment.Settle(tx, w.section2, order, 40); return err })
	if got := states(); got != "20 40" {
		t.Errorf("after the first part: %s", got)
	}
	w.verified()
	w.must(func(tx *store.Tx) error {
		left, err := payment.Settle(tx, w.section2, order, 40)
		if left != 0 {
			t.Errorf("%d left", left)
		}
		return err
	})
	if got := states(); got != "0 60" {
		t.Errorf("at the end: %s", got)
	}
	w.verified()
}
