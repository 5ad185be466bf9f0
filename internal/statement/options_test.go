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

func keys(r *statement.Report) string {
	var out []string
	for _, row := range r.Rows {
		mark := map[statement.Fold]string{statement.Folded: "+", statement.Unfolded: "-"}[row.Fold]
		out = append(out, row.Key+mark)
	}
	return strings.Join(out, " ")
}

// TestTrialBalance_Options: the year so far stands beside the months, rows unfold one by one, accounts can be chosen.
func TestTrialBalance_Options(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		ask := statement.Request{Name: "trial-balance", Books: []ledger.Book{o.government()}, From: "2026-03", To: "2026-03", Levels: 1, Year: true}
		golden(t, "trial-balance-year", o.make(ask))
		ask.Year, ask.Account = false, "1001,1002,-100201,6001"
		for folds, want := range map[string]string{
			"": "1001+ 1002+ 6001+", "1002": "1001+ 1002- 100202 6001+", "6001,600101": "1001+ 1002+ 6001- 600101- 60010102",
		} {
			ask.Folds = folds
			if got := keys(o.make(ask)); got != want {
				t.Errorf("folds %q show %s, want %s", folds, got, want)
			}
		}
		ask.Levels, ask.Folds = statement.AllLevels, "-6001"
		if got := keys(o.make(ask)); got != "1001- 100102 1002- 100202 6001+" {
			t.Errorf("all but 6001: %s", got)
		}
		if r := o.make(ask); !r.Partial || len(r.Differences) != 0 {
			t.Errorf("a choice of accounts need not balance: %v", r.Differences)
		}
	})
}

// TestCompare: amounts stand beside those of other months, with the difference and the percentage of it.
func TestCompare(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b := o.book("SL", "双林村", ledger.Village, "2025-01")
		o.post(b, "2025-02-10", "出租", "102 借 400; 50103 贷 400", ledger.Ordinary)
		o.post(b, "2026-01-10", "出租", "102 借 500; 50103 贷 500", ledger.Ordinary)
		o.post(b, "2026-02-10", "出租", "102 借 600; 50103 贷 600", ledger.Ordinary)
		ask := statement.Request{Books: []ledger.Book{b}, From: "2026-02", To: "2026-02"}
		check := func(name string, compare statement.Comparison, row, column, want string) {
			t.Helper()
			ask.Name, ask.Compare = name, compare
			if got := cell(o.make(ask), row, column); got != want {
				t.Errorf("%s %s: %s %s is %s, want %s", name, compare, row, column, got, want)
			}
		}
		check("trial-balance", statement.LastMonth, "102", "closing.compared", "900.00")
		check("trial-balance", statement.LastMonth, "102", "closing.change", "66.67%")
		check("trial-balance", statement.LastMonth, "50103", "movement.compared", "500.00")
		check("trial-balance", statement.SameMonth, "50103", "movement.difference", "200.00")
		check("trial-balance", statement.LastYear, "102", "closing.compared", "400.00")
		check("village-balance-sheet", statement.LastMonth, "a99", "closing", "1,500.00")
		check("village-balance-sheet", statement.LastMonth, "a99", "difference", "600.00")
		check("village-income-distribution", statement.SameMonth, "s00", "compared", "400.00")
		check("village-income-distribution", statement.SameMonth, "s00", "change", "175.00%")

		young := o.book("BS", "柏树村", ledger.Village, "2026-02")
		o.post(young, "2026-02-11", "出租", "102 借 50; 50103 贷 50", ledger.Ordinary)
		ask.Books = []ledger.Book{b, young}
		check("trial-balance", statement.SameMonth, "102", "closing.this", "1,550.00")
		check("trial-balance", statement.SameMonth, "102", "closing.compared", "400.00")
		ask.Books = []ledger.Book{young}
		check("trial-balance", statement.LastMonth, "102", "closing.compared", "")
		if notes := strings.Join(o.make(ask).Notes, ""); !strings.Contains(notes, "没有可比数") {
			t.Errorf("nothing to compare with, and the notes say %s", notes)
		}
	})
}

// TestFilter_RefusesUnknown: a value that nothing was recorded on is refused, not shown as an empty table.
func TestFilter_RefusesUnknown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b := o.government()
		ask := statement.Request{Name: "trial-balance", Books: []ledger.Book{b}, From: "2026-03", To: "2026-03"}
		for _, c := range []struct {
			code string
			dims ledger.Dims
			says string
		}{
			{"filter-unknown", ledger.Dims{Function: "999"}, "功能分类中没有「999」"},
			{"filter-unknown", ledger.Dims{Function: "201", Economic: "399999"}, "经济分类中没有「399999」"},
			{"filter-unknown", ledger.Dims{Fund: "x"}, "资金性质中没有「x」"},
			{"filter-unused", ledger.Dims{Party: "乙公司"}, "已记过账的有:张三、甲公司"},
			{"filter-unused", ledger.Dims{Project: "水渠"}, "村道硬化"},
			{"filter-unused", ledger.Dims{Unit: 77}, "请另选用款单位"},
		} {
			ask.Filter = c.dims
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				_, err := statement.Make(tx, ask)
				return err
			})
			if !fault.HasCode(err, c.code) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%+v: %v", c.dims, err)
			}
		}
		ask.Filter = ledger.Dims{Function: "201", Economic: "302"}
		if got := cell(o.make(ask), "71010101", "closing.debit"); got != "800.00" {
			t.Errorf("two dimensions together: %s", got)
		}
	})
}

// TestTrialBalance_HalvesByAccount: a chart of any name has two halves where its accounts have.
func TestTrialBalance_HalvesByAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		o.write(func(tx *store.Tx) error {
			account := func(code, name, element string, half ledger.Half, direction int64) ledger.Account {
				return ledger.Account{Code: code, Name: name, Half: half, Element: element, Direction: direction, AppliesTo: "finance_department"}
			}
			return ledger.ImportEdition(tx, ledger.NewEdition{ID: "general-budget-2023", Kind: string(ledger.GeneralBudget), Title: "财政总会计制度", Source: "试", FromYear: 2026, Accounts: []ledger.Account{
				account("1001", "国库存款", "asset", ledger.Financial, 1), account("4001", "税收收入", "revenue", ledger.Financial, -1),
				account("6001", "一般公共预算收入", "budget_revenue", ledger.Budgetary, -1), account("8001", "资金结存", "budget_balance", ledger.Budgetary, 1),
			}})
		})
		b := o.book("ZK", "总会计", ledger.GeneralBudget, "2026-01")
		o.post(b, "2026-01-05", "入库", "1001 借 70; 4001 贷 70; 8001 借 70; 6001 贷 70", ledger.Ordinary)
		ask := statement.Request{Name: "trial-balance", Books: []ledger.Book{b}, From: "2026-01", To: "2026-01"}
		var out bytes.Buffer
		if err := o.make(ask).JSON(&out); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Halves map[string]struct {
				Closing struct{ Debit, Credit string }
			}
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if h := got.Halves["budgetary"].Closing; len(got.Halves) != 2 || h.Debit != "70.00" || h.Credit != "70.00" {
			t.Errorf("halves: %+v", got.Halves)
		}
		for _, name := range []string{"balance-sheet", "general-budget"} {
			ask.Name = name
			if notes := strings.Join(o.make(ask).Notes, ""); !strings.Contains(notes, "程序没有科目表「财政总会计制度」的") {
				t.Errorf("%s is drawn in another edition's form, and the notes say %s", name, notes)
			}
		}
	})
}

// TestGeneralBudget_Month: one month alone stands beside the year, and its carry-over is not a movement.
func TestGeneralBudget_Month(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b := o.book("ZYS", "财政总预算", ledger.GeneralBudget, "2026-01")
		o.open(b, "1001 借 40; 3001 贷 40")
		o.post(b, "2026-01-05", "税收", "1001 借 100; 4001 贷 100 function=1010101", ledger.Ordinary)
		o.post(b, "2026-02-05", "税收", "1001 借 30; 4001 贷 30 function=1010101", ledger.Ordinary)
		r := o.make(statement.Request{Name: "general-budget", Books: []ledger.Book{b}, From: "2026-02", To: "2026-02"})
		for column, want := range map[string]string{"month": "30.00", "actual": "130.00"} {
			if got := cell(r, "income-101", column); got != want {
				t.Errorf("%s of taxes: %s, want %s", column, got, want)
			}
		}
		if month := cell(r, "income-11008", "month"); !r.Balanced || month != "" {
			t.Errorf("%v; carried in this month: %s", r.Differences, month)
		}
	})
}

// TestIncomeExpense_Year: the form of a whole year has this year and the last.
func TestIncomeExpense_Year(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b := o.book("JG", "乡机关", ledger.Government, "2025-01")
		o.post(b, "2025-05-05", "拨款", "100202 借 10; 400101 贷 10", ledger.Ordinary)
		o.post(b, "2026-05-05", "拨款", "100202 借 25; 400101 贷 25", ledger.Ordinary)
		r := o.make(statement.Request{Name: "income-expense", Books: []ledger.Book{b}, From: "2026-01", To: "2026-12"})
		if this, last := cell(r, "s00", "this_year"), cell(r, "s00", "last_year"); this != "25.00" || last != "10.00" {
			t.Errorf("this year %s, last year %s", this, last)
		}
	})
}
