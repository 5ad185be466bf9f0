package figure

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// Freeze keeps the values that a document cites, within its step, and gives the fact that its leaf must hold.
func Freeze(tx *store.Tx, county int64, doc string, values []Value) (map[string]string, error) {
	for _, v := range values {
		_, err := tx.Exec(`insert into figure_frozen (county_id, document_id, code, unit_id, as_of, numerator, denominator, value, records, frozen_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, county, doc, v.Code, v.Unit, string(v.On), v.Numerator, v.Denominator, v.Text,
			v.records(), calendar.Instant(tx.Now))
		if err != nil {
			return nil, fmt.Errorf("figure.Freeze %s in %s: %w", v.Code, doc, err)
		}
	}
	return map[string]string{Fact: Digest(values)}, nil
}

func inOrder(values []Value) []Value {
	out := slices.Clone(values)
	slices.SortFunc(out, func(a, b Value) int { return cmp.Or(strings.Compare(a.Code, b.Code), cmp.Compare(a.Unit, b.Unit)) })
	return out
}

// Frozen gives the values that a document cites.
func Frozen(tx *store.Tx, county int64, doc string) ([]Value, error) {
	all, err := frozen(tx, county, `and document_id = $2`, doc)
	return all[doc], err
}

// frozen gives frozen values by document.
func frozen(tx *store.Tx, county int64, where string, args ...any) (map[string][]Value, error) {
	rows, err := tx.Query(`select document_id, code, unit_id, as_of, numerator, denominator, value, records from figure_frozen
		where county_id = $1 `+where+` order by document_id, code, unit_id`, append([]any{county}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("figure.Frozen: %w", err)
	}
	defer rows.Close()
	out := map[string][]Value{}
	for rows.Next() {
		var v Value
		var doc, records string
		if err := rows.Scan(&doc, &v.Code, &v.Unit, &v.On, &v.Numerator, &v.Denominator, &v.Text, &records); err != nil {
			return nil, fmt.Errorf("figure.Frozen: %w", err)
		}
		if err := json.Unmarshal([]byte(records), &v.Rows); err != nil {
			v.Rows = nil // an altered one, which Verify names
		}
		out[doc] = append(out[doc], v)
	}
	return out, rows.Err()
}

// Verify compares what documents cite with their leaves, and every value with the sum of its rows.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "figure_frozen")
	if err != nil {
		return nil, err
	}
	all, err := frozen(tx, county, "")
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	for doc, values := range all {
		digest := Digest(values)
		said := false
		for _, leaf := range leaves[doc] {
			said = said || leaf.Facts[Fact] == digest
		}
		for _, v := range values {
			var in, of int64
			for _, r := range v.Rows {
				in, of = in+r.In, of+r.Of
			}
			said = said && in == v.Numerator && of == v.Denominator
		}
		if !said {
			flaws = append(flaws, document.Flaw{Document: doc, Message: "单据引用的指标数据与存证不符"})
		}
	}
	slices.SortFunc(flaws, func(a, b document.Flaw) int { return strings.Compare(a.Document, b.Document) })
	more, err := verifyRecords(tx, county)
	return append(flaws, more...), err
}

// RecordKind declares a record of figures (指标留存): what an office reports, with its purpose.
var RecordKind = &document.Kind{
	Name: "figure-record", Title: "指标留存",
	States: map[document.State]string{"kept": "已留存"},
	Steps:  []document.Step{{Name: "keep", Title: "留存", To: "kept", Roles: Keepers}},
}

// Keepers may keep figures of their units for a purpose.
var Keepers = []identity.Role{identity.OfficeHead, identity.CountyBudget, identity.CountyTreasury}

// Record is a set of figures of a unit, kept as they were.
type Record struct {
	Document string
	Unit     int64
	UnitName string
	Path     string
	On       calendar.Date
	Purpose  string
	Person   int64
	At       string
}

// purposeMost is the longest purpose, in characters.
const purposeMost = 60

// Keep computes figures of a unit as of a day and keeps them. The same form again is refused with an error for which
// document.IsTaken holds.
func (r Registry) Keep(tx *store.Tx, by identity.Actor, rec Record, codes []string) error {
	unit, err := org.Get(tx, by.County, rec.Unit)
	if err == nil && !by.Sees(unit.Path) {
		err = fault.New(fault.NotFound, "unit-unknown", "没有这个单位", "请从列表中选择").In("unit")
	}
	if err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	if rec.Purpose = strings.TrimSpace(rec.Purpose); rec.Purpose == "" {
		return fault.New(fault.Invalid, "figure-purpose", "没有写明用途", "请写明报给谁、做什么用").In("purpose")
	}
	if err := text.Check("purpose", "用途", rec.Purpose, purposeMost); err != nil {
		return err
	}
	if rec.On, err = calendar.ParseDate(string(rec.On)); err != nil {
		return fault.As(err).In("on")
	}
	if rec.On > today {
		return fault.Newf(fault.Invalid, "figure-future", "请选择今天或以前的日期", "%s 还没有到", rec.On).In("on")
	}
	if len(codes) == 0 {
		return fault.New(fault.Invalid, "figure-none", "没有勾选指标", "请勾选要留存的指标").In("code")
	}
	act := document.Act{By: by, Kind: RecordKind, Step: "keep", ID: rec.Document, Unit: unit.ID, Path: unit.Path, Today: today}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		values, err := r.values(tx, by, unit, rec.On, codes)
		if err != nil {
			return document.Effect{}, err
		}
		_, err = tx.Exec(`insert into figure_record (county_id, document_id, unit_id, as_of, purpose, person_id, kept_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			by.County, rec.Document, unit.ID, string(rec.On), rec.Purpose, by.Person, calendar.Instant(tx.Now))
		if store.IsUnique(err) {
			return document.Effect{}, fault.New(fault.Conflict, "document-exists", "这份留存已经提交过", "请刷新后查看,勿重复提交")
		}
		if err != nil {
			return document.Effect{}, fmt.Errorf("figure.Keep %s: %w", rec.Document, err)
		}
		facts, err := Freeze(tx, by.County, rec.Document, values)
		if err != nil {
			return document.Effect{}, err
		}
		facts["unit"], facts["as_of"], facts["purpose"] = fmt.Sprint(unit.ID), string(rec.On), rec.Purpose
		return document.Effect{Facts: facts}, nil
	})
	return err
}

func (r Registry) values(tx *store.Tx, by identity.Actor, unit org.Unit, on calendar.Date, codes []string) ([]Value, error) {
	slices.Sort(codes)
	var out []Value
	for _, code := range slices.Compact(codes) {
		d, known := r.Find(code)
		if !known {
			return nil, fault.Newf(fault.Invalid, "figure-unknown", "请从列表中勾选", "没有指标「%s」", code).In("code")
		}
		if err := by.Require(unit.Path, "查看"+d.Title, d.Readers...); err != nil {
			return nil, err
		}
		v, err := d.Of(tx, by.County, unit.ID, unit.Path, on)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

const records = `select r.document_id, r.unit_id, u.name, u.path, r.as_of, r.purpose, r.person_id, r.kept_at from figure_record r
	join unit u on u.county_id = r.county_id and u.unit_id = r.unit_id where r.county_id = $1 `

func scanRecord(row interface{ Scan(...any) error }) (r Record, err error) {
	err = row.Scan(&r.Document, &r.Unit, &r.UnitName, &r.Path, &r.On, &r.Purpose, &r.Person, &r.At)
	return r, err
}

// GetRecord gives a record of a unit that the person sees.
func GetRecord(tx *store.Tx, by identity.Actor, id string) (Record, error) {
	r, err := scanRecord(tx.QueryRow(records+`and r.document_id = $2`, by.County, id))
	if errors.Is(err, store.ErrNoRows) || err == nil && !by.Sees(r.Path) {
		return Record{}, fault.New(fault.NotFound, "figure-record-unknown", "没有这份指标留存", "请从指标列表中打开")
	}
	if err != nil {
		return r, fmt.Errorf("figure.GetRecord %s: %w", id, err)
	}
	return r, nil
}

// Records gives what was kept of the units at and below a path, the newest first, at most so many.
func Records(tx *store.Tx, county int64, path string, most int) ([]Record, error) {
	lower, upper := org.Subtree(path)
	rows, err := tx.Query(records+`and u.path >= $2 and u.path < $3 order by r.kept_at desc, r.document_id limit $4`, county, lower, upper, most)
	if err != nil {
		return nil, fmt.Errorf("figure.Records: %w", err)
	}
	defer rows.Close()
	var out []Record
	for rows.Next() {
		r, err := scanRecord(rows)
		if err != nil {
			return nil, fmt.Errorf("figure.Records: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// recordsMost is how many records Verify reads; a county keeps some hundreds a year.
const recordsMost = 1_000_000

func verifyRecords(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "figure_record")
	if err != nil {
		return nil, err
	}
	all, err := Records(tx, county, "/", recordsMost)
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	for _, r := range all {
		leaf := leaves[r.Document]["keep"]
		if leaf.Facts["unit"] != fmt.Sprint(r.Unit) || leaf.Facts["as_of"] != string(r.On) || leaf.Facts["purpose"] != r.Purpose || !leaf.By(r.Person, r.At) {
			flaws = append(flaws, document.Flaw{Document: r.Document, Message: "指标留存与存证不符"})
		}
	}
	return flaws, nil
}
