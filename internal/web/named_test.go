package web

import (
	"net/http"
	"strings"
	"testing"

	"xiangzhang/internal/document"
)

// TestVoucher_NamesWithoutScript: accounts and classes are taken by name or initials where one is meant, and told apart
// where several are.
func TestVoucher_NamesWithoutScript(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	for _, account := range []string{"sphfwfy", "商品和服务费用"} {
		id := document.NewID()
		form := supplies(id)
		form["f.account"][0], form["f.economic"][0] = account, "办公费"
		if got := s.post(p, "/books/1/vouchers", form); got.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", account, got.status, sayOf(got.body))
		}
		if page := s.get(p, "/vouchers/"+id).body; !strings.Contains(page, "500102 业务活动费用/商品和服务费用") || !strings.Contains(page, "30201 办公费") {
			t.Errorf("%s is not on the voucher", account)
		}
	}
	form := supplies(document.NewID())
	form["f.function"][0] = "行政运行"
	if got := s.post(p, "/books/1/vouchers", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "2010101 行政运行") {
		t.Errorf("several classes of one name: %d %s", got.status, sayOf(got.body))
	}
}
