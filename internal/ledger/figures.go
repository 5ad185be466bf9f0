package ledger

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/figure"
	"xiangzhang/internal/store"
)

// Figures are the figures of the ledger.
func Figures() []figure.Definition {
	return []figure.Definition{{
		Code: "books-closed-on-time", Title: "账套按期结账率", Measure: "%", Numerator: "上月在结账期限以前结账的账套(套)", Denominator: "上月已启用、结账期限已到的账套(套)",
		Decimals: 2, Source: "会计基础工作规范", Readers: Readers, Compute: booksClosedOnTime,
	}}
}

// booksClosedOnTime looks at the month before that of the day. A book counts where it kept that month and its deadline,
// by the dated rule of its unit, has come; in time is what was closed by then and not opened again up to the day.
func booksClosedOnTime(tx *store.Tx, county int64, path string, on calendar.Date) ([]figure.Row, error) {
	month := on.Period().Prev()
	books, err := ListBooks(tx, county, path)
	if err != nil {
		return nil, err
	}
	deadlines, err := ReadDeadlines(tx, county)
	if err != nil {
		return nil, err
	}
	closed, err := closedDays(tx, county, month, on)
	if err != nil {
		return nil, err
	}
	var rows []figure.Row
	for _, b := range books {
		due := deadlines.Close(b.Path, month)
		if b.Start > month || b.EndedOn != "" && b.EndedOn < month.First() || due == "" || due > on {
			continue
		}
		row := figure.Row{Kind: "book", ID: fmt.Sprint(b.ID), Of: 1}
		day := closed[b.ID]
		switch {
		case day == "":
			row.Text = fmt.Sprintf("%s %s 未结账,期限 %s", b.Code, b.Name, due)
		case day <= due:
			row.In, row.Text = 1, fmt.Sprintf("%s %s %s 结账", b.Code, b.Name, day)
		default:
			row.Text = fmt.Sprintf("%s %s %s 结账,期限 %s", b.Code, b.Name, day, due)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// closedDays gives, by book, the day on which a month was last closed without having been opened again up to a day.
func closedDays(tx *store.Tx, county int64, month calendar.Period, on calendar.Date) (map[int64]calendar.Date, error) {
	end := calendar.Instant(on.AddDays(1).Time()) // the first instant after the day
	rows, err := tx.Query(`select x.book_id, max(x.at) from month_close x
		left join month_close r on r.county_id = x.county_id and r.book_id = x.book_id and r.period = x.period
			and r.document_id = x.document_id and r.act = 'reopen' and r.at < $3
		where x.county_id = $1 and x.period = $2 and x.act = 'close' and x.at < $3 and r.at is null group by x.book_id`, county, string(month), end)
	if err != nil {
		return nil, fmt.Errorf("ledger: closings of %s: %w", month, err)
	}
	defer rows.Close()
	out := map[int64]calendar.Date{}
	for rows.Next() {
		var book int64
		var at string
		if err := rows.Scan(&book, &at); err != nil {
			return nil, fmt.Errorf("ledger: closings of %s: %w", month, err)
		}
		instant, err := calendar.ParseInstant(at)
		if err != nil {
			return nil, fmt.Errorf("ledger: closings of %s: %w", month, err)
		}
		out[book] = calendar.DateOf(instant)
	}
	return out, rows.Err()
}
