package ledger_test

import (
	"reflect"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestReadRange: a range gives the same vouchers as asking for each, by word and number.
func TestReadRange(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		for i := range 5 {
			d.post(supplies(d.office, calendar.Date("2026-08-03").AddDays(i), money.Fen(5000+i)))
		}
		paid := supplies(d.office, "2026-08-09", 700)
		paid.Word = "付"
		d.post(paid)
		d.post(supplies(d.office, "2026-09-01", 900))
		d.read(func(tx *store.Tx) error {
			for _, one := range []struct {
				r    ledger.Range
				want int
			}{
				{ledger.Range{Period: "2026-08"}, 6}, {ledger.Range{Period: "2026-08", Word: "记"}, 5}, {ledger.Range{Period: "2026-08", Word: "付"}, 1},
				{ledger.Range{Period: "2026-08", Word: "记", First: 2, Last: 3}, 2}, {ledger.Range{Period: "2026-08", Word: "记", First: 4}, 2},
				{ledger.Range{Period: "2026-07"}, 0},
			} {
				got, err := ledger.ReadRange(tx, d.office, one.r, 100)
				if err != nil {
					return err
				}
				if len(got) != one.want {
					t.Errorf("%+v gives %d vouchers, want %d", one.r, len(got), one.want)
				}
				for _, p := range got {
					alone, err := ledger.GetVoucher(tx, d.office, p.Number)
					if err != nil {
						return err
					}
					if !reflect.DeepEqual(p, alone) || !one.r.Has(p.Number) {
						t.Errorf("%s in a range is %+v, alone %+v", p.Number, p, alone)
					}
				}
			}
			if _, err := ledger.ReadRange(tx, d.office, ledger.Range{Period: "2026-08"}, 5); !fault.HasCode(err, "range-too-large") {
				t.Errorf("six vouchers of five at most: %v", err)
			}
			return nil
		})
	})
}
