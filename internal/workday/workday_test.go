package workday_test

import (
	"slices"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/workday"
)

const county = 990001

func newCounty(t *testing.T, db *store.DB) (officer, stranger identity.Actor) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		root, err := org.CreateCounty(tx, county, "青岚县", "2026-10-23", "2020-01-01")
		if err != nil {
			return err
		}
		town, err := org.Create(tx, county, org.NewUnit{Code: "990001100", Name: "柳溪镇", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
		actor := func(person int64, u org.Unit) identity.Actor {
			return identity.Actor{County: county, Login: person, Person: person, Grants: []identity.Grant{{Role: identity.CountyBudget, Unit: u.ID, Path: u.Path}}}
		}
		officer, stranger = actor(1, root), actor(2, town)
		return err
	})
	return officer, stranger
}

func write(t *testing.T, db *store.DB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, db *store.DB) (c *workday.Calendar) {
	t.Helper()
	write(t, db, func(tx *store.Tx) (err error) { c, err = workday.Read(tx, county); return err })
	return c
}

// TestNational: the shipped notices, day by day around the long holidays.
func TestNational(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		newCounty(t, db)
		c := read(t, db)
		for day, working := range map[calendar.Date]bool{
			"2025-01-26": true, "2025-01-28": false, "2025-02-04": false, "2025-02-05": true, "2025-02-08": true, "2025-10-08": false, "2025-10-11": true,
			"2026-01-01": false, "2026-01-04": true, "2026-02-14": true, "2026-02-15": false, "2026-02-23": false, "2026-02-24": true, "2026-02-28": true,
			"2026-05-09": true, "2026-06-19": false, "2026-09-20": true, "2026-09-25": false, "2026-10-07": false, "2026-10-08": true, "2026-10-10": true,
			"2026-10-24": false, "2026-10-26": true, "2027-10-01": true,
		} {
			if c.Working(day) != working {
				t.Errorf("%s working: %v", day, !working)
			}
		}
		if c.Known(2026) != "国办发明电〔2025〕7号" || c.Known(2027) != "" {
			t.Errorf("known: %q %q", c.Known(2026), c.Known(2027))
		}
		// 248 working days in 2025 and in 2026: 365 less the weekends and 11 statutory days that are moved, not added.
		for year, want := range map[int]int{2025: 248, 2026: 248} {
			from := calendar.PeriodOf(year, 1).First()
			if n, unknown := c.Between(from.AddDays(-1), calendar.PeriodOf(year, 12).Last()); n != want || unknown != 0 {
				t.Errorf("%d has %d working days, unknown %d", year, n, unknown)
			}
		}
	})
}

func TestAfter(t *testing.T) {
	db := storetest.One(t)
	newCounty(t, db)
	c := read(t, db)
	for _, x := range []struct {
		from    calendar.Date
		n       int
		want    calendar.Date
		unknown int
	}{
		{"2026-09-30", 1, "2026-10-08", 0}, {"2026-09-30", 3, "2026-10-10", 0}, {"2026-09-30", 4, "2026-10-12", 0},
		{"2026-02-14", 1, "2026-02-24", 0}, {"2026-02-13", 1, "2026-02-14", 0}, {"2026-10-23", 0, "2026-10-23", 0},
		{"2026-12-31", 1, "2027-01-01", 2027},
	} {
		got := c.After(x.from, x.n)
		if got.Date != x.want || got.Unknown != x.unknown || (got.Provisional() == "") != (x.unknown == 0) {
			t.Errorf("%d working days after %s: %+v, want %s", x.n, x.from, got, x.want)
		}
	}
	if got := c.OnOrAfter("2026-10-03"); got.Date != "2026-10-08" {
		t.Errorf("on or after the National Day: %+v", got)
	}
	if n, _ := c.Between("2026-09-30", "2026-10-12"); n != 4 {
		t.Errorf("%d working days in the first half of October", n)
	}
}

// TestSet: the county's word goes before the nation's, the later before the earlier, and withdrawing gives the former back.
func TestSet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		officer, stranger := newCounty(t, db)
		local := workday.Notice{Document: document.NewID(), DocumentNo: "青政办〔2026〕8号", Days: []workday.Day{{Date: "2026-04-20", Rest: true, Name: "三月三"}}}
		refused := func(code string, by identity.Actor, n workday.Notice) {
			t.Helper()
			err := db.Write(t.Context(), func(tx *store.Tx) error { return workday.Set(tx, by, n) })
			if !fault.HasCode(err, code) {
				t.Errorf("want %s, got %v", code, err)
			}
		}
		refused("role-missing", stranger, local)
		refused("workday-document-missing", officer, workday.Notice{Document: document.NewID(), Days: local.Days})
		refused("workday-days", officer, workday.Notice{Document: document.NewID(), DocumentNo: "1号"})
		refused("workday-name-missing", officer, workday.Notice{Document: document.NewID(), DocumentNo: "1号", Days: []workday.Day{{Date: "2026-04-20"}}})
		refused("workday-day-twice", officer, workday.Notice{Document: document.NewID(), DocumentNo: "1号", Days: slices.Repeat(local.Days, 2)})
		refused("workday-other-year", officer, workday.Notice{Document: document.NewID(), DocumentNo: "1号", Year: 2027, Days: local.Days})
		write(t, db, func(tx *store.Tx) error { return workday.Set(tx, officer, local) })
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return workday.Set(tx, officer, local) }); !document.IsTaken(err) {
			t.Errorf("the form sent twice: %v", err)
		}
		if read(t, db).Working("2026-04-20") {
			t.Error("the county's holiday is worked on")
		}
		next := workday.Notice{Document: document.NewID(), DocumentNo: "国办发明电〔2026〕1号", Year: 2027, Days: []workday.Day{{Date: "2027-01-01", Rest: true, Name: "元旦"}}}
		write(t, db, func(tx *store.Tx) error { return workday.Set(tx, officer, next) })
		if a := read(t, db).After("2026-12-31", 1); a.Date != "2027-01-04" || a.Unknown != 0 {
			t.Errorf("with the notice of 2027: %+v", a)
		}
		write(t, db, func(tx *store.Tx) error { return workday.Withdraw(tx, officer, local.Document, 1, "文号有误") })
		if !read(t, db).Working("2026-04-20") {
			t.Error("a withdrawn holiday still holds")
		}
		write(t, db, func(tx *store.Tx) error {
			if flaws, err := workday.Verify(tx, county); err != nil || len(flaws) != 0 {
				t.Errorf("flaws %v, %v", flaws, err)
			}
			_, err := tx.Exec(`update workday set rest = $1 where county_id = $2 and document_id = $3`, false, county, next.Document)
			return err
		})
		write(t, db, func(tx *store.Tx) error {
			if flaws, err := workday.Verify(tx, county); err != nil || len(flaws) != 1 || flaws[0].Document != next.Document {
				t.Errorf("an altered day: %v, %v", flaws, err)
			}
			return nil
		})
	})
}
