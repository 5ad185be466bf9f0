package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestOpen_SaysWhatIsWrong: who starts the program is told what to look at.
func TestOpen_SaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("这不是数据库。", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	for target, code := range map[string]string{
		text:                                "database-foreign",
		filepath.Join(dir, "no", "such.db"): "database-unreachable",
		"postgres:///county?host=" + dir + "&user=nobody&sslmode=disable": "database-unreachable",
	} {
		db, err := store.Open(context.Background(), target, store.Options{})
		if err == nil {
			db.Close()
		}
		if f := fault.As(err); f == nil || f.Code != code || f.Hint == "" || f.Cause == nil {
			t.Errorf("open %s: want %s with its cause, got %v", target, code, err)
		}
	}
}

// TestRead_DamagedFile: a page that was overwritten is told as damage, in the middle of reading rows too.
func TestRead_DamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "damaged.db")
	db, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(context.Background(), func(tx *store.Tx) error {
		for i := range 2000 {
			if _, err := tx.Exec(`insert into counter (county_id, name, value) values (1, $1, 1)`, strings.Repeat("x", 40)+string(rune('一'+i))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	overwrite(t, path)
	if db, err = store.Open(context.Background(), path, store.Options{}); err == nil {
		defer db.Close()
		err = db.Read(context.Background(), func(tx *store.Tx) error {
			rows, err := tx.Query(`select name from counter order by county_id, name`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
			}
			return rows.Err()
		})
	}
	if !fault.HasCode(err, "database-damaged") {
		t.Errorf("a damaged file is told as %v", err)
	}
}

// overwrite spoils the last pages, in which the rows lie.
func overwrite(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	const pages = 20 * 4096
	if _, err := f.WriteAt([]byte(strings.Repeat("\xff", pages)), info.Size()-pages); err != nil {
		t.Fatal(err)
	}
}

// TestWrite_ViolationKeepsItsPlace: an error that the store knows comes back with what the domain said around it.
func TestWrite_ViolationKeepsItsPlace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			_, err := tx.Exec(`insert into trail_salt (county_id, document_id, version, field, salt) values (1, 'd', 1, 'x', null)`)
			return err
		})
		if err == nil || store.IsUnique(err) || fault.As(err) != nil || !strings.Contains(err.Error(), "constraint violated") {
			t.Errorf("a broken constraint is told as %v", err)
		}
	})
}
