package ledger

import (
	"fmt"

	"xiangzhang/internal/store"
)

// OpenOf gives the vouchers that a person made and that are not posted or voided, oldest step first: what he must hand
// over when he leaves.
func OpenOf(tx *store.Tx, county, person int64) ([]Waiting, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select v.document_id, v.book_id, b.name, u.path, v.period, v.date, v.word, coalesce(v.number, 0), v.summary,
		v.amount, v.maker_id, d.state, d.version, d.updated_at from voucher_draft v
		join document d on d.county_id = v.county_id and d.document_id = v.document_id
		join book b on b.county_id = v.county_id and b.book_id = v.book_id
		join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		where v.county_id = $1 and v.maker_id = $2 and d.state in ('draft', 'returned', 'submitted', 'checked')
		order by d.updated_at, v.document_id`, county, person)
	if err != nil {
		return nil, fmt.Errorf("ledger.OpenOf %d: %w", person, err)
	}
	defer rows.Close()
	var out []Waiting
	for rows.Next() {
		var w Waiting
		if err := rows.Scan(&w.Document, &w.Book, &w.BookName, &w.BookPath, &w.Period, &w.Date, &w.Word, &w.Number, &w.Summary,
			&w.Amount, &w.Maker, &w.State, &w.Version, &w.Since); err != nil {
			return nil, fmt.Errorf("ledger.OpenOf %d: %w", person, err)
		}
		out = append(out, w)
	}
	return out, rows.Err()
}
