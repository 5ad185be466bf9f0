package browsertest_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// office36 gives the township 36 books with a voucher in September each, closed through August; two of the vouchers are
// still to be checked.
func (b *browser) office36() {
	b.t.Helper()
	w := b.world
	maker, checker := w.Actor(b.t, "kuaiji"), w.Actor(b.t, "shenhe")
	w.Write(b.t, func(tx *store.Tx) error {
		for i := range 34 {
			code := fmt.Sprintf("990001100%03d", 301+i)
			u, err := org.Create(tx, webtest.County, org.NewUnit{Code: code, Name: fmt.Sprintf("第 %d 村", i+1), Kind: org.Village, Parent: w.Units["柳溪镇"].ID, From: "2020-01-01"})
			if err != nil {
				return err
			}
			code = fmt.Sprintf("LX-%02d", i+1)
			if w.Books[code], err = ledger.CreateBook(tx, webtest.County, ledger.NewBook{Code: code, Name: u.Name + "股份经济合作社", Unit: u.ID, Chart: ledger.Village, Start: "2026-09"}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, code := range []string{"LX01", "LX-SQ"} {
		for m := 1; m <= 8; m++ {
			w.Write(b.t, func(tx *store.Tx) error {
				_, err := ledger.CloseMonth(tx, maker, document.NewID(), w.Books[code].ID, calendar.PeriodOf(2026, m))
				return err
			})
		}
	}
	for _, code := range slices.Sorted(maps.Keys(w.Books)) {
		book := w.Books[code]
		if strings.HasPrefix(code, "YX") || book.Chart != ledger.Village {
			continue
		}
		if book.Start == "2026-09" {
			w.Write(b.t, func(tx *store.Tx) error {
				return webtest.Open(tx, maker, checker, book, []ledger.Line{{Account: "102", Debit: 500000}, {Account: "30101", Credit: 500000}})
			})
		}
		lines := []ledger.Line{{Account: "102", Summary: "收水面承包费", Debit: 300000}, {Account: "50104", Summary: "收水面承包费", Credit: 300000}}
		if code != "LX-07" && code != "LX-23" {
			w.Post(b.t, "kuaiji", "shenhe", document.NewID(), code, "2026-09-12", lines...)
			continue
		}
		id := document.NewID()
		w.Write(b.t, func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, maker, ledger.DraftVoucher{Document: id, Book: book.ID, Date: "2026-09-28", Word: "记", Lines: ledger.Typed(lines)}, 0)
			if err == nil {
				_, err = ledger.Submit(tx, maker, id, 1)
			}
			return err
		})
	}
}

// TestMonthEnd_Office: the month of 36 books is closed with two refusals, and repaired: the vouchers that stood in the
// way are checked by keyboard, posted in a batch, and the two books closed from the page that named them.
func TestMonthEnd_Office(t *testing.T) {
	b := open(t)
	b.office36()
	b.signIn("kuaiji")
	b.visit("/month-end")
	b.must(".counts", "可以结账 34 套")
	b.must(".counts", "检查未通过 2 套")
	if n := ask(b, chromedp.Evaluate[int](`document.querySelectorAll("input[name=item]:checked").length`)); n != 34 {
		b.t.Errorf("%d books are ticked beforehand, want those that can be closed", n)
	}
	b.shoot("50-month-end")
	b.do(chromedp.Click(chromedp.CSS(`input[data-all]`))) // all: the preview names those that cannot be closed
	b.press(`button[value="close"]`)
	b.must("h1", "可以办理 34 项,办不了 2 项")
	b.shoot("51-close-preview")
	b.press(`#batch button.do`)
	b.must(".progress", "已办 34 项")
	b.must(".progress", "没有办成 2 项")
	b.shoot("52-close-result")
	result := ask(b, chromedp.Evaluate[string]("location.pathname"))
	b.press(`.batch tbody tr:first-child td:nth-child(5) a`)
	b.must(".checks", "还有 1 张")
	b.must(".checks", "记-0001 待审核")
	b.shoot("53-close-checks")
	b.press(`.checks tr.sub a`)
	b.must("main", "收水面承包费")

	b.signIn("shenhe")
	b.visit("/review")
	b.loaded()
	b.must(`.queue tr.here`, "第 7 村")
	b.shoot("54-review")
	b.do(chromedp.KeyEvent(kb.ArrowDown))
	b.must(`.queue tr.here`, "第 23 村")
	b.do(chromedp.KeyEvent(kb.ArrowUp))
	b.typed("a", "1 张凭证在等")
	b.typed("a", "0 张凭证在等")

	b.signIn("kuaiji")
	b.visit("/posting")
	b.do(chromedp.Click(chromedp.CSS(`input[data-all]`)))
	b.press(`button[form="ticked"][value="post"]`)
	b.must("h1", "可以办理 2 项")
	b.shoot("55-post-preview")
	b.press(`#batch button.do`)
	b.must(".progress", "已办 2 项")
	b.visit(result)
	b.press(`form[action$="/retry"] button`)
	b.must(".progress", "已办 36 项")
	b.shoot("56-repaired")
	b.visit("/month-end?period=2026-09")
	b.must(".counts", "已结账 36 套")
	b.shoot("57-closed")
	b.visit("/year-end?year=2026")
	b.must(".counts", "未到 12 月 36 套")
	b.shoot("58-year-end")
}

// typed presses a key that sends the page's form, and waits for what the next page says.
func (b *browser) typed(key, says string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(key), chromedp.WaitVisible(fmt.Sprintf(`//h1[contains(., "%s")]`, says)))
	b.loaded()
}

// loaded waits until the page's modules have run, so that keys meet them.
func (b *browser) loaded() {
	b.t.Helper()
	for range 500 {
		if ask(b, chromedp.Evaluate[bool](`document.readyState === "complete"`)) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.t.Fatal("the page does not finish loading")
}
