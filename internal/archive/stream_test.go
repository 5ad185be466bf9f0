package archive_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"xiangzhang/internal/archive"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

var entries = store.NewTable("entry", 6, 0,
	"#county_id", "#book_id", "period", "word", "#number", "#line", "#combination_id", "summary", "#debit", "#credit")

// Rows pass through: memory does not grow with their number, 200,000 of which are some 90 MB as Go values.
func TestRows_PassThrough(t *testing.T) {
	db := storetest.One(t)
	const n, most = 200_000, 48 << 20
	for from := 0; from < n; from += 10_000 {
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			for i := range 10_000 {
				tx.Append(entries, int64(1), int64(i%36), "2026-10", "记", int64(from+i), int64(1), int64(i%250), "付办公用品款", int64(i), int64(0))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, peak := m.HeapAlloc, uint64(0)
	watch := func(string, int64) {
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapAlloc)
	}
	path := filepath.Join(t.TempDir(), "b.zip")
	if _, err := archive.BackupTo(context.Background(), db, path, archive.Options{Progress: watch}); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "new.db")
	done, err := archive.RestoreFrom(context.Background(), path, target, archive.RestoreOptions{Progress: watch})
	if err != nil || done.Rows() != n {
		t.Fatalf("%d rows, %v", done.Rows(), err)
	}
	if peak == 0 || peak > before+most {
		t.Errorf("heap grew from %d to %d MB", before>>20, peak>>20)
	}
	if info, err := os.Stat(target); err != nil || info.Size() < n*20 {
		t.Errorf("%v, %d bytes", err, info.Size())
	}
}
