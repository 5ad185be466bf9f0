package budget_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"xiangzhang/internal/budget"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
)

const county int64 = 990001

func setUp(t *testing.T, db *store.DB) (general, unit ledger.Book, by identity.Actor) {
	t.Helper()
	err := db.Write(context.Background(), func(tx *store.Tx) error {
		root, err := org.CreateCounty(tx, county, "青岚县", "", "2020-01-01")
		if err != nil {
			return err
		}
		by = identity.Actor{County: county, Person: 11, Grants: []identity.Grant{{Role: identity.Accountant, Unit: root.ID, Path: root.Path}}}
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		general, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "ZYS", Name: "总预算", Unit: root.ID, Chart: ledger.GeneralBudget, Start: "2026-01"})
		if err != nil {
			return err
		}
		unit, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "ZF", Name: "乡政府", Unit: root.ID, Chart: ledger.Government, Start: "2026-01"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return general, unit, by
}

func TestSet_ReplacesTheYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, _, by := setUp(t, db)
		first := []budget.Line{{Account: "4001", Function: "101", Budget: 100, Adjusted: 120}, {Account: "5001", Function: "201", Budget: 100, Adjusted: 120}}
		second := []budget.Line{{Account: "5012", Budget: 7, Adjusted: 7}}
		id := document.NewID()
		set := func(id string, lines []budget.Line) error {
			return db.Write(context.Background(), func(tx *store.Tx) error {
				_, err := budget.Set(tx, by, id, b.ID, 2026, lines)
				return err
			})
		}
		for _, step := range []struct {
			id    string
			lines []budget.Line
			want  []budget.Line
			taken bool
		}{{id, first, first, false}, {id, second, first, true}, {document.NewID(), second, second, false}} {
			if err := set(step.id, step.lines); document.IsTaken(err) != step.taken || !step.taken && err != nil {
				t.Fatal(err)
			}
			err := db.Read(context.Background(), func(tx *store.Tx) error {
				got, err := budget.List(tx, b, 2026)
				if !slices.Equal(got, step.want) {
					t.Errorf("lines %v, want %v", got, step.want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		err := db.Read(context.Background(), func(tx *store.Tx) error {
			leaves, err := trail.List(tx, county, id)
			if len(leaves) != 1 || leaves[0].Step != "set" {
				t.Errorf("leaves %v", leaves)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestSet_Refuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, unit, by := setUp(t, db)
		for code, c := range map[string]struct {
			book int64
			by   identity.Actor
			line []budget.Line
		}{
			"account-unknown":   {b.ID, by, []budget.Line{{Account: "9999"}}},
			"budget-account":    {b.ID, by, []budget.Line{{Account: "1001"}}},
			"class-unknown":     {b.ID, by, []budget.Line{{Account: "5001", Function: "101"}}},
			"budget-line-twice": {b.ID, by, []budget.Line{{Account: "5001", Function: "201"}, {Account: "5001", Function: "201"}}},
			"budget-chart":      {unit.ID, by, nil},
			"book-unknown":      {b.ID, identity.Actor{County: county, Person: 12}, nil},
		} {
			err := db.Write(context.Background(), func(tx *store.Tx) error {
				_, err := budget.Set(tx, c.by, document.NewID(), c.book, 2026, c.line)
				return err
			})
			if !fault.HasCode(err, code) {
				t.Errorf("got %v, want %s", err, code)
			}
			var at *ledger.LineError
			if code == "budget-line-twice" && (!errors.As(err, &at) || at.Line != 2) {
				t.Errorf("%v names no line 2", err)
			}
		}
	})
}

// TestVerify_SeesWhatWasAltered: lines in whatever order they were set, set twice, then changed behind the program's back.
func TestVerify_SeesWhatWasAltered(t *testing.T) {
	for what, statement := range map[string]string{
		"":                `update book set name = name`,
		"a changed line":  `update budget_line set adjusted = adjusted + 1 where account = '4001'`,
		"a deleted year":  `delete from budget_line`,
		"lines of a year": `update budget_line set year = 2027`,
		"no document":     `delete from document where kind = 'budget-import'`,
	} {
		db := storetest.One(t)
		b, _, by := setUp(t, db)
		lines := []budget.Line{{Account: "5001", Function: "201", Budget: 9, Adjusted: 9}, {Account: "4001", Function: "101", Budget: 9, Adjusted: 9}}
		for range 2 {
			err := db.Write(context.Background(), func(tx *store.Tx) error {
				_, err := budget.Set(tx, by, document.NewID(), b.ID, 2026, lines)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			lines[0].Budget++
		}
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
			found, err := budget.Verify(tx, county)
			if (len(found) > 0) != (what != "") {
				t.Errorf("%s: %v", what, found)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
