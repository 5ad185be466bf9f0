package web

import (
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// waiverReaders see which duties one person may hold, and where it was made use of.
var waiverReaders = append(slices.Clone(document.WaiverOfficers), identity.Auditor, identity.OfficeHead)

// waiverRoutes are about incompatible duties that the county lets one person hold for a time.
func waiverRoutes() []route {
	all := []route{
		{pattern: "GET /waivers", title: "岗位豁免", right: only(waiverReaders...), show: showWaivers},
		{pattern: "POST /waivers", title: "提出岗位豁免", right: only(document.WaiverOfficers...), do: proposeWaiver},
		{pattern: "GET /waivers/week", title: "每周例外清单", right: only(waiverReaders...), show: showWaiverWeek},
	}
	for _, s := range document.WaiverKind.Steps[1:] {
		all = append(all, route{pattern: "POST /waivers/{waiver}/" + s.Name, title: "岗位豁免:" + s.Title, right: only(s.Roles...), do: stepWaiver})
	}
	return all
}

// waiversPage lists what is waived, by how it stands, and lets an officer of the county propose another.
type waiversPage struct {
	Base
	Groups   []waiverGroup
	Officer  bool
	Pairs    []choice // that the county may waive, "I|A"
	Law      []document.Pair
	Units    []dataList
	ID       string
	Unit     string
	From, To string
	No       string
	Reason   string
}

// waiverGroup is those that wait, hold, are to come or are over.
type waiverGroup struct {
	Title, Class, None string
	Rows               []waiverRow
}

type waiverRow struct {
	document.Waiver
	Proposer, Granter, At string
	Status                string
	Steps                 []document.Step // that this person may take
}

func showWaivers(c *call, tx *store.Tx) (answer, error) {
	p, err := c.waiversPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("person/waivers", p)
}

func (c *call) waiversPage(tx *store.Tx) (*waiversPage, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	root, err := org.Root(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &waiversPage{ID: document.NewID(), From: string(today), Officer: c.actor.Has(root.Path, document.WaiverOfficers...)}
	p.Styles = []string{"admin.css"}
	for _, pair := range document.Pairs() {
		if pair.Law {
			p.Law = append(p.Law, pair)
			continue
		}
		p.Pairs = append(p.Pairs, choice{Value: string(pair.A + "|" + pair.B), Title: pair.A.Title() + "与" + pair.B.Title()})
	}
	if p.Officer {
		units, err := org.List(tx, c.actor.County, root.Path, "")
		if err != nil {
			return nil, err
		}
		list := dataList{ID: "units"}
		for _, u := range units {
			list.Options = append(list.Options, option{u.Code + " " + u.Name, u.Mnemonic})
		}
		p.Units = []dataList{list}
	}
	return p, c.waiverGroups(tx, p, today)
}

// waiverGroups divides what concerns the person's units.
func (c *call) waiverGroups(tx *store.Tx, p *waiversPage, today calendar.Date) error {
	all, err := document.Waivers(tx, c.actor)
	if err != nil {
		return err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return err
	}
	p.Groups = []waiverGroup{{Title: "待批准", Class: "wait"}, {Title: "生效中", Class: "ok", None: "没有生效中的豁免:不相容的岗位都由不同的人办理。"}, {Title: "将生效", Class: "wait"}, {Title: "已失效"}}
	for _, w := range all {
		row := waiverRow{Waiver: w, Proposer: names[w.ProposedBy], Granter: names[w.GrantedBy], Status: document.WaiverKind.States[w.State]}
		if w.GrantedAt != "" {
			row.At = clock(w.GrantedAt)
		}
		group := 3
		switch {
		case w.State == document.WaiverProposed:
			group = 0
		case w.State == document.WaiverGranted && w.To < today:
			row.Status = "已到期"
		case w.State == document.WaiverGranted:
			group = 1
			if w.From > today {
				group = 2
			}
			row.Status = p.Groups[group].Title
		}
		if p.Officer && group != 3 {
			row.Steps = c.waiverSteps(w)
		}
		p.Groups[group].Rows = append(p.Groups[group].Rows, row)
	}
	return nil
}

// waiverSteps offers what may be done with a waiver now: who proposed one does not grant it.
func (c *call) waiverSteps(w document.Waiver) []document.Step {
	var out []document.Step
	for _, s := range document.WaiverKind.Steps[1:] {
		if slices.Contains(s.From, w.State) && !(s.Name == "grant" && w.ProposedBy == c.actor.Person) {
			out = append(out, s)
		}
	}
	return out
}

func proposeWaiver(c *call) (answer, error) {
	err := c.write(func(tx *store.Tx) error {
		id, err := document.ParseID(c.form("document"))
		if err != nil {
			return err
		}
		u, err := c.unitNamed(tx, c.form("unit"))
		if err != nil {
			return fieldFault(err, "unit")
		}
		a, b, _ := strings.Cut(c.form("duties"), "|")
		_, err = document.ProposeWaiver(tx, c.actor, id, document.Waiver{
			A: document.Duty(a), B: document.Duty(b), Unit: u.ID, From: calendar.Date(c.form("from")), To: calendar.Date(c.form("to")),
			Reason: c.form("reason"), DocumentNo: c.form("document_no"),
		})
		return err
	})
	if err == nil || document.IsTaken(err) {
		return goTo("/waivers")
	}
	return c.waiversAgain(err)
}

// waiversAgain shows the page with the refusal and what was typed.
func (c *call) waiversAgain(err error) (answer, error) {
	return formAgain(c, "person/waivers", err, c.waiversPage, func(p *waiversPage) {
		if c.form("document") == "" {
			return // a step on one was refused
		}
		p.ID, p.Unit, p.From, p.To, p.No, p.Reason = c.form("document"), c.form("unit"), c.form("from"), c.form("to"), c.form("document_no"), c.form("reason")
		for i := range p.Pairs {
			p.Pairs[i].On = p.Pairs[i].Value == c.form("duties")
		}
	})
}

func stepWaiver(c *call) (answer, error) {
	id, step := c.r.PathValue("waiver"), c.lastOfPath()
	err := c.write(func(tx *store.Tx) error {
		return document.WaiverStep(tx, c.actor, id, c.number("version"), step, c.form("reason"))
	})
	if err == nil || c.taken(id, c.number("version"), step) {
		return goTo("/waivers")
	}
	return c.waiversAgain(err)
}
