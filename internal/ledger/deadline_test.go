package ledger

import (
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/rule"
)

// TestDeadlines: the nearest unit's rule counts, on the day that it concerns, and no rule means no date.
func TestDeadlines(t *testing.T) {
	d := Deadlines{map[string][]rule.Value{
		closeDay.Code: {
			{From: "2020-01-01", To: "2026-09-30", Text: "10"}, {From: "2026-10-01", Text: "5"}, {Unit: 7, From: "2020-01-01", Text: "15"},
		},
		checkDays.Code: {{From: "2020-01-01", Text: "3"}}, mendDays.Code: {{From: "2026-12-01", Text: "1"}},
	}}
	for _, c := range []struct {
		path  string
		month calendar.Period
		want  calendar.Date
	}{
		{"/1/2/", "2026-08", "2026-09-10"}, {"/1/2/", "2026-09", "2026-10-05"}, {"/1/7/3/", "2026-09", "2026-10-15"}, {"/1/2/", "2018-01", ""},
	} {
		if got := d.Close(c.path, c.month); got != c.want {
			t.Errorf("%s of %s is to be closed by %q, want %q", c.month, c.path, got, c.want)
		}
	}
	for state, want := range map[document.State]calendar.Date{Submitted: "2026-11-02", Returned: "", Draft: ""} {
		if got := d.Step("/1/2/", Waiting{State: state}, "2026-10-30"); got != want {
			t.Errorf("a voucher in state %s is due on %q, want %q", state, got, want)
		}
	}
}
