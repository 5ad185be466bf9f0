package statement_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestDeclarations_AllMakeAndDraw: every statement is made for every chart that it names, of a book without a single
// entry too, and is drawn in every format.
func TestDeclarations_AllMakeAndDraw(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		books := map[ledger.ChartName][]ledger.Book{
			ledger.Government: {o.government(), o.book("KONG1", "空账", ledger.Government, "2026-01")}, ledger.Village: {o.village(), o.book("KONG2", "空账", ledger.Village, "2025-03")},
			ledger.GeneralBudget: {o.book("KONG3", "空账", ledger.GeneralBudget, "2025-01")},
		}
		for _, d := range statement.Declarations() {
			for _, chart := range d.Charts {
				for _, b := range books[chart] {
					ask := statement.Request{Name: d.Name, Books: []ledger.Book{b}, From: "2026-01", To: "2026-03"}
					if d.Name == "detail-ledger" {
						ask.Account = "1002"
						if chart == ledger.Village {
							ask.Account = "102"
						} else if chart == ledger.GeneralBudget {
							ask.Account = "1001"
						}
					}
					r := o.make(ask)
					if !r.Balanced {
						t.Errorf("%s of %s: %v", d.Name, b.Name, r.Differences)
					}
					for _, row := range append(r.Rows, r.Totals...) {
						if len(row.Cells) != len(r.Columns) || row.Key == "" {
							t.Errorf("%s of %s: row %q has %d cells for %d columns", d.Name, b.Name, row.Key, len(row.Cells), len(r.Columns))
						}
					}
					for _, format := range []string{"text", "json", "csv", "csv-gbk", "xlsx"} {
						var out bytes.Buffer
						if err := r.Write(&out, format); err != nil || out.Len() == 0 {
							t.Errorf("%s as %s: %d bytes, %v", d.Name, format, out.Len(), err)
						}
						if format == "json" && !json.Valid(out.Bytes()) {
							t.Errorf("%s: not json: %s", d.Name, out.String())
						}
					}
				}
			}
		}
	})
}

// TestConsolidation: a set of books is the sum of its books, and says that dealings between them are still in it.
func TestConsolidation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		a := o.village()
		b := o.book("CUN2", "西坡村", ledger.Village, "2026-01")
		o.post(b, "2026-02-01", "出租收入", "102 借 600; 50103 贷 600", ledger.Ordinary)
		both := statement.Request{Books: []ledger.Book{a, b}, Entity: "云溪乡", From: "2026-01", To: "2026-03"}
		one, two := both, both
		one.Books, two.Books = both.Books[:1], both.Books[1:]
		for _, name := range []string{"village-balance-sheet", "village-income-distribution"} {
			both.Name, one.Name, two.Name = name, name, name
			sum, x, y := o.make(both), o.make(one), o.make(two)
			if !sum.Balanced || sum.Entity != "云溪乡" || !strings.Contains(strings.Join(sum.Notes, ""), "未抵销") {
				t.Errorf("%s: %v %v %s", name, sum.Differences, sum.Notes, sum.Entity)
			}
			for i, row := range sum.Rows {
				if got, want := row.Cells[1].Amount, x.Rows[i].Cells[1].Amount+y.Rows[i].Cells[1].Amount; got != want {
					t.Errorf("%s %s: %s, want %s", name, row.Key, got, want)
				}
			}
		}
		both.Name = "trial-balance"
		r := o.make(both)
		golden(t, "trial-balance-set", r)
	})
}

// TestMake_RefusesWhatNoBookCanAnswer: an empty table would read as if nothing had happened; a book that is named twice
// counts once.
func TestMake_RefusesWhatNoBookCanAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		a := o.village()
		late := o.book("CUN2", "西坡村", ledger.Village, "2026-03")
		ask := statement.Request{Name: "trial-balance", Books: []ledger.Book{a, a}, From: "2026-01", To: "2026-03"}
		twice := o.make(ask)
		ask.Books = ask.Books[:1]
		once := o.make(ask)
		if len(twice.Books) != 1 || len(twice.Rows) != len(once.Rows) || twice.Rows[0].Cells[2].Amount != once.Rows[0].Cells[2].Amount || len(twice.Notes) != len(once.Notes) {
			t.Errorf("one book twice: %+v", twice)
		}
		refuse := func(code string, ask statement.Request) {
			t.Helper()
			err := db.Read(t.Context(), func(tx *store.Tx) error { _, err := statement.Make(tx, ask); return err })
			if !fault.HasCode(err, code) {
				t.Errorf("want %s, got %v", code, err)
			}
		}
		early := ask
		early.Books, early.From, early.To = []ledger.Book{late}, "2026-01", "2026-02"
		refuse("statement-before-start", early)
		early.Books = []ledger.Book{a, late}
		if r := o.make(early); !strings.Contains(strings.Join(r.Notes, ""), "本期尚未启用的账套:西坡村(2026 年 3 月 启用)") {
			t.Errorf("notes: %q", r.Notes)
		}
	})
}

// TestForms_ShowWhatTheyDoNotCover: an account that the forms do not know, of an edition that the county has imported,
// is shown with its amount, and the difference that it makes.
func TestForms_ShowWhatTheyDoNotCover(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		o.write(func(tx *store.Tx) error {
			account := func(code, name, element string, direction int64) ledger.Account {
				return ledger.Account{Code: code, Name: name, Half: ledger.Financial, Element: element, Direction: direction, AppliesTo: "village_collective"}
			}
			return ledger.ImportEdition(tx, ledger.NewEdition{ID: "village-2026", Kind: string(ledger.Village), Title: "试行", Source: "试", FromYear: 2026, Accounts: []ledger.Account{
				account("102", "银行存款", "asset", 1), account("191", "数字资产", "asset", 1), account("301", "资本", "equity", -1),
			}})
		})
		b := o.book("CUN", "东坪村", ledger.Village, "2026-01")
		o.post(b, "2026-01-05", "投入", "102 借 70; 191 借 30; 301 贷 100", ledger.Ordinary)
		r := o.make(statement.Request{Name: "village-balance-sheet", Books: []ledger.Book{b}, From: "2026-01", To: "2026-01"})
		if !strings.Contains(strings.Join(r.Notes, ""), "程序没有科目表「试行」的资产负债表") {
			t.Errorf("the edition has no form of its own, and the notes say %v", r.Notes)
		}
		if r.Balanced || len(r.Differences) != 2 || r.Differences[0].Amount != -3000 || !strings.Contains(r.Differences[1].Text, "191 数字资产") {
			t.Errorf("differences: %v", r.Differences)
		}
	})
}
