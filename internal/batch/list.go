package batch

import (
	"encoding/json"
	"errors"
	"fmt"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

const batchColumns = `b.batch_id, b.kind, b.person_id, b.unit_id, u.path, b.reason, b.created_at from batch b
	join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id `

func scanBatch(row interface{ Scan(...any) error }) (Batch, error) {
	var b Batch
	err := row.Scan(&b.ID, &b.Kind, &b.Person, &b.Unit, &b.Path, &b.Reason, &b.Created)
	return b, err
}

// Get gives a batch with its items, to who began it and to who sees what is not posted yet in all its books.
func Get(tx *store.Tx, by identity.Actor, id string) (Batch, error) {
	b, err := scanBatch(tx.QueryRow(`select `+batchColumns+`where b.county_id = $1 and b.batch_id = $2`, by.County, id))
	if errors.Is(err, store.ErrNoRows) || err == nil && b.Person != by.Person && !ledger.SeesUnposted(by, b.Path) {
		return Batch{}, unknown()
	}
	if err != nil {
		return b, fmt.Errorf("batch.Get %s: %w", id, err)
	}
	rows, err := tx.Query(`select i.item, i.book_id, k.code, k.name, i.document_id, i.version, i.period, i.draft, i.state, i.code, i.message,
		i.hint, i.at, coalesce(d.ref, '') from batch_item i
		join book k on k.county_id = i.county_id and k.book_id = i.book_id
		left join document d on d.county_id = i.county_id and d.document_id = i.document_id
		where i.county_id = $1 and i.batch_id = $2 order by i.item`, by.County, id)
	if err != nil {
		return b, fmt.Errorf("batch.Get %s: %w", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		it := Item{Refusal: &fault.Error{Kind: fault.Refused}}
		var draft string
		err := rows.Scan(&it.Number, &it.Book, &it.BookCode, &it.BookName, &it.Document, &it.Version, &it.Period, &draft, &it.State, &it.Refusal.Code,
			&it.Refusal.Message, &it.Refusal.Hint, &it.At, &it.Ref)
		if err == nil && draft != "" {
			it.Draft = &Draft{}
			err = json.Unmarshal([]byte(draft), it.Draft)
		}
		if err != nil {
			return b, fmt.Errorf("batch.Get %s: %w", id, err)
		}
		if it.State != Refused {
			it.Refusal = nil
		}
		b.Items = append(b.Items, it)
	}
	return b, rows.Err()
}

// Summary is a batch in a list.
type Summary struct {
	Batch
	Waiting, Done, Refused int64
}

// List gives the batches that the person began, newest first; at most so many.
func List(tx *store.Tx, by identity.Actor, most int) ([]Summary, error) {
	rows, err := tx.Query(`select (select count(*) from batch_item i where i.county_id = b.county_id and i.batch_id = b.batch_id and i.state = 'waiting'),
		(select count(*) from batch_item i where i.county_id = b.county_id and i.batch_id = b.batch_id and i.state = 'done'),
		(select count(*) from batch_item i where i.county_id = b.county_id and i.batch_id = b.batch_id and i.state = 'refused'),
		`+batchColumns+`where b.county_id = $1 and b.person_id = $2 order by b.created_at desc, b.batch_id desc limit $3`,
		by.County, by.Person, most)
	if err != nil {
		return nil, fmt.Errorf("batch.List: %w", err)
	}
	defer rows.Close()
	var out []Summary
	for rows.Next() {
		var s Summary
		if err := rows.Scan(&s.Waiting, &s.Done, &s.Refused, &s.ID, &s.Kind, &s.Person, &s.Unit, &s.Path, &s.Reason, &s.Created); err != nil {
			return nil, fmt.Errorf("batch.List: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
