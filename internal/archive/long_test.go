package archive_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/archive"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// Rows longer than the buffer of the reader (64 KiB) and than a batch (1 MiB), at every place in a batch.
func TestRestore_LongRows(t *testing.T) {
	sizes := []int{0, 65_535, 65_536, 65_537, 1<<20 - 1, 1 << 20, 1<<20 + 1, 3 << 20}
	r := rand.New(rand.NewPCG(11, 4))
	for range 60 {
		sizes = append(sizes, r.IntN(200_000))
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newServer(t, db)
		s.write(func(tx *store.Tx) error {
			for i, n := range sizes {
				if err := longRows(tx, s.book.ID, i, n); err != nil {
					return err
				}
			}
			return nil
		})
		path := filepath.Join(t.TempDir(), "long.zip")
		m, err := archive.BackupTo(t.Context(), db, path, archive.Options{Files: s.files})
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"voucher_draft", "trail"} {
			at := slices.IndexFunc(m.Tables, func(t archive.Table) bool { return t.Table == table })
			if m.Tables[at].Bytes < 10<<20 {
				t.Errorf("table %s is only %d bytes long", table, m.Tables[at].Bytes)
			}
		}
		before, _ := s.backup()
		for engine, target := range targets(t) {
			o := folders(t)
			if _, err := archive.RestoreFrom(t.Context(), path, target, o); err != nil {
				t.Fatalf("into %s: %v", engine, err)
			}
			after, _ := backup(t, reopen(t, target), archive.Options{Files: o.Files})
			sameDumps(t, after, before)
		}
	})
}

// longRows writes a draft and a step of the trail whose texts take about n bytes.
func longRows(tx *store.Tx, book int64, i, n int) error {
	text := strings.Repeat("据\"\n", n/5) + strings.Repeat("x", n%5)
	id := document.NewID()
	_, err := tx.Exec(`insert into voucher_draft
			(county_id, document_id, book_id, period, word, date, kind, attachments, summary, amount, lines, source, note, maker_id)
		values ($1, $2, $3, '2026-10', '记', '2026-10-23', 'ordinary', 0, '', 0, $4, '', '', 1)`, qinglan, id, book, text)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`insert into trail (county_id, document_id, version, step, person_id, at, reason, leaf, position)
		values ($1, $2, $3, 'make', 1, '2026-10-23T02:00:00.000Z', $4, '{}', $5)`, qinglan, fmt.Sprintf("long-%03d", i), 1, text, 1_000_000+i)
	return err
}

// Hashes that agree do not make a backup: every row must be one that a restore can read.
func TestReadBack_RefusesRowsThatNobodyCanRead(t *testing.T) {
	s := newServer(t, storetest.One(t))
	b, _ := s.backup()
	var schema store.Schema
	err := s.db.Read(t.Context(), func(tx *store.Tx) (err error) {
		schema, err = store.ReadSchema(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		archive []byte
		code    string
	}{
		{"as written", b, ""},
		{"a torn file", b[:len(b)/2], "backup-unreadable"},
		{"a name without quotes", consistent(t, b, "county", `"青岚县"`, `青岚县`), "backup-unreadable"},
		{"a text for a number", consistent(t, b, "county", `990001`, `"990001"`), "backup-unreadable"},
		{"columns of another table", rebuild(t, b, replaceIn("manifest.json", `"county_id"`, `"county"`)), "backup-unreadable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := archive.ReadBack(t.Context(), bytes.NewReader(c.archive), int64(len(c.archive)), schema)
			if c.code == "" && err != nil || c.code != "" && !fault.HasCode(err, c.code) {
				t.Errorf("%v, want %q", err, c.code)
			}
		})
	}
}
