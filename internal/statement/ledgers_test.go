package statement_test

import (
	"slices"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

func TestLedgers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b := o.government()
		ask := statement.Request{Books: []ledger.Book{b}, From: "2026-01", To: "2026-03"}
		for name, account := range map[string]string{
			"detail-ledger": "1002", "cash-book": "", "bank-book": "100202", "journal": "", "general-ledger": "",
		} {
			ask.Name, ask.Account = name, account
			golden(t, name, o.make(ask))
		}
		ask.Name, ask.Account, ask.From = "detail-ledger", "1002,1001", "2026-03"
		r := o.make(ask)
		if got := cell(r, "opening", "balance"); got != "149,000.00" {
			t.Errorf("opening of two accounts: %s", got)
		}
		if d := r.Rows[1].Cells[4].Drill; d == nil || d.Voucher == nil || d.Voucher.Label() != "记-0001" || d.Book != b.ID {
			t.Errorf("an entry leads to %v", d)
		}
	})
}

// TestLedgers_Pages: pages of any size join to the whole, with the same running balance.
func TestLedgers_Pages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b := o.government()
		for _, name := range []string{"bank-book", "journal"} {
			ask := statement.Request{Name: name, Books: []ledger.Book{b}, From: "2026-01", To: "2026-03"}
			whole := o.make(ask).Rows
			for _, limit := range []int{1, 2, 3} {
				var joined []statement.Row
				for ask.Offset, ask.Limit = 0, limit; ; ask.Offset += limit {
					r := o.make(ask)
					rows := r.Rows
					if name == "bank-book" && ask.Offset > 0 {
						if rows[0].Cells[7].Amount != joined[len(joined)-1].Cells[7].Amount {
							t.Errorf("page %d does not begin where the last one ended", ask.Offset)
						}
						rows = rows[1:]
					}
					joined = append(joined, rows...)
					if !r.More {
						break
					}
				}
				same := slices.EqualFunc(joined, whole, func(x, y statement.Row) bool {
					return x.Key == y.Key && slices.EqualFunc(x.Cells, y.Cells, func(c, d statement.Cell) bool { return c.Amount == d.Amount && c.Text == d.Text })
				})
				if !same {
					t.Errorf("%s in pages of %d: %d rows, want %d", name, limit, len(joined), len(whole))
				}
			}
		}
	})
}

func TestLedgers_Refuse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b, c := o.book("A", "甲", ledger.Government, "2026-01"), o.book("B", "乙", ledger.Government, "2026-01")
		for code, ask := range map[string]statement.Request{
			"ledger-no-account":  {Name: "detail-ledger", Books: []ledger.Book{b}},
			"account-unknown":    {Name: "detail-ledger", Books: []ledger.Book{b}, Account: "9999"},
			"ledger-not-money":   {Name: "cash-book", Books: []ledger.Book{b}, Account: "1002"},
			"statement-one-book": {Name: "journal", Books: []ledger.Book{b, c}},
		} {
			ask.From, ask.To = "2026-01", "2026-02"
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				_, err := statement.Make(tx, ask)
				return err
			})
			if !fault.HasCode(err, code) {
				t.Errorf("got %v, want %s", err, code)
			}
		}
	})
}
