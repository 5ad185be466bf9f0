package identity

import (
	"fmt"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Attempt is one attempt to sign in, as it was.
type Attempt struct {
	At      time.Time
	Name    string // as typed, in lower case; no such login need exist
	Outcome string
	Address string
}

var outcomeTitles = map[string]string{
	outcomeOK: "成功", outcomeWrong: "密码错误", outcomeLocked: "锁定中", outcomeDisabled: "已停用",
}

// Title is the outcome on pages.
func (a Attempt) Title() string { return outcomeTitles[a.Outcome] }

// SignIns gives the newest attempts of the days from first to last, for the audit administrator.
func SignIns(tx *store.Tx, by Actor, first, last calendar.Date, most int) ([]Attempt, error) {
	root, err := org.Root(tx, by.County)
	if err != nil {
		return nil, err
	}
	if err := by.Require(root.Path, "查看登录记录", AuditAdmin); err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select at, name, outcome, address from sign_in where county_id = $1 and at >= $2 and at < $3
		order by at desc, attempt limit $4`,
		by.County, calendar.Instant(first.Time()), calendar.Instant(last.AddDays(1).Time()), most)
	if err != nil {
		return nil, fmt.Errorf("identity.SignIns: %w", err)
	}
	defer rows.Close()
	var all []Attempt
	for rows.Next() {
		var a Attempt
		var at string
		if err := rows.Scan(&at, &a.Name, &a.Outcome, &a.Address); err != nil {
			return nil, fmt.Errorf("identity.SignIns: %w", err)
		}
		if a.At, err = calendar.ParseInstant(at); err != nil {
			return nil, fmt.Errorf("identity.SignIns: %w", err)
		}
		all = append(all, a)
	}
	return all, rows.Err()
}
