package agreement_test

import (
	"fmt"
	"strings"
	"testing"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const county = 990001

// office is a township with one book, whose bank deposit (102) began at 1,000.00 in September 2026.
type office struct {
	t                                        *testing.T
	db                                       *store.DB
	keys                                     *identity.Keys
	book                                     ledger.Book
	accountant, reviewer, cashier, elsewhere identity.Actor
	account                                  bank.Account
}

func newOffice(t *testing.T, db *store.DB) *office {
	t.Helper()
	keys, err := identity.LoadKeys(t.TempDir())
	if err == nil {
		err = keys.Create(county)
	}
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, db: db, keys: keys}
	o.write(func(tx *store.Tx) error {
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		root, err := org.CreateCounty(tx, county, "青岚县", "2026-10-23", "2020-01-01")
		if err != nil {
			return err
		}
		if err := rule.Bootstrap(tx, county, "2020-01-01", agreement.Rules()...); err != nil {
			return err
		}
		town, err := org.Create(tx, county, org.NewUnit{Code: "990001100", Name: "柳溪镇", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
		if err != nil {
			return err
		}
		far, err := org.Create(tx, county, org.NewUnit{Code: "990001200", Name: "云溪乡", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
		if err != nil {
			return err
		}
		if o.book, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "201", Name: "清溪村", Unit: town.ID, Chart: ledger.Village, Start: "2026-09"}); err != nil {
			return err
		}
		actor := func(person int64, u org.Unit, roles ...identity.Role) identity.Actor {
			a := identity.Actor{County: county, Login: person, Person: person}
			for _, r := range roles {
				a.Grants = append(a.Grants, identity.Grant{Role: r, Unit: u.ID, Path: u.Path})
			}
			return a
		}
		o.accountant, o.reviewer = actor(101, town, identity.Accountant), actor(102, town, identity.Reviewer, identity.OfficeHead)
		o.cashier, o.elsewhere = actor(103, town, identity.Cashier, identity.Accountant), actor(104, far, identity.Accountant)
		return nil
	})
	o.voucher("2026-09-01", "102", "101", 100_000, "开户存入")
	o.account = o.list("2026-09", 0)
	return o
}

func (o *office) write(f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(o.t.Context(), f); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) read(f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Read(o.t.Context(), f); err != nil {
		o.t.Fatal(err)
	}
}

// refuse runs a step that must be refused with a code, and whose sentence must say some words.
func (o *office) refuse(code string, f func(tx *store.Tx) error, words ...string) {
	o.t.Helper()
	err := o.db.Write(o.t.Context(), f)
	if !fault.HasCode(err, code) {
		o.t.Errorf("want %s, got %v", code, err)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			o.t.Errorf("%s does not say %q: %v", code, w, err)
		}
	}
}

// voucher posts an amount from one account to another and gives its number.
func (o *office) voucher(date calendar.Date, debit, credit string, amount money.Fen, summary string) ledger.Number {
	o.t.Helper()
	var n ledger.Number
	o.write(func(tx *store.Tx) (err error) {
		n, err = ledger.PostAtOnce(tx, o.accountant, o.reviewer, document.NewID(), ledger.Voucher{Book: o.book.ID, Date: date, Word: "记", Lines: []ledger.Line{
			{Account: debit, Summary: summary, Debit: amount}, {Account: credit, Summary: summary, Credit: amount},
		}})
		return err
	})
	return n
}

func (o *office) application() bank.Account {
	return bank.Account{Document: document.NewID(), Book: o.book.ID, Account: "102", Kind: bank.Basic, Bank: "信用社柳溪分社", Name: "清溪村经济合作社",
		Number: "6210 0000 1234 5678", Opened: "2020-01-01", Basis: "青财账户〔2020〕3号", Since: "2026-09"}
}

// list puts an account on the list.
func (o *office) list(since calendar.Period, opening money.Fen, items ...bank.Item) bank.Account {
	o.t.Helper()
	a := o.application()
	a.Since, a.Opening, a.Items = since, opening, items
	o.write(func(tx *store.Tx) (err error) { _, err = bank.Register(tx, o.keys, o.accountant, a); return err })
	o.write(func(tx *store.Tx) error { return bank.Check(tx, o.reviewer, a.Document, 1) })
	o.read(func(tx *store.Tx) (err error) { a, err = bank.SeeDocument(tx, o.accountant, a.Document); return err })
	return a
}

// csv writes a statement of the common format: date, ref, in or out in yuan, balance; the rest left out.
func csv(lines ...string) []byte {
	return []byte("柳溪镇清溪村 2026 年对账单\n日期,流水号,摘要,对方户名,收入金额,支出金额,余额\n" + strings.Join(lines, "\n") + "\n")
}

func (o *office) parse(data []byte) agreement.Parsed {
	o.t.Helper()
	p, err := agreement.Parse(bank.Common(bank.Statement).Layout, agreement.Bank, "9月.csv", data, "2026-10-23")
	if err != nil {
		o.t.Fatal(err)
	}
	return p
}

// take brings a statement in.
func (o *office) take(to calendar.Date, data []byte) agreement.News {
	o.t.Helper()
	var n agreement.News
	in := agreement.Arrival{Document: document.NewID(), Account: o.account.ID, Parsed: o.parse(data), To: to}
	o.write(func(tx *store.Tx) (err error) { n, err = agreement.Take(tx, o.accountant, in); return err })
	return n
}

func TestTake_GoesOnFromWhatIsKnown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		first := csv("2026-09-01,A1,存款,本村,1000.00,,1000.00", "2026-09-05,A2,付电费,供电所,,120.50,879.50", "2026-09-05,A3,付水费,水厂,,79.50,800.00")
		if n := o.take("", first); n.File.Lines != 3 || n.Known != 0 || n.File.Closing != 80_000 || n.File.To != "2026-09-05" {
			t.Errorf("first statement: %+v", n.File)
		}
		more := csv("2026-09-05,A3,付水费,水厂,,79.50,800.00", "2026-09-20,A4,收租金,李某,300,,1100", "合计,,,,300,79.5,")
		if n := o.take("2026-09-30", more); n.File.Lines != 1 || n.Known != 1 || n.File.Closing != 110_000 || n.File.To != "2026-09-30" || n.File.From != "2026-09-06" {
			t.Errorf("overlapping statement: %+v known %d", n.File, n.Known)
		}
		take := func(to calendar.Date, data []byte) func(tx *store.Tx) error {
			p := o.parse(data)
			return func(tx *store.Tx) error {
				_, err := agreement.Take(tx, o.accountant, agreement.Arrival{Document: document.NewID(), Account: o.account.ID, Parsed: p, To: to})
				return err
			}
		}
		o.refuse("statement-repeated", take("", more), "2 笔")
		o.refuse("statement-differs", take("", csv("2026-09-05,A3,付水费,水厂,,79.50,800.00", "2026-09-20,A4,收租金,李某,,300,500")), "第 4 行", "以前 2026-09-20 流水号 A4,300.00 元")
		o.refuse("statement-gap", take("", csv("2026-10-09,A6,收租金,李某,50.00,,1150.50")), "缺少 2026-10-01 至 2026-10-08", "1,100.00", "1,100.50", "差 0.50 元")
		o.refuse("statement-to", take("2026-10-24", csv("2026-10-09,A6,收租金,李某,50.00,,1150.00")), "2026-10-24")
		closing := money.Fen(110_000)
		still := agreement.Arrival{Document: document.NewID(), Account: o.account.ID, Parsed: agreement.Parsed{Source: agreement.Bank, Name: "无发生额"}, To: "2026-10-20", Closing: &closing}
		o.write(func(tx *store.Tx) error { _, err := agreement.Take(tx, o.accountant, still); return err })
		o.refuse("agreement-cashier", func(tx *store.Tx) error { _, err := agreement.Take(tx, o.cashier, still); return err })
		o.refuse("bank-account-unknown", func(tx *store.Tx) error { _, err := agreement.Take(tx, o.elsewhere, still); return err })
		o.read(func(tx *store.Tx) error {
			lines, err := agreement.Lines(tx, county, o.account.ID, agreement.Bank, "2026-09-01", "2026-12-31")
			if err != nil || len(lines) != 4 || lines[3].Counterparty != "李某" || lines[3].ID != 4 {
				t.Errorf("lines %+v %v", lines, err)
			}
			on, err := agreement.BankBalance(tx, o.account, "2026-09-19")
			if err != nil || on != 80_000 {
				t.Errorf("balance %s %v", on, err)
			}
			flaws, err := agreement.Verify(tx, county)
			if err != nil || len(flaws) > 0 {
				t.Errorf("flaws %v %v", flaws, err)
			}
			return nil
		})
		o.tamper(agreement.Verify, `update statement_line set amount = amount + 1 where line_id = 2`)
		o.tamper(agreement.Verify, `update statement_line set balance = balance + 1 where line_id = 4`)
		o.tamper(agreement.Verify, `delete from statement_line where line_id = 4`)
		o.tamper(agreement.Verify, `update statement_file set closing = closing + 1 where file_id = 2`)
		o.tamper(bank.Verify, `update bank_account set opening = opening + 1`)
		o.tamper(bank.Verify, `update bank_account set hash = 'x'`)
		o.tamper(bank.Verify, `update bank_account set closed_on = '2026-10-01'`)
	})
}

// tamper changes rows behind the program's back, which must be found, and takes it back.
func (o *office) tamper(verify func(*store.Tx, int64) ([]document.Flaw, error), statement string) {
	o.t.Helper()
	undo := fmt.Errorf("undo")
	err := o.db.Write(o.t.Context(), func(tx *store.Tx) error {
		if n, err := tx.Exec(statement); err != nil || n == 0 {
			return fmt.Errorf("%s: %d %v", statement, n, err)
		}
		flaws, err := verify(tx, county)
		if err == nil && len(flaws) == 0 {
			o.t.Errorf("not found: %s", statement)
		}
		if err != nil {
			return err
		}
		return undo
	})
	if err != undo {
		o.t.Fatal(err)
	}
}

func TestParse_NamesEveryBadRow(t *testing.T) {
	l := bank.Common(bank.Statement).Layout
	data := csv("2026-09-01,A1,存款,本村,1000.00,,1000.00", "2026-09-31,A2,付电费,供电所,,120.50,879.50", "2026-09-05,A3,付水费,水厂,1,79.50,800.00", "2026-09-06,A4,付,水厂,,0.001,800.00", "2026-10-24,A5,付,水厂,,1,799.00", "2026-09-06,A6,付,水厂,,,799.00")
	_, err := agreement.Parse(l, agreement.Bank, "坏.csv", data, "2026-10-23")
	rows := []int{}
	for _, p := range sheet.ProblemsOf(err) {
		rows = append(rows, p.Row)
	}
	if fmt.Sprint(rows) != "[4 5 6 7 8]" {
		t.Errorf("rows %v: %v", rows, err)
	}
	_, err = agreement.Parse(l, agreement.Bank, "断.csv", csv("2026-09-01,A1,存款,本村,1000.00,,1000.00", "2026-09-05,A2,付电费,供电所,,120.50,879.51", "2026-09-06,A3,付,水厂,,79.50,800.00"), "2026-10-23")
	if found := sheet.ProblemsOf(err); len(found) != 2 || !strings.Contains(found[0].Message, "余额应为 879.50 元") || !strings.Contains(found[0].Message, "差 0.01 元") {
		t.Errorf("balance: %v", err)
	}
	p, err := agreement.Parse(l, agreement.Bank, "倒.csv", csv("2026-09-05,A3,付水费,水厂,,79.50,800.00", "2026-09-05,A2,付电费,供电所,,120.50,879.50", "2026-09-01,A1,存款,本村,1000.00,,1000.00"), "2026-10-23")
	if err != nil || p.Lines[0].Ref != "A1" || p.Opening != 0 {
		t.Errorf("newest first: %+v %v", p, err)
	}
}
