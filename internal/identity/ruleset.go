package identity

import (
	"fmt"

	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// RuleSet is a dated value with who set it and when.
type RuleSet struct {
	rule.Value
	By int64  // person; 0: the program when the county was made
	At string // instant; empty where By is 0
}

// ruleDocument names the document under which the trail keeps the settings of a rule for a unit, or the county (0).
func ruleDocument(code string, unit int64) string { return fmt.Sprintf("rule-%s-%d", code, unit) }

// RuleHistory gives every value of a rule, of the county and its units, oldest first, with who set it.
func RuleHistory(tx *store.Tx, county int64, code string) ([]RuleSet, error) {
	values, err := rule.List(tx, county, code)
	if err != nil {
		return nil, err
	}
	steps := map[int64][]trail.Row{}
	out := make([]RuleSet, 0, len(values))
	for _, v := range values {
		rows, read := steps[v.Unit]
		if !read {
			if rows, err = trail.List(tx, county, ruleDocument(code, v.Unit)); err != nil {
				return nil, err
			}
			steps[v.Unit] = rows
		}
		set := RuleSet{Value: v}
		for _, r := range rows {
			if trail.Says(r.Leaf, "from", string(v.From)) {
				set.By, set.At = r.Person, r.At
			}
		}
		out = append(out, set)
	}
	return out, nil
}
