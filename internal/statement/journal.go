package statement

import (
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

var journalColumns = []Column{
	{Key: "date", Title: "日期", Kind: Text},
	{Key: "voucher", Title: "凭证号", Kind: Text},
	{Key: "summary", Title: "摘要", Kind: Text},
	{Key: "account", Title: "科目编码", Kind: Text},
	{Key: "name", Title: "科目名称", Kind: Text},
	{Key: "debit", Title: "借方", Kind: Amount},
	{Key: "credit", Title: "贷方", Kind: Amount},
}

// makeJournal lists every entry in the order of dates; the total is of all months asked for, whatever the page.
func makeJournal(m *maker) error {
	f, err := m.gather(m.ask.From, m.ask.To)
	if err != nil {
		return err
	}
	q := m.entryQuery()
	a := accountBook{m: m, accounts: map[ledger.ChartName]selection{}}
	accounts := parseSelection(m.ask.Account)
	if _, err := accounts.named(m, f.all()); err != nil {
		return err
	}
	for chart := range f.charts {
		a.accounts[chart] = accounts
	}
	if m.ask.Account != "" {
		q.choose(f, a.accounts)
	}
	page, err := q.page(m.tx)
	if err != nil {
		return err
	}
	m.report.Columns, m.report.More = m.ledgerColumns(journalColumns), page.next != nil
	for _, e := range page.entries {
		n, c := e.Number, f.combinations[e.Combination]
		account := f.account(c.Chart, c.Account)
		drill := &Drill{Book: e.book, From: n.Period, To: n.Period, Voucher: &n}
		m.ledgerRow(e.book, Row{Key: fmt.Sprintf("%s#%d", n, e.Line), Kind: Item, Cells: []Cell{
			{Text: string(e.Date)}, {Text: n.Label()}, {Text: e.Summary}, {Text: account.Code}, {Text: account.FullName},
			{Amount: e.Debit, Drill: drill}, {Amount: e.Credit, Drill: drill},
		}})
	}
	total := a.sum(f)
	cells := []Cell{{}, {}, {Text: "合计"}, {}, {}, {Amount: total.Debit + total.ClosingDebit}, {Amount: total.Credit + total.ClosingCredit}}
	if m.ofSeveral() {
		cells = slices.Insert(cells, 1, Cell{})
	}
	m.report.Totals = []Row{{Key: "total", Kind: Total, Cells: cells}}
	return nil
}

var generalLedgerColumns = []Column{
	{Key: "account", Title: "科目编码", Kind: Text},
	{Key: "name", Title: "科目名称", Kind: Text},
	{Key: "period", Title: "月份", Kind: Text},
	{Key: "summary", Title: "摘要", Kind: Text},
	{Key: "debit", Title: "借方", Kind: Amount},
	{Key: "credit", Title: "贷方", Kind: Amount},
	{Key: "direction", Title: "方向", Kind: Text},
	{Key: "balance", Title: "余额", Kind: Amount},
}

// month is one month of every account, rolled up.
type month struct {
	period calendar.Period
	moves  map[accountKey]ledger.Move
}

// makeGeneralLedger gives, account by account, the opening and each month's total with the year's so far.
func makeGeneralLedger(m *maker) error {
	levels := max(1, m.ask.Levels)
	if m.ask.Levels == AllLevels || m.ask.Account != "" {
		levels = AllLevels
	}
	folds := newFolds(levels, m.ask.Folds)
	m.report.Columns = generalLedgerColumns
	var months []month
	year := map[accountKey]sums{}
	var f *figures
	var fold map[accountKey]Fold
	all, err := m.byMonth()
	if err != nil {
		return err
	}
	for _, f = range all {
		p := f.to
		var moves map[accountKey]ledger.Move
		moves, fold = f.rollUp(f.byAccount(nil), folds)
		if p >= m.ask.From {
			months = append(months, month{p, moves})
			continue
		}
		for k, v := range moves {
			s := year[k]
			s.add(v.Debit+v.ClosingDebit, v.Credit+v.ClosingCredit)
			year[k] = s
		}
	}
	accounts, chart := parseSelection(m.ask.Account), ledger.ChartName("")
	if _, err := accounts.named(m, f.all()); err != nil {
		return err
	}
	for _, k := range sortedKeys(months[len(months)-1].moves) {
		if !accounts.keeps(k.code) {
			continue
		}
		if chart != k.chart && len(f.charts) > 1 {
			m.report.Rows = append(m.report.Rows, Row{Key: string(k.chart), Kind: Head, Cells: []Cell{{}, {Text: chartTitles[k.chart]}, {}, {}, {}, {}, {}, {}}})
		}
		chart = k.chart
		m.generalAccount(f.account(k.chart, k.code), k, months, year[k], fold[k])
	}
	return nil
}

// byMonth gives the figures of each month from the year's first to the last one asked for. They are read once: a month
// opens with what the one before closed with.
func (m *maker) byMonth() ([]*figures, error) {
	year, err := m.gather(m.yearStart(), m.ask.To)
	if err != nil {
		return nil, err
	}
	monthly, err := ledger.MonthlyMoves(m.tx, m.county, m.ask.Books, m.yearStart(), m.ask.To)
	if err != nil {
		return nil, err
	}
	var out []*figures
	balance := make(map[int64]money.Fen, len(year.moves))
	for id, v := range year.moves {
		balance[id] = v.Opening
	}
	for p := m.yearStart(); p <= m.ask.To; p = p.Next() {
		f := *year
		f.from, f.to, f.moves = p, p, make(map[int64]ledger.Move, len(balance))
		for id, opening := range balance {
			v := monthly[p][id]
			v.Opening = opening
			f.moves[id], balance[id] = v, v.Balance()
		}
		out = append(out, &f)
	}
	return out, nil
}

func (m *maker) generalAccount(a *ledger.Account, k accountKey, months []month, year sums, fold Fold) {
	opened := months[0].moves[k].Opening
	balance := opened
	var rows []Row
	level, prefix := max(0, a.Level-1), ""
	if m.mixed() {
		prefix = string(k.chart) + "/"
	}
	row := func(key string, p calendar.Period, summary string, s sums, from calendar.Period) {
		var drill *Drill
		if from != "" {
			drill = &Drill{Book: m.oneBook(), Account: a.Code, From: from, To: p}
		}
		rows = append(rows, Row{Key: prefix + a.Code + "/" + key, Side: a.Element, Level: level, Kind: Item, Cells: []Cell{
			{Text: a.Code}, {Text: a.Name}, {Text: string(p)}, {Text: summary}, {Amount: s.debit, Drill: drill}, {Amount: s.credit, Drill: drill},
			{Text: directionOf(balance)}, {Amount: money.Fen(balance).Abs()},
		}})
	}
	row("opening", m.ask.From, "期初余额", sums{}, "")
	for _, one := range months {
		v := one.moves[k]
		s := sums{v.Debit + v.ClosingDebit, v.Credit + v.ClosingCredit}
		if s == (sums{}) {
			continue
		}
		balance = v.Balance()
		year.add(s.debit, s.credit)
		row("month-"+string(one.period), one.period, "本月合计", s, one.period)
		row("year-"+string(one.period), one.period, "本年累计", year, m.yearStart())
	}
	rows[0].Fold = fold
	if opened != 0 || len(rows) > 1 {
		m.report.Rows = append(m.report.Rows, rows...)
	}
}
