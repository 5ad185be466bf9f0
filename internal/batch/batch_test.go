package batch_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestClose_RefusalsStopNothing: of six books two cannot be closed; the others are, and the two are after they were
// mended.
func TestClose_RefusalsStopNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db, 6)
		bad := []batch.Item{o.enter(o.accountant, o.books[1]), o.enter(o.accountant, o.books[4])}
		id := o.begin(o.accountant, o.closing("2026-01"))
		o.walk(o.accountant, id)
		b := o.get(o.accountant, id)
		if b.Count(batch.Done) != 4 || b.Count(batch.Refused) != 2 {
			t.Fatalf("%d closed, %d refused", b.Count(batch.Done), b.Count(batch.Refused))
		}
		for i, it := range b.Items {
			if refused := i == 1 || i == 4; refused != (it.State == batch.Refused) || refused && (it.Refusal.Code != "close-check" || it.Refusal.Hint == "") {
				t.Errorf("%s: %s %v", it.BookName, it.State, it.Refusal)
			}
		}
		check := o.begin(o.reviewer, batch.Batch{Kind: batch.Check, Items: bad})
		o.walk(o.reviewer, check)
		for i := range bad {
			bad[i].Version++
		}
		post := o.begin(o.accountant, batch.Batch{Kind: batch.Post, Items: bad})
		o.walk(o.accountant, post)
		o.write(func(tx *store.Tx) error { return batch.Retry(tx, o.accountant, id) })
		o.walk(o.accountant, id)
		if b := o.get(o.accountant, id); b.Count(batch.Done) != 6 {
			t.Errorf("after mending: %+v", b.Items)
		}
		if n := o.count("month_close"); n != 6 {
			t.Errorf("%d closings kept", n)
		}
		o.verify()
	})
}

// TestCheck_DutiesHoldForEach: a batch of checks refuses the person's own vouchers, says so for each, and takes the rest;
// every voucher that was checked has its own leaf.
func TestCheck_DutiesHoldForEach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db, 2)
		items := []batch.Item{o.enter(o.accountant, o.books[0]), o.enter(o.both, o.books[0]), o.enter(o.accountant, o.books[1]), o.enter(o.both, o.books[1])}
		leaves := o.count("trail")
		id := o.begin(o.both, batch.Batch{Kind: batch.Check, Items: items})
		o.walk(o.both, id)
		for i, it := range o.get(o.both, id).Items {
			if own := i%2 == 1; own && (it.State != batch.Refused || it.Refusal.Code != "duty-clash") || !own && it.State != batch.Done {
				t.Errorf("voucher %d: %s %v", i, it.State, it.Refusal)
			}
		}
		if n := o.count("trail") - leaves; n != 2 {
			t.Errorf("%d leaves for two checks", n)
		}
		seen := batch.Item{Document: items[1].Document, Version: 1}
		id = o.begin(o.reviewer, batch.Batch{Kind: batch.Return, Reason: "缺发票", Items: []batch.Item{items[3], seen}})
		o.walk(o.reviewer, id)
		b := o.get(o.reviewer, id)
		if b.Items[0].State != batch.Done || b.Items[1].State != batch.Refused || b.Items[1].Refusal.Code != "document-stale" {
			t.Errorf("returned: %+v", b.Items)
		}
		o.verify()
	})
}

// TestBegin_Twice: a form that is sent twice begins one batch, and walks of it at the same time take each step once.
func TestBegin_Twice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db, 8)
		b := batch.Batch{ID: document.NewID(), Kind: batch.EnterSubmit}
		for _, k := range o.books {
			b.Items = append(b.Items, batch.Item{Book: k.ID, Draft: &batch.Draft{Date: "2026-01-20", Word: "记", Lines: rent("88")}})
		}
		for range 2 {
			again := b
			again.Items = slices.Clone(b.Items)
			o.write(func(tx *store.Tx) error { return batch.Begin(tx, o.accountant, again) })
		}
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				if err := batch.Walk(context.Background(), db, o.accountant, b.ID, func(error) {}); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		got := o.get(o.accountant, b.ID)
		if got.Count(batch.Done) != 8 || o.count("voucher_draft") != 8 || o.count("trail") != 16 {
			t.Errorf("%d done, %d vouchers, %d leaves", got.Count(batch.Done), o.count("voucher_draft"), o.count("trail"))
		}
		if _, n, err := ledger.ParseRef(got.Items[7].Ref); err != nil || n.Label() != "记-0001" {
			t.Errorf("number %q: %v", got.Items[7].Ref, err)
		}
		o.verify()
	})
}

// TestTry_LeavesNothing: a preview says of each item what the step will say, and writes nothing.
func TestTry_LeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db, 3)
		o.enter(o.accountant, o.books[1])
		before := o.count("document") + o.count("trail") + o.count("month_close")
		b := o.closing("2026-01")
		b.ID = document.NewID()
		if err := batch.Try(context.Background(), db, o.accountant, &b); err != nil {
			t.Fatal(err)
		}
		if b.Items[0].State != batch.Waiting || b.Items[1].Refusal == nil || b.Items[1].Refusal.Code != "close-check" || b.Items[2].Refusal != nil {
			t.Errorf("preview: %+v", b.Items)
		}
		if after := o.count("document") + o.count("trail") + o.count("month_close"); after != before {
			t.Errorf("the preview wrote %d rows", after-before)
		}
		for i := range b.Items {
			b.Items[i].Period = "2026-02"
		}
		if err := batch.Try(context.Background(), db, o.accountant, &b); err != nil || b.Items[0].Refusal.Code != "close-order" {
			t.Errorf("February before January: %v %v", err, b.Items[0].Refusal)
		}
	})
}

// TestBatch_WhoSees: what is another township's is not there; a colleague reads a batch and does not go on with it.
func TestBatch_WhoSees(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db, 2)
		try := func(f func(tx *store.Tx) error) error { return db.Write(context.Background(), f) }
		stray := o.closing("2026-01")
		stray.ID = document.NewID()
		stray.Items = append(stray.Items, batch.Item{Book: o.foreign.ID, Period: "2026-01"})
		if err := try(func(tx *store.Tx) error { return batch.Begin(tx, o.accountant, stray) }); !fault.Is(err, fault.NotFound) {
			t.Errorf("a batch with another township's book: %v", err)
		}
		id := o.begin(o.accountant, o.closing("2026-01"))
		if b := o.get(o.reviewer, id); len(b.Items) != 2 || b.Items[0].BookName != "第 1 村" {
			t.Errorf("a colleague sees %+v", b)
		}
		if err := batch.Walk(context.Background(), db, o.reviewer, id, func(error) {}); !fault.HasCode(err, "batch-others") {
			t.Errorf("a colleague goes on: %v", err)
		}
		if err := try(func(tx *store.Tx) error { return batch.Retry(tx, o.elsewhere, id) }); !fault.HasCode(err, "batch-unknown") {
			t.Errorf("another township: %v", err)
		}
		for code, b := range map[string]batch.Batch{
			"batch-empty": {Kind: batch.Post}, "batch-kind": {Kind: "void"}, "batch-too-long": {Kind: batch.Post, Items: make([]batch.Item, 501)},
			"reason-missing": {Kind: batch.Return, Items: make([]batch.Item, 1)},
		} {
			b.ID = document.NewID()
			if err := try(func(tx *store.Tx) error { return batch.Begin(tx, o.accountant, b) }); !fault.HasCode(err, code) {
				t.Errorf("want %s, got %v", code, err)
			}
		}
		o.read(func(tx *store.Tx) error {
			mine, err := batch.List(tx, o.accountant, 10)
			if len(mine) != 1 || mine[0].Waiting != 2 {
				t.Errorf("list: %+v", mine)
			}
			return err
		})
	})
}

// TestFit_NamesWhatItChanges: a detail that another book does not have becomes the account above it, and what an account
// does not take is dropped, both said.
func TestFit_NamesWhatItChanges(t *testing.T) {
	db := storetest.SQLite(t)
	o := newOffice(t, db, 2)
	o.write(func(tx *store.Tx) error {
		return ledger.AddAccount(tx, county, ledger.NewAccount{Chart: ledger.Village, Book: o.books[0].ID, Parent: "102", Code: "10201", Name: "信用社", FromYear: 2026})
	})
	o.read(func(tx *store.Tx) error {
		from, err := ledger.ChartOf(tx, o.books[0], 2026)
		if err != nil {
			return err
		}
		to, err := ledger.ChartOf(tx, o.books[1], 2026)
		if err != nil {
			return err
		}
		lines := []ledger.DraftLine{{Summary: "收", Account: "10201", Debit: "5", Project: "修路"}, {}, {Summary: "收", Account: "50104", Credit: "5", Unit: 3}}
		got, changes, err := batch.Fit(from, to, o.books[1], lines, nil)
		if err != nil {
			return err
		}
		if len(got) != 2 || got[0].Account != "102" || got[0].Project != "" || got[1].Unit != 0 || len(changes) != 3 {
			t.Errorf("%+v %q", got, changes)
		}
		return nil
	})
}

// TestFit_RefusesWithoutAnAccount: accounts of another chart for which none was named are refused together, each once; a
// line without an account stays one.
func TestFit_RefusesWithoutAnAccount(t *testing.T) {
	db := storetest.SQLite(t)
	o := newOffice(t, db, 1)
	var office ledger.Book
	o.write(func(tx *store.Tx) (err error) {
		office, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "990001101", Name: "镇机关", Unit: o.books[0].Unit, Chart: ledger.Government, Start: "2026-01"})
		return err
	})
	o.read(func(tx *store.Tx) error {
		from, err := ledger.ChartOf(tx, o.books[0], 2026)
		if err != nil {
			return err
		}
		to, err := ledger.ChartOf(tx, office, 2026)
		if err != nil {
			return err
		}
		lines := []ledger.DraftLine{{Account: "102", Debit: "5"}, {Account: "102", Debit: "6"}, {Account: "50104", Credit: "11"}, {Summary: "待填"}}
		_, _, err = batch.Fit(from, to, office, lines, map[string]string{"102": ""})
		if !fault.HasCode(err, "account-unmapped") || !strings.Contains(err.Error(), "科目 102 银行存款、50104 ") || strings.Count(err.Error(), "102") != 1 {
			t.Errorf("none named: %v", err)
		}
		got, _, err := batch.Fit(from, to, office, lines, map[string]string{"102": "100202", "50104": "4609"})
		if err != nil || len(got) < 4 || got[0].Account != "100202" || got[2].Account != "4609" || got[3].Account != "" {
			t.Errorf("all named: %+v %v", got, err)
		}
		return nil
	})
}

// TestYearEnd_InBatches: closing vouchers, their check and posting, December and the year itself, each over all books;
// a book with a voucher under way is refused and named at each of them, and stops none of the others.
func TestYearEnd_InBatches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db, 4)
		for _, b := range o.books {
			o.write(func(tx *store.Tx) error {
				_, err := ledger.PostAtOnce(tx, o.accountant, o.reviewer, document.NewID(), ledger.Voucher{Book: b.ID, Date: "2026-02-10", Word: "记", Lines: []ledger.Line{
					{Account: "102", Summary: "收承包费", Debit: 700}, {Account: "50104", Summary: "收承包费", Credit: 700},
				}})
				return err
			})
		}
		o.write(func(tx *store.Tx) error {
			_, err := tx.Exec(`update county set business_date = '2026-12-31'`)
			return err
		})
		run := func(by identity.Actor, k batch.Kind, items []batch.Item) batch.Batch {
			t.Helper()
			id := o.begin(by, batch.Batch{Kind: k, Items: items})
			o.walk(by, id)
			return o.get(by, id)
		}
		whole := func(p calendar.Period) (items []batch.Item) {
			for _, b := range o.books {
				items = append(items, batch.Item{Book: b.ID, Period: p})
			}
			return items
		}
		for m := calendar.Period("2026-01"); m < "2026-12"; m = m.Next() {
			if b := run(o.accountant, batch.CloseMonth, whole(m)); b.Count(batch.Done) != 4 {
				t.Fatalf("%s: %+v", m, b.Items)
			}
		}
		o.write(func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, o.accountant, ledger.DraftVoucher{Document: document.NewID(), Book: o.books[2].ID, Date: "2026-12-30", Word: "记", Lines: rent("1")}, 0)
			return err
		})
		refused := func(b batch.Batch, code string) {
			t.Helper()
			if b.Count(batch.Done) != 3 || b.Items[2].State != batch.Refused || b.Items[2].Refusal.Code != code {
				t.Errorf("%s: %+v", b.Kind, b.Items)
			}
		}
		refused(run(o.accountant, batch.CarryOver, whole("2026-12")), "carry-unposted")
		var made []batch.Item
		o.read(func(tx *store.Tx) error {
			all, err := ledger.ListWaiting(tx, county, "/1/", ledger.Submitted, 100)
			for _, w := range all {
				made = append(made, batch.Item{Document: w.Document, Version: w.Version})
			}
			return err
		})
		if b := run(o.reviewer, batch.Check, made); len(made) != 6 || b.Count(batch.Done) != 6 {
			t.Fatalf("%d closing vouchers: %+v", len(made), b.Items)
		}
		for i := range made {
			made[i].Version++
		}
		run(o.accountant, batch.Post, made)
		refused(run(o.accountant, batch.CloseMonth, whole("2026-12")), "close-check")
		refused(run(o.accountant, batch.CloseYear, whole("2026-12")), "year-months-open")
		o.verify()
	})
}
