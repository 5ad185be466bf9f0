package web

import (
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
)

// allDimensions are the columns of a voucher's line, in the order of the voucher file.
var allDimensions = []ledger.Dimension{ledger.Function, ledger.Economic, ledger.Project, ledger.Fund, ledger.Party}

// chartColumns gives the dimensions that accounts of the chart take, with the classifications their values come from.
func chartColumns(chart *ledger.Chart) (columns []ledger.Dimension, kinds map[ledger.Dimension][]classList) {
	kinds = map[ledger.Dimension][]classList{}
	taken := map[ledger.Dimension]bool{}
	for _, a := range chart.Accounts() {
		for _, r := range a.Requires {
			taken[r.Dimension] = true
			if r.Values != "" {
				kinds[r.Dimension] = addList(kinds[r.Dimension], classList{r.Values, r.MinLength})
			}
		}
	}
	for _, d := range allDimensions {
		if taken[d] {
			columns = append(columns, d)
		}
	}
	return columns, kinds
}

// classList is a classification from its shortest useful code on.
type classList struct {
	kind      string
	minLength int
}

func addList(lists []classList, l classList) []classList {
	for i := range lists {
		if lists[i].kind == l.kind {
			lists[i].minLength = min(lists[i].minLength, l.minLength)
			return lists
		}
	}
	return append(lists, l)
}

// accountCode reads what a person typed for an account of a half: its code, the line that the list offered ("1002
// 银行存款"), its name, or its pinyin initials where only one account has them. Anything else stays as typed, for the
// ledger to refuse with what it may mean.
func accountCode(chart *ledger.Chart, b ledger.Book, half ledger.Half, typed string) string {
	if found := chart.Named(b, half, typed); len(found) == 1 {
		return found[0].Code
	}
	return strings.TrimSpace(typed)
}

// classCode is accountCode for a value of a classification.
func classCode(chart *ledger.Chart, d ledger.Dimension, typed string) string {
	if found := chart.NamedClasses(d, typed); len(found) == 1 {
		return found[0].Code
	}
	return strings.TrimSpace(typed)
}

// accountText shows an account in a field or a line: its code and its name with those above it.
func accountText(chart *ledger.Chart, code string) string {
	if a, ok := chart.Account(code); ok {
		return a.Code + " " + a.FullName
	}
	return code
}

func classText(chart *ledger.Chart, lists []classList, code string) string {
	for _, l := range lists {
		if v, ok := chart.Class(l.kind, code); ok {
			return v.Code + " " + v.Name
		}
	}
	return code
}

// dimensionOf gives a dimension of a typed line for writing.
func dimensionOf(l *ledger.DraftLine, d ledger.Dimension) *string {
	switch d {
	case ledger.Function:
		return &l.Function
	case ledger.Economic:
		return &l.Economic
	case ledger.Project:
		return &l.Project
	case ledger.Fund:
		return &l.Fund
	default:
		return &l.Party
	}
}

// financialAccount refuses an account from which no budgetary line can be proposed: one that the chart does not know, or
// knows several of, or that takes no entries, or stands in the other half.
func financialAccount(chart *ledger.Chart, b ledger.Book, typed string) error {
	a, ok := chart.Account(typed)
	switch {
	case !ok || !a.Leaf:
		_, err := chart.Postable(b, typed)
		return err
	case a.Half == ledger.Budgetary:
		return fault.Newf(fault.Refused, "account-other-half", "请填到预算会计分录,或改选财务会计科目",
			"科目 %s %s 属于预算会计,不能填在财务会计分录中", a.Code, a.Name).In("account")
	}
	return nil
}

// isBudgetary tells in which half of a book a typed line belongs: the one that a form put it into; else its account's;
// where the account is not known, the code's first digit says so (6 to 8 are budgetary), and a line without one goes
// with the line before.
func isBudgetary(chart *ledger.Chart, l ledger.DraftLine, before bool) bool {
	if !chart.TwoHalves() {
		return false
	}
	if l.Half != "" {
		return l.Half == ledger.Budgetary
	}
	code := l.Account
	if a, ok := chart.Account(code); ok {
		return a.Half == ledger.Budgetary
	}
	if code == "" {
		return before
	}
	return code[0] >= '6' && code[0] <= '8'
}

// option is one line of a list that a field offers.
type option struct {
	Value string
	Label string
}

// dataList is a list that fields of a page share.
type dataList struct {
	ID      string
	Options []option
}

// lists gives what the fields of a voucher offer: the accounts that take entries and the classifications.
func lists(chart *ledger.Chart, b ledger.Book, columns []ledger.Dimension, kinds map[ledger.Dimension][]classList) []dataList {
	accounts := dataList{ID: "accounts"}
	for _, a := range chart.Accounts() {
		if a.Leaf && a.AppliesTo != otherRegime(b.Regime) && (a.ToYear == 0 || chart.Year <= a.ToYear) {
			accounts.Options = append(accounts.Options, option{a.Code + " " + a.FullName, a.Mnemonic})
		}
	}
	out := []dataList{accounts}
	for _, d := range columns {
		if len(kinds[d]) == 0 {
			continue
		}
		list := dataList{ID: string(d)}
		for _, l := range kinds[d] {
			for _, v := range chart.Classes(l.kind) {
				if len(v.Code) >= l.minLength {
					list.Options = append(list.Options, option{v.Code + " " + v.Name, v.Mnemonic})
				}
			}
		}
		out = append(out, list)
	}
	return out
}

// otherRegime is whose accounts a book may not use.
func otherRegime(r ledger.Regime) string {
	switch r {
	case ledger.Administrative:
		return string(ledger.Institution)
	case ledger.Institution:
		return string(ledger.Administrative)
	default:
		return "-"
	}
}
