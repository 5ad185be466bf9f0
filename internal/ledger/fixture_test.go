package ledger_test

import (
	"context"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

const county = 990001

// desk is a small county with three books of one township and its people.
type desk struct {
	t  *testing.T
	db *store.DB

	office, village, budget ledger.Book

	accountant, reviewer, head, cashier, both, elsewhere identity.Actor
}

func newDesk(t *testing.T, db *store.DB) *desk {
	t.Helper()
	d := &desk{t: t, db: db}
	d.write(func(tx *store.Tx) error {
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(`insert into county (county_id, name, created_at) values ($1, '青岚县', '')`, county); err != nil {
			return err
		}
		for _, u := range []struct {
			id, parent int64
			code, name string
			kind, path string
		}{
			{1, 0, "990001", "青岚县", "county", "/1/"}, {2, 1, "990001101", "柳溪镇", "township", "/1/2/"},
			{3, 2, "990001101201", "清溪村", "village", "/1/2/3/"}, {4, 1, "990001102", "石桥镇", "township", "/1/4/"},
		} {
			var parent any
			if u.parent != 0 {
				parent = u.parent
			}
			_, err := tx.Exec(`insert into unit (county_id, unit_id, code, name, kind, parent_id, path, mnemonic, valid_from)
				values ($1, $2, $3, $4, $5, $6, $7, '', '2020-01-01')`, county, u.id, u.code, u.name, u.kind, parent, u.path)
			if err != nil {
				return err
			}
		}
		var err error
		if d.office, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "101", Name: "镇政府机关", Unit: 2, Chart: ledger.Government, Start: "2025-01"}); err != nil {
			return err
		}
		if d.village, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "201", Name: "清溪村", Unit: 3, Chart: ledger.Village, Start: "2025-01"}); err != nil {
			return err
		}
		d.budget, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "001", Name: "镇总预算", Unit: 2, Chart: ledger.GeneralBudget, Start: "2025-01"})
		return err
	})
	d.hire()
	return d
}

// deskPeople gives the desk of a database that newDesk has made before.
func deskPeople(db *store.DB) *desk {
	d := &desk{db: db}
	d.hire()
	return d
}

func (d *desk) hire() {
	person := func(id int64, path string, roles ...identity.Role) identity.Actor {
		a := identity.Actor{County: county, Login: id, Person: id}
		for _, r := range roles {
			a.Grants = append(a.Grants, identity.Grant{Role: r, Path: path})
		}
		return a
	}
	d.accountant = person(11, "/1/2/", identity.Accountant)
	d.reviewer = person(12, "/1/2/", identity.Reviewer)
	d.head = person(13, "/1/2/", identity.OfficeHead)
	d.cashier = person(14, "/1/2/", identity.Cashier)
	d.both = person(15, "/1/2/", identity.Accountant, identity.Reviewer)
	d.elsewhere = person(16, "/1/4/", identity.Accountant, identity.Reviewer)
}

func (d *desk) write(f func(tx *store.Tx) error) {
	d.t.Helper()
	if err := d.db.Write(context.Background(), f); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) try(f func(tx *store.Tx) error) error {
	return d.db.Write(context.Background(), f)
}

func (d *desk) read(f func(tx *store.Tx) error) {
	d.t.Helper()
	if err := d.db.Read(context.Background(), f); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) verify() {
	d.t.Helper()
	v, err := ledger.Verify(context.Background(), d.db, county, nil)
	if err != nil || !v.OK {
		d.t.Errorf("verify: %v %+v", err, v.Violations)
	}
}

// balance gives an account's balance in a book at the end of a month, debit positive.
func (d *desk) balance(b ledger.Book, account string, p calendar.Period) (sum money.Fen) {
	d.t.Helper()
	d.read(func(tx *store.Tx) error {
		moves, _, err := ledger.Balances(tx, county, []ledger.Book{b}, p, p)
		if err != nil {
			return err
		}
		combinations, err := ledger.Combinations(tx, county)
		for id, m := range moves {
			if combinations[id].Account == account {
				sum += m.Balance()
			}
		}
		return err
	})
	return sum
}

func line(account, summary string, debit, credit money.Fen, dims ledger.Dims) ledger.Line {
	return ledger.Line{Account: account, Summary: summary, Debit: debit, Credit: credit, Dims: dims}
}

var running = ledger.Dims{Function: "2010301", Economic: "30201"}

// supplies pays for office supplies from a grant, both halves.
func supplies(b ledger.Book, date calendar.Date, fen money.Fen) ledger.Voucher {
	return ledger.Voucher{Book: b.ID, Date: date, Word: "记", Attachments: 2, Lines: []ledger.Line{
		line("500102", "付办公用品款", fen, 0, running),
		line("400101", "付办公用品款", 0, fen, ledger.Dims{}),
		line("71010101", "付办公用品款", fen, 0, running),
		line("60010102", "付办公用品款", 0, fen, ledger.Dims{Function: "2010301"}),
	}}
}

// rent takes a village's rent in.
func rent(b ledger.Book, date calendar.Date, fen money.Fen) ledger.Voucher {
	return ledger.Voucher{Book: b.ID, Date: date, Word: "记", Lines: []ledger.Line{
		line("102", "收水面承包费", fen, 0, ledger.Dims{}),
		line("50104", "收水面承包费", 0, fen, ledger.Dims{}),
	}}
}

func (d *desk) post(v ledger.Voucher) ledger.Number {
	d.t.Helper()
	var n ledger.Number
	d.write(func(tx *store.Tx) (err error) {
		n, err = ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), v)
		return err
	})
	return n
}

func draft(v ledger.Voucher) ledger.DraftVoucher {
	return ledger.DraftVoucher{Document: document.NewID(), Book: v.Book, Date: string(v.Date), Word: v.Word,
		Attachments: v.Attachments, Lines: ledger.Typed(v.Lines)}
}
