package web

import (
	"net/http"
	"slices"
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
	Number      string // 记-0012, once it has one
	Date        string
	Word        string
	Words       []string
	Attachments string
	Note        string
	NoteAsked   bool // the budgetary half is not what was proposed
	Columns     []formColumn
	Halves      []formHalf
	Lists       []dataList
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
	Place   string // of the line that is wrong
	Summary string
	Account string // code and name
	Full    string // with the names above it
	Cells   []formCell
	Debit   string
	Credit  string
	Error   string
	Bad     string // the field that is wrong
}

type formCell struct {
	Name  string
	Title string
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
	p := &voucherForm{
		Book: b, Document: t.draft.Document, Version: t.version, Date: t.draft.Date, Word: t.draft.Word, Note: t.draft.Note,
		Words: []string{"记", "收", "付", "转"}, TwoHalves: t.chart.TwoHalves(), NoteAsked: t.draft.Note != "" || fault.HasCode(t.wrong, "proposal-altered"),
		Action: bookPath(b) + "/vouchers", Lists: lists(t.chart, b, t.columns, t.kinds), Months: monthsSentence(b),
	}
	p.Title, p.Tabs = "录入凭证", c.tabs(b, "/vouchers/new")
	p.Styles, p.Scripts = []string{"usual.css", "files.css"}, []string{"summary.js", "template.js", "files.js"}
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
	p.Halves = []formHalf{t.half("f", ledger.Financial, financial, 0, rowsFinancial)}
	if p.TwoHalves {
		p.Halves = append(p.Halves, t.half("b", ledger.Budgetary, budgetary, len(financial), rowsBudgetary))
	} else {
		p.Halves[0].Title = "分录"
	}
	if f := fault.As(t.wrong); f != nil {
		p.Say = sayFault(f)
		if t.line > 0 {
			p.Say.Message = t.place() + ":" + p.Say.Message
		}
		if t.kept {
			p.Say.Hint += "。本凭证已存为草稿"
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

// half draws one grid; above is how many lines the halves before it have.
func (t *typing) half(key string, half ledger.Half, lines []ledger.DraftLine, above, least int) formHalf {
	h := formHalf{Key: key, Title: half.Title(), Blank: len(lines) == 0}
	for i, l := range lines {
		r := t.row(l)
		if r.Line = i + 1; above+r.Line == t.line {
			if f := fault.As(t.wrong); f != nil {
				r.Place, r.Error, r.Bad = t.place(), f.Message, f.Field
				for j := range r.Cells {
					r.Cells[j].Wrong = r.Cells[j].Name == f.Field
				}
			}
		}
		debit, _ := money.Parse(l.Debit) // what cannot be read is refused when the voucher is submitted
		credit, _ := money.Parse(l.Credit)
		h.Debit += debit
		h.Credit += credit
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
	r := formRow{Summary: l.Summary, Account: accountShort(t.chart, l.Account), Full: accountText(t.chart, l.Account), Debit: l.Debit, Credit: l.Credit}
	for _, d := range t.columns {
		cell := formCell{Name: string(d), Title: d.Title(), Value: classText(t.chart, t.kinds[d], *dimensionOf(&l, d))}
		if len(t.kinds[d]) > 0 {
			cell.List = string(d)
		}
		r.Cells = append(r.Cells, cell)
	}
	return r
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
	if from := c.query("copy"); from != "" {
		v, err := c.voucher(tx, from)
		if err != nil {
			return answer{}, err
		}
		if v.book.ID == b.ID {
			t.draft.Lines, t.draft.Note, t.draft.Word = v.typed(), v.draft.Note, v.draft.Word
		}
	}
	if c.query("template") != "" {
		if a, err := c.fromTemplate(tx, t); err != nil || a.page != nil {
			return a, err // the page that asks the template's quantities
		}
	}
	p := t.form(c)
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
		reason, err := returnReason(tx, c.actor.County, v.id)
		if err != nil {
			return answer{}, err
		}
		p.Say = &say{Message: "审核退回:" + reason, Hint: "请改正后重新提交"}
	} else if c.query("saved") != "" {
		p.Done = "草稿已保存,尚未提交审核。"
	}
	return show("voucher/form", p)
}

// saveVoucher keeps, proposes, adds lines or submits, as the button says.
func saveVoucher(c *call) (answer, error) {
	t := &typing{}
	err := c.read(func(tx *store.Tx) error {
		b, err := c.book(tx)
		if err != nil {
			return err
		}
		if err := c.actor.Require(b.Path, "录入凭证", voucherMakers...); err != nil {
			return err
		}
		return t.load(tx, b, c.form("date"))
	})
	if err != nil {
		return answer{}, err
	}
	t.read(c)
	if _, err := document.ParseID(t.draft.Document); err != nil {
		return answer{}, err
	}
	switch c.form("do") {
	case doMore:
		t.extra = rowsMore
		return show("voucher/form", t.form(c))
	case doPropose:
		return t.showProposal(c)
	}
	if err := t.keepable(); err != nil {
		return t.again(c, err)
	}
	doc, err := t.save(c)
	if err != nil {
		return t.again(c, err)
	}
	if do := c.form("do"); do == doSubmit || do == doAnother {
		if doc.State == ledger.Draft {
			if doc, err = t.submit(c, doc); err != nil {
				t.kept = !fault.Is(err, fault.Conflict)
				return t.again(c, t.orPropose(err))
			}
		}
		if do == doAnother {
			return goTo(bookPath(t.book) + "/vouchers/new?period=" + string(calendar.Date(t.draft.Date).Period()) + "&done=" + doc.ID)
		}
		return goTo(voucherPath(doc.ID))
	}
	if doc.State != ledger.Draft {
		return goTo(voucherPath(doc.ID))
	}
	return goTo(voucherPath(doc.ID) + "/edit?saved=1")
}

// orPropose fills an empty budgetary half with the proposal that it was refused for not being.
func (t *typing) orPropose(err error) error {
	if _, budgetary := t.halves(); len(budgetary) > 0 || !fault.HasCode(err, "proposal-altered") {
		return err
	}
	if found, e := t.propose(); e != nil || !found {
		return err
	}
	return fault.New(fault.Refused, "proposal-unread", "已按财务会计分录生成预算会计分录", "请核对后再提交").Because(err)
}

func (t *typing) showProposal(c *call) (answer, error) {
	found, err := t.propose()
	if err != nil {
		return t.again(c, err)
	}
	p := t.form(c)
	if !found {
		p.Done = "财务会计分录没有动用纳入预算管理的资金,不需要预算会计分录。"
	}
	return show("voucher/form", p)
}

// save keeps the draft. A form that was sent twice finds its document; where that is not what this form says (it was
// sent, gone back to and changed) the person decides.
func (t *typing) save(c *call) (document.Document, error) {
	var doc document.Document
	err := c.write(func(tx *store.Tx) error {
		var err error
		doc, err = ledger.SaveDraft(tx, c.actor, t.draft, t.version)
		return err
	})
	if err == nil || !document.IsTaken(err) && !fault.HasCode(err, "document-stale") && !fault.HasCode(err, "step-not-now") {
		return doc, err
	}
	var there voucher
	if c.read(func(tx *store.Tx) error {
		var e error
		there, e = c.voucher(tx, t.draft.Document)
		return e
	}) != nil {
		return doc, err
	}
	if slices.EqualFunc(there.typed(), t.draft.Lines, sameLine) && there.draft.Date == t.draft.Date {
		return document.Document{ID: there.id, State: there.state, Version: there.version}, nil
	}
	if there.state == ledger.Draft || there.state == ledger.Returned {
		t.version, t.draft.Number = there.version, there.draft.Number
	}
	return doc, err
}

// sameLine compares what two lines say: posted ones do not tell the half that they were typed into.
func sameLine(a, b ledger.DraftLine) bool {
	a.Half, b.Half = "", ""
	return a == b
}

func (t *typing) submit(c *call, saved document.Document) (document.Document, error) {
	t.version = saved.Version
	doc := saved
	err := c.write(func(tx *store.Tx) error {
		var err error
		doc, err = ledger.Submit(tx, c.actor, saved.ID, saved.Version)
		return err
	})
	if err != nil && c.taken(saved.ID, saved.Version, "submit") {
		return saved, nil // by the first press of the button
	}
	if err != nil {
		return saved, err
	}
	return doc, nil
}

// again shows the form with everything that was typed and what is wrong.
func (t *typing) again(c *call, err error) (answer, error) {
	f := fault.As(err)
	if f == nil || f.Kind == fault.NotFound || f.Kind == fault.Forbidden {
		return answer{}, err
	}
	t.fail(err)
	a := answer{status: statusOf(f.Kind), view: "voucher/form", page: t.form(c)}
	if a.status == 0 {
		a.status = http.StatusUnprocessableEntity
	}
	return a, nil
}
