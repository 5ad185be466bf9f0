package web

import (
	"strconv"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// voucherForm is a voucher as a person writes it.
type voucherForm struct {
	Base
	Book        ledger.Book
	Action      string
	Document    string
	Version     int64
	Source      string // what it was copied or made from
	Number      string // 记-0012, once it has one
	Date        string
	Word        string
	Words       []string
	Attachments string
	Note        string
	NoteAsked   bool // the budgetary half is not what was proposed
	Columns     []formColumn
	Halves      []formHalf
	Lists       []dataList // without script, where the person asked for them
	Person      int64      // whose drafts the browser keeps
	Period      string     // month of the balances that the look-up shows
	Wrong       map[string]bool
	TwoHalves   bool
	Months      string
	Last        string // address of the voucher that was written before, to copy
	Pane        filesPane
}

// formColumn is a dimension that lines of the book take.
type formColumn struct {
	Name  string
	Title string
}

// formHalf is one of the two grids.
type formHalf struct {
	Key      string // f or b: the fields' names begin so
	Title    string
	Rows     []formRow
	Debit    money.Fen
	Credit   money.Fen
	Balanced bool
	Blank    bool
	Diff     string
	Capitals string
}

// formRow is one line; Line counts the lines of its half that are not blank.
type formRow struct {
	Line    int
	Summary string
	Account string // code and name
	Full    string // with the names above it
	Takes   string // the dimensions of its account, ! behind those that it demands; "?": the account is not known
	Cells   []formCell
	Debit   string
	Credit  string
	Wrong   map[string]bool // by field
	Place   string
	Errors  []string
}

type formCell struct {
	Name  string
	Title string
	Short string
	List  string
	Value string
	Wrong bool
}

// What the buttons of the form do.
const (
	doSave    = "save"
	doSubmit  = "submit"
	doAnother = "another" // submit, then a new form
	doPropose = "propose"
	doMore    = "more"
	doLists   = "lists" // with lists to choose from, where no script looks up
)

// Rows that a form offers: at first, and more at a press.
const (
	rowsFinancial = 5
	rowsBudgetary = 3
	rowsMore      = 6
)

// form draws the voucher as it was typed.
func (t *typing) form(c *call) *voucherForm {
	b := t.book
	c.opened(b)
	p := &voucherForm{
		Book: b, Document: t.draft.Document, Version: t.version, Source: t.draft.Source, Date: t.draft.Date, Word: t.draft.Word, Note: t.draft.Note,
		Words: []string{"记", "收", "付", "转"}, TwoHalves: t.chart.TwoHalves(), NoteAsked: t.draft.Note != "" || fault.HasCode(t.wrong, "proposal-altered"),
		Action: bookPath(b) + "/vouchers", Months: monthsSentence(b), Person: c.actor.Person, Period: string(b.Today.Period()), Wrong: map[string]bool{},
	}
	p.Title, p.Tabs = "录入凭证", c.tabs(b, "/vouchers/new")
	p.Styles, p.Scripts = []string{"grid.css", "usual.css", "files.css"}, []string{"grid.js", "summary.js", "template.js", "files.js"}
	if d, err := calendar.ParseDate(t.draft.Date); err == nil {
		p.Period = string(d.Period())
	}
	if c.form("lists") != "" || c.form("do") == doLists {
		p.Lists = lists(t.chart, b, t.columns, t.kinds)
	}
	if p.Attachments = t.sheets; p.Attachments == "" && t.draft.Attachments != 0 {
		p.Attachments = strconv.FormatInt(t.draft.Attachments, 10)
	}
	if t.draft.Number != 0 {
		p.Number = ledger.Number{Word: t.draft.Word, Number: t.draft.Number}.Label()
	}
	for _, d := range t.columns {
		p.Columns = append(p.Columns, formColumn{string(d), d.Title()})
	}
	financial, budgetary := t.halves()
	p.Halves = []formHalf{t.half("f", ledger.Financial, financial, rowsFinancial)}
	if p.TwoHalves {
		p.Halves = append(p.Halves, t.half("b", ledger.Budgetary, budgetary, rowsBudgetary))
	} else {
		p.Halves[0].Title = "分录"
	}
	p.Say = t.say()
	for _, m := range t.marks {
		if m.Half == "" {
			p.Wrong[m.Field] = true
		}
	}
	return p
}

func monthsSentence(b ledger.Book) string {
	first, last := b.OldestOpen(), b.Today.Period()
	if first == last {
		return "可记入 " + first.Chinese()
	}
	return "可记入 " + first.Chinese() + "至 " + last.Chinese()
}

// half draws one grid.
func (t *typing) half(key string, half ledger.Half, lines []ledger.DraftLine, least int) formHalf {
	h := formHalf{Key: key, Title: half.Title(), Blank: true}
	for i, l := range lines {
		r := t.row(l)
		r.Line = i + 1
		for _, m := range t.marks {
			if m.Half == key && m.Line == r.Line {
				r.Place, r.Wrong[m.Field] = t.placeOf(key, r.Line), true
				r.Errors = append(r.Errors, m.Message)
			}
		}
		for j := range r.Cells {
			r.Cells[j].Wrong = r.Wrong[r.Cells[j].Name]
		}
		debit, _ := money.Parse(l.Debit) // what cannot be read is refused when the voucher is submitted
		credit, _ := money.Parse(l.Credit)
		h.Debit += debit
		h.Credit += credit
		h.Blank = h.Blank && debit == 0 && credit == 0
		h.Rows = append(h.Rows, r)
	}
	for range max(least-len(lines), 1) + t.extra {
		h.Rows = append(h.Rows, t.row(ledger.DraftLine{}))
	}
	h.Balanced = h.Debit == h.Credit
	switch {
	case h.Debit > h.Credit:
		h.Diff = "借方多 " + (h.Debit - h.Credit).String() + " 元"
	case h.Debit < h.Credit:
		h.Diff = "贷方多 " + (h.Credit - h.Debit).String() + " 元"
	}
	if h.Balanced && h.Debit > 0 {
		h.Capitals = h.Debit.Capital()
	}
	return h
}

func (t *typing) row(l ledger.DraftLine) formRow {
	r := formRow{
		Summary: l.Summary, Account: accountText(t.chart, l.Account), Full: accountText(t.chart, l.Account), Takes: takesText(t.chart, l.Account),
		Debit: l.Debit, Credit: l.Credit, Wrong: map[string]bool{},
	}
	for _, d := range t.columns {
		cell := formCell{Name: string(d), Title: d.Title(), Short: shortTitles[d], Value: classText(t.chart, t.kinds[d], *dimensionOf(&l, d))}
		if len(t.kinds[d]) > 0 {
			cell.List = string(d)
		}
		r.Cells = append(r.Cells, cell)
	}
	return r
}

// shortTitles name the dimensions where a cell has little room.
var shortTitles = map[ledger.Dimension]string{
	ledger.Function: "功能", ledger.Economic: "经济", ledger.Project: "项目", ledger.Fund: "资金", ledger.Party: "往来",
}

// newVoucher offers an empty form, or one filled with the lines of another voucher.
func newVoucher(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	if err := c.actor.Require(b.Path, "录入凭证", voucherMakers...); err != nil {
		return answer{}, err
	}
	if err := c.actor.NewWork(b.Path, voucherMakers...); err != nil {
		return answer{}, err // before anything is typed
	}
	period, err := c.period("period", b.Today.Period())
	if err != nil {
		return answer{}, err
	}
	date := b.Today
	if period != date.Period() && b.Open(period) {
		date = period.Last()
	}
	t := &typing{draft: ledger.DraftVoucher{Document: document.NewID(), Book: b.ID, Date: string(date), Word: "记"}}
	if err := t.load(tx, b, t.draft.Date); err != nil {
		return answer{}, err
	}
	var copied *copied
	if from := c.query("copy"); from != "" {
		if copied, err = c.copyInto(tx, t, from); err != nil {
			return answer{}, err
		}
	}
	if c.query("template") != "" {
		if a, err := c.fromTemplate(tx, t); err != nil || a.page != nil {
			return a, err // the page that asks the template's quantities
		}
	}
	p := t.form(c)
	copied.tell(p)
	if done := c.query("done"); done != "" {
		if v, err := c.voucher(tx, done); err == nil {
			p.Done, p.Last = v.label()+" 已"+ledger.VoucherKind.Step("submit").Title, done
		}
	}
	return show("voucher/form", p)
}

// editVoucher offers a draft or a returned voucher for further writing.
func editVoucher(c *call, tx *store.Tx) (answer, error) {
	v, err := c.voucher(tx, c.r.PathValue("document"))
	if err != nil {
		return answer{}, err
	}
	if v.state != ledger.Draft && v.state != ledger.Returned || v.draft.Reverses != nil {
		return goTo(voucherPath(v.id))
	}
	if err := c.actor.Require(v.book.Path, "修改凭证", voucherMakers...); err != nil {
		return answer{}, err
	}
	t := &typing{draft: v.draft, version: v.version}
	if err := t.load(tx, v.book, v.draft.Date); err != nil {
		return answer{}, err
	}
	p := t.form(c)
	if v.state == ledger.Returned {
		reason, err := reasonOf(tx, c.actor.County, v.id, "return")
		if err != nil {
			return answer{}, err
		}
		p.Say = &say{Message: "审核退回:" + reason, Hint: "请改正后重新提交"}
	} else if c.query("saved") != "" {
		p.Done = "草稿已保存,尚未提交审核。"
	}
	return show("voucher/form", p)
}
