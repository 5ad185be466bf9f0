package ledger

import (
	"fmt"

	"xiangzhang/internal/calendar"
)

// closing is one closing of a month, with the reopening that ended it. The two share a document.
type closing struct {
	period   calendar.Period
	document string
	from     string // instant
	to       string // instant of its reopening; empty: the month is still closed
}

// checkClosings reads when months were closed and compares the last one that still is with the book's own mark.
func (c *bookCheck) checkClosings() error {
	rows, err := c.tx.Query(`select x.period, x.document_id, x.at, coalesce(r.at, '') from month_close x
		left join month_close r on r.county_id = x.county_id and r.book_id = x.book_id and r.period = x.period
			and r.document_id = x.document_id and r.act = 'reopen'
		where x.county_id = $1 and x.book_id = $2 and x.act = 'close' order by x.period, x.at`, c.book.County, c.book.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	through := c.book.Start.Prev()
	for rows.Next() {
		var x closing
		if err := rows.Scan(&x.period, &x.document, &x.from, &x.to); err != nil {
			return err
		}
		c.closings = append(c.closings, x)
		if x.to != "" {
			continue
		}
		if x.period != through.Next() {
			c.v.violate("closings", fmt.Sprintf("%s %s", c.book.Code, x.period), "已结账,但上一个结账月份是 %s", through)
		}
		through = x.period
	}
	if through != c.book.ClosedThrough {
		c.v.violate("closings", c.book.Code, "账套已结到 %s,按结账记录为 %s", c.book.ClosedThrough, through)
	}
	return rows.Err()
}

// closedAt gives the instant at which a month was closed that was still closed at another instant; empty if it was not.
func (c *bookCheck) closedAt(p calendar.Period, at string) string {
	for _, x := range c.closings {
		if x.period == p && x.from < at && (x.to == "" || at < x.to) {
			return x.from
		}
	}
	return ""
}
