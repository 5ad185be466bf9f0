package statement

import (
	"fmt"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

const trialBalance = "trial-balance"

var trialColumns = []Column{
	{Key: "account", Title: "科目编码", Kind: Text},
	{Key: "name", Title: "科目名称", Kind: Text},
	{Key: "opening.debit", Title: "借方", Group: "期初余额", Kind: Amount},
	{Key: "opening.credit", Title: "贷方", Group: "期初余额", Kind: Amount},
	{Key: "period.debit", Title: "借方", Group: "本期发生额", Kind: Amount},
	{Key: "period.credit", Title: "贷方", Group: "本期发生额", Kind: Amount},
	{Key: "closing.debit", Title: "借方", Group: "期末余额", Kind: Amount},
	{Key: "closing.credit", Title: "贷方", Group: "期末余额", Kind: Amount},
}

// six are the amounts of a trial balance row.
type six [6]money.Fen

func (s six) plus(o six) six {
	for i := range s {
		s[i] += o[i]
	}
	return s
}

func sixOf(m ledger.Move) six {
	var s six
	s[0], s[1] = sides(m.Opening)
	s[2], s[3] = m.Debit+m.ClosingDebit, m.Credit+m.ClosingCredit
	s[4], s[5] = sides(m.Balance())
	return s
}

// makeTrialBalance lists the accounts with their opening, movement and closing. Several charts stand one after another,
// each with its own subtotal. Totals add leaf accounts only.
func makeTrialBalance(m *maker) error {
	f, err := m.gather(m.ask.From, m.ask.To)
	if err != nil {
		return err
	}
	m.report.Columns = trialColumns
	leaves := f.byAccount()
	shown := leaves
	if m.ask.Levels != 0 {
		shown = f.rollUp(leaves, m.ask.Levels)
	}
	var chart ledger.ChartName
	mixed := len(f.charts) > 1
	totals := f.trialTotals(leaves)
	for _, k := range sortedKeys(shown) {
		if shown[k] == (ledger.Move{}) {
			continue
		}
		if mixed && k.chart != chart {
			m.closeChart(chart, totals)
			m.report.Rows = append(m.report.Rows, Row{Key: string(k.chart), Kind: Head, Cells: trialCells("", chartTitles[k.chart], six{}, nil)})
		}
		chart = k.chart
		a := f.account(k.chart, k.code)
		level := 0
		if m.ask.Levels != 0 {
			level = a.Level - 1
		}
		name := a.Name
		if m.ask.Levels == 0 {
			name = a.FullName
		}
		drill := &Drill{Account: k.code, From: m.ask.From, To: m.ask.To, Book: m.oneBook()}
		m.report.Rows = append(m.report.Rows, Row{Key: k.code, Side: a.Element, Level: level, Kind: Item, Cells: trialCells(k.code, name, sixOf(shown[k]), drill)})
	}
	if mixed {
		m.closeChart(chart, totals)
	}
	m.trialFoot(f, totals)
	return nil
}

func (m *maker) oneBook() int64 {
	if len(m.ask.Books) == 1 {
		return m.ask.Books[0].ID
	}
	return 0
}

func trialCells(code, name string, s six, drill *Drill) []Cell {
	cells := []Cell{{Text: code}, {Text: name}}
	for _, fen := range s {
		cells = append(cells, Cell{Amount: fen, Drill: drill})
	}
	return cells
}

type halfKey struct {
	chart ledger.ChartName
	half  ledger.Half
}

func (f *figures) trialTotals(leaves map[accountKey]ledger.Move) map[halfKey]six {
	totals := map[halfKey]six{}
	for k, move := range leaves {
		h := halfKey{k.chart, f.account(k.chart, k.code).Half}
		totals[h] = totals[h].plus(sixOf(move))
	}
	return totals
}

func (m *maker) closeChart(chart ledger.ChartName, totals map[halfKey]six) {
	if chart == "" {
		return
	}
	sum := totals[halfKey{chart, ledger.Financial}].plus(totals[halfKey{chart, ledger.Budgetary}])
	m.report.Rows = append(m.report.Rows, Row{Key: "total-" + string(chart), Kind: Subtotal, Cells: trialCells("", chartTitles[chart]+"小计", sum, nil)})
}

// trialFoot adds the totals, each half apart where there are two, and names every pair that does not agree.
func (m *maker) trialFoot(f *figures, totals map[halfKey]six) {
	var all six
	var halves [2]six
	for _, chart := range allCharts {
		for i, half := range []ledger.Half{ledger.Financial, ledger.Budgetary} {
			s := totals[halfKey{chart, half}]
			all, halves[i] = all.plus(s), halves[i].plus(s)
			for j, what := range []string{"期初余额", "本期发生额", "期末余额"} {
				if d := s[2*j] - s[2*j+1]; d != 0 {
					m.report.differ(fmt.Sprintf("%s%s%s借方与贷方相差 %s 元%s", chartTitles[chart], half.Title(), what, d.Abs(), m.filterReason()), d)
				}
			}
		}
	}
	if len(f.charts[ledger.Government]) > 0 {
		m.report.Totals = append(m.report.Totals,
			Row{Key: string(ledger.Financial), Kind: Subtotal, Cells: trialCells("", "财务会计合计", halves[0], nil)},
			Row{Key: string(ledger.Budgetary), Kind: Subtotal, Cells: trialCells("", "预算会计合计", halves[1], nil)})
	}
	m.report.Totals = append(m.report.Totals, Row{Key: "total", Kind: Total, Cells: trialCells("", "合计", all, nil)})
}

// filterReason explains a table that cannot balance because only some dimensions were asked for.
func (m *maker) filterReason() string {
	if m.ask.Filter != (ledger.Dims{}) {
		return ",因只取所选辅助核算,借贷不必相等"
	}
	return ""
}

// rollUp adds leaf accounts into their parents, down to a level.
func (f *figures) rollUp(leaves map[accountKey]ledger.Move, levels int) map[accountKey]ledger.Move {
	sums := map[accountKey]ledger.Move{}
	for k, move := range leaves {
		for code := k.code; code != ""; {
			a := f.account(k.chart, code)
			if levels == AllLevels || a.Level <= levels {
				key := accountKey{k.chart, code}
				sums[key] = add(sums[key], move)
			}
			code = a.Parent
		}
	}
	return sums
}
