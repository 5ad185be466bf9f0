package ledger_test

import (
	"errors"
	"fmt"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
)

// TestChartOf_RolledBackEdition: what a refused step read of its own edition is not what others read of the next one
// under the same id.
func TestChartOf_RolledBackEdition(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		dropped := errors.New("dropped")
		load := func(tx *store.Tx, name string) (*ledger.Chart, error) {
			err := ledger.ImportEdition(tx, ledger.NewEdition{ID: "village-own", Kind: string(ledger.Village), Title: "自编", Source: "测试", FromYear: 2028,
				Accounts: []ledger.Account{{Code: "102", Name: name, Half: ledger.Financial, Element: "asset", Direction: 1, AppliesTo: "all"}}})
			if err != nil {
				return nil, err
			}
			b, err := ledger.GetBook(tx, county, d.village.ID)
			if err != nil {
				return nil, err
			}
			return ledger.ChartOf(tx, b, 2028)
		}
		err := d.try(func(tx *store.Tx) error {
			if _, err := load(tx, "银行"); err != nil {
				return err
			}
			return dropped
		})
		if !errors.Is(err, dropped) {
			t.Fatal(err)
		}
		d.write(func(tx *store.Tx) error {
			chart, err := load(tx, "银行存款")
			if err != nil {
				return err
			}
			if a, _ := chart.Account("102"); a.Name != "银行存款" {
				t.Errorf("102 is %s", a.Name)
			}
			return nil
		})
	})
}

// TestChartOf_ForgetsOldCharts: accounts are added for years on; the charts before are not kept.
func TestChartOf_ForgetsOldCharts(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	read := func() (n int) {
		d.read(func(tx *store.Tx) error {
			b, err := ledger.GetBook(tx, county, d.office.ID)
			if err == nil {
				_, err = ledger.ChartOf(tx, b, 2026)
			}
			return err
		})
		d.read(func(tx *store.Tx) error { n = ledger.SharedCharts(tx); return nil })
		return n
	}
	first := read()
	for i := range 5 {
		d.write(func(tx *store.Tx) error {
			code := fmt.Sprintf("1002%02d", i+50)
			return ledger.AddAccount(tx, county, ledger.NewAccount{Chart: ledger.Government, Code: code, Name: "账户" + code, Parent: "1002", FromYear: 2025})
		})
		if n := read(); n != first {
			t.Fatalf("%d charts are kept, want %d", n, first)
		}
	}
}

// TestOpenAccount_LeavesATrace: an account opened by hand tells who did it; somebody without the right opens none.
func TestOpenAccount_LeavesATrace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		n := ledger.NewAccount{Code: "10020209", Name: "工资户", Parent: "100202", FromYear: 2025}
		err := db.Write(t.Context(), func(tx *store.Tx) error { return ledger.OpenAccount(tx, d.reviewer, d.office, n) })
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a reviewer opens an account: %v", err)
		}
		d.write(func(tx *store.Tx) error { return ledger.OpenAccount(tx, d.accountant, d.office, n) })
		d.read(func(tx *store.Tx) error {
			rows, err := trail.List(tx, county, fmt.Sprintf("accounts-%d", d.office.ID))
			if err != nil {
				return err
			}
			if len(rows) != 1 || rows[0].Person != d.accountant.Person || !trail.Says(rows[0].Leaf, "code", "10020209") {
				t.Errorf("the trail says %+v", rows)
			}
			return nil
		})
	})
}
