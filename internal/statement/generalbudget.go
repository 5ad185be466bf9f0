package statement

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/budget"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

const generalBudget = "general-budget"

var budgetColumns = []Column{
	{Key: "code", Title: "编码", Kind: Text},
	{Key: "name", Title: "项目", Kind: Text},
	{Key: "budget", Title: "预算数", Kind: Amount},
	{Key: "adjusted", Title: "调整预算数", Kind: Amount},
	{Key: "month", Title: "本月数", Kind: Amount},
	{Key: "actual", Title: "执行数", Kind: Amount},
	{Key: "done", Title: "完成预算", Kind: Percent},
	{Key: "share", Title: "占比", Kind: Percent},
	{Key: "last_year", Title: "上年数", Kind: Amount},
	{Key: "growth", Title: "比上年", Kind: Percent},
}

// budgetItem is one account below the classes of a side: transfers, remittances, funds moved in and out.
type budgetItem struct {
	account string
	class   string // its class in the year's classification, by which it is shown
	name    string
}

// budgetSide is one side of the general public budget table (一般公共预算收支表).
type budgetSide struct {
	key, own, classes string // own: the account whose classes are rows
	ownTotal, total   string
	items             []budgetItem
	carryClass        string
	carryName         string
	sign              money.Fen // of a debit
}

// budgetSides follows 财库〔2015〕192号 and 2025 年政府收支分类: what each account below the own classes is called there.
var budgetSides = []budgetSide{
	{
		key: "income", own: "4001", classes: "revenue", ownTotal: "本年收入合计", total: "收入总计", sign: -1,
		carryClass: "11008", carryName: "上年结转",
		items: []budgetItem{
			{"4011", "110", "转移性收入"}, {"4012", "11006", "上解收入"}, {"4021", "11009", "调入资金"},
			{"4031", "11015", "动用预算稳定调节基金"}, {"4041", "105", "债务收入"}, {"4042", "11011", "债务转贷收入"},
		},
	},
	{
		key: "expenditure", own: "5001", classes: "function", ownTotal: "本年支出合计", total: "支出总计", sign: 1,
		carryClass: "23009", carryName: "结转下年",
		items: []budgetItem{
			{"5011", "230", "补助下级支出"}, {"5012", "23006", "上解支出"}, {"5013", "219", "援助其他地区支出"}, {"5021", "23008", "调出资金"},
			{"5031", "23015", "安排预算稳定调节基金"}, {"5041", "231", "债务还本支出"}, {"5042", "23011", "债务转贷支出"},
		},
	},
}

// carryAccount is 一般公共预算结转结余.
const carryAccount = "3001"

// budgetLine adds what a row shows; last is known only where the books were kept a year before.
type budgetLine struct {
	budget, adjusted, month, actual, last money.Fen
}

func (l budgetLine) plus(o budgetLine) budgetLine {
	return budgetLine{l.budget + o.budget, l.adjusted + o.adjusted, l.month + o.month, l.actual + o.actual, l.last + o.last}
}

// budgetTable is the table while it is being made: by account, then class.
type budgetTable struct {
	m         *maker
	chart     *ledger.Chart
	lines     map[string]map[string]budgetLine
	lastKnown bool
	partial   bool // some of the books have no budget for the year: no rate is told
	carryIn   budgetLine
	carryOut  budgetLine
}

// budgetColumns names the amounts of a year whose December every book has closed its final accounts (决算数); until then they
// are what was carried out so far (执行数), beside the same months of the year before. One month alone has its own column.
func (m *maker) budgetColumns() []Column {
	columns := slices.Clone(budgetColumns)
	open := func(b ledger.Book) bool { return b.ClosedThrough < m.ask.To }
	for i := range columns {
		switch {
		case columns[i].Key == "actual" && m.ask.To.Month() == 12 && !slices.ContainsFunc(m.ask.Books, open):
			columns[i].Title = "决算数"
		case columns[i].Key == "last_year" && m.ask.To.Month() < 12:
			columns[i].Title = "上年同期数"
		}
	}
	if m.ask.From != m.ask.To {
		columns = slices.DeleteFunc(columns, func(c Column) bool { return c.Key == "month" })
	}
	return columns
}

// budgetEdition is the chart whose accounts the table knows.
const budgetEdition = "general-budget-2016"

func makeGeneralBudget(m *maker) error {
	m.report.Columns, m.report.From = m.budgetColumns(), m.yearStart()
	f, err := m.gather(m.yearStart(), m.ask.To)
	if err != nil {
		return err
	}
	t := &budgetTable{m: m, chart: f.charts[ledger.GeneralBudget][0], lines: map[string]map[string]budgetLine{}}
	if t.chart.Edition != budgetEdition {
		if err := m.noteForm(t.chart.Edition); err != nil {
			return err
		}
	}
	t.take(f, func(fen money.Fen) budgetLine { return budgetLine{actual: fen} })
	if m.ask.From == m.ask.To {
		month, err := m.gather(m.ask.To, m.ask.To)
		if err != nil {
			return err
		}
		t.moved(month, func(fen money.Fen) budgetLine { return budgetLine{month: fen} })
	}
	before, err := m.lastYear(m.yearStart(), m.ask.To)
	if err != nil {
		return err
	}
	if t.lastKnown = before != nil; t.lastKnown {
		t.take(before.figures, func(fen money.Fen) budgetLine { return budgetLine{last: fen} })
	}
	if err := t.takeBudget(); err != nil {
		return err
	}
	for _, side := range budgetSides {
		t.draw(side)
	}
	t.prove()
	return nil
}

// general reports whether an entry belongs to the general public budget: own accounts of funds and state capital do not,
// nor does what is marked with their kind of money.
func general(c ledger.Combination) bool {
	return !strings.HasPrefix(c.Dims.Fund, "2") && !strings.HasPrefix(c.Dims.Fund, "3") && !strings.HasPrefix(c.Dims.Fund, "4")
}

// each calls take for every combination of the table's accounts.
func (t *budgetTable) each(f *figures, take func(account, class string, c ledger.Combination, v ledger.Move)) {
	for id, v := range f.moves {
		c := f.combinations[id]
		if account := budgetAccount(c.Account); account != "" && general(c) {
			take(account, c.Dims.Function, c, v)
		}
	}
}

// budgetAccount gives the account of the table that a code belongs to.
func budgetAccount(code string) string {
	for _, side := range budgetSides {
		if strings.HasPrefix(code, side.own) {
			return side.own
		}
		for _, it := range side.items {
			if strings.HasPrefix(code, it.account) {
				return it.account
			}
		}
	}
	return ""
}

func (t *budgetTable) sign(account string) money.Fen {
	if account[0] == '4' {
		return -1
	}
	return 1
}

func (t *budgetTable) add(account, class string, l budgetLine) {
	if t.lines[account] == nil {
		t.lines[account] = map[string]budgetLine{}
	}
	t.lines[account][class] = t.lines[account][class].plus(l)
}

// moved takes ordinary movements.
func (t *budgetTable) moved(f *figures, as func(money.Fen) budgetLine) {
	t.each(f, func(account, class string, _ ledger.Combination, v ledger.Move) {
		t.add(account, class, as(t.sign(account)*(v.Debit-v.Credit)))
	})
}

// take takes ordinary movements, and the balance carried in and forward: the carry-over account with the income and
// expenditure that is not carried over yet, so that the table reads the same before and after the year's closing.
func (t *budgetTable) take(f *figures, as func(money.Fen) budgetLine) {
	t.moved(f, as)
	carry := func(v ledger.Move) {
		t.carryIn, t.carryOut = t.carryIn.plus(as(-v.Opening)), t.carryOut.plus(as(-v.Balance()))
	}
	t.each(f, func(_, _ string, _ ledger.Combination, v ledger.Move) { carry(v) })
	for id, v := range f.moves {
		if strings.HasPrefix(f.combinations[id].Account, carryAccount) {
			carry(v)
		}
	}
}

// takeBudget adds up the budgets of the year. Where some of the books in use have none, their actuals would be measured by
// the others' budgets: the table names them and tells no rate.
func (t *budgetTable) takeBudget() error {
	year := t.m.ask.To.Year()
	var without []string
	used := 0
	for _, b := range t.m.ask.Books {
		lines, err := budget.List(t.m.tx, b, year)
		if err != nil {
			return err
		}
		if b.Start <= t.m.ask.To && (b.EndedOn == "" || b.EndedOn.Year() >= year) {
			if used++; len(lines) == 0 {
				without = append(without, b.Name)
			}
		}
		for _, l := range lines {
			sums := budgetLine{budget: l.Budget, adjusted: l.Adjusted}
			account := budgetAccount(l.Account)
			switch {
			case account != "":
				t.add(account, l.Function, sums)
			case strings.HasPrefix(l.Account, carryAccount) && l.Income():
				t.carryIn = t.carryIn.plus(sums)
			case strings.HasPrefix(l.Account, carryAccount):
				t.carryOut = t.carryOut.plus(sums)
			}
		}
	}
	if t.partial = len(without) > 0 && len(without) < used; t.partial {
		t.m.report.Unbudgeted = fmt.Sprintf("%d 套账套没有登记 %d 年预算数:%s;预算数和调整预算数只含其余 %d 套,完成预算不列示", len(without), year, listedAs(without, "套"), used-len(without))
		t.m.report.note(t.m.report.Unbudgeted)
	}
	return nil
}

// draw adds one side: own classes, what comes below them, the balance carried, and the total.
func (t *budgetTable) draw(side budgetSide) {
	var total, own budgetLine
	for _, l := range t.lines[side.own] {
		own = own.plus(l)
	}
	total = own
	for _, it := range side.items {
		for _, l := range t.lines[it.account] {
			total = total.plus(l)
		}
	}
	carry := t.carryIn
	if side.key == "expenditure" {
		carry = t.carryOut
	}
	total = total.plus(carry)
	rows, _ := t.classRows(side.own, side.classes, "")
	for _, row := range rows {
		t.row(side, row, total.actual)
	}
	t.row(side, classRow{kind: Subtotal, key: side.key + "-own", name: side.ownTotal, line: own, account: side.own, growth: true}, total.actual)
	for _, it := range side.items {
		var sum budgetLine
		for _, l := range t.lines[it.account] {
			sum = sum.plus(l)
		}
		if len(t.lines[it.account]) == 0 {
			continue
		}
		rows, fold := t.classRows(it.account, side.classes, it.class)
		t.row(side, classRow{key: it.class, code: it.class, name: it.name, line: sum, account: it.account, growth: true, fold: fold}, total.actual)
		for _, row := range rows {
			t.row(side, row, total.actual)
		}
	}
	t.row(side, classRow{key: side.carryClass, code: side.carryClass, name: side.carryName, line: carry, account: carryAccount, balance: true}, total.actual)
	t.row(side, classRow{kind: Total, key: side.key + "-total", name: side.total, line: total}, total.actual)
}

type classRow struct {
	kind       RowKind
	key        string
	code, name string
	level      int
	line       budgetLine
	account    string
	function   string
	growth     bool
	balance    bool // it does not move in a month
	fold       Fold
}

// classRows adds the entries of an account up by class: 类, deeper as Levels asks. above is the class that a row of the
// account itself already shows; its classes are given only where deeper ones are asked for.
func (t *budgetTable) classRows(account, kind, above string) (rows []classRow, own Fold) {
	depth := 1
	if t.m.ask.Levels != 0 {
		depth = t.m.ask.Levels
	}
	folds := newFolds(depth, t.m.ask.Folds)
	sums, fold := map[string]budgetLine{}, map[string]Fold{}
	for class, l := range t.lines[account] {
		for n := max(3, len(above)); n <= min(7, len(class)); n += 2 {
			short := class[:n]
			if n > len(above) {
				sums[short] = sums[short].plus(l)
			}
			if n == len(class) {
				break
			}
			if fold[short] = Unfolded; !folds.open(short, (n-1)/2) {
				fold[short] = Folded
				break
			}
		}
		if class == "" && above == "" {
			sums[""] = sums[""].plus(l)
		}
	}
	for code, l := range sums {
		name := "未分类"
		if c, ok := t.chart.Class(kind, code); ok {
			name = c.Name
		}
		rows = append(rows, classRow{key: code, code: code, name: name, level: (len(code) - max(3, len(above))) / 2, line: l, account: account, function: code, growth: true, fold: fold[code]})
	}
	slices.SortFunc(rows, func(a, b classRow) int { return strings.Compare(a.code, b.code) })
	return rows, fold[above]
}

// row draws one row: its share of the side's total, and its growth where last year's amount is known. What is carried
// is a balance, of which no growth is told.
func (t *budgetTable) row(side budgetSide, r classRow, total money.Fen) {
	l := r.line
	if r.kind == "" {
		r.kind = Item
		if l == (budgetLine{}) && !slices.Contains([]string{"11008", "23009"}, r.code) {
			return
		}
	}
	unknown := Cell{Blank: true}
	growth, share, done, last := unknown, unknown, unknown, unknown
	if r.growth && t.lastKnown && l.last != 0 {
		growth = Cell{Percent: money.Percent(l.actual-l.last, l.last.Abs())}
	}
	if total != 0 {
		share = Cell{Percent: money.Percent(l.actual, total)}
	}
	if l.adjusted != 0 && !t.partial {
		done = Cell{Percent: money.Percent(l.actual, l.adjusted)}
	}
	from := t.m.yearStart()
	if t.lastKnown {
		last = Cell{Amount: l.last, Drill: t.drill(r, calendar.PeriodOf(from.Year()-1, 1), calendar.PeriodOf(from.Year()-1, t.m.ask.To.Month()))}
	}
	row := Row{Key: side.key + "-" + r.key, Side: side.key, Level: r.level, Kind: r.kind, Fold: r.fold}
	for _, c := range t.m.report.Columns {
		row.Cells = append(row.Cells, map[string]Cell{
			"code": {Text: r.code}, "name": {Text: r.name}, "budget": {Amount: l.budget}, "adjusted": {Amount: l.adjusted},
			"month":  {Amount: l.month, Blank: r.balance, Drill: t.drill(r, t.m.ask.To, t.m.ask.To)},
			"actual": {Amount: l.actual, Drill: t.drill(r, from, t.m.ask.To)}, "done": done, "share": share, "last_year": last, "growth": growth,
		}[c.Key])
	}
	if strings.HasPrefix(r.key, side.key) {
		row.Key = r.key
	}
	if r.kind == Total {
		t.m.report.Totals = append(t.m.report.Totals, row)
		return
	}
	t.m.report.Rows = append(t.m.report.Rows, row)
}

// drill leads to the entries of a row's account and class; a total of several accounts has none.
func (t *budgetTable) drill(r classRow, from, to calendar.Period) *Drill {
	if r.account == "" {
		return nil
	}
	return &Drill{Book: t.m.oneBook(), Account: r.account, Function: r.function, From: from, To: to}
}

// prove compares the totals of both sides in every amount column but the month's, which has nothing carried in it.
func (t *budgetTable) prove() {
	income, spent := t.m.report.Totals[0].Cells, t.m.report.Totals[1].Cells
	for i, c := range t.m.report.Columns {
		if c.Kind != Amount || c.Key == "month" {
			continue
		}
		reason := "一般公共预算结转结余在年中有直接调整"
		if c.Key == "budget" || c.Key == "adjusted" {
			reason = "请核对预算文件"
		}
		if d := income[i].Amount - spent[i].Amount; d != 0 {
			t.m.report.differ(fmt.Sprintf("%s的收入总计与支出总计相差 %s 元:%s", c.Title, d.Abs(), reason), d)
		}
	}
}

// budgetObject gives both sides: their rows, and the totals.
func (r *Report) budgetObject(o object) object {
	var totals object
	for _, side := range budgetSides {
		rows := []object{}
		for _, row := range r.Rows {
			if row.Side == side.key && row.Kind == Item {
				rows = append(rows, r.rowObject(row, nil))
			}
		}
		o = append(o, member{side.key, rows})
		for _, row := range r.Totals {
			if row.Side == side.key {
				totals = append(totals, member{side.key, r.rowObject(row, amountColumn)})
			}
		}
	}
	return append(o, member{"total", totals})
}
