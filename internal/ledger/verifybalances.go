package ledger

import (
	"fmt"
	"slices"

	"xiangzhang/internal/money"
)

// checkBalances compares the stored movements with those added up from the entries, and the stored openings with the
// year before.
func (c *bookCheck) checkBalances() error {
	rows, err := c.tx.Query(`select period, combination_id, kind, debit, credit from balance
		where county_id = $1 and book_id = $2 order by period, combination_id, kind`, c.book.County, c.book.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k balanceKey
		var s sums
		if err := rows.Scan(&k.period, &k.combination, &k.kind, &s.debit, &s.credit); err != nil {
			return err
		}
		c.v.Checked["balances"]++
		if k.period.Month() == 0 {
			c.addYear(k.period.Year(), k.combination, s)
			continue
		}
		if want := c.balances[k]; want != s {
			c.v.violate("balances", fmt.Sprintf("%s %s 组合 %d", c.book.Code, k.period, k.combination),
				"余额表借 %s 贷 %s 元,分录合计借 %s 贷 %s 元", s.debit, s.credit, want.debit, want.credit)
		}
		delete(c.balances, k)
		c.addYear(k.period.Year()+yearEnd, k.combination, s)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for k, s := range c.balances {
		if s != (sums{}) {
			c.v.violate("balances", fmt.Sprintf("%s %s 组合 %d", c.book.Code, k.period, k.combination), "分录有发生额,余额表没有")
		}
	}
	return nil
}

// yearEnd keys the computed year-end balances beside the stored openings.
const yearEnd = 10_000

func (c *bookCheck) addYear(year int, combination int64, s sums) {
	if c.openings[year] == nil {
		c.openings[year] = map[int64]money.Fen{}
	}
	c.openings[year][combination] += s.debit - s.credit
}

// checkOpenings proves that each half of the first opening balances, and compares each stored opening after it with the
// closing of the year before.
func (c *bookCheck) checkOpenings() (err error) {
	openings := c.openings
	if c.chart, err = ChartOf(c.tx, c.book, c.book.Start.Year()); err != nil {
		return err
	}
	var halves [2]money.Fen
	for id, fen := range openings[c.book.Start.Year()] {
		halves[c.half(id, c.combinations[id].Account)] += fen
	}
	for i, half := range []Half{Financial, Budgetary} {
		if halves[i] != 0 {
			c.v.violate("openings", fmt.Sprintf("%s %d 年期初", c.book.Code, c.book.Start.Year()), "%s期初借方与贷方相差 %s 元", half.Title(), halves[i].Abs())
		}
	}
	for year := c.book.Start.Year() + 1; openings[year] != nil; year++ {
		want := map[int64]money.Fen{}
		for id, fen := range openings[year-1] {
			want[id] += fen
		}
		for id, fen := range openings[year-1+yearEnd] {
			want[id] += fen
		}
		if want, err = c.succeeded(year, want); err != nil {
			return err
		}
		for _, id := range slices.Concat(sortedIDs(want), sortedIDs(openings[year])) {
			if want[id] != openings[year][id] {
				c.v.violate("openings", fmt.Sprintf("%s %d 年年初 组合 %d", c.book.Code, year, id),
					"年初余额 %s 元,上年末余额 %s 元", openings[year][id], want[id])
			}
		}
	}
	return nil
}

// succeeded moves what a year begins with to the accounts that took over from those its chart no longer has.
func (c *bookCheck) succeeded(year int, before map[int64]money.Fen) (map[int64]money.Fen, error) {
	successors, err := Successors(c.tx, c.book, year)
	if err != nil || len(successors) == 0 {
		return before, err
	}
	chart, err := ChartOf(c.tx, c.book, year)
	if err != nil {
		return nil, err
	}
	ids := map[Combination]int64{}
	for id, v := range c.combinations {
		ids[Combination{Chart: v.Chart, Account: v.Account, Dims: v.Dims}] = id
	}
	for account, s := range successors {
		if s.State == namedAlone { // the rule of its time
			s.State = StatePost
			successors[account] = s
		}
	}
	after := map[int64]money.Fen{}
	for id, fen := range before {
		from := c.combinations[id]
		from.ID = 0
		if to, err := chart.succeed(c.book, from, successors); err == nil {
			id = ids[to] // 0, which no combination is, where nothing was ever kept on it
		}
		after[id] += fen
	}
	return after, nil
}
