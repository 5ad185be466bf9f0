package batch

import (
	"encoding/json"
	"errors"
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// Begin keeps a batch for Walk. A book or voucher that the person may not look into is, to him, not there. The same
// request again finds the batch begun.
func Begin(tx *store.Tx, by identity.Actor, b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	if err := text.Check("reason", "原因", b.Reason, 500); err != nil {
		return err
	}
	begun, err := begunBefore(tx, by, b.ID)
	if err != nil || begun {
		return err
	}
	path := ""
	for i := range b.Items {
		at, err := b.Items[i].place(tx, by, b.Kind)
		if err != nil {
			return err
		}
		path = common(path, at)
	}
	ids := org.Ancestors(path)
	_, err = tx.Exec(`insert into batch (county_id, batch_id, kind, person_id, unit_id, reason, created_at) values ($1, $2, $3, $4, $5, $6, $7)`,
		by.County, b.ID, string(b.Kind), by.Person, ids[len(ids)-1], b.Reason, calendar.Instant(tx.Now))
	if err != nil {
		return fmt.Errorf("batch.Begin %s: %w", b.ID, err)
	}
	for _, it := range b.Items {
		if err := it.insert(tx, by.County, b.ID); err != nil {
			return err
		}
	}
	return nil
}

func begunBefore(tx *store.Tx, by identity.Actor, id string) (bool, error) {
	var person int64
	err := tx.QueryRow(`select person_id from batch where county_id = $1 and batch_id = $2`, by.County, id).Scan(&person)
	switch {
	case errors.Is(err, store.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("batch.Begin %s: %w", id, err)
	case person != by.Person:
		return false, unknown()
	}
	return true, nil
}

func unknown() error {
	return fault.New(fault.NotFound, "batch-unknown", "没有这批办理", "请从批量办理的列表中打开")
}

// place finds the item's book and gives the path of its unit.
func (it *Item) place(tx *store.Tx, by identity.Actor, k Kind) (string, error) {
	if k.OfVouchers() {
		b, err := ledger.BookOf(tx, by, it.Document)
		it.Book = b.ID
		return b.Path, err
	}
	b, err := ledger.See(tx, by, it.Book)
	return b.Path, err
}

// common gives the lowest unit above both; the first is empty at the beginning.
func common(a, b string) string {
	if a == "" {
		return b
	}
	last := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '/' {
			last = i + 1
		}
	}
	return a[:last]
}

func (it Item) insert(tx *store.Tx, county int64, id string) error {
	draft := ""
	if it.Draft != nil {
		body, err := json.Marshal(it.Draft)
		if err != nil {
			return fmt.Errorf("batch.Begin %s: %w", id, err)
		}
		draft = string(body)
	}
	_, err := tx.Exec(`insert into batch_item (county_id, batch_id, item, book_id, document_id, version, period, draft, state, code, message, hint, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', '', '', '', $9)`,
		county, id, it.Number, it.Book, it.Document, it.Version, string(it.Period), draft, calendar.Instant(tx.Now))
	if err != nil {
		return fmt.Errorf("batch.Begin %s: %w", id, err)
	}
	return nil
}

// Retry puts the items that were refused back to those that wait, after what stood in their way was mended.
func Retry(tx *store.Tx, by identity.Actor, id string) error {
	b, err := Get(tx, by, id)
	if err == nil {
		err = b.mine(by)
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(`update batch_item set state = 'waiting' where county_id = $1 and batch_id = $2 and state = 'refused'`, by.County, id)
	if err != nil {
		return fmt.Errorf("batch.Retry %s: %w", id, err)
	}
	return nil
}
