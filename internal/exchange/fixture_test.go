package exchange_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

const county = 990001

// hall is a county with two townships and the people who bring files in.
type hall struct {
	t  testing.TB
	db *store.DB

	office, village, budget, elsewhere ledger.Book

	accountant, reviewer, cashier, stranger identity.Actor
}

func newHall(t testing.TB, db *store.DB) *hall {
	t.Helper()
	h := &hall{t: t, db: db}
	h.write(func(tx *store.Tx) error {
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		root, err := org.CreateCounty(tx, county, "青岚县", "", "2020-01-01")
		if err != nil {
			return err
		}
		units := map[string]org.Unit{}
		for _, u := range []struct {
			code, name string
			kind       org.Kind
			parent     string
		}{
			{"990001101", "柳溪镇", org.Township, ""}, {"990001101201", "清溪村", org.Village, "990001101"}, {"990001102", "石桥镇", org.Township, ""},
		} {
			parent := root.ID
			if u.parent != "" {
				parent = units[u.parent].ID
			}
			if units[u.code], err = org.Create(tx, county, org.NewUnit{Code: u.code, Name: u.name, Kind: u.kind, Parent: parent, From: "2020-01-01"}); err != nil {
				return err
			}
		}
		for _, b := range []struct {
			book  *ledger.Book
			code  string
			unit  string
			name  string
			chart ledger.ChartName
		}{
			{&h.office, "101", "990001101", "镇政府机关", ledger.Government}, {&h.village, "201", "990001101201", "清溪村", ledger.Village},
			{&h.budget, "001", "990001101", "镇总预算", ledger.GeneralBudget}, {&h.elsewhere, "301", "990001102", "石桥镇机关", ledger.Government},
		} {
			if *b.book, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: b.code, Name: b.name, Unit: units[b.unit].ID, Chart: b.chart, Start: "2025-01"}); err != nil {
				return err
			}
		}
		return nil
	})
	h.accountant = h.person(11, "周会计", h.office.Path, identity.Accountant)
	h.reviewer = h.person(12, "吴审核", h.office.Path, identity.Reviewer)
	h.cashier = h.person(13, "郑出纳", h.office.Path, identity.Cashier)
	h.stranger = h.person(14, "王会计", h.elsewhere.Path, identity.Accountant)
	return h
}

func (h *hall) person(id int64, name, path string, roles ...identity.Role) identity.Actor {
	a := identity.Actor{County: county, Login: id, Person: id, Name: name}
	for _, r := range roles {
		a.Grants = append(a.Grants, identity.Grant{Role: r, Path: path})
	}
	return a
}

func (h *hall) write(f func(tx *store.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(context.Background(), f); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) read(f func(tx *store.Tx) error) {
	h.t.Helper()
	if err := h.db.Read(context.Background(), f); err != nil {
		h.t.Fatal(err)
	}
}

// bring imports a text and fails the test where the import itself fails.
func (h *hall) bring(by identity.Actor, kind exchange.Kind, text string, o exchange.Options) exchange.Result {
	h.t.Helper()
	r, err := exchange.Import(context.Background(), h.db, by, kind, string(kind)+".csv", strings.NewReader(text), o)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// opening is how two people open a book.
func (h *hall) opening() exchange.Options {
	return exchange.Options{Maker: &h.accountant, Checker: &h.reviewer}
}

// posting is how two people post a file.
func (h *hall) posting() exchange.Options {
	return exchange.Options{Post: true, Maker: &h.accountant, Checker: &h.reviewer}
}

// rows counts the rows that an import may write.
func (h *hall) rows() string {
	h.t.Helper()
	var text []string
	h.read(func(tx *store.Tx) error {
		for _, table := range []string{"document", "trail", "voucher", "entry", "voucher_draft", "balance", "total", "counter", "unit", "person", "login", "role_grant", "book", "account", "edition", "budget_line"} {
			var n int
			if err := tx.QueryRow("select count(*) from " + table).Scan(&n); err != nil {
				return err
			}
			text = append(text, fmt.Sprintf("%s %d", table, n))
		}
		return nil
	})
	return strings.Join(text, ", ")
}

func (h *hall) verify() {
	h.t.Helper()
	v, err := ledger.Verify(context.Background(), h.db, county, nil)
	if err != nil || !v.OK {
		h.t.Errorf("verify: %v %+v", err, v.Violations)
	}
}

// posted gives the vouchers of a book.
func (h *hall) posted(b ledger.Book) (heads []ledger.VoucherHead) {
	h.t.Helper()
	h.read(func(tx *store.Tx) (err error) {
		heads, err = ledger.ListVouchers(tx, b, "2025-01", "2026-12")
		return err
	})
	return heads
}

// balances gives a book's balances at the end of a year by account and dimensions, debit positive.
func (h *hall) balances(db *store.DB, b ledger.Book, year int) map[string]money.Fen {
	h.t.Helper()
	sums := map[string]money.Fen{}
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		moves, _, err := ledger.Balances(tx, b.County, []ledger.Book{b}, calendar.PeriodOf(year, 1), calendar.PeriodOf(year, 12))
		if err != nil {
			return err
		}
		combinations, err := ledger.Combinations(tx, b.County)
		for id, m := range moves {
			c := combinations[id]
			c.Dims.Unit = 0
			sums[fmt.Sprint(c.Account, c.Dims)] += m.Balance()
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return sums
}
