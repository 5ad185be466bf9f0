package web

import (
	"fmt"
	"strconv"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// controlsPage issues the control numbers.
type controlsPage struct {
	Base
	Draft  drafting.Draft
	Back   string
	Action string
	Edit   bool
	Funds  []choice
	Rows   []controlRow
}

type controlRow struct {
	Unit  string
	Cells []controlCell
}

type controlCell struct {
	Name  string // of the field
	Label string
	Asked money.Fen
	Last  money.Fen
	Value string
}

func showDraftControls(c *call, tx *store.Tx) (answer, error) {
	p, err := c.controlsPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("drafting/controls", p)
}

func (c *call) controlsPage(tx *store.Tx) (*controlsPage, error) {
	d, err := drafting.Get(tx, c.actor, c.r.PathValue("draft"))
	if err != nil {
		return nil, err
	}
	if !c.actor.Has(d.Path, drafting.Readers...) {
		return nil, notThere()
	}
	p := &controlsPage{Draft: d, Back: draftPath(d.Document), Action: draftPath(d.Document) + "/down1"}
	p.Edit = d.State == drafting.Up1 && c.actor.Has(d.Path, drafting.Kind.Step("down1").Roles...)
	p.Title, p.Styles = d.UnitName+d.Title()+"控制数", []string{"drafting.css"}
	content, err := drafting.ContentOf(tx, c.actor.County, d.Document, 0)
	if err != nil {
		return nil, err
	}
	last, err := drafting.LastYear(tx, c.actor.County, d)
	if err != nil {
		return nil, err
	}
	all, err := fundChoices(tx, d.Year)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		used := f.Value == "1"
		for _, l := range content.Lines {
			used = used || l.Fund == f.Value
		}
		if used {
			p.Funds = append(p.Funds, f)
		}
	}
	units, err := drafting.Units(tx, c.actor.County, d)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		row := controlRow{Unit: u.Name}
		any := false
		for _, f := range p.Funds {
			cell := controlCell{Name: fmt.Sprintf("control-%d-%s", u.ID, f.Value), Label: u.Name + f.Title}
			for _, l := range content.Lines {
				if l.Unit == u.ID && l.Fund == f.Value {
					cell.Asked += l.Amount
				}
			}
			for k, amount := range last {
				if k.Unit == u.ID && k.Fund == f.Value {
					cell.Last += amount
				}
			}
			for _, n := range content.Controls {
				if n.Unit == u.ID && n.Fund == f.Value {
					cell.Value = n.Amount.String()
				}
			}
			any = any || cell.Asked != 0 || cell.Last != 0 || cell.Value != ""
			row.Cells = append(row.Cells, cell)
		}
		if any || u.ID == d.Unit {
			p.Rows = append(p.Rows, row)
		}
	}
	return p, nil
}

// typed puts back what was typed.
func (p *controlsPage) typed(c *call) {
	for i := range p.Rows {
		for j := range p.Rows[i].Cells {
			p.Rows[i].Cells[j].Value = c.form(p.Rows[i].Cells[j].Name)
		}
	}
}

// typedControls reads the control numbers of the form; an empty field is none.
func (c *call) typedControls() (out []drafting.Control, err error) {
	for name, values := range c.r.PostForm {
		var unit int64
		var fund string
		if n, _ := fmt.Sscanf(name, "control-%d-%s", &unit, &fund); n != 2 || len(values) == 0 || values[0] == "" {
			continue
		}
		amount, err := money.Parse(values[0])
		if err != nil {
			return nil, fieldFault(err, name)
		}
		out = append(out, drafting.Control{Unit: unit, Fund: fund, Amount: amount})
	}
	return out, nil
}

// versionsPage sets two versions side by side.
type versionsPage struct {
	Base
	Draft    drafting.Draft
	Back     string
	Was, Now []choice
	Rows     []versionRow
	All      bool // also what did not change
	Same     int  // rows left out
	Total    [2]money.Fen
}

type versionRow struct {
	drafting.Change
	Unit, What, Class, Fund string
	Income                  bool
}

func showDraftCompare(c *call, tx *store.Tx) (answer, error) {
	d, err := drafting.Get(tx, c.actor, c.r.PathValue("draft"))
	if err != nil {
		return answer{}, err
	}
	stages, err := drafting.Stages(tx, c.actor.County, d.Document)
	if err != nil {
		return answer{}, err
	}
	was, now := len(stages)-1, 0
	if len(stages) > 0 && !d.Filling() {
		now = len(stages)
	} else {
		was = len(stages)
	}
	if n, err := strconv.Atoi(c.query("was")); err == nil {
		was = n
	}
	if n, err := strconv.Atoi(c.query("now")); err == nil {
		now = n
	}
	p := &versionsPage{Draft: d, Back: draftPath(d.Document), All: c.query("all") != ""}
	p.Title, p.Styles = d.UnitName+d.Title()+"版本对照", []string{"admin.css", "drafting.css"}
	add := func(n int, title string) {
		p.Was = append(p.Was, choice{Value: fmt.Sprint(n), Title: title, On: n == was})
		p.Now = append(p.Now, choice{Value: fmt.Sprint(n), Title: title, On: n == now})
	}
	for _, s := range stages {
		add(s.No, fmt.Sprintf("第 %d 版 %s", s.No, s.Title()))
	}
	add(0, "当前编报")
	if was < 0 || was > len(stages) || now < 0 || now > len(stages) {
		return answer{}, notThere()
	}
	var two [2]drafting.Content
	for i, n := range []int{was, now} {
		if i == 0 && n == 0 && len(stages) == 0 {
			continue // before the first version there was nothing
		}
		all, err := drafting.ContentOf(tx, c.actor.County, d.Document, n)
		if err != nil {
			return answer{}, err
		}
		two[i] = c.seen(d, all)
	}
	return p.fill(tx, two)
}

func (p *versionsPage) fill(tx *store.Tx, two [2]drafting.Content) (answer, error) {
	funds, err := ledger.ClassesOf(tx, standard.Fund, p.Draft.Year)
	if err != nil {
		return answer{}, err
	}
	functions, err := ledger.ClassesOf(tx, standard.Function, p.Draft.Year)
	if err != nil {
		return answer{}, err
	}
	revenues, err := ledger.ClassesOf(tx, standard.Revenue, p.Draft.Year)
	if err != nil {
		return answer{}, err
	}
	for _, ch := range drafting.Compare(two[0], two[1]) {
		row := versionRow{Change: ch}
		if l := ch.Line; l.Unit != 0 {
			row.Unit, row.What, row.Class, row.Fund = l.UnitName, l.Basis.Title(), l.Function+" "+functions[l.Function].Name+" · "+l.Economic, funds[l.Fund].Name
			if l.Basis == appropriation.Project {
				row.What = l.Project
			}
			p.Total[0] += ch.Was
			p.Total[1] += ch.Now
		} else {
			i := ch.Item
			row.What, row.Fund, row.Income = i.Side.Title(), funds[i.Fund].Name, i.Side == drafting.Income
			row.Class = i.Class + " " + functions[i.Class].Name
			if row.Income {
				row.Class = i.Class + " " + revenues[i.Class].Name
			}
		}
		if !p.All && !ch.Differs() {
			p.Same++
			continue
		}
		p.Rows = append(p.Rows, row)
	}
	return show("drafting/compare", p)
}

// tablesPage is the tables that go before the congress.
type tablesPage struct {
	Base
	Draft  drafting.Draft
	Back   string
	Stages []choice
	PDF    string
	Stage  int
	Tables []draftTable
}

type draftTable struct {
	ID    string
	XLSX  string
	Sheet sheet.Sheet
	Heads [][]headCell
	Lines []paperLine
}

func showDraftTables(c *call, tx *store.Tx) (answer, error) {
	d, err := drafting.Get(tx, c.actor, c.r.PathValue("draft"))
	if err != nil {
		return answer{}, err
	}
	if !c.actor.Has(d.Path, drafting.Readers...) {
		return answer{}, notThere()
	}
	stages, err := drafting.Stages(tx, c.actor.County, d.Document)
	if err != nil {
		return answer{}, err
	}
	stage := len(stages)
	if d.Filling() {
		stage = 0
	}
	if n, err := strconv.Atoi(c.query("version")); err == nil && n >= 0 && n <= len(stages) {
		stage = n
	}
	all, err := drafting.Tables(tx, c.actor.County, d, stage)
	if err != nil {
		return answer{}, err
	}
	switch c.query("format") {
	case "pdf":
		return c.sheets(tx, d.UnitName+d.Title(), func(s paper.Setup) ([]byte, error) { return paper.Reports(all, s) })
	case "xlsx":
		for _, r := range all {
			if r.Name == c.query("table") {
				return c.download(tx, r, "xlsx")
			}
		}
		return answer{}, notThere()
	}
	p := &tablesPage{Draft: d, Back: draftPath(d.Document), PDF: c.with("format", "pdf"), Stage: stage}
	p.Title, p.Styles = d.UnitName+d.Title()+"表", []string{"statement.css", "drafting.css"}
	for _, s := range stages {
		p.Stages = append(p.Stages, choice{Value: fmt.Sprint(s.No), Title: fmt.Sprintf("第 %d 版 %s", s.No, s.Title()), On: s.No == stage})
	}
	p.Stages = append(p.Stages, choice{Value: "0", Title: "当前编报", On: stage == 0})
	for _, r := range all {
		t := draftTable{ID: r.Name, Sheet: r.Paper(), XLSX: fmt.Sprintf("%s/tables?version=%d&format=xlsx&table=%s", p.Back, stage, r.Name)}
		groups, single := heads(r.Columns)
		if t.Heads = [][]headCell{single}; groups != nil {
			t.Heads = [][]headCell{groups, single}
		}
		for _, row := range t.Sheet.Rows {
			line := paperLine{Cells: row}
			for _, v := range row {
				line.Final = line.Final || v.Stands() == sheet.Final
			}
			t.Lines = append(t.Lines, line)
		}
		p.Tables = append(p.Tables, t)
	}
	return show("drafting/tables", p)
}
