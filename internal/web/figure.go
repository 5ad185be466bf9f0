package web

import (
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/figure"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
)

// figures are the definitions of all domains.
var figures = figure.NewRegistry(roster.Figures(), ledger.Figures(), drafting.Figures())

// figureReaders may read at least one figure.
func figureReaders() []identity.Role {
	var lists [][]identity.Role
	for _, d := range figures {
		lists = append(lists, d.Readers)
	}
	return mergeRoles(lists...)
}

// figureRoutes are numbers with a name, each with the records it is made of.
func figureRoutes() []route {
	return []route{
		{pattern: "GET /figures", title: "指标数据", right: only(figureReaders()...), show: showFigures},
		{pattern: "POST /figures", title: "留存指标", right: only(figure.Keepers...), do: keepFigures},
		{pattern: "GET /figures/{figure}", title: "指标明细", right: only(figureReaders()...), show: showFigure},
		{pattern: "GET /figures/records/{record}", title: "指标留存", right: only(figureReaders()...), show: showFigureRecord},
	}
}

// figuresPage is the figures of a unit as of a day, and what was kept of them.
type figuresPage struct {
	Base
	Units    []choice
	Unit     int64
	UnitName string
	Day      string
	Rows     []figureRow
	Records  []recordRow
	Keep     bool
	Document string
	Purpose  string
}

type figureRow struct {
	figure.Definition
	Value figure.Value
	Link  string
	Parts string
	On    bool // ticked
}

type recordRow struct {
	figure.Record
	By   string
	When string
}

// recordsShown is how many of the kept records the page lists.
const recordsShown = 20

// figureScope reads the unit and the day that the address or the form names.
func (c *call) figureScope(tx *store.Tx, choices *[]choice) (unit org.Unit, on calendar.Date, err error) {
	if on, err = org.Today(tx, c.actor.County); err != nil {
		return unit, on, err
	}
	today := on
	if text := c.asked("on"); text != "" {
		if on, err = calendar.ParseDate(text); err != nil {
			return unit, on, fieldFault(err, "on")
		}
	}
	wanted := c.asked("unit")
	for _, top := range c.paths(figureReaders()...) {
		units, err := org.List(tx, c.actor.County, top, today)
		if err != nil {
			return unit, on, err
		}
		for _, u := range units {
			chosen := wanted == fmt.Sprint(u.ID) || wanted == "" && unit.ID == 0
			if chosen {
				unit = u
			}
			if choices != nil && (chosen || u.Path == top || u.Kind == org.Township) {
				*choices = append(*choices, choice{Value: fmt.Sprint(u.ID), Title: u.Name + "及下级", On: chosen})
			}
		}
	}
	if unit.ID == 0 {
		return unit, on, notThere()
	}
	return unit, on, nil
}

// asked gives a parameter of the address, or a field of the form that is drawn again.
func (c *call) asked(name string) string {
	if text := c.query(name); text != "" {
		return text
	}
	return c.form(name)
}

func showFigures(c *call, tx *store.Tx) (answer, error) {
	p, err := c.figuresPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("figure/list", p)
}

func (c *call) figuresPage(tx *store.Tx) (*figuresPage, error) {
	p := &figuresPage{Document: document.NewID()}
	p.Styles = []string{"admin.css"}
	unit, on, err := c.figureScope(tx, &p.Units)
	if err != nil {
		return nil, err
	}
	p.Unit, p.UnitName, p.Day, p.Keep = unit.ID, unit.Name, string(on), c.actor.Has(unit.Path, figure.Keepers...)
	for _, d := range figures {
		if !c.actor.Has(unit.Path, d.Readers...) {
			continue
		}
		v, err := d.Of(tx, c.actor.County, unit.ID, unit.Path, on)
		if err != nil {
			return nil, err
		}
		p.Rows = append(p.Rows, figureRow{
			Definition: d, Value: v, Parts: parts(d, v), Link: fmt.Sprintf("/figures/%s?unit=%d&on=%s", d.Code, unit.ID, on),
		})
	}
	kept, err := figure.Records(tx, c.actor.County, unit.Path, recordsShown)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	for _, r := range kept {
		p.Records = append(p.Records, recordRow{r, names[r.Person], clock(r.At)})
	}
	return p, err
}

// parts writes what a share divides.
func parts(d figure.Definition, v figure.Value) string {
	if !d.Share() {
		return ""
	}
	return fmt.Sprintf("%d ÷ %d", v.Numerator, v.Denominator)
}

func keepFigures(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	codes := c.r.PostForm["code"]
	rec := figure.Record{Document: id, Unit: c.number("unit"), On: calendar.Date(c.form("on")), Purpose: c.form("purpose")}
	err = c.write(func(tx *store.Tx) error { return figures.Keep(tx, c.actor, rec, slices.Clone(codes)) })
	if err == nil || document.IsTaken(err) {
		return goTo("/figures/records/" + id)
	}
	return formAgain(c, "figure/list", err, c.figuresPage, func(p *figuresPage) {
		p.Document, p.Purpose = id, rec.Purpose
		for i := range p.Rows {
			p.Rows[i].On = slices.Contains(codes, p.Rows[i].Code)
		}
	})
}

// figurePage is one figure with its records.
type figurePage struct {
	Base
	Row      figureRow
	UnitName string
	Day      string
	Back     string
	Records  []figureRecord
}

// figureRecord is a row of a figure, with where the record stands.
type figureRecord struct {
	figure.Row
	Link string
}

func figureRecords(v figure.Value) (out []figureRecord) {
	for _, r := range v.Rows {
		rec := figureRecord{Row: r}
		switch r.Kind {
		case "book":
			rec.Link = "/books/" + r.ID
		case "post", "quota":
			rec.Link = fmt.Sprintf("/roster?unit=%d&on=%s", v.Unit, v.On)
		}
		out = append(out, rec)
	}
	return out
}

func showFigure(c *call, tx *store.Tx) (answer, error) {
	d, known := figures.Find(c.r.PathValue("figure"))
	if !known {
		return answer{}, notThere()
	}
	unit, on, err := c.figureScope(tx, nil)
	if err != nil {
		return answer{}, err
	}
	if !c.actor.Has(unit.Path, d.Readers...) {
		return answer{}, notThere()
	}
	v, err := d.Of(tx, c.actor.County, unit.ID, unit.Path, on)
	if err != nil {
		return answer{}, err
	}
	p := &figurePage{Row: figureRow{Definition: d, Value: v, Parts: parts(d, v)}, UnitName: unit.Name, Day: string(on), Records: figureRecords(v)}
	p.Styles = []string{"admin.css"}
	p.Title, p.Back = d.Title, fmt.Sprintf("/figures?unit=%d&on=%s", unit.ID, on)
	return show("figure/show", p)
}

// figureRecordPage is what was kept, beside what the same figures say now.
type figureRecordPage struct {
	Base
	Record recordRow
	Rows   []frozenRow
}

type frozenRow struct {
	Name    string
	Parts   string
	Value   figure.Value
	Now     string
	Differs bool // from what the records say now of that day
	Records []figureRecord
}

func showFigureRecord(c *call, tx *store.Tx) (answer, error) {
	rec, err := figure.GetRecord(tx, c.actor, c.r.PathValue("record"))
	if err != nil {
		return answer{}, err
	}
	frozen, err := figure.Frozen(tx, c.actor.County, rec.Document)
	if err != nil {
		return answer{}, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	p := &figureRecordPage{Record: recordRow{rec, names[rec.Person], clock(rec.At)}}
	p.Title, p.Styles = rec.Purpose, []string{"admin.css"}
	for _, v := range frozen {
		d, known := figures.Find(v.Code)
		if !known || !c.actor.Has(rec.Path, d.Readers...) {
			continue
		}
		now, err := d.Of(tx, c.actor.County, rec.Unit, rec.Path, rec.On)
		if err != nil {
			return answer{}, err
		}
		p.Rows = append(p.Rows, frozenRow{Name: d.Title, Parts: parts(d, v), Value: v, Now: now.Text, Differs: now.Text != v.Text, Records: figureRecords(v)})
	}
	return show("figure/record", p)
}
