package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const county = 990001

// office is a township's finance office and one elsewhere, with people.
type office struct {
	t                              *testing.T
	db                             *store.DB
	unit, other                    org.Unit
	maker, head, budget, elsewhere identity.Actor
	people                         []int64
}

func newOffice(t *testing.T, db *store.DB) *office {
	t.Helper()
	keys, err := identity.LoadKeys(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Create(county); err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, db: db}
	o.write(func(tx *store.Tx) error {
		root, err := org.CreateCounty(tx, county, "青岚县", "2026-10-23", "2020-01-01")
		if err != nil {
			return err
		}
		if err := roster.Bootstrap(tx, county, "2020-01-01"); err != nil {
			return err
		}
		for _, u := range []struct {
			into       *org.Unit
			code, name string
		}{{&o.unit, "990001100", "柳溪镇"}, {&o.other, "990001200", "云溪乡"}} {
			if *u.into, err = org.Create(tx, county, org.NewUnit{Code: u.code, Name: u.name, Kind: org.Township, Parent: root.ID, From: "2020-01-01"}); err != nil {
				return err
			}
		}
		for i := range 5 {
			p, err := identity.BootstrapPerson(tx, keys, county, identity.NewPerson{Name: "张" + string([]rune("甲乙丙丁戊")[i]), Number: number(i + 1), Unit: o.unit.ID})
			if err != nil {
				return err
			}
			o.people = append(o.people, p.ID)
		}
		for name, wrong := range map[string]string{"张甲": number(2), "张乙": number(1), "李甲": number(1), "张庚": number(9)} {
			if _, err := roster.FindPerson(tx, keys, county, name, wrong); !fault.HasCode(err, "roster-unregistered") {
				t.Errorf("%s found by another's number: %v", name, err)
			}
		}
		found, err := roster.FindPerson(tx, keys, county, " 张甲 ", number(1))
		if found != o.people[0] {
			t.Errorf("found %d", found)
		}
		actor := func(person int64, role identity.Role, u org.Unit) identity.Actor {
			return identity.Actor{County: county, Login: person, Person: person, Grants: []identity.Grant{{Role: role, Unit: u.ID, Path: u.Path}}}
		}
		o.maker, o.head = actor(101, identity.Accountant, o.unit), actor(102, identity.OfficeHead, o.unit)
		o.budget, o.elsewhere = actor(103, identity.CountyBudget, root), actor(104, identity.OfficeHead, o.other)
		return err
	})
	return o
}

// number gives an invented identity number with its check character by GB 11643.
func number(i int) string {
	body := fmt.Sprintf("99000119800101%03d", i)
	sum := 0
	for j, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(body[j]-'0') * weight
	}
	return body + string("10X98765432"[sum%11])
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

func report(by identity.Actor, c roster.Change) func(tx *store.Tx) error {
	return func(tx *store.Tx) error { return roster.Report(tx, by, c) }
}

func check(by identity.Actor, id string) func(tx *store.Tx) error {
	return func(tx *store.Tx) error { return roster.Check(tx, by, id, 1) }
}

// take reports a change and has it checked.
func (o *office) take(c roster.Change, checker identity.Actor) string {
	o.t.Helper()
	c.Document, c.Basis = document.NewID(), "青人社1号"
	o.write(report(o.maker, c))
	o.write(check(checker, c.Document))
	return c.Document
}

// on writes who holds which post, and heads against quotas, as a line.
func (o *office) on(day calendar.Date) string {
	o.t.Helper()
	var out []string
	o.write(func(tx *store.Tx) error {
		s, err := roster.On(tx, county, o.unit.Path, day)
		out = nil
		for _, p := range s.Posts {
			mark := ""
			if p.Beyond {
				mark = "!"
			}
			out = append(out, p.Name+mark)
		}
		for _, q := range s.Quotas {
			out = append(out, fmt.Sprintf("%s %d/%d", q.Kind, q.Heads, q.Posts))
		}
		return err
	})
	return strings.Join(out, " ")
}

// TestOn reads the roster as of any day: entering and leaving count with their day, the quota that had begun, the latest
// to come are beyond it, and what does not count has no quota.
func TestOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		enter := func(i int, kind string, on calendar.Date) string {
			return o.take(roster.Change{Act: roster.Enter, Unit: o.unit.ID, Kind: kind, Person: o.people[i], On: on}, o.head)
		}
		first := enter(0, "institution", "2025-01-01")
		enter(1, "institution", "2025-06-01")
		enter(2, "institution", "2026-03-01")
		enter(3, "substitute", "2026-09-01")
		o.take(roster.Change{Act: roster.SetQuota, Unit: o.unit.ID, Kind: "institution", Posts: 2, On: "2025-03-01"}, o.budget)
		o.take(roster.Change{Act: roster.Leave, Post: first, On: "2026-06-30"}, o.head)
		o.take(roster.Change{Act: roster.SetQuota, Unit: o.unit.ID, Kind: "institution", Posts: 1, On: "2026-10-01"}, o.budget)
		for day, want := range map[calendar.Date]string{
			"2024-12-31": "", "2025-01-01": "张甲! institution 1/0", "2025-05-31": "张甲 institution 1/2", "2025-06-01": "张甲 张乙 institution 2/2",
			"2026-03-01": "张甲 张乙 张丙! institution 3/2", "2026-06-30": "张甲 张乙 张丙! institution 3/2", "2026-07-01": "张乙 张丙 institution 2/2",
			"2026-09-01": "张乙 张丙 张丁 institution 2/2", "2026-10-01": "张乙 张丙! 张丁 institution 2/1",
		} {
			if got := o.on(day); got != want {
				t.Errorf("on %s: %s, want %s", day, got, want)
			}
		}
		// He comes back, and holds the post of another kind beside it only where that does not count.
		enter(0, "administrative", "2026-07-01")
		enter(0, "village-cadre", "2026-07-01")
		if got := o.on("2026-07-01"); got != "张甲! 张乙 张丙 张甲 administrative 1/0 institution 2/2" {
			t.Errorf("after he came back: %s", got)
		}
	})
}

func TestChanges_Refused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		c := roster.Change{Document: document.NewID(), Act: roster.Enter, Unit: o.unit.ID, Kind: "institution", Person: o.people[0], On: "2026-09-01", Basis: "1号"}
		with := func(f func(c *roster.Change)) roster.Change {
			d := c
			d.Document = document.NewID()
			f(&d)
			return d
		}
		o.refuse("unit-unknown", report(o.elsewhere, c))
		o.refuse("roster-basis", report(o.maker, with(func(c *roster.Change) { c.Basis = " " })))
		o.refuse("roster-kind", report(o.maker, with(func(c *roster.Change) { c.Kind = "emperor" })))
		o.refuse("roster-person", report(o.maker, with(func(c *roster.Change) { c.Person = 0 })))
		o.refuse("roster-act", report(o.maker, with(func(c *roster.Change) { c.Act = "fly" })))
		o.refuse("roster-unit-day", report(o.maker, with(func(c *roster.Change) { c.On = "2019-12-31" })))
		o.refuse("date-malformed", report(o.maker, with(func(c *roster.Change) { c.On = "2026-02-30" })))
		quota := with(func(c *roster.Change) { c.Act, c.Person, c.Posts = roster.SetQuota, 0, 3 })
		o.refuse("roster-no-quota", report(o.maker, with(func(c *roster.Change) { c.Act, c.Kind, c.Person = roster.SetQuota, "temporary", 0 })))
		o.refuse("roster-posts", report(o.maker, with(func(c *roster.Change) { c.Act, c.Posts, c.Person = roster.SetQuota, -1, 0 })))

		o.write(report(o.maker, c))
		if err := db.Write(t.Context(), report(o.maker, c)); !document.IsTaken(err) {
			t.Errorf("the form sent twice: %v", err)
		}
		both := o.maker
		both.Grants = append(both.Grants, o.head.Grants...)
		o.refuse("duty-clash", check(both, c.Document))
		o.refuse("roster-change-unknown", check(o.elsewhere, c.Document))
		second := with(func(*roster.Change) {})
		o.write(report(o.maker, second)) // nothing holds yet
		o.write(check(o.head, c.Document))
		o.refuse("roster-held", check(o.head, second.Document))
		o.refuse("roster-held", report(o.maker, with(func(*roster.Change) {})))
		o.refuse("reason-missing", func(tx *store.Tx) error { return roster.Return(tx, o.head, second.Document, 1, "") })
		o.write(func(tx *store.Tx) error { return roster.Return(tx, o.head, second.Document, 1, "重复提交") })

		o.write(report(o.maker, quota))
		o.refuse("role-missing", check(o.head, quota.Document))
		o.write(check(o.budget, quota.Document))

		leave := roster.Change{Document: document.NewID(), Act: roster.Leave, Post: c.Document, On: "2026-08-31", Basis: "2号"}
		o.refuse("roster-leave-day", report(o.maker, leave))
		o.refuse("post-unknown", report(o.elsewhere, leave))
		leave.On = "2026-09-30"
		o.write(report(o.maker, leave))
		o.write(check(o.head, leave.Document))
		leave.Document = document.NewID()
		o.refuse("roster-left", report(o.maker, leave))
		o.write(func(tx *store.Tx) error {
			if flaws, err := roster.Verify(tx, county); err != nil || len(flaws) != 0 {
				t.Errorf("flaws %v, %v", flaws, err)
			}
			_, err := tx.Exec(`update roster_change set posts = 9 where county_id = $1 and document_id = $2`, county, quota.Document)
			return err
		})
		o.write(func(tx *store.Tx) error {
			if flaws, err := roster.Verify(tx, county); err != nil || len(flaws) != 1 || flaws[0].Document != quota.Document {
				t.Errorf("an altered quota: %v, %v", flaws, err)
			}
			return nil
		})
	})
}
