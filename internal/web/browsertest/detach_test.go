package browsertest_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestFiles_TakenAwayAgain: a wrong scan goes at one press, what was typed stays, and the file is not on the page when it is
// loaded anew.
func TestFiles_TakenAwayAgain(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	b.visit("/books/1/vouchers/new")
	b.do(b.put("f.summary", 1, "付办公用品款"))
	b.dropFile(`Promise.all([` + photo + `("身份证.jpg", 800, 600), new File([` + "`" + pdf + "`" + `], "电子发票.pdf")])`)
	b.do(chromedp.WaitVisible(`//*[contains(@class,"files")]//a[text()="电子发票.pdf"]`))
	b.must("[data-count]", "2 个文件,凭证填写 2 张")
	b.shoot("67-files-with-removal")
	b.do(chromedp.Click(chromedp.CSS(`button[aria-label="移去 身份证.jpg"]`)))
	b.until("the file is gone", `document.querySelector("[data-said]").textContent.includes("身份证.jpg 已移去")`)
	b.must("[data-count]", "1 个文件,凭证填写 1 张")
	if typed := ask(b, chromedp.Evaluate[string](`document.querySelector('[name="f.summary"]').value`)); typed != "付办公用品款" {
		t.Errorf("the form says %q", typed)
	}
	b.do(chromedp.Reload(), chromedp.WaitReady(chromedp.CSS("main")))
	b.must("section.files", "电子发票.pdf")
	if n := ask(b, chromedp.Evaluate[int](`document.querySelectorAll("section.files li").length`)); n != 1 {
		t.Errorf("%d files are listed", n)
	}
	b.shoot("68-files-after-removal")
}
