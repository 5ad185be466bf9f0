package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
)

// rosterRoutes are who holds which post, and how many posts a unit has.
func rosterRoutes() []route {
	return []route{
		{pattern: "GET /roster", title: "花名册", right: only(roster.Readers...), show: showRoster},
		{pattern: "GET /roster/new", title: "登记花名册变动", right: only(roster.Makers...), show: newRosterChange},
		{pattern: "POST /roster", title: "登记花名册变动", right: only(roster.Makers...), do: reportRosterChange},
		{pattern: "POST /roster/check", title: "审核花名册变动", right: only(roster.Checkers...), do: checkRosterChanges},
		{pattern: "POST /roster/{roster}/return", title: "退回花名册变动", right: only(roster.Checkers...), do: returnRosterChange},
	}
}

// rosterPage is the people and quotas of units on a day, with the changes that wait.
type rosterPage struct {
	Base
	Units   []choice
	Unit    string
	On      string
	Quotas  []quotaRow
	Posts   []postRow
	Waiting []waitingRow
	Report  bool
	Check   bool
	Sum     string
}

type quotaRow struct {
	roster.Quota
	KindTitle string
	Status    string
	Class     string
}

type postRow struct {
	roster.Post
	KindTitle string
	Leave     string // address to report that he leaves; empty: not for this person
}

type waitingRow struct {
	roster.Change
	KindTitle string
	By        string
	When      string
	What      string
	Value     string // document and version, as ticks carry them
	Can       bool   // checked by this person
}

func showRoster(c *call, tx *store.Tx) (answer, error) {
	p, err := c.rosterPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("roster/list", p)
}

func (c *call) rosterPage(tx *store.Tx) (*rosterPage, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &rosterPage{Unit: c.query("unit"), On: string(today), Report: len(c.paths(roster.Makers...)) > 0}
	p.Styles = []string{"admin.css"}
	on := today
	if text := c.query("on"); text != "" {
		if on, err = calendar.ParseDate(text); err != nil {
			return nil, err
		}
		p.On = string(on)
	}
	paths, err := c.unitChoice(tx, roster.Readers, today, &p.Units)
	if err != nil {
		return nil, err
	}
	kinds, err := roster.Kinds(tx, c.actor.County, on)
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for _, k := range kinds {
		titles[k.Code] = k.Title
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	beyond := int64(0)
	for _, path := range paths {
		staff, err := roster.On(tx, c.actor.County, path, on)
		if err != nil {
			return nil, err
		}
		for _, q := range staff.Quotas {
			row := quotaRow{Quota: q, KindTitle: titles[q.Kind], Status: "在编制内", Class: "ok"}
			if over := q.Beyond(); over > 0 {
				row.Status, row.Class, beyond = fmt.Sprintf("超编 %d 人", over), "late", beyond+over
			}
			p.Quotas = append(p.Quotas, row)
		}
		for _, post := range staff.Posts {
			row := postRow{Post: post, KindTitle: titles[post.Kind]}
			if post.To == "" && c.actor.Has(post.Path, roster.Makers...) {
				row.Leave = "/roster/new?post=" + post.ID
			}
			p.Posts = append(p.Posts, row)
		}
		waiting, err := roster.Waiting(tx, c.actor.County, path)
		if err != nil {
			return nil, err
		}
		for _, w := range waiting {
			row := waitingRow{Change: w, KindTitle: titles[w.Kind], By: names[w.Maker], When: clock(w.MadeAt), What: w.Name, Value: fmt.Sprintf("%s:%d", w.Document, w.Version)}
			if w.Act == roster.SetQuota {
				row.What = fmt.Sprintf("%d 名", w.Posts)
			}
			row.Can = mayCheck(c.actor, w)
			p.Check = p.Check || row.Can
			p.Waiting = append(p.Waiting, row)
		}
	}
	p.Sum = fmt.Sprintf("在岗 %d 人", len(p.Posts))
	if beyond > 0 {
		p.Sum += fmt.Sprintf(",超编 %d 人", beyond)
	}
	return p, nil
}

// mayCheck tells whether a person may check a change: not his own, and quotas only for the county.
func mayCheck(by identity.Actor, w roster.Change) bool {
	roles := roster.Checkers
	if w.Act == roster.SetQuota {
		roles = []identity.Role{identity.CountyBudget}
	}
	return w.Maker != by.Person && by.Has(w.Path, roles...)
}

// rosterForm reports a change: somebody enters or leaves, or a quota is set.
type rosterForm struct {
	Base
	Document string
	Acts     []choice
	Units    []choice
	Kinds    []choice
	Leaving  *roster.Post // who leaves; nil: somebody enters, or a quota is set
	Name     string
	Number   string
	Grade    string
	Posts    string
	On       string
	Basis    string
}

func newRosterChange(c *call, tx *store.Tx) (answer, error) {
	p, err := c.rosterForm(tx)
	if err != nil {
		return answer{}, err
	}
	return show("roster/form", p)
}

func (c *call) rosterForm(tx *store.Tx) (*rosterForm, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &rosterForm{Document: document.NewID(), On: string(today)}
	for _, a := range []roster.Act{roster.Enter, roster.SetQuota} {
		p.Acts = append(p.Acts, choice{Value: string(a), Title: a.Title()})
	}
	post := c.query("post")
	if post == "" {
		post = c.form("post")
	}
	if post != "" {
		held, err := roster.GetPost(tx, c.actor, post)
		if err != nil {
			return nil, err
		}
		p.Leaving = &held
	}
	kinds, err := roster.Kinds(tx, c.actor.County, today)
	if err != nil {
		return nil, err
	}
	for _, k := range kinds {
		p.Kinds = append(p.Kinds, choice{Value: k.Code, Title: k.Title})
	}
	for _, path := range c.paths(roster.Makers...) {
		units, err := org.List(tx, c.actor.County, path, today)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			p.Units = append(p.Units, choice{Value: fmt.Sprint(u.ID), Title: u.Name})
		}
	}
	return p, nil
}

func reportRosterChange(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	ch := roster.Change{
		Document: id, Act: roster.Act(c.form("act")), Unit: c.number("unit"), Kind: c.form("kind"), Grade: c.form("grade"), On: calendar.Date(c.form("on")),
		Post: c.form("post"), Basis: c.form("basis"), Posts: c.number("posts"),
	}
	err = c.write(func(tx *store.Tx) error {
		ch := ch
		if ch.Act == roster.Enter {
			var err error
			if ch.Person, err = roster.FindPerson(tx, c.server.Keys, c.actor.County, c.form("name"), c.form("id_no")); err != nil {
				return err
			}
		}
		return roster.Report(tx, c.actor, ch)
	})
	if err == nil || document.IsTaken(err) {
		return goTo("/roster")
	}
	return formAgain(c, "roster/form", err, c.rosterForm, func(p *rosterForm) {
		p.Document, p.Name, p.Number, p.Grade, p.Posts, p.On, p.Basis = id, c.form("name"), c.form("id_no"), ch.Grade, c.form("posts"), c.form("on"), ch.Basis
		chosen := func(list []choice, value string) {
			for i := range list {
				list[i].On = list[i].Value == value
			}
		}
		chosen(p.Acts, c.form("act"))
		chosen(p.Units, c.form("unit"))
		chosen(p.Kinds, ch.Kind)
	})
}

// tick is a change that was ticked, with the version that the person saw.
type tick struct {
	id      string
	version int64
}

func (c *call) ticks() (out []tick) {
	for _, text := range c.r.PostForm["change"] {
		id, version, _ := strings.Cut(text, ":")
		n, err := strconv.ParseInt(version, 10, 64)
		if err != nil {
			n = 0 // no document has it
		}
		out = append(out, tick{id, n})
	}
	return out
}

// checkRosterChanges checks every ticked change, or none.
func checkRosterChanges(c *call) (answer, error) {
	ticks := c.ticks()
	err := c.write(func(tx *store.Tx) error {
		if len(ticks) == 0 {
			return fault.New(fault.Invalid, "roster-none-ticked", "没有勾选变动", "请勾选已核对的变动再审核")
		}
		for _, t := range ticks {
			if err := roster.Check(tx, c.actor, t.id, t.version); err != nil {
				return err
			}
		}
		return nil
	})
	before := func(t tick) bool { return c.taken(t.id, t.version, "check") }
	if err == nil || len(ticks) > 0 && !slices.ContainsFunc(ticks, func(t tick) bool { return !before(t) }) {
		return goTo("/roster")
	}
	return formAgain(c, "roster/list", err, c.rosterPage, nil)
}

func returnRosterChange(c *call) (answer, error) {
	id := c.r.PathValue("roster")
	err := c.write(func(tx *store.Tx) error { return roster.Return(tx, c.actor, id, c.number("version"), c.form("reason")) })
	if err == nil || c.taken(id, c.number("version"), "return") {
		return goTo("/roster")
	}
	return formAgain(c, "roster/list", err, c.rosterPage, nil)
}

// rosterChanges counts the changes that wait for the person to check them.
func (d *desk) rosterChanges() ([]todo, error) {
	n, oldest := 0, calendar.Date("")
	for _, path := range d.paths(roster.Checkers...) {
		all, err := roster.Waiting(d.tx, d.actor.County, path)
		if err != nil {
			return nil, err
		}
		for _, w := range all {
			if !mayCheck(d.actor, w) {
				continue
			}
			if n++; oldest == "" {
				oldest = d.since(w.MadeAt)
			}
		}
	}
	if n == 0 {
		return nil, nil
	}
	return []todo{{Kind: "审核", What: fmt.Sprintf("待审核花名册变动 %d 项", n), Detail: "最早的 " + string(oldest) + " 提交", Path: "/roster", Button: "去审核"}}, nil
}
