package web

import (
	"fmt"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/workday"
)

// codesPage holds treasury, tax office and book against each other by budget account, for a month or the year so far.
type codesPage struct {
	Base
	Account  bank.Account
	Bench    string
	Months   []choice
	Spans    []choice
	Whole    bool
	Rows     []agreement.CodeRow
	Treasury money.Fen
	Tax      money.Fen
	Book     money.Fen
	Off      int // rows that differ
	Missing  string
}

func showCodes(c *call, tx *store.Tx) (answer, error) {
	a, err := c.seenAccount(tx)
	if err != nil {
		return answer{}, err
	}
	today, err := org.Today(tx, a.County)
	if err != nil {
		return answer{}, err
	}
	period, err := c.period("period", today.Period().Prev())
	if err != nil {
		return answer{}, err
	}
	p := &codesPage{Account: a, Bench: benchPath(a.ID), Whole: c.query("span") == "year"}
	p.Styles = []string{"agreement.css"}
	from := period
	if p.Whole {
		from = calendar.PeriodOf(period.Year(), 1)
	}
	for m := today.Period(); m >= a.Since && len(p.Months) < 24; m = m.Prev() {
		p.Months = append(p.Months, choice{Value: string(m), Title: m.Chinese(), On: m == period})
	}
	p.Spans = []choice{{Value: "month", Title: "本月", On: !p.Whole}, {Value: "year", Title: "本年累计", On: p.Whole}}
	if p.Rows, err = agreement.ByCode(tx, a, from, period); err != nil {
		return answer{}, err
	}
	for _, r := range p.Rows {
		p.Treasury, p.Tax, p.Book = p.Treasury+r.Treasury, p.Tax+r.Tax, p.Book+r.Book
		if r.Differs() {
			p.Off++
		}
	}
	if a.Kind == bank.Treasury {
		p.Missing, err = missingDays(tx, a, max(from.First(), a.Since.First()), min(period.Last(), today.AddDays(-1)))
	}
	if err != nil {
		return answer{}, err
	}
	return show("agreement/codes", p)
}

// missingDays names the working days of which there is no daily report.
func missingDays(tx *store.Tx, a bank.Account, from, to calendar.Date) (string, error) {
	days, err := workday.Read(tx, a.County)
	if err != nil {
		return "", err
	}
	var working []calendar.Date
	for d := from; d <= to; d = d.AddDays(1) {
		if days.Working(d) {
			working = append(working, d)
		}
	}
	missing, err := agreement.Days(tx, a, agreement.Treasury, working)
	if err != nil || len(missing) == 0 {
		return "", err
	}
	return fmt.Sprintf("%d 个工作日没有国库日报:%s", len(missing), listed(missing, func(d calendar.Date) string { return string(d) })), nil
}
