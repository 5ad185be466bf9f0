package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// statementsPage lists the statements that books can be asked for.
type statementsPage struct {
	Base
	Pick     string // where books are ticked; empty: of one book
	Sections []statementSection
}

type statementSection struct {
	Title string // empty: the page's own says it
	Note  string
	Links []choice
}

func showBookStatements(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	p := &statementsPage{}
	p.Title, p.Tabs = b.Name+" 报表", c.tabs(b, "/statements")
	p.Sections = []statementSection{{Links: statementLinks(bookPath(b), b.Chart, true)}}
	return show("ledger/list", p)
}

// statementLinks gives the statements of a chart: of one book, or of a unit's books that are added up.
func statementLinks(path string, chart ledger.ChartName, one bool) []choice {
	var out []choice
	for _, d := range statement.Declarations() {
		if slices.Contains(d.Charts, chart) {
			to := path + "/statements/" + d.Name
			if !one {
				to += "?chart=" + string(chart)
			}
			out = append(out, choice{Value: to, Title: d.Title})
		}
	}
	return out
}

var chartOrder = []ledger.ChartName{ledger.Government, ledger.Village, ledger.GeneralBudget}

var chartTitles = map[ledger.ChartName]string{
	ledger.Government: "行政事业单位账", ledger.Village: "村集体账", ledger.GeneralBudget: "财政总会计账",
}

// statementsMost is how many units the list of consolidated statements shows.
const statementsMost = 60

// showStatements lists the units whose books can be added up.
func showStatements(c *call, tx *store.Tx) (answer, error) {
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return answer{}, err
	}
	counts := map[int64]map[ledger.ChartName]int{}
	for _, b := range books {
		for _, id := range org.Ancestors(b.Path) {
			if counts[id] == nil {
				counts[id] = map[ledger.ChartName]int{}
			}
			counts[id][b.Chart]++
		}
	}
	p := &statementsPage{Pick: "/statements/pick"}
	for _, path := range c.paths(ledger.Readers...) {
		units, err := org.List(tx, c.actor.County, path, "")
		if err != nil {
			return answer{}, err
		}
		for _, u := range units {
			for _, chart := range chartOrder {
				n := counts[u.ID][chart]
				if n < 1 || n == 1 && u.Path != path || len(p.Sections) >= statementsMost {
					continue
				}
				p.Sections = append(p.Sections, statementSection{
					Title: u.Name + " · " + chartTitles[chart], Note: merged(n),
					Links: statementLinks(fmt.Sprintf("/units/%d", u.ID), chart, false),
				})
			}
		}
	}
	return show("ledger/list", p)
}

// merged says how many books a statement adds up.
func merged(n int) string {
	if n == 1 {
		return "1 套账"
	}
	return fmt.Sprintf("%d 套账合并", n)
}

// tickPage offers books to tick, for a statement of all that are ticked.
type tickPage struct {
	Base
	Query  string
	Name   string
	Names  []choice
	Charts []choice
	Groups []tickGroup
	Count  int
	Ticked int
}

type tickGroup struct {
	Title string
	Rows  []tickRow
}

type tickRow struct {
	ID    int64
	Code  string
	Name  string
	Chart string
	On    bool
}

// showPick offers the books, or, once some are ticked and a statement is chosen, goes to it.
func showPick(c *call, tx *store.Tx) (answer, error) {
	q := c.r.URL.Query()
	ids := tickedIDs(q)
	name := c.query("name")
	if name == "" {
		name = "trial-balance"
	}
	if len(ids) > 0 && q.Has("show") {
		return goTo("/statements/" + url.PathEscape(name) + "?books=" + formatIDs(ids))
	}
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return answer{}, err
	}
	p := &tickPage{Query: c.query("q"), Name: name}
	p.Styles, p.Scripts = []string{"statement.css"}, []string{"tick.js"}
	if q.Has("show") {
		p.Say = &say{Message: "没有选账套", Hint: "请至少勾选一套账"}
	}
	for _, d := range statement.Declarations() {
		p.Names = append(p.Names, choice{Value: d.Name, Title: d.Title, On: d.Name == name})
	}
	chart := ledger.ChartName(c.query("chart"))
	p.Charts = chartChoices(chart)
	if p.Groups, err = c.tickGroups(tx, matchBooks(books, p.Query), chart, ids); err != nil {
		return answer{}, err
	}
	p.Count, p.Ticked = countTicks(p.Groups)
	return show("ledger/pick", p)
}

// tickedIDs reads the books that a form ticks, or that an address names as it came from one.
func tickedIDs(q url.Values) []int64 {
	var ids []int64
	for _, text := range q["book"] {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	if before, err := parseIDs(q.Get("books")); err == nil {
		ids = append(ids, before...)
	}
	return ids
}

func chartChoices(on ledger.ChartName) []choice {
	out := []choice{{Title: "全部账套", On: on == ""}}
	for _, one := range chartOrder {
		out = append(out, choice{Value: string(one), Title: chartTitles[one], On: on == one})
	}
	return out
}

// tickGroups offers the books of a chart, and whatever else is ticked, township by township.
func (c *call) tickGroups(tx *store.Tx, books []ledger.Book, chart ledger.ChartName, ids []int64) ([]tickGroup, error) {
	var out []tickGroup
	names, err := townshipNames(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	for _, b := range books {
		on := slices.Contains(ids, b.ID)
		if chart != "" && b.Chart != chart && !on {
			continue
		}
		title := groupTitle(names, b)
		at := slices.IndexFunc(out, func(g tickGroup) bool { return g.Title == title })
		if at < 0 {
			at = len(out)
			out = append(out, tickGroup{Title: title})
		}
		out[at].Rows = append(out[at].Rows, tickRow{b.ID, b.Code, b.Name, chartTitles[b.Chart], on})
	}
	return out, nil
}

func countTicks(groups []tickGroup) (all, ticked int) {
	for _, g := range groups {
		for _, row := range g.Rows {
			all++
			if row.On {
				ticked++
			}
		}
	}
	return all, ticked
}

// formsPage lists the rows of the forms with their formulas and sources.
type formsPage struct {
	Base
	Forms []statement.Form
	Open  int
}

func showForms(c *call, tx *store.Tx) (answer, error) {
	p := &formsPage{Forms: statement.Forms()}
	p.Styles = []string{"statement.css"}
	for _, f := range p.Forms {
		p.Open += f.Open
	}
	return show("ledger/forms", p)
}
