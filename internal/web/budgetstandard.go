package web

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
)

// quotaPage is what a head or a thing costs in a year, by document number and day.
type quotaPage struct {
	Base
	Rows      []quotaStandard
	Set       bool
	Document  string
	UnitKinds []choice
	PostKinds []choice
	Form      drafting.Standard
	Amount    string
}

type quotaStandard struct {
	drafting.Standard
	Units, Posts, StateTitle, Class, By string
	Check                               bool
}

func showBudgetStandards(c *call, tx *store.Tx) (answer, error) {
	p, err := c.quotaPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("drafting/standards", p)
}

func (c *call) quotaPage(tx *store.Tx) (*quotaPage, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	root, err := org.Root(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &quotaPage{Set: c.actor.Has(root.Path, drafting.Setters...), Document: document.NewID(), Form: drafting.Standard{On: today}}
	p.Styles = []string{"drafting.css"}
	kinds, err := roster.Kinds(tx, c.actor.County, today)
	if err != nil {
		return nil, err
	}
	posts := map[string]string{}
	for _, k := range kinds {
		posts[k.Code] = k.Title
		p.PostKinds = append(p.PostKinds, choice{Value: k.Code, Title: k.Title})
	}
	for _, k := range org.Kinds() {
		if k != org.Village && k != org.Branch {
			p.UnitKinds = append(p.UnitKinds, choice{Value: string(k), Title: k.Title()})
		}
	}
	all, err := drafting.Standards(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		row := quotaStandard{Standard: s, Units: s.UnitKind.Title(), Posts: posts[s.PostKind], StateTitle: drafting.StandardKind.States[s.State], By: names[s.Maker]}
		if s.UnitKind == "" {
			row.Units = "各类单位"
		}
		row.Class = map[document.State]string{drafting.Submitted: "wait", drafting.Effective: "ok", drafting.Refused: "late"}[s.State]
		row.Check = s.State == drafting.Submitted && p.Set && s.Maker != c.actor.Person
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

func setBudgetStandard(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	s := drafting.Standard{
		Document: id, Title: c.form("title"), UnitKind: org.Kind(c.form("unit_kind")), PostKind: c.form("post_kind"), Measure: c.form("measure"), Economic: leading(c.form("economic")),
		On: calendar.Date(c.form("on")), Basis: c.form("basis"),
	}
	err = c.write(func(tx *store.Tx) error {
		var err error
		if s.Amount, err = money.Parse(c.form("amount")); err != nil {
			return fieldFault(err, "amount")
		}
		return drafting.SetStandard(tx, c.actor, s)
	})
	if err == nil || document.IsTaken(err) {
		return goTo("/budget-standards")
	}
	return formAgain(c, "drafting/standards", err, c.quotaPage, func(p *quotaPage) {
		p.Document, p.Form, p.Amount = id, s, c.form("amount")
		for i := range p.UnitKinds {
			p.UnitKinds[i].On = p.UnitKinds[i].Value == string(s.UnitKind)
		}
		for i := range p.PostKinds {
			p.PostKinds[i].On = p.PostKinds[i].Value == s.PostKind
		}
	})
}

func stepBudgetStandard(c *call) (answer, error) {
	id, name, version := c.r.PathValue("standard"), c.lastOfPath(), c.number("version")
	err := c.write(func(tx *store.Tx) error {
		if name == "check" {
			return drafting.CheckStandard(tx, c.actor, id, version)
		}
		return drafting.ReturnStandard(tx, c.actor, id, version, c.form("reason"))
	})
	if err == nil || c.taken(id, version, name) {
		return goTo("/budget-standards")
	}
	return formAgain(c, "drafting/standards", err, c.quotaPage, nil)
}

// budgetStandards counts the standards that wait for the person to check them.
func (d *desk) budgetStandards() ([]todo, error) {
	if len(d.paths(drafting.Setters...)) == 0 {
		return nil, nil
	}
	all, err := drafting.Standards(d.tx, d.actor.County)
	n := 0
	for _, s := range all {
		if s.State == drafting.Submitted && s.Maker != d.actor.Person {
			n++
		}
	}
	if n == 0 {
		return nil, err
	}
	return []todo{{Kind: "审核", What: fmt.Sprintf("待审核定额标准 %d 项", n), Path: "/budget-standards", Button: "去审核"}}, err
}
