package ledger_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestCreateBook_CodesStandInNames: a book's code is a part of addresses, file names and lists with commas.
func TestCreateBook_CodesStandInNames(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	for _, code := range []string{"A,B", "../../x", "=1+1", `a"b`, "a b", "账套", strings.Repeat("1", 33)} {
		err := d.try(func(tx *store.Tx) error {
			_, err := ledger.CreateBook(tx, county, ledger.NewBook{Code: code, Name: "试账", Unit: 2, Chart: ledger.Government, Start: "2026-01"})
			return err
		})
		if !fault.HasCode(err, "book-code-malformed") {
			t.Errorf("%q: %v", code, err)
		}
	}
}

// TestCloseChecks_SayHowManyMore: a list that is cut short says so.
func TestCloseChecks_SayHowManyMore(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	for i := range 12 {
		v := draft(supplies(d.office, "2025-01-11", 100))
		v.Document = document.NewID()
		d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 0); return err })
		err := d.try(func(tx *store.Tx) error {
			_, err := ledger.CloseMonth(tx, d.accountant, document.NewID(), d.office.ID, "2025-01")
			return err
		})
		if more := strings.Contains(err.Error(), "等 "); !fault.HasCode(err, "close-check") || more != (i >= 10) {
			t.Errorf("%d drafts: %v", i+1, err)
		}
	}
}
