package sheet

import (
	"io"
	"strconv"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
)

// The formats that Write knows.
const (
	CSV    = "csv"     // UTF-8 with a byte order mark, so that spreadsheets open it right
	CSVGBK = "csv-gbk" // GB18030, in which GBK is contained, for programs that know nothing else
	XLSX   = "xlsx"
)

// Sheet is a table to write. CSV holds the head and the rows alone, so that programs can load it; XLSX is ready to print.
type Sheet struct {
	Title      string // above the table; empty for a plain table that can be read back
	Number     string // of the form, at the right under the title: 会政财01表
	Entity     string // on the line above the heads, at the left: 编制单位
	Period     string // in its middle
	Unit       string // at its right: 单位:元
	Columns    []Column
	Rows       [][]Value
	Totals     int      // so many rows at the end are totals, which XLSX rules single above and double below
	Footer     []string // notes below the table, one a line
	Signatures []string // who signs under it, each with room for the name
}

// Emphasis is how a value stands out.
type Emphasis uint8

// The ways to stand out.
const (
	Plain  Emphasis = iota
	Strong          // bold, as headings and subtotals
	Final           // bold with a double rule below, as totals
)

type kind uint8

const (
	kindEmpty kind = iota
	kindText
	kindAmount
	kindInteger
	kindPercent
)

// Value is what one cell shows. The zero Value is an empty cell.
type Value struct {
	text   string
	number int64
	kind   kind
	stands Emphasis
}

// Text is words, a code, an identifier or a date: whatever is not calculated with.
func Text(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{kind: kindText, text: s}
}

// Amount is yuan with two decimals.
func Amount(f money.Fen) Value { return Value{kind: kindAmount, number: int64(f)} }

// NonZero is Amount, with zero left empty, as accountants leave it.
func NonZero(f money.Fen) Value {
	if f == 0 {
		return Value{}
	}
	return Amount(f)
}

// Integer is a count.
func Integer(n int64) Value { return Value{kind: kindInteger, number: n} }

// Percent is a share in hundredths of a percent, as money.Percent gives it: 2559 is 25.59%.
func Percent(hundredths int64) Value { return Value{kind: kindPercent, number: hundredths} }

// With gives the value with an emphasis.
func (v Value) With(e Emphasis) Value {
	v.stands = e
	return v
}

// Stands gives the value's emphasis.
func (v Value) Stands() Emphasis { return v.stands }

// Number reports whether the value is calculated with and stands at the right.
func (v Value) Number() bool {
	return v.kind == kindAmount || v.kind == kindInteger || v.kind == kindPercent
}

// Empty reports whether the cell shows nothing.
func (v Value) Empty() bool { return v.kind == kindEmpty }

// Plain gives the value as programs read it: amounts without separators.
func (v Value) Plain() string {
	switch v.kind {
	case kindAmount:
		return money.Fen(v.number).Plain()
	case kindInteger:
		return strconv.FormatInt(v.number, 10)
	case kindPercent:
		return money.FormatPercent(v.number)
	default:
		return v.text
	}
}

// String gives the value as people read it: amounts with separators.
func (v Value) String() string {
	if v.kind == kindAmount {
		return money.Fen(v.number).String()
	}
	return v.Plain()
}

// Write writes a table in one of the formats.
func Write(w io.Writer, format string, s Sheet) error {
	switch format {
	case CSV, CSVGBK:
		return writeCSV(w, format, s)
	case XLSX:
		return writeXLSX(w, s)
	default:
		return fault.Newf(fault.Invalid, "sheet-format", "可用的格式有 csv、csv-gbk、xlsx", "没有名为「%s」的表格格式", format)
	}
}
