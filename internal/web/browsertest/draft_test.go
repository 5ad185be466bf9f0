package browsertest_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"xiangzhang/internal/store"
	"xiangzhang/internal/web"
	"xiangzhang/internal/web/webtest"
)

// TestGrid_LineCut: cut before the server has the voucher or after it took it, nothing is lost and nothing doubled.
func TestGrid_LineCut(t *testing.T) {
	for name, when := range map[string]cut{"before": beforeward, "after": afterward} {
		t.Run(name, func(t *testing.T) {
			b := writing(t)
			b.line.set(when)
			b.choose("submit")
			b.notice("send", "没有送到")
			b.shoot("64-cut-" + name)
			if b.at("f.summary", 1) != "付 9 月办公用品款" || b.drafts() != 1 {
				t.Error("what was written is gone")
			}
			b.line.set(whole)
			b.act("send", "再次发送")
			b.submitted()
			b.only(1)
			if n := b.drafts(); n != 0 {
				t.Errorf("%d drafts are left", n)
			}
		})
	}
}

// TestGrid_ServerRestarted: a server that goes down and comes back takes the voucher once.
func TestGrid_ServerRestarted(t *testing.T) {
	b := writing(t)
	b.line.set(everything)
	b.choose("submit")
	b.notice("send", "没有送到")
	h, err := web.New(web.Config{DB: b.world.DB, Keys: b.world.Keys, Files: b.world.Files, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	b.line.restart(h)
	b.act("send", "再次发送")
	b.submitted()
	b.only(1)
}

// TestGrid_TabClosed: the next form offers what the closed one left; loading a page anew brings it back by itself.
func TestGrid_TabClosed(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	first := b.tab()
	first.enterOffice("4860")
	first.proposed()
	first.kept()
	first.do(chromedp.Reload())
	first.until("the draft is back", `document.querySelector('input[name="f.debit"]').value === "4,860.00"`)
	first.notice("draft", "已恢复本页未提交的草稿")
	if err := chromedp.Cancel(first.ctx); err != nil {
		t.Fatal(err)
	}
	b.front()
	b.visit("/books/1/vouchers/new")
	b.notice("left-0", "付 9 月办公用品款 4,860.00")
	b.shoot("65-left")
	b.act("left-0", "继续填写")
	b.proposed()
	if got := b.at("f.account", 2); !strings.HasPrefix(got, "400101") {
		t.Errorf("the second account is %q", got)
	}
	b.choose("submit")
	b.submitted()
	b.only(1)
	b.visit("/books/2/vouchers/new")
	if js[bool](b, `document.querySelector("[data-notice]") !== null`) {
		t.Error("the draft of one book is offered in another")
	}
}

// TestGrid_TwoTabs: two tabs write the same draft; the second learns that the first was saved, and keeps a copy or opens it.
func TestGrid_TwoTabs(t *testing.T) {
	b := writing(t)
	b.kept()
	second := b.tab()
	second.visit("/books/1/vouchers/new")
	second.act("left-0", "继续填写")
	second.proposed()
	second.cell("f.summary", 1)
	second.keys("(第二页)")
	b.front()
	b.choose("submit")
	b.submitted()
	second.front()
	second.notice("send", "已在另一窗口")
	second.choose("submit")
	second.notice("send", "记-0001,待审核")
	second.shoot("66-two-tabs")
	second.only(1)
	second.act("send", "另存为新凭证")
	second.choose("submit")
	second.submitted()
	if n := b.vouchers(1); n != 2 {
		t.Errorf("the book has %d vouchers, want the first and the copy", n)
	}
}

// TestGrid_SignInExpired: the voucher waits in the browser, and goes by itself after signing in again.
func TestGrid_SignInExpired(t *testing.T) {
	b := writing(t)
	b.world.Write(t, func(tx *store.Tx) error {
		_, err := tx.Exec(`delete from session where county_id = $1`, webtest.County)
		return err
	})
	b.choose("submit")
	b.notice("send", "登录已过期")
	b.shoot("67-expired")
	b.act("send", "重新登录并送出")
	b.arrive("/sign-in")
	b.do(chromedp.SendKeys(chromedp.CSS(`input[name="name"]`), "kuaiji"), chromedp.SendKeys(chromedp.CSS(`input[name="password"]`), webtest.Password))
	b.do(chromedp.Click(chromedp.CSS(`form[action="/sign-in"] button`)))
	b.submitted()
	b.only(1)
	if n := b.drafts(); n != 0 {
		t.Errorf("%d drafts are left", n)
	}
}

// TestGrid_DraftsArePersonal: who signs in at the same machine neither sees nor sends another's draft.
func TestGrid_DraftsArePersonal(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	b.enterOffice("4860")
	b.kept()
	b.signIn("jiangang")
	b.visit("/books/1/vouchers/new")
	if js[bool](b, `document.querySelector("[data-notice]") !== null || document.querySelector('input[name="f.summary"]').value !== ""`) {
		t.Error("another person's draft is shown")
	}
}
