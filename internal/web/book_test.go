package web

import (
	"fmt"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// TestBook_ManyVouchersInPages: a month of many vouchers is shown page by page, with the sum of all.
func TestBook_ManyVouchersInPages(t *testing.T) {
	s := newSite(t)
	book := s.world.Books["LX01"]
	m, c := s.world.Actor(t, "kuaiji"), s.world.Actor(t, "shenhe")
	s.world.Write(t, func(tx *store.Tx) error {
		for range 203 {
			_, err := ledger.PostAtOnce(tx, m, c, document.NewID(), ledger.Voucher{Book: book.ID, Date: "2026-10-20", Word: "记", Note: "试记账", Lines: []ledger.Line{
				{Account: "100202", Summary: "拨款", Debit: 100}, {Account: "400101", Summary: "拨款", Credit: 100},
			}})
			if err != nil {
				return err
			}
		}
		_, err := ledger.SaveDraft(tx, m, ledger.DraftVoucher{Document: document.NewID(), Book: book.ID, Date: "2026-10-21", Word: "记",
			Lines: []ledger.DraftLine{{Summary: "草稿", Account: "100202", Debit: "5"}}}, 0)
		return err
	})
	p := s.signIn("kuaiji")
	at := fmt.Sprintf("/books/%d?period=2026-10", book.ID)
	for _, want := range []struct{ path, first, last string }{
		{at, "记-0001", "记-0100"}, {at + "&page=2", "记-0101", "记-0200"}, {at + "&page=3", "记-0201", "未编号"}, {at + "&page=9", "记-0001", "记-0100"},
	} {
		body := s.expect(p, want.path, "合计 204 张", "208.00", "记-0001 至 记-0100", "记-0201 至 未编号")
		table := body[strings.Index(body, "<tbody>"):]
		if rows := strings.Count(table, "<tr><td><a"); rows > voucherLines || !strings.Contains(table, want.first) || !strings.Contains(table, want.last) {
			t.Errorf("%s shows %d vouchers, not %s to %s", want.path, rows, want.first, want.last)
		}
	}
	s.expect(p, at+"&state=draft", "合计 1 张")
	if body := s.get(p, at+"&q=1.00").body; !strings.Contains(body, "page=2&amp;period=2026-10&amp;q=1.00") {
		t.Error("the pages of a search lose what is looked for")
	}
}
