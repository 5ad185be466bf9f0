package ledger

import (
	"fmt"
	"maps"
	"sync"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// closedRows bounds what is remembered of closed months: rows of 32 bytes, 16 MB in all.
const closedRows = 500_000

// closedMonths remembers what moved in closed months. A closed month does not change; opening one again raises the
// book's mark. When it is full it begins anew.
type closedMonths struct {
	mu     sync.RWMutex
	months map[monthKey]markedMonth
	rows   int
}

type monthKey struct {
	county, book int64
	period       calendar.Period
}

// markedMonth is what moved in a month as of the book's mark.
type markedMonth struct {
	mark int64
	rows []monthRow
}

// monthRow is what moved on a combination in one kind of vouchers.
type monthRow struct {
	combination   int64
	closing       bool
	debit, credit money.Fen
}

type closedMonthsName struct{}

func closedMonthsOf(tx *store.Tx) *closedMonths {
	return tx.DB().Memo(closedMonthsName{}, func() any { return &closedMonths{months: map[monthKey]markedMonth{}} }).(*closedMonths)
}

// eachClosed gives the rows of the closed months among those from month to month of one year, and the first month that
// is still to be read from the database. Only a reader's snapshot is answered from memory: in a step of the writer a month
// may be open that memory knows as closed.
func eachClosed(tx *store.Tx, b Book, from, to calendar.Period, f func(calendar.Period, monthRow)) (rest calendar.Period, err error) {
	from, to = max(from, b.Start), min(to, b.ClosedThrough)
	if !tx.ReadOnly() || to < from {
		return from, nil
	}
	months, err := closedMonthsOf(tx).read(tx, b, from, to)
	if err != nil {
		return from, fmt.Errorf("ledger: closed months of %s: %w", b.Code, err)
	}
	for p := from; p <= to; p = p.Next() {
		for _, r := range months[p] {
			f(p, r)
		}
	}
	return to.Next(), nil
}

// read gives the rows of closed months; those from the first unknown one on come from the database.
func (m *closedMonths) read(tx *store.Tx, b Book, from, to calendar.Period) (map[calendar.Period][]monthRow, error) {
	out := make(map[calendar.Period][]monthRow, 12)
	p := from
	m.mu.RLock()
	for ; p <= to; p = p.Next() {
		known, ok := m.months[monthKey{b.County, b.ID, p}]
		if !ok || known.mark != b.mark {
			break
		}
		out[p] = known.rows
	}
	m.mu.RUnlock()
	if p > to {
		return out, nil
	}
	fresh, err := readMonths(tx, b.County, b, p, to)
	if err != nil {
		return nil, err
	}
	m.keep(b, p, to, fresh)
	maps.Copy(out, fresh)
	return out, nil
}

// readMonths reads what moved on a book from month to month.
func readMonths(tx *store.Tx, county int64, b Book, from, to calendar.Period) (map[calendar.Period][]monthRow, error) {
	rows, err := tx.Query(`select period, combination_id, kind, debit, credit from balance
		where county_id = $1 and book_id = $2 and period between $3 and $4`, county, b.ID, string(from), string(to))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	months := map[calendar.Period][]monthRow{}
	for rows.Next() {
		var p calendar.Period
		var kind EntryKind
		var r monthRow
		if err := rows.Scan(&p, &r.combination, &kind, &r.debit, &r.credit); err != nil {
			return nil, err
		}
		r.closing = kind == Closing
		months[p] = append(months[p], r)
	}
	return months, rows.Err()
}

// keep remembers the months from p on; one in which nothing moved is remembered too.
func (m *closedMonths) keep(b Book, p, to calendar.Period, months map[calendar.Period][]monthRow) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for ; p <= to; p = p.Next() {
		if m.rows > closedRows {
			m.months, m.rows = map[monthKey]markedMonth{}, 0
		}
		key := monthKey{b.County, b.ID, p}
		m.rows += len(months[p]) - len(m.months[key].rows)
		m.months[key] = markedMonth{b.mark, months[p]}
	}
}
