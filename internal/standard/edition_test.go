package standard

import (
	"testing"

	"xiangzhang/internal/fault"
)

func TestEditionFor(t *testing.T) {
	tests := []struct {
		kind   string
		year   int
		want   string
		covers bool
	}{
		{Government, 2019, "government-2019", true},
		{Government, 2026, "government-2019", true},
		{Village, 2005, "village-2005", true},
		{Village, 2023, "village-2005", true},
		{Village, 2024, "village-2024", true},
		{GeneralBudget, 2016, "general-budget-2016", true},
		{GeneralBudget, 2026, "general-budget-2016", false}, // nothing newer ships
		{Function, 2025, "function-2025", true},
		{Function, 2023, "function-2025", false}, // the earliest that ships
		{Function, 2026, "function-2025", true},
		{Economic, 2025, "economic-2025", true},
		{EconomicGovernment, 2018, "economic-government-2025", true},
		{Revenue, 2026, "revenue-2025", true},
		{Fund, 2026, "fund-2025", true},
	}
	for _, tt := range tests {
		got, err := EditionFor(tt.kind, tt.year)
		if err != nil || got.ID != tt.want || covers(got, tt.year) != tt.covers {
			t.Errorf("EditionFor(%s, %d) = %s, covers %t, %v; want %s, %t", tt.kind, tt.year, got.ID, covers(got, tt.year), err, tt.want, tt.covers)
		}
	}
}

// covers reports whether the edition was in force in that fiscal year.
func covers(e Edition, year int) bool {
	return year >= e.FromYear && (e.ToYear == 0 || year <= e.ToYear)
}

func TestEditionFor_RefusesYearsBeforeAChart(t *testing.T) {
	if _, err := EditionFor(Government, 2018); !fault.HasCode(err, "standard-edition-year") {
		t.Errorf("government 2018: %v", err)
	}
	if _, err := EditionFor("enterprise", 2026); !fault.HasCode(err, "standard-kind-unknown") {
		t.Errorf("enterprise: %v", err)
	}
}

func TestEditions_SupersededSayByWhat(t *testing.T) {
	ids := map[string]bool{}
	for _, e := range Editions() {
		if ids[e.ID] {
			t.Errorf("%s twice", e.ID)
		}
		ids[e.ID] = true
		if e.Title == "" || e.Source == "" || e.FromYear == 0 {
			t.Errorf("%s lacks title, source or first year", e.ID)
		}
		if (e.Status == Superseded) != (e.Superseded != "") || (e.Status == Superseded) != (e.ToYear != 0) {
			t.Errorf("%s: status %s, last year %d, superseded %q", e.ID, e.Status, e.ToYear, e.Superseded)
		}
	}
}

func TestUnconfirmed(t *testing.T) {
	// rows and confirmed rows as the README of the data says
	tests := []struct {
		table           string
		rows, confirmed int
	}{
		{"government-2019", 265, 263},
		{"village-2024", 99, 42},
		{"village-2005", 36, 36},
		{"general-budget-2016", 58, 58},
		{"function-2025", 846, 152},
		{"economic-2025", 109, 66},
		{"economic-government-2025", 82, 19},
		{"revenue-2025", 159, 16},
		{"fund-2025", 5, 0},
		{MappingTable, 99, 32},
		{TemplateTable, 51, 38},
	}
	for _, tt := range tests {
		list, err := Unconfirmed(tt.table)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != tt.rows-tt.confirmed {
			t.Errorf("%s: %d unconfirmed rows, want %d", tt.table, len(list), tt.rows-tt.confirmed)
		}
		if n := rowsOf(t, tt.table); n != tt.rows {
			t.Errorf("%s: %d rows, want %d", tt.table, n, tt.rows)
		}
		for _, r := range list {
			if r.Table != tt.table || r.Code == "" || r.Name == "" || r.Source == "" {
				t.Errorf("%s: incomplete row %+v", tt.table, r)
			}
		}
	}
	if _, err := Unconfirmed("function-1998"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown table: %v", err)
	}
}

func rowsOf(t *testing.T, tableID string) int {
	t.Helper()
	switch tableID {
	case MappingTable:
		list, err := EconomicMapping()
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	case TemplateTable:
		list, err := Templates()
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	edition, err := EditionByID(tableID)
	if err != nil {
		t.Fatal(err)
	}
	if edition.IsChart() {
		list, err := Accounts(tableID)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	list, err := Classes(tableID)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
