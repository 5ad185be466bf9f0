package standard

import (
	"maps"
	"strings"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
)

var chartOfTemplate = map[string]string{Government: "government-2019", Village: "village-2024"}

func TestTemplates_BalanceForAnyAmounts(t *testing.T) {
	for _, tpl := range allTemplates(t) {
		for _, step := range tpl.Steps {
			left := map[string]map[string]money.Fen{} // half, symbol: debits less credits
			for _, l := range step.Lines {
				if left[l.Half] == nil {
					left[l.Half] = map[string]money.Fen{}
				}
				for _, term := range l.Terms() {
					left[l.Half][term.Symbol] += money.Fen(l.Direction) * term.Sign
				}
			}
			for half, symbols := range left {
				maps.DeleteFunc(symbols, func(_ string, n money.Fen) bool { return n == 0 })
				if len(symbols) > 0 {
					t.Errorf("%s step %d (%s): the %s half leaves %v", tpl.ID, step.Number, step.Label, half, symbols)
				}
			}
		}
	}
}

func TestTemplates_BalanceWithSampleAmounts(t *testing.T) {
	for _, tpl := range allTemplates(t) {
		amounts, next := map[string]money.Fen{}, money.Fen(98_765_43)
		for _, step := range tpl.Steps {
			left := map[string]money.Fen{}
			for _, l := range step.Lines {
				for _, term := range l.Terms() {
					if _, ok := amounts[term.Symbol]; !ok {
						amounts[term.Symbol] = next
						next = next/3 + 1
					}
				}
				v, err := l.Value(amounts)
				if err != nil {
					t.Fatal(err)
				}
				left[l.Half] += money.Fen(l.Direction) * v
			}
			for half, n := range left {
				if n != 0 {
					t.Errorf("%s step %d: the %s half is out by %s", tpl.ID, step.Number, half, n)
				}
			}
		}
	}
}

func TestTemplates_UseTheirChart(t *testing.T) {
	for _, tpl := range allTemplates(t) {
		chart := accountSet(t, chartOfTemplate[tpl.Chart])
		if len(chart) == 0 || len(tpl.Steps) == 0 || tpl.Title == "" || tpl.Source == "" {
			t.Errorf("%s is incomplete", tpl.ID)
		}
		for _, step := range tpl.Steps {
			if step.Label == "" || len(step.Lines) < 2 {
				t.Errorf("%s step %d is incomplete", tpl.ID, step.Number)
			}
			for _, l := range step.Lines {
				a, ok := chart[l.Account]
				if !ok || a.Name != l.AccountName || a.Half != l.Half {
					t.Errorf("%s step %d: %s %s in the %s half is not in %s", tpl.ID, step.Number, l.Account, l.AccountName, l.Half, tpl.Chart)
				}
				if tpl.Scope == AppliesToAdministrative && a.AppliesTo == AppliesToInstitution {
					t.Errorf("%s: an administrative unit has no account %s", tpl.ID, l.Account)
				}
			}
		}
	}
}

func TestTemplates_VillageSideIsFromMemory(t *testing.T) {
	n := 0
	for _, tpl := range allTemplates(t) {
		if tpl.Chart != Village {
			continue
		}
		n++
		if tpl.Verified != Memory {
			t.Errorf("%s: verified %s", tpl.ID, tpl.Verified)
		}
	}
	if n != 12 {
		t.Errorf("%d village templates, want T40 to T51", n)
	}
}

func TestLine_Value(t *testing.T) {
	l := Line{Amount: "A-B+S1"}
	got, err := l.Value(map[string]money.Fen{"A": 100_00, "B": 30_00, "S1": 5})
	if err != nil || got != 70_05 {
		t.Errorf("A-B+S1 = %s, %v", got, err)
	}
	_, err = l.Value(map[string]money.Fen{"A": 1, "S1": 1})
	if !fault.HasCode(err, "template-amount-missing") || !strings.Contains(err.Error(), "B") {
		t.Errorf("a missing amount: %v", err)
	}
}

func allTemplates(t *testing.T) []Template {
	t.Helper()
	list, err := Templates()
	if err != nil {
		t.Fatal(err)
	}
	return list
}
