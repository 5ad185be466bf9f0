package paper

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// Voucher is a voucher as it is printed.
type Voucher struct {
	Unit        string // that keeps the book
	Book        string
	Date        calendar.Date
	Word        string
	Number      int64 // 0: none yet
	Attachments int64
	Mark        string // 未记账, 作废: what tells it from a posted one
	Halves      []Half // the financial one first; one without a title in charts with one half
	Note        string
	Signed      []Sign
}

// Half is one of the two parallel halves.
type Half struct {
	Title string // 财务会计, 预算会计; empty where there is one half
	Lines []Line
}

// Line is one entry.
type Line struct {
	Summary string
	Account string // code and full name
	Dims    string
	Debit   money.Fen
	Credit  money.Fen
}

// Sign is one place of the signature line.
type Sign struct {
	Duty string // 记账
	Name string // empty: signed by hand
	At   string // when the step was taken
}

func (h Half) total() (debit, credit money.Fen) {
	for _, l := range h.Lines {
		debit += l.Debit
		credit += l.Credit
	}
	return debit, credit
}

func (v Voucher) label() string {
	if v.Number == 0 {
		return "未编号凭证"
	}
	return ledger.Number{Period: v.Date.Period(), Word: v.Word, Number: v.Number}.Label()
}

// Vouchers draws vouchers, one after another, as often as the setup asks.
func Vouchers(vouchers []Voucher, s Setup) ([]byte, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if len(vouchers) == 0 {
		return nil, nothing()
	}
	c, err := newCanvas("记账凭证 " + vouchers[0].Book)
	if err != nil {
		return nil, err
	}
	for range s.Copies {
		c.vouchers(vouchers, s)
	}
	return c.bytes()
}

// vouchers draws each on the next cell, the first on a new sheet.
func (c *canvas) vouchers(vouchers []Voucher, s Setup) {
	g := gridOf(s.Form)
	at := 0
	for _, v := range vouchers {
		f := c.voucherForm(g, v, s)
		for n, items := range f.pages {
			g.place(c, at)
			f.draw(c, g.origin(at), n, items)
			at++
		}
	}
}

func (c *canvas) voucherForm(g grid, v Voucher, s Setup) *form {
	c.where = fmt.Sprintf("%s %s %s", v.Book, v.Date.Period().Chinese(), v.label())
	return newForm(c, g.cell, s, v)
}

// voucherSheets counts the sheets that vouchers draws on.
func (c *canvas) voucherSheets(vouchers []Voucher, s Setup) int {
	g, cells := gridOf(s.Form), 0
	for _, v := range vouchers {
		cells += len(c.voucherForm(g, v, s).pages)
	}
	each := g.cols * g.rows
	return (cells + each - 1) / each
}
