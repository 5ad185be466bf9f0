package ledger_test

import (
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestProgress_FollowsTheSteps: what lists of things to do count is where each voucher stands.
func TestProgress_FollowsTheSteps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		draft, submitted, checked, posted := d.stand(0), d.stand(1), d.stand(2), d.stand(3)
		voided := d.stand(1) // keeps its number, and waits for nobody
		d.write(func(tx *store.Tx) error {
			_, err := ledger.Void(tx, d.accountant, voided, 2, "录错账套")
			return err
		})
		d.read(func(tx *store.Tx) error {
			all, err := ledger.ListProgress(tx, d.reviewer, "/1/2/", "2026-10", "2026-10")
			if err != nil {
				return err
			}
			want := ledger.Progress{Draft: 1, Submitted: 1, Checked: 1, Posted: 1}
			if got := all[ledger.BookMonth{Book: d.office.ID, Period: "2026-10"}]; got != want || len(all) != 1 {
				t.Errorf("progress is %+v of %d months, want %+v of one", got, len(all), want)
			}
			one, err := ledger.ProgressOf(tx, d.reviewer, d.office, "2026-01", "2026-12")
			if err != nil {
				return err
			}
			if got := one["2026-10"]; got != want || len(one) != 1 {
				t.Errorf("progress of the book is %+v of %d months, want %+v of one", got, len(one), want)
			}
			elsewhere, err := ledger.ListProgress(tx, d.reviewer, "/1/4/", "2026-10", "2026-10")
			if len(elsewhere) != 0 {
				t.Errorf("another township has progress %v", elsewhere)
			}
			return err
		})
		d.read(func(tx *store.Tx) error {
			for state, id := range map[document.State]string{ledger.Draft: draft, ledger.Submitted: submitted, ledger.Checked: checked} {
				rows, err := ledger.ListWaiting(tx, county, "/1/2/", state, 10)
				if err != nil {
					return err
				}
				if len(rows) != 1 || rows[0].Document != id || rows[0].BookName != d.office.Name || rows[0].Maker != d.accountant.Person {
					t.Errorf("waiting as %s: %+v", state, rows)
				}
				if (state == ledger.Draft) != (rows[0].Label() == "") {
					t.Errorf("a voucher that is %s has the number %q", state, rows[0].Label())
				}
			}
			all, own, err := ledger.CountWaiting(tx, county, "/1/2/", d.both.Person)
			if all[ledger.Submitted] != 1 || own[ledger.Submitted] != 0 || all[ledger.StatePost] != 0 {
				t.Errorf("counts are %v, of them own %v (posted %s)", all, own, posted)
			}
			return err
		})
	})
}

// stand makes a voucher of the office's book and takes it so many steps.
func (d *desk) stand(steps int) string {
	d.t.Helper()
	id := document.NewID()
	d.write(func(tx *store.Tx) error {
		_, err := ledger.SaveDraft(tx, d.accountant, ledger.DraftVoucher{
			Document: id, Book: d.office.ID, Date: "2026-10-20", Word: "记", Note: "预算会计分录待下月补记", Lines: []ledger.DraftLine{
				{Summary: "收到拨款", Account: "100202", Debit: "100"}, {Summary: "收到拨款", Account: "400101", Credit: "100"},
			},
		}, 0)
		return err
	})
	version := int64(1)
	for _, step := range []func(tx *store.Tx) (document.Document, error){
		func(tx *store.Tx) (document.Document, error) { return ledger.Submit(tx, d.accountant, id, version) },
		func(tx *store.Tx) (document.Document, error) { return ledger.Check(tx, d.reviewer, id, version) },
		func(tx *store.Tx) (document.Document, error) { return ledger.Post(tx, d.accountant, id, version) },
	}[:steps] {
		d.write(func(tx *store.Tx) error { _, err := step(tx); return err })
		version++
	}
	return id
}

// TestListReopening_WaitsForApproval: a request to open a month again is listed until the second approval.
func TestListReopening_WaitsForApproval(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		id := document.NewID()
		listed := func() int {
			var n int
			d.read(func(tx *store.Tx) error {
				all, err := ledger.ListReopening(tx, county, "/1/")
				n = len(all)
				return err
			})
			return n
		}
		d.write(func(tx *store.Tx) error {
			_, err := ledger.CloseMonth(tx, d.accountant, id, d.office.ID, "2025-01")
			return err
		})
		if n := listed(); n != 0 {
			t.Errorf("%d requests before anybody asked", n)
		}
		for i, s := range []struct {
			by   identity.Actor
			step string
			want int
		}{{d.accountant, "ask-reopen", 1}, {d.reviewer, "approve-reopen", 1}, {d.head, "confirm-reopen", 0}} {
			d.write(func(tx *store.Tx) error {
				_, err := ledger.Reopen(tx, s.by, id, int64(i+1), s.step, "补记一张凭证")
				return err
			})
			if n := listed(); n != s.want {
				t.Errorf("after %s %d requests wait, want %d", s.step, n, s.want)
			}
		}
	})
}

// TestFindWaiting_Filters: each filter leaves out what it should, and no sign in the words is a wildcard.
func TestFindWaiting_Filters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		enter := func(by identity.Actor, v ledger.Voucher, summary string) {
			for i := range v.Lines {
				v.Lines[i].Summary = summary
			}
			w := draft(v)
			d.write(func(tx *store.Tx) error {
				if _, err := ledger.SaveDraft(tx, by, w, 0); err != nil {
					return err
				}
				_, err := ledger.Submit(tx, by, w.Document, 1)
				return err
			})
		}
		enter(d.accountant, supplies(d.office, "2025-01-10", 100), "付 50% 办公用品款")
		enter(d.accountant, supplies(d.office, "2025-01-11", 3_000_000_000), "付大楼款")
		enter(d.both, rent(d.village, "2025-01-12", 500), "收承包费 A")
		for _, c := range []struct {
			filter ledger.WaitingFilter
			want   int
		}{
			{ledger.WaitingFilter{}, 3}, {ledger.WaitingFilter{Book: d.village.ID}, 1}, {ledger.WaitingFilter{Maker: d.accountant.Person}, 2},
			{ledger.WaitingFilter{Least: 500}, 2}, {ledger.WaitingFilter{Most: 500}, 2}, {ledger.WaitingFilter{Least: 101, Most: 2_999_999_999}, 1},
			{ledger.WaitingFilter{Words: "%"}, 1}, {ledger.WaitingFilter{Words: "_"}, 0}, {ledger.WaitingFilter{Words: "费 a"}, 1},
		} {
			d.read(func(tx *store.Tx) error {
				rows, err := ledger.FindWaiting(tx, county, "/1/2/", ledger.Submitted, c.filter, 10)
				if len(rows) != c.want {
					t.Errorf("%+v: %d rows, want %d", c.filter, len(rows), c.want)
				}
				return err
			})
		}
	})
}
