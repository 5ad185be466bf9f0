package exchange

import (
	"fmt"
	"io"
	"slices"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/statement"
)

// official are the tables that ship with the program and belong to no county, beside the charts and classifications,
// which pages show by edition.
var official = []struct {
	name   string
	layout sheet.Layout
	rows   func(e emit) error
}{
	{"unconfirmed", sheet.Layout{Name: "unconfirmed", Title: "未经核对的官方表格内容", Columns: []sheet.Column{
		{Name: "table", Title: "表", AsText: true}, {Name: "title", Title: "表名"}, {Name: "code", Title: "编码", AsText: true},
		{Name: "name", Title: "名称"}, {Name: "source", Title: "来源"},
	}}, unconfirmedRows},
	{"economic-mapping", sheet.Layout{Name: "economic-mapping", Title: "部门与政府预算支出经济分类对照表", Columns: []sheet.Column{
		{Name: "department", Title: "部门经济分类", AsText: true}, {Name: "administrative", Title: "行政单位的政府经济分类", AsText: true},
		{Name: "institution", Title: "事业单位的政府经济分类", AsText: true}, {Name: "confirmed", Title: "已核对"}, {Name: "source", Title: "来源"},
	}}, mappingRows},
	{"posting-templates", sheet.Layout{Name: "posting-templates", Title: "平行记账分录模板", Columns: []sheet.Column{
		{Name: "template", Title: "模板", AsText: true}, {Name: "title", Title: "业务"}, {Name: "step", Title: "步骤"},
		{Name: "half", Title: "会计"}, {Name: "side", Title: "方向"}, {Name: "account", Title: "科目编码", AsText: true},
		{Name: "name", Title: "科目"}, {Name: "amount", Title: "金额"}, {Name: "confirmed", Title: "已核对"}, {Name: "source", Title: "来源"},
		{Name: "note", Title: "说明"},
	}}, templateRows},
}

// OfficialNames are the names that Official takes.
func OfficialNames() []string {
	var names []string
	for _, t := range official {
		names = append(names, t.name)
	}
	return names
}

// Official writes a table that ships with the program: the rows that nobody has compared with the official print, the
// mapping of economic classes, the posting templates.
func Official(w io.Writer, name, format string) error {
	at := slices.Index(OfficialNames(), name)
	if at < 0 {
		return fault.Newf(fault.Invalid, "export-unknown", "请从 unconfirmed、economic-mapping、posting-templates 中选择", "没有名为「%s」的官方表格", name)
	}
	t := official[at]
	var err error
	if format == JSON {
		err = exportJSON(w, t.layout, t.rows)
	} else {
		err = exportSheet(w, t.layout, format, t.rows)
	}
	if err != nil {
		return fmt.Errorf("exchange.Official %s: %w", name, err)
	}
	return nil
}

func unconfirmedRows(e emit) error {
	type table struct{ id, title string }
	var tables []table
	for _, edition := range standard.Editions() {
		tables = append(tables, table{edition.ID, edition.Title})
	}
	tables = append(tables, table{standard.MappingTable, "部门与政府预算支出经济分类对照表"}, table{standard.TemplateTable, "平行记账分录模板"})
	for _, t := range tables {
		rows, err := standard.Unconfirmed(t.id)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := e(sheet.Text(t.id), sheet.Text(t.title), sheet.Text(r.Code), sheet.Text(r.Name), sheet.Text(r.Source)); err != nil {
				return err
			}
		}
	}
	for _, f := range statement.Forms() {
		for _, it := range f.Items {
			if it.Confirmed {
				continue
			}
			if err := e(sheet.Text(f.Name+"/"+f.Edition), sheet.Text(f.Title+"的行次与公式"), sheet.Text(it.ID), sheet.Text(it.Label), sheet.Text(f.Source)); err != nil {
				return err
			}
		}
	}
	return nil
}

func mappingRows(e emit) error {
	all, err := standard.EconomicMapping()
	if err != nil {
		return err
	}
	for _, m := range all {
		err := e(sheet.Text(m.Department), sheet.Text(m.Administrative), sheet.Text(m.Institution), confirmed(m.Verified), sheet.Text(m.Source))
		if err != nil {
			return err
		}
	}
	return nil
}

func templateRows(e emit) error {
	all, err := standard.Templates()
	if err != nil {
		return err
	}
	halves := map[string]string{standard.Financial: "财务会计", standard.Budgetary: "预算会计"}
	sides := map[int8]string{standard.Debit: "借", standard.Credit: "贷"}
	for _, t := range all {
		for _, step := range t.Steps {
			for _, l := range step.Lines {
				err := e(sheet.Text(t.ID), sheet.Text(t.Title), sheet.Text(step.Label), sheet.Text(halves[l.Half]), sheet.Text(sides[l.Direction]),
					sheet.Text(l.Account), sheet.Text(l.AccountName), sheet.Text(l.Amount), confirmed(t.Verified), sheet.Text(t.Source), sheet.Text(t.Note))
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func confirmed(mark string) sheet.Value {
	if mark == standard.Seen {
		return sheet.Text("是")
	}
	return sheet.Text("否")
}
