package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// previewPage says of each item what will happen to it, or why it will not; the person takes away what he does not want.
type previewPage struct {
	Base
	Batch    batch.Batch
	Heading  string
	Vouchers bool // the items are vouchers
	Month    string
	Period   string
	Rows     []previewRow
	Good     int
	Bad      int
	Back     string   // the page that the person came from
	Fields   []choice // of the voucher that is entered into the books
}

type previewRow struct {
	Value   string // of the tick
	Ticked  bool
	Code    string
	Book    string
	Path    string
	Label   string
	Date    string
	Summary string
	Amount  money.Fen
	Maker   string
	Refusal *fault.Error
	Notes   []string // what was adjusted
	Lines   []planLine
	Open    string
	Word    string
}

// planLine is one line of a voucher that is still to be made.
type planLine struct {
	Voucher int // counted from 1
	Summary string
	Account string
	Dims    string
	Debit   string
	Credit  string
}

// typedItems reads the items of a form: vouchers as document and version, books as their number.
func (c *call) typedItems(k batch.Kind, values []string) ([]batch.Item, error) {
	if k.Enters() {
		return c.spreadItems(values)
	}
	period, err := calendar.ParsePeriod(c.form("period"))
	if err != nil && !k.OfVouchers() {
		return nil, err
	}
	var out []batch.Item
	for _, v := range values {
		it := batch.Item{Period: period}
		text, version, found := strings.Cut(v, ".")
		if k.OfVouchers() {
			it.Period, it.Document = "", text
			it.Version, err = strconv.ParseInt(version, 10, 64)
		} else {
			it.Book, err = strconv.ParseInt(v, 10, 64)
		}
		if err != nil || found != k.OfVouchers() {
			return nil, notThere()
		}
		out = append(out, it)
	}
	return out, nil
}

func itemValue(k batch.Kind, it batch.Item) string {
	if k.OfVouchers() {
		return fmt.Sprintf("%s.%d", it.Document, it.Version)
	}
	return strconv.FormatInt(it.Book, 10)
}

// previewBatch tries every step and shows what came of it; nothing is kept.
func previewBatch(c *call) (answer, error) {
	b, err := c.typedBatch("item")
	var p *previewPage
	if err == nil {
		p, err = c.preview(b, nil)
	}
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid && b.Kind.Enters() {
		return c.spreadAgain(err)
	}
	if err != nil {
		return answer{}, err
	}
	return show("batch/preview", p)
}

// batchAgain shows the preview again with what was ticked, and what is wrong.
func (c *call) batchAgain(wrong error) (answer, error) {
	b, err := c.typedBatch("shown")
	if err != nil {
		return answer{}, err
	}
	p, err := c.preview(b, c.r.PostForm["item"])
	if err != nil {
		return answer{}, err
	}
	return redraw("batch/preview", p, wrong)
}

// preview tries the steps; ticked are the items that stay so, all that can be done and all that cannot where it is nil:
// what was refused is named in the result too, and tried again from there.
func (c *call) preview(b batch.Batch, ticked []string) (*previewPage, error) {
	reason := b.Reason
	if b.Kind == batch.Return && b.Reason == "" {
		b.Reason = "预览" // it is asked for on the page; nothing is written here
	}
	if err := batch.Try(c.r.Context(), c.server.DB, c.actor, &b); err != nil {
		return nil, err
	}
	b.Reason = reason
	p := &previewPage{
		Batch: b, Heading: b.Kind.Title(), Vouchers: b.Kind.OfVouchers() || b.Kind.Enters(), Period: c.form("period"), Back: localPath(c.form("back")),
	}
	p.Title, p.Styles, p.Scripts = b.Kind.Title()+"预览", []string{"batch.css"}, []string{"tick.js"}
	if period, err := calendar.ParsePeriod(p.Period); err == nil && !p.Vouchers {
		p.Month = period.Chinese()
	}
	err := c.read(func(tx *store.Tx) error {
		names, err := identity.Names(tx, c.actor.County)
		if err != nil {
			return err
		}
		for _, it := range b.Items {
			row, err := c.previewRow(tx, b.Kind, it, names)
			if err != nil {
				return err
			}
			row.Value = itemValue(b.Kind, it)
			row.Ticked = ticked == nil && c.r.PostForm["shown"] == nil || slices.Contains(ticked, row.Value)
			if row.Refusal == nil {
				p.Good++
			} else {
				p.Bad++
			}
			p.Rows = append(p.Rows, row)
		}
		return nil
	})
	slices.SortStableFunc(p.Rows, func(x, y previewRow) int { return refusedFirst(x) - refusedFirst(y) })
	if b.Kind.Enters() {
		p.Fields = c.spreadFields()
	}
	return p, err
}

func refusedFirst(r previewRow) int {
	if r.Refusal != nil {
		return 0
	}
	return 1
}

func (c *call) previewRow(tx *store.Tx, k batch.Kind, it batch.Item, names map[int64]string) (previewRow, error) {
	row := previewRow{Refusal: it.Refusal}
	if k.OfVouchers() {
		v, err := c.voucher(tx, it.Document)
		if err != nil {
			return row, err
		}
		row.Book, row.Path, row.Code = v.book.Name, bookPath(v.book)+"?period="+string(v.draft.Period()), v.book.Code
		row.Label, row.Date, row.Summary, row.Amount = v.label(), v.draft.Date, v.draft.Summary, v.draft.Amount
		row.Maker, row.Open, row.Word = names[v.draft.Maker], voucherPath(v.id), "打开凭证"
		if v.posted != nil {
			row.Maker = names[v.posted.Maker]
		}
		return row, nil
	}
	b, err := ledger.See(tx, c.actor, it.Book)
	if err != nil {
		return row, err
	}
	it.State = batch.Waiting
	if it.Refusal != nil {
		it.State = batch.Refused
	}
	r := resultOf(k, it)
	row.Book, row.Path, row.Code, row.Label, row.Open, row.Word = b.Name, bookPath(b), b.Code, r.Label, r.Open, r.Word
	if k.Enters() {
		return row, c.spreadRow(tx, b, &row)
	}
	if it.Refusal != nil {
		return row, nil
	}
	switch k {
	case batch.CloseMonth:
		row.Summary = "结 " + it.Period.Chinese() + "账"
	case batch.CarryOver:
		row.Lines, err = carryLines(tx, b, it.Period.Year())
		if n := len(row.Lines); n > 0 {
			row.Summary = fmt.Sprintf("生成 %d 张结转凭证,%d 行", row.Lines[n-1].Voucher, n)
		}
	case batch.CloseYear:
		openings, e := ledger.PlanYear(tx, b, it.Period.Year())
		row.Summary, err = fmt.Sprintf("%d 个余额转为 %d 年年初数", len(openings), it.Period.Year()+1), e
	}
	return row, err
}

// carryLines gives the lines of the closing vouchers that a book's year would get.
func carryLines(tx *store.Tx, b ledger.Book, year int) ([]planLine, error) {
	vouchers, err := ledger.PlanCarryOver(tx, b, year)
	if err != nil {
		return nil, err
	}
	chart, err := ledger.ChartOf(tx, b, year)
	if err != nil {
		return nil, err
	}
	var out []planLine
	for i, v := range vouchers {
		out = append(out, planLines(chart, i+1, ledger.Typed(v.Lines))...)
	}
	return out, nil
}

func planLines(chart *ledger.Chart, voucher int, lines []ledger.DraftLine) []planLine {
	_, kinds := chartColumns(chart)
	var out []planLine
	for _, l := range lines {
		debit, _ := money.Parse(l.Debit) // shown as far as it can be read
		credit, _ := money.Parse(l.Credit)
		out = append(out, planLine{
			Voucher: voucher, Summary: l.Summary, Account: accountText(chart, l.Account), Dims: dimsText(chart, kinds, l),
			Debit: debit.Blank(), Credit: credit.Blank(),
		})
	}
	return out
}
