package exchange

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// The parts of a draft as files name them.
const (
	draftSpending = "支出"
	draftIncome   = "收入预测"
	draftOutlay   = "转移性支出、预备费及结转"
)

var draftLayout = sheet.Layout{Name: string(Drafts), Title: "预算草案导入表", Columns: []sheet.Column{
	{Name: "year", Title: "年度", Required: true, AsText: true, Example: "2027"},
	{Name: "part", Title: "收支", Required: true, Choices: []string{draftSpending, draftIncome, draftOutlay}, Example: draftSpending},
	{Name: "unit", Title: "单位", Aliases: []string{"单位编码"}, Required: true, AsText: true, Note: "单位编码;收入预测等填乡镇", Example: "990001101"},
	{Name: "standard", Title: "定额标准", Note: "标准的名称;项目不填", Example: "行政人员基本工资"},
	{Name: "project", Title: "项目", Note: "项目支出的填写"},
	{Name: "fund", Title: "资金性质", Required: true, AsText: true, Example: "1"},
	{Name: "class", Title: "科目", Aliases: []string{"功能分类", "收入分类"}, Required: true, AsText: true, Note: "支出填功能分类的项,收入填收入分类", Example: "2010301"},
	{Name: "economic", Title: "部门经济分类", AsText: true, Note: "项目支出的填写,款"},
	{Name: "gov_economic", Title: "政府经济分类", AsText: true, Note: "空:按对照表"},
	{Name: "counter", Title: "对方资金", AsText: true, Note: "调入、调出的填写"},
	{Name: "quantity", Title: "人数、数量", Note: "人数可以不填,按花名册和编制计算", Example: "12"},
	{Name: "rate", Title: "标准", Note: "元/年,可以不填;填写的须与定额标准一致", Example: "48000.00"},
	{Name: "amount", Title: "金额", Note: "定额行可以不填;填写的须等于数量 × 标准", Example: "576000.00"},
	{Name: "source", Title: "资金来源", Note: "本级财力、上级转移支付、债务收入、调入资金、上年结转;空:本级财力"},
	{Name: "purchase", Title: "政府采购", Choices: []string{"是", "否"}},
	{Name: "guarantee", Title: "三保", Choices: []string{"是", "否"}},
	{Name: "note", Title: "说明", Aliases: []string{"预测依据"}},
}}

// draftSources are the words for where money comes from.
var draftSources = map[string]string{"本级财力": appropriation.SourceOwn, "上级转移支付": appropriation.SourceTransfer, "债务收入": appropriation.SourceDebt, "调入资金": appropriation.SourceBrought, "上年结转": "X104"}

// draftPart is what a file says of a unit's lines, or of a township's items, with the rows that say so.
type draftPart struct {
	draft drafting.Draft
	unit  org.Unit
	lines []drafting.Line
	items []drafting.Item
	rows  []sheet.Row
}

// readDrafts puts the parts that a file names in place of those that stand: a unit's lines, a township's items.
func readDrafts(tx *store.Tx, im *imported) (write, error) {
	if err := im.refuseRepeated(tx); err != nil {
		return nil, err
	}
	root, err := org.Root(tx, im.by.County)
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		if err := im.record(tx, im.fileID(), root.ID, im.rightPath(root.Path)); err != nil {
			return err
		}
		parts, err := im.draftParts(tx)
		if err != nil {
			return err
		}
		var p sheet.Problems
		for _, part := range parts {
			err := part.save(tx, im.by)
			f := fault.As(err)
			if err != nil && f == nil {
				return err
			}
			if f != nil {
				column, n, _ := strings.Cut(f.Field, "-")
				at, e := strconv.Atoi(n)
				if e != nil || at > len(part.rows) {
					at = 1
				}
				p.Add(part.rows[at-1].Number, im.head(cmp.Or(map[string]string{"function": "class"}[column], column)), err)
			}
		}
		return p.Err()
	}, nil
}

// draftParts groups the rows by what they replace.
func (im *imported) draftParts(tx *store.Tx) (all []*draftPart, err error) {
	var p sheet.Problems
	for _, row := range im.table.Rows {
		column, err := im.draftRow(tx, row, &all)
		if f := fault.As(err); err != nil && f == nil {
			return nil, err
		} else if f != nil {
			p.Add(row.Number, im.head(column), err)
		}
	}
	return all, p.Err()
}

func (im *imported) draftRow(tx *store.Tx, row sheet.Row, all *[]*draftPart) (column string, err error) {
	unit, err := org.ByCode(tx, im.by.County, row.Get("unit"))
	if err != nil {
		return "unit", err
	}
	year, err := strconv.Atoi(row.Get("year"))
	if err != nil {
		return "year", fault.Newf(fault.Invalid, "appropriation-year", "请填四位年度,例如 2026", "年度「%s」不对", row.Get("year"))
	}
	amount, err := optional(row.Get("amount"))
	if err != nil {
		return "amount", err
	}
	spending := row.Get("part") == draftSpending
	i := slices.IndexFunc(*all, func(p *draftPart) bool {
		return p.unit.ID == unit.ID && p.draft.Year == year && (p.items == nil) == spending
	})
	if i < 0 {
		d, err := openDraft(tx, im.by, unit, year)
		if err != nil {
			return "unit", err
		}
		*all = append(*all, &draftPart{draft: d, unit: unit})
		i = len(*all) - 1
	}
	part := (*all)[i]
	part.rows = append(part.rows, row)
	if !spending {
		side := drafting.Income
		if row.Get("part") == draftOutlay {
			side = drafting.Outlay
		}
		part.items = append(part.items, drafting.Item{Side: side, Fund: row.Get("fund"), Class: row.Get("class"), Counter: row.Get("counter"), Amount: amount, Note: row.Get("note")})
		return "", nil
	}
	l := drafting.Line{
		Project: row.Get("project"), Fund: row.Get("fund"), Function: row.Get("class"), Economic: row.Get("economic"), GovEconomic: row.Get("gov_economic"), Amount: amount,
		Purchase: row.Get("purchase") == "是", Guarantee: row.Get("guarantee") == "是", Note: row.Get("note"), Source: draftSources[cmp.Or(row.Get("source"), "本级财力")],
	}
	if l.Source == "" {
		return "source", fault.New(fault.Invalid, "drafting-source", "没有选择资金来源", "请选择本级财力、上级转移支付、债务收入、调入资金或上年结转")
	}
	part.lines = append(part.lines, l)
	return part.standard(tx, im.by.County, row)
}

// standard finds the standard that a row names and what it says of it.
func (p *draftPart) standard(tx *store.Tx, county int64, row sheet.Row) (column string, err error) {
	l := &p.lines[len(p.lines)-1]
	if text := row.Get("quantity"); text != "" && row.Get("standard") != "" {
		if l.Quantity, err = strconv.ParseInt(text, 10, 64); err != nil {
			return "quantity", fault.Newf(fault.Invalid, "drafting-quantity", "请填写不小于零的整数", "数量「%s」不是整数", text)
		}
	}
	if row.Get("standard") == "" {
		return "", nil
	}
	all, err := drafting.StandardsOn(tx, county, p.unit.Kind, p.draft.BaseDay)
	if err != nil {
		return "", err
	}
	rate, err := optional(row.Get("rate"))
	if err != nil {
		return "rate", err
	}
	for _, s := range all {
		if s.Title != row.Get("standard") {
			continue
		}
		if rate != 0 && rate != s.Amount {
			return "rate", fault.Newf(fault.Refused, "drafting-rate", "请不要填写标准;标准有误的请先调整定额标准", "「%s」的标准是 %s 元,填写 %s 元", s.Title, s.Amount, rate)
		}
		l.Standard = s.Document
		return "", nil
	}
	return "standard", fault.Newf(fault.Invalid, "drafting-standard-unknown", "请从列表中选择基准日有效的标准", "%s没有定额标准「%s」", p.unit.Name, row.Get("standard"))
}

func optional(text string) (money.Fen, error) {
	if text == "" {
		return 0, nil
	}
	return money.Parse(text)
}

// openDraft gives the draft of a year that the unit's township is filling in.
func openDraft(tx *store.Tx, by identity.Actor, unit org.Unit, year int) (drafting.Draft, error) {
	all, err := drafting.List(tx, by)
	if err != nil {
		return drafting.Draft{}, err
	}
	for _, d := range all {
		if d.Year == year && d.Filling() && org.Within(unit.Path, d.Path) {
			return d, nil
		}
	}
	return drafting.Draft{}, fault.Newf(fault.Refused, "drafting-not-open", "请先启动编制,或退回编报", "%s没有正在编报的 %d 年预算草案", unit.Name, year)
}

func (p *draftPart) save(tx *store.Tx, by identity.Actor) error {
	part, err := drafting.PartOf(tx, by.County, p.draft, p.unit, p.items != nil)
	if err != nil {
		return err
	}
	d, err := drafting.Get(tx, by, p.draft.Document)
	if err != nil {
		return err
	}
	if p.items == nil {
		return drafting.SaveLines(tx, by, d.Document, p.unit.ID, part.Version, p.lines)
	}
	if p.unit.ID != d.Unit {
		return fault.Newf(fault.Invalid, "drafting-items-unit", "请填乡镇的单位编码", "%s不是乡镇,收入预测和收支平衡按乡镇填写", p.unit.Name).In("unit-1")
	}
	return drafting.SaveItems(tx, by, d.Document, part.Version, p.items)
}

// exportDrafts gives the drafts that the reader sees as they stand, with what the formulas rest on.
func exportDrafts(tx *store.Tx, by identity.Actor, _ []ledger.Book, emit emit) error {
	all, err := drafting.List(tx, by)
	if err != nil {
		return err
	}
	codes, err := unitCodes(tx, by.County)
	if err != nil {
		return err
	}
	standards, err := drafting.Standards(tx, by.County)
	if err != nil {
		return err
	}
	titles, words := map[string]string{}, map[string]string{}
	for _, s := range standards {
		titles[s.Document] = s.Title
	}
	for word, code := range draftSources {
		words[code] = word
	}
	seen := map[[2]int64]bool{}
	for _, d := range all {
		if key := [2]int64{d.Unit, int64(d.Year)}; !seen[key] { // the last round of a year stands first
			seen[key] = true
			if err := exportDraft(tx, by, d, codes, titles, words, emit); err != nil {
				return err
			}
		}
	}
	return nil
}

func exportDraft(tx *store.Tx, by identity.Actor, d drafting.Draft, codes map[int64]string, titles, words map[string]string, emit emit) error {
	c, err := drafting.ContentOf(tx, by.County, d.Document, 0)
	if err != nil {
		return err
	}
	units, err := drafting.Units(tx, by.County, d)
	if err != nil {
		return err
	}
	yes := map[bool]sheet.Value{true: sheet.Text("是"), false: sheet.Text("")}
	year := sheet.Text(fmt.Sprint(d.Year))
	for _, l := range c.Lines {
		i := slices.IndexFunc(units, func(u org.Unit) bool { return u.ID == l.Unit })
		if i < 0 || !by.Has(units[i].Path, drafting.Readers...) {
			continue
		}
		quantity, rate := sheet.Text(""), sheet.Text("")
		if l.Standard != "" {
			quantity, rate = sheet.Integer(l.Quantity), sheet.Amount(l.Rate)
		}
		err := emit(year, sheet.Text(draftSpending), sheet.Text(codes[l.Unit]), sheet.Text(titles[l.Standard]), sheet.Text(l.Project), sheet.Text(l.Fund), sheet.Text(l.Function),
			sheet.Text(l.Economic), sheet.Text(l.GovEconomic), sheet.Text(""), quantity, rate, sheet.Amount(l.Amount), sheet.Text(words[l.Source]), yes[l.Purchase], yes[l.Guarantee], sheet.Text(l.Note))
		if err != nil {
			return err
		}
	}
	if !by.Has(d.Path, drafting.Readers...) {
		return nil
	}
	for _, i := range c.Items {
		part := draftIncome
		if i.Side == drafting.Outlay {
			part = draftOutlay
		}
		err := emit(year, sheet.Text(part), sheet.Text(codes[d.Unit]), sheet.Text(""), sheet.Text(""), sheet.Text(i.Fund), sheet.Text(i.Class), sheet.Text(""), sheet.Text(""),
			sheet.Text(i.Counter), sheet.Text(""), sheet.Text(""), sheet.Amount(i.Amount), sheet.Text(""), sheet.Text(""), sheet.Text(""), sheet.Text(i.Note))
		if err != nil {
			return err
		}
	}
	return nil
}
