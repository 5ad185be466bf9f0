package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/figure"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestFigure_BooksClosedOnTime: as of a day, of the books whose deadline has come, those closed by then count.
func TestFigure_BooksClosedOnTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.write(func(tx *store.Tx) error { return rule.Bootstrap(tx, county, "2020-01-01", ledger.Rules()...) })
		closeOn := func(b ledger.Book, day int) {
			t.Helper()
			d.write(func(tx *store.Tx) error {
				tx.Now = time.Date(2025, 2, day, 9, 0, 0, 0, calendar.Beijing)
				_, err := ledger.CloseMonth(tx, d.accountant, document.NewID(), b.ID, "2025-01")
				return err
			})
		}
		closeOn(d.office, 10) // the deadline is the 10th
		closeOn(d.village, 12)
		definition, known := figure.NewRegistry(ledger.Figures()).Find("books-closed-on-time")
		if !known {
			t.Fatal("no such figure")
		}
		var all []ledger.Book
		d.read(func(tx *store.Tx) (err error) { all, err = ledger.ListBooks(tx, county, "/"); return err })
		d.read(func(tx *store.Tx) error {
			for on, want := range map[calendar.Date]string{
				"2025-02-09": "— 0/0",
				"2025-02-10": fmt.Sprintf(" 1/%d", len(all)),
				"2025-02-28": fmt.Sprintf(" 1/%d", len(all)),
				"2025-03-10": fmt.Sprintf(" 0/%d", len(all)), // nothing of February
			} {
				v, err := definition.Of(tx, county, 1, "/", on)
				if err != nil {
					return err
				}
				got := fmt.Sprintf(" %d/%d", v.Numerator, v.Denominator)
				if v.Denominator == 0 {
					got = v.Text + got
				}
				if got != want || len(v.Rows) != int(v.Denominator) {
					t.Errorf("as of %s: %s (%s), want %s", on, got, v.Text, want)
				}
			}
			return nil
		})
	})
}
