package browsertest_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/paper/papertest"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

var update = flag.Bool("update", false, "write the pictures of printed pages anew")

// printed gives the page as the browser prints it on the paper that the page asks for.
func (b *browser) printed(name string) []byte {
	b.t.Helper()
	yes := true
	pdf := ask(b, chromedp.Action[[]byte](func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		r, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &yes})
		return r.Data, err
	}))
	if err := os.WriteFile(filepath.Join(b.shots, name+".pdf"), pdf, 0o644); err != nil {
		b.t.Fatal(err)
	}
	return pdf
}

// postMany posts vouchers with amounts that are all different.
func (b *browser) postMany(n int) {
	b.t.Helper()
	d := ledger.Dims{Function: "2010301", Economic: "30201"}
	for i := range n {
		fen := money.Fen(100000 + 1001*i)
		date := calendar.Date(fmt.Sprintf("2026-10-%02d", 1+i*22/n))
		summary := fmt.Sprintf("付第 %d 批办公用品款", i+1)
		b.world.Post(b.t, "kuaiji", "shenhe", document.NewID(), "LX01", date,
			ledger.Line{Account: "500102", Summary: summary, Debit: fen, Dims: d},
			ledger.Line{Account: "400101", Summary: summary, Credit: fen},
			ledger.Line{Account: "71010101", Summary: summary, Debit: fen, Dims: d},
			ledger.Line{Account: "60010102", Summary: summary, Credit: fen, Dims: ledger.Dims{Function: "2010301"}})
	}
}

// TestPrinting_OfTheBrowser: what the browser's own print makes is A5 across for a voucher and A4 for statements and
// ledgers, with the heads on every page, the amounts, and nothing of the screen's frame.
func TestPrinting_OfTheBrowser(t *testing.T) {
	b := open(t)
	b.postMany(45)
	b.signIn("kuaiji")
	book := fmt.Sprint(b.world.Books["LX01"].ID)

	b.visit("/books/" + book + "/vouchers/2026-10/" + "记" + "/7")
	voucher := b.printed("browser-voucher")
	b.onPaper(voucher, "595 x 420", 1)
	flat := strings.Join(strings.Fields(strings.Join(papertest.Text(t, voucher), "")), "")
	for _, want := range []string{"记账凭证", "记字第0007号", "1,060.06", "壹仟零陆拾元零陆分", "财务会计", "预算会计", "制单韩会计", "审核柳审核", "账套:柳溪镇政府机关", "付第7批办公用品款"} {
		if !strings.Contains(flat, want) {
			t.Errorf("the voucher does not show %q", want)
		}
	}
	for _, screen := range []string{"退出", "改密码", "办理记录", "红字冲销", "打印"} {
		if strings.Contains(flat, screen) {
			t.Errorf("the voucher shows %q of the screen", screen)
		}
	}
	papertest.Same(t, "print-voucher", voucher, *update)

	b.visit("/books/" + book + "/statements/detail-ledger?account=500102&from=2026-10&to=2026-10")
	detail := b.printed("browser-ledger")
	pages := papertest.Text(t, detail)
	b.onPaper(detail, "595 x 842", len(pages))
	if len(pages) < 2 {
		t.Fatalf("the ledger takes %d pages: no head is repeated", len(pages))
	}
	onSheet(t, pages[0], "明细账:500102", "编制单位:柳溪镇政府机关", "单位:元")
	onSheet(t, pages[len(pages)-1], "会计主管:", "记账:")
	for n, text := range pages {
		flat := strings.Join(strings.Fields(text), "")
		if strings.Contains(flat, "记-00") && (!strings.Contains(flat, "对方科目") || !strings.Contains(flat, "借方")) {
			t.Errorf("page %d has no head:\n%s", n+1, text)
		}
	}
	all := strings.Join(pages, "")
	for i := range 45 {
		if amount := money.Fen(100000 + 1001*i).String(); !strings.Contains(all, amount) {
			t.Errorf("%s is not on paper", amount)
		}
	}

	b.visit("/books/" + book + "/statements/balance-sheet?to=2026-10")
	sheet := b.printed("browser-balance-sheet")
	b.onPaper(sheet, "595 x 842", 1)
	signed := []string{"资产负债表", "编制单位:柳溪镇政府机关", "2026年10月31日", "单位:元", "会政财01表", "单位负责人:", "主管会计工作负责人:", "会计机构负责人:", "制表人:"}
	onSheet(t, strings.Join(papertest.Text(t, sheet), ""), signed...)
	onSheet(t, strings.Join(papertest.Text(t, b.drawn("balance-sheet")), ""), signed...)
	papertest.Same(t, "print-balance-sheet", sheet, *update)
}

// drawn gives a statement as the program itself prints it.
func (b *browser) drawn(name string) (pdf []byte) {
	b.t.Helper()
	err := b.world.DB.Read(context.Background(), func(tx *store.Tx) error {
		r, err := statement.Make(tx, statement.Request{Name: name, Books: []ledger.Book{b.world.Books["LX01"]}, From: "2026-01", To: "2026-10"})
		if err == nil {
			pdf, err = paper.Reports([]*statement.Report{r}, paper.Usual())
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return pdf
}

// onSheet asks for texts whatever the blanks between them.
func onSheet(t *testing.T, text string, wants ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), "")
	for _, want := range wants {
		if !strings.Contains(flat, want) {
			t.Errorf("%q is not on paper:\n%s", want, flat)
		}
	}
}

// onPaper checks the size of every page, in points, and their number.
func (b *browser) onPaper(pdf []byte, size string, pages int) {
	b.t.Helper()
	got := 0
	for _, line := range strings.Split(papertest.Info(b.t, pdf), "\n") {
		if !strings.Contains(line, "size:") || !strings.HasPrefix(line, "Page ") {
			continue
		}
		got++
		var n int
		var w, h float64
		if _, err := fmt.Sscanf(line, "Page %d size: %f x %f pts", &n, &w, &h); err != nil {
			b.t.Fatalf("%q: %v", line, err)
		}
		if is := fmt.Sprintf("%.0f x %.0f", w, h); is != size {
			b.t.Errorf("page %d is %s points, want %s", n, is, size)
		}
	}
	if got != pages {
		b.t.Errorf("%d pages, want %d", got, pages)
	}
}

// TestPrinting_Page prints vouchers and ledgers from the print page, which remembers how, without script.
func TestPrinting_Page(t *testing.T) {
	b := open(t)
	b.postMany(6)
	b.signIn("kuaiji")
	book := fmt.Sprint(b.world.Books["LX01"].ID)
	b.visit("/books/" + book + "/print")
	b.shoot("print-page")
	b.do(chromedp.SetValue(chromedp.CSS(`select[name="form"]`), "a4-2"), chromedp.SetValue(chromedp.CSS(`input[name="copies"]`), "0"))
	b.press(`button[value="keep"]`)
	b.must(".say", "份数 0 不合规则")
	b.shoot("print-page-refused")
	b.do(chromedp.SetValue(chromedp.CSS(`input[name="copies"]`), "2"), chromedp.SetValue(chromedp.CSS(`input[name="right"]`), "-1.5"))
	b.press(`button[value="keep"]`)
	b.must(".note", "打印设置已保存")
	b.visit("/books/" + book + "/print")
	if got := ask(b, chromedp.Value(chromedp.CSS(`select[name="form"]`))) + ask(b, chromedp.Value(chromedp.CSS(`input[name="right"]`))); got != "a4-2-1.5" {
		t.Errorf("remembered %q", got)
	}
}
