package standard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
)

// Template is a worked transaction of the accounting system. Where both halves have lines in a step they are made
// together (平行记账); each half balances by itself for any amounts.
type Template struct {
	ID       string // "T01"
	Title    string
	Chart    string // kind of chart
	Scope    string // who may use it, as Account.AppliesTo
	Verified string
	Source   string
	Note     string // variants and limits, for the person
	Steps    []Step
}

// Step is one moment of the transaction; steps may lie months apart, or be variants to choose from (see Note).
type Step struct {
	Number int
	Label  string
	Lines  []Line
}

// Line is one entry of a step.
type Line struct {
	Half        string
	Account     string
	AccountName string
	Amount      string // a sum of symbols: "A", "A-B", "S1+S2"
	Direction   int8   // side of the entry
}

// Term is one symbol of an amount with its sign.
type Term struct {
	Symbol string
	Sign   money.Fen // +1 or -1
}

// Terms splits the amount into its symbols.
func (l Line) Terms() []Term {
	var terms []Term
	sign, rest := money.Fen(1), l.Amount
	for rest != "" {
		at := strings.IndexAny(rest, "+-")
		if at < 0 {
			return append(terms, Term{rest, sign})
		}
		terms = append(terms, Term{rest[:at], sign})
		sign = 1
		if rest[at] == '-' {
			sign = -1
		}
		rest = rest[at+1:]
	}
	return terms
}

// Value computes the amount; every symbol must be given, zero is an answer too.
func (l Line) Value(amounts map[string]money.Fen) (money.Fen, error) {
	var sum money.Fen
	for _, t := range l.Terms() {
		amount, ok := amounts[t.Symbol]
		if !ok {
			return 0, fault.Newf(fault.Invalid, "template-amount-missing", "请填写该金额,没有发生的填零", "凭证模板的金额 %s 未填", t.Symbol).In(t.Symbol)
		}
		sum += t.Sign * amount
	}
	return sum, nil
}

var templates = sync.OnceValues(func() ([]Template, error) {
	heads, err := table("posting-template-heads.csv")
	if err != nil {
		return nil, err
	}
	list := make([]Template, 0, len(heads))
	at := make(map[string]int, len(heads))
	for i, r := range heads {
		at[r.get("id")] = i
		list = append(list, Template{
			ID: r.get("id"), Title: r.get("title"), Chart: r.get("chart"), Scope: r.get("scope"),
			Verified: r.get("verified"), Source: r.get("source"), Note: r.get("note"),
		})
	}
	lines, err := table("posting-templates.csv")
	if err != nil {
		return nil, err
	}
	for _, r := range lines {
		i, ok := at[r.get("template")]
		if !ok {
			return nil, fmt.Errorf("standard: template %s has lines but no head", r.get("template"))
		}
		if err := list[i].add(r); err != nil {
			return nil, fmt.Errorf("standard: template %s: %w", r.get("template"), err)
		}
	}
	return list, nil
})

// add appends a line; the file has the lines of a step together and steps in order.
func (t *Template) add(r row) error {
	number, err := strconv.Atoi(r.get("step"))
	if err != nil {
		return err
	}
	direction, err := parseDirection(r.get("side"))
	if err != nil {
		return err
	}
	switch len(t.Steps) {
	case number - 1:
		t.Steps = append(t.Steps, Step{Number: number, Label: r.get("step_label")})
	case number:
	default:
		return fmt.Errorf("step %d out of order", number)
	}
	step := &t.Steps[number-1]
	step.Lines = append(step.Lines, Line{
		Half: r.get("half"), Account: r.get("account"), AccountName: r.get("account_name"), Amount: r.get("amount"), Direction: direction,
	})
	return nil
}

// Templates lists the worked transactions in the order of their ids. Steps are shared: read, do not change.
func Templates() ([]Template, error) {
	list, err := templates()
	return slices.Clone(list), err
}
