// Package org holds the county and its tree of units: departments, townships, offices, villages, with the dates
// between which they exist. Access is by subtree, so every unit carries the path of ids from the county down to it.
package org

import (
	"errors"
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// Kind is the kind of a unit.
type Kind string

// The kinds of units.
const (
	County     Kind = "county"     // 县
	Department Kind = "department" // 部门
	Township   Kind = "township"   // 乡镇
	Office     Kind = "office"     // 内设机构、财政所
	Centre     Kind = "centre"     // 会计核算中心
	Station    Kind = "station"    // 站所
	Branch     Kind = "branch"     // 支部
	Village    Kind = "village"    // 村(居)
)

// Unit is one unit of a county.
type Unit struct {
	ID       int64
	Code     string // division code (township 9 digits, village 12) or the code given to it
	Name     string
	Kind     Kind
	Parent   int64  // 0 for the county itself
	Path     string // /1/5/23/
	Mnemonic string
	From     calendar.Date
	To       calendar.Date // last day; empty while it exists
}

const unitColumns = `unit_id, code, name, kind, coalesce(parent_id, 0), path, mnemonic, valid_from, coalesce(valid_to, '')`

func scanUnit(row interface{ Scan(...any) error }) (Unit, error) {
	var u Unit
	err := row.Scan(&u.ID, &u.Code, &u.Name, &u.Kind, &u.Parent, &u.Path, &u.Mnemonic, &u.From, &u.To)
	return u, err
}

// Get gives a unit by its id.
func Get(tx *store.Tx, county, id int64) (Unit, error) {
	u, err := scanUnit(tx.QueryRow(`select `+unitColumns+` from unit where county_id = $1 and unit_id = $2`, county, id))
	if errors.Is(err, store.ErrNoRows) {
		return u, fault.Newf(fault.NotFound, "unit-unknown", "请从单位列表中选择", "没有编号为 %d 的单位", id)
	}
	if err != nil {
		return u, fmt.Errorf("org.Get %d: %w", id, err)
	}
	return u, nil
}

// ByCode gives a unit by its code.
func ByCode(tx *store.Tx, county int64, code string) (Unit, error) {
	u, err := scanUnit(tx.QueryRow(`select `+unitColumns+` from unit where county_id = $1 and code = $2`, county, code))
	if errors.Is(err, store.ErrNoRows) {
		return u, fault.Newf(fault.NotFound, "unit-unknown", "请核对单位编码,或先导入单位", "没有编码为「%s」的单位", code)
	}
	if err != nil {
		return u, fmt.Errorf("org.ByCode %s: %w", code, err)
	}
	return u, nil
}

// Today gives the county's business date: the step's instant plus eight hours, or the fixed date of an invented county.
func Today(tx *store.Tx, county int64) (calendar.Date, error) {
	var fixed string
	err := tx.QueryRow(`select coalesce(business_date, '') from county where county_id = $1`, county).Scan(&fixed)
	if errors.Is(err, store.ErrNoRows) {
		return "", fault.Newf(fault.NotFound, "county-unknown", "请先用 init 建立该县", "库中没有编码为 %d 的县", county)
	}
	if err != nil {
		return "", fmt.Errorf("org.Today: %w", err)
	}
	if fixed != "" {
		return calendar.Date(fixed), nil
	}
	return calendar.DateOf(tx.Now), nil
}

// NextID takes the next compact integer of a kind ("unit", "person", "combination", …) from the county's counter.
func NextID(tx *store.Tx, county int64, name string) (int64, error) {
	var n int64
	err := tx.QueryWrite(`insert into counter (county_id, name, value) values ($1, $2, 1)
		on conflict (county_id, name) do update set value = counter.value + 1 returning value`, county, name).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("org.NextID %s: %w", name, err)
	}
	return n, nil
}
