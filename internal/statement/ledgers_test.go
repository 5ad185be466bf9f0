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
				if !slices.EqualFunc(joined, whole, sameRow) {
					t.Errorf("%s in pages of %d: %d rows, want %d", name, limit, len(joined), len(whole))
				}
			}
		}
	})
}

// TestLedgers_OfSeveralBooks: entries stand by date, then book and number, each with its book, under one running
// balance; books of different charts bring their own accounts of cash and bank; pages join to the whole.
func TestLedgers_OfSeveralBooks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		ask := statement.Request{Name: "bank-book", Books: []ledger.Book{o.government(), o.village()}, Entity: "云溪乡", From: "2026-01", To: "2026-03"}
		r := o.make(ask)
		golden(t, "bank-book-set", r)
		if opening, closing := cell(r, "opening", "balance"), cell(r, "year-2026-03", "balance"); opening != "584,320.16" || closing != "699,467.76" {
			t.Errorf("one balance over both books: %s, then %s", opening, closing)
		}
		ask.Name = "journal"
		golden(t, "journal-set", o.make(ask))
		for _, name := range []string{"bank-book", "journal"} {
			ask.Name, ask.Offset, ask.Limit = name, 0, 0
			whole := o.make(ask).Rows
			var joined []statement.Row
			for ask.Limit = 4; ; ask.Offset += 4 {
				r := o.make(ask)
				if rows := r.Rows; name == "bank-book" && ask.Offset > 0 {
					joined = append(joined, rows[1:]...)
				} else {
					joined = append(joined, rows...)
				}
				if !r.More {
					break
				}
			}
			if !slices.EqualFunc(joined, whole, sameRow) {
				t.Errorf("%s in pages: %d rows, want %d", name, len(joined), len(whole))
			}
		}
	})
}

func sameRow(x, y statement.Row) bool {
	return x.Key == y.Key && slices.EqualFunc(x.Cells, y.Cells, func(c, d statement.Cell) bool { return c.Amount == d.Amount && c.Text == d.Text })
}

func TestLedgers_Refuse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b, c := o.book("A", "甲", ledger.Government, "2026-01"), o.book("B", "乙", ledger.Village, "2026-01")
		for code, ask := range map[string]statement.Request{
			"ledger-no-account": {Name: "detail-ledger", Books: []ledger.Book{b}},
			"account-unknown":   {Name: "detail-ledger", Books: []ledger.Book{b}, Account: "9999"},
			"ledger-not-money":  {Name: "cash-book", Books: []ledger.Book{b}, Account: "1002"},
			"statement-mixed":   {Name: "detail-ledger", Books: []ledger.Book{b, c}, Account: "1002"},
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
