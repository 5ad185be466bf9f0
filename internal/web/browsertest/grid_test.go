package browsertest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"xiangzhang/internal/money"
)

// TestGrid_Keystrokes keys two whole vouchers from a blank form to the next blank form, by keyboard alone, and counts.
func TestGrid_Keystrokes(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	for _, c := range []struct{ name, path, keys, says string }{
		{"government, both halves", "/books/1/vouchers/new", "付办公用品款\r500102\r2010301\r30201\r\r4860\r..\rybggysczbk\r2010301\r\r=", "记-0001 已提交"},
		{"village", "/books/2/vouchers/new", "收水面承包费\ryhck\r3000\r//\rfbsr\r=", "记-0001 已提交"},
	} {
		b.visit(c.path)
		b.keys(c.keys)
		b.settled()
		if strings.Contains(c.path, "/1/") {
			b.proposed()
			b.until("both halves balance", `[...document.querySelectorAll("[data-diff]")].every((d) => d.textContent === "借贷平衡")`)
			b.shoot("60-keyed")
		}
		b.must("[data-diff]", "借贷平衡")
		b.keys(kb.F12)
		b.arrive("done=")
		b.must("main", c.says)
		t.Logf("%s: %d keystrokes, Chinese words counted by character", c.name, len([]rune(c.keys))+1)
	}
	if n := b.drafts(); n != 0 {
		t.Errorf("%d drafts are left though the server has the vouchers", n)
	}
}

// TestGrid_Keys: Space flips, F7 opens the list with path and balance, arrows and Enter take, a part of a name is enough.
func TestGrid_Keys(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	b.visit("/books/1/vouchers/new")
	b.keys("付款\r" + kb.F7)
	b.until("the list is open", `document.querySelectorAll("#looked [data-at]").length > 5`)
	b.keys("yhck")
	b.until("the list is narrow", `document.querySelector("#looked [data-at] b").textContent.startsWith("1002") && !document.querySelector("#looked").hidden`)
	b.must("#looked", "银行存款/")
	b.shoot("61-look-up")
	b.keys(kb.ArrowDown + "\r")
	b.settled()
	if got := b.at("f.account", 1); !strings.HasPrefix(got, "100202") {
		t.Errorf("the second of the list is %q", got)
	}
	b.cell("f.debit", 1)
	b.keys("12.5 ")
	if got, side := b.at("f.credit", 1), js[string](b, `document.activeElement.name`); got != "12.5" || side != "f.credit" {
		t.Errorf("Space gives credit %q with the caret in %s", got, side)
	}
	b.keys("\r//\r没有这个科目\r")
	b.until("it is said that nothing fits", `document.querySelector("#looked").textContent.includes("没有符合的科目")`)
	if got := b.at("f.account", 2); got != "没有这个科目" {
		t.Errorf("what was typed is %q", got)
	}
}

// TestGrid_AsksOnlyWhatTheAccountTakes: other dimensions are neither seen nor reached by keys.
func TestGrid_AsksOnlyWhatTheAccountTakes(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	b.visit("/books/1/vouchers/new")
	shown := `[...document.querySelector("tbody tr").querySelectorAll(".dims input")].filter((i) => i.offsetWidth > 0).map((i) => i.name).join(" ")`
	if got := js[string](b, shown); got != "" {
		t.Errorf("a blank row asks %s", got)
	}
	b.keys("付款\r500102\r")
	b.settled()
	if got := js[string](b, shown); got != "f.function f.economic f.project f.fund" {
		t.Errorf("500102 asks %q", got)
	}
	b.keys("2010301\r")
	b.cell("f.account", 1)
	b.keys(strings.Repeat(kb.Backspace, 40) + "100202\r")
	b.settled()
	if got := b.at("f.function", 1); js[string](b, shown) != "" || got != "" {
		t.Errorf("the bank account asks %q and keeps the function %q", js[string](b, shown), got)
	}
	if got := js[string](b, `document.activeElement.name`); got != "f.debit" {
		t.Errorf("after the account the caret is in %s", got)
	}
}

// TestGrid_OwnBudgetaryHalf: what a person changed stays, the page asks the reason, one press brings the proposal back.
func TestGrid_OwnBudgetaryHalf(t *testing.T) {
	b := writing(t)
	b.cell("b.economic", 1)
	b.keys(strings.Repeat(kb.Backspace, 12) + "30202\r")
	b.until("a reason is asked", `!document.querySelector("[data-reason]").hidden && document.querySelector("[data-state]").textContent.includes("写明原因")`)
	b.cell("f.summary", 1)
	b.keys("改")
	b.until("the server was asked again", `document.querySelector("[data-state]").textContent.includes("已手工填写")`)
	if got := b.at("b.economic", 1); !strings.HasPrefix(got, "30202") {
		t.Errorf("the person's class became %q", got)
	}
	b.shoot("62-own-half")
	b.choose("submit")
	b.notice("send", "须写明原因")
	b.choose("propose")
	b.until("the proposal is back", `document.querySelector('input[name="b.economic"]').value.startsWith("30201")`)
	b.cell("b.economic", 1)
	b.keys(strings.Repeat(kb.Backspace, 12) + "30202\r")
	b.cell("note", 1)
	b.keys("印刷费用")
	b.choose("submit")
	b.submitted()
}

// TestGrid_CopyOnASlowLine: what is keyed into a copy before the server has said whose its budgetary half is, changes that
// half too, and a voucher that is sent at once waits for it.
func TestGrid_CopyOnASlowLine(t *testing.T) {
	b := writing(t)
	b.keys(kb.F12)
	b.arrive("done=")
	pages := b.line.pages
	b.line.restart(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/proposal") {
			time.Sleep(800 * time.Millisecond)
		}
		pages.ServeHTTP(w, r)
	}))
	b.visit("/books/1/vouchers/new?copy=last")
	b.loaded()
	b.keys("\r\r\r\r\r59.50" + kb.ArrowDown + "=")
	b.until("the budgetary half follows", `document.querySelector('input[name="b.debit"]').value === "59.50"`)
	b.must("[data-state]", "由财务会计分录生成")
	b.visit("/books/1/vouchers/new?copy=last")
	b.loaded()
	b.keys("\r\r\r\r\r61.25" + kb.ArrowDown + "=" + kb.F12)
	b.arrive("done=")
	b.must("main", "记-0002 已提交")
}

// paste puts text on the caret as a spreadsheet does.
func (b *browser) paste(text string) {
	b.t.Helper()
	js[bool](b, fmt.Sprintf(`(() => { const data = new DataTransfer(); data.setData("text/plain", %q);
		document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); return true; })()`, text))
}

// TestGrid_Paste: every line comes in, every wrong cell is marked with its sentence, one press takes the block out again.
func TestGrid_Paste(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	b.visit("/books/1/vouchers/new")
	b.paste("摘要\t科目编码\t功能分类\t部门经济分类\t借方金额\t贷方金额\t备注\n付印刷费\t500102\t2010301\t30202\t1,200\t\t见合同\n付印刷费\t9999\t\t\t\t1.234\t\n付印刷费\t400101\t2010301\t\t\t1,198.77\t\n")
	b.notice("paste", "已粘贴 3 行")
	b.notice("paste", "2 处须改")
	if got := js[string](b, `document.querySelector("[data-notice=paste] textarea").value`); got != "第 1 行「备注」:见合同" {
		t.Errorf("what has no place is %q", got)
	}
	b.must("tr.err", "没有科目「9999」")
	b.must("tr.err", "多于两位小数")
	if got := js[int](b, `document.querySelectorAll("td.wrong").length`); got != 2 {
		t.Errorf("%d cells are marked, want 2", got)
	}
	b.shoot("63-pasted")
	b.cell("f.account", 2)
	b.keys(strings.Repeat(kb.Backspace, 4) + "500102\r2010301\r30202\r\r")
	b.settled()
	b.cell("f.credit", 2)
	b.keys(strings.Repeat(kb.Backspace, 5))
	b.cell("f.debit", 2)
	b.keys("=")
	b.until("no cell is marked", `document.querySelectorAll(".wrong, tr.err").length === 0`)
	b.act("paste", "撤销粘贴")
	if got := b.at("f.summary", 1); got != "" {
		t.Errorf("after taking the block out the first cell is %q", got)
	}
	b.line.set(beforeward)
	b.do(chromedp.Focus(chromedp.CSS(`input[name="f.summary"]`)))
	b.paste("甲\t102\n乙\t103")
	b.notice("paste", "没有送到")
	if got := js[string](b, `document.querySelector("[data-notice=paste] textarea").value`); got != "甲\t102\n乙\t103" {
		t.Errorf("without the line the block is %q", got)
	}
	b.line.set(whole)
	b.act("paste", "再试一次")
	b.notice("paste", "已粘贴 2 行")
}

// TestGrid_AllMarks: a refusal marks every wrong cell; a mark goes when its cell is mended.
func TestGrid_AllMarks(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	b.visit("/books/2/vouchers/new")
	b.keys("收款\r102\r3000.123\r\r50104\r")
	b.cell("f.credit", 2)
	b.keys("三千")
	b.choose("submit")
	b.notice("send", "共有 3 处须改")
	b.until("three rows of sentences", `document.querySelectorAll("tr.err").length === 2`)
	b.shoot("68-marks")
	b.cell("f.credit", 2)
	b.keys(strings.Repeat(kb.Backspace, 3) + "5")
	if js[bool](b, `document.querySelectorAll('input[name="f.credit"]')[1].closest("td").classList.contains("wrong")`) {
		t.Error("the mended cell is still marked")
	}
}

// TestGrid_Capitals: the page writes capitals as the server does.
func TestGrid_Capitals(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	b.visit("/books/2/vouchers/new")
	js[bool](b, `(() => { import("/static/x/money.js").then((m) => { window.money = m; }); return true; })()`)
	b.until("the module is there", `window.money !== undefined`)
	for _, fen := range []money.Fen{0, 1, 10, 105, 100, 1000, 10203_04, 100_000_00, 110_000_00, 1_0000_0001_00, 1_0010_0000_50, -4860_00, 99999999_99, 2000_0300_07} {
		if got, want := js[string](b, fmt.Sprintf(`window.money.capital(%dn)`, int64(fen))), fen.Capital(); got != want {
			t.Errorf("%d is %s here and %s there", fen, got, want)
		}
	}
}
