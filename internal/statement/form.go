package statement

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// formColumn is one amount column of a form: which figures, and what it takes of them.
type formColumn struct {
	Column
	eval     *evaluator // nil: nothing is known of those months
	measure  measure
	from, to calendar.Period
	main     bool // the one that other months are compared with
}

// proof is what must agree in a form: two sides in words and formulas over its items, and the elements of which every
// account must count exactly once in their difference.
type proof struct {
	left, right string // item ids, as a formula
	text        string // 资产总计与负债和净资产总计
	reason      string
	elements    []string // nil: no element is proved
	weight      int64    // of an account's debit in left minus right
	measure     measure
}

var formProofs = map[string][]proof{
	"balance-sheet": {{
		left: "+a99", right: "+l99", text: "资产总计与负债和净资产总计", reason: "有科目未列入报表项目", weight: 1, measure: balance,
		elements: []string{"asset", "liability", "net_asset", "revenue", "expense", "expenditure"},
	}},
	"village-balance-sheet": {{
		left: "+a99", right: "+l99", text: "资产总计与负债和所有者权益总计", reason: "有科目未列入报表项目", weight: 1, measure: balance,
		elements: []string{"asset", "liability", "equity", "cost", "revenue", "expense"},
	}},
	"income-expense":        {{left: "+s00", weight: -1, measure: movement, elements: []string{"revenue", "expense"}}},
	"budget-income-expense": {{left: "+s00", weight: -1, measure: movement, elements: []string{"budget_revenue", "budget_expenditure"}}},
	"village-income-distribution": {
		{left: "+s00", weight: -1, measure: movement, elements: []string{"revenue", "expense"}},
		{left: "+d07", right: "+x01", text: "年末未分配收益与本年收益、收益分配科目余额", reason: "收益分配中有未列明的变动", measure: balance},
	},
	"budget-carry-over": {
		{left: "+c11+c21+c31", right: "+c41", text: "财政拨款年初数加减变动与年末余额", reason: "有单位内部调剂或其他未列明的变动", measure: balance},
		{left: "+c12+c22+c32", right: "+c42", text: "其他资金年初数加减变动与年末余额", reason: "有项目间接费用、结转转入或其他未列明的变动", measure: balance},
		{left: "+c40", right: "+x02", text: "年末预算结转结余与资金结存", reason: "预算会计借贷不平,或资金结存未随收支登记", measure: balance},
	},
}

// hidden formulas are compared with, not printed.
var hiddenItems = map[formKey]string{
	{"village-income-distribution", "village-2024"}: "+b:321+b:322+b:501+b:502+b:503+b:504-b:511-b:512-b:513-b:514-b:515-b:521",
	{"village-income-distribution", "village-2005"}: "+b:321+b:322+b:501+b:511+b:521+b:522+b:531+b:561-b:502-b:541-b:551",
	{"budget-carry-over", "government-2019"}:        "+b:8001",
}

// lastYear gives the figures of the same months of the year before; nil where a book had not begun.
func (m *maker) lastYear(from, to calendar.Period) (*evaluator, error) {
	from, to = calendar.PeriodOf(from.Year()-1, from.Month()), calendar.PeriodOf(to.Year()-1, to.Month())
	for _, b := range m.ask.Books {
		if b.Start > from {
			m.report.note(fmt.Sprintf("账套%s从 %s 启用,上年数不全,未列", b.Name, b.Start.Chinese()))
			return nil, nil
		}
	}
	f, err := m.gather(from, to)
	if err != nil {
		return nil, err
	}
	return newEvaluator(f, m.chart()), nil
}

func (m *maker) chart() ledger.ChartName { return m.ask.Books[0].Chart }

func (m *maker) evaluate(from, to calendar.Period) (*evaluator, error) {
	f, err := m.gather(from, to)
	if err != nil {
		return nil, err
	}
	return newEvaluator(f, m.chart()), nil
}

func (m *maker) yearStart() calendar.Period { return calendar.PeriodOf(m.ask.To.Year(), 1) }

func makeBalanceSheet(m *maker) error {
	e, err := m.evaluate(m.yearStart(), m.ask.To)
	if err != nil {
		return err
	}
	m.report.From = m.ask.To
	return m.fill([]formColumn{
		{Column: Column{Key: "closing", Title: "期末余额", Kind: Amount}, eval: e, measure: balance, from: m.yearStart(), to: m.ask.To, main: true},
		{Column: Column{Key: "opening", Title: "年初余额", Kind: Amount}, eval: e, measure: opening, from: m.yearStart(), to: m.yearStart()},
	})
}

// makeIncomeExpense gives the months asked for and the year so far; of a whole year, this year and the last.
func makeIncomeExpense(m *maker) error {
	if m.ask.From == m.yearStart() && m.ask.To.Month() == 12 {
		return m.twoYears(m.ask.From)
	}
	year, err := m.evaluate(m.yearStart(), m.ask.To)
	if err != nil {
		return err
	}
	months, title := year, "本期数"
	if m.ask.From == m.ask.To {
		title = "本月数"
	}
	if m.ask.From != m.yearStart() {
		if months, err = m.evaluate(m.ask.From, m.ask.To); err != nil {
			return err
		}
	}
	return m.fill([]formColumn{
		{Column: Column{Key: "period", Title: title, Kind: Amount}, eval: months, measure: movement, from: m.ask.From, to: m.ask.To, main: true},
		{Column: Column{Key: "year", Title: "本年累计数", Kind: Amount}, eval: year, measure: movement, from: m.yearStart(), to: m.ask.To},
	})
}

func makeBudgetIncomeExpense(m *maker) error { return m.twoYears(m.ask.From) }

// makeOfYear is for forms that begin with the year's opening.
func makeOfYear(m *maker) error {
	m.report.From = m.yearStart()
	return m.twoYears(m.yearStart())
}

func (m *maker) twoYears(from calendar.Period) error {
	year, err := m.evaluate(from, m.ask.To)
	if err != nil {
		return err
	}
	before, err := m.lastYear(from, m.ask.To)
	if err != nil {
		return err
	}
	last := func(p calendar.Period) calendar.Period { return calendar.PeriodOf(p.Year()-1, p.Month()) }
	return m.fill([]formColumn{
		{Column: Column{Key: "this_year", Title: "本年数", Kind: Amount}, eval: year, measure: movement, from: from, to: m.ask.To, main: true},
		{Column: Column{Key: "last_year", Title: "上年数", Kind: Amount}, eval: before, measure: movement, from: last(from), to: last(m.ask.To)},
	})
}

// fill draws the items of the form in every column and proves them. A column of another edition finds its items by id.
func (m *maker) fill(columns []formColumn) error {
	form, own := formFor(m.declare.Name, columns[0].eval.edition())
	if !own {
		if err := m.noteForm(columns[0].eval.edition()); err != nil {
			return err
		}
	}
	m.report.Columns = []Column{{Key: "name", Title: "项目", Kind: Text}}
	if m.ask.Compare != NoComparison {
		var err error
		if columns, err = m.compareColumns(columns); err != nil {
			return err
		}
	} else {
		for _, c := range columns {
			m.report.Columns = append(m.report.Columns, c.Column)
		}
	}
	if _, number, found := strings.Cut(form[0].source, " "); found && strings.HasSuffix(number, "01表") || strings.HasSuffix(number, "02表") {
		m.report.Number = number
	}
	for _, it := range form {
		row := Row{Key: it.id, Side: it.side, Level: it.level, Kind: it.kind, Cells: []Cell{{Text: it.label}}}
		for _, c := range columns {
			row.Cells = append(row.Cells, c.cell(m, it))
		}
		if m.ask.Compare != NoComparison {
			row.Cells = append(row.Cells[:1], change(row.Cells[1], row.Cells[2])...)
		}
		m.report.Rows = append(m.report.Rows, row)
		if m.report.Unprinted = m.report.Unprinted || !it.confirmed; m.report.Unprinted {
			m.report.note(Unprinted)
		}
	}
	for _, p := range formProofs[m.declare.Name] {
		for _, c := range columns {
			m.prove(p, c)
		}
	}
	return nil
}

// Unprinted is the note of a form that nobody has compared with the official print.
const Unprinted = "行次与公式未经官方样表核对"

// noteForm says that an edition of a chart has no form of its own.
func (m *maker) noteForm(edition string) error {
	var title string
	if err := m.tx.QueryRow(`select title from edition where edition_id = $1`, edition).Scan(&title); err != nil {
		return fmt.Errorf("statement: edition %s: %w", edition, err)
	}
	m.report.note(fmt.Sprintf("程序没有科目表「%s」的%s格式,按已有的格式列示,不在其中的科目另列为差异", title, m.declare.Title))
	return nil
}

// compareColumns gives the main column, and the same of the months that it is compared with.
func (m *maker) compareColumns(columns []formColumn) ([]formColumn, error) {
	this := columns[slices.IndexFunc(columns, func(c formColumn) bool { return c.main })]
	books, from, to := m.compared(this.from, this.to)
	other := this
	other.Column = Column{Key: "compared", Title: spanTitle(from, to), Kind: Amount}
	if this.measure == balance {
		from = calendar.PeriodOf(to.Year(), 1)
		this.Title, other.Title = m.ask.To.Chinese()+"末", to.Chinese()+"末"
	} else {
		this.Title = spanTitle(this.from, this.to)
	}
	m.report.Columns = append(m.report.Columns, changeColumns(this.Key, "", this.Title, other.Title)...)
	other.from, other.to, other.eval = from, to, nil
	if len(books) > 0 {
		f, err := m.gatherOf(books, from, to)
		if err != nil {
			return nil, err
		}
		other.eval = newEvaluator(f, m.chart())
	}
	return []formColumn{this, other}, nil
}

func (c formColumn) cell(m *maker, it item) Cell {
	if c.eval == nil || it.kind == Head {
		return Cell{Blank: true}
	}
	form, _ := formFor(m.declare.Name, c.eval.edition())
	i := slices.IndexFunc(form, func(x item) bool { return x.id == it.id })
	if i < 0 {
		return Cell{Blank: true}
	}
	terms := form[i].terms
	return Cell{Amount: c.eval.value(terms, c.measure), Drill: &Drill{Book: m.oneBook(), Account: selectionOf(c.eval.figures.charts[c.eval.chart][0], terms), From: c.from, To: c.to}}
}

// prove shows what does not agree: accounts that no item counts exactly once, and sides that differ.
func (m *maker) prove(p proof, c formColumn) {
	if c.eval == nil {
		return
	}
	edition := c.eval.edition()
	formulas := map[string]string{"x01": hiddenItems[formKey{m.declare.Name, edition}], "x02": hiddenItems[formKey{m.declare.Name, edition}]}
	form, _ := formFor(m.declare.Name, edition)
	resolve := func(formula string) []term { return resolveItems(form, formulas, formula) }
	left, right := resolve(p.left), resolve(p.right)
	if p.right != "" && (p.elements != nil || len(right) > 0) {
		if d := c.eval.value(left, c.measure) - c.eval.value(right, c.measure); d != 0 {
			m.report.differ(fmt.Sprintf("%s的%s相差 %s 元:%s", c.Title, p.text, d.Abs(), p.reason), d)
		}
	}
	both := slices.Clone(left)
	for _, t := range right {
		both = append(both, term{-t.sign, t.code, t.measure})
	}
	for _, k := range sortedKeys(c.eval.sums) {
		a := c.eval.figures.account(k.chart, k.code)
		fen := c.measure.of(c.eval.sums[k])
		if fen == 0 || !slices.Contains(p.elements, a.Element) || weights(c.eval.figures.charts[k.chart][0], both, k.code) == p.weight {
			continue
		}
		m.report.differ(fmt.Sprintf("%s:科目 %s %s 的金额 %s 元没有列入报表项目", c.Title, a.Code, a.Name, fen), fen)
	}
}

// resolveItems expands a formula over item ids.
func resolveItems(form []item, hidden map[string]string, formula string) []term {
	var out []term
	for _, t := range tokens.FindAllStringSubmatch(formula, -1) {
		sign := money.Fen(1)
		if t[1] == "-" {
			sign = -1
		}
		var terms []term
		if text, ok := hidden[t[3]]; ok && strings.HasPrefix(t[3], "x") {
			terms = parseFormula(nil, text)
		}
		for _, it := range form {
			if it.id == t[3] {
				terms = it.terms
			}
		}
		for _, n := range terms {
			out = append(out, term{sign * n.sign, n.code, n.measure})
		}
	}
	return out
}
