package statement

import (
	"fmt"
	"math/bits"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// entry is a posted entry with its book.
type entry struct {
	book int64
	ledger.EntryRow
}

// bookNumber names a voucher among several books.
type bookNumber struct {
	book int64
	ledger.Number
}

func (e entry) voucher() bookNumber { return bookNumber{e.book, e.Number} }

// entryQuery asks for the entries of books on some accounts, a page of them, by date, then book and number.
type entryQuery struct {
	books         []ledger.Book
	from, to      calendar.Period
	accounts      map[ledger.ChartName][]string // exact codes; nil: all
	filter        ledger.Dims
	offset, limit int // limit 0: all
}

// choose takes the accounts of a selection that have ever been used in the books' charts.
func (q *entryQuery) choose(f *figures, selections map[ledger.ChartName]selection) {
	q.accounts = map[ledger.ChartName][]string{}
	seen := map[accountKey]bool{}
	for _, c := range f.combinations {
		key := accountKey{c.Chart, c.Account}
		if s, asked := selections[c.Chart]; asked && !seen[key] && s.keeps(c.Account) {
			seen[key] = true
			q.accounts[c.Chart] = append(q.accounts[c.Chart], c.Account)
		}
	}
}

// list adds values to the arguments of a statement, repeating the last up to a power of two, so that few texts of SQL
// exist, and gives their places.
func list[T any](args *[]any, values []T) string {
	n := 1 << bits.Len(uint(len(values)-1))
	var text strings.Builder
	for i := range n {
		if i > 0 {
			text.WriteByte(',')
		}
		*args = append(*args, values[min(i, len(values)-1)])
		fmt.Fprintf(&text, "$%d", len(*args))
	}
	return text.String()
}

func bookIDs(books []ledger.Book) []int64 {
	ids := make([]int64, len(books))
	for i, b := range books {
		ids[i] = b.ID
	}
	return ids
}

// where selects the entries. Combinations are chosen once, by a subquery, so that an entry costs one look-up. Where all
// entries are wanted each voucher is read once, with its entries behind it; where few are, each looks up its voucher.
func (q entryQuery) where(from, to calendar.Period) (text string, args []any) {
	args = []any{q.books[0].County, string(from), string(to)}
	all := q.accounts == nil && q.filter == (ledger.Dims{})
	outer, inner := "e", "v"
	tables := `entry e cross join voucher v`
	if all {
		outer, inner = inner, outer
		tables = `voucher v cross join entry e`
	}
	text = ` from ` + tables + ` where ` + outer + `.county_id = $1 and ` + outer + `.book_id in (` + list(&args, bookIDs(q.books)) + `) and ` +
		outer + `.period between $2 and $3`
	for _, column := range []string{"county_id", "book_id", "period", "word", "number"} {
		text += ` and ` + inner + `.` + column + ` = ` + outer + `.` + column
	}
	if all {
		return text, args
	}
	place := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	text += ` and e.combination_id in (select combination_id from combination where county_id = $1`
	if q.accounts != nil {
		var charts []string
		for _, chart := range allCharts {
			if codes := q.accounts[chart]; len(codes) > 0 {
				charts = append(charts, "chart = "+place(string(chart))+" and account in ("+list(&args, codes)+")")
			}
		}
		if charts == nil {
			charts = []string{"1 = 0"} // nothing was ever recorded on them
		}
		text += " and (" + strings.Join(charts, " or ") + ")"
	}
	for _, d := range []struct{ column, value string }{{"function", q.filter.Function}, {"economic", q.filter.Economic}, {"fund", q.filter.Fund}} {
		if d.value != "" {
			p := place(d.value)
			text += " and substr(" + d.column + ", 1, length(" + p + ")) = " + p
		}
	}
	for _, d := range []struct{ column, value string }{{"project", q.filter.Project}, {"party", q.filter.Party}} {
		if d.value != "" {
			text += " and " + d.column + " = " + place(d.value)
		}
	}
	if q.filter.Unit != 0 {
		text += " and unit_id = " + place(q.filter.Unit)
	}
	return text + ")", args
}

const entryOrder = ` order by e.period, v.date, e.book_id, e.word, e.number, e.line`

// entryPage is a page of entries: what stands on it, the one that follows it (nil where none does), and what was
// recorded before it in its first month and on its first day.
type entryPage struct {
	entries      []entry
	next         *entry
	month        sums
	day          sums
	beforeInPage int // entries of its first month before the page
}

// page reads the page. A page is found month by month, so that it costs what its months hold and not the whole year.
func (q entryQuery) page(tx *store.Tx) (entryPage, error) {
	if err := tx.Settle(); err != nil {
		return entryPage{}, err
	}
	var p entryPage
	if q.limit == 0 {
		err := q.read(tx, q.from, q.to, 0, 0, &p)
		return p, err
	}
	skip := q.offset
	for month := q.from; month <= q.to && len(p.entries) <= q.limit; month = month.Next() {
		if skip > 0 {
			n, err := q.count(tx, month)
			if err != nil {
				return p, err
			}
			if n <= skip {
				skip -= n
				continue
			}
			p.beforeInPage = skip
		}
		if err := q.read(tx, month, month, skip, q.limit+1-len(p.entries), &p); err != nil {
			return p, err
		}
		skip = 0
	}
	if len(p.entries) > q.limit {
		p.entries, p.next = p.entries[:q.limit], &p.entries[q.limit]
	}
	if p.beforeInPage > 0 {
		return p, q.before(tx, &p)
	}
	return p, nil
}

func (q entryQuery) count(tx *store.Tx, month calendar.Period) (n int, err error) {
	where, args := q.where(month, month)
	if err := tx.QueryRow(`select count(*)`+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("statement: entries of %s: %w", month, err)
	}
	return n, nil
}

func (q entryQuery) read(tx *store.Tx, from, to calendar.Period, offset, limit int, p *entryPage) error {
	where, args := q.where(from, to)
	text := `select e.book_id, e.period, e.word, e.number, v.date, v.kind, e.line, e.combination_id, e.summary, e.debit, e.credit` + where + entryOrder
	if limit > 0 {
		text += fmt.Sprintf(" limit $%d offset $%d", len(args)+1, len(args)+2)
		args = append(args, limit, offset)
	}
	rows, err := tx.Query(text, args...)
	if err != nil {
		return fmt.Errorf("statement: entries of %s: %w", from, err)
	}
	defer rows.Close()
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.book, &e.Number.Period, &e.Number.Word, &e.Number.Number, &e.Date, &e.Kind, &e.Line, &e.Combination,
			&e.Summary, &e.Debit, &e.Credit); err != nil {
			return fmt.Errorf("statement: entries of %s: %w", from, err)
		}
		p.entries = append(p.entries, e)
	}
	return rows.Err()
}

// sums are a debit and a credit.
type sums struct{ debit, credit money.Fen }

func (s *sums) add(debit, credit money.Fen) {
	s.debit += debit
	s.credit += credit
}

// before adds up the entries of the page's first month before the page, and those of its first day.
func (q entryQuery) before(tx *store.Tx, p *entryPage) error {
	first := p.entries[0]
	where, args := q.where(first.Number.Period, first.Number.Period)
	n := len(args)
	text := fmt.Sprintf(`select cast(coalesce(sum(debit), 0) as bigint), cast(coalesce(sum(credit), 0) as bigint),
		cast(coalesce(sum(case when date = $%d then debit else 0 end), 0) as bigint),
		cast(coalesce(sum(case when date = $%d then credit else 0 end), 0) as bigint)
		from (select e.debit, e.credit, v.date%s%s limit $%d) as earlier`, n+1, n+1, where, entryOrder, n+2)
	args = append(args, string(first.Date), p.beforeInPage)
	if err := tx.QueryRow(text, args...).Scan(&p.month.debit, &p.month.credit, &p.day.debit, &p.day.credit); err != nil {
		return fmt.Errorf("statement: entries of %s before the page: %w", first.Number.Period, err)
	}
	return nil
}

// countersMost is how many vouchers of a book are looked up one by one; a longer list reads their months at once.
const countersMost = 200

// otherLine is a line of a voucher as its counter-account needs it.
type otherLine struct {
	combination int64
	debit       bool // the side on which its amount stands; a red amount stands where it is written
}

// voucherLines gives the lines of the vouchers that entries belong to.
func voucherLines(tx *store.Tx, books []ledger.Book, entries []entry) (map[bookNumber][]otherLine, error) {
	wanted := map[bookNumber][]otherLine{}
	byBook := map[int64][]ledger.Number{} // in the order of the entries
	for _, e := range entries {
		if _, known := wanted[e.voucher()]; !known {
			wanted[e.voucher()] = nil
			byBook[e.book] = append(byBook[e.book], e.Number)
		}
	}
	for _, b := range books {
		numbers := byBook[b.ID]
		keep := func(e ledger.EntryRow) error {
			key := bookNumber{b.ID, e.Number}
			if _, ok := wanted[key]; ok {
				wanted[key] = append(wanted[key], otherLine{e.Combination, e.Debit != 0})
			}
			return nil
		}
		if len(numbers) > countersMost {
			if err := ledger.Entries(tx, b, numbers[0].Period, numbers[len(numbers)-1].Period, keep); err != nil {
				return nil, err
			}
			continue
		}
		for _, n := range numbers {
			if err := linesOf(tx, b, n, keep); err != nil {
				return nil, err
			}
		}
	}
	return wanted, nil
}

func linesOf(tx *store.Tx, b ledger.Book, n ledger.Number, keep func(ledger.EntryRow) error) error {
	rows, err := tx.Query(`select combination_id, debit, credit from entry where county_id = $1 and book_id = $2 and period = $3
		and word = $4 and number = $5 order by line`, b.County, b.ID, string(n.Period), n.Word, n.Number)
	if err != nil {
		return fmt.Errorf("statement: lines of %s: %w", n, err)
	}
	defer rows.Close()
	for rows.Next() {
		e := ledger.EntryRow{Number: n}
		if err := rows.Scan(&e.Combination, &e.Debit, &e.Credit); err != nil {
			return fmt.Errorf("statement: lines of %s: %w", n, err)
		}
		if err := keep(e); err != nil {
			return err
		}
	}
	return rows.Err()
}
