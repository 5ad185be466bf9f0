package identity

import (
	"fmt"
	"strconv"

	"xiangzhang/internal/calendar"
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
	return u, record(tx, by.County, act{kind: "unit", document: TrailOfUnit(u.ID), step: "unit-created", by: by.Person,
		facts: map[string]string{"code": u.Code, "name": u.Name, "kind": string(u.Kind), "from": string(u.From), "parent": strconv.FormatInt(u.Parent, 10)}})
}

// CloseUnit ends a unit with its last day. The caller has made sure that no book of it is open.
func CloseUnit(tx *store.Tx, by Actor, unit int64, last calendar.Date) error {
	u, err := org.Get(tx, by.County, unit)
	if err != nil {
		return err
	}
	if err := by.Require(u.Path, "撤销单位", SysAdmin); err != nil {
		return err
	}
	if err := org.Close(tx, by.County, unit, last); err != nil {
		return err
	}
	return record(tx, by.County, act{kind: "unit", document: TrailOfUnit(unit), step: "unit-closed", by: by.Person,
		facts: map[string]string{"to": string(last)}})
}

// TrailOfUnit names the document under which the trail keeps what was done about a unit.
func TrailOfUnit(unit int64) string { return fmt.Sprintf("unit-%d", unit) }

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
	if err := rule.Set(tx, by.County, d, v); err != nil {
		return err
	}
	return record(tx, by.County, act{kind: "rule", document: ruleDocument(d.Code, v.Unit), step: "rule-set", by: by.Person,
		facts: map[string]string{"value": v.Text, "from": string(v.From), "document_no": v.DocumentNo}})
}
