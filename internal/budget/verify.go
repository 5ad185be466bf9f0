package budget

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// bookYear is what one document sets.
type bookYear struct {
	book int64
	year int
}

// setting is the last leaf of a year's lines: its instant, and the rows of all leaves of that instant.
type setting struct {
	at   string
	rows []string
}

// Verify compares the lines of every book and year with the leaf of the document that set them last.
func Verify(tx *store.Tx, county int64) ([]ledger.Violation, error) {
	lines, err := allLines(tx, county)
	if err != nil {
		return nil, fmt.Errorf("budget.Verify: %w", err)
	}
	set, err := settings(tx, county)
	if err != nil {
		return nil, fmt.Errorf("budget.Verify: %w", err)
	}
	for k := range set {
		lines[k] = slices.Clip(lines[k])
	}
	var found []ledger.Violation
	for k, l := range lines {
		last, known := set[k]
		where := fmt.Sprintf("账套 %d %d 年", k.book, k.year)
		switch {
		case !known:
			found = append(found, ledger.Violation{Invariant: "budget", Where: where, Message: "预算数没有存证"})
		case !slices.Contains(last.rows, trail.Digest(rows(k.book, k.year, l))):
			found = append(found, ledger.Violation{Invariant: "budget", Where: where, Message: "预算数与存证的摘要不符"})
		}
	}
	slices.SortFunc(found, func(a, b ledger.Violation) int { return strings.Compare(a.Where, b.Where) })
	return found, nil
}

func allLines(tx *store.Tx, county int64) (map[bookYear][]Line, error) {
	found, err := tx.Query(`select book_id, year, account, function, budget, adjusted from budget_line where county_id = $1`, county)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	all := map[bookYear][]Line{}
	for found.Next() {
		var k bookYear
		var l Line
		if err := found.Scan(&k.book, &k.year, &l.Account, &l.Function, &l.Budget, &l.Adjusted); err != nil {
			return nil, err
		}
		all[k] = append(all[k], l)
	}
	return all, found.Err()
}

func settings(tx *store.Tx, county int64) (map[bookYear]setting, error) {
	found, err := tx.Query(`select d.ref, t.at, t.leaf from trail t
		join document d on d.county_id = t.county_id and d.document_id = t.document_id
		where t.county_id = $1 and t.step = 'set' and d.kind = $2`, county, ImportKind.Name)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	all := map[bookYear]setting{}
	for found.Next() {
		var ref, at, leaf string
		if err := found.Scan(&ref, &at, &leaf); err != nil {
			return nil, err
		}
		k, err := parseRef(ref)
		if err != nil {
			return nil, err
		}
		last := all[k]
		if at > last.at {
			last = setting{at: at}
		}
		if at == last.at {
			last.rows = append(last.rows, trail.RowsOf(leaf))
		}
		all[k] = last
	}
	return all, found.Err()
}

// parseRef reads the business number that Set gives.
func parseRef(ref string) (k bookYear, err error) {
	book, year, _ := strings.Cut(ref, "|")
	if k.book, err = strconv.ParseInt(book, 10, 64); err != nil {
		return k, fmt.Errorf("budget %q: %w", ref, err)
	}
	if k.year, err = strconv.Atoi(year); err != nil {
		return k, fmt.Errorf("budget %q: %w", ref, err)
	}
	return k, nil
}
