package drafting

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"xiangzhang/internal/budget"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/figure"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// Figures are the figures of budgets.
func Figures() []figure.Definition {
	return []figure.Definition{{
		Code: "own-income-completion", Title: "本级收入完成预算", Measure: "%", Numerator: "当年截至当月的一般公共预算、政府性基金和国有资本经营预算本级收入(分)",
		Denominator: "人民代表大会批准的年初预算本级收入(分)", Decimals: 2, Source: "预算法第七十四条", Readers: Readers, Compute: ownIncome,
	}}
}

// ownIncome sets what came in under the accounts of own income beside what the congress approved for the year.
func ownIncome(tx *store.Tx, county int64, path string, on calendar.Date) ([]figure.Row, error) {
	books, err := ledger.ListBooks(tx, county, path)
	if err != nil {
		return nil, err
	}
	combinations, err := ledger.Combinations(tx, county)
	if err != nil {
		return nil, err
	}
	var rows []figure.Row
	for _, b := range books {
		if b.Chart != ledger.GeneralBudget || b.Start > on.Period() {
			continue
		}
		sums := map[[2]string]figure.Row{}
		lines, err := budget.List(tx, b, on.Year())
		if err != nil {
			return nil, err
		}
		own := func(account string) bool {
			return slices.Contains(slices.Collect(maps.Values(ownAccounts)), account[:min(len(account), 4)]) && account[:4] != ownAccounts["4"]
		}
		for _, l := range lines {
			if own(l.Account) {
				k := [2]string{l.Account, l.Function}
				r := sums[k]
				r.Of += int64(l.Budget)
				sums[k] = r
			}
		}
		moves, _, err := ledger.Balances(tx, county, []ledger.Book{b}, calendar.PeriodOf(on.Year(), 1), on.Period())
		if err != nil {
			return nil, err
		}
		for id, m := range moves {
			if c := combinations[id]; own(c.Account) {
				k := [2]string{c.Account, c.Dims.Function}
				r := sums[k]
				r.In += int64(m.Credit - m.Debit)
				sums[k] = r
			}
		}
		for _, k := range slices.SortedFunc(maps.Keys(sums), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
			r := sums[k]
			r.Kind, r.ID, r.Text = "account", fmt.Sprintf("%d-%s-%s", b.ID, k[0], k[1]), b.Name+" "+k[0]+" "+k[1]
			rows = append(rows, r)
		}
	}
	return rows, nil
}
