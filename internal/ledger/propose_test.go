package ledger_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// exceptions are template steps whose budgetary half does not follow from the financial lines alone: a person edits the
// proposal and says why.
var exceptions = map[string]string{
	"T13/2": "the same financial entry as retention money paid (T14/2): only the person knows which it is",
	"T24/1": "the year-end suspense entry has no financial half",
	"T36/1": "closing vouchers come from CarryOver", "T36/2": "closing", "T37/1": "closing", "T37/2": "closing", "T37/3": "closing",
	"T37/4": "closing", "T38/1": "closing", "T38/2": "closing", "T38/3": "closing", "T38/4": "closing", "T38/5": "closing",
}

// TestPropose_FollowsTheTemplates gives the financial half of every official template to Propose and compares the
// outcome with the template's budgetary half, by account prefix.
func TestPropose_FollowsTheTemplates(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	templates, err := standard.Templates()
	if err != nil {
		t.Fatal(err)
	}
	amounts := map[string]money.Fen{"A": 100000, "B": 20000, "E": 3000, "F": 1000, "G": 700, "H": 600, "I": 500, "N": 90000,
		"P": 40000, "S": 8000, "S1": 5000, "S2": 3000, "T": 2000, "W": 60000, "X": 16000, "X1": 10000, "X2": 6000}
	d.read(func(tx *store.Tx) error {
		for _, tmpl := range templates {
			if tmpl.Chart != standard.Government {
				continue
			}
			b := d.office
			if tmpl.Scope == "institution" {
				b.Regime = ledger.Institution
			}
			if tmpl.ID == "T23" {
				amounts["B"] = 200000 // the advance is larger than the claim
			} else {
				amounts["B"] = 20000
			}
			chart, err := ledger.ChartOf(tx, b, 2026)
			if err != nil {
				return err
			}
			for _, step := range tmpl.Steps {
				key := tmpl.ID + "/" + string(rune('0'+step.Number))
				if exceptions[key] != "" {
					continue
				}
				var financial []ledger.Line
				want := map[string]money.Fen{}
				for _, l := range step.Lines {
					fen, err := l.Value(amounts)
					if err != nil {
						return err
					}
					fen *= money.Fen(l.Direction)
					if l.Half == standard.Budgetary {
						want[l.Account] += fen
						continue
					}
					line := ledger.Line{Account: l.Account, Summary: tmpl.Title}
					if fen > 0 {
						line.Debit = fen
					} else {
						line.Credit = -fen
					}
					financial = append(financial, line)
				}
				compare(t, key+" "+tmpl.Title, ledger.Propose(chart, b, financial), want)
			}
		}
		return nil
	})
}

func compare(t *testing.T, name string, got []ledger.Line, want map[string]money.Fen) {
	t.Helper()
	var balance money.Fen
	for _, l := range got {
		fen := l.Debit - l.Credit
		balance += fen
		for code := range want {
			if strings.HasPrefix(l.Account, code) {
				want[code] -= fen
				fen = 0
				break
			}
		}
		if fen != 0 {
			t.Errorf("%s: proposes %s %s, which the template does not have", name, l.Account, fen)
		}
	}
	if balance != 0 {
		t.Errorf("%s: the proposal is out of balance by %s", name, balance)
	}
	for code, fen := range want {
		if fen != 0 {
			t.Errorf("%s: %s is off by %s", name, code, fen)
		}
	}
}

func TestPropose_KeepsDimensions(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	v := supplies(d.office, calendar.Date("2026-10-21"), 4860)
	d.read(func(tx *store.Tx) error {
		chart, err := ledger.ChartOf(tx, d.office, 2026)
		if err != nil {
			return err
		}
		got := ledger.Propose(chart, d.office, v.Lines[:2])
		if len(got) != 2 || got[0] != v.Lines[2] || got[1] != v.Lines[3] {
			t.Errorf("proposed %+v\nwant %+v", got, v.Lines[2:])
		}
		return nil
	})
}

// TestSubmit_AlteredProposalNeedsReason: a budgetary half that is another than the proposed one says why.
func TestSubmit_AlteredProposalNeedsReason(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		for _, c := range []struct {
			name   string
			change func(v *ledger.DraftVoucher)
			asks   bool
		}{
			{"as proposed", func(v *ledger.DraftVoucher) {}, false},
			{"another summary", func(v *ledger.DraftVoucher) { v.Lines[2].Summary = "付十月办公用品款" }, false},
			{"another class", func(v *ledger.DraftVoucher) { v.Lines[2].Economic = "30202" }, true},
			{"no budgetary half", func(v *ledger.DraftVoucher) { v.Lines = v.Lines[:2] }, true},
			{"half the amount", func(v *ledger.DraftVoucher) { v.Lines[2].Debit, v.Lines[3].Credit = "24.30", "24.30" }, true},
		} {
			v := draft(supplies(d.office, "2026-10-21", 4860))
			c.change(&v)
			d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 0); return err })
			submit := func(version int64) error {
				return d.try(func(tx *store.Tx) error { _, err := ledger.Submit(tx, d.accountant, v.Document, version); return err })
			}
			if err := submit(1); fault.HasCode(err, "proposal-altered") != c.asks || !c.asks && err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if c.asks {
				v.Note = "上年已列支"
				d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 1); return err })
				if err := submit(2); err != nil {
					t.Errorf("%s, with a reason: %v", c.name, err)
				}
			}
		}
	})
}
