package statement

import (
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// change gives the cells of an amount beside the one that it is compared with: both, the difference, and it in percent
// of the other's size; a percentage is told only of something.
func change(this, other Cell) []Cell {
	difference, rate := Cell{Blank: true}, Cell{Blank: true}
	if !this.Blank && !other.Blank {
		difference = Cell{Amount: this.Amount - other.Amount}
		if other.Amount != 0 {
			rate = Cell{Percent: money.Percent(difference.Amount, other.Amount.Abs())}
		}
	}
	return []Cell{this, other, difference, rate}
}

// changeColumns are the heads of those four, under a common head where there is one.
func changeColumns(key, group, this, other string) []Column {
	prefix := ""
	if group != "" {
		prefix = key + "."
		key = "this"
	}
	return []Column{
		{Key: prefix + key, Title: this, Group: group, Kind: Amount}, {Key: prefix + "compared", Title: other, Group: group, Kind: Amount},
		{Key: prefix + "difference", Title: "增减额", Group: group, Kind: Amount}, {Key: prefix + "change", Title: "增减率", Group: group, Kind: Percent},
	}
}

// compareTrial sets the balances and the movements of accounts beside those of other months, each in the account's
// normal direction; movements leave the year's closing vouchers out, so that a closed year compares with an open one.
func (m *maker) compareTrial(f *figures, accounts selection) error {
	books, from, to := m.compared(m.ask.From, m.ask.To)
	that, title := spanTitle(from, to), spanTitle(m.ask.From, m.ask.To)
	m.report.Columns = append([]Column{trialColumns[0], trialColumns[1], {Key: "direction", Title: "方向", Kind: Text}},
		append(changeColumns("closing", "期末余额", m.ask.To.Chinese()+"末", to.Chinese()+"末"), changeColumns("movement", "发生净额", title, that)...)...)
	before := &figures{charts: f.charts}
	if len(books) > 0 {
		var err error
		if before, err = m.gatherOf(books, from, to); err != nil {
			return err
		}
	}
	shown, fold := m.shown(f, f.byAccount(accounts))
	old, oldFold := m.shown(before, before.byAccount(accounts))
	keys := map[accountKey]ledger.Move{}
	for k, v := range shown {
		keys[k] = v
	}
	for k, v := range old {
		if _, both := keys[k]; !both {
			keys[k], fold[k] = v, oldFold[k]
		}
	}
	var chart ledger.ChartName
	for _, k := range sortedKeys(keys) {
		if shown[k] == (ledger.Move{}) && old[k] == (ledger.Move{}) {
			continue
		}
		if k.chart != chart && m.mixed() {
			m.report.Rows = append(m.report.Rows, Row{Key: string(k.chart), Kind: Head, Cells: append([]Cell{{}, {Text: chartTitles[k.chart]}}, make([]Cell, 9)...)})
		}
		chart = k.chart
		a := f.account(k.chart, k.code)
		if _, now := shown[k]; !now {
			a = before.account(k.chart, k.code)
		}
		level, name := m.accountName(a)
		cells := []Cell{{Text: k.code}, {Text: name}, {Text: directionOf(money.Fen(a.Direction))}}
		for _, what := range []measure{balance, movement} {
			pair := func(v ledger.Move, from, to calendar.Period) Cell {
				return Cell{Amount: money.Fen(a.Direction) * what.of(v), Drill: &Drill{Account: k.code, From: from, To: to, Book: m.oneBook()}}
			}
			other := Cell{Blank: true}
			if len(books) > 0 {
				other = pair(old[k], from, to)
			}
			cells = append(cells, change(pair(shown[k], m.ask.From, m.ask.To), other)...)
		}
		if slices.ContainsFunc(cells, func(c Cell) bool { return c.Amount != 0 }) {
			m.report.Rows = append(m.report.Rows, Row{Key: k.code, Side: a.Element, Level: level, Kind: Item, Fold: fold[k], Cells: cells})
		}
	}
	return nil
}
