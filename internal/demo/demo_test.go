package demo_test

import (
	"context"
	"path/filepath"
	"testing"

	"xiangzhang/internal/demo"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
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
	read(t, db, func(tx *store.Tx) error {
		v, err := ledger.Verify(tx, demo.County, nil)
		if err == nil && !v.OK {
			t.Errorf("verify finds %v", v.Violations)
		}
		return err
	})
}

func TestBuild_OnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := build(t, db, small)
		if !s.Made || s.Books != 13+4+2+16 {
			t.Errorf("made %t, %d books", s.Made, s.Books)
		}
		verify(t, db)
		again := build(t, db, small)
		if again.Made || again.Vouchers != s.Vouchers || again.Drafts != s.Drafts {
			t.Errorf("a second build made something: %d vouchers, were %d", again.Vouchers, s.Vouchers)
		}
	})
}
