package demo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"xiangzhang/internal/budget"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// paces are how townships that began in the middle of the year had got on before, in thousandths of what the months
// bring in and pay elsewhere: income and expenditure. Some are behind.
var paces = [][2]money.Fen{{1000, 990}, {1030, 960}, {960, 1015}, {1010, 870}, {985, 1000}, {870, 925}, {1045, 1020}, {990, 780}, {975, 940}}

// tellStations says what the general budget pays in a month for the stations whose books are not kept here: pay with
// insurance and housing fund, and running cost.
func (t begun) tellStations(f *flows, month calendar.Period) {
	for _, s := range stations {
		if s.code == organ.code {
			continue
		}
		s = smaller(s, t.class)
		pay, run := "50501", "50502"
		if s.regime == ledger.Administrative {
			pay, run = "50101", "50201"
		}
		r := payrollOf(s, month.Year())
		gather(f.grants, month, grant{"", "所属各站所", s.function, pay}, r.base+r.allow+r.social()+r.fund)
		gather(f.grants, month, grant{"", "所属各站所", s.function, run}, yuan(90*s.scale))
	}
}

// catchUp books what the general budget's months before its first came to, in that month, and draws up the year's budget
// on all twelve: each month is reckoned with what the first paid for stations and villages.
func (t *begun) catchUp(p *bookPlan, f *flows, pace [2]money.Fen) {
	scale, current := classScale[t.class], p.book.Start
	paper := newPen(p.book, nil)
	paper.until = calendar.PeriodOf(current.Year(), 12).Last()
	for m := calendar.PeriodOf(current.Year(), 1); m.Year() == current.Year(); m = m.Next() {
		f.grants[m], f.awards[m] = f.grants[current], f.awards[current]
		paper.turn(m, p.charts[m.Year()])
		paper.general(f, scale)
	}
	year := paper.take()
	months := fmt.Sprintf("补记1至%d月", current.Prev().Month())
	earlier := slices.DeleteFunc(slices.Clone(year), func(v ledger.Voucher) bool { return v.Date.Period() >= current })
	p.pen.sumUp(earlier, '4', pace[0], months+"财政收入(国库日报汇总)")
	p.pen.sumUp(earlier, '5', pace[1], months+"财政支出(支付凭证汇总)")
	in := -standing(begunOpening(p, scale), surplus)
	t.lines = budgetLines(actuals(year, current.Year()), actuals(p.pen.out, current.Year()), 1000, in)
}

// sumUp writes one voucher of what others come to on the accounts of income (4) or expenditure (5), by account and
// dimensions, at a pace.
func (p *pen) sumUp(vouchers []ledger.Voucher, side byte, pace money.Fen, summary string) {
	type item struct {
		account string
		dims    ledger.Dims
	}
	sums := map[item]money.Fen{}
	for _, v := range vouchers {
		for _, l := range v.Lines {
			if l.Account[0] == side {
				sums[item{l.Account, l.Dims}] += l.Debit + l.Credit
			}
		}
	}
	items := slices.SortedFunc(maps.Keys(sums), func(a, b item) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.dims.Function, b.dims.Function), cmp.Compare(a.dims.Economic, b.dims.Economic))
	})
	var lines []ledger.Line
	var total money.Fen
	for _, k := range items {
		fen := sums[k] * pace / 1000 / 100 * 100
		total += fen
		if side == '4' {
			lines = append(lines, credit(k.account, fen, k.dims))
		} else {
			lines = append(lines, debit(k.account, fen, k.dims))
		}
	}
	if side == '4' {
		lines = append([]ledger.Line{debit("1001", total, none)}, lines...)
	} else {
		lines = append(lines, credit("1001", total, none))
	}
	p.write(p.on(9), 9, summary, lines...)
}

// setBudgets registers the budgets of the townships that have only begun, in one step.
func (b *build) setBudgets(started []begun) error {
	return b.write(func(tx *store.Tx) error {
		for _, t := range started {
			general := t.books[0]
			if _, err := budget.Set(tx, t.head, b.ids.next(), general.book.ID, general.book.Start.Year(), t.lines); err != nil {
				return fmt.Errorf("budget of %s: %w", general.book.Name, err)
			}
		}
		return nil
	})
}
