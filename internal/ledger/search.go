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
// or by day or account; whatever fits one of them is found, as far as it meets every one of And too.
type Wanted struct {
	Word   string // of the number; empty: any
	Number int64  // 0: not asked
	Amount *money.Fen
	Words  string  // a part of the summary; empty: not asked
	People []int64 // who made, checked or posted it; of what is not posted yet, who made it
	Date   calendar.Date
	Moves  []AccountOf // accounts, or ones beneath, of which a posted voucher has an entry

	And []Wanted // each of them must be met as well; their And is not read

	Initials  string     // pinyin initials of a part of the summary; empty: not asked
	summaries [][]string // of each that must be met: what sounds as it and as the others, in the vouchers looked through
}

// AccountOf names an account of a chart.
type AccountOf struct {
	Chart ChartName
	Code  string
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
	var must, last []string // what looks at entries is asked of vouchers that meet the rest alone
	for i, one := range w.all() {
		fits := one.fits(alias, posted, next)
		if len(w.summaries) > i && len(w.summaries[i]) > 0 {
			fits = append(fits, alias+".summary in ("+list(w.summaries[i], next)+")")
		}
		if len(fits) == 0 {
			return "1 = 0", nil
		}
		condition := "(" + strings.Join(fits, " or ") + ")"
		if len(one.Moves) > 0 {
			last = append(last, condition)
		} else {
			must = append(must, condition)
		}
	}
	return strings.Join(append(must, last...), " and "), args
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
	if w.Date != "" {
		fits = append(fits, alias+".date = "+next(string(w.Date)))
	}
	if len(w.Moves) > 0 && posted {
		var of []string
		for _, a := range w.Moves {
			of = append(of, "c.chart = "+next(string(a.Chart))+" and c.account like "+next(likeSpecial.Replace(a.Code)+"%")+` escape '\'`)
		}
		fits = append(fits, `exists (select 1 from entry m cross join combination c where m.county_id = `+alias+`.county_id and m.book_id = `+alias+`.book_id
			and m.period = `+alias+`.period and m.word = `+alias+`.word and m.number = `+alias+`.number
			and c.county_id = m.county_id and c.combination_id = m.combination_id and (`+strings.Join(of, " or ")+`))`)
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

// sounding adds the summaries with the wanted initials among those that the query lists: there is no index on initials
// either, and far fewer summaries than vouchers. What a summary alone can meet beside them is asked for at once, so that
// others do not take their places.
func (w Wanted) sounding(tx *store.Tx, query string, args ...any) (Wanted, error) {
	all := w.all()
	meets := make([]func(string) bool, len(all)) // nil: not by a summary
	var must []func(string) bool
	for i, one := range all {
		lower := strings.ToLower(one.Words)
		switch {
		case one.Initials != "":
			meets[i] = standard.Sounding(one.Initials)
		case one.Words != "":
			meets[i] = func(text string) bool { return strings.Contains(strings.ToLower(text), lower) }
		}
		if meets[i] != nil && one.Number == 0 && one.Amount == nil && one.Date == "" && len(one.People)+len(one.Moves) == 0 {
			must = append(must, meets[i])
		}
	}
	if !slices.ContainsFunc(all, func(one Wanted) bool { return one.Initials != "" }) {
		return w, nil
	}
	rows, err := tx.Query(query, args...)
	if err != nil {
		return w, err
	}
	defer rows.Close()
	w.summaries = make([][]string, len(all))
	var raw sql.RawBytes
	for found := 0; rows.Next() && found < soundingMost; {
		if err := rows.Scan(&raw); err != nil {
			return w, err
		}
		text := string(raw)
		if slices.ContainsFunc(must, func(meets func(string) bool) bool { return !meets(text) }) {
			continue
		}
		for i, one := range all {
			if one.Initials != "" && meets[i](text) {
				w.summaries[i] = append(w.summaries[i], text)
				found++
			}
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
