package org

import (
	"errors"
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// Home is a county that the database keeps.
type Home struct {
	ID           int64
	Name         string
	BusinessDate calendar.Date // fixed date of an invented county, else empty
}

// CreateCounty makes a county and its root unit, which begins on from. businessDate fixes the business date of an
// invented county; empty, the calendar's date counts.
func CreateCounty(tx *store.Tx, id int64, name string, businessDate, from calendar.Date) (Unit, error) {
	name = strings.TrimSpace(name)
	if id < 100000 || id > 999999 {
		return Unit{}, fault.Newf(fault.Invalid, "county-code-malformed", "请填写 6 位县级区划代码", "「%d」不是县级区划代码", id).In("county")
	}
	if name == "" {
		return Unit{}, fault.New(fault.Invalid, "county-name-missing", "县名不能为空", "请填写县的全称").In("name")
	}
	if err := checkName("县名", name); err != nil {
		return Unit{}, err
	}
	if err := checkDates(from, ""); err != nil {
		return Unit{}, err
	}
	var fixed any
	if businessDate != "" {
		if err := checkDates(businessDate, ""); err != nil {
			return Unit{}, err
		}
		fixed = string(businessDate)
	}
	_, err := tx.Exec(`insert into county (county_id, name, business_date, created_at) values ($1, $2, $3, $4)`,
		id, name, fixed, calendar.Instant(tx.Now))
	if store.IsUnique(err) {
		return Unit{}, fault.Newf(fault.Conflict, "county-exists", "请直接打开该县,或换一个数据目录", "库中已有编码为 %d 的县", id)
	}
	if err != nil {
		return Unit{}, fmt.Errorf("org.CreateCounty %d: %w", id, err)
	}
	unit, err := NextID(tx, id, "unit")
	if err != nil {
		return Unit{}, err
	}
	root := Unit{
		ID: unit, Code: fmt.Sprint(id), Name: name, Kind: County, Path: fmt.Sprintf("/%d/", unit),
		Mnemonic: standard.Mnemonic(name), From: from,
	}
	return root, insert(tx, id, root)
}

// Counties lists the counties of the database by code.
func Counties(tx *store.Tx) ([]Home, error) {
	rows, err := tx.Query(`select county_id, name, coalesce(business_date, '') from county order by county_id`)
	if err != nil {
		return nil, fmt.Errorf("org.Counties: %w", err)
	}
	defer rows.Close()
	var all []Home
	for rows.Next() {
		var h Home
		if err := rows.Scan(&h.ID, &h.Name, &h.BusinessDate); err != nil {
			return nil, fmt.Errorf("org.Counties: %w", err)
		}
		all = append(all, h)
	}
	return all, rows.Err()
}

// Root gives the county's own unit.
func Root(tx *store.Tx, county int64) (Unit, error) {
	u, err := scanUnit(tx.QueryRow(`select `+unitColumns+` from unit where county_id = $1 and parent_id is null`, county))
	if errors.Is(err, store.ErrNoRows) {
		return u, fault.Newf(fault.NotFound, "county-unknown", "请先用 init 建立该县", "库中没有编码为 %d 的县", county)
	}
	if err != nil {
		return u, fmt.Errorf("org.Root %d: %w", county, err)
	}
	return u, nil
}
