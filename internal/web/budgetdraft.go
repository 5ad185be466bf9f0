package web

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// draftSteps are the steps of a draft that its page offers as a form.
var draftSteps = []string{"up1", "down1", "up2", "review", "present", "resolve", "confirm", "reply", "file", "publish"}

// draftingRoutes are the drafting of budgets: stages, the editor of lines, versions, tables and standards.
func draftingRoutes() []route {
	readers := only(drafting.Readers...)
	all := []route{
		{pattern: "GET /drafts", title: "预算编制", right: readers, show: showBudgetDrafts},
		{pattern: "GET /drafts/new", title: "启动预算编制", right: only(drafting.Beginners...), show: newBudgetDraft},
		{pattern: "POST /drafts", title: "启动预算编制", right: only(drafting.Beginners...), do: beginBudgetDraft},
		{pattern: "GET /drafts/{draft}", title: "预算草案", right: readers, show: showBudgetDraft},
		{pattern: "GET /drafts/{draft}/units/{unit}", title: "编报单位预算", right: readers, show: showDraftLines},
		{pattern: "POST /drafts/{draft}/units/{unit}", title: "编报单位预算", right: only(drafting.Fillers...), do: saveDraftLines},
		{pattern: "GET /drafts/{draft}/items", title: "收入预测与收支平衡", right: readers, show: showDraftItems},
		{pattern: "POST /drafts/{draft}/items", title: "收入预测与收支平衡", right: only(drafting.Balancers...), do: saveDraftItems},
		{pattern: "GET /drafts/{draft}/controls", title: "控制数", right: readers, show: showDraftControls},
		{pattern: "GET /drafts/{draft}/compare", title: "版本对照", right: readers, show: showDraftCompare},
		{pattern: "GET /drafts/{draft}/tables", title: "预算草案表", right: readers, show: showDraftTables},
		{pattern: "POST /drafts/{draft}/return", title: "退回预算草案", right: only(drafting.Readers...), do: stepBudgetDraft},
		{pattern: "GET /budget-standards", title: "定额标准", right: readers, show: showBudgetStandards, under: "/drafts"},
		{pattern: "POST /budget-standards", title: "登记定额标准", right: only(drafting.Setters...), do: setBudgetStandard, under: "/drafts"},
		{pattern: "POST /budget-standards/{standard}/check", title: "审核定额标准", right: only(drafting.Setters...), do: stepBudgetStandard, under: "/drafts"},
		{pattern: "POST /budget-standards/{standard}/return", title: "退回定额标准", right: only(drafting.Setters...), do: stepBudgetStandard, under: "/drafts"},
	}
	for _, name := range draftSteps {
		s := drafting.Kind.Step(name)
		all = append(all, route{pattern: "POST /drafts/{draft}/" + name, title: "预算草案:" + s.Title, right: only(s.Roles...), do: stepBudgetDraft})
	}
	return all
}

func draftPath(id string) string { return "/drafts/" + id }

// fundSum is how a kind of money stands, with its name.
type fundSum struct {
	drafting.Sum
	Name string
}

func fundSums(tx *store.Tx, d drafting.Draft, c drafting.Content) ([]fundSum, error) {
	names, err := ledger.ClassesOf(tx, standard.Fund, d.Year)
	var out []fundSum
	for _, s := range c.Sums() {
		out = append(out, fundSum{s, names[s.Fund].Name})
	}
	return out, err
}

// draftsPage lists the drafts that concern the person.
type draftsPage struct {
	Base
	Rows  []draftRow
	Start bool // the person may begin one
}

type draftRow struct {
	drafting.Draft
	Path  string
	State string
	Class string
	Next  string // what is to be done next
	Who   string // by whom
	Mine  bool
	Sums  []fundSum
}

func draftClass(d drafting.Draft) string {
	switch {
	case d.State == drafting.Replied:
		return "ok"
	case d.Approved():
		return "wait"
	}
	return ""
}

// rolesNamed names roles.
func rolesNamed(roles []identity.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Title()
	}
	return strings.Join(names, "、")
}

func (c *call) draftRow(tx *store.Tx, d drafting.Draft) (draftRow, error) {
	row := draftRow{Draft: d, Path: draftPath(d.Document), State: drafting.Kind.States[d.State], Class: draftClass(d)}
	if next, ok := d.Next(); ok {
		row.Next, row.Who, row.Mine = next.Title, rolesNamed(next.Roles), c.actor.Has(d.Path, next.Roles...)
	}
	content, err := drafting.ContentOf(tx, c.actor.County, d.Document, 0)
	if err != nil {
		return row, err
	}
	row.Sums, err = fundSums(tx, d, c.seen(d, content))
	return row, err
}

// seen leaves of a draft what the person reads: the whole, or the lines of his own units.
func (c *call) seen(d drafting.Draft, all drafting.Content) drafting.Content {
	if c.actor.Has(d.Path, drafting.Readers...) {
		return all
	}
	own := func(unit int64) bool {
		return slices.ContainsFunc(c.actor.Grants, func(g identity.Grant) bool { return g.Unit == unit })
	}
	all.Lines = slices.DeleteFunc(slices.Clone(all.Lines), func(l drafting.Line) bool { return !own(l.Unit) })
	all.Controls = slices.DeleteFunc(slices.Clone(all.Controls), func(n drafting.Control) bool { return !own(n.Unit) })
	all.Items = nil
	return all
}

func showBudgetDrafts(c *call, tx *store.Tx) (answer, error) {
	p := &draftsPage{Start: len(c.paths(drafting.Beginners...)) > 0}
	p.Styles = []string{"drafting.css"}
	all, err := drafting.List(tx, c.actor)
	if err != nil {
		return answer{}, err
	}
	for _, d := range all {
		row, err := c.draftRow(tx, d)
		if err != nil {
			return answer{}, err
		}
		p.Rows = append(p.Rows, row)
	}
	return show("drafting/list", p)
}

// draftForm begins a draft.
type draftForm struct {
	Base
	Document string
	Units    []choice
	Year     string
	BaseDay  string
	Notice   string
}

func newBudgetDraft(c *call, tx *store.Tx) (answer, error) {
	p, err := c.draftForm(tx)
	if err != nil {
		return answer{}, err
	}
	return show("drafting/new", p)
}

func (c *call) draftForm(tx *store.Tx) (*draftForm, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &draftForm{Document: document.NewID(), Year: fmt.Sprint(today.Year() + 1), BaseDay: string(today)}
	p.Styles = []string{"drafting.css"}
	for _, path := range c.paths(drafting.Beginners...) {
		units, err := org.List(tx, c.actor.County, path, today)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			if u.Kind == org.Township {
				p.Units = append(p.Units, choice{Value: fmt.Sprint(u.ID), Title: u.Name})
			}
		}
	}
	return p, nil
}

func beginBudgetDraft(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	n := drafting.New{Document: id, Unit: c.number("unit"), Year: int(c.number("year")), BaseDay: calendar.Date(c.form("base_day")), Notice: c.form("notice")}
	err = c.write(func(tx *store.Tx) error {
		_, err := drafting.Begin(tx, c.actor, n)
		return err
	})
	if err == nil || document.IsTaken(err) {
		return goTo(draftPath(id))
	}
	return formAgain(c, "drafting/new", err, c.draftForm, func(p *draftForm) {
		p.Document, p.Year, p.BaseDay, p.Notice = id, c.form("year"), c.form("base_day"), n.Notice
		for i := range p.Units {
			p.Units[i].On = p.Units[i].Value == c.form("unit")
		}
	})
}

// draftPage is a draft with the stage it is in, what comes next, and how its money stands.
type draftPage struct {
	Base
	draftRow
	Whole    bool // the person reads all of it
	Way      []wayStep
	Steps    []string // that the person may take now
	Back     string   // title of the step that returns it; empty: not for him
	Barred   string   // why the next step is not for him though his role has it
	Warnings []string
	Units    []draftUnit
	Versions []draftVersion
	Due      []obligationRow
	Trail    []trailRow
	Fills    []trailRow // how often the units filled in
	Session  drafting.Session
	Number   string // as typed
	On       string
	Reason   string
	Filling  bool
	Files    bool // the draft may leave as a file
	Items    bool // the person fills in the township's income
}

// Can reports whether the person may take a step now.
func (p *draftPage) Can(step string) bool { return slices.Contains(p.Steps, step) }

type wayStep struct {
	Title string
	Done  bool
	Now   bool
}

type draftUnit struct {
	Unit    org.Unit
	Path    string
	Lines   int
	People  money.Fen
	Office  money.Fen
	Project money.Fen
	Sum     money.Fen
	Control money.Fen
	Limited bool // control numbers were issued
	Left    money.Fen
	Fill    bool
}

type draftVersion struct {
	drafting.Stage
	Title  string
	By     string
	When   string
	Before int // the version to compare it with
}

func showBudgetDraft(c *call, tx *store.Tx) (answer, error) {
	p, err := c.draftPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("drafting/show", p)
}

func (c *call) draftPage(tx *store.Tx) (*draftPage, error) {
	d, err := drafting.Get(tx, c.actor, c.r.PathValue("draft"))
	if err != nil {
		return nil, err
	}
	p := &draftPage{Whole: c.actor.Has(d.Path, drafting.Readers...), Session: d.Session, Filling: d.Filling(), Number: "", Items: d.Filling() && c.actor.Has(d.Path, drafting.Balancers...)}
	p.Files = len(c.paths(exchangers...)) > 0
	p.Base.Title, p.Styles = d.UnitName+d.Title(), []string{"admin.css", "drafting.css"}
	if p.draftRow, err = c.draftRow(tx, d); err != nil {
		return nil, err
	}
	at := slices.Index(drafting.Way, d.State)
	for i, s := range drafting.Way {
		p.Way = append(p.Way, wayStep{drafting.Kind.States[s], i < at || d.State == drafting.Replied, i == at})
	}
	if err := p.dues(c, tx); err != nil {
		return nil, err
	}
	if err := p.steps(c, tx); err != nil {
		return nil, err
	}
	content, err := drafting.ContentOf(tx, c.actor.County, d.Document, 0)
	if err != nil {
		return nil, err
	}
	if p.Whole && !d.Approved() {
		if p.Warnings, err = d.Warnings(tx, c.actor.County, content); err != nil {
			return nil, err
		}
	}
	if err := p.units(c, tx, content); err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	stages, err := drafting.Stages(tx, c.actor.County, d.Document)
	if err != nil {
		return nil, err
	}
	for i, s := range stages {
		p.Versions = append(p.Versions, draftVersion{s, s.Title(), names[s.Person], clock(s.At), i})
	}
	all, err := trailRows(tx, c.actor.County, d.Document, drafting.Kind, names)
	slices.Reverse(all)
	filled := drafting.Kind.Step("fill").Title
	for _, r := range all {
		if r.Title == filled {
			p.Fills = append(p.Fills, r)
		} else {
			p.Trail = append(p.Trail, r)
		}
	}
	return p, err
}

// steps finds out which steps the person may take on the draft as it stands.
func (p *draftPage) steps(c *call, tx *store.Tx) error {
	doc, err := document.Get(tx, c.actor.County, p.Document)
	if err != nil {
		return err
	}
	for _, name := range draftSteps {
		s := drafting.Kind.Step(name)
		if (name == "file" || name == "publish") && !p.open("budget-"+map[string]string{"file": "filing", "publish": "publication"}[name]) {
			continue
		}
		if !slices.Contains(s.From, p.Draft.State) && !((name == "file" || name == "publish") && p.Draft.State == drafting.Replied) || !c.actor.Has(p.Draft.Path, s.Roles...) {
			continue
		}
		err := document.Apart(tx, document.Act{By: c.actor, Kind: drafting.Kind, Step: name, Path: p.Draft.Path, Today: p.Today}, doc)
		if f := fault.As(err); f != nil {
			p.Barred = f.Error()
			continue
		}
		if err != nil {
			return err
		}
		p.Steps = append(p.Steps, name)
	}
	if back, ok := p.Draft.Back(); ok && c.actor.Has(p.Draft.Path, back.Roles...) {
		p.Back = back.Title
	}
	return nil
}

// open reports whether an obligation of the draft is still to be met.
func (p *draftPage) open(kind string) bool {
	return slices.ContainsFunc(p.Due, func(r obligationRow) bool { return r.Kind.Name == kind && r.State == obligation.Open })
}

func (p *draftPage) units(c *call, tx *store.Tx, content drafting.Content) error {
	units, err := drafting.Units(tx, c.actor.County, p.Draft)
	if err != nil {
		return err
	}
	for _, u := range units {
		if !c.actor.Has(u.Path, drafting.Readers...) {
			continue
		}
		row := draftUnit{Unit: u, Path: fmt.Sprintf("%s/units/%d", p.Path, u.ID), Limited: len(content.Controls) > 0, Fill: p.Filling && c.actor.Has(u.Path, drafting.Fillers...)}
		for _, l := range content.Lines {
			if l.Unit != u.ID {
				continue
			}
			row.Lines++
			row.Sum += l.Amount
			switch l.Basis {
			case "personnel":
				row.People += l.Amount
			case "office":
				row.Office += l.Amount
			default:
				row.Project += l.Amount
			}
		}
		for _, n := range content.Controls {
			if n.Unit == u.ID {
				row.Control += n.Amount
			}
		}
		row.Left = row.Control - row.Sum
		p.Units = append(p.Units, row)
	}
	return nil
}

// dues gives the obligations that the draft's approval and reply made.
func (p *draftPage) dues(c *call, tx *store.Tx) error {
	all, err := obligation.List(tx, c.actor.County, p.Draft.Path, false)
	if err != nil {
		return err
	}
	today, err := org.Today(tx, c.actor.County)
	p.On = string(today)
	for _, o := range all {
		if o.Source == p.Document && c.actor.Sees(o.Path) {
			p.Due = append(p.Due, obligationRowOf(o, today))
		}
	}
	return err
}

// stepBudgetDraft takes a step on a draft.
func stepBudgetDraft(c *call) (answer, error) {
	id, name, version := c.r.PathValue("draft"), c.lastOfPath(), c.number("version")
	err := c.write(func(tx *store.Tx) error { return c.takeDraftStep(tx, id, name, version) })
	if err == nil || c.draftTaken(id, version, name) {
		return goTo(draftPath(id))
	}
	if name == "down1" {
		return formAgain(c, "drafting/controls", err, c.controlsPage, func(p *controlsPage) { p.typed(c) })
	}
	return formAgain(c, "drafting/show", err, c.draftPage, func(p *draftPage) {
		p.Session = drafting.Session{Number: c.form("session_no"), Name: c.form("session_name"), On: calendar.Date(c.form("session_on"))}
		p.Number, p.Reason = c.form("number"), c.form("reason")
		if c.form("on") != "" {
			p.On = c.form("on")
		}
	})
}

// draftTaken reports whether the person has taken the step on that version before; returns and what is done after the
// reply bear a name of their own in the trail.
func (c *call) draftTaken(id string, version int64, name string) bool {
	return slices.ContainsFunc(drafting.Kind.Steps, func(s document.Step) bool {
		return (s.Name == name || strings.HasPrefix(s.Name, name+"-")) && c.taken(id, version, s.Name)
	})
}

func (c *call) takeDraftStep(tx *store.Tx, id, name string, version int64) (err error) {
	on, number := calendar.Date(c.form("on")), c.form("number")
	switch name {
	case "up1":
		_, err = drafting.Propose(tx, c.actor, id, version)
	case "down1":
		var controls []drafting.Control
		if controls, err = c.typedControls(); err == nil {
			_, err = drafting.SetControls(tx, c.actor, id, version, controls)
		}
	case "up2":
		_, err = drafting.Submit(tx, c.actor, id, version)
	case "review":
		_, err = drafting.Review(tx, c.actor, id, version)
	case "present":
		_, err = drafting.Present(tx, c.actor, id, version)
	case "resolve":
		_, err = drafting.Resolve(tx, c.actor, id, version, drafting.Session{Number: c.form("session_no"), Name: c.form("session_name"), On: calendar.Date(c.form("session_on"))})
	case "confirm":
		_, err = drafting.Confirm(tx, c.actor, id, version)
	case "reply":
		_, err = drafting.Reply(tx, c.actor, id, version, on, number)
	case "file":
		err = drafting.File(tx, c.actor, id, version, on, number)
	case "publish":
		err = drafting.Publish(tx, c.actor, id, version, on, number)
	default:
		_, err = drafting.Return(tx, c.actor, id, version, c.form("reason"))
	}
	return err
}

// budgetDrafts are the drafts whose next step waits for the person.
func (d *desk) budgetDrafts() ([]todo, error) {
	if len(d.paths(drafting.Readers...)) == 0 {
		return nil, nil
	}
	all, err := drafting.List(d.tx, d.actor)
	if err != nil {
		return nil, err
	}
	var out []todo
	for _, draft := range all {
		next, ok := draft.Next()
		if !ok || !d.actor.Has(draft.Path, next.Roles...) || slices.Contains(next.Roles, identity.CountyBudget) && next.Name == "confirm" && !d.actor.Has(draft.Path, identity.OfficeHead, identity.Accountant) {
			continue
		}
		doc, err := document.Get(d.tx, d.actor.County, draft.Document)
		if err != nil {
			return nil, err
		}
		if document.Apart(d.tx, document.Act{By: d.actor, Kind: drafting.Kind, Step: next.Name, Path: draft.Path, Today: d.board.today}, doc) != nil {
			continue
		}
		out = append(out, todo{Kind: "预算编制", What: draft.UnitName + draft.Title(), Detail: "当前为「" + drafting.Kind.States[draft.State] + "」", Path: draftPath(draft.Document), Button: next.Title})
	}
	return out, nil
}
