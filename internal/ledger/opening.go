package ledger

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// OpeningKind declares the opening balances of a book, entered as one document and checked by another person before the
// book's first month is closed (docs/decisions/0015). Balances count from the moment that they are entered.
var OpeningKind = &document.Kind{
	Name: "opening", Title: "期初余额",
	States: map[document.State]string{Submitted: "待审核", Returned: "已退回", StatePost: "已审核"},
	Steps: []document.Step{
		{Name: "enter", Title: "录入", To: Submitted, Roles: makers, Duty: document.DutyMake},
		{Name: "check", Title: "审核", From: []document.State{Submitted, Returned}, To: StatePost, Roles: checkers, Duty: document.DutyCheck},
		{Name: "return", Title: "退回", From: []document.State{Submitted}, To: Returned, Roles: checkers, Reason: true},
	},
}

// SetOpening sets the balances with which a book starts, in place of any set before. It is refused once a voucher is
// posted, because posted figures rest on it. period is the book's first month.
func SetOpening(tx *store.Tx, by identity.Actor, id string, book int64, period calendar.Period, lines []Line) (document.Document, error) {
	b, err := seeClaimed(tx, by, book)
	if err != nil {
		return document.Document{}, err
	}
	if period != b.Start {
		return document.Document{}, fault.Newf(fault.Refused, "opening-period", "请填启用月份;以后年度的年初数由年终结转得到",
			"账套%s从 %s 启用,期初余额不能录在 %s", b.Name, b.Start.Chinese(), period.Chinese()).In("period")
	}
	if b.ClosedThrough >= b.Start {
		return document.Document{}, fault.Newf(fault.Refused, "month-closed", "请用凭证更正;确需改动,请先反结账",
			"账套%s已结到 %s,不能再改期初余额", b.Name, b.ClosedThrough.Chinese())
	}
	chart, err := ChartOf(tx, b, period.Year())
	if err != nil {
		return document.Document{}, err
	}
	if err := checkUnits(tx, b, lines); err != nil {
		return document.Document{}, err
	}
	wanted, err := openingByCombination(tx, b, chart, lines)
	if err != nil {
		return document.Document{}, err
	}
	if err := unposted(tx, b); err != nil {
		return document.Document{}, err
	}
	before, err := OpeningOf(tx, b)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: OpeningKind, Step: "enter", ID: id, Unit: b.Unit, Path: b.Path, Chain: before.first(), Today: b.Today}
	return document.Make(tx, act, func() (document.Effect, error) {
		if err := keepOpening(tx, b, id); err != nil {
			return document.Effect{}, err
		}
		rows, err := moveOpening(tx, b, wanted)
		return document.Effect{Ref: fmt.Sprintf("%d|%s", b.ID, period.Opening()), Rows: trail.Digest(rows)}, err
	})
}

// WithoutOpening gives the books of a county in use that hold no balance at all, by code: before the first voucher, those
// whose opening balances are still to be entered.
func WithoutOpening(tx *store.Tx, county int64) ([]Book, error) {
	all, err := queryBooks(tx, `where b.county_id = $1 and b.ended_on is null
		and not exists (select 1 from balance m where m.county_id = $1 and m.book_id = b.book_id) order by b.code`, county)
	if err != nil {
		return nil, fmt.Errorf("ledger.WithoutOpening: %w", err)
	}
	return all, nil
}

// openingByCombination checks the lines and nets them, debit positive.
func openingByCombination(tx *store.Tx, b Book, chart *Chart, lines []Line) (map[int64]money.Fen, error) {
	wanted := map[int64]money.Fen{}
	var halves [2]money.Fen
	for i, l := range lines {
		a, err := chart.Postable(b, l.Account)
		if err == nil {
			err = chart.checkDims(a, l.Dims)
		}
		if err == nil && (l.Debit.Abs() > money.Max || l.Credit.Abs() > money.Max) {
			err = fault.Newf(fault.Invalid, "amount-too-large", "请核对单位是否误作分或万元", "金额超过单笔上限 %s 元", money.Max).In("debit")
		}
		if err == nil && l.Debit != 0 && l.Credit != 0 {
			err = fault.Newf(fault.Invalid, "line-both-sides", "请只填余额所在的一方", "一行不能同时填借方 %s 元和贷方 %s 元", l.Debit, l.Credit).In("debit")
		}
		if err != nil {
			return nil, &LineError{i + 1, err}
		}
		id, err := intern(tx, b.County, b.Chart, l.Account, l.Dims)
		if err != nil {
			return nil, err
		}
		wanted[id] += l.Debit - l.Credit
		if a.Half == Budgetary {
			halves[1] += l.Debit - l.Credit
		} else {
			halves[0] += l.Debit - l.Credit
		}
	}
	for i, half := range []Half{Financial, Budgetary} {
		if halves[i] != 0 {
			return nil, fault.Newf(fault.Refused, "opening-unbalanced", "请核对期初余额表", "%s期初借方与贷方相差 %s 元", half.Title(), halves[i].Abs())
		}
	}
	return wanted, nil
}

// moveOpening moves the stored opening row of each combination from what it is to what is wanted.
func moveOpening(tx *store.Tx, b Book, wanted map[int64]money.Fen) ([]byte, error) {
	period := string(b.Start.Opening())
	rows, err := tx.Query(`select combination_id, debit - credit from balance
		where county_id = $1 and book_id = $2 and period = $3`, b.County, b.ID, period)
	if err != nil {
		return nil, fmt.Errorf("ledger.SetOpening %s: %w", b.Code, err)
	}
	defer rows.Close()
	change := map[int64]money.Fen{}
	for id, fen := range wanted {
		change[id] = fen
	}
	for rows.Next() {
		var id int64
		var fen money.Fen
		if err := rows.Scan(&id, &fen); err != nil {
			return nil, fmt.Errorf("ledger.SetOpening %s: %w", b.Code, err)
		}
		change[id] -= fen
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, id := range sortedIDs(change) {
		if fen := change[id]; fen > 0 {
			tx.Move(balanceMoves, []any{b.County, b.ID, period, id, string(Ordinary)}, int64(fen), 0)
		} else if fen < 0 {
			tx.Move(balanceMoves, []any{b.County, b.ID, period, id, string(Ordinary)}, 0, int64(-fen))
		}
	}
	return openingRows(b.ID, b.Start.Opening(), wanted), nil
}
