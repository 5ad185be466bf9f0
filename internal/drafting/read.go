package drafting

import (
	"errors"
	"fmt"
	"slices"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// errUnknown hides a draft from who may not see its unit.
var errUnknown = fault.New(fault.NotFound, "drafting-unknown", "没有这份预算草案", "请从预算编制列表中打开")

// selected begins at the drafts, of which there are few.
const selected = `select x.document_id, d.version, d.state, x.unit_id, u.name, u.path, x.year, x.round, coalesce(x.base_id, ''), x.base_day, x.notice_no,
	x.maker_id, x.made_at, x.session_no, x.session_name, x.session_on from budget_draft x cross join document d
	join unit u on u.county_id = x.county_id and u.unit_id = x.unit_id
	where x.county_id = $1 and d.county_id = x.county_id and d.document_id = x.document_id`

func scan(row interface{ Scan(...any) error }) (d Draft, err error) {
	err = row.Scan(&d.Document, &d.Version, &d.State, &d.Unit, &d.UnitName, &d.Path, &d.Year, &d.Round, &d.Base, &d.BaseDay, &d.Notice,
		&d.Maker, &d.MadeAt, &d.Number, &d.Name, &d.On)
	return d, err
}

func query(tx *store.Tx, q string, args ...any) ([]Draft, error) {
	rows, err := tx.Query(selected+q, args...)
	if err != nil {
		return nil, fmt.Errorf("drafting: drafts: %w", err)
	}
	defer rows.Close()
	var out []Draft
	for rows.Next() {
		d, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("drafting: drafts: %w", err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// Get gives a draft of a township that the person works for, or for a unit of.
func Get(tx *store.Tx, by identity.Actor, id string) (Draft, error) {
	d, err := scan(tx.QueryRow(selected+` and x.document_id = $2`, by.County, id))
	if errors.Is(err, store.ErrNoRows) || err == nil && !concerns(by, d.Path) {
		return Draft{}, errUnknown
	}
	if err != nil {
		return d, fmt.Errorf("drafting.Get %s: %w", id, err)
	}
	return d, nil
}

// concerns reports whether the person has a role over the township, or over a unit of it.
func concerns(by identity.Actor, path string) bool {
	return by.Has(path, Readers...) || slices.ContainsFunc(by.Grants, func(g identity.Grant) bool {
		return org.Within(g.Path, path) && slices.Contains(Readers, g.Role)
	})
}

// List gives the drafts that concern the person, the latest year first.
func List(tx *store.Tx, by identity.Actor) ([]Draft, error) {
	all, err := query(tx, ` order by x.year desc, u.code, x.round desc`, by.County)
	return slices.DeleteFunc(all, func(d Draft) bool { return !concerns(by, d.Path) }), err
}

// Last gives the latest round of a township's year in a state of those given; ok is false where there is none.
func Last(tx *store.Tx, county, unit int64, year int, approved bool) (d Draft, ok bool, err error) {
	all, err := query(tx, ` and x.unit_id = $2 and x.year = $3 order by x.round desc`, county, unit, year)
	for _, d := range all {
		if !approved || d.Approved() {
			return d, true, err
		}
	}
	return Draft{}, false, err
}

// Stages gives the frozen versions of a draft, the oldest first.
func Stages(tx *store.Tx, county int64, id string) ([]Stage, error) {
	rows, err := tx.Query(`select stage_no, step, version, person_id, at from budget_draft_stage where county_id = $1 and document_id = $2 order by stage_no`, county, id)
	if err != nil {
		return nil, fmt.Errorf("drafting.Stages %s: %w", id, err)
	}
	defer rows.Close()
	var out []Stage
	for rows.Next() {
		var s Stage
		if err := rows.Scan(&s.No, &s.Step, &s.Version, &s.Person, &s.At); err != nil {
			return nil, fmt.Errorf("drafting.Stages %s: %w", id, err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// ContentOf gives what a version holds; 0 is the working one.
func ContentOf(tx *store.Tx, county int64, id string, stage int) (c Content, err error) {
	if c.Lines, err = linesOf(tx, county, id, stage, 0); err != nil {
		return c, err
	}
	if c.Items, err = itemsOf(tx, county, id, stage); err != nil {
		return c, err
	}
	c.Controls, err = controlsOf(tx, county, id, stage)
	return c, err
}

const lineColumns = `l.unit_id, u.name, l.basis, l.fund, l.source, l.function, l.gov_economic, l.economic, l.project, l.standard_id, l.quantity, l.rate, l.amount,
	l.purchase, l.guarantee, l.note`

// linesOf gives the lines of a version, of one unit or of all.
func linesOf(tx *store.Tx, county int64, id string, stage int, unit int64) ([]Line, error) {
	rows, err := tx.Query(`select `+lineColumns+` from budget_draft_line l join unit u on u.county_id = l.county_id and u.unit_id = l.unit_id
		where l.county_id = $1 and l.document_id = $2 and l.stage_no = $3 and (l.unit_id = $4 or $4 = 0) order by u.code, l.unit_id, l.line_no`, county, id, stage, unit)
	if err != nil {
		return nil, fmt.Errorf("drafting: lines of %s: %w", id, err)
	}
	defer rows.Close()
	var out []Line
	for rows.Next() {
		var l Line
		if err := rows.Scan(&l.Unit, &l.UnitName, &l.Basis, &l.Fund, &l.Source, &l.Function, &l.GovEconomic, &l.Economic, &l.Project, &l.Standard, &l.Quantity,
			&l.Rate, &l.Amount, &l.Purchase, &l.Guarantee, &l.Note); err != nil {
			return nil, fmt.Errorf("drafting: lines of %s: %w", id, err)
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

func itemsOf(tx *store.Tx, county int64, id string, stage int) ([]Item, error) {
	rows, err := tx.Query(`select side, fund, class, counter, amount, note from budget_draft_item
		where county_id = $1 and document_id = $2 and stage_no = $3 order by item_no`, county, id, stage)
	if err != nil {
		return nil, fmt.Errorf("drafting: items of %s: %w", id, err)
	}
	defer rows.Close()
	var out []Item
	for rows.Next() {
		var i Item
		if err := rows.Scan(&i.Side, &i.Fund, &i.Class, &i.Counter, &i.Amount, &i.Note); err != nil {
			return nil, fmt.Errorf("drafting: items of %s: %w", id, err)
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

func controlsOf(tx *store.Tx, county int64, id string, stage int) ([]Control, error) {
	rows, err := tx.Query(`select unit_id, fund, amount from budget_draft_control
		where county_id = $1 and document_id = $2 and stage_no = $3 order by unit_id, fund`, county, id, stage)
	if err != nil {
		return nil, fmt.Errorf("drafting: control numbers of %s: %w", id, err)
	}
	defer rows.Close()
	var out []Control
	for rows.Next() {
		var c Control
		if err := rows.Scan(&c.Unit, &c.Fund, &c.Amount); err != nil {
			return nil, fmt.Errorf("drafting: control numbers of %s: %w", id, err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Units gives the units that draw up lines in a draft: the township and those below it that have budgets of their own;
// villages keep collective money and branches none.
func Units(tx *store.Tx, county int64, d Draft) ([]org.Unit, error) {
	all, err := org.List(tx, county, d.Path, d.BaseDay)
	return slices.DeleteFunc(all, func(u org.Unit) bool { return u.Kind == org.Village || u.Kind == org.Branch }), err
}
