package statement

import (
	"fmt"
	"slices"

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
	{Key: "year.debit", Title: "借方", Group: "本年累计发生额", Kind: Amount},
	{Key: "year.credit", Title: "贷方", Group: "本年累计发生额", Kind: Amount},
	{Key: "closing.debit", Title: "借方", Group: "期末余额", Kind: Amount},
	{Key: "closing.credit", Title: "贷方", Group: "期末余额", Kind: Amount},
}

// The places of the pairs among the amounts of a trial balance row.
const (
	ofOpening = 0
	ofPeriod  = 2
	ofYear    = 4
	ofClosing = 6
)

// eight are the amounts of a trial balance row: opening, months asked for, year so far, closing, debit and credit of each.
type eight [8]money.Fen

func (s eight) plus(o eight) eight {
	for i := range s {
		s[i] += o[i]
	}
	return s
}

func amountsOf(v, year ledger.Move) eight {
	var s eight
	s[ofOpening], s[ofOpening+1] = sides(v.Opening)
	s[ofPeriod], s[ofPeriod+1] = v.Debit+v.ClosingDebit, v.Credit+v.ClosingCredit
	s[ofYear], s[ofYear+1] = year.Debit+year.ClosingDebit, year.Credit+year.ClosingCredit
	s[ofClosing], s[ofClosing+1] = sides(v.Balance())
	return s
}

// trialTable is a trial balance while it is being made.
type trialTable struct {
	m      *maker
	f      *figures
	leaves map[accountKey]ledger.Move
	year   map[accountKey]ledger.Move // the year so far; nil where it is not asked for
	totals map[halfKey]eight
}

type halfKey struct {
	chart ledger.ChartName
	half  ledger.Half
}

// makeTrialBalance lists the accounts with their opening, movement and closing. Several charts stand one after another,
// each with its own subtotal. Totals add leaf accounts only.
func makeTrialBalance(m *maker) error {
	f, err := m.gather(m.ask.From, m.ask.To)
	if err != nil {
		return err
	}
	accounts := parseSelection(m.ask.Account)
	if _, err := accounts.named(m, f.all()); err != nil {
		return err
	}
	if m.report.Partial = m.ask.Filter != (ledger.Dims{}) || len(accounts) > 0; m.report.Partial {
		m.report.note("只取所选科目或辅助核算,借贷不必相等")
	}
	if m.ask.Compare != NoComparison {
		return m.compareTrial(f, accounts)
	}
	t := &trialTable{m: m, f: f, leaves: f.byAccount(accounts), totals: map[halfKey]eight{}}
	m.report.Columns = trialColumns
	if m.ask.Year {
		year, err := m.gather(m.yearStart(), m.ask.To)
		if err != nil {
			return err
		}
		t.year = year.byAccount(accounts)
	} else {
		m.report.Columns = slices.Delete(slices.Clone(trialColumns), 2+ofYear, 2+ofClosing)
	}
	t.add()
	t.draw()
	t.foot()
	return nil
}

// add adds leaf accounts to the totals of their halves.
func (t *trialTable) add() {
	for k, v := range t.leaves {
		h := halfKey{k.chart, t.f.account(k.chart, k.code).Half}
		t.totals[h] = t.totals[h].plus(amountsOf(v, t.year[k]))
	}
}

// shown gives the accounts that the levels and folds show.
func (m *maker) shown(f *figures, leaves map[accountKey]ledger.Move) (map[accountKey]ledger.Move, map[accountKey]Fold) {
	if m.ask.Levels == 0 {
		return leaves, nil
	}
	return f.rollUp(leaves, newFolds(m.ask.Levels, m.ask.Folds))
}

func (t *trialTable) draw() {
	m := t.m
	shown, fold := m.shown(t.f, t.leaves)
	year, _ := m.shown(t.f, t.year)
	var chart ledger.ChartName
	for _, k := range sortedKeys(shown) {
		if shown[k] == (ledger.Move{}) {
			continue
		}
		if k.chart != chart && m.mixed() {
			t.closeChart(chart)
			t.row(Row{Key: string(k.chart), Kind: Head}, "", chartTitles[k.chart], eight{}, nil)
		}
		chart = k.chart
		a := t.f.account(k.chart, k.code)
		level, name := m.accountName(a)
		drill := &Drill{Account: k.code, From: m.ask.From, To: m.ask.To, Book: m.oneBook()}
		t.row(Row{Key: k.code, Side: a.Element, Level: level, Kind: Item, Fold: fold[k]}, k.code, name, amountsOf(shown[k], year[k]), drill)
	}
	if m.mixed() {
		t.closeChart(chart)
	}
}

// accountName gives an account's depth and name: in full where no parent stands above it.
func (m *maker) accountName(a *ledger.Account) (level int, name string) {
	if m.ask.Levels == 0 {
		return 0, a.FullName
	}
	return a.Level - 1, a.Name
}

func (m *maker) oneBook() int64 {
	if len(m.ask.Books) == 1 {
		return m.ask.Books[0].ID
	}
	return 0
}

// cells gives a row's cells; the amounts of the year so far lead to the year.
func (t *trialTable) cells(code, name string, s eight, drill *Drill) []Cell {
	cells := []Cell{{Text: code}, {Text: name}}
	for i, fen := range s {
		to := drill
		if i/2 == ofYear/2 {
			if t.year == nil {
				continue
			}
			if drill != nil {
				to = &Drill{Account: drill.Account, From: t.m.yearStart(), To: drill.To, Book: drill.Book}
			}
		}
		cells = append(cells, Cell{Amount: fen, Drill: to})
	}
	return cells
}

func (t *trialTable) row(row Row, code, name string, s eight, drill *Drill) {
	row.Cells = t.cells(code, name, s, drill)
	t.m.report.Rows = append(t.m.report.Rows, row)
}

func (t *trialTable) closeChart(chart ledger.ChartName) {
	if chart == "" {
		return
	}
	sum := t.totals[halfKey{chart, ledger.Financial}].plus(t.totals[halfKey{chart, ledger.Budgetary}])
	t.row(Row{Key: "total-" + string(chart), Kind: Subtotal}, "", chartTitles[chart]+"小计", sum, nil)
}

// foot adds the totals, each half apart where a chart has two, and names every pair that does not agree.
func (t *trialTable) foot() {
	var all eight
	var halves [2]eight
	for _, chart := range allCharts {
		for i, half := range []ledger.Half{ledger.Financial, ledger.Budgetary} {
			s := t.totals[halfKey{chart, half}]
			all, halves[i] = all.plus(s), halves[i].plus(s)
			for j, what := range []string{"期初余额", "本期发生额", "本年累计发生额", "期末余额"} {
				if d := s[2*j] - s[2*j+1]; d != 0 && !t.m.report.Partial {
					t.m.report.differ(fmt.Sprintf("%s%s%s借方与贷方相差 %s 元", chartTitles[chart], half.Title(), what, d.Abs()), d)
				}
			}
		}
	}
	total := func(key, name string, kind RowKind, s eight) {
		t.m.report.Totals = append(t.m.report.Totals, Row{Key: key, Kind: kind, Cells: t.cells("", name, s, nil)})
	}
	if t.f.twoHalves() {
		total(string(ledger.Financial), "财务会计合计", Subtotal, halves[0])
		total(string(ledger.Budgetary), "预算会计合计", Subtotal, halves[1])
	}
	total("total", "合计", Total, all)
}

// twoHalves reports whether a chart has accounts of a second half, whatever its name.
func (f *figures) twoHalves() bool {
	looked := map[string]bool{}
	for _, c := range f.all() {
		if looked[c.Edition] {
			continue
		}
		looked[c.Edition] = true
		if slices.ContainsFunc(c.Accounts(), func(a *ledger.Account) bool { return a.Half == ledger.Budgetary }) {
			return true
		}
	}
	return false
}
