package ledger_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
)

// TestPostAtOnce_ImportedLeaf: the leaf of an imported voucher says that neither of its two people entered it.
func TestPostAtOnce_ImportedLeaf(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	file, id := document.NewID(), document.NewID()
	v := rent(d.village, "2025-03-01", 100)
	v.Import = &ledger.Import{File: file, Person: 0}
	d.write(func(tx *store.Tx) error {
		_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, id, v)
		return err
	})
	d.read(func(tx *store.Tx) error {
		steps, err := trail.List(tx, county, id)
		if err != nil {
			return err
		}
		leaf := steps[0].Leaf
		if !trail.Says(leaf, "import", file) || !strings.Contains(leaf, `{"duty":"F","person":0}`) {
			t.Errorf("leaf: %s", leaf)
		}
		return nil
	})
	d.verify()
}
