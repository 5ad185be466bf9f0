package drafting_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const wan = 1_000_000 // fen of one 万元

// item is the item (项) under which the test budgets each published class (类): the accounts name classes alone.
var item = map[string]string{
	"201": "2010301", "203": "2030603", "207": "2070109", "208": "2080505", "210": "2101101", "211": "2110301", "212": "2120501", "213": "2130104", "215": "21508", "221": "2210201",
}

// TestQingxi2023 drafts and adjusts a budget that comes to the published accounts of 涪陵区清溪镇, and books them: own
// income approved by the congress 3,522 万元, in fact 4,402 and 103 of the funds, which is 127.91 %. The published text
// does not divide the approved 3,522 between the two kinds of money, nor name a reserve; the test approves 3,419 + 103
// and a reserve of 60, and lets the adjustment bring both to what was published.
func TestQingxi2023(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newTown(t, db, "2023-01-20")
		o.do(func(tx *store.Tx) (err error) {
			o.book, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "QX", Name: "清溪镇财政总预算", Unit: o.unit.ID, Chart: ledger.GeneralBudget, Start: "2023-01"})
			return err
		})
		published := readQingxi(t)
		o.budgetOf(published, map[string]int64{"1": 3419, "215": 335}, 60)
		o.do(func(tx *store.Tx) error {
			_, err := tx.Exec(`update county set business_date = '2023-12-31'`)
			return err
		})
		o.budgetOf(published, nil, 0)
		o.actual(published)
		o.read(func(tx *store.Tx) error {
			completion := drafting.Figures()[0]
			v, err := completion.Of(tx, county, o.unit.ID, o.unit.Path, "2023-12-31")
			if err == nil && v.Text != "127.91%" || v.Numerator != 4505*wan || v.Denominator != 3522*wan {
				t.Errorf("completion %s = %d / %d", v.Text, v.Numerator, v.Denominator)
			}
			if err != nil {
				return err
			}
			r, err := statement.Make(tx, statement.Request{Name: "general-budget", Books: []ledger.Book{o.book}, From: "2023-01", To: "2023-12"})
			if err != nil {
				return err
			}
			cell := func(key, column string) string {
				for _, row := range r.Rows {
					for i, c := range r.Columns {
						if c.Key == column && row.Key == key {
							return row.Cells[i].Amount.String()
						}
					}
				}
				return "none"
			}
			for _, p := range published {
				if item[p.code] != "" && (cell("expenditure-"+p.code, "adjusted") != p.amount.String() || cell("expenditure-"+p.code, "actual") != p.amount.String()) {
					t.Errorf("%s: adjusted %s, actual %s, published %s", p.name, cell("expenditure-"+p.code, "adjusted"), cell("expenditure-"+p.code, "actual"), p.amount)
				}
			}
			d, err := drafting.Get(tx, o.head, o.draft)
			if err != nil {
				return err
			}
			c, err := drafting.ContentOf(tx, county, d.Document, 0)
			by := map[string]money.Fen{}
			for _, l := range c.Lines {
				if l.Fund == "1" {
					by[l.Function[:3]] += l.Amount
				}
			}
			twelve := money.Fen(0)
			for _, p := range published {
				code := p.code
				switch {
				case p.side != "expenditure":
					continue
				case code == "remittance":
					by[code] = 83 * wan
				case code == "carry-forward":
					by[code] = 674 * wan
				}
				if by[code] != p.amount {
					t.Errorf("%s %s: adjusted budget %s, published %s", p.code, p.name, by[code], p.amount)
				}
				twelve += p.amount
			}
			for _, s := range c.Sums() {
				want := map[string]money.Fen{"1": 6449 * wan, "2": 3319 * wan}[s.Fund]
				if s.Income != want || s.Outlay() != want {
					t.Errorf("fund %s: %s and %s, want %s", s.Fund, s.Income, s.Outlay(), want)
				}
			}
			if twelve != 6449*wan {
				t.Errorf("the twelve lines come to %s", twelve)
			}
			return err
		})
		o.sound()
	})
}

type published struct {
	side, code, name string
	amount           money.Fen
}

func readQingxi(t *testing.T) (out []published) {
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
	for _, r := range records[1:] {
		out = append(out, published{r[0], r[1], r[2], yuan(t, r[3]) / 100 * wan})
	}
	return out
}

// incomeClass is where each published line of income stands in the revenue classification.
var incomeClass = map[string]string{
	"1": "101", "110-general-equalisation": "1100202", "110-general-guarantee": "1100207", "110-general-settlement": "1100208", "110-general-other": "1100299",
	"110-special": "11003", "carry-in": "11008", "fund-in": "11009>2",
}

// budgetOf carries a draft to its approval: the published lines, some of them in other amounts of 万元.
func (o *town) budgetOf(all []published, other map[string]int64, reserve int64) {
	o.t.Helper()
	var lines, items []string
	general := int64(0)
	for _, p := range all {
		n := int64(p.amount / wan)
		if m, changed := other[p.code]; changed {
			n = m
		}
		switch {
		case p.side == "income":
			items = append(items, fmt.Sprintf("income 1 %s %d", incomeClass[p.code], n*10_000))
		case p.code == "remittance":
			items = append(items, fmt.Sprintf("outlay 1 2300602 %d", n*10_000))
		case p.code == "carry-forward":
			items = append(items, fmt.Sprintf("outlay 1 23009 %d", n*10_000))
		default:
			lines = append(lines, fmt.Sprintf("project %s economic=30299 function=%s amount=%d", p.name, item[p.code], n*10_000))
			general += n
		}
	}
	if reserve > 0 {
		items = append(items, fmt.Sprintf("outlay 1 227 %d", reserve*10_000))
	}
	items = append(items, "income 2 10301 1030000", "income 2 11004 13310000", "income 2 11008 18850000", "outlay 2 23008>1 1030000", "outlay 2 23009 15130000")
	lines = append(lines, "project 土地出让支出 fund=2 function=2120803 economic=31005 amount=17030000")
	o.begin(2023, "2023-01-10")
	today := calendar.Date("2023-01-20")
	if reserve == 0 {
		today = "2023-12-31"
	}
	for _, s := range []func(tx *store.Tx) error{
		o.fill(o.accountant, o.unit, strings.Join(lines, ";")), o.income(o.accountant, strings.Join(items, ";")), o.step(drafting.Propose, o.accountant),
		o.controls(o.budget, drafting.Control{Unit: o.unit.ID, Fund: "1", Amount: money.Fen(general) * wan}, drafting.Control{Unit: o.unit.ID, Fund: "2", Amount: 1703 * wan}),
		o.step(drafting.Submit, o.accountant), o.step(drafting.Review, o.mayor), o.step(drafting.Present, o.mayor),
		o.resolve(o.second, drafting.Session{Number: "清人发〔2023〕" + fmt.Sprint(reserve), Name: "人民代表大会会议", On: today}), o.step(drafting.Confirm, o.head),
	} {
		o.do(s)
	}
}

// actual books what was published.
func (o *town) actual(all []published) {
	o.t.Helper()
	o.do(func(tx *store.Tx) error {
		opening := []ledger.Line{{Account: "1001", Debit: 1945 * wan}, {Account: "3001", Credit: 60 * wan}, {Account: "3002", Credit: 1885 * wan}}
		doc, err := ledger.SetOpening(tx, o.accountant, document.NewID(), o.book.ID, o.book.Start, opening)
		if err == nil {
			_, err = ledger.CheckOpening(tx, reviewer(o.unit), o.book.ID, doc.ID, doc.Version)
		}
		return err
	})
	post := func(account, class string, in, out money.Fen) {
		o.do(func(tx *store.Tx) error {
			v := ledger.Voucher{Book: o.book.ID, Date: "2023-06-30", Word: "记", Kind: ledger.Ordinary, Note: "只录所要的分录", Lines: []ledger.Line{
				{Summary: "决算", Account: "1001", Debit: in, Credit: out}, {Summary: "决算", Account: account, Debit: out, Credit: in, Dims: ledger.Dims{Function: class}},
			}}
			_, err := ledger.PostAtOnce(tx, o.accountant, reviewer(o.unit), document.NewID(), v)
			return err
		})
	}
	post("4001", "101", 4402*wan, 0)
	post("4002", "10301", 103*wan, 0)
	post("4011", "11004", 1331*wan, 0)
	for _, p := range all {
		if item[p.code] != "" {
			post("5001", p.code, 0, p.amount)
		}
	}
}

func reviewer(u org.Unit) identity.Actor {
	return identity.Actor{County: county, Login: 120, Person: 120, Grants: []identity.Grant{{Role: identity.Reviewer, Unit: u.ID, Path: u.Path}}}
}
