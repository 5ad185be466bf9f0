package standard

import (
	"fmt"
	"strings"
	"testing"
)

func TestDimensions(t *testing.T) {
	// "*" marks required, the number the least length of a code
	tests := []struct{ chart, account, want string }{
		{Government, "1001", ""},
		{Government, "121402", "party1*"},
		{Government, "2303", "party1"},
		{Government, "2307", "party1*"},
		{Government, "400101", "function7 economic5 project1 fund1"},
		{Government, "4604", "fund1"},
		{Government, "500102", "function7 economic5 project1 fund1"},
		{Government, "60010101", "function7* project1 fund1"},
		{Government, "600102", "function7* project1* fund1"},
		{Government, "71010101", "function7* economic5* project1 fund1"},
		{Government, "71010102", "function7* economic5* project1* fund1"},
		{Government, "72010302", "function7* economic5* project1* fund1"},
		{Government, "7901", "function7* economic5* project1 fund1"},
		{Government, "800102", "fund1"},
		{Government, "810106", "function7 project1 fund1"},
		{"government-2019", "2901", "party1*"},
		{Village, "11301", "party1*"},
		{Village, "153", "project1"},
		{Village, "22101", ""},
		{Village, "22102", "party1*"},
		{Village, "24102", "project1 party1"},
		{Village, "51301", "project1"},
		{"village-2005", "202", "party1*"},
		{"village-2005", "211", ""}, // 应付工资 in the old chart
		{GeneralBudget, "4001", "function3*"},
		{GeneralBudget, "5001", "function3* economic3"},
		{GeneralBudget, "5011", "function3"},
		{GeneralBudget, "1031", "party1*"},
		{GeneralBudget, "1001", ""},
	}
	for _, tt := range tests {
		list, err := Dimensions(tt.chart, tt.account)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range list {
			text := fmt.Sprint(d.Name, d.MinLen)
			if d.Required {
				text += "*"
			}
			got = append(got, text)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s %s takes %q, want %q", tt.chart, tt.account, s, tt.want)
		}
	}
	if _, err := Dimensions("enterprise", "1001"); err == nil {
		t.Error("an unknown chart has dimensions")
	}
}

func TestDimensionRules_NameAccountsAndClasses(t *testing.T) {
	kinds := map[string]bool{"": true}
	for _, e := range Editions() {
		kinds[e.Kind] = !e.IsChart()
	}
	for _, e := range Editions() {
		if !e.IsChart() {
			continue
		}
		rules, err := rulesOf(e.ID)
		if err != nil || len(rules) == 0 {
			t.Fatalf("%s: %d rules, %v", e.ID, len(rules), err)
		}
		accounts := accountSet(t, e.ID)
		seen := map[string]bool{}
		for _, r := range rules {
			if key := r.Prefix + " " + r.Name; seen[key] {
				t.Errorf("%s: %s twice", e.ID, key)
			} else {
				seen[key] = true
			}
			if _, ok := accounts[r.Prefix]; !ok && len(r.Prefix) > 1 {
				t.Errorf("%s: no account %s", e.ID, r.Prefix)
			}
			if !kinds[r.Values] || r.Source == "" || r.MinLen == 0 {
				t.Errorf("%s: %+v", e.ID, r)
			}
		}
	}
}

// Revenue accounts of the general budget take the revenue class in the column of the functional class.
func TestDimensions_GeneralBudgetRevenue(t *testing.T) {
	list, err := Dimensions(GeneralBudget, "4001")
	if err != nil || len(list) != 1 || list[0].Values != Revenue {
		t.Errorf("4001 takes %+v, %v", list, err)
	}
}
