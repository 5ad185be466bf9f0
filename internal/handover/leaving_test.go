package handover_test

import (
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
	"xiangzhang/internal/usual"
	"xiangzhang/internal/web/webtest"
)

// leaving starts the handover of kuaiji to jiangang before the head of the office.
func leaving(t *testing.T, w *webtest.World) handover.New {
	t.Helper()
	head := w.Actor(t, "suozhang")
	n := handover.New{Document: document.NewID(), Leaver: login(t, w, "kuaiji").Person, Successor: login(t, w, "jiangang").Person, Witness: head.Person, Cause: "调离"}
	w.Write(t, func(tx *store.Tx) error { return handover.Start(tx, head, n) })
	return n
}

// TestLeaving_NothingBegunInHisName: a delegate finishes what is the leaver's and begins nothing for him; in his own right
// he works on.
func TestLeaving_NothingBegunInHisName(t *testing.T) {
	w := webtest.New(t)
	principal, given := w.Actor(t, "kuaiji"), delegation(t, w, "kuaiji", "danwei", identity.Accountant)
	w.Write(t, func(tx *store.Tx) error { return handover.Delegate(tx, principal, given) })
	begun, foreign := enter(t, w, "kuaiji"), enter(t, w, "jiangang")
	leaving(t, w)
	delegate := w.Actor(t, "danwei")
	book := w.Books["LX-SQ"]
	for what, step := range map[string]func(tx *store.Tx) error{
		"a voucher": func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, delegate, ledger.DraftVoucher{Document: document.NewID(), Book: book.ID, Date: "2026-10-20"}, 0)
			return err
		},
		"another's voucher": func(tx *store.Tx) error { _, err := ledger.Void(tx, delegate, foreign, 2, "试"); return err },
		"an account": func(tx *store.Tx) error {
			return ledger.OpenAccount(tx, delegate, book, ledger.NewAccount{Code: "10201", Name: "新户", Parent: "102", FromYear: 2026})
		},
		"a summary": func(tx *store.Tx) error {
			return usual.KeepSummary(tx, delegate, usual.Summary{ID: document.NewID(), Book: book.ID, Words: "收承包费"})
		},
		"a template": func(tx *store.Tx) error {
			_, err := usual.Keep(tx, delegate, book.ID, usual.Template{ID: document.NewID(), Name: "承包费", Lines: []usual.Line{{Summary: "收承包费", Account: "102", Debit: "1"}}})
			return err
		},
	} {
		if err := try(w, step); !fault.HasCode(err, "handover-frozen-principal") {
			t.Errorf("%s begun in the name of who hands over: %v", what, err)
		}
	}
	if err := try(w, func(tx *store.Tx) error { _, err := ledger.Void(tx, delegate, begun, 2, "作废重录"); return err }); err != nil {
		t.Errorf("the delegate cannot finish what is his: %v", err)
	}
	own := delegate
	own.Grants = append(own.Grants, principal.Grants...)
	if err := try(w, func(tx *store.Tx) error {
		_, err := ledger.SaveDraft(tx, own, ledger.DraftVoucher{Document: document.NewID(), Book: book.ID, Date: "2026-10-20"}, 0)
		return err
	}); err != nil {
		t.Errorf("he cannot work under his own role: %v", err)
	}
}

// TestLeaving_KeepsNothingForLater: who hands his post over changes neither summaries nor usual vouchers.
func TestLeaving_KeepsNothingForLater(t *testing.T) {
	w := webtest.New(t)
	before, book := w.Actor(t, "kuaiji"), w.Books["LX-SQ"].ID
	kept := usual.Template{ID: document.NewID(), Name: "承包费", Lines: []usual.Line{{Summary: "收承包费", Account: "102", Debit: "1"}}}
	w.Write(t, func(tx *store.Tx) error { _, err := usual.Keep(tx, before, book, kept); return err })
	leaving(t, w)
	leaver := w.Actor(t, "kuaiji")
	changed := kept
	changed.Version, changed.Name = 1, "承包金"
	for what, step := range map[string]func(tx *store.Tx) error{
		"a changed template": func(tx *store.Tx) error { _, err := usual.Keep(tx, leaver, book, changed); return err },
		"an ended template":  func(tx *store.Tx) error { return usual.End(tx, leaver, book, kept.ID, 1) },
		"a summary": func(tx *store.Tx) error {
			return usual.KeepSummary(tx, leaver, usual.Summary{ID: document.NewID(), Book: book, Words: "收承包费"})
		},
		"a summary of his own": func(tx *store.Tx) error {
			return usual.KeepSummary(tx, leaver, usual.Summary{ID: document.NewID(), Book: book, Person: leaver.Person, Words: "收承包费"})
		},
	} {
		if err := try(w, step); !fault.HasCode(err, "handover-frozen") {
			t.Errorf("%s of who hands over: %v", what, err)
		}
	}
}

// TestLeaving_LetsDelegationsLapse: what the leaver gave and what he received ends with a step of its own, which says by
// which handover; a row that was made longer or shorter is found.
func TestLeaving_LetsDelegationsLapse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := webtest.On(t, db)
		gave, got := delegation(t, w, "kuaiji", "danwei", identity.Accountant), delegation(t, w, "shenhe", "kuaiji", identity.Reviewer)
		withdrawn := delegation(t, w, "kuaiji", "baozhang", identity.Accountant)
		principal, other := w.Actor(t, "kuaiji"), w.Actor(t, "shenhe")
		w.Write(t, func(tx *store.Tx) error { return handover.Delegate(tx, principal, gave) })
		w.Write(t, func(tx *store.Tx) error { return handover.Delegate(tx, other, got) })
		w.Write(t, func(tx *store.Tx) error { return handover.Delegate(tx, principal, withdrawn) })
		w.Write(t, func(tx *store.Tx) error { return handover.Withdraw(tx, principal, withdrawn.Document, 1, "回来了") })
		n := leaving(t, w)
		for i, s := range [][2]string{{"kuaiji", "sign-leaver"}, {"jiangang", "sign-successor"}, {"suozhang", "witness"}} {
			by := w.Actor(t, s[0])
			w.Write(t, func(tx *store.Tx) error { return handover.Sign(tx, by, n.Document, s[1], int64(i+1)) })
		}
		w.Write(t, func(tx *store.Tx) error {
			for _, d := range []identity.Delegation{gave, got} {
				doc, err := document.Get(tx, webtest.County, d.Document)
				if err != nil || doc.State != handover.Lapsed {
					t.Errorf("the delegation is %s: %v", doc.State, err)
				}
				rows, err := trail.List(tx, webtest.County, d.Document)
				if err != nil {
					return err
				}
				leaf, err := trail.Parse(rows[len(rows)-1].Leaf)
				if err != nil || leaf.Step.Step != "lapse" || leaf.Facts["handover"] != n.Document || leaf.Facts["last"] != "2026-10-22" || leaf.Actors[0].Person != n.Witness {
					t.Errorf("the leaf says %+v: %v", leaf, err)
				}
			}
			doc, err := document.Get(tx, webtest.County, withdrawn.Document)
			if doc.State != handover.Withdrawn {
				t.Errorf("the delegation that was over is %s", doc.State)
			}
			return err
		})
		tampered(t, w, map[string]int{
			`update delegation set reason = reason`: 0, `update delegation set valid_to = '2026-10-25'`: 3, `update delegation set valid_to = '2026-10-21'`: 3,
		})
	})
}
