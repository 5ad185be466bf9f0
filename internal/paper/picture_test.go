package paper

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/paper/papertest"
	"xiangzhang/internal/statement"
)

var update = flag.Bool("update", false, "write the pictures of testdata anew")

var signed = []Sign{
	{Duty: "会计主管"}, {"记账", "王丽", "2026-10-23 16:02"}, {"审核", "欧阳建国", "2026-10-23 15:40"}, {Duty: "出纳"}, {"制单", "李秀英", "2026-10-23 10:15"},
}

// parallel has both halves.
func parallel() Voucher {
	const fen = 123450
	return Voucher{Unit: "青溪镇人民政府", Book: "镇政府机关", Date: "2026-10-23", Word: "记", Number: 12, Attachments: 3, Signed: signed, Halves: []Half{
		{"财务会计", []Line{
			{"购办公用品一批", "500102 业务活动费用/商品和服务费用", "2010301 行政运行 · 30201 办公费", fen, 0},
			{"购办公用品一批", "400101 财政拨款收入/一般公共预算财政拨款", "", 0, fen},
		}},
		{"预算会计", []Line{
			{"购办公用品一批", "71010101 行政支出/财政拨款支出/基本支出", "2010301 行政运行 · 30201 办公费", fen, 0},
			{"购办公用品一批", "60010102 财政拨款预算收入/基本支出/日常公用经费", "2010301 行政运行", 0, fen},
		}},
	}}
}

// reversal is a red twin with one half.
func reversal() Voucher {
	v := parallel()
	v.Number, v.Attachments, v.Note = 13, 0, "红字冲销 2026 年 9 月 记-0007;原凭证摘要写错"
	v.Halves = []Half{{"财务会计", []Line{
		{"红字冲销购办公用品", "500102 业务活动费用/商品和服务费用", "2010301 行政运行 · 30201 办公费", -20000, 0},
		{"红字冲销购办公用品", "100203 银行存款/基本存款账户", "", 0, -20000},
	}}}
	return v
}

// long has many lines in both halves.
func long(lines int) Voucher {
	v := parallel()
	v.Number = 14
	v.Halves = []Half{{Title: "财务会计"}, {Title: "预算会计"}}
	var sum money.Fen
	for i := range lines {
		fen := money.Fen(100000 + 7919*i)
		sum += fen
		summary := fmt.Sprintf("发放第 %d 村 10 月份村干部补贴", i+1)
		if i%4 == 1 {
			summary += "及误工补助、养老保险单位缴费部分(含补发 9 月份差额)"
		}
		v.Halves[0].Lines = append(v.Halves[0].Lines, Line{summary, "500103 业务活动费用/对个人和家庭的补助", "2130705 对村民委员会和村党支部的补助 · 30305 生活补助", fen, 0})
		v.Halves[1].Lines = append(v.Halves[1].Lines, Line{summary, "71010101 行政支出/财政拨款支出/基本支出", "2130705 对村民委员会和村党支部的补助 · 30305 生活补助", fen, 0})
	}
	for i, account := range []string{"400101 财政拨款收入/一般公共预算财政拨款", "60010101 财政拨款预算收入/基本支出/人员经费"} {
		v.Halves[i].Lines = append(v.Halves[i].Lines, Line{"发放 10 月份村干部补贴", account, "", 0, sum})
	}
	return v
}

func with(change func(*Setup)) Setup {
	s := Usual()
	change(&s)
	return s
}

// papers are the setups whose pictures are kept.
var papers = map[string]Setup{
	"a5":      Usual(),
	"boxes":   with(func(s *Setup) { s.Boxes, s.Negative = true, RedOnly }),
	"roll":    with(func(s *Setup) { s.Form, s.Times, s.Negative, s.Size = FormRoll, false, MinusOnly, 10 }),
	"overlay": with(func(s *Setup) { s.Form = FormOverlay }),
	"two":     with(func(s *Setup) { s.Form = FormTwo }),
	"three":   with(func(s *Setup) { s.Form, s.Boxes = FormThree, true }),
}

func draw(t *testing.T, s Setup, vouchers ...Voucher) []byte {
	t.Helper()
	pdf, err := Vouchers(vouchers, s)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func TestVouchers_LookAsTheyDid(t *testing.T) {
	for name, s := range papers {
		t.Run(name, func(t *testing.T) {
			papertest.Same(t, "voucher-"+name, draw(t, s, parallel(), reversal(), long(8)), *update)
		})
	}
}

// TestPictures_SeeWhatMoved: the comparison sees a text that is not there, one figure that is another, and an overlay
// that is moved by a millimetre; and nothing where nothing changed.
func TestPictures_SeeWhatMoved(t *testing.T) {
	s := papers["overlay"]
	page := func(s Setup, v Voucher) []byte { return draw(t, s, v) }
	before := papertest.Pages(t, page(s, parallel()))[0]
	if wrong := papertest.Wrong(before, papertest.Pages(t, page(s, parallel()))[0]); wrong != 0 {
		t.Errorf("the same page differs in %d patches", wrong)
	}
	moved := with(func(s *Setup) { s.Form, s.RightBy = FormOverlay, 10 })
	unsigned, other := parallel(), parallel()
	unsigned.Signed = append(slices.Clone(signed[:4]), Sign{Duty: "制单"})
	other.Halves = slices.Clone(other.Halves)
	other.Halves[0].Lines = slices.Clone(other.Halves[0].Lines)
	other.Halves[0].Lines[0].Summary = "购清洁用品一批"
	for what, after := range map[string][]byte{"moved": page(moved, parallel()), "unsigned": page(s, unsigned), "two characters": page(s, other)} {
		wrong := papertest.Wrong(before, papertest.Pages(t, after)[0])
		t.Logf("%s: %d patches differ", what, wrong)
		if wrong <= 20 {
			t.Errorf("%s: only %d patches differ", what, wrong)
		}
	}
}

// spaceless takes the spaces and line ends out, at which cells are broken.
func spaceless(s string) string { return strings.Join(strings.Fields(s), "") }

func TestVouchers_LoseNothing(t *testing.T) {
	for name, s := range papers {
		t.Run(name, func(t *testing.T) {
			v := long(26)
			pages := papertest.Text(t, draw(t, s, v))
			text := strings.Join(pages, "\n")
			flat := spaceless(text)
			for _, want := range []string{v.Unit, v.Book, "王丽", "欧阳建国", "李秀英", "0014"} {
				if !strings.Contains(flat, spaceless(want)) {
					t.Errorf("%q is not on paper", want)
				}
			}
			if s.Times && !strings.Contains(flat, spaceless("2026-10-23 15:40")) {
				t.Error("the time of checking is not on paper")
			}
			for _, h := range v.Halves {
				for _, l := range h.Lines {
					amount := (l.Debit + l.Credit).String()
					if s.Boxes {
						amount = strings.NewReplacer(",", "", ".", "").Replace(amount)
					}
					if !strings.Contains(flat, amount) {
						t.Errorf("%s is not on paper", amount)
					}
				}
			}
			if got := strings.Count(text, "承前页"); got == 0 || got != strings.Count(text, "过次页") {
				t.Errorf("%d pages are brought forward, %d carried over", got, strings.Count(text, "过次页"))
			}
			debit, _ := v.Halves[0].total()
			if !strings.Contains(flat, debit.Capital()) {
				t.Errorf("%s is not on paper", debit.Capital())
			}
		})
	}
}

// TestVouchers_CarryOver: what a page carries over the next one brings forward, and the last total is the whole.
func TestVouchers_CarryOver(t *testing.T) {
	c, err := newCanvas("")
	if err != nil {
		t.Fatal(err)
	}
	v := long(26)
	for name, s := range papers {
		f := newForm(c, gridOf(s.Form).cell, s, v)
		lines := 0
		var sums [2]money.Fen
		var carried item
		for n, p := range f.pages {
			height := 0.0
			for _, it := range p.rows {
				height += it.height
				switch it.kind {
				case entryRow:
					lines++
					sums[it.half] += it.debit
				case broughtRow:
					if it.debit != carried.debit || it.credit != carried.credit || it.debit != sums[it.half] {
						t.Errorf("%s page %d: brought forward %s, carried %s, entered %s", name, n+1, it.debit, carried.debit, sums[it.half])
					}
				}
			}
			if height > f.body+0.1 {
				t.Errorf("%s page %d: rows of %.1f mm in %.1f mm", name, n+1, height, f.body)
			}
			carried = p.foot
		}
		if lines != 54 {
			t.Errorf("%s: %d lines on paper, want 54", name, lines)
		}
		if last := f.pages[len(f.pages)-1].foot; last.kind != totalRow || last.debit != sums[f.footHalf()] {
			t.Errorf("%s: the last foot is %v %s", name, last.kind, last.debit)
		}
	}
}

// TestOverlay_Stands: 套打 puts texts where the form with its lines has them, moved by what the person set.
func TestOverlay_Stands(t *testing.T) {
	full := with(func(s *Setup) { s.Form = FormRoll })
	over := with(func(s *Setup) { s.Form, s.RightBy, s.DownBy = FormOverlay, 25, -13 })
	at := func(s Setup, word string) (x, y float64) {
		for _, line := range strings.Split(papertest.Places(t, draw(t, s, parallel())), "\n") {
			var xMin, yMin, xMax, yMax float64
			if strings.Contains(line, ">"+word+"<") {
				if _, err := fmt.Sscanf(strings.TrimSpace(line), `<word xMin="%f" yMin="%f" xMax="%f" yMax="%f">`, &xMin, &yMin, &xMax, &yMax); err != nil {
					t.Fatal(err)
				}
				return xMin * point, yMin * point
			}
		}
		t.Fatalf("%q is not on paper", word)
		return 0, 0
	}
	for _, word := range []string{"0012", "2026", "1/1", "3"} {
		fx, fy := at(full, word)
		ox, oy := at(over, word)
		if dx, dy := ox-fx, oy-fy; dx < 2.45 || dx > 2.55 || dy < -1.35 || dy > -1.25 {
			t.Errorf("%q is moved by %.2f, %.2f mm, want 2.5, -1.3", word, dx, dy)
		}
	}
	text := strings.Join(papertest.Text(t, draw(t, over, parallel())), "")
	for _, label := range []string{"摘", "借方金额", "单位:", "会计主管", "附件"} {
		if strings.Contains(text, label) {
			t.Errorf("the overlay prints %q, which is on the form already", label)
		}
	}
}

func TestCopies(t *testing.T) {
	s := with(func(s *Setup) { s.Copies = 3 })
	if got := len(papertest.Text(t, draw(t, s, parallel(), reversal()))); got != 6 {
		t.Errorf("%d pages for three copies of two vouchers", got)
	}
}

// TestRareCharacters: a character that the font lacks stands as 〓 and is named with its place on a last sheet; nothing
// is dropped in silence.
func TestRareCharacters(t *testing.T) {
	v := parallel()
	v.Signed = slices.Clone(signed)
	v.Signed[4].Name = "李\U000323AF"
	pages := papertest.Text(t, draw(t, Usual(), v))
	if len(pages) != 2 || !strings.Contains(pages[0], "李〓") {
		t.Fatalf("%d pages; the first:\n%s", len(pages), pages[0])
	}
	if last := spaceless(pages[1]); !strings.Contains(last, "U+323AF") || !strings.Contains(last, "镇政府机关2026年10月记-0012") {
		t.Errorf("the last sheet does not name the character:\n%s", pages[1])
	}
	v.Signed[4].Name = "王喆䶮堃犇镕" // in names, and in the font
	if got := len(papertest.Text(t, draw(t, Usual(), v))); got != 1 {
		t.Errorf("%d pages", got)
	}
}

// TestFigures_OneWidth: columns of amounts line up only where all figures are as wide as each other.
func TestFigures_OneWidth(t *testing.T) {
	c, err := newCanvas("")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range "123456789" {
		if a, b := c.width(string(r), 9), c.width("0", 9); a != b {
			t.Errorf("%c is %f wide, 0 is %f", r, a, b)
		}
	}
}

func TestSetup_Refuses(t *testing.T) {
	for code, change := range map[string]func(*Setup){
		"print-choice": func(s *Setup) { s.Form = "a3" }, "print-size": func(s *Setup) { s.Size = 20 },
		"print-copies": func(s *Setup) { s.Copies = 0 }, "print-rows": func(s *Setup) { s.Rows = 40 }, "print-move": func(s *Setup) { s.DownBy = -301 },
	} {
		if _, err := Vouchers([]Voucher{parallel()}, with(change)); !fault.HasCode(err, code) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, err := Vouchers(nil, Usual()); !fault.HasCode(err, "print-nothing") {
		t.Errorf("no voucher: %v", err)
	}
}

// sheetOf is a statement with every kind of row.
func sheetOf(rows int) *statement.Report {
	cell := func(text string, amounts ...money.Fen) []statement.Cell {
		out := []statement.Cell{{Text: text}}
		for _, a := range amounts {
			out = append(out, statement.Cell{Amount: a})
		}
		return out
	}
	r := &statement.Report{Name: "income-expense", Title: "收入费用表", Entity: "青溪镇人民政府", From: "2026-01", To: "2026-09", Unit: "元", Notes: []string{"上年尚未结转,年初数按上年账面余额列示"},
		Columns: []statement.Column{{Key: "name", Title: "项目"}, {Key: "period", Title: "本月数", Kind: statement.Amount}, {Key: "year", Title: "本年累计数", Kind: statement.Amount}}}
	r.Rows = append(r.Rows, statement.Row{Kind: statement.Head, Cells: cell("一、本期收入", 0, 0)})
	for i := range rows {
		r.Rows = append(r.Rows, statement.Row{Kind: statement.Item, Level: 1 + i%2, Cells: cell(fmt.Sprintf("(%d)第 %d 项收入", i+1, i+1), money.Fen(1000+i), money.Fen(-123456789*i))})
	}
	r.Rows = append(r.Rows, statement.Row{Kind: statement.Subtotal, Cells: cell("本期收入合计", 5, 6)})
	r.Totals = []statement.Row{{Kind: statement.Total, Cells: cell("三、本期盈余", 7, 8)}}
	return r
}

func TestReports_LookAsTheyDid(t *testing.T) {
	for name, s := range map[string]Setup{"upright": Usual(), "across": with(func(s *Setup) { s.Turn, s.Negative = Across, RedOnly })} {
		pdf, err := Reports([]*statement.Report{sheetOf(30)}, s)
		if err != nil {
			t.Fatal(err)
		}
		papertest.Same(t, "statement-"+name, pdf, *update)
	}
}
