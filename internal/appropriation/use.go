package appropriation

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// Use is what a payment asks of a line, inside the payment's own step: the move carries the payment's document.
type Use struct {
	Line     int64
	Amount   money.Fen
	Document string        // the payment's
	Number   string        // its business number
	On       calendar.Date // its day; a line serves its own year only
}

// Affords refuses what a line cannot pay, as it stands now: for requests and approvals, which hold nothing yet or hold
// already. A line of another year, and one that is not there, afford nothing.
func Affords(tx *store.Tx, county int64, u Use) error {
	l, err := Get(tx, county, u.Line)
	if fault.Is(err, fault.NotFound) {
		return noLine()
	}
	if err != nil {
		return err
	}
	if err := l.serves(u.On); err != nil {
		return err
	}
	return l.refuse(Holding, u.Amount)
}

// noLine is the refusal of spending without a line (预算法 art. 13).
func noLine() error {
	return fault.New(fault.Refused, "appropriation-none", "没有对应的指标,可用 0.00 元,不能支出", "请先办理预算指标的追加或调剂,再申请支付").In("line")
}

func (l Line) serves(on calendar.Date) error {
	if on.Year() == l.Year {
		return nil
	}
	return fault.Newf(fault.Refused, "appropriation-other-year", "请选用本年度的指标;上年未用完的先办理结转",
		"指标 %s 属于 %d 年度,不能用于 %s 的支付", l.Label(), l.Year, on).In("line")
}

func use(tx *store.Tx, by identity.Actor, kind MoveKind, u Use) error {
	l, err := Get(tx, by.County, u.Line)
	if fault.Is(err, fault.NotFound) {
		return noLine()
	}
	if err != nil {
		return err
	}
	if err := l.serves(u.On); err != nil {
		return err
	}
	_, err = apply(tx, by.County, Move{Line: u.Line, Kind: kind, Amount: u.Amount, Document: u.Document, Number: u.Number, Date: u.On, Maker: by.Person})
	return err
}

// Hold holds an amount for a payment request (占用). Who may ask for the payment is the caller's rule.
func Hold(tx *store.Tx, by identity.Actor, u Use) error { return use(tx, by, Holding, u) }

// Release gives back what a request held: refused, withdrawn or returned by the bank.
func Release(tx *store.Tx, by identity.Actor, u Use) error { return use(tx, by, Releasing, u) }

// Spend turns what was held into what was paid, once treasury or bank confirm.
func Spend(tx *store.Tx, by identity.Actor, u Use) error { return use(tx, by, Spending, u) }

// Refund takes money back onto the line that paid it, within its year.
func Refund(tx *store.Tx, by identity.Actor, u Use) error { return use(tx, by, Refunding, u) }

// Plan gives a line's months an amount of its budget, or takes it back where it is negative: what is planned never
// exceeds the adjusted budget.
func Plan(tx *store.Tx, county, line int64, amount money.Fen) error {
	n, err := tx.Exec(`update appropriation_line set planned = planned + $3 where county_id = $1 and line_id = $2
		and planned + $3 >= 0 and planned + $3 <= `+adjustedSQL, county, line, int64(amount))
	if err != nil {
		return fmt.Errorf("appropriation.Plan %d: %w", line, err)
	}
	if n > 0 {
		return nil
	}
	l, err := Get(tx, county, line)
	if fault.Is(err, fault.NotFound) {
		return noLine()
	}
	if err != nil {
		return err
	}
	free := l.Adjusted() - l.Planned
	return fault.Newf(fault.Refused, "appropriation-overplanned", "请减少计划金额,或先办理指标追加", "指标 %s 调整后预算 %s 元,已列计划 %s 元,本次计划 %s 元,超 %s 元",
		l.Label(), l.Adjusted(), l.Planned, amount, amount-free).In("amount")
}

// Holds refuses where a line no longer holds an amount for a payment: asked at its approval and when it is ordered.
func Holds(tx *store.Tx, county int64, u Use) error {
	l, err := Get(tx, county, u.Line)
	if fault.Is(err, fault.NotFound) {
		return noLine()
	}
	if err != nil {
		return err
	}
	return l.refuse(Spending, u.Amount)
}
