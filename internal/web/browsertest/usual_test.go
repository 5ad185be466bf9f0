package browsertest_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"xiangzhang/internal/document"
	"xiangzhang/internal/store"
	"xiangzhang/internal/usual"
)

// usuals gives the township's own book two summaries and two templates.
func (b *browser) usuals() {
	b.t.Helper()
	han, book := b.world.Actor(b.t, "kuaiji"), b.world.Books["LX01"].ID
	b.world.Write(b.t, func(tx *store.Tx) error {
		for code, words := range map[string]string{"01": "付办公用品款", "02": "付水电费"} {
			if err := usual.KeepSummary(tx, han, usual.Summary{ID: document.NewID(), Book: book, Code: code, Words: words}); err != nil {
				return err
			}
		}
		lines := func(first, second string) []usual.Line {
			return []usual.Line{
				{Summary: "计提单位社保", Account: "500102", Function: "2010301", Economic: "30201", Debit: first}, {Summary: "计提单位社保", Account: "400101", Credit: second},
			}
		}
		for _, t := range []usual.Template{{Code: "sb", Name: "计提单位社保", Lines: lines("=工资*8%", "=第1行")}, {Code: "bg", Name: "付办公用品款", Lines: lines("", "")}} {
			t.ID = document.NewID()
			if _, err := usual.Keep(tx, han, book, t); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *browser) value(xpath string) string {
	b.t.Helper()
	return ask(b, chromedp.Value(xpath))
}

// soon waits until a field has a value.
func (b *browser) soon(xpath, want string) {
	b.t.Helper()
	var got string
	for range 100 {
		if got = b.value(xpath); got == want {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.shoot("failed")
	b.t.Fatalf("%s is %q, want %q", xpath, got, want)
}

// TestSummaries: a summary cell offers by code and initials, takes by Enter, and leaves words that are no offer alone.
func TestSummaries(t *testing.T) {
	b := open(t)
	b.usuals()
	b.signIn("kuaiji")
	b.visit("/books/1/vouchers/new")
	b.do(chromedp.Focus(`(//input[@name="f.summary"])[1]`))
	b.keys("fbg")
	b.do(chromedp.WaitVisible(chromedp.CSS(".offers li[aria-selected=true]")))
	b.shoot("50-summary-initials")
	b.keys("\r")
	b.soon(`(//input[@name="f.summary"])[1]`, "付办公用品款")
	b.do(chromedp.Focus(`(//input[@name="f.summary"])[2]`))
	b.keys("02")
	b.do(chromedp.WaitVisible(chromedp.CSS(".offers li[aria-selected=true]")))
	b.keys("\r")
	b.soon(`(//input[@name="f.summary"])[2]`, "付水电费")
	b.do(chromedp.Focus(`(//input[@name="f.summary"])[3]`))
	b.keys(kb.F7)
	b.do(chromedp.WaitVisible(chromedp.CSS(".offers li")))
	b.shoot("51-summary-list")
	b.keys(kb.ArrowDown + kb.ArrowDown + "\r")
	b.soon(`(//input[@name="f.summary"])[3]`, "付水电费")
	b.do(chromedp.Focus(`(//input[@name="f.summary"])[4]`))
	b.keys("付别的款\r")
	b.soon(`(//input[@name="f.summary"])[4]`, "付别的款")
}

// TestTemplate_F8: the dialog is opened, used and left by keyboard alone; a quantity that is no number is refused in words.
func TestTemplate_F8(t *testing.T) {
	b := open(t)
	b.usuals()
	b.signIn("kuaiji")
	b.visit("/books/1/vouchers/new")
	b.do(chromedp.Focus(`(//input[@name="f.summary"])[1]`))
	b.keys(kb.F8)
	b.do(chromedp.WaitVisible(chromedp.CSS("dialog.usual .picks li")))
	b.shoot("52-template-dialog")
	b.keys("sb\r")
	b.do(chromedp.WaitVisible(chromedp.CSS("dialog.usual .stack input")))
	b.keys("三万\r")
	b.do(chromedp.WaitVisible(chromedp.CSS("dialog.usual .say")))
	b.must("dialog.usual .say", "不是数")
	b.shoot("53-template-quantity")
	b.keys(kb.Backspace + kb.Backspace + "32,115\r")
	b.soon(`(//input[@name="f.debit"])[1]`, "2,569.20")
	b.soon(`(//input[@name="f.credit"])[2]`, "2,569.20")
	b.soon(`(//input[@name="f.account"])[1]`, "500102 业务活动费用/商品和服务费用")
	b.must("[data-diff]", "借贷平衡")
	b.shoot("54-template-filled")
	b.keys(kb.F8)
	b.do(chromedp.WaitVisible(chromedp.CSS("dialog.usual[open]")))
	b.keys(kb.Escape)
	b.do(chromedp.WaitNotPresent(chromedp.CSS("dialog.usual[open]")))
}

// TestUsualPages takes pictures of the pages, and uses a template without script.
func TestUsualPages(t *testing.T) {
	b := open(t)
	b.usuals()
	b.signIn("kuaiji")
	b.enterOffice("4860")
	b.proposed()
	b.press(`button[value="submit"]`)
	b.press(`a[href*="templates/new"]`)
	b.must("main", "金额怎么填")
	b.shoot("55-template-form")
	b.press(`button[value="save"]`)
	b.must("main", "常用凭证")
	b.shoot("56-templates")
	b.visit("/books/1/library")
	b.must("main", "付 9 月办公用品款")
	b.shoot("57-library")
}
