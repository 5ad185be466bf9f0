package web

import (
	"fmt"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
	"xiangzhang/internal/usual"
)

// templateRoutes are about usual vouchers; one is used by the form of a new voucher, ?template=.
func templateRoutes() []route {
	return []route{
		{pattern: "GET /books/{book}/templates", title: "常用凭证", right: only(voucherMakers...), show: showTemplates},
		{pattern: "GET /books/{book}/templates/offer", title: "常用凭证", right: only(voucherMakers...), show: offerTemplates},
		{pattern: "GET /books/{book}/templates/new", title: "存为常用凭证", right: only(voucherMakers...), show: newTemplate},
		{pattern: "GET /books/{book}/templates/{template}", title: "常用凭证", right: only(voucherMakers...), show: editTemplate},
		{pattern: "GET /books/{book}/templates/{template}/lines", title: "常用凭证", right: only(voucherMakers...), show: templateLines},
		{pattern: "POST /books/{book}/templates", title: "存为常用凭证", right: only(voucherMakers...), do: keepTemplate},
		{pattern: "POST /books/{book}/templates/{template}/end", title: "停用常用凭证", right: only(voucherMakers...), do: endTemplate},
		{pattern: "POST /books/{book}/templates/{template}/restore", title: "恢复常用凭证", right: only(voucherMakers...), do: restoreTemplate},
	}
}

// templatesPage lists the usual vouchers that a person is offered in a book.
type templatesPage struct {
	Base
	Book  ledger.Book
	Whole string // the office whose books templates may serve together
	Rows  []templateRow
	Ended []templateRow // taken out of use; they can be brought back
}

type templateRow struct {
	Template usual.Template
	Path     string
	Use      string
	Asks     string
	Problems []string // why it cannot be used as it stands
	Keep     bool     // the person may change it
	By       string
}

func templatePath(b ledger.Book, id string) string { return bookPath(b) + "/templates/" + id }

func showTemplates(c *call, tx *store.Tx) (answer, error) {
	b, err := c.makersBook(tx, "使用常用凭证")
	if err != nil {
		return answer{}, err
	}
	p, err := c.templatesPage(tx, b)
	if err != nil {
		return answer{}, err
	}
	return show("usual/templates", p)
}

func (c *call) templatesPage(tx *store.Tx, b ledger.Book) (*templatesPage, error) {
	p := &templatesPage{Book: b}
	p.Title, p.Tabs, p.Styles = "常用凭证", c.tabs(b, "/templates"), []string{"usual.css"}
	all, chart, err := c.templates(tx, b)
	if err != nil {
		return nil, err
	}
	unit, path := usual.Office(b)
	names, err := identity.Names(tx, b.County)
	if err != nil {
		return nil, err
	}
	office, err := org.Get(tx, b.County, unit)
	if err != nil {
		return nil, err
	}
	p.Whole = office.Name
	rows := func(all []usual.Template) (rows []templateRow) {
		for _, t := range all {
			rows = append(rows, templateRow{
				Template: t, Path: templatePath(b, t.ID), Use: bookPath(b) + "/vouchers/new?template=" + t.ID, By: names[t.ChangedBy],
				Asks: strings.Join(t.Asks(), "、"), Problems: problems(t.Misfits(chart, b)),
				Keep: t.Unit == 0 || t.Person != 0 || c.actor.Has(path, voucherMakers...),
			})
		}
		return rows
	}
	ended, err := usual.ListEnded(tx, c.actor, b)
	if err != nil {
		return nil, err
	}
	p.Rows, p.Ended = rows(all), rows(ended)
	return p, nil
}

// templates gives what a person is offered in a book, with the chart that it must fit.
func (c *call) templates(tx *store.Tx, b ledger.Book) ([]usual.Template, *ledger.Chart, error) {
	chart, err := ledger.ChartOf(tx, b, b.Today.Year())
	if err != nil {
		return nil, nil, err
	}
	all, err := usual.List(tx, c.actor, b)
	return all, chart, err
}

// problems says which lines a book cannot take as they stand.
func problems(all []usual.Unfit) (said []string) {
	for _, u := range all {
		said = append(said, fmt.Sprintf("第 %d 行:%s。%s", u.Line, u.Err.Message, u.Err.Hint))
	}
	return said
}

// templateOffer is a usual voucher as the script of the form lists it.
type templateOffer struct {
	ID       string   `json:"id"`
	Code     string   `json:"code"`
	Name     string   `json:"name"`
	Initials string   `json:"initials"`
	Whose    string   `json:"whose"`
	Asks     []string `json:"asks"`
	Problems []string `json:"problems"`
}

func offerTemplates(c *call, tx *store.Tx) (answer, error) {
	b, err := c.makersBook(tx, "使用常用凭证")
	if err != nil {
		return answer{}, err
	}
	all, chart, err := c.templates(tx, b)
	if err != nil {
		return answer{}, err
	}
	out := []templateOffer{}
	for _, t := range all {
		out = append(out, templateOffer{
			ID: t.ID, Code: t.Code, Name: t.Name, Initials: standard.Mnemonic(t.Name), Whose: whose(t),
			Asks: append([]string{}, t.Asks()...), Problems: append([]string{}, problems(t.Misfits(chart, b))...),
		})
	}
	return answer{data: out}, nil
}

func whose(t usual.Template) string {
	place := "本账套"
	if t.Unit != 0 {
		place = "全所"
	}
	if t.Person != 0 {
		return "我的 · " + place
	}
	return "共用 · " + place
}

// filledLines is what a template gives for the quantities that were answered.
type filledLines struct {
	Word     string     `json:"word"`
	Lines    []lineData `json:"lines"`
	Problems []string   `json:"problems"`
}

// templateLines fills a template for the script of the form.
func templateLines(c *call, tx *store.Tx) (answer, error) {
	b, err := c.makersBook(tx, "使用常用凭证")
	if err != nil {
		return answer{}, err
	}
	t, err := usual.Get(tx, c.actor, b, c.r.PathValue("template"))
	if err != nil {
		return answer{}, err
	}
	lines, err := t.Fill(c.answers(t))
	if err != nil {
		return tell(err)
	}
	form := &typing{}
	if err := form.load(tx, b, ""); err != nil {
		return answer{}, err
	}
	out := filledLines{Word: t.Word, Lines: []lineData{}, Problems: append([]string{}, problems(t.Misfits(form.chart, b))...)}
	before := false
	for _, l := range lines {
		half := ledger.Financial
		if before = isBudgetary(form.chart, l, before); before {
			half = ledger.Budgetary
		}
		out.Lines = append(out.Lines, form.data(halfKey(half), l))
	}
	return answer{data: out}, nil
}

// quantityField begins the names of the fields in which quantities are answered.
const quantityField = "q."

func (c *call) answers(t usual.Template) map[string]string {
	typed := map[string]string{}
	for _, name := range t.Asks() {
		typed[name] = c.query(quantityField + name)
	}
	return typed
}

// askPage asks the quantities of a template before it fills the form.
type askPage struct {
	Base
	Book     ledger.Book
	Template usual.Template
	Action   string
	Period   string
	Asks     []quantity
	Problems []string
	Rows     []askLine
}

type askLine struct {
	Number                          int
	Summary, Account, Debit, Credit string
}

type quantity struct {
	Field, Name, Value string
	Wrong              bool
}

// fromTemplate fills a new voucher with a template's lines. Where quantities are still to be answered it gives the page
// that asks them instead.
func (c *call) fromTemplate(tx *store.Tx, t *typing) (answer, error) {
	tpl, err := usual.Get(tx, c.actor, t.book, c.query("template"))
	if err != nil {
		return answer{}, err
	}
	typed := c.answers(tpl)
	lines, err := tpl.Fill(typed)
	misfits := tpl.Misfits(t.chart, t.book)
	if err == nil {
		t.draft.Lines, t.draft.Word, t.draft.Source = lines, tpl.Word, tpl.ID
		if len(misfits) > 0 {
			t.fail(&ledger.LineError{Line: t.lineOf(misfits[0].Line), Err: misfits[0].Err})
		}
		return answer{}, nil
	}
	p := &askPage{
		Book: t.book, Template: tpl, Action: bookPath(t.book) + "/vouchers/new", Period: c.query("period"), Problems: problems(misfits),
	}
	p.Title, p.Tabs, p.Styles = tpl.Name, c.tabs(t.book, "/templates"), []string{"usual.css"}
	for i, l := range tpl.Lines {
		p.Rows = append(p.Rows, askLine{i + 1, l.Summary, accountText(t.chart, l.Account), l.Debit, l.Credit})
	}
	asked := false
	for _, name := range tpl.Asks() {
		asked = asked || c.r.URL.Query().Has(quantityField+name)
		p.Asks = append(p.Asks, quantity{quantityField + name, name, typed[name], false})
	}
	if !asked {
		return show("usual/ask", p)
	}
	for i := range p.Asks {
		p.Asks[i].Wrong = fault.As(err) != nil && fault.As(err).Field == p.Asks[i].Name
	}
	return redraw("usual/ask", p, err)
}

// lineOf counts a template's line as the form does: the financial half first.
func (t *typing) lineOf(line int) int {
	target := t.draft.Lines[line-1]
	financial, budgetary := t.halves()
	for i, l := range append(financial, budgetary...) {
		if l == target {
			return i + 1
		}
	}
	return line
}
