package ledger

import (
	"fmt"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// CheckSuccessor vouches for the account that takes over from account when year is carried over; another person than
// whoever named one for it does so.
func CheckSuccessor(tx *store.Tx, by identity.Actor, book int64, year int, account, id string, version int64) (document.Document, error) {
	return takeSuccessor(tx, by, book, year, account, id, version, "check", "")
}

// ReturnSuccessor sends a naming back to be said anew, with a reason.
func ReturnSuccessor(tx *store.Tx, by identity.Actor, book int64, year int, account, id string, version int64, reason string) (document.Document, error) {
	return takeSuccessor(tx, by, book, year, account, id, version, "return", reason)
}

func takeSuccessor(tx *store.Tx, by identity.Actor, book int64, year int, account, id string, version int64, step, reason string) (document.Document, error) {
	b, err := seeClaimed(tx, by, book)
	if err != nil {
		return document.Document{}, err
	}
	named, err := Successors(tx, b, year+1)
	if err != nil {
		return document.Document{}, err
	}
	if named[account].ID != id {
		return document.Document{}, fault.Newf(fault.Conflict, "successor-replaced", "请刷新后核对现在的接续科目再办理",
			"账套%s为科目 %s 另行指定了接续科目", b.Name, account)
	}
	act := document.Act{By: by, Kind: SuccessorKind, Step: step, ID: id, Version: version, Unit: b.Unit, Path: b.Path, Today: b.Today, Reason: reason}
	return document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if done, err := yearClosed(tx, b, year); err != nil || !done {
			return document.Effect{}, err
		}
		return document.Effect{}, yearCarried(b, year)
	})
}

// WaitingSuccessor is a naming of an open year that waits for a person: to be checked, or, sent back, to be said anew.
type WaitingSuccessor struct {
	Successor
	BookName string
	BookPath string
	Chart    ChartName
}

// WaitingSuccessors gives those of the books at or below a unit, by book and account.
func WaitingSuccessors(tx *store.Tx, county int64, path string) ([]WaitingSuccessor, error) {
	lower, upper := org.Subtree(path)
	open, err := querySuccessors(tx, county, `join book b on b.county_id = s.county_id and b.book_id = s.book_id
		join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		join book_year y on y.county_id = s.county_id and y.book_id = s.book_id and y.year = s.year - 1 and y.closed_at is null
		where s.county_id = $1 and u.path >= $2 and u.path < $3`, county, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("ledger.WaitingSuccessors: %w", err)
	}
	var out []WaitingSuccessor
	for _, s := range open {
		if s.Checked() {
			continue
		}
		b, err := GetBook(tx, county, s.Book)
		if err != nil {
			return nil, err
		}
		out = append(out, WaitingSuccessor{s, b.Name, b.Path, b.Chart})
	}
	return out, nil
}
