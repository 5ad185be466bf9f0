package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/statement"
)

func notOfChart(d statement.Declaration, b ledger.Book) error {
	return fault.Newf(fault.NotFound, "statement-other-chart", "请从报表目录中选择", "账套%s没有「%s」", b.Name, d.Title)
}

func (c *call) statementPage(d statement.Declaration, s scope, ask statement.Request, r *statement.Report) *statementPage {
	here := "/statements/" + d.Name
	p := &statementPage{
		Name: d.Name, Action: s.path + here, Heading: r.Title, Entity: r.Entity, Unit: r.Unit, Span: span(r.From, r.To), Problems: r.Differences,
		Balanced: r.Balanced, Proved: !d.Ledger && !r.Partial && ask.Compare == statement.NoComparison, Draft: r.Provisional, Unproved: r.Unprinted,
		HasAcct: has(d, statement.OptionAccount) && !(d.Name == "trial-balance" && ask.Account == ""),
		HasYear: has(d, statement.OptionYear), Year: ask.Year, Columns: len(r.Columns),
		Preview: c.with("format", "print"), PDF: c.with("format", "pdf"), XLSX: c.with("format", "xlsx"), CSV: c.with("format", "csv"),
	}
	p.Paper = r.Paper()
	for _, note := range r.Notes {
		if note != statement.Unprinted {
			p.Notes = append(p.Notes, note)
		}
	}
	p.Title, p.Styles, p.Scripts = r.Title, []string{"statement.css"}, []string{"statement.js"}
	if s.entity != "" {
		p.Scope = merged(len(r.Books))
		p.Title = r.Title + " " + r.Entity
	}
	if s.chart != "" {
		p.Scope = chartTitles[s.chart] + " · " + p.Scope
		p.Title += " " + chartTitles[s.chart]
	}
	if s.picked != "" {
		p.Repick = "/statements/pick?" + url.Values{"books": {s.picked}, "name": {d.Name}}.Encode()
	}
	if p.AtEnd = strings.HasSuffix(d.Name, "balance-sheet"); p.AtEnd {
		p.Span = r.To.Last().Chinese()
	}
	if s.entity == "" {
		p.Tabs = c.tabs(s.books[0], here)
		if !slices.ContainsFunc(p.Tabs, func(t tab) bool { return t.On }) {
			for i := range p.Tabs {
				p.Tabs[i].On = p.Tabs[i].Title == "报表"
			}
		}
	}
	c.choices(d, s, ask, p)
	p.Folds = slices.ContainsFunc(r.Rows, func(row statement.Row) bool { return row.Fold != "" })
	p.Groups, p.Heads = heads(r.Columns)
	two := r.TwoSided()
	for _, rows := range [][]statement.Row{r.Rows, r.Totals} {
		for _, row := range rows {
			if two && row.Side != "asset" {
				p.Right = append(p.Right, c.drawRow(s, ask, r, row))
			} else {
				p.Rows = append(p.Rows, c.drawRow(s, ask, r, row))
			}
		}
	}
	if ask.Offset > 0 {
		p.Before = c.with("offset", strconv.Itoa(max(ask.Offset-ledgerLines, 0)))
	}
	if r.More {
		p.After = c.with("offset", strconv.Itoa(ask.Offset+ledgerLines))
	}
	return p
}

// choices fills the form above the table, which carries on what it does not show.
func (c *call) choices(d statement.Declaration, s scope, ask statement.Request, p *statementPage) {
	for name, values := range s.query() {
		p.Carried = append(p.Carried, field{name, values[0]})
	}
	for _, name := range []string{"back", "fold"} {
		if value := c.query(name); value != "" {
			p.Carried = append(p.Carried, field{name, value})
		}
	}
	if !p.HasAcct && ask.Account != "" {
		p.Carried = append(p.Carried, field{"account", ask.Account})
	}
	first, last := s.span()
	p.From, p.To = months(first, last, ask.From), months(first, last, ask.To)
	if has(d, statement.OptionLevels) {
		levels := []choice{{Value: "0", Title: "末级科目"}, {Value: "1", Title: "一级科目"}, {Value: "2", Title: "一、二级科目"}, {Value: "-1", Title: "全部级次"}}
		if d.Name == "general-budget" {
			levels = []choice{{Value: "1", Title: "类"}, {Value: "2", Title: "类、款"}, {Value: "-1", Title: "类、款、项"}}
		}
		for _, l := range levels {
			l.On = l.Value == strconv.Itoa(ask.Levels)
			p.Levels = append(p.Levels, l)
		}
	}
	if has(d, statement.OptionCompare) {
		for _, kind := range append([]statement.Comparison{statement.NoComparison}, statement.Comparisons()...) {
			p.Compare = append(p.Compare, choice{Value: string(kind), Title: kind.Title(), On: kind == ask.Compare})
		}
	}
}

// with gives the address of this page with one parameter changed.
func (c *call) with(name, value string) string {
	q := c.r.URL.Query()
	q.Set(name, value)
	return c.r.URL.Path + "?" + q.Encode()
}

// without gives the address of this page without a parameter.
func (c *call) without(name string) string {
	q := c.r.URL.Query()
	q.Del(name)
	if len(q) == 0 {
		return c.r.URL.Path
	}
	return c.r.URL.Path + "?" + q.Encode()
}

func span(from, to calendar.Period) string {
	if from == to {
		return from.Chinese()
	}
	return from.Chinese() + "至 " + to.Chinese()
}

func months(first, last, at calendar.Period) []choice {
	var out []choice
	for p := first; p <= last; p = p.Next() {
		out = append(out, choice{Value: string(p), Title: p.Chinese(), On: p == at})
	}
	return out
}

// heads gives the one or two rows of heads: common heads over groups of columns, and the columns' own.
func heads(columns []statement.Column) (groups, single []headCell) {
	grouped := slices.ContainsFunc(columns, func(c statement.Column) bool { return c.Group != "" })
	for i, c := range columns {
		num := c.Kind != statement.Text
		switch {
		case !grouped:
			single = append(single, headCell{Title: c.Title, Span: 1, Rows: 1, Num: num})
		case c.Group == "":
			groups = append(groups, headCell{Title: c.Title, Span: 1, Rows: 2, Num: num})
		default:
			single = append(single, headCell{Title: c.Title, Span: 1, Rows: 1, Num: num})
			if i > 0 && columns[i-1].Group == c.Group {
				groups[len(groups)-1].Span++
			} else {
				groups = append(groups, headCell{Title: c.Group, Span: 1, Rows: 1})
			}
		}
	}
	return groups, single
}

// headCell is a head over one or several columns.
type headCell struct {
	Title string
	Span  int
	Rows  int
	Num   bool
}

type statementRow struct {
	ID    string
	Class string
	Cells []statementCell
}

type statementCell struct {
	Text  string
	Path  string
	Class string
	Fold  *foldLink
}

// foldLink unfolds a row or folds it.
type foldLink struct {
	Path string
	Open bool
}

var rowClasses = map[statement.RowKind]string{statement.Head: "lv0", statement.Subtotal: "part", statement.Total: "sum"}

// anchor names a row on its page, so that a person comes back to it.
func anchor(row statement.Row) string {
	return "r-" + strings.Map(func(r rune) rune {
		if strings.ContainsRune("|/#%", r) {
			return '_'
		}
		return r
	}, row.Key)
}

func (c *call) drawRow(s scope, ask statement.Request, r *statement.Report, row statement.Row) statementRow {
	out := statementRow{ID: anchor(row), Class: rowClasses[row.Kind]}
	back := c.returnTo() + "#" + out.ID
	name := slices.IndexFunc(r.Columns, func(column statement.Column) bool { return column.Key == "name" }) // it is set in by level
	paths := map[*statement.Drill]string{}
	for i, cell := range row.Cells {
		column := r.Columns[i]
		drawn := statementCell{Text: column.String(cell)}
		if column.Kind != statement.Text {
			drawn.Class = "num"
			if cell.Amount < 0 || cell.Percent < 0 {
				drawn.Class = "num neg"
			}
		} else if i == name {
			if drawn.Class = "name"; row.Level > 0 {
				drawn.Class = fmt.Sprintf("name in%d", min(row.Level, 3))
			}
			drawn.Fold = c.fold(row, out.ID)
		}
		if cell.Drill != nil && drawn.Text != "" {
			if _, known := paths[cell.Drill]; !known {
				paths[cell.Drill] = s.drill(cell.Drill, ask.Filter, back)
			}
			drawn.Path = paths[cell.Drill]
		}
		out.Cells = append(out.Cells, drawn)
	}
	for i, column := range r.Columns { // the voucher's number leads where its amounts lead
		if column.Key == "voucher" && out.Cells[i].Text != "" {
			for _, cell := range out.Cells {
				if cell.Path != "" {
					out.Cells[i].Path = cell.Path
				}
			}
		}
	}
	return out
}

// fold gives the link that unfolds what lies below a row, or folds it; nil where nothing does.
func (c *call) fold(row statement.Row, id string) *foldLink {
	if row.Fold == "" {
		return nil
	}
	code, _, _ := strings.Cut(row.Key, "/") // the opening line of a general ledger
	if _, class, of := strings.Cut(code, "-"); of {
		code = class // a class of a side of the budget table
	}
	var named []string
	for part := range strings.SplitSeq(c.query("fold"), ",") {
		if part != "" && strings.TrimPrefix(part, "-") != code {
			named = append(named, part)
		}
	}
	link := &foldLink{Open: row.Fold == statement.Unfolded}
	if link.Open {
		code = "-" + code
	}
	link.Path = c.with("fold", strings.Join(append(named, code), ",")) + "#" + id
	return link
}
