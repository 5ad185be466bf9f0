package ledger

import (
	"fmt"
	"maps"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Progress is how far the vouchers of one book and month have come.
type Progress struct {
	Draft     int64 // not submitted
	Returned  int64 // sent back to the maker
	Submitted int64 // to be checked
	Checked   int64 // to be posted
	Posted    int64
}

// BookMonth names a month of a book.
type BookMonth struct {
	Book   int64
	Period calendar.Period
}

// ListProgress gives, for the books of the unit at path and below and the months from one to another, how many
// vouchers stand in which state, as far as the reader sees them. A month without vouchers is not in the map.
func ListProgress(tx *store.Tx, by identity.Actor, path string, from, to calendar.Period) (map[BookMonth]Progress, error) {
	lower, upper := org.Subtree(path)
	out, err := progress(tx, by, "u.path >= $4 and u.path < $5", by.County, string(from), string(to), lower, upper)
	if err != nil {
		return nil, fmt.Errorf("ledger.ListProgress %s: %w", path, err)
	}
	return out, nil
}

// ProgressOf gives the same of one book, by month.
func ProgressOf(tx *store.Tx, by identity.Actor, b Book, from, to calendar.Period) (map[calendar.Period]Progress, error) {
	all, err := progress(tx, by, "b.book_id = $4", b.County, string(from), string(to), b.ID)
	if err != nil {
		return nil, fmt.Errorf("ledger.ProgressOf %s: %w", b.Code, err)
	}
	out := map[calendar.Period]Progress{}
	for at, p := range all {
		out[at.Period] = p
	}
	return out, nil
}

// progress counts without reading the vouchers, of which a month may have thousands: numbers are continuous, so those
// that were given out and are not held by a draft are posted.
func progress(tx *store.Tx, by identity.Actor, books string, args ...any) (map[BookMonth]Progress, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	out := map[BookMonth]Progress{}
	rows, err := tx.Query(`select b.book_id, c.name, c.value from book b
		join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		cross join counter c where c.county_id = b.county_id and c.name >= 'voucher/' || cast(b.book_id as text) || '/' || $2
		and c.name < 'voucher/' || cast(b.book_id as text) || '/' || $3 || '0' and b.county_id = $1 and `+books, args...) // '0' follows '/'
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var at BookMonth
		var name string
		var given int64
		if err := rows.Scan(&at.Book, &name, &given); err != nil {
			return nil, err
		}
		at.Period = calendar.Period(strings.Split(name, "/")[2])
		p := out[at]
		p.Posted += given
		out[at] = p
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := progressOfDrafts(tx, by, out, books, args); err != nil {
		return nil, err
	}
	maps.DeleteFunc(out, func(_ BookMonth, p Progress) bool { return p == Progress{} })
	return out, nil
}

// progressOfDrafts counts what is not posted for who sees it, and takes the numbers it holds from those given out.
func progressOfDrafts(tx *store.Tx, by identity.Actor, out map[BookMonth]Progress, books string, args []any) error {
	rows, err := tx.Query(`select v.book_id, v.period, u.path, d.state, count(*), count(*) filter (where v.number is not null and d.ref <> '')
		from voucher_draft v
		cross join document d
		join book b on b.county_id = v.county_id and b.book_id = v.book_id
		join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		where v.county_id = $1 and d.county_id = v.county_id and d.document_id = v.document_id and v.period between $2 and $3 and `+books+`
		group by v.book_id, v.period, u.path, d.state`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var at BookMonth
		var path string
		var state document.State
		var n, numbered int64
		if err := rows.Scan(&at.Book, &at.Period, &path, &state, &n, &numbered); err != nil {
			return err
		}
		p := out[at]
		p.Posted -= numbered
		if !SeesUnposted(by, path) {
			n = 0
		}
		switch state {
		case Draft:
			p.Draft += n
		case Returned:
			p.Returned += n
		case Submitted:
			p.Submitted += n
		case Checked:
			p.Checked += n
		} // voided: nothing is left to do
		out[at] = p
	}
	return rows.Err()
}

// Waiting is a voucher that waits for somebody, as lists of things to do show it.
type Waiting struct {
	Document string
	Book     int64
	BookName string
	BookPath string
	Period   calendar.Period
	Date     calendar.Date
	Word     string
	Number   int64 // 0: not submitted yet
	Summary  string
	Amount   money.Fen
	Maker    int64
	State    document.State
	Version  int64
	Since    string // instant of its last step
}

// Label gives the number that people see, or nothing before there is one.
func (w Waiting) Label() string {
	if w.Number == 0 {
		return ""
	}
	return Number{w.Period, w.Word, w.Number}.Label()
}

// WaitingFilter narrows a list of waiting vouchers; its zero values leave open.
type WaitingFilter struct {
	Book        int64
	Maker       int64
	Least, Most money.Fen // amount; 0: no end
	Words       string    // in the summary
}

// ListWaiting gives the vouchers in a state, of the books of the unit at path and below, oldest step first; at most so
// many.
func ListWaiting(tx *store.Tx, county int64, path string, state document.State, most int) ([]Waiting, error) {
	return FindWaiting(tx, county, path, state, WaitingFilter{}, most)
}

// FindWaiting is ListWaiting for the vouchers that a filter lets through.
func FindWaiting(tx *store.Tx, county int64, path string, state document.State, f WaitingFilter, most int) ([]Waiting, error) {
	lower, upper := org.Subtree(path)
	out, err := waiting(tx, `u.path >= $2 and u.path < $3 and d.state = $4
		and (cast($6 as bigint) = 0 or v.book_id = $6) and (cast($7 as bigint) = 0 or v.maker_id = $7)
		and (cast($8 as bigint) = 0 or v.amount >= $8) and (cast($9 as bigint) = 0 or v.amount <= $9)
		and lower(v.summary) like lower($10) escape '\'
		order by d.updated_at, v.document_id limit $5`, county, lower, upper, string(state), most, f.Book, f.Maker, int64(f.Least),
		int64(f.Most), holding(f.Words))
	if err != nil {
		return nil, fmt.Errorf("ledger.FindWaiting %s: %w", state, err)
	}
	return out, nil
}

// WaitingIn gives the books and makers of the vouchers in a state, of the books of the unit at path and below, by book:
// each pair once, with Book, BookName, BookPath and Maker alone.
func WaitingIn(tx *store.Tx, county int64, path string, state document.State) ([]Waiting, error) {
	lower, upper := org.Subtree(path)
	rows, err := tx.Query(`select b.code, v.book_id, b.name, u.path, v.maker_id from voucher_draft v
		cross join document d
		join book b on b.county_id = v.county_id and b.book_id = v.book_id
		join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		where v.county_id = $1 and d.county_id = v.county_id and d.document_id = v.document_id and u.path >= $2 and u.path < $3 and d.state = $4
		group by b.code, v.book_id, b.name, u.path, v.maker_id order by b.code, v.maker_id`, county, lower, upper, string(state))
	if err != nil {
		return nil, fmt.Errorf("ledger.WaitingIn %s: %w", state, err)
	}
	defer rows.Close()
	var out []Waiting
	for rows.Next() {
		var w Waiting
		var code string
		if err := rows.Scan(&code, &w.Book, &w.BookName, &w.BookPath, &w.Maker); err != nil {
			return nil, fmt.Errorf("ledger.WaitingIn %s: %w", state, err)
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// OpenOf gives the vouchers that a person made and that are not posted or voided, oldest step first: what he must hand
// over when he leaves.
func OpenOf(tx *store.Tx, county, person int64) ([]Waiting, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	out, err := waiting(tx, `v.maker_id = $2 and d.state in ('draft', 'returned', 'submitted', 'checked')
		order by d.updated_at, v.document_id`, county, person)
	if err != nil {
		return nil, fmt.Errorf("ledger.OpenOf %d: %w", person, err)
	}
	return out, nil
}

// waiting reads vouchers that are not posted; which, and in what order, the rest of the query says. The first argument
// is the county. Like every list of what is under way it begins at the drafts, of which there are few: a cross join holds
// SQLite to that order, which would walk every document of the county otherwise.
func waiting(tx *store.Tx, which string, args ...any) ([]Waiting, error) {
	rows, err := tx.Query(`select v.document_id, v.book_id, b.name, u.path, v.period, v.date, v.word, coalesce(v.number, 0), v.summary,
		v.amount, v.maker_id, d.state, d.version, d.updated_at from voucher_draft v
		cross join document d
		join book b on b.county_id = v.county_id and b.book_id = v.book_id
		join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		where v.county_id = $1 and d.county_id = v.county_id and d.document_id = v.document_id and `+which, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Waiting
	for rows.Next() {
		var w Waiting
		if err := rows.Scan(&w.Document, &w.Book, &w.BookName, &w.BookPath, &w.Period, &w.Date, &w.Word, &w.Number, &w.Summary,
			&w.Amount, &w.Maker, &w.State, &w.Version, &w.Since); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// CountWaiting counts the vouchers of the books of the unit at path and below by state, and apart from them those that
// one person made.
func CountWaiting(tx *store.Tx, county int64, path string, maker int64) (all, own map[document.State]int64, err error) {
	lower, upper := org.Subtree(path)
	// counted by book first: a book and its unit are looked up once, not for each voucher
	rows, err := tx.Query(`select w.state, cast(sum(w.n) as bigint), cast(sum(w.own) as bigint) from (
			select v.book_id, d.state, count(*) as n, count(*) filter (where v.maker_id = $4) as own from voucher_draft v
			cross join document d
			where v.county_id = $1 and d.county_id = v.county_id and d.document_id = v.document_id group by v.book_id, d.state) as w
		join book b on b.county_id = $1 and b.book_id = w.book_id
		join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		where u.path >= $2 and u.path < $3 group by w.state`, county, lower, upper, maker)
	if err != nil {
		return nil, nil, fmt.Errorf("ledger.CountWaiting: %w", err)
	}
	defer rows.Close()
	all, own = map[document.State]int64{}, map[document.State]int64{}
	for rows.Next() {
		var state document.State
		var n, mine int64
		if err := rows.Scan(&state, &n, &mine); err != nil {
			return nil, nil, fmt.Errorf("ledger.CountWaiting: %w", err)
		}
		all[state], own[state] = n, mine
	}
	return all, own, rows.Err()
}

// Reopening is a closed month whose opening again waits for an approval.
type Reopening struct {
	Document string
	Book     int64
	BookName string
	BookPath string
	Period   calendar.Period
	State    document.State
	Since    string
}

// ListReopening gives the requests to open months again that wait for approval, of the books of the unit at path and
// below, oldest first.
func ListReopening(tx *store.Tx, county int64, path string) ([]Reopening, error) {
	lower, upper := org.Subtree(path)
	rows, err := tx.Query(`select d.document_id, b.book_id, b.name, u.path, m.period, d.state, d.updated_at from month_close m
		cross join document d
		join book b on b.county_id = m.county_id and b.book_id = m.book_id
		join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		where m.county_id = $1 and d.county_id = m.county_id and d.document_id = m.document_id
		and u.path >= $2 and u.path < $3 and m.act = 'close' and d.state in ('reopen-asked', 'reopen-approved')
		order by d.updated_at, d.document_id`, county, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("ledger.ListReopening %s: %w", path, err)
	}
	defer rows.Close()
	var out []Reopening
	for rows.Next() {
		var r Reopening
		if err := rows.Scan(&r.Document, &r.Book, &r.BookName, &r.BookPath, &r.Period, &r.State, &r.Since); err != nil {
			return nil, fmt.Errorf("ledger.ListReopening %s: %w", path, err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// OpenWork is how many vouchers of one maker stand in which state, of those that are not posted yet.
type OpenWork struct {
	Maker     int64
	Draft     int64
	Returned  int64
	Submitted int64
	Checked   int64
}

// CountByMaker gives the vouchers under way in the books of the unit at path and below, by who made them; nothing to who
// does not see what is not posted there.
func CountByMaker(tx *store.Tx, by identity.Actor, path string) ([]OpenWork, error) {
	if !SeesUnposted(by, path) {
		return nil, nil
	}
	lower, upper := org.Subtree(path)
	rows, err := tx.Query(`select v.maker_id, count(*) filter (where d.state = 'draft'), count(*) filter (where d.state = 'returned'),
		count(*) filter (where d.state = 'submitted'), count(*) filter (where d.state = 'checked') from voucher_draft v
		cross join document d
		join book b on b.county_id = v.county_id and b.book_id = v.book_id
		join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		where v.county_id = $1 and d.county_id = v.county_id and d.document_id = v.document_id and u.path >= $2 and u.path < $3 and d.state <> $4
		group by v.maker_id order by count(*) desc, v.maker_id`, by.County, lower, upper, string(Voided))
	if err != nil {
		return nil, fmt.Errorf("ledger.CountByMaker %s: %w", path, err)
	}
	defer rows.Close()
	var out []OpenWork
	for rows.Next() {
		var w OpenWork
		if err := rows.Scan(&w.Maker, &w.Draft, &w.Returned, &w.Submitted, &w.Checked); err != nil {
			return nil, fmt.Errorf("ledger.CountByMaker %s: %w", path, err)
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// SentBack is a voucher that was returned to its maker, with the reason.
type SentBack struct {
	Waiting
	Reason string
	By     int64 // who returned it
	At     string
}

// ListSentBack gives the vouchers that a person made and somebody returned since an instant, as long as they are not
// posted, newest first.
func ListSentBack(tx *store.Tx, county, maker int64, since string) ([]SentBack, error) {
	rows, err := tx.Query(`select v.document_id, v.book_id, b.name, u.path, v.period, v.date, v.word, coalesce(v.number, 0), v.summary,
		v.amount, v.maker_id, d.state, d.version, d.updated_at, coalesce(t.reason, ''), t.person_id, t.at from voucher_draft v
		cross join document d
		join trail t on t.county_id = v.county_id and t.document_id = v.document_id
		join book b on b.county_id = v.county_id and b.book_id = v.book_id
		join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		where v.county_id = $1 and d.county_id = v.county_id and d.document_id = v.document_id and v.maker_id = $2 and t.step = 'return' and t.at >= $3 order by t.at desc, v.document_id`, county, maker, since)
	if err != nil {
		return nil, fmt.Errorf("ledger.ListSentBack: %w", err)
	}
	defer rows.Close()
	var out []SentBack
	for rows.Next() {
		var s SentBack
		if err := rows.Scan(&s.Document, &s.Book, &s.BookName, &s.BookPath, &s.Period, &s.Date, &s.Word, &s.Number, &s.Summary, &s.Amount,
			&s.Maker, &s.State, &s.Version, &s.Since, &s.Reason, &s.By, &s.At); err != nil {
			return nil, fmt.Errorf("ledger.ListSentBack: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
