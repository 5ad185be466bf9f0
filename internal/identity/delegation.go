package identity

import (
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Delegation lets a person act under another's role for a time (代理). It ends by itself, with its last day or with the
// role of the one who delegates; the exclusions of that one bind the delegate too (document.Part.For).
type Delegation struct {
	Document           string
	FromLogin, ToLogin int64
	From, To           int64 // persons
	FromName, ToName   string
	Role               Role
	Unit               int64
	UnitName           string
	Path               string
	First, Last        calendar.Date
	Reason             string
	Leaving            bool // the one who delegated hands his post over
}

// undelegable are roles that nobody else may act under: those of the three administrators, who exclude each other, and
// the mandate of a deputy.
var undelegable = []Role{SysAdmin, SecAdmin, AuditAdmin, Deputy}

// Delegable reports whether a role can be delegated.
func (r Role) Delegable() bool { return r.Known() && !slices.Contains(undelegable, r) }

// DelegableRoles gives the roles that can be delegated, in the order in which pages offer them.
func DelegableRoles() []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool { return !r.Delegable() })
}

// KeepDelegation writes a delegation that its document has allowed. It refuses what the delegate may not hold.
func KeepDelegation(tx *store.Tx, county int64, d Delegation) error {
	to, err := GetLogin(tx, county, d.ToLogin)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`update person set name = name where county_id = $1 and person_id = $2`, county, to.Person); err != nil {
		return fmt.Errorf("identity.KeepDelegation %s: %w", d.Document, err)
	}
	unit, err := org.Get(tx, county, d.Unit)
	if err != nil {
		return err
	}
	wanted := Held{Grant: Grant{Role: d.Role, Unit: unit.ID, Path: unit.Path}, Login: to.ID, UnitName: unit.Name, From: d.First, To: d.Last}
	if err := Excluded(tx, county, to.Person, wanted); err != nil {
		return err
	}
	_, err = tx.Exec(`insert into delegation (county_id, document_id, from_login, to_login, role, unit_id, valid_from, valid_to, reason)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
		county, d.Document, d.FromLogin, d.ToLogin, string(d.Role), d.Unit, string(d.First), string(d.Last), d.Reason)
	if err != nil {
		return fmt.Errorf("identity.KeepDelegation %s: %w", d.Document, err)
	}
	return nil
}

// EndDelegation ends a delegation with a day that is over already, so that nobody acts under it any more.
func EndDelegation(tx *store.Tx, county int64, document string, last calendar.Date) error {
	_, err := tx.Exec(`update delegation set valid_to = $3 where county_id = $1 and document_id = $2 and valid_to > $3`, county, document, string(last))
	if err != nil {
		return fmt.Errorf("identity.EndDelegation %s: %w", document, err)
	}
	return nil
}

const delegationQuery = `select d.document_id, d.from_login, d.to_login, f.person_id, t.person_id, fp.name, tp.name, d.role, d.unit_id, u.name, u.path,
	d.valid_from, d.valid_to, d.reason, fp.handover_id is not null from delegation d
	join login f on f.county_id = d.county_id and f.login_id = d.from_login join person fp on fp.county_id = f.county_id and fp.person_id = f.person_id
	join login t on t.county_id = d.county_id and t.login_id = d.to_login join person tp on tp.county_id = t.county_id and tp.person_id = t.person_id
	join unit u on u.county_id = d.county_id and u.unit_id = d.unit_id where d.county_id = $1`

// queryDelegations gives the delegations that where narrows, newest first; limit is empty for all of them.
func queryDelegations(tx *store.Tx, where, limit string, args ...any) ([]Delegation, error) {
	rows, err := tx.Query(delegationQuery+where+` order by d.valid_from desc, d.document_id`+limit, args...)
	if err != nil {
		return nil, fmt.Errorf("identity: delegations: %w", err)
	}
	defer rows.Close()
	var all []Delegation
	for rows.Next() {
		var d Delegation
		if err := rows.Scan(&d.Document, &d.FromLogin, &d.ToLogin, &d.From, &d.To, &d.FromName, &d.ToName, &d.Role, &d.Unit, &d.UnitName, &d.Path,
			&d.First, &d.Last, &d.Reason, &d.Leaving); err != nil {
			return nil, fmt.Errorf("identity: delegations: %w", err)
		}
		all = append(all, d)
	}
	return all, rows.Err()
}

// GetDelegation gives one delegation.
func GetDelegation(tx *store.Tx, county int64, document string) (Delegation, error) {
	all, err := queryDelegations(tx, ` and d.document_id = $2`, "", county, document)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "delegation-unknown", "没有这项代理", "请从代理列表中选择")
	}
	if err != nil {
		return Delegation{}, err
	}
	return all[0], nil
}

// DelegationsOf lists the delegations that a person gave or received, newest first.
func DelegationsOf(tx *store.Tx, county, person int64) ([]Delegation, error) {
	return queryDelegations(tx, ` and (f.person_id = $2 or t.person_id = $2)`, "", county, person)
}

// DelegationsSeen lists the delegations that a person gave or received, or that lie at or below one of paths, newest
// first, at most so many.
func DelegationsSeen(tx *store.Tx, county, person int64, paths []string, most int) ([]Delegation, error) {
	where, args := `f.person_id = $2 or t.person_id = $2`, []any{county, person}
	for _, path := range paths {
		lower, upper := org.Subtree(path)
		where += fmt.Sprintf(` or u.path >= $%d and u.path < $%d`, len(args)+1, len(args)+2)
		args = append(args, lower, upper)
	}
	return queryDelegations(tx, ` and (`+where+`)`, fmt.Sprintf(` limit %d`, most), args...)
}

// DelegatedTo gives the roles under which a person acts for others, held or yet to come.
func DelegatedTo(tx *store.Tx, county, person int64) ([]Held, error) {
	all, err := queryDelegations(tx, ` and t.person_id = $2`, "", county, person)
	if err != nil {
		return nil, err
	}
	var held []Held
	for _, d := range all {
		held = append(held, Held{Grant: d.grant(), Login: d.ToLogin, UnitName: d.UnitName, From: d.First, To: d.Last})
	}
	return held, nil
}

func (d Delegation) grant() Grant {
	return Grant{Role: d.Role, Unit: d.Unit, Path: d.Path, For: d.From, ForName: d.FromName, Leaving: d.Leaving}
}

// actingFor gives the grants under which a login acts for others today: as long as they hold the role themselves.
func actingFor(tx *store.Tx, county, login int64, today calendar.Date) ([]Grant, error) {
	all, err := queryDelegations(tx, ` and d.to_login = $2 and d.valid_from <= $3 and d.valid_to >= $3`, "", county, login, string(today))
	if err != nil {
		return nil, err
	}
	var grants []Grant
	for _, d := range all {
		held, err := queryHeld(tx, heldQuery+` where g.county_id = $1 and g.login_id = $2 and g.role = $3`, county, d.FromLogin, string(d.Role))
		if err != nil {
			return nil, fmt.Errorf("identity: delegations: %w", err)
		}
		if slices.ContainsFunc(held, func(h Held) bool { return h.on(today) && org.Within(d.Path, h.Path) }) {
			grants = append(grants, d.grant())
		}
	}
	return grants, nil
}

// ActingName is who took a step, as lists and papers show it: 甲 代 乙 where he acted for another.
func ActingName(names map[int64]string, person, principal int64) string {
	if principal == 0 {
		return names[person]
	}
	return names[person] + " 代 " + names[principal]
}

// ActsFor tells under whose role the actor takes a step that these roles may take for the unit at path: his own, where
// he has one (0), else that of the person who delegated it to him.
func (a Actor) ActsFor(path string, roles ...Role) (person int64, name string) {
	g := a.under(path, roles...)
	return g.For, g.ForName
}

// under gives the grant under which the actor takes such a step: his own, else that of somebody at work, else that of
// somebody who hands his post over; the zero grant where he may not.
func (a Actor) under(path string, roles ...Role) Grant {
	var found Grant
	for _, g := range a.Grants {
		if g.Path == "" || !org.Within(path, g.Path) || !slices.Contains(roles, g.Role) {
			continue
		}
		if g.For == 0 {
			return g
		}
		if found.For == 0 || found.Leaving && !g.Leaving {
			found = g
		}
	}
	return found
}
