package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// blankRows are how many empty rows a grid ends with; rowsMost is how many a form may send.
const (
	blankRows = 3
	rowsMost  = 500
)

// linesPage is the editor of a unit's lines.
type linesPage struct {
	Base
	Draft     drafting.Draft
	Unit      org.Unit
	Path      string // of the form
	Back      string
	Edit      bool
	Part      int64 // version of the part
	Rows      []lineRow
	Standards []standardChoice
	Funds     []choice
	Sums      []unitSum
	Lists     []dataList
}

// lineRow is a row of the editor, as typed.
type lineRow struct {
	N                                                        int
	Standard, Fund, Source, Function, Economic, Gov, Project string
	Quantity, Amount, Note                                   string
	Purchase, Guarantee                                      bool
	Measure                                                  string
	Rate                                                     money.Fen
	Sum                                                      money.Fen
	Last                                                     money.Fen // of the year before
	Computed                                                 bool      // the amount follows from the standard
	Bad                                                      bool
	FunctionName, EconomicName                               string
}

// standardChoice is a standard as the rows offer it.
type standardChoice struct {
	drafting.Standard
	Heads int64
	Label string
}

// unitSum is how a unit's kind of money stands against its control number and the year before.
type unitSum struct {
	Fund, Name               string
	Sum, Control, Left, Last money.Fen
	Limited                  bool
}

func showDraftLines(c *call, tx *store.Tx) (answer, error) {
	p, err := c.linesPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("drafting/lines", p)
}

func (c *call) linesPage(tx *store.Tx) (*linesPage, error) {
	d, err := drafting.Get(tx, c.actor, c.r.PathValue("draft"))
	if err != nil {
		return nil, err
	}
	id, err := c.id("unit")
	if err != nil {
		return nil, err
	}
	units, err := drafting.Units(tx, c.actor.County, d)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(units, func(u org.Unit) bool { return u.ID == id })
	if i < 0 || !c.actor.Has(units[i].Path, drafting.Readers...) {
		return nil, notThere()
	}
	p := &linesPage{Draft: d, Unit: units[i], Path: fmt.Sprintf("%s/units/%d", draftPath(d.Document), id), Back: draftPath(d.Document)}
	p.Edit = d.Filling() && c.actor.Has(p.Unit.Path, drafting.Fillers...)
	p.Title, p.Styles, p.Scripts = p.Unit.Name+d.Title(), []string{"drafting.css"}, []string{"drafting.js"}
	part, err := drafting.PartOf(tx, c.actor.County, d, p.Unit, false)
	if err != nil {
		return nil, err
	}
	p.Part = part.Version
	if err := p.offers(tx, c.actor.County); err != nil {
		return nil, err
	}
	content, err := drafting.ContentOf(tx, c.actor.County, d.Document, 0)
	if err != nil {
		return nil, err
	}
	if err := p.rows(tx, c.actor.County, content); err != nil {
		return nil, err
	}
	if p.Edit {
		p.blanks()
	}
	return p, nil
}

// offers reads what the fields offer.
func (p *linesPage) offers(tx *store.Tx, county int64) error {
	all, err := drafting.StandardsOn(tx, county, p.Unit.Kind, p.Draft.BaseDay)
	if err != nil {
		return err
	}
	heads, err := drafting.Heads(tx, county, p.Unit, p.Draft.BaseDay)
	if err != nil {
		return err
	}
	for _, s := range all {
		o := standardChoice{Standard: s, Heads: heads[s.PostKind], Label: fmt.Sprintf("%s %s 元/%s", s.Title, s.Amount, s.Measure)}
		if s.Counts() {
			o.Label += fmt.Sprintf("(%d 人)", o.Heads)
		}
		p.Standards = append(p.Standards, o)
	}
	if p.Funds, err = fundChoices(tx, p.Draft.Year); err != nil {
		return err
	}
	p.Lists, err = classLists(tx, p.Draft.Year, []classOffer{{"functions", standard.Function, 7, ""}, {"economics", standard.Economic, 5, ""}})
	return err
}

func fundChoices(tx *store.Tx, year int) (out []choice, err error) {
	classes, err := ledger.ClassesOf(tx, standard.Fund, year)
	for code, class := range classes {
		out = append(out, choice{Value: code, Title: strings.TrimSuffix(class.Name, "资金")})
	}
	slices.SortFunc(out, func(a, b choice) int { return cmp.Compare(a.Value, b.Value) })
	return out, err
}

// classOffer is a list of classes of at least so many digits, under a beginning.
type classOffer struct {
	id, kind string
	least    int
	under    string
}

func classLists(tx *store.Tx, year int, offers []classOffer) (out []dataList, err error) {
	for _, o := range offers {
		classes, err := ledger.ClassesOf(tx, o.kind, year)
		if err != nil {
			return nil, err
		}
		list := dataList{ID: o.id}
		for code, class := range classes {
			if len(code) >= o.least && strings.HasPrefix(code, o.under) {
				list.Options = append(list.Options, option{code, class.Name})
			}
		}
		slices.SortFunc(list.Options, func(a, b option) int { return cmp.Compare(a.Value, b.Value) })
		out = append(out, list)
	}
	return out, nil
}

// rows shows the lines that stand, and how the kinds of money stand.
func (p *linesPage) rows(tx *store.Tx, county int64, content drafting.Content) error {
	functions, err := ledger.ClassesOf(tx, standard.Function, p.Draft.Year)
	if err != nil {
		return err
	}
	economics, err := ledger.ClassesOf(tx, standard.Economic, p.Draft.Year)
	if err != nil {
		return err
	}
	last, err := drafting.LastYear(tx, county, p.Draft)
	if err != nil {
		return err
	}
	sums := map[string]*unitSum{}
	of := func(fund string) *unitSum {
		if sums[fund] == nil {
			i := slices.IndexFunc(p.Funds, func(f choice) bool { return f.Value == fund })
			sums[fund] = &unitSum{Fund: fund, Limited: len(content.Controls) > 0}
			if i >= 0 {
				sums[fund].Name = p.Funds[i].Title
			}
		}
		return sums[fund]
	}
	for _, f := range p.Funds[:min(2, len(p.Funds))] {
		of(f.Value)
	}
	for key, amount := range last {
		if key.Unit == p.Unit.ID {
			of(key.Fund).Last += amount
		}
	}
	for _, n := range content.Controls {
		if n.Unit == p.Unit.ID {
			of(n.Fund).Control = n.Amount
		}
	}
	for _, l := range content.Lines {
		if l.Unit != p.Unit.ID {
			continue
		}
		of(l.Fund).Sum += l.Amount
		row := lineRow{
			N: len(p.Rows) + 1, Standard: l.Standard, Fund: l.Fund, Source: l.Source, Function: l.Function, Economic: l.Economic, Gov: l.GovEconomic, Project: l.Project, Note: l.Note,
			Purchase: l.Purchase, Guarantee: l.Guarantee, Rate: l.Rate, Sum: l.Amount, Computed: l.Standard != "", Last: last[l.Compared()],
			FunctionName: functions[l.Function].Name, EconomicName: economics[l.Economic].Name,
		}
		if row.Computed {
			row.Quantity = fmt.Sprint(l.Quantity)
			if i := slices.IndexFunc(p.Standards, func(s standardChoice) bool { return s.Document == l.Standard }); i >= 0 {
				row.Measure = p.Standards[i].Measure
			}
		} else {
			row.Amount = l.Amount.String()
		}
		p.Rows = append(p.Rows, row)
	}
	for _, s := range sums {
		s.Left = s.Control - s.Sum
		p.Sums = append(p.Sums, *s)
	}
	slices.SortFunc(p.Sums, func(a, b unitSum) int { return cmp.Compare(a.Fund, b.Fund) })
	return nil
}

func (p *linesPage) blanks() {
	for range blankRows {
		p.Rows = append(p.Rows, lineRow{N: len(p.Rows) + 1, Fund: "1", Source: appropriation.SourceOwn})
	}
}

// Sources are where a line's money may come from.
func (p *linesPage) Sources() (out []choice) { return sourceChoices() }

func sourceChoices() (out []choice) {
	for _, s := range drafting.Sources() {
		out = append(out, choice{Value: s, Title: strings.TrimSuffix(strings.TrimPrefix(appropriation.AccountName(s), s+" "), "安排")})
	}
	return out
}

func saveDraftLines(c *call) (answer, error) {
	unit, err := c.id("unit")
	if err != nil {
		return answer{}, err
	}
	rows := c.typedRows()
	err = c.write(func(tx *store.Tx) error {
		lines, err := readLines(rows)
		if err != nil {
			return err
		}
		if c.form("do") == "more" {
			return errMoreRows
		}
		return drafting.SaveLines(tx, c.actor, c.r.PathValue("draft"), unit, c.number("part"), lines)
	})
	to := fmt.Sprintf("%s/units/%d", draftPath(c.r.PathValue("draft")), unit)
	if err == nil || c.savedBefore(err, unit, false) {
		return goTo(to)
	}
	a, err := formAgain(c, "drafting/lines", err, c.linesPage, func(p *linesPage) {
		p.Part = c.number("part")
		p.Rows = rows
		for i := range p.Rows {
			p.Rows[i].N = i + 1
		}
		p.blanks()
	})
	if p, ok := a.page.(*linesPage); ok && p.Say != nil {
		if c.form("do") == "more" {
			a.status, p.Say, p.Done = 0, nil, "已增加空行,还没有保存。"
		} else if _, n, found := strings.Cut(p.Say.Field, "-"); found {
			if i, err := strconv.Atoi(n); err == nil && i >= 1 && i <= len(p.Rows) {
				p.Rows[i-1].Bad = true
			}
		}
	}
	return a, err
}

// savedBefore reports whether a refused form is one that this person has sent before.
func (c *call) savedBefore(refused error, unit int64, items bool) bool {
	if !fault.HasCode(refused, "drafting-part-stale") {
		return false
	}
	saved := false
	err := c.read(func(tx *store.Tx) error {
		d, err := drafting.Get(tx, c.actor, c.r.PathValue("draft"))
		if err != nil {
			return err
		}
		if items {
			unit = d.Unit
		}
		saved, err = drafting.Saved(tx, c.actor, d.Document, unit, c.number("part"), items)
		return err
	})
	return err == nil && saved
}

// errMoreRows asks for more empty rows without saving.
var errMoreRows = fault.New(fault.Invalid, "drafting-more-rows", "已增加空行,还没有保存", "填写后保存")

// typedRows reads the rows of the grid that are not empty.
func (c *call) typedRows() (out []lineRow) {
	for n := 1; n <= min(int(c.number("rows")), rowsMost); n++ {
		at := func(name string) string { return c.form(fmt.Sprintf("%s-%d", name, n)) }
		r := lineRow{
			Standard: at("standard"), Fund: at("fund"), Source: at("source"), Function: leading(at("function")), Economic: leading(at("economic")), Gov: at("gov"), Project: at("project"),
			Quantity: at("quantity"), Amount: at("amount"), Note: at("note"), Purchase: at("purchase") != "", Guarantee: at("guarantee") != "",
		}
		if r.Standard+r.Function+r.Economic+r.Project+r.Amount+r.Note == "" || at("drop") != "" {
			continue
		}
		r.Computed = r.Standard != "" && r.Amount == ""
		out = append(out, r)
	}
	return out
}

// leading gives the code of a field that may hold code and name.
func leading(text string) string {
	code, _, _ := strings.Cut(text, " ")
	return code
}

func readLines(rows []lineRow) (out []drafting.Line, err error) {
	for i, r := range rows {
		l := drafting.Line{
			Standard: r.Standard, Fund: r.Fund, Source: r.Source, Function: r.Function, Economic: r.Economic, Project: r.Project, Note: r.Note, Purchase: r.Purchase, Guarantee: r.Guarantee,
		}
		if r.Standard == "" {
			l.GovEconomic = r.Gov
		}
		if r.Quantity != "" && r.Standard != "" {
			if l.Quantity, err = strconv.ParseInt(strings.ReplaceAll(r.Quantity, ",", ""), 10, 64); err != nil {
				return nil, fault.Newf(fault.Invalid, "drafting-quantity", "请填写不小于零的整数", "第 %d 行:数量「%s」不是整数", i+1, r.Quantity).In(fmt.Sprintf("quantity-%d", i+1))
			}
		}
		if r.Amount != "" {
			if l.Amount, err = money.Parse(r.Amount); err != nil {
				return nil, fieldFault(err, fmt.Sprintf("amount-%d", i+1))
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// itemsPage is the editor of the township's forecasts of income and its outlays as a whole.
type itemsPage struct {
	Base
	Draft    drafting.Draft
	Path     string
	Back     string
	Edit     bool
	Part     int64
	Rows     []itemLine
	Funds    []choice
	Sums     []fundSum
	Warnings []string
	Lists    []dataList
}

type itemLine struct {
	N                                  int
	Side, Fund, Class, Counter, Amount string
	Note, Name                         string
	Bad                                bool
}

func showDraftItems(c *call, tx *store.Tx) (answer, error) {
	p, err := c.itemsPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("drafting/items", p)
}

func (c *call) itemsPage(tx *store.Tx) (*itemsPage, error) {
	d, err := drafting.Get(tx, c.actor, c.r.PathValue("draft"))
	if err != nil {
		return nil, err
	}
	if !c.actor.Has(d.Path, drafting.Readers...) {
		return nil, notThere()
	}
	p := &itemsPage{Draft: d, Path: draftPath(d.Document) + "/items", Back: draftPath(d.Document), Edit: d.Filling() && c.actor.Has(d.Path, drafting.Balancers...)}
	p.Title, p.Styles, p.Scripts = d.UnitName+d.Title()+"收入预测与收支平衡", []string{"drafting.css"}, []string{"drafting.js"}
	unit, err := org.Get(tx, c.actor.County, d.Unit)
	if err != nil {
		return nil, err
	}
	part, err := drafting.PartOf(tx, c.actor.County, d, unit, true)
	if err != nil {
		return nil, err
	}
	p.Part = part.Version
	if p.Funds, err = fundChoices(tx, d.Year); err != nil {
		return nil, err
	}
	p.Lists, err = classLists(tx, d.Year, []classOffer{{"revenues", standard.Revenue, 3, ""}, {"outlays", standard.Function, 3, "23"}})
	if err != nil {
		return nil, err
	}
	reserve, err := classLists(tx, d.Year, []classOffer{{"outlays", standard.Function, 3, "227"}})
	if err != nil {
		return nil, err
	}
	p.Lists[1].Options = append(reserve[0].Options, p.Lists[1].Options...)
	content, err := drafting.ContentOf(tx, c.actor.County, d.Document, 0)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, l := range p.Lists {
		for _, o := range l.Options {
			names[l.ID+o.Value] = o.Label
		}
	}
	for _, i := range content.Items {
		list := map[drafting.Side]string{drafting.Income: "revenues", drafting.Outlay: "outlays"}[i.Side]
		p.Rows = append(p.Rows, itemLine{N: len(p.Rows) + 1, Side: string(i.Side), Fund: i.Fund, Class: i.Class, Counter: i.Counter, Amount: i.Amount.String(), Note: i.Note, Name: names[list+i.Class]})
	}
	if p.Edit {
		p.blanks()
	}
	if p.Sums, err = fundSums(tx, d, content); err != nil {
		return nil, err
	}
	p.Warnings, err = d.Warnings(tx, c.actor.County, content)
	return p, err
}

func (p *itemsPage) blanks() {
	for range blankRows {
		p.Rows = append(p.Rows, itemLine{N: len(p.Rows) + 1, Side: string(drafting.Income), Fund: "1"})
	}
}

func saveDraftItems(c *call) (answer, error) {
	var rows []itemLine
	for n := 1; n <= min(int(c.number("rows")), rowsMost); n++ {
		at := func(name string) string { return c.form(fmt.Sprintf("%s-%d", name, n)) }
		r := itemLine{N: len(rows) + 1, Side: at("side"), Fund: at("fund"), Class: leading(at("class")), Counter: at("counter"), Amount: at("amount"), Note: at("note")}
		if r.Class+r.Amount+r.Note != "" && at("drop") == "" {
			rows = append(rows, r)
		}
	}
	err := c.write(func(tx *store.Tx) error {
		var items []drafting.Item
		for _, r := range rows {
			amount, err := money.Parse(r.Amount)
			if err != nil {
				return fieldFault(err, fmt.Sprintf("amount-%d", r.N))
			}
			items = append(items, drafting.Item{Side: drafting.Side(r.Side), Fund: r.Fund, Class: r.Class, Counter: r.Counter, Amount: amount, Note: r.Note})
		}
		if c.form("do") == "more" {
			return errMoreRows
		}
		return drafting.SaveItems(tx, c.actor, c.r.PathValue("draft"), c.number("part"), items)
	})
	if err == nil || c.savedBefore(err, 0, true) {
		return goTo(draftPath(c.r.PathValue("draft")) + "/items")
	}
	a, err := formAgain(c, "drafting/items", err, c.itemsPage, func(p *itemsPage) {
		p.Part, p.Rows = c.number("part"), rows
		p.blanks()
	})
	if p, ok := a.page.(*itemsPage); ok && p.Say != nil {
		if c.form("do") == "more" {
			a.status, p.Say, p.Done = 0, nil, "已增加空行,还没有保存。"
		} else if _, n, found := strings.Cut(p.Say.Field, "-"); found {
			if i, err := strconv.Atoi(n); err == nil && i >= 1 && i <= len(p.Rows) {
				p.Rows[i-1].Bad = true
			}
		}
	}
	return a, err
}
