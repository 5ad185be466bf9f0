package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// scope is whose books a statement adds up: one book, those of a unit and everything below it, or any that were ticked.
type scope struct {
	books  []ledger.Book
	entity string           // of a unit or of ticked books; empty for one book
	unit   org.Unit         // whose entity is, to ask what it was called then and which books were its own
	path   string           // "/books/3", "/units/5" or "" for ticked books
	chart  ledger.ChartName // of a unit's books that are added up; empty: all
	picked string           // ticked books, as the address names them: "1-5,9"
}

func (c *call) bookScope(tx *store.Tx) (scope, error) {
	b, err := c.book(tx)
	return scope{books: []ledger.Book{b}, path: bookPath(b)}, err
}

// pickedScope gives the books that were ticked; one that the person may not look into is not there.
func (c *call) pickedScope(tx *store.Tx) (scope, error) {
	s := scope{picked: c.query("books")}
	ids, err := parseIDs(s.picked)
	if err != nil {
		return s, err
	}
	visible, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return s, err
	}
	for _, b := range visible {
		if _, found := slices.BinarySearch(ids, b.ID); found {
			s.books = append(s.books, b)
		}
	}
	if len(s.books) != len(ids) {
		return s, fault.New(fault.NotFound, "books-unknown", "所选账套中有的不存在,或您无权查看", "请重新勾选账套")
	}
	s.entity = s.books[0].Name
	if len(s.books) > 1 {
		s.entity = fmt.Sprintf("%s等 %d 套账", s.books[0].Name, len(s.books))
	}
	return s, nil
}

// idsMost is how many books an address may name.
const idsMost = 5000

// parseIDs reads "1-5,9".
func parseIDs(text string) ([]int64, error) {
	var ids []int64
	for part := range strings.SplitSeq(text, ",") {
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		from, err1 := strconv.ParseInt(first, 10, 64)
		to, err2 := strconv.ParseInt(last, 10, 64)
		if err1 != nil || err2 != nil || from < 1 || to < from || to-from >= idsMost || len(ids) > idsMost {
			return nil, fault.New(fault.Invalid, "books-none", "没有选账套", "请至少勾选一套账").In("books")
		}
		for id := from; id <= to; id++ {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// formatIDs writes ids as addresses name them.
func formatIDs(ids []int64) string {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var parts []string
	for i := 0; i < len(ids); {
		j := i
		for j+1 < len(ids) && ids[j+1] == ids[j]+1 {
			j++
		}
		part := strconv.FormatInt(ids[i], 10)
		if j > i {
			part += "-" + strconv.FormatInt(ids[j], 10)
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ",")
}

// first gives the chart that a unit's statement is meant of where none is named: the first that has such a statement.
func (s scope) first(name string) ledger.ChartName {
	declared, err := statement.Find(name)
	for _, chart := range chartOrder {
		of := func(b ledger.Book) bool { return b.Chart == chart }
		if slices.ContainsFunc(s.books, of) && (err != nil || slices.Contains(declared.Charts, chart)) {
			return chart
		}
	}
	return s.books[0].Chart
}

// query is what every address of the scope carries.
func (s scope) query() url.Values {
	q := url.Values{}
	if s.chart != "" {
		q.Set("chart", string(s.chart))
	}
	if s.picked != "" {
		q.Set("books", s.picked)
	}
	return q
}

// statement gives the address of a statement of the scope.
func (s scope) statement(name string) string { return s.path + "/statements/" + name }

// split gives the address where an amount is divided by books.
func (s scope) split() string {
	if s.picked != "" {
		return "/statements/account"
	}
	return s.path + "/account"
}

// book finds one of the scope's books; 0 is the only one.
func (s scope) book(id int64) (ledger.Book, bool) {
	for _, b := range s.books {
		if b.ID == id || id == 0 && len(s.books) == 1 {
			return b, true
		}
	}
	return ledger.Book{}, false
}

// filterQuery adds the dimensions that are chosen.
func filterQuery(q url.Values, d ledger.Dims) {
	for name, value := range map[string]string{
		"function": d.Function, "economic": d.Economic, "project": d.Project, "fund": d.Fund, "party": d.Party,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if d.Unit != 0 {
		q.Set("unit", strconv.FormatInt(d.Unit, 10))
	}
}

// drill gives the address of the rows behind an amount: a voucher, the detail ledger of one account, or, of several
// accounts, the trial balance that lists them apart; over several books the page that divides the amount among them.
// It keeps the filter, and back is where the page returns to.
func (s scope) drill(d *statement.Drill, filter ledger.Dims, back string) string {
	b, one := s.book(d.Book)
	if d.Voucher != nil {
		if !one {
			return ""
		}
		if back == "" {
			return numberPath(b, *d.Voucher)
		}
		return numberPath(b, *d.Voucher) + "?back=" + url.QueryEscape(back)
	}
	if d.Function != "" {
		filter.Function = d.Function
	}
	q := url.Values{"account": {d.Account}, "from": {string(d.From)}, "to": {string(d.To)}}
	filterQuery(q, filter)
	if back != "" {
		q.Set("back", back)
	}
	several := strings.Contains(d.Account, ",")
	to := s
	if one {
		to = scope{path: bookPath(b)}
	}
	for name, values := range to.query() {
		q[name] = values
	}
	switch {
	case several:
		q.Set("levels", "0")
		return to.statement("trial-balance") + "?" + q.Encode()
	case one:
		return to.statement("detail-ledger") + "?" + q.Encode()
	default:
		return s.split() + "?" + q.Encode()
	}
}

// span gives the first month of any of the books, and the month that their statements end with.
func (s scope) span() (first, last calendar.Period) {
	first = s.books[0].Start
	for _, b := range s.books {
		first = min(first, b.Start)
	}
	return first, s.latest()
}

// monthOf gives the month that the person works in, as far as the books have it.
func (c *call) monthOf(s scope) calendar.Period {
	if first, last := s.span(); c.place.period < first || c.place.period > last {
		return last
	}
	return c.place.period
}
