package ledger

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
)

// checkCounters proves that numbers are continuous: as many as the counter has given out, and none above it. A draft
// has its number once it was submitted, which gave its document a business number; a number that it only asks for does
// not count.
func (c *bookCheck) checkCounters() error {
	taken, err := c.counters()
	if err != nil {
		return err
	}
	rows, err := c.tx.Query(`select v.period, v.word, v.number from voucher_draft v
		join document d on d.county_id = v.county_id and d.document_id = v.document_id
		where v.county_id = $1 and v.book_id = $2 and v.number is not null and d.ref <> ''`, c.book.County, c.book.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n Number
		if err := rows.Scan(&n.Period, &n.Word, &n.Number); err != nil {
			return err
		}
		c.count(n)
	}
	for n, found := range c.numbers {
		c.compareNumbers(n, taken[n], found.count, found.most)
		delete(taken, n)
	}
	for n, given := range taken {
		c.compareNumbers(n, given, 0, 0)
	}
	return rows.Err()
}

// numbered is how many vouchers and numbered drafts a month and word have, and their highest number.
type numbered struct{ count, most int64 }

func (c *bookCheck) count(n Number) {
	series := Number{Period: n.Period, Word: n.Word}
	found := c.numbers[series]
	c.numbers[series] = numbered{found.count + 1, max(found.most, n.Number)}
}

func (c *bookCheck) compareNumbers(n Number, taken, count, most int64) {
	if count != taken || most != taken {
		c.v.violate("numbers", fmt.Sprintf("%s %s %s字", c.book.Code, n.Period, n.Word), "已编到 %d 号,共有 %d 张,最大号 %d", taken, count, most)
	}
}

// counters reads how far numbers were given out, by month and word.
func (c *bookCheck) counters() (map[Number]int64, error) {
	prefix := fmt.Sprintf("voucher/%d/", c.book.ID)
	rows, err := c.tx.Query(`select name, value from counter where county_id = $1 and name >= $2 and name < $3`,
		c.book.County, prefix, strings.TrimSuffix(prefix, "/")+"0") // '0' follows '/'
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	taken := map[Number]int64{}
	for rows.Next() {
		var name string
		var value int64
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		period, word, _ := strings.Cut(strings.TrimPrefix(name, prefix), "/")
		taken[Number{Period: calendar.Period(period), Word: word}] = value
	}
	return taken, rows.Err()
}
