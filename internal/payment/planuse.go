package payment

import (
	"errors"
	"fmt"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// through are the sums of a plan's months up to each month, as SQL.
var through = func() (sums [13]string) {
	var months []string
	for m := 1; m <= 12; m++ {
		months = append(months, fmt.Sprintf("m%d", m))
		sums[m] = strings.Join(months, " + ")
	}
	return sums
}()

// PlanLine is what a line's months were given and what requests use.
type PlanLine struct {
	Line   int64
	Months [12]money.Fen
	Used   money.Fen
}

// Through is what the months up to one come to.
func (p PlanLine) Through(month int) money.Fen {
	var sum money.Fen
	for _, m := range p.Months[:month] {
		sum += m
	}
	return sum
}

const planColumns = `l.line_id, l.m1, l.m2, l.m3, l.m4, l.m5, l.m6, l.m7, l.m8, l.m9, l.m10, l.m11, l.m12, l.used`

func scanPlan(row interface{ Scan(...any) error }) (p PlanLine, err error) {
	dest := []any{&p.Line}
	for i := range p.Months {
		dest = append(dest, &p.Months[i])
	}
	err = row.Scan(append(dest, &p.Used)...)
	return p, err
}

// PlanOf gives a line's plan; a line that was never planned has nothing.
func PlanOf(tx *store.Tx, county, line int64) (PlanLine, error) {
	p, err := scanPlan(tx.QueryRow(`select `+planColumns+` from payment_plan_line l where l.county_id = $1 and l.line_id = $2`, county, line))
	if errors.Is(err, store.ErrNoRows) {
		return PlanLine{Line: line}, nil
	}
	if err != nil {
		return p, fmt.Errorf("payment.PlanOf %d: %w", line, err)
	}
	return p, nil
}

// useStatements draw on the plan up to a month, by month.
var useStatements = func() (all [13]string) {
	for m := 1; m <= 12; m++ {
		all[m] = `update payment_plan_line set used = used + $3 where county_id = $1 and line_id = $2 and used + $3 >= 0 and used + $3 <= ` + through[m]
	}
	return all
}()

// usePlan draws an amount on the plan of a line up to a month: 累计支付 ≤ 累计计划.
func usePlan(tx *store.Tx, county int64, line int64, month int, amount money.Fen) error {
	n, err := tx.Exec(useStatements[month], county, line, int64(amount))
	if err != nil {
		return fmt.Errorf("payment: plan of line %d: %w", line, err)
	}
	if n > 0 {
		return nil
	}
	p, err := PlanOf(tx, county, line)
	if err != nil {
		return err
	}
	return p.refuse(tx, county, month, amount)
}

// freePlan gives back what a request drew, whichever month it is now.
func freePlan(tx *store.Tx, county int64, line int64, amount money.Fen) error {
	n, err := tx.Exec(`update payment_plan_line set used = used - $3 where county_id = $1 and line_id = $2 and used >= $3`, county, line, int64(amount))
	if err != nil {
		return fmt.Errorf("payment: plan of line %d: %w", line, err)
	}
	if n == 0 {
		panic(fmt.Sprintf("payment: plan of line %d uses less than %s", line, amount))
	}
	return nil
}

// refuse says why a plan does not allow a further amount, with what it gave and what is used; nil where it does.
func (p PlanLine) refuse(tx *store.Tx, county int64, month int, amount money.Fen) error {
	planned := p.Through(month)
	if p.Used+amount <= planned {
		return nil
	}
	l, err := appropriation.Get(tx, county, p.Line)
	if err != nil {
		return err
	}
	return fault.Newf(fault.Refused, "payment-over-plan", "请减少金额,或先申报用款计划", "指标 %s 截至 %d 月累计计划 %s 元,已用 %s 元,本次 %s 元,超 %s 元(预算法第五十七条)",
		l.Label(), month, planned, p.Used, amount, p.Used+amount-planned).In("amount")
}
