package ledger

import (
	"fmt"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/store"
)

// Handled is how many posted vouchers of one book and month a person made, checked and posted, and in how many he had a hand.
type Handled struct {
	Person, Book               int64
	Made, Checked, Posted, All int64
}

// CountHandled counts, for each of the persons, the posted vouchers of one month in which he had a hand, in at most
// BooksAtOnce books; where there are none, there is no row. Like FindPosted it reads the month's vouchers in the order of
// their key, once: there is no index on persons, which every posting would have to keep.
func CountHandled(tx *store.Tx, county int64, books []int64, month calendar.Period, persons []int64) ([]Handled, error) {
	if len(books) == 0 || len(persons) == 0 {
		return nil, nil
	}
	args, places := monthOfBooks(county, books, month)
	counts := ""
	for _, person := range persons {
		args = append(args, person)
		at := "$" + strconv.Itoa(len(args))
		counts += fmt.Sprintf(`, count(*) filter (where v.maker_id = %[1]s), count(*) filter (where v.checker_id = %[1]s), count(*) filter (where v.poster_id = %[1]s),
			count(*) filter (where %[1]s in (v.maker_id, v.checker_id, v.poster_id))`, at)
	}
	rows, err := tx.Query(`select v.book_id`+counts+` from voucher v where v.county_id = $1 and v.period = $2 and v.book_id in (`+places+`) group by v.book_id order by v.book_id`, args...)
	if err != nil {
		return nil, fmt.Errorf("ledger.CountHandled %s: %w", month, err)
	}
	defer rows.Close()
	var out []Handled
	for rows.Next() {
		all := make([]Handled, len(persons))
		var book int64
		to := []any{&book}
		for i := range all {
			to = append(to, &all[i].Made, &all[i].Checked, &all[i].Posted, &all[i].All)
		}
		if err := rows.Scan(to...); err != nil {
			return nil, fmt.Errorf("ledger.CountHandled %s: %w", month, err)
		}
		for i, h := range all {
			if h.Person, h.Book = persons[i], book; h.All > 0 {
				out = append(out, h)
			}
		}
	}
	return out, rows.Err()
}

// monthOfBooks gives the arguments of a query of one month of at most BooksAtOnce books, and the places of the books in it:
// always as many, so that the statement is prepared once.
func monthOfBooks(county int64, books []int64, month calendar.Period) (args []any, places string) {
	args = []any{county, string(month)}
	var at []string
	for i := range BooksAtOnce {
		args = append(args, books[min(i, len(books)-1)])
		at = append(at, "$"+strconv.Itoa(len(args)))
	}
	return args, strings.Join(at, ", ")
}

// HandledHit is a posted voucher with what one person did on it.
type HandledHit struct {
	Hit
	Made, Checked, Posted bool
}

// HandledIn gives the posted vouchers of one book and month in which a person had a hand, by number.
func HandledIn(tx *store.Tx, b Book, month calendar.Period, person int64) ([]HandledHit, error) {
	rows, err := tx.Query(`select v.document_id, v.book_id, v.period, v.word, v.number, v.date, v.summary, v.amount,
		v.maker_id = $4, v.checker_id = $4, v.poster_id = $4 from voucher v
		where v.county_id = $1 and v.book_id = $2 and v.period = $3 and $4 in (v.maker_id, v.checker_id, v.poster_id) order by v.word, v.number`,
		b.County, b.ID, string(month), person)
	if err != nil {
		return nil, fmt.Errorf("ledger.HandledIn %s %s: %w", b.Code, month, err)
	}
	defer rows.Close()
	var out []HandledHit
	for rows.Next() {
		h := HandledHit{Hit: Hit{State: StatePost}}
		if err := rows.Scan(&h.Document, &h.Book, &h.Number.Period, &h.Number.Word, &h.Number.Number, &h.Date, &h.Summary, &h.Amount,
			&h.Made, &h.Checked, &h.Posted); err != nil {
			return nil, fmt.Errorf("ledger.HandledIn %s %s: %w", b.Code, month, err)
		}
		out = append(out, h)
	}
	return out, rows.Err()
}
