package ledger_test

import (
	"maps"
	"reflect"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// sameAsStored proves that readers, who may be answered from memory, see what a step of the writer reads from the rows.
func (d *desk) sameAsStored(b ledger.Book) {
	d.t.Helper()
	all := func(tx *store.Tx) (figures []any, err error) {
		now, err := ledger.GetBook(tx, county, b.ID)
		if err != nil {
			return nil, err
		}
		for _, span := range [][2]calendar.Period{{"2025-01", "2025-01"}, {"2025-01", "2025-12"}, {"2025-03", "2025-11"}, {"2026-01", "2026-01"}, {"2026-02", "2026-10"}} {
			moves, open, err := ledger.Balances(tx, county, []ledger.Book{now}, span[0], span[1])
			if err != nil {
				return nil, err
			}
			maps.DeleteFunc(moves, func(_ int64, m ledger.Move) bool { return m == ledger.Move{} })
			months, err := ledger.MonthlyMoves(tx, county, []ledger.Book{now}, span[0], span[1])
			if err != nil {
				return nil, err
			}
			figures = append(figures, moves, open, months)
		}
		return figures, nil
	}
	var stored []any
	d.write(func(tx *store.Tx) (err error) { stored, err = all(tx); return err })
	for range 2 { // the second time from memory
		d.read(func(tx *store.Tx) error {
			seen, err := all(tx)
			if err == nil && !reflect.DeepEqual(seen, stored) {
				d.t.Errorf("book %s: readers see\n%v\nthe rows say\n%v", b.Code, seen, stored)
			}
			return err
		})
	}
}

// TestClosedMonths_OpenedAgain: what is remembered of a closed month is forgotten when it is opened again.
func TestClosedMonths_OpenedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.post(supplies(d.office, "2025-01-10", 100))
		d.close(d.office, "2025-01")
		d.post(supplies(d.office, "2025-02-10", 20))
		id := d.close(d.office, "2025-02")
		d.sameAsStored(d.office)
		for i, by := range []identity.Actor{d.accountant, d.reviewer, d.head} {
			d.write(func(tx *store.Tx) error {
				_, err := ledger.Reopen(tx, by, id, int64(i+1), []string{"ask-reopen", "approve-reopen", "confirm-reopen"}[i], "漏记")
				return err
			})
		}
		d.post(supplies(d.office, "2025-02-11", 3))
		d.sameAsStored(d.office)
		d.close(d.office, "2025-02")
		d.sameAsStored(d.office)
		var b ledger.Book
		d.read(func(tx *store.Tx) (err error) { b, err = ledger.GetBook(tx, county, d.office.ID); return err })
		if got := d.balance(b, "500102", "2025-02"); got != 123 {
			t.Errorf("after the month was opened again: %s", got)
		}
	})
}
