package statement

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
)

// filterKinds are the classifications that the values of a dimension come from.
var filterKinds = []struct {
	dimension ledger.Dimension
	kinds     []string
}{
	{ledger.Function, []string{"function", "revenue"}},
	{ledger.Economic, []string{"economic", "economic-government"}},
	{ledger.Fund, []string{"fund"}},
}

// namesShown is how many values a refusal offers.
const namesShown = 5

// checkFilter refuses a value that no classification of the books has, and a project, a party or a unit that they have
// never recorded anything on: an empty table would look like nothing spent.
func (m *maker) checkFilter() error {
	if m.ask.Filter == (ledger.Dims{}) && !m.ask.Offer {
		return nil
	}
	f, err := m.read(m.ask.Books, m.yearStart(), m.ask.To)
	if err != nil {
		return err
	}
	recent := make([]ledger.Dims, 0, len(f.moves))
	for id := range f.moves {
		recent = append(recent, f.combinations[id].Dims)
	}
	if m.ask.Offer {
		m.report.Used = recent
	}
	for _, d := range filterKinds {
		value := m.ask.Filter.Get(d.dimension)
		known := slices.ContainsFunc(f.all(), func(c *ledger.Chart) bool {
			return slices.ContainsFunc(d.kinds, func(kind string) bool { _, ok := c.Class(kind, value); return ok })
		})
		if value != "" && !known {
			return fault.Newf(fault.Invalid, "filter-unknown", "请从当年分类中选择编码,类、款、项都可以", "%d 年%s中没有「%s」",
				m.ask.To.Year(), d.dimension.Title(), value).In(string(d.dimension))
		}
	}
	for _, d := range []struct {
		field, title, value string
		of                  func(ledger.Dims) string
	}{
		{"project", "项目", m.ask.Filter.Project, func(d ledger.Dims) string { return d.Project }},
		{"party", "往来对象", m.ask.Filter.Party, func(d ledger.Dims) string { return d.Party }},
		{"unit", "用款单位", unitText(m.ask.Filter.Unit), func(d ledger.Dims) string { return unitText(d.Unit) }},
	} {
		if d.value == "" || slices.ContainsFunc(recent, func(dims ledger.Dims) bool { return d.of(dims) == d.value }) {
			continue
		}
		used, err := m.used(d.of)
		if err != nil {
			return err
		}
		if slices.Contains(used, d.value) {
			continue
		}
		hint := "这些账套没有按" + d.title + "核算的业务,请去掉这一条件"
		if len(used) > 0 && d.field != "unit" {
			hint = "已记过账的有:" + strings.Join(used[:min(len(used), namesShown)], "、")
			if len(used) > namesShown {
				hint += fmt.Sprintf("等 %d 个", len(used))
			}
		}
		if d.field == "unit" {
			return fault.New(fault.Invalid, "filter-unused", "这些账套没有记在该用款单位名下的业务", "请另选用款单位,或去掉这一条件").In(d.field)
		}
		return fault.Newf(fault.Invalid, "filter-unused", hint, "这些账套没有%s「%s」的业务", d.title, d.value).In(d.field)
	}
	return nil
}

func unitText(id int64) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprint(id)
}

// used gives the values of a dimension on which the books have ever recorded anything.
func (m *maker) used(of func(ledger.Dims) string) ([]string, error) {
	combinations, err := ledger.Combinations(m.tx, m.county)
	if err != nil {
		return nil, err
	}
	args := []any{m.county}
	rows, err := m.tx.Query(`select distinct combination_id from balance where county_id = $1 and book_id in (`+list(&args, bookIDs(m.ask.Books))+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("statement: dimensions: %w", err)
	}
	defer rows.Close()
	var values []string
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("statement: dimensions: %w", err)
		}
		if v := of(combinations[id].Dims); v != "" {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return slices.Compact(values), rows.Err()
}
