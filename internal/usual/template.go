// Package usual keeps what an accountant writes again and again: summaries under short codes (摘要库), and voucher
// templates (常用凭证) whose amounts are fixed, left empty, or small formulas over quantities that are asked when the
// template is used.
//
// It keeps these invariants:
//
//   - a template only fills a form: whoever uses it reads, mends and submits the voucher as one typed by hand, and the
//     ledger checks it as such;
//   - formulas are computed exactly, in fractions; only a line's amount is rounded, half up, to the fen, and other lines
//     read the rounded amount;
//   - what belongs to one person is seen by him alone; what is shared is kept by who enters vouchers there, and each
//     change of it leaves a leaf in the trail;
//   - nothing is deleted: what is ended is no longer offered.
package usual

import (
	"cmp"
	"fmt"
	"math/big"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/text"
)

// Line is a line of a template, as a form shows it: its debit or credit is an amount, a formula, or empty.
type Line ledger.DraftLine

// amount gives what stands for the line's amount, and the field that it stands in.
func (l Line) amount() (typed, field string) {
	if l.Debit == "" && l.Credit != "" {
		return l.Credit, "credit"
	}
	return l.Debit, "debit"
}

// Template is a usual voucher of a book, or of all books of an office with one chart.
type Template struct {
	ID      string // UUIDv7, carried by the form
	Book    int64  // 0: of the office's books with the chart
	Unit    int64  // the office; 0: of one book
	Chart   ledger.ChartName
	Person  int64 // whose own it is; 0: shared
	Code    string
	Name    string
	Word    string // of the voucher: 记, 收, 付, 转
	Lines   []Line
	Version int64 // raised by every change

	// Read only.
	ChangedBy int64
	ChangedAt string // instant
	Ended     bool
}

// Makers are the roles that enter vouchers: who keeps summaries and templates, and who uses them.
var Makers = ledger.VoucherKind.Step("enter").Roles

// Office gives the unit whose books a template may serve together, with its path: the one right below the county that
// the book's unit is or belongs to.
func Office(b ledger.Book) (unit int64, path string) {
	ids := org.Ancestors(b.Path)
	if len(ids) < 2 {
		return ids[0], fmt.Sprintf("/%d/", ids[0])
	}
	return ids[1], fmt.Sprintf("/%d/%d/", ids[0], ids[1])
}

// Asks gives the quantities that are asked when the template is used, in the order of its lines.
func (t Template) Asks() []string {
	s, err := readSheet(t.Lines)
	if err != nil {
		return nil // a template that is kept was checked
	}
	return s.names()
}

// Fill gives the lines of a voucher: amounts that the template leaves empty stay empty. typed are the answers by name;
// an unanswered or unreadable one is refused in the field of that name.
func (t Template) Fill(typed map[string]string) ([]ledger.DraftLine, error) {
	s, err := readSheet(t.Lines)
	if err != nil {
		return nil, err
	}
	quantities := map[string]*big.Rat{}
	for _, name := range s.names() {
		if quantities[name], err = ParseQuantity(name, typed[name]); err != nil {
			return nil, err
		}
	}
	lines, err := s.fill(quantities)
	if err != nil {
		return nil, err
	}
	out := make([]ledger.DraftLine, len(lines))
	for i, l := range lines {
		out[i] = ledger.DraftLine(l)
	}
	return out, nil
}

// Unfit is a line of a template that a book cannot take as it stands.
type Unfit struct {
	Line int // 1-based
	Err  *fault.Error
}

// Misfits tells which lines name an account that takes no entries in the book now: ended, no longer a leaf, of another
// regime, or unknown.
func (t Template) Misfits(c *ledger.Chart, b ledger.Book) []Unfit {
	var out []Unfit
	for i, l := range t.Lines {
		if l.Account == "" {
			continue
		}
		if _, err := c.Postable(b, l.Account); err != nil {
			out = append(out, Unfit{i + 1, fault.As(err)})
		}
	}
	return out
}

// The greatest sizes of a template: characters, and lines.
const (
	codeMost    = 12
	nameMost    = 40
	summaryMost = 120
	cellMost    = 200
	linesMost   = 100
)

// tidy checks what was typed for a template that is kept from book b, and gives it the form in which it is kept.
func (t *Template) tidy(c *ledger.Chart, b ledger.Book) error {
	t.Code, t.Name = strings.TrimSpace(t.Code), strings.TrimSpace(t.Name)
	t.Word = cmp.Or(strings.TrimSpace(t.Word), "记")
	if t.Name == "" {
		return fault.New(fault.Invalid, "template-unnamed", "常用凭证没有名称", "请填写名称,如「计提社保」").In("name")
	}
	if err := text.Check("name", "名称", t.Name, nameMost); err != nil {
		return err
	}
	if err := checkCode(t.Code); err != nil {
		return err
	}
	if len([]rune(t.Word)) > 4 || strings.ContainsAny(t.Word, "|/ ") {
		return fault.Newf(fault.Invalid, "voucher-word", "常用:记、收、付、转", "凭证字「%s」不合规则", t.Word).In("word")
	}
	if n := len(t.Lines); n == 0 || n > linesMost {
		return fault.Newf(fault.Invalid, "template-lines", fmt.Sprintf("请填 1 到 %d 行", linesMost), "常用凭证有 %d 行", n)
	}
	for i := range t.Lines {
		if err := t.Lines[i].tidy(c, b); err != nil {
			return &ledger.LineError{Line: i + 1, Err: err}
		}
	}
	s, err := readSheet(t.Lines)
	if err != nil {
		return err
	}
	return s.constants()
}

func (l *Line) tidy(c *ledger.Chart, b ledger.Book) error {
	l.Unit = 0
	for _, cell := range []struct {
		field, title string
		value        *string
		most         int
	}{
		{"summary", "摘要", &l.Summary, summaryMost}, {"account", "科目", &l.Account, cellMost}, {"function", "功能分类", &l.Function, cellMost},
		{"economic", "经济分类", &l.Economic, cellMost}, {"project", "项目", &l.Project, cellMost}, {"fund", "资金性质", &l.Fund, cellMost},
		{"party", "往来对象", &l.Party, cellMost}, {"debit", "借方金额", &l.Debit, cellMost}, {"credit", "贷方金额", &l.Credit, cellMost},
	} {
		*cell.value = strings.TrimSpace(*cell.value)
		if err := text.Check(cell.field, cell.title, *cell.value, cell.most); err != nil {
			return err
		}
	}
	if l.Account != "" {
		a, err := c.Postable(b, l.Account)
		if err != nil {
			return err
		}
		l.Half = "" // charts of one half do not tell it
		if c.TwoHalves() {
			l.Half = a.Half
		}
	}
	if l.Debit != "" && l.Credit != "" {
		return fault.Newf(fault.Invalid, "line-both-sides", "请分成两行", "一行不能同时填借方 %s 元和贷方 %s 元", l.Debit, l.Credit).In("debit")
	}
	for _, amount := range []struct {
		field string
		value *string
	}{{"debit", &l.Debit}, {"credit", &l.Credit}} {
		if IsFormula(*amount.value) || *amount.value == "" {
			continue
		}
		fen, err := money.Parse(*amount.value)
		if err != nil {
			return fault.As(err).In(amount.field)
		}
		*amount.value = fen.Plain()
	}
	return nil
}

// checkCode refuses a short code that could not be typed or told from words: letters and figures only.
func checkCode(code string) error {
	if len(code) > codeMost || strings.ContainsFunc(code, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '.'
	}) {
		return fault.Newf(fault.Invalid, "usual-code", fmt.Sprintf("请用字母和数字,不超过 %d 位,也可以不填", codeMost), "代码「%s」不合规则", code).In("code")
	}
	return nil
}
