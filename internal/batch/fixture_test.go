package batch_test

import (
	"context"
	"fmt"
	"testing"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

const county = 990001

// office is a township with some village books, and another township beside it.
type office struct {
	t  *testing.T
	db *store.DB

	books   []ledger.Book
	foreign ledger.Book

	accountant, reviewer, both, elsewhere identity.Actor
}

func newOffice(t *testing.T, db *store.DB, books int) *office {
	t.Helper()
	o := &office{t: t, db: db}
	var town, other org.Unit
	o.write(func(tx *store.Tx) error {
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		root, err := org.CreateCounty(tx, county, "青岚县", "2026-02-28", "2020-01-01")
		if err != nil {
			return err
		}
		unit := func(code, name string, kind org.Kind, parent int64) org.Unit {
			u, e := org.Create(tx, county, org.NewUnit{Code: code, Name: name, Kind: kind, Parent: parent, From: "2020-01-01"})
			if err == nil {
				err = e
			}
			return u
		}
		book := func(code string, u org.Unit) ledger.Book {
			b, e := ledger.CreateBook(tx, county, ledger.NewBook{Code: code, Name: u.Name, Unit: u.ID, Chart: ledger.Village, Start: "2026-01"})
			if err == nil {
				err = e
			}
			return b
		}
		town, other = unit("990001101", "柳溪镇", org.Township, root.ID), unit("990001102", "石桥镇", org.Township, root.ID)
		for i := range books {
			code := fmt.Sprintf("990001101%03d", 201+i)
			o.books = append(o.books, book(code, unit(code, fmt.Sprintf("第 %d 村", i+1), org.Village, town.ID)))
		}
		o.foreign = book("990001102201", unit("990001102201", "东坪村", org.Village, other.ID))
		return err
	})
	person := func(id int64, path string, roles ...identity.Role) identity.Actor {
		a := identity.Actor{County: county, Login: id, Person: id}
		for _, r := range roles {
			a.Grants = append(a.Grants, identity.Grant{Role: r, Path: path})
		}
		return a
	}
	o.accountant, o.reviewer = person(11, town.Path, identity.Accountant), person(12, town.Path, identity.Reviewer)
	o.both, o.elsewhere = person(15, town.Path, identity.Accountant, identity.Reviewer), person(16, other.Path, identity.Accountant, identity.Reviewer)
	return o
}

func (o *office) write(f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(context.Background(), f); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) read(f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Read(context.Background(), f); err != nil {
		o.t.Fatal(err)
	}
}

// enter writes a voucher of January and hands it to the checker.
func (o *office) enter(by identity.Actor, b ledger.Book) batch.Item {
	o.t.Helper()
	id := document.NewID()
	o.write(func(tx *store.Tx) error {
		d := ledger.DraftVoucher{Document: id, Book: b.ID, Date: "2026-01-10", Word: "记", Lines: rent("100")}
		if _, err := ledger.SaveDraft(tx, by, d, 0); err != nil {
			return err
		}
		_, err := ledger.Submit(tx, by, id, 1)
		return err
	})
	return batch.Item{Document: id, Version: 2}
}

func rent(amount string) []ledger.DraftLine {
	return []ledger.DraftLine{{Summary: "收承包费", Account: "102", Debit: amount}, {Summary: "收承包费", Account: "50104", Credit: amount}}
}

func (o *office) begin(by identity.Actor, b batch.Batch) string {
	o.t.Helper()
	b.ID = document.NewID()
	o.write(func(tx *store.Tx) error { return batch.Begin(tx, by, b) })
	return b.ID
}

func (o *office) walk(by identity.Actor, id string) {
	o.t.Helper()
	if err := batch.Walk(context.Background(), o.db, by, id, func(error) {}); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) get(by identity.Actor, id string) (b batch.Batch) {
	o.t.Helper()
	o.read(func(tx *store.Tx) (err error) { b, err = batch.Get(tx, by, id); return err })
	return b
}

func (o *office) closing(p calendar.Period) batch.Batch {
	b := batch.Batch{Kind: batch.CloseMonth}
	for _, k := range o.books {
		b.Items = append(b.Items, batch.Item{Book: k.ID, Period: p})
	}
	return b
}

// count gives the rows of a table.
func (o *office) count(table string) (n int) {
	o.t.Helper()
	o.read(func(tx *store.Tx) error { return tx.QueryRow("select count(*) from " + table).Scan(&n) })
	return n
}

func (o *office) verify() {
	o.t.Helper()
	v, err := ledger.Verify(context.Background(), o.db, county, nil)
	if err != nil || !v.OK {
		o.t.Errorf("verify: %v %+v", err, v.Violations)
	}
}
