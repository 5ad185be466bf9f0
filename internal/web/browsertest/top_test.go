package browsertest_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// enter presses Enter where the caret is and waits for the page that follows.
func (b *browser) enter() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		b.shoot("failed")
		b.t.Fatalf("enter: %v", err)
	}
	b.do(chromedp.WaitReady(chromedp.CSS("main")))
}

// TestTop_Keys: "/" searches from anywhere, F2 turns to another book on the same page, F3 to another month, Esc closes.
func TestTop_Keys(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	b.keys("/")
	b.keys("LX01")
	b.enter()
	b.must("h1", "柳溪镇政府机关")

	b.visit("/books/1/close")
	b.keys(kb.F2)
	b.do(chromedp.WaitVisible(chromedp.CSS(".drop-list .lights")))
	b.shoot("50-switch-book")
	b.keys("sqc")
	b.do(chromedp.WaitNotPresent(`//div[@class="drop-list"]//a[contains(., "政府机关")]`))
	b.enter()
	b.must("summary", "石桥村股份经济合作社")
	if at := ask(b, chromedp.Evaluate[string](`location.pathname`)); at != "/books/2/close" {
		t.Errorf("F2 leads to %s", at)
	}

	b.visit("/books/2")
	b.keys(kb.F3)
	b.do(chromedp.WaitVisible(chromedp.CSS(".pick-year")))
	b.shoot("51-switch-month")
	b.keys(kb.ArrowLeft)
	b.enter()
	b.must("h1", "2026 年 9 月")
	b.visit("/books/1")
	b.must("h1", "2026 年 9 月") // remembered

	b.keys(kb.F2)
	b.keys(kb.Escape)
	if ask(b, chromedp.Evaluate[bool](`document.querySelector(".picker[open]") !== null`)) {
		t.Error("Esc leaves the list open")
	}
	b.visit("/books/2/vouchers/new")
	b.keys("付/收")
	if got := ask(b, chromedp.Value(chromedp.CSS(`input[name="f.summary"]`))); got != "付/收" {
		t.Errorf("a slash typed into a summary is lost: %q", got)
	}
}

// TestTop_WithoutScript: the same with what HTML alone can do.
func TestTop_WithoutScript(t *testing.T) {
	b := open(t)
	b.do(command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	b.signIn("kuaiji")
	b.do(chromedp.Click(chromedp.CSS(`.picker[data-key="F2"] summary`)))
	b.press(`.picker[data-key="F2"] .drop-list p a`)
	b.must("main", "石桥村股份经济合作社")
	b.press(`ul.picks li:last-child a`)
	b.must("h1", "石桥村股份经济合作社")
	b.do(chromedp.Click(chromedp.CSS(`.picker[data-key="F3"] summary`)))
	b.press(`.pick-year button[value="2026-08"]`)
	b.visit("/books/2")
	b.must("h1", "2026 年 8 月")
}
