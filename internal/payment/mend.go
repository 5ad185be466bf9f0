package payment

import (
	"fmt"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Correct lets a payment that the bank failed go into another batch, to the account that the payee has now. Payee and
// amount stay as they were approved; the amount is held anew.
func Correct(tx *store.Tx, by identity.Actor, id string, version int64, reason string) (document.Document, error) {
	r, err := See(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: Kind, Step: "correct", ID: id, Version: version, Path: r.Path, Today: today, Reason: reason}
	return document.Take(tx, act, func(document.Document) (document.Effect, error) {
		p, err := payee.Payable(tx, by.County, r.Payee, today)
		if err != nil {
			return document.Effect{}, err
		}
		r.Account = p.Account.Document
		if err := r.hold(tx, by, today); err != nil {
			return document.Effect{}, err
		}
		_, err = tx.Exec(`delete from payment_invoice where county_id = $1 and document_id = $2`, by.County, id)
		if err == nil {
			err = r.claim(tx, by.County)
		}
		if err == nil {
			_, err = tx.Exec(`update payment_request set account_by = $3, queue = 'order', trouble = '' where county_id = $1 and document_id = $2`, by.County, id, r.Account)
		}
		if err != nil {
			return document.Effect{}, fmt.Errorf("payment.Correct %s: %w", id, err)
		}
		return document.Effect{Rows: trail.Digest(r.rows())}, nil
	})
}

// Clear confirms that bank and treasury have cleared a payment.
func Clear(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	r, err := see(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: Kind, Step: "clear", ID: id, Version: version, Path: r.Path, Today: today}
	return document.Take(tx, act, nil)
}

// Refund takes a whole payment back: the money stands on the line and in its plan again, and its vouchers get red twins,
// dated today. on is the day on which the money came back.
func Refund(tx *store.Tx, by identity.Actor, id string, version int64, on calendar.Date, reason string) (document.Document, error) {
	r, err := see(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	if _, err := calendar.ParseDate(string(on)); err != nil {
		return document.Document{}, fault.As(err).In("on")
	}
	act := document.Act{By: by, Kind: Kind, Step: "refund", ID: id, Version: version, Path: r.Path, Today: today, Reason: reason}
	return document.Take(tx, act, func(before document.Document) (document.Effect, error) {
		if on < r.PaidOn || on > today {
			return document.Effect{}, fault.Newf(fault.Invalid, "refund-day", "请填款项退回到账的日期", "退款日期 %s 不在支付日 %s 至今天之间", on, r.PaidOn).In("on")
		}
		if err := appropriation.Refund(tx, by, r.use(on)); err != nil {
			return document.Effect{}, err
		}
		if err := freePlan(tx, by.County, r.Line, r.Amount); err != nil {
			return document.Effect{}, err
		}
		k := newBookkeeping(tx, by.County, by, by.Person)
		facts := map[string]string{"on": string(on)}
		trouble, err := k.takeBack(r, facts)
		if err != nil {
			return document.Effect{}, err
		}
		queue := ""
		if trouble != "" {
			queue = "book"
		}
		_, err = tx.Exec(`update payment_request set queue = $3, trouble = $4 where county_id = $1 and document_id = $2`, by.County, id, queue, trouble)
		if err == nil {
			_, err = tx.Exec(`delete from invoice_claim where county_id = $1 and document_id = $2`, by.County, id)
		}
		if err != nil {
			return document.Effect{}, fmt.Errorf("payment.Refund %s: %w", id, err)
		}
		return document.Effect{Facts: facts}, nil
	})
}

// takeBack posts the red twins of a payment's vouchers.
func (k *bookkeeping) takeBack(r Request, facts map[string]string) (trouble string, err error) {
	l, err := appropriation.Get(k.tx, k.county, r.Line)
	if err != nil {
		return "", err
	}
	w, err := k.vouching(l, r.PaidOn)
	if err != nil {
		return "", err
	}
	refused := w.trouble
	for _, ref := range []string{r.Unitary, r.General} {
		if ref == "" || refused != nil {
			continue
		}
		var twin string
		if twin, refused = k.twin(w, ref, r); refused == nil {
			facts["twin_of_"+ref] = twin
		}
	}
	if refused != nil {
		f := fault.As(refused)
		if f == nil {
			return "", refused
		}
		return f.Error(), nil
	}
	return "", nil
}

func (k *bookkeeping) twin(w *vouching, ref string, r Request) (string, error) {
	book, number, err := ledger.ParseRef(ref)
	if err != nil {
		return "", err
	}
	b, err := ledger.GetBook(k.tx, k.county, book)
	if err != nil {
		return "", err
	}
	of, err := ledger.GetVoucher(k.tx, b, number)
	if err != nil {
		return "", err
	}
	if of.ReversedBy != nil { // by hand, before
		return ledger.Ref(book, *of.ReversedBy), nil
	}
	v := ledger.Voucher{Book: book, Date: max(b.Today, of.Date), Word: number.Word, Reverses: &number, Source: r.ID, Chain: r.ID, Note: "支付款项退回"}
	for _, l := range of.Lines {
		l.Debit, l.Credit = -l.Debit, -l.Credit
		l.Summary = "退回:" + strings.TrimSpace(l.Summary)
		v.Lines = append(v.Lines, l)
	}
	n, err := ledger.PostAtOnce(k.tx, w.maker, w.checker, document.NewID(), v)
	if err != nil {
		return "", err
	}
	return ledger.Ref(book, n), nil
}
