// Package papertest looks at a PDF as people do: as pictures that are compared with goldens, and as text. It needs
// pdftoppm and pdftotext (Debian: poppler-utils).
package papertest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// Resolution of goldens, in dots per inch.
const resolution = 72

// How far a picture may be from its golden: patches of patch × patch dots whose mean grey differs by more than greyMost
// are wrong, and more than wrongMost of them on a page fail. Another version of the renderer shades edges otherwise; a
// text that is moved by a millimetre, or is not there, makes tens of wrong patches.
const (
	patch     = 2
	greyMost  = 20
	wrongMost = 12
)

// Pages draws every page of a PDF in grey.
func Pages(t testing.TB, pdf []byte) []*image.Gray {
	t.Helper()
	dir := t.TempDir()
	run(t, pdf, "pdftoppm", "-r", fmt.Sprint(resolution), "-gray", "-png", "-", filepath.Join(dir, "page"))
	names, err := filepath.Glob(filepath.Join(dir, "page*.png"))
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(names)
	var out []*image.Gray
	for _, name := range names {
		out = append(out, read(t, name))
	}
	return out
}

// Text gives the text of every page.
func Text(t testing.TB, pdf []byte) []string {
	t.Helper()
	text := run(t, pdf, "pdftotext", "-layout", "-", "-")
	return strings.Split(strings.TrimSuffix(text, "\f"), "\f")
}

// Info gives what pdfinfo tells, sizes of all pages included.
func Info(t testing.TB, pdf []byte) string {
	t.Helper()
	return run(t, pdf, "pdfinfo", "-l", "-1", "-")
}

func run(t testing.TB, pdf []byte, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(pdf)
	var out, bad bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &bad
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v: %s (Debian: poppler-utils)", name, err, bad.String())
	}
	return out.String()
}

func read(t testing.TB, name string) *image.Gray {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	grey := image.NewGray(img.Bounds())
	for y := range grey.Rect.Max.Y {
		for x := range grey.Rect.Max.X {
			grey.SetGray(x, y, color.GrayModel.Convert(img.At(x, y)).(color.Gray))
		}
	}
	return grey
}

// Wrong counts the patches in which two pages differ; pages of different size differ everywhere.
func Wrong(a, b *image.Gray) int {
	if a.Rect != b.Rect {
		return a.Rect.Dx() * a.Rect.Dy()
	}
	wrong := 0
	for y := 0; y < a.Rect.Max.Y; y += patch {
		for x := 0; x < a.Rect.Max.X; x += patch {
			sum, n := 0, 0
			for dy := range patch {
				for dx := range patch {
					if at := image.Pt(x+dx, y+dy); at.In(a.Rect) {
						sum += int(a.GrayAt(at.X, at.Y).Y) - int(b.GrayAt(at.X, at.Y).Y)
						n++
					}
				}
			}
			if sum > greyMost*n || sum < -greyMost*n {
				wrong++
			}
		}
	}
	return wrong
}

// Same compares the pages of a PDF with the goldens testdata/NAME-1.png, …; update writes them anew.
func Same(t testing.TB, name string, pdf []byte, update bool) {
	t.Helper()
	pages := Pages(t, pdf)
	if update {
		old, _ := filepath.Glob(filepath.Join("testdata", name+"-*.png")) // the pattern is well formed
		for _, o := range old {
			if err := os.Remove(o); err != nil {
				t.Fatal(err)
			}
		}
		for i, p := range pages {
			write(t, golden(name, i), p)
		}
		return
	}
	for i, p := range pages {
		if wrong := Wrong(p, read(t, golden(name, i))); wrong > wrongMost {
			seen := filepath.Join(os.TempDir(), filepath.Base(golden(name, i)))
			write(t, seen, p)
			t.Errorf("%s: %d patches are not as in the golden; the page as it is now: %s (-update writes goldens anew: look at them)", golden(name, i), wrong, seen)
		}
	}
	if _, err := os.Stat(golden(name, len(pages))); err == nil {
		t.Errorf("%s: %d pages, the goldens have more", name, len(pages))
	}
}

func golden(name string, page int) string {
	return filepath.Join("testdata", fmt.Sprintf("%s-%d.png", name, page+1))
}

// write keeps a page in sixteen greys, which is enough and small.
func write(t testing.TB, name string, p *image.Gray) {
	t.Helper()
	greys := make(color.Palette, 16)
	for i := range greys {
		greys[i] = color.Gray{Y: uint8(i * 17)}
	}
	small := image.NewPaletted(p.Rect, greys)
	for y := range p.Rect.Max.Y {
		for x := range p.Rect.Max.X {
			small.SetColorIndex(x, y, uint8((int(p.GrayAt(x, y).Y)+8)/17))
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Places gives every word with its place, as pdftotext -bbox tells it, in points from the top left corner.
func Places(t testing.TB, pdf []byte) string {
	t.Helper()
	return run(t, pdf, "pdftotext", "-bbox", "-", "-")
}
