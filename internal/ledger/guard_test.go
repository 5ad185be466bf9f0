package ledger_test

import (
	"context"
	"errors"
	"slices"
	"strings"
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

// TestDraft_StaysInItsBook: whoever names a book of his own may not reach a draft of another township through it.
func TestDraft_StaysInItsBook(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	var other ledger.Book
	d.write(func(tx *store.Tx) (err error) {
		other, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "301", Name: "石桥镇机关", Unit: 4, Chart: ledger.Government, Start: "2025-01"})
		return err
	})
	v := draft(supplies(d.office, "2026-10-21", 100))
	d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 0); return err })
	edit := func(by identity.Actor, book ledger.Book) error {
		changed := v
		changed.Book = book.ID
		return d.try(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, by, changed, 1); return err })
	}
	if err := edit(d.elsewhere, other); !fault.HasCode(err, "document-unknown") {
		t.Errorf("a stranger took the draft into his book: %v", err)
	}
	if err := edit(d.accountant, d.village); !fault.HasCode(err, "draft-book") {
		t.Errorf("the draft moved to another book: %v", err)
	}
	d.read(func(tx *store.Tx) error {
		kept, err := ledger.GetDraft(tx, d.accountant, v.Document)
		if kept.Book != d.office.ID || kept.Version != 1 {
			t.Errorf("draft now in book %d at version %d", kept.Book, kept.Version)
		}
		return err
	})
}

// TestDraft_TwinsComeFromReverseAlone: a draft that claims to take a voucher back is none.
func TestDraft_TwinsComeFromReverseAlone(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	of := d.post(supplies(d.office, "2026-10-21", 100))
	v := draft(supplies(d.office, "2026-10-21", 100))
	v.Reverses = &of
	d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 0); return err })
	d.read(func(tx *store.Tx) error {
		kept, err := ledger.GetDraft(tx, d.accountant, v.Document)
		if kept.Reverses != nil {
			t.Error("an ordinary draft reverses a voucher")
		}
		return err
	})
}

// TestDraft_WishedNumberIsNotTaken: an imported draft may name its number; it has it only once it is submitted.
func TestDraft_WishedNumberIsNotTaken(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	v := draft(supplies(d.office, "2025-01-21", 100))
	v.Number = 1
	d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 0); return err })
	d.verify()
	d.write(func(tx *store.Tx) error {
		_, err := ledger.Void(tx, d.accountant, v.Document, 1, "重复录入")
		return err
	})
	d.verify()
	if n := d.post(supplies(d.office, "2025-01-22", 100)); n.Number != 1 {
		t.Errorf("the number of a draft that was never submitted is lost: next is %d", n.Number)
	}
	d.verify()
	d.close(d.office, "2025-01")
}

// TestBook_OfAnotherTownshipIsNotThere: no refusal tells a stranger the name, the start or the closed months of a book.
func TestBook_OfAnotherTownshipIsNotThere(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	d.close(d.office, "2025-01")
	closed := supplies(d.office, "2025-01-10", 100)
	for what, step := range map[string]func(tx *store.Tx) error{
		"SaveDraft": func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.elsewhere, draft(closed), 0); return err },
		"SetOpening": func(tx *store.Tx) error {
			_, err := ledger.SetOpening(tx, d.elsewhere, document.NewID(), d.office.ID, "2025-03", nil)
			return err
		},
		"PostAtOnce": func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.elsewhere, d.elsewhere, document.NewID(), closed)
			return err
		},
	} {
		if err := d.try(step); !fault.HasCode(err, "book-unknown") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestReverse_DoubleClick: the same request again is told that it was done.
func TestReverse_DoubleClick(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	of := d.post(supplies(d.office, "2026-10-01", 100))
	id := document.NewID()
	reverse := func() error {
		return d.try(func(tx *store.Tx) error {
			_, err := ledger.Reverse(tx, d.accountant, id, d.office.ID, of, "用错科目")
			return err
		})
	}
	if err := reverse(); err != nil {
		t.Fatal(err)
	}
	if err := reverse(); !document.IsTaken(err) {
		t.Errorf("the second click: %v", err)
	}
	numbered := supplies(d.office, "2026-09-01", 100)
	numbered.Number = 1
	at := document.NewID()
	post := func() error {
		return d.try(func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, at, numbered)
			return err
		})
	}
	if err := post(); err != nil {
		t.Fatal(err)
	}
	if err := post(); !document.IsTaken(err) {
		t.Errorf("a numbered voucher sent twice: %v", err)
	}
}

// TestReverse_DatedLaterThisMonth: the twin of a voucher dated at the end of the running month is dated with it.
func TestReverse_DatedLaterThisMonth(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	of := d.post(supplies(d.office, "2026-10-31", 100))
	id := document.NewID()
	d.write(func(tx *store.Tx) error {
		_, err := ledger.Reverse(tx, d.accountant, id, d.office.ID, of, "重复")
		return err
	})
	d.read(func(tx *store.Tx) error {
		twin, err := ledger.GetDraft(tx, d.accountant, id)
		if twin.Date != "2026-10-31" {
			t.Errorf("the twin is dated %s", twin.Date)
		}
		return err
	})
}

// TestPostAtOnce_TwinMustMirror: vouchers that come from files are red twins only where they take back exactly what
// was posted, once.
func TestPostAtOnce_TwinMustMirror(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	of := d.post(supplies(d.office, "2026-09-01", 100))
	twin := func(n ledger.Number, fen money.Fen) error {
		v := supplies(d.office, "2026-10-01", -fen)
		v.Reverses = &n
		return d.try(func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), v)
			return err
		})
	}
	missing := of
	missing.Number = 9
	if err := twin(missing, 100); !fault.HasCode(err, "voucher-unknown") {
		t.Errorf("taking back what was never posted: %v", err)
	}
	if err := twin(of, 200); !fault.HasCode(err, "twin-altered") {
		t.Errorf("taking back another amount: %v", err)
	}
	if err := twin(of, 100); err != nil {
		t.Fatal(err)
	}
	if err := twin(of, 100); !fault.HasCode(err, "voucher-reversed") {
		t.Errorf("taking back twice: %v", err)
	}
	d.verify()
}

// TestPostAtOnce_TwinOfItsKind: a twin has the kind of its original, is not dated before it, and takes back the year's
// end in its year only.
func TestPostAtOnce_TwinOfItsKind(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	d.today("2026-12-31")
	end := ledger.Voucher{Book: d.village.ID, Date: "2025-12-31", Word: "记", Kind: ledger.Closing, Lines: []ledger.Line{
		line("50104", "年终结转", 100, 0, ledger.Dims{}), line("321", "年终结转", 0, 100, ledger.Dims{}),
	}}
	ended, paid := d.post(end), d.post(rent(d.village, "2025-12-10", 100))
	for _, c := range []struct {
		code string
		of   ledger.Number
		date calendar.Date
		kind ledger.EntryKind
		v    ledger.Voucher
	}{
		{"twin-kind", ended, "2025-12-31", ledger.Ordinary, end},
		{"twin-early", paid, "2025-12-09", ledger.Ordinary, rent(d.village, "2025-12-10", 100)},
		{"reverse-closing", ended, "2026-12-10", ledger.Closing, end},
	} {
		v := c.v
		v.Date, v.Kind, v.Reverses = c.date, c.kind, &c.of
		v.Lines = slices.Clone(v.Lines)
		for i := range v.Lines {
			v.Lines[i].Debit, v.Lines[i].Credit = -v.Lines[i].Debit, -v.Lines[i].Credit
		}
		err := d.try(func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), v)
			return err
		})
		if !fault.HasCode(err, c.code) {
			t.Errorf("want %s, got %v", c.code, err)
		}
	}
	d.verify()
}

// TestReopen_TwoPeopleApprove: who approved may not give the second approval, whatever roles he holds.
func TestReopen_TwoPeopleApprove(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	id := d.close(d.office, "2025-01")
	step := func(by identity.Actor, version int64, name string) error {
		return d.try(func(tx *store.Tx) error {
			_, err := ledger.Reopen(tx, by, id, version, name, "漏记一张凭证")
			return err
		})
	}
	if err := step(d.accountant, 1, "ask-reopen"); err != nil {
		t.Fatal(err)
	}
	if err := step(d.head, 2, "approve-reopen"); err != nil {
		t.Fatal(err)
	}
	if err := step(d.head, 3, "confirm-reopen"); !fault.HasCode(err, "duty-clash") {
		t.Errorf("the head of the office gave both approvals: %v", err)
	}
	if err := step(d.accountant, 3, "burn"); !fault.HasCode(err, "step-unknown") {
		t.Errorf("a step that there is none of: %v", err)
	}
}

// TestSetOpening_ClosedMonth: what a closed month or a closed year rests on stays.
func TestSetOpening_ClosedMonth(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	set := func(fen money.Fen) error {
		return d.try(func(tx *store.Tx) error {
			_, err := ledger.SetOpening(tx, d.accountant, document.NewID(), d.village.ID, "2025-01", []ledger.Line{
				{Account: "102", Debit: fen}, {Account: "30102", Credit: fen},
			})
			return err
		})
	}
	if err := set(1 << 60); !fault.HasCode(err, "amount-too-large") {
		t.Errorf("an amount over the range: %v", err)
	}
	if err := set(100); err != nil {
		t.Fatal(err)
	}
	d.vouch(d.village)
	d.close(d.village, "2025-01")
	if err := set(100); !fault.HasCode(err, "month-closed") {
		t.Errorf("set under a closed month: %v", err)
	}
	d.verify()
}

// TestCombinations_ForgetWhatWasRefused: a step that is refused leaves nothing in the caches either.
func TestCombinations_ForgetWhatWasRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		refused := errors.New("refused")
		err := d.try(func(tx *store.Tx) error {
			if _, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), rent(d.village, "2026-10-01", 100)); err != nil {
				return err
			}
			all, err := ledger.Combinations(tx, county)
			if err != nil {
				return err
			}
			if len(all) != 2 {
				t.Errorf("the step itself sees %d combinations, want 2", len(all))
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		d.post(supplies(d.office, "2026-10-02", 300))
		d.post(rent(d.village, "2026-10-03", 200))
		if got := d.balance(d.village, "102", "2026-10"); got != 200 {
			t.Errorf("102 stands at %s, want 2.00", got)
		}
		if got := d.balance(d.office, "500102", "2026-10"); got != 300 {
			t.Errorf("500102 stands at %s, want 3.00", got)
		}
		d.verify()
	})
}

// TestVerify_SeesWhatIsMissing: rows that somebody deletes behind the program's back.
func TestVerify_SeesWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		what, invariant, statement string
	}{
		{"the only numbered draft of a month", "numbers", `delete from voucher_draft where number is not null`},
		{"a posted voucher", "numbers", `delete from voucher where period = '2026-10' and number = 2`},
		{"an entry", "voucher-balanced", `delete from entry where period = '2026-10' and number = 1 and line = 1`},
		{"an amount", "leaf", `update entry set debit = debit + 1, credit = credit + 1 where period = '2026-10' and number = 1 and line = 1`},
		{"a leaf", "leaf", `delete from trail where step = 'post-at-once'`},
		{"a balance", "balances", `delete from balance where period = '2026-10'`},
		{"a total", "totals", `update total set debit = debit + 1`},
		{"an entry too many", "entries", `insert into entry select county_id, book_id, '2026-08', word, number, line, combination_id, summary, 0, 0 from entry where number = 1`},
		{"the checker", "duties", `update voucher set checker_id = maker_id`},
		{"the date", "voucher-month", `update voucher set date = '2026-09-30'`},
	} {
		db := storetest.One(t)
		d := newDesk(t, db)
		d.post(supplies(d.office, "2026-10-01", 100))
		d.post(supplies(d.office, "2026-10-02", 100))
		v := draft(supplies(d.office, "2026-09-02", 100))
		d.write(func(tx *store.Tx) error {
			doc, err := ledger.SaveDraft(tx, d.accountant, v, 0)
			if err != nil {
				return err
			}
			_, err = ledger.Submit(tx, d.accountant, v.Document, doc.Version)
			return err
		})
		d.verify()
		d.write(func(tx *store.Tx) error { _, err := tx.Exec(c.statement); return err })
		d.read(func(tx *store.Tx) error {
			v, err := ledger.Verify(context.Background(), tx.DB(), county, nil)
			found := false
			for _, broken := range v.Violations {
				found = found || broken.Invariant == c.invariant
			}
			if v.OK || !found {
				t.Errorf("%s: verify says %v %+v, want %s", c.what, v.OK, v.Violations, c.invariant)
			}
			return err
		})
	}
}

// TestLine_OtherHalf: a form puts lines into halves; an account of the other one is named.
func TestLine_OtherHalf(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	v := draft(supplies(d.office, "2026-10-21", 100))
	v.Lines[0].Half, v.Lines[1].Half, v.Lines[2].Half = ledger.Financial, ledger.Financial, ledger.Financial
	v.Lines = append(v.Lines, ledger.DraftLine{Half: ledger.Budgetary})
	var doc document.Document
	d.write(func(tx *store.Tx) (err error) { doc, err = ledger.SaveDraft(tx, d.accountant, v, 0); return err })
	submit := func() error {
		return d.try(func(tx *store.Tx) error {
			_, err := ledger.Submit(tx, d.accountant, v.Document, doc.Version)
			return err
		})
	}
	err := submit()
	var at *ledger.LineError
	if !fault.HasCode(err, "account-other-half") || !errors.As(err, &at) || at.Line != 3 {
		t.Errorf("an account of the budgetary half among the financial lines: %v", err)
	}
	v.Lines[2].Half = ledger.Budgetary
	d.write(func(tx *store.Tx) (err error) {
		doc, err = ledger.SaveDraft(tx, d.accountant, v, doc.Version)
		return err
	})
	if err := submit(); err != nil {
		t.Errorf("in the right half: %v", err)
	}
	d.verify()
}

// TestSpendingUnit_IsKept: a shared book's lines name the unit that spends; neither the red twin nor the year's end
// may lose it.
func TestSpendingUnit_IsKept(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	d.write(func(tx *store.Tx) error {
		_, err := tx.Exec(`update county set business_date = '2025-12-31' where county_id = $1`, county)
		return err
	})
	shared := func(date calendar.Date) ledger.Voucher {
		v := supplies(d.office, date, 700)
		for i := range v.Lines {
			v.Lines[i].Dims.Unit = 3
		}
		return v
	}
	of := d.post(shared("2025-12-01"))
	d.post(shared("2025-12-02"))
	twin := document.NewID()
	d.write(func(tx *store.Tx) error {
		_, err := ledger.Reverse(tx, d.accountant, twin, d.office.ID, of, "用错科目")
		return err
	})
	d.write(func(tx *store.Tx) error { _, err := ledger.Check(tx, d.reviewer, twin, 1); return err })
	d.write(func(tx *store.Tx) error { _, err := ledger.Post(tx, d.accountant, twin, 2); return err })
	d.read(func(tx *store.Tx) error {
		p, err := ledger.GetVoucher(tx, d.office, ledger.Number{Period: "2025-12", Word: "记", Number: 3})
		if err == nil && p.Lines[0].Dims.Unit != 3 {
			t.Errorf("the red twin's line is of unit %d", p.Lines[0].Dims.Unit)
		}
		return err
	})
	d.carry(d.office, 2025)
	d.read(func(tx *store.Tx) error {
		moves, _, err := ledger.Balances(tx, county, []ledger.Book{d.office}, "2025-01", "2025-12")
		if err != nil {
			return err
		}
		combinations, err := ledger.Combinations(tx, county)
		for id, m := range moves {
			if c := combinations[id]; m.Balance() != 0 && (c.Account[0] == '4' || c.Account[0] == '5' || c.Account[0] == '6' || c.Account[0] == '7') {
				t.Errorf("%s of unit %d stands at %s after the year's end", c.Account, c.Dims.Unit, m.Balance())
			}
		}
		return err
	})
	d.verify()
}

// TestLineError_CountsBlankLines: the line that is named is the one on the form.
func TestLineError_CountsBlankLines(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	v := draft(supplies(d.office, "2026-10-21", 100))
	v.Lines = append([]ledger.DraftLine{v.Lines[0], {}, {}}, v.Lines[1:]...)
	v.Lines[4].Function = "9999999"
	d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 0); return err })
	err := d.try(func(tx *store.Tx) error { _, err := ledger.Submit(tx, d.accountant, v.Document, 1); return err })
	var at *ledger.LineError
	if !errors.As(err, &at) || at.Line != 5 {
		t.Errorf("want line 5, got %v", err)
	}
}

// TestReopen_RequestCanBeRefused: a request that the year's end has overtaken does not stay open for ever.
func TestReopen_RequestCanBeRefused(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	var id string
	for p := d.village.Start; p <= "2025-12"; p = p.Next() {
		id = d.close(d.village, p)
	}
	step := func(by identity.Actor, version int64, name string) error {
		return d.try(func(tx *store.Tx) error {
			_, err := ledger.Reopen(tx, by, id, version, name, "漏记一张凭证")
			return err
		})
	}
	if err := step(d.accountant, 1, "ask-reopen"); err != nil {
		t.Fatal(err)
	}
	d.write(func(tx *store.Tx) error {
		_, err := ledger.CloseYear(tx, d.head, document.NewID(), d.village.ID, 2025)
		return err
	})
	if err := step(d.reviewer, 2, "approve-reopen"); !fault.HasCode(err, "reopen-year") {
		t.Errorf("approved under a closed year: %v", err)
	}
	if err := step(d.reviewer, 2, "refuse-reopen"); err != nil {
		t.Errorf("the request cannot be refused: %v", err)
	}
}

// TestPostAtOnce_DateMustExist: other domains and files make vouchers too.
func TestPostAtOnce_DateMustExist(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	for _, date := range []calendar.Date{"", "2026-10", "2026-02-30", "2026-9-1", "今天"} {
		err := d.try(func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), supplies(d.office, date, 100))
			return err
		})
		if !fault.HasCode(err, "date-malformed") {
			t.Errorf("date %q: %v", date, err)
		}
	}
}

// TestReverse_LeavesAClosedYearAlone: income of a year that was closed is not taken off the next year's; what moved
// between balance sheet accounts may still be taken back, and so may all of it before the year is closed.
func TestReverse_LeavesAClosedYearAlone(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.today("2026-02-20")
	d.villageYear() // takes 2025-04 back before it closes the year
	reverse := func(p calendar.Period) error {
		return d.try(func(tx *store.Tx) error {
			_, err := ledger.Reverse(tx, d.accountant, document.NewID(), d.village.ID, ledger.Number{Period: p, Word: "记", Number: 1}, "重复入账")
			return err
		})
	}
	if err := reverse("2025-03"); !fault.HasCode(err, "reverse-prior-year") || !strings.Contains(err.Error(), "32201") {
		t.Errorf("last year's income: %v", err)
	}
	if err := reverse("2025-05"); err != nil {
		t.Errorf("last year's cash drawn: %v", err)
	}
}
