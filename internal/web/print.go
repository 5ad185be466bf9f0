package web

import (
	"fmt"
	"net/url"
	"slices"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// printRoutes are what is printed: who may read a book may print it.
func printRoutes() []route {
	return []route{
		{pattern: "GET /books/{book}/print", title: "打印", right: only(ledger.Readers...), show: showPrint},
		{pattern: "POST /books/{book}/print", title: "打印", right: only(ledger.Readers...), do: keepPrint},
		{pattern: "GET /books/{book}/print/vouchers", title: "打印凭证", right: only(ledger.Readers...), show: printVouchers},
		{pattern: "GET /books/{book}/print/ledgers", title: "打印账簿", right: only(ledger.Readers...), show: printLedgers},
		{pattern: "GET /vouchers/{document}/print", title: "打印凭证", right: only(ledger.Readers...), show: printVoucher},
	}
}

// printPage asks what of a book is printed, and how.
type printPage struct {
	Base
	printFields
	setupFields
	Book       ledger.Book
	Statements []choice
}

func showPrint(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	s, err := paper.SetupOf(tx, c.actor.County, c.actor.Person)
	if err != nil {
		return answer{}, err
	}
	q := c.r.URL.Query()
	for name, values := range setupForm(s) {
		q[name] = values
	}
	p := c.printPage(b, q)
	if q.Get("kept") != "" {
		p.Done = "打印设置已保存,以后在任何账套打印都按此设置"
	}
	return show("print/show", p)
}

// printPage draws the form with what is chosen in it.
func (c *call) printPage(b ledger.Book, q url.Values) *printPage {
	p := &printPage{Book: b, printFields: newPrintFields(q, b.Start, b.Today.Period(), b.Today.Period()), setupFields: newSetupFields(q)}
	p.Title, p.Tabs, p.Styles = b.Name+" 打印", c.tabs(b, "/print"), []string{"print.css"}
	for _, d := range statement.Declarations() {
		if slices.Contains(d.Charts, b.Chart) {
			p.Statements = append(p.Statements, choice{Value: d.Name, Title: d.Title, On: q.Get("name") == d.Name})
		}
	}
	return p
}

// keepPrint keeps how the person prints, and goes on to what is to be printed.
func keepPrint(c *call) (answer, error) {
	var b ledger.Book
	err := c.read(func(tx *store.Tx) error {
		var err error
		b, err = c.book(tx)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	s, err := c.typedSetup()
	if err == nil {
		err = c.write(func(tx *store.Tx) error { return paper.Keep(tx, c.actor.County, c.actor.Person, s) })
	}
	if err != nil {
		return redraw("print/show", c.printPage(b, c.r.PostForm), err)
	}
	q := url.Values{}
	take := func(names ...string) {
		for _, n := range names {
			if v := c.r.PostForm[n]; len(v) > 0 && v[0] != "" {
				q[n] = v
			}
		}
	}
	at := bookPath(b) + "/print"
	switch c.form("do") {
	case "vouchers":
		take("period", "word", "first", "last", "unposted")
		return goTo(at + "/vouchers?" + q.Encode())
	case "ledgers":
		take("through", "ledger")
		return goTo(at + "/ledgers?" + q.Encode())
	case "statement":
		take("from", "to")
		q.Set("format", "pdf")
		return goTo(bookPath(b) + "/statements/" + url.PathEscape(c.form("name")) + "?" + q.Encode())
	default:
		return goTo(at + "?kept=1")
	}
}

func printVouchers(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	r, gather, err := c.askedVouchers(b.Today.Period())
	if err != nil {
		return answer{}, err
	}
	vouchers, err := gather(tx, b)
	if err != nil {
		return answer{}, err
	}
	return c.sheets(tx, fmt.Sprintf("%s %s 凭证", b.Name, r.Period), func(s paper.Setup) ([]byte, error) { return paper.Vouchers(vouchers, s) })
}

func printVoucher(c *call, tx *store.Tx) (answer, error) {
	v, err := c.voucher(tx, c.r.PathValue("document"))
	if err != nil {
		return answer{}, err
	}
	one, err := gathered(tx, v)
	if err != nil {
		return answer{}, err
	}
	name := v.book.Name + " " + v.draft.Period().Chinese() + " " + v.label()
	return c.sheets(tx, name, func(s paper.Setup) ([]byte, error) { return paper.Vouchers([]paper.Voucher{one}, s) })
}

// gathered gives a voucher as it is printed, posted or not.
func gathered(tx *store.Tx, v voucher) (paper.Voucher, error) {
	if v.posted != nil {
		return paper.GatherPosted(tx, v.book, *v.posted)
	}
	d := v.draft
	d.State = v.state
	return paper.GatherDraft(tx, v.book, d)
}

func printLedgers(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	through, bind, err := c.askedLedgers(b.Today.Period())
	if err != nil {
		return answer{}, err
	}
	then, parts, err := bind(tx, b)
	if err != nil {
		return answer{}, err
	}
	name := fmt.Sprintf("%s %d 年度账簿", then.Name, through.Year())
	return c.sheets(tx, name, func(s paper.Setup) ([]byte, error) { return paper.Book(then, parts, s) })
}

// printReport gives a statement as sheets.
func (c *call) printReport(tx *store.Tx, r *statement.Report) (answer, error) {
	name := fmt.Sprintf("%s %s %s至%s", r.Entity, r.Title, r.From, r.To)
	return c.sheets(tx, name, func(s paper.Setup) ([]byte, error) { return paper.Reports([]*statement.Report{r}, s) })
}
