package ledger

import (
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

// The dated rules of deadlines. The law asks for bookkeeping in time (会计基础工作规范 art. 37, 63) and leaves the days to
// who runs the office; a new county begins with these and sets its own, each with its document number.
var (
	closeDay  = rule.Definition{Code: "month-close-day", Title: "月末结账期限(次月几日前)", Kind: rule.Count, Min: 1, Max: 28, Initial: "10"}
	checkDays = rule.Definition{Code: "voucher-check-days", Title: "凭证提交、反结账申请后几日内审核(天)", Kind: rule.Days, Max: 60, Initial: "3"}
	postDays  = rule.Definition{Code: "voucher-post-days", Title: "凭证审核后几日内记账(天)", Kind: rule.Days, Max: 60, Initial: "3"}
	mendDays  = rule.Definition{Code: "voucher-mend-days", Title: "凭证退回后几日内改正(天)", Kind: rule.Days, Max: 60, Initial: "2"}
)

// Rules gives the rules that this package reads.
func Rules() []rule.Definition { return []rule.Definition{closeDay, checkDays, postDays, mendDays} }

// Deadlines are the days by which work on vouchers and months is due, as the rules say for each unit.
type Deadlines struct{ values map[string][]rule.Value }

// ReadDeadlines reads the rules of deadlines once, for lists over many books.
func ReadDeadlines(tx *store.Tx, county int64) (Deadlines, error) {
	d := Deadlines{map[string][]rule.Value{}}
	for _, of := range Rules() {
		values, err := rule.List(tx, county, of.Code)
		if err != nil {
			return d, err
		}
		d.values[of.Code] = values
	}
	return d, nil
}

// days gives what a rule says for the unit at path on a day; ok is false where none is set.
func (d Deadlines) days(of rule.Definition, path string, on calendar.Date) (days int, ok bool) {
	inForce := slices.DeleteFunc(slices.Clone(d.values[of.Code]), func(v rule.Value) bool { return !v.Holds(on) })
	v, ok := rule.Nearest(inForce, path)
	if !ok {
		return 0, false
	}
	n, err := v.Int()
	return int(n), err == nil
}

// Close gives the last day on which a month of a book of the unit at path is closed in time; empty where no rule is set.
func (d Deadlines) Close(path string, month calendar.Period) calendar.Date {
	next := month.Next().First()
	days, ok := d.days(closeDay, path, next)
	if !ok {
		return ""
	}
	return next.AddDays(days - 1)
}

// Step gives the last day for what a voucher in a state waits for, counted from the day of its last step: a submitted
// one is to be checked, a checked one to be posted, a returned one to be mended. Empty: no rule is set, or nothing is
// waited for.
func (d Deadlines) Step(path string, w Waiting, since calendar.Date) calendar.Date {
	of, waits := map[document.State]rule.Definition{
		Submitted: checkDays, Checked: postDays, Returned: mendDays,
	}[w.State]
	if !waits {
		return ""
	}
	return d.after(of, path, since)
}

// Approve gives the last day to decide on a request to open a month again.
func (d Deadlines) Approve(path string, since calendar.Date) calendar.Date {
	return d.after(checkDays, path, since)
}

func (d Deadlines) after(of rule.Definition, path string, since calendar.Date) calendar.Date {
	days, ok := d.days(of, path, since)
	if !ok {
		return ""
	}
	return since.AddDays(days)
}
