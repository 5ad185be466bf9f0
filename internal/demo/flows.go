package demo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// flows is what the books of one office must agree on: what the general budget paid for stations and villages, and
// what moved in the villages' money that the office keeps for them.
type flows struct {
	grants map[calendar.Period]map[grant]money.Fen
	awards map[calendar.Period]map[string]money.Fen // by function
	in     map[calendar.Period]map[string]money.Fen // by village
	out    map[calendar.Period]map[string]money.Fen
}

// grant is what the general budget pays a station for.
type grant struct {
	book     string // its code
	unit     string
	function string
	economic string // 政府经济分类
}

func newFlows() *flows {
	return &flows{
		grants: map[calendar.Period]map[grant]money.Fen{}, awards: map[calendar.Period]map[string]money.Fen{},
		in: map[calendar.Period]map[string]money.Fen{}, out: map[calendar.Period]map[string]money.Fen{},
	}
}

func gather[K comparable](m map[calendar.Period]map[K]money.Fen, p calendar.Period, key K, fen money.Fen) {
	if m[p] == nil {
		m[p] = map[K]money.Fen{}
	}
	m[p][key] += fen
}

// note reads what a voucher of a village or a station moved.
func (f *flows) note(b ledger.Book, v ledger.Voucher) {
	period := v.Date.Period()
	for _, l := range v.Lines {
		switch {
		case b.Chart == ledger.Village && l.Account == villageBank:
			if l.Debit != 0 {
				gather(f.in, period, b.UnitName, l.Debit)
			} else {
				gather(f.out, period, b.UnitName, l.Credit)
			}
		case b.Chart == ledger.Government && strings.HasPrefix(l.Account, "6001"):
			gather(f.grants, period, grant{b.Code, b.Name, l.Dims.Function, governmentClass(b, l)}, l.Credit)
		}
	}
}

func (f *flows) award(p calendar.Period, function string, fen money.Fen) {
	gather(f.awards, p, function, fen)
}

// governmentClass gives the economic class of the general budget for a grant: organs by what it is for, institutions
// as subsidies to them.
func governmentClass(b ledger.Book, l ledger.Line) string {
	organ := b.Regime == ledger.Administrative
	switch {
	case l.Account == "600102" && organ:
		return "50399"
	case l.Account == "600102":
		return "50502"
	case l.Dims.Function == fundFunction && organ:
		return "50103"
	case l.Account == "60010102" && organ:
		return "50201"
	case l.Account == "60010102":
		return "50502"
	case strings.HasPrefix(l.Dims.Function, "2080") && organ, strings.HasPrefix(l.Dims.Function, "2101") && organ:
		return "50102"
	case organ:
		return "50101"
	}
	return "50501"
}

// trust is what is kept for a village.
type trust struct {
	village string
	fen     money.Fen
}

// sorted gives the moves of a month by village.
func sorted(m map[string]money.Fen) []trust {
	var out []trust
	for _, v := range slices.Sorted(maps.Keys(m)) {
		out = append(out, trust{v, m[v]})
	}
	return out
}

// mirror books, in the office that keeps the villages' money, what came in and went out for them in the month
// (template T11 beside T40 and T41): what stands on its entrusted account is what stands in all villages' banks.
func (p *pen) mirror(f *flows) {
	date := min(p.on(30), historyEnd)
	month := p.month.Month()
	book := func(moves []trust, verb string, in bool) {
		var total money.Fen
		var lines []ledger.Line
		for _, m := range moves {
			line := credit(onTrust, m.fen, ledger.Dims{Party: m.village})
			if !in {
				line = debit(onTrust, m.fen, ledger.Dims{Party: m.village})
			}
			line.Summary = fmt.Sprintf("%s%s%d月份村级资金", verb, m.village, month)
			lines = append(lines, line)
			total += m.fen
		}
		if total == 0 {
			return
		}
		money := debit(entrusted, total, none)
		if !in {
			money = credit(entrusted, total, none)
		}
		p.write(date, int64(len(moves)), fmt.Sprintf("%s%d月份代管村级资金(%d村,明细表附后)", verb, month, len(moves)), append(lines, money)...)
	}
	book(sorted(f.in[p.month]), "代收", true)
	book(sorted(f.out[p.month]), "代付", false)
}
