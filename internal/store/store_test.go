package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

var balances = store.NewTable("balance", 5, 2, "#county_id", "#book_id", "period", "#combination_id", "kind", "#debit", "#credit")
var trails = store.NewTable("trail", 3, 0, "#county_id", "document_id", "#version", "step", "#person_id", "at", "reason", "leaf", "#position")

func sum(t *testing.T, db *store.DB) (debit int64) {
	t.Helper()
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(`select cast(coalesce(sum(debit), 0) as bigint) from balance where county_id = $1`, 1).Scan(&debit)
	})
	if err != nil {
		t.Fatal(err)
	}
	return debit
}

func TestWrite_RefusedStepLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		refused := fault.New(fault.Refused, "no", "不可以", "")
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				err := db.Write(context.Background(), func(tx *store.Tx) error {
					tx.Move(balances, []any{int64(1), int64(i % 3), "2026-10", int64(7), "ordinary"}, 100, 0)
					tx.Append(trails, int64(1), fmt.Sprintf("d%d", i), int64(1), "post", int64(1), "", nil, "{}", nil)
					if _, err := tx.Exec(`insert into counter (county_id, name, value) values ($1, $2, $3)`, 1, fmt.Sprint(i), i); err != nil {
						return err
					}
					if i%2 == 1 {
						return refused
					}
					return nil
				})
				if (i%2 == 1) != errors.Is(err, refused) {
					t.Errorf("step %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if got := sum(t, db); got != 30*100 {
			t.Errorf("moved %d fen, want 3000", got)
		}
		var counters, leaves int
		err := db.Read(context.Background(), func(tx *store.Tx) error {
			if err := tx.QueryRow(`select count(*) from counter`).Scan(&counters); err != nil {
				return err
			}
			return tx.QueryRow(`select count(*) from trail`).Scan(&leaves)
		})
		if err != nil || counters != 30 || leaves != 30 {
			t.Errorf("%d counters and %d leaves stay, want 30 each (%v)", counters, leaves, err)
		}
	})
}

func TestWrite_SettleShowsEarlierSteps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				err := db.Write(context.Background(), func(tx *store.Tx) error {
					var have int64
					if err := tx.Settle(); err != nil {
						return err
					}
					err := tx.QueryRow(`select cast(coalesce(sum(debit), 0) as bigint) from balance where county_id = $1`, 1).Scan(&have)
					if err != nil {
						return err
					}
					if have >= 10 {
						return fault.New(fault.Refused, "full", "已满", "")
					}
					tx.Move(balances, []any{int64(1), int64(1), "2026-10", int64(1), "ordinary"}, 1, 0)
					return nil
				})
				if err != nil && !fault.Is(err, fault.Refused) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := sum(t, db); got != 10 {
			t.Errorf("%d passed the guard, want exactly 10", got)
		}
	})
}

func TestWrite_PanicRollsBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			if _, err := tx.Exec(`insert into counter (county_id, name, value) values (1, 'x', 1)`); err != nil {
				return err
			}
			panic("unbalanced")
		})
		if err == nil || fault.As(err) != nil {
			t.Errorf("a broken invariant must come back as an unknown error, got %v", err)
		}
		n := 0
		err = db.Read(context.Background(), func(tx *store.Tx) error {
			return tx.QueryRow(`select count(*) from counter`).Scan(&n)
		})
		if err != nil || n != 0 {
			t.Errorf("%d rows stay (%v)", n, err)
		}
	})
}

func TestWrite_UniqueIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		insert := func() error {
			return db.Write(context.Background(), func(tx *store.Tx) error {
				_, err := tx.Exec(`insert into counter (county_id, name, value) values (1, 'x', 1)`)
				return err
			})
		}
		if err := insert(); err != nil {
			t.Fatal(err)
		}
		if err := insert(); !store.IsUnique(err) {
			t.Errorf("want a unique violation, got %v", err)
		}
	})
}

// TestWrite_TextThatOneEngineCannotKeep is refused by both, in whatever way it comes, and costs nobody else his step.
func TestWrite_TextThatOneEngineCannotKeep(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, text := range []string{"a\x00b", "a\xffb", "\xed\xa0\x80"} {
			for how, step := range map[string]func(tx *store.Tx) error{
				"exec": func(tx *store.Tx) error {
					_, err := tx.Exec(`insert into counter (county_id, name, value) values (1, $1, 1)`, text)
					return err
				},
				"returning": func(tx *store.Tx) error {
					var n int64
					return tx.QueryWrite(`insert into counter (county_id, name, value) values (1, $1, 1) returning value`, text).Scan(&n)
				},
				"query": func(tx *store.Tx) error {
					rows, err := tx.Query(`select value from counter where name = $1`, text)
					if err == nil {
						rows.Close()
					}
					return err
				},
				"append": func(tx *store.Tx) error {
					tx.Append(trails, int64(1), "d", int64(1), "post", int64(1), "", text, "{}", nil)
					return nil
				},
				"move": func(tx *store.Tx) error {
					tx.Move(balances, []any{int64(1), int64(1), text, int64(7), "ordinary"}, 100, 0)
					return nil
				},
			} {
				if err := db.Write(context.Background(), step); !fault.HasCode(err, "text-unreadable") {
					t.Errorf("%s of %q: %v", how, text, err)
				}
			}
		}
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			_, err := tx.Exec(`insert into counter (county_id, name, value) values (1, $1, 1)`, "付款\t\u2028")
			return err
		})
		if err != nil {
			t.Errorf("text that both keep: %v", err)
		}
	})
}

// TestWrite_NothingGoesOnAfterAFullDisk: SQLite ends the whole transaction when the disk is full. A step that notes the
// error and goes on must not write what then would commit by itself.
func TestWrite_NothingGoesOnAfterAFullDisk(t *testing.T) {
	db := storetest.SQLite(t)
	ctx := context.Background()
	limit := func(pages int) {
		t.Helper()
		err := db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(fmt.Sprintf("pragma max_page_count = %d", pages))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // no fewer than there are: not one page more
	failed := 0
	err := db.Write(ctx, func(tx *store.Tx) error {
		failed = 0
		for i := range 200 {
			name := fmt.Sprintf("%04d %s", i, strings.Repeat("x", 1000))
			if _, err := tx.Exec(`insert into counter (county_id, name, value) values (1, $1, 1)`, name); err != nil {
				failed++
			}
		}
		return nil
	})
	if !fault.HasCode(err, "disk-full") || failed == 0 {
		t.Errorf("%d inserts failed and the step came to %v", failed, err)
	}
	limit(1 << 30)
	n := 0
	err = db.Read(ctx, func(tx *store.Tx) error { return tx.QueryRow(`select count(*) from counter`).Scan(&n) })
	if err != nil || n != 0 {
		t.Errorf("%d rows stay of a step that was refused (%v)", n, err)
	}
}

// TestWrite_RefusalWaitsForItsCommit: a step that is refused because of an earlier one of the same commit hears it when
// the earlier one is durable, so that what it was told can be looked at.
func TestWrite_RefusalWaitsForItsCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		for i := range 20 {
			name := fmt.Sprint("once ", i)
			var wg sync.WaitGroup
			started := make(chan struct{})
			var once sync.Once
			wg.Go(func() {
				err := db.Write(ctx, func(tx *store.Tx) error {
					once.Do(func() { close(started) })
					time.Sleep(3 * time.Millisecond) // the second step queues behind this one
					_, err := tx.Exec(`insert into counter (county_id, name, value) values (1, $1, 1)`, name)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
			<-started
			taken := fault.New(fault.Conflict, "taken", "已有", "请查看")
			err := db.Write(ctx, func(tx *store.Tx) error {
				n, err := tx.Exec(`insert into counter (county_id, name, value) values (1, $1, 1) on conflict do nothing`, name)
				if err == nil && n == 0 {
					return taken
				}
				return err
			})
			if !errors.Is(err, taken) {
				t.Fatalf("the second step: %v", err)
			}
			n := 0
			err = db.Read(ctx, func(tx *store.Tx) error {
				return tx.QueryRow(`select count(*) from counter where county_id = 1 and name = $1`, name).Scan(&n)
			})
			if err != nil || n != 1 {
				t.Fatalf("told that it is there, the caller finds %d rows (%v)", n, err)
			}
			wg.Wait()
		}
	})
}

// TestRead_AfterClose: who comes when the database has closed, or waits for a connection while it closes, is told so.
func TestRead_AfterClose(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "one.db"), store.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	within := make(chan struct{})
	leave := make(chan struct{})
	var under error
	var wg sync.WaitGroup
	wg.Go(func() {
		under = db.Read(ctx, func(*store.Tx) error { close(within); <-leave; return nil })
	})
	<-within
	waits := make(chan error, 1)
	go func() { waits <- db.Read(ctx, func(*store.Tx) error { return nil }) }()
	time.Sleep(5 * time.Millisecond) // it queues for the only connection
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	answer := func(what string, c chan error) error {
		select {
		case err := <-c:
			return err
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: no answer", what)
			return nil
		}
	}
	if err := answer("waiting for a connection", waits); !fault.HasCode(err, "store-closed") {
		t.Errorf("waiting for a connection: %v", err)
	}
	close(leave)
	if err := answer("close", closed); err != nil {
		t.Errorf("close: %v", err)
	}
	if wg.Wait(); under != nil {
		t.Errorf("a read under way was broken off: %v", under)
	}
	late := make(chan error, 2)
	go func() { late <- db.Read(ctx, func(*store.Tx) error { return nil }) }()
	if err := answer("after close", late); !fault.HasCode(err, "store-closed") {
		t.Errorf("after close: %v", err)
	}
	go func() { late <- db.Close() }()
	if err := answer("close again", late); err != nil {
		t.Errorf("close again: %v", err)
	}
}
