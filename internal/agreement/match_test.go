package agreement_test

import (
	"fmt"
	"math/rand/v2"
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
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

func (o *office) propose() agreement.Proposal {
	o.t.Helper()
	var p agreement.Proposal
	o.read(func(tx *store.Tx) (err error) { p, err = agreement.Propose(tx, o.account, "2026-10-23"); return err })
	return p
}

// confirmPass confirms what a pass proposes now.
func (o *office) confirmPass(by identity.Actor, pass agreement.Pass) func(tx *store.Tx) error {
	seen := o.propose().Digest(pass)
	id := document.NewID()
	return func(tx *store.Tx) error {
		_, err := agreement.ConfirmPass(tx, by, id, o.account.ID, pass, seen)
		return err
	}
}

func (o *office) prepare(by identity.Actor, p calendar.Period, id string) func(tx *store.Tx) error {
	return func(tx *store.Tx) error { _, err := agreement.Prepare(tx, by, id, o.account.ID, p); return err }
}

func (o *office) closeMonth(p calendar.Period) func(tx *store.Tx) error {
	id := document.NewID()
	return func(tx *store.Tx) error { _, err := ledger.CloseMonth(tx, o.accountant, id, o.book.ID, p); return err }
}

// TestSheet_Vector is the example of the handbook: 120 + 50 - 3 = 150 + 30 - 13 = 167, in the month of an account that
// began with what was under way.
func TestSheet_Vector(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		o.voucher("2026-09-10", "101", "102", 88_000, "取现 支票12345678") // 1,000.00 - 880.00 = 120.00 in the book
		o.voucher("2026-09-12", "102", "101", 3_000, "存入转账支票 33330001")
		o.voucher("2026-09-20", "101", "102", 1_300, "支票 44440001 付劳务")
		o.voucher("2026-09-21", "101", "102", 1_700, "付办公费")
		o.refuse("adjustment-days-missing", o.prepare(o.accountant, "2026-09", document.NewID()), "2026-09-01 至 2026-09-30")
		o.refuse("close-check", o.closeMonth("2026-09"), "缺少对账单")
		o.take("2026-09-30", csv("2026-09-01,A1,存款,本村,1000.00,,1000.00", "2026-09-10,12345678,支票,,,880.00,120.00", "2026-09-23,A3,付办公费,,,17.00,103.00",
			"2026-09-28,A4,托收租金,承租户,50.00,,153.00", "2026-09-30,A5,手续费,,,3.00,150.00"))
		p := o.propose()
		if len(p.Of(agreement.ByNumber)) != 1 || len(p.Of(agreement.ByAmount)) != 2 || len(p.Groups) != 3 {
			t.Errorf("proposed %+v", p.Groups)
		}
		o.refuse("agreement-cashier", o.confirmPass(o.cashier, ""))
		o.refuse("bank-account-unknown", o.confirmPass(o.elsewhere, ""))
		stale := o.confirmPass(o.accountant, "")
		o.write(o.confirmPass(o.accountant, agreement.ByNumber))
		o.refuse("match-changed", stale)
		o.write(o.confirmPass(o.reviewer, agreement.ByAmount))
		o.refuse("match-none", o.confirmPass(o.accountant, agreement.ByBatch))

		o.refuse("close-check", o.closeMonth("2026-09"), "还没有编制余额调节表")
		o.refuse("agreement-cashier", o.prepare(o.cashier, "2026-09", document.NewID()))
		o.refuse("adjustment-early", o.prepare(o.accountant, "2026-10", document.NewID()))
		id := document.NewID()
		o.write(o.prepare(o.accountant, "2026-09", id))
		if err := db.Write(t.Context(), o.prepare(o.accountant, "2026-09", id)); !document.IsTaken(err) {
			t.Errorf("sent twice: %v", err)
		}
		var s agreement.Adjustment
		o.read(func(tx *store.Tx) (err error) { s, err = agreement.SeeSheet(tx, o.reviewer, id); return err })
		got := fmt.Sprintf("%s + %s - %s = %s + %s - %s = %s", s.BookBalance, s.BankIn, s.BankOut, s.BankBalance, s.BookIn, s.BookOut, s.AdjustedBank())
		if got != "120.00 + 50.00 - 3.00 = 150.00 + 30.00 - 13.00 = 167.00" || s.AdjustedBook() != s.AdjustedBank() || len(s.Items) != 4 {
			t.Errorf("%s, %d items", got, len(s.Items))
		}
		o.refuse("close-check", o.closeMonth("2026-09"), "还没有审核")
		both := o.accountant
		both.Grants = append(both.Grants[:1:1], o.reviewer.Grants...)
		sign := func(by identity.Actor, id string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return agreement.Sign(tx, by, id, 1) }
		}
		o.refuse("duty-clash", sign(both, id))
		o.voucher("2026-09-30", "101", "102", 100, "月末补记")
		o.refuse("adjustment-changed", sign(o.reviewer, id))
		o.write(func(tx *store.Tx) error { return agreement.Return(tx, o.reviewer, id, 1, "月末又有凭证") })
		id = document.NewID()
		o.write(o.prepare(o.accountant, "2026-09", id))
		o.write(sign(o.reviewer, id))
		o.refuse("match-signed", o.undo(o.accountant, 1), "第 1 组")
		o.voucher("2026-09-30", "101", "102", 200, "审核以后补记")
		o.refuse("close-check", o.closeMonth("2026-09"), "审核以后有变动")
		o.write(func(tx *store.Tx) error { return agreement.Return(tx, o.reviewer, id, 2, "审核以后又有凭证") })
		id = document.NewID()
		o.write(o.prepare(o.accountant, "2026-09", id))
		o.write(sign(o.reviewer, id))
		o.write(o.closeMonth("2026-09"))
		o.refuse("adjustment-closed", func(tx *store.Tx) error { return agreement.Return(tx, o.reviewer, id, 2, "再改") })

		// A timing item of September arrives in October: matched then, the signed sheet stays as it was.
		o.take("2026-10-20", csv("2026-10-08,A6,存款,,30.00,,180.00"))
		o.write(o.manual(o.accountant, []string{o.find("33330001")}, []string{"6"}))
		o.refuse("match-unequal", o.manual(o.accountant, []string{o.find("44440001")}, []string{"4"}), "-13.00 元", "50.00 元", "差 -63.00 元")
		o.refuse("match-gone", o.manual(o.accountant, nil, []string{"6", "4"}))
		o.read(func(tx *store.Tx) error {
			now, err := agreement.Compute(tx, o.account, "2026-09")
			if err != nil || now.AdjustedBank() != now.AdjustedBook() || len(now.Items) != 6 {
				t.Errorf("September now: %+v %v", now, err)
			}
			october, err := agreement.Compute(tx, o.account, "2026-10")
			if err != nil || october.AdjustedBank() != october.AdjustedBook() || len(october.Items) != 5 || october.BookIn != 0 {
				t.Errorf("October: %+v %v", october, err)
			}
			standings, err := agreement.Standings(tx, county, o.book.Path)
			if err != nil || len(standings) != 1 || standings[0].Signed != "2026-09" || standings[0].Covered != "2026-10-20" {
				t.Errorf("standings %+v %v", standings, err)
			}
			for on, want := range map[calendar.Date]int{"2026-10-23": 1, "2026-11-15": 5} {
				if aged, err := standings[0].Aged(tx, on, 30); err != nil || len(aged) != want {
					t.Errorf("older than 30 days on %s: %d, want %d (%v)", on, len(aged), want, err)
				}
			}
			if age := o.propose().Bank[0].Age("2026-10-23"); age != 25 {
				t.Errorf("age %d", age)
			}
			return nil
		})
		o.write(o.undo(o.accountant, 4))
		o.refuse("match-gone", o.undo(o.accountant, 4))
		o.read(func(tx *store.Tx) error {
			flaws, err := agreement.Verify(tx, county)
			if err != nil || len(flaws) > 0 {
				t.Errorf("flaws %v %v", flaws, err)
			}
			return nil
		})
		for _, s := range []string{
			`update match_item set amount = amount + 1 where group_id = 1`, `update match_group set undone_by = '' where group_id = 4`, `delete from match_item where group_id = 2`,
			`update bank_match set maker_id = 999`, `update match_undo set groups = '1,4'`, `delete from match_group where group_id = 3`,
			`update adjustment_sheet set bank_in = bank_in + 1, bank_out = bank_out + 1`, `update adjustment_sheet set items = '[]'`, `update match_item set undone = 0 where group_id = 4`,
		} {
			o.tamper(agreement.Verify, s)
		}
	})
}

func (o *office) undo(by identity.Actor, group int64) func(tx *store.Tx) error {
	id := document.NewID()
	return func(tx *store.Tx) error { return agreement.Undo(tx, by, id, o.account.ID, []int64{group}, "勾错了") }
}

func (o *office) manual(by identity.Actor, book, banked []string) func(tx *store.Tx) error {
	id := document.NewID()
	return func(tx *store.Tx) error { return agreement.Confirm(tx, by, id, o.account.ID, book, banked) }
}

// find gives the key of the open entry whose summary has some words.
func (o *office) find(words string) string {
	o.t.Helper()
	for _, it := range o.propose().Book {
		if strings.Contains(it.Summary, words) {
			return it.Key
		}
	}
	o.t.Fatalf("no open entry with %q", words)
	return ""
}

func TestPropose_Batches(t *testing.T) {
	o := newOffice(t, storetest.One(t))
	for _, fen := range []money.Fen{1000, 2000, 3000} {
		o.voucher("2026-09-05", "101", "102", fen, "代付 批次PL000031")
	}
	o.voucher("2026-09-06", "102", "101", 5000, "收款")
	taken := o.take("", csv("2026-09-01,A1,存款,,1000.00,,1000.00", "2026-09-05,PL000031,代付,,,60.00,940.00", "2026-09-06,DD000001,分笔到账,,20.00,,960.00", "2026-09-06,DD000001,分笔到账,,30.00,,990.00"))
	p := o.propose()
	batches := p.Of(agreement.ByBatch)
	if len(batches) != 2 || len(p.Groups) != 3 {
		t.Fatalf("groups %+v", p.Groups)
	}
	for _, g := range batches {
		if agreement.Sum(g.Book) != agreement.Sum(g.Bank) {
			t.Errorf("unequal %+v", g)
		}
	}
	withdraw := func(id string) func(tx *store.Tx) error {
		return func(tx *store.Tx) error { return agreement.Withdraw(tx, o.accountant, id, 1, "导错文件") }
	}
	later := o.take("2026-09-20", csv("2026-09-20,X1,误导入,,1.00,,991.00"))
	o.refuse("statement-not-last", withdraw(taken.File.Document), "9月.csv")
	o.write(withdraw(later.File.Document))
	if len(o.propose().Bank) != 4 {
		t.Error("what was withdrawn is still there")
	}
	o.write(o.confirmPass(o.accountant, ""))
	o.refuse("statement-matched", withdraw(taken.File.Document), "4 笔")
	if p := o.propose(); len(p.Book)+len(p.Bank) != 0 {
		t.Errorf("left %+v", p.Open)
	}
}

// TestOpening: what is under way when an account begins is named, and the account agrees from then on.
func TestOpening(t *testing.T) {
	o := newOffice(t, storetest.One(t))
	o.voucher("2026-09-10", "101", "102", 20_000, "支票 55550001")
	other := o.application()
	other.Number, other.Since, other.Opening = "6210 0000 9999 0000", "2026-10", 100_000
	register := func(a bank.Account) func(tx *store.Tx) error {
		return func(tx *store.Tx) error { _, err := bank.Register(tx, o.keys, o.accountant, a); return err }
	}
	o.refuse("bank-opening-differs", register(other), "账面 800.00 元", "银行 1,000.00 元")
	other.Items = []bank.Item{{Side: bank.Book, Date: "2026-09-10", Ref: "55550001", Amount: -20_000, Summary: "支票未兑付"}}
	o.refuse("bank-account-taken", register(other), "一个末级科目")
	o.write(func(tx *store.Tx) error {
		return bank.AskClose(tx, o.accountant, o.account.Document, 2, "2026-09-30", "青财销〔2026〕1号")
	})
	o.refuse("bank-close-balance", func(tx *store.Tx) error { return bank.Close(tx, o.reviewer, o.account.Document, 3) }, "800.00")
	o.refuse("bank-number", register(bank.Account{Document: document.NewID(), Book: o.book.ID, Account: "102", Kind: bank.Basic, Bank: "a", Name: "b", Number: "12-34", Opened: "2020-01-01", Basis: "x", Since: "2026-09"}))
}

// TestWalk: the bank does what the book says late, twice, never or wrongly; whatever is matched, undone and signed, book and
// bank agree but for the listed differences.
func TestWalk(t *testing.T) {
	const seed = 20261125
	rng := rand.New(rand.NewPCG(seed, 1))
	o := newOffice(t, storetest.One(t))
	balance, late := money.Fen(100_000), []money.Fen(nil)
	lines := []string{"2026-09-01,A0,存款,,1000.00,,1000.00"}
	bankLine := func(day calendar.Date, ref string, amount money.Fen) {
		balance += amount
		in, out := amount.Plain(), ""
		if amount < 0 {
			in, out = "", (-amount).Plain()
		}
		lines = append(lines, fmt.Sprintf("%s,%s,往来,,%s,%s,%s", day, ref, in, out, balance.Plain()))
	}
	day := calendar.Date("2026-09-02")
	for i := range 120 {
		amount := money.Fen(rng.IntN(9_000) + 100)
		ref := fmt.Sprintf("NO%06d", i)
		if rng.IntN(2) == 0 {
			o.voucher(day, "102", "101", amount, "收 "+ref)
		} else {
			o.voucher(day, "101", "102", amount, "付 "+ref)
			amount = -amount
		}
		for _, l := range late {
			bankLine(day, "", l)
		}
		late = late[:0]
		switch rng.IntN(10) {
		case 0: // never
		case 1:
			late = append(late, amount)
		case 2: // twice
			bankLine(day, ref, amount)
			bankLine(day, ref, amount)
		case 3: // wrongly
			bankLine(day, ref, amount+1)
		default:
			bankLine(day, ref, amount)
		}
		if i%3 == 2 && day < "2026-09-29" {
			day = day.AddDays(1)
		}
		if i%30 != 29 {
			continue
		}
		o.take(day, csv(lines...))
		lines = lines[:0]
		passes := []agreement.Pass{agreement.ByNumber, agreement.ByAmount, ""}
		pass := passes[rng.IntN(len(passes))]
		if err := o.db.Write(t.Context(), o.confirmPass(o.accountant, pass)); err != nil && !fault.HasCode(err, "match-none") {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if i == 59 {
			o.write(o.undo(o.accountant, 1))
		}
		o.read(func(tx *store.Tx) error {
			open, err := agreement.OpenOn(tx, o.account, day)
			if err != nil {
				return err
			}
			at, err := agreement.BankBalance(tx, o.account, day)
			if err != nil {
				return err
			}
			book, err := bank.BookBalance(tx, o.book, "102", "2026-09", false)
			if err != nil {
				return err
			}
			if book+agreement.Sum(open.Bank) != at+agreement.Sum(open.Book) {
				t.Errorf("seed %d, step %d: book %s + %s, bank %s + %s", seed, i, book, agreement.Sum(open.Bank), at, agreement.Sum(open.Book))
			}
			flaws, err := agreement.Verify(tx, county)
			if err != nil || len(flaws) > 0 {
				t.Errorf("seed %d, step %d: %v %v", seed, i, flaws, err)
			}
			return nil
		})
	}
	if p := o.propose(); len(p.Book) == 0 || len(p.Bank) == 0 {
		t.Error("the walk left nothing open: it proves nothing")
	}
}
