package statement

import (
	"slices"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
)

// selection is a choice of accounts by the beginnings of their codes: "1001,-100101,1002" takes everything below 1001
// and 1002 but what lies below 100101. The empty selection takes every account.
type selection []selected

type selected struct {
	code string
	out  bool
}

func parseSelection(text string) selection {
	var s selection
	for part := range strings.SplitSeq(text, ",") {
		code, out := strings.CutPrefix(strings.TrimSpace(part), "-")
		if code != "" {
			s = append(s, selected{code, out})
		}
	}
	return s
}

// keeps reports whether an account belongs to the selection: the longest beginning decides.
func (s selection) keeps(code string) bool {
	if len(s) == 0 {
		return true
	}
	kept, longest := false, 0
	for _, one := range s {
		if len(one.code) > longest && strings.HasPrefix(code, one.code) {
			kept, longest = !one.out, len(one.code)
		}
	}
	return kept
}

// named refuses an account that no chart of the books has, and gives the names of those taken.
func (s selection) named(m *maker, charts []*ledger.Chart) ([]string, error) {
	var names []string
	for _, one := range s {
		var found *ledger.Account
		for _, c := range charts {
			if a, ok := c.Account(one.code); ok {
				found = a
				break
			}
		}
		if found == nil {
			return nil, fault.Newf(fault.NotFound, "account-unknown", "请按编码、名称或拼音首字母选择科目",
				"账套%s的 %d 年科目表中没有科目「%s」", m.ask.Books[0].Name, m.ask.To.Year(), one.code).In("account")
		}
		if !one.out {
			names = append(names, found.Code+" "+found.FullName)
		}
	}
	return names, nil
}

// selectionOf writes the accounts that count in a formula, so that what leads to their entries leads to all of them and
// to no other.
func selectionOf(chart *ledger.Chart, terms []term) string {
	var codes []string
	for _, t := range terms {
		if !slices.Contains(codes, t.code) {
			codes = append(codes, t.code)
		}
	}
	var written selection
	var parts []string
	slices.SortStableFunc(codes, func(a, b string) int { return len(a) - len(b) })
	for _, code := range codes {
		out := weights(chart, terms, code) == 0
		if known := len(written) > 0 && written.keeps(code); known == !out {
			continue // as what lies above it
		}
		written = append(written, selected{code, out})
		if out {
			code = "-" + code
		}
		parts = append(parts, code)
	}
	slices.SortFunc(parts, func(a, b string) int { return strings.Compare(strings.TrimPrefix(a, "-"), strings.TrimPrefix(b, "-")) })
	return strings.Join(parts, ",")
}
