package ledger

import (
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

type sums struct{ debit, credit money.Fen }

type balanceKey struct {
	period      calendar.Period
	combination int64
	kind        EntryKind
}

// bookCheck checks one book.
type bookCheck struct {
	v            *Verification
	tx           *store.Tx
	book         Book
	combinations map[int64]Combination

	balances map[balanceKey]sums
	numbers  map[Number]numbered         // by month and word: Number.Number is 0
	halves   map[int64]int               // combination → 0 financial, 1 budgetary
	openings map[int]map[int64]money.Fen // stored ones by year; movements by year + yearEnd
	closings []closing
	chart    *Chart // of the year being read
	lines    []Line // of the voucher being read
	twins    []*checkedVoucher
	tally    *document.Tally   // of sealed vouchers
	actors   map[string]madeBy // by the text of the leaf
	reversed map[Number][]Line // lines of the vouchers that twins take back; nil until they were read
}

func (c *bookCheck) run() error {
	for _, step := range []func() error{
		c.checkClosings, c.findReversed, c.months, c.checkTwins, c.checkBalances, c.checkOpenings, c.checkCounters,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// months walks the book series by series, each the vouchers of one word in one month: beside their entries and leaves,
// all in the order of their number.
func (c *bookCheck) months() error {
	periods, err := c.held("period", "")
	if err != nil {
		return err
	}
	for _, p := range periods {
		if c.chart, err = ChartOf(c.tx, c.book, calendar.Period(p).Year()); err != nil {
			return err
		}
		words, err := c.held("word", " and period = $3", p)
		if err != nil {
			return err
		}
		for _, word := range words {
			if err := c.series(Number{Period: calendar.Period(p), Word: word}); err != nil {
				return err
			}
		}
	}
	return nil
}

// held gives the values of a column that the book's vouchers and entries have, sorted. Each table is walked from one
// value to the next along its key, not row by row.
func (c *bookCheck) held(column, where string, args ...any) ([]string, error) {
	var values []string
	for _, table := range []string{"voucher", "entry"} {
		from := " from " + table + " where county_id = $1 and book_id = $2" + where
		rows, err := c.tx.Query("with recursive held (v) as (select min("+column+")"+from+`
			union all select (select min(`+column+")"+from+" and "+column+` > held.v) from held where held.v is not null)
			select v from held where v is not null`, append([]any{c.book.County, c.book.ID}, args...)...)
		if err != nil {
			return nil, err
		}
		if err := eachText(rows, func(v string) { values = append(values, v) }); err != nil {
			return nil, err
		}
	}
	slices.Sort(values)
	return slices.Compact(values), nil
}

// series checks the vouchers of one word in one month.
func (c *bookCheck) series(of Number) error {
	vouchers, err := c.vouchers(of)
	if err != nil {
		return err
	}
	rows, err := c.tx.Query(`select number, combination_id, summary, debit, credit from entry
		where county_id = $1 and book_id = $2 and period = $3 and word = $4 order by number, line`,
		c.book.County, c.book.ID, string(of.Period), of.Word)
	if err != nil {
		return err
	}
	defer rows.Close()
	at := 0
	orphan := int64(0)
	for rows.Next() {
		var combination int64
		var l Line
		n := of
		if err := rows.Scan(&n.Number, &combination, &l.Summary, (*int64)(&l.Debit), (*int64)(&l.Credit)); err != nil {
			return err
		}
		c.v.Checked["entries"]++
		for ; at < len(vouchers) && vouchers[at].Number.Number < n.Number; at++ {
			c.voucher(&vouchers[at])
		}
		if at == len(vouchers) || vouchers[at].Number.Number != n.Number {
			if n.Number != orphan {
				c.v.violate("entries", c.where(n), "分录没有对应的凭证")
			}
			orphan = n.Number
			continue
		}
		c.entry(&vouchers[at], combination, l)
	}
	for ; at < len(vouchers); at++ {
		c.voucher(&vouchers[at])
	}
	return rows.Err()
}

func (c *bookCheck) where(n Number) string {
	return fmt.Sprintf("%s %s %s", c.book.Code, n.Period, n.Label())
}

// checkedVoucher is a voucher whose entries are being read.
type checkedVoucher struct {
	Posted
	summary string
	amount  money.Fen
	leaf    string
	made    leafRow
	halves  [2]sums
}

func (c *bookCheck) vouchers(of Number) ([]checkedVoucher, error) {
	rows, err := c.tx.Query(`select v.number, v.document_id, v.date, v.kind, v.attachments, v.summary, v.amount,
		coalesce(v.reverses, ''), v.source, v.note, v.maker_id, v.checker_id, v.poster_id, v.posted_at, coalesce(t.leaf, ''),
		case when t.step <> 'post-at-once' then 0
			when t.version = 1 and t.person_id = v.maker_id and t.at = v.posted_at and t.reason is null then 1 else 2 end
		from voucher v left join trail t on t.county_id = v.county_id and t.document_id = v.document_id
			and t.step in ('post', 'post-at-once')
		where v.county_id = $1 and v.book_id = $2 and v.period = $3 and v.word = $4 order by v.number`,
		c.book.County, c.book.ID, string(of.Period), of.Word)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []checkedVoucher
	for rows.Next() {
		v := checkedVoucher{Posted: Posted{Book: c.book.ID, Number: of}}
		var reverses string
		if err := rows.Scan(&v.Number.Number, &v.Document, &v.Date, &v.Kind, &v.Attachments, &v.summary, &v.amount,
			&reverses, &v.Source, &v.Note, &v.Maker, &v.Checker, &v.Poster, &v.PostedAt, &v.leaf, &v.made); err != nil {
			return nil, err
		}
		if v.Reverses, err = optionalNumber(reverses); err != nil {
			return nil, err
		}
		out = append(out, v)
		c.v.Checked["vouchers"]++
		c.count(v.Number)
	}
	return out, rows.Err()
}

func (c *bookCheck) entry(v *checkedVoucher, combination int64, l Line) {
	known, ok := c.combinations[combination]
	if !ok || known.Chart != c.book.Chart {
		c.v.violate("dimensions", c.where(v.Number), "分录的科目组合 %d 不存在或不属于本账套", combination)
		return
	}
	l.Account, l.Dims = known.Account, known.Dims
	c.lines = append(c.lines, l)
	half := c.half(combination, known.Account)
	v.halves[half].debit += l.Debit
	v.halves[half].credit += l.Credit
	add(c.balances, balanceKey{v.Number.Period, combination, v.Kind}, l.Debit, l.Credit)
}

// half tells the half of a combination by the chart of the year that names it first: no account changes its half.
func (c *bookCheck) half(combination int64, account string) int {
	if half, ok := c.halves[combination]; ok {
		return half
	}
	half := 0
	if a, ok := c.chart.Account(account); ok && a.Half == Budgetary {
		half = 1
	}
	c.halves[combination] = half
	return half
}

func add[K comparable](m map[K]sums, key K, debit, credit money.Fen) {
	s := m[key]
	m[key] = sums{s.debit + debit, s.credit + credit}
}

// voucher checks a voucher whose entries have all been read.
func (c *bookCheck) voucher(v *checkedVoucher) {
	v.Lines, c.lines = c.lines, c.lines[:0]
	for i, half := range []Half{Financial, Budgetary} {
		if s := v.halves[i]; s.debit != s.credit {
			c.v.violate("voucher-balanced", c.where(v.Number), "%s借方 %s 元,贷方 %s 元", half.Title(), s.debit, s.credit)
		}
	}
	if v.Date.Period() != v.Number.Period {
		c.v.violate("voucher-month", c.where(v.Number), "日期 %s 不在 %s", v.Date, v.Number.Period)
	}
	if v.Maker == v.Checker {
		c.v.violate("duties", c.where(v.Number), "制单与审核为同一人")
	}
	if v.amount != v.halves[0].debit {
		c.v.violate("voucher-head", c.where(v.Number), "凭证金额 %s 元,分录借方合计 %s 元", v.amount, v.halves[0].debit)
	}
	if want := (Voucher{Lines: v.Lines}).Summary(); v.summary != want {
		c.v.violate("voucher-head", c.where(v.Number), "凭证摘要「%s」,分录摘要「%s」", v.summary, want)
	}
	if at := c.closedAt(v.Number.Period, v.PostedAt); at != "" {
		c.v.violate("closings", c.where(v.Number), "记账时间 %s 在结账时间 %s 之后", v.PostedAt, at)
	}
	c.checkLeaf(v)
	if _, ok := c.reversed[v.Number]; ok {
		c.reversed[v.Number] = slices.Clone(v.Lines)
	}
	if v.Reverses != nil {
		twin := *v
		twin.Lines = slices.Clone(v.Lines)
		c.twins = append(c.twins, &twin)
	}
	v.Lines, v.leaf = nil, ""
}
