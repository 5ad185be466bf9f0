package ledger

import (
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// Wanted says which vouchers are looked for: by number, by amount, by words of the summary or by who had a hand in them;
// whatever fits one of them is found, as far as it meets every one of And too.
type Wanted struct {
	Word   string // of the number; empty: any
	Number int64  // 0: not asked
	Amount *money.Fen
	Words  string  // a part of the summary; empty: not asked
	People []int64 // who made, checked or posted it; of what is not posted yet, who made it

	And []Wanted // each of them must be met as well; their And is not read

	Initials  string   // pinyin initials of a part of the summary; empty: not asked
	summaries []string // that sound as every one wanted does, in the vouchers looked through
}

// Hit is a voucher that was found, posted or not.
type Hit struct {
	Document string
	Book     int64
	Number   Number
	Date     calendar.Date
	Summary  string
	Amount   money.Fen
	State    document.State
}

// all gives what must be met, one by one.
func (w Wanted) all() []Wanted { return append([]Wanted{w}, w.And...) }

// where writes the condition on columns of alias; arguments begin after the first used ones.
func (w Wanted) where(alias string, posted bool, used int) (text string, args []any) {
	next := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(used+len(args))
	}
	var must []string
	for _, one := range w.all() {
		fits := one.fits(alias, posted, next)
		if one.Initials != "" && len(w.summaries) > 0 {
			fits = append(fits, alias+".summary in ("+list(w.summaries, next)+")")
		}
		if len(fits) == 0 {
			return "1 = 0", nil
		}
		must = append(must, "("+strings.Join(fits, " or ")+")")
	}
	return strings.Join(must, " and "), args
}

// fits writes what one of those that must be met can be met by; next keeps an argument and gives its place.
func (w Wanted) fits(alias string, posted bool, next func(any) string) []string {
	var fits []string
	if w.Number != 0 {
		one := alias + ".number = " + next(w.Number)
		if w.Word != "" {
			one += " and " + alias + ".word = " + next(w.Word)
		}
		fits = append(fits, one)
	}
	if w.Amount != nil {
		fits = append(fits, alias+".amount = "+next(int64(*w.Amount)), alias+".amount = "+next(-int64(*w.Amount)))
	}
	if w.Words != "" {
		fits = append(fits, `lower(`+alias+`.summary) like lower(`+next(holding(w.Words))+`) escape '\'`)
	}
	if len(w.People) > 0 {
		in := " in (" + list(w.People, next) + ")"
		fits = append(fits, alias+".maker_id"+in)
		if posted {
			fits = append(fits, alias+".checker_id"+in, alias+".poster_id"+in)
		}
	}
	return fits
}

func list[T any](values []T, next func(any) string) string {
	places := make([]string, len(values))
	for i, v := range values {
		places[i] = next(v)
	}
	return strings.Join(places, ", ")
}

var likeSpecial = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// holding gives the pattern of like that finds texts with these words in them.
func holding(words string) string { return "%" + likeSpecial.Replace(words) + "%" }

// soundingMost is how many different summaries one search by initials takes from the vouchers it looks through.
const soundingMost = 40

// sounding adds the summaries with all the wanted initials among those that the query lists: there is no index on initials
// either, and far fewer summaries than vouchers. Words that a summary must have beside them are asked for at once, so that
// others do not take their places.
func (w Wanted) sounding(tx *store.Tx, query string, args ...any) (Wanted, error) {
	var sounds []func(string) bool
	var words []string
	for _, one := range w.all() {
		switch {
		case one.Initials != "":
			sounds = append(sounds, standard.Sounding(one.Initials))
		case one.Words != "" && one.Number == 0 && one.Amount == nil && len(one.People) == 0:
			words = append(words, strings.ToLower(one.Words))
		}
	}
	if len(sounds) == 0 {
		return w, nil
	}
	rows, err := tx.Query(query, args...)
	if err != nil {
		return w, err
	}
	defer rows.Close()
	var raw sql.RawBytes
	for rows.Next() && len(w.summaries) < soundingMost {
		if err := rows.Scan(&raw); err != nil {
			return w, err
		}
		text := string(raw)
		if !slices.ContainsFunc(sounds, func(sounds func(string) bool) bool { return !sounds(text) }) &&
			!slices.ContainsFunc(words, func(part string) bool { return !strings.Contains(strings.ToLower(text), part) }) {
			w.summaries = append(w.summaries, text)
		}
	}
	return w, rows.Err()
}

// BooksAtOnce is how many books one FindPosted reads.
const BooksAtOnce = 12

// FindPosted looks posted vouchers up in one month of at most BooksAtOnce books; at most so many. It reads the month's
// vouchers book by book in the order of their key: there is no index on summaries or amounts, which every posting would
// have to keep (docs/decisions/0011-search.md). Whoever looks through more books or months asks again, and stops when a
// person has waited long enough.
func FindPosted(tx *store.Tx, county int64, books []int64, month calendar.Period, w Wanted, most int) ([]Hit, error) {
	args, places := monthOfBooks(county, books, month)
	of := ` from voucher v where v.county_id = $1 and v.period = $2 and v.book_id in (` + places + `)`
	w, err := w.sounding(tx, `select distinct v.summary`+of, args...)
	if err != nil {
		return nil, fmt.Errorf("ledger.FindPosted %s: %w", month, err)
	}
	condition, more := w.where("v", true, len(args))
	if more == nil {
		return nil, nil
	}
	rows, err := tx.Query(`select v.document_id, v.book_id, v.period, v.word, v.number, v.date, v.summary, v.amount`+of+` and `+condition+` limit `+strconv.Itoa(most),
		append(args, more...)...)
	var out []Hit
	if err == nil {
		out, err = scanHits(rows, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("ledger.FindPosted %s: %w", month, err)
	}
	return out, nil
}

// FindInBook looks posted vouchers up in the months of one book, newest first; at most so many.
func FindInBook(tx *store.Tx, b Book, from, to calendar.Period, w Wanted, most int) ([]Hit, error) {
	months := []any{b.County, b.ID, string(from), string(to)}
	w, err := w.sounding(tx, `select distinct v.summary from voucher v where v.county_id = $1 and v.book_id = $2 and v.period between $3 and $4`, months...)
	if err != nil {
		return nil, fmt.Errorf("ledger.FindInBook %s: %w", b.Code, err)
	}
	condition, args := w.where("v", true, 4)
	if args == nil {
		return nil, nil
	}
	rows, err := tx.Query(`select v.document_id, v.book_id, v.period, v.word, v.number, v.date, v.summary, v.amount from voucher v
		where v.county_id = $1 and v.book_id = $2 and v.period between $3 and $4 and `+condition+`
		order by v.period desc, v.word desc, v.number desc limit `+strconv.Itoa(most),
		append(months, args...)...)
	var out []Hit
	if err == nil {
		out, err = scanHits(rows, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("ledger.FindInBook %s: %w", b.Code, err)
	}
	return out, nil
}

// FindByLine looks posted vouchers up that have the amount on one of their lines and meet every one of and, in the months of
// one book, newest first; at most so many.
func FindByLine(tx *store.Tx, b Book, from, to calendar.Period, amount money.Fen, and []Wanted, most int) ([]Hit, error) {
	args, also := []any{b.County, b.ID, string(from), string(to), int64(amount), -int64(amount)}, ""
	if len(and) > 0 {
		rest := and[0]
		rest.And = and[1:]
		condition, more := rest.where("v", true, len(args))
		also, args = " and "+condition, append(args, more...)
	}
	rows, err := tx.Query(`select v.document_id, v.book_id, v.period, v.word, v.number, v.date, v.summary, v.amount from entry e
		cross join voucher v where e.county_id = $1 and e.book_id = $2 and e.period between $3 and $4
		and (e.debit in ($5, $6) or e.credit in ($5, $6)) and v.county_id = e.county_id and v.book_id = e.book_id and v.period = e.period
		and v.word = e.word and v.number = e.number`+also+` order by e.period desc, e.word desc, e.number desc limit `+strconv.Itoa(most), args...)
	var out []Hit
	if err == nil {
		out, err = scanHits(rows, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("ledger.FindByLine %s: %w", b.Code, err)
	}
	return out, nil
}

// FindDrafts looks vouchers up that are not posted yet, in the books of the units at the paths and below, newest first;
// at most so many for each path. Paths under which the reader sees posted ones alone are left out.
func FindDrafts(tx *store.Tx, by identity.Actor, paths []string, w Wanted, most int) ([]Hit, error) {
	var out []Hit
	for _, path := range paths {
		if !SeesUnposted(by, path) {
			continue
		}
		lower, upper := org.Subtree(path)
		w, err := w.sounding(tx, `select distinct v.summary from voucher_draft v join book b on b.county_id = v.county_id and b.book_id = v.book_id
			join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id where v.county_id = $1 and u.path >= $2 and u.path < $3`, by.County, lower, upper)
		if err != nil {
			return nil, fmt.Errorf("ledger.FindDrafts: %w", err)
		}
		condition, args := w.where("v", false, 3)
		if args == nil {
			continue
		}
		rows, err := tx.Query(`select v.document_id, v.book_id, v.period, v.word, coalesce(v.number, 0), v.date, v.summary, v.amount, d.state
			from voucher_draft v cross join document d
			join book b on b.county_id = v.county_id and b.book_id = v.book_id
			join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
			where v.county_id = $1 and d.county_id = v.county_id and d.document_id = v.document_id and u.path >= $2 and u.path < $3 and `+condition+`
			order by v.date desc, v.document_id limit `+strconv.Itoa(most), append([]any{by.County, lower, upper}, args...)...)
		if err == nil {
			out, err = scanHits(rows, out)
		}
		if err != nil {
			return nil, fmt.Errorf("ledger.FindDrafts: %w", err)
		}
	}
	return out, nil
}

// scanHits adds rows to what was found; rows without a state are posted vouchers.
func scanHits(rows *sql.Rows, out []Hit) ([]Hit, error) {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		h := Hit{State: StatePost}
		to := []any{&h.Document, &h.Book, &h.Number.Period, &h.Number.Word, &h.Number.Number, &h.Date, &h.Summary, &h.Amount}
		if len(columns) > len(to) {
			to = append(to, &h.State)
		}
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}
