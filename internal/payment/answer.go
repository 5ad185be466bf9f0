package payment

import (
	"fmt"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
	"xiangzhang/internal/trail"
)

var results = store.NewTable("payment_result", 3, 0, "#county_id", "order_id", "#seq", "?paid", "reason", "reference", "on_day")

// settleAtOnce is how many payments are settled in the step that takes the answer; more are settled in steps of their
// own, so that nobody waits behind a large batch.
const settleAtOnce = 50

// Answer takes the bank's answer to an order, whole or not at all: everything must agree with what was sent. The same
// answer again changes nothing. left is how many payments are still to be settled, by Settle.
func Answer(tx *store.Tx, by identity.Actor, a bankfile.Answer) (order string, left int64, err error) {
	o, err := seeOrder(tx, by, `and o.number = $2`, a.Batch)
	if err != nil {
		return "", 0, err
	}
	digest := trail.Digest(answerRows(a))
	if o.Answer != "" {
		return o.ID, 0, o.again(digest)
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return o.ID, 0, err
	}
	if o.State != OrderSent {
		return o.ID, 0, fault.Newf(fault.Refused, "answer-not-sent", "请先发送支付令;回单退回银行核对", "支付令 %s 当前为「%s」,没有发给银行,不能收回单", o.Number, OrderKind.States[o.State])
	}
	sent, err := LinesOf(tx, by.County, o.ID)
	if err != nil {
		return o.ID, 0, err
	}
	matched, err := o.agrees(a, sent, today)
	if err != nil {
		return o.ID, 0, err
	}
	d, err := stepOrder(tx, by, "answer", o.ID, o.Version, "", func(Order, calendar.Date) (document.Effect, error) {
		for i, x := range matched {
			tx.Append(results, by.County, o.ID, sent[i].Seq, x.Paid, x.Reason, x.Reference, string(x.On))
		}
		_, err := tx.Exec(`update payment_order set answer = $3 where county_id = $1 and document_id = $2`, by.County, o.ID, digest)
		if err != nil {
			return document.Effect{}, fmt.Errorf("payment.Answer %s: %w", o.ID, err)
		}
		return document.Effect{Facts: map[string]string{"answer": digest}}, nil
	})
	if err != nil {
		return o.ID, 0, err
	}
	if len(sent) > settleAtOnce {
		return o.ID, int64(len(sent)), nil
	}
	s := newSettling(tx, by, o, today)
	for i, x := range matched {
		if err := s.settle(sent[i].Payment, Result{x.Paid, x.Reason, x.Reference, x.On}); err != nil {
			return o.ID, 0, err
		}
	}
	_, err = stepOrder(tx, by, "finish", o.ID, d.Version, "", nil)
	return o.ID, 0, err
}

// again tells an answer that comes twice from another answer to the same order.
func (o Order) again(digest string) error {
	if o.Answer == digest {
		return nil
	}
	return fault.Newf(fault.Refused, "answer-differs", "请银行说明以哪一份为准;已入账的按退款办理", "支付令 %s 已按另一份回单办理,本次回单内容不同,没有采用", o.Number)
}

// agrees compares an answer with what was sent, and gives its results in the order of the lines.
func (o Order) agrees(a bankfile.Answer, sent []OrderLine, today calendar.Date) ([]bankfile.Result, error) {
	wrong := func(code, format string, args ...any) error {
		return fault.Newf(fault.Refused, code, "整份回单未采用,没有任何变动;请退回银行核对后重新提供", "支付令 %s 的回单"+format, append([]any{o.Number}, args...)...)
	}
	if len(a.Lines) != len(sent) {
		return nil, wrong("answer-count", "有 %d 笔,发送 %d 笔", len(a.Lines), len(sent))
	}
	if a.Total() != o.Total {
		return nil, wrong("answer-sum", "合计 %s 元,发送合计 %s 元,相差 %s 元", a.Total(), o.Total, (a.Total() - o.Total).Abs())
	}
	at := make(map[string]int, len(sent))
	for i, l := range sent {
		at[l.Number] = i
	}
	matched := make([]bankfile.Result, len(sent))
	for _, x := range a.Lines {
		i, ok := at[x.Number]
		switch {
		case !ok:
			return nil, wrong("answer-unknown", "有支付号 %s,不在该批中", x.Number)
		case matched[i].Number != "":
			return nil, wrong("answer-doubled", "中支付号 %s 出现两次", x.Number)
		case x.Amount != sent[i].Amount:
			return nil, wrong("answer-amount", "中支付号 %s 为 %s 元,发送 %s 元", x.Number, x.Amount, sent[i].Amount)
		case x.On < o.On || x.On > today:
			return nil, wrong("answer-day", "中支付号 %s 的日期 %s 不在发送日 %s 至今天之间", x.Number, x.On, o.On)
		case x.Paid && x.Reference == "" || !x.Paid && x.Reason == "":
			return nil, wrong("answer-bare", "中支付号 %s 没有银行流水号或失败原因", x.Number)
		}
		for _, t := range []struct{ title, value string }{{"流水号", x.Reference}, {"失败原因", x.Reason}} {
			if text.Check("answer", t.title, t.value, noteMost) != nil {
				return nil, wrong("answer-text", "中支付号 %s 的%s无法辨认或过长", x.Number, t.title)
			}
		}
		matched[i] = x
	}
	return matched, nil
}

func answerRows(a bankfile.Answer) []byte {
	o := trail.NewObject()
	o.Text("batch", a.Batch)
	o.Objects("lines", len(a.Lines), func(i int, x *trail.Object) {
		l := a.Lines[i]
		paid := int64(0)
		if l.Paid {
			paid = 1
		}
		x.Int("amount", int64(l.Amount)).Text("number", l.Number).Text("on", string(l.On)).Int("paid", paid).Text("reason", l.Reason).Text("reference", l.Reference)
	})
	return o.Bytes()
}

// Settle settles up to most payments of an order whose answer was taken, and ends the order with the last; left is how
// many are still to be settled. It may be called again after a crash.
func Settle(tx *store.Tx, by identity.Actor, order string, most int) (left int64, err error) {
	o, err := SeeOrder(tx, by, order)
	if err != nil || o.State != OrderAnswering {
		return 0, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return 0, err
	}
	if err := tx.Settle(); err != nil {
		return 0, err
	}
	if err := tx.QueryRow(`select count(*) from payment_request where county_id = $1 and order_id = $2 and queue = 'bank'`, by.County, order).Scan(&left); err != nil {
		return 0, fmt.Errorf("payment.Settle %s: %w", order, err)
	}
	due, err := unsettled(tx, by.County, order, o.Lines-left, most) // in the order of the lines, so those before are settled
	if err != nil {
		return 0, err
	}
	s := newSettling(tx, by, o, today)
	for _, l := range due {
		if err := s.settle(l.Payment, l.Result); err != nil {
			return 0, err
		}
	}
	left -= int64(len(due))
	if left == 0 {
		_, err = stepOrder(tx, by, "finish", order, o.Version, "", nil)
	}
	return left, err
}

func unsettled(tx *store.Tx, county int64, order string, after int64, most int) ([]OrderLine, error) {
	rows, err := tx.Query(`select r.document_id, x.paid, x.reason, x.reference, x.on_day from payment_order_line l
		join payment_request r on r.county_id = l.county_id and r.document_id = l.document_id and r.order_id = l.order_id and r.queue = 'bank'
		join payment_result x on x.county_id = l.county_id and x.order_id = l.order_id and x.seq = l.seq
		where l.county_id = $1 and l.order_id = $2 and l.seq > $3 order by l.seq limit $4`, county, order, after, most)
	if err != nil {
		return nil, fmt.Errorf("payment.Settle %s: %w", order, err)
	}
	defer rows.Close()
	var all []OrderLine
	for rows.Next() {
		var l OrderLine
		if err := rows.Scan(&l.Payment, &l.Result.Paid, &l.Result.Reason, &l.Result.Reference, &l.Result.On); err != nil {
			return nil, fmt.Errorf("payment.Settle %s: %w", order, err)
		}
		all = append(all, l)
	}
	return all, rows.Err()
}

// settling settles payments of one order in one step.
type settling struct {
	tx    *store.Tx
	by    identity.Actor
	order Order
	today calendar.Date
	book  *bookkeeping
}

func newSettling(tx *store.Tx, by identity.Actor, o Order, today calendar.Date) *settling {
	return &settling{tx: tx, by: by, order: o, today: today, book: newBookkeeping(tx, by.County, by, o.Maker)}
}

// settle pays or fails one payment as the bank said.
func (s *settling) settle(id string, x Result) error {
	r, err := get(s.tx, s.by.County, id)
	if err != nil {
		return err
	}
	if r.Order != s.order.ID || r.Queue != "bank" {
		return fault.Newf(fault.Conflict, "payment-settled", "请刷新后核对", "%s已按回单办理过", r.label())
	}
	act := document.Act{
		By: s.by, Kind: Kind, ID: id, Version: r.Version, Path: r.Path, Today: s.today,
		Parts: []document.Part{{Duty: document.DutyPay, Person: s.order.Maker}},
	}
	facts := map[string]string{"order": s.order.Number, "on": string(x.On), "reference": x.Reference}
	if !x.Paid {
		act.Step, act.Reason = "fail", ""
		_, err := document.Take(s.tx, act, func(document.Document) (document.Effect, error) {
			if err := r.release(s.tx, s.by, s.today); err != nil {
				return document.Effect{}, err
			}
			facts["why"] = x.Reason
			return document.Effect{Facts: facts}, s.keep(id, "mend", x, x.Reason, "", "")
		})
		return err
	}
	vouchers, trouble, err := s.book.post(r, x.On)
	if err != nil {
		return err
	}
	queue := ""
	if act.Step = "pay-booked"; trouble != "" {
		act.Step, queue = "pay", "book"
	}
	_, err = document.Take(s.tx, act, func(document.Document) (document.Effect, error) {
		if err := appropriation.Spend(s.tx, s.by, r.use(x.On)); err != nil {
			return document.Effect{}, err
		}
		vouchers.facts(facts)
		return document.Effect{Facts: facts}, s.keep(id, queue, x, trouble, vouchers.unit, vouchers.general)
	})
	return err
}

func (s *settling) keep(id, queue string, x Result, trouble, unit, general string) error {
	on, reference := string(x.On), x.Reference
	if !x.Paid {
		on, reference = "", ""
	}
	_, err := s.tx.Exec(`update payment_request set queue = $3, paid_on = $4, reference = $5, trouble = $6, unit_voucher = nullif($7, ''),
		general_voucher = nullif($8, ''), order_id = case when $4 = '' then null else order_id end where county_id = $1 and document_id = $2`,
		s.by.County, id, queue, on, reference, trouble, unit, general)
	if err != nil {
		return fmt.Errorf("payment: settle %s: %w", id, err)
	}
	return nil
}
