package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// YearKind declares the closing of a year: its balances become the next year's opening.
var YearKind = &document.Kind{
	Name: "year-close", Title: "年终结账",
	States: map[document.State]string{"closed": "已结转下年"},
	Steps:  []document.Step{{Name: "close", Title: "结转下年", To: "closed", Roles: closers}},
}

// CloseYear carries the balances of a year whose twelve months are closed into the next year, as stored opening rows.
// The next year, unless a voucher has begun it, takes the newest edition of the chart for it; an account that is missing
// there is refused by name. The same id again changes nothing and is refused with an error for which document.IsTaken
// holds.
func CloseYear(tx *store.Tx, by identity.Actor, id string, book int64, year int) (document.Document, error) {
	b, err := seeClaimed(tx, by, book)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: YearKind, Step: "close", ID: id, Unit: b.Unit, Path: b.Path, Today: b.Today}
	return document.Make(tx, act, func() (document.Effect, error) {
		if err := yearClosable(tx, b, year); err != nil {
			return document.Effect{}, err
		}
		return carryForward(tx, b, id, year)
	})
}

// CarriedOver gives the document that carried a book's year over into the next; empty where that was not done.
func CarriedOver(tx *store.Tx, b Book, year int) (string, error) {
	var id sql.NullString
	err := tx.QueryRow(`select document_id from book_year where county_id = $1 and book_id = $2 and year = $3 and closed_at is not null`,
		b.County, b.ID, year).Scan(&id)
	if err != nil && !errors.Is(err, store.ErrNoRows) {
		return "", fmt.Errorf("ledger.CarriedOver %s %d: %w", b.Code, year, err)
	}
	return id.String, nil
}

// yearClosable refuses a year before the book, one with open months, one out of order and one that was carried over.
func yearClosable(tx *store.Tx, b Book, year int) error {
	if year < b.Start.Year() {
		return fault.Newf(fault.Refused, "year-before-start", fmt.Sprintf("请从 %d 年起结转", b.Start.Year()),
			"账套%s从 %s 启用,没有 %d 年的账可结转", b.Name, b.Start.Chinese(), year)
	}
	december := calendar.PeriodOf(year, 12)
	if b.ClosedThrough < december {
		return fault.Newf(fault.Refused, "year-months-open", fmt.Sprintf("请先结到 %s", december.Chinese()),
			"账套%s只结到 %s,不能结转 %d 年", b.Name, b.ClosedThrough.Chinese(), year)
	}
	if year > b.Start.Year() {
		before, err := yearClosed(tx, b, year-1)
		if err != nil {
			return err
		}
		if !before {
			return fault.Newf(fault.Refused, "year-order", fmt.Sprintf("请先结转 %d 年", year-1), "年度须依次结转,账套%s的 %d 年还未结转", b.Name, year-1)
		}
	}
	done, err := yearClosed(tx, b, year)
	if err == nil && done {
		err = yearCarried(b, year)
	}
	return err
}

func yearCarried(b Book, year int) error {
	return fault.Newf(fault.Refused, "year-closed", "无需再办", "账套%s的 %d 年已结转", b.Name, year)
}

// YearOpening is what one combination of a year takes into the next.
type YearOpening struct {
	Combination Combination
	Balance     money.Fen   // at the year's end, debit positive
	To          Combination // in the next year: the same, or on the account that takes over
	Missing     error       // why the next year's chart cannot take it; nil where it can
}

// PlanYear gives the openings that CloseYear would make of a year as it stands, by account; it writes nothing.
func PlanYear(tx *store.Tx, b Book, year int) ([]YearOpening, error) {
	chart, err := ChartOf(tx, b, year+1)
	if err != nil {
		return nil, err
	}
	return yearOpenings(tx, b, chart)
}

// yearOpenings gives what the combinations take into the year of chart; none that stands at zero.
func yearOpenings(tx *store.Tx, b Book, chart *Chart) ([]YearOpening, error) {
	year := chart.Year - 1
	moves, _, err := Balances(tx, b.County, []Book{b}, calendar.PeriodOf(year, 1), calendar.PeriodOf(year, 12))
	if err != nil {
		return nil, err
	}
	combinations, err := Combinations(tx, b.County)
	if err != nil {
		return nil, err
	}
	successors, err := Successors(tx, b, chart.Year)
	if err != nil {
		return nil, err
	}
	var out []YearOpening
	for _, id := range sortedIDs(moves) {
		o := YearOpening{Combination: combinations[id], Balance: moves[id].Balance()}
		if o.Balance == 0 {
			continue
		}
		o.Combination.ID = id
		o.To, o.Missing = chart.succeed(b, o.Combination, successors)
		out = append(out, o)
	}
	slices.SortStableFunc(out, func(x, y YearOpening) int { return strings.Compare(x.Combination.Account, y.Combination.Account) })
	return out, nil
}

func carryForward(tx *store.Tx, b Book, id string, year int) (document.Effect, error) {
	n, err := tx.Exec(`update book_year set closed_at = $1, document_id = $2 where county_id = $3 and book_id = $4 and year = $5 and closed_at is null`,
		calendar.Instant(tx.Now), id, b.County, b.ID, year)
	if err != nil {
		return document.Effect{}, fmt.Errorf("ledger.CloseYear %s %d: %w", b.Code, year, err)
	}
	if n == 0 {
		return document.Effect{}, yearCarried(b, year)
	}
	edition, err := editionFor(tx, string(b.Chart), year+1)
	if err != nil {
		return document.Effect{}, err
	}
	if err := beginYear(tx, b.County, b.ID, year+1, edition); err != nil {
		return document.Effect{}, err
	}
	chart, err := loadChart(tx, b, year+1)
	if err != nil {
		return document.Effect{}, err
	}
	openings, err := yearOpenings(tx, b, chart)
	if err != nil {
		return document.Effect{}, err
	}
	opening := calendar.PeriodOf(year+1, 0)
	kept := map[int64]money.Fen{}
	for _, o := range openings {
		if o.Missing != nil {
			return document.Effect{}, missingAt(o)
		}
		id, err := intern(tx, b.County, b.Chart, o.To.Account, o.To.Dims)
		if err != nil {
			return document.Effect{}, err
		}
		if kept[id] += o.Balance; kept[id] == 0 {
			delete(kept, id)
		}
	}
	for _, id := range sortedIDs(kept) {
		if fen := kept[id]; fen > 0 {
			tx.Move(balanceMoves, []any{b.County, b.ID, string(opening), id, string(Ordinary)}, int64(fen), 0)
		} else {
			tx.Move(balanceMoves, []any{b.County, b.ID, string(opening), id, string(Ordinary)}, 0, int64(-fen))
		}
	}
	return document.Effect{Ref: fmt.Sprintf("%d|%s", b.ID, opening), Rows: trail.Digest(openingRows(b.ID, opening, kept))}, nil
}

// missingAt says which balance has nowhere to go.
func missingAt(o YearOpening) error {
	f := fault.As(o.Missing)
	if f == nil {
		return o.Missing
	}
	said := *f
	said.Message = fmt.Sprintf("科目 %s 余额 %s 元不能结转:%s", o.Combination.Account, o.Balance.Abs(), f.Message)
	return &said
}
