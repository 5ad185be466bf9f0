package ledger

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// Range is a run of vouchers of one month.
type Range struct {
	Period calendar.Period
	Word   string // empty: every word
	First  int64  // number; 0: from the first
	Last   int64  // number; 0: to the last
}

// bounds gives the range with both ends.
func (r Range) bounds() (first, last int64) {
	first, last = max(r.First, 1), r.Last
	if last == 0 {
		last = 1<<31 - 1
	}
	return first, last
}

// Has tells whether a number lies in the range.
func (r Range) Has(n Number) bool {
	first, last := r.bounds()
	return n.Period == r.Period && (r.Word == "" || r.Word == n.Word) && n.Number >= first && n.Number <= last
}

// ReadRange gives the posted vouchers of a range with their lines, by word and number. More than most are refused.
func ReadRange(tx *store.Tx, b Book, r Range, most int) ([]Posted, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	first, last := r.bounds()
	args := []any{b.County, b.ID, string(r.Period), r.Word, first, last}
	rows, err := tx.Query(`select word, number, document_id, date, kind, attachments, coalesce(reverses, ''), source, note, maker_id,
		checker_id, poster_id, posted_at from voucher
		where county_id = $1 and book_id = $2 and period = $3 and ($4 = '' or word = $4) and number between $5 and $6
		order by word, number limit $7`, append(args, most+1)...)
	if err != nil {
		return nil, fmt.Errorf("ledger.ReadRange: %w", err)
	}
	defer rows.Close()
	var out []Posted
	at := map[Number]int{}
	for rows.Next() {
		p := Posted{Book: b.ID, Number: Number{Period: r.Period}}
		var reverses string
		if err := rows.Scan(&p.Number.Word, &p.Number.Number, &p.Document, &p.Date, &p.Kind, &p.Attachments, &reverses, &p.Source,
			&p.Note, &p.Maker, &p.Checker, &p.Poster, &p.PostedAt); err != nil {
			return nil, fmt.Errorf("ledger.ReadRange: %w", err)
		}
		if p.Reverses, err = optionalNumber(reverses); err != nil {
			return nil, err
		}
		at[p.Number] = len(out)
		out = append(out, p)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(out) > most {
		return nil, fault.Newf(fault.Refused, "range-too-large", "请按号数分几次办理", "%s 的这个范围超过 %d 张凭证", r.Period.Chinese(), most).In("first")
	}
	return out, readRangeLines(tx, args, r.Period, func(n Number, l Line) {
		if i, ok := at[n]; ok {
			out[i].Lines = append(out[i].Lines, l)
		}
	})
}

func readRangeLines(tx *store.Tx, args []any, period calendar.Period, keep func(Number, Line)) error {
	rows, err := tx.Query(`select e.word, e.number, c.account, c.unit_id, c.function, c.economic, c.project, c.fund, c.party, e.summary,
		e.debit, e.credit from entry e join combination c on c.county_id = e.county_id and c.combination_id = e.combination_id
		where e.county_id = $1 and e.book_id = $2 and e.period = $3 and ($4 = '' or e.word = $4) and e.number between $5 and $6
		order by e.word, e.number, e.line`, args...)
	if err != nil {
		return fmt.Errorf("ledger.ReadRange: lines: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		n := Number{Period: period}
		var l Line
		if err := rows.Scan(&n.Word, &n.Number, &l.Account, &l.Dims.Unit, &l.Dims.Function, &l.Dims.Economic, &l.Dims.Project,
			&l.Dims.Fund, &l.Dims.Party, &l.Summary, &l.Debit, &l.Credit); err != nil {
			return fmt.Errorf("ledger.ReadRange: lines: %w", err)
		}
		keep(n, l)
	}
	return rows.Err()
}
