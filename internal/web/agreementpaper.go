package web

import (
	"fmt"

	"xiangzhang/internal/money"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// printSheet gives an adjustment sheet as it is printed and signed.
func (c *call) printSheet(tx *store.Tx, p *sheetPage) (answer, error) {
	r := p.report()
	name := fmt.Sprintf("%s 余额调节表 %s", p.Sheet.Account.BookName, p.Period)
	return c.sheets(tx, name, func(s paper.Setup) ([]byte, error) { return paper.Reports([]*statement.Report{r}, s) })
}

// report lays a sheet out: the book's side at the left, the bank's at the right, balance, what is added and taken off, and
// what both come to.
func (p *sheetPage) report() *statement.Report {
	s := p.Sheet
	r := &statement.Report{
		Name: "adjustment", Title: "银行存款余额调节表", Entity: s.Account.BookName, From: p.Period, To: p.Period, Unit: "元", Balanced: p.Equal, Signers: []string{"编制", "审核"},
		Notes: []string{"账户:" + s.Account.Title(), "截至 " + p.Period.Last().Chinese() + ",编制 " + p.Maker + ",审核 " + p.Reviewer},
	}
	for _, group := range []string{"单位银行存款账", "银行对账单"} {
		for _, title := range []string{"加减", "日期", "票据号", "事由"} {
			r.Columns = append(r.Columns, statement.Column{Key: group + title, Title: title, Group: group, Kind: statement.Text})
		}
		r.Columns = append(r.Columns, statement.Column{Key: group + "金额", Title: "金额", Group: group, Kind: statement.Amount})
	}
	both := func(kind statement.RowKind, left string, book money.Fen, right string, bank money.Fen) {
		r.Rows = append(r.Rows, statement.Row{Kind: kind, Cells: []statement.Cell{{}, {}, {}, {Text: left}, {Amount: book}, {}, {}, {}, {Text: right}, {Amount: bank}}})
	}
	both(statement.Subtotal, "账面余额", s.BookBalance, "对账单余额", s.BankBalance)
	for _, pair := range p.Rows {
		var cells []statement.Cell
		for _, l := range []*sheetLine{pair.Left, pair.Right} {
			if l == nil {
				cells = append(cells, make([]statement.Cell, 5)...)
				continue
			}
			cells = append(cells, statement.Cell{Text: l.Sign}, statement.Cell{Text: string(l.Date)}, statement.Cell{Text: l.Ref}, statement.Cell{Text: fmt.Sprintf("%s(%s %d 天)", l.Summary, l.Who, l.Age)}, statement.Cell{Amount: l.Sum})
		}
		r.Rows = append(r.Rows, statement.Row{Kind: statement.Item, Cells: cells})
	}
	both(statement.Item, "加:银行已收单位未收", s.BankIn, "加:单位已收银行未收", s.BookIn)
	both(statement.Item, "减:银行已付单位未付", s.BankOut, "减:单位已付银行未付", s.BookOut)
	total := statement.Row{Kind: statement.Total, Cells: []statement.Cell{{}, {}, {}, {Text: "调节后余额"}, {Amount: s.AdjustedBook()}, {}, {}, {}, {Text: "调节后余额"}, {Amount: s.AdjustedBank()}}}
	r.Totals = []statement.Row{total}
	return r
}
