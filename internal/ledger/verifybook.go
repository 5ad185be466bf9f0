package ledger

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
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

// checkLeaf compares a voucher with the leaf of its posting: the rows, the number and the instant.
func (c *bookCheck) checkLeaf(v *checkedVoucher) {
	if v.leaf == "" {
		c.v.violate("leaf", c.where(v.Number), "没有存证")
		return
	}
	c.v.Checked["leaves"]++
	if trail.Digest(v.rows()) != trail.RowsOf(v.leaf) {
		c.v.violate("leaf", c.where(v.Number), "凭证与存证的摘要不符")
	}
	if !trail.Says(v.leaf, "ref", Ref(v.Book, v.Number)) || !trail.Says(v.leaf, "document", v.Document) {
		c.v.violate("leaf", c.where(v.Number), "存证属于另一张凭证")
	}
	if !trail.Says(v.leaf, "at", v.PostedAt) {
		c.v.violate("leaf", c.where(v.Number), "记账时间 %s 与存证不符", v.PostedAt)
	}
	if v.made != byHand && !c.sealedLeaf(v) {
		c.v.violate("leaf", c.where(v.Number), "存证与登记的步骤或人员不符")
	}
}

// leafRow is what the row of a posting's leaf says beside the leaf.
type leafRow int

const (
	byHand leafRow = iota // its document has further leaves: document.Verify reads them all
	atOnce                // version, maker and instant agree with the voucher
	atOnceAltered
)

// madeBy is who posted at once, by the text of a leaf.
type madeBy struct {
	maker, checker, poster int64
	duties                 string
}

// sealedLeaf compares the leaf of a voucher that was posted at once with its row and the voucher's people.
func (c *bookCheck) sealedLeaf(v *checkedVoucher) bool {
	text := trail.ActorsOf(v.leaf)
	by, ok := c.actors[text]
	if !ok {
		actors, err := trail.ParseActors(text)
		if err != nil || len(actors) < 3 {
			return false
		}
		by = madeBy{actors[0].Person, actors[1].Person, actors[2].Person, document.DutiesOf(actors)}
		c.actors[strings.Clone(text)] = by
	}
	c.tally.Add(v.Document, by.duties)
	return v.made == atOnce && by.maker == v.Maker && by.checker == v.Checker && by.poster == v.Poster &&
		strings.HasSuffix(v.leaf, sealedEnd) && trail.Says(v.leaf, "kind", VoucherKind.Name)
}

var sealedEnd = trail.End(sealed.Step, string(sealed.State), 1)

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
