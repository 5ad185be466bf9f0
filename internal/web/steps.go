package web

import (
	"path"
	"slices"
	"time"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// step runs a step on a voucher and goes on to the voucher, or to the one that follows in the list that the person works
// through. A refusal is shown on the voucher's own page.
func (c *call) step(take func(tx *store.Tx, id string, version int64) (document.Document, error)) (answer, error) {
	id := c.r.PathValue("document")
	list, inList := parseFrom(c.form("from"))
	if inList && c.unseen() {
		return goTo(list.next(id, c.form("done")))
	}
	next := ""
	if inList {
		var err error
		if next, err = c.following(list, id); err != nil {
			return answer{}, err
		}
	}
	err := c.write(func(tx *store.Tx) error {
		_, err := take(tx, id, c.number("version"))
		return err
	})
	if err != nil && !c.taken(id, c.number("version"), c.lastOfPath()) {
		return c.refused(id, err)
	}
	switch {
	case !inList:
		return goTo(voucherPath(id))
	case c.form("stay") != "": // the person works in the list itself
		return goTo(list.path(next, id))
	case next == "":
		return goTo(list.path("", id))
	}
	return goTo(list.next(next, id))
}

// lookLeast is the shortest time in which a person can have looked at a voucher that came up by itself; what arrives
// earlier is the second click or press that was meant for the voucher before. In milliseconds.
const lookLeast = 700

// unseen tells that a form comes from a voucher that followed a decided one, before anybody can have read it.
func (c *call) unseen() bool {
	shown := c.number("shown")
	return shown != 0 && time.Now().UnixMilli()-shown < lookLeast
}

// lastOfPath is the last part of the address, which names a step.
func (c *call) lastOfPath() string { return path.Base(c.r.URL.Path) }

// taken reports whether a refused step is one that this person has already taken on that version: the second sending of
// a form has succeeded, whatever others have done with the document since.
func (c *call) taken(id string, version int64, step string) bool {
	found := false
	err := c.read(func(tx *store.Tx) error {
		rows, err := trail.List(tx, c.actor.County, id)
		found = slices.ContainsFunc(rows, func(r trail.Row) bool {
			return r.Version == version+1 && r.Step == step && r.Person == c.actor.Person && r.Reason == c.form("reason")
		})
		return err
	})
	return err == nil && found
}

// refused shows the voucher as it is now with the sentence.
func (c *call) refused(id string, err error) (answer, error) {
	return formAgain(c, "voucher/show", err, func(tx *store.Tx) (*voucherPage, error) {
		v, err := c.voucher(tx, id)
		if err != nil {
			return nil, err
		}
		return c.voucherPage(tx, v)
	}, func(p *voucherPage) { p.From = c.form("from") })
}

func submitVoucher(c *call) (answer, error) {
	return c.step(func(tx *store.Tx, id string, version int64) (document.Document, error) {
		return ledger.Submit(tx, c.actor, id, version)
	})
}

func checkVoucher(c *call) (answer, error) {
	return c.step(func(tx *store.Tx, id string, version int64) (document.Document, error) {
		return ledger.Check(tx, c.actor, id, version)
	})
}

func returnVoucher(c *call) (answer, error) {
	return c.step(func(tx *store.Tx, id string, version int64) (document.Document, error) {
		return ledger.Return(tx, c.actor, id, version, c.form("reason"))
	})
}

func postVoucher(c *call) (answer, error) {
	return c.step(func(tx *store.Tx, id string, version int64) (document.Document, error) {
		return ledger.Post(tx, c.actor, id, version)
	})
}

func voidVoucher(c *call) (answer, error) {
	return c.step(func(tx *store.Tx, id string, version int64) (document.Document, error) {
		return ledger.Void(tx, c.actor, id, version, c.form("reason"))
	})
}

// reverseVoucher makes the red twin under the id that the form carries, so that a second press finds it made.
func reverseVoucher(c *call) (answer, error) {
	of := c.r.PathValue("document")
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	err = c.write(func(tx *store.Tx) error {
		v, err := c.voucher(tx, of)
		if err != nil {
			return err
		}
		if v.posted == nil {
			return fault.New(fault.Refused, "step-not-now", "只有已记账的凭证才用红字冲销", "未记账的凭证请修改或作废")
		}
		_, err = ledger.Reverse(tx, c.actor, id, v.book.ID, v.posted.Number, c.form("reason"))
		return err
	})
	if document.IsTaken(err) || c.madeBefore(id, err) {
		return goTo(voucherPath(id))
	}
	if err != nil {
		return c.refused(of, err)
	}
	return goTo(voucherPath(id))
}

// madeBefore reports whether a refused making step was a form's second sending.
func (c *call) madeBefore(id string, err error) bool {
	if err == nil {
		return false
	}
	return c.read(func(tx *store.Tx) error { _, e := c.voucher(tx, id); return e }) == nil
}
