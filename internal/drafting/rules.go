package drafting

import (
	"cmp"
	"slices"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

var (
	reserveLeast = percent("reserve-least-percent", "预备费不低于一般公共预算支出额的百分比", "1")
	reserveMost  = percent("reserve-most-percent", "预备费不高于一般公共预算支出额的百分比", "3")
)

func percent(code, title, initial string) rule.Definition {
	return rule.Definition{Code: code, Title: title, Kind: rule.Count, Max: 100, Initial: initial, Source: "预算法第四十条"}
}

// Rules gives the rules that this package reads.
func Rules() []rule.Definition { return []rule.Definition{reserveLeast, reserveMost} }

// The kinds of money, and the classes of what is no spending of a unit.
const (
	generalFund = "1"
	unitFund    = "5"

	classReserve     = "227"   // 预备费
	classTransferIn  = "11009" // 调入资金
	classTransferOut = "23008" // 调出资金
)

// Sum is how a kind of money stands.
type Sum struct {
	Fund    string
	Income  money.Fen // with what is transferred in
	Lines   money.Fen // what the units ask for
	Items   money.Fen // reserve, remittance, what is transferred out, carry-over
	Reserve money.Fen // of the items
	Control money.Fen // what the units may ask for
	Asked   money.Fen // of it; what was carried over has been given already
}

// Outlay is what the kind of money is to pay.
func (s Sum) Outlay() money.Fen { return s.Lines + s.Items }

// Left is income less outlay; a budget that balances has nothing left.
func (s Sum) Left() money.Fen { return s.Income - s.Outlay() }

// Sums gives how each kind of money stands, in the order of the kinds.
func (c Content) Sums() []Sum {
	by := map[string]*Sum{}
	of := func(fund string) *Sum {
		if by[fund] == nil {
			by[fund] = &Sum{Fund: fund}
		}
		return by[fund]
	}
	for _, l := range c.Lines {
		s := of(l.Fund)
		s.Lines += l.Amount
		if l.Source != sourceCarried {
			s.Asked += l.Amount
		}
	}
	for _, i := range c.Items {
		s := of(i.Fund)
		switch {
		case i.Side == Income:
			s.Income += i.Amount
		case i.Class == classReserve:
			s.Reserve += i.Amount
			s.Items += i.Amount
		default:
			s.Items += i.Amount
		}
	}
	for _, n := range c.Controls {
		of(n.Fund).Control += n.Amount
	}
	var out []Sum
	for _, s := range by {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Sum) int { return cmp.Compare(a.Fund, b.Fund) })
	return out
}

// asked gives what a unit asks for of a kind of money, beside what was carried over.
func (c Content) asked() map[Control]money.Fen {
	out := map[Control]money.Fen{}
	for _, l := range c.Lines {
		if l.Source != sourceCarried {
			out[Control{Unit: l.Unit, Fund: l.Fund}] += l.Amount
		}
	}
	return out
}

// checkControls refuses a unit that asks for more than its control number; without one it may ask for nothing.
func (c Content) checkControls(names map[string]ledger.Class) error {
	allowed := map[Control]money.Fen{}
	for _, n := range c.Controls {
		allowed[Control{Unit: n.Unit, Fund: n.Fund}] = n.Amount
	}
	asked := c.asked()
	for _, l := range c.Lines { // in the order of the pages
		k := Control{Unit: l.Unit, Fund: l.Fund}
		if over := asked[k] - allowed[k]; over > 0 {
			return fault.Newf(fault.Refused, "drafting-over-control", "请压减支出,或退回控制数重新下达",
				"%s的%s控制数 %s 元,编报 %s 元,超 %s 元", l.UnitName, names[l.Fund].Name, allowed[k], asked[k], over)
		}
	}
	return nil
}

// checkTransfers refuses money that one kind gives and the other does not take, or the other way round.
func (c Content) checkTransfers(names map[string]ledger.Class) error {
	type pair struct{ from, to string }
	out, in := map[pair]money.Fen{}, map[pair]money.Fen{}
	var all []pair
	for _, i := range c.Items {
		if i.Counter == "" {
			continue
		}
		p := pair{i.Fund, i.Counter}
		if i.Side == Income {
			p = pair{i.Counter, i.Fund}
			in[p] += i.Amount
		} else {
			out[p] += i.Amount
		}
		all = append(all, p)
	}
	for _, p := range all {
		if out[p] != in[p] {
			return fault.Newf(fault.Refused, "drafting-transfer-one-sided", "请在调出、调入两方填写相同的金额",
				"%s调出到%s %s 元,调入方记 %s 元,相差 %s 元", names[p.from].Name, names[p.to].Name, out[p], in[p], (out[p] - in[p]).Abs())
		}
	}
	return nil
}

// checkBalance refuses a deficit, and income that nothing is done with, of each kind of money.
func (c Content) checkBalance(names map[string]ledger.Class) error {
	for _, s := range c.Sums() {
		if left := s.Left(); left < 0 {
			return fault.Newf(fault.Refused, "drafting-deficit", "请压减支出或补充收入来源;乡镇预算不列赤字(预算法第三十五条)",
				"%s收入 %s 元,支出 %s 元,缺口 %s 元", names[s.Fund].Name, s.Income, s.Outlay(), -left)
		} else if left > 0 {
			return fault.Newf(fault.Refused, "drafting-unbalanced", "请安排支出,或列入结转下年、预算稳定调节基金",
				"%s收入 %s 元,支出 %s 元,尚有 %s 元没有安排", names[s.Fund].Name, s.Income, s.Outlay(), left)
		}
	}
	return nil
}

// generalBase is what the reserve is measured by (本级一般公共预算支出额): what the units spend and the reserve itself.
func (s Sum) generalBase() money.Fen { return s.Lines + s.Reserve }

// checkReserve refuses a reserve outside the band that the rules set for the year (预算法 art. 40).
func (d Draft) checkReserve(tx *store.Tx, county int64, c Content) error {
	if d.Round > 0 {
		return nil // in the course of the year the reserve is used
	}
	on := firstDay(d.Year)
	least, err := rule.Int(tx, county, reserveLeast.Code, d.Path, on)
	if err != nil {
		return err
	}
	most, err := rule.Int(tx, county, reserveMost.Code, d.Path, on)
	if err != nil {
		return err
	}
	for _, s := range c.Sums() {
		base := s.generalBase()
		if s.Fund != generalFund || s.Reserve*100 >= base*money.Fen(least) && s.Reserve*100 <= base*money.Fen(most) {
			continue
		}
		return fault.Newf(fault.Refused, "drafting-reserve", "请调整预备费(预算法第四十条)",
			"预备费 %s 元,占一般公共预算支出额 %s 元的 %s,应为 %d%% 至 %d%%,即 %s 至 %s 元", s.Reserve, base, money.FormatPercent(money.Percent(s.Reserve, base)),
			least, most, (base*money.Fen(least)+99)/100, base*money.Fen(most)/100)
	}
	return nil
}

// checkWhole asks everything that a budget must keep before the government lets it go, and before the congress's
// approval takes effect.
func (d Draft) checkWhole(tx *store.Tx, county int64, c Content) error {
	names, err := ledger.ClassesOf(tx, standard.Fund, d.Year)
	if err != nil {
		return err
	}
	if len(c.Lines) == 0 {
		return fault.New(fault.Refused, "drafting-empty", "草案没有支出", "请各单位先编报支出")
	}
	for _, check := range []func(map[string]ledger.Class) error{c.checkControls, c.checkTransfers, c.checkBalance} {
		if err := check(names); err != nil {
			return err
		}
	}
	return d.checkReserve(tx, county, c)
}

// Warnings says what would be refused as the content stands, for the page that shows how the kinds of money stand.
func (d Draft) Warnings(tx *store.Tx, county int64, c Content) ([]string, error) {
	names, err := ledger.ClassesOf(tx, standard.Fund, d.Year)
	if err != nil {
		return nil, err
	}
	found := []error{c.checkTransfers(names), c.checkBalance(names), d.checkReserve(tx, county, c)}
	if len(c.Controls) > 0 {
		found = append(found, c.checkControls(names))
	}
	var out []string
	for _, err := range found {
		if f := fault.As(err); f != nil {
			out = append(out, f.Error())
		} else if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// quotaWords are what no forecast of income may be called (预算法 art. 55).
var quotaWords = []string{"收入任务", "收入指标", "征收任务", "征收指标", "税收任务", "税收指标"}

// checkForecast refuses an income item that speaks of a quota.
func (i Item) checkForecast() error {
	for _, w := range quotaWords {
		if i.Side == Income && strings.Contains(i.Note, w) {
			return fault.Newf(fault.Refused, "drafting-quota", "请写明预测依据,例如 上年实绩、税源变化", "收入只能是预测,不能写「%s」:不得向征收部门下达收入指标(预算法第五十五条)", w).In("note")
		}
	}
	return nil
}
