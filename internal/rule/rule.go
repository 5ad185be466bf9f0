// Package rule keeps the county's dated values: thresholds, rates, lives, caps, days, each with the number of the
// document that set it, for the whole county or for a unit and everything below it.
//
// A value is never overwritten: a new one begins on a day and the former ends the day before, so that what was right
// then can be asked of any past day. Where no value is in force the answer is an error; a missing line never means
// "unlimited". Domains declare the rules that they read; no such figure stands in code.
package rule

import (
	"fmt"
	"slices"
	"strconv"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Kind says what a rule's value is.
type Kind string

// The kinds of values.
const (
	Count  Kind = "count"  // a whole number
	Days   Kind = "days"   // whole days, not negative
	Amount Kind = "amount" // yuan, kept as fen
	Words  Kind = "words"  // text
)

// Definition is a rule as the domain that reads it declares it.
type Definition struct {
	Code    string
	Title   string // what the value governs, with its unit of measure
	Kind    Kind
	Min     int64    // least value of a number, fen for an amount
	Max     int64    // greatest; 0: no bound
	Initial string   // value that a new county begins with; empty: the county must set one
	Source  string   // number of the law or document that sets Initial; empty: the program's own default
	Choices []string // the words that may stand; empty: any
}

// Value is what holds for a county or a unit from one day to another.
type Value struct {
	Code       string
	Unit       int64 // 0: the whole county
	From       calendar.Date
	To         calendar.Date // last day; empty while it holds
	Text       string
	DocumentNo string // 文号 of the document that set it
	Note       string
}

// Int reads a whole number.
func (v Value) Int() (int64, error) {
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil {
		return 0, v.malformed("整数")
	}
	return n, nil
}

// Days reads a number of days.
func (v Value) Days() (int, error) {
	n, err := strconv.Atoi(v.Text)
	if err != nil || n < 0 {
		return 0, v.malformed("天数")
	}
	return n, nil
}

// Fen reads an amount, which is kept in yuan with two decimals.
func (v Value) Fen() (money.Fen, error) {
	fen, err := money.Parse(v.Text)
	if err != nil || v.Text == "" {
		return 0, v.malformed("金额")
	}
	return fen, nil
}

func (v Value) malformed(kind string) error {
	return fault.Newf(fault.Invalid, "rule-value-malformed", "请重新设定该参数", "参数 %s 的值「%s」不是%s", v.Code, v.Text, kind)
}

const columns = `code, unit_id, valid_from, coalesce(valid_to, ''), value, document_no, note`

func query(tx *store.Tx, q string, args ...any) ([]Value, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var values []Value
	for rows.Next() {
		var v Value
		if err := rows.Scan(&v.Code, &v.Unit, &v.From, &v.To, &v.Text, &v.DocumentNo, &v.Note); err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, rows.Err()
}

// Get gives the value in force on a date for the unit at path: that of the unit itself, else of its nearest ancestor,
// else of the county. An empty path asks for the county's.
func Get(tx *store.Tx, county int64, code, path string, on calendar.Date) (Value, error) {
	values, err := query(tx, `select `+columns+` from rule where county_id = $1 and code = $2
		and valid_from <= $3 and (valid_to is null or valid_to >= $3)`, county, code, string(on))
	if err != nil {
		return Value{}, fmt.Errorf("rule.Get %s: %w", code, err)
	}
	found, ok := Nearest(values, path)
	if !ok {
		return Value{}, fault.Newf(fault.NotFound, "rule-missing", "请先设定该参数及其依据文号",
			"%s 没有设定参数 %s", on, code)
	}
	return found, nil
}

// Nearest gives, of values of one rule that are in force on one day, that of the unit at path or of its nearest
// ancestor, else the county's.
func Nearest(values []Value, path string) (found Value, ok bool) {
	way := append([]int64{0}, org.Ancestors(path)...)
	nearest := -1
	for _, v := range values {
		if at := slices.Index(way, v.Unit); at > nearest {
			nearest, found = at, v
		}
	}
	return found, nearest >= 0
}

// Holds reports whether the value is in force on a day.
func (v Value) Holds(on calendar.Date) bool { return v.From <= on && (v.To == "" || on <= v.To) }

// Int is Get for a whole number.
func Int(tx *store.Tx, county int64, code, path string, on calendar.Date) (int64, error) {
	v, err := Get(tx, county, code, path, on)
	if err != nil {
		return 0, err
	}
	return v.Int()
}

// List gives all values of a rule, of the county and its units, oldest first; an empty code gives every rule.
func List(tx *store.Tx, county int64, code string) ([]Value, error) {
	values, err := query(tx, `select `+columns+` from rule where county_id = $1 and (code = $2 or $2 = '')
		order by code, unit_id, valid_from`, county, code)
	if err != nil {
		return nil, fmt.Errorf("rule.List %s: %w", code, err)
	}
	return values, nil
}
