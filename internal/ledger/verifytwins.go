package ledger

import "slices"

// findReversed notes the vouchers that were taken back, whose lines the twins are compared with.
func (c *bookCheck) findReversed() error {
	rows, err := c.tx.Query(`select reverses from voucher where county_id = $1 and book_id = $2 and reverses is not null`,
		c.book.County, c.book.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		n, err := ParseNumber(text)
		if err != nil {
			return err
		}
		c.reversed[n] = nil
	}
	return rows.Err()
}

// checkTwins proves that each red-letter voucher takes back what its original says, line by line.
func (c *bookCheck) checkTwins() error {
	for _, twin := range c.twins {
		of := *twin.Reverses
		original := c.reversed[of]
		switch {
		case original == nil:
			c.v.violate("twins", c.where(twin.Number), "被冲销的凭证 %s %s 不存在", of.Period.Chinese(), of.Label())
		case !slices.EqualFunc(original, twin.Lines, TakesBack):
			c.v.violate("twins", c.where(twin.Number), "与被冲销的凭证 %s %s 不是逐行相等、金额为负", of.Period.Chinese(), of.Label())
		}
	}
	return nil
}
