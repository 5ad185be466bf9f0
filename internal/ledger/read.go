package ledger

import (
	"database/sql"
	"errors"
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// VoucherHead is a posted voucher as lists show it.
type VoucherHead struct {
	Number     Number
	Document   string
	Date       calendar.Date
	Kind       EntryKind
	Summary    string
	Amount     money.Fen // debit of the financial half
	Reverses   *Number
	ReversedBy *Number
	Maker      int64
	Checker    int64
	Poster     int64
}

// ListVouchers gives the posted vouchers of a book from month to month, by number.
func ListVouchers(tx *store.Tx, b Book, from, to calendar.Period) ([]VoucherHead, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	reversed, err := reversals(tx, b, from, to)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select v.period, v.word, v.number, v.document_id, v.date, v.kind, v.summary, v.amount, coalesce(v.reverses, ''),
		v.maker_id, v.checker_id, v.poster_id
		from voucher v where v.county_id = $1 and v.book_id = $2 and v.period between $3 and $4
		order by v.period, v.word, v.number`, b.County, b.ID, string(from), string(to))
	if err != nil {
		return nil, fmt.Errorf("ledger.ListVouchers: %w", err)
	}
	defer rows.Close()
	var out []VoucherHead
	for rows.Next() {
		var h VoucherHead
		var reverses string
		if err := rows.Scan(&h.Number.Period, &h.Number.Word, &h.Number.Number, &h.Document, &h.Date, &h.Kind, &h.Summary,
			&h.Amount, &reverses, &h.Maker, &h.Checker, &h.Poster); err != nil {
			return nil, fmt.Errorf("ledger.ListVouchers: %w", err)
		}
		if h.Reverses, err = optionalNumber(reverses); err != nil {
			return nil, err
		}
		if twin, ok := reversed[h.Number]; ok {
			h.ReversedBy = &twin
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// reversals gives the red twins of a book's vouchers from month to month, by what they take back. They are few, and an
// index holds them: asking for each voucher's twin would cost as much as the list.
func reversals(tx *store.Tx, b Book, from, to calendar.Period) (map[Number]Number, error) {
	rows, err := tx.Query(`select reverses, period, word, number from voucher
		where county_id = $1 and book_id = $2 and reverses is not null and reverses >= $3 and reverses < $4`,
		b.County, b.ID, string(from), string(to.Next()))
	if err != nil {
		return nil, fmt.Errorf("ledger: reversals: %w", err)
	}
	defer rows.Close()
	out := map[Number]Number{}
	for rows.Next() {
		var taken string
		var twin Number
		if err := rows.Scan(&taken, &twin.Period, &twin.Word, &twin.Number); err != nil {
			return nil, fmt.Errorf("ledger: reversals: %w", err)
		}
		original, err := ParseNumber(taken)
		if err != nil {
			return nil, err
		}
		out[original] = twin
	}
	return out, rows.Err()
}

func optionalNumber(s string) (*Number, error) {
	if s == "" {
		return nil, nil
	}
	n, err := ParseNumber(s)
	return &n, err
}

// GetVoucher gives a posted voucher with its lines.
func GetVoucher(tx *store.Tx, b Book, n Number) (Posted, error) {
	if err := tx.Settle(); err != nil {
		return Posted{}, err
	}
	p := Posted{Book: b.ID, Number: n}
	var reverses, reversedBy sql.NullString
	err := tx.QueryRow(`select v.document_id, v.date, v.kind, v.attachments, v.reverses, v.source, v.note, v.maker_id, v.checker_id,
		v.poster_id, v.posted_at, (select r.period || '|' || r.word || '|' || cast(r.number as text) from voucher r
			where r.county_id = v.county_id and r.book_id = v.book_id and r.reverses = $6)
		from voucher v where v.county_id = $1 and v.book_id = $2 and v.period = $3 and v.word = $4 and v.number = $5`,
		b.County, b.ID, string(n.Period), n.Word, n.Number, n.String()).
		Scan(&p.Document, &p.Date, &p.Kind, &p.Attachments, &reverses, &p.Source, &p.Note, &p.Maker, &p.Checker, &p.Poster, &p.PostedAt, &reversedBy)
	if errors.Is(err, store.ErrNoRows) {
		return p, fault.Newf(fault.NotFound, "voucher-unknown", "请从列表中打开", "账套%s %s 没有已记账的凭证 %s", b.Name, n.Period.Chinese(), n.Label())
	}
	if err != nil {
		return p, fmt.Errorf("ledger.GetVoucher %s: %w", n, err)
	}
	if p.Reverses, err = optionalNumber(reverses.String); err != nil {
		return p, err
	}
	if p.ReversedBy, err = optionalNumber(reversedBy.String); err != nil {
		return p, err
	}
	p.Lines, err = readLines(tx, b, n)
	return p, err
}

func readLines(tx *store.Tx, b Book, n Number) ([]Line, error) {
	rows, err := tx.Query(`select c.account, c.unit_id, c.function, c.economic, c.project, c.fund, c.party, e.summary, e.debit, e.credit
		from entry e join combination c on c.county_id = e.county_id and c.combination_id = e.combination_id
		where e.county_id = $1 and e.book_id = $2 and e.period = $3 and e.word = $4 and e.number = $5 order by e.line`,
		b.County, b.ID, string(n.Period), n.Word, n.Number)
	if err != nil {
		return nil, fmt.Errorf("ledger: lines of %s: %w", n, err)
	}
	defer rows.Close()
	var out []Line
	for rows.Next() {
		var l Line
		if err := rows.Scan(&l.Account, &l.Dims.Unit, &l.Dims.Function, &l.Dims.Economic, &l.Dims.Project, &l.Dims.Fund,
			&l.Dims.Party, &l.Summary, &l.Debit, &l.Credit); err != nil {
			return nil, fmt.Errorf("ledger: lines of %s: %w", n, err)
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// EntryRow is one posted entry with its voucher's date, as ledgers and journals read them.
type EntryRow struct {
	Number      Number
	Date        calendar.Date
	Kind        EntryKind
	Line        int64
	Combination int64
	Summary     string
	Debit       money.Fen
	Credit      money.Fen
}

// Entries calls f for every posted entry of a book from month to month, by number and line.
func Entries(tx *store.Tx, b Book, from, to calendar.Period, f func(EntryRow) error) error {
	if err := tx.Settle(); err != nil {
		return err
	}
	rows, err := tx.Query(`select e.period, e.word, e.number, v.date, v.kind, e.line, e.combination_id, e.summary, e.debit, e.credit
		from entry e join voucher v on v.county_id = e.county_id and v.book_id = e.book_id and v.period = e.period
			and v.word = e.word and v.number = e.number
		where e.county_id = $1 and e.book_id = $2 and e.period between $3 and $4
		order by e.period, e.word, e.number, e.line`, b.County, b.ID, string(from), string(to))
	if err != nil {
		return fmt.Errorf("ledger.Entries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e EntryRow
		if err := rows.Scan(&e.Number.Period, &e.Number.Word, &e.Number.Number, &e.Date, &e.Kind, &e.Line, &e.Combination,
			&e.Summary, &e.Debit, &e.Credit); err != nil {
			return fmt.Errorf("ledger.Entries: %w", err)
		}
		if err := f(e); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Move is what a combination stood at and what moved on it.
type Move struct {
	Opening       money.Fen // at the beginning of the first month, debit positive
	Debit         money.Fen // ordinary movement of the months asked for
	Credit        money.Fen
	ClosingDebit  money.Fen // movement of year-end closing vouchers in those months
	ClosingCredit money.Fen
}

// Balance gives the balance at the end of the months asked for, debit positive.
func (m Move) Balance() money.Fen {
	return m.Opening + m.Debit - m.Credit + m.ClosingDebit - m.ClosingCredit
}

// Balances gives, by combination, the opening balances and movements of books from month to month of one year, added
// over the books. Where the year's opening is not stored yet (the year before is still open) it is computed from that
// year; provisional tells so.
func Balances(tx *store.Tx, county int64, books []Book, from, to calendar.Period) (moves map[int64]Move, provisional bool, err error) {
	if err := tx.Settle(); err != nil {
		return nil, false, err
	}
	moves = map[int64]Move{}
	for _, b := range books {
		open, err := addBalances(tx, county, b, from, to, moves)
		if err != nil {
			return nil, false, err
		}
		provisional = provisional || open
	}
	return moves, provisional, nil
}

// addBalances adds one book's figures. The years before from that were not carried over yet make its opening.
func addBalances(tx *store.Tx, county int64, b Book, from, to calendar.Period, moves map[int64]Move) (provisional bool, err error) {
	if err := addYear(tx, county, b, from, to, moves); err != nil {
		return false, fmt.Errorf("ledger.Balances %s: %w", b.Code, err)
	}
	for year := from.Year() - 1; year >= b.Start.Year(); year-- {
		carried, err := yearClosed(tx, b, year)
		if err != nil || carried {
			return provisional, err
		}
		provisional = true
		if err := addYear(tx, county, b, from, calendar.PeriodOf(year, 12), moves); err != nil {
			return false, fmt.Errorf("ledger.Balances %s: %w", b.Code, err)
		}
	}
	return provisional, nil
}

// addYear adds what is stored of the year of to, up to and with that month: what is before from to the openings, the
// rest to the movements.
func addYear(tx *store.Tx, county int64, b Book, from, to calendar.Period, moves map[int64]Move) error {
	rest, err := eachClosed(tx, b, calendar.PeriodOf(to.Year(), 1), to, func(p calendar.Period, r monthRow) {
		part := partOrdinary
		switch {
		case p < from:
			part = partOpening
		case r.closing:
			part = partClosing
		}
		addMove(moves, r.combination, part, r.debit, r.credit)
	})
	if err != nil {
		return err
	}
	opening := to.Opening()
	for _, span := range [][2]calendar.Period{{opening, opening}, {rest, to}} {
		if err := addStored(tx, county, b, from, span[0], span[1], moves); err != nil {
			return err
		}
	}
	return nil
}

// The parts of a Move, as addStored's query numbers them.
const (
	partOpening = iota
	partOrdinary
	partClosing
)

func addMove(moves map[int64]Move, combination int64, part int, debit, credit money.Fen) {
	m := moves[combination]
	switch part {
	case partOpening:
		m.Opening += debit - credit
	case partOrdinary:
		m.Debit, m.Credit = m.Debit+debit, m.Credit+credit
	default:
		m.ClosingDebit, m.ClosingCredit = m.ClosingDebit+debit, m.ClosingCredit+credit
	}
	moves[combination] = m
}

// addStored adds the rows of the months first to last; what is before from is opening.
func addStored(tx *store.Tx, county int64, b Book, from, first, last calendar.Period, moves map[int64]Move) error {
	if first > last {
		return nil
	}
	rows, err := tx.Query(`select combination_id, case when period < $4 then 0 when kind = 'ordinary' then 1 else 2 end as part,
		cast(sum(debit) as bigint), cast(sum(credit) as bigint)
		from balance where county_id = $1 and book_id = $2 and period between $3 and $5 group by combination_id, part`,
		county, b.ID, string(first), string(from), string(last))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var part int
		var debit, credit money.Fen
		if err := rows.Scan(&id, &part, &debit, &credit); err != nil {
			return err
		}
		addMove(moves, id, part, debit, credit)
	}
	return rows.Err()
}

// MonthlyMoves gives, by month and combination, what moved on books from month to month, added over the books. Openings
// are left out.
func MonthlyMoves(tx *store.Tx, county int64, books []Book, from, to calendar.Period) (map[calendar.Period]map[int64]Move, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	moves := map[calendar.Period]map[int64]Move{}
	for _, b := range books {
		if err := addMonths(tx, county, b, from, to, moves); err != nil {
			return nil, fmt.Errorf("ledger.MonthlyMoves %s: %w", b.Code, err)
		}
	}
	return moves, nil
}

func addMonths(tx *store.Tx, county int64, b Book, from, to calendar.Period, moves map[calendar.Period]map[int64]Move) error {
	add := func(p calendar.Period, r monthRow) {
		if moves[p] == nil {
			moves[p] = map[int64]Move{}
		}
		part := partOrdinary
		if r.closing {
			part = partClosing
		}
		addMove(moves[p], r.combination, part, r.debit, r.credit)
	}
	rest, err := eachClosed(tx, b, from, to, add)
	if err != nil || rest > to {
		return err
	}
	months, err := readMonths(tx, county, b, rest, to)
	if err != nil {
		return err
	}
	for p, rows := range months {
		for _, r := range rows {
			add(p, r)
		}
	}
	return nil
}

// Movements gives, by combination, what moved in ordinary vouchers of the months of one year, added over the books of one
// chart of the unit at path and below, in one query.
func Movements(tx *store.Tx, county int64, path string, chart ChartName, from, to calendar.Period) (map[int64]Move, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	lower, upper := org.Subtree(path)
	rows, err := tx.Query(`select m.combination_id, cast(sum(m.debit) as bigint), cast(sum(m.credit) as bigint) from unit u
		join book b on b.county_id = u.county_id and b.unit_id = u.unit_id
		cross join balance m where u.county_id = $1 and u.path >= $2 and u.path < $3 and b.chart = $4 and m.county_id = $1
		and m.book_id = b.book_id and m.period between $5 and $6 and m.kind = 'ordinary' group by m.combination_id`,
		county, lower, upper, string(chart), string(from), string(to))
	if err != nil {
		return nil, fmt.Errorf("ledger.Movements %s: %w", path, err)
	}
	defer rows.Close()
	out := map[int64]Move{}
	for rows.Next() {
		var id int64
		var m Move
		if err := rows.Scan(&id, &m.Debit, &m.Credit); err != nil {
			return nil, fmt.Errorf("ledger.Movements %s: %w", path, err)
		}
		out[id] = m
	}
	return out, rows.Err()
}

// AccountEntry is a posted entry of one account, as it is held against a bank's statement.
type AccountEntry struct {
	Number   Number
	Line     int64
	Document string // of the voucher
	Date     calendar.Date
	Summary  string
	Debit    money.Fen
	Credit   money.Fen
	Source   string // business number of the document that made the voucher; empty: made by hand
	Maker    int64
}

// EntriesOf gives the posted entries of one account of a book from a month on up to a day, by number and line.
func EntriesOf(tx *store.Tx, b Book, account string, from calendar.Period, to calendar.Date) ([]AccountEntry, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select e.period, e.word, e.number, e.line, v.document_id, v.date, e.summary, e.debit, e.credit, coalesce(d.ref, ''), v.maker_id
		from entry e
		join combination c on c.county_id = e.county_id and c.combination_id = e.combination_id
		join voucher v on v.county_id = e.county_id and v.book_id = e.book_id and v.period = e.period and v.word = e.word and v.number = e.number
		left join document d on d.county_id = v.county_id and d.document_id = v.source and v.source <> ''
		where e.county_id = $1 and e.book_id = $2 and e.period between $3 and $4 and c.account = $5 and v.date <= $6
		order by e.period, e.word, e.number, e.line`, b.County, b.ID, string(from), string(to.Period()), account, string(to))
	if err != nil {
		return nil, fmt.Errorf("ledger.EntriesOf %s: %w", account, err)
	}
	defer rows.Close()
	var out []AccountEntry
	for rows.Next() {
		var e AccountEntry
		if err := rows.Scan(&e.Number.Period, &e.Number.Word, &e.Number.Number, &e.Line, &e.Document, &e.Date, &e.Summary, &e.Debit, &e.Credit, &e.Source, &e.Maker); err != nil {
			return nil, fmt.Errorf("ledger.EntriesOf %s: %w", account, err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}
