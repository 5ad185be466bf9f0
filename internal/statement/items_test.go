package statement

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestForms_CountEveryAccountOnce: whatever account a book may use, its amount reaches the form once and only once.
func TestForms_CountEveryAccountOnce(t *testing.T) {
	db := storetest.One(t)
	charts := map[string]*ledger.Chart{}
	err := db.Write(context.Background(), func(tx *store.Tx) error {
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		root, err := org.CreateCounty(tx, 990001, "青岚县", "", "2020-01-01")
		if err != nil {
			return err
		}
		for i, n := range []struct {
			chart ledger.ChartName
			start calendar.Period
		}{{ledger.Government, "2026-01"}, {ledger.Village, "2026-01"}, {ledger.Village, "2022-01"}, {ledger.GeneralBudget, "2022-01"}} {
			b, err := ledger.CreateBook(tx, 990001, ledger.NewBook{Code: fmt.Sprint(i), Name: "试算", Unit: root.ID, Chart: n.chart, Start: n.start})
			if err != nil {
				return err
			}
			c, err := ledger.ChartOf(tx, b, n.start.Year())
			if err != nil {
				return err
			}
			charts[c.Edition] = c
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	proved := 0
	for key, form := range forms() {
		chart := charts[key.edition]
		if chart == nil {
			t.Fatalf("%s: no chart of edition %s", key.statement, key.edition)
		}
		for _, it := range form {
			chosen := parseSelection(selectionOf(chart, it.terms))
			for _, a := range chart.Accounts() {
				if counts := weights(chart, it.terms, a.Code) != 0; len(it.terms) > 0 && a.Leaf && counts != chosen.keeps(a.Code) {
					t.Errorf("%s %s: item %s leads to %s, account %s counts: %t", key.statement, key.edition, it.id, selectionOf(chart, it.terms), a.Code, counts)
				}
			}
			for _, term := range it.terms {
				if _, ok := chart.Account(term.code); !ok {
					t.Errorf("%s %s: item %s names account %s, which the chart does not have", key.statement, key.edition, it.id, term.code)
				}
			}
		}
		for _, p := range formProofs[key.statement] {
			both := resolveItems(form, nil, p.left)
			for _, n := range resolveItems(form, nil, p.right) {
				both = append(both, term{-n.sign, n.code, n.measure})
			}
			for _, a := range chart.Accounts() {
				if !a.Leaf || !slices.Contains(p.elements, a.Element) {
					continue
				}
				proved++
				if n := weights(chart, both, a.Code); n != p.weight {
					t.Errorf("%s %s: account %s %s counts %d times, want %d", key.statement, key.edition, a.Code, a.FullName, n, p.weight)
				}
			}
		}
	}
	if proved < 400 {
		t.Errorf("proved %d accounts only", proved)
	}
}
