package ledger

import (
	"cmp"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// Find gives the accounts of a book that take entries and answer what a person keys for one: the beginning of the code
// or of the pinyin initials, or a part of the name, of the account itself or of one above it (银行存款 is yhck, also
// where only its details take entries). Best first: what the account itself is called before what stands above it, whole
// before beginning before part. An empty query gives all of them.
func (c *Chart) Find(b Book, query string) []*Account {
	q := strings.ToLower(strings.TrimSpace(query))
	var found []ranked[*Account]
	for _, code := range c.codes {
		a := c.accounts[code]
		if !c.takesEntries(b, a) {
			continue
		}
		if rank := c.rank(a, q); rank < noAnswer {
			found = append(found, ranked[*Account]{rank, a})
		}
	}
	return inOrder(found)
}

// takesEntries tells whether a line of the book may name the account.
func (c *Chart) takesEntries(b Book, a *Account) bool {
	return a.Leaf && a.applies(b.Regime) && (a.ToYear == 0 || c.Year <= a.ToYear)
}

// rank says how well an account or one above it answers; smaller is better.
func (c *Chart) rank(a *Account, q string) int {
	best := answers(a.Code, a.Name, a.Mnemonic, q)
	for up, ok := c.accounts[a.Parent]; ok; up, ok = c.accounts[up.Parent] {
		if r := answers(up.Code, up.Name, up.Mnemonic, q); r < noAnswer {
			best = min(best, aboveRank+r)
		}
	}
	if best == noAnswer && strings.Contains(strings.ToLower(a.FullName), q) {
		return fullNameRank
	}
	return best
}

// FindClasses is Find for the values of a classification, from codes of a least length on.
func (c *Chart) FindClasses(kind string, least int, query string) []Class {
	q := strings.ToLower(strings.TrimSpace(query))
	var found []ranked[Class]
	for code, v := range c.classes[kind] {
		if len(code) < least {
			continue
		}
		if rank := answers(code, v.Name, v.Mnemonic, q); rank < noAnswer {
			found = append(found, ranked[Class]{rank, v})
		}
	}
	slices.SortFunc(found, func(a, b ranked[Class]) int { return strings.Compare(a.value.Code, b.value.Code) })
	return inOrder(found)
}

// The ranks of answers, best first.
const (
	wholeRank = iota
	codeRank
	initialsRank
	nameRank
	aboveRank
	fullNameRank = aboveRank + aboveRank
	noAnswer     = fullNameRank + 1
)

func answers(code, name, initials, q string) int {
	switch {
	case q == "":
		return codeRank
	case q == code || q == initials || q == strings.ToLower(name):
		return wholeRank
	case strings.HasPrefix(code, q):
		return codeRank
	case strings.HasPrefix(initials, q):
		return initialsRank
	case strings.Contains(strings.ToLower(name), q):
		return nameRank
	}
	return noAnswer
}

type ranked[T any] struct {
	rank  int
	value T
}

// inOrder gives the values by rank, otherwise as they came.
func inOrder[T any](found []ranked[T]) []T {
	slices.SortStableFunc(found, func(a, b ranked[T]) int { return cmp.Compare(a.rank, b.rank) })
	out := make([]T, len(found))
	for i, f := range found {
		out[i] = f.value
	}
	return out
}

// AccountBalances is what the accounts of a book stand at.
type AccountBalances struct {
	Accounts map[string]money.Fen // by code, debit positive; an account that never moved is not in it
	Dims     map[Dims]money.Fen   // the same by dimensions
}

// BalancesAt gives what a book's posted entries come to at the end of a month.
func BalancesAt(tx *store.Tx, b Book, at calendar.Period) (AccountBalances, error) {
	s := AccountBalances{Accounts: map[string]money.Fen{}, Dims: map[Dims]money.Fen{}}
	moves, _, err := Balances(tx, b.County, []Book{b}, at, at)
	if err != nil {
		return s, err
	}
	combinations, err := Combinations(tx, b.County)
	if err != nil {
		return s, err
	}
	for id, m := range moves {
		s.Accounts[combinations[id].Account] += m.Balance()
		s.Dims[combinations[id].Dims] += m.Balance()
	}
	return s, nil
}
