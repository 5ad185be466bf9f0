package web

import (
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// peopleMost is how many persons one page shows; a search narrows what is more.
const peopleMost = 300

// peoplePage lists persons with their masked numbers and roles.
type peoplePage struct {
	Base
	Query  string
	Rows   []personRow
	Count  int
	Keeper bool
	Units  []dataList
	Name   string // as typed
	Number string
	Unit   string
}

type personRow struct {
	Person identity.Person
	Logins string
	Roles  string
}

func showPeople(c *call, tx *store.Tx) (answer, error) {
	p, err := c.peoplePage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("person/list", p)
}

func (c *call) peoplePage(tx *store.Tx) (*peoplePage, error) {
	p := &peoplePage{Query: c.query("q")}
	list := dataList{ID: "units"}
	for _, path := range c.paths(identity.PersonReaders...) {
		persons, err := identity.ListPersons(tx, c.actor.County, path)
		if err != nil {
			return nil, err
		}
		logins, err := identity.ListLogins(tx, c.actor.County, path)
		if err != nil {
			return nil, err
		}
		for _, person := range persons {
			row := personRow{Person: person}
			row.Logins, row.Roles = loginsOf(logins, person.ID)
			if p.Query != "" && !strings.Contains(person.Name, p.Query) && !strings.Contains(person.UnitName, p.Query) && !strings.Contains(row.Logins, p.Query) {
				continue
			}
			if p.Count++; len(p.Rows) < peopleMost {
				p.Rows = append(p.Rows, row)
			}
		}
	}
	for _, path := range c.paths(identity.SysAdmin) {
		p.Keeper = true
		units, err := org.List(tx, c.actor.County, path, "")
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			list.Options = append(list.Options, option{u.Code + " " + u.Name, u.Mnemonic})
		}
	}
	if p.Keeper {
		p.Units = []dataList{list}
	}
	return p, nil
}

func loginsOf(all []identity.Login, person int64) (names, roles string) {
	var ns, rs []string
	for _, l := range all {
		if l.Person != person {
			continue
		}
		name := l.Name
		if l.DisabledAt != "" {
			name += "(停用)"
		}
		ns = append(ns, name)
		for _, r := range l.Roles {
			rs = append(rs, r.Role.Title()+"("+r.UnitName+")")
		}
	}
	return strings.Join(ns, "、"), strings.Join(rs, "、")
}

func createPerson(c *call) (answer, error) {
	name, number, unit := c.form("name"), c.form("number"), c.form("unit")
	var made identity.Person
	err := c.write(func(tx *store.Tx) error {
		u, err := c.unitNamed(tx, unit)
		if err != nil {
			return fieldFault(err, "unit")
		}
		made, err = identity.CreatePerson(tx, c.server.Keys, c.actor, identity.NewPerson{Name: name, Number: number, Unit: u.ID})
		return err
	})
	if err == nil {
		return goTo(personPath(made.ID))
	}
	return formAgain(c, "person/list", err, c.peoplePage, func(p *peoplePage) { p.Name, p.Number, p.Unit = name, number, unit })
}

// fieldFault makes what is not found a wrong field of the form.
func fieldFault(err error, field string) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	wrong := *f
	if wrong.Kind == fault.NotFound {
		wrong.Kind = fault.Invalid
	}
	return wrong.In(field)
}
