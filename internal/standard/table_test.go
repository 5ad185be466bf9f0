package standard

import (
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/fault"
)

func TestAccounts(t *testing.T) {
	levelOne := map[string]int{
		"government-2019":     104, // the 103 of the regulation and 5701, which it lets a unit add
		"village-2024":        42,
		"village-2005":        36,
		"general-budget-2016": 58,
	}
	elements := []string{
		ElementAsset, ElementLiability, ElementNetAsset, ElementEquity, ElementCost, ElementRevenue, ElementExpense,
		ElementExpenditure, ElementBudgetRevenue, ElementBudgetExpenditure, ElementBudgetBalance,
	}
	for _, e := range Editions() {
		if !e.IsChart() {
			continue
		}
		list, err := Accounts(e.ID)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]Account{}
		top := 0
		for _, a := range list {
			if _, twice := seen[a.Code]; twice {
				t.Errorf("%s: account %s twice", e.ID, a.Code)
			}
			if a.Parent == "" {
				top++
			} else if parent, ok := seen[a.Parent]; !ok || !strings.HasPrefix(a.Code, a.Parent) || parent.Half != a.Half || parent.Element != a.Element {
				t.Errorf("%s: account %s does not belong under %q", e.ID, a.Code, a.Parent)
			}
			if a.Name == "" || a.Source == "" || a.AppliesTo == "" || a.Verified != Seen && a.Verified != Memory {
				t.Errorf("%s: account %s is incomplete: %+v", e.ID, a.Code, a)
			}
			if !slices.Contains(elements, a.Element) {
				t.Errorf("%s: account %s: element %q", e.ID, a.Code, a.Element)
			}
			budgetary := e.Kind == Government && strings.ContainsAny(a.Code[:1], "678")
			if (a.Half == Budgetary) != budgetary || !budgetary && a.Half != Financial {
				t.Errorf("%s: account %s in half %q", e.ID, a.Code, a.Half)
			}
			seen[a.Code] = a
		}
		if top != levelOne[e.ID] {
			t.Errorf("%s: %d accounts on level 1, want %d", e.ID, top, levelOne[e.ID])
		}
	}
	if _, err := Accounts("government-1998"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown edition: %v", err)
	}
}

func TestAccounts_SuccessorsExist(t *testing.T) {
	next := accountSet(t, "village-2024")
	old, err := Accounts("village-2005")
	if err != nil {
		t.Fatal(err)
	}
	mapped := 0
	for _, a := range old {
		for _, code := range a.Successors {
			mapped++
			if _, ok := next[code]; !ok {
				t.Errorf("%s %s goes to %s, which does not exist", a.Code, a.Name, code)
			}
		}
	}
	if mapped < len(old) {
		t.Errorf("%d successors for %d accounts", mapped, len(old))
	}
}

func accountSet(t *testing.T, editionID string) map[string]Account {
	t.Helper()
	list, err := Accounts(editionID)
	if err != nil {
		t.Fatal(err)
	}
	set := make(map[string]Account, len(list))
	for _, a := range list {
		set[a.Code] = a
	}
	return set
}

func TestClasses(t *testing.T) {
	lengths := map[string]int{"类": 3, "款": 5, "项": 7, "目": 9}
	for _, e := range Editions() {
		if e.IsChart() || e.Kind == Fund {
			continue
		}
		seen := classSet(t, e.ID)
		for _, c := range seen {
			if len(c.Code) != lengths[c.Level] || c.Name == "" || c.Source == "" {
				t.Errorf("%s: %+v", e.ID, c)
			}
			if c.Parent == "" != (c.Level == "类") {
				t.Errorf("%s: %s on level %s has parent %q", e.ID, c.Code, c.Level, c.Parent)
			}
			if _, ok := seen[c.Parent]; c.Parent != "" && (!ok || !strings.HasPrefix(c.Code, c.Parent)) {
				t.Errorf("%s: %s does not belong under %q", e.ID, c.Code, c.Parent)
			}
		}
	}
}

func classSet(t *testing.T, editionID string) map[string]Class {
	t.Helper()
	list, err := Classes(editionID)
	if err != nil {
		t.Fatal(err)
	}
	set := make(map[string]Class, len(list))
	for _, c := range list {
		if _, twice := set[c.Code]; twice {
			t.Errorf("%s: class %s twice", editionID, c.Code)
		}
		set[c.Code] = c
	}
	return set
}

func TestEconomicMapping_NamesKnownClasses(t *testing.T) {
	department, government := classSet(t, "economic-2025"), classSet(t, "economic-government-2025")
	list, err := EconomicMapping()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if _, ok := department[m.Department]; !ok {
			t.Errorf("department class %s unknown", m.Department)
		}
		for _, code := range []string{m.Administrative, m.Institution} {
			if _, ok := government[code]; !ok && code != "" {
				t.Errorf("%s maps to unknown %s", m.Department, code)
			}
		}
	}
}

func TestFunds(t *testing.T) {
	list, err := Classes("fund-2025")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i, f := range list {
		if f.Code != string(rune('1'+i)) || f.Verified != Memory {
			t.Errorf("%+v", f)
		}
		names = append(names, f.Name)
	}
	want := "一般公共预算资金 政府性基金预算资金 国有资本经营预算资金 财政专户管理资金 单位资金"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("funds are %s", got)
	}
}
