package appropriation_test

import (
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestApprove_TakesThePlaceOfWhatWasProvisional: an approved budget absorbs what was provisional on its own lines, lets
// the rest of the township's fall away, and is refused where that was spent; another township's stays.
func TestApprove_TakesThePlaceOfWhatWasProvisional(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		recorder := identity.Actor{County: county, Person: 7, Grants: []identity.Grant{{Role: identity.Accountant, Unit: w.town.ID, Path: w.town.Path}}}
		var lines []appropriation.Line
		for _, economic := range []string{"30201", "30211"} {
			last := w.given(w.key(2025, economic), 500)
			w.must(func(tx *store.Tx) error {
				if err := appropriation.Hold(tx, w.town1, use(last, 300)); err != nil {
					return err
				}
				return appropriation.Spend(tx, w.town1, use(last, 300))
			})
			l := w.line(w.key(2026, economic))
			if err := w.issue(order(appropriation.OrderProvisional, 2026, item(appropriation.Provisional, l, 100))); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, l)
		}
		granted := func(yuan money.Fen, keys ...appropriation.Key) appropriation.Approval {
			a := appropriation.Approval{
				ID: document.NewID(), Kind: appropriation.OrderInitial, Year: 2026, Date: "2026-02-10", Source: "柳人发〔2026〕2号", Session: "柳人发〔2026〕2号", Over: w.town.ID, Maker: recorder.Person,
			}
			for _, k := range keys {
				a.Items = append(a.Items, appropriation.Granted{Key: k, Amount: yuan * 100, From: appropriation.SourceOwn})
			}
			return a
		}
		approve := func(by identity.Actor, a appropriation.Approval) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return appropriation.Approve(tx, by, a) }
		}
		w.must(func(tx *store.Tx) error { return appropriation.Hold(tx, w.town1, use(lines[1], 40)) })
		w.refused("appropriation-provisional-used", approve(w.town1, granted(1000, w.key(2026, "30201"))))
		w.must(func(tx *store.Tx) error { return appropriation.Release(tx, w.town1, use(lines[1], 40)) })
		w.refused("duty-clash", approve(recorder, granted(1000, w.key(2026, "30201")))) // who recorded it does not confirm it
		other := w.key(2026, "30201")
		other.Unit = w.other.ID
		w.refused("appropriation-elsewhere", approve(w.town1, granted(1000, other)))
		w.refused("role-missing", approve(identity.Actor{County: county, Person: 9}, granted(1000, w.key(2026, "30201"))))
		right := granted(1000, w.key(2026, "30201"), w.key(2026, "30206"))
		w.must(approve(w.town1, right))
		w.refused("document-exists", approve(w.town1, right))
		if l := w.now(lines[0]); l.Initial != 100000 || l.Provisional != 0 || l.Available() != 100000 {
			t.Errorf("absorbed: %+v", l.Sums)
		}
		if l := w.now(lines[1]); l.Provisional != 0 || l.Available() != 0 {
			t.Errorf("fallen away: %+v", l.Sums)
		}
		w.must(func(tx *store.Tx) error {
			all, err := appropriation.MovesBy(tx, county, right.ID)
			if len(all) != 4 || all[0].Maker != recorder.Person || all[0].Checker != w.town1.Person {
				t.Errorf("moves %+v", all)
			}
			return err
		})
		w.verified()
	})
}
