package ledger_test

import (
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// open sets a book's opening and has it checked.
func (d *desk) open(b ledger.Book, p calendar.Period, lines []ledger.Line) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		_, err := ledger.SetOpening(tx, d.accountant, document.NewID(), b.ID, p, lines)
		return err
	})
	d.vouch(b)
}

func (d *desk) vouch(b ledger.Book) {
	d.t.Helper()
	o := d.openingOf(b)
	d.write(func(tx *store.Tx) error {
		_, err := ledger.CheckOpening(tx, d.reviewer, b.ID, o.ID, o.Version)
		return err
	})
}

func (d *desk) openingOf(b ledger.Book) (o ledger.Opening) {
	d.t.Helper()
	d.read(func(tx *store.Tx) (err error) { o, err = ledger.OpeningOf(tx, b); return err })
	return o
}

func some(fen money.Fen) []ledger.Line {
	return []ledger.Line{{Account: "102", Debit: fen}, {Account: "30102", Credit: fen}}
}

// TestOpening_TwoPeople: balances count at once, and the first month is not closed before another person than any of
// those who entered them has checked them; what is entered anew is checked anew.
func TestOpening_TwoPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		enter := func(fen money.Fen) ledger.Opening {
			d.write(func(tx *store.Tx) error {
				_, err := ledger.SetOpening(tx, d.both, document.NewID(), d.village.ID, "2025-01", some(fen))
				return err
			})
			return d.openingOf(d.village)
		}
		first := enter(100)
		if got := d.balance(d.village, "102", "2025-01"); got != 100 || !first.Waits() {
			t.Fatalf("balance %s, opening %+v", got, first)
		}
		refused := func(what, code string, f func(tx *store.Tx) error) {
			t.Helper()
			if err := d.try(f); !fault.HasCode(err, code) {
				t.Errorf("%s: want %s, got %v", what, code, err)
			}
		}
		refused("closed unchecked", "close-check", func(tx *store.Tx) error {
			_, err := ledger.CloseMonth(tx, d.accountant, document.NewID(), d.village.ID, "2025-01")
			return err
		})
		refused("checked by who entered it", "duty-clash", func(tx *store.Tx) error {
			_, err := ledger.CheckOpening(tx, d.both, d.village.ID, first.ID, first.Version)
			return err
		})
		refused("checked by an accountant", "role-missing", func(tx *store.Tx) error {
			_, err := ledger.CheckOpening(tx, d.accountant, d.village.ID, first.ID, first.Version)
			return err
		})
		refused("another township's", "book-unknown", func(tx *store.Tx) error {
			_, err := ledger.CheckOpening(tx, d.elsewhere, d.village.ID, first.ID, first.Version)
			return err
		})
		refused("returned without a reason", "reason-missing", func(tx *store.Tx) error {
			_, err := ledger.ReturnOpening(tx, d.reviewer, d.village.ID, first.ID, first.Version, "")
			return err
		})
		d.write(func(tx *store.Tx) error {
			_, err := ledger.ReturnOpening(tx, d.reviewer, d.village.ID, first.ID, first.Version, "与上年决算不符")
			return err
		})
		second := enter(250)
		refused("the one before", "opening-replaced", func(tx *store.Tx) error {
			_, err := ledger.CheckOpening(tx, d.reviewer, d.village.ID, first.ID, first.Version+1)
			return err
		})
		d.post(rent(d.village, "2025-01-05", 500)) // the year does not wait for last year's final accounts
		refused("sent back under vouchers", "opening-used", func(tx *store.Tx) error {
			_, err := ledger.ReturnOpening(tx, d.reviewer, d.village.ID, second.ID, second.Version, "再核")
			return err
		})
		d.read(func(tx *store.Tx) error {
			waiting, err := ledger.WaitingOpenings(tx, county, d.office.Path)
			if len(waiting) != 1 || waiting[0].ID != second.ID || waiting[0].Maker() != d.both.Person || waiting[0].BookName != d.village.Name {
				t.Errorf("waiting: %+v", waiting)
			}
			if none, err := ledger.WaitingOpenings(tx, county, "/1/4/"); err != nil || len(none) != 0 {
				t.Errorf("another township's: %+v %v", none, err)
			}
			return err
		})
		d.vouch(d.village)
		if o := d.openingOf(d.village); o.Waits() || o.Chain != first.ID {
			t.Errorf("checked: %+v", o)
		}
		d.close(d.village, "2025-01")
		d.verify()
	})
}
