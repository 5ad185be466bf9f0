package org

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/store"
)

// Within reports whether the unit at path is the unit at ancestor or lies below it.
func Within(path, ancestor string) bool {
	return ancestor != "" && strings.HasPrefix(path, ancestor)
}

// Ancestors gives the ids on a path, from the county down to the unit itself.
func Ancestors(path string) []int64 {
	var ids []int64
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		id, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return nil
		}
		ids = append(ids, id)
	}
	return ids
}

// Subtree gives the bounds of all paths that begin with prefix: lower <= path and path < upper. A range uses the index
// on both engines, a pattern does not.
func Subtree(prefix string) (lower, upper string) {
	return prefix, prefix + ":" // ':' follows '9'
}

// Exists reports whether the unit exists on a date.
func (u Unit) Exists(on calendar.Date) bool { return u.From <= on && (u.To == "" || on <= u.To) }

// List gives the units at or below the unit at prefix that exist on the date, or all of them where on is empty: every
// unit before those below it, neighbours by code.
func List(tx *store.Tx, county int64, prefix string, on calendar.Date) ([]Unit, error) {
	lower, upper := Subtree(prefix)
	units, err := query(tx, `select `+unitColumns+` from unit where county_id = $1 and path >= $2 and path < $3`, county, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("org.List %s: %w", prefix, err)
	}
	if on != "" {
		units = slices.DeleteFunc(units, func(u Unit) bool { return !u.Exists(on) })
	}
	return inTreeOrder(units), nil
}

// Node is a unit with those below it.
type Node struct {
	Unit
	Below []*Node
}

// Tree gives the units of List as trees; a unit whose parent is not among them begins one.
func Tree(tx *store.Tx, county int64, prefix string, on calendar.Date) ([]*Node, error) {
	units, err := List(tx, county, prefix, on)
	if err != nil {
		return nil, err
	}
	var roots []*Node
	nodes := make(map[int64]*Node, len(units))
	for _, u := range units {
		n := &Node{Unit: u}
		nodes[u.ID] = n
		if parent := nodes[u.Parent]; parent != nil {
			parent.Below = append(parent.Below, n)
		} else {
			roots = append(roots, n)
		}
	}
	return roots, nil
}

// Children gives the units directly below one, whether they still exist or not, by code.
func Children(tx *store.Tx, county, unit int64) ([]Unit, error) {
	units, err := query(tx, `select `+unitColumns+` from unit where county_id = $1 and parent_id = $2 order by code`, county, unit)
	if err != nil {
		return nil, fmt.Errorf("org.Children %d: %w", unit, err)
	}
	return units, nil
}

// findMost bounds a look-up: nobody reads further.
const findMost = 50

var likeSpecial = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Find looks units up at or below prefix by the beginning of their code or pinyin initials or by a part of their name.
// An exact code comes first, then names that begin with the text.
func Find(tx *store.Tx, county int64, prefix, text string) ([]Unit, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil, nil
	}
	lower, upper := Subtree(prefix)
	begins := likeSpecial.Replace(text) + "%"
	units, err := query(tx, `select `+unitColumns+` from unit where county_id = $1 and path >= $2 and path < $3
		and (lower(code) like $4 escape '\' or mnemonic like $4 escape '\' or lower(name) like $5 escape '\')
		order by case when lower(code) = $6 then 0 when lower(name) like $4 escape '\' then 1 else 2 end, code limit $7`,
		county, lower, upper, begins, "%"+begins, text, findMost)
	if err != nil {
		return nil, fmt.Errorf("org.Find %s: %w", text, err)
	}
	return units, nil
}

func query(tx *store.Tx, q string, args ...any) ([]Unit, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var units []Unit
	for rows.Next() {
		u, err := scanUnit(rows)
		if err != nil {
			return nil, err
		}
		units = append(units, u)
	}
	return units, rows.Err()
}

// inTreeOrder sorts by the codes on the way down, so that paths of ids need not be padded.
func inTreeOrder(units []Unit) []Unit {
	byID := make(map[int64]*Unit, len(units))
	for i := range units {
		byID[units[i].ID] = &units[i]
	}
	ways := make(map[int64][]string, len(units))
	for _, u := range units {
		for _, id := range Ancestors(u.Path) {
			if at := byID[id]; at != nil {
				ways[u.ID] = append(ways[u.ID], at.Code)
			}
		}
	}
	slices.SortFunc(units, func(a, b Unit) int {
		return cmp.Or(slices.Compare(ways[a.ID], ways[b.ID]), cmp.Compare(a.ID, b.ID))
	})
	return units
}
