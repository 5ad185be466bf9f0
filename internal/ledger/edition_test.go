package ledger_test

import (
	"testing"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// villageEdition is a chart of villages with the bank and one income account.
func villageEdition(id string, year int) ledger.NewEdition {
	account := func(code, name, parent, element string, direction int64) ledger.Account {
		return ledger.Account{Code: code, Name: name, Parent: parent, Half: ledger.Financial, Element: element, Direction: direction, AppliesTo: "village_collective"}
	}
	return ledger.NewEdition{ID: id, Kind: string(ledger.Village), Title: "试行", Source: "测试", FromYear: year, Accounts: []ledger.Account{
		account("102", "银行存款", "", "asset", 1), account("501", "经营收入", "", "revenue", -1),
		account("50104", "发包收入", "501", "revenue", -1), account("601", "其他资金", "", "asset", 1),
	}}
}

// TestImportEdition_BegunYearStays: the first voucher or draft of a year fixes its chart.
func TestImportEdition_BegunYearStays(t *testing.T) {
	for what, write := range map[string]func(d *desk, tx *store.Tx) error{
		"voucher": postRent("2026-10-01"),
		"draft": func(d *desk, tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, d.accountant, draft(rent(d.village, "2026-10-01", 100)), 0)
			return err
		},
	} {
		d := newDesk(t, storetest.SQLite(t))
		d.write(func(tx *store.Tx) error { return write(d, tx) })
		d.write(func(tx *store.Tx) error {
			before, err := ledger.ChartOf(tx, d.village, 2026)
			if err != nil {
				return err
			}
			if err := ledger.ImportEdition(tx, villageEdition("village-2026", 2026)); err != nil {
				return err
			}
			b, err := ledger.GetBook(tx, county, d.village.ID)
			if err != nil {
				return err
			}
			for year, want := range map[int]string{2026: before.Edition, 2027: "village-2026"} {
				if c, err := ledger.ChartOf(tx, b, year); err != nil || c.Edition != want {
					t.Errorf("after the first %s %d is on %s, want %s (%v)", what, year, c.Edition, want, err)
				}
			}
			return nil
		})
		d.post(rent(d.village, "2026-10-02", 100))
		d.verify()
	}
}
