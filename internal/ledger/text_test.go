package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestSaveDraft_BoundsText: a draft is kept as typed, but not without end, nor with characters that nobody sees.
func TestSaveDraft_BoundsText(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	for name, c := range map[string]struct {
		code   string
		change func(v *ledger.DraftVoucher)
	}{
		"note":        {"note-too-long", func(v *ledger.DraftVoucher) { v.Note = strings.Repeat("长", 501) }},
		"hidden note": {"text-hidden-character", func(v *ledger.DraftVoucher) { v.Note = "改\u202e了" }},
		"summary":     {"summary-too-long", func(v *ledger.DraftVoucher) { v.Lines[1].Summary = strings.Repeat("长", 201) }},
		"party":       {"party-too-long", func(v *ledger.DraftVoucher) { v.Lines[1].Party = strings.Repeat("长", 201) }},
		"amount":      {"debit-too-long", func(v *ledger.DraftVoucher) { v.Lines[1].Debit = strings.Repeat("1", 201) }},
		"blanks":      {"project-too-long", func(v *ledger.DraftVoucher) { v.Lines[1].Project = strings.Repeat(" ", 10000) }},
		"hidden":      {"text-hidden-character", func(v *ledger.DraftVoucher) { v.Lines[1].Party = "\u200b王五" }},
		"paste":       {"", func(v *ledger.DraftVoucher) { v.Lines[1].Summary = "付\n款\t" }},
		"the most": {"", func(v *ledger.DraftVoucher) {
			v.Lines[1].Summary, v.Note = strings.Repeat("长", 200), strings.Repeat("长", 500)
		}},
	} {
		v := draft(rent(d.village, "2026-10-01", 100))
		c.change(&v)
		err := d.try(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 0); return err })
		if c.code == "" && err != nil || c.code != "" && !fault.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
		var line *ledger.LineError
		if named := errors.As(err, &line); err != nil && named == strings.Contains(name, "note") {
			t.Errorf("%s: %v, a line is named: %v", name, err, named)
		}
	}
}

// TestPost_RefusesHiddenCharacters: a file or a program cannot post what nobody sees either.
func TestPost_RefusesHiddenCharacters(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	v := rent(d.village, "2026-10-01", 100)
	v.Lines[0].Summary = "付\u2067款"
	err := d.try(func(tx *store.Tx) error {
		_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), v)
		return err
	})
	if !fault.HasCode(err, "text-hidden-character") {
		t.Errorf("got %v", err)
	}
}

// TestNames_AreSeen: books and accounts are told apart by their names.
func TestNames_AreSeen(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	for name, code := range map[string]string{"工行\u200b户": "text-hidden-character", strings.Repeat("长", 61): "name-too-long"} {
		err := d.try(func(tx *store.Tx) error {
			return ledger.AddAccount(tx, d.office.County, ledger.NewAccount{Chart: ledger.Government, Code: "10020209", Name: name, Parent: "100202", FromYear: 2025})
		})
		if !fault.HasCode(err, code) {
			t.Errorf("account: %v, want %s", err, code)
		}
		err = d.try(func(tx *store.Tx) error {
			_, err := ledger.CreateBook(tx, d.office.County, ledger.NewBook{Code: "909", Name: name, Unit: d.office.Unit, Chart: ledger.Village, Start: "2026-01"})
			return err
		})
		if !fault.HasCode(err, code) {
			t.Errorf("book: %v, want %s", err, code)
		}
	}
}
