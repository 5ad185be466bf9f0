package browsertest_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"xiangzhang/internal/store"
)

// checkedSoFar counts the vouchers that were checked.
func (b *browser) checkedSoFar() int {
	b.t.Helper()
	n := 0
	b.world.Write(b.t, func(tx *store.Tx) error {
		return tx.QueryRow(`select count(*) from trail where step = 'check'`).Scan(&n)
	})
	return n
}

// next waits until the voucher of this amount has come up, and its modules have run.
func (b *browser) next(amount string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(fmt.Sprintf(`//table[contains(@class, "paper")]//td[contains(., "%s")]`, amount)))
	b.loaded()
}

// ponder lets the time pass in which a person looks at a voucher.
func (b *browser) ponder() {
	b.t.Helper()
	ask(b, chromedp.Evaluate[any](`new Promise((done) => setTimeout(done, 800))`, chromedp.EvalAwaitPromise))
}

// TestChecking_SaysWhatWasDecided: the voucher that comes up by itself says what became of the one before, and neither a
// second click nor Enter decides it; A does.
func TestChecking_SaysWhatWasDecided(t *testing.T) {
	b := open(t)
	for _, amount := range []string{"100", "200", "300", "400"} {
		b.handIn("LX-SQ", amount)
	}
	b.signIn("shenhe")
	b.visit("/review")
	b.press(`.queue tbody a.btn`)
	b.next("100.00")
	if on := ask(b, chromedp.Evaluate[string](`document.activeElement.textContent`)); on != "审核" {
		t.Errorf("a voucher that was opened has the caret on %q", on)
	}
	b.press(`.voucher-head .btn.do`)
	b.next("200.00")
	b.must(`[role="status"].note`, "已审核")
	b.shoot("66-decided")
	if on := ask(b, chromedp.Evaluate[string](`document.activeElement.tagName`)); on != "H1" {
		t.Errorf("the caret is on %s", on)
	}
	// The second click of a double click lands where the button of the next voucher is: as soon as it has come up.
	ask(b, chromedp.Evaluate[any](`(() => {
		const form = document.querySelector('form[action$="/check"]');
		form.elements.shown.value = Date.now();
		form.requestSubmit();
	})()`))
	b.do(chromedp.WaitVisible(`//*[@role="status"][contains(., "已审核")]`))
	b.next("200.00")
	if n := b.checkedSoFar(); n != 1 {
		t.Fatalf("%d vouchers are checked after the second click", n)
	}
	b.keys(kb.Enter)
	b.next("200.00")
	if n := b.checkedSoFar(); n != 1 {
		t.Fatalf("%d vouchers are checked after Enter", n)
	}
	b.ponder()
	b.keys("r")
	b.keys("缺发票\r")
	b.next("300.00")
	b.must(`[role="status"].note`, "已退回")
	b.ponder()
	b.keys("a")
	b.next("400.00")
	if n := b.checkedSoFar(); n != 2 {
		t.Errorf("%d vouchers are checked after A", n)
	}
	b.ponder()
	b.keys("a")
	b.do(chromedp.WaitVisible(`//h1[contains(., "0 张凭证在等")]`))
	b.must(`[role="status"].note`, "已审核")
}
