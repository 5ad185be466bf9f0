package ledger_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// programs are two programs on one PostgreSQL database.
func programs(t *testing.T) (first, second *desk) {
	t.Helper()
	url := storetest.PostgresURL(t)
	open := func() *store.DB {
		clock := &storetest.Clock{}
		clock.Set(storetest.Start)
		db, err := store.Open(context.Background(), url, store.Options{Clock: clock.Now, Unsafe: true, Readers: 2})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
	first = newDesk(t, open())
	other := *first
	other.db = open()
	return first, &other
}

// interleave runs a step in the first program, holds it before its commit until the step of the second program has
// come as far as it can, and gives both outcomes.
func interleave(first, second *desk, a, b func(d *desk, tx *store.Tx) error) (errA, errB error) {
	ready, endA, endB := make(chan struct{}, 16), make(chan error, 1), make(chan error, 1)
	hold := make(chan struct{})
	go func() {
		endA <- first.try(func(tx *store.Tx) error {
			err := a(first, tx)
			ready <- struct{}{}
			<-hold
			return err
		})
	}()
	<-ready
	go func() { endB <- second.try(func(tx *store.Tx) error { return b(second, tx) }) }()
	select {
	case errB = <-endB: // nothing held it up
		close(hold)
		return <-endA, errB
	case <-time.After(300 * time.Millisecond):
		close(hold)
		return <-endA, <-endB
	}
}

func postRent(date calendar.Date) func(d *desk, tx *store.Tx) error {
	return func(d *desk, tx *store.Tx) error {
		_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), rent(d.village, date, 100))
		return err
	}
}

func closeVillage(d *desk, tx *store.Tx) error {
	_, err := ledger.CloseMonth(tx, d.accountant, document.NewID(), d.village.ID, "2025-01")
	return err
}

// TestTwoPrograms_ClosedMonthTakesNothing: one program closes the month into which another is about to write.
func TestTwoPrograms_ClosedMonthTakesNothing(t *testing.T) {
	january := calendar.Date("2025-01-10")
	for name, write := range map[string]func(d *desk, tx *store.Tx) error{
		"post": postRent(january),
		"draft": func(d *desk, tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, d.accountant, draft(rent(d.village, january, 100)), 0)
			return err
		},
	} {
		t.Run(name+" first", func(t *testing.T) {
			one, two := programs(t)
			wrote, closed := interleave(one, two, write, closeVillage)
			if wrote != nil {
				t.Errorf("the voucher: %v", wrote)
			}
			if name == "post" && closed != nil || name == "draft" && !fault.HasCode(closed, "close-check") {
				t.Errorf("the closing that came after the %s: %v", name, closed)
			}
			var vouchers, checked int
			one.read(func(tx *store.Tx) error {
				heads, err := ledger.ListVouchers(tx, one.village, "2025-01", "2025-01")
				vouchers = len(heads)
				if err != nil || closed != nil {
					return err
				}
				h, err := ledger.CloseHistory(tx, one.village)
				for _, c := range h[0].Checks {
					if c.Name == "trial-balance" && c.Detail == "本月借贷各 1.00 元" {
						checked++
					}
				}
				return err
			})
			if name == "post" && (vouchers != 1 || checked != 1) {
				t.Errorf("%d vouchers in the month, seen by %d closings, want 1 and 1", vouchers, checked)
			}
			one.verify()
		})
		t.Run(name+" second", func(t *testing.T) {
			one, two := programs(t)
			closed, wrote := interleave(one, two, closeVillage, write)
			if closed != nil || !fault.HasCode(wrote, "month-closed") {
				t.Errorf("closing: %v; writing after it: %v", closed, wrote)
			}
			one.verify()
		})
	}
}

// TestTwoPrograms_ReverseIntoClosedMonth: the red twin is dated today, whose month another program closes.
func TestTwoPrograms_ReverseIntoClosedMonth(t *testing.T) {
	one, two := programs(t)
	of := one.post(rent(one.village, "2025-01-10", 100))
	one.today("2025-01-31")
	reverse := func(d *desk, tx *store.Tx) error {
		_, err := ledger.Reverse(tx, d.accountant, document.NewID(), d.village.ID, of, "重复")
		return err
	}
	reversed, closed := interleave(one, two, reverse, closeVillage)
	if reversed != nil || !fault.HasCode(closed, "close-check") {
		t.Errorf("reversing: %v; closing over the open twin: %v", reversed, closed)
	}
	one.verify()
}

// TestTwoPrograms_OpeningIsSetOnce: each program would move the whole difference, and the balances would double.
func TestTwoPrograms_OpeningIsSetOnce(t *testing.T) {
	one, two := programs(t)
	set := func(d *desk, tx *store.Tx) error {
		_, err := ledger.SetOpening(tx, d.accountant, document.NewID(), d.village.ID, "2025-01", []ledger.Line{
			{Account: "102", Debit: 700}, {Account: "30102", Credit: 700},
		})
		return err
	}
	if a, b := interleave(one, two, set, set); a != nil || b != nil {
		t.Errorf("setting the same opening twice: %v, %v", a, b)
	}
	if got := one.balance(one.village, "102", "2025-01"); got != 700 {
		t.Errorf("102 opens with %s, want 7.00", got)
	}
	posted, changed := interleave(one, two, postRent("2025-01-10"), set)
	if posted != nil || !fault.HasCode(changed, "opening-used") {
		t.Errorf("posting: %v; changing the opening under it: %v", posted, changed)
	}
	one.verify()
}

// TestTwoPrograms_OneCombination: both programs meet an account with dimensions that nobody has used before.
func TestTwoPrograms_OneCombination(t *testing.T) {
	one, two := programs(t)
	if a, b := interleave(one, two, postRent("2026-10-10"), postRent("2026-09-11")); a != nil || b != nil {
		t.Errorf("the first vouchers of two programs: %v, %v", a, b)
	}
	if got := two.balance(two.village, "102", "2026-10"); got != 200 {
		t.Errorf("102 stands at %s, want 2.00", got)
	}
	one.verify()
}

// december closes the twelve months of 2025 of the village, where nothing is posted, and gives December's closing.
func (d *desk) december() string {
	d.t.Helper()
	id := ""
	for m := 1; m <= 12; m++ {
		id = d.close(d.village, calendar.PeriodOf(2025, m))
	}
	return id
}

func closeVillageYear(d *desk, tx *store.Tx) error {
	_, err := ledger.CloseYear(tx, d.head, document.NewID(), d.village.ID, 2025)
	return err
}

// TestTwoPrograms_YearIsCarriedOnce: a year's balances open the next year once, and a carried year stays closed.
func TestTwoPrograms_YearIsCarriedOnce(t *testing.T) {
	one, two := programs(t)
	one.open(one.village, "2025-01", []ledger.Line{{Account: "102", Debit: 700}, {Account: "30102", Credit: 700}})
	one.december()
	if a, b := interleave(one, two, closeVillageYear, closeVillageYear); a != nil || !fault.HasCode(b, "year-closed") {
		t.Errorf("closing one year twice: %v, %v", a, b)
	}
	if got := one.balance(one.village, "102", "2026-01"); got != 700 {
		t.Errorf("102 opens 2026 with %s, want 7.00", got)
	}
	one.verify()
}

// TestTwoPrograms_YearOrReopening: either December opens again or its year is carried over.
func TestTwoPrograms_YearOrReopening(t *testing.T) {
	one, two := programs(t)
	id := one.december()
	one.write(func(tx *store.Tx) error {
		_, err := ledger.Reopen(tx, one.accountant, id, 1, "ask-reopen", "漏记")
		return err
	})
	one.write(func(tx *store.Tx) error {
		_, err := ledger.Reopen(tx, one.reviewer, id, 2, "approve-reopen", "漏记")
		return err
	})
	reopen := func(d *desk, tx *store.Tx) error {
		_, err := ledger.Reopen(tx, d.head, id, 3, "confirm-reopen", "漏记")
		return err
	}
	if a, b := interleave(one, two, reopen, closeVillageYear); a != nil || !fault.HasCode(b, "year-months-open") {
		t.Errorf("reopening: %v; carrying over the year that is open again: %v", a, b)
	}
	one.verify()
}

// TestTwoPrograms_DetailBelowAnUsedAccount: an account gets detail accounts or entries, not both.
func TestTwoPrograms_DetailBelowAnUsedAccount(t *testing.T) {
	add := func(d *desk, tx *store.Tx) error {
		return ledger.AddAccount(tx, county, ledger.NewAccount{Chart: ledger.Village, Code: "10201", Name: "专户", Parent: "102", FromYear: 2025})
	}
	one, two := programs(t)
	if a, b := interleave(one, two, add, postRent("2026-10-10")); a != nil || !fault.HasCode(b, "account-not-leaf") {
		t.Errorf("adding a detail: %v; posting on its parent: %v", a, b)
	}
	one, two = programs(t)
	if a, b := interleave(one, two, postRent("2026-10-10"), add); a != nil || !fault.HasCode(b, "account-parent-used") {
		t.Errorf("posting: %v; adding a detail below: %v", a, b)
	}
}

// TestTwoPrograms_BusyBooks: both programs post into both books and close their months; nothing but the rules refuses.
func TestTwoPrograms_BusyBooks(t *testing.T) {
	one, two := programs(t)
	var clerks sync.WaitGroup
	for i, d := range []*desk{one, two, one, two} {
		clerks.Go(func() {
			for n := range 30 {
				v := rent(d.village, calendar.PeriodOf(2025, 1+n/6).Last(), 100)
				if (n+i)%2 == 0 {
					v = supplies(d.office, v.Date, 100)
				}
				err := d.try(func(tx *store.Tx) error {
					_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), v)
					return err
				})
				if err != nil && !fault.HasCode(err, "month-closed") {
					t.Errorf("posting: %v", err)
				}
				if n%6 == 5 {
					err := d.try(func(tx *store.Tx) error {
						_, err := ledger.CloseMonth(tx, d.accountant, document.NewID(), v.Book, v.Date.Period())
						return err
					})
					if err != nil && !fault.HasCode(err, "month-closed") && !fault.HasCode(err, "close-order") {
						t.Errorf("closing: %v", err)
					}
				}
			}
		})
	}
	clerks.Wait()
	one.read(func(tx *store.Tx) error {
		for _, id := range []int64{one.office.ID, one.village.ID} {
			b, err := ledger.GetBook(tx, county, id)
			if err != nil {
				return err
			}
			if b.ClosedThrough != "2025-05" {
				t.Errorf("%s is closed through %s, want May", b.Name, b.ClosedThrough)
			}
		}
		return nil
	})
	one.verify()
}
