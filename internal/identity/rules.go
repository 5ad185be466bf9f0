package identity

import (
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/org"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

// The dated rules of signing in; the county may set its own (等级保护 asks for limits and leaves the figures open).
var (
	signInFailures  = rule.Definition{Code: "sign-in-failures", Title: "连续登录失败多少次后锁定", Kind: rule.Count, Min: 3, Max: 20, Initial: "5"}
	signInLock      = rule.Definition{Code: "sign-in-lock-minutes", Title: "登录失败锁定时间(分钟)", Kind: rule.Count, Min: 1, Max: 1440, Initial: "15"}
	sessionIdle     = rule.Definition{Code: "session-idle-minutes", Title: "无操作多久后须重新登录(分钟)", Kind: rule.Count, Min: 5, Max: 480, Initial: "60"}
	sessionLongest  = rule.Definition{Code: "session-longest-minutes", Title: "一次登录最长时间(分钟)", Kind: rule.Count, Min: 30, Max: 1440, Initial: "720"}
	signInRuleOrder = []rule.Definition{signInFailures, signInLock, sessionIdle, sessionLongest}
)

// Rules gives the rules that this package reads.
func Rules() []rule.Definition { return signInRuleOrder }

// policy is what the rules say today.
type policy struct {
	failures      int64
	lock          time.Duration
	idle, longest time.Duration
}

func readPolicy(tx *store.Tx, county int64) (policy, error) {
	var p policy
	today, err := org.Today(tx, county)
	if err != nil {
		return p, err
	}
	if p.failures, err = rule.Int(tx, county, signInFailures.Code, "", today); err != nil {
		return p, err
	}
	if p.lock, err = minutes(tx, county, signInLock, today); err != nil {
		return p, err
	}
	if p.idle, err = minutes(tx, county, sessionIdle, today); err != nil {
		return p, err
	}
	p.longest, err = minutes(tx, county, sessionLongest, today)
	return p, err
}

func minutes(tx *store.Tx, county int64, d rule.Definition, on calendar.Date) (time.Duration, error) {
	n, err := rule.Int(tx, county, d.Code, "", on)
	return time.Duration(n) * time.Minute, err
}
