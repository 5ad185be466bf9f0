package document_test

import (
	"errors"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
)

// initiatedAndApproved takes two duties that only a waiver allows one person.
func (o *office) initiatedAndApproved() (id string, err error) {
	d := o.make(act(clerk(7), "make-I", document.NewID(), 0))
	_, err = o.take(act(clerk(7), "do-A", d.ID, 1))
	return d.ID, err
}

// TestWaiver_ByTwoPeople: who proposed a waiver does not grant it, by no sign-in and through no delegate; it lifts nothing
// before it is granted, and nothing once it was refused or ended.
func TestWaiver_ByTwoPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		want := func(what, code string, err error) {
			t.Helper()
			if code == "" && err != nil || code != "" && !fault.HasCode(err, code) {
				t.Errorf("%s: want %q, got %v", what, code, err)
			}
		}
		id, err := o.propose(bureau, waiver(document.DutyInitiate, document.DutyApprove))
		want("proposed", "", err)
		_, err = o.initiatedAndApproved()
		want("only proposed", "duty-clash", err)
		want("granted by the proposer", "duty-clash", o.step(person(3, 4, countyPath, identity.CountyTreasury), id, 1, "grant", ""))
		acting := person(6, 6, countyPath, identity.CountyBudget)
		acting.Grants[0].For = 3
		want("granted for the proposer", "duty-clash-delegated", o.step(acting, id, 1, "grant", ""))
		want("granted by a township", "role-missing", o.step(person(6, 6, townPath, identity.CountyBudget), id, 1, "grant", ""))
		want("granted by another township", "waiver-unknown", o.step(person(6, 6, neighbour, identity.CountyBudget), id, 1, "grant", ""))
		want("granted", "", o.step(treasury, id, 1, "grant", ""))
		_, err = o.initiatedAndApproved()
		want("granted", "", err)
		want("ended for no reason", "reason-missing", o.step(bureau, id, 2, "end-early", " "))
		want("ended", "", o.step(bureau, id, 2, "end-early", "新招会计到岗"))
		_, err = o.initiatedAndApproved()
		want("ended", "duty-clash", err)
		again, err := o.propose(bureau, waiver(document.DutyInitiate, document.DutyApprove))
		want("proposed again", "", err)
		want("refused", "", o.step(treasury, again, 1, "refuse", "人员已补齐"))
		want("granted after that", "step-not-now", o.step(treasury, again, 2, "grant", ""))
		_, err = o.initiatedAndApproved()
		want("refused", "duty-clash", err)
	})
}

// TestWaiver_LiftsNotItsOwn: a waiver of proposing and granting does not let one person waive.
func TestWaiver_LiftsNotItsOwn(t *testing.T) {
	o := newOffice(t, storetest.One(t))
	whole := waiver(document.DutyInitiate, document.DutyApprove)
	whole.Unit = 1
	if _, err := o.waive(bureau, whole); err != nil {
		t.Fatal(err)
	}
	id, err := o.propose(bureau, waiver(document.DutyInitiate, document.DutyReview))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.step(bureau, id, 1, "grant", ""); !fault.HasCode(err, "duty-clash") {
		t.Errorf("one person waived: %v", err)
	}
}

// TestWaiverUses_TellWhoRestedOnOne: a step that no waiver was needed for is no exception; one that rested on it is, in the
// list and in its leaf, with the one who was excused.
func TestWaiverUses_TellWhoRestedOnOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		id, err := o.waive(bureau, waiver(document.DutyInitiate, document.DutyApprove))
		if err != nil {
			t.Fatal(err)
		}
		needless := o.make(act(clerk(7), "make-I", document.NewID(), 0))
		if _, err := o.take(act(clerk(8), "do-A", needless.ID, 1)); err != nil {
			t.Fatal(err)
		}
		used, err := o.initiatedAndApproved()
		if err != nil {
			t.Fatal(err)
		}
		delegated := o.make(act(clerk(7), "make-I", document.NewID(), 0))
		delegate := clerk(9)
		delegate.Grants[0].For, delegate.Grants[0].ForName = 7, "周会计"
		if _, err := o.take(act(delegate, "do-A", delegated.ID, 1)); err != nil {
			t.Fatal(err)
		}
		o.must(func(tx *store.Tx) error {
			for path, want := range map[string]int{countyPath: 2, townPath: 2, neighbour: 0} {
				uses, err := document.WaiverUses(tx, person(9, 9, path, identity.Auditor), "2026-10-19", "2026-10-25")
				if err != nil || len(uses) != want {
					t.Errorf("uses seen at %s: %+v %v", path, uses, err)
				}
				for _, u := range uses {
					if u.Person != 7 || u.Waiver != id || u.Step != "do-A" || u.On != today || u.No != "青财〔2026〕15号" || u.Document != used && u.Document != delegated.ID {
						t.Errorf("a use is %+v", u)
					}
				}
			}
			if uses, err := document.WaiverUses(tx, bureau, "2026-10-26", "2026-11-01"); err != nil || len(uses) > 0 {
				t.Errorf("uses of the week after: %+v %v", uses, err)
			}
			rows, err := trail.List(tx, county, used)
			if err != nil {
				return err
			}
			leaf, err := trail.Parse(rows[1].Leaf)
			if err != nil || leaf.Facts["waived"] != id+"|7" || leaf.Facts["waived_on"] != string(today) {
				t.Errorf("the leaf says %+v: %v", leaf.Facts, err)
			}
			return nil
		})
	})
}

// TestVerifyWaivers_FindsWhatWasAltered: waivers and their uses are what their leaves say, whatever is changed behind the
// program's back.
func TestVerifyWaivers_FindsWhatWasAltered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		id, err := o.waive(bureau, waiver(document.DutyInitiate, document.DutyApprove))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.initiatedAndApproved(); err != nil {
			t.Fatal(err)
		}
		over, err := o.waive(bureau, waiver(document.DutyInitiate, document.DutyReview))
		if err == nil {
			err = o.step(bureau, over, 2, "end-early", "新招会计到岗")
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.propose(bureau, waiver(document.DutyApprove, document.DutyMake)); err != nil {
			t.Fatal(err)
		}
		back := errors.New("taken back")
		for tamper, want := range map[string]int{
			`update duty_waiver set reason = reason`:                                             0,
			`update duty_waiver set valid_to = '2027-12-31' where document_id = '` + id + `'`:    1,
			`update duty_waiver set valid_from = '2026-01-01' where document_id = '` + id + `'`:  1,
			`update duty_waiver set duty_b = 'M' where document_id = '` + id + `'`:               1,
			`update duty_waiver set unit_id = 1`:                                                 3,
			`update duty_waiver set reason = '另有原因' where document_id = '` + id + `'`:            1,
			`update duty_waiver set document_no = '青财〔2026〕1号' where document_id = '` + id + `'`: 1,
			`update duty_waiver set granted_by = 3 where document_id = '` + id + `'`:             1,
			`update duty_waiver set proposed_by = 5 where document_id = '` + id + `'`:            1,
			`update duty_waiver set ended_on = '' where document_id = '` + over + `'`:            1,
			`update duty_waiver set ended_on = '2026-12-01' where document_id = '` + over + `'`:  1,
			`update duty_waiver set granted_by = 5, granted_at = '2026' where granted_by = 0`:    1,
			`delete from duty_waiver where document_id = '` + over + `'`:                         1,
			`delete from waiver_use`:                           1,
			`update waiver_use set person_id = 8`:              2, // the row and the leaf each tell of another
			`update waiver_use set used_on = '2026-11-30'`:     1,
			`update waiver_use set waiver_id = '` + over + `'`: 2,
			`insert into waiver_use select county_id, document_id, 1, waiver_id, person_id, used_on from waiver_use`: 1,
		} {
			err := o.try(func(tx *store.Tx) error {
				if err := tx.Settle(); err != nil {
					return err
				}
				if _, err := tx.Exec(tamper); err != nil {
					return err
				}
				flaws, err := document.VerifyWaivers(tx, county)
				if err != nil {
					return err
				}
				var tally document.Tally
				more, err := document.Verify(tx, county, document.Sealed{Kind: "none"}, &tally)
				if err != nil {
					return err
				}
				if flaws = append(flaws, more...); len(flaws) != want {
					t.Errorf("%s: %+v", tamper, flaws)
				}
				return back
			})
			if !errors.Is(err, back) {
				t.Errorf("%s: %v", tamper, err)
			}
		}
	})
}
