package ledger_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
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
		d := newDesk(t, storetest.One(t))
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

// TestImportEdition_OnePerYear: of two editions of a kind from one year only one could ever be used.
func TestImportEdition_OnePerYear(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	d.write(func(tx *store.Tx) error { return ledger.ImportEdition(tx, villageEdition("village-b", 2027)) })
	err := d.try(func(tx *store.Tx) error { return ledger.ImportEdition(tx, villageEdition("village-a", 2027)) })
	if !fault.HasCode(err, "edition-year-taken") {
		t.Errorf("two charts from one year: %v", err)
	}
}

// TestImportEdition_OwnAccountInTheWay: an account that a county has added must not take an official one's place.
func TestImportEdition_OwnAccountInTheWay(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	d.write(func(tx *store.Tx) error {
		return ledger.AddAccount(tx, county, ledger.NewAccount{Chart: ledger.Village, Code: "10201", Name: "合作社专户", Parent: "102", FromYear: 2025})
	})
	n := villageEdition("village-2027", 2027)
	n.Accounts = append(n.Accounts, ledger.Account{Code: "10201", Name: "基本户", Parent: "102", Half: ledger.Financial, Element: "asset",
		Direction: 1, AppliesTo: "village_collective"})
	err := d.try(func(tx *store.Tx) error { return ledger.ImportEdition(tx, n) })
	if !fault.HasCode(err, "edition-own-account") || !strings.Contains(err.Error(), "10201 合作社专户") {
		t.Errorf("an official account over the county's own: %v", err)
	}
}

// TestAddAccount_FromTheOpenYear: a parent that still takes entries in an open year would be carried into a year in
// which it may not.
func TestAddAccount_FromTheOpenYear(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	d.post(ledger.Voucher{Book: d.village.ID, Date: "2025-03-01", Word: "记", Lines: []ledger.Line{
		line("101", "收水面承包费", 100, 0, ledger.Dims{}), line("50104", "收水面承包费", 0, 100, ledger.Dims{}),
	}})
	add := func(year int) error {
		return d.try(func(tx *store.Tx) error {
			return ledger.AddAccount(tx, county, ledger.NewAccount{Chart: ledger.Village, Code: "10201", Name: "专户", Parent: "102", FromYear: year})
		})
	}
	if err := add(2026); !fault.HasCode(err, "account-year-open") || !strings.Contains(err.Error(), "2025 年") {
		t.Errorf("detail from 2026 while 2025 is open: %v", err)
	}
	if err := add(2025); err != nil {
		t.Errorf("detail from the open year: %v", err)
	}
}

// TestDraft_AmountByTheChart: which half a line's amount counts for is the chart's to say, not its first digit's.
func TestDraft_AmountByTheChart(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	var b ledger.Book
	d.write(func(tx *store.Tx) (err error) {
		if err = ledger.ImportEdition(tx, villageEdition("village-2026", 2026)); err != nil {
			return err
		}
		b, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "203", Name: "清溪村", Unit: 3, Chart: ledger.Village, Start: "2026-01"})
		return err
	})
	amount := func(lines ...ledger.DraftLine) (fen money.Fen) {
		v := ledger.DraftVoucher{Document: document.NewID(), Book: b.ID, Date: "2026-10-01", Lines: lines}
		d.write(func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, d.accountant, v, 0)
			return err
		})
		d.read(func(tx *store.Tx) error {
			kept, err := ledger.GetDraft(tx, d.accountant, v.Document)
			fen = kept.Amount
			return err
		})
		return fen
	}
	if got := amount(ledger.DraftLine{Account: "601", Debit: "5.00"}); got != 500 {
		t.Errorf("an asset of the financial half comes to %s, want 5.00", got)
	}
	if got := amount(ledger.DraftLine{Account: "102", Debit: "3.00"}, ledger.DraftLine{Account: "", Debit: "4.00"}); got != 300 {
		t.Errorf("with a line that has no account yet: %s, want 3.00", got)
	}
}
