package web

import (
	"errors"
	"slices"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/usual"
)

// templatePage is the form on which a usual voucher is written.
type templatePage struct {
	Base
	Book     ledger.Book
	Template usual.Template
	Whole    string // the office whose books it may serve together
	WholeMay bool   // the person may keep what serves all of the office's books
	Words    []string
	Columns  []formColumn
	Rows     []templateLine
	Lists    []dataList
	Asks     []string
	Halves   bool
}

type templateLine struct {
	Number  int
	Half    string
	Summary string
	Account string
	Full    string
	Cells   []formCell
	Debit   string
	Credit  string
	Bad     string // the field that is wrong
	Error   string
}

// Rows that the form offers beyond those written: at first, and at a press.
const (
	templateRows = 3
	templateMore = 8
)

// newTemplate offers an empty form, or one with the lines of a voucher (?from=).
func newTemplate(c *call, tx *store.Tx) (answer, error) {
	b, err := c.makersBook(tx, "维护常用凭证")
	if err != nil {
		return answer{}, err
	}
	t := usual.Template{ID: document.NewID(), Word: "记"}
	if from := c.query("from"); from != "" {
		v, err := c.voucher(tx, from)
		if err != nil {
			return answer{}, err
		}
		if v.book.ID == b.ID {
			t.Word = v.draft.Word
			for _, l := range v.typed() {
				t.Lines = append(t.Lines, usual.Line(l))
				if t.Name == "" {
					t.Name = l.Summary
				}
			}
		}
	}
	p, err := c.templatePage(tx, b, t, templateRows, nil)
	if err != nil {
		return answer{}, err
	}
	return show("usual/template", p)
}

func editTemplate(c *call, tx *store.Tx) (answer, error) {
	b, err := c.makersBook(tx, "维护常用凭证")
	if err != nil {
		return answer{}, err
	}
	t, err := usual.Get(tx, c.actor, b, c.r.PathValue("template"))
	if err != nil {
		return answer{}, err
	}
	p, err := c.templatePage(tx, b, t, templateRows, nil)
	if err != nil {
		return answer{}, err
	}
	return show("usual/template", p)
}

// templatePage draws a template with blank rows after its lines; wrong, which may be nil, marks its line.
func (c *call) templatePage(tx *store.Tx, b ledger.Book, t usual.Template, blank int, wrong error) (*templatePage, error) {
	chart, err := ledger.ChartOf(tx, b, b.Today.Year())
	if err != nil {
		return nil, err
	}
	unit, path := usual.Office(b)
	office, err := org.Get(tx, b.County, unit)
	if err != nil {
		return nil, err
	}
	columns, kinds := chartColumns(chart)
	p := &templatePage{
		Book: b, Template: t, Whole: office.Name, WholeMay: c.actor.Has(path, voucherMakers...), Words: []string{"记", "收", "付", "转"},
		Lists: lists(chart, b, columns, kinds), Asks: t.Asks(), Halves: chart.TwoHalves(),
	}
	p.Title, p.Tabs, p.Styles = "常用凭证", c.tabs(b, "/templates"), []string{"usual.css"}
	for _, d := range columns {
		p.Columns = append(p.Columns, formColumn{string(d), d.Title()})
	}
	var at *ledger.LineError
	errors.As(wrong, &at)
	for i, l := range append(t.Lines[:len(t.Lines):len(t.Lines)], make([]usual.Line, blank)...) {
		typed := ledger.DraftLine(l)
		row := templateLine{
			Number: i + 1, Summary: l.Summary, Account: accountText(chart, l.Account), Full: accountText(chart, l.Account), Debit: l.Debit, Credit: l.Credit,
		}
		if a, ok := chart.Account(l.Account); ok && p.Halves {
			row.Half = a.Half.Title()
		}
		if at != nil && at.Line == i+1 {
			f := fault.As(at.Err)
			row.Error, row.Bad = f.Message, f.Field
		}
		for _, d := range columns {
			cell := formCell{Name: string(d), Title: d.Title(), Value: classText(chart, kinds[d], *dimensionOf(&typed, d)), Wrong: row.Bad == string(d)}
			if len(kinds[d]) > 0 {
				cell.List = string(d)
			}
			row.Cells = append(row.Cells, cell)
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// typedTemplate reads the form; blank rows are dropped, and the lines count without them.
func (c *call) typedTemplate(b ledger.Book, chart *ledger.Chart) usual.Template {
	t := usual.Template{ID: c.form("template"), Version: c.number("version"), Code: c.form("code"), Name: c.form("name"), Word: c.form("word")}
	if c.form("whose") != "shared" {
		t.Person = c.actor.Person
	}
	if c.form("scope") == "office" {
		t.Unit, _ = usual.Office(b)
	}
	columns, _ := chartColumns(chart)
	for i := range c.r.PostForm["l.account"] {
		at := func(name string) string {
			if v := c.r.PostForm["l."+name]; i < len(v) {
				return v[i]
			}
			return ""
		}
		l := ledger.DraftLine{Summary: at("summary"), Account: accountCode(chart, b, "", at("account")), Debit: at("debit"), Credit: at("credit")}
		for _, d := range columns {
			*dimensionOf(&l, d) = classCode(chart, d, at(string(d)))
		}
		if l != (ledger.DraftLine{}) {
			t.Lines = append(t.Lines, usual.Line(l))
		}
	}
	return t
}

// offeredOnly refuses a choice that the form does not have: what is not understood is not taken for another.
func (c *call) offeredOnly() error {
	for _, f := range []struct {
		field, title string
		offered      []string
	}{{"whose", "归属", []string{"own", "shared"}}, {"scope", "适用", []string{"book", "office"}}} {
		if typed := c.form(f.field); !slices.Contains(f.offered, typed) {
			return fault.Newf(fault.Invalid, "template-choice", "请从表单的选项中选择", "「%s」没有「%s」这一项", f.title, typed).In(f.field)
		}
	}
	return nil
}

// keepTemplate keeps a template as typed, or gives the form more rows.
func keepTemplate(c *call) (answer, error) {
	var b ledger.Book
	var t usual.Template
	err := c.read(func(tx *store.Tx) error {
		found, err := c.makersBook(tx, "维护常用凭证")
		if err != nil {
			return err
		}
		chart, err := ledger.ChartOf(tx, found, found.Today.Year())
		if err != nil {
			return err
		}
		b, t = found, c.typedTemplate(found, chart)
		_, err = document.ParseID(t.ID)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	if c.form("do") == doMore {
		var p *templatePage
		if err := c.read(func(tx *store.Tx) (err error) { p, err = c.templatePage(tx, b, t, templateMore, nil); return err }); err != nil {
			return answer{}, err
		}
		return show("usual/template", p)
	}
	if err = c.offeredOnly(); err == nil {
		err = c.write(func(tx *store.Tx) error { _, err := usual.Keep(tx, c.actor, b.ID, t); return err })
	}
	if err == nil || usual.IsTaken(err) {
		return goTo(bookPath(b) + "/templates")
	}
	read := func(tx *store.Tx) (*templatePage, error) { return c.templatePage(tx, b, t, templateRows, err) }
	return formAgain(c, "usual/template", err, read, nil)
}

func endTemplate(c *call) (answer, error) { return setTemplate(c, usual.End) }

func restoreTemplate(c *call) (answer, error) { return setTemplate(c, usual.Restore) }

// setTemplate takes a template out of use, or brings it back.
func setTemplate(c *call, set func(tx *store.Tx, by identity.Actor, book int64, id string, version int64) error) (answer, error) {
	var b ledger.Book
	err := c.write(func(tx *store.Tx) error {
		var err error
		if b, err = c.makersBook(tx, "维护常用凭证"); err != nil {
			return err
		}
		return set(tx, c.actor, b.ID, c.r.PathValue("template"), c.number("version"))
	})
	if err != nil {
		return answer{}, err
	}
	return goTo(bookPath(b) + "/templates")
}
