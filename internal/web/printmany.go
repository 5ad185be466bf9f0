package web

import (
	"fmt"
	"net/url"
	"slices"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// printManyRoutes print the same of many books as one document: who may read the books may print them.
func printManyRoutes() []route {
	return []route{
		{pattern: "GET /print", title: "批量打印", right: only(ledger.Readers...), show: showPrintMany},
		{pattern: "GET /print/preview", title: "批量打印预览", right: only(ledger.Readers...), do: previewPrintMany},
		{pattern: "GET /print/sheets", title: "批量打印", right: only(ledger.Readers...), do: printMany},
	}
}

// manyPage asks which books are printed, and what of each.
type manyPage struct {
	Base
	Query      string
	Charts     []choice
	Groups     []tickGroup
	Count      int
	Ticked     int
	Months     []choice
	Words      []choice
	First      string
	Last       string
	Unposted   bool
	Through    []choice
	Ledgers    []choice
	Statements []choice
	From, To   []choice
}

// printWhats are what can be printed of many books.
var printWhats = []string{"vouchers", "ledgers", "statements"}

func showPrintMany(c *call, tx *store.Tx) (answer, error) {
	q := c.r.URL.Query()
	ids := tickedIDs(q)
	if what := q.Get("what"); len(ids) > 0 && slices.Contains(printWhats, what) {
		return goTo("/print/preview?" + manyQuery(q, ids).Encode())
	}
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil || len(books) == 0 {
		return answer{}, orNotThere(err)
	}
	p := &manyPage{Query: c.query("q"), First: q.Get("first"), Last: q.Get("last"), Unposted: q.Get("unposted") != ""}
	p.Styles, p.Scripts = []string{"statement.css", "print.css"}, []string{"tick.js"}
	if q.Has("what") {
		p.Say = &say{Message: "没有选账套", Hint: "请至少勾选一套账"}
	}
	chart := ledger.ChartName(c.query("chart"))
	p.Charts = chartChoices(chart)
	if p.Groups, err = c.tickGroups(tx, matchBooks(slices.Clone(books), p.Query), chart, ids); err != nil {
		return answer{}, err
	}
	p.Count, p.Ticked = countTicks(p.Groups)
	c.manyChoices(p, books, q)
	return show("print/many", p)
}

// orNotThere is what a page of books says to a person who may look into none.
func orNotThere(err error) error {
	if err != nil {
		return err
	}
	return notThere()
}

// manyChoices fills the fields with what was chosen, or with what is usual.
func (c *call) manyChoices(p *manyPage, books []ledger.Book, q url.Values) {
	s := scope{books: books}
	first, last := s.span()
	at := c.monthOf(s)
	chosen := func(name string, otherwise calendar.Period) calendar.Period {
		if m, err := calendar.ParsePeriod(q.Get(name)); err == nil {
			return m
		}
		return otherwise
	}
	p.Months = months(first, last, chosen("period", at))
	p.Through = months(first, last, chosen("through", at))
	p.From = months(first, last, chosen("from", max(calendar.PeriodOf(at.Year(), 1), first)))
	p.To = months(first, last, chosen("to", at))
	p.Words = voucherWords(q["word"])
	for _, d := range statement.Declarations() {
		switch {
		case slices.Contains(statement.Bindable, d.Name):
			p.Ledgers = append(p.Ledgers, choice{Value: d.Name, Title: d.Title, On: !q.Has("ledger") || slices.Contains(q["ledger"], d.Name)})
		case !slices.Contains(d.Options, statement.OptionAccount) || d.Name == "trial-balance":
			p.Statements = append(p.Statements, choice{Value: d.Name, Title: d.Title, On: slices.Contains(q["statement"], d.Name)})
		}
	}
}

// manyQuery is what the preview and the document are asked with.
func manyQuery(q url.Values, ids []int64) url.Values {
	out := url.Values{"books": {formatIDs(ids)}, "what": {q.Get("what")}}
	take := map[string][]string{
		"vouchers": {"period", "word", "first", "last", "unposted"}, "ledgers": {"through", "ledger"}, "statements": {"from", "to", "statement"},
	}
	for _, name := range take[q.Get("what")] {
		if v := q[name]; len(v) > 0 && v[0] != "" {
			out[name] = v
		}
	}
	return out
}

// manyPreview says of each book what will be printed of it, or why nothing will.
type manyPreview struct {
	Base
	What   string
	Parts  []paper.Part
	Good   int
	Bad    int
	Sheets int
	Setup  string
	Print  string // address of the document
	Back   string
}

func previewPrintMany(c *call) (answer, error) {
	ask, err := c.readAsk()
	if err != nil {
		return answer{}, err
	}
	var run *paper.Run
	if err := c.drawing(func() (err error) { run, err = c.run(ask, true); return err }); err != nil {
		return answer{}, err
	}
	q := c.r.URL.Query()
	p := &manyPreview{What: ask.title, Parts: run.Parts, Print: "/print/sheets?" + q.Encode(), Back: "/print?" + manyBack(q), Setup: setupWords(ask.setup)}
	p.Styles = []string{"batch.css"}
	for _, part := range p.Parts {
		if part.Refusal != nil {
			p.Bad++
		} else {
			p.Good++
			p.Sheets += part.Sheets
		}
	}
	return show("print/preview", p)
}

// manyBack opens the form again with what was chosen in it.
func manyBack(q url.Values) string {
	q.Del("what")
	return q.Encode()
}

func setupWords(s paper.Setup) string {
	words := "每份一页"
	for _, f := range printForms {
		if f[0] == string(s.Form) {
			words = f[1]
		}
	}
	return fmt.Sprintf("凭证纸 %s,%d 份", words, s.Copies)
}

func printMany(c *call) (answer, error) {
	ask, err := c.readAsk()
	if err != nil {
		return answer{}, err
	}
	return c.runFile(ask)
}

// printBatch prints what was done in a batch of vouchers, book by book.
func printBatch(c *call) (answer, error) {
	ask := manyAsk{title: "批量办理的凭证"}
	err := c.read(func(tx *store.Tx) error {
		b, err := batch.Get(tx, c.actor, c.r.PathValue("batch"))
		if err != nil {
			return err
		}
		of, books, err := c.doneIn(tx, b)
		if err != nil {
			return err
		}
		ask.books = books
		ask.add = func(tx *store.Tx, run *paper.Run, b ledger.Book) error { return c.gatherItems(tx, run, b, of[b.ID]) }
		ask.setup, err = paper.SetupOf(tx, c.actor.County, c.actor.Person)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return c.runFile(ask)
}

func (c *call) runFile(ask manyAsk) (answer, error) {
	return answer{file: pdfFile(ask.title, func() ([]byte, error) {
		run, err := c.run(ask, false)
		if err != nil {
			return nil, err
		}
		return run.Bytes()
	})}, nil
}

// doneIn gives the vouchers of a batch that were done, by book in the order of the batch.
func (c *call) doneIn(tx *store.Tx, b batch.Batch) (of map[int64][]batch.Item, books []ledger.Book, err error) {
	of = map[int64][]batch.Item{}
	for _, it := range b.Items {
		if !b.Kind.OfVouchers() || it.State != batch.Done {
			continue
		}
		if of[it.Book] == nil {
			book, err := ledger.See(tx, c.actor, it.Book)
			if err != nil {
				return nil, nil, err
			}
			books = append(books, book)
		}
		of[it.Book] = append(of[it.Book], it)
	}
	return of, books, nil
}

func (c *call) gatherItems(tx *store.Tx, run *paper.Run, b ledger.Book, items []batch.Item) error {
	var vouchers []paper.Voucher
	for _, it := range items {
		v, err := c.voucher(tx, it.Document)
		if err != nil {
			return err
		}
		one, err := gathered(tx, v)
		if err != nil {
			return err
		}
		vouchers = append(vouchers, one)
	}
	run.Vouchers(b, vouchers)
	return nil
}

// manyAsk is what is printed of each of several books.
type manyAsk struct {
	title string
	books []ledger.Book
	setup paper.Setup
	add   func(tx *store.Tx, run *paper.Run, b ledger.Book) error
}

// readAsk reads what the address asks for.
func (c *call) readAsk() (ask manyAsk, err error) {
	err = c.read(func(tx *store.Tx) error {
		s, err := c.pickedScope(tx)
		if err != nil {
			return err
		}
		if ask, err = c.manyAsk(s); err != nil {
			return err
		}
		ask.books = s.books
		ask.setup, err = paper.SetupOf(tx, c.actor.County, c.actor.Person)
		return err
	})
	return ask, err
}

// run makes a document, each book read and drawn by itself; with count it only counts the sheets.
func (c *call) run(ask manyAsk, count bool) (*paper.Run, error) {
	run, err := paper.NewRun(ask.title, ask.setup, count)
	if err != nil {
		return nil, err
	}
	for _, b := range ask.books {
		err := c.read(func(tx *store.Tx) error { return ask.add(tx, run, b) })
		if f := fault.As(err); f != nil {
			run.Refuse(b, f)
		} else if err != nil {
			return nil, err
		}
	}
	return run, nil
}

func (c *call) manyAsk(s scope) (manyAsk, error) {
	switch c.query("what") {
	case "vouchers":
		return c.askVouchers(s)
	case "ledgers":
		return c.askLedgers(s)
	case "statements":
		return c.askStatements(s)
	default:
		return manyAsk{}, notThere()
	}
}

func (c *call) askVouchers(s scope) (manyAsk, error) {
	r, err := c.voucherRange(s.latest())
	if err != nil {
		return manyAsk{}, err
	}
	unposted := c.query("unposted") != ""
	return manyAsk{title: s.entity + " " + string(r.Period) + " 凭证", add: func(tx *store.Tx, run *paper.Run, b ledger.Book) error {
		vouchers, err := paper.Gather(tx, c.actor, b, r, unposted)
		if err == nil {
			run.Vouchers(b, vouchers)
		}
		return err
	}}, nil
}

func (c *call) askLedgers(s scope) (manyAsk, error) {
	through, err := c.period("through", s.latest())
	if err != nil {
		return manyAsk{}, err
	}
	names := c.r.URL.Query()["ledger"]
	if len(names) == 0 {
		names = statement.Bindable
	}
	return manyAsk{title: fmt.Sprintf("%s %d 年度账簿", s.entity, through.Year()), add: func(tx *store.Tx, run *paper.Run, b ledger.Book) error {
		parts, err := statement.Bind(tx, b, names, through)
		if err != nil {
			return err
		}
		then, err := ledger.AsOf(tx, b, through.Last())
		if err == nil {
			run.Ledgers(then, parts)
		}
		return err
	}}, nil
}

func (c *call) askStatements(s scope) (manyAsk, error) {
	to, err := c.period("to", s.latest())
	if err != nil {
		return manyAsk{}, err
	}
	from, err := c.period("from", calendar.PeriodOf(to.Year(), 1))
	if err != nil {
		return manyAsk{}, err
	}
	var chosen []statement.Declaration
	for _, name := range c.r.URL.Query()["statement"] {
		d, err := statement.Find(name)
		if err != nil {
			return manyAsk{}, err
		}
		chosen = append(chosen, d)
	}
	if len(chosen) == 0 {
		return manyAsk{}, fault.New(fault.Invalid, "print-no-statement", "没有选报表", "请回到批量打印,至少勾选一张报表").In("statement")
	}
	return manyAsk{title: s.entity + " " + span(from, to) + " 报表", add: func(tx *store.Tx, run *paper.Run, b ledger.Book) error {
		var reports []*statement.Report
		for _, d := range chosen {
			if !slices.Contains(d.Charts, b.Chart) {
				continue // a village has no budget statement: the others are printed
			}
			ask := statement.Request{Name: d.Name, Books: []ledger.Book{b}, From: max(from, b.Start), To: to}
			if slices.Contains(d.Options, statement.OptionLevels) {
				ask.Levels = statement.AllLevels
			}
			report, err := statement.Make(tx, ask)
			if err != nil {
				return err
			}
			reports = append(reports, report)
		}
		if len(reports) == 0 {
			return fault.Newf(fault.Refused, "print-other-chart", "请选择该账套有的报表", "所选报表不适用于账套%s(%s)", b.Name, chartTitles[b.Chart])
		}
		run.Reports(b, reports)
		return nil
	}}, nil
}
