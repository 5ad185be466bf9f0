package statement_test

import (
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

func TestGovernmentForms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b := o.government()
		ask := statement.Request{Books: []ledger.Book{b}, From: "2026-03", To: "2026-03"}
		names := []string{"balance-sheet", "income-expense", "budget-income-expense", "budget-carry-over"}
		before := map[string]*statement.Report{}
		for _, name := range names {
			ask.Name = name
			r := o.make(ask)
			before[name] = r
			if !r.Balanced {
				t.Errorf("%s: %v", name, r.Differences)
			}
			golden(t, name, r)
		}
		if got := cell(before["balance-sheet"], "n05", "closing"); got != "55,116.67" {
			t.Errorf("surplus before carrying over: %s", got)
		}

		// Carrying over must leave the income statements as they were.
		o.write(func(tx *store.Tx) error {
			_, err := tx.Exec(`update county set business_date = '2026-12-31' where county_id = $1`, county)
			return err
		})
		ask.From, ask.To = "2026-12", "2026-12"
		for _, name := range names {
			ask.Name = name
			before[name] = o.make(ask)
		}
		o.post(b, "2026-12-31", "年终结转", "400101 借 56000; 500102 贷 800; 500105 贷 83.33; 3301 贷 55116.67", ledger.Closing)
		o.post(b, "2026-12-31", "年终结转", `60010102 借 56000 function=2010301; 71010101 贷 6000 function=2010301 economic=31002;
			71010101 贷 800 function=2010301 economic=30201; 810106 贷 49200 function=2010301`, ledger.Closing)
		for _, name := range names {
			ask.Name = name
			r := o.make(ask)
			if !r.Balanced {
				t.Errorf("%s after carrying over: %v", name, r.Differences)
			}
			if name == "balance-sheet" || name == "income-expense" || name == "budget-income-expense" {
				for i, row := range r.Rows {
					for j, c := range row.Cells {
						if c.Amount != before[name].Rows[i].Cells[j].Amount {
							t.Errorf("%s: %s changed by carrying over: %s, was %s", name, row.Key, c.Amount, before[name].Rows[i].Cells[j].Amount)
						}
					}
				}
			}
		}
		ask.Name = "budget-carry-over"
		r := o.make(ask)
		if got := cell(r, "c411", "this_year"); got != "109,200.00" {
			t.Errorf("fiscal carry-over %s", got)
		}
	})
}

// village is a collective's book with produce in the making.
func (o *office) village() ledger.Book {
	b := o.book("CUN", "石桥村股份经济合作社", ledger.Village, "2026-01")
	o.open(b, "101 借 3210; 102 借 486320.16; 15104 借 1284600; 152 贷 184000; 30102 贷 1402130.16; 32201 贷 188000")
	o.post(b, "2026-01-10", "发包收入", "102 借 31000; 50104 贷 31000", ledger.Ordinary)
	o.post(b, "2026-02-10", "运转补助", "102 借 87400; 50301 贷 87400", ledger.Ordinary)
	o.post(b, "2026-02-20", "种植成本", "401 借 12000; 102 贷 12000", ledger.Ordinary)
	o.post(b, "2026-03-20", "村干部报酬", "51301 借 23852.40; 101 贷 3000; 102 贷 20852.40", ledger.Ordinary)
	o.post(b, "2026-03-21", "助困", "51404 借 1800; 102 贷 1800", ledger.Ordinary)
	o.post(b, "2026-03-25", "向成员分配", "32203 借 20000; 102 贷 20000", ledger.Ordinary)
	return b
}

func TestVillageForms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b := o.village()
		for _, name := range []string{"village-balance-sheet", "village-income-distribution"} {
			r := o.make(statement.Request{Name: name, Books: []ledger.Book{b}, From: "2026-01", To: "2026-03"})
			if !r.Balanced {
				t.Errorf("%s: %v", name, r.Differences)
			}
			golden(t, name, r)
		}
	})
}

func TestMake_Refuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		g, v := o.book("G", "乡政府", ledger.Government, "2026-01"), o.book("V", "石桥村", ledger.Village, "2026-01")
		for code, ask := range map[string]statement.Request{
			"statement-unknown":   {Name: "no-such", Books: []ledger.Book{g}, From: "2026-01", To: "2026-01"},
			"statement-no-book":   {Name: "trial-balance", From: "2026-01", To: "2026-01"},
			"statement-period":    {Name: "trial-balance", Books: []ledger.Book{g}, From: "2026-02", To: "2026-01"},
			"statement-two-years": {Name: "trial-balance", Books: []ledger.Book{g}, From: "2025-02", To: "2026-01"},
			"statement-option":    {Name: "balance-sheet", Books: []ledger.Book{g}, From: "2026-01", To: "2026-01", Filter: ledger.Dims{Fund: "1"}},
			"statement-chart":     {Name: "balance-sheet", Books: []ledger.Book{g, v}, From: "2026-01", To: "2026-01"},
		} {
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				_, err := statement.Make(tx, ask)
				return err
			})
			if !fault.HasCode(err, code) {
				t.Errorf("got %v, want %s", err, code)
			}
		}
		o.post(g, "2026-01-15", "收到拨款", "100202 借 500; 400101 贷 500", ledger.Ordinary)
		o.post(v, "2026-01-15", "收到租金", "102 借 300; 50103 贷 300", ledger.Ordinary)
		r := o.make(statement.Request{Name: "trial-balance", Books: []ledger.Book{v, g}, From: "2026-01", To: "2026-01"})
		if got := cell(r, "total-village", "closing.debit"); got != "300.00" {
			t.Errorf("villages apart: %s", got)
		}
		golden(t, "trial-balance-mixed", r)
	})
}
