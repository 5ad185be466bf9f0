package usual

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// Summary is a summary of a book's library.
type Summary struct {
	ID      string
	Book    int64
	Person  int64 // whose own it is; 0: the book's
	Code    string
	Words   string
	Version int64
	Ended   bool

	// Read only.
	Mnemonic  string // pinyin initials of the words, without numbers and months
	ChangedBy int64
	ChangedAt string // instant
}

// KeepSummary keeps a summary in its book. With version 0 it is made, under s.ID; later versions change or end it;
// the same form sent again is refused with an error for which IsTaken holds.
func KeepSummary(tx *store.Tx, by identity.Actor, s Summary) error {
	b, err := ledger.See(tx, by, s.Book)
	if err != nil {
		return err
	}
	if err := mayKeepIn(by, b.Path); err != nil {
		return err
	}
	if s.Person != 0 {
		s.Person = by.Person
	}
	if err := s.tidy(); err != nil {
		return err
	}
	if err := s.unlike(tx, by); err != nil {
		return err
	}
	args := []any{
		by.County, s.ID, s.Book, s.Person, s.Code, s.Words, initials(s.Words), by.Person, calendar.Instant(tx.Now), s.Ended,
	}
	step := "summary-kept"
	var n int64
	if s.Version == 0 {
		n, err = tx.Exec(`insert into usual_summary (county_id, summary_id, book_id, person_id, code, words, mnemonic, version, changed_by,
			changed_at, ended) values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10) on conflict (county_id, summary_id) do nothing`, args...)
	} else {
		if s.Ended {
			step = "summary-ended"
		}
		n, err = tx.Exec(`update usual_summary set code = $5, words = $6, mnemonic = $7, version = version + 1, changed_by = $8,
			changed_at = $9, ended = $10 where county_id = $1 and summary_id = $2 and book_id = $3 and person_id = $4 and not ended
			and version = $11`, append(args, s.Version)...)
	}
	switch {
	case store.IsUnique(err):
		return summaryTaken(s) // by another program at the same moment
	case err != nil:
		return fmt.Errorf("usual.KeepSummary %s: %w", s.ID, err)
	case n == 0 && s.Version == 0:
		return taken()
	case n == 0:
		return outdated(tx, `usual_summary where county_id = $1 and summary_id = $2 and version = $3 and changed_by = $4 and book_id = $5
			and person_id = $6 and code = $7 and words = $8 and ended = $9`,
			by.County, s.ID, s.Version+1, by.Person, s.Book, s.Person, s.Code, s.Words, s.Ended)
	case s.Person != 0:
		return nil
	}
	return leaf(tx, by, step, s.ID, s.Version+1, s.facts())
}

func (s *Summary) tidy() error {
	s.Code, s.Words = strings.TrimSpace(s.Code), strings.TrimSpace(s.Words)
	if s.Words == "" {
		return fault.New(fault.Invalid, "summary-empty", "摘要是空的", "请填写摘要").In("words")
	}
	if err := text.Check("words", "摘要", s.Words, summaryMost); err != nil {
		return err
	}
	return checkCode(s.Code)
}

// unlike refuses what the same library has already: codes and words are each there once.
func (s Summary) unlike(tx *store.Tx, by identity.Actor) error {
	if s.Ended {
		return nil
	}
	var id string
	err := tx.QueryRow(`select summary_id from usual_summary where county_id = $1 and book_id = $2 and person_id = $3 and not ended
		and summary_id <> $4 and (words = $5 or code <> '' and code = $6) order by summary_id limit 1`,
		by.County, s.Book, s.Person, s.ID, s.Words, s.Code).Scan(&id)
	if errors.Is(err, store.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("usual.KeepSummary %s: %w", s.ID, err)
	}
	return summaryTaken(s)
}

func summaryTaken(s Summary) error {
	return fault.Newf(fault.Conflict, "summary-taken", "请换一个代码或文字,或修改原有的一条", "摘要库中已有代码「%s」或文字「%s」", s.Code, s.Words).In("code")
}

// Summaries gives the library of a book, which the actor was seen to look into: his own first, then the book's.
func Summaries(tx *store.Tx, by identity.Actor, b ledger.Book) ([]Summary, error) {
	rows, err := tx.Query(`select summary_id, book_id, person_id, code, words, mnemonic, version, changed_by, changed_at from usual_summary
		where county_id = $1 and book_id = $2 and person_id in (0, $3) and not ended
		order by person_id desc, case when code = '' then 1 else 0 end, code, words`, by.County, b.ID, by.Person)
	if err != nil {
		return nil, fmt.Errorf("usual.Summaries: %w", err)
	}
	defer rows.Close()
	var out []Summary
	for rows.Next() {
		var s Summary
		if err := rows.Scan(&s.ID, &s.Book, &s.Person, &s.Code, &s.Words, &s.Mnemonic, &s.Version, &s.ChangedBy, &s.ChangedAt); err != nil {
			return nil, fmt.Errorf("usual.Summaries: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// numbered are the parts of a summary that change from month to month; nobody types them when he looks for it.
var numbered = regexp.MustCompile(`[0-9]+(月份?|年度?)?`)

// initials gives the pinyin initials under which a summary is found: 付10月办公用品款 is fbgypk.
func initials(words string) string { return standard.Mnemonic(numbered.ReplaceAllString(words, "")) }

// Offer is a summary that a field offers.
type Offer struct {
	Code     string `json:"code,omitempty"`
	Words    string `json:"words"`
	Mnemonic string `json:"initials"`
	Recent   bool   `json:"recent,omitempty"` // used by the person in the book of late
}

// Offers gives the summaries that fit a query, at most most: by the beginning of the code or of the words' pinyin
// initials, or a part of the words; all for an empty query. What the person used lately in the book stands first, the
// latest before all, then his own library, then the book's; more tells that there are further ones.
func Offers(tx *store.Tx, by identity.Actor, b ledger.Book, query string, most int) (found []Offer, more bool, err error) {
	library, err := Summaries(tx, by, b)
	if err != nil {
		return nil, false, err
	}
	used, err := lately(tx, by, b)
	if err != nil {
		return nil, false, err
	}
	at := map[string]int{} // by words
	var all []Offer
	add := func(o Offer) {
		if i, there := at[o.Words]; there {
			if all[i].Code == "" {
				all[i].Code = o.Code
			}
			return
		}
		at[o.Words] = len(all)
		all = append(all, o)
	}
	for _, words := range used {
		add(Offer{Words: words, Mnemonic: initials(words), Recent: true})
	}
	for _, s := range library {
		add(Offer{Code: s.Code, Words: s.Words, Mnemonic: s.Mnemonic})
	}
	q := strings.ToLower(strings.TrimSpace(query))
	all = slices.DeleteFunc(all, func(o Offer) bool { return !o.fits(q) })
	if q != "" { // the code itself before everything
		slices.SortStableFunc(all, func(x, y Offer) int { return exact(y, q) - exact(x, q) })
	}
	return all[:min(most, len(all))], len(all) > most, nil
}

func (o Offer) fits(q string) bool {
	return q == "" || strings.HasPrefix(strings.ToLower(o.Code), q) || strings.HasPrefix(o.Mnemonic, q) ||
		strings.Contains(strings.ToLower(o.Words), q)
}

func exact(o Offer, q string) int {
	if strings.ToLower(o.Code) == q {
		return 1
	}
	return 0
}

// How far back "lately" reaches: so many of the person's last vouchers, none older than so many months.
const (
	latelyVouchers = 60
	latelyMonths   = 3
)

// lately gives the summaries of the person's own vouchers in the book, the latest first: drafts, which are at work now,
// before what is posted.
func lately(tx *store.Tx, by identity.Actor, b ledger.Book) ([]string, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	since := b.Today.Period()
	for range latelyMonths {
		since = since.Prev()
	}
	seen := map[string]bool{}
	var out []string
	add := func(words string) {
		if words = strings.TrimSpace(words); words != "" && !seen[words] {
			seen[words] = true
			out = append(out, words)
		}
	}
	drafts, err := ledger.ListDrafts(tx, by, b, "")
	if err != nil {
		return nil, err
	}
	for _, d := range slices.Backward(drafts) {
		if d.Maker != by.Person || d.Period() < since || d.State == ledger.Voided || d.Reverses != nil {
			continue
		}
		for _, l := range d.Lines {
			add(l.Summary)
		}
	}
	rows, err := tx.Query(`select e.summary from (select county_id, book_id, period, word, number from voucher
			where county_id = $1 and book_id = $2 and period >= $3 and maker_id = $4 and reverses is null
			order by period desc, word desc, number desc limit $5) v
		join entry e on e.county_id = v.county_id and e.book_id = v.book_id and e.period = v.period and e.word = v.word and e.number = v.number
		order by v.period desc, v.word desc, v.number desc, e.line`, by.County, b.ID, string(since), by.Person, latelyVouchers)
	if err != nil {
		return nil, fmt.Errorf("usual.Offers: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var words string
		if err := rows.Scan(&words); err != nil {
			return nil, fmt.Errorf("usual.Offers: %w", err)
		}
		add(words)
	}
	return out, rows.Err()
}
