package demo_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/demo"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

func newKeys(t testing.TB) *identity.Keys {
	t.Helper()
	keys, err := identity.LoadKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// small is a part of the county in which every kind of book occurs.
var small = demo.Size{Townships: 1, Villages: 4}

func build(t testing.TB, db *store.DB, size demo.Size) demo.Summary {
	t.Helper()
	s, err := demo.BuildSize(context.Background(), db, newKeys(t), size, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t testing.TB, db *store.DB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Read(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func verify(t testing.TB, db *store.DB) {
	t.Helper()
	v, err := ledger.Verify(context.Background(), db, demo.County, nil)
	if err != nil || !v.OK {
		t.Errorf("verify finds %v %v", err, v.Violations)
	}
}

// TestBuild_TheSameOnBothEngines builds on each engine and compares all business rows; a second call makes nothing.
func TestBuild_TheSameOnBothEngines(t *testing.T) {
	digests := map[string]string{}
	onEngine := func(t *testing.T, db *store.DB) {
		s := build(t, db, small)
		if !s.Made || s.Books != 13+4+2+16 {
			t.Errorf("made %t, %d books", s.Made, s.Books)
		}
		verify(t, db)
		digests[t.Name()] = digest(t, db)
		again := build(t, db, small)
		if again.Made || again.Vouchers != s.Vouchers || again.Drafts != s.Drafts || digest(t, db) != digests[t.Name()] {
			t.Errorf("a second build made something: %d vouchers, were %d", again.Vouchers, s.Vouchers)
		}
	}
	t.Run("sqlite", func(t *testing.T) { onEngine(t, storetest.SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { onEngine(t, storetest.Postgres(t)) })
	first := ""
	for name, d := range digests {
		if first == "" {
			first = d
		}
		if d != first {
			t.Errorf("%s has other rows: %v", name, digests)
		}
	}
	if len(digests) != 2 {
		t.Errorf("compared %d engines, want 2", len(digests))
	}
}

func TestBuild_RefusesHalfACounty(t *testing.T) {
	db := storetest.One(t)
	ctx, stop := context.WithCancel(context.Background())
	_, err := demo.BuildSize(ctx, db, newKeys(t), small, func(what string) {
		if strings.HasPrefix(what, "柳溪镇 镇政府机关") {
			stop()
		}
	})
	if err == nil {
		t.Fatal("an interrupted build reports success")
	}
	_, err = demo.BuildSize(context.Background(), db, newKeys(t), small, nil)
	if !fault.HasCode(err, "demo-incomplete") || fault.As(err).Hint == "" {
		t.Errorf("half a county: %v", err)
	}
}

// TestPeople_KeepTheirOrder: somebody's second login, whatever its name, comes after those that were there, and the list
// marks the same people to try first.
func TestPeople_KeepTheirOrder(t *testing.T) {
	db := storetest.One(t)
	before := build(t, db, small).People
	var after []demo.Person
	err := db.Write(context.Background(), func(tx *store.Tx) error {
		accountant, err := identity.ByName(tx, demo.County, before[slices.IndexFunc(before, func(p demo.Person) bool { return p.Role == identity.Accountant })].Login)
		if err != nil {
			return err
		}
		second, err := identity.BootstrapLogin(tx, demo.County, identity.NewLogin{Name: "liuxi.a", Person: accountant.Person})
		if err != nil {
			return err
		}
		town, err := org.Get(tx, demo.County, org.Ancestors(accountant.Grants[0].Path)[1])
		if err != nil {
			return err
		}
		if err := identity.BootstrapGrant(tx, demo.County, identity.NewGrant{Login: second.ID, Role: identity.Accountant, Unit: town.ID}); err != nil {
			return err
		}
		after, err = demo.People(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(after, func(p demo.Person) bool { return p.Login == "liuxi.a" })
	if i < 0 || after[i].First || !slices.Equal(slices.Delete(slices.Clone(after), i, i+1), before) {
		t.Errorf("with a second login: %+v\nbefore: %+v", after[max(0, i-3):i+2], before[max(0, i-3):i+2])
	}
}
