package identity

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/org"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

// BootstrapCounty makes a county with its root unit and the initial values of the rules of signing in. The county's
// key is made before, by Keys.Create.
func BootstrapCounty(tx *store.Tx, county int64, name string, businessDate, from calendar.Date) (org.Unit, error) {
	root, err := org.CreateCounty(tx, county, name, businessDate, from)
	if err != nil {
		return root, err
	}
	return root, rule.Bootstrap(tx, county, from, Rules()...)
}

// Administrator is one of the three logins that a new county begins with.
type Administrator struct {
	Login string
	Role  Role
}

// Administrators are the three, by whom every other login and role is made.
func Administrators() []Administrator {
	all := make([]Administrator, len(administrators))
	for i, r := range administrators {
		all[i] = Administrator{Login: string(r), Role: r}
	}
	return all
}

// BootstrapAdministrator makes one administrator of a new county with a one-time password. Whose number it is, init
// does not know: RegisterNumber adds it, and until then the person can hold no business role.
func BootstrapAdministrator(tx *store.Tx, county int64, a Administrator, hash PasswordHash) (Login, error) {
	root, err := org.Root(tx, county)
	if err != nil {
		return Login{}, err
	}
	id, err := org.NextID(tx, county, "person")
	if err != nil {
		return Login{}, err
	}
	p := Person{ID: id, Name: a.Role.Title(), Masked: unregistered, Unit: root.ID, UnitName: root.Name, UnitPath: root.Path}
	if err := insertPerson(tx, Actor{County: county}, p, "", fmt.Sprintf("unregistered:%d", id)); err != nil {
		return Login{}, err
	}
	l, err := BootstrapLogin(tx, county, NewLogin{Name: a.Login, Person: id, Password: hash, MustChange: true})
	if err != nil {
		return l, err
	}
	return l, BootstrapGrant(tx, county, NewGrant{Login: l.ID, Role: a.Role, Unit: root.ID})
}
