package demo

import (
	"cmp"
	"maps"
	"slices"

	"xiangzhang/internal/budget"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// line names a budget line: account and class.
type line struct{ account, class string }

// Classes of what a general budget carries in and forward.
const (
	carriedIn      = "11008" // 上年结余收入
	carriedForward = "23009" // 年终结余
	surplus        = "3001"  // 一般公共预算结转结余
)

// actuals adds up what a general budget's vouchers of a year come to, by account and class.
func actuals(vouchers []ledger.Voucher, year int) map[line]money.Fen {
	sums := map[line]money.Fen{}
	for _, v := range vouchers {
		if v.Date.Year() != year {
			continue
		}
		for _, l := range v.Lines {
			switch l.Account[0] {
			case '4':
				sums[line{l.Account, l.Dims.Function}] += l.Credit - l.Debit
			case '5':
				sums[line{l.Account, l.Dims.Function}] += l.Debit - l.Credit
			}
		}
	}
	return sums
}

// wan rounds up to whole 万元, in which budgets are drawn up.
func wan(fen money.Fen) money.Fen {
	const unit = 10_000 * 100
	return (fen + unit - 1) / unit * unit
}

// secondBase is what the second year's budget is drawn up on: what the first came to under the lines that go on, and
// what has come in addition. Projects that ended have no line.
func secondBase(first, second map[line]money.Fen) map[line]money.Fen {
	base := maps.Clone(second)
	for k, fen := range first {
		if _, goesOn := second[k]; goesOn || k.account[0] == '4' {
			base[k] = fen
		}
	}
	return base
}

// budgetLines draws up a year's budget: what the base year came to, raised, a little off line by line, and adjusted in
// autumn to what was spent by then. What is left over is carried forward, so that both sides agree.
func budgetLines(base, spent map[line]money.Fen, raise money.Fen, in money.Fen) []budget.Line {
	var out []budget.Line
	left := budget.Line{Account: surplus, Function: carriedForward, Budget: in, Adjusted: in}
	keys := slices.SortedFunc(maps.Keys(base), func(a, b line) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.class, b.class))
	})
	for i, k := range keys {
		approved := wan(base[k] * (raise + money.Fen(i*7%41)) / 1000)
		l := budget.Line{Account: k.account, Function: k.class, Budget: approved, Adjusted: approved}
		if k.account[0] == '5' {
			l.Adjusted = max(approved, wan(spent[k]))
			left.Budget -= l.Budget
			left.Adjusted -= l.Adjusted
		} else {
			left.Budget += l.Budget
			left.Adjusted += l.Adjusted
		}
		out = append(out, l)
	}
	return append(out, budget.Line{Account: surplus, Function: carriedIn, Budget: in, Adjusted: in}, left)
}

// budgets sets the general budget's lines of both years.
func (d *desk) budgets(p *bookPlan) error {
	vouchers := d.queue[p.book.ID]
	first, second := actuals(vouchers, firstYear), actuals(vouchers, firstYear+1)
	in := -standing(d.opening(p), surplus)
	next := in
	for k, fen := range first {
		if k.account[0] == '5' {
			fen = -fen
		}
		next += fen
	}
	return d.write(func(tx *store.Tx) error {
		_, err := budget.Set(tx, d.head, d.ids.next(), p.book.ID, firstYear, budgetLines(first, first, 965, in))
		if err != nil {
			return err
		}
		_, err = budget.Set(tx, d.head, d.ids.next(), p.book.ID, firstYear+1, budgetLines(secondBase(first, second), second, 1015, next))
		return err
	})
}
