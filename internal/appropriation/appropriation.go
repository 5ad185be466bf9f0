// Package appropriation keeps budget appropriations (预算指标): what each unit may spend in a year, line by line, and
// every move of it.
//
// It keeps these invariants. A line's available amount (可用) is what it was given, less what was taken back, frozen, held
// and spent; one guarded statement moves it, so that it is never negative on either engine, whatever runs beside. A line
// that is missing is zero, never unlimited. Each change is an append-only move with its document, number, maker and
// checker, and is kept by double entry in a memorandum ledger of its own (预算指标核算管理办法, 财办〔2022〕36号; the accounts
// are data of our own until the official table is loaded). People move lines by orders, which one person makes and
// another checks; payments hold, release, spend and refund inside their own steps.
//
// Rules: 预算法 art. 13 (no spending without a budget), 42 (carry-over), 54 (before approval), 67–72 (adjustment, transfer
// between items); 预算法实施条例 art. 50.
package appropriation

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Mode is how money of a line is paid (支付方式).
type Mode string

// The modes of payment.
const (
	Merged     Mode = "merged"     // 国库集中支付: direct and authorised in one, as the integrated system has it
	Direct     Mode = "direct"     // 财政直接支付
	Authorised Mode = "authorised" // 财政授权支付
	Real       Mode = "real"       // 实拨资金
)

var modeTitles = map[Mode]string{Merged: "国库集中支付", Direct: "财政直接支付", Authorised: "财政授权支付", Real: "实拨资金"}

// Modes gives the modes in the order in which pages offer them.
func Modes() []Mode { return []Mode{Merged, Direct, Authorised, Real} }

// Title is the mode's name on pages.
func (m Mode) Title() string { return modeTitles[m] }

// Basis is what a line is budgeted by.
type Basis string

// The bases of lines.
const (
	Personnel Basis = "personnel" // 人员经费
	Office    Basis = "office"    // 公用经费
	Project   Basis = "project"   // 项目支出
)

var basisTitles = map[Basis]string{Personnel: "人员经费", Office: "公用经费", Project: "项目支出"}

// Title is the basis' name on pages.
func (b Basis) Title() string { return basisTitles[b] }

// Key is what tells lines apart. No two lines have the same.
type Key struct {
	Year        int
	Unit        int64
	Fund        string // 资金性质
	Function    string // 支出功能分类, an item (项)
	GovEconomic string // 政府预算经济分类, a section (款)
	Economic    string // 部门预算经济分类, a section (款)
	Project     string // empty: basic expenditure
	Mode        Mode
	Origin      int // the year in which the money was first given
}

// reception is the section whose money may not come from people cost (公务接待费).
const reception = "30217"

// Basis follows from the key: a project's money is project money, wages and allowances are people cost, the rest of
// basic expenditure is office cost.
func (k Key) Basis() Basis {
	switch {
	case k.Project != "":
		return Project
	case strings.HasPrefix(k.Economic, "301") || strings.HasPrefix(k.Economic, "303"):
		return Personnel
	}
	return Office
}

// Sums are a line's guarded sums, fen.
type Sums struct {
	Provisional money.Fen // before the budget is approved
	Initial     money.Fen // 年初
	CarriedIn   money.Fen // 上年结转
	Added       money.Fen // 追加
	Reduced     money.Fen // 追减
	Moved       money.Fen // 调剂, in less out
	Frozen      money.Fen // 冻结
	Held        money.Fen // 占用, by payments that are under way
	Spent       money.Fen // 支付, refunds not taken off
	Refunded    money.Fen // 退回
	Recalled    money.Fen // 收回
	CarriedOut  money.Fen // 结转下年
}

// Budget is what the year began with.
func (s Sums) Budget() money.Fen { return s.Provisional + s.Initial + s.CarriedIn }

// Adjusted is the budget after every change of it.
func (s Sums) Adjusted() money.Fen {
	return s.Budget() + s.Added - s.Reduced + s.Moved - s.Recalled - s.CarriedOut
}

// Paid is what was paid for good.
func (s Sums) Paid() money.Fen { return s.Spent - s.Refunded }

// Available is what may still be held.
func (s Sums) Available() money.Fen { return s.Adjusted() - s.Frozen - s.Held - s.Paid() }

// Plus adds two lines' sums, for totals.
func (s Sums) Plus(o Sums) Sums {
	return Sums{
		s.Provisional + o.Provisional, s.Initial + o.Initial, s.CarriedIn + o.CarriedIn, s.Added + o.Added, s.Reduced + o.Reduced,
		s.Moved + o.Moved, s.Frozen + o.Frozen, s.Held + o.Held, s.Spent + o.Spent, s.Refunded + o.Refunded, s.Recalled + o.Recalled,
		s.CarriedOut + o.CarriedOut,
	}
}

// availableSQL is Sums.Available in SQL.
const availableSQL = `provisional + initial + carried_in + added - reduced + moved - frozen - held - spent + refunded - recalled - carried_out`

// Line is one appropriation.
type Line struct {
	ID     int64
	Number string // 指标号, as people write it
	Key
	Purchase  bool   // 政府采购
	Guarantee bool   // 三保
	Source    string // 文号 of the document that first gave it
	Parent    int64  // the line of the year before that it carries on; 0: none
	Sums
	Planned  money.Fen // what plans of the year's months come to
	Moves    int64
	UnitName string
	Path     string // of the unit
}

const lineColumns = `l.line_id, l.number, l.year, l.unit_id, l.fund, l.function, l.gov_economic, l.economic, l.project, l.mode, l.origin,
	l.purchase, l.guarantee, l.source_no, coalesce(l.parent_id, 0), l.provisional, l.initial, l.carried_in, l.added, l.reduced, l.moved,
	l.frozen, l.held, l.spent, l.refunded, l.recalled, l.carried_out, l.planned, l.moves, u.name, u.path`

const lineFrom = ` from appropriation_line l join unit u on u.county_id = l.county_id and u.unit_id = l.unit_id where l.county_id = $1 `

func scanLine(row interface{ Scan(...any) error }) (l Line, err error) {
	s := &l.Sums
	err = row.Scan(&l.ID, &l.Number, &l.Year, &l.Unit, &l.Fund, &l.Function, &l.GovEconomic, &l.Economic, &l.Project, &l.Mode, &l.Origin,
		&l.Purchase, &l.Guarantee, &l.Source, &l.Parent, &s.Provisional, &s.Initial, &s.CarriedIn, &s.Added, &s.Reduced, &s.Moved,
		&s.Frozen, &s.Held, &s.Spent, &s.Refunded, &s.Recalled, &s.CarriedOut, &l.Planned, &l.Moves, &l.UnitName, &l.Path)
	return l, err
}

func unknown() error {
	return fault.New(fault.NotFound, "appropriation-unknown", "没有这条指标", "请从指标台账中选择")
}

// Get gives a line, whoever asks.
func Get(tx *store.Tx, county, id int64) (Line, error) {
	l, err := scanLine(tx.QueryRow(`select `+lineColumns+lineFrom+`and l.line_id = $2`, county, id))
	if errors.Is(err, store.ErrNoRows) {
		return l, unknown()
	}
	if err != nil {
		return l, fmt.Errorf("appropriation.Get %d: %w", id, err)
	}
	return l, nil
}

// See gives a line that the actor may read; another township's is not there.
func See(tx *store.Tx, by identity.Actor, id int64) (Line, error) {
	l, err := Get(tx, by.County, id)
	if err == nil && !by.Reads(l.Path) {
		return Line{}, unknown()
	}
	return l, err
}

// ByNumber gives a line by its number, if the actor may read it.
func ByNumber(tx *store.Tx, by identity.Actor, number string) (Line, error) {
	l, err := scanLine(tx.QueryRow(`select `+lineColumns+lineFrom+`and l.number = $2`, by.County, strings.TrimSpace(number)))
	if errors.Is(err, store.ErrNoRows) || err == nil && !by.Reads(l.Path) {
		return Line{}, fault.Newf(fault.NotFound, "appropriation-number", "请从指标台账中选择指标号", "没有指标「%s」", number)
	}
	if err != nil {
		return l, fmt.Errorf("appropriation.ByNumber %s: %w", number, err)
	}
	return l, nil
}

// Find gives the line of a key; ok is false where there is none, which means zero.
func Find(tx *store.Tx, county int64, k Key) (l Line, ok bool, err error) {
	l, err = scanLine(tx.QueryRow(`select `+lineColumns+lineFrom+`and l.year = $2 and l.unit_id = $3 and l.fund = $4 and l.function = $5
		and l.gov_economic = $6 and l.economic = $7 and l.project = $8 and l.mode = $9 and l.origin = $10`,
		county, k.Year, k.Unit, k.Fund, k.Function, k.GovEconomic, k.Economic, k.Project, string(k.Mode), k.Origin))
	if errors.Is(err, store.ErrNoRows) {
		return Line{}, false, nil
	}
	if err != nil {
		return l, false, fmt.Errorf("appropriation.Find: %w", err)
	}
	return l, true, nil
}

// Available gives what may still be held on the line of a key: zero where there is no line.
func Available(tx *store.Tx, county int64, k Key) (money.Fen, error) {
	l, _, err := Find(tx, county, k)
	return l.Available(), err
}

// List gives the lines of a year at or below the unit at path that the actor may read, by unit and number. Lines that
// only stand in drafts, without a move, are left out.
func List(tx *store.Tx, by identity.Actor, year int, path string) ([]Line, error) {
	all, err := Under(tx, by.County, year, path)
	return slices.DeleteFunc(all, func(l Line) bool { return !by.Reads(l.Path) }), err
}

// Under is List, whoever asks.
func Under(tx *store.Tx, county int64, year int, path string) ([]Line, error) {
	lower, upper := org.Subtree(path)
	rows, err := tx.Query(`select `+lineColumns+lineFrom+`and l.year = $2 and l.moves > 0 and u.path >= $3 and u.path < $4
		order by u.code, l.number`, county, year, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("appropriation.List %s: %w", path, err)
	}
	defer rows.Close()
	var all []Line
	for rows.Next() {
		l, err := scanLine(rows)
		if err != nil {
			return nil, fmt.Errorf("appropriation.List %s: %w", path, err)
		}
		all = append(all, l)
	}
	return all, rows.Err()
}

// Years gives the years that have lines, newest first.
func Years(tx *store.Tx, county int64) ([]int, error) {
	rows, err := tx.Query(`select distinct year from appropriation_line where county_id = $1`, county)
	if err != nil {
		return nil, fmt.Errorf("appropriation.Years: %w", err)
	}
	defer rows.Close()
	var years []int
	for rows.Next() {
		var y int
		if err := rows.Scan(&y); err != nil {
			return nil, fmt.Errorf("appropriation.Years: %w", err)
		}
		years = append(years, y)
	}
	slices.Sort(years)
	slices.Reverse(years)
	return years, rows.Err()
}

// Label names a line in sentences.
func (l Line) Label() string {
	name := l.Number + " " + l.UnitName + " " + l.Function + " " + l.Economic
	if l.Project != "" {
		name += " " + l.Project
	}
	return name
}
