package statement

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// entryQuery asks for the entries of one book on some accounts, a page of them, in the order of their dates.
type entryQuery struct {
	book          ledger.Book
	from, to      calendar.Period
	accounts      []string // prefixes; empty: all
	filter        ledger.Dims
	offset, limit int // limit 0: all
}

// prefixesMost bounds the accounts that one item of a form leads to, so that few texts of SQL exist.
const prefixesMost = 40

// where selects the entries. Combinations are chosen once, by a subquery, so that an entry costs one look-up.
func (q entryQuery) where() (text string, args []any) {
	args = []any{q.book.County, q.book.ID, string(q.from), string(q.to)}
	text = ` from entry e join voucher v on v.county_id = e.county_id and v.book_id = e.book_id and v.period = e.period
		and v.word = e.word and v.number = e.number
		where e.county_id = $1 and e.book_id = $2 and e.period between $3 and $4`
	if len(q.accounts) == 0 && q.filter == (ledger.Dims{}) {
		return text, args
	}
	place := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	text += ` and e.combination_id in (select combination_id from combination where county_id = $1 and chart = ` + place(string(q.book.Chart))
	if len(q.accounts) > 0 {
		n := 1
		if len(q.accounts) > 1 {
			n = prefixesMost
		}
		var any1 []string
		for i := range n {
			p := place(q.accounts[min(i, len(q.accounts)-1)])
			any1 = append(any1, "substr(account, 1, length("+p+")) = "+p)
		}
		text += " and (" + strings.Join(any1, " or ") + ")"
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

const entryOrder = ` order by e.period, v.date, e.word, e.number, e.line`

// page reads the entries of the page, and the one that follows it: nil where none does.
func (q entryQuery) page(tx *store.Tx) (entries []ledger.EntryRow, next *ledger.EntryRow, err error) {
	if err := tx.Settle(); err != nil {
		return nil, nil, err
	}
	where, args := q.where()
	text := `select e.period, e.word, e.number, v.date, v.kind, e.line, e.combination_id, e.summary, e.debit, e.credit` + where + entryOrder
	if q.limit > 0 {
		text += fmt.Sprintf(" limit $%d offset $%d", len(args)+1, len(args)+2)
		args = append(args, q.limit+1, q.offset)
	}
	rows, err := tx.Query(text, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("statement: entries of %s: %w", q.book.Code, err)
	}
	defer rows.Close()
	for rows.Next() {
		var e ledger.EntryRow
		if err := rows.Scan(&e.Number.Period, &e.Number.Word, &e.Number.Number, &e.Date, &e.Kind, &e.Line, &e.Combination,
			&e.Summary, &e.Debit, &e.Credit); err != nil {
			return nil, nil, fmt.Errorf("statement: entries of %s: %w", q.book.Code, err)
		}
		entries = append(entries, e)
	}
	if q.limit > 0 && len(entries) > q.limit {
		entries, next = entries[:q.limit], &entries[q.limit]
	}
	return entries, next, rows.Err()
}

// sums are a debit and a credit.
type sums struct{ debit, credit money.Fen }

func (s *sums) add(debit, credit money.Fen) {
	s.debit += debit
	s.credit += credit
}

// before adds up the entries before the page: all of them, and those of the day on which the page begins.
func (q entryQuery) before(tx *store.Tx, day calendar.Date) (all, sameDay sums, err error) {
	if q.offset == 0 || q.limit == 0 {
		return all, sameDay, nil
	}
	where, args := q.where()
	n := len(args)
	text := fmt.Sprintf(`select cast(coalesce(sum(debit), 0) as bigint), cast(coalesce(sum(credit), 0) as bigint),
		cast(coalesce(sum(case when date = $%d then debit else 0 end), 0) as bigint),
		cast(coalesce(sum(case when date = $%d then credit else 0 end), 0) as bigint)
		from (select e.debit, e.credit, v.date%s%s limit $%d) as earlier`, n+1, n+1, where, entryOrder, n+2)
	args = append(args, string(day), q.offset)
	err = tx.QueryRow(text, args...).Scan(&all.debit, &all.credit, &sameDay.debit, &sameDay.credit)
	if err != nil {
		return all, sameDay, fmt.Errorf("statement: entries of %s before the page: %w", q.book.Code, err)
	}
	return all, sameDay, nil
}

// countersMost is how many vouchers are looked up one by one; a longer list reads their months at once.
const countersMost = 200

// otherLine is a line of a voucher as its counter-account needs it.
type otherLine struct {
	combination int64
	debit       bool // the side on which its amount stands; a red amount stands where it is written
}

// voucherLines gives the lines of the vouchers that entries belong to.
func voucherLines(tx *store.Tx, b ledger.Book, entries []ledger.EntryRow) (map[ledger.Number][]otherLine, error) {
	wanted := map[ledger.Number][]otherLine{}
	for _, e := range entries {
		wanted[e.Number] = nil
	}
	keep := func(e ledger.EntryRow) error {
		if _, ok := wanted[e.Number]; ok {
			wanted[e.Number] = append(wanted[e.Number], otherLine{e.Combination, e.Debit != 0})
		}
		return nil
	}
	if len(wanted) > countersMost {
		return wanted, ledger.Entries(tx, b, entries[0].Number.Period, entries[len(entries)-1].Number.Period, keep)
	}
	for n := range wanted {
		if err := linesOf(tx, b, n, keep); err != nil {
			return nil, err
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
