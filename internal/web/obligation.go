package web

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/workday"
)

// obligationRoutes are what units must do by a day.
func obligationRoutes() []route {
	return []route{
		{pattern: "GET /obligations", title: "办理时限", right: only(obligation.Readers...), show: showObligations},
		{pattern: "GET /obligations/new", title: "登记时限事项", right: only(obligation.Registrars()...), show: newObligation},
		{pattern: "POST /obligations", title: "登记时限事项", right: only(obligation.Registrars()...), do: registerEvent},
		{pattern: "GET /obligations/{obligation}", title: "办理时限", right: only(obligation.Readers...), show: showObligation},
		{pattern: "POST /obligations/{obligation}/fulfil", title: "办结", right: only(obligation.DocumentKind.Step("fulfil").Roles...), do: fulfilObligation},
		{pattern: "POST /obligations/{obligation}/waive", title: "免除时限", right: only(obligation.Waivers...), do: waiveObligation},
	}
}

// obligationsPage lists the obligations of the units that a person sees, by how they stand.
type obligationsPage struct {
	Base
	Rows     []obligationRow
	States   []choice
	Units    []choice
	Register bool
	Counts   string
}

type obligationRow struct {
	obligation.Obligation
	Link   string
	Status string
	Class  string
	Unsure string // why the day may still change
}

func obligationRowOf(o obligation.Obligation, today calendar.Date) obligationRow {
	r := obligationRow{Obligation: o, Link: "/obligations/" + o.Document}
	late := o.Late(today)
	switch {
	case o.State == obligation.Waived:
		r.Status, r.Class = "已免除", ""
	case o.State == obligation.Done && late > 0:
		r.Status, r.Class = fmt.Sprintf("迟 %d 天办结", late), "wait"
	case o.State == obligation.Done:
		r.Status, r.Class = "按期办结", "ok"
	case late > 0:
		r.Status, r.Class = fmt.Sprintf("逾期 %d 天", late), "late"
	default:
		r.Status, r.Class = fmt.Sprintf("还有 %d 天", daysBetween(today, o.Due)), "wait"
	}
	if o.State == obligation.Open {
		r.Unsure = workday.Answer{Unknown: o.Unknown}.Provisional()
	}
	return r
}

// obligationStates are how the list is narrowed, by the address's state.
var obligationStates = []struct {
	value, title string
	in           func(o obligation.Obligation, late int) bool
}{
	{"open", "待办", func(o obligation.Obligation, _ int) bool { return o.State == obligation.Open }},
	{"late", "逾期", func(o obligation.Obligation, late int) bool { return o.State == obligation.Open && late > 0 }},
	{"done", "已办结", func(o obligation.Obligation, _ int) bool { return o.State == obligation.Done }},
	{"waived", "已免除", func(o obligation.Obligation, _ int) bool { return o.State == obligation.Waived }},
	{"all", "全部", func(obligation.Obligation, int) bool { return true }},
}

func showObligations(c *call, tx *store.Tx) (answer, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	p := &obligationsPage{Register: len(c.paths(obligation.Registrars()...)) > 0}
	p.Styles = []string{"admin.css"}
	paths, err := c.unitChoice(tx, obligation.Readers, today, &p.Units)
	if err != nil {
		return answer{}, err
	}
	var all []obligation.Obligation
	for _, path := range paths {
		some, err := obligation.List(tx, c.actor.County, path, false)
		if err != nil {
			return answer{}, err
		}
		all = append(all, some...)
	}
	chosen := 0
	for i, s := range obligationStates {
		if c.query("state") == s.value {
			chosen = i
		}
	}
	for i, s := range obligationStates {
		n := 0
		for _, o := range all {
			if in := s.in(o, o.Late(today)); in {
				n++
				if i == chosen {
					p.Rows = append(p.Rows, obligationRowOf(o, today))
				}
			}
		}
		p.States = append(p.States, choice{Value: s.value, Title: fmt.Sprintf("%s %d", s.title, n), On: i == chosen})
	}
	return show("obligation/list", p)
}

// unitChoice gives the paths that a page is about: that of the unit the address names, else all that the person has one
// of the roles for, and fills the list to choose from with those units and the townships and villages beneath them.
func (c *call) unitChoice(tx *store.Tx, roles []identity.Role, today calendar.Date, choices *[]choice) (paths []string, err error) {
	wanted := c.query("unit")
	for _, top := range c.paths(roles...) {
		units, err := org.List(tx, c.actor.County, top, today)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			on := fmt.Sprint(u.ID) == wanted
			if on {
				paths = []string{u.Path}
			}
			if on || u.Path == top || u.Kind == org.Township || u.Kind == org.Department {
				*choices = append(*choices, choice{Value: fmt.Sprint(u.ID), Title: u.Name + "及下级", On: on})
			}
		}
	}
	if paths == nil {
		if wanted != "" {
			return nil, notThere()
		}
		paths = c.paths(roles...)
	}
	return paths, nil
}

// obligationPage is one obligation with what may be done about it.
type obligationPage struct {
	Base
	Row     obligationRow
	Who     string
	MadeBy  string
	Fulfil  bool
	Waive   bool
	On      string
	Ref     string
	Reason  string
	Waived  string // the reason
	Answers bool
}

func showObligation(c *call, tx *store.Tx) (answer, error) {
	p, err := c.obligationPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("obligation/show", p)
}

func (c *call) obligationPage(tx *store.Tx) (*obligationPage, error) {
	o, err := obligation.Get(tx, c.actor, c.r.PathValue("obligation"))
	if err != nil {
		return nil, err
	}
	if !c.actor.Has(o.Path, obligation.Readers...) {
		return nil, notThere()
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &obligationPage{Row: obligationRowOf(o, today), MadeBy: names[o.MadeBy] + " " + clock(o.MadeAt), On: string(today)}
	p.Title = o.UnitName + " " + o.Kind.Title
	p.Who = roleNames(o.Kind.Roles)
	p.Fulfil = o.State == obligation.Open && c.actor.Has(o.Path, o.Kind.Roles...)
	p.Waive = o.State != obligation.Waived && c.actor.Has(o.Path, obligation.Waivers...)
	if o.State == obligation.Waived {
		p.Waived, err = reasonOf(tx, c.actor.County, o.Document, "waive")
	}
	return p, err
}

func roleNames(roles []identity.Role) string {
	text := ""
	for i, r := range roles {
		if i > 0 {
			text += "、"
		}
		text += r.Title()
	}
	return text
}

func fulfilObligation(c *call) (answer, error) {
	return c.obligationStep("fulfil", func(tx *store.Tx, id string) error {
		return obligation.Fulfil(tx, c.actor, id, c.number("version"), calendar.Date(c.form("on")), c.form("ref"))
	}, func(p *obligationPage) { p.On, p.Ref = c.form("on"), c.form("ref") })
}

func waiveObligation(c *call) (answer, error) {
	return c.obligationStep("waive", func(tx *store.Tx, id string) error {
		return obligation.Waive(tx, c.actor, id, c.number("version"), c.form("reason"))
	}, func(p *obligationPage) { p.Reason = c.form("reason") })
}

func (c *call) obligationStep(name string, step func(tx *store.Tx, id string) error, typed func(p *obligationPage)) (answer, error) {
	id := c.r.PathValue("obligation")
	err := c.write(func(tx *store.Tx) error { return step(tx, id) })
	if err == nil || c.taken(id, c.number("version"), name) {
		return goTo("/obligations/" + id)
	}
	return formAgain(c, "obligation/show", err, c.obligationPage, typed)
}

// eventForm registers an event.
type eventForm struct {
	Base
	Document string
	Events   []choice
	Units    []choice
	On       string
	Basis    string
}

func newObligation(c *call, tx *store.Tx) (answer, error) {
	p, err := c.eventForm(tx)
	if err != nil {
		return answer{}, err
	}
	return show("obligation/form", p)
}

func (c *call) eventForm(tx *store.Tx) (*eventForm, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &eventForm{Document: document.NewID(), On: string(today)}
	for _, e := range obligation.Events() {
		what := ""
		for i, name := range e.Kinds {
			if k, ok := obligation.Find(name); ok {
				if i > 0 {
					what += "、"
				}
				what += k.Title
			}
		}
		p.Events = append(p.Events, choice{Value: e.Name, Title: e.Title + ":" + what})
	}
	for _, path := range c.paths(obligation.Registrars()...) {
		units, err := org.List(tx, c.actor.County, path, today)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			if u.Kind != org.Village && u.Kind != org.Branch {
				p.Units = append(p.Units, choice{Value: fmt.Sprint(u.ID), Title: u.Name})
			}
		}
	}
	return p, nil
}

func registerEvent(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	r := obligation.Registration{Document: id, Event: c.form("event"), Unit: c.number("unit"), Basis: c.form("basis")}
	r.On, err = calendar.ParseDate(c.form("on"))
	if err != nil {
		err = fieldFault(err, "on")
	} else {
		err = c.write(func(tx *store.Tx) error { _, err := obligation.Register(tx, c.actor, r); return err })
	}
	if err == nil || document.IsTaken(err) {
		return goTo("/obligations?unit=" + c.form("unit"))
	}
	return formAgain(c, "obligation/form", err, c.eventForm, func(p *eventForm) {
		p.Document, p.On, p.Basis = id, c.form("on"), c.form("basis")
		for i := range p.Events {
			p.Events[i].On = p.Events[i].Value == c.form("event")
		}
		for i := range p.Units {
			p.Units[i].On = p.Units[i].Value == c.form("unit")
		}
	})
}

// obligations are the open ones that the person answers for, one by one, and a line about the late ones of units that
// answer to him.
func (d *desk) obligations() ([]todo, error) {
	var out []todo
	late, first := 0, calendar.Date("")
	for _, path := range d.paths(obligation.Readers...) {
		all, err := obligation.List(d.tx, d.actor.County, path, true)
		if err != nil {
			return nil, err
		}
		for _, o := range all {
			switch {
			case o.Answers(d.actor):
				out = append(out, todo{
					Due: o.Due, Kind: "时限", What: o.UnitName + " " + o.Kind.Title, Detail: fmt.Sprintf("%s(%s);%s", o.Basis, o.Since, o.Rule),
					Path: "/obligations/" + o.Document, Button: "办结",
				})
			case o.Late(d.board.today) > 0 && d.actor.Has(o.Path, obligation.Waivers...):
				if late++; first == "" || o.Due < first {
					first = o.Due
				}
			}
		}
	}
	if late > 0 {
		out = append(out, todo{
			Due: first, Kind: "时限", What: fmt.Sprintf("各单位逾期未办的时限 %d 项", late), Detail: "请督促办理,或写明原因免除", Path: "/obligations?state=late", Button: "查看",
		})
	}
	return out, nil
}
