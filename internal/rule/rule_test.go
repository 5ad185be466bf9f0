package rule_test

import (
	"context"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const qinglan, other int64 = 990001, 990002

var (
	cash = rule.Definition{Code: "petty-cash-most", Title: "备用金限额(元)", Kind: rule.Amount, Min: 1, Max: 10_000_000}
	days = rule.Definition{Code: "publication-days", Title: "公示天数", Kind: rule.Days, Min: 1, Max: 365, Initial: "7"}
)

func write(t *testing.T, db *store.DB, step func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), step); err != nil {
		t.Fatal(err)
	}
}

// township makes both counties and gives a township and its village in the first.
func township(t *testing.T, db *store.DB) (town, village org.Unit) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		root, err := org.CreateCounty(tx, qinglan, "青岚县", "", "2020-01-01")
		if err != nil {
			return err
		}
		if _, err := org.CreateCounty(tx, other, "白岭县", "", "2020-01-01"); err != nil {
			return err
		}
		town, err = org.Create(tx, qinglan, org.NewUnit{Code: "990001200", Name: "云溪乡", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
		if err != nil {
			return err
		}
		village, err = org.Create(tx, qinglan, org.NewUnit{Code: "990001200201", Name: "东坪村", Kind: org.Village, Parent: town.ID, From: "2020-01-01"})
		return err
	})
	return town, village
}

func TestGet_NearestAncestorOnTheDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		town, village := township(t, db)
		write(t, db, func(tx *store.Tx) error {
			for _, v := range []rule.Value{
				{From: "2024-01-01", Text: "5,000", DocumentNo: "青财〔2024〕1号"},
				{From: "2025-07-01", Text: "8000.5", DocumentNo: "青财〔2025〕9号"},
				{Unit: town.ID, From: "2025-01-01", To: "2025-12-31", Text: "3000", DocumentNo: "云政〔2025〕2号"},
			} {
				if err := rule.Set(tx, qinglan, cash, v); err != nil {
					return err
				}
			}
			return nil
		})
		for _, c := range []struct {
			path string
			on   calendar.Date
			want string
		}{
			{"", "2024-01-01", "5,000.00"},
			{"", "2025-06-30", "5,000.00"},
			{"", "2025-07-01", "8,000.50"},
			{village.Path, "2024-12-31", "5,000.00"},
			{village.Path, "2025-12-31", "3,000.00"},
			{village.Path, "2026-01-01", "8,000.50"},
		} {
			write(t, db, func(tx *store.Tx) error {
				v, err := rule.Get(tx, qinglan, "petty-cash-most", c.path, c.on)
				if err != nil {
					return err
				}
				fen, err := v.Fen()
				if fen.String() != c.want {
					t.Errorf("%q on %s is %s, want %s", c.path, c.on, fen, c.want)
				}
				return err
			})
		}
		write(t, db, func(tx *store.Tx) error {
			for county, on := range map[int64]calendar.Date{qinglan: "2023-12-31", other: "2026-01-01"} {
				if _, err := rule.Get(tx, county, "petty-cash-most", "", on); !fault.HasCode(err, "rule-missing") {
					t.Errorf("a missing value in %d gives %v", county, err)
				}
			}
			all, err := rule.List(tx, qinglan, "")
			if err != nil {
				return err
			}
			if len(all) != 3 || all[0].To != "2025-06-30" || all[0].Text != "5000.00" {
				t.Errorf("list is %+v", all)
			}
			return nil
		})
	})
}

func TestSet_Refuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		township(t, db)
		write(t, db, func(tx *store.Tx) error { return rule.Bootstrap(tx, qinglan, "2024-01-01", days, cash) })
		good := rule.Value{From: "2025-01-01", Text: "10", DocumentNo: "青财〔2025〕1号"}
		for _, c := range []struct {
			code   string
			change func(v *rule.Value)
		}{
			{"rule-back-dated", func(v *rule.Value) { v.From = "2024-01-01" }},
			{"rule-back-dated", func(v *rule.Value) { v.From = "2023-12-31" }},
			{"rule-document-missing", func(v *rule.Value) { v.DocumentNo = " " }},
			{"rule-value-missing", func(v *rule.Value) { v.Text = "" }},
			{"rule-value-malformed", func(v *rule.Value) { v.Text = "十" }},
			{"rule-value-range", func(v *rule.Value) { v.Text = "0" }},
			{"rule-value-range", func(v *rule.Value) { v.Text = "366" }},
			{"rule-dates-reversed", func(v *rule.Value) { v.To = "2024-12-31" }},
			{"date-malformed", func(v *rule.Value) { v.From = "2025-13-01" }},
			{"unit-unknown", func(v *rule.Value) { v.Unit = 99 }},
		} {
			v := good
			c.change(&v)
			err := db.Write(context.Background(), func(tx *store.Tx) error { return rule.Set(tx, qinglan, days, v) })
			if !fault.HasCode(err, c.code) {
				t.Errorf("got %v, want %s", err, c.code)
			}
		}
		write(t, db, func(tx *store.Tx) error {
			if err := rule.Set(tx, qinglan, days, good); err != nil {
				return err
			}
			v, err := rule.Get(tx, qinglan, days.Code, "", "2024-12-31")
			if err != nil {
				return err
			}
			n, err := v.Days()
			if n != 7 || v.DocumentNo != rule.SystemDefault || v.Note != "公示天数" {
				t.Errorf("the former value is %+v", v)
			}
			return err
		})
	})
}
