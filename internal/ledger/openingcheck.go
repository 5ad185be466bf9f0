package ledger

import (
	"cmp"
	"errors"
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Opening is the document that set the balances with which a book starts; the zero one where there is none, or where it
// was made before openings were checked.
type Opening struct {
	document.Document
	Book int64
	At   string // instant of its last step
}

// Waits tells that another person has still to vouch for the opening.
func (o Opening) Waits() bool { return o.ID != "" && o.State != StatePost }

// first is the first of the documents that set the book's opening.
func (o Opening) first() string { return cmp.Or(o.Chain, o.ID) }

// OpeningOf gives the document that set a book's opening last.
func OpeningOf(tx *store.Tx, b Book) (Opening, error) {
	o := Opening{Book: b.ID}
	var id string
	err := tx.QueryRow(`select document_id from book_opening where county_id = $1 and book_id = $2`, b.County, b.ID).Scan(&id)
	if errors.Is(err, store.ErrNoRows) {
		return o, nil
	}
	if err == nil {
		o.Document, err = document.Get(tx, b.County, id)
	}
	if err != nil {
		return o, fmt.Errorf("ledger.OpeningOf %s: %w", b.Code, err)
	}
	return o, nil
}

func keepOpening(tx *store.Tx, b Book, id string) error {
	_, err := tx.Exec(`insert into book_opening (county_id, book_id, document_id) values ($1, $2, $3)
		on conflict (county_id, book_id) do update set document_id = excluded.document_id`, b.County, b.ID, id)
	if err != nil {
		return fmt.Errorf("ledger.SetOpening %s: %w", b.Code, err)
	}
	return nil
}

// CheckOpening vouches for the opening of a book; another person than whoever entered it does so.
func CheckOpening(tx *store.Tx, by identity.Actor, book int64, id string, version int64) (document.Document, error) {
	return takeOpening(tx, by, book, id, version, "check", "")
}

// ReturnOpening sends an opening back to be entered again, with a reason. Once vouchers are posted it cannot be entered
// again: what is wrong is put right by a voucher, and the opening is checked as it is.
func ReturnOpening(tx *store.Tx, by identity.Actor, book int64, id string, version int64, reason string) (document.Document, error) {
	return takeOpening(tx, by, book, id, version, "return", reason)
}

func takeOpening(tx *store.Tx, by identity.Actor, book int64, id string, version int64, step, reason string) (document.Document, error) {
	b, err := seeClaimed(tx, by, book)
	if err != nil {
		return document.Document{}, err
	}
	o, err := OpeningOf(tx, b)
	if err != nil {
		return document.Document{}, err
	}
	if o.ID != id {
		return document.Document{}, fault.Newf(fault.Conflict, "opening-replaced", "请刷新后核对现在的余额再办理", "账套%s的期初余额已另行录入", b.Name)
	}
	if step == "return" {
		if err := unposted(tx, b); err != nil {
			return document.Document{}, err
		}
	}
	act := document.Act{By: by, Kind: OpeningKind, Step: step, ID: id, Version: version, Unit: b.Unit, Path: b.Path, Today: b.Today, Reason: reason}
	return document.Take(tx, act, nil)
}

// unposted refuses to change an opening on which vouchers rest.
func unposted(tx *store.Tx, b Book) error {
	if err := tx.Settle(); err != nil {
		return err
	}
	var n int
	err := tx.QueryRow(`select count(*) from (select 1 from voucher where county_id = $1 and book_id = $2 limit 1) as posted`, b.County, b.ID).Scan(&n)
	if err != nil {
		return fmt.Errorf("ledger: vouchers of %s: %w", b.Code, err)
	}
	if n > 0 {
		return fault.Newf(fault.Refused, "opening-used", "请用凭证更正", "账套%s已有记账凭证,不能再改期初余额", b.Name)
	}
	return nil
}

// WaitingOpening is an opening that waits for a person.
type WaitingOpening struct {
	Opening
	BookName string
	BookPath string
	Start    calendar.Period
}

// Maker is who entered it.
func (w WaitingOpening) Maker() int64 { return who(w.Parts, document.DutyMake) }

// WaitingOpenings gives the openings of the books at or below a unit that are not checked, by book.
func WaitingOpenings(tx *store.Tx, county int64, path string) ([]WaitingOpening, error) {
	lower, upper := org.Subtree(path)
	rows, err := tx.Query(`select o.document_id, o.book_id, b.name, u.path, b.start_period, d.updated_at from book_opening o cross join document d
		join book b on b.county_id = o.county_id and b.book_id = o.book_id join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		where o.county_id = $1 and d.county_id = o.county_id and d.document_id = o.document_id and d.state <> $2 and u.path >= $3 and u.path < $4
		order by b.code`, county, string(StatePost), lower, upper)
	if err != nil {
		return nil, fmt.Errorf("ledger.WaitingOpenings: %w", err)
	}
	defer rows.Close()
	var out []WaitingOpening
	for rows.Next() {
		var w WaitingOpening
		if err := rows.Scan(&w.ID, &w.Book, &w.BookName, &w.BookPath, &w.Start, &w.At); err != nil {
			return nil, fmt.Errorf("ledger.WaitingOpenings: %w", err)
		}
		out = append(out, w)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Document, err = document.Get(tx, county, out[i].ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}
