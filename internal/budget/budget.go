// Package budget keeps the approved and adjusted budget of a general budget book, line by line: the account of income
// or expenditure with its class of the year.
//
// What it keeps: the lines of a year are set as a whole by one document, whose trail leaf holds the SHA-256 of the lines
// that it set; a class or an account that the book's chart does not have is refused with its line.
package budget

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Line is the budget of one account and class for a year.
type Line struct {
	Account  string
	Function string // revenue class of income, function class of expenditure; empty: the account as a whole
	Budget   money.Fen
	Adjusted money.Fen // after adjustment by the congress; as Budget where nothing was adjusted
}

// ImportKind declares the lines of a year, set as one document.
var ImportKind = &document.Kind{
	Name: "budget-import", Title: "预算数",
	States: map[document.State]string{"set": "已登记"},
	Steps: []document.Step{{
		Name: "set", Title: "登记", To: "set", Duty: document.DutyMake,
		Roles: []identity.Role{identity.Accountant, identity.OfficeHead, identity.CountyBudget},
	}},
}

// Check gives every line that the book cannot take, so that a file is mended in one go.
func Check(tx *store.Tx, b ledger.Book, year int, lines []Line) ([]*ledger.LineError, error) {
	if b.Chart != ledger.GeneralBudget {
		return nil, fault.Newf(fault.Refused, "budget-chart", "请选择总预算账套", "账套%s不是财政总会计账套,不能登记预算数", b.Name).In("book")
	}
	chart, err := ledger.ChartOf(tx, b, year)
	if err != nil {
		return nil, err
	}
	var bad []*ledger.LineError
	seen := map[[2]string]bool{}
	for i, l := range lines {
		err := checkLine(chart, l)
		if key := [2]string{l.Account, l.Function}; err == nil && seen[key] {
			err = fault.Newf(fault.Invalid, "budget-line-twice", "请合并成一行", "科目 %s 分类「%s」的预算数出现两次", l.Account, l.Function).In("account")
		} else {
			seen[key] = true
		}
		if err != nil {
			bad = append(bad, &ledger.LineError{Line: i + 1, Err: err})
		}
	}
	return bad, nil
}

// checkLine wants an account of income or expenditure, or of the balances that are carried in and forward, with a class
// of the year.
func checkLine(chart *ledger.Chart, l Line) error {
	a, ok := chart.Account(l.Account)
	if !ok {
		return fault.Newf(fault.Invalid, "account-unknown", "请按科目表填写编码", "%d 年科目表中没有科目「%s」", chart.Year, l.Account).In("account")
	}
	switch a.Element {
	case "revenue", "expenditure", "net_asset":
	default:
		return fault.Newf(fault.Invalid, "budget-account", "请填收入、支出或结转结余类科目", "科目 %s %s 不能登记预算数", a.Code, a.Name).In("account")
	}
	if l.Budget.Abs() > money.Max || l.Adjusted.Abs() > money.Max {
		return fault.Newf(fault.Invalid, "amount-too-large", "请核对单位是否误作分或万元", "预算数超过单笔上限 %s 元", money.Max).In("budget")
	}
	if l.Function == "" {
		return nil
	}
	kinds := map[string][]string{"revenue": {"revenue"}, "expenditure": {"function"}, "net_asset": {"revenue", "function"}}[a.Element]
	for _, kind := range kinds {
		if _, ok := chart.Class(kind, l.Function); ok {
			return nil
		}
	}
	return fault.Newf(fault.Invalid, "class-unknown", "收入科目填收入分类,支出科目填功能分类", "%d 年分类中没有「%s」,科目 %s %s 不能使用",
		chart.Year, l.Function, a.Code, a.Name).In("function")
}

// Set sets the lines of a year in place of any set before. id is the document's id and its idempotency key.
func Set(tx *store.Tx, by identity.Actor, id string, book int64, year int, lines []Line) (document.Document, error) {
	b, err := ledger.See(tx, by, book)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: ImportKind, Step: "set", ID: id, Unit: b.Unit, Path: b.Path, Today: b.Today}
	return document.Make(tx, act, func() (document.Effect, error) {
		bad, err := Check(tx, b, year, lines)
		if err != nil {
			return document.Effect{}, err
		}
		if len(bad) > 0 {
			return document.Effect{}, bad[0]
		}
		if err := write(tx, b, year, lines); err != nil {
			return document.Effect{}, fmt.Errorf("budget.Set %s %d: %w", b.Code, year, err)
		}
		return document.Effect{Ref: fmt.Sprintf("%d|%d", b.ID, year), Rows: trail.Digest(rows(b.ID, year, lines))}, nil
	})
}

func write(tx *store.Tx, b ledger.Book, year int, lines []Line) error {
	_, err := tx.Exec(`delete from budget_line where county_id = $1 and book_id = $2 and year = $3`, b.County, b.ID, year)
	if err != nil {
		return err
	}
	for _, l := range lines {
		_, err := tx.Exec(`insert into budget_line (county_id, book_id, year, account, function, budget, adjusted)
			values ($1, $2, $3, $4, $5, $6, $7)`, b.County, b.ID, year, l.Account, l.Function, int64(l.Budget), int64(l.Adjusted))
		if err != nil {
			return err
		}
	}
	return nil
}

// rows gives the canonical rows whose SHA-256 the leaf holds: by account and class, as they can be read back, whatever
// order they came in.
func rows(book int64, year int, lines []Line) []byte {
	lines = slices.Clone(lines)
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Function, b.Function))
	})
	o := trail.NewObject()
	o.Int("book", book)
	o.Objects("lines", len(lines), func(i int, inner *trail.Object) {
		l := lines[i]
		inner.Text("account", l.Account).Int("adjusted", int64(l.Adjusted)).Int("budget", int64(l.Budget)).Text("function", l.Function)
	})
	o.Int("year", int64(year))
	return o.Bytes()
}

// List gives the lines of a book's year by account and class.
func List(tx *store.Tx, b ledger.Book, year int) ([]Line, error) {
	found, err := tx.Query(`select account, function, budget, adjusted from budget_line
		where county_id = $1 and book_id = $2 and year = $3 order by account, function`, b.County, b.ID, year)
	if err != nil {
		return nil, fmt.Errorf("budget.List %s %d: %w", b.Code, year, err)
	}
	defer found.Close()
	var lines []Line
	for found.Next() {
		var l Line
		if err := found.Scan(&l.Account, &l.Function, &l.Budget, &l.Adjusted); err != nil {
			return nil, fmt.Errorf("budget.List %s %d: %w", b.Code, year, err)
		}
		lines = append(lines, l)
	}
	return lines, found.Err()
}

// Income reports whether a line stands on the income side: accounts of revenue, and what is carried in.
func (l Line) Income() bool {
	if strings.HasPrefix(l.Account, "3") {
		return !strings.HasPrefix(l.Function, "2") // 23009 年终结余 is the expenditure side's
	}
	return strings.HasPrefix(l.Account, "4")
}
