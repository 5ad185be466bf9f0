package usual

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"xiangzhang/internal/fault"
)

// Formula is an amount that is computed when a template is used: numbers, named quantities that are asked then, amounts
// of other lines (第2行), the sums of the line's half (借方合计, 贷方合计), + - * / %, and parentheses. It is exact;
// only the line's amount is rounded, half up, to the fen.
type Formula struct {
	source string // with its =, as typed
	root   *node
	names  []string // quantities, in the order in which they are met
	lines  []int    // 1-based
	sums   []side
}

// side is a column of amounts.
type side int

const (
	debitSide side = iota
	creditSide
)

var sideNames = map[string]side{"借方合计": debitSide, "贷方合计": creditSide}

// node is a part of a formula. op is one of + - * /, ~ (negative), % (hundredths), n (number), q (quantity), l (line),
// s (sum of a side).
type node struct {
	op          byte
	left, right *node
	number      *big.Rat
	name        string
	line        int
	side        side
}

// The greatest sizes of a formula's parts, in characters.
const (
	formulaMost  = 120
	wordMost     = 12
	wholeMost    = 12
	decimalsMost = 8
)

// IsFormula tells a formula from an amount.
func IsFormula(s string) bool { return strings.HasPrefix(narrowed(strings.TrimSpace(s)), "=") }

// ParseFormula reads a formula with its =. Full-width signs and × ÷ are read as their plain forms.
func ParseFormula(s string) (Formula, error) {
	s = strings.TrimSpace(s)
	runes := []rune(narrowed(s))
	if len(runes) > formulaMost {
		return Formula{}, fault.Newf(fault.Invalid, "formula-too-long", "请分成几行,用「第1行」这样的写法引用", "公式有 %d 个字符,超过 %d 个", len(runes), formulaMost)
	}
	p := &parser{text: runes, formula: Formula{source: s}}
	if p.take('='); p.end() {
		return Formula{}, fault.New(fault.Invalid, "formula-empty", "公式是空的", "请在等号后写算式,如 =工资*8%")
	}
	root, err := p.sum()
	if err == nil && !p.end() {
		err = p.wrong("这里缺少运算符,或多了一个字符")
		if p.text[p.at] == ')' {
			err = p.wrong("右括号没有配对")
		}
	}
	p.formula.root = root
	return p.formula, err
}

// Names gives the quantities that are asked when the formula is used.
func (f Formula) Names() []string { return f.names }

func (f Formula) String() string { return f.source }

// narrowed makes full-width signs, figures and blanks plain.
func narrowed(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '\uff01' && r <= '\uff5e': // the full-width forms of the printable ASCII characters
			return r - '\uff01' + '!'
		case r == '×':
			return '*'
		case r == '÷':
			return '/'
		case r == '\u2212':
			return '-'
		case r == '\u3000' || r == '\u00a0':
			return ' '
		}
		return r
	}, s)
}

// parser goes through a formula once, from left to right.
type parser struct {
	text    []rune
	at      int
	formula Formula
}

func (p *parser) blanks() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

func (p *parser) end() bool { p.blanks(); return p.at == len(p.text) }

// take goes past one of the signs, and tells which.
func (p *parser) take(signs ...rune) rune {
	if !p.end() && slices.Contains(signs, p.text[p.at]) {
		p.at++
		return p.text[p.at-1]
	}
	return 0
}

func (p *parser) wrong(what string) error {
	at := "末尾"
	if p.at < len(p.text) {
		at = fmt.Sprintf("第 %d 个字符「%c」", p.at+1, p.text[p.at])
	}
	return fault.Newf(fault.Invalid, "formula-malformed", "可用数字、名称、第1行、借方合计、贷方合计、加减乘除、百分号和括号,如 =工资*8%、=合计-第1行",
		"公式「%s」在%s处不对:%s", p.formula.source, at, what)
}

func (p *parser) sum() (*node, error) { return p.chain(p.product, '+', '-') }

func (p *parser) product() (*node, error) { return p.chain(p.signed, '*', '/') }

// chain reads parts joined by operators of one rank, which hold together from the left.
func (p *parser) chain(part func() (*node, error), signs ...rune) (*node, error) {
	left, err := part()
	for err == nil {
		op := p.take(signs...)
		if op == 0 {
			return left, nil
		}
		var right *node
		right, err = part()
		left = &node{op: byte(op), left: left, right: right}
	}
	return nil, err
}

// signed reads a part with a sign before it and percent signs behind it.
func (p *parser) signed() (*node, error) {
	if p.take('-') != 0 {
		inner, err := p.signed()
		return &node{op: '~', left: inner}, err
	}
	n, err := p.atom()
	for err == nil && p.take('%') != 0 {
		n = &node{op: '%', left: n}
	}
	return n, err
}

func (p *parser) atom() (*node, error) {
	switch {
	case p.end():
		return nil, p.wrong("缺少数字或名称")
	case p.take('(') != 0:
		n, err := p.sum()
		if err == nil && p.take(')') == 0 {
			err = p.wrong("缺少右括号")
		}
		return n, err
	case isDigit(p.text[p.at]):
		return p.number()
	case unicode.IsLetter(p.text[p.at]):
		return p.word()
	}
	return nil, p.wrong("缺少数字或名称")
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// run takes the characters that hold.
func (p *parser) run(holds func(rune) bool) string {
	from := p.at
	for p.at < len(p.text) && holds(p.text[p.at]) {
		p.at++
	}
	return string(p.text[from:p.at])
}

func (p *parser) number() (*node, error) {
	text := p.run(func(r rune) bool { return isDigit(r) || r == '.' })
	whole, decimals, _ := strings.Cut(text, ".")
	number, ok := new(big.Rat).SetString(text)
	if !ok || len(whole) > wholeMost || len(decimals) > decimalsMost || strings.HasSuffix(text, ".") {
		return nil, fault.Newf(fault.Invalid, "formula-number", fmt.Sprintf("整数不超过 %d 位,小数不超过 %d 位", wholeMost, decimalsMost),
			"公式「%s」中的数「%s」写法不对", p.formula.source, text)
	}
	return &node{op: 'n', number: number}, nil
}

func (p *parser) word() (*node, error) {
	word := p.run(func(r rune) bool { return unicode.IsLetter(r) || isDigit(r) || r == '_' })
	if s, ok := sideNames[word]; ok {
		p.formula.sums = append(p.formula.sums, s)
		return &node{op: 's', side: s}, nil
	}
	if inner, ok := strings.CutPrefix(word, "第"); ok && strings.HasSuffix(inner, "行") {
		n, err := strconv.Atoi(strings.TrimSuffix(inner, "行"))
		if err != nil || n < 1 {
			return nil, fault.Newf(fault.Invalid, "formula-line", "请写成「第1行」,数字用阿拉伯数字", "公式「%s」中的「%s」不是行号", p.formula.source, word)
		}
		p.formula.lines = append(p.formula.lines, n)
		return &node{op: 'l', line: n}, nil
	}
	if n := len([]rune(word)); n > wordMost {
		return nil, fault.Newf(fault.Invalid, "formula-name", "请缩短名称;加减乘除要用符号", "公式「%s」中的名称「%s」有 %d 个字,超过 %d 个",
			p.formula.source, word, n, wordMost)
	}
	if !slices.Contains(p.formula.names, word) {
		p.formula.names = append(p.formula.names, word)
	}
	return &node{op: 'q', name: word}, nil
}

// ParseQuantity reads what a person answers for a named quantity: a number of up to six decimals, with thousands
// separators, 元 or % where he likes.
func ParseQuantity(name, typed string) (*big.Rat, error) {
	text := strings.ReplaceAll(narrowed(strings.TrimSpace(typed)), " ", "")
	if text == "" {
		return nil, fault.Newf(fault.Invalid, "quantity-missing", "请填写"+name, "「%s」还没有填写", name).In(name)
	}
	plain, percent := strings.CutSuffix(strings.TrimSuffix(text, "元"), "%")
	plain, negative := strings.CutPrefix(plain, "-")
	whole, decimals, _ := strings.Cut(plain, ".")
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if len(groups) > 1 && (i > 0 && len(g) != 3 || i == 0 && (g == "" || len(g) > 3)) {
			return nil, quantityMalformed(name, typed)
		}
	}
	whole = strings.Join(groups, "")
	if strings.Trim(whole+decimals, "0123456789") != "" || whole == "" || len(whole) > wholeMost || len(decimals) > 6 {
		return nil, quantityMalformed(name, typed)
	}
	n, ok := new(big.Rat).SetString(whole + "." + decimals + "0")
	if !ok {
		return nil, quantityMalformed(name, typed)
	}
	if percent {
		n.Quo(n, hundred)
	}
	if negative {
		n.Neg(n)
	}
	return n, nil
}

func quantityMalformed(name, typed string) error {
	const most = 40
	if r := []rune(typed); len(r) > most {
		typed = string(r[:most]) + "…"
	}
	return fault.Newf(fault.Invalid, "quantity-malformed", "请按 1234.5 或 8% 填写,最多六位小数", "「%s」填的「%s」不是数", name, typed).In(name)
}
