package web

import (
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// spreadRoutes enter the same voucher into many books.
func spreadRoutes() []route {
	return []route{
		{pattern: "GET /vouchers/{document}/spread", title: "录入多套账", right: only(voucherMakers...), show: showSpread},
	}
}

// spreadPage offers the books that a voucher may be entered into, and asks for the accounts where their chart is another.
type spreadPage struct {
	Base
	Source   string // document
	Label    string
	Book     ledger.Book
	Date     calendar.Date
	Document string // id of the batch
	Lines    []planLine
	Groups   []spreadGroup
	Charts   []spreadChart
	Count    int
}

// spreadGroup is books with one chart of one township.
type spreadGroup struct {
	Title string
	Books []spreadBook
}

type spreadBook struct {
	ledger.Book
	On bool
}

// spreadChart is another chart than the source's, with the accounts to be named in it.
type spreadChart struct {
	Name  ledger.ChartName
	Title string
	Rows  []spreadAccount
	List  []choice
}

type spreadAccount struct {
	Field string // map.village.1002
	From  string
	To    string
}

func showSpread(c *call, tx *store.Tx) (answer, error) {
	p, err := c.spreadPage(tx, c.r.PathValue("document"))
	if err != nil {
		return answer{}, err
	}
	return show("batch/spread", p)
}

// spreadAgain shows the page with what was typed on it, and what is wrong with that.
func (c *call) spreadAgain(wrong error) (answer, error) {
	read := func(tx *store.Tx) (*spreadPage, error) { return c.spreadPage(tx, c.form("source")) }
	return formAgain(c, "batch/spread", wrong, read, func(p *spreadPage) {
		p.Document, p.Date = c.form("document"), calendar.Date(c.form("date"))
		for _, g := range p.Groups {
			for i := range g.Books {
				g.Books[i].On = slices.Contains(c.r.PostForm["item"], strconv.FormatInt(g.Books[i].ID, 10))
			}
		}
		for _, chart := range p.Charts {
			for i := range chart.Rows {
				chart.Rows[i].To = c.form(chart.Rows[i].Field)
			}
		}
	})
}

func (c *call) spreadPage(tx *store.Tx, source string) (*spreadPage, error) {
	v, err := c.voucher(tx, source)
	if err != nil {
		return nil, err
	}
	chart, err := ledger.ChartOf(tx, v.book, v.draft.Period().Year())
	if err != nil {
		return nil, err
	}
	p := &spreadPage{
		Source: v.id, Label: v.label(), Book: v.book, Date: v.book.Today, Document: document.NewID(), Lines: planLines(chart, 1, v.typed()),
	}
	p.Title, p.Styles, p.Scripts = "录入多套账", []string{"batch.css"}, []string{"tick.js"}
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return nil, err
	}
	names, err := townshipNames(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(books, func(a, b ledger.Book) int { return groupOrder(a) - groupOrder(b) })
	for _, b := range books {
		if b.ID == v.book.ID || !c.actor.Has(b.Path, voucherMakers...) {
			continue
		}
		if b.Chart != v.book.Chart && !slices.ContainsFunc(p.Charts, func(s spreadChart) bool { return s.Name == b.Chart }) {
			other, err := spreadChartOf(tx, chart, b, v)
			if err != nil {
				return nil, err
			}
			p.Charts = append(p.Charts, other)
		}
		title := groupTitle(names, b)
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Title != title {
			p.Groups = append(p.Groups, spreadGroup{Title: title})
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Books = append(g.Books, spreadBook{Book: b})
		p.Count++
	}
	return p, nil
}

// spreadChartOf asks for the accounts of a chart that stand for those of the voucher, and offers those of the same name.
func spreadChartOf(tx *store.Tx, from *ledger.Chart, b ledger.Book, v voucher) (spreadChart, error) {
	to, err := ledger.ChartOf(tx, b, b.Today.Year())
	if err != nil {
		return spreadChart{}, err
	}
	s := spreadChart{Name: b.Chart, Title: chartTitles[b.Chart]}
	seen := map[string]bool{}
	for _, l := range v.typed() {
		a, ok := from.Account(l.Account)
		if !ok || seen[a.Code] || a.Half == ledger.Budgetary && !to.TwoHalves() {
			continue
		}
		seen[a.Code] = true
		row := spreadAccount{Field: mapField(b.Chart, a.Code), From: accountText(from, a.Code)}
		if found := batch.Suggest(from, to, b, a.Code); found != "" {
			row.To = accountText(to, found)
		}
		s.Rows = append(s.Rows, row)
	}
	for _, a := range to.Accounts() {
		if a.Leaf {
			s.List = append(s.List, choice{Value: a.Code + " " + a.FullName, Title: a.Mnemonic})
		}
	}
	return s, nil
}

func mapField(chart ledger.ChartName, account string) string {
	return "map." + string(chart) + "." + account
}

// spreadFields are the fields of the page that the preview carries on.
func (c *call) spreadFields() []choice {
	var out []choice
	for name, values := range c.r.PostForm {
		if name == "source" || name == "date" || strings.HasPrefix(name, "map.") {
			out = append(out, choice{Title: name, Value: values[0]})
		}
	}
	slices.SortFunc(out, func(a, b choice) int { return strings.Compare(a.Title, b.Title) })
	return out
}

// spreadItems makes the voucher of each book that was ticked.
func (c *call) spreadItems(values []string) ([]batch.Item, error) {
	var out []batch.Item
	err := c.read(func(tx *store.Tx) error {
		for _, value := range values {
			id, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return notThere()
			}
			b, err := ledger.See(tx, c.actor, id)
			if err != nil {
				return err
			}
			d, _, err := c.spreadDraft(tx, b)
			if err != nil {
				return err
			}
			out = append(out, batch.Item{Book: b.ID, Draft: &d})
		}
		return nil
	})
	return out, err
}

// spreadDraft fits the source voucher to a book.
func (c *call) spreadDraft(tx *store.Tx, b ledger.Book) (batch.Draft, []string, error) {
	date, err := calendar.ParseDate(c.form("date"))
	if err != nil {
		return batch.Draft{}, nil, fieldFault(err, "date")
	}
	v, err := c.voucher(tx, c.form("source"))
	if err != nil {
		return batch.Draft{}, nil, err
	}
	from, err := ledger.ChartOf(tx, v.book, v.draft.Period().Year())
	if err != nil {
		return batch.Draft{}, nil, err
	}
	to, err := ledger.ChartOf(tx, b, date.Year())
	if err != nil {
		return batch.Draft{}, nil, err
	}
	mapped := map[string]string{}
	for _, l := range v.typed() {
		mapped[l.Account] = accountCode(to, ledger.Book{}, "", c.form(mapField(b.Chart, l.Account)))
	}
	lines, changes, err := batch.Fit(from, to, b, v.typed(), mapped)
	if err != nil {
		return batch.Draft{}, nil, err
	}
	return batch.Draft{Date: string(date), Word: v.draft.Word, Attachments: v.draft.Attachments, Note: v.draft.Note, Lines: lines}, changes, nil
}

// spreadRow shows what a book gets.
func (c *call) spreadRow(tx *store.Tx, b ledger.Book, row *previewRow) error {
	d, changes, err := c.spreadDraft(tx, b)
	if err != nil {
		return err
	}
	chart, err := ledger.ChartOf(tx, b, calendar.Date(d.Date).Year())
	if err != nil {
		return err
	}
	row.Notes, row.Lines, row.Date, row.Label = changes, planLines(chart, 1, d.Lines), d.Date, "新"
	for _, l := range d.Lines {
		if row.Summary == "" {
			row.Summary = l.Summary
		}
		if fen, err := money.Parse(l.Debit); err == nil && l.Half != ledger.Budgetary {
			row.Amount += fen
		}
	}
	row.Maker = c.actor.Name
	return nil
}
