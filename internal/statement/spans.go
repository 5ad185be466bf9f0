package statement

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
)

// Comparison names the months that a statement is compared with.
type Comparison string

// The comparisons.
const (
	NoComparison Comparison = ""
	LastMonth    Comparison = "last-month" // the months asked for, a month earlier; the year so far, as it stood a month ago
	SameMonth    Comparison = "same-month" // the same months of the year before
	LastYear     Comparison = "last-year"  // the whole year before
)

// Comparisons lists what statements can be compared with.
func Comparisons() []Comparison { return []Comparison{LastMonth, SameMonth, LastYear} }

// Title is the comparison's name on pages.
func (c Comparison) Title() string {
	return map[Comparison]string{NoComparison: "不比较", LastMonth: "与上月比较", SameMonth: "与上年同期比较", LastYear: "与上年全年比较"}[c]
}

// ParseComparison reads a comparison's name.
func ParseComparison(text string) (Comparison, error) {
	var names []string
	for _, c := range Comparisons() {
		if text == string(c) || text == "" {
			return Comparison(text), nil
		}
		names = append(names, string(c))
	}
	return "", fault.Newf(fault.Invalid, "statement-comparison", "可用:"+strings.Join(names, "、"), "没有名为「%s」的比较方式", text).In("compare")
}

// span gives the months that from to to are compared with.
func (c Comparison) span(from, to calendar.Period) (calendar.Period, calendar.Period) {
	before := func(p calendar.Period) calendar.Period { return calendar.PeriodOf(p.Year()-1, p.Month()) }
	switch {
	case c == LastYear:
		return calendar.PeriodOf(to.Year()-1, 1), calendar.PeriodOf(to.Year()-1, 12)
	case c == SameMonth:
		return before(from), before(to)
	case from.Month() == 1 && to > from:
		return from, to.Prev()
	default:
		return from.Prev(), to.Prev()
	}
}

// compared gives the months to compare with, and the books that had begun by then. What the others add is not in the
// comparison, and the report says so; where none had begun nothing is compared.
func (m *maker) compared(from, to calendar.Period) (books []ledger.Book, first, last calendar.Period) {
	first, last = m.ask.Compare.span(from, to)
	for _, b := range m.ask.Books {
		if b.Start <= last {
			books = append(books, b)
		}
	}
	switch missing := len(m.ask.Books) - len(books); {
	case missing > 0 && len(books) == 0:
		m.report.note(fmt.Sprintf("账套在 %s 尚未启用,没有可比数", last.Chinese()))
	case missing > 0:
		m.report.note(fmt.Sprintf("比较期不含 %d 个在 %s 尚未启用的账套", missing, last.Chinese()))
	}
	return books, first, last
}

// spanTitle names months in a head: 9 月, 2026 年 1 月至 9 月.
func spanTitle(from, to calendar.Period) string {
	switch {
	case from == to:
		return from.Chinese()
	case from.Month() == 1 && to.Month() == 12:
		return fmt.Sprintf("%d 年", to.Year())
	default:
		return fmt.Sprintf("%s至 %d 月", from.Chinese(), to.Month())
	}
}
