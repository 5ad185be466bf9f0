package web

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// unitScope gives the books of a unit, and those that were its own once, that the person may look into; a unit without one is not there.
func (c *call) unitScope(tx *store.Tx) (scope, error) {
	u, err := c.unit(tx)
	if err != nil {
		return scope{}, err
	}
	all, err := ledger.ListBooks(tx, c.actor.County, u.Path)
	if err != nil {
		return scope{}, err
	}
	chart := ledger.ChartName(c.query("chart"))
	s := scope{entity: u.Name, unit: u, path: fmt.Sprintf("/units/%d", u.ID), chart: chart}
	once, err := ledger.OnceUnder(tx, c.actor.County, u)
	if err != nil {
		return scope{}, err
	}
	for _, b := range append(all, once...) {
		if c.actor.Has(b.Path, ledger.Readers...) && (chart == "" || b.Chart == chart) {
			s.books = append(s.books, b)
		}
	}
	if len(s.books) == 0 {
		return scope{}, fault.Newf(fault.NotFound, "unit-without-books", "请选择设有账套的单位", "「%s」没有您可查看的账套", u.Name)
	}
	return s, nil
}

// businessDay gives the county's day from its books; one that has ended stays at its last month.
func businessDay(books []ledger.Book) calendar.Date {
	var day calendar.Date
	for _, b := range books {
		day = max(day, b.Today)
	}
	return day
}

// latest gives the month that a statement ends with where none is asked for: today's, or the last of what has ended.
func (s scope) latest() calendar.Period {
	p := businessDay(s.books).Period()
	if s.unit.To != "" {
		p = min(p, s.unit.To.Period())
	}
	return p
}

// asOf gives the books that a statement of a unit covered on a day, and what the unit was called then. A book that came
// to the unit later, from one that was merged into it, is another unit's for the months before.
func (c *call) asOf(tx *store.Tx, s scope, on calendar.Date) (books []ledger.Book, entity string, err error) {
	if s.unit.ID == 0 {
		return s.books, s.entity, nil
	}
	if entity, err = org.NameOn(tx, c.actor.County, org.OfUnit, s.unit.ID, on, s.unit.Name); err != nil {
		return nil, "", err
	}
	moved, err := ledger.UnitsOn(tx, c.actor.County, on)
	if err != nil {
		return nil, "", err
	}
	parents, err := org.ParentsOn(tx, c.actor.County, on)
	if err != nil {
		return nil, "", err
	}
	over, err := org.PathOn(tx, c.actor.County, s.unit, parents)
	if err != nil {
		return nil, "", err
	}
	for _, b := range s.books {
		then := b.Path
		if owner, ok := moved[b.ID]; ok || len(parents) > 0 {
			if !ok {
				owner = b.Unit
			}
			u, err := org.Get(tx, c.actor.County, owner)
			if err != nil {
				return nil, "", err
			}
			if then, err = org.PathOn(tx, c.actor.County, u, parents); err != nil {
				return nil, "", err
			}
		}
		if org.Within(then, over) {
			books = append(books, b)
		}
	}
	if len(books) == 0 {
		return nil, "", fault.Newf(fault.NotFound, "unit-without-books", "请选择设有账套的单位", "「%s」在 %s 没有账套", s.unit.Name, fmt.Sprint(on))
	}
	return books, entity, nil
}
