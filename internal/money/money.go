// Package money is the program's amount: int64 fen, never a floating number.
//
// Input and output are in yuan with two decimals; a third decimal is refused, not rounded. Percentages round half up,
// each by itself, so that a column of shares may sum to 99.9; money is apportioned by largest remainder, so that the
// parts always sum to the whole.
package money

import (
	"math"
	"math/big"
	"slices"
	"strings"

	"xiangzhang/internal/fault"
)

// Fen is an amount in fen (1/100 yuan).
type Fen int64

// Max bounds a single amount: 9,999 亿元, so that a county's sums of them stay far inside int64.
const Max Fen = 99_999_999_999_999

// Parse reads an amount in yuan as people write it: 1234.5, 1,234.50, ¥1,234.50, 1234.50元, full-width digits, a minus
// sign or accountants' parentheses. Empty text is zero. A third decimal and anything over Max is refused, and so is
// what could be meant as two numbers (12 34, 3元5).
func Parse(s string) (Fen, error) {
	text := strings.TrimSpace(strings.Map(narrow, s))
	if text == "" {
		return 0, nil
	}
	text, negative, ok := sign(text)
	if !ok {
		return 0, malformed(s)
	}
	whole, decimals, _ := strings.Cut(text, ".")
	if whole == "" && decimals == "" || !groupsOK(whole) {
		return 0, malformed(s)
	}
	whole = strings.ReplaceAll(whole, ",", "")
	if !allDigits(whole) || !allDigits(decimals) {
		return 0, malformed(s)
	}
	if len(strings.TrimRight(decimals, "0")) > 2 {
		return 0, fault.Newf(fault.Invalid, "amount-third-decimal", "请核对原始凭证后重填", "金额「%s」多于两位小数,最小到分", quoted(s))
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > 12 {
		return 0, tooLarge(s)
	}
	var fen Fen
	for _, c := range whole + (decimals + "00")[:2] {
		fen = fen*10 + Fen(c-'0')
	}
	if fen > Max {
		return 0, tooLarge(s)
	}
	if negative {
		fen = -fen
	}
	return fen, nil
}

// sign takes off what stands around the figures: parentheses or one sign, one ¥, one 元, and blanks between them. A
// sign within parentheses says two things at once and is refused.
func sign(text string) (figures string, negative, ok bool) {
	if inner, found := strings.CutPrefix(text, "("); found {
		if text, ok = strings.CutSuffix(inner, ")"); !ok {
			return "", false, false
		}
		negative = true
	}
	trim := strings.TrimSpace
	text, yen := strings.CutPrefix(trim(text), "¥")
	text = trim(text)
	if rest, found := strings.CutPrefix(text, "-"); found && !negative {
		text, negative = trim(rest), true
	} else if rest, found := strings.CutPrefix(text, "+"); found && !negative {
		text = trim(rest)
	}
	if !yen {
		text = trim(strings.TrimPrefix(text, "¥"))
	}
	return trim(strings.TrimSuffix(text, "元")), negative, true
}

func malformed(s string) error {
	return fault.Newf(fault.Invalid, "amount-malformed", "请按 1234.50 或 1,234.50 填写", "金额「%s」不是数字", quoted(s))
}

func tooLarge(s string) error {
	return fault.Newf(fault.Invalid, "amount-too-large", "请核对单位是否误作分或万元", "金额「%s」超过单笔上限 %s 元", quoted(s), Max)
}

// quoted shortens what is not an amount at all, so that it fits a sentence.
func quoted(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// narrow makes full-width figures, points, signs and blanks plain.
func narrow(r rune) rune {
	switch {
	case r >= '\uff10' && r <= '\uff19': // full-width figures
		return r - '\uff10' + '0'
	case r == '\uff0e' || r == '\u3002':
		return '.'
	case r == '\uff0c':
		return ','
	case r == '\uff0d' || r == '\u2212':
		return '-'
	case r == '\uff0b':
		return '+'
	case r == '\uff08':
		return '('
	case r == '\uff09':
		return ')'
	case r == '\uffe5':
		return '¥'
	case r == '\u00a0' || r == '\u3000':
		return ' '
	}
	return r
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// groupsOK accepts thousands separators only where they separate thousands, so that 1,23 is not read as 123.
func groupsOK(whole string) bool {
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && (g == "" || len(g) > 3) {
			return false
		}
	}
	return true
}

// String writes yuan with two decimals and thousands separators: 1,234.50.
func (f Fen) String() string {
	plain := f.Plain()
	sign := ""
	if plain[0] == '-' {
		sign, plain = "-", plain[1:]
	}
	whole, decimals := plain[:len(plain)-3], plain[len(plain)-3:]
	var b strings.Builder
	b.WriteString(sign)
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	b.WriteString(decimals)
	return b.String()
}

// Plain writes yuan with two decimals and no separators, for json, CSV and journals: 1234.50.
func (f Fen) Plain() string {
	digits := make([]byte, 0, 24)
	n := uint64(f)
	if f < 0 {
		n = -n
	}
	for n > 0 || len(digits) < 3 {
		digits = append(digits, byte('0'+n%10))
		if len(digits) == 2 {
			digits = append(digits, '.')
		}
		n /= 10
	}
	if len(digits) == 3 {
		digits = append(digits, '0')
	}
	if f < 0 {
		digits = append(digits, '-')
	}
	slices.Reverse(digits)
	return string(digits)
}

// Blank is String, with zero written as nothing, as accountants leave it.
func (f Fen) Blank() string {
	if f == 0 {
		return ""
	}
	return f.String()
}

// Abs gives the amount without its sign. The least int64 has no counterpart and gives the greatest, so that it too
// exceeds every bound.
func (f Fen) Abs() Fen {
	if f == math.MinInt64 {
		return math.MaxInt64
	}
	return max(f, -f)
}

// Percent gives part of whole in hundredths of a percent, rounded half up (away from zero); whole must not be zero.
// What does not fit (a growth from one fen) is given as the greatest number that does.
func Percent(part, whole Fen) int64 {
	n := new(big.Int).Mul(big.NewInt(int64(part)), big.NewInt(10_000))
	negative := n.Sign()*big.NewInt(int64(whole)).Sign() < 0
	n.Abs(n)
	w := new(big.Int).Abs(big.NewInt(int64(whole)))
	n.Mul(n, big.NewInt(2)).Add(n, w).Quo(n, w.Mul(w, big.NewInt(2)))
	if !n.IsInt64() {
		n.SetInt64(math.MaxInt64)
	}
	if negative {
		return -n.Int64()
	}
	return n.Int64()
}

// FormatPercent writes hundredths of a percent: 2559 is 25.59%.
func FormatPercent(p int64) string { return Fen(p).Plain() + "%" }

// Apportion divides an amount by weights with largest remainder; the parts sum to the amount to the fen. Equal
// remainders go to the earlier weight. Weights must not be negative, and not all zero.
func Apportion(amount Fen, weights []int64) []Fen {
	sum := new(big.Int)
	for _, w := range weights {
		if w < 0 {
			panic("money: negative weight")
		}
		sum.Add(sum, big.NewInt(w))
	}
	if sum.Sign() == 0 {
		panic("money: no weight to apportion by")
	}
	step, whole := Fen(1), big.NewInt(int64(amount))
	if amount < 0 {
		step = -1
	}
	parts := make([]Fen, len(weights))
	remainders := make([]*big.Int, len(weights))
	order := make([]int, len(weights))
	rest := amount
	for i, w := range weights {
		q, r := new(big.Int).QuoRem(new(big.Int).Mul(whole, big.NewInt(w)), sum, new(big.Int))
		parts[i], remainders[i], order[i] = Fen(q.Int64()), r.Abs(r), i
		rest -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return remainders[b].Cmp(remainders[a]) })
	for _, i := range order[:rest*step] { // fewer than there are remainders
		parts[i] += step
	}
	return parts
}
