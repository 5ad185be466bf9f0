package figure_test

import (
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/figure"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const county = 990001

// shelf is the rows that the figures of these tests are made of.
type shelf struct{ rows []figure.Row }

func (s *shelf) compute(*store.Tx, int64, string, calendar.Date) ([]figure.Row, error) {
	return s.rows, nil
}

func (s *shelf) share() figure.Definition {
	return figure.Definition{
		Code: "read", Title: "已读率", Measure: "%", Numerator: "读过的书(册)", Denominator: "书(册)", Decimals: 2,
		Readers: []identity.Role{identity.OfficeHead}, Compute: s.compute,
	}
}

func rows(in, of int64) (out []figure.Row) {
	for i := range of {
		r := figure.Row{Kind: "book", ID: string(rune('a' + i)), Text: "一册", Of: 1}
		if i < in {
			r.In = 1
		}
		out = append(out, r)
	}
	return out
}

// TestOf rounds half up, each by itself, and divides nothing by nothing.
func TestOf(t *testing.T) {
	for _, c := range []struct {
		in, of   int64
		decimals int
		want     string
	}{
		{23, 24, 2, "95.83%"}, {1, 3, 2, "33.33%"}, {2, 3, 2, "66.67%"}, {1, 8, 1, "12.5%"}, {1, 8, 0, "13%"}, {1, 200, 0, "1%"}, {1, 201, 0, "0%"},
		{0, 5, 2, "0.00%"}, {5, 5, 2, "100.00%"}, {0, 0, 2, "—"}, {3, 2, 1, "150.0%"}, {35, 36, 1, "97.2%"},
	} {
		s := &shelf{rows: []figure.Row{{In: c.in, Of: c.of}}}
		d := s.share()
		d.Decimals = c.decimals
		v, err := d.Of(nil, county, 1, "/1/", "2026-10-23")
		if err != nil || v.Text != c.want || v.Numerator != c.in || v.Denominator != c.of {
			t.Errorf("%d of %d: %q, want %q (%v)", c.in, c.of, v.Text, c.want, err)
		}
	}
	s := &shelf{rows: rows(3, 4)}
	count := figure.Definition{Code: "n", Title: "册数", Measure: "册", Numerator: "读过的书", Readers: identity.Roles(), Compute: s.compute}
	if v, _ := count.Of(nil, county, 1, "/1/", "2026-10-23"); v.Text != "3" {
		t.Errorf("a count: %q", v.Text)
	}
}

// TestRegistry: a share that does not say what it divides by is no definition.
func TestRegistry(t *testing.T) {
	s := &shelf{}
	for what, bend := range map[string]func(d *figure.Definition){
		"no denominator": func(d *figure.Definition) { d.Denominator = "" },
		"no readers":     func(d *figure.Definition) { d.Readers = nil },
		"no measure":     func(d *figure.Definition) { d.Measure = "" },
		"twice":          func(*figure.Definition) {},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", what)
				}
			}()
			d := s.share()
			bend(&d)
			figure.NewRegistry([]figure.Definition{d}, []figure.Definition{d})
		}()
	}
}

// TestKeep: a value stays as it was, whatever the records say later; nobody changes it unseen.
func TestKeep(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := &shelf{rows: rows(23, 24)}
		registry := figure.NewRegistry([]figure.Definition{s.share()})
		var town, other org.Unit
		write := func(f func(tx *store.Tx) error) {
			t.Helper()
			if err := db.Write(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *store.Tx) error {
			root, err := org.CreateCounty(tx, county, "青岚县", "2026-10-23", "2020-01-01")
			if err != nil {
				return err
			}
			if town, err = org.Create(tx, county, org.NewUnit{Code: "990001100", Name: "柳溪镇", Kind: org.Township, Parent: root.ID, From: "2020-01-01"}); err != nil {
				return err
			}
			other, err = org.Create(tx, county, org.NewUnit{Code: "990001200", Name: "云溪乡", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
			return err
		})
		actor := func(role identity.Role, u org.Unit) identity.Actor {
			return identity.Actor{County: county, Login: 1, Person: 1, Grants: []identity.Grant{{Role: role, Unit: u.ID, Path: u.Path}}}
		}
		head := actor(identity.OfficeHead, town)
		rec := figure.Record{Document: document.NewID(), Unit: town.ID, On: "2026-10-23", Purpose: "报县里"}
		keep := func(by identity.Actor, rec figure.Record, codes ...string) error {
			return db.Write(t.Context(), func(tx *store.Tx) error { return registry.Keep(tx, by, rec, codes) })
		}
		with := func(f func(r *figure.Record)) figure.Record {
			r := rec
			f(&r)
			return r
		}
		for _, c := range []struct {
			code  string
			by    identity.Actor
			rec   figure.Record
			codes []string
		}{
			{"unit-unknown", actor(identity.OfficeHead, other), rec, []string{"read"}},
			{"role-missing", actor(identity.Clerk, town), rec, []string{"read"}},
			{"role-missing", actor(identity.CountyBudget, town), rec, []string{"read"}}, // keeps figures, but not this one
			{"figure-purpose", head, with(func(r *figure.Record) { r.Purpose = " " }), []string{"read"}},
			{"figure-future", head, with(func(r *figure.Record) { r.On = "2026-10-24" }), []string{"read"}},
			{"figure-none", head, rec, nil},
			{"figure-unknown", head, rec, []string{"typed"}},
		} {
			if err := keep(c.by, c.rec, c.codes...); !fault.HasCode(err, c.code) {
				t.Errorf("want %s, got %v", c.code, err)
			}
		}
		if err := keep(head, rec, "read", "read"); err != nil {
			t.Fatal(err)
		}
		if err := keep(head, rec, "read"); !document.IsTaken(err) {
			t.Errorf("the form sent twice: %v", err)
		}
		s.rows = rows(1, 24)
		write(func(tx *store.Tx) error {
			kept, err := figure.Frozen(tx, county, rec.Document)
			if err != nil {
				return err
			}
			if len(kept) != 1 || kept[0].Text != "95.83%" || len(kept[0].Rows) != 24 || kept[0].Numerator != 23 {
				t.Errorf("kept %+v", kept)
			}
			if _, err := figure.GetRecord(tx, actor(identity.OfficeHead, other), rec.Document); !fault.HasCode(err, "figure-record-unknown") {
				t.Errorf("another township reads it: %v", err)
			}
			if flaws, err := figure.Verify(tx, county); err != nil || len(flaws) != 0 {
				t.Errorf("flaws %v, %v", flaws, err)
			}
			return nil
		})
		for _, alter := range []string{`update figure_frozen set value = '100.00%'`, `update figure_frozen set value = '95.83%', numerator = 24`, `update figure_frozen set numerator = 23, records = '[]'`} {
			write(func(tx *store.Tx) error {
				if _, err := tx.Exec(alter+` where county_id = $1`, county); err != nil {
					return err
				}
				flaws, err := figure.Verify(tx, county)
				if err != nil || len(flaws) != 1 || flaws[0].Document != rec.Document {
					t.Errorf("%s: %v, %v", alter, flaws, err)
				}
				return nil
			})
		}
	})
}
