package exchange

import (
	"fmt"
	"slices"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// told marks columns that an export fills and an import leaves alone.
const told = "导出时填写,导入时不读"

var marked = []string{wholeYear, "否"}

var appropriationLayout = sheet.Layout{Name: string(Appropriations), Title: "预算指标导入表", Columns: []sheet.Column{
	{Name: "year", Title: "年度", Aliases: []string{"预算年度"}, Note: "空白为本年", Example: "2026"},
	{Name: "unit", Title: "单位", Aliases: []string{"单位编码", "预算单位"}, Required: true, AsText: true, Note: "单位编码", Example: "990001101"},
	{Name: "fund", Title: "资金性质", Required: true, AsText: true, Note: "资金性质编码", Example: "1"},
	{Name: "function", Title: "功能分类", Aliases: []string{"支出功能分类"}, Required: true, AsText: true, Note: "填到项,7 位", Example: "2010301"},
	{Name: "economic", Title: "部门经济分类", Aliases: []string{"经济分类"}, Required: true, AsText: true, Note: "填到款,5 位", Example: "30201"},
	{Name: "gov_economic", Title: "政府经济分类", AsText: true, Note: "填到款,5 位;空白按对照表"},
	{Name: "project", Title: "项目", Aliases: []string{"项目名称"}, Note: "基本支出空白"},
	{Name: "mode", Title: "支付方式", Note: "空白为" + appropriation.Merged.Title(), Choices: modeWords()},
	{Name: "purchase", Title: "政府采购", Note: "空白为否", Choices: marked},
	{Name: "guarantee", Title: "三保", Note: "空白为否", Choices: marked},
	amountColumn("amount", "年初预算", "金额", "指标金额", "预算数"),
	{Name: "from", Title: "资金来源", Required: true, Choices: sourceWords(), Example: "本级财力安排"},
	{Name: "source", Title: "指标文号", Aliases: []string{"文号"}, Required: true, Note: "同一年度、文号、日期的各行为一张指标单,由另一人审核后下达", Example: "青财预〔2026〕1号"},
	{Name: "session", Title: "人大批准文号", Required: true, Example: "青人发〔2026〕3号"},
	{Name: "date", Title: "日期", Note: "空白为今天", Example: "2026-02-10"},
	{Name: "number", Title: "指标号", AsText: true, Note: told},
	{Name: "adjusted", Title: "调整后", Note: told},
	{Name: "held", Title: "占用", Note: told},
	{Name: "frozen", Title: "冻结", Note: told},
	{Name: "paid", Title: "已支付", Note: told},
	{Name: "available", Title: "可用", Note: told},
}}

func modeWords() []string {
	var all []string
	for _, m := range appropriation.Modes() {
		all = append(all, m.Title())
	}
	return all
}

func sourceWords() []string {
	var all []string
	for _, a := range appropriation.Accounts() {
		if slices.Contains(appropriation.Sources(), a.Code) {
			all = append(all, a.Name)
		}
	}
	return all
}

// given is what a file says of one order: the rows that give units their lines.
type given struct {
	appropriation.Order
	rows []sheet.Row
}

// readAppropriations takes the lines of a year's budget. Each year, document number and day makes one order, which
// another person checks.
func readAppropriations(tx *store.Tx, im *imported) (write, error) {
	if err := im.refuseRepeated(tx); err != nil {
		return nil, err
	}
	root, err := org.Root(tx, im.by.County)
	if err != nil {
		return nil, err
	}
	today, err := org.Today(tx, im.by.County)
	if err != nil {
		return nil, err
	}
	orders, err := im.givings(today)
	if err != nil || len(im.result.Errors) > 0 {
		return nil, err
	}
	return func(tx *store.Tx) error {
		if err := im.record(tx, im.fileID(), root.ID, im.rightPath(root.Path)); err != nil {
			return err
		}
		var p sheet.Problems
		for i, g := range orders {
			found, err := im.draftGiven(tx, i, g)
			if err != nil {
				return err
			}
			p = append(p, found...)
		}
		return p.Err()
	}, nil
}

// givings puts the rows into orders.
func (im *imported) givings(today calendar.Date) ([]*given, error) {
	var all []*given
	for _, row := range im.table.Rows {
		o := appropriation.Order{Kind: appropriation.OrderInitial, Year: today.Year(), Date: today, Source: row.Get("source"), Session: row.Get("session")}
		var err error
		if text := row.Get("year"); text != "" {
			if o.Year, err = parseYear(text); err != nil {
				im.refuse(row, err, "year")
				continue
			}
		}
		if text := row.Get("date"); text != "" {
			if o.Date, err = calendar.ParseDate(text); err != nil {
				im.refuse(row, err, "date")
				continue
			}
		}
		at := slices.IndexFunc(all, func(g *given) bool {
			return g.Year == o.Year && g.Source == o.Source && g.Session == o.Session && g.Date == o.Date
		})
		if at < 0 {
			at = len(all)
			all = append(all, &given{Order: o})
		}
		all[at].rows = append(all[at].rows, row)
	}
	return all, nil
}

// draftGiven writes one order; what is wrong with its rows, or with all of it, is named.
func (im *imported) draftGiven(tx *store.Tx, at int, g *given) (sheet.Problems, error) {
	o := g.Order
	o.ID = im.documentID(at + 1)
	var p sheet.Problems
	seen := map[int64]int{}
	for _, row := range g.rows {
		it, column, err := im.givenLine(tx, o, row)
		if err == nil && seen[it.Line] != 0 {
			column, err = "unit", fault.Newf(fault.Invalid, "appropriation-line-twice", "请合并成一行", "与第 %d 行是同一条指标", seen[it.Line])
		}
		if f := fault.As(err); err != nil && f == nil {
			return nil, err
		} else if f != nil {
			if f.Field != "" && im.head(f.Field) != "" {
				column = f.Field
			}
			p.Add(row.Number, im.head(column), err)
			continue
		}
		seen[it.Line] = row.Number
		o.Items = append(o.Items, it)
	}
	if len(p) > 0 {
		return p, nil
	}
	_, err := appropriation.Draft(tx, im.by, o, 0)
	f := fault.As(err)
	if err != nil && f == nil {
		return nil, err
	}
	if f != nil {
		p.Add(g.rows[0].Number, im.head(f.Field), err)
	}
	return p, nil
}

func (im *imported) givenLine(tx *store.Tx, o appropriation.Order, row sheet.Row) (it appropriation.Item, column string, err error) {
	unit, err := org.ByCode(tx, im.by.County, row.Get("unit"))
	if err == nil && !im.by.Sees(unit.Path) {
		err = fault.Newf(fault.Invalid, "unit-unknown", "请从单位列表中选择", "没有编码为「%s」的单位", row.Get("unit"))
	}
	if err != nil {
		return it, "unit", err
	}
	n := appropriation.NewLine{
		Key: appropriation.Key{
			Year: o.Year, Unit: unit.ID, Fund: row.Get("fund"), Function: row.Get("function"), Economic: row.Get("economic"),
			GovEconomic: row.Get("gov_economic"), Project: row.Get("project"), Mode: parseMode(row.Get("mode")),
		},
		Purchase: row.Get("purchase") == wholeYear, Guarantee: row.Get("guarantee") == wholeYear, Source: o.Source,
	}
	l, err := appropriation.Intern(tx, im.by, n)
	if err != nil {
		return it, "function", err
	}
	it = appropriation.Item{Move: appropriation.Initial, Line: l.ID, From: parseSource(row.Get("from"))}
	if it.Amount, err = money.Parse(row.Get("amount")); err != nil {
		return it, "amount", err
	}
	if it.Amount <= 0 {
		return it, "amount", fault.Newf(fault.Invalid, "appropriation-amount", "请填大于零的金额,最多两位小数", "金额 %s 元不能办理指标", it.Amount)
	}
	if it.From == "" {
		return it, "from", fault.Newf(fault.Refused, "appropriation-without-income", "请选择资金来源:本级财力、上级转移支付、债务收入或调入资金",
			"%s %s 元没有收入来源,不能安排", o.Kind.Title(), it.Amount)
	}
	return it, "", nil
}

// parseMode reads a mode's title or its code; what is neither is refused by name.
func parseMode(text string) appropriation.Mode {
	for _, m := range appropriation.Modes() {
		if text == m.Title() {
			return m
		}
	}
	return appropriation.Mode(text)
}

func parseSource(text string) string {
	for _, a := range appropriation.Accounts() {
		if (text == a.Name || text == a.Code) && slices.Contains(appropriation.Sources(), a.Code) {
			return a.Code
		}
	}
	return ""
}

func sourceName(code string) string {
	for _, a := range appropriation.Accounts() {
		if a.Code == code {
			return a.Name
		}
	}
	return ""
}

// exportAppropriations gives the lines of every year that the actor reads, as they stand.
func exportAppropriations(tx *store.Tx, by identity.Actor, _ []ledger.Book, emit emit) error {
	years, err := appropriation.Years(tx, by.County)
	if err != nil {
		return err
	}
	codes, err := unitCodes(tx, by.County)
	if err != nil {
		return err
	}
	said := func(yes bool) sheet.Value {
		if yes {
			return sheet.Text(wholeYear)
		}
		return sheet.Text("")
	}
	for _, year := range years {
		lines, err := appropriation.List(tx, by, year, "/")
		if err != nil {
			return err
		}
		how, err := appropriation.Givings(tx, by.County, year)
		if err != nil {
			return err
		}
		for _, l := range lines {
			g := how[l.ID]
			from, source := "", l.Source
			if g.From != "" {
				from, source = sourceName(g.From), g.Source
			}
			err := emit(
				sheet.Integer(int64(l.Year)), sheet.Text(codes[l.Unit]), sheet.Text(l.Fund), sheet.Text(l.Function), sheet.Text(l.Economic),
				sheet.Text(l.GovEconomic), sheet.Text(l.Project), sheet.Text(l.Mode.Title()), said(l.Purchase), said(l.Guarantee), sheet.Amount(l.Initial),
				sheet.Text(from), sheet.Text(source), sheet.Text(g.Session), sheet.Text(g.Date), sheet.Text(l.Number), sheet.Amount(l.Adjusted()), sheet.Amount(l.Held),
				sheet.Amount(l.Frozen), sheet.Amount(l.Paid()), sheet.Amount(l.Available()),
			)
			if err != nil {
				return fmt.Errorf("appropriation %s: %w", l.Number, err)
			}
		}
	}
	return nil
}
