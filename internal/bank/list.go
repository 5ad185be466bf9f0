package bank

import (
	"fmt"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// accounts begins at the list, of which there are few: a cross join holds SQLite to that order.
const accounts = `select a.account_id, a.document_id, d.version, d.state, a.book_id, b.code, b.name, u.unit_id, u.name, u.path, a.account, a.kind, a.bank, a.name,
	a.tail, a.opened_on, a.basis, a.since, a.opening, a.format, a.maker_id, a.made_at, a.closed_on, a.close_basis from bank_account a
	cross join document d
	join book b on b.county_id = a.county_id and b.book_id = a.book_id
	join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
	where a.county_id = $1 and d.county_id = a.county_id and d.document_id = a.document_id`

func query(tx *store.Tx, q string, args ...any) ([]Account, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, fmt.Errorf("bank: accounts: %w", err)
	}
	defer rows.Close()
	var out []Account
	for rows.Next() {
		a := Account{County: args[0].(int64)}
		if err := rows.Scan(&a.ID, &a.Document, &a.Version, &a.State, &a.Book, &a.BookCode, &a.BookName, &a.Unit, &a.UnitName, &a.Path, &a.Account, &a.Kind, &a.Bank, &a.Name,
			&a.Tail, &a.Opened, &a.Basis, &a.Since, &a.Opening, &a.Format, &a.Maker, &a.MadeAt, &a.ClosedOn, &a.CloseBasis); err != nil {
			return nil, fmt.Errorf("bank: accounts: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// List gives the accounts of the units at and below a path, in every state, by unit and book.
func List(tx *store.Tx, county int64, path string) ([]Account, error) {
	lower, upper := org.Subtree(path)
	return query(tx, accounts+` and u.path >= $2 and u.path < $3 order by u.path, b.code, a.account, a.account_id`, county, lower, upper)
}

// OfBook gives the accounts of a book, in every state.
func OfBook(tx *store.Tx, county, book int64) ([]Account, error) {
	return query(tx, accounts+` and a.book_id = $2 order by a.account, a.account_id`, county, book)
}

// errNoAccount hides an account from who may not see its unit.
var errNoAccount = fault.New(fault.NotFound, "bank-account-unknown", "没有这个银行账户", "请从账户清单中打开")

// Get gives an account with what was under way when it began.
func Get(tx *store.Tx, county, id int64) (Account, error) {
	return one(tx, county, accounts+` and a.account_id = $2`, county, id)
}

// See is Get for who may read it.
func See(tx *store.Tx, by identity.Actor, id int64) (Account, error) {
	return seen(by)(Get(tx, by.County, id))
}

// SeeDocument is See by the id of the document.
func SeeDocument(tx *store.Tx, by identity.Actor, id string) (Account, error) {
	return seen(by)(one(tx, by.County, accounts+` and a.document_id = $2`, by.County, id))
}

func seen(by identity.Actor) func(Account, error) (Account, error) {
	return func(a Account, err error) (Account, error) {
		if err == nil && !by.Has(a.Path, Readers...) {
			return Account{}, errNoAccount
		}
		return a, err
	}
}

func one(tx *store.Tx, county int64, q string, args ...any) (Account, error) {
	all, err := query(tx, q, args...)
	if err != nil {
		return Account{}, err
	}
	if len(all) == 0 {
		return Account{}, errNoAccount
	}
	a := all[0]
	a.Items, err = items(tx, county, a.ID)
	return a, err
}

func items(tx *store.Tx, county, account int64) ([]Item, error) {
	rows, err := tx.Query(`select side, date, ref, amount, summary from bank_opening where county_id = $1 and account_id = $2 order by item`, county, account)
	if err != nil {
		return nil, fmt.Errorf("bank: items of %d: %w", account, err)
	}
	defer rows.Close()
	var out []Item
	for rows.Next() {
		var it Item
		if err := rows.Scan(&it.Side, &it.Date, &it.Ref, &it.Amount, &it.Summary); err != nil {
			return nil, fmt.Errorf("bank: items of %d: %w", account, err)
		}
		out = append(out, it)
	}
	return out, rows.Err()
}

// Claim holds an account for a step that changes what hangs on it: two programs wait for each other there.
func Claim(tx *store.Tx, county, id int64) error {
	var found int64
	err := tx.QueryRow(`select a.account_id from bank_account a where a.county_id = $1 and a.account_id = $2`+tx.Claim("a"), county, id).Scan(&found)
	if err != nil {
		return fmt.Errorf("bank.Claim %d: %w", id, err)
	}
	return nil
}

// NumberOf opens an account's number, for files that the bank reads.
func NumberOf(tx *store.Tx, keys *identity.Keys, county, id int64) (string, error) {
	var sealed string
	if err := tx.QueryRow(`select sealed from bank_account where county_id = $1 and account_id = $2`, county, id).Scan(&sealed); err != nil {
		return "", fmt.Errorf("bank.NumberOf %d: %w", id, err)
	}
	return keys.Open(county, id, sealedField, sealed)
}

// Verify compares every account and every format with the leaf of its making.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "bank_account")
	if err != nil {
		return nil, err
	}
	all, err := query(tx, accounts+` order by a.account_id`, county)
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	for _, a := range all {
		if a.Items, err = items(tx, county, a.ID); err != nil {
			return nil, err
		}
		var hash string
		if err := tx.QueryRow(`select hash from bank_account where county_id = $1 and account_id = $2`, county, a.ID).Scan(&hash); err != nil {
			return nil, fmt.Errorf("bank.Verify: %w", err)
		}
		made, closing := leaves[a.Document]["register"], leaves[a.Document]["ask-close"]
		right := made.By(a.Maker, a.MadeAt) && made.Rows == trail.Digest(a.rows(hash))
		if a.ClosedOn != "" || a.CloseBasis != "" {
			right = right && closing.Facts["on"] == string(a.ClosedOn) && closing.Facts["basis"] == a.CloseBasis
		} else {
			right = right && a.State != Closing && a.State != Closed
		}
		if !right {
			flaws = append(flaws, document.Flaw{Document: a.Document, Message: fmt.Sprintf("%s的银行账户 %s 与存证不符", a.BookName, a.Masked())})
		}
	}
	more, err := verifyFormats(tx, county)
	return append(flaws, more...), err
}
