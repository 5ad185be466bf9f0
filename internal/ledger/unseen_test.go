package ledger_test

import (
	"testing"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestDraft_UnseenCharacters: what a paste from elsewhere brings along is not kept in posted text.
func TestDraft_UnseenCharacters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		v := draft(supplies(d.office, "2026-10-21", 100))
		for i := range v.Lines {
			v.Lines[i].Summary = "付\x00办公\r\n用品\x7f款\xff "
		}
		d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 0); return err })
		d.write(func(tx *store.Tx) error { _, err := ledger.Submit(tx, d.accountant, v.Document, 1); return err })
		d.write(func(tx *store.Tx) error { _, err := ledger.Check(tx, d.reviewer, v.Document, 2); return err })
		d.write(func(tx *store.Tx) error { _, err := ledger.Post(tx, d.accountant, v.Document, 3); return err })
		d.read(func(tx *store.Tx) error {
			p, err := ledger.GetVoucher(tx, d.office, ledger.Number{Period: "2026-10", Word: "记", Number: 1})
			if err == nil && p.Lines[0].Summary != "付办公 用品款" {
				t.Errorf("posted as %q", p.Lines[0].Summary)
			}
			return err
		})
		d.verify()
	})
}
