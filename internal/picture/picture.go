// Package picture draws small pictures as SVG on the server: bars against a mark, and a matrix of states.
//
// It keeps these invariants: every mark is a link to the rows behind it; nothing is told by colour alone (a state has its
// sign, a bar its figure); title and description are there for who cannot see, and every mark has a title of its own; no
// script, no style of its own beyond attributes, so that a page with a strict policy shows it and paper prints it; whole
// numbers only, so that the same figures give the same bytes.
package picture

import (
	"fmt"
	"html/template"
	"strings"
)

// The colours are those of paper and ink (static/look.css).
const (
	ink   = "#1c1b19"
	soft  = "#5d5a54"
	rule  = "#ddd8ce"
	bar   = "#5d5a54"
	hot   = "#b3301f"
	mark  = "#1d4f7c"
	white = "#ffffff"
)

// width is that of the drawing; pages scale it.
const width = 960

// drawing gathers the text of an SVG.
type drawing struct{ strings.Builder }

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

// begin opens a picture: id makes the names of title and description unique on the page.
func (d *drawing) begin(id, title, desc string, height int) {
	d.add(`<svg class="picture" role="group" aria-labelledby="%s-title %s-desc" viewBox="0 0 %d %d" width="%d" height="%d" font-size="13" fill="%s">`,
		id, id, width, height, width, height, ink)
	d.add(`<title id="%s-title">%s</title>`, id, plain(title))
	d.add(`<desc id="%s-desc">%s</desc>`, id, plain(desc))
}

func (d *drawing) end() template.HTML {
	d.add(`</svg>`)
	return template.HTML(d.String()) // every text went through plain
}

func (d *drawing) text(x, y int, anchor, fill, words string) {
	d.add(`<text x="%d" y="%d" text-anchor="%s" fill="%s">%s</text>`, x, y, anchor, fill, plain(words))
}

// link opens a mark; close ends it.
func (d *drawing) link(path, title string) {
	d.add(`<a href="%s"><title>%s</title>`, plain(path), plain(title))
}

func (d *drawing) close() { d.add(`</a>`) }

func plain(text string) string { return template.HTMLEscapeString(text) }

// short cuts a label to what fits beside its mark: n characters of full width.
func short(label string, n int) string {
	room := 2 * n
	for i, r := range label {
		if room -= cells(r); room < 0 {
			return label[:i] + "…"
		}
	}
	return label
}

// cells counts a character of full width as two.
func cells(r rune) int {
	if r < 0x2e80 {
		return 1
	}
	return 2
}
