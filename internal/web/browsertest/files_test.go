package browsertest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// dropFile drops files on the page, made by script as an expression of a list of File.
func (b *browser) dropFile(files string) {
	b.t.Helper()
	ask(b, chromedp.Evaluate[any](`(async () => {
		const data = new DataTransfer();
		for (const file of await `+files+`) data.items.add(file);
		document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
	})()`, chromedp.EvalAwaitPromise))
}

// photo is a picture of a telephone's size that does not press well.
const photo = `(async (name, width, height) => {
	const canvas = Object.assign(document.createElement("canvas"), { width, height });
	const context = canvas.getContext("2d");
	context.fillStyle = "#f4efe4"; context.fillRect(0, 0, width, height);
	context.fillStyle = "#222"; context.font = "120px sans-serif";
	for (let i = 1; i < height / 160; i++) context.fillText("发票明细 No. " + i * 7919, 80, i * 160);
	const dots = context.getImageData(0, 0, width, height);
	for (let i = 0; i < dots.data.length; i += 4) dots.data[i] ^= (i * 2654435761) >>> 27;
	context.putImageData(dots, 0, 0);
	return new File([await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95))], name, { type: "image/jpeg" });
})`

// pdf is a page that says a word; its table of objects is left to be mended by the reader.
const pdf = "%PDF-1.4\\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\\n" +
	"3 0 obj<</Type/Page/MediaBox[0 0 300 200]/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\\n" +
	"4 0 obj<</Length 43>>stream\\nBT /F 24 Tf 40 100 Td (FAPIAO 4860.00) Tj ET\\nendstream endobj\\n" +
	"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\\ntrailer<</Root 1 0 R>>\\n%%EOF\\n"

func TestFiles_DroppedOnTheForm(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	b.visit("/books/1/vouchers/new")
	b.do(b.put("f.summary", 1, "付办公用品款"))
	b.dropFile(`Promise.all([` + photo + `("发票.jpg", 3200, 2400), new File(["\x00\x00\x00\x18ftypheic\x00\x00"], "照片.jpg"),
		new File([` + "`" + pdf + "`" + `], "电子发票.pdf")])`)
	b.do(chromedp.WaitVisible(`//*[contains(@class,"files")]//a[text()="电子发票.pdf"]`))
	b.must("section.files", "不能保存 HEIC 图片")
	b.must("section.files", "发票.jpg")
	b.must("[data-count]", "2 个文件,凭证填写 2 张")
	width := ask(b, chromedp.Evaluate[int](`(async () => {
		const image = new Image(); image.src = document.querySelector("a[data-shown=picture]").href; await image.decode(); return image.naturalWidth;
	})()`, chromedp.EvalAwaitPromise))
	if width != 1600 {
		t.Errorf("the photo is %d wide", width)
	}
	size := ask(b, chromedp.Evaluate[int](`(async () => (await (await fetch(document.querySelector("a[data-shown=picture]").href)).blob()).size)()`, chromedp.EvalAwaitPromise))
	if size > 400<<10 || size < 10<<10 {
		t.Errorf("the photo has %d bytes", size)
	}
	b.shoot("60-files")
	b.do(chromedp.Focus(`(//input[@name="f.summary"])[2]`))
	b.keys("后写的一行\t")
	b.until("the browser keeps the draft", `document.querySelector("[data-kept]").textContent.includes("草稿已存")`)
	time.Sleep(400 * time.Millisecond) // the grid keeps a moment after the last key
	b.do(chromedp.Reload(), chromedp.WaitReady(chromedp.CSS("main")))
	b.must("section.files", "发票.jpg") // the form is the draft's now, with what was typed after its files
	b.soon(`(//input[@name="f.summary"])[2]`, "后写的一行")
	b.keys(kb.F4)
	b.do(chromedp.WaitVisible(chromedp.CSS("aside.viewer img")))
	b.shoot("61-files-picture")
	ask(b, chromedp.Evaluate[any](`document.querySelector("aside.viewer button[title='Alt+PageDown']").click()`))
	b.must("aside.viewer b", "电子发票.pdf")
	b.do(chromedp.WaitVisible(chromedp.CSS("aside.viewer iframe")))
	time.Sleep(time.Second) // the browser's own viewer tells nobody when it has drawn
	b.shoot("62-files-pdf")
	b.keys(kb.F4)
	b.press(`button[value="save"]`)
	b.must("section.files", "发票.jpg")
	if strings.Contains(b.text("section.files"), "HEIC") {
		t.Error("a refused file is listed")
	}
	b.dropFile(`Promise.all([` + photo + `("再来一次.jpg", 3200, 2400)])`)
	b.do(chromedp.WaitVisible(`//*[@data-said][contains(text(),"已经上传过")]`))
}

// TestFiles_OnAPhone: the voucher's page takes photos; its files are read on the whole screen.
func TestFiles_OnAPhone(t *testing.T) {
	b := writing(t)
	b.press(`button[value="submit"]`)
	b.telephone()
	b.dropFile(`Promise.all([` + photo + `("收据.jpg", 2400, 3200)])`)
	b.do(chromedp.WaitVisible(`//*[contains(@class,"files")]//a[text()="收据.jpg"]`))
	b.must("[data-count]", "数目不同")
	ask(b, chromedp.Evaluate[any](`document.querySelector("#attachments").scrollIntoView()`))
	b.shoot("63-files-phone")
	b.do(chromedp.Click(chromedp.CSS("a[data-shown]")), chromedp.WaitVisible(chromedp.CSS("aside.viewer img")))
	b.shoot("64-files-phone-picture")
}
