package web

import (
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
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
	line    int    // what was refused, counted over both halves; 0: no single line
	wrong   error
	marks   []mark   // everything that is wrong
	there   *voucher // what is kept under the form's document, where it says something else
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
		Document: c.form("document"), Book: t.book.ID, Date: c.form("date"), Word: c.form("word"), Note: c.form("note"), Source: c.form("source"),
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
			Summary: at("summary", i), Account: accountCode(t.chart, t.book, half, at("account", i)), Debit: at("debit", i), Credit: at("credit", i),
		}
		for _, d := range t.columns {
			*dimensionOf(&l, d) = classCode(t.chart, d, at(string(d), i))
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

// propose replaces the budgetary lines by those that belong to the financial ones.
func (t *typing) propose() (found bool, err error) {
	financial, budgetary := t.halves()
	for i, l := range financial {
		if err := financialAccount(t.chart, t.book, l.Account); err != nil {
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
