package browsertest_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// js asks the page.
func js[T any](b *browser, expression string) T {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[T](expression))
}

// at gives what stands in a cell.
func (b *browser) at(name string, row int) string {
	b.t.Helper()
	return js[string](b, fmt.Sprintf(`document.querySelectorAll('input[name="%s"]')[%d].value`, name, row-1))
}

// tab opens a second tab of the same browser.
func (b *browser) tab() *browser {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	second := *b
	second.ctx = ctx
	if err := chromedp.Listen(ctx, func(any) {}); err != nil { // opens the tab for as long as ctx lasts
		b.t.Fatal(err)
	}
	second.front()
	second.window(1366, 768)
	return &second
}

// front shows a tab: one that lies behind another draws nothing.
func (b *browser) front() {
	b.t.Helper()
	b.do(command(page.BringToFront, cdp.Empty{}))
}

// notice waits for what the grid says.
func (b *browser) notice(kind, want string) {
	b.t.Helper()
	b.until("the grid says "+want, fmt.Sprintf(`(document.querySelector('[data-notice="%s"]') || {textContent: ""}).textContent.includes(%q)`, kind, want))
}

// act presses a button of a notice.
func (b *browser) act(kind, text string) {
	b.t.Helper()
	b.do(chromedp.Click(fmt.Sprintf(`//*[@data-notice="%s"]//*[text()="%s"]`, kind, text)))
}

// arrive waits for an address.
func (b *browser) arrive(part string) {
	b.t.Helper()
	b.until("the page "+part, fmt.Sprintf(`document.readyState === "complete" && (location.pathname + location.search).includes(%q)`, part))
}

// writing gives a browser with a whole voucher of the office's book that is not sent yet.
func writing(t *testing.T) *browser {
	t.Helper()
	b := open(t)
	b.signIn("kuaiji")
	b.enterOffice("4860")
	b.proposed()
	return b
}

// choose presses one of the buttons of the voucher's form, whose answer script takes.
func (b *browser) choose(act string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`button[value=%q]`, act))))
}

// submitted waits for the voucher's own page, as one that waits for the checker.
func (b *browser) submitted() {
	b.t.Helper()
	b.until("the voucher waits for its checker", `/^\/vouchers\/[0-9a-f-]+$/.test(location.pathname) && (document.querySelector("main") || {textContent: ""}).textContent.includes("待审核")`)
}

// drafts counts what this browser keeps.
func (b *browser) drafts() int {
	b.t.Helper()
	return js[int](b, `Object.keys(localStorage).filter((k) => k.startsWith("xz-draft:")).length`)
}

// kept waits until the draft lies in the browser.
func (b *browser) kept() {
	b.t.Helper()
	b.until("the draft is kept", `document.querySelector("[data-kept]").textContent.startsWith("草稿已存")`)
}

// vouchers counts those of a book, drafts and submitted ones together.
func (b *browser) vouchers(book int64) (n int) {
	b.t.Helper()
	b.world.Write(b.t, func(tx *store.Tx) error {
		return tx.QueryRow(`select count(*) from voucher_draft where county_id = $1 and book_id = $2`, webtest.County, book).Scan(&n)
	})
	return n
}

// only fails unless the book has one voucher.
func (b *browser) only(book int64) {
	b.t.Helper()
	if n := b.vouchers(book); n != 1 {
		b.t.Errorf("the book has %d vouchers, want one", n)
	}
}
