package ledger_test

import (
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

func (d *desk) close(b ledger.Book, p calendar.Period) string {
	d.t.Helper()
	id := document.NewID()
	d.write(func(tx *store.Tx) error { _, err := ledger.CloseMonth(tx, d.accountant, id, b.ID, p); return err })
	return id
}

// again takes a step that was taken before under the same id: it finds that out, and does not tell of what it changed.
func (d *desk) again(step func(tx *store.Tx) error) {
	d.t.Helper()
	if err := d.try(step); !document.IsTaken(err) {
		d.t.Errorf("the same id again: %v", err)
	}
}

// carry makes, checks and posts the closing vouchers of a year.
func (d *desk) carry(b ledger.Book, year int) int {
	d.t.Helper()
	var docs []document.Document
	d.write(func(tx *store.Tx) (err error) {
		docs, err = ledger.CarryOver(tx, d.accountant, b.ID, year, document.NewID)
		return err
	})
	d.again(func(tx *store.Tx) error {
		_, err := ledger.CarryOver(tx, d.accountant, b.ID, year, func() string { return docs[0].ID })
		return err
	})
	for _, doc := range docs {
		d.write(func(tx *store.Tx) error { _, err := ledger.Check(tx, d.reviewer, doc.ID, doc.Version); return err })
		d.write(func(tx *store.Tx) error { _, err := ledger.Post(tx, d.accountant, doc.ID, doc.Version+1); return err })
	}
	return len(docs)
}

func TestCloseMonth_OrderAndChecks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.post(supplies(d.office, "2025-01-10", 100))
		refuse := func(code string, p calendar.Period) {
			t.Helper()
			err := d.try(func(tx *store.Tx) error {
				_, err := ledger.CloseMonth(tx, d.accountant, document.NewID(), d.office.ID, p)
				return err
			})
			if !fault.HasCode(err, code) {
				t.Errorf("close %s: want %s, got %v", p, code, err)
			}
		}
		refuse("close-order", "2025-02")
		v := draft(supplies(d.office, "2025-01-11", 100))
		d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 0); return err })
		refuse("close-check", "2025-01")
		d.write(func(tx *store.Tx) error {
			_, err := ledger.Void(tx, d.accountant, v.Document, 1, "重复录入")
			return err
		})
		id := d.close(d.office, "2025-01")
		refuse("month-closed", "2025-01")
		d.again(func(tx *store.Tx) error {
			_, err := ledger.CloseMonth(tx, d.accountant, id, d.office.ID, "2025-01")
			return err
		})
		err := d.try(func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), supplies(d.office, "2025-01-12", 1))
			return err
		})
		if !fault.HasCode(err, "month-closed") {
			t.Errorf("posted into a closed month: %v", err)
		}
		reopen := func(by identity.Actor, version int64, step string) error {
			return d.try(func(tx *store.Tx) error {
				_, err := ledger.Reopen(tx, by, id, version, step, "漏记一张凭证")
				return err
			})
		}
		if err := reopen(d.accountant, 1, "ask-reopen"); err != nil {
			t.Fatal(err)
		}
		if err := reopen(d.reviewer, 2, "approve-reopen"); err != nil {
			t.Fatal(err)
		}
		if err := reopen(d.reviewer, 3, "confirm-reopen"); err == nil {
			t.Error("one person gave both approvals")
		}
		if err := reopen(d.head, 3, "confirm-reopen"); err != nil {
			t.Fatal(err)
		}
		d.post(supplies(d.office, "2025-01-12", 1))
		d.close(d.office, "2025-01")
		d.read(func(tx *store.Tx) error {
			h, err := ledger.CloseHistory(tx, d.office)
			if len(h) != 3 {
				t.Errorf("%d closings and reopenings kept, want 3", len(h))
			}
			return err
		})
		d.verify()
	})
}

func TestYear_CarryOverAndClose(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.open(d.village, "2025-01", []ledger.Line{{Account: "102", Debit: 800000}, {Account: "30102", Credit: 800000}})
		for _, b := range []ledger.Book{d.office, d.village} {
			for m := 1; m <= 12; m++ {
				date := calendar.PeriodOf(2025, m).First()
				if b.ID == d.office.ID {
					d.post(supplies(b, date, 1000))
				} else {
					d.post(rent(b, date, 500))
				}
				if m < 12 {
					d.close(b, date.Period())
				}
			}
			err := d.try(func(tx *store.Tx) error {
				_, err := ledger.CloseMonth(tx, d.accountant, document.NewID(), b.ID, "2025-12")
				return err
			})
			if !fault.HasCode(err, "close-check") {
				t.Errorf("December closed before carrying over: %v", err)
			}
			if got := d.balance(b, "102", "2026-01"); b.ID == d.village.ID && got != 806000 {
				t.Errorf("provisional opening of 102 is %s", got)
			}
			if d.carry(b, 2025) == 0 {
				t.Error("no closing voucher")
			}
			d.close(b, "2025-12")
			id := document.NewID()
			closeYear := func(tx *store.Tx) error { _, err := ledger.CloseYear(tx, d.head, id, b.ID, 2025); return err }
			d.write(closeYear)
			d.again(closeYear)
		}
		for _, c := range []struct {
			b       ledger.Book
			account string
			want    int64
		}{
			{d.village, "102", 806000}, {d.village, "32201", -6000}, {d.village, "50104", 0},
			{d.office, "500102", 0}, {d.office, "400101", 0}, {d.office, "71010101", 0}, {d.office, "3001", 0}, {d.office, "810107", 0},
		} {
			if got := d.balance(c.b, c.account, "2026-01"); int64(got) != c.want {
				t.Errorf("%s %s opens 2026 with %s, want %d fen", c.b.Name, c.account, got, c.want)
			}
		}
		d.verify()
	})
}

func TestSetOpening_Refusals(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	set := func(p calendar.Period, lines ...ledger.Line) error {
		return d.try(func(tx *store.Tx) error {
			_, err := ledger.SetOpening(tx, d.accountant, document.NewID(), d.village.ID, p, lines)
			return err
		})
	}
	bank, capital := ledger.Line{Account: "102", Debit: 100}, ledger.Line{Account: "30102", Credit: 100}
	for code, err := range map[string]error{
		"opening-unbalanced": set("2025-01", bank),
		"opening-period":     set("2026-01", bank, capital),
		"account-not-leaf":   set("2025-01", ledger.Line{Account: "301", Credit: 100}, bank),
	} {
		if !fault.HasCode(err, code) {
			t.Errorf("want %s, got %v", code, err)
		}
	}
	if err := set("2025-01", bank, capital); err != nil {
		t.Fatal(err)
	}
	bank.Debit, capital.Credit = 250, 250
	if err := set("2025-01", bank, capital); err != nil {
		t.Fatalf("set again before the first voucher: %v", err)
	}
	if got := d.balance(d.village, "102", "2025-01"); got != 250 {
		t.Errorf("opening is %s", got)
	}
	d.post(rent(d.village, "2025-02-01", 5))
	if err := set("2025-01", bank, capital); !fault.HasCode(err, "opening-used") {
		t.Errorf("set after the first voucher: %v", err)
	}
}

// TestCloseYear_NotBeforeTheBook: a year in which the book did not exist has nothing to carry.
func TestCloseYear_NotBeforeTheBook(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	err := d.try(func(tx *store.Tx) error {
		_, err := ledger.CloseYear(tx, d.head, document.NewID(), d.office.ID, 2023)
		return err
	})
	if !fault.HasCode(err, "year-before-start") {
		t.Errorf("closed a year before the book's first: %v", err)
	}
}

// TestCloseMonth_NamesTheFirstAccount: what is said of accounts that are not carried over does not change by chance.
func TestCloseMonth_NamesTheFirstAccount(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	d.post(supplies(d.office, "2025-12-01", 100))
	for range 20 {
		d.read(func(tx *store.Tx) error {
			checks, err := ledger.CloseChecks(tx, d.accountant, d.office, "2025-12")
			for _, c := range checks {
				if want := "还有 4 个科目未结转,如 400101 余额 -1.00 元"; c.Name == "carry-over" && c.Alone() != want {
					t.Fatalf("%s, want %s", c.Alone(), want)
				}
			}
			return err
		})
	}
}

// TestPlans_SayWhatWillBe: what is shown before a year's end is what is then done.
func TestPlans_SayWhatWillBe(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		for m := 1; m <= 12; m++ {
			d.post(rent(d.village, calendar.PeriodOf(2025, m).First(), 500))
			if m < 12 {
				d.close(d.village, calendar.PeriodOf(2025, m))
			}
		}
		var plan []ledger.Voucher
		d.read(func(tx *store.Tx) (err error) { plan, err = ledger.PlanCarryOver(tx, d.village, 2025); return err })
		if made := d.carry(d.village, 2025); made != len(plan) || made != 2 {
			t.Errorf("%d closing vouchers planned, %d made", len(plan), made)
		}
		if debit := plan[0].Lines[0]; debit.Account != "50104" || debit.Debit != 6000 {
			t.Errorf("the first line planned is %+v", debit)
		}
		d.close(d.village, "2025-12")
		var openings []ledger.YearOpening
		d.read(func(tx *store.Tx) (err error) { openings, err = ledger.PlanYear(tx, d.village, 2025); return err })
		d.write(func(tx *store.Tx) error {
			_, err := ledger.CloseYear(tx, d.head, document.NewID(), d.village.ID, 2025)
			return err
		})
		if len(openings) != 2 {
			t.Fatalf("%d openings planned", len(openings))
		}
		for _, o := range openings {
			if got := d.balance(d.village, o.Combination.Account, "2026-01"); got != o.Balance || o.Missing != nil {
				t.Errorf("%s opens with %s, planned %s (%v)", o.Combination.Account, got, o.Balance, o.Missing)
			}
		}
	})
}

// TestCloseChecks_NameTheRows: what stands in the way is named one by one.
func TestCloseChecks_NameTheRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		v := draft(supplies(d.office, "2025-01-10", 4860))
		d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 0); return err })
		d.post(supplies(d.office, "2025-01-11", 100))
		d.write(func(tx *store.Tx) error {
			_, err := tx.Exec(`update counter set value = 3 where name = $1`, "voucher/1/2025-01/记")
			return err
		})
		d.read(func(tx *store.Tx) error {
			checks, err := ledger.CloseChecks(tx, d.accountant, d.office, "2025-01")
			for _, c := range checks {
				switch c.Name {
				case "unposted":
					if len(c.Rows) != 1 || c.Rows[0].Document != v.Document || c.Rows[0].Amount != 4860 || c.Rows[0].Person != d.accountant.Person {
						t.Errorf("unposted: %+v", c.Rows)
					}
				case "numbers":
					if len(c.Rows) != 2 || c.Rows[0].Label != "记-0002" || c.Rows[1].Label != "记-0003" {
						t.Errorf("numbers: %+v", c.Rows)
					}
				}
			}
			return err
		})
	})
}

// TestCloseChecks_Opening: the first month of a book without opening balances warns, closes all the same, and the closing
// keeps the warning; a book that has them passes, and later months do not ask.
func TestCloseChecks_Opening(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.open(d.office, "2025-01", []ledger.Line{line("100202", "", 500, 0, ledger.Dims{}), line("3001", "", 0, 500, ledger.Dims{})})
		opening := func(b ledger.Book, p calendar.Period) (found ledger.CloseCheck) {
			d.read(func(tx *store.Tx) error {
				checks, err := ledger.CloseChecks(tx, d.accountant, b, p)
				for _, c := range checks {
					if c.Name == "opening" {
						found = c
					}
				}
				return err
			})
			return found
		}
		if c := opening(d.office, "2025-01"); c.State != ledger.Passed || c.Detail != "已有 2 个" {
			t.Errorf("with openings: %+v", c)
		}
		if c := opening(d.village, "2025-01"); c.State != ledger.Warned || c.Detail != "没有期初余额" || c.Fix == "" {
			t.Errorf("without: %+v", c)
		}
		if c := opening(d.village, "2025-02"); c.State != ledger.Passed {
			t.Errorf("a later month: %+v", c)
		}
		d.close(d.village, "2025-01")
		d.read(func(tx *store.Tx) error {
			history, err := ledger.CloseHistory(tx, d.village)
			kept := false
			for _, c := range history[0].Checks {
				kept = kept || c.Name == "opening" && c.State == ledger.Warned
			}
			if !kept {
				t.Errorf("the closing keeps %+v", history[0].Checks)
			}
			return err
		})
	})
}
