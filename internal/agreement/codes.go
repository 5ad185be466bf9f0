package agreement

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// CodeRow is what the treasury, the tax office and the book say of one budget account of income (预算法 art. 67).
type CodeRow struct {
	Code     string
	Name     string
	Treasury money.Fen
	Tax      money.Fen
	Book     money.Fen
}

// Differs reports whether the three do not say the same. The tax office knows taxes alone: what it does not name is not
// held against it.
func (r CodeRow) Differs() bool { return r.Treasury != r.Book || r.Tax != 0 && r.Tax != r.Treasury }

// ByCode compares treasury, tax office and book by budget account over months of one year, for a treasury account of a
// general budget book.
func ByCode(tx *store.Tx, a bank.Account, from, to calendar.Period) ([]CodeRow, error) {
	rows := map[string]*CodeRow{}
	of := func(code string) *CodeRow {
		if rows[code] == nil {
			rows[code] = &CodeRow{Code: code}
		}
		return rows[code]
	}
	for _, source := range []Source{Treasury, Tax} {
		lines, err := Lines(tx, a.County, a.ID, source, from.First(), to.Last())
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if source == Treasury {
				of(l.Code).Treasury += l.Amount
			} else {
				of(l.Code).Tax += l.Amount
			}
		}
	}
	b, err := ledger.GetBook(tx, a.County, a.Book)
	if err != nil {
		return nil, err
	}
	moves, _, err := ledger.Balances(tx, a.County, []ledger.Book{b}, from, to)
	if err != nil {
		return nil, err
	}
	combinations, err := ledger.Combinations(tx, a.County)
	if err != nil {
		return nil, err
	}
	chart, err := ledger.ChartOf(tx, b, to.Year())
	if err != nil {
		return nil, err
	}
	for id, m := range moves {
		c := combinations[id]
		account, known := chart.Account(c.Account)
		if !known || account.Element != "revenue" || c.Dims.Function == "" || m.Debit == m.Credit {
			continue
		}
		of(c.Dims.Function).Book += m.Credit - m.Debit
	}
	out := make([]CodeRow, 0, len(rows))
	for _, r := range rows {
		if class, ok := chart.Class("revenue", r.Code); ok {
			r.Name = class.Name
		}
		out = append(out, *r)
	}
	slices.SortFunc(out, func(x, y CodeRow) int { return cmp.Or(strings.Compare(x.Code, y.Code)) })
	return out, nil
}

// Days gives the days of a month on which a source said nothing, of those that a calendar names.
func Days(tx *store.Tx, a bank.Account, source Source, working []calendar.Date) ([]calendar.Date, error) {
	if len(working) == 0 {
		return nil, nil
	}
	lines, err := Lines(tx, a.County, a.ID, source, working[0], working[len(working)-1])
	if err != nil {
		return nil, fmt.Errorf("agreement.Days: %w", err)
	}
	said := map[calendar.Date]bool{}
	for _, l := range lines {
		said[l.Date] = true
	}
	return slices.DeleteFunc(slices.Clone(working), func(d calendar.Date) bool { return said[d] }), nil
}
