package statement_test

import (
	"context"
	"fmt"
	"testing"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// BenchmarkTrialBalance measures one book and an office's 36 over two years of 250 combinations a book and month, the
// first of them still open: balances do not grow with vouchers, so these rows stand for any number of them.
func BenchmarkTrialBalance(b *testing.B) {
	db := storetest.One(b)
	const books, combinations = 36, 250
	var all []ledger.Book
	write := func(step func(tx *store.Tx) error) {
		if err := db.Write(context.Background(), step); err != nil {
			b.Fatal(err)
		}
	}
	write(func(tx *store.Tx) error {
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		root, err := org.CreateCounty(tx, county, "青岚县", "", "2020-01-01")
		if err != nil {
			return err
		}
		for i := range combinations {
			_, err := tx.Exec(`insert into combination (county_id, combination_id, chart, account, unit_id, function, economic, project, fund, party)
				values ($1, $2, 'village', '11201', 0, '', '', '', '', $3)`, county, i+1, fmt.Sprint("往来", i))
			if err != nil {
				return err
			}
		}
		for i := range books {
			book, err := ledger.CreateBook(tx, county, ledger.NewBook{Code: fmt.Sprint(i), Name: fmt.Sprint("村", i), Unit: root.ID, Chart: ledger.Village, Start: "2025-01"})
			if err != nil {
				return err
			}
			all = append(all, book)
			for year := 2025; year <= 2026; year++ {
				for month := 1; month <= 12; month++ {
					_, err := tx.Exec(`insert into balance (county_id, book_id, period, combination_id, kind, debit, credit)
						select county_id, $1, $2, combination_id, 'ordinary', 500, 300 from combination where county_id = $3`, book.ID, fmt.Sprintf("%d-%02d", year, month), county)
					if err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	for _, n := range []int{1, books} {
		b.Run(fmt.Sprintf("books-%d", n), func(b *testing.B) {
			for b.Loop() {
				err := db.Read(context.Background(), func(tx *store.Tx) error {
					_, err := statement.Make(tx, statement.Request{Name: "trial-balance", Books: all[:n], From: "2026-01", To: "2026-12"})
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
