package statement

import (
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// figures are the balances and movements of books over some months, by combination.
type figures struct {
	from, to     calendar.Period
	moves        map[int64]ledger.Move
	combinations map[int64]ledger.Combination
	charts       map[ledger.ChartName][]*ledger.Chart
}

// gather gives the figures of all books, of the combinations that the filter keeps.
func (m *maker) gather(from, to calendar.Period) (*figures, error) {
	return m.gatherOf(m.ask.Books, from, to)
}

func (m *maker) gatherOf(books []ledger.Book, from, to calendar.Period) (*figures, error) {
	f, err := m.read(books, from, to)
	if err != nil || m.ask.Filter == (ledger.Dims{}) {
		return f, err
	}
	kept := *f
	kept.moves = map[int64]ledger.Move{}
	for id, v := range f.moves {
		if within(f.combinations[id].Dims, m.ask.Filter) {
			kept.moves[id] = v
		}
	}
	return &kept, nil
}

// readKey names figures that have been read.
type readKey struct {
	books    int
	from, to calendar.Period
}

// read reads balances, once for the same books and months.
func (m *maker) read(books []ledger.Book, from, to calendar.Period) (*figures, error) {
	key := readKey{len(books), from, to}
	if f := m.known[key]; f != nil {
		return f, nil
	}
	moves, provisional, err := ledger.Balances(m.tx, m.county, books, from, to)
	if err != nil {
		return nil, err
	}
	if to.Year() == m.ask.To.Year() {
		m.report.Provisional = m.report.Provisional || provisional
	}
	f := &figures{from: from, to: to, moves: moves, charts: map[ledger.ChartName][]*ledger.Chart{}}
	if f.combinations, err = ledger.Combinations(m.tx, m.county); err != nil {
		return nil, err
	}
	for _, b := range books {
		chart, err := ledger.ChartOf(m.tx, b, to.Year())
		if err != nil {
			return nil, err
		}
		f.charts[b.Chart] = append(f.charts[b.Chart], chart)
	}
	if m.known == nil {
		m.known = map[readKey]*figures{}
	}
	m.known[key] = f
	return f, nil
}

// all gives the charts of all books.
func (f *figures) all() []*ledger.Chart {
	var all []*ledger.Chart
	for _, charts := range f.charts {
		all = append(all, charts...)
	}
	return all
}

// within reports whether dimensions begin as the filter does.
func within(d, filter ledger.Dims) bool {
	return (filter.Unit == 0 || d.Unit == filter.Unit) && strings.HasPrefix(d.Function, filter.Function) &&
		strings.HasPrefix(d.Economic, filter.Economic) && strings.HasPrefix(d.Fund, filter.Fund) &&
		(filter.Project == "" || d.Project == filter.Project) && (filter.Party == "" || d.Party == filter.Party)
}

// account finds an account in the charts of the books; an account of one book's own is in that book's chart only.
func (f *figures) account(chart ledger.ChartName, code string) *ledger.Account {
	for _, c := range f.charts[chart] {
		if a, ok := c.Account(code); ok {
			return a
		}
	}
	return &ledger.Account{Code: code, Name: code, FullName: code, Half: ledger.Financial, Direction: 1, Leaf: true, Level: 1}
}

type accountKey struct {
	chart ledger.ChartName
	code  string
}

// byAccount adds the combinations of each account of a selection up.
func (f *figures) byAccount(accounts selection) map[accountKey]ledger.Move {
	sums := make(map[accountKey]ledger.Move, len(f.moves))
	for id, m := range f.moves {
		c := f.combinations[id]
		if !accounts.keeps(c.Account) {
			continue
		}
		key := accountKey{c.Chart, c.Account}
		sums[key] = Add(sums[key], m)
	}
	return sums
}

// Add adds what two combinations stood at and moved by.
func Add(a, b ledger.Move) ledger.Move {
	return ledger.Move{
		Opening: a.Opening + b.Opening, Debit: a.Debit + b.Debit, Credit: a.Credit + b.Credit,
		ClosingDebit: a.ClosingDebit + b.ClosingDebit, ClosingCredit: a.ClosingCredit + b.ClosingCredit,
	}
}

func sortedKeys(sums map[accountKey]ledger.Move) []accountKey {
	keys := make([]accountKey, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b accountKey) int {
		if a.chart != b.chart {
			return slices.Index(allCharts, a.chart) - slices.Index(allCharts, b.chart)
		}
		return strings.Compare(a.code, b.code)
	})
	return keys
}

// sides splits a net amount, debit positive, into its two columns.
func sides(net money.Fen) (debit, credit money.Fen) {
	if net >= 0 {
		return net, 0
	}
	return 0, -net
}
