package org

import (
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// Move puts a unit, with everything below it, under another parent from a day on. Rights follow the new path at once;
// under whom it stood before can be asked of any day (PathOn). A day before its last move is refused.
func Move(tx *store.Tx, county, unit, parent int64, on calendar.Date) error {
	u, err := Get(tx, county, unit)
	if err != nil {
		return err
	}
	p, err := Get(tx, county, parent)
	if err != nil {
		return err
	}
	if Within(p.Path, u.Path) {
		return fault.Newf(fault.Invalid, "unit-below-itself", "请改选别的上级单位", "「%s」不能移到自己之下", u.Name).In("parent")
	}
	var last calendar.Date
	err = tx.QueryRow(`select coalesce(max(valid_to), '') from unit_former_parent where county_id = $1 and unit_id = $2`, county, unit).Scan(&last)
	if err != nil {
		return fmt.Errorf("org.Move %d: %w", unit, err)
	}
	if on <= last {
		return fault.Newf(fault.Refused, "move-back-dated", "请把生效日期改到上次划转当日或以后", "「%s」在 %s 已划转过,生效日期 %s 早于它",
			u.Name, last.AddDays(1), on).In("on")
	}
	// Moved twice on one day, it stood under the first until then.
	_, err = tx.Exec(`insert into unit_former_parent (county_id, unit_id, valid_to, parent_id) values ($1, $2, $3, $4) on conflict do nothing`,
		county, unit, string(on.AddDays(-1)), u.Parent)
	if err == nil {
		_, err = tx.Exec(`update unit set parent_id = $3 where county_id = $1 and unit_id = $2`, county, unit, parent)
	}
	if err == nil {
		lower, upper := Subtree(u.Path)
		_, err = tx.Exec(`update unit set path = $4 || substr(path, $5) where county_id = $1 and path >= $2 and path < $3`,
			county, lower, upper, fmt.Sprintf("%s%d/", p.Path, unit), len(u.Path)+1)
	}
	if err != nil {
		return fmt.Errorf("org.Move %d: %w", unit, err)
	}
	return nil
}

// ParentsOn gives, of the units that have moved since a day, under whom they stood on that day.
func ParentsOn(tx *store.Tx, county int64, on calendar.Date) (map[int64]int64, error) {
	rows, err := tx.Query(`select unit_id, parent_id from unit_former_parent where county_id = $1 and valid_to >= $2
		order by unit_id, valid_to desc`, county, string(on))
	if err != nil {
		return nil, fmt.Errorf("org.ParentsOn %s: %w", on, err)
	}
	defer rows.Close()
	out := map[int64]int64{}
	for rows.Next() {
		var unit, parent int64
		if err := rows.Scan(&unit, &parent); err != nil {
			return nil, fmt.Errorf("org.ParentsOn %s: %w", on, err)
		}
		out[unit] = parent
	}
	return out, rows.Err()
}

// PathOn gives the path that a unit had on the day that ParentsOn was asked for.
func PathOn(tx *store.Tx, county int64, u Unit, moved map[int64]int64) (string, error) {
	ids := Ancestors(u.Path)
	for i, id := range slices.Backward(ids) {
		above, ok := moved[id]
		if !ok {
			continue
		}
		parent, err := Get(tx, county, above)
		if err != nil {
			return "", err
		}
		path, err := PathOn(tx, county, parent, moved)
		for _, below := range ids[i:] {
			path += fmt.Sprintf("%d/", below)
		}
		return path, err
	}
	return u.Path, nil
}

// MovedFrom lists the units that once stood directly under a unit, or under one below it, and stand elsewhere now.
func MovedFrom(tx *store.Tx, county int64, path string) ([]Unit, error) {
	lower, upper := Subtree(path)
	units, err := query(tx, `select `+unitColumns+` from unit where county_id = $1 and unit_id in (select f.unit_id from unit_former_parent f
		join unit p on p.county_id = f.county_id and p.unit_id = f.parent_id
		where f.county_id = $1 and p.path >= $2 and p.path < $3) order by code`, county, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("org.MovedFrom %s: %w", path, err)
	}
	return units, nil
}
