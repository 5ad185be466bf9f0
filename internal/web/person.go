package web

import (
	"strconv"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// personRoutes are about people, their logins and roles.
func personRoutes() []route {
	return []route{
		{pattern: "GET /people", title: "人员", right: only(identity.PersonReaders...), show: showPeople},
		{pattern: "POST /people", title: "登记人员", right: only(identity.SysAdmin), do: createPerson},
		{pattern: "GET /people/{person}", title: "人员", right: only(identity.PersonReaders...), show: showPerson},
		{pattern: "POST /people/{person}/reveal", title: "查看完整身份证号", right: only(identity.Revealers...), do: revealPerson},
		{pattern: "POST /people/{person}/number", title: "登记身份证号", right: only(identity.SysAdmin), do: registerNumber},
		{pattern: "POST /people/{person}/logins", title: "新设登录名", right: only(identity.SysAdmin), do: createLogin},
		{pattern: "POST /logins/{login}/reset", title: "重置密码", right: only(identity.SysAdmin), do: resetLogin},
		{pattern: "POST /logins/{login}/disable", title: "停用登录名", right: only(identity.SysAdmin), do: disableLogin},
		{pattern: "POST /logins/{login}/enable", title: "启用登录名", right: only(identity.SysAdmin), do: enableLogin},
		{pattern: "POST /logins/{login}/grant", title: "授予角色", right: only(identity.SecAdmin), do: grantRole},
		{pattern: "POST /logins/{login}/revoke", title: "收回角色", right: only(identity.SecAdmin), do: revokeRole},
		{pattern: "GET /people/{person}/rights", title: "能看什么、能办什么", right: only(identity.PersonReaders...), show: showRights},
		{pattern: "GET /sign-ins", title: "登录记录", right: only(identity.AuditAdmin), show: showSignIns},
		{pattern: "GET /administrators", title: "三员分立", right: only(identity.SysAdmin, identity.SecAdmin, identity.AuditAdmin), show: showAdministrators},
		{pattern: "GET /me", title: "我的账户", right: signedIn, show: showMe},
	}
}

func personPath(id int64) string { return "/people/" + strconv.FormatInt(id, 10) }

// personPage shows a person, his logins and roles, and what the administrators may do.
type personPage struct {
	Base
	Person   identity.Person
	Logins   []identity.Login
	Held     []identity.Held
	Keeper   bool // makes logins
	Granter  bool // grants roles
	Revealer bool
	Number   string // the identity number in full, where it was asked for with a reason
	OneTime  *oneTime
	Choices  []choice // roles that can be granted
	Units    []dataList
}

// person gives the person of the address where the list of persons shows him; else he is not there.
func (c *call) person(tx *store.Tx) (identity.Person, error) {
	id, err := c.id("person")
	if err != nil {
		return identity.Person{}, err
	}
	return c.personByID(tx, id)
}

func (c *call) personByID(tx *store.Tx, id int64) (identity.Person, error) {
	p, err := identity.GetPerson(tx, c.actor.County, id)
	if err != nil {
		return p, err
	}
	if !c.actor.Has(p.UnitPath, identity.PersonReaders...) {
		return identity.Person{}, fault.New(fault.NotFound, "person-unknown", "没有这个人员", "请从人员列表中打开")
	}
	return p, nil
}

func showPerson(c *call, tx *store.Tx) (answer, error) {
	person, err := c.person(tx)
	if err != nil {
		return answer{}, err
	}
	p, err := c.personPage(tx, person)
	if err != nil {
		return answer{}, err
	}
	return show("person/show", p)
}

func (c *call) personPage(tx *store.Tx, person identity.Person) (*personPage, error) {
	p := &personPage{
		Person: person, Keeper: c.actor.Has(person.UnitPath, identity.SysAdmin), Granter: len(c.paths(identity.SecAdmin)) > 0,
		Revealer: c.actor.Has(person.UnitPath, identity.Revealers...) && person.Registered(),
	}
	p.Title = person.Name
	all, err := identity.ListLogins(tx, c.actor.County, person.UnitPath)
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		if l.Person == person.ID {
			p.Logins = append(p.Logins, l)
		}
	}
	if p.Held, err = identity.RolesOf(tx, c.actor.County, person.ID); err != nil {
		return nil, err
	}
	if p.Granter {
		for _, r := range identity.Roles() {
			p.Choices = append(p.Choices, choice{Value: string(r), Title: r.Title()})
		}
		list := dataList{ID: "units"}
		for _, path := range c.paths(identity.SecAdmin) {
			units, err := org.List(tx, c.actor.County, path, "")
			if err != nil {
				return nil, err
			}
			for _, u := range units {
				list.Options = append(list.Options, option{u.Code + " " + u.Name, u.Mnemonic})
			}
		}
		p.Units = []dataList{list}
	}
	return p, nil
}

// again shows a person's page once more, with what the step gave or why it was refused.
func (c *call) personAgain(person int64, err error, fill func(p *personPage)) (answer, error) {
	if err != nil && fault.As(err) == nil {
		return answer{}, err
	}
	var p *personPage
	if e := c.read(func(tx *store.Tx) error {
		who, e := c.personByID(tx, person)
		if e == nil {
			p, e = c.personPage(tx, who)
		}
		return e
	}); e != nil {
		return answer{}, e
	}
	if err != nil {
		return redraw("person/show", p, err)
	}
	fill(p)
	return show("person/show", p)
}

// personStep runs a step on the person of the address.
func (c *call) personStep(step func(tx *store.Tx, p identity.Person) error) (answer, error) {
	var person identity.Person
	err := c.write(func(tx *store.Tx) error {
		var err error
		if person, err = c.person(tx); err != nil {
			return err
		}
		return step(tx, person)
	})
	if err == nil {
		return goTo(personPath(person.ID))
	}
	if person.ID == 0 {
		return answer{}, err
	}
	return c.personAgain(person.ID, err, nil)
}

func revealPerson(c *call) (answer, error) {
	var number string
	var person identity.Person
	err := c.write(func(tx *store.Tx) error {
		var err error
		if person, err = c.person(tx); err != nil {
			return err
		}
		number, err = identity.RevealIdentity(tx, c.server.Keys, c.actor, person.ID, c.form("reason"))
		return err
	})
	if person.ID == 0 {
		return answer{}, err
	}
	return c.personAgain(person.ID, err, func(p *personPage) { p.Number = number })
}

func registerNumber(c *call) (answer, error) {
	return c.personStep(func(tx *store.Tx, p identity.Person) error {
		return identity.RegisterNumber(tx, c.server.Keys, c.actor, p.ID, c.form("number"))
	})
}
