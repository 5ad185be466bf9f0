package ledger_test

import (
	"context"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestSuccessor_TakesOver: a year whose chart lacks an account is not carried into it before another was named to take
// over; then the balance opens the next year there, and the books still prove.
func TestSuccessor_TakesOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		for m := 1; m <= 12; m++ {
			d.post(rent(d.village, calendar.PeriodOf(2025, m).First(), 500))
			if m < 12 {
				d.close(d.village, calendar.PeriodOf(2025, m))
			}
		}
		d.carry(d.village, 2025)
		d.close(d.village, "2025-12")
		d.write(func(tx *store.Tx) error {
			n := villageEdition("village-2026", 2026)
			n.Accounts = append(n.Accounts, ledger.Account{Code: "331", Name: "未分配收益", Half: ledger.Financial, Element: "equity", Direction: -1, AppliesTo: "village_collective"})
			return ledger.ImportEdition(tx, n)
		})
		closeYear := func() error {
			return d.try(func(tx *store.Tx) error {
				_, err := ledger.CloseYear(tx, d.head, document.NewID(), d.village.ID, 2025)
				return err
			})
		}
		name := func(account, successor string) error {
			return d.try(func(tx *store.Tx) error {
				_, err := ledger.NameSuccessor(tx, d.head, document.NewID(), d.village.ID, 2025, account, successor)
				return err
			})
		}
		if err := closeYear(); !fault.HasCode(err, "year-account-missing") {
			t.Fatalf("carried over without a place: %v", err)
		}
		for _, c := range []struct{ account, successor, code string }{
			{"102", "331", "successor-needless"}, {"32201", "777", "account-unknown"}, {"32201", "501", "account-not-leaf"}, {"888", "331", "account-unknown"}, {"322", "331", "account-not-leaf"},
		} {
			if err := name(c.account, c.successor); !fault.HasCode(err, c.code) {
				t.Errorf("%s to %s: want %s, got %v", c.account, c.successor, c.code, err)
			}
		}
		if err := name("32201", "102"); err != nil { // said anew below
			t.Fatal(err)
		}
		id := document.NewID()
		naming := func(tx *store.Tx) error {
			_, err := ledger.NameSuccessor(tx, d.head, id, d.village.ID, 2025, "32201", "331")
			return err
		}
		d.write(naming)
		d.again(naming)
		d.successorsProve(db)
		d.read(func(tx *store.Tx) error {
			plan, err := ledger.PlanYear(tx, d.village, 2025)
			for _, o := range plan {
				if o.Missing != nil || o.Combination.Account == "32201" && o.To.Account != "331" {
					t.Errorf("planned: %+v", o)
				}
			}
			return err
		})
		if err := closeYear(); err != nil {
			t.Fatal(err)
		}
		for account, want := range map[string]money.Fen{"102": 6000, "331": -6000, "32201": 0} {
			if got := d.balance(d.village, account, "2026-01"); got != want {
				t.Errorf("%s opens 2026 with %s, want %s", account, got, want)
			}
		}
		if err := name("32201", "102"); !fault.HasCode(err, "year-closed") {
			t.Errorf("named after the year was carried over: %v", err)
		}
		d.verify()
		d.write(func(tx *store.Tx) error {
			_, err := tx.Exec(`update account_successor set successor = '102' where county_id = $1`, county)
			return err
		})
		if v, err := ledger.Verify(context.Background(), db, county, nil); err != nil || v.OK {
			t.Errorf("a successor that was changed behind the program's back is not found: %v", err)
		}
	})
}

// successorsProve: before the year is carried over nothing but the leaf of the naming tells which account takes over.
func (d *desk) successorsProve(db *store.DB) {
	d.t.Helper()
	d.verify()
	for _, tamper := range []string{
		`update account_successor set successor = '102'`, `update account_successor set account = '102'`, `update account_successor set year = 2027`,
		`update account_successor set document_id = (select min(document_id) from document where kind = 'account-successor' and document_id <> account_successor.document_id)`,
		`delete from account_successor`,
	} {
		var kept struct{ book, year, account, successor, document string }
		d.write(func(tx *store.Tx) error {
			err := tx.QueryRow(`select cast(book_id as text), cast(year as text), account, successor, document_id from account_successor where county_id = $1`, county).
				Scan(&kept.book, &kept.year, &kept.account, &kept.successor, &kept.document)
			if err == nil {
				_, err = tx.Exec(tamper)
			}
			return err
		})
		v, err := ledger.Verify(context.Background(), db, county, nil)
		if err != nil || v.OK || v.Violations[0].Invariant != "successors" {
			d.t.Errorf("%s: %v %+v", tamper, err, v.Violations)
		}
		d.write(func(tx *store.Tx) error {
			if _, err := tx.Exec(`delete from account_successor`); err != nil {
				return err
			}
			_, err := tx.Exec(`insert into account_successor (county_id, book_id, year, account, successor, document_id)
				values ($1, cast($2 as bigint), cast($3 as integer), $4, $5, $6)`, county, kept.book, kept.year, kept.account, kept.successor, kept.document)
			return err
		})
	}
	d.verify()
}
