package browsertest_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"xiangzhang/internal/demo"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/web"
)

// pictureMost is how many bytes a picture of the README may have: a clone goes over slow lines too.
const pictureMost = 150_000

// TestPictures makes the pictures of the README from the invented county; `make screenshots` keeps them.
func TestPictures(t *testing.T) {
	db := storetest.One(t)
	keys, err := identity.LoadKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Build(context.Background(), db, keys, nil); err != nil {
		t.Fatal(err)
	}
	var book int64
	err = db.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(`select book_id from book where county_id = $1 and name = $2`, demo.County, "镇政府机关").Scan(&book)
	})
	if err != nil {
		t.Fatal(err)
	}
	b := browse(t, web.Config{DB: db, County: demo.County, Keys: keys, Files: t.TempDir(), Demo: true})

	b.tryAs("liuxi.kuaiji1", "先办这些")
	b.picture("workbench")
	b.visit("/month-end?period=2026-09")
	b.must(".counts", "已结账")
	b.picture("month-end")
	b.visit(fmt.Sprintf("/books/%d/statements/trial-balance?from=2026-10&to=2026-10", book))
	b.must("main", "试算平衡 ✓")
	b.picture("trial-balance")
	b.visit(fmt.Sprintf("/books/%d/vouchers/new", book))
	b.keys("付 10 月办公用品款\r500102\r2010301\r30201\r\r4860\r..\rybggysczbk\r2010301\r\r=")
	b.settled()
	b.proposed()
	js[string](b, `(document.querySelector("[data-kept]").hidden = true, document.activeElement.style.caretColor = "transparent")`) // a clock, and a blink
	b.picture("voucher")
	b.tryAs("xian.yusuan", "柳溪镇")
	b.picture("county")
}

// tryAs signs in by one click, as a demonstration offers it.
func (b *browser) tryAs(login, says string) {
	b.t.Helper()
	b.signOut()
	b.do(chromedp.Click(fmt.Sprintf(`//form[input[@name="login"][@value=%q]]/button`, login)))
	b.until(login+" is signed in", fmt.Sprintf(`location.pathname === "/" && document.readyState === "complete" && document.querySelector("main").textContent.includes(%q)`, says))
}

// picture keeps a screenshot in the 256 colours that it has most of, which makes a third of the bytes.
func (b *browser) picture(name string) {
	b.t.Helper()
	b.loaded()
	b.do(chromedp.MouseEvent(chromedp.MouseMoved, 0, 0)) // a row under the mouse looks different
	shot, err := png.Decode(bytes.NewReader(ask(b, chromedp.CaptureScreenshot())))
	if err != nil {
		b.t.Fatal(err)
	}
	few := image.NewPaletted(shot.Bounds(), most(shot, 256))
	draw.Draw(few, few.Bounds(), shot, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few); err != nil {
		b.t.Fatal(err)
	}
	if out.Len() > pictureMost {
		b.t.Errorf("the picture %s has %d bytes, more than %d", name, out.Len(), pictureMost)
	}
	if err := errors.Join(os.MkdirAll(b.shots, 0o755), os.WriteFile(filepath.Join(b.shots, name+".png"), out.Bytes(), 0o644)); err != nil {
		b.t.Fatal(err)
	}
}

// most gives the colours that a picture has most of, the same ones in every run.
func most(shot image.Image, n int) color.Palette {
	pixels := map[color.RGBA]int{}
	for y := shot.Bounds().Min.Y; y < shot.Bounds().Max.Y; y++ {
		for x := shot.Bounds().Min.X; x < shot.Bounds().Max.X; x++ {
			pixels[color.RGBAModel.Convert(shot.At(x, y)).(color.RGBA)]++
		}
	}
	order := slices.SortedFunc(maps.Keys(pixels), func(a, b color.RGBA) int {
		return cmp.Or(pixels[b]-pixels[a], cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	var p color.Palette
	for _, c := range order[:min(n, len(order))] {
		p = append(p, c)
	}
	return p
}
