package ledger_test

import (
	"testing"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestInstallStandards_LaterTables: a newer program brings an edition to a county at work, whose charts are cached.
func TestInstallStandards_LaterTables(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		class := func() (found bool) {
			d.read(func(tx *store.Tx) error {
				b, err := ledger.GetBook(tx, county, d.office.ID)
				if err != nil {
					return err
				}
				chart, err := ledger.ChartOf(tx, b, 2026)
				if err == nil {
					_, found = chart.Class("function", "2010301")
				}
				return err
			})
			return found
		}
		d.write(func(tx *store.Tx) error {
			if _, err := tx.Exec(`delete from edition_class where edition_id in (select edition_id from edition where kind = 'function')`); err != nil {
				return err
			}
			_, err := tx.Exec(`delete from edition where kind = 'function'`)
			return err
		})
		if class() {
			t.Fatal("the older program has the class already")
		}
		for range 2 {
			d.write(ledger.InstallStandards)
			if !class() {
				t.Fatal("the class that a newer program brings is not seen")
			}
		}
	})
}

// TestInstallStandards_KeepsTheCountysOwn: what the county imported for the same year stays the one in use.
func TestInstallStandards_KeepsTheCountysOwn(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	count := func() (n int) {
		d.read(func(tx *store.Tx) error {
			return tx.QueryRow(`select count(*) from edition where kind = 'function'`).Scan(&n)
		})
		return n
	}
	before := count()
	d.write(func(tx *store.Tx) error {
		_, err := tx.Exec(`update edition set edition_id = 'own' || edition_id where kind = 'function'`)
		return err
	})
	d.write(ledger.InstallStandards)
	if n := count(); n != before {
		t.Errorf("%d editions of the function classes, want %d", n, before)
	}
}
