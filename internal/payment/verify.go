package payment

import (
	"errors"
	"fmt"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Verify recomputes what payments must be: each request what its leaves say, its amount held or spent on its line and
// drawn on its plan, its signatures of the amount that stands, its place in one order whose lines the order's leaf tells,
// its vouchers linked both ways, and invoices claimed by exactly the requests that stand.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	v := &verifier{tx: tx, county: county, used: map[int64]money.Fen{}, leaves: map[string]leaf{}}
	for _, part := range []func() error{tx.Settle, v.readLeaves, v.requests, v.moves, v.plans, v.planned, v.orders, v.signatures, v.invoices, v.vouchers} {
		if err := part(); err != nil {
			return nil, fmt.Errorf("payment.Verify: %w", err)
		}
	}
	return v.flaws, nil
}

type verifier struct {
	tx     *store.Tx
	county int64
	used   map[int64]money.Fen // by line, from the requests
	leaves map[string]leaf
	flaws  []document.Flaw
}

// leaf is what the leaves of a document say: the last rows, and how they paid.
type leaf struct{ rows, paid, booked string }

func (v *verifier) flaw(id, format string, args ...any) {
	v.flaws = append(v.flaws, document.Flaw{Document: id, Message: fmt.Sprintf(format, args...)})
}

// readLeaves reads what the leaves of requests, plans and orders say.
func (v *verifier) readLeaves() error {
	for _, name := range []string{"payment_request", "payment_plan", "payment_order"} {
		err := v.each(`select t.document_id, t.step, t.leaf from `+name+` x cross join trail t
			where x.county_id = $1 and t.county_id = x.county_id and t.document_id = x.document_id order by t.document_id, t.version`, func(row scanner) error {
			var id, step, text string
			if err := row.Scan(&id, &step, &text); err != nil {
				return err
			}
			l := v.leaves[id]
			if rows := trail.RowsOf(text); rows != "" {
				l.rows = rows
			}
			switch step {
			case "pay", "pay-booked", "answer":
				l.paid = text
			case "book":
				l.booked = text
			}
			v.leaves[id] = l
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type scanner interface{ Scan(...any) error }

func (v *verifier) each(q string, f func(row scanner) error) error {
	rows, err := v.tx.Query(q, v.county)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// queues are what each state waits for.
var queues = map[document.State]string{Requested: "approve", Reviewed: "order", Ordered: "bank", Sent: "bank", Paid: "book", Returned: "mend", Failed: "mend"}

func (v *verifier) requests() error {
	kept := map[string][]Invoice{}
	err := v.each(`select document_id, number, date, amount from payment_invoice where county_id = $1 order by document_id, number`, func(row scanner) error {
		var id string
		var i Invoice
		err := row.Scan(&id, &i.Number, &i.Date, &i.Amount)
		kept[id] = append(kept[id], i)
		return err
	})
	if err != nil {
		return err
	}
	return v.each(`select `+columns+from, func(row scanner) error {
		r, err := scan(row)
		if err != nil {
			return err
		}
		r.Invoices = kept[r.ID]
		told := v.leaves[r.ID]
		if trail.Digest(r.rows()) != told.rows {
			v.flaw(r.ID, "支付申请 %s 的内容与存证不符", r.Number)
		}
		if r.Queue != queues[r.State] && !(r.State == Reversed && r.Queue == "book") {
			v.flaw(r.ID, "支付申请 %s 为「%s」,待办环节却记为「%s」", r.Number, Title(r.State), r.Queue)
		}
		paid := r.State == Paid || r.State == Booked || r.State == Cleared || r.State == Reversed
		if paid != (told.paid != "") || paid && !(trail.Says(told.paid, "on", string(r.PaidOn)) && trail.Says(told.paid, "reference", r.Reference)) {
			v.flaw(r.ID, "支付申请 %s 的支付情况与存证不符", r.Number)
		}
		for key, ref := range map[string]string{"unit_voucher": r.Unitary, "general_voucher": r.General} {
			if ref != "" && !trail.Says(told.paid, key, ref) && !trail.Says(told.booked, key, ref) {
				v.flaw(r.ID, "支付申请 %s 的凭证与存证不符", r.Number)
			}
		}
		switch r.State {
		case Requested, Reviewed, Ordered, Sent, Paid, Booked, Cleared:
			v.used[r.Line] += r.Amount
		}
		return nil
	})
}

// moves wants each payment's moves on its line to come to what its state says.
func (v *verifier) moves() error {
	return v.each(`select r.document_id, r.number, r.amount, d.state,
		cast(coalesce(sum(case m.kind when 'hold' then m.amount when 'release' then -m.amount when 'spend' then -m.amount else 0 end), 0) as bigint),
		cast(coalesce(sum(case m.kind when 'spend' then m.amount when 'refund' then -m.amount else 0 end), 0) as bigint)
		from payment_request r cross join document d left join appropriation_move m on m.county_id = r.county_id and m.document_id = r.document_id
		where r.county_id = $1 and d.county_id = r.county_id and d.document_id = r.document_id group by r.document_id, r.number, r.amount, d.state`, func(row scanner) error {
		var id, number string
		var state document.State
		var amount, held, paid money.Fen
		if err := row.Scan(&id, &number, &amount, &state, &held, &paid); err != nil {
			return err
		}
		var wantHeld, wantPaid money.Fen
		switch state {
		case Requested, Reviewed:
			wantHeld = amount
		case Paid, Booked, Cleared:
			wantPaid = amount
		}
		if held != wantHeld || paid != wantPaid {
			v.flaw(id, "支付申请 %s 为「%s」%s 元,指标上占用 %s 元、支付 %s 元", number, Title(state), amount, held, paid)
		}
		return nil
	})
}

// plans wants each line's plan to be what its issued plans gave, and to be drawn on by its requests alone.
func (v *verifier) plans() error {
	given := map[int64][12]money.Fen{}
	items := map[string][]PlanItem{}
	err := v.each(`select i.document_id, i.line_id, i.month, i.amount, d.state from payment_plan_item i cross join document d
		where i.county_id = $1 and d.county_id = i.county_id and d.document_id = i.document_id order by i.document_id, i.item`, func(row scanner) error {
		var id string
		var it PlanItem
		var state document.State
		if err := row.Scan(&id, &it.Line, &it.Month, &it.Amount, &state); err != nil {
			return err
		}
		items[id] = append(items[id], it)
		if state == PlanIssued {
			months := given[it.Line]
			months[it.Month-1] += it.Amount
			given[it.Line] = months
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = v.each(`select `+planDocColumns+planDocFrom, func(row scanner) error {
		p, err := scanPlanDoc(row)
		if err != nil {
			return err
		}
		p.Items = items[p.ID]
		if trail.Digest(p.rows()) != v.leaves[p.ID].rows {
			v.flaw(p.ID, "用款计划 %s 的内容与存证不符", p.Number)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = v.each(`select `+planColumns+` from payment_plan_line l where l.county_id = $1`, func(row scanner) error {
		p, err := scanPlan(row)
		if err != nil {
			return err
		}
		if p.Months != given[p.Line] || p.Used != v.used[p.Line] {
			v.flaw("", "指标 %d 的用款计划与已下达计划、支付申请不符:计划 %s 元,已用 %s 元,按申请为 %s 元", p.Line, p.Through(12), p.Used, v.used[p.Line])
		}
		delete(v.used, p.Line)
		return nil
	})
	for line, used := range v.used {
		if used != 0 {
			v.flaw("", "指标 %d 没有用款计划,却有支付 %s 元", line, used)
		}
	}
	return err
}

// planned wants what appropriations say is planned to be what the plans gave, within the adjusted budget.
func (v *verifier) planned() error {
	return v.each(`select l.number, l.planned, coalesce(p.m1 + p.m2 + p.m3 + p.m4 + p.m5 + p.m6 + p.m7 + p.m8 + p.m9 + p.m10 + p.m11 + p.m12, 0),
		l.provisional + l.initial + l.carried_in + l.added - l.reduced + l.moved - l.recalled - l.carried_out
		from appropriation_line l left join payment_plan_line p on p.county_id = l.county_id and p.line_id = l.line_id where l.county_id = $1`, func(row scanner) error {
		var number string
		var said, given, adjusted money.Fen
		if err := row.Scan(&number, &said, &given, &adjusted); err != nil {
			return err
		}
		if said != given || given > adjusted {
			v.flaw("", "指标 %s 已列计划记为 %s 元,用款计划 %s 元,调整后预算 %s 元", number, said, given, adjusted)
		}
		return nil
	})
}

// orders compares each order with its leaf, its lines with the payments in it, and its results with the payments' states.
func (v *verifier) orders() error {
	lines := map[string][]OrderLine{}
	err := v.each(`select l.order_id, l.seq, l.document_id, l.number, l.account_by, l.amount, coalesce(x.paid, false), coalesce(x.on_day, ''), coalesce(r.paid_on, ''), coalesce(r.order_id, '')
		from payment_order_line l left join payment_result x on x.county_id = l.county_id and x.order_id = l.order_id and x.seq = l.seq
		left join payment_request r on r.county_id = l.county_id and r.document_id = l.document_id where l.county_id = $1 order by l.order_id, l.seq`, func(row scanner) error {
		var l OrderLine
		var order, paidOn, now string
		if err := row.Scan(&order, &l.Seq, &l.Payment, &l.Number, &l.Account, &l.Amount, &l.Result.Paid, &l.Result.On, &paidOn, &now); err != nil {
			return err
		}
		if l.Result.Paid && (now != order || paidOn != string(l.Result.On) && paidOn != "") {
			v.flaw(l.Payment, "支付号 %s 的银行回单与支付记录不符", l.Number)
		}
		lines[order] = append(lines[order], l)
		return nil
	})
	if err != nil {
		return err
	}
	return v.each(`select `+orderColumns+orderFrom, func(row scanner) error {
		o, err := scanOrder(row)
		if err != nil {
			return err
		}
		told, all := v.leaves[o.ID], lines[o.ID]
		var sum money.Fen
		for _, l := range all {
			sum += l.Amount
		}
		if trail.Digest(o.rows(all)) != told.rows || sum != o.Total || int64(len(all)) != o.Lines {
			v.flaw(o.ID, "支付令 %s 的内容与存证不符", o.Number)
		}
		if (o.Answer != "") != (told.paid != "") || o.Answer != "" && !trail.Says(told.paid, "answer", o.Answer) {
			v.flaw(o.ID, "支付令 %s 的回单与存证不符", o.Number)
		}
		return nil
	})
}

// signatures wants nobody to have signed another amount, and the requester not at all.
func (v *verifier) signatures() error {
	return v.each(`select s.document_id, r.number from payment_signature s join payment_request r on r.county_id = s.county_id and r.document_id = s.document_id
		where s.county_id = $1 and s.round = r.round and (s.amount <> r.amount or s.person_id = r.maker_id)`, func(row scanner) error {
		var id, number string
		err := row.Scan(&id, &number)
		v.flaw(id, "支付申请 %s 的审批签字与金额或经办人不符", number)
		return err
	})
}

// invoices wants each invoice of a standing request claimed by it, and no other claim.
func (v *verifier) invoices() error {
	return v.each(`select coalesce(i.document_id, c.document_id), coalesce(i.number, c.number) from payment_invoice i
		join document d on d.county_id = i.county_id and d.document_id = i.document_id and d.state not in ('returned', 'rejected', 'void', 'failed', 'reversed')
		left join invoice_claim c on c.county_id = i.county_id and c.number = i.number and c.document_id = i.document_id
		where i.county_id = $1 and c.number is null
		union all select c.document_id, c.number from invoice_claim c left join payment_invoice i on i.county_id = c.county_id and i.document_id = c.document_id and i.number = c.number
		where c.county_id = $1 and i.number is null`, func(row scanner) error {
		var id, number string
		err := row.Scan(&id, &number)
		v.flaw(id, "发票 %s 的占用记录与支付申请不符", number)
		return err
	})
}

// vouchers wants the vouchers that a payment names to be there, made by it, and of its amount.
func (v *verifier) vouchers() error {
	type named struct {
		id, number, ref string
		amount          money.Fen
	}
	var all []named
	err := v.each(`select document_id, number, amount, coalesce(unit_voucher, ''), coalesce(general_voucher, '') from payment_request
		where county_id = $1 and (unit_voucher is not null or general_voucher is not null)`, func(row scanner) error {
		var n named
		var general string
		err := row.Scan(&n.id, &n.number, &n.amount, &n.ref, &general)
		for _, ref := range []string{n.ref, general} {
			if ref != "" {
				all = append(all, named{n.id, n.number, ref, n.amount})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, n := range all {
		book, at, err := ledger.ParseRef(n.ref)
		var source string
		var amount money.Fen
		if err == nil {
			err = v.tx.QueryRow(`select source, amount from voucher where county_id = $1 and book_id = $2 and period = $3 and word = $4 and number = $5`,
				v.county, book, string(at.Period), at.Word, at.Number).Scan(&source, &amount)
		}
		if err != nil && !errors.Is(err, store.ErrNoRows) && fault.As(err) == nil {
			return err
		}
		if source != n.id || amount != n.amount {
			v.flaw(n.id, "支付申请 %s 的凭证 %s 不存在或与支付不符", n.number, n.ref)
		}
	}
	return nil
}
