package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/picture"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// showExecution draws how much of each class's budget is spent against the share of the year that is gone.
func showExecution(c *call, tx *store.Tx) (answer, error) {
	p, u, books, err := c.pictureScope(tx, "execution")
	if err != nil {
		return answer{}, err
	}
	s := scope{entity: u.Name, path: fmt.Sprintf("/units/%d", u.ID), chart: ledger.GeneralBudget}
	for _, b := range books {
		if b.Chart == ledger.GeneralBudget && b.Start <= p.Period {
			s.books = append(s.books, b)
		}
	}
	if len(s.books) == 0 {
		p.Empty = "本单位没有总预算账套,没有预算数可比。请选择设有总预算账套的乡镇。"
		return show("picture/show", p)
	}
	report, err := statement.Make(tx, statement.Request{
		Name: "general-budget", Books: s.books, Entity: u.Name, From: calendar.PeriodOf(p.Period.Year(), 1), To: p.Period, Levels: 1,
	})
	if err != nil {
		return answer{}, err
	}
	gone := yearGone(p.Period, businessDay(s.books))
	b := picture.Bars{
		ID: "execution", Title: p.Title, Desc: "每条为一类支出的执行数占调整预算数的百分比,竖线为时间进度 " + money.FormatPercent(gone),
		Full: wholePercent, Mark: &picture.Mark{At: gone, Text: "时间进度 " + money.FormatPercent(gone)},
	}
	d := drawnPicture{Heading: "支出执行与时间进度", Heads: []headCell{
		{Title: "编码"}, {Title: "项目"}, {Title: "调整预算数(元)", Num: true}, {Title: "执行数(元)", Num: true}, {Title: "执行率", Num: true}, {Title: "与时间进度比"},
	}}
	for _, row := range report.Rows {
		if row.Side != "expenditure" || row.Kind != statement.Item || row.Level > 0 {
			continue
		}
		cell := func(key string) statement.Cell {
			return row.Cells[slices.IndexFunc(report.Columns, func(col statement.Column) bool { return col.Key == key })]
		}
		code, name, budget, actual := cell("code").Text, cell("name").Text, cell("adjusted").Amount, cell("actual")
		if budget == 0 && actual.Amount == 0 || actual.Drill != nil && strings.HasPrefix(actual.Drill.Account, "3") { // what is carried forward is not spent
			continue
		}
		path := s.path + "/statements/general-budget?chart=" + string(s.chart) + "&to=" + string(p.Period)
		if actual.Drill != nil {
			path = s.drill(actual.Drill, ledger.Dims{}, "")
		}
		if report.Unbudgeted != "" { // the budgets of some books say nothing of what all have spent
			d.Rows = append(d.Rows, statementRow{Cells: []statementCell{
				{Text: code}, {Text: name, Path: path}, {Text: budget.String(), Class: "num"}, {Text: actual.Amount.String(), Path: path, Class: "num"}, {Class: "num"}, {},
			}})
			continue
		}
		rate, against, over := executed(actual.Amount, budget, gone)
		value := int64(0)
		if budget > 0 {
			value = money.Percent(actual.Amount, budget)
		} else if actual.Amount > 0 {
			value = wholePercent + 1
		}
		label := code + " " + name
		b.Rows = append(b.Rows, picture.Bar{Label: label, Value: value, Text: rate, Path: path, Hot: over,
			Title: fmt.Sprintf("%s:执行 %s 元,预算 %s 元,%s,%s", label, actual.Amount, budget, rate, against)})
		d.Rows = append(d.Rows, statementRow{Cells: []statementCell{
			{Text: code}, {Text: name, Path: path}, {Text: budget.String(), Class: "num"}, {Text: actual.Amount.String(), Path: path, Class: "num"},
			{Text: rate, Class: "num"}, {Text: against},
		}})
	}
	if report.Unbudgeted != "" && len(d.Rows) > 0 {
		p.Drawings, p.Empty = []drawnPicture{d}, report.Unbudgeted+"。登记齐全后才能画出执行率。"
		return show("picture/show", p)
	}
	if d.SVG = b.SVG(); len(b.Rows) == 0 {
		p.Empty = "还没有登记预算数,也没有支出。请先在「导入导出」中导入预算数。"
		return show("picture/show", p)
	}
	p.Drawings = []drawnPicture{d}
	p.Note = fmt.Sprintf("执行率 = 执行数 ÷ 调整预算数;截至 %s,全年已过 %s。条子越过竖线的快于时间进度,红色带 ! 的超预算或没有预算。", asOf(p.Period, businessDay(s.books)).Chinese(), money.FormatPercent(gone))
	return show("picture/show", p)
}

// wholePercent is 100 % in hundredths of a percent.
const wholePercent = 10000

// asOf is the day up to which a month is known.
func asOf(month calendar.Period, today calendar.Date) calendar.Date { return min(month.Last(), today) }

// yearGone gives the share of the year that is gone at the end of a month, or today, in hundredths of a percent.
func yearGone(month calendar.Period, today calendar.Date) int64 {
	first, next := calendar.PeriodOf(month.Year(), 1).First(), calendar.PeriodOf(month.Year()+1, 1).First()
	return money.Percent(money.Fen(daysBetween(first, asOf(month, today))+1), money.Fen(daysBetween(first, next)))
}

// executed says how a class stands against the time: its rate, the difference in words, and whether it is over.
func executed(actual, budget money.Fen, gone int64) (rate, against string, over bool) {
	if budget <= 0 {
		return "无预算", "没有预算数", actual > 0
	}
	percent := money.Percent(actual, budget)
	rate = money.FormatPercent(percent)
	switch {
	case percent > wholePercent:
		return rate, "超预算 " + (actual - budget).String() + " 元", true
	case percent > gone:
		return rate, "快 " + money.Fen(percent-gone).Plain() + " 个百分点", false
	case percent < gone:
		return rate, "慢 " + money.Fen(gone-percent).Plain() + " 个百分点", false
	default:
		return rate, "与时间进度相同", false
	}
}

// side is one side of income and expense, as charts name its elements.
type side struct {
	title   string
	element []string
	sign    money.Fen // of a debit
}

var classSides = []side{
	{"收入", []string{"revenue"}, -1}, {"支出和费用", []string{"expense", "expenditure"}, 1},
}

// showClasses draws what came in and went out by class: by account, or by class of the budget in a general budget.
func showClasses(c *call, tx *store.Tx) (answer, error) {
	p, u, books, err := c.pictureScope(tx, "classes")
	if err != nil {
		return answer{}, err
	}
	s := scope{books: books, entity: u.Name, path: fmt.Sprintf("/units/%d", u.ID), chart: ledger.ChartName(c.query("chart"))}
	has := func(chart ledger.ChartName) bool {
		return slices.ContainsFunc(books, func(b ledger.Book) bool { return b.Chart == chart && b.Start <= p.Period })
	}
	if !has(s.chart) {
		s.chart = s.first("")
	}
	at := fmt.Sprintf("%s/pictures/classes?period=%s&chart=", s.path, p.Period)
	for _, chart := range chartOrder {
		if has(chart) {
			p.Charts = append(p.Charts, choice{Value: at + string(chart), Title: chartTitles[chart], On: chart == s.chart})
		}
	}
	s.books = slices.DeleteFunc(s.books, func(b ledger.Book) bool { return b.Chart != s.chart })
	from := calendar.PeriodOf(p.Period.Year(), 1)
	sums, err := c.classSums(tx, u.Path, s, from, p.Period)
	if err != nil {
		return answer{}, err
	}
	for i, sd := range classSides {
		if d, some := drawClasses(fmt.Sprintf("classes-%d", i), p.Title, sd, sums[i], s, from, p.Period); some {
			p.Drawings = append(p.Drawings, d)
		}
	}
	if len(p.Drawings) == 0 {
		p.Empty = "这段时间没有收入和支出。"
	}
	p.Note = fmt.Sprintf("%s,%s;金额为发生额,不含年末结转;点一条看背后的分录。", chartTitles[s.chart], p.Span)
	return show("picture/show", p)
}

// classSum is one class with what moved on it.
type classSum struct {
	account, class, name string
	amount               money.Fen
}

// classSums adds up each side by class, over the books of the unit at path that the person may look into.
func (c *call) classSums(tx *store.Tx, path string, s scope, from, to calendar.Period) ([][]classSum, error) {
	moves := map[int64]ledger.Move{}
	for _, over := range c.readsIn(path) {
		found, err := ledger.Movements(tx, c.actor.County, over, s.chart, from, to)
		if err != nil {
			return nil, err
		}
		for id, m := range found {
			moves[id] = statement.Add(moves[id], m)
		}
	}
	combinations, err := ledger.Combinations(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	chart, err := ledger.ChartOf(tx, s.books[0], to.Year())
	if err != nil {
		return nil, err
	}
	sums := make([]map[[2]string]*classSum, len(classSides))
	for id, m := range moves {
		k := combinations[id]
		top, class := topAccount(chart, k.Account), ""
		if top == nil || m.Debit == m.Credit {
			continue
		}
		i := slices.IndexFunc(classSides, func(sd side) bool { return slices.Contains(sd.element, top.Element) })
		if i < 0 {
			continue
		}
		name := top.Code + " " + top.Name
		kind := map[string]string{"revenue": "revenue", "expenditure": "function", "expense": "function"}[top.Element]
		if found, ok := chart.Class(kind, k.Dims.Function[:min(3, len(k.Dims.Function))]); ok {
			class, name = found.Code, found.Code+" "+found.Name
		}
		if sums[i] == nil {
			sums[i] = map[[2]string]*classSum{}
		}
		key := [2]string{top.Code, class}
		if sums[i][key] == nil {
			sums[i][key] = &classSum{top.Code, class, name, 0}
		}
		sums[i][key].amount += classSides[i].sign * (m.Debit - m.Credit)
	}
	out := make([][]classSum, len(classSides))
	for i := range sums {
		for _, sum := range sums[i] {
			if sum.amount != 0 {
				out[i] = append(out[i], *sum)
			}
		}
		slices.SortFunc(out[i], func(a, b classSum) int { return cmp.Or(cmp.Compare(b.amount, a.amount), cmp.Compare(a.name, b.name)) })
	}
	return out, nil
}

// topAccount gives the account of the first level above one.
func topAccount(chart *ledger.Chart, code string) *ledger.Account {
	a, ok := chart.Account(code)
	for ok && a.Parent != "" {
		a, ok = chart.Account(a.Parent)
	}
	if !ok {
		return nil
	}
	return a
}

func drawClasses(id, title string, sd side, sums []classSum, s scope, from, to calendar.Period) (drawnPicture, bool) {
	if len(sums) == 0 {
		return drawnPicture{}, false
	}
	var total money.Fen
	for _, sum := range sums {
		total += sum.amount
	}
	b := picture.Bars{ID: id, Title: title + " " + sd.title, Desc: sd.title + "合计 " + total.String() + " 元,按类从大到小", Full: int64(sums[0].amount)}
	d := drawnPicture{Heading: sd.title + "合计 " + total.String() + " 元", Heads: []headCell{{Title: "类别"}, {Title: "金额(元)", Num: true}, {Title: "占比", Num: true}}}
	for _, sum := range sums {
		path := s.drill(&statement.Drill{Account: sum.account, Function: sum.class, From: from, To: to}, ledger.Dims{}, "")
		share := money.FormatPercent(money.Percent(sum.amount, total))
		b.Rows = append(b.Rows, picture.Bar{Label: sum.name, Value: int64(sum.amount), Text: sum.amount.String(), Path: path,
			Title: fmt.Sprintf("%s %s 元,占 %s", sum.name, sum.amount, share)})
		d.Rows = append(d.Rows, statementRow{Cells: []statementCell{{Text: sum.name, Path: path}, {Text: sum.amount.String(), Path: path, Class: "num"}, {Text: share, Class: "num"}}})
	}
	d.Rows = append(d.Rows, statementRow{Class: "sum", Cells: []statementCell{{Text: "合计"}, {Text: total.String(), Class: "num"}, {Text: "", Class: "num"}}})
	d.SVG = b.SVG()
	return d, true
}
