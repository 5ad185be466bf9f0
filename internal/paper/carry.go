package paper

import (
	"fmt"
	"slices"

	"xiangzhang/internal/money"
	"xiangzhang/internal/statement"
)

// carry adds up what goes from one page of a ledger to the next: movements from the first month that is printed to the
// end of the page, as accounts with 本年累计 want it (会计基础工作规范 第六十二条), and the balance.
type carry struct {
	report        *statement.Report
	debit, credit money.Fen
	last          int // row that was taken last
	summary       int // columns
	sums          int // of the debit; the credit follows
	balance       int // of the direction, the balance follows; -1: there is none
}

// carryOf gives the carrying of a ledger that lists entries; nil for other reports.
func carryOf(r *statement.Report) *carry {
	column := func(key string) int {
		return slices.IndexFunc(r.Columns, func(c statement.Column) bool { return c.Key == key })
	}
	if column("voucher") < 0 {
		return nil
	}
	return &carry{report: r, summary: column("summary"), sums: column("debit"), balance: column("direction")}
}

func (c *carry) take(row int) {
	c.last = row
	if row >= len(c.report.Rows) {
		return
	}
	if r := c.report.Rows[row]; r.Kind == statement.Item {
		c.debit += r.Cells[c.sums].Amount
		c.credit += r.Cells[c.sums+1].Amount
	}
}

func (c *carry) row(label string, s Setup) tableRow {
	cells := make([]statement.Cell, len(c.report.Columns))
	cells[c.summary].Text = label
	cells[c.sums].Amount, cells[c.sums+1].Amount = c.debit, c.credit
	if c.balance >= 0 && c.last < len(c.report.Rows) {
		before := c.report.Rows[c.last].Cells
		cells[c.balance], cells[c.balance+1] = before[c.balance], before[c.balance+1]
	}
	return rowOf(c.report, statement.Row{Kind: statement.Subtotal, Cells: cells}, s)
}

func pageOf(n, of int) string { return fmt.Sprintf("第 %d 页　共 %d 页", n, of) }
