package handover_test

import (
	"errors"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/web/webtest"
)

// TestVerify_FindsWhatWasAltered: a handover and a delegation say what their leaves say, whatever is changed behind the
// program's back.
func TestVerify_FindsWhatWasAltered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := webtest.On(t, db)
		enter(t, w, "kuaiji")
		head, principal := w.Actor(t, "suozhang"), w.Actor(t, "shenhe")
		given := delegation(t, w, "shenhe", "danwei", identity.Reviewer)
		n := handover.New{
			Document: document.NewID(), Leaver: login(t, w, "kuaiji").Person, Successor: login(t, w, "jiangang").Person,
			Witness: head.Person, Cause: " 调离", Things: "财务专用章 1 枚\r\n保险柜钥匙 2 把",
		}
		w.Write(t, func(tx *store.Tx) error { return handover.Delegate(tx, principal, given) })
		w.Write(t, func(tx *store.Tx) error { return handover.Start(tx, head, n) })
		leaver := w.Actor(t, "kuaiji")
		w.Write(t, func(tx *store.Tx) error { return handover.Sign(tx, leaver, n.Document, "sign-leaver", 1) })
		tampered(t, w, map[string]int{
			`update handover set cause = cause`: 0, `update handover set cause = '退休'`: 1, `update handover set things = ''`: 1,
			`update handover set items = '[]'`: 1, `update handover set leaver_at = '2026-01-01T00:00:00Z'`: 1, `update handover set leaver_at = null`: 1,
			`update handover set witness_at = started_at`: 1, `update handover set successor_id = leaver_id`: 1,
			`update delegation set reason = '病假'`: 1, `update delegation set valid_to = '2027-01-01'`: 1, `update delegation set valid_to = '2026-10-23'`: 1,
			`update delegation set role = 'accountant'`: 1, `update delegation set to_login = from_login`: 1,
			`delete from trail_salt`: 0, // an erased salt proves nothing either way
		})
	})
}

// tampered does each harm, counts what Verify says of it, and takes it back.
func tampered(t *testing.T, w *webtest.World, harms map[string]int) {
	t.Helper()
	back := errors.New("taken back")
	for tamper, want := range harms {
		err := w.DB.Write(t.Context(), func(tx *store.Tx) error {
			if err := tx.Settle(); err != nil {
				return err
			}
			if _, err := tx.Exec(tamper); err != nil {
				return err
			}
			flaws, err := handover.Verify(tx, webtest.County)
			if err != nil {
				return err
			}
			if len(flaws) != want {
				t.Errorf("%s: %+v", tamper, flaws)
			}
			return back
		})
		if !errors.Is(err, back) {
			t.Errorf("%s: %v", tamper, err)
		}
	}
}
