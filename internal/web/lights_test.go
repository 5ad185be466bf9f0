package web

import (
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// TestLights_NothingBegun: in a book without opening, voucher and closed month no month is late; once it has an opening,
// its months are. An opening that was entered just now is not overdue, however long ago its book starts.
func TestLights_NothingBegun(t *testing.T) {
	s := newSite(t)
	book := s.world.Books["LX-SQ"]
	guoku, checker, maker := s.signIn("guoku"), s.signIn("shenhe"), s.world.Actor(t, "kuaiji")
	pages := []string{"/units/1/books", "/units/1/pictures/months", bookPath(book) + "?period=2026-08"}
	for _, path := range pages {
		if got := s.get(guoku, path); got.status != 200 || strings.Contains(got.body, "结账,逾期") || strings.Contains(got.body, ":逾期") {
			t.Errorf("%s: a book in which nothing was started is late (%d)", path, got.status)
		}
	}
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := ledger.SetOpening(tx, maker, document.NewID(), book.ID, book.Start, []ledger.Line{{Account: "102", Debit: 500}, {Account: "30101", Credit: 500}})
		return err
	})
	_, todo, _ := strings.Cut(s.get(checker, "/").body, `id="todo"`)
	before, _, found := strings.Cut(todo, "石桥村股份经济合作社期初余额")
	if !found || !strings.Contains(before, "10-26") || strings.Contains(before, "逾期") {
		t.Errorf("an opening entered today is not due in three days: %s", before)
	}
	if got := s.get(guoku, pages[2]).body; !strings.Contains(got, "逾期") {
		t.Error("a book that has begun is not late")
	}
}
