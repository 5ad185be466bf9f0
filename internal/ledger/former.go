package ledger

import (
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// What books were called and whose they were, before units and books changed hands.

// BookNameOn gives the name that a book had on a day.
func BookNameOn(tx *store.Tx, b Book, on calendar.Date) (string, error) {
	return org.NameOn(tx, b.County, org.OfBook, b.ID, on, b.Name)
}

// UnitsOn gives, of the books of a county that have changed hands since a day, whose they were on that day.
func UnitsOn(tx *store.Tx, county int64, on calendar.Date) (map[int64]int64, error) {
	rows, err := tx.Query(`select book_id, unit_id from book_former_unit where county_id = $1 and valid_to >= $2
		order by book_id, valid_to desc`, county, string(on))
	if err != nil {
		return nil, fmt.Errorf("ledger.UnitsOn %s: %w", on, err)
	}
	defer rows.Close()
	out := map[int64]int64{}
	for rows.Next() {
		var book, unit int64
		if err := rows.Scan(&book, &unit); err != nil {
			return nil, fmt.Errorf("ledger.UnitsOn %s: %w", on, err)
		}
		out[book] = unit
	}
	return out, rows.Err()
}

// FormerBooks lists the books that were a unit's once and are another's now, by code, with the last day.
func FormerBooks(tx *store.Tx, county, unit int64) (books []Book, until []calendar.Date, err error) {
	rows, err := tx.Query(`select f.book_id, f.valid_to from book_former_unit f where f.county_id = $1 and f.unit_id = $2
		order by f.book_id, f.valid_to`, county, unit)
	if err != nil {
		return nil, nil, fmt.Errorf("ledger.FormerBooks %d: %w", unit, err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		var to calendar.Date
		if err := rows.Scan(&id, &to); err != nil {
			return nil, nil, fmt.Errorf("ledger.FormerBooks %d: %w", unit, err)
		}
		ids, until = append(ids, id), append(until, to)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, fmt.Errorf("ledger.FormerBooks %d: %w", unit, err)
	}
	for _, id := range ids {
		b, err := GetBook(tx, county, id)
		if err != nil {
			return nil, nil, err
		}
		books = append(books, b)
	}
	return books, until, nil
}

// OnceUnder lists the books that were of a unit or below it and are elsewhere now, each once.
func OnceUnder(tx *store.Tx, county int64, u org.Unit) ([]Book, error) {
	lower, upper := org.Subtree(u.Path)
	rows, err := tx.Query(`select distinct f.book_id from book_former_unit f join unit u on u.county_id = f.county_id and u.unit_id = f.unit_id
		where f.county_id = $1 and u.path >= $2 and u.path < $3 order by f.book_id`, county, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("ledger.OnceUnder %s: %w", u.Path, err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("ledger.OnceUnder %s: %w", u.Path, err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("ledger.OnceUnder %s: %w", u.Path, err)
	}
	var out []Book
	add := func(b Book) {
		if !org.Within(b.Path, u.Path) && !slices.ContainsFunc(out, func(known Book) bool { return known.ID == b.ID }) {
			out = append(out, b)
		}
	}
	for _, id := range ids {
		b, err := GetBook(tx, county, id)
		if err != nil {
			return nil, err
		}
		add(b)
	}
	moved, err := org.MovedFrom(tx, county, u.Path)
	if err != nil {
		return nil, err
	}
	for _, m := range moved {
		books, err := ListBooks(tx, county, m.Path)
		if err != nil {
			return nil, err
		}
		for _, b := range books {
			add(b)
		}
	}
	return out, nil
}

// AsOf gives a book with the name and the unit that it had on a day.
func AsOf(tx *store.Tx, b Book, on calendar.Date) (Book, error) {
	units, err := UnitsOn(tx, b.County, on)
	if err != nil {
		return b, err
	}
	if unit, ok := units[b.ID]; ok {
		u, err := org.Get(tx, b.County, unit)
		if err != nil {
			return b, err
		}
		b.Unit, b.UnitName = u.ID, u.Name
	}
	if b.UnitName, err = org.NameOn(tx, b.County, org.OfUnit, b.Unit, on, b.UnitName); err != nil {
		return b, err
	}
	b.Name, err = org.NameOn(tx, b.County, org.OfBook, b.ID, on, b.Name)
	return b, err
}
