package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// unitRoutes are about the tree of units.
func unitRoutes() []route {
	return []route{
		{pattern: "GET /units", title: "单位", right: signedIn, show: showUnits},
		{pattern: "GET /units/{unit}", title: "单位", right: signedIn, show: showUnit},
		{pattern: "POST /units/{unit}/units", title: "新设单位", right: only(identity.SysAdmin), do: createUnit},
	}
}

// unit gives the unit of the address where the person has any role over it; else it is not there.
func (c *call) unit(tx *store.Tx) (org.Unit, error) {
	id, err := c.id("unit")
	if err != nil {
		return org.Unit{}, err
	}
	u, err := org.Get(tx, c.actor.County, id)
	if err != nil {
		return org.Unit{}, err
	}
	if !c.actor.Sees(u.Path) {
		return org.Unit{}, fault.Newf(fault.NotFound, "unit-unknown", "请从单位列表中选择", "没有编号为 %d 的单位", id)
	}
	return u, nil
}

// unitsPage shows the tree of units as far as the person's roles reach.
type unitsPage struct {
	Base
	Query string
	Found []org.Unit
	Trees []*org.Node
	Count int
}

func showUnits(c *call, tx *store.Tx) (answer, error) {
	p := &unitsPage{Query: c.query("q")}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	for _, path := range c.paths() {
		if p.Query != "" {
			found, err := org.Find(tx, c.actor.County, path, p.Query)
			if err != nil {
				return answer{}, err
			}
			p.Found = append(p.Found, found...)
			continue
		}
		trees, err := org.Tree(tx, c.actor.County, path, today)
		if err != nil {
			return answer{}, err
		}
		p.Trees = append(p.Trees, trees...)
	}
	p.Count = countNodes(p.Trees) + len(p.Found)
	return show("unit/list", p)
}

func countNodes(nodes []*org.Node) int {
	n := len(nodes)
	for _, k := range nodes {
		n += countNodes(k.Below)
	}
	return n
}

// unitPage shows one unit: what it is, what lies below, its books.
type unitPage struct {
	Base
	Unit     org.Unit
	Parents  []org.Unit
	Children []org.Unit
	Books    []ledger.Book
	Hidden   int // books of the unit itself that the person may not look into
	Reports  []statementSection
	Kinds    []choice
	Keeper   bool // the system administrator of this unit
	History  []changeRow
	Former   []formerBook
	New      org.NewUnit
}

// formerBook is a book that was the unit's until a day.
type formerBook struct {
	Book  ledger.Book
	Until calendar.Date
	Path  string // empty where the person may not look into it
}

func showUnit(c *call, tx *store.Tx) (answer, error) {
	u, err := c.unit(tx)
	if err != nil {
		return answer{}, err
	}
	p, err := c.unitPage(tx, u)
	if err != nil {
		return answer{}, err
	}
	return show("unit/show", p)
}

func (c *call) unitPage(tx *store.Tx, u org.Unit) (*unitPage, error) {
	p := &unitPage{Unit: u, Keeper: c.actor.Has(u.Path, identity.SysAdmin), New: org.NewUnit{Kind: org.Office}}
	p.Title = u.Name
	for _, id := range org.Ancestors(u.Path) {
		if id == u.ID {
			break
		}
		parent, err := org.Get(tx, c.actor.County, id)
		if err != nil {
			return nil, err
		}
		if c.actor.Sees(parent.Path) {
			p.Parents = append(p.Parents, parent)
		}
	}
	var err error
	if p.Children, err = org.Children(tx, c.actor.County, u.ID); err != nil {
		return nil, err
	}
	if p.History, err = c.history(tx, u.ID); err != nil {
		return nil, err
	}
	former, until, err := ledger.FormerBooks(tx, c.actor.County, u.ID)
	if err != nil {
		return nil, err
	}
	for i, b := range former {
		row := formerBook{Book: b, Until: until[i]}
		if c.actor.Has(b.Path, ledger.Readers...) {
			row.Path = bookPath(b)
		}
		p.Former = append(p.Former, row)
	}
	all, err := ledger.ListBooks(tx, c.actor.County, u.Path)
	if err != nil {
		return nil, err
	}
	once, err := ledger.OnceUnder(tx, c.actor.County, u)
	if err != nil {
		return nil, err
	}
	if u.To != "" { // what it was can still be stated
		all = append(all, once...)
	}
	counts := map[ledger.ChartName]int{}
	for _, b := range all {
		reads := c.actor.Has(b.Path, ledger.Readers...)
		switch {
		case b.Unit == u.ID && reads:
			p.Books = append(p.Books, b)
		case b.Unit == u.ID:
			p.Hidden++
		}
		if reads {
			counts[b.Chart]++
		}
	}
	for _, chart := range []ledger.ChartName{ledger.Government, ledger.Village, ledger.GeneralBudget} {
		if n := counts[chart]; n > 0 {
			p.Reports = append(p.Reports, statementSection{
				Title: chartTitles[chart], Note: merged(n), Links: statementLinks(fmt.Sprintf("/units/%d", u.ID), chart, false),
			})
		}
	}
	p.fillKinds()
	return p, nil
}

func (p *unitPage) fillKinds() {
	p.Kinds = nil
	for _, k := range org.Kinds() {
		p.Kinds = append(p.Kinds, choice{Value: string(k), Title: k.Title(), On: k == p.New.Kind})
	}
}

// unitStep runs a step on the unit of the address and shows the unit again, with the sentence where it was refused.
func (c *call) unitStep(fill func(p *unitPage), step func(tx *store.Tx, u org.Unit) error) (answer, error) {
	var u org.Unit
	err := c.write(func(tx *store.Tx) error {
		var err error
		if u, err = c.unit(tx); err != nil {
			return err
		}
		return step(tx, u)
	})
	if err == nil {
		return goTo("/units/" + strconv.FormatInt(u.ID, 10))
	}
	if u.ID == 0 {
		return answer{}, err
	}
	return formAgain(c, "unit/show", err, func(tx *store.Tx) (*unitPage, error) { return c.unitPage(tx, u) }, fill)
}

func createUnit(c *call) (answer, error) {
	n := org.NewUnit{Code: c.form("code"), Name: c.form("name"), Kind: org.Kind(c.form("kind")), From: calendar.Date(c.form("from"))}
	return c.unitStep(func(p *unitPage) { p.New = n; p.fillKinds() }, func(tx *store.Tx, u org.Unit) error {
		n := n
		n.Parent = u.ID
		from, err := calendar.ParseDate(string(n.From))
		if err != nil {
			return err
		}
		n.From = from
		_, err = identity.CreateUnit(tx, c.actor, n)
		return err
	})
}

// unitNamed gives the unit that a person typed or took from a list, which shows the code first: by its code, its name,
// its pinyin initials, or a part of its name that no other unit has that he sees.
func (c *call) unitNamed(tx *store.Tx, text string) (org.Unit, error) {
	text = strings.TrimSpace(text)
	code, _, _ := strings.Cut(text, " ")
	u, err := org.ByCode(tx, c.actor.County, code)
	if err == nil && c.actor.Sees(u.Path) || err != nil && !fault.Is(err, fault.NotFound) {
		return u, err
	}
	found, err := org.Find(tx, c.actor.County, "/", text)
	if err != nil {
		return u, err
	}
	found = slices.DeleteFunc(found, func(u org.Unit) bool { return u.To != "" || !c.actor.Sees(u.Path) })
	if slices.ContainsFunc(found, func(u org.Unit) bool { return u.Name == text }) {
		found = slices.DeleteFunc(found, func(u org.Unit) bool { return u.Name != text })
	}
	switch len(found) {
	case 0:
		return u, fault.Newf(fault.Invalid, "unit-unknown", "请从列表中选择单位", "没有编码或名称为「%s」的单位", text)
	case 1:
		return found[0], nil
	}
	var names []string
	for _, u := range found[:min(len(found), 3)] {
		names = append(names, u.Name+"("+u.Code+")")
	}
	more := ""
	if len(found) > len(names) {
		more = "等"
	}
	return u, fault.Newf(fault.Invalid, "unit-ambiguous", "请填其中一个的编码", "「%s」对应 %d 个单位:%s%s", text, len(found), strings.Join(names, "、"), more)
}
