package web

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// mePage is a person's own account: roles, and when somebody last signed in under his name.
type mePage struct {
	Base
	Person identity.Person
	Login  string
	Held   []identity.Held
	Reach  reach
	Rows   []signInRow
	Since  string

	Delegates bool // has the page of delegations
}

// ownSignIns is how many of one's own last sign-ins are shown.
const ownSignIns = 12

func showMe(c *call, tx *store.Tx) (answer, error) {
	p := &mePage{Login: c.session.LoginName, Since: clock(calendar.Instant(c.session.Started))}
	p.Styles = []string{"admin.css"}
	p.Delegates = c.server.rights["/delegations"].allows(c.actor)
	var err error
	if p.Person, err = identity.GetPerson(tx, c.actor.County, c.actor.Person); err != nil {
		return answer{}, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	all, err := identity.RolesOf(tx, c.actor.County, c.actor.Person)
	if err != nil {
		return answer{}, err
	}
	acting, err := identity.DelegatedTo(tx, c.actor.County, c.actor.Person)
	if err != nil {
		return answer{}, err
	}
	for _, h := range append(all, acting...) {
		if h.To == "" || h.To >= today {
			p.Held = append(p.Held, h)
		}
	}
	if p.Reach, err = c.server.reachOf(tx, c.actor.County, p.Held, nil, today); err != nil {
		return answer{}, err
	}
	attempts, err := identity.OwnSignIns(tx, c.actor, ownSignIns)
	if err != nil {
		return answer{}, err
	}
	p.Rows = signInRows(attempts)
	return show("person/me", p)
}
