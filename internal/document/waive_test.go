package document_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
)

var bureau, treasury = person(3, 3, countyPath, identity.CountyBudget), person(5, 5, countyPath, identity.CountyTreasury)

// waive proposes a waiver and lets the treasury grant it.
func (o *office) waive(by identity.Actor, w document.Waiver) (id string, err error) {
	if id, err = o.propose(by, w); err != nil {
		return id, err
	}
	return id, o.step(treasury, id, 1, "grant", "")
}

func (o *office) propose(by identity.Actor, w document.Waiver) (id string, err error) {
	id = document.NewID()
	return id, o.try(func(tx *store.Tx) error {
		_, err := document.ProposeWaiver(tx, by, id, w)
		return err
	})
}

func (o *office) step(by identity.Actor, id string, version int64, step, reason string) error {
	return o.try(func(tx *store.Tx) error { return document.WaiverStep(tx, by, id, version, step, reason) })
}

func waiver(a, b document.Duty) document.Waiver {
	return document.Waiver{A: a, B: b, Unit: townshipUnit, From: today, To: "2026-12-31", Reason: "人员不足", DocumentNo: "青财〔2026〕15号"}
}

// TestWaive_EveryPair: the law's pairs are refused, every other one can be waived and then is.
func TestWaive_EveryPair(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		for _, p := range document.Pairs() {
			_, err := o.waive(bureau, waiver(p.B, p.A))
			if p.Law {
				if !fault.HasCode(err, "waiver-law") {
					t.Errorf("%s%s is the law's: %v", p.A, p.B, err)
				}
				o.force(p) // even a row that somebody wrote by hand lifts nothing
			} else if err != nil {
				t.Errorf("%s%s: %v", p.A, p.B, err)
			}
			d := o.make(act(clerk(7), "make-"+string(p.A), document.NewID(), 0))
			_, err = o.take(act(clerk(7), "do-"+string(p.B), d.ID, 1))
			if got := fault.HasCode(err, "duty-clash"); got != p.Law || err != nil && !got {
				t.Errorf("%s then %s with a waiver: %v", p.A, p.B, err)
			}
		}
	})
}

func (o *office) force(p document.Pair) {
	o.t.Helper()
	o.must(func(tx *store.Tx) error {
		_, err := tx.Exec(`insert into duty_waiver (county_id, document_id, duty_a, duty_b, unit_id, valid_from, valid_to, reason, document_no,
			proposed_by, granted_by, granted_at, ended_on) values ($1, $2, $3, $4, 1, '2020-01-01', '2099-12-31', '', '', 1, 2, '', '')`,
			county, document.NewID(), string(p.A), string(p.B))
		return err
	})
}

func TestWaive_TimeAndUnit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		id, err := o.waive(bureau, waiver(document.DutyInitiate, document.DutyApprove))
		if err != nil {
			t.Fatal(err)
		}
		try := func(path string, on calendar.Date) error {
			by := person(7, 7, path, identity.Clerk)
			a := act(by, "make-I", document.NewID(), 0)
			a.Path, a.Today = path, on
			d := o.make(a)
			a.Step, a.ID, a.Version = "do-A", d.ID, 1
			_, err := o.take(a)
			return err
		}
		for _, c := range []struct {
			path    string
			on      calendar.Date
			allowed bool
		}{
			{townPath, today, true}, {townPath, "2026-12-31", true}, {villagePath, today, true},
			{townPath, "2026-10-22", false}, {townPath, "2027-01-01", false}, {neighbour, today, false}, {countyPath, today, false},
		} {
			err := try(c.path, c.on)
			if c.allowed && err != nil || !c.allowed && !fault.HasCode(err, "duty-clash") {
				t.Errorf("%s on %s: %v, allowed %v", c.path, c.on, err, c.allowed)
			}
		}
		o.must(func(tx *store.Tx) error {
			rows, err := trail.List(tx, county, id)
			if len(rows) != 2 || rows[0].Reason != "人员不足" {
				t.Errorf("trail of the waiver: %+v", rows)
			}
			if err != nil {
				return err
			}
			for path, want := range map[string]int{countyPath: 1, townPath: 1, villagePath: 1, neighbour: 0} {
				list, err := document.Waivers(tx, person(9, 9, path, identity.Auditor))
				if err != nil || len(list) != want {
					t.Errorf("waivers seen at %q: %v, %v", path, list, err)
				}
				if want == 1 && (list[0].ProposedBy != 3 || list[0].GrantedBy != 5 || list[0].DocumentNo != "青财〔2026〕15号" || list[0].Unit != townshipUnit) {
					t.Errorf("listed as %+v", list[0])
				}
			}
			return nil
		})
	})
}

func TestWaive_Refusals(t *testing.T) {
	db := storetest.One(t)
	o := newOffice(t, db)
	with := func(change func(w *document.Waiver)) document.Waiver {
		w := waiver(document.DutyInitiate, document.DutyReview)
		change(&w)
		return w
	}
	good := with(func(*document.Waiver) {})
	if _, err := o.waive(bureau, good); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code string
		by   identity.Actor
		w    document.Waiver
	}{
		{"waiver-exists", bureau, good},
		{"waiver-duty", bureau, with(func(w *document.Waiver) { w.A = "Z" })},
		{"waiver-needless", bureau, with(func(w *document.Waiver) { w.A = document.DutyCustody })},
		{"waiver-document-missing", bureau, with(func(w *document.Waiver) { w.DocumentNo = " " })},
		{"document-no-too-long", bureau, with(func(w *document.Waiver) { w.DocumentNo = strings.Repeat("长", 61) })},
		{"text-hidden-character", bureau, with(func(w *document.Waiver) { w.DocumentNo = "青财\u200b〔2026〕1号" })},
		{"reason-missing", bureau, with(func(w *document.Waiver) { w.Reason = "\u3000" })},
		{"waiver-dates-reversed", bureau, with(func(w *document.Waiver) { w.To = "2026-10-22" })},
		{"waiver-back-dated", bureau, with(func(w *document.Waiver) { w.From = "2026-10-22" })},
		{"date-malformed", bureau, with(func(w *document.Waiver) { w.To = "" })},
		{"unit-unknown", bureau, with(func(w *document.Waiver) { w.Unit = 99 })},
		{"role-missing", person(3, 3, townPath, identity.CountyBudget), good},
		{"role-missing", person(3, 3, countyPath, identity.SecAdmin, identity.SysAdmin), good},
		{"role-missing", person(3, 3, countyPath, identity.OfficeHead), good},
	} {
		if _, err := o.waive(c.by, c.w); !fault.HasCode(err, c.code) {
			t.Errorf("want %s, got %v", c.code, err)
		}
	}
}
