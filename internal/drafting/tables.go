package drafting

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// tabler makes the tables that go before the congress (预算法 art. 46).
type tabler struct {
	draft        Draft
	now, was     Content
	known        bool   // there is a budget to compare with
	items        bool   // and it has income and balancing items: it was drafted here
	wasTitle     string // of its column
	functions    map[string]ledger.Class
	revenues     map[string]ledger.Class
	economics    map[string]ledger.Class
	funds        map[string]ledger.Class
	tables       []*statement.Report
	currentFunds []string
}

// Tables gives the tables of a version for the deputies: income and outlay of each kind of money with the functional
// classes down to the item (项), basic expenditure by economic class down to the section (款), projects, the three public
// costs, and how the kinds of money balance. Beside each amount stands that of the year before, in an adjustment that of
// the year's first budget.
func Tables(tx *store.Tx, county int64, d Draft, stage int) ([]*statement.Report, error) {
	t := &tabler{draft: d, wasTitle: "上年预算数"}
	var err error
	if t.now, err = ContentOf(tx, county, d.Document, stage); err != nil {
		return nil, err
	}
	if err := t.before(tx, county); err != nil {
		return nil, err
	}
	for kind, into := range map[string]*map[string]ledger.Class{
		standard.Function: &t.functions, standard.Revenue: &t.revenues, standard.Economic: &t.economics, standard.Fund: &t.funds,
	} {
		if *into, err = ledger.ClassesOf(tx, kind, d.Year); err != nil {
			return nil, err
		}
	}
	for _, s := range t.now.Sums() {
		t.currentFunds = append(t.currentFunds, s.Fund)
	}
	t.balance()
	for _, fund := range t.currentFunds {
		t.income(fund)
		t.outlay(fund)
		if fund == generalFund {
			t.basic()
		}
	}
	t.projects()
	t.public()
	return t.tables, nil
}

// before reads what the amounts are compared with.
func (t *tabler) before(tx *store.Tx, county int64) error {
	id := ""
	if t.draft.Round > 0 {
		t.wasTitle = "年初预算数"
		all, err := query(tx, ` and x.unit_id = $2 and x.year = $3 and x.round = 0`, county, t.draft.Unit, t.draft.Year)
		if err != nil {
			return err
		}
		for _, d := range all {
			id = d.Document
		}
	} else if last, ok, err := Last(tx, county, t.draft.Unit, t.draft.Year-1, true); err != nil {
		return err
	} else if ok {
		id = last.Document
	}
	if id == "" {
		return t.given(tx, county)
	}
	stage, err := lastStage(tx, county, id)
	if err == nil {
		t.was, err = ContentOf(tx, county, id, stage)
	}
	t.known, t.items = err == nil, err == nil
	return err
}

// given takes the appropriations that the year before began with for its budget, where none was drafted here.
func (t *tabler) given(tx *store.Tx, county int64) error {
	lines, err := appropriation.Under(tx, county, t.draft.Year-1, t.draft.Path)
	for _, l := range lines {
		if l.Initial == 0 {
			continue
		}
		t.known = true
		t.was.Lines = append(t.was.Lines, Line{
			Unit: l.Unit, UnitName: l.UnitName, Basis: l.Basis(), Fund: l.Fund, Function: l.Function, GovEconomic: l.GovEconomic, Economic: l.Economic,
			Project: l.Project, Amount: l.Initial,
		})
	}
	return err
}

// fundTitle names a kind of money as its budget is called.
func (t *tabler) fundTitle(fund string) string {
	return strings.TrimSuffix(t.funds[fund].Name, "资金")
}

var comparing = []statement.Column{
	{Key: "code", Title: "科目编码", Kind: statement.Text}, {Key: "name", Title: "科目名称", Kind: statement.Text}, {Key: "was", Kind: statement.Amount},
	{Key: "now", Title: "本年预算数", Kind: statement.Amount}, {Key: "growth", Title: "增减", Kind: statement.Percent},
}

func (t *tabler) table(name, title string, columns []statement.Column) *statement.Report {
	columns = slices.Clone(columns)
	for i := range columns {
		if columns[i].Key == "was" {
			columns[i].Title = t.wasTitle
		}
	}
	r := &statement.Report{
		Name: name, Title: t.draft.titled(title), Entity: t.draft.UnitName, Unit: "元", Columns: columns, Balanced: true,
		From: calendar.PeriodOf(t.draft.Year, 1), To: calendar.PeriodOf(t.draft.Year, 12),
	}
	t.tables = append(t.tables, r)
	return r
}

// titled names a table of the draft.
func (d Draft) titled(title string) string {
	if d.Round == 0 {
		return fmt.Sprintf("%d年%s", d.Year, title)
	}
	return fmt.Sprintf("%d年%s(第%d次调整)", d.Year, title, d.Round)
}

// compared gives the cells of a row of comparing.
func (t *tabler) compared(code, name string, was, now money.Fen) []statement.Cell {
	growth := statement.Cell{Blank: true}
	if t.known && was != 0 {
		growth = statement.Cell{Percent: money.Percent(now-was, was.Abs())}
	}
	return []statement.Cell{{Text: code}, {Text: name}, {Amount: was, Blank: !t.known}, {Amount: now}, growth}
}

// pair is an amount of each version.
type pair struct{ was, now money.Fen }

// classed adds up amounts by class and by every class above it.
func classed(classes map[string]ledger.Class, was, now map[string]money.Fen) map[string]pair {
	out := map[string]pair{}
	add := func(code string, p pair) {
		for code != "" {
			sum := out[code]
			out[code] = pair{sum.was + p.was, sum.now + p.now}
			above, ok := classes[code]
			if !ok || above.Parent == code {
				return
			}
			code = above.Parent
		}
	}
	for code, amount := range was {
		add(code, pair{was: amount})
	}
	for code, amount := range now {
		add(code, pair{now: amount})
	}
	return out
}

// tree adds rows by class, each below the class above it, and a total.
func (t *tabler) tree(r *statement.Report, classes map[string]ledger.Class, was, now map[string]money.Fen) {
	sums := classed(classes, was, now)
	var total pair
	for _, code := range slices.Sorted(maps.Keys(sums)) {
		class, p := classes[code], sums[code]
		level := 0
		for above := class.Parent; above != ""; above = classes[above].Parent {
			level++
		}
		kind := statement.Item
		if level == 0 {
			kind = statement.Subtotal
			total.was, total.now = total.was+p.was, total.now+p.now
		}
		r.Rows = append(r.Rows, statement.Row{Key: code, Level: level, Kind: kind, Cells: t.compared(code, class.Name, p.was, p.now)})
	}
	r.Totals = append(r.Totals, statement.Row{Key: "total", Kind: statement.Total, Cells: t.compared("", "合计", total.was, total.now)})
}

func (c Content) incomeBy(fund string) map[string]money.Fen {
	out := map[string]money.Fen{}
	for _, i := range c.Items {
		if i.Fund == fund && i.Side == Income {
			out[i.Class] += i.Amount
		}
	}
	return out
}

func (c Content) outlayBy(fund string) map[string]money.Fen {
	out := map[string]money.Fen{}
	for _, l := range c.Lines {
		if l.Fund == fund {
			out[l.Function] += l.Amount
		}
	}
	for _, i := range c.Items {
		if i.Fund == fund && i.Side == Outlay {
			out[i.Class] += i.Amount
		}
	}
	return out
}

func (t *tabler) income(fund string) {
	r := t.table("draft-income-"+fund, t.fundTitle(fund)+"收入表", comparing)
	r.Notes = append(r.Notes, "收入为预测数。")
	known := t.known
	t.known = t.items
	t.tree(r, t.revenues, t.was.incomeBy(fund), t.now.incomeBy(fund))
	t.known = known
}

func (t *tabler) outlay(fund string) {
	r := t.table("draft-outlay-"+fund, t.fundTitle(fund)+"支出表(功能分类)", comparing)
	if t.known && !t.items {
		r.Notes = append(r.Notes, "上年没有在本系统编制预算,上年预算数为年初下达的指标,不含预备费和转移性支出。")
	}
	t.tree(r, t.functions, t.was.outlayBy(fund), t.now.outlayBy(fund))
}

func (c Content) basicBy() map[string]money.Fen {
	out := map[string]money.Fen{}
	for _, l := range c.Lines {
		if l.Fund == generalFund && l.Basis != appropriation.Project {
			out[l.Economic] += l.Amount
		}
	}
	return out
}

func (t *tabler) basic() {
	r := t.table("draft-basic", "一般公共预算基本支出表(经济分类)", comparing)
	t.tree(r, t.economics, t.was.basicBy(), t.now.basicBy())
}

// balance is the comprehensive budget: how each kind of money balances in itself.
func (t *tabler) balance() {
	r := t.table("draft-balance", "综合预算收支平衡表", []statement.Column{
		{Key: "fund", Title: "资金性质", Kind: statement.Text},
		{Key: "income", Title: "收入", Group: "收入", Kind: statement.Amount}, {Key: "in", Title: "其中调入", Group: "收入", Kind: statement.Amount},
		{Key: "basic", Title: "基本支出", Group: "支出", Kind: statement.Amount}, {Key: "project", Title: "项目支出", Group: "支出", Kind: statement.Amount},
		{Key: "reserve", Title: "预备费", Group: "支出", Kind: statement.Amount}, {Key: "out", Title: "调出", Group: "支出", Kind: statement.Amount},
		{Key: "other", Title: "上解、结转等", Group: "支出", Kind: statement.Amount}, {Key: "outlay", Title: "合计", Group: "支出", Kind: statement.Amount},
		{Key: "left", Title: "收支差额", Kind: statement.Amount},
	})
	var total [9]money.Fen
	for _, s := range t.now.Sums() {
		var in, out, basic, project money.Fen
		for _, i := range t.now.Items {
			switch {
			case i.Fund != s.Fund || i.Counter == "":
			case i.Side == Income:
				in += i.Amount
			default:
				out += i.Amount
			}
		}
		for _, l := range t.now.Lines {
			switch {
			case l.Fund != s.Fund:
			case l.Basis == appropriation.Project:
				project += l.Amount
			default:
				basic += l.Amount
			}
		}
		amounts := [9]money.Fen{s.Income, in, basic, project, s.Reserve, out, s.Items - s.Reserve - out, s.Outlay(), s.Left()}
		cells := []statement.Cell{{Text: s.Fund + " " + t.funds[s.Fund].Name}}
		for i, a := range amounts {
			total[i] += a
			cells = append(cells, statement.Cell{Amount: a})
		}
		r.Rows = append(r.Rows, statement.Row{Key: s.Fund, Kind: statement.Item, Cells: cells})
	}
	cells := []statement.Cell{{Text: "合计"}}
	for _, a := range total {
		cells = append(cells, statement.Cell{Amount: a})
	}
	r.Totals = append(r.Totals, statement.Row{Key: "total", Kind: statement.Total, Cells: cells})
	r.Notes = append(r.Notes, "不同资金之间只有登记的调入、调出;调入与调出相等,合计含重复计算。")
}

func (t *tabler) projects() {
	r := t.table("draft-projects", "项目支出表", []statement.Column{
		{Key: "unit", Title: "单位", Kind: statement.Text}, {Key: "name", Title: "项目", Kind: statement.Text}, {Key: "fund", Title: "资金性质", Kind: statement.Text},
		{Key: "function", Title: "功能分类", Kind: statement.Text}, {Key: "economic", Title: "经济分类", Kind: statement.Text},
		{Key: "now", Title: "本年预算数", Kind: statement.Amount}, {Key: "note", Title: "说明", Kind: statement.Text},
	})
	var total money.Fen
	for _, l := range t.now.Lines {
		if l.Basis != appropriation.Project {
			continue
		}
		total += l.Amount
		r.Rows = append(r.Rows, statement.Row{Kind: statement.Item, Cells: []statement.Cell{
			{Text: l.UnitName}, {Text: l.Project}, {Text: t.funds[l.Fund].Name}, {Text: l.Function}, {Text: l.Economic}, {Amount: l.Amount}, {Text: l.Note},
		}})
	}
	r.Totals = append(r.Totals, statement.Row{Key: "total", Kind: statement.Total, Cells: []statement.Cell{{}, {Text: "合计"}, {}, {}, {}, {Amount: total}, {}}})
}

// public are the three public costs (三公经费) with meetings and training.
var public = []struct{ name, classes string }{
	{"因公出国(境)费", "30212"}, {"公务用车购置", "31013"}, {"公务用车运行维护费", "30231"}, {"公务接待费", "30217"}, {"会议费", "30215"}, {"培训费", "30216"},
}

// threePublic is how many of them are the three public costs.
const threePublic = 4

func (t *tabler) public() {
	r := t.table("draft-public", "“三公”经费及会议费、培训费表", comparing)
	amount := func(c Content, economic string) (sum money.Fen) {
		for _, l := range c.Lines {
			if l.Economic == economic && l.Fund == generalFund {
				sum += l.Amount
			}
		}
		return sum
	}
	var total pair
	for i, p := range public {
		was, now := amount(t.was, p.classes), amount(t.now, p.classes)
		if i < threePublic {
			total.was, total.now = total.was+was, total.now+now
		}
		r.Rows = append(r.Rows, statement.Row{Key: p.classes, Kind: statement.Item, Cells: t.compared(p.classes, p.name, was, now)})
		if i == threePublic-1 {
			r.Rows = append(r.Rows, statement.Row{Key: "three", Kind: statement.Subtotal, Cells: t.compared("", "“三公”经费合计", total.was, total.now)})
		}
	}
}

// LastYear gives what the year before was approved under a unit's kind of money and function and economic class, for the
// page on which it is filled in.
func LastYear(tx *store.Tx, county int64, d Draft) (map[appropriation.Key]money.Fen, error) {
	t := &tabler{draft: d}
	if err := t.before(tx, county); err != nil {
		return nil, err
	}
	out := map[appropriation.Key]money.Fen{}
	for _, l := range t.was.Lines {
		out[l.Compared()] += l.Amount
	}
	return out, nil
}

// Compared is what the same spending has in common from year to year.
func (l Line) Compared() appropriation.Key {
	return appropriation.Key{Unit: l.Unit, Fund: l.Fund, Function: l.Function, Economic: l.Economic, Project: l.Project}
}
