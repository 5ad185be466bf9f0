package exchange_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

func TestExportBook_GivesTheRowsOfOneBook(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		h.fill(h.office, 130)
		h.fill(h.village, 130)
		var whole, one strings.Builder
		h.read(func(tx *store.Tx) error {
			if err := exchange.Export(tx, h.accountant, exchange.Vouchers, &whole, sheet.CSV); err != nil {
				return err
			}
			return exchange.ExportBook(tx, h.accountant, exchange.Vouchers, "201", &one, sheet.CSV)
		})
		var want strings.Builder
		for i, line := range strings.SplitAfter(whole.String(), "\n") {
			if i == 0 || strings.HasPrefix(line, "201,") {
				want.WriteString(line)
			}
		}
		if one.String() != want.String() || strings.Count(one.String(), "\n") < 40 || one.Len() == whole.Len() {
			t.Errorf("%d bytes of one book, want %d of %d", one.Len(), want.Len(), whole.Len())
		}
	})
}

func TestExportBook_Refuses(t *testing.T) {
	h := newHall(t, storetest.One(t))
	clerk := h.person(21, "村报账员", h.village.Path, identity.VillageClerk)
	for _, c := range []struct {
		by   *identity.Actor
		kind exchange.Kind
		book string
		code string
	}{
		{&h.accountant, exchange.Vouchers, "999", "book-unknown"},
		{&clerk, exchange.Vouchers, "101", "book-unknown"},
		{&h.accountant, exchange.Books, "101", "export-not-by-book"},
		{&h.accountant, "gold", "101", "export-not-by-book"},
	} {
		var out strings.Builder
		err := h.db.Read(t.Context(), func(tx *store.Tx) error {
			return exchange.ExportBook(tx, *c.by, c.kind, c.book, &out, sheet.CSV)
		})
		if !fault.HasCode(err, c.code) || out.Len() > 0 {
			t.Errorf("%s of %s for %s: %v, %d bytes; want %s", c.kind, c.book, c.by.Name, err, out.Len(), c.code)
		}
	}
}
