package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiangzhang/internal/archive"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// small is an archive of a database of a few rows, so that many damaged copies of it can be tried.
func small(t *testing.T) []byte {
	t.Helper()
	db := storetest.One(t)
	err := db.Write(context.Background(), func(tx *store.Tx) error {
		for i := range 40 {
			if _, err := tx.Exec(`insert into counter (county_id, name, value) values (1, $1, $2)`, fmt.Sprintf("c%03d", i), i*i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := backup(t, db, archive.Options{})
	return b
}

func TestRestore_RefusesTornArchive(t *testing.T) {
	b := small(t)
	dir := t.TempDir()
	for n := 0; n < len(b); n += 1 + len(b)/400 {
		_, err := restore(filepath.Join(dir, "new.db"), b[:n], folders(t))
		if !fault.HasCode(err, "archive-broken") {
			t.Fatalf("the first %d of %d bytes: %v", n, len(b), err)
		}
	}
	if names := left(t, dir); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}

func TestRestore_RefusesBytesBeside(t *testing.T) {
	b := small(t)
	for name, beside := range map[string][]byte{
		"behind": append(bytes.Clone(b), "garbage"...), "one byte behind": append(bytes.Clone(b), 0), "before": append([]byte("garbage"), b...),
		"twice": append(bytes.Clone(b), b...),
	} {
		if _, err := restore(filepath.Join(t.TempDir(), "new.db"), beside, folders(t)); !fault.HasCode(err, "archive-broken") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A changed byte is refused, or it meant nothing (a time stamp in the zip's directory): then the rows are the same.
func TestRestore_RefusesAlteredByte(t *testing.T) {
	b := small(t)
	r := rand.New(rand.NewPCG(7, 7))
	refused := 0
	const tries = 300
	for range tries {
		altered := bytes.Clone(b)
		at := r.IntN(len(b))
		altered[at] ^= 1 << r.IntN(8)
		_, err := archive.Verify(context.Background(), bytes.NewReader(altered), int64(len(altered)))
		switch {
		case fault.As(err) != nil:
			refused++
		case err != nil:
			t.Errorf("byte %d altered: %v", at, err)
		default:
			got, want := dumps(t, altered), dumps(t, b)
			for name := range want {
				if got[name] != want[name] {
					t.Errorf("byte %d altered and %s with it", at, name)
				}
			}
		}
	}
	if refused < tries/2 {
		t.Errorf("only %d of %d refused", refused, tries)
	}
}

// rebuild writes the archive anew with its parts changed by edit, and the right hash of the manifest.
func rebuild(t *testing.T, b []byte, edit func(name string, text []byte) []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if text = edit(f.Name, text); text == nil {
			continue
		}
		part, err := w.Create(f.Name)
		if err == nil {
			_, err = part.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "manifest.json" {
			sum := sha256.Sum256(text)
			if err := w.SetComment("xiangzhang-backup sha256:" + hex.EncodeToString(sum[:])); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func replaceIn(part, old, new string) func(name string, text []byte) []byte {
	return func(name string, text []byte) []byte {
		if name == part {
			return bytes.Replace(text, []byte(old), []byte(new), 1)
		}
		return text
	}
}

// consistent changes a table's text and the manifest with it, as one who forges an archive would.
func consistent(t *testing.T, b []byte, table, old, new string) []byte {
	t.Helper()
	part := "tables/" + table + ".jsonl"
	text := dumps(t, b)[part]
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not hold %q", part, old)
	}
	changed := strings.Replace(text, old, new, 1)
	sum := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	b = rebuild(t, b, replaceIn(part, old, new))
	b = rebuild(t, b, replaceIn("manifest.json", sum(text), sum(changed)))
	return rebuild(t, b, replaceIn("manifest.json", fmt.Sprintf(`"bytes": %d,`+"\n"+`      "sha256": "%s"`, len(text), sum(changed)),
		fmt.Sprintf(`"bytes": %d,`+"\n"+`      "sha256": "%s"`, len(changed), sum(changed))))
}

func TestRestore_Refuses(t *testing.T) {
	s := newServer(t, storetest.One(t))
	b, m := s.backup()
	newer := fmt.Sprintf(`"schema": %d`, m.Schema+1)
	cases := []struct {
		name, code string
		archive    []byte
	}{
		{"altered rows", "archive-broken", rebuild(t, b, replaceIn("tables/county.jsonl", "青岚县", "青山县"))},
		{"a row more", "archive-broken", rebuild(t, b, replaceIn("tables/county.jsonl", "\n", "\n[]\n"))},
		{"a table missing", "archive-broken", rebuild(t, b, func(name string, text []byte) []byte {
			if name == "tables/entry.jsonl" {
				return nil
			}
			return text
		})},
		{"a file missing", "archive-broken", rebuild(t, b, func(name string, text []byte) []byte {
			if strings.HasPrefix(name, "files/") {
				return nil
			}
			return text
		})},
		{"newer schema", "archive-newer", rebuild(t, b, replaceIn("manifest.json", fmt.Sprintf(`"schema": %d`, m.Schema), newer))},
		{"newer format", "archive-newer", rebuild(t, b, replaceIn("manifest.json", `"format": 1`, `"format": 2`))},
		{"forged: a column missing", "archive-broken", rebuild(t, b, replaceIn("manifest.json", `"business_date",`, ``))},
		{"forged: a text for a number", "archive-broken", consistent(t, b, "county", "[990001,", `["990001",`)},
		{"forged: a bool for a number", "archive-broken", consistent(t, b, "county", "[990001,", `[true,`)},
		{"forged: too few columns", "archive-broken", consistent(t, b, "county", "[990001,", `[`)},
		{"forged: a person of no unit", "archive-inconsistent", consistent(t, b, "login", "[990001,1,", "[990002,1,")},
		{"forged: a check broken", "archive-inconsistent", consistent(t, b, "sign_in", `"ok"`, `"no"`)},
		{"forged: null where none may be", "archive-inconsistent", consistent(t, b, "county", `"青岚县"`, `null`)},
		{"not an archive", "archive-broken", []byte("PK")},
	}
	postgres := storetest.PostgresURL(t) // the same for all: a refusal leaves it as it was
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for engine, target := range map[string]string{"sqlite": filepath.Join(t.TempDir(), "new.db"), "postgres": postgres} {
				o := folders(t)
				_, err := restore(target, c.archive, o)
				if !fault.HasCode(err, c.code) {
					t.Errorf("%s: %v, want %s", engine, err, c.code)
				}
				if engine == "sqlite" {
					if names := left(t, filepath.Dir(target)); len(names) > 0 {
						t.Errorf("left behind: %q", names)
					}
				} else {
					assertNothingStaged(t, target)
				}
				if names := left(t, filepath.Dir(o.Files)); len(names) > 0 {
					t.Errorf("left behind: %q", names)
				}
			}
		})
	}
}

// assertNothingStaged holds that a failed restore has left PostgreSQL as it was: no schema beside the database's own,
// and a database that a restore accepts.
func assertNothingStaged(t *testing.T, target string) {
	t.Helper()
	err := reopen(t, target).Read(context.Background(), func(tx *store.Tx) error {
		var schemas, units int
		if err := tx.QueryRow(`select count(*) from pg_namespace where nspname like 'xiangzhang%'`).Scan(&schemas); err != nil {
			return err
		}
		if err := tx.QueryRow(`select count(*) from unit`).Scan(&units); err != nil {
			return err
		}
		if schemas+units > 0 {
			t.Errorf("%d schemas and %d units stay", schemas, units)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRestore_RefusesFilledDatabase(t *testing.T) {
	b := small(t)
	for engine, target := range targets(t) {
		if _, err := restore(target, b, folders(t)); err != nil {
			t.Fatal(err)
		}
		_, err := restore(target, b, folders(t))
		if !fault.HasCode(err, "database-not-empty") {
			t.Errorf("%s: %v", engine, err)
		}
		again, _ := backup(t, reopen(t, target), archive.Options{})
		sameDumps(t, again, b)
	}
	foreign := filepath.Join(t.TempDir(), "letter.db")
	if err := os.WriteFile(foreign, []byte(strings.Repeat("不是数据库", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := restore(foreign, b, folders(t)); !fault.HasCode(err, "database-not-empty") {
		t.Errorf("a file that is no database: %v", err)
	}
}

// An SQLite database that was made and never used may be restored into, but not while a program has it open.
func TestRestore_IntoUnusedDatabase(t *testing.T) {
	b := small(t)
	target := filepath.Join(t.TempDir(), "unused.db")
	db, err := store.Open(context.Background(), target, store.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := restore(target, b, folders(t)); !fault.HasCode(err, "database-busy") {
		t.Errorf("in use: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := restore(target, b, folders(t)); err != nil {
		t.Fatal(err)
	}
	again, _ := backup(t, reopen(t, target), archive.Options{})
	sameDumps(t, again, b)
	if names := left(t, filepath.Dir(target)); len(names) > 3 { // the database, its log and its index
		t.Errorf("left behind: %q", names)
	}
}

// An archive of every older schema is restored and migrated.
func TestRestore_OlderSchema(t *testing.T) {
	for version := 1; version < store.SchemaVersion(); version++ {
		old, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "old.db"), store.Options{MigrateTo: version, Unsafe: true, Readers: 1})
		if err != nil {
			t.Fatal(err)
		}
		err = old.Write(context.Background(), func(tx *store.Tx) error {
			_, err := tx.Exec(`insert into county (county_id, name, created_at) values ($1, '青岚县', '')`, qinglan)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		b, m := backup(t, old, archive.Options{})
		if m.Schema != version {
			t.Errorf("schema %d in the manifest, want %d", m.Schema, version)
		}
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}
		places := map[string]string{"sqlite": filepath.Join(t.TempDir(), "new.db")}
		if version == 1 || version == store.SchemaVersion()-1 {
			places = targets(t)
		}
		for engine, target := range places {
			done, err := restore(target, b, folders(t))
			if err != nil || done.SchemaAfter != store.SchemaVersion() {
				t.Fatalf("%s, schema %d: %+v, %v", engine, version, done, err)
			}
			again, m := backup(t, reopen(t, target), archive.Options{})
			if m.Schema != store.SchemaVersion() || dumps(t, again)["tables/county.jsonl"] != dumps(t, b)["tables/county.jsonl"] {
				t.Errorf("%s, schema %d: restored as schema %d", engine, version, m.Schema)
			}
		}
	}
}

// FuzzVerify: no bytes do harm, whatever they are.
func FuzzVerify(f *testing.F) {
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := archive.Verify(context.Background(), bytes.NewReader(b), int64(len(b)))
		if err == nil && m.Format != archive.Format || err != nil && fault.As(err) == nil {
			t.Errorf("%+v, %v", m, err)
		}
	})
}
