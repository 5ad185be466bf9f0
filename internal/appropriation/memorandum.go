package appropriation

import (
	"fmt"

	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Balance is what stands on an account of the memorandum ledger.
type Balance struct {
	Account       Account
	Debit, Credit money.Fen // turnover
}

// Standing is the balance on the account's normal side.
func (b Balance) Standing() money.Fen {
	if b.Account.Debit {
		return b.Debit - b.Credit
	}
	return b.Credit - b.Debit
}

// Memorandum gives the accounts that a year's lines at or below a unit have moved, in the order of the table.
func Memorandum(tx *store.Tx, county int64, year int, path string) ([]Balance, error) {
	lower, upper := org.Subtree(path)
	return queryBalances(tx, `join appropriation_line l on l.county_id = b.county_id and l.line_id = b.line_id
		join unit u on u.county_id = l.county_id and u.unit_id = l.unit_id
		where b.county_id = $1 and l.year = $2 and u.path >= $3 and u.path < $4`, county, year, lower, upper)
}

// MemorandumOf gives the accounts that a line has moved.
func MemorandumOf(tx *store.Tx, county, line int64) ([]Balance, error) {
	return queryBalances(tx, `where b.county_id = $1 and b.line_id = $2`, county, line)
}

func queryBalances(tx *store.Tx, where string, args ...any) ([]Balance, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select b.account, cast(sum(b.debit) as bigint), cast(sum(b.credit) as bigint) from memorandum_balance b `+where+`
		group by b.account`, args...)
	if err != nil {
		return nil, fmt.Errorf("appropriation: memorandum: %w", err)
	}
	defer rows.Close()
	sums := map[string]Balance{}
	for rows.Next() {
		var code string
		var b Balance
		if err := rows.Scan(&code, &b.Debit, &b.Credit); err != nil {
			return nil, fmt.Errorf("appropriation: memorandum: %w", err)
		}
		sums[code] = b
	}
	var all []Balance
	for _, a := range Accounts() {
		if b, ok := sums[a.Code]; ok {
			b.Account = a
			all = append(all, b)
		}
	}
	return all, rows.Err()
}
