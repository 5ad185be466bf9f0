package paper_test

import (
	"fmt"
	"strings"
	"testing"

	"xiangzhang/internal/demo"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/paper/papertest"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// TestRun: many books come as one document; each begins on the sheet that the list at its end names, and a book without
// vouchers is named there with the reason. What is counted beforehand is what is drawn.
func TestRun(t *testing.T) {
	db := county(t)
	read(t, db, func(tx *store.Tx) error {
		books, err := ledger.ListBooks(tx, demo.County, "/")
		if err != nil {
			return err
		}
		for _, form := range []paper.Form{paper.FormA5, paper.FormTwo, paper.FormOverlay} {
			s := paper.Usual()
			s.Form, s.Copies = form, 2
			var runs [2]*paper.Run
			for i := range runs {
				if runs[i], err = paper.NewRun("凭证", s, i == 0); err != nil {
					return err
				}
				for n, b := range books {
					period := b.Start
					if n == 1 {
						period = "2099-01" // nothing there
					}
					vouchers, err := paper.Gather(tx, identity.Actor{}, b, ledger.Range{Period: period}, false)
					if err != nil {
						return err
					}
					runs[i].Vouchers(b, vouchers)
				}
			}
			sameRun(t, string(form), runs[0].Parts, runs[1])
		}
		return nil
	})
}

func sameRun(t *testing.T, name string, counted []paper.Part, run *paper.Run) {
	t.Helper()
	pdf, err := run.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	pages := papertest.Text(t, pdf)
	sheets := 0
	for i, part := range run.Parts {
		if part.First != counted[i].First || part.Sheets != counted[i].Sheets || part.What != counted[i].What {
			t.Errorf("%s: counted %+v, drawn %+v", name, counted[i], part)
		}
		if part.Refusal != nil {
			continue
		}
		if part.First != sheets+1 || !strings.Contains(spaceless(pages[part.First-1]), "附件") && !strings.Contains(name, "overlay") {
			t.Errorf("%s: %s does not begin on sheet %d: %s", name, part.Book.Name, part.First, pages[part.First-1])
		}
		sheets += part.Sheets
	}
	list := spaceless(strings.Join(pages[sheets:], ""))
	for _, part := range run.Parts {
		want := fmt.Sprintf("%s%d%d", part.What, part.Sheets, part.First)
		if part.Refusal != nil {
			want = "未打印:" + part.Refusal.Message
		}
		if !strings.Contains(list, part.Book.Code) || !strings.Contains(list, spaceless(want)) {
			t.Errorf("%s: the list does not say %q of %s:\n%s", name, want, part.Book.Name, list)
		}
	}
	if run.Parts[1].Refusal == nil || run.Parts[1].Refusal.Code != "print-nothing" {
		t.Errorf("%s: a book without vouchers: %+v", name, run.Parts[1])
	}
}

// TestRun_Mixed: statements and bound ledgers go through the same document; more sheets than it has room for are refused
// by name, and none of them is drawn.
func TestRun_Mixed(t *testing.T) {
	db := county(t)
	read(t, db, func(tx *store.Tx) error {
		run, err := paper.NewRun("账表", paper.Usual(), false)
		if err != nil {
			return err
		}
		for _, b := range oneOfEach(t, tx) {
			r, err := statement.Make(tx, statement.Request{Name: "trial-balance", Books: []ledger.Book{b}, From: "2026-01", To: "2026-03"})
			if err != nil {
				return err
			}
			run.Reports(b, []*statement.Report{r})
			parts, err := statement.Bind(tx, b, statement.Bindable, "2026-03")
			if err != nil {
				return err
			}
			run.Ledgers(b, parts)
		}
		pdf, err := run.Bytes()
		if err != nil {
			return err
		}
		pages := papertest.Text(t, pdf)
		for i, part := range run.Parts {
			want := []string{"科目余额表", "会计账簿"}[i%2]
			if part.Refusal != nil || !strings.Contains(spaceless(pages[part.First-1]), want) {
				t.Errorf("%+v: sheet %d says %s", part.Refusal, part.First, pages[part.First-1])
			}
		}
		return tooMany(t, tx)
	})
}

func tooMany(t *testing.T, tx *store.Tx) error {
	b := oneOfEach(t, tx)[0]
	vouchers, err := paper.Gather(tx, identity.Actor{}, b, ledger.Range{Period: b.Start}, false)
	if err != nil {
		return err
	}
	s := paper.Usual()
	s.Copies = 9
	many := vouchers
	for len(many) < 50 {
		many = append(many, vouchers...)
	}
	run, err := paper.NewRun("凭证", s, true)
	if err != nil {
		return err
	}
	many = many[:50] // nine copies of it: some 470 sheets, twice that are too many
	run.Vouchers(b, many)
	run.Vouchers(b, many)
	run.Vouchers(b, vouchers[:1])
	if run.Parts[0].Refusal != nil || !fault.HasCode(run.Parts[1].Refusal, "print-too-many") || run.Parts[2].Refusal != nil {
		t.Errorf("%+v", run.Parts)
	}
	empty, err := paper.NewRun("凭证", s, false)
	if err != nil {
		return err
	}
	empty.Vouchers(b, nil)
	if _, err := empty.Bytes(); !fault.HasCode(err, "print-none") {
		t.Errorf("nothing to print: %v", err)
	}
	return nil
}
