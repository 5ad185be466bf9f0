package web

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// oneTime is a password that is shown once.
type oneTime struct {
	Login    string
	Password string
}

func createLogin(c *call) (answer, error) {
	plain, hash, err := identity.OneTimePassword(c.r.Context())
	if err != nil {
		return answer{}, err
	}
	var person identity.Person
	err = c.write(func(tx *store.Tx) error {
		var err error
		if person, err = c.person(tx); err != nil {
			return err
		}
		_, err = identity.CreateLogin(tx, c.actor, identity.NewLogin{Name: c.form("login"), Person: person.ID, Password: hash, MustChange: true})
		return err
	})
	if person.ID == 0 {
		return answer{}, err
	}
	return c.personAgain(person.ID, err, func(p *personPage) { p.OneTime = &oneTime{c.form("login"), plain} })
}

// login gives the login of the address where its person may be seen.
func (c *call) login(tx *store.Tx) (identity.Login, error) {
	id, err := c.id("login")
	if err != nil {
		return identity.Login{}, err
	}
	l, err := identity.GetLogin(tx, c.actor.County, id)
	if err != nil {
		return l, err
	}
	_, err = c.personByID(tx, l.Person)
	return l, err
}

// loginStep runs a step on the login of the address and shows its person.
func (c *call) loginStep(step func(tx *store.Tx, l identity.Login) error) (answer, error) {
	var l identity.Login
	err := c.write(func(tx *store.Tx) error {
		found, err := c.login(tx)
		if err != nil {
			return err
		}
		l = found
		return step(tx, l)
	})
	if l.ID == 0 {
		return answer{}, err
	}
	if err == nil {
		return goTo(personPath(l.Person))
	}
	return c.personAgain(l.Person, err, nil)
}

func resetLogin(c *call) (answer, error) {
	plain, hash, err := identity.OneTimePassword(c.r.Context())
	if err != nil {
		return answer{}, err
	}
	var l identity.Login
	err = c.write(func(tx *store.Tx) error {
		found, err := c.login(tx)
		if err != nil {
			return err
		}
		l = found
		return identity.ResetPassword(tx, c.actor, l.ID, hash)
	})
	if l.ID == 0 {
		return answer{}, err
	}
	return c.personAgain(l.Person, err, func(p *personPage) { p.OneTime = &oneTime{l.Name, plain} })
}

func disableLogin(c *call) (answer, error) {
	return c.loginStep(func(tx *store.Tx, l identity.Login) error {
		return identity.Disable(tx, c.actor, l.ID, c.form("reason"))
	})
}

func enableLogin(c *call) (answer, error) {
	return c.loginStep(func(tx *store.Tx, l identity.Login) error {
		return identity.Enable(tx, c.actor, l.ID, c.form("reason"))
	})
}

func grantRole(c *call) (answer, error) {
	return c.loginStep(func(tx *store.Tx, l identity.Login) error {
		u, err := c.unitNamed(tx, c.form("unit"))
		if err != nil {
			return fieldFault(err, "unit")
		}
		n := identity.NewGrant{Login: l.ID, Role: identity.Role(c.form("role")), Unit: u.ID}
		for _, d := range []struct {
			name string
			to   *calendar.Date
		}{{"from", &n.From}, {"to", &n.To}} {
			if text := c.form(d.name); text != "" {
				if *d.to, err = calendar.ParseDate(text); err != nil {
					return fieldFault(err, d.name)
				}
			}
		}
		return identity.GrantRole(tx, c.actor, n)
	})
}

func revokeRole(c *call) (answer, error) {
	return c.loginStep(func(tx *store.Tx, l identity.Login) error {
		return identity.RevokeRole(tx, c.actor, l.ID, identity.Role(c.form("role")), c.number("unit"), "", c.form("reason"))
	})
}
