package payment

import (
	"fmt"
	"slices"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// turn is what the actor may sign of a payment now.
type turn struct {
	stage Stage
	last  bool // his signature ends the chain
	ok    bool
	now   []Stage // the stages that are open
}

// turnOf finds the open stage whose role the actor holds over the payment's unit.
func turnOf(tx *store.Tx, by identity.Actor, r Request) (turn, error) {
	l, err := appropriation.Get(tx, by.County, r.Line)
	if err != nil {
		return turn{}, err
	}
	c, err := chainAt(tx, by.County, r.ChainOf, r.ChainFrom)
	if err != nil {
		return turn{}, err
	}
	signed, err := signatures(tx, by.County, r.ID, r.Round)
	if err != nil {
		return turn{}, err
	}
	t := turn{}
	t.now, t.last = open(c.of(l.Basis(), r.Amount), signed)
	if slices.ContainsFunc(signed, func(s Signature) bool { return s.Person == by.Person }) {
		return t, nil
	}
	for _, s := range t.now {
		if by.Has(r.Path, s.Role) {
			t.stage, t.ok = s, true
			break
		}
	}
	return t, nil
}

// Sign gives the actor's approval or review, whichever the chain asks of him now; amount is what he saw. The last
// signature lets the payment be ordered.
func Sign(tx *store.Tx, by identity.Actor, id string, version int64, amount int64) (document.Document, error) {
	r, err := see(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	if r.engine != Requested { // the engine's own refusal
		return document.Take(tx, document.Act{By: by, Kind: Kind, Step: "approve", ID: id, Version: version, Path: r.Path, Today: today}, nil)
	}
	t, err := turnOf(tx, by, r)
	if err != nil {
		return document.Document{}, err
	}
	if !t.ok {
		return document.Document{}, notHis(tx, by, r, t)
	}
	if amount != int64(r.Amount) {
		return document.Document{}, fault.Newf(fault.Conflict, "payment-amount-changed", "请刷新后核对现在的金额再签", "您看到的金额与%s的金额不同", r.label())
	}
	step := map[document.Duty]string{document.DutyApprove: "approve", document.DutyReview: "review"}[t.stage.Duty]
	queue := "approve"
	if t.last {
		step, queue = step+"-last", "order"
	}
	act := document.Act{By: by, Kind: Kind, Step: step, ID: id, Version: version, Path: r.Path, Today: today}
	return document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if err := r.still(tx, by.County, today); err != nil {
			return document.Effect{}, err
		}
		_, err := tx.Exec(`insert into payment_signature (county_id, document_id, round, person_id, place, role, amount, at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			by.County, id, r.Round, by.Person, t.stage.Place, string(t.stage.Role), int64(r.Amount), calendar.Instant(tx.Now))
		if err == nil && t.last {
			_, err = tx.Exec(`update payment_request set queue = $3 where county_id = $1 and document_id = $2`, by.County, id, queue)
		}
		if err != nil {
			return document.Effect{}, fmt.Errorf("payment.Sign %s: %w", id, err)
		}
		facts := map[string]string{"amount": r.Amount.Plain(), "place": fmt.Sprint(t.stage.Place), "role": string(t.stage.Role), "round": fmt.Sprint(r.Round)}
		return document.Effect{Facts: facts}, nil
	})
}

// notHis says why the actor has nothing to sign.
func notHis(tx *store.Tx, by identity.Actor, r Request, t turn) error {
	signed, err := signatures(tx, by.County, r.ID, r.Round)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(signed, func(s Signature) bool { return s.Person == by.Person }) {
		return fault.Newf(fault.Refused, "payment-signed-once", "请由下一环节的人办理", "您已在%s上签过,同一人只签一次", r.label())
	}
	names := ""
	for i, s := range t.now {
		if i > 0 {
			names += "、"
		}
		names += s.Role.Title()
	}
	return fault.Newf(fault.Refused, "payment-not-your-turn", "请由"+names+"先办理", "%s正等待%s,不由您审批", r.label(), names)
}

// Turn reports whether the actor may sign a payment now.
func Turn(tx *store.Tx, by identity.Actor, r Request) (Stage, bool, error) {
	if r.engine != Requested || r.Maker == by.Person {
		return Stage{}, false, nil
	}
	t, err := turnOf(tx, by, r)
	return t.stage, t.ok, err
}

// Return sends a payment that no order has taken back to its requester, and releases what it held.
func Return(tx *store.Tx, by identity.Actor, id string, version int64, reason string) (document.Document, error) {
	return letGo(tx, by, "return", id, version, reason)
}

// Reject ends a payment for good, and releases what it held.
func Reject(tx *store.Tx, by identity.Actor, id string, version int64, reason string) (document.Document, error) {
	return letGo(tx, by, "reject", id, version, reason)
}

// Withdraw is the requester's own end of a payment.
func Withdraw(tx *store.Tx, by identity.Actor, id string, version int64, reason string) (document.Document, error) {
	return letGo(tx, by, "void", id, version, reason)
}

func letGo(tx *store.Tx, by identity.Actor, step, id string, version int64, reason string) (document.Document, error) {
	r, err := see(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: Kind, Step: step, ID: id, Version: version, Path: r.Path, Today: today, Reason: reason}
	return document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if r.State == Ordered || r.State == Sent {
			return document.Effect{}, fault.Newf(fault.Refused, "payment-ordered", "支付令未发送的,先由下达人撤回支付令;已发送的,等银行回单", "%s已收入支付令,不能%s", r.label(), Kind.Step(step).Title)
		}
		if r.engine == Requested || r.engine == Reviewed {
			if err := r.release(tx, by, today); err != nil {
				return document.Effect{}, err
			}
		}
		queue := ""
		if step == "return" {
			queue = "mend"
		}
		_, err := tx.Exec(`update payment_request set queue = $3, trouble = $4 where county_id = $1 and document_id = $2`, by.County, id, queue, reason)
		if err != nil {
			return document.Effect{}, fmt.Errorf("payment: %s %s: %w", step, id, err)
		}
		return document.Effect{}, nil
	})
}
