package demo

import (
	"math/rand/v2"
	"slices"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// pen writes the vouchers of one book, month by month.
type pen struct {
	book  ledger.Book
	chart *ledger.Chart // of the year at hand
	rng   *rand.Rand
	month calendar.Period
	until calendar.Date // what would be dated later is not written
	flow  *flows        // what other books of the office must mirror; nil: nothing
	out   []ledger.Voucher
}

// seed makes every build the same. Each book has a stream of its own, so that one more book changes no other.
const seed = 990001_20261023

func newPen(b ledger.Book, f *flows) *pen {
	return &pen{book: b, rng: rand.New(rand.NewPCG(seed, uint64(b.ID)+100)), until: historyEnd, flow: f}
}

func (p *pen) turn(month calendar.Period, chart *ledger.Chart) { p.month, p.chart = month, chart }

// on gives the working day of the month nearest before a day; the first week of October is a holiday.
func (p *pen) on(day int) calendar.Date {
	if p.month.Month() == 10 {
		day = max(day, 9)
	}
	date := p.month.First().AddDays(day - 1)
	date = min(date, p.month.Last())
	switch date.Time().Weekday() {
	case time.Saturday:
		date = date.AddDays(-1)
	case time.Sunday:
		date = date.AddDays(1)
	}
	if date.Period() != p.month {
		date = p.month.Last().AddDays(-2)
	}
	return date
}

// between gives a working day between two days of the month.
func (p *pen) between(first, last int) calendar.Date {
	if p.month == historyEnd.Period() && first < historyEndDay {
		last = min(last, historyEndDay)
		first = min(max(first, 9), last)
	}
	return p.on(first + p.rng.IntN(last-first+1))
}

// chance is true so many times of a hundred.
func (p *pen) chance(percent int) bool { return p.rng.IntN(100) < percent }

// yuan gives an amount between two, in whole tens, whole yuan or to the fen, as bills come.
func (p *pen) yuan(low, high int) money.Fen {
	if high <= low {
		return yuan(low)
	}
	fen := int64(low)*100 + p.rng.Int64N(int64(high-low)*100)
	switch p.rng.IntN(5) {
	case 0:
		return money.Fen(fen)
	case 1, 2:
		return money.Fen(fen/100) * 100
	default:
		return money.Fen(fen/1000) * 1000
	}
}

func debit(account string, fen money.Fen, dims ledger.Dims) ledger.Line {
	return ledger.Line{Account: account, Debit: fen, Dims: dims}
}

func credit(account string, fen money.Fen, dims ledger.Dims) ledger.Line {
	return ledger.Line{Account: account, Credit: fen, Dims: dims}
}

// none is no dimensions.
var none ledger.Dims

// write adds a voucher. In a book with two halves the budgetary lines follow from the financial ones, unless they are
// given. Lines without an amount are left out.
func (p *pen) write(date calendar.Date, sheets int64, summary string, lines ...ledger.Line) {
	if date > p.until {
		return
	}
	lines = slices.DeleteFunc(lines, func(l ledger.Line) bool { return l.Debit == 0 && l.Credit == 0 })
	for i := range lines {
		if lines[i].Summary == "" {
			lines[i].Summary = summary
		}
	}
	given := slices.ContainsFunc(lines, func(l ledger.Line) bool { return p.budgetary(l.Account) })
	if !given {
		lines = append(lines, ledger.Propose(p.chart, p.book, lines)...)
	}
	v := ledger.Voucher{Book: p.book.ID, Date: date, Word: "记", Kind: ledger.Ordinary, Attachments: sheets, Lines: lines}
	p.out = append(p.out, v)
	if p.flow != nil {
		p.flow.note(p.book, v)
	}
}

func (p *pen) budgetary(account string) bool {
	return p.chart.TwoHalves() && account[0] >= '6'
}

// take gives the vouchers written since the last time, in the order of their days.
func (p *pen) take() []ledger.Voucher {
	out := p.out
	p.out = nil
	slices.SortStableFunc(out, func(a, b ledger.Voucher) int {
		switch {
		case a.Date < b.Date:
			return -1
		case a.Date > b.Date:
			return 1
		}
		return 0
	})
	return out
}

// spend is what a payment by the treasury was for.
type spend struct {
	function string
	economic string
	project  string
	fen      money.Fen
}

// granted completes the debits of a payment by the treasury: the grant in the financial half by function and project,
// outlay and grant in the budgetary half.
func (p *pen) granted(debits []ledger.Line, spends ...spend) []ledger.Line {
	lines := slices.Clone(debits)
	var order []ledger.Dims
	sums := map[ledger.Dims]money.Fen{}
	people := map[ledger.Dims]bool{}
	for _, s := range spends {
		d := ledger.Dims{Function: s.function, Project: s.project}
		if _, ok := sums[d]; !ok {
			order = append(order, d)
		}
		sums[d] += s.fen
		people[d] = s.economic[:3] == "301" || s.economic[:3] == "303"
	}
	for _, d := range order {
		lines = append(lines, credit("400101", sums[d], d))
	}
	outlay := "71010"
	if p.book.Regime == ledger.Institution {
		outlay = "72010"
	}
	for _, s := range spends {
		kind := "101"
		if s.project != "" {
			kind = "102"
		}
		lines = append(lines, debit(outlay+kind, s.fen, ledger.Dims{Function: s.function, Economic: s.economic, Project: s.project}))
	}
	for _, d := range order {
		account := "60010102"
		switch {
		case d.Project != "":
			account = "600102"
		case people[d]:
			account = "60010101"
		}
		lines = append(lines, credit(account, sums[d], d))
	}
	return lines
}
