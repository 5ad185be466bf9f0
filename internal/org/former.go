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

// Subject says whose former names are meant.
type Subject string

// What has former names.
const (
	OfUnit Subject = "unit"
	OfBook Subject = "book"
)

// NameOn gives the name that a unit or a book had on a day; current is the one that it has now.
func NameOn(tx *store.Tx, county int64, of Subject, id int64, on calendar.Date, current string) (string, error) {
	var name string
	err := tx.QueryRow(`select name from former_name where county_id = $1 and subject = $2 and subject_id = $3 and valid_to >= $4
		order by valid_to limit 1`, county, string(of), id, string(on)).Scan(&name)
	if errors.Is(err, store.ErrNoRows) {
		return current, nil
	}
	if err != nil {
		return "", fmt.Errorf("org.NameOn %s %d: %w", of, id, err)
	}
	return name, nil
}

// KeepName keeps the name that was used until the day before on. A name is not taken back: on lies after every earlier
// change.
func KeepName(tx *store.Tx, county int64, of Subject, id int64, name string, on calendar.Date) error {
	var last string
	err := tx.QueryRow(`select coalesce(max(valid_to), '') from former_name where county_id = $1 and subject = $2 and subject_id = $3`,
		county, string(of), id).Scan(&last)
	if err != nil {
		return fmt.Errorf("org.KeepName %s %d: %w", of, id, err)
	}
	if string(on.AddDays(-1)) <= last {
		return fault.Newf(fault.Refused, "name-back-dated", "请把生效日期改到上次改名之后", "「%s」在 %s 已改过名,新名称自 %s 起,不晚于它",
			name, calendar.Date(last).AddDays(1), on).In("on")
	}
	_, err = tx.Exec(`insert into former_name (county_id, subject, subject_id, valid_to, name) values ($1, $2, $3, $4, $5)`,
		county, string(of), id, string(on.AddDays(-1)), name)
	if err != nil {
		return fmt.Errorf("org.KeepName %s %d: %w", of, id, err)
	}
	return nil
}

// Rename gives a unit another name from a day on. What was called otherwise before stays so: see NameOn.
func Rename(tx *store.Tx, county, unit int64, name string, on calendar.Date) error {
	u, err := Get(tx, county, unit)
	if err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	if err := checkName("单位名称", name); err != nil {
		return err
	}
	switch {
	case name == "":
		return fault.New(fault.Invalid, "unit-name-missing", "单位名称不能为空", "请填写单位全称").In("name")
	case name == u.Name:
		return fault.Newf(fault.Invalid, "unit-name-same", "请填写新名称", "「%s」本来就叫这个名称", name).In("name")
	case u.To != "":
		return fault.Newf(fault.Refused, "unit-closed", "请改选在用的单位", "「%s」已于 %s 撤销", u.Name, u.To)
	case on <= u.From:
		return fault.Newf(fault.Invalid, "unit-before-start", "请把日期改到设立日期之后", "「%s」设立于 %s,改名日期 %s 不晚于它", u.Name, u.From, on).In("on")
	}
	if err := KeepName(tx, county, OfUnit, unit, u.Name, on); err != nil {
		return err
	}
	if _, err = tx.Exec(`update unit set name = $3, mnemonic = $4 where county_id = $1 and unit_id = $2`, county, unit, name, standard.Mnemonic(name)); err != nil {
		return fmt.Errorf("org.Rename %d: %w", unit, err)
	}
	if u.Kind != County {
		return nil
	}
	if _, err = tx.Exec(`update county set name = $2 where county_id = $1`, county, name); err != nil {
		return fmt.Errorf("org.Rename %d: %w", unit, err)
	}
	return nil
}
