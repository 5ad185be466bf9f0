package ledger_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// lackingYear closes 2025 of the village's book, whose chart of 2026 lacks an account with a balance: 32201.
func lackingYear(d *desk) {
	d.t.Helper()
	for m := 1; m <= 12; m++ {
		d.post(rent(d.village, calendar.PeriodOf(2025, m).First(), 500))
		if m < 12 {
			d.close(d.village, calendar.PeriodOf(2025, m))
		}
	}
	d.carry(d.village, 2025)
	d.close(d.village, "2025-12")
	d.write(func(tx *store.Tx) error {
		n := villageEdition("village-2026", 2026)
		n.Accounts = append(n.Accounts, ledger.Account{Code: "331", Name: "未分配收益", Half: ledger.Financial, Element: "equity", Direction: -1, AppliesTo: "village_collective"})
		return ledger.ImportEdition(tx, n)
	})
}

func (d *desk) nameSuccessor(by identity.Actor, account, successor string) error {
	return d.try(func(tx *store.Tx) error {
		_, err := ledger.NameSuccessor(tx, by, document.NewID(), d.village.ID, 2025, account, successor)
		return err
	})
}

func (d *desk) successor(account string) (s ledger.Successor) {
	d.t.Helper()
	d.read(func(tx *store.Tx) error {
		all, err := ledger.Successors(tx, d.village, 2026)
		s = all[account]
		return err
	})
	return s
}

func (d *desk) checkSuccessor(by identity.Actor, s ledger.Successor) error {
	return d.try(func(tx *store.Tx) error {
		_, err := ledger.CheckSuccessor(tx, by, d.village.ID, 2025, s.Account, s.ID, s.Version)
		return err
	})
}

func (d *desk) closeYear() error {
	return d.try(func(tx *store.Tx) error {
		_, err := ledger.CloseYear(tx, d.head, document.NewID(), d.village.ID, 2025)
		return err
	})
}

// TestSuccessor_TakesOver: a year whose chart lacks an account is not carried into it before another was named to take
// over and checked; then the balance opens the next year there, and the books still prove.
func TestSuccessor_TakesOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		lackingYear(d)
		name := func(account, successor string) error { return d.nameSuccessor(d.head, account, successor) }
		if err := d.closeYear(); !fault.HasCode(err, "year-account-missing") {
			t.Fatalf("carried over without a place: %v", err)
		}
		for _, c := range []struct{ account, successor, code string }{
			{"102", "331", "successor-needless"}, {"32201", "777", "account-unknown"}, {"32201", "501", "account-not-leaf"}, {"888", "331", "account-unknown"}, {"322", "331", "account-not-leaf"},
		} {
			if err := name(c.account, c.successor); !fault.HasCode(err, c.code) {
				t.Errorf("%s to %s: want %s, got %v", c.account, c.successor, c.code, err)
			}
		}
		if err := name("32201", "102"); err != nil { // said anew below
			t.Fatal(err)
		}
		id := document.NewID()
		naming := func(tx *store.Tx) error {
			_, err := ledger.NameSuccessor(tx, d.head, id, d.village.ID, 2025, "32201", "331")
			return err
		}
		d.write(naming)
		d.again(naming)
		d.successorsProve(db)
		if err := d.closeYear(); !fault.HasCode(err, "successor-unchecked") {
			t.Errorf("carried over by what nobody has checked: %v", err)
		}
		if err := d.checkSuccessor(d.reviewer, d.successor("32201")); err != nil {
			t.Fatal(err)
		}
		d.read(func(tx *store.Tx) error {
			plan, err := ledger.PlanYear(tx, d.village, 2025)
			for _, o := range plan {
				if o.Missing != nil || o.Combination.Account == "32201" && o.To.Account != "331" {
					t.Errorf("planned: %+v", o)
				}
			}
			return err
		})
		if err := d.closeYear(); err != nil {
			t.Fatal(err)
		}
		for account, want := range map[string]money.Fen{"102": 6000, "331": -6000, "32201": 0} {
			if got := d.balance(d.village, account, "2026-01"); got != want {
				t.Errorf("%s opens 2026 with %s, want %s", account, got, want)
			}
		}
		if err := name("32201", "102"); !fault.HasCode(err, "year-closed") {
			t.Errorf("named after the year was carried over: %v", err)
		}
		d.verify()
		checked := d.successor("32201")
		restore := `update account_successor set successor = '331', document_id = '` + checked.ID + `'`
		sameDocument := `update document set state = 'posted', duties = 'M:13,C:12' where document_id = '` + checked.ID + `'`
		for _, c := range []struct{ what, invariant, change string }{
			{"another account", "successors", `update account_successor set successor = '102'`},
			{"no document", "successors", `update account_successor set document_id = 'none'`},
			{"an earlier naming", "successors", `update account_successor set document_id = '` + checked.Chain + `'`},
			{"checked by who named it", "successors", `update document set duties = 'M:13,C:13' where document_id = '` + checked.ID + `'`},
			{"checked by nobody", "openings", `update document set state = 'submitted' where document_id = '` + checked.ID + `'`},
			{"one person's word of old", "trail", `update document set state = 'named' where document_id = '` + checked.ID + `'`},
		} {
			d.exec(c.change)
			v, err := ledger.Verify(context.Background(), db, county, nil)
			if err != nil || !slices.ContainsFunc(v.Violations, func(f ledger.Violation) bool { return f.Invariant == c.invariant }) {
				t.Errorf("%s: found %+v %v", c.what, v.Violations, err)
			}
			d.exec(restore)
			d.exec(sameDocument)
		}
		d.verify()
	})
}

// TestSuccessor_OneOfOld: what one person alone named before two were asked for carries no year over; years that were
// carried over by it still prove.
func TestSuccessor_OneOfOld(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		lackingYear(d)
		if err := d.nameSuccessor(d.head, "32201", "331"); err != nil {
			t.Fatal(err)
		}
		d.exec(`update document set state = 'named', duties = '' where kind = 'account-successor'`)
		if err := d.closeYear(); !fault.HasCode(err, "year-account-missing") {
			t.Errorf("carried over by one person's word of old: %v", err)
		}
		if err := d.checkSuccessor(d.reviewer, d.successor("32201")); !fault.HasCode(err, "step-not-now") {
			t.Errorf("one person's word of old is checked: %v", err)
		}
		d.exec(`update document set state = 'posted' where kind = 'account-successor'`)
		if err := d.closeYear(); err != nil {
			t.Fatal(err)
		}
		d.exec(`update document set state = 'named' where kind = 'account-successor'`)
		v, err := ledger.Verify(context.Background(), db, county, nil)
		if err != nil || slices.ContainsFunc(v.Violations, func(f ledger.Violation) bool { return f.Invariant == "openings" || f.Invariant == "successors" }) {
			t.Errorf("a year of old does not prove: %+v %v", v.Violations, err)
		}
	})
}

// successorsProve: before the year is carried over nothing but the leaf of the naming tells which account takes over.
func (d *desk) successorsProve(db *store.DB) {
	d.t.Helper()
	d.verify()
	for _, tamper := range []string{
		`update account_successor set successor = '102'`, `update account_successor set account = '102'`, `update account_successor set year = 2027`,
		`update account_successor set document_id = (select min(document_id) from document where kind = 'account-successor' and document_id <> account_successor.document_id)`,
		`delete from account_successor`,
	} {
		var kept struct{ book, year, account, successor, document string }
		d.write(func(tx *store.Tx) error {
			err := tx.QueryRow(`select cast(book_id as text), cast(year as text), account, successor, document_id from account_successor where county_id = $1`, county).
				Scan(&kept.book, &kept.year, &kept.account, &kept.successor, &kept.document)
			if err == nil {
				_, err = tx.Exec(tamper)
			}
			return err
		})
		v, err := ledger.Verify(context.Background(), db, county, nil)
		if err != nil || v.OK || v.Violations[0].Invariant != "successors" {
			d.t.Errorf("%s: %v %+v", tamper, err, v.Violations)
		}
		d.write(func(tx *store.Tx) error {
			if _, err := tx.Exec(`delete from account_successor`); err != nil {
				return err
			}
			_, err := tx.Exec(`insert into account_successor (county_id, book_id, year, account, successor, document_id)
				values ($1, cast($2 as bigint), cast($3 as integer), $4, $5, $6)`, county, kept.book, kept.year, kept.account, kept.successor, kept.document)
			return err
		})
	}
	d.verify()
}

func (d *desk) exec(statement string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error { _, err := tx.Exec(statement); return err })
}

// TestSuccessor_TwoPeople: whoever named a successor of an account, now or before, does not check one for it; each pair of
// people is tried.
func TestSuccessor_TwoPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		lackingYear(d)
		people := map[string]identity.Actor{
			"accountant": d.accountant, "reviewer": d.reviewer, "head": d.head, "cashier": d.cashier, "both": d.both, "elsewhere": d.elsewhere,
		}
		hands := map[int64]bool{} // that have named one
		checked := map[int64]bool{}
		passed := 0
		for _, namer := range slices.Sorted(maps.Keys(people)) {
			for _, checker := range slices.Sorted(maps.Keys(people)) {
				by, second := people[namer], people[checker]
				may := by.Has(d.village.Path, identity.Accountant, identity.OfficeHead) && !checked[by.Person]
				if err := d.nameSuccessor(by, "32201", "331"); (err == nil) != may {
					t.Fatalf("named by %s: %v", namer, err)
				}
				if !may {
					continue
				}
				hands[by.Person] = true
				s := d.successor("32201")
				if err := d.closeYear(); !fault.HasCode(err, "successor-unchecked") {
					t.Fatalf("carried over by what %s alone has said: %v", namer, err)
				}
				want := second.Has(d.village.Path, identity.Reviewer, identity.OfficeHead) && !hands[second.Person]
				err := d.checkSuccessor(second, s)
				if (err == nil) != want {
					t.Errorf("named by %s, checked by %s: %v", namer, checker, err)
				}
				if err == nil {
					checked[second.Person] = true
					passed++
				}
			}
		}
		if passed == 0 {
			t.Error("nobody could check anything")
		}
		d.verify()
	})
}

// TestSuccessor_SentBack: a naming sent back with a reason counts as none, is seen as waiting until it is said anew, and
// what was named before can no longer be checked; nor can anything once the year is carried over.
func TestSuccessor_SentBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		lackingYear(d)
		name := func(to string) ledger.Successor {
			if err := d.nameSuccessor(d.accountant, "32201", to); err != nil {
				t.Fatal(err)
			}
			return d.successor("32201")
		}
		giveBack := func(s ledger.Successor, reason string) error {
			return d.try(func(tx *store.Tx) error {
				_, err := ledger.ReturnSuccessor(tx, d.reviewer, d.village.ID, 2025, s.Account, s.ID, s.Version, reason)
				return err
			})
		}
		waiting := func(path string) (out []ledger.WaitingSuccessor) {
			d.read(func(tx *store.Tx) (err error) { out, err = ledger.WaitingSuccessors(tx, county, path); return err })
			return out
		}
		first := name("102")
		if w := waiting(d.office.Path); len(w) != 1 || !w[0].Waits() || w[0].Maker() != d.accountant.Person || w[0].BookName != d.village.Name || w[0].To != "102" {
			t.Errorf("waiting: %+v", w)
		}
		if w := waiting("/1/4/"); len(w) != 0 {
			t.Errorf("another township's: %+v", w)
		}
		if err := giveBack(first, ""); !fault.HasCode(err, "reason-missing") {
			t.Errorf("sent back without a reason: %v", err)
		}
		if err := giveBack(first, "应由未分配收益接续"); err != nil {
			t.Fatal(err)
		}
		if err := d.closeYear(); !fault.HasCode(err, "year-account-missing") {
			t.Errorf("carried over by what was sent back: %v", err)
		}
		if w := waiting(d.office.Path); len(w) != 1 || w[0].State != ledger.Returned {
			t.Errorf("sent back: %+v", w)
		}
		second := name("331")
		if err := d.checkSuccessor(d.reviewer, first); !fault.HasCode(err, "successor-replaced") {
			t.Errorf("the one before: %v", err)
		}
		if err := d.checkSuccessor(d.elsewhere, second); !fault.HasCode(err, "book-unknown") {
			t.Errorf("another township's: %v", err)
		}
		if second.Chain != first.ID {
			t.Errorf("the chain is lost: %+v", second)
		}
		if err := d.checkSuccessor(d.reviewer, second); err != nil {
			t.Fatal(err)
		}
		if w := waiting(d.office.Path); len(w) != 0 {
			t.Errorf("still waiting: %+v", w)
		}
		if err := d.closeYear(); err != nil {
			t.Fatal(err)
		}
		d.verify()
	})
}
