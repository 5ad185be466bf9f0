package identity

import (
	"fmt"
	"strings"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Attempt is one attempt to sign in, as it was.
type Attempt struct {
	At      time.Time
	Name    string // as typed, in lower case; no such login need exist
	Person  string // whose login that is; empty: nobody's
	Outcome string
	Address string
	Cursor  string // names the attempt for SignInFilter.Before
}

// Title is the outcome on pages.
func (a Attempt) Title() string {
	for _, o := range Outcomes() {
		if o.Code == a.Outcome {
			return o.Title
		}
	}
	return a.Outcome
}

// Outcomes gives every outcome with its title, for filters.
func Outcomes() []Outcome {
	return []Outcome{{outcomeOK, "成功"}, {outcomeWrong, "密码错误"}, {outcomeLocked, "锁定中"}, {outcomeDisabled, "已停用"}}
}

// Outcome is what can become of an attempt to sign in.
type Outcome struct{ Code, Title string }

// SignInFilter narrows the history. Empty fields do not narrow.
type SignInFilter struct {
	First, Last calendar.Date
	Name        string // login, in whole
	Person      int64  // any login of the person
	Outcome     string
	Before      string // cursor: the rows after the one that Attempt.Cursor named
	Most        int
}

// SignIns gives the newest attempts of the days from first to last, for the audit administrator.
func SignIns(tx *store.Tx, by Actor, f SignInFilter) ([]Attempt, error) {
	if err := by.requireHistory(tx); err != nil {
		return nil, err
	}
	return signInsOf(tx, by.County, f)
}

// CountSignIns counts the attempts of the days from first to last, and those of them that failed, for the audit
// administrator.
func CountSignIns(tx *store.Tx, by Actor, first, last calendar.Date) (all, failed int64, err error) {
	if err := by.requireHistory(tx); err != nil {
		return 0, 0, err
	}
	err = tx.QueryRow(`select count(*), count(*) filter (where outcome <> 'ok') from sign_in where county_id = $1 and at >= $2 and at < $3`,
		by.County, calendar.Instant(first.Time()), calendar.Instant(last.AddDays(1).Time())).Scan(&all, &failed)
	if err != nil {
		return 0, 0, fmt.Errorf("identity.CountSignIns: %w", err)
	}
	return all, failed, nil
}

func (a Actor) requireHistory(tx *store.Tx) error {
	root, err := org.Root(tx, a.County)
	if err != nil {
		return err
	}
	return a.Require(root.Path, "查看登录记录", AuditAdmin)
}

// OwnSignIns gives the newest attempts under a person's own logins; everybody may look at his own.
func OwnSignIns(tx *store.Tx, by Actor, most int) ([]Attempt, error) {
	return signInsOf(tx, by.County, SignInFilter{First: "2000-01-01", Last: calendar.DateOf(tx.Now), Person: by.Person, Most: most})
}

func signInsOf(tx *store.Tx, county int64, f SignInFilter) ([]Attempt, error) {
	at, attempt, _ := strings.Cut(f.Before, " ")
	rows, err := tx.Query(`select at, name, outcome, address, attempt, coalesce((select p.name from login l join person p on p.county_id = l.county_id and p.person_id = l.person_id
		where l.county_id = sign_in.county_id and l.name = sign_in.name), '') from sign_in where county_id = $1 and at >= $2 and at < $3
		and ($4 = '' or name = $4) and ($5 = '' or outcome = $5) and ($6 = '' or at < $6 or at = $6 and attempt > $7)
		and ($8 = 0 or name in (select name from login where county_id = $1 and person_id = $8))
		order by at desc, attempt limit $9`,
		county, calendar.Instant(f.First.Time()), calendar.Instant(f.Last.AddDays(1).Time()), loginName(f.Name), f.Outcome, at, attempt,
		f.Person, f.Most)
	if err != nil {
		return nil, fmt.Errorf("identity.SignIns: %w", err)
	}
	defer rows.Close()
	var all []Attempt
	for rows.Next() {
		var a Attempt
		var at, attempt string
		if err := rows.Scan(&at, &a.Name, &a.Outcome, &a.Address, &attempt, &a.Person); err != nil {
			return nil, fmt.Errorf("identity.SignIns: %w", err)
		}
		if a.At, err = calendar.ParseInstant(at); err != nil {
			return nil, fmt.Errorf("identity.SignIns: %w", err)
		}
		a.Cursor = at + " " + attempt
		all = append(all, a)
	}
	return all, rows.Err()
}
