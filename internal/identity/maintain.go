package identity

import (
	"fmt"
	"strconv"

	"xiangzhang/internal/org"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

// Units and rules lie below identity and know no actors; here are their acts with the right that each asks for and
// the leaf that it leaves.

// CreateUnit makes a unit under a parent that the system administrator keeps.
func CreateUnit(tx *store.Tx, by Actor, n org.NewUnit) (org.Unit, error) {
	parent, err := org.Get(tx, by.County, n.Parent)
	if err != nil {
		return org.Unit{}, err
	}
	if err := by.Require(parent.Path, "设立单位", SysAdmin); err != nil {
		return org.Unit{}, err
	}
	u, err := org.Create(tx, by.County, n)
	if err != nil {
		return u, err
	}
	return u, record(tx, by.County, act{kind: "unit", document: trailOfUnit(u.ID), step: "unit-created", by: by.Person,
		facts: map[string]string{"code": u.Code, "name": u.Name, "kind": string(u.Kind), "from": string(u.From), "parent": strconv.FormatInt(u.Parent, 10)}})
}

// MovePersons makes the persons of a unit those of another. The system administrator of both does it.
func MovePersons(tx *store.Tx, by Actor, from, to int64) error {
	for _, id := range []int64{from, to} {
		u, err := org.Get(tx, by.County, id)
		if err != nil {
			return err
		}
		if err := by.Require(u.Path, "调动人员", SysAdmin); err != nil {
			return err
		}
	}
	rows, err := tx.Query(`select person_id from person where county_id = $1 and unit_id = $2 order by person_id`, by.County, from)
	if err != nil {
		return fmt.Errorf("identity.MovePersons %d: %w", from, err)
	}
	defer rows.Close()
	var persons []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("identity.MovePersons %d: %w", from, err)
		}
		persons = append(persons, id)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("identity.MovePersons %d: %w", from, err)
	}
	if _, err := tx.Exec(`update person set unit_id = $3 where county_id = $1 and unit_id = $2`, by.County, from, to); err != nil {
		return fmt.Errorf("identity.MovePersons %d: %w", from, err)
	}
	for _, id := range persons {
		a := onPerson(id, stepMoved, by)
		a.facts = map[string]string{"from": strconv.FormatInt(from, 10), "unit": strconv.FormatInt(to, 10)}
		if err := record(tx, by.County, a); err != nil {
			return err
		}
	}
	return nil
}

// trailOfUnit names the document under which the trail keeps what was done about a unit.
func trailOfUnit(unit int64) string { return fmt.Sprintf("unit-%d", unit) }

// SetRule sets a dated value for a unit, or for the county where v.Unit is 0. Who may is the caller's to say: the
// county's budget section for rules of money, the security administrator for those of signing in.
func SetRule(tx *store.Tx, by Actor, d rule.Definition, v rule.Value, roles ...Role) error {
	scope, err := org.Root(tx, by.County)
	if err == nil && v.Unit != 0 {
		scope, err = org.Get(tx, by.County, v.Unit)
	}
	if err != nil {
		return err
	}
	if err := by.Require(scope.Path, "设定参数", roles...); err != nil {
		return err
	}
	if err := by.NewWork(scope.Path, roles...); err != nil {
		return err
	}
	if err := rule.Set(tx, by.County, d, v); err != nil {
		return err
	}
	return record(tx, by.County, act{kind: "rule", document: ruleDocument(d.Code, v.Unit), step: "rule-set", by: by.Person,
		facts: map[string]string{"value": v.Text, "from": string(v.From), "document_no": v.DocumentNo}})
}
