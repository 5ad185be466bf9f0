package agreement_test

import (
	"fmt"
	"testing"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestByCode: treasury, tax office and the general budget's book are held against each other by budget account; daily
// reports are taken day by day, in any order, and a day that differs from what came before is refused.
func TestByCode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		var treasury bank.Account
		o.write(func(tx *store.Tx) error {
			b, err := ledger.CreateBook(tx, county, ledger.NewBook{Code: "900", Name: "柳溪镇总预算", Unit: o.book.Unit, Chart: ledger.GeneralBudget, Start: "2026-09"})
			if err != nil {
				return err
			}
			o.book = b
			return nil
		})
		income := func(day calendar.Date, code string, fen int64) {
			o.write(func(tx *store.Tx) error {
				_, err := ledger.PostAtOnce(tx, o.accountant, o.reviewer, document.NewID(), ledger.Voucher{Book: o.book.ID, Date: day, Word: "记", Lines: []ledger.Line{
					{Account: "1001", Summary: "国库日报", Debit: money.Fen(fen)}, {Account: "4001", Summary: "国库日报", Credit: money.Fen(fen), Dims: ledger.Dims{Function: code}},
				}})
				return err
			})
		}
		income("2026-09-02", "1010101", 300_000)
		income("2026-09-03", "1010601", 50_000)
		a := o.application()
		a.Book, a.Account, a.Kind, a.Bank, a.Number = o.book.ID, "1001", bank.Treasury, "人民银行青岚县支库", "2710 0000 0001"
		o.write(func(tx *store.Tx) error { _, err := bank.Register(tx, o.keys, o.accountant, a); return err })
		o.write(func(tx *store.Tx) error { return bank.Check(tx, o.reviewer, a.Document, 1) })
		o.read(func(tx *store.Tx) (err error) {
			treasury, err = bank.SeeDocument(tx, o.accountant, a.Document)
			return err
		})
		bring := func(source agreement.Source, layout bankfile.Layout, data string) func(tx *store.Tx) error {
			p, err := agreement.Parse(layout, source, "日报.csv", []byte(data), "2026-10-23")
			if err != nil {
				t.Fatal(err)
			}
			return func(tx *store.Tx) error {
				_, err := agreement.Take(tx, o.accountant, agreement.Arrival{Document: document.NewID(), Account: treasury.ID, Parsed: p})
				return err
			}
		}
		daily, tax := bank.Common(bank.Daily).Layout, bank.Common(bank.Taxes).Layout
		head := "日期,流水号,预算科目或交易码,金额\n"
		o.write(bring(agreement.Treasury, daily, head+"2026-09-03,D2,1010601,600.00\n"))
		o.write(bring(agreement.Treasury, daily, head+"2026-09-02,D1,1010101,2000.00\n2026-09-02,D1,1010101,1000.00\n2026-09-03,D2,1010601,600.00\n"))
		o.refuse("statement-differs", bring(agreement.Treasury, daily, head+"2026-09-03,D2,1010601,500.00\n"), "600.00")
		o.refuse("statement-repeated", bring(agreement.Treasury, daily, head+"2026-09-03,D2,1010601,600.00\n"))
		o.write(bring(agreement.Tax, tax, "日期,流水号,预算科目或交易码,对方户名,金额\n2026-09-02,S1,1010101,某公司,3000.00\n"))
		o.refuse("statement-source", func(tx *store.Tx) error {
			_, err := agreement.Take(tx, o.accountant, agreement.Arrival{Document: document.NewID(), Account: o.account.ID, Parsed: agreement.Parsed{Source: agreement.Tax}})
			return err
		})
		o.read(func(tx *store.Tx) error {
			rows, err := agreement.ByCode(tx, treasury, "2026-09", "2026-09")
			if err != nil {
				return err
			}
			got := ""
			for _, r := range rows {
				got += fmt.Sprintf("%s %s %s %s %v;", r.Code, r.Treasury, r.Tax, r.Book, r.Differs())
			}
			if got != "1010101 3,000.00 3,000.00 3,000.00 false;1010601 600.00 0.00 500.00 true;" {
				t.Errorf("by code: %s", got)
			}
			missing, err := agreement.Days(tx, treasury, agreement.Treasury, []calendar.Date{"2026-09-01", "2026-09-02", "2026-09-03"})
			if err != nil || fmt.Sprint(missing) != "[2026-09-01]" {
				t.Errorf("missing %v %v", missing, err)
			}
			flaws, err := agreement.Verify(tx, county)
			if err != nil || len(flaws) > 0 {
				t.Errorf("flaws %v %v", flaws, err)
			}
			return nil
		})
	})
}
