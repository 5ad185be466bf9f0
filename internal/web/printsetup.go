package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/paper"
)

// setupFields are how a person prints, as the form shows it.
type setupFields struct {
	Forms     []choice
	Negatives []choice
	Turns     []choice
	Sizes     []choice
	Rows      string
	RightBy   string
	DownBy    string
	Copies    string
	Boxes     bool
	Times     bool
}

func newSetupFields(q url.Values) setupFields {
	return setupFields{
		Forms: choices(q["form"], printForms),
		Negatives: choices(q["negative"], [][2]string{
			{string(paper.RedAndMinus), "红字加负号"}, {string(paper.RedOnly), "红字"}, {string(paper.MinusOnly), "负号(单色打印机)"},
		}),
		Turns: choices(q["turn"], [][2]string{{string(paper.Auto), "按栏目宽度"}, {string(paper.Upright), "纵向"}, {string(paper.Across), "横向"}}),
		Sizes: choices(q["size"], [][2]string{{"8", "小(8 磅)"}, {"9", "中(9 磅)"}, {"10", "大(10 磅)"}}),
		Rows:  q.Get("rows"), RightBy: q.Get("right"), DownBy: q.Get("down"), Copies: q.Get("copies"),
		Boxes: q.Get("boxes") != "", Times: q.Get("times") != "",
	}
}

var printForms = [][2]string{
	{string(paper.FormA5), "A5 横放,每页一张"}, {string(paper.FormRoll), "240×140 毫米,每页一张"},
	{string(paper.FormOverlay), "240×140 毫米套打(已印格线的凭证纸)"}, {string(paper.FormTwo), "A4 每页两张"}, {string(paper.FormThree), "A4 每页三张"},
}

func choices(on []string, all [][2]string) []choice {
	var out []choice
	for _, one := range all {
		out = append(out, choice{Value: one[0], Title: one[1], On: slices.Contains(on, one[0])})
	}
	return out
}

func setupWords(s paper.Setup) string {
	words := "每份一页"
	for _, f := range printForms {
		if f[0] == string(s.Form) {
			words = f[1]
		}
	}
	return fmt.Sprintf("凭证纸 %s,%d 份", words, s.Copies)
}

// setupForm gives a setup as its form sends it.
func setupForm(s paper.Setup) url.Values {
	v := url.Values{
		"form": {string(s.Form)}, "negative": {string(s.Negative)}, "turn": {string(s.Turn)}, "size": {strconv.Itoa(s.Size)},
		"copies": {strconv.Itoa(s.Copies)}, "rows": {strconv.Itoa(s.Rows)}, "right": {tenths(s.RightBy)}, "down": {tenths(s.DownBy)},
	}
	if s.Boxes {
		v.Set("boxes", "on")
	}
	if s.Times {
		v.Set("times", "on")
	}
	return v
}

// tenths writes tenths of a millimetre as millimetres.
func tenths(n int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%d", sign, n/10, n%10)
}

// millimetres reads what tenths writes, as people type it.
func millimetres(text string) (tenths int, ok bool) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, part, _ := strings.Cut(digits, ".")
	if part == "" {
		part = "0"
	}
	n, err := strconv.Atoi(whole + part)
	if err != nil || len(part) != 1 || len(whole) > 4 || n < 0 {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}

// typedSetup reads what setupForm wrote, as a person changed it.
func (c *call) typedSetup() (paper.Setup, error) {
	s := paper.Setup{
		Form: paper.Form(c.form("form")), Negative: paper.Negative(c.form("negative")), Turn: paper.Turn(c.form("turn")),
		Boxes: c.form("boxes") != "", Times: c.form("times") != "",
		Size: int(c.number("size")), Copies: int(c.number("copies")), Rows: int(c.number("rows")),
	}
	for _, move := range []struct {
		name string
		to   *int
	}{{"right", &s.RightBy}, {"down", &s.DownBy}} {
		n, ok := millimetres(c.form(move.name))
		if !ok {
			return s, fault.Newf(fault.Invalid, "print-move-text", "请填毫米数,最多一位小数,如 1.5 或 -2", "套打偏移「%s」不是毫米数", c.form(move.name)).In(move.name)
		}
		*move.to = n
	}
	return s, s.Check()
}
