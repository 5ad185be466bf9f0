package statement_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"xiangzhang/internal/budget"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// published is one line of the final accounts that 涪陵区清溪镇 published for 2023 (district government's site, August
// 2024), in 万元. How its own income of 4,402 divides into classes was not published; the test books it as 税收收入.
type published struct {
	side, code, name string
	amount           money.Fen
	growth           string // hundredths of a percent; empty: not published
}

const wan money.Fen = 1_000_000 // fen of one 万元

func qingxi(t *testing.T) []published {
	t.Helper()
	f, err := os.Open("testdata/qingxi-2023.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []published
	for _, r := range records[1:] {
		fen, err := money.Parse(r[3])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, published{side: r[0], code: r[1], name: r[2], amount: fen * (wan / 100), growth: r[4]})
	}
	return out
}

// incomeClass is where each published line of income stands in the revenue classification.
var incomeClass = map[string]string{
	"1": "4001 101", "110-general-equalisation": "4011 1100202", "110-general-guarantee": "4011 1100207",
	"110-general-settlement": "4011 1100208", "110-general-other": "4011 1100299", "110-special": "4011 11003", "fund-in": "4021 11009",
}

// yearBefore gives the amount from which a published growth leads to the published amount.
func yearBefore(t *testing.T, p published) money.Fen {
	t.Helper()
	growth, err := money.Parse(p.growth) // hundredths of a percent
	if err != nil {
		t.Fatal(err)
	}
	whole := 10_000 + growth
	return (p.amount*10_000*2 + whole) / (2 * whole)
}

// qingxiBook keeps the published figures as vouchers: 2022 from the published growth, 2023 as published.
func (o *office) qingxiBook() ledger.Book {
	b := o.book("ZYS", "清溪镇财政总预算", ledger.GeneralBudget, "2022-01")
	var before money.Fen
	lines := qingxi(o.t)
	for _, p := range lines {
		if p.growth != "" {
			before += yearBefore(o.t, p)
		}
	}
	carryIn := 60 * wan
	o.open(b, fmt.Sprintf("1001 借 %s; 3001 贷 %s", (before+carryIn).Plain(), (before+carryIn).Plain()))
	for _, p := range lines {
		if p.growth != "" {
			last := yearBefore(o.t, p).Plain()
			o.post(b, "2022-06-30", p.name, fmt.Sprintf("5001 借 %s function=%s; 1001 贷 %s", last, p.code, last), ledger.Ordinary)
		}
	}
	for _, p := range lines {
		fen := p.amount.Plain()
		switch {
		case p.side == "income" && incomeClass[p.code] != "":
			account, class, _ := strings.Cut(incomeClass[p.code], " ")
			o.post(b, "2023-06-30", p.name, fmt.Sprintf("1001 借 %s; %s 贷 %s function=%s", fen, account, fen, class), ledger.Ordinary)
		case p.code == "remittance":
			o.post(b, "2023-06-30", p.name, fmt.Sprintf("5012 借 %s function=2300602; 1001 贷 %s", fen, fen), ledger.Ordinary)
		case p.side == "expenditure" && p.code != "carry-forward":
			o.post(b, "2023-06-30", p.name, fmt.Sprintf("5001 借 %s function=%s; 1001 贷 %s", fen, p.code, fen), ledger.Ordinary)
		}
	}
	return b
}

func TestGeneralBudget_Qingxi2023(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b := o.qingxiBook()
		b.ClosedThrough = "2023-12" // final accounts were published
		ask := statement.Request{Name: "general-budget", Books: []ledger.Book{b}, From: "2023-01", To: "2023-12"}
		r := o.make(ask)
		if !r.Balanced {
			t.Errorf("does not tie: %v", r.Differences)
		}
		check := func(row, column, want string) {
			t.Helper()
			if got := cell(r, row, column); got != want {
				t.Errorf("%s %s: %s, want %s", row, column, got, want)
			}
		}
		check("income-total", "actual", (6449 * wan).String())
		check("expenditure-total", "actual", (6449 * wan).String())
		check("income-101", "actual", (4402 * wan).String())
		check("income-110", "actual", (1884 * wan).String())
		check("income-11009", "actual", (103 * wan).String())
		check("income-11008", "actual", (60 * wan).String())
		check("expenditure-201", "share", "25.59%")
		rows := map[string]string{"remittance": "23006", "carry-forward": "23009"}
		unknown := 0
		for _, p := range qingxi(t) {
			if p.side != "expenditure" {
				continue
			}
			code := p.code
			if rows[code] != "" {
				code = rows[code]
			}
			check("expenditure-"+code, "actual", p.amount.String())
			check("expenditure-"+code, "share", money.FormatPercent(money.Percent(p.amount, 6449*wan)))
			growth := ""
			if p.growth != "" {
				fen, err := money.Parse(p.growth)
				if err != nil {
					t.Fatal(err)
				}
				growth = money.FormatPercent(int64(fen))
			} else {
				unknown++
			}
			check("expenditure-"+code, "growth", growth)
		}
		if unknown != 3 {
			t.Errorf("%d lines without growth, want 203, remittance and carry-forward", unknown)
		}
		golden(t, "general-budget", r)
		ask.Levels = 3
		r = o.make(ask)
		check("income-1100202", "actual", (166 * wan).String())
		check("income-11002", "actual", (1478 * wan).String())

		// Carrying the year over leaves the table as it was.
		o.post(b, "2023-12-31", "年终结转", fmt.Sprintf("4001 借 %s function=101; 3001 贷 %s", (4402*wan).Plain(), (4402*wan).Plain()), ledger.Closing)
		after := o.make(ask)
		if cell(after, "expenditure-23009", "actual") != (674*wan).String() || cell(after, "income-101", "actual") != (4402*wan).String() || !after.Balanced {
			t.Errorf("carrying over changed the table: %v", after.Rows)
		}
	})
}

func TestGeneralBudget_Budget(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b := o.book("ZYS", "云溪乡财政总预算", ledger.GeneralBudget, "2026-01")
		o.open(b, "1001 借 100; 3001 贷 100")
		o.post(b, "2026-02-01", "税收", "1001 借 900; 4001 贷 900 function=1010101", ledger.Ordinary)
		o.post(b, "2026-02-02", "拨款", "5001 借 700 function=2010301; 1001 贷 700", ledger.Ordinary)
		o.write(func(tx *store.Tx) error {
			_, err := budget.Set(tx, o.maker, document.NewID(), b.ID, 2026, []budget.Line{
				{Account: "4001", Function: "101", Budget: 80000, Adjusted: 95000}, {Account: "3001", Budget: 10000, Adjusted: 10000},
				{Account: "5001", Function: "201", Budget: 90000, Adjusted: 105000},
			})
			return err
		})
		ask := statement.Request{Name: "general-budget", Books: []ledger.Book{b}, From: "2026-01", To: "2026-03"}
		r := o.make(ask)
		if title := r.Columns[4].Title; title != "执行数" {
			t.Errorf("within the year the amounts are called %s", title)
		}
		for _, c := range [][3]string{
			{"income-101", "budget", "800.00"}, {"income-101", "adjusted", "950.00"}, {"income-101", "actual", "900.00"},
			{"expenditure-201", "share", "70.00%"}, {"expenditure-201", "growth", ""}, {"expenditure-23009", "actual", "300.00"},
			{"income-11008", "budget", "100.00"}, {"income-total", "budget", "900.00"},
		} {
			if got := cell(r, c[0], c[1]); got != c[2] {
				t.Errorf("%s %s: %s, want %s", c[0], c[1], got, c[2])
			}
		}
		// A correction straight on the carry-over account cannot tie and is shown.
		o.post(b, "2026-03-01", "调整结余", "1001 借 5; 3001 贷 5", ledger.Ordinary)
		r = o.make(ask)
		if r.Balanced || len(r.Differences) != 1 || r.Differences[0].Amount != -500 {
			t.Errorf("differences: %v", r.Differences)
		}
		var out strings.Builder
		if err := r.JSON(&out); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Income []map[string]*string `json:"income"`
		}
		if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
			t.Fatal(err)
		}
		if row := got.Income[0]; len(row) != 9 || row["last_year"] != nil || *row["code"] != "101" || row["growth"] != nil || *row["actual"] != "900.00" {
			t.Errorf("row of json: %v", row)
		}
	})
}

// TestGeneralBudget_SomeWithoutBudget: budgets of some books are no measure of what all have spent, so no rate is told and the
// books without one are named; a book alone, and all once they have theirs, are measured.
func TestGeneralBudget_SomeWithoutBudget(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		var books []ledger.Book
		for i, name := range []string{"云溪乡", "石桥镇", "白岩镇", "青坪镇", "龙塘镇", "双碑镇", "新场镇"} {
			b := o.book(fmt.Sprintf("ZYS%d", i), name+"财政总预算", ledger.GeneralBudget, "2026-01")
			o.post(b, "2026-02-01", "税收", "1001 借 900; 4001 贷 900 function=1010101", ledger.Ordinary)
			books = append(books, b)
		}
		set := func(b ledger.Book) {
			o.write(func(tx *store.Tx) error {
				_, err := budget.Set(tx, o.maker, document.NewID(), b.ID, 2026, []budget.Line{
					{Account: "4001", Function: "101", Budget: 100000, Adjusted: 100000}, {Account: "3001", Function: "23009", Budget: 100000, Adjusted: 100000},
				})
				return err
			})
		}
		set(books[0])
		ask := statement.Request{Name: "general-budget", Books: books, Entity: "青岚县", From: "2026-01", To: "2026-03"}
		r := o.make(ask)
		if cell(r, "income-101", "done") != "" || cell(r, "income-total", "done") != "" || cell(r, "income-101", "adjusted") != "1,000.00" || r.Unbudgeted == "" {
			t.Errorf("a rate is told of what six books without a budget took in: %v", r.Rows)
		}
		want := "6 套账套没有登记 2026 年预算数:石桥镇财政总预算、白岩镇财政总预算、青坪镇财政总预算、龙塘镇财政总预算、双碑镇财政总预算 等 6 套;预算数和调整预算数只含其余 1 套"
		if notes := strings.Join(r.Notes, ""); !strings.Contains(notes, want) {
			t.Errorf("notes: %s", notes)
		}
		var out strings.Builder
		if err := r.JSON(&out); err != nil || !strings.Contains(out.String(), `"done": null`) || strings.Contains(out.String(), `"done": "`) || !strings.Contains(out.String(), want) {
			t.Errorf("json (%v): %s", err, out.String())
		}
		alone := ask
		alone.Books = books[:1]
		if r := o.make(alone); cell(r, "income-101", "done") != "90.00%" || r.Unbudgeted != "" {
			t.Errorf("a book with its budget is not measured: %v", r.Rows)
		}
		for _, b := range books[1:] {
			set(b)
		}
		if r := o.make(ask); cell(r, "income-101", "done") != "90.00%" || strings.Contains(strings.Join(r.Notes, ""), "预算数") {
			t.Errorf("all have theirs: %v %v", r.Notes, r.Rows)
		}
	})
}
