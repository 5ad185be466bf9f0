// Package figure keeps numbers that have a name (指标数据): what is counted, over which unit and everything below it, as of
// which day, in which measure, rounded how, and from which records.
//
// Definitions stand in the domains that compute them. It keeps these invariants: a percentage names what it divides by; a
// value is the sum of its rows and nothing else, so that nobody types a total; a document that cites a figure freezes its
// value with the rows, and its leaf holds their digest. Rounding is half up, on integers.
package figure

import (
	"encoding/json"
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Definition is a figure as its domain declares it.
type Definition struct {
	Code        string
	Title       string
	Measure     string // unit of measure of a count: 人, 套; % for a share
	Numerator   string // what is counted, in words
	Denominator string // by what it is divided; empty: a count
	Decimals    int    // of a share, half up
	Source      string // the rule that asks for it
	Readers     []identity.Role

	// Compute gives the records that the figure is made of, for the unit at path and everything below it, as of a day.
	Compute func(tx *store.Tx, county int64, path string, on calendar.Date) ([]Row, error)
}

// Row is a record with its part in the figure.
type Row struct {
	Kind string `json:"kind"` // what the record is: book, post, quota
	ID   string `json:"id"`
	Text string `json:"text"`
	In   int64  `json:"in"` // in the numerator
	Of   int64  `json:"of"` // in the denominator
}

// Share reports whether the figure is a percentage.
func (d Definition) Share() bool { return d.Denominator != "" }

// Registry is the definitions of the program, in the order in which pages show them.
type Registry []Definition

// NewRegistry joins the definitions of the domains. A definition that does not say what it is panics: it is a mistake of
// the program.
func NewRegistry(lists ...[]Definition) Registry {
	var all Registry
	for _, d := range concat(lists) {
		_, twice := all.Find(d.Code)
		if twice || d.Title == "" || d.Measure == "" || d.Numerator == "" || d.Compute == nil || len(d.Readers) == 0 || (d.Measure == "%") != d.Share() {
			panic("figure: definition " + d.Code + " is declared twice or incomplete")
		}
		all = append(all, d)
	}
	return all
}

func concat(lists [][]Definition) (all []Definition) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// Find gives a definition by its code.
func (r Registry) Find(code string) (Definition, bool) {
	for _, d := range r {
		if d.Code == code {
			return d, true
		}
	}
	return Definition{}, false
}

// Value is a figure of a unit as of a day.
type Value struct {
	Code        string
	Unit        int64
	On          calendar.Date
	Numerator   int64
	Denominator int64
	Text        string // as it is written: 23, 95.65%, — where there is nothing to divide by
	Rows        []Row
}

// Of computes a figure for a unit.
func (d Definition) Of(tx *store.Tx, county, unit int64, path string, on calendar.Date) (Value, error) {
	rows, err := d.Compute(tx, county, path, on)
	if err != nil {
		return Value{}, fmt.Errorf("figure %s: %w", d.Code, err)
	}
	v := Value{Code: d.Code, Unit: unit, On: on, Rows: rows}
	for _, r := range rows {
		v.Numerator += r.In
		v.Denominator += r.Of
	}
	v.Text = d.write(v.Numerator, v.Denominator)
	return v, nil
}

// nothing is written for a share of nothing.
const nothing = "—"

func (d Definition) write(numerator, denominator int64) string {
	if !d.Share() {
		return fmt.Sprint(numerator)
	}
	if denominator == 0 {
		return nothing
	}
	return percent(numerator, denominator, d.Decimals)
}

// percent divides and rounds half up, on integers. Neither part is negative.
func percent(numerator, denominator int64, decimals int) string {
	scale := int64(1)
	for range decimals {
		scale *= 10
	}
	n := (numerator*100*scale*2 + denominator) / (2 * denominator)
	if decimals == 0 {
		return fmt.Sprintf("%d%%", n)
	}
	return fmt.Sprintf("%d.%0*d%%", n/scale, decimals, n%scale)
}

// records gives the rows in their kept form.
func (v Value) records() string {
	text, err := json.Marshal(v.Rows)
	if err != nil {
		panic(err) // texts and integers
	}
	return string(text)
}

// canonical gives the bytes of a value whose SHA-256 a leaf holds.
func (v Value) canonical() []byte {
	return trail.NewObject().Text("as_of", string(v.On)).Text("code", v.Code).Int("denominator", v.Denominator).Int("numerator", v.Numerator).
		Text("records", v.records()).Int("unit", v.Unit).Text("value", v.Text).Bytes()
}

// Digest gives what the leaf of a citing document says of the figures that it froze, under Fact: values in the order of
// their codes and units.
func Digest(values []Value) string {
	var b strings.Builder
	for _, v := range inOrder(values) {
		b.Write(v.canonical())
		b.WriteByte('\n')
	}
	return trail.Digest([]byte(b.String()))
}

// Fact is the name under which a leaf holds Digest.
const Fact = "figures"
