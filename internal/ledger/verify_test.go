package ledger_test

import (
	"context"
	"slices"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestVerify_SeesEveryTamperedRow: a year of a small village, then one statement behind the program's back.
func TestVerify_SeesEveryTamperedRow(t *testing.T) {
	for _, c := range []struct {
		what, invariant string
		statements      []string
	}{
		{"one side of the first opening", "openings", []string{`update balance set debit = debit + 1 where period = '2025-00' and debit > 0`}},
		{"the first opening, balanced", "openings", []string{`update balance set debit = debit * 2, credit = credit * 2 where period = '2025-00'`}},
		{"the opening's document", "openings", []string{`delete from document where kind = 'opening'`}},
		{"the next year's opening", "openings", []string{`delete from balance where period = '2026-00'`}},
		{"the mark of the closed year", "openings", []string{`update book_year set closed_at = null where year = 2025`}},
		{"a year marked as closed", "openings", []string{`update book_year set closed_at = '2026-12-31T00:00:00.000Z' where year = 2026`}},
		{"the last voucher, with all that counts it", "documents", []string{
			`update balance set debit = 0, credit = 0 where period = '2026-02'`,
			`update total set debit = 0, credit = 0 where period = '2026-02'`,
			`delete from counter where name like 'voucher/%/2026-02/%'`, `delete from entry where period = '2026-02'`,
			`delete from voucher where period = '2026-02'`,
		}},
		{"the document of a voucher", "documents", []string{`delete from document where ref like '%|2026-02|%'`}},
		{"the amount of a voucher", "voucher-head", []string{`update voucher set amount = amount + 1 where period = '2026-02'`}},
		{"the summary of a voucher", "voucher-head", []string{`update voucher set summary = '招待费' where period = '2026-02'`}},
		{"the instant of posting", "leaf", []string{`update voucher set posted_at = '2020-01-01T00:00:00.000Z' where period = '2026-02'`}},
		{"the document that a voucher names", "leaf", []string{`update voucher set document_id = (select max(document_id) from voucher where period < '2026') where period = '2026-02'`}},
		{"entries of no book", "books", []string{`update entry set book_id = 999 where period = '2026-02'`}},
		{"balances of no book", "books", []string{`update balance set book_id = 999 where period = '2026-02'`}},
		{"vouchers of no book", "books", []string{`update voucher set book_id = 999 where period = '2026-02'`}},
		{"closings of no book", "books", []string{`update month_close set book_id = 999`}},
		{"the last closed month", "closings", []string{`update book set closed_through = '2026-05' where code = '201'`}},
		{"a closing", "closings", []string{`delete from month_close where period = '2025-06'`}},
		{"a month closed before its voucher", "closings", []string{`update month_close set at = '2020-01-01T00:00:00.000Z' where period = '2025-03'`}},
		{"the voucher that a twin names", "twins", []string{`update voucher set reverses = '2025-03|记|1' where reverses is not null`}},
		{"the leaf of a check", "trail", []string{`delete from trail where step = 'check'`}},
		{"the leaves of a reopening", "trail", []string{`delete from trail where step like '%reopen'`}},
		{"the first leaf of a closing", "trail", []string{`delete from trail where step = 'close' and version = 1`}},
		{"every leaf of a document", "trail", []string{`delete from trail where document_id = (select min(document_id) from document where kind = 'opening')`}},
		{"a leaf too many", "trail", []string{`update document set version = version - 1, state = 'checked' where ref like '%|2026-02|%'`}},
		{"a reason", "trail", []string{`update trail set reason = '另有原因' where reason is not null`}},
		{"a reason that was given", "trail", []string{`update trail set reason = null where reason is not null`}},
		{"a reason that was not given", "trail", []string{`update trail set reason = '另有原因' where step = 'check'`}},
		{"the person of a check", "trail", []string{`update trail set person_id = 13 where step = 'check'`}},
		{"the person in a leaf", "duties", []string{`update trail set leaf = replace(leaf, '"person":12', '"person":13'), person_id = 13 where step = 'check'`}},
		{"the instant of a check", "trail", []string{`update trail set at = '2026-01-01T00:00:00.000Z' where step = 'check'`}},
		{"the step of a leaf", "trail", []string{`update trail set step = 'return' where step = 'check'`}},
		{"the state of a document", "trail", []string{`update document set state = 'closed' where kind = 'month-close' and state = 'reopened'`}},
		{"the people of a document", "duties", []string{`update document set duties = replace(duties, ':12', ':13') where ref like '%|2026-02|%'`}},
		{"the people of documents made at once", "duties", []string{`update document set duties = replace(duties, 'C:12', 'C:13') where ref like '%|2025-03|%'`}},
		{"the maker of a leaf made at once", "leaf", []string{`update trail set person_id = 13 where step = 'post-at-once'`}},
		{"the checker in a leaf made at once", "leaf", []string{`update trail set leaf = replace(leaf, '"person":12', '"person":13') where step = 'post-at-once'`}},
		{"the step in a leaf made at once", "leaf", []string{`update trail set leaf = replace(leaf, '"step":"post-at-once"', '"step":"post"') where step = 'post-at-once'`}},
		{"a reason of a leaf made at once", "leaf", []string{`update trail set reason = '另有原因' where step = 'post-at-once'`}},
		{"the version of a document made at once", "trail", []string{`update document set version = 2 where ref like '%|2025-03|%'`}},
		{"a document that is gone", "trail", []string{`delete from document where kind = 'month-close' and state = 'reopened'`}},
		{"a voucher that is not there", "twins", []string{`update voucher set reverses = '2025-03|记|7' where reverses is not null`}},
	} {
		t.Run(c.what, func(t *testing.T) {
			db := storetest.One(t)
			d := newDesk(t, db)
			d.villageYear()
			d.verify()
			d.write(func(tx *store.Tx) error {
				for _, s := range c.statements {
					if _, err := tx.Exec(s); err != nil {
						return err
					}
				}
				return nil
			})
			v, err := ledger.Verify(context.Background(), db, county, nil)
			if err != nil {
				t.Fatal(err)
			}
			if v.OK || !slices.ContainsFunc(v.Violations, func(x ledger.Violation) bool { return x.Invariant == c.invariant }) {
				t.Errorf("want %s, got %+v", c.invariant, v.Violations)
			}
		})
	}
}

// villageYear fills a village's book: an opening set twice, a closed year, and vouchers of which one is taken back.
func (d *desk) villageYear() {
	d.t.Helper()
	for _, fen := range []money.Fen{100, 250} {
		d.write(func(tx *store.Tx) error {
			_, err := ledger.SetOpening(tx, d.accountant, document.NewID(), d.village.ID, "2025-01",
				[]ledger.Line{{Account: "102", Debit: fen}, {Account: "30102", Credit: fen}})
			return err
		})
	}
	d.vouch(d.village)
	d.today("2026-02-20")
	d.post(rent(d.village, "2025-03-01", 500))
	d.post(rent(d.village, "2025-04-01", 700))
	drawn := rent(d.village, "2025-05-01", 300)
	drawn.Lines[1].Account, drawn.Lines[1].Dims = "101", ledger.Dims{}
	d.post(drawn)
	d.carry(d.village, 2025)
	for p := calendar.Period("2025-01"); p <= "2025-12"; p = p.Next() {
		d.close(d.village, p)
	}
	var twin document.Document
	d.write(func(tx *store.Tx) (err error) {
		of := ledger.Number{Period: "2025-04", Word: "记", Number: 1}
		twin, err = ledger.Reverse(tx, d.accountant, document.NewID(), d.village.ID, of, "重复入账")
		return err
	})
	d.write(func(tx *store.Tx) error { _, err := ledger.Check(tx, d.reviewer, twin.ID, twin.Version); return err })
	d.write(func(tx *store.Tx) error { _, err := ledger.Post(tx, d.accountant, twin.ID, twin.Version+1); return err })
	d.write(func(tx *store.Tx) error {
		_, err := ledger.CloseYear(tx, d.accountant, document.NewID(), d.village.ID, 2025)
		return err
	})
	id := d.close(d.village, "2026-01")
	for i, s := range []struct {
		by   identity.Actor
		step string
	}{{d.accountant, "ask-reopen"}, {d.reviewer, "approve-reopen"}, {d.head, "confirm-reopen"}} {
		d.write(func(tx *store.Tx) error {
			_, err := ledger.Reopen(tx, s.by, id, int64(i+1), s.step, "漏记一张凭证")
			return err
		})
	}
}

// TestVerify_ReadsOnAfterAnOrphan: an entry without a voucher does not hide what follows it in its month.
func TestVerify_ReadsOnAfterAnOrphan(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	for range 3 {
		d.post(supplies(d.office, "2026-10-01", 100))
	}
	d.write(func(tx *store.Tx) error {
		if _, err := tx.Exec(`delete from voucher where number = 1`); err != nil {
			return err
		}
		_, err := tx.Exec(`update entry set summary = '招待费' where number = 3 and line = 4`)
		return err
	})
	v, err := ledger.Verify(context.Background(), db, county, nil)
	if err != nil {
		t.Fatal(err)
	}
	orphans, altered := 0, false
	for _, x := range v.Violations {
		if x.Invariant == "entries" {
			orphans++
		}
		altered = altered || x.Invariant == "leaf" && x.Where == "101 2026-10 记-0003"
	}
	if orphans != 1 || !altered || v.Checked["entries"] != 12 {
		t.Errorf("%d orphans, altered seen: %t, %d entries read: %+v", orphans, altered, v.Checked["entries"], v.Violations)
	}
}
