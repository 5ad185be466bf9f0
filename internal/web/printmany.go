package web

import (
	"net/url"
	"slices"

	"xiangzhang/internal/batch"
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
	printFields
	Query      string
	Charts     []choice
	Groups     []tickGroup
	Count      int
	Ticked     int
	What       string // one of printWhats
	Statements []choice
}

// printWhats are what can be printed of many books.
var printWhats = []string{"vouchers", "ledgers", "statements"}

// showPrintMany draws the form, and goes on to the preview where it was asked for and something is chosen.
func showPrintMany(c *call, tx *store.Tx) (answer, error) {
	q := c.r.URL.Query()
	ids, what := tickedIDs(q), q.Get("what")
	if !slices.Contains(printWhats, what) {
		what = printWhats[0]
	}
	var missing *say
	switch {
	case q.Get("preview") == "":
	case len(ids) == 0:
		missing = &say{Message: "没有选账套", Hint: "请至少勾选一套账"}
	case what == "statements" && !q.Has("statement"):
		missing = sayFault(noStatement())
	default:
		return goTo("/print/preview?" + manyQuery(q, what, ids).Encode())
	}
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil || len(books) == 0 {
		return answer{}, orNotThere(err)
	}
	s := scope{books: books}
	first, last := s.span()
	p := &manyPage{printFields: newPrintFields(q, first, last, c.monthOf(s)), Query: c.query("q"), What: what}
	p.Styles, p.Scripts, p.Say = []string{"batch.css", "statement.css", "print.css"}, []string{"tick.js"}, missing
	for _, d := range statement.Declarations() {
		if !slices.Contains(statement.Bindable, d.Name) && (!slices.Contains(d.Options, statement.OptionAccount) || d.Name == "trial-balance") {
			p.Statements = append(p.Statements, choice{Value: d.Name, Title: d.Title, On: slices.Contains(q["statement"], d.Name)})
		}
	}
	chart := ledger.ChartName(c.query("chart"))
	p.Charts = chartChoices(chart)
	if p.Groups, err = c.tickGroups(tx, matchBooks(slices.Clone(books), p.Query), chart, ids); err != nil {
		return answer{}, err
	}
	p.Count, p.Ticked = countTicks(p.Groups)
	return show("print/many", p)
}

// orNotThere is what a page of books says to a person who may look into none.
func orNotThere(err error) error {
	if err != nil {
		return err
	}
	return notThere()
}

// manyQuery is what the preview and the document are asked with.
func manyQuery(q url.Values, what string, ids []int64) url.Values {
	out := url.Values{"books": {formatIDs(ids)}, "what": {what}}
	take := map[string][]string{
		"vouchers": {"period", "word", "first", "last", "unposted"}, "ledgers": {"through", "ledger"}, "statements": {"from", "to", "statement"},
	}
	for _, name := range take[what] {
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
	p := &manyPreview{What: ask.title, Parts: run.Parts, Print: "/print/sheets?" + q.Encode(), Back: "/print?" + q.Encode(), Setup: setupWords(ask.setup)}
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
