package ledger_test

import (
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

func (d *desk) today(date string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		_, err := tx.Exec(`update county set business_date = $1 where county_id = $2`, date, county)
		return err
	})
}

// TestAddAccount_NotBelowCarryTargets: the year's end enters these accounts itself, so they stay without detail.
func TestAddAccount_NotBelowCarryTargets(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	d.today("2025-12-31")
	for _, parent := range []string{"3301", "3302", "3001"} {
		err := d.try(func(tx *store.Tx) error {
			return ledger.AddAccount(tx, county, ledger.NewAccount{Chart: ledger.Government, Code: parent + "01", Name: "明细", Parent: parent, FromYear: 2025})
		})
		if !fault.HasCode(err, "account-carry-target") {
			t.Errorf("detail below %s: %v", parent, err)
		}
	}
	d.post(supplies(d.office, "2025-12-01", 100))
	if d.carry(d.office, 2025) == 0 {
		t.Error("no closing voucher")
	}
	d.verify()
}

// TestCarryOver_TargetMissing: a chart that the county imported may lack an account that the year's end needs.
func TestCarryOver_TargetMissing(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	d.today("2026-12-31")
	var b ledger.Book
	d.write(func(tx *store.Tx) (err error) {
		err = ledger.ImportEdition(tx, ledger.NewEdition{ID: "village-own", Kind: string(ledger.Village), Title: "自编", Source: "测试", FromYear: 2026,
			Accounts: []ledger.Account{
				{Code: "102", Name: "银行存款", Half: ledger.Financial, Element: "asset", Direction: 1, AppliesTo: "village_collective"},
				{Code: "501", Name: "经营收入", Half: ledger.Financial, Element: "revenue", Direction: -1, AppliesTo: "village_collective"},
				{Code: "50104", Name: "发包收入", Parent: "501", Half: ledger.Financial, Element: "revenue", Direction: -1, AppliesTo: "village_collective"},
			}})
		if err != nil {
			return err
		}
		b, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "203", Name: "清溪村", Unit: 3, Chart: ledger.Village, Start: "2026-01"})
		return err
	})
	d.post(rent(b, "2026-12-01", 100))
	err := d.try(func(tx *store.Tx) error {
		_, err := ledger.CarryOver(tx, d.accountant, b.ID, 2026, document.NewID)
		return err
	})
	if !fault.HasCode(err, "carry-target-missing") {
		t.Errorf("carried over into nowhere: %v", err)
	}
}

// TestCarryOver_YearAfterYear: while the year before is not carried over, its income would come along.
func TestCarryOver_YearAfterYear(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	d.today("2026-12-31")
	d.post(rent(d.village, "2025-12-01", 100))
	d.post(rent(d.village, "2026-12-01", 300))
	err := d.try(func(tx *store.Tx) error {
		_, err := ledger.CarryOver(tx, d.accountant, d.village.ID, 2026, document.NewID)
		return err
	})
	if !fault.HasCode(err, "carry-order") {
		t.Errorf("carried 2026 over before 2025: %v", err)
	}
	d.carry(d.village, 2025)
	d.carry(d.village, 2026)
	if got := d.balance(d.village, "50104", "2026-12"); got != 0 {
		t.Errorf("50104 stands at %s", got)
	}
	d.verify()
}
