package paper

import (
	"fmt"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/statement"
)

// Run is one document over many books. It is made book by book, so that beside the finished sheets no more than one
// book's rows stand in memory. Its last sheets list every book with its pages, or why nothing of it was printed.
type Run struct {
	Parts []Part

	c     *canvas
	setup Setup
	count bool // nothing is drawn: only the sheets are counted
	pages int  // so far, of all copies
}

// Part is what became of one book.
type Part struct {
	Book    ledger.Book
	What    string // 12 张凭证; empty where nothing was printed
	First   int    // sheet on which it begins, from 1
	Sheets  int    // of all copies
	Refusal *fault.Error
}

// runMost is how many sheets one document has at most, so that it stays bounded in memory: each stands there with 90 to 160 kB
// until the document is closed.
const runMost = 700

// NewRun begins a document over many books; with count it is only counted how many sheets each book would take.
func NewRun(title string, s Setup, count bool) (*Run, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	c, err := newCanvas(title)
	return &Run{c: c, setup: s, count: count}, err
}

// Full tells that no further book has room: what is added now is refused whatever it holds.
func (r *Run) Full() bool { return r.pages >= runMost }

// Vouchers adds the vouchers of a book.
func (r *Run) Vouchers(b ledger.Book, vouchers []Voucher) {
	if len(vouchers) == 0 {
		r.Refuse(b, nothing())
		return
	}
	r.add(b, fmt.Sprintf("%d 张凭证", len(vouchers)), r.c.voucherSheets(vouchers, r.setup), func() { r.c.vouchers(vouchers, r.setup) })
}

// Reports adds statements of a book.
func (r *Run) Reports(b ledger.Book, reports []*statement.Report) {
	sheets := 0
	titles := make([]string, len(reports))
	for i, report := range reports {
		_, pages := r.c.reportSheets(report, r.setup)
		sheets += len(pages)
		titles[i] = report.Title
	}
	r.add(b, strings.Join(titles, "、"), sheets, func() {
		for _, report := range reports {
			r.c.report(report, r.setup)
		}
	})
}

// Ledgers adds the bound ledgers of a book.
func (r *Run) Ledgers(b ledger.Book, parts []statement.Bound) {
	if len(parts) == 0 {
		r.Refuse(b, boundEmpty(b))
		return
	}
	k := r.c.bind(b, parts, r.setup)
	r.add(b, fmt.Sprintf("%s,%d 个科目的账页", titles(k.chapters), len(parts)), k.sheets(), func() { k.draw(r.c) })
}

// add draws a book, copy after copy.
func (r *Run) add(b ledger.Book, what string, sheets int, draw func()) {
	sheets *= r.setup.Copies
	if r.pages+sheets > runMost {
		r.Refuse(b, fault.Newf(fault.Refused, "print-too-many", "请减少账套或份数,分几次打印",
			"已排 %d 页,连同本账套的 %d 页超过一次打印的上限 %d 页", r.pages, sheets, runMost))
		return
	}
	r.Parts = append(r.Parts, Part{Book: b, What: what, First: r.pages + 1, Sheets: sheets})
	r.pages += sheets
	if r.count {
		return
	}
	r.c.begins = b.Name
	for range r.setup.Copies {
		draw()
	}
}

// Refuse names a book of which nothing is printed, and why.
func (r *Run) Refuse(b ledger.Book, why *fault.Error) {
	r.Parts = append(r.Parts, Part{Book: b, Refusal: why})
}

// Bytes closes the document. One without a sheet is refused.
func (r *Run) Bytes() ([]byte, error) {
	if r.pages == 0 {
		return nil, fault.Newf(fault.NotFound, "print-none", "请回到预览,按各账套的说明调整", "所选 %d 套账都没有可打印的内容", len(r.Parts))
	}
	r.list()
	return r.c.bytes()
}

// list draws the sheets that say what became of each book, on the paper that is in the printer.
func (r *Run) list() {
	printed := 0
	t := table{columns: []tableColumn{
		{title: "序号", number: true, fixed: true}, {title: "账套编码", fixed: true}, {title: "账套"}, {title: "打印内容,或没有打印的原因"},
		{title: "页数", number: true, fixed: true}, {title: "自第几页起", number: true, fixed: true},
	}}
	for i, part := range r.Parts {
		row := tableRow{kind: statement.Item, texts: []string{fmt.Sprint(i + 1), part.Book.Code, part.Book.Name, part.What, "", ""}}
		if part.Refusal != nil {
			row.texts[3] = "未打印:" + part.Refusal.Message
		} else {
			row.texts[4], row.texts[5] = fmt.Sprint(part.Sheets), fmt.Sprint(part.First)
			printed++
		}
		row.red, row.indent = make([]bool, len(row.texts)), make([]int, len(row.texts))
		t.rows = append(t.rows, row)
	}
	r.c.where = "打印清单"
	p := &sheets{c: r.c, setup: r.setup, title: "打印清单", left: fmt.Sprintf("共 %d 套账", len(r.Parts)), table: t, sizes: []Size{r.c.size},
		mid: fmt.Sprintf("已打印 %d 套,未打印 %d 套", printed, len(r.Parts)-printed), right: fmt.Sprintf("共 %d 页", r.pages)}
	p.choose()
	pages := p.paginate(0)
	for n, rows := range pages {
		p.drawPage(n+1, len(pages), rows, false)
	}
}

// nothing refuses a range without a voucher.
func nothing() *fault.Error {
	return fault.New(fault.NotFound, "print-nothing", "这个范围里没有可打印的凭证", "请核对月份、凭证字和号数")
}
