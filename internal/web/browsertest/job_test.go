package browsertest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
)

// enterOffice keys a voucher of the township's own book: office supplies paid by the treasury.
func (b *browser) enterOffice(credit string) {
	b.t.Helper()
	b.visit("/books/1/vouchers/new")
	b.keys("付 9 月办公用品款\r500102\r2010301\r30201\r\r4860\r..\rybggysczbk\r2010301\r")
	b.cell("f.credit", 2)
	b.keys(credit)
	b.do(chromedp.Focus(chromedp.CSS(`input[name="f.summary"]`)))
}

// fillOffice fills the same voucher where no script runs.
func (b *browser) fillOffice() {
	b.t.Helper()
	b.visit("/books/1/vouchers/new")
	b.do(
		b.put("f.summary", 1, "付 9 月办公用品款"), b.put("f.account", 1, "500102"), b.put("f.function", 1, "2010301"), b.put("f.economic", 1, "30201"), b.put("f.debit", 1, "4860"),
		b.put("f.summary", 2, "付 9 月办公用品款"), b.put("f.account", 2, "ybggysczbk"), b.put("f.function", 2, "2010301"), b.put("f.credit", 2, "4860"),
	)
}

// cell puts the caret into a cell, once it has what was keyed before.
func (b *browser) cell(name string, row int) {
	b.t.Helper()
	b.settled()
	b.do(chromedp.Focus(fmt.Sprintf(`(//input[@name="%s"])[%d]`, name, row)))
}

// proposed waits until the budgetary half stands beside the financial one.
func (b *browser) proposed() {
	b.t.Helper()
	b.until("the budgetary half is proposed", `document.querySelectorAll('input[name="b.account"]')[1].value !== ""`)
}

// settled waits until the grid has read every cell that was left.
func (b *browser) settled() {
	b.t.Helper()
	b.until("the grid reads its cells", `!document.querySelector("xz-grid").held`)
}

// until waits for a condition of the page, which may change meanwhile.
func (b *browser) until(what, condition string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
		if err == nil && holds {
			return
		}
		if ctx.Err() != nil {
			b.shoot("failed")
			b.t.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestJob is the main job: one person enters a voucher, another checks it, it is posted, the trial balance shows it.
func TestJob(t *testing.T) {
	b := open(t)
	b.visit("/sign-in")
	b.shoot("01-sign-in")
	b.signIn("kuaiji")
	b.shoot("02-home")
	b.visit("/books")
	b.must("main", "柳溪镇政府机关")
	if strings.Contains(b.text("main"), "云溪乡") {
		t.Error("the list shows a book of another township")
	}
	b.shoot("03-books")
	b.enterOffice("4860")
	b.proposed()
	b.must(".say, .note, main", "预算会计")
	b.shoot("04-proposed")
	b.press(`button[value="submit"]`)
	b.must("main", "待审核")
	b.shoot("05-submitted")

	b.signIn("shenhe")
	b.visit("/review")
	b.must("main", "付 9 月办公用品款")
	b.shoot("06-review")
	b.press(`tbody td:last-child a`)
	b.must("main", "制单 韩会计")
	b.shoot("07-check")
	b.press(`form[action$="/check"] button`)
	b.must("main", "没有在等的凭证")

	b.signIn("kuaiji")
	b.visit("/posting")
	b.press(`form[action$="/post"] button`)
	b.visit("/books/1")
	b.must("main", "已记账")
	b.shoot("08-book")
	b.visit("/books/1/statements/trial-balance")
	b.must("main", "4,860.00")
	b.shoot("09-balances")
}

// TestJob_RefusesUnbalanced: what was typed stays, and the sentence says by how much.
func TestJob_RefusesUnbalanced(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	b.enterOffice("4800")
	b.choose("submit")
	b.until("the refusal stands above the voucher", `document.querySelector("[data-notice=send].say")`+" !== null")
	b.must("[data-notice=send]", "借方多 60.00 元")
	b.shoot("10-unbalanced")
	if summary := ask(b, chromedp.Value(chromedp.CSS(`input[name="f.summary"]`))); summary != "付 9 月办公用品款" {
		t.Errorf("the summary that was typed is lost: %q", summary)
	}
}

// TestJob_RefusesOwnCheck: who made a voucher does not check it, whatever roles he has.
func TestJob_RefusesOwnCheck(t *testing.T) {
	b := open(t)
	b.signIn("jiangang")
	b.enterOffice("4860")
	b.proposed()
	b.press(`button[value="submit"]`)
	b.must("main", "按制单与审核相分离,请由另一人审核")
	b.shoot("11-own")
	ask(b, chromedp.Evaluate[any](`(() => {
		const form = document.createElement("form"); form.method = "post"; form.action = location.pathname + "/check"; form.id = "forged";
		for (const [name, value] of [["csrf", document.querySelector("input[name=csrf]").value], ["version", "2"]]) {
			const field = document.createElement("input"); field.name = name; field.value = value; form.append(field);
		}
		const send = document.createElement("button"); form.append(send); document.querySelector("main").prepend(form);
	})()`))
	b.press("#forged button")
	b.must(".say", "本单据由您制单,按制单与审核相分离的规定,不能再由您审核")
}

// TestJob_WithoutScript does the maker's and the checker's part with script switched off.
func TestJob_WithoutScript(t *testing.T) {
	b := open(t)
	b.do(command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	b.signIn("kuaiji")
	b.fillOffice()
	b.press(`button[value="more"]`)
	b.press(`button[value="propose"]`)
	b.press(`button[value="save"]`)
	b.must(".note", "草稿已保存")
	b.press(`button[value="submit"]`)
	b.must("main", "待审核")
	b.signIn("shenhe")
	b.visit("/review")
	b.press(`tbody td:last-child a`)
	b.press(`form[action$="/check"] button`)
	b.signIn("kuaiji")
	b.visit("/posting")
	b.press(`form[action$="/post"] button`)
	b.visit("/books/1/statements/trial-balance")
	b.must("main", "4,860.00")
}

// TestKeys: Enter goes on, = balances, .. repeats the summary, an account is completed from its initials, F12 sends.
func TestKeys(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	b.visit("/books/2/vouchers/new")
	b.keys("收水面承包费\r102\r3000\r..\r50104\r=")
	b.settled()
	b.must("[data-diff]", "借贷平衡")
	b.shoot("12-keys")
	if got := ask(b, chromedp.Value(`(//input[@name="f.credit"])[2]`)); got != "3,000.00" {
		t.Errorf("= gave %q", got)
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(kb.F12)); err != nil {
		t.Fatal(err)
	}
	b.must("main", "记-0001 已提交")
}

// TestLook takes pictures of the pages that the job does not open, and of one on a telephone.
func TestLook(t *testing.T) {
	b := open(t)
	running := ledger.Dims{Function: "2010301", Economic: "30201"}
	for _, day := range []calendar.Date{"2026-08-12", "2026-09-03", "2026-10-08"} {
		b.world.Post(t, "kuaiji", "shenhe", document.NewID(), "LX01", day,
			ledger.Line{Account: "500102", Summary: "付办公用品款", Debit: 126050, Dims: running}, ledger.Line{Account: "400101", Summary: "付办公用品款", Credit: 126050},
			ledger.Line{Account: "71010101", Summary: "付办公用品款", Debit: 126050, Dims: running}, ledger.Line{Account: "60010102", Summary: "付办公用品款", Credit: 126050, Dims: ledger.Dims{Function: "2010301"}})
		b.world.Post(t, "kuaiji", "shenhe", document.NewID(), "LX-SQ", day,
			ledger.Line{Account: "102", Summary: "收水面承包费", Debit: 3000000}, ledger.Line{Account: "50104", Summary: "收水面承包费", Credit: 3000000})
	}
	b.signIn("kuaiji")
	b.enterOffice("4860")
	b.proposed()
	b.press(`button[value="submit"]`)
	b.signIn("suozhang")
	for _, page := range []struct{ name, path, says string }{
		{"20-home-head", "/", "待审核凭证"}, {"21-close", "/books/1/close", "试算平衡"}, {"22-year", "/books/1/year", "结转下年"},
		{"23-units", "/units", "柳溪镇财政所"}, {"24-people", "/people", "韩会计"}, {"25-accounts", "/books/1/accounts", "银行存款"},
		{"26-standards", "/standards", "财会〔2017〕25号"}, {"27-standard", "/standards/village-2024", "库存现金"}, {"28-rules", "/rules", "无操作多久"},
		{"29-exchange", "/exchange", "XLSX"}, {"30-statements", "/statements", "总账"}, {"31-book-statements", "/books/1/statements", "科目余额表"},
		{"32-person", "/people/1", "会计"}, {"33-unit", "/units/2", "账套"}, {"34-missing", "/books/3", "没有您可用的账套"},
		{"35-detail", "/books/1/statements/detail-ledger?account=5001&from=2026-01&to=2026-10", "付办公用品款"},
		{"36-balance-sheet", "/books/1/statements/balance-sheet", "资产"}, {"37-income", "/books/1/statements/income-expense", "费用"},
		{"38-village", "/units/2/statements/village-balance-sheet?chart=village", "货币资金"}, {"39-unit-account", "/units/2/account?account=102&from=2026-01&to=2026-10", "石桥村"},
	} {
		b.visit(page.path)
		b.must("main", page.says)
		b.shoot(page.name)
	}
	b.telephone()
	b.visit("/")
	b.must("main", "待审核凭证")
	b.shoot("40-phone-home")
	b.visit("/review")
	b.press(`tbody td:last-child a`)
	b.shoot("41-phone-voucher")
	wide := ask(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
	if wide > 390 {
		t.Errorf("on a telephone the page is %d wide", wide)
	}
}
