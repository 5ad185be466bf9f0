package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// DraftLine is one line as it was typed: amounts stay text until the voucher is submitted, so that nothing is lost on
// bad input.
type DraftLine struct {
	Half     Half   `json:"half,omitempty"` // the half that a form put it into; empty: by its account
	Unit     int64  `json:"unit,omitempty"` // spending unit in a shared book
	Summary  string `json:"summary,omitempty"`
	Account  string `json:"account,omitempty"`
	Function string `json:"function,omitempty"`
	Economic string `json:"economic,omitempty"`
	Project  string `json:"project,omitempty"`
	Fund     string `json:"fund,omitempty"`
	Party    string `json:"party,omitempty"`
	Debit    string `json:"debit,omitempty"`
	Credit   string `json:"credit,omitempty"`
}

// blank reports whether nothing was typed: the half and the unit are where a line stands, not what it says.
func (l DraftLine) blank() bool { return l == DraftLine{Half: l.Half, Unit: l.Unit} }

// DraftVoucher is a voucher that is not posted yet.
type DraftVoucher struct {
	Document    string
	Book        int64
	Date        string // as typed; parsed when the draft is kept
	Word        string
	Number      int64 // 0 until submitted
	Kind        EntryKind
	Attachments int64
	Lines       []DraftLine
	Reverses    *Number
	Source      string
	Note        string

	// Read only, filled by GetDraft and ListDrafts.
	Maker   int64
	Summary string
	Amount  money.Fen // debit of the financial half, as far as it can be read
	State   document.State
	Version int64
	Parts   []document.Part
}

// Period gives the month that the draft belongs to.
func (d DraftVoucher) Period() calendar.Period { return calendar.Date(d.Date).Period() }

// Voucher reads what was typed: amounts, and lines that are not blank.
func (d DraftVoucher) Voucher() (Voucher, error) {
	v, err := d.head()
	if err != nil {
		return v, err
	}
	for i, l := range d.Lines {
		if l.blank() {
			continue
		}
		line, unread := l.read()
		if len(unread) > 0 {
			return v, &LineError{i + 1, unread[0]}
		}
		v.Lines = append(v.Lines, line)
	}
	return v, nil
}

// head is the voucher without its lines.
func (d DraftVoucher) head() (Voucher, error) {
	v := Voucher{
		Book: d.Book, Word: d.Word, Number: d.Number, Kind: d.Kind, Attachments: d.Attachments, Reverses: d.Reverses,
		Source: d.Source, Note: d.Note,
	}
	var err error
	v.Date, err = calendar.ParseDate(strings.TrimSpace(d.Date))
	return v, err
}

// read gives the line, and for each amount that cannot be read, why.
func (l DraftLine) read() (line Line, unread []error) {
	line = Line{
		Half: l.Half, Account: seen(l.Account), Summary: seen(l.Summary),
		Dims: Dims{
			Unit: l.Unit, Function: seen(l.Function), Economic: seen(l.Economic), Project: seen(l.Project), Fund: seen(l.Fund), Party: seen(l.Party),
		},
	}
	var err error
	if line.Debit, err = money.Parse(l.Debit); err != nil {
		unread = append(unread, inField(err, "debit"))
	}
	if line.Credit, err = money.Parse(l.Credit); err != nil {
		unread = append(unread, inField(err, "credit"))
	}
	return line, unread
}

// seen gives typed text as a person sees it on one line: a paste may bring line ends and control characters along.
func seen(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "") {
		switch {
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case unicode.IsControl(r) || r == unicode.ReplacementChar: // in a kept draft it stands for bytes that were no text
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

func inField(err error, field string) error {
	if f := fault.As(err); f != nil {
		return f.In(field)
	}
	return err
}

// Typed gives lines as a person would have typed them.
func Typed(lines []Line) []DraftLine {
	out := make([]DraftLine, len(lines))
	for i, l := range lines {
		out[i] = DraftLine{
			Half: l.Half, Unit: l.Dims.Unit, Summary: l.Summary, Account: l.Account, Function: l.Dims.Function,
			Economic: l.Dims.Economic, Project: l.Dims.Project, Fund: l.Dims.Fund, Party: l.Dims.Party,
		}
		if l.Debit != 0 {
			out[i].Debit = l.Debit.Plain()
		}
		if l.Credit != 0 {
			out[i].Credit = l.Credit.Plain()
		}
	}
	return out
}

// SaveDraft keeps a voucher as typed, complete or not. The first save, with version 0, makes the document under
// d.Document; the same request again changes nothing and is refused with an error for which document.IsTaken holds.
func SaveDraft(tx *store.Tx, by identity.Actor, d DraftVoucher, version int64) (document.Document, error) {
	b, err := seeKept(tx, by, d.Book)
	if err != nil {
		return document.Document{}, err
	}
	if err := d.tidy(b); err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: VoucherKind, ID: d.Document, Version: version, Unit: b.Unit, Path: b.Path, Today: b.Today}
	if version == 0 {
		act.Step = "enter"
		return document.Make(tx, act, func() (document.Effect, error) {
			chart, err := chartToWrite(tx, b, d.Period().Year())
			if err != nil {
				return document.Effect{}, err
			}
			return document.Effect{}, writeDraft(tx, by, chart, d)
		})
	}
	if err := sameBook(tx, by, d, b); err != nil {
		return document.Document{}, err
	}
	act.Step = "edit"
	return document.Take(tx, act, func(document.Document) (document.Effect, error) {
		chart, err := chartToWrite(tx, b, d.Period().Year())
		if err != nil {
			return document.Effect{}, err
		}
		return document.Effect{}, rewriteDraft(tx, by, chart, d)
	})
}

// sameBook refuses a draft that lies in another book than the request names: rights were looked for in the book named.
func sameBook(tx *store.Tx, by identity.Actor, d DraftVoucher, named Book) error {
	kept, err := readDraft(tx, by.County, d.Document)
	if err != nil {
		return alreadyPosted(tx, by, d.Document, "edit", err)
	}
	if kept.Book == named.ID {
		return nil
	}
	b, err := See(tx, by, kept.Book)
	if err != nil {
		return unseen(err)
	}
	return fault.Newf(fault.Refused, "draft-book", "请作废后在账套"+named.Name+"另录一张",
		"凭证已录在账套%s,不能改到账套%s", b.Name, named.Name).In("book")
}

// tidy checks what even a draft must have: a date of a month that may still take entries, a word, a kind.
func (d *DraftVoucher) tidy(b Book) error {
	date, err := calendar.ParseDate(strings.TrimSpace(d.Date))
	if err != nil {
		return inField(err, "date")
	}
	d.Date = string(date)
	if d.Word == "" {
		d.Word = "记"
	}
	d.Kind, d.Reverses = Ordinary, nil // closing vouchers come from CarryOver alone, red twins from Reverse
	for len(d.Lines) > 0 && d.Lines[len(d.Lines)-1].blank() {
		d.Lines = d.Lines[:len(d.Lines)-1]
	}
	for i, l := range d.Lines {
		if err := l.checkTexts(); err != nil {
			return &LineError{i + 1, err}
		}
	}
	v := Voucher{Date: date, Word: d.Word, Attachments: d.Attachments, Note: d.Note, Lines: make([]Line, 2)}
	if len(d.Lines) > LinesMost {
		v.Lines = make([]Line, len(d.Lines))
	}
	return first(v.headFaults(b))
}

// The longest texts that a draft keeps, in characters: more than a voucher takes, so that a slip can be mended.
const (
	noteMost = 500
	cellMost = 200
)

// checkTexts refuses what is too long to be kept or has characters that nobody sees; line ends and the like of a paste
// are kept until the line is read.
func (l DraftLine) checkTexts() error {
	for _, c := range []struct{ field, title, value string }{
		{"summary", "摘要", l.Summary}, {"account", "科目", l.Account}, {"function", "功能分类", l.Function},
		{"economic", "经济分类", l.Economic}, {"project", "项目", l.Project}, {"fund", "资金性质", l.Fund},
		{"party", "往来对象", l.Party}, {"debit", "借方金额", l.Debit}, {"credit", "贷方金额", l.Credit},
	} {
		value := c.value
		if len(value) < 8*cellMost { // longer, even blanks and control characters are too much to keep
			value = seen(value)
		}
		if err := text.Check(c.field, c.title, value, cellMost); err != nil {
			return err
		}
	}
	return nil
}

// glance reads summary and amount for lists, as far as they can be read: of the lines whose account the chart does not
// know, those that the form has not put into the budgetary half.
func (d DraftVoucher) glance(chart *Chart) (summary string, amount money.Fen) {
	for _, l := range d.Lines {
		if summary == "" {
			summary = seen(l.Summary)
		}
		code, half := seen(l.Account), l.Half
		if a, ok := chart.Account(code); ok {
			half = a.Half
		}
		if fen, err := money.Parse(l.Debit); err == nil && code != "" && half != Budgetary {
			amount += fen
		}
	}
	if runes := []rune(summary); len(runes) > summaryMost {
		summary = string(runes[:summaryMost])
	}
	return summary, amount
}

func writeDraft(tx *store.Tx, by identity.Actor, chart *Chart, d DraftVoucher) error {
	lines, err := json.Marshal(d.Lines)
	if err != nil {
		return fmt.Errorf("ledger: draft %s: %w", d.Document, err)
	}
	summary, amount := d.glance(chart)
	var number, reverses any
	if d.Number != 0 {
		number = d.Number
	}
	if d.Reverses != nil {
		reverses = d.Reverses.String()
	}
	_, err = tx.Exec(`insert into voucher_draft (county_id, document_id, book_id, period, word, number, date, kind, attachments,
		summary, amount, lines, reverses, source, note, maker_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		on conflict do nothing`,
		by.County, d.Document, d.Book, string(d.Period()), d.Word, number, d.Date, string(d.Kind), d.Attachments,
		summary, int64(amount), string(lines), reverses, d.Source, d.Note, by.Person)
	if err != nil {
		return fmt.Errorf("ledger: draft %s: %w", d.Document, err)
	}
	return nil
}

// rewriteDraft keeps new text. A number that was taken stays with its month and word, so those are fixed then.
func rewriteDraft(tx *store.Tx, by identity.Actor, chart *Chart, d DraftVoucher) error {
	before, err := readDraft(tx, by.County, d.Document)
	if err != nil {
		return err
	}
	if before.Number != 0 && (before.Period() != d.Period() || before.Word != d.Word || before.Book != d.Book) {
		n := Number{before.Period(), before.Word, before.Number}
		return fault.Newf(fault.Refused, "number-fixed", "请保持月份和凭证字;确需改动,请作废后另录一张",
			"凭证已编号为 %s %s,不能改到其他月份、凭证字或账套", n.Period.Chinese(), n.Label()).In("date")
	}
	lines, err := json.Marshal(d.Lines)
	if err != nil {
		return fmt.Errorf("ledger: draft %s: %w", d.Document, err)
	}
	summary, amount := d.glance(chart)
	_, err = tx.Exec(`update voucher_draft set book_id = $1, period = $2, word = $3, date = $4, attachments = $5, summary = $6,
		amount = $7, lines = $8, note = $9, maker_id = $10 where county_id = $11 and document_id = $12`,
		d.Book, string(d.Period()), d.Word, d.Date, d.Attachments, summary, int64(amount), string(lines), d.Note, by.Person,
		by.County, d.Document)
	if err != nil {
		return fmt.Errorf("ledger: draft %s: %w", d.Document, err)
	}
	return nil
}

const draftColumns = `v.document_id, v.book_id, v.date, v.word, coalesce(v.number, 0), v.kind, v.attachments, v.summary, v.amount,
	v.lines, coalesce(v.reverses, ''), v.source, v.note, v.maker_id`

func scanDraft(row interface{ Scan(...any) error }, more ...any) (DraftVoucher, error) {
	var d DraftVoucher
	var lines, reverses string
	dest := append([]any{&d.Document, &d.Book, &d.Date, &d.Word, &d.Number, &d.Kind, &d.Attachments, &d.Summary, &d.Amount,
		&lines, &reverses, &d.Source, &d.Note, &d.Maker}, more...)
	if err := row.Scan(dest...); err != nil {
		return d, err
	}
	if reverses != "" {
		n, err := ParseNumber(reverses)
		if err != nil {
			return d, err
		}
		d.Reverses = &n
	}
	return d, json.Unmarshal([]byte(lines), &d.Lines)
}

func readDraft(tx *store.Tx, county int64, id string) (DraftVoucher, error) {
	d, err := scanDraft(tx.QueryRow(`select `+draftColumns+` from voucher_draft v where v.county_id = $1 and v.document_id = $2`, county, id))
	if errors.Is(err, store.ErrNoRows) {
		return d, voucherUnknown()
	}
	if err != nil {
		return d, fmt.Errorf("ledger: draft %s: %w", id, err)
	}
	return d, nil
}

// GetDraft gives a voucher that is not posted, of a book that the actor may look into; to who sees posted ones alone there
// is none.
func GetDraft(tx *store.Tx, by identity.Actor, id string) (DraftVoucher, error) {
	d, err := readDraft(tx, by.County, id)
	if err != nil {
		return d, err
	}
	b, err := See(tx, by, d.Book)
	if err != nil {
		return DraftVoucher{}, unseen(err)
	}
	if !SeesUnposted(by, b.Path) {
		return DraftVoucher{}, voucherUnknown()
	}
	doc, err := document.Get(tx, by.County, id)
	if err != nil {
		return d, err
	}
	d.State, d.Version, d.Parts = doc.State, doc.Version, doc.Parts
	return d, nil
}

// ListDrafts gives the vouchers of a book that are not posted, by month and number; all months where period is empty. To
// who sees posted ones alone there are none.
func ListDrafts(tx *store.Tx, by identity.Actor, b Book, period calendar.Period) ([]DraftVoucher, error) {
	if !SeesUnposted(by, b.Path) {
		return nil, nil
	}
	return listDrafts(tx, b, period)
}

func listDrafts(tx *store.Tx, b Book, period calendar.Period) ([]DraftVoucher, error) {
	rows, err := tx.Query(`select `+draftColumns+`, d.state, d.version from voucher_draft v
		cross join document d
		where v.county_id = $1 and d.county_id = v.county_id and d.document_id = v.document_id and v.book_id = $2 and ($3 = '' or v.period = $3)
		order by v.period, v.word, coalesce(v.number, 999999999), v.document_id`, b.County, b.ID, string(period))
	if err != nil {
		return nil, fmt.Errorf("ledger.ListDrafts: %w", err)
	}
	defer rows.Close()
	var out []DraftVoucher
	for rows.Next() {
		var state document.State
		var version int64
		d, err := scanDraft(rows, &state, &version)
		if err != nil {
			return nil, fmt.Errorf("ledger.ListDrafts: %w", err)
		}
		d.State, d.Version = state, version
		out = append(out, d)
	}
	return out, rows.Err()
}
