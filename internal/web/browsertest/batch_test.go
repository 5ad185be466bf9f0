package browsertest_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// handIn enters a voucher of a village's book and hands it to the checker.
func (b *browser) handIn(code, amount string) string {
	b.t.Helper()
	id := document.NewID()
	maker := b.world.Actor(b.t, "kuaiji")
	b.world.Write(b.t, func(tx *store.Tx) error {
		_, err := ledger.SaveDraft(tx, maker, ledger.DraftVoucher{
			Document: id, Book: b.world.Books[code].ID, Date: "2026-10-21", Word: "记", Attachments: 1,
			Lines: []ledger.DraftLine{{Summary: "收水面承包费", Account: "102", Debit: amount}, {Summary: "收水面承包费", Account: "50104", Credit: amount}},
		}, 0)
		if err == nil {
			_, err = ledger.Submit(tx, maker, id, 1)
		}
		return err
	})
	return id
}

// TestQueue_Keys: a checker works through the list without the mouse: R sends back with a reason, Enter opens, A checks
// and shows the next.
func TestQueue_Keys(t *testing.T) {
	b := open(t)
	for _, amount := range []string{"100", "200", "300"} {
		b.handIn("LX-SQ", amount)
	}
	b.signIn("shenhe")
	b.visit("/review")
	b.loaded()
	b.keys("r")
	b.do(chromedp.WaitVisible(chromedp.CSS("dialog[open]")))
	b.keys("缺发票")
	b.shoot("60-return")
	b.typed("\r", "2 张凭证在等")
	b.must(".queue tr.here", "200.00")
	b.world.Write(t, func(tx *store.Tx) error {
		var reason string
		err := tx.QueryRow(`select reason from trail where step = 'return'`).Scan(&reason)
		if reason != "缺发票" {
			t.Errorf("sent back with %q", reason)
		}
		return err
	})
	b.keys(" ")
	if on := ask(b, chromedp.Evaluate[int](`document.querySelectorAll("tbody input:checked").length`)); on != 1 {
		t.Errorf("the space bar ticked %d", on)
	}
	b.typed("\r", "石桥村股份经济合作社")
	b.must(".voucher", "200.00")
	b.do(chromedp.KeyEvent("a"), chromedp.WaitVisible(`//table[contains(@class, "paper")]//td[contains(., "300.00")]`))
	b.shoot("61-next")
	b.telephone()
	b.visit("/review")
	b.must(".queue", "300.00")
	b.shoot("62-phone-review")
	if wide := ask(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); wide > 390 {
		t.Errorf("on a telephone the list is %d wide", wide)
	}
}

// TestBatch_GoesOnByItself: a batch that was left, by a closed tab or a restart, goes on when its page is opened.
func TestBatch_GoesOnByItself(t *testing.T) {
	b := open(t)
	b.office36()
	maker, left := b.world.Actor(t, "kuaiji"), batch.Batch{ID: document.NewID(), Kind: batch.CloseMonth}
	for _, code := range []string{"LX-01", "LX-02", "LX-07"} {
		left.Items = append(left.Items, batch.Item{Book: b.world.Books[code].ID, Period: "2026-09"})
	}
	b.world.Write(t, func(tx *store.Tx) error { return batch.Begin(tx, maker, left) })
	b.signIn("kuaiji")
	b.must("main", "批量月末结账还有 3 项没有办")
	b.do(chromedp.Navigate(b.server.URL+"/batches/"+left.ID), chromedp.WaitVisible(`//p[contains(., "已办 2 项")]`))
	b.must(".progress", "没有办成 1 项")
}

// TestBatch_ProgressWithoutScript: a batch that is not through says how far it has come, and its button goes on.
func TestBatch_ProgressWithoutScript(t *testing.T) {
	b := open(t)
	b.office36()
	maker, left := b.world.Actor(t, "kuaiji"), batch.Batch{ID: document.NewID(), Kind: batch.CloseMonth}
	for _, code := range []string{"LX-01", "LX-02", "LX-07"} {
		left.Items = append(left.Items, batch.Item{Book: b.world.Books[code].ID, Period: "2026-09"})
	}
	b.world.Write(t, func(tx *store.Tx) error { return batch.Begin(tx, maker, left) })
	b.do(command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	b.signIn("kuaiji")
	b.visit("/batches/" + left.ID)
	b.must(".progress", "还有 3 项没有办")
	b.do(chromedp.WaitVisible(chromedp.CSS(`progress[max="3"][value="0"]`)))
	b.shoot("65-progress")
	b.press(`form[data-continue] button`)
	b.must(".progress", "没有办成 1 项")
	b.do(chromedp.WaitVisible(chromedp.CSS(`progress[max="3"][value="3"]`)))
}

// TestBatch_WithoutScript: ticks, preview and result need no script, and neither does the same voucher in other books.
func TestBatch_WithoutScript(t *testing.T) {
	b := open(t)
	b.office36()
	b.do(command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	first := b.handIn("LX-01", "800")
	b.signIn("kuaiji")
	b.visit("/vouchers/" + first + "/spread")
	b.must("main", "单位账用的科目")
	b.shoot("63-spread")
	for _, row := range []string{"2", "3", "4"} {
		b.do(chromedp.Click(`(//section[h2[contains(., "村账")]]//input[@name="item"])[` + row + `]`))
	}
	b.press(`button[value="enter-submit"]`)
	b.must("h1", "可以办理 3 项")
	b.shoot("64-spread-preview")
	b.press(`#batch button.do`)
	b.must(".progress", "已办 3 项")
	b.signIn("shenhe")
	b.visit("/review?q=水面&least=800&most=800")
	b.must("h1", "4 张凭证在等")
	b.do(chromedp.Click(`(//input[@name="item"])[1]`), chromedp.Click(`(//input[@name="item"])[3]`))
	b.press(`button[form="ticked"][value="return"]`)
	b.must("h1", "批量退回预览")
	b.do(b.put("reason", 1, "重复录入"))
	b.press(`#batch button.do`)
	b.must(".progress", "已办 2 项")
}

// TestYearEnd_Look: the year's page shows the closing vouchers before they are made; the month's page tells who opened
// a month again and why.
func TestYearEnd_Look(t *testing.T) {
	b := open(t)
	b.office36()
	w := b.world
	maker := w.Actor(t, "kuaiji")
	book := w.Books["LX-SQ"].ID
	w.Write(t, func(tx *store.Tx) error {
		_, err := tx.Exec(`update county set business_date = '2026-12-31'`)
		return err
	})
	last := document.NewID()
	for m := 9; m <= 11; m++ {
		w.Write(t, func(tx *store.Tx) error {
			id := document.NewID()
			if m == 11 {
				id = last
			}
			_, err := ledger.CloseMonth(tx, maker, id, book, calendar.PeriodOf(2026, m))
			return err
		})
	}
	b.signIn("kuaiji")
	b.visit("/year-end")
	b.must(".counts", "待收支结转 1 套")
	b.visit("/books/2/year?year=2026")
	b.must("main", "50104 经营收入/发包收入")
	b.shoot("65-year")
	b.visit("/books/2/close")
	b.do(b.put("reason", 1, "漏记 11 月水费"))
	b.press(`form[action$="/ask-reopen"] button`)
	b.signIn("shenhe")
	b.visit("/books/2/close")
	b.press(`form[action$="/approve-reopen"] button`)
	b.signIn("suozhang")
	b.visit("/books/2/close")
	b.press(`form[action$="/confirm-reopen"] button`)
	b.must(".history", "漏记 11 月水费")
	b.must(".history", "麦所长")
	b.shoot("66-history")
	b.visit("/year-end")
	b.shoot("67-year-end")
}
