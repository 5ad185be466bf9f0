package usual

import (
	"fmt"
	"math/big"
	"slices"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

var hundred = big.NewRat(100, 1)

// sheet is a template's lines with their formulas, on the way to amounts.
type sheet struct {
	lines      []Line
	formulas   []*Formula // by line; nil where the amount is fixed or empty
	quantities map[string]*big.Rat
	amounts    []*money.Fen // computed so far
}

// readSheet parses every formula and sees that the lines that they name have amounts and do not go round in circles.
func readSheet(lines []Line) (*sheet, error) {
	s := &sheet{lines: lines, formulas: make([]*Formula, len(lines))}
	for i, l := range lines {
		typed, field := l.amount()
		if !IsFormula(typed) {
			continue
		}
		f, err := ParseFormula(typed)
		if err != nil {
			return nil, atLine(i, field, err)
		}
		s.formulas[i] = &f
	}
	for i, f := range s.formulas {
		if f == nil {
			continue
		}
		_, field := lines[i].amount()
		for _, n := range f.lines {
			if err := s.namable(*f, n); err != nil {
				return nil, atLine(i, field, err)
			}
		}
	}
	done := make([]bool, len(lines))
	for i := range lines {
		if err := s.straight(i, make([]bool, len(lines)), done); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// straight refuses a formula that leads back to a line on the way to it.
func (s *sheet) straight(i int, way, done []bool) error {
	f := s.formulas[i]
	if f == nil || done[i] {
		return nil
	}
	if way[i] {
		_, field := s.lines[i].amount()
		return atLine(i, field, fault.Newf(fault.Invalid, "formula-cycle", "请改掉其中一行的公式", "公式「%s」绕回了自己:各行互相引用,算不出来", f))
	}
	way[i] = true
	for _, j := range s.needs(i) {
		if err := s.straight(j, way, done); err != nil {
			return err
		}
	}
	way[i], done[i] = false, true
	return nil
}

// needs gives the lines, from 0, whose amounts the formula of line i reads.
func (s *sheet) needs(i int) (lines []int) {
	for _, n := range s.formulas[i].lines {
		lines = append(lines, n-1)
	}
	for _, sd := range s.formulas[i].sums {
		lines = append(lines, s.column(i, sd)...)
	}
	return lines
}

// column gives the lines that have their amount on a side of the half that line i stands in.
func (s *sheet) column(i int, sd side) (lines []int) {
	for j, l := range s.lines {
		if l.Half == s.lines[i].Half && (sd == debitSide && l.Debit != "" || sd == creditSide && l.Credit != "") {
			lines = append(lines, j)
		}
	}
	return lines
}

func (s *sheet) namable(f Formula, n int) error {
	if n > len(s.lines) {
		return fault.Newf(fault.Invalid, "formula-line-unknown", "请改为已有的行号", "公式「%s」引用了第 %d 行,常用凭证只有 %d 行", f, n, len(s.lines))
	}
	if typed, _ := s.lines[n-1].amount(); typed == "" {
		return fault.Newf(fault.Invalid, "formula-line-empty", "请给该行填金额或公式,或改用名称", "公式「%s」引用的第 %d 行没有金额", f, n)
	}
	return nil
}

// names gives the quantities that all formulas ask for, once each.
func (s *sheet) names() []string {
	var names []string
	for _, f := range s.formulas {
		if f == nil {
			continue
		}
		for _, n := range f.names {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	return names
}

// fill computes every line. Amounts that the template leaves empty stay empty.
func (s *sheet) fill(quantities map[string]*big.Rat) ([]Line, error) {
	s.quantities, s.amounts = quantities, make([]*money.Fen, len(s.lines))
	out := slices.Clone(s.lines)
	for i := range out {
		if s.formulas[i] == nil {
			continue
		}
		fen, err := s.amount(i)
		if err != nil {
			_, field := s.lines[i].amount()
			return nil, atLine(i, field, err)
		}
		if out[i].Debit != "" {
			out[i].Debit = fen.Plain()
		} else {
			out[i].Credit = fen.Plain()
		}
	}
	return out, nil
}

// amount gives a line's amount in fen; what other lines read of it is the rounded amount, so that halves balance.
func (s *sheet) amount(i int) (money.Fen, error) {
	if s.amounts[i] != nil {
		return *s.amounts[i], nil
	}
	f := s.formulas[i]
	if f == nil {
		typed, _ := s.lines[i].amount()
		return money.Parse(typed)
	}
	exact, err := s.value(i, f.root)
	if err != nil {
		return 0, err
	}
	fen, ok := round(exact)
	if !ok {
		return 0, fault.Newf(fault.Invalid, "amount-too-large", "请核对单位是否误作分或万元", "公式「%s」算出的金额超过单笔上限 %s 元", f, money.Max)
	}
	s.amounts[i] = &fen
	return fen, nil
}

// constants computes what no answer can change: a formula that cannot come out whatever is typed is told when it is kept.
func (s *sheet) constants() error {
	s.quantities, s.amounts = nil, make([]*money.Fen, len(s.lines))
	for i, f := range s.formulas {
		if f == nil {
			continue
		}
		_, field := s.lines[i].amount()
		err := s.divisors(i, f.root)
		if err == nil {
			_, err = s.amount(i)
		}
		if err != nil && !isUnanswered(err) {
			if fault.HasCode(err, "formula-divided-by-zero") {
				err = fault.Newf(fault.Invalid, "formula-divided-by-zero", "请改公式", "公式「%s」的除数总是 0,算不出来", f)
			}
			return atLine(i, field, err)
		}
	}
	return nil
}

// divisors computes every part of a formula that something is divided by; one that waits for an answer is left.
func (s *sheet) divisors(i int, n *node) error {
	if n == nil {
		return nil
	}
	if n.op == '/' {
		if right, err := s.value(i, n.right); err == nil && right.Sign() == 0 {
			return s.dividedByZero(i)
		} else if err != nil && !isUnanswered(err) {
			return err
		}
	}
	if err := s.divisors(i, n.left); err != nil {
		return err
	}
	return s.divisors(i, n.right)
}

func isUnanswered(err error) bool { return fault.HasCode(err, "quantity-missing") }

func (s *sheet) dividedByZero(i int) error {
	return fault.Newf(fault.Invalid, "formula-divided-by-zero", "请核对填写的数", "公式「%s」的除数是 0,算不出来", s.formulas[i])
}

// round gives yuan in fen, half away from zero.
func round(yuan *big.Rat) (money.Fen, bool) {
	fen := new(big.Rat).Mul(yuan, hundred)
	num, den := new(big.Int).Abs(fen.Num()), fen.Denom()
	num.Mul(num, big.NewInt(2)).Add(num, den).Quo(num, new(big.Int).Mul(den, big.NewInt(2)))
	if !num.IsInt64() || money.Fen(num.Int64()) > money.Max {
		return 0, false
	}
	return money.Fen(num.Int64() * int64(fen.Sign())), true
}

// value computes a part of the formula of line i, in yuan.
func (s *sheet) value(i int, n *node) (*big.Rat, error) {
	switch n.op {
	case 'n':
		return n.number, nil
	case 'q':
		if q := s.quantities[n.name]; q != nil {
			return q, nil
		}
		return nil, fault.Newf(fault.Invalid, "quantity-missing", "请填写"+n.name, "「%s」还没有填写", n.name).In(n.name)
	case 'l':
		fen, err := s.amount(n.line - 1)
		return big.NewRat(int64(fen), 100), err
	case 's':
		return s.total(i, n.side)
	case '~', '%':
		return s.single(i, n)
	}
	left, err := s.value(i, n.left)
	if err != nil {
		return nil, err
	}
	right, err := s.value(i, n.right)
	if err != nil {
		return nil, err
	}
	out := new(big.Rat)
	switch n.op {
	case '+':
		return out.Add(left, right), nil
	case '-':
		return out.Sub(left, right), nil
	case '*':
		return out.Mul(left, right), nil
	case '/':
		if right.Sign() == 0 {
			return nil, s.dividedByZero(i)
		}
		return out.Quo(left, right), nil
	}
	panic(fmt.Sprintf("usual: no operator %q", n.op))
}

func (s *sheet) single(i int, n *node) (*big.Rat, error) {
	inner, err := s.value(i, n.left)
	if err != nil {
		return nil, err
	}
	if n.op == '%' {
		return new(big.Rat).Quo(inner, hundred), nil
	}
	return new(big.Rat).Neg(inner), nil
}

// total adds up a side of the half that line i stands in.
func (s *sheet) total(i int, sd side) (*big.Rat, error) {
	sum := new(big.Rat)
	for _, j := range s.column(i, sd) {
		fen, err := s.amount(j)
		if err != nil {
			return nil, err
		}
		sum.Add(sum, big.NewRat(int64(fen), 100))
	}
	return sum, nil
}

// atLine names the line, 1-based, and the field that are wrong.
func atLine(i int, field string, err error) error {
	if f := fault.As(err); f != nil {
		if f.Field == "" {
			err = f.In(field)
		}
		return &ledger.LineError{Line: i + 1, Err: err}
	}
	return err
}
