package org_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const qinglan, other int64 = 990001, 990002

func write(t *testing.T, db *store.DB, step func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), step); err != nil {
		t.Fatal(err)
	}
}

func refuse(t *testing.T, db *store.DB, code string, step func(tx *store.Tx) error) {
	t.Helper()
	err := db.Write(context.Background(), step)
	if !fault.HasCode(err, code) {
		t.Errorf("got %v, want %s", err, code)
	} else if fault.As(err).Hint == "" {
		t.Errorf("%s names no way out", code)
	}
}

// county makes 青岚县 with a township, two villages and a station.
func county(t *testing.T, db *store.DB) map[string]org.Unit {
	t.Helper()
	units := map[string]org.Unit{}
	write(t, db, func(tx *store.Tx) error {
		root, err := org.CreateCounty(tx, qinglan, "青岚县", "", "2020-01-01")
		if err != nil {
			return err
		}
		units["县"] = root
		for _, n := range []struct {
			key, code, name, parent string
			kind                    org.Kind
		}{
			{"乡", "990001200", "云溪乡", "县", org.Township},
			{"所", "990001200-01", "云溪乡财政所", "乡", org.Office},
			{"东", "990001200201", "东坪村", "乡", org.Village},
			{"西", "990001200200", "西坡村", "乡", org.Village},
			{"镇", "990001100", "石桥镇", "县", org.Township},
		} {
			u, err := org.Create(tx, qinglan, org.NewUnit{Code: n.code, Name: n.name, Kind: n.kind, Parent: units[n.parent].ID, From: "2020-01-01"})
			if err != nil {
				return err
			}
			units[n.key] = u
		}
		return nil
	})
	return units
}

func names(units []org.Unit) string {
	var all []string
	for _, u := range units {
		all = append(all, u.Name)
	}
	return strings.Join(all, " ")
}

func TestTree_InOrderOfCodes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		units := county(t, db)
		write(t, db, func(tx *store.Tx) error {
			all, err := org.List(tx, qinglan, units["县"].Path, "")
			if err != nil {
				return err
			}
			if got, want := names(all), "青岚县 石桥镇 云溪乡 云溪乡财政所 西坡村 东坪村"; got != want {
				t.Errorf("list is %s, want %s", got, want)
			}
			below, err := org.List(tx, qinglan, units["乡"].Path, "2026-10-23")
			if err != nil {
				return err
			}
			if got, want := names(below), "云溪乡 云溪乡财政所 西坡村 东坪村"; got != want {
				t.Errorf("subtree is %s, want %s", got, want)
			}
			roots, err := org.Tree(tx, qinglan, units["县"].Path, "")
			if err != nil {
				return err
			}
			if len(roots) != 1 || len(roots[0].Below) != 2 || len(roots[0].Below[1].Below) != 3 {
				t.Errorf("tree has another shape: %+v", roots)
			}
			children, err := org.Children(tx, qinglan, units["县"].ID)
			if err != nil {
				return err
			}
			if got := names(children); got != "石桥镇 云溪乡" {
				t.Errorf("children are %s", got)
			}
			return nil
		})
	})
}

func TestFind_ByNameCodeAndInitials(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		units := county(t, db)
		for _, c := range []struct{ prefix, text, want string }{
			{"县", "云溪", "云溪乡 云溪乡财政所"},
			{"县", "yxx", "云溪乡 云溪乡财政所"},
			{"县", "YXX", "云溪乡 云溪乡财政所"},
			{"县", "dpc", "东坪村"},
			{"县", "990001200", "云溪乡 云溪乡财政所 西坡村 东坪村"},
			{"镇", "dpc", ""},
			{"县", "%", ""},
			{"县", "_", ""},
			{"县", " ", ""},
		} {
			write(t, db, func(tx *store.Tx) error {
				found, err := org.Find(tx, qinglan, units[c.prefix].Path, c.text)
				if got := names(found); got != c.want {
					t.Errorf("%q finds %q, want %q", c.text, got, c.want)
				}
				return err
			})
		}
	})
}

func TestCreate_Refuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		units := county(t, db)
		good := org.NewUnit{Code: "990001200202", Name: "南湾村", Kind: org.Village, Parent: units["乡"].ID, From: "2021-01-01"}
		for _, c := range []struct {
			code   string
			change func(n *org.NewUnit)
		}{
			{"unit-name-missing", func(n *org.NewUnit) { n.Name = " " }},
			{"unit-code-missing", func(n *org.NewUnit) { n.Code = "" }},
			{"name-too-long", func(n *org.NewUnit) { n.Name = strings.Repeat("村", 61) }},
			{"text-hidden-character", func(n *org.NewUnit) { n.Name = "南湾\u200b村" }},
			{"unit-code-malformed", func(n *org.NewUnit) { n.Code = "99 01" }},
			{"unit-code-malformed", func(n *org.NewUnit) { n.Code = "村01" }},
			{"unit-code-malformed", func(n *org.NewUnit) { n.Code = strings.Repeat("9", 33) }},
			{"unit-kind-unknown", func(n *org.NewUnit) { n.Kind = org.County }},
			{"unit-code-taken", func(n *org.NewUnit) { n.Code = "990001200201" }},
			{"unit-unknown", func(n *org.NewUnit) { n.Parent = 999 }},
			{"unit-before-parent", func(n *org.NewUnit) { n.From = "2019-12-31" }},
			{"unit-dates-reversed", func(n *org.NewUnit) { n.To = "2020-12-31" }},
			{"date-malformed", func(n *org.NewUnit) { n.From = "2021-02-30" }},
		} {
			refuse(t, db, c.code, func(tx *store.Tx) error {
				n := good
				c.change(&n)
				_, err := org.Create(tx, qinglan, n)
				return err
			})
		}
		write(t, db, func(tx *store.Tx) error {
			u, err := org.Create(tx, qinglan, good)
			if u.Path != units["乡"].Path+"7/" || u.Mnemonic != "nwc" {
				t.Errorf("made %+v", u)
			}
			return err
		})
	})
}

func TestClose_AfterTheUnitsBelow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		units := county(t, db)
		end := func(key string, last calendar.Date) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return org.Close(tx, qinglan, units[key].ID, last) }
		}
		refuse(t, db, "unit-has-children", end("乡", "2025-12-31"))
		refuse(t, db, "unit-is-county", end("县", "2025-12-31"))
		refuse(t, db, "unit-dates-reversed", end("东", "2019-12-31"))
		for _, key := range []string{"东", "西", "所"} {
			write(t, db, end(key, "2025-12-31"))
		}
		refuse(t, db, "unit-has-children", end("乡", "2025-12-30"))
		write(t, db, end("乡", "2025-12-31"))
		refuse(t, db, "unit-closed", end("乡", "2026-12-31"))
		refuse(t, db, "unit-parent-closed", func(tx *store.Tx) error {
			_, err := org.Create(tx, qinglan, org.NewUnit{Code: "x", Name: "南湾村", Kind: org.Village, Parent: units["乡"].ID, From: "2026-01-01"})
			return err
		})
		write(t, db, func(tx *store.Tx) error {
			now, err := org.List(tx, qinglan, units["县"].Path, "2026-01-01")
			if got := names(now); got != "青岚县 石桥镇" {
				t.Errorf("in 2026 there are %s", got)
			}
			return err
		})
	})
}

func TestCounties_DoNotSeeEachOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		county(t, db)
		write(t, db, func(tx *store.Tx) error {
			root, err := org.CreateCounty(tx, other, "白岭县", "2026-10-23", "2024-01-01")
			if err != nil {
				return err
			}
			all, err := org.List(tx, other, root.Path, "")
			if err != nil {
				return err
			}
			if got := names(all); got != "白岭县" {
				t.Errorf("白岭县 sees %s", got)
			}
			if found, err := org.Find(tx, other, root.Path, "yxx"); err != nil || len(found) != 0 {
				t.Errorf("白岭县 finds %v, %v", found, err)
			}
			if _, err := org.ByCode(tx, other, "990001200"); !fault.Is(err, fault.NotFound) {
				t.Errorf("白岭县 reads a township of 青岚县: %v", err)
			}
			fixed, err := org.Today(tx, other)
			if err != nil || fixed != "2026-10-23" {
				t.Errorf("business date %s, %v", fixed, err)
			}
			homes, err := org.Counties(tx)
			if len(homes) != 2 || homes[1].Name != "白岭县" {
				t.Errorf("counties are %v", homes)
			}
			return err
		})
		refuse(t, db, "county-exists", func(tx *store.Tx) error {
			_, err := org.CreateCounty(tx, other, "白岭县", "", "2024-01-01")
			return err
		})
		refuse(t, db, "county-code-malformed", func(tx *store.Tx) error {
			_, err := org.CreateCounty(tx, 99, "白岭县", "", "2024-01-01")
			return err
		})
	})
}

func TestPaths(t *testing.T) {
	if !org.Within("/1/5/23/", "/1/5/") || org.Within("/1/51/", "/1/5/") || org.Within("/1/", "") {
		t.Error("Within takes a neighbour for a descendant")
	}
	if got := org.Ancestors("/1/5/23/"); !slices.Equal(got, []int64{1, 5, 23}) {
		t.Errorf("ancestors are %v", got)
	}
	lower, upper := org.Subtree("/1/5/")
	for path, within := range map[string]bool{"/1/5/": true, "/1/5/99/": true, "/1/51/": false, "/1/6/": false, "/1/": false} {
		if got := lower <= path && path < upper; got != within {
			t.Errorf("%s within /1/5/: %v", path, got)
		}
	}
}

// TestMove_InTheOrderOfDays: a unit that moves twice on one day stood under the first until then, and no move is dated
// before the last one.
func TestMove_InTheOrderOfDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		units := county(t, db)
		move := func(to string, on calendar.Date) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return org.Move(tx, qinglan, units["东"].ID, units[to].ID, on) }
		}
		write(t, db, move("镇", "2026-07-01"))
		write(t, db, move("县", "2026-07-01"))
		write(t, db, func(tx *store.Tx) error {
			moved, err := org.ParentsOn(tx, qinglan, "2026-06-30")
			if moved[units["东"].ID] != units["乡"].ID {
				t.Errorf("in June it stood under %d", moved[units["东"].ID])
			}
			return err
		})
		refuse(t, db, "move-back-dated", move("乡", "2026-06-01"))
	})
}
