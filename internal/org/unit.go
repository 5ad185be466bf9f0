package org

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// NewUnit is what a unit is made from.
type NewUnit struct {
	Code   string
	Name   string
	Kind   Kind
	Parent int64
	From   calendar.Date // first day; not before the parent's
	To     calendar.Date // last day, or empty
}

var kindTitles = map[Kind]string{
	County: "县", Department: "部门", Township: "乡镇", Office: "内设机构", Centre: "会计核算中心",
	Station: "站所", Branch: "支部", Village: "村(居)",
}

// Kinds gives the kinds that may be chosen for a new unit: all but the county itself.
func Kinds() []Kind {
	return []Kind{Department, Township, Office, Centre, Station, Branch, Village}
}

// Title is the kind's name on pages.
func (k Kind) Title() string { return kindTitles[k] }

// The longest name and code, in characters: what a printed head and a column take.
const (
	nameMost = 60
	codeMost = 32
)

// check refuses what is wrong with the unit by itself.
func (n *NewUnit) check() error {
	n.Code, n.Name = strings.TrimSpace(n.Code), strings.TrimSpace(n.Name)
	if err := checkName("单位名称", n.Name); err != nil {
		return err
	}
	switch {
	case n.Name == "":
		return fault.New(fault.Invalid, "unit-name-missing", "单位名称不能为空", "请填写单位全称").In("name")
	case n.Code != "" && !CodeFits(n.Code):
		return fault.Newf(fault.Invalid, "unit-code-malformed", CodeRule, "单位编码「%s」不可用", n.Code).In("code")
	case n.Code == "":
		return fault.New(fault.Invalid, "unit-code-missing", "单位编码不能为空", "请填写区划代码(乡镇 9 位、村 12 位)或自定编码").In("code")
	case n.Kind == County || n.Kind.Title() == "":
		return fault.Newf(fault.Invalid, "unit-kind-unknown", "请从部门、乡镇、内设机构、会计核算中心、站所、支部、村(居)中选择",
			"单位类别「%s」不可用", n.Kind).In("kind")
	}
	return checkDates(n.From, n.To)
}

func checkName(title, name string) error { return text.Check("name", title, name, nameMost) }

// CodeFits reports whether a code may be given to a unit, or to one of its books.
func CodeFits(code string) bool {
	return len(code) <= codeMost && !strings.ContainsFunc(code, oddInCode)
}

// CodeRule says what CodeFits asks.
var CodeRule = fmt.Sprintf("请用字母、数字、- 和 _,最多 %d 个", codeMost)

// oddInCode keeps codes to what stands in addresses, file names and every old program.
func oddInCode(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

func checkDates(from, to calendar.Date) error {
	if _, err := calendar.ParseDate(string(from)); err != nil {
		return fault.As(err).In("from")
	}
	if to == "" {
		return nil
	}
	if _, err := calendar.ParseDate(string(to)); err != nil {
		return fault.As(err).In("to")
	}
	if to < from {
		return fault.Newf(fault.Invalid, "unit-dates-reversed", "请改正起止日期", "撤销日期 %s 早于设立日期 %s", to, from).In("to")
	}
	return nil
}

// Create makes a unit under its parent. A unit lives within the dates of its parent.
func Create(tx *store.Tx, county int64, n NewUnit) (Unit, error) {
	if err := n.check(); err != nil {
		return Unit{}, err
	}
	parent, err := Get(tx, county, n.Parent)
	if err != nil {
		return Unit{}, err
	}
	if n.From < parent.From {
		return Unit{}, fault.Newf(fault.Invalid, "unit-before-parent", "请把设立日期改到上级单位设立之后,或先更正上级单位",
			"「%s」设立日期 %s 早于上级「%s」的设立日期 %s", n.Name, n.From, parent.Name, parent.From).In("from")
	}
	if parent.To != "" && (n.To == "" || n.To > parent.To) {
		return Unit{}, fault.Newf(fault.Refused, "unit-parent-closed", "请改选在用的上级单位,或填写不晚于上级的撤销日期",
			"上级「%s」已于 %s 撤销,其下单位不能更晚撤销", parent.Name, parent.To).In("parent")
	}
	if err := codeFree(tx, county, n.Code); err != nil {
		return Unit{}, err
	}
	id, err := NextID(tx, county, "unit")
	if err != nil {
		return Unit{}, err
	}
	u := Unit{
		ID: id, Code: n.Code, Name: n.Name, Kind: n.Kind, Parent: parent.ID, Path: fmt.Sprintf("%s%d/", parent.Path, id),
		Mnemonic: standard.Mnemonic(n.Name), From: n.From, To: n.To,
	}
	return u, insert(tx, county, u)
}

func codeFree(tx *store.Tx, county int64, code string) error {
	holder, err := ByCode(tx, county, code)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	}
	return fault.Newf(fault.Invalid, "unit-code-taken", "请核对编码,或直接使用已有单位", "编码「%s」已由「%s」使用", code, holder.Name).In("code")
}

func insert(tx *store.Tx, county int64, u Unit) error {
	var parent, to any
	if u.Parent != 0 {
		parent = u.Parent
	}
	if u.To != "" {
		to = string(u.To)
	}
	_, err := tx.Exec(`insert into unit (county_id, unit_id, code, name, kind, parent_id, path, mnemonic, valid_from, valid_to)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		county, u.ID, u.Code, u.Name, string(u.Kind), parent, u.Path, u.Mnemonic, string(u.From), to)
	if err != nil {
		return fmt.Errorf("org.Create %s: %w", u.Code, err)
	}
	return nil
}

// CheckInUse refuses a unit that has ended by a day, for what would hang on it: books, persons, roles.
func (u Unit) CheckInUse(on calendar.Date) error {
	if u.To == "" || on <= u.To {
		return nil
	}
	return fault.Newf(fault.Refused, "unit-closed", "请改选在用的单位", "「%s」已于 %s 撤销", u.Name, u.To).In("unit")
}

// Close ends a unit with its last day. It is refused while a unit below it lives on; whether books are still open is
// for the caller to ask, who knows of books.
func Close(tx *store.Tx, county, unit int64, last calendar.Date) error {
	u, err := Get(tx, county, unit)
	if err != nil {
		return err
	}
	if u.Kind == County {
		return fault.New(fault.Refused, "unit-is-county", "县本身不能撤销", "请选择要撤销的下级单位")
	}
	if u.To != "" {
		return fault.Newf(fault.Refused, "unit-closed", "无需再次办理", "「%s」已于 %s 撤销", u.Name, u.To)
	}
	if err := checkDates(u.From, last); err != nil {
		return err
	}
	children, err := Children(tx, county, unit)
	if err != nil {
		return err
	}
	for _, c := range children {
		if c.To == "" || c.To > last {
			return fault.Newf(fault.Refused, "unit-has-children", "请先撤销下级单位,或改选更晚的日期",
				"「%s」之下的「%s」在 %s 之后仍在用", u.Name, c.Name, last).In("to")
		}
	}
	_, err = tx.Exec(`update unit set valid_to = $3 where county_id = $1 and unit_id = $2`, county, unit, string(last))
	if err != nil {
		return fmt.Errorf("org.Close %d: %w", unit, err)
	}
	return nil
}
