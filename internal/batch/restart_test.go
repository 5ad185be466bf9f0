package batch_test

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestWalk_RestartInTheMiddle: a walk that ends early, by a lost line or a program that stops, leaves the rest waiting;
// the next program walks on, and nothing is done twice.
func TestWalk_RestartInTheMiddle(t *testing.T) {
	for name, target := range map[string]string{"sqlite": filepath.Join(t.TempDir(), "x.db"), "postgres": storetest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			open := func() *store.DB {
				clock := &storetest.Clock{}
				clock.Set(storetest.Start)
				db, err := store.Open(context.Background(), target, store.Options{Clock: clock.Now, Unsafe: true})
				if err != nil {
					t.Fatal(err)
				}
				return db
			}
			db := open()
			o := newOffice(t, db, 12)
			id := o.begin(o.accountant, o.closing("2026-01"))
			ctx, cancel := context.WithCancel(context.Background())
			var steps atomic.Int64
			err := batch.Walk(ctx, db, o.accountant, id, func(error) {
				if steps.Add(1) == 3 {
					cancel()
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if b := o.get(o.accountant, id); b.Count(batch.Done) < 3 || b.Count(batch.Waiting) == 0 {
				t.Fatalf("%d done and %d waiting when the walk ended", b.Count(batch.Done), b.Count(batch.Waiting))
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			o.db = open()
			defer o.db.Close()
			o.walk(o.accountant, id)
			if b := o.get(o.accountant, id); b.Count(batch.Done) != 12 || o.count("month_close") != 12 {
				t.Errorf("%d done, %d closings", b.Count(batch.Done), o.count("month_close"))
			}
			o.verify()
		})
	}
}

// TestWalk_EndsBeforeItBegins: a walk whose time is over tries nothing and refuses nothing.
func TestWalk_EndsBeforeItBegins(t *testing.T) {
	db := storetest.SQLite(t)
	o := newOffice(t, db, 4)
	id := o.begin(o.accountant, o.closing("2026-01"))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := batch.Walk(ctx, db, o.accountant, id, func(error) { t.Error("a step was tried") }); err != nil {
		t.Fatal(err)
	}
	if b := o.get(o.accountant, id); b.Count(batch.Waiting) != 4 {
		t.Errorf("%+v", b.Items)
	}
}
