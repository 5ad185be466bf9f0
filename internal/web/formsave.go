package web

import (
	"net/http"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// saveVoucher keeps, proposes, adds lines or submits, as the button says.
func saveVoucher(c *call) (answer, error) {
	t, err := c.typing("录入凭证")
	if err != nil {
		return answer{}, err
	}
	if _, err := document.ParseID(t.draft.Document); err != nil {
		return answer{}, err
	}
	switch c.form("do") {
	case doMore, doLists:
		if c.form("do") == doMore {
			t.extra = rowsMore
		}
		return show("voucher/form", t.form(c))
	case doPropose:
		return t.showProposal(c)
	}
	if err := t.keepable(); err != nil {
		return t.again(c, err)
	}
	doc, err := t.save(c)
	if err != nil {
		return t.again(c, err)
	}
	if do := c.form("do"); do == doSubmit || do == doAnother {
		if doc.State == ledger.Draft {
			if doc, err = t.submit(c, doc); err != nil {
				t.kept = !fault.Is(err, fault.Conflict)
				return t.again(c, t.orPropose(err))
			}
		}
		if do == doAnother {
			return goTo(bookPath(t.book) + "/vouchers/new?period=" + string(calendar.Date(t.draft.Date).Period()) + "&done=" + doc.ID)
		}
		return goTo(voucherPath(doc.ID))
	}
	if doc.State != ledger.Draft {
		return goTo(voucherPath(doc.ID))
	}
	return goTo(voucherPath(doc.ID) + "/edit?saved=1")
}

// orPropose fills an empty budgetary half with the proposal that it was refused for not being.
func (t *typing) orPropose(err error) error {
	if _, budgetary := t.halves(); len(budgetary) > 0 || !fault.HasCode(err, "proposal-altered") {
		return err
	}
	if found, e := t.propose(); e != nil || !found {
		return err
	}
	return fault.New(fault.Refused, "proposal-unread", "已按财务会计分录生成预算会计分录", "请核对后再提交").Because(err)
}

func (t *typing) showProposal(c *call) (answer, error) {
	found, err := t.propose()
	if err != nil {
		return t.again(c, err)
	}
	p := t.form(c)
	if !found {
		p.Done = "财务会计分录没有动用纳入预算管理的资金,不需要预算会计分录。"
	}
	return show("voucher/form", p)
}

// save keeps the draft. A form that was sent twice finds its document; where that is not what this form says (it was
// sent, gone back to and changed) the person decides.
func (t *typing) save(c *call) (document.Document, error) {
	var doc document.Document
	err := c.write(func(tx *store.Tx) error {
		err := t.claimSource(c, tx)
		if err != nil {
			return err
		}
		doc, err = ledger.SaveDraft(tx, c.actor, t.draft, t.version)
		return err
	})
	if err == nil || !document.IsTaken(err) && !fault.HasCode(err, "document-stale") && !fault.HasCode(err, "step-not-now") {
		return doc, err
	}
	var there voucher
	if c.read(func(tx *store.Tx) error {
		var e error
		there, e = c.voucher(tx, t.draft.Document)
		return e
	}) != nil {
		return doc, err
	}
	if slices.EqualFunc(there.typed(), t.draft.Lines, sameLine) && there.draft.Date == t.draft.Date {
		return document.Document{ID: there.id, State: there.state, Version: there.version}, nil
	}
	t.there = &there
	if there.state == ledger.Draft || there.state == ledger.Returned {
		t.version, t.draft.Number = there.version, there.draft.Number
	}
	return doc, err
}

// sameLine compares what two lines say: posted ones do not tell the half that they were typed into.
func sameLine(a, b ledger.DraftLine) bool {
	a.Half, b.Half = "", ""
	return a == b
}

func (t *typing) submit(c *call, saved document.Document) (document.Document, error) {
	t.version = saved.Version
	doc := saved
	err := c.write(func(tx *store.Tx) error {
		var err error
		doc, err = ledger.Submit(tx, c.actor, saved.ID, saved.Version)
		return err
	})
	if err != nil && c.taken(saved.ID, saved.Version, "submit") {
		return saved, nil // by the first press of the button
	}
	if err != nil {
		return saved, err
	}
	return doc, nil
}

// again shows the form with everything that was typed and what is wrong.
func (t *typing) again(c *call, err error) (answer, error) {
	f := fault.As(err)
	if f == nil || f.Kind == fault.NotFound || f.Kind == fault.Forbidden {
		return answer{}, err
	}
	t.fail(err)
	if c.wantsData() {
		return answer{status: statusOf(f.Kind), data: t.refusal()}, nil
	}
	a := answer{status: statusOf(f.Kind), view: "voucher/form", page: t.form(c)}
	if a.status == 0 {
		a.status = http.StatusUnprocessableEntity
	}
	return a, nil
}
