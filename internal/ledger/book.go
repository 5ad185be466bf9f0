package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// Regime says which official accounts a book may use.
type Regime string

// The regimes of books.
const (
	Administrative Regime = "administrative" // 行政单位
	Institution    Regime = "institution"    // 事业单位
	VillageRegime  Regime = "village"        // 村集体经济组织
	Finance        Regime = "finance"        // 财政总会计
)

var regimeTitles = map[Regime]string{
	Administrative: "行政单位", Institution: "事业单位", VillageRegime: "村集体经济组织", Finance: "财政总会计",
}

// Title is the regime as files and pages name it.
func (r Regime) Title() string { return regimeTitles[r] }

// ParseRegime reads a title, or the stored form; what is unknown comes back as it is, for CreateBook to refuse.
func ParseRegime(text string) Regime {
	for r, title := range regimeTitles {
		if text == title {
			return r
		}
	}
	return Regime(text)
}

// Book is one set of books.
type Book struct {
	County        int64
	ID            int64
	Code          string
	Name          string
	Unit          int64
	UnitName      string
	Path          string // of its unit: rights are looked for under it
	Chart         ChartName
	Regime        Regime
	Start         calendar.Period
	ClosedThrough calendar.Period // last closed month; the month before Start while none is
	Today         calendar.Date   // the county's business date; of an ended book no later than the last day of its last month
	EndedOn       calendar.Date   // last day that takes vouchers, where a change of units ended it; else empty

	mark int64 // raised whenever an account is added or a month is opened again, so that caches know
}

// Open reports whether a month takes entries: after the last closed one, up to the business month.
func (b Book) Open(p calendar.Period) bool { return p > b.ClosedThrough && p <= b.Today.Period() }

// OldestOpen gives the first month that is not closed.
func (b Book) OldestOpen() calendar.Period { return b.ClosedThrough.Next() }

const bookColumns = `b.county_id, b.book_id, b.code, b.name, b.unit_id, u.name, u.path, b.chart, b.regime, b.start_period,
	b.closed_through, b.accounts_mark, coalesce(c.business_date, ''), coalesce(b.ended_on, '')`

const bookTables = ` from book b
	join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
	join county c on c.county_id = b.county_id `

func scanBook(tx *store.Tx, row interface{ Scan(...any) error }) (Book, error) {
	var b Book
	err := row.Scan(&b.County, &b.ID, &b.Code, &b.Name, &b.Unit, &b.UnitName, &b.Path, &b.Chart, &b.Regime, &b.Start,
		&b.ClosedThrough, &b.mark, &b.Today, &b.EndedOn)
	if b.Today == "" {
		b.Today = calendar.DateOf(tx.Now)
	}
	if b.EndedOn != "" {
		b.Today = min(b.Today, b.EndedOn.Period().Last())
	}
	return b, err
}

// GetBook gives a book by its id.
func GetBook(tx *store.Tx, county, id int64) (Book, error) { return getBook(tx, county, id, "") }

// getBook reads a book; lock ends the select and says for how long the row stays as it is.
func getBook(tx *store.Tx, county, id int64, lock string) (Book, error) {
	read := func() (Book, error) {
		return scanBook(tx, tx.QueryRow(`select `+bookColumns+bookTables+`where b.county_id = $1 and b.book_id = $2`+lock, county, id))
	}
	b, err := read()
	if lock != "" && errors.Is(err, store.ErrNoRows) {
		b, err = read() // a change of units has moved it while it was waited for: the unit that was read is no longer its own
	}
	if errors.Is(err, store.ErrNoRows) {
		return b, bookUnknown(fmt.Sprint(id))
	}
	if err != nil {
		return b, fmt.Errorf("ledger.GetBook %d: %w", id, err)
	}
	return b, nil
}

// BookByCode gives a book by the code that people use.
func BookByCode(tx *store.Tx, county int64, code string) (Book, error) {
	b, err := scanBook(tx, tx.QueryRow(`select `+bookColumns+bookTables+`where b.county_id = $1 and b.code = $2`, county, code))
	if errors.Is(err, store.ErrNoRows) {
		return b, bookUnknown(code)
	}
	if err != nil {
		return b, fmt.Errorf("ledger.BookByCode %s: %w", code, err)
	}
	return b, nil
}

func bookUnknown(code string) error {
	return fault.Newf(fault.NotFound, "book-unknown", "请核对账套编码,或请主管会计授权", "没有您可用的账套「%s」", code)
}

// ListBooks gives the books of a unit and everything below it, by code. path is the unit's path.
func ListBooks(tx *store.Tx, county int64, path string) ([]Book, error) {
	all, err := queryBooks(tx, `where b.county_id = $1 and substr(u.path, 1, length($2)) = $2 order by b.code`, county, path)
	if err != nil {
		return nil, fmt.Errorf("ledger.ListBooks: %w", err)
	}
	return all, nil
}

// BooksOfUnit gives the books of one unit and chart that take vouchers, by code.
func BooksOfUnit(tx *store.Tx, county, unit int64, chart ChartName) ([]Book, error) {
	all, err := queryBooks(tx, `where b.county_id = $1 and b.unit_id = $2 and b.chart = $3 and b.ended_on is null order by b.code`, county, unit, string(chart))
	if err != nil {
		return nil, fmt.Errorf("ledger.BooksOfUnit %d: %w", unit, err)
	}
	return all, nil
}

func queryBooks(tx *store.Tx, where string, args ...any) ([]Book, error) {
	rows, err := tx.Query(`select `+bookColumns+bookTables+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Book
	for rows.Next() {
		b, err := scanBook(tx, rows)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, rows.Err()
}

// Distinct gives each book once, where it stands first: a set of books is added up.
func Distinct(books []Book) []Book {
	seen := map[int64]bool{}
	return slices.DeleteFunc(slices.Clone(books), func(b Book) bool {
		twice := seen[b.ID]
		seen[b.ID] = true
		return twice
	})
}

// VisibleBooks gives the books that an actor may look into, by code.
func VisibleBooks(tx *store.Tx, by identity.Actor) ([]Book, error) {
	all, err := ListBooks(tx, by.County, "/")
	if err != nil {
		return nil, err
	}
	var out []Book
	for _, b := range all {
		if by.Has(b.Path, Readers...) {
			out = append(out, b)
		}
	}
	return out, nil
}

// Readers are the roles that may look into a book; administrators of the system have no business right.
var Readers = []identity.Role{
	identity.Accountant, identity.Reviewer, identity.Cashier, identity.OfficeHead, identity.UnitHead, identity.Clerk,
	identity.VillageClerk, identity.VillageHead, identity.CountyBudget, identity.CountyTreasury, identity.Auditor,
	identity.Deputy, identity.Assets,
}

// See gives a book that the actor may look into. A book of another township is, to him, not there.
func See(tx *store.Tx, by identity.Actor, id int64) (Book, error) { return see(tx, by, id, "") }

// seeKept gives a book to a step that writes into it: closed months and accounts stay as read until the commit.
func seeKept(tx *store.Tx, by identity.Actor, id int64) (Book, error) {
	return see(tx, by, id, tx.Keep("b"))
}

// seeClaimed gives a book to a step that moves its closed months, years or opening: it waits for everybody who writes
// into the book, and afterwards reads all that they wrote.
func seeClaimed(tx *store.Tx, by identity.Actor, id int64) (Book, error) {
	return see(tx, by, id, tx.Claim("b"))
}

func see(tx *store.Tx, by identity.Actor, id int64, lock string) (Book, error) {
	b, err := getBook(tx, by.County, id, lock)
	if err != nil {
		return b, err
	}
	if !by.Has(b.Path, Readers...) {
		return Book{}, bookUnknown(fmt.Sprint(id))
	}
	return b, nil
}

// SeeByCode gives a book that the actor may look into, by the code that people use.
func SeeByCode(tx *store.Tx, by identity.Actor, code string) (Book, error) {
	b, err := BookByCode(tx, by.County, code)
	if err != nil {
		return b, err
	}
	if !by.Has(b.Path, Readers...) {
		return Book{}, bookUnknown(code)
	}
	return b, nil
}

// NewBook is what a book is made from.
type NewBook struct {
	Code   string
	Name   string
	Unit   int64
	Chart  ChartName
	Regime Regime // empty: administrative, village or finance by chart
	Start  calendar.Period
}

var regimesOf = map[ChartName][]Regime{
	Government: {Administrative, Institution}, Village: {VillageRegime}, GeneralBudget: {Finance},
}

// nameMost is the longest name of a book or an account, in characters.
const nameMost = 60

// CreateBook makes a book on the edition of its first year.
func CreateBook(tx *store.Tx, county int64, n NewBook) (Book, error) {
	regimes := regimesOf[n.Chart]
	if regimes == nil {
		return Book{}, fault.Newf(fault.Invalid, "chart-unknown", "可用:行政事业单位(government)、村集体(village)、财政总会计(general-budget)", "没有科目体系「%s」", n.Chart).In("chart")
	}
	if n.Regime == "" {
		n.Regime = regimes[0]
	}
	found := false
	for _, r := range regimes {
		found = found || r == n.Regime
	}
	if !found {
		return Book{}, fault.Newf(fault.Invalid, "regime-unknown", "请核对账套类型", "科目体系 %s 不用于「%s」", n.Chart, n.Regime).In("chart")
	}
	if strings.TrimSpace(n.Code) == "" || strings.TrimSpace(n.Name) == "" {
		return Book{}, fault.New(fault.Invalid, "book-unnamed", "账套须有编码和名称", "请补全后再提交").In("code")
	}
	if err := text.Check("name", "账套名称", n.Name, nameMost); err != nil {
		return Book{}, err
	}
	if !org.CodeFits(n.Code) {
		return Book{}, fault.Newf(fault.Invalid, "book-code-malformed", org.CodeRule, "账套编码「%s」不可用", n.Code).In("code")
	}
	unit, err := org.Get(tx, county, n.Unit)
	if err != nil {
		return Book{}, err
	}
	today, err := org.Today(tx, county)
	if err != nil {
		return Book{}, err
	}
	if err := unit.CheckInUse(today); err != nil {
		return Book{}, err
	}
	edition, err := editionFor(tx, string(n.Chart), n.Start.Year())
	if err != nil {
		return Book{}, err
	}
	id, err := org.NextID(tx, county, "book")
	if err != nil {
		return Book{}, err
	}
	_, err = tx.Exec(`insert into book (county_id, book_id, code, name, unit_id, chart, regime, start_period, closed_through, accounts_mark, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)`, county, id, n.Code, n.Name, n.Unit, string(n.Chart),
		string(n.Regime), string(n.Start), string(n.Start.Prev()), calendar.Instant(tx.Now))
	if store.IsUnique(err) {
		return Book{}, fault.Newf(fault.Conflict, "book-code-taken", "请换一个编码", "账套编码「%s」已被使用", n.Code).In("code")
	}
	if err != nil {
		return Book{}, fmt.Errorf("ledger.CreateBook %s: %w", n.Code, err)
	}
	if err := beginYear(tx, county, id, n.Start.Year(), edition); err != nil {
		return Book{}, err
	}
	return GetBook(tx, county, id)
}

// beginYear puts a book on an edition for a year.
func beginYear(tx *store.Tx, county, book int64, year int, edition string) error {
	_, err := tx.Exec(`insert into book_year (county_id, book_id, year, edition_id) values ($1, $2, $3, $4)
		on conflict do nothing`, county, book, year, edition)
	if err != nil {
		return fmt.Errorf("ledger: begin year %d of book %d: %w", year, book, err)
	}
	return nil
}

// editionOf gives the edition that a book uses in a year. A year that has not been begun takes the newest edition of
// the chart for that year, until its first voucher or draft begins it (chartToWrite).
func editionOf(tx *store.Tx, b Book, year int) (string, error) {
	var edition string
	err := tx.QueryRow(`select edition_id from book_year where county_id = $1 and book_id = $2 and year = $3`,
		b.County, b.ID, year).Scan(&edition)
	if errors.Is(err, store.ErrNoRows) {
		return editionFor(tx, string(b.Chart), year)
	}
	if err != nil {
		return "", fmt.Errorf("ledger: edition of book %s in %d: %w", b.Code, year, err)
	}
	return edition, nil
}

// yearClosed tells whether the year's balances have been carried over.
func yearClosed(tx *store.Tx, b Book, year int) (bool, error) {
	var at sql.NullString
	err := tx.QueryRow(`select closed_at from book_year where county_id = $1 and book_id = $2 and year = $3`,
		b.County, b.ID, year).Scan(&at)
	if errors.Is(err, store.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ledger: year %d of book %s: %w", year, b.Code, err)
	}
	return at.Valid, nil
}
