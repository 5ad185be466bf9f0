package browsertest_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
)

// TestStatement_DownAndBack: a row unfolds in its place, its amount leads down to the voucher, and the way back ends at
// the row, with everything that was chosen.
func TestStatement_DownAndBack(t *testing.T) {
	b := open(t)
	for i := range 9 {
		b.world.Post(t, "kuaiji", "shenhe", document.NewID(), "LX01", "2026-10-20",
			ledger.Line{Account: "100202", Summary: "收到拨款", Debit: 700000}, ledger.Line{Account: []string{"400101", "4604", "400102"}[i%3], Summary: "收到拨款", Credit: 700000})
	}
	b.signIn("kuaiji")
	b.window(1366, 420)
	b.visit("/books/1/statements/trial-balance?levels=1&from=2026-10&to=2026-10&year=1")
	b.shoot("statement-1-folded")
	b.do(chromedp.ScrollIntoView(chromedp.CSS(`#r-4001`)))
	if got := ask(b, chromedp.Evaluate[bool](`(() => { window.still = true; document.querySelector("#r-4001 a.fold").click(); return true; })()`)); !got {
		t.Fatal("no row to unfold")
	}
	b.do(chromedp.WaitVisible(chromedp.CSS(`#r-400101`)))
	if !ask(b, chromedp.Evaluate[bool](`window.still === true && location.search.includes("fold=4001") && document.activeElement === document.querySelector("#r-4001 a.fold")`)) {
		t.Error("the row did not unfold in its place, or lost the focus or the address")
	}
	b.shoot("statement-2-unfolded")
	b.press(`#r-400101 td.num a`)
	b.must("main", "明细账")
	b.shoot("statement-3-detail")
	b.press(`tbody tr[id*="记"] td a`)
	b.must("main", "记账凭证")
	b.press(".return a")
	b.must("main", "明细账")
	b.press(".return a")
	b.must("main", "科目余额表")
	if at := ask(b, chromedp.Evaluate[string](`location.href`)); !strings.HasSuffix(at, "#r-400101") || !strings.Contains(at, "fold=4001") || !strings.Contains(at, "year=1") {
		t.Errorf("back at %s", at)
	}
	if !ask(b, chromedp.Evaluate[bool](`(() => { const r = document.querySelector("#r-400101").getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; })()`)) {
		t.Error("the row is not in the window")
	}
	b.shoot("statement-4-back")
}
