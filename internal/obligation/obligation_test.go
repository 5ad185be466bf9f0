package obligation_test

import (
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const county = 990001

// office is a township under a county, with the people over them.
type office struct {
	t                        *testing.T
	db                       *store.DB
	town                     org.Unit
	head, officer, elsewhere identity.Actor
}

func newOffice(t *testing.T, db *store.DB, today calendar.Date) *office {
	t.Helper()
	o := &office{t: t, db: db}
	o.write(func(tx *store.Tx) error {
		root, err := org.CreateCounty(tx, county, "青岚县", today, "2020-01-01")
		if err != nil {
			return err
		}
		o.town, err = org.Create(tx, county, org.NewUnit{Code: "990001100", Name: "柳溪镇", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
		if err != nil {
			return err
		}
		other, err := org.Create(tx, county, org.NewUnit{Code: "990001200", Name: "云溪乡", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
		if err != nil {
			return err
		}
		actor := func(person int64, role identity.Role, u org.Unit) identity.Actor {
			return identity.Actor{County: county, Login: person, Person: person, Grants: []identity.Grant{{Role: role, Unit: u.ID, Path: u.Path}}}
		}
		o.head, o.officer, o.elsewhere = actor(1, identity.OfficeHead, o.town), actor(2, identity.CountyBudget, root), actor(3, identity.OfficeHead, other)
		return rule.Bootstrap(tx, county, "2020-01-01", obligation.Rules()...)
	})
	return o
}

func (o *office) write(f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(o.t.Context(), f); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) refuse(code string, f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(o.t.Context(), f); !fault.HasCode(err, code) {
		o.t.Errorf("want %s, got %v", code, err)
	}
}

func (o *office) register(event string, on calendar.Date) (made []obligation.Obligation) {
	o.t.Helper()
	o.write(func(tx *store.Tx) (err error) {
		made, err = obligation.Register(tx, o.head, obligation.Registration{Document: document.NewID(), Event: event, Unit: o.town.ID, On: on, Basis: "人大决议1号"})
		return err
	})
	return made
}

func (o *office) get(id string) (got obligation.Obligation) {
	o.t.Helper()
	o.write(func(tx *store.Tx) (err error) { got, err = obligation.Get(tx, o.officer, id); return err })
	return got
}

// TestDue walks the budget year over the holidays of 2026: a last day of rest ends on the next working day.
func TestDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db, "2026-12-31")
		for _, c := range []struct {
			event string
			on    calendar.Date
			due   map[string]calendar.Date
		}{
			// 20 days after 1-30 fall into the Spring Festival (2-15 to 2-23); 30 days after it on a Sunday.
			{"budget-approved", "2026-01-30", map[string]calendar.Date{"budget-reply": "2026-02-24", "budget-filing": "2026-03-02", "budget-publication": "2026-02-24"}},
			// 2-28 is a Saturday on which people work.
			{"budget-approved", "2026-02-08", map[string]calendar.Date{"budget-reply": "2026-02-28", "budget-filing": "2026-03-10", "budget-publication": "2026-02-28"}},
			{"budget-replied", "2026-02-24", map[string]calendar.Date{"unit-reply": "2026-03-11", "department-publication": "2026-03-16"}},
			// 15 days after 4-20 fall on the last day of the May holiday, 20 days on Sunday 5-10, after the working Saturday 5-09.
			{"budget-replied", "2026-04-20", map[string]calendar.Date{"unit-reply": "2026-05-06", "department-publication": "2026-05-11"}},
			{"year-ended", "2025-12-31", map[string]calendar.Date{"final-draft": "2026-03-31"}},
			// The National Day holiday ends on 10-07.
			{"final-approved", "2026-09-14", map[string]calendar.Date{"final-reply": "2026-10-08", "final-filing": "2026-10-14", "final-publication": "2026-10-08"}},
			{"final-replied", "2026-09-20", map[string]calendar.Date{"department-final-publication": "2026-10-10"}},
		} {
			made := o.register(c.event, c.on)
			if len(made) != len(c.due) {
				t.Errorf("%s makes %d obligations", c.event, len(made))
			}
			for _, m := range made {
				if m.Due != c.due[m.Kind.Name] || m.Unknown != 0 {
					t.Errorf("%s after %s: %s due %s (%d), want %s; %s", c.event, c.on, m.Kind.Name, m.Due, m.Unknown, c.due[m.Kind.Name], m.Rule)
				}
			}
		}
		late := o.register("budget-approved", "2026-12-28")
		if got := late[0]; got.Due != "2027-01-18" || got.Unknown != 2027 {
			t.Errorf("into a year without a notice: %s, unknown %d", got.Due, got.Unknown)
		}
		o.write(func(tx *store.Tx) error {
			return rule.Set(tx, county, obligation.Rolls, rule.Value{From: "2026-10-01", Text: "0", DocumentNo: "青财〔2026〕9号"})
		})
		if got := o.register("budget-approved", "2026-10-12"); got[0].Due != "2026-11-01" {
			t.Errorf("a county that lets nothing roll: %s", got[0].Due)
		}
	})
}

// TestSteps: done in time and late, waived with a reason, by those who answer, once.
func TestSteps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db, "2026-10-23")
		r := obligation.Registration{Document: document.NewID(), Event: "final-approved", Unit: o.town.ID, On: "2026-09-28", Basis: "人大决议2号"}
		register := func(by identity.Actor, r obligation.Registration) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { _, err := obligation.Register(tx, by, r); return err }
		}
		o.refuse("unit-unknown", register(o.elsewhere, r))
		for code, bad := range map[string]obligation.Registration{
			"obligation-event":  {Document: r.Document, Event: "nothing", Unit: r.Unit, On: r.On, Basis: "1"},
			"obligation-future": {Document: r.Document, Event: r.Event, Unit: r.Unit, On: "2026-10-24", Basis: "1"},
			"obligation-basis":  {Document: r.Document, Event: r.Event, Unit: r.Unit, On: r.On},
		} {
			o.refuse(code, register(o.head, bad))
		}
		o.write(register(o.head, r))
		if err := db.Write(t.Context(), register(o.head, r)); !document.IsTaken(err) {
			t.Errorf("the form sent twice: %v", err)
		}
		again := r
		again.Document = document.NewID()
		o.refuse("obligation-registered", register(o.head, again))
		var all []obligation.Obligation
		o.write(func(tx *store.Tx) (err error) { all, err = obligation.List(tx, county, o.town.Path, true); return err })
		if len(all) != 3 || !all[0].Answers(o.head) || all[0].Answers(o.officer) || all[0].Answers(o.elsewhere) {
			t.Fatalf("open: %+v", all)
		}
		reply, publication, filing := all[0], all[1], all[2]
		if reply.Due != "2026-10-19" || reply.Late("2026-10-23") != 4 || filing.Late("2026-10-23") != 0 {
			t.Errorf("%s late %d, %s late %d", reply.Due, reply.Late("2026-10-23"), filing.Due, filing.Late("2026-10-23"))
		}
		fulfil := func(by identity.Actor, id string, on calendar.Date, ref string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return obligation.Fulfil(tx, by, id, 1, on, ref) }
		}
		o.refuse("obligation-unknown", fulfil(o.elsewhere, reply.Document, "2026-10-20", "1号"))
		o.refuse("obligation-done-day", fulfil(o.head, reply.Document, "2026-09-27", "1号"))
		o.refuse("obligation-done-day", fulfil(o.head, reply.Document, "2026-10-24", "1号"))
		o.refuse("obligation-reference", fulfil(o.head, reply.Document, "2026-10-20", " "))
		o.write(fulfil(o.head, reply.Document, "2026-10-20", "柳财〔2026〕1号"))
		if got := o.get(reply.Document); got.State != obligation.Done || got.Late("2026-12-01") != 1 || got.DoneRef != "柳财〔2026〕1号" {
			t.Errorf("done a day late: %+v", got)
		}
		waive := func(by identity.Actor, reason string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return obligation.Waive(tx, by, publication.Document, 1, reason) }
		}
		o.refuse("role-missing", waive(o.head, "涉密"))
		o.refuse("reason-missing", waive(o.officer, ""))
		o.write(waive(o.officer, "涉密"))
		if got := o.get(publication.Document); got.State != obligation.Waived || got.Late("2027-01-01") != 0 {
			t.Errorf("waived: %+v", got)
		}
		o.write(func(tx *store.Tx) error {
			return obligation.Meet(tx, o.head, filing.Kind.Name, o.town, o.town.Path, "单据甲")
		})
		if got := o.get(filing.Document); got.State != obligation.Done || got.DoneRef != "单据甲" || got.DoneOn != "2026-10-23" {
			t.Errorf("met by a document: %+v", got)
		}
		o.write(func(tx *store.Tx) error {
			if flaws, err := obligation.Verify(tx, county); err != nil || len(flaws) != 0 {
				t.Errorf("flaws %v, %v", flaws, err)
			}
			_, err := tx.Exec(`update obligation set due = '2026-12-31' where county_id = $1 and document_id = $2`, county, reply.Document)
			return err
		})
		o.write(func(tx *store.Tx) error {
			if flaws, err := obligation.Verify(tx, county); err != nil || len(flaws) != 1 || flaws[0].Document != reply.Document {
				t.Errorf("an altered day: %v, %v", flaws, err)
			}
			return nil
		})
	})
}

// TestArise: a document makes an obligation of a kind once, however often its step is taken.
func TestArise(t *testing.T) {
	db := storetest.One(t)
	o := newOffice(t, db, "2026-10-23")
	n := obligation.New{Source: document.NewID(), Kind: "budget-reply", Unit: o.town, Since: "2026-10-20", Basis: "1号"}
	for range 2 {
		o.write(func(tx *store.Tx) error { _, err := obligation.Arise(tx, o.head, n); return err })
	}
	o.write(func(tx *store.Tx) error {
		all, err := obligation.List(tx, county, o.town.Path, false)
		if len(all) != 1 || all[0].Source != n.Source {
			t.Errorf("made %d", len(all))
		}
		return err
	})
}
