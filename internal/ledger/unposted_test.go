package ledger_test

import (
	"slices"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestUnposted_IsNotADeputys: what is not posted yet is told to an auditor, and to a deputy nowhere, nor counted.
func TestUnposted_IsNotADeputys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.stand(0)
		back := d.stand(1)
		d.stand(2)
		d.stand(3)
		d.write(func(tx *store.Tx) error {
			_, err := ledger.Return(tx, d.reviewer, back, 2, "附件不全")
			return err
		})
		reader := func(role identity.Role) identity.Actor {
			return identity.Actor{County: county, Person: 20, Grants: []identity.Grant{{Role: role, Path: "/1/2/"}}}
		}
		for role, want := range map[identity.Role]int64{identity.Auditor: 1, identity.Deputy: 0} {
			by := reader(role)
			d.read(func(tx *store.Tx) error {
				drafts, err := ledger.ListDrafts(tx, by, d.office, "2026-10")
				if err != nil || int64(len(drafts)) != 3*want {
					t.Errorf("%s is given %d drafts: %v", role, len(drafts), err)
				}
				if _, err = ledger.GetDraft(tx, by, back); fault.Is(err, fault.NotFound) != (want == 0) {
					t.Errorf("%s opens what was returned: %v", role, err)
				}
				hits, err := ledger.FindDrafts(tx, by, []string{"/1/2/"}, ledger.Wanted{Words: "拨款"}, 10)
				if err != nil || int64(len(hits)) != 3*want {
					t.Errorf("%s finds %d drafts: %v", role, len(hits), err)
				}
				work, err := ledger.CountByMaker(tx, by, "/1/2/")
				if err != nil || int64(len(work)) != want {
					t.Errorf("%s is told of %v: %v", role, work, err)
				}
				if checks, err := ledger.CloseChecks(tx, by, d.office, "2026-10"); err != nil || len(checks) > 0 != (want > 0) {
					t.Errorf("%s is given %d checks: %v", role, len(checks), err)
				}
				all, err := ledger.ListProgress(tx, by, "/1/2/", "2026-10", "2026-10")
				if err != nil {
					return err
				}
				one, err := ledger.ProgressOf(tx, by, d.office, "2026-10", "2026-10")
				expect := ledger.Progress{Draft: want, Returned: want, Checked: want, Posted: 1}
				for _, got := range []ledger.Progress{all[ledger.BookMonth{Book: d.office.ID, Period: "2026-10"}], one[calendar.Period("2026-10")]} {
					if got != expect {
						t.Errorf("%s is told %+v, want %+v", role, got, expect)
					}
				}
				return err
			})
		}
		for _, s := range ledger.VoucherKind.Steps { // lists of work are given by these roles
			for _, r := range s.Roles {
				if !slices.Contains(ledger.UnpostedReaders, r) {
					t.Errorf("%s takes the step %s and does not see what it is taken on", r, s.Name)
				}
			}
		}
	})
}
