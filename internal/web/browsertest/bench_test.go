package browsertest_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestBench_ByKeys: on the reconciliation bench arrows move and change sides, space picks, the difference is told as one
// goes, and Enter matches only what is equal; what was matched is taken back for a reason.
func TestBench_ByKeys(t *testing.T) {
	b := open(t)
	own, _ := b.world.Townships(t)
	b.signIn("kuaiji")
	b.visit("/agreement/" + own.Account)
	b.must(".pass", "金额相同、日期相近")
	b.keys(" ")
	b.must("[data-difference]", "银行 7,000.00,单位账 0.00,差 7,000.00 元")
	b.keys(kb.Enter) // not equal: nothing happens
	b.must("[data-difference]", "差 7,000.00 元")
	b.keys(kb.ArrowRight)
	b.keys(" ")
	b.must("[data-difference]", "已选 2 笔:银行 7,000.00,单位账 7,000.00,差 0.00 元")
	b.shoot("70-bench")
	b.keys(kb.Enter)
	b.do(chromedp.WaitVisible(chromedp.CSS(`input[name=group]`)))
	b.must(".even", "2026-10-20 7,000.00")
	if n := ask(b, chromedp.Evaluate[int](`document.querySelectorAll("[data-bench] tr[data-fen]").length`)); n != 0 {
		t.Errorf("%d items are still open", n)
	}
	b.do(chromedp.Click(chromedp.CSS(`input[name=group]`)))
	b.do(chromedp.SendKeys(chromedp.CSS(`input[name=reason]:not([placeholder])`), "勾错了"))
	b.press(`form[action$="/undo"] button`)
	b.do(chromedp.WaitVisible(chromedp.CSS(`[data-bench] tr[data-fen]`)))
	b.must(".even", "还没有勾对")
}
