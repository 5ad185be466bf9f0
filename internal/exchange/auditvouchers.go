package exchange

import (
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// vouchers calls f for each voucher of a book with its lines.
func (a *audit) vouchers(b auditBook, f func(chart *ledger.Chart, lines []ledger.EntryRow) error) error {
	var lines []ledger.EntryRow
	give := func() error {
		if len(lines) == 0 {
			return nil
		}
		chart, err := ledger.ChartOf(a.tx, b.Book, lines[0].Number.Period.Year())
		if err != nil {
			return err
		}
		err = f(chart, lines)
		lines = lines[:0]
		return err
	}
	err := ledger.Entries(a.tx, b.Book, firstPeriod, lastPeriod, func(e ledger.EntryRow) error {
		if len(lines) > 0 && lines[0].Number != e.Number {
			if err := give(); err != nil {
				return err
			}
		}
		lines = append(lines, e)
		return nil
	})
	if err != nil {
		return err
	}
	return give()
}

func (a *audit) voucherRows(b auditBook) error {
	heads, err := voucherHeads(a.tx, b.Book)
	if err != nil {
		return err
	}
	return a.vouchers(b, func(chart *ledger.Chart, lines []ledger.EntryRow) error {
		h := heads[lines[0].Number]
		kind, source := "普通", ""
		if lines[0].Kind == ledger.Closing {
			kind = "结转"
		}
		if h.reverses != nil {
			kind, source = "红字", string(h.reverses.Period)+" "+h.reverses.Label()
		}
		for _, e := range lines {
			account := a.combinations[e.Combination].Account
			counter := a.counterpart(chart, lines, e)
			a.total(e.Debit, e.Credit)
			err := a.row(b.Code, e.Number.Period.Year(), e.Number.Period.Month(), e.Number.Word,
				e.Number.Number, e.Line, compact(e.Date), compact(e.Date), e.Summary,
				account, fullName(chart, account), e.Debit, e.Credit, h.attachments,
				"", a.names[h.poster], "", a.names[h.checker], a.names[h.maker], source, "", "1", kind, counter, fullName(chart, counter),
				commodity, "1", money.Fen(0), money.Fen(0), b.township, b.division)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// counterpart gives the one account on the other side of an entry's half; empty where there are several.
func (a *audit) counterpart(chart *ledger.Chart, lines []ledger.EntryRow, e ledger.EntryRow) string {
	found := ""
	half := a.half(chart, e)
	for _, l := range lines {
		if (l.Debit == 0) == (e.Debit == 0) || a.half(chart, l) != half {
			continue
		}
		account := a.combinations[l.Combination].Account
		if found != "" && found != account {
			return ""
		}
		found = account
	}
	return found
}

func (a *audit) half(chart *ledger.Chart, e ledger.EntryRow) ledger.Half {
	if v, ok := chart.Account(a.combinations[e.Combination].Account); ok {
		return v.Half
	}
	return ledger.Financial
}

func fullName(chart *ledger.Chart, code string) string {
	if v, ok := chart.Account(code); ok {
		return v.FullName
	}
	return ""
}

func (a *audit) voucherItemRows(b auditBook) error {
	return a.vouchers(b, func(chart *ledger.Chart, lines []ledger.EntryRow) error {
		for _, e := range lines {
			c := a.combinations[e.Combination]
			for _, d := range dimensions {
				item := c.Dims.Get(d)
				if item == "" {
					continue
				}
				err := a.row(b.Code, e.Number.Period.Year(), e.Number.Period.Month(), e.Number.Word,
					e.Number.Number, e.Line, string(d), item, itemName(chart, c.Account, d, item),
					e.Debit, e.Credit)
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}
