package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

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

// typing is a voucher form under way: what was typed, in which book.
type typing struct {
	book    ledger.Book
	chart   *ledger.Chart
	columns []ledger.Dimension
	kinds   map[ledger.Dimension][]classList
	draft   ledger.DraftVoucher
	version int64
	sheets  string // of paper, as typed
	extra   int    // blank rows beyond those that a form offers
	kept    bool   // what was refused is a draft
	line    int    // what is wrong, counted over both halves; 0: no single line
	wrong   error
}

func (t *typing) load(tx *store.Tx, b ledger.Book, date string) error {
	t.book = b
	year := b.Today.Year()
	if d, err := calendar.ParseDate(date); err == nil && d.Period() >= b.Start && d.Year() <= year+1 {
		year = d.Year()
	}
	chart, err := ledger.ChartOf(tx, b, year)
	if err != nil && year != b.Today.Year() {
		chart, err = ledger.ChartOf(tx, b, b.Today.Year())
	}
	if err != nil {
		return err
	}
	t.chart = chart
	t.columns, t.kinds = chartColumns(chart)
	return nil
}

// read takes what was typed from the form; blank lines are dropped, so that the ledger counts lines as the form does.
func (t *typing) read(c *call) {
	t.draft = ledger.DraftVoucher{
		Document: c.form("document"), Book: t.book.ID, Date: c.form("date"), Word: c.form("word"), Note: c.form("note"),
	}
	t.sheets, t.version = c.form("attachments"), c.number("version")
	t.draft.Attachments, _ = sheetsOfPaper(t.sheets) // refused when the voucher is kept
	if !t.chart.TwoHalves() {
		t.draft.Lines = t.lines(c, "f", "")
		return
	}
	t.draft.Lines = append(t.lines(c, "f", ledger.Financial), t.lines(c, "b", ledger.Budgetary)...)
}

// sheetsOfPaper reads how many sheets belong to a voucher; an input method may leave full-width digits.
func sheetsOfPaper(typed string) (int64, error) {
	narrow := strings.Map(func(r rune) rune {
		if r >= '\uff10' && r <= '\uff19' {
			return r - '\uff10' + '0'
		}
		return r
	}, typed)
	if narrow == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(narrow, 10, 64)
	if err != nil {
		return 0, fault.Newf(fault.Invalid, "voucher-attachments", "请填 0 到 9999 的整数", "附件张数「%s」不是整数", typed).In("attachments")
	}
	return n, nil
}

// keepable refuses what is not worth a draft, or could not be kept in one as it was typed.
func (t *typing) keepable() error {
	if _, err := sheetsOfPaper(t.sheets); err != nil {
		return err
	}
	if t.version == 0 && len(t.draft.Lines) == 0 && t.draft.Note == "" {
		return fault.New(fault.Invalid, "voucher-empty", "凭证还是空的,没有保存", "请填写分录后再保存")
	}
	return nil
}

// lines takes the rows of one grid; half is the half of the ledger that it stands for, empty where there is one only.
func (t *typing) lines(c *call, key string, half ledger.Half) []ledger.DraftLine {
	fields := c.r.PostForm
	at := func(name string, i int) string {
		if v := fields[key+"."+name]; i < len(v) {
			return strings.TrimSpace(v[i])
		}
		return ""
	}
	var out []ledger.DraftLine
	for i := range fields[key+".account"] {
		l := ledger.DraftLine{
			Summary: at("summary", i), Account: accountCode(t.chart, at("account", i)), Debit: at("debit", i), Credit: at("credit", i),
		}
		for _, d := range t.columns {
			*dimensionOf(&l, d) = classCode(t.chart, t.kinds[d], at(string(d), i))
		}
		if l != (ledger.DraftLine{}) {
			l.Half = half
			out = append(out, l)
		}
	}
	return out
}

// halves divides the lines by the half that they were typed into, or else belong to.
func (t *typing) halves() (financial, budgetary []ledger.DraftLine) {
	before := false
	for _, l := range t.draft.Lines {
		before = isBudgetary(t.chart, l, before)
		if before {
			budgetary = append(budgetary, l)
		} else {
			financial = append(financial, l)
		}
	}
	return financial, budgetary
}

// fail keeps what is wrong, and at which line.
func (t *typing) fail(err error) {
	t.wrong = err
	var at *ledger.LineError
	if errors.As(err, &at) {
		t.line = at.Line
	}
}

// place names a line as the form shows it: each half counts its own.
func (t *typing) place() string {
	if !t.chart.TwoHalves() {
		return fmt.Sprintf("第 %d 行", t.line)
	}
	financial, _ := t.halves()
	if t.line <= len(financial) {
		return fmt.Sprintf("%s第 %d 行", ledger.Financial.Title(), t.line)
	}
	return fmt.Sprintf("%s第 %d 行", ledger.Budgetary.Title(), t.line-len(financial))
}

// propose replaces the budgetary lines by those that belong to the financial ones.
func (t *typing) propose() (found bool, err error) {
	financial, budgetary := t.halves()
	for i, l := range financial {
		if err := financialAccount(t.chart, l.Account); err != nil {
			return false, &ledger.LineError{Line: i + 1, Err: err}
		}
	}
	proposal, err := t.proposal(financial)
	if err != nil {
		return false, err
	}
	if len(proposal) == 0 {
		t.draft.Lines = append(financial, budgetary...)
		return false, nil
	}
	t.draft.Lines = append(financial, ledger.Typed(proposal)...)
	return true, nil
}

func (t *typing) proposal(financial []ledger.DraftLine) ([]ledger.Line, error) {
	v, err := ledger.DraftVoucher{Date: string(t.book.Today), Lines: financial}.Voucher()
	if err != nil {
		return nil, err
	}
	return ledger.Propose(t.chart, t.book, v.Lines), nil
}

// form draws the voucher as it was typed.
func (t *typing) form(c *call) *voucherForm {
	b := t.book
	p := &voucherForm{
		Book: b, Document: t.draft.Document, Version: t.version, Date: t.draft.Date, Word: t.draft.Word, Note: t.draft.Note,
		Words: []string{"记", "收", "付", "转"}, TwoHalves: t.chart.TwoHalves(), NoteAsked: t.draft.Note != "" || fault.HasCode(t.wrong, "proposal-altered"),
		Action: bookPath(b) + "/vouchers", Lists: lists(t.chart, b, t.columns, t.kinds), Months: monthsSentence(b),
	}
	p.Title, p.Tabs = "录入凭证", c.tabs(b, "/vouchers/new")
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
