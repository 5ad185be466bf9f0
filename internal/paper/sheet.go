package paper

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/signintech/gopdf"
)

// Size is the size of a sheet in millimetres.
type Size struct{ W, H float64 }

// The sheets that are printed on.
var (
	A4     = Size{210, 297}
	A5Wide = Size{210, 148}
	Roll   = Size{240, 140} // of the pre-printed voucher forms for dot-matrix printers
)

func (s Size) turned() Size { return Size{s.H, s.W} }

// point is a typographic point in millimetres.
const point = 25.4 / 72

// align says on which side of its cell a text stands.
type align int

const (
	left align = iota
	center
	right
)

// ink is a colour of type.
type ink [3]uint8

var (
	black = ink{0, 0, 0}
	red   = ink{192, 0, 0}
)

// canvas is a document while it is drawn. The first failure of the library is kept and told by bytes.
type canvas struct {
	pdf     gopdf.GoPdf
	size    Size
	pages   int
	advance map[rune]float64 // width of a character at size 1
	lacking []lack
	begins  string // bookmark of the next sheet
	where   string // what is drawn, as the list of missing characters names it
	color   ink
	err     error
}

// lack is a character that the font does not have, and where it was first met.
type lack struct {
	char  rune
	where string
}

// substitute stands for a character that the font lacks (下駄, as printers set it).
const substitute = '〓'

func newCanvas(title string) (*canvas, error) {
	shared, err := fonts()
	if err != nil {
		return nil, err
	}
	c := &canvas{advance: map[rune]float64{}}
	c.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: A4.W / point, H: A4.H / point}})
	c.pdf.SetInfo(gopdf.PdfInfo{Title: title, Creator: "乡账"})
	if err := c.pdf.AddTTFFontFromFontContainer(family, shared); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	if err := c.pdf.SetFont(family, "", 9); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	return c, nil
}

// page begins a sheet.
func (c *canvas) page(s Size) {
	c.size = s
	c.pages++
	c.pdf.AddPageWithOption(gopdf.PageOption{PageSize: &gopdf.Rect{W: s.W / point, H: s.H / point}})
	if c.begins != "" {
		c.pdf.AddOutline(c.begins)
		c.begins = ""
	}
	c.color = ink{1}
	c.paint(black)
	c.pdf.SetStrokeColor(0, 0, 0)
}

func (c *canvas) paint(k ink) {
	if c.color != k {
		c.pdf.SetTextColor(k[0], k[1], k[2])
		c.color = k
	}
}

// bytes closes the document: characters that the font lacks are listed on a last sheet.
func (c *canvas) bytes() ([]byte, error) {
	if len(c.lacking) > 0 {
		c.listLacking()
	}
	if c.err != nil {
		return nil, fmt.Errorf("paper: %w", c.err)
	}
	var b bytes.Buffer
	if _, err := c.pdf.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	return b.Bytes(), nil
}

// glyph gives the character that is drawn for r, with its width at size 1.
func (c *canvas) glyph(r rune) (rune, float64) {
	if w, known := c.advance[r]; known && w >= 0 {
		return r, w
	} else if known {
		return substitute, c.advance[substitute]
	}
	if has, err := c.pdf.IsCurrFontContainGlyph(r); err != nil || !has {
		c.advance[r] = -1
		c.lacking = append(c.lacking, lack{r, c.where})
		return c.glyph(substitute)
	}
	c.fail(c.pdf.SetFontSize(1000))
	w, err := c.pdf.MeasureTextWidth(string(r))
	c.fail(err)
	c.advance[r] = w / 1000
	return r, w / 1000
}

func (c *canvas) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// width measures a text in millimetres.
func (c *canvas) width(s string, size float64) float64 {
	sum := 0.0
	for _, r := range s {
		_, w := c.glyph(r)
		sum += w
	}
	return sum * size * point
}

// text puts a text on the line y, from x on, centred on it, or up to it.
func (c *canvas) text(x, y float64, a align, size float64, s string) {
	if s == "" {
		return
	}
	var b strings.Builder
	sum := 0.0
	for _, r := range s {
		g, w := c.glyph(r)
		b.WriteRune(g)
		sum += w
	}
	switch w := sum * size * point; a {
	case center:
		x -= w / 2
	case right:
		x -= w
	}
	c.fail(c.pdf.SetFontSize(size))
	c.pdf.SetXY(x/point, y/point)
	c.fail(c.pdf.Text(b.String()))
}

// fitted puts a text on a line of the given width; one that is too long gets smaller.
func (c *canvas) fitted(x, y, width float64, a align, size float64, s string) {
	if w := c.width(s, size); w > width {
		size *= width / w
	}
	c.text(x, y, a, size, s)
}

func (c *canvas) thick(mm float64) { c.pdf.SetLineWidth(mm / point) }

func (c *canvas) line(x1, y1, x2, y2 float64) {
	c.pdf.Line(x1/point, y1/point, x2/point, y2/point)
}

// Lines of a table: thin inside, strong around it.
const (
	thin   = 0.12
	strong = 0.3
)

// listLacking tells which characters were set as 〓, so that they can be written in by hand.
func (c *canvas) listLacking() {
	lacking := c.lacking
	c.lacking = nil
	const most = 40
	for i := 0; i < len(lacking); i += most {
		c.page(A4)
		c.text(A4.W/2, 25, center, 16, "缺字表")
		c.text(20, 36, left, 10, "下列字在打印字库中没有,已以〓代替,请用手写补正,不要涂改其他内容。")
		for n, l := range lacking[i:min(i+most, len(lacking))] {
			c.text(20, 46+6*float64(n), left, 10, fmt.Sprintf("字符编码 U+%04X　首见于:%s", l.char, l.where))
		}
	}
}

// Pages counts the sheets of a document of this package.
func Pages(pdf []byte) int { return bytes.Count(pdf, []byte("/Type /Page\n")) }
