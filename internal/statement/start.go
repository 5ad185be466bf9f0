package statement

import (
	"fmt"
	"strings"

	"xiangzhang/internal/fault"
)

// checkStart refuses a time before the books began, where an empty table would read as if nothing had happened.
func (m *maker) checkStart() error {
	var before []string
	for _, b := range m.ask.Books {
		if m.ask.To < b.Start {
			before = append(before, fmt.Sprintf("%s(%s 启用)", b.Name, b.Start.Chinese()))
		}
	}
	switch {
	case len(before) == len(m.ask.Books):
		return fault.Newf(fault.Invalid, "statement-before-start", "请把会计期间改到启用月份或以后", "会计期间 %s 至 %s 早于账套启用:%s",
			m.ask.From.Chinese(), m.ask.To.Chinese(), listed(before)).In("to")
	case len(before) > 0:
		m.report.note("本期尚未启用的账套:" + listed(before))
	}
	return nil
}

// listed names a few and says how many there are.
func listed(names []string) string { return listedAs(names, "个") }

// listedAs does so with the measure word of what is named.
func listedAs(names []string, measure string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, "、")
	}
	return fmt.Sprintf("%s 等 %d %s", strings.Join(names[:most], "、"), len(names), measure)
}
