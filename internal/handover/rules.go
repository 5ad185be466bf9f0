package handover

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

var delegationDays = rule.Definition{
	Code: "delegation-longest-days", Title: "一次代理最长天数", Kind: rule.Days, Min: 1, Max: 366, Initial: "90",
}

// Rules gives the rules that this package reads.
func Rules() []rule.Definition { return []rule.Definition{delegationDays} }

// longestDelegation says how long a delegation may last: whoever is away longer hands his post over (会计基础工作规范 art. 33; how
// long that is the county rules).
func longestDelegation(tx *store.Tx, county int64, path string, on calendar.Date) (int64, error) {
	return rule.Int(tx, county, delegationDays.Code, path, on)
}
