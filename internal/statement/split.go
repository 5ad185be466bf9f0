package statement

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// Part is what one book adds to an amount of several.
type Part struct {
	Book ledger.Book
	Move ledger.Move
}

// Split divides what accounts stood at and moved by among the books; a book without any of it is left out.
func Split(tx *store.Tx, books []ledger.Book, account string, filter ledger.Dims, from, to calendar.Period) ([]Part, error) {
	if len(books) == 0 {
		return nil, nil
	}
	combinations, err := ledger.Combinations(tx, books[0].County)
	if err != nil {
		return nil, err
	}
	accounts := parseSelection(account)
	var parts []Part
	for _, b := range books {
		moves, _, err := ledger.Balances(tx, b.County, []ledger.Book{b}, from, to)
		if err != nil {
			return nil, err
		}
		part, found := Part{Book: b}, false
		for id, v := range moves {
			if c := combinations[id]; accounts.keeps(c.Account) && within(c.Dims, filter) {
				part.Move, found = Add(part.Move, v), true
			}
		}
		if found {
			parts = append(parts, part)
		}
	}
	return parts, nil
}
