// Package storetest gives tests a real database on every engine. There are no mocks of the store: a test of the
// domain runs on SQLite and on a throw-away PostgreSQL cluster that this package starts from the installed binaries,
// as an ordinary user, and that ends with the test process.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"xiangzhang/internal/store"
)

// Clock is a clock that tests move by hand.
type Clock struct{ now time.Time }

// Now gives the instant the clock stands at.
func (c *Clock) Now() time.Time { return c.now }

// Set moves the clock.
func (c *Clock) Set(t time.Time) { c.now = t }

// Start is the instant at which every test begins: 2026-10-23 10:00 in Beijing.
var Start = time.Date(2026, 10, 23, 2, 0, 0, 0, time.UTC)

// only is the engine that this run of the tests is about, empty for both. The whole suite is run for each in turn. It is
// asked anew each time: the test cache tells runs apart by what a test reads, not by what a package reads at its start.
func only() store.Engine { return store.Engine(os.Getenv("XIANGZHANG_ENGINE")) }

// Each runs test once per engine, each time on an empty database of its own.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	if only() != store.PostgreSQL {
		t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	}
	if only() != store.SQLite {
		t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
	}
}

// One gives an empty database for a test that takes long or has many cases: on SQLite, and on PostgreSQL where the run
// is about that engine.
func One(t testing.TB) *store.DB {
	t.Helper()
	if only() == store.PostgreSQL {
		return Postgres(t)
	}
	return SQLite(t)
}

// SQLite gives an empty SQLite database.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "test.db"))
}

// Postgres gives an empty database of the process's PostgreSQL cluster. Where PostgreSQL is not installed the test
// fails and says so.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return open(t, PostgresURL(t))
}

func open(t testing.TB, target string) *store.DB {
	t.Helper()
	clock := &Clock{now: Start}
	db, err := store.Open(context.Background(), target, store.Options{Clock: clock.Now, Unsafe: true, Readers: 4})
	if err != nil {
		t.Fatalf("open %s: %v", target, err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
