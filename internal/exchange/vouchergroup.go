package exchange

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// fileVoucher is one voucher of a file with the rows that it stands in.
type fileVoucher struct {
	rows    []*voucherRow
	voucher ledger.Voucher
	book    *fileBook
	bad     bool
}

func (v *fileVoucher) first() sheet.Row { return v.rows[0].row }

// span tells which rows belong to the voucher, as the beginning of a sentence; empty where it is one row.
func (v *fileVoucher) span() string {
	first, last := v.first().Number, v.rows[len(v.rows)-1].row.Number
	if last == first {
		return ""
	}
	return fmt.Sprintf("第 %d 至 %d 行的凭证,", first, last)
}

// row gives the file's row of a line, 1-based.
func (v *fileVoucher) row(line int) sheet.Row { return v.rows[line-1].row }

// group gathers the rows of each voucher: by number where there is one, else as the template's note says.
func (im *imported) group(tx *store.Tx, books *fileBooks, rows []voucherRow) ([]*fileVoucher, error) {
	type key struct {
		head
		number int64
	}
	var all []*fileVoucher
	numbered := map[key]*fileVoucher{}
	for i := 0; i < len(rows); {
		r := &rows[i]
		if r.follows {
			im.refuse(r.row, fault.New(fault.Invalid, "date-missing", "本行没有日期,上面也没有可以接续的凭证", "请填写账套和日期"), "date")
			i++
			continue
		}
		end := i + 1
		for end < len(rows) && rows[end].follows {
			end++
		}
		followed := pointers(rows[i:end])
		switch {
		case r.number > 0:
			k := key{head{r.book, r.word, monthOf(r.date)}, r.number}
			v := numbered[k]
			if v == nil {
				v = &fileVoucher{}
				numbered[k] = v
				all = append(all, v)
			}
			v.rows = append(v.rows, followed...)
		case end > i+1:
			all = append(all, &fileVoucher{rows: followed})
		default:
			end = runEnd(rows, i)
			vs, err := im.split(tx, books, pointers(rows[i:end]))
			if err != nil {
				return nil, err
			}
			all = append(all, vs...)
		}
		i = end
	}
	return all, nil
}

func pointers(rows []voucherRow) []*voucherRow {
	out := make([]*voucherRow, len(rows))
	for i := range rows {
		out[i] = &rows[i]
	}
	return out
}

// runEnd finds the end of the rows from i that may belong to one voucher without number: the same book, date, word and
// kind, and no new count of attachments.
func runEnd(rows []voucherRow, i int) int {
	first := &rows[i]
	end := i + 1
	for ; end < len(rows); end++ {
		r := &rows[end]
		if r.follows || r.number > 0 || r.head() != first.head() || r.kind != first.kind ||
			r.attachments != "" && r.attachments != first.attachments || r.note != "" && r.note != first.note {
			break
		}
		if end+1 < len(rows) && rows[end+1].follows {
			break // it begins a voucher of its own, whose further rows leave the head blank
		}
	}
	return end
}

// part is a stretch of rows at whose end each half balances.
type part struct {
	rows    []*voucherRow
	amount  money.Fen // debit
	touches map[ledger.Half]bool
}

func (p part) only(h ledger.Half) bool { return len(p.touches) == 1 && p.touches[h] }

// split divides a run of rows without number where both halves balance. A stretch in the budgetary half alone is the
// parallel entry of the financial one beside it when it repeats its summary or its amount; where neither holds nobody can
// tell, and the rows are refused.
func (im *imported) split(tx *store.Tx, books *fileBooks, run []*voucherRow) ([]*fileVoucher, error) {
	parts, err := im.parts(tx, books, run)
	if err != nil {
		return nil, err
	}
	var all []*fileVoucher
	for i := 0; i < len(parts); i++ {
		v := &fileVoucher{rows: parts[i].rows}
		all = append(all, v)
		if i+1 == len(parts) {
			break
		}
		next := parts[i+1]
		parallel := parts[i].only(ledger.Financial) && next.only(ledger.Budgetary) || parts[i].only(ledger.Budgetary) && next.only(ledger.Financial)
		if !parallel {
			continue
		}
		if next.amount != parts[i].amount && !sameSummary(parts[i].rows, next.rows) {
			im.refuse(next.rows[0].row, fault.Newf(fault.Invalid, "voucher-ambiguous", "请给每张凭证填上凭证号,或只在每张凭证的首行填账套和日期",
				"分不清第 %d 行起的分录与上面第 %d 行起的是否同一张凭证", next.rows[0].row.Number, parts[i].rows[0].row.Number), "number")
		}
		v.rows = append(v.rows[:len(v.rows):len(v.rows)], next.rows...)
		i++
	}
	return all, nil
}

func sameSummary(a, b []*voucherRow) bool {
	for _, x := range a {
		for _, y := range b {
			if x.line.Summary == y.line.Summary {
				return true
			}
		}
	}
	return false
}

// parts cuts a run where both halves balance. A row that cannot be read leaves the rest in one piece: its own refusal is
// what helps.
func (im *imported) parts(tx *store.Tx, books *fileBooks, run []*voucherRow) ([]part, error) {
	for _, r := range run {
		if r.bad {
			return []part{{rows: run}}, nil
		}
	}
	b, err := books.find(tx, run[0].book)
	if err != nil {
		return nil, err
	}
	chart, err := b.chart(tx, run[0].date.Year())
	if err != nil {
		return nil, err
	}
	if chart == nil {
		return []part{{rows: run}}, nil
	}
	var parts []part
	from := 0
	sums := map[ledger.Half]money.Fen{}
	p := part{touches: map[ledger.Half]bool{}}
	for i, r := range run {
		half := ledger.Financial
		if a, ok := chart.Account(r.line.Account); ok {
			half = a.Half
		}
		sums[half] += r.line.Debit - r.line.Credit
		p.touches[half] = true
		p.amount += r.line.Debit
		if i+1 < len(run) && (i == from || sums[ledger.Financial] != 0 || sums[ledger.Budgetary] != 0) {
			continue
		}
		p.rows = run[from : i+1]
		parts = append(parts, p)
		from, p = i+1, part{touches: map[ledger.Half]bool{}}
	}
	return parts, nil
}

// monthOf gives the month as a date's beginning, so that a bad date is a month of its own.
func monthOf(d calendar.Date) calendar.Date {
	if len(d) < 7 {
		return d
	}
	return d[:7]
}
