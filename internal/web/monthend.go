package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// endRoutes are the ends of months and years over all books of an office.
func endRoutes() []route {
	return []route{
		{pattern: "GET /month-end", title: "月末", right: only(ledger.UnpostedReaders...), show: showMonthEnd},
		{pattern: "GET /year-end", title: "年终", right: only(ledger.UnpostedReaders...), show: showYearEnd},
	}
}

// endPage is books by checks: what each still lacks before it can be closed, each cell a link to what mends it.
type endPage struct {
	Base
	Year     bool // the page is a year's end
	Value    string
	Name     string // of the month or year
	Times    []choice
	Units    []choice // townships, where there are several
	Columns  []endColumn
	Groups   []endGroup
	Counts   []endCount
	Document string // id of the batch
	Back     string
	Period   string // that the batch is for
	Acts     []endAct
	Due      bool // the month is over
	Over     bool // every book of the year is carried over
}

// endAct is a step that the person can take in some of the books; the first is the next to take.
type endAct struct {
	Kind  batch.Kind
	Title string
}

// endColumn is one check; name says which, where a month's checks differ between books.
type endColumn struct{ Title, Rule, name string }

type endGroup struct {
	Title string
	Rows  []endRow
}

type endRow struct {
	Book   ledger.Book
	Path   string // of the book's own page of this month or year
	Cells  []endCell
	State  string
	Class  string
	Ticked bool
	May    bool // the person can take a step in the book

	does    batch.Kind         // at a year's end: the step; empty: none
	carried bool               // the year is, into the next
	checked map[string]endCell // a month's checks by name, before they are put under the page's columns
}

// endCell is one check of one book: mark and word, where it is mended, and by whom and when it was done.
type endCell struct{ Class, Mark, Word, Path, Done string }

type endCount struct {
	Title string
	Class string
	Books int
}

var (
	cellYes  = endCell{Class: "yes", Mark: "✓", Word: "通过"}
	cellOff  = endCell{Class: "off", Mark: "–", Word: "未启用"}
	cellNone = endCell{Class: "off small", Mark: "不涉及", Word: "不涉及"}
	cellWait = endCell{Class: "off", Mark: "·", Word: "待办"}
)

// Wide is how many columns stand beside the tick.
func (p *endPage) Wide() int { return len(p.Columns) + 2 }

func (c *call) newEnd(tx *store.Tx) (*endPage, []ledger.Book, error) {
	p := &endPage{Document: document.NewID(), Back: c.r.URL.RequestURI()}
	p.Styles, p.Scripts = []string{"batch.css", "close.css"}, []string{"tick.js"}
	books, err := c.endBooks(tx, p)
	return p, books, err
}

// endBooks gives the books of one township: an office's own, or the one that is picked.
func (c *call) endBooks(tx *store.Tx, p *endPage) ([]ledger.Book, error) {
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return nil, err
	}
	names, err := townshipNames(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	of := func(b ledger.Book) int64 {
		ids := org.Ancestors(b.Path)
		return ids[min(1, len(ids)-1)]
	}
	picked, _ := strconv.ParseInt(c.query("unit"), 10, 64)
	if !slices.ContainsFunc(books, func(b ledger.Book) bool { return of(b) == picked }) {
		picked = 0
	}
	for _, b := range books {
		id := of(b)
		if picked == 0 {
			picked = id
		}
		if value := strconv.FormatInt(id, 10); !slices.ContainsFunc(p.Units, func(u choice) bool { return u.Value == value }) {
			p.Units = append(p.Units, choice{Value: value, Title: names[id], On: id == picked})
		}
	}
	books = slices.DeleteFunc(books, func(b ledger.Book) bool { return of(b) != picked })
	slices.SortStableFunc(books, func(a, b ledger.Book) int {
		return cmp.Or(cmp.Compare(groupOrder(a), groupOrder(b)), cmp.Compare(a.Code, b.Code))
	})
	return books, nil
}

// add puts a book's row into its group and counts it.
func (p *endPage) add(title string, row endRow) {
	if n := len(p.Groups); n == 0 || p.Groups[n-1].Title != title {
		p.Groups = append(p.Groups, endGroup{Title: title})
	}
	g := &p.Groups[len(p.Groups)-1]
	g.Rows = append(g.Rows, row)
	for i := range p.Counts {
		if p.Counts[i].Title == row.State {
			p.Counts[i].Books++
			return
		}
	}
	p.Counts = append(p.Counts, endCount{row.State, row.Class, 1})
}

func showMonthEnd(c *call, tx *store.Tx) (answer, error) {
	p, books, err := c.newEnd(tx)
	if err != nil {
		return answer{}, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	otherwise := today.Period()
	if today < otherwise.Last() {
		otherwise = otherwise.Prev()
	}
	period, err := c.period("period", otherwise)
	if err != nil {
		return answer{}, err
	}
	p.Title, p.Value, p.Name, p.Period, p.Due = "月末", string(period), period.Chinese(), string(period), today >= period.Last()
	for m, n := today.Period(), 0; n < 15; m, n = m.Prev(), n+1 {
		p.Times = append(p.Times, choice{Value: string(m), Title: m.Chinese(), On: m == period})
	}
	names, err := townshipNames(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	people, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	for _, b := range books {
		row, err := c.monthRow(tx, p, b, period, people)
		if err != nil {
			return answer{}, err
		}
		if row.May && p.Acts == nil {
			p.Acts = []endAct{{batch.CloseMonth, "结勾选账套的 " + p.Name + "账(先预览)"}}
		}
		p.add(groupTitle(names, b), row)
	}
	p.align()
	return show("close/office", p)
}

// column gives the column of a check. One that only some books have stands where it stands among their checks.
func (p *endPage) column(k ledger.CloseCheck, after string) {
	if slices.ContainsFunc(p.Columns, func(e endColumn) bool { return e.name == k.Name }) {
		return
	}
	at := 1 + slices.IndexFunc(p.Columns, func(e endColumn) bool { return e.name == after })
	p.Columns = slices.Insert(p.Columns, at, endColumn{k.Title, k.Rule, k.Name})
}

// align puts the cells of every book under the columns of all: a check that does not concern a book is left out there.
func (p *endPage) align() {
	if len(p.Columns) == 0 { // all are closed, or none has begun
		p.Columns = []endColumn{{Title: "结账"}}
	}
	for _, g := range p.Groups {
		for i, row := range g.Rows {
			if row.checked == nil {
				continue
			}
			g.Rows[i].Cells = make([]endCell, len(p.Columns))
			for j, e := range p.Columns {
				cell, concerns := row.checked[e.name]
				if !concerns {
					cell = cellNone
				}
				g.Rows[i].Cells[j] = cell
			}
		}
	}
}

// monthRow makes the checks of a book's month, unless it is closed.
func (c *call) monthRow(tx *store.Tx, p *endPage, b ledger.Book, period calendar.Period, people map[int64]string) (endRow, error) {
	row := endRow{Book: b, Path: bookPath(b) + "/close?period=" + string(period), May: c.actor.Has(b.Path, monthClosers...)}
	if period < b.Start {
		row.State, row.May = "账套未启用", false
		return row, nil
	}
	if b.EndedOn != "" && period > b.EndedOn.Period() {
		row.State, row.May = "账套已停用", false
		return row, nil
	}
	if period <= b.ClosedThrough {
		row.State, row.Class, row.May = "已结账", "ok", false
		history, err := ledger.CloseHistory(tx, b)
		for _, h := range history {
			if h.Period == period && h.Act == "close" {
				done := people[h.Person] + " " + clock(h.At)[:16]
				row.Cells = []endCell{{Mark: done, Word: done}}
				break
			}
		}
		return row, err
	}
	checks, err := ledger.CloseChecks(tx, c.actor, b, period)
	if err != nil {
		return row, err
	}
	failed, warned, before := 0, 0, ""
	row.checked = map[string]endCell{}
	for _, k := range checks {
		p.column(k, before)
		before = k.Name
		cell := cellYes
		switch k.State {
		case ledger.NotEnabled:
			cell = cellOff
		case ledger.Failed:
			failed++
			cell = endCell{Class: "no", Mark: fmt.Sprint(max(1, len(k.Rows))), Word: k.Alone(), Path: row.Path}
			if len(k.Rows) == 1 {
				cell.Path = checkPath(b, period, k, k.Rows[0])
			}
		case ledger.Warned:
			warned++
			cell = endCell{Class: "look", Mark: "!", Word: k.Detail, Path: checkPath(b, period, k, ledger.CheckRow{})}
		}
		row.checked[k.Name] = cell
	}
	switch {
	case period != b.OldestOpen():
		row.State, row.Class, row.Path = "上月未结", "late", bookPath(b)+"/close"
	case failed > 0:
		row.State, row.Class = "检查未通过", "late"
	case !p.Due:
		row.State = "未到月末"
	case warned > 0:
		row.State, row.Class = "可以结账(有提示)", "wait"
	default:
		row.State, row.Class = "可以结账", "wait"
	}
	row.May = row.May && p.Due
	// What would be refused, or is to be looked at first, is not offered for closing with the rest.
	row.Ticked = row.May && period == b.OldestOpen() && failed+warned == 0
	return row, nil
}
