package payment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Ask makes a request and holds its amount, or revises one that was returned where version is not 0. The same form again
// is refused with an error for which document.IsTaken holds.
func Ask(tx *store.Tx, by identity.Actor, r Request, version int64) (document.Document, error) {
	r.trim()
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	l, err := appropriation.See(tx, by, r.Line)
	if fault.Is(err, fault.NotFound) {
		err = appropriation.Affords(tx, by.County, appropriation.Use{Line: 0, Amount: r.Amount, On: today})
	}
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: Kind, Step: "request", ID: r.ID, Version: version, Unit: l.Unit, Path: l.Path, Today: today}
	if version == 0 {
		return document.Make(tx, act, func() (document.Effect, error) {
			n, err := org.NextID(tx, by.County, fmt.Sprintf("payment|%d", today.Year()))
			if err != nil {
				return document.Effect{}, err
			}
			r.Number, r.Round = fmt.Sprintf("%d-%06d", today.Year(), n), 1
			return r.ask(tx, by, l, today)
		})
	}
	standing, err := see(tx, by, r.ID)
	if err != nil {
		return document.Document{}, err
	}
	if standing.Unit != l.Unit {
		return document.Document{}, fault.Newf(fault.Refused, "payment-other-unit", "请撤回后另行申请", "%s 是%s的,不能改用%s的指标", standing.label(), standing.UnitName, l.UnitName).In("line")
	}
	r.Number, r.Round = standing.Number, standing.Round+1
	act.Step = "revise"
	return document.Take(tx, act, func(document.Document) (document.Effect, error) { return r.ask(tx, by, l, today) })
}

func (r *Request) trim() {
	for _, s := range []*string{&r.Purpose, &r.Economic, &r.Contract, &r.Reason} {
		*s = strings.TrimSpace(*s)
	}
	r.Method = cmp.Or(r.Method, Transfer)
	for i := range r.Invoices {
		r.Invoices[i].Number = strings.ToUpper(strings.Join(strings.Fields(r.Invoices[i].Number), ""))
	}
	slices.SortFunc(r.Invoices, func(a, b Invoice) int { return strings.Compare(a.Number, b.Number) })
}

// ask checks a request, holds its amount on plan and line, claims its invoices and keeps it.
func (r *Request) ask(tx *store.Tx, by identity.Actor, l appropriation.Line, today calendar.Date) (document.Effect, error) {
	var err error
	r.Unit, r.Path, r.On, r.Maker, r.Economic = l.Unit, l.Path, today, by.Person, cmp.Or(r.Economic, l.Economic)
	if r.Regime, err = Regime(tx, by.County, l.Path, today); err != nil {
		return document.Effect{}, err
	}
	chain, err := ChainFor(tx, by.County, r.Regime, today)
	if err != nil {
		return document.Effect{}, err
	}
	r.ChainOf, r.ChainFrom = chain.Regime, chain.From
	if err := r.check(tx, by, l, today); err != nil {
		return document.Effect{}, err
	}
	paying, err := payingFor(tx, by.County, l, today)
	if err != nil {
		return document.Effect{}, err
	}
	r.Paying = paying.ID
	if err := r.hold(tx, by, today); err != nil {
		return document.Effect{}, err
	}
	if err := r.keep(tx, by.County); err != nil {
		return document.Effect{}, err
	}
	return document.Effect{Ref: r.Number, Rows: trail.Digest(r.rows())}, r.claim(tx, by.County)
}

// hold takes the amount from plan and line; the line's own refusal comes first.
func (r Request) hold(tx *store.Tx, by identity.Actor, today calendar.Date) error {
	if err := appropriation.Hold(tx, by, r.use(today)); err != nil {
		return err
	}
	return usePlan(tx, by.County, r.Line, today.Period().Month(), r.Amount)
}

// release gives back what hold took and frees the invoices.
func (r Request) release(tx *store.Tx, by identity.Actor, today calendar.Date) error {
	on := today
	if on.Year() != r.On.Year() { // the year of the line is over
		on = calendar.PeriodOf(r.On.Year(), 12).Last()
	}
	if err := appropriation.Release(tx, by, r.use(on)); err != nil {
		return err
	}
	if err := freePlan(tx, by.County, r.Line, r.Amount); err != nil {
		return err
	}
	_, err := tx.Exec(`delete from invoice_claim where county_id = $1 and document_id = $2`, by.County, r.ID)
	if err != nil {
		return fmt.Errorf("payment %s: invoices: %w", r.ID, err)
	}
	return nil
}

func (r Request) keep(tx *store.Tx, county int64) (err error) {
	if r.Round > 1 {
		_, err = tx.Exec(`update payment_request set line_id = $3, payee_id = $4, account_by = $5, paying_id = $6, amount = $7, purpose = $8, economic = $9,
			method = $10, contract = $11, urgent = $12, reason = $13, on_day = $14, regime = $15, chain_from = $16, chain_of = $17, round = $18, maker_id = $19,
			queue = 'approve', trouble = '' where county_id = $1 and document_id = $2`,
			county, r.ID, r.Line, r.Payee, r.Account, r.Paying, int64(r.Amount), r.Purpose, r.Economic, string(r.Method), r.Contract, r.Urgent, r.Reason,
			string(r.On), r.Regime, string(r.ChainFrom), r.ChainOf, r.Round, r.Maker)
		if err == nil {
			_, err = tx.Exec(`delete from payment_invoice where county_id = $1 and document_id = $2`, county, r.ID)
		}
	} else {
		_, err = tx.Exec(`insert into payment_request (county_id, document_id, line_id, payee_id, account_by, paying_id, amount, purpose, economic, method,
			contract, urgent, reason, on_day, regime, chain_from, chain_of, round, maker_id, number, unit_id, queue)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 'approve')`,
			county, r.ID, r.Line, r.Payee, r.Account, r.Paying, int64(r.Amount), r.Purpose, r.Economic, string(r.Method), r.Contract, r.Urgent, r.Reason,
			string(r.On), r.Regime, string(r.ChainFrom), r.ChainOf, r.Round, r.Maker, r.Number, r.Unit)
	}
	if store.IsUnique(err) {
		return fault.New(fault.Conflict, "document-exists", "这张支付申请已经提交过", "请刷新后查看,勿重复提交")
	}
	if err != nil {
		return fmt.Errorf("payment %s: %w", r.ID, err)
	}
	return nil
}

// claim keeps the invoices and takes their numbers, each once over the county.
func (r Request) claim(tx *store.Tx, county int64) error {
	for _, v := range r.Invoices {
		n, err := tx.Exec(`insert into invoice_claim (county_id, number, document_id) values ($1, $2, $3) on conflict do nothing`, county, v.Number, r.ID)
		if err == nil && n == 0 {
			return usedBefore(tx, county, v)
		}
		if err == nil {
			_, err = tx.Exec(`insert into payment_invoice (county_id, document_id, number, date, amount) values ($1, $2, $3, $4, $5)`,
				county, r.ID, v.Number, string(v.Date), int64(v.Amount))
		}
		if err != nil {
			return fmt.Errorf("payment %s: invoice: %w", r.ID, err)
		}
	}
	return nil
}

func usedBefore(tx *store.Tx, county int64, v Invoice) error {
	var number, unit string
	err := tx.QueryRow(`select r.number, u.name from invoice_claim c join payment_request r on r.county_id = c.county_id and r.document_id = c.document_id
		join unit u on u.county_id = r.county_id and u.unit_id = r.unit_id where c.county_id = $1 and c.number = $2`, county, v.Number).Scan(&number, &unit)
	if err != nil {
		return fmt.Errorf("payment: invoice %s: %w", v.Number, err)
	}
	return fault.Newf(fault.Refused, "invoice-used", "请核对发票;同一张发票只能支付一次", "发票 %s 已用于%s的支付申请 %s", v.Number, unit, number).In("invoice")
}
