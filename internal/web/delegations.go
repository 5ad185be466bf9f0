package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// delegationRoutes are about roles that others act under for a time.
func delegationRoutes() []route {
	givers := identity.DelegableRoles()
	return []route{
		{pattern: "GET /delegations", title: "代理", right: only(append([]identity.Role{identity.SecAdmin}, givers...)...), show: showDelegations},
		{pattern: "POST /delegations", title: "委托代理", right: only(givers...), do: delegate},
		{pattern: "POST /delegations/{delegation}/withdraw", title: "撤回代理", right: only(append([]identity.Role{identity.SecAdmin}, givers...)...), do: withdrawDelegation},
	}
}

// delegationsPage lists who acts for whom, and lets one delegate a role of one's own.
type delegationsPage struct {
	Base
	Rows   []delegationRow
	More   bool     // there are older ones than are shown
	Own    []choice // own roles, "role|unit"
	People []dataList
	ID     string
	To     string
	First  string
	Last   string
	Reason string
}

// delegationRow is a delegation with how it stands.
type delegationRow struct {
	handover.Given
	Status string
	Class  string
	Can    bool // may be withdrawn by this person
}

func showDelegations(c *call, tx *store.Tx) (answer, error) {
	p, err := c.delegationsPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("person/delegations", p)
}

func (c *call) delegationsPage(tx *store.Tx) (*delegationsPage, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &delegationsPage{ID: document.NewID(), First: string(today), Last: string(today.AddDays(6))}
	p.Styles = []string{"admin.css"}
	if err := c.delegationRows(tx, p, today); err != nil {
		return nil, err
	}
	for _, g := range c.actor.Grants {
		if g.For != 0 || !g.Role.Delegable() {
			continue
		}
		u, err := org.Get(tx, c.actor.County, g.Unit)
		if err != nil {
			return nil, err
		}
		value := string(g.Role) + "|" + strconv.FormatInt(g.Unit, 10)
		p.Own = append(p.Own, choice{Value: value, Title: g.Role.Title() + "(" + u.Name + ")"})
	}
	if len(p.Own) > 0 {
		p.People, err = c.colleagues(tx)
	}
	return p, err
}

// delegationRows lists what concerns the person: what he gave and received, and what he oversees.
func (c *call) delegationRows(tx *store.Tx, p *delegationsPage, today calendar.Date) error {
	all, more, err := handover.Delegations(tx, c.actor)
	if err != nil {
		return err
	}
	p.More = more
	for _, d := range all {
		row := delegationRow{Given: d, Status: "生效中", Class: "ok"}
		switch {
		case d.State == handover.Withdrawn:
			row.Status, row.Class = "已撤回", ""
		case d.State == handover.Lapsed:
			row.Status, row.Class = handover.DelegationKind.States[d.State], ""
		case d.Last < today:
			row.Status, row.Class = "已到期", ""
		case d.First > today:
			row.Status, row.Class = "将生效", "wait"
		}
		open := d.State == handover.InForce && d.Last >= today
		row.Can = open && (d.From == c.actor.Person || d.To == c.actor.Person || c.actor.Has(d.Path, identity.SecAdmin))
		p.Rows = append(p.Rows, row)
	}
	return nil
}

// colleaguesMost is how many people a list to choose from offers.
const colleaguesMost = 500

// colleagues lists the logins of the townships in which the person works, or of the whole county.
func (c *call) colleagues(tx *store.Tx) ([]dataList, error) {
	list := dataList{ID: "colleagues"}
	for _, path := range c.towns() {
		logins, err := identity.ListLogins(tx, c.actor.County, path)
		if err != nil {
			return nil, err
		}
		for _, l := range logins {
			if l.Person != c.actor.Person && l.DisabledAt == "" && len(l.Roles) > 0 && len(list.Options) < colleaguesMost {
				list.Options = append(list.Options, option{l.Name + " " + l.PersonName, l.UnitName})
			}
		}
	}
	return []dataList{list}, nil
}

// towns gives the paths of the townships in which the person has roles: he works with the people there.
func (c *call) towns() []string {
	var out []string
	for _, path := range c.paths() {
		if ids := org.Ancestors(path); len(ids) > 2 {
			path = fmt.Sprintf("/%d/%d/", ids[0], ids[1])
		}
		if !slices.Contains(out, path) {
			out = append(out, path)
		}
	}
	return out
}

// colleague finds a login that was typed, among those that the person works with.
func (c *call) colleague(tx *store.Tx, typed, field string) (identity.Login, error) {
	name, _, _ := strings.Cut(typed, " ")
	l, err := identity.FindLogin(tx, c.actor.County, name)
	if err == nil && !slices.ContainsFunc(c.towns(), func(path string) bool { return org.Within(l.UnitPath, path) }) {
		err = fault.Newf(fault.NotFound, "login-unknown", "请核对登录名,或先登记人员", "没有登录名「%s」", name)
	}
	if err != nil {
		return l, fieldFault(err, field)
	}
	return l, nil
}

func delegate(c *call) (answer, error) {
	err := c.write(func(tx *store.Tx) error {
		id, err := document.ParseID(c.form("document"))
		if err != nil {
			return err
		}
		role, unit, _ := strings.Cut(c.form("own"), "|")
		over, err := strconv.ParseInt(unit, 10, 64)
		if err != nil {
			return fault.New(fault.Invalid, "role-unknown", "没有选择要委托的角色", "请从本人现任的角色中选择").In("own")
		}
		to, err := c.colleague(tx, c.form("to"), "to")
		if err != nil {
			return err
		}
		d := identity.Delegation{Document: id, ToLogin: to.ID, Role: identity.Role(role), Unit: over, Reason: c.form("reason")}
		for _, day := range []struct {
			name string
			to   *calendar.Date
		}{{"first", &d.First}, {"last", &d.Last}} {
			if *day.to, err = calendar.ParseDate(c.form(day.name)); err != nil {
				return fieldFault(err, day.name)
			}
		}
		return handover.Delegate(tx, c.actor, d)
	})
	if err == nil || document.IsTaken(err) {
		return goTo("/delegations")
	}
	return c.delegationsAgain(err)
}

// delegationsAgain shows the page with the refusal and what was typed.
func (c *call) delegationsAgain(err error) (answer, error) {
	return formAgain(c, "person/delegations", err, c.delegationsPage, func(p *delegationsPage) {
		if c.form("document") == "" {
			return // one was to be withdrawn
		}
		p.ID, p.To, p.First, p.Last, p.Reason = c.form("document"), c.form("to"), c.form("first"), c.form("last"), c.form("reason")
		for i := range p.Own {
			p.Own[i].On = p.Own[i].Value == c.form("own")
		}
	})
}

func withdrawDelegation(c *call) (answer, error) {
	id := c.r.PathValue("delegation")
	err := c.write(func(tx *store.Tx) error {
		return handover.Withdraw(tx, c.actor, id, c.number("version"), c.form("reason"))
	})
	if err == nil || c.taken(id, c.number("version"), "withdraw") {
		return goTo("/delegations")
	}
	return c.delegationsAgain(err)
}
