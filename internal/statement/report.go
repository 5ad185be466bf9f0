package statement

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/sheet"
)

// Kind says what a column holds.
type Kind string

// The kinds of columns.
const (
	Text    Kind = "text"
	Amount  Kind = "amount"  // yuan with two decimals
	Percent Kind = "percent" // share or growth
)

// Column is one column of a report.
type Column struct {
	Key   string // in json; a dot nests: opening.debit
	Title string
	Group string // common head over several columns; empty: none
	Kind  Kind
}

// Cell is what stands in one column of a row.
type Cell struct {
	Text    string
	Amount  money.Fen
	Percent int64 // hundredths of a percent
	Blank   bool  // nothing is known: null in json
	Drill   *Drill
}

// Drill is where an amount leads to: the entries of accounts, or one voucher.
type Drill struct {
	Book     int64  // 0: every book of the report
	Account  string // code; everything below it belongs to it
	Function string // class code; empty: all
	From, To calendar.Period
	Voucher  *ledger.Number // one voucher; Account is then empty
}

// RowKind says how a row is drawn.
type RowKind string

// The kinds of rows.
const (
	Item     RowKind = "item"
	Head     RowKind = "head"     // a heading without amounts
	Subtotal RowKind = "subtotal" // ruled single above
	Total    RowKind = "total"    // ruled single above, double below
)

// Row is one row of a report.
type Row struct {
	Key   string // stable name of the row: account code, item, class code
	Side  string // income, expenditure; asset, liability, net_asset: which side of the form it stands on
	Level int    // depth, 0 for the outermost
	Kind  RowKind
	Fold  Fold // of what lies below it
	Cells []Cell
}

// Difference is something that should agree and does not.
type Difference struct {
	Text   string
	Amount money.Fen
}

// Report is a statement that has been made.
type Report struct {
	Name        string
	Title       string
	Number      string // of the form: 会政财01表
	Entity      string // the book or the unit that it speaks for
	Books       []ledger.Book
	From, To    calendar.Period
	Unit        string // of the amounts: 元
	Columns     []Column
	Rows        []Row
	Totals      []Row
	Notes       []string
	Balanced    bool
	Differences []Difference
	Provisional bool          // the year's opening rests on a year that is still open
	Partial     bool          // only some dimensions or accounts, which need not balance
	Unbudgeted  string        // why no rate of the budget is told: which books have none for the year; empty: it is told
	Unprinted   bool          // rows and formulas of the form were not compared with the official print
	Signers     []string      // who signs; nil: as official forms are signed
	Used        []ledger.Dims // what the books used this year, where asked for
	Offset      int           // of the first entry on this page
	More        bool          // entries follow after this page
}

func (r *Report) note(text string) {
	for _, n := range r.Notes {
		if n == text {
			return
		}
	}
	r.Notes = append(r.Notes, text)
}

func (r *Report) differ(text string, amount money.Fen) {
	r.Differences = append(r.Differences, Difference{text, amount})
}

// codes gives the books as the command names them: by code, with commas.
func (r *Report) codes() string {
	text := ""
	for i, b := range r.Books {
		if i > 0 {
			text += ","
		}
		text += b.Code
	}
	return text
}

// value gives a cell for print and for spreadsheets.
func (c Column) value(cell Cell) sheet.Value {
	switch {
	case cell.Blank:
		return sheet.Value{}
	case c.Kind == Amount:
		return sheet.NonZero(cell.Amount)
	case c.Kind == Percent:
		return sheet.Percent(cell.Percent)
	default:
		return sheet.Text(cell.Text)
	}
}

// String gives the cell as people read it; zero is left empty, as accountants leave it.
func (c Column) String(cell Cell) string { return c.value(cell).String() }
