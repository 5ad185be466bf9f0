package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"

	"xiangzhang/internal/archive"
	"xiangzhang/internal/attachment"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

const qinglan = 990001

// server is a small county with everything a backup has to keep: official tables, people with sealed numbers, attached
// files, keys, and a book to post to.
type server struct {
	t           *testing.T
	db          *store.DB
	files, keys string
	book        ledger.Book
	maker       identity.Actor
	checker     identity.Actor
	person      int64
	originals   []string // SHA-256 of the attached files
}

// odd are texts that a careless copy would change.
var odd = []string{"", " ", "null", `"]`, `a\u0041`, "行一\n行二\r\t\x01\x1f", "\u2028<&>", "𠮷田", "1e9", "true"}

func newServer(t *testing.T, db *store.DB) *server {
	t.Helper()
	s := &server{t: t, db: db, files: filepath.Join(t.TempDir(), "files"), keys: filepath.Join(t.TempDir(), "keys")}
	keys, err := identity.LoadKeys(s.keys)
	if err == nil {
		err = keys.Create(qinglan)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.write(func(tx *store.Tx) error {
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		root, err := identity.BootstrapCounty(tx, qinglan, "青岚县", "", "2020-01-01")
		if err != nil {
			return err
		}
		town, err := org.Create(tx, qinglan, org.NewUnit{Code: "990001200", Name: "云溪乡", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
		if err != nil {
			return err
		}
		// A unit above one with a smaller number: its row comes later than the row that refers to it.
		for _, q := range []string{
			`insert into unit (county_id, unit_id, code, name, kind, parent_id, path, mnemonic, valid_from)
				values (990001, 900, '990001900', '片区', 'centre', 1, '/1/900/', 'pq', '2020-01-01')`,
			`update unit set parent_id = 900 where county_id = 990001 and unit_id = 2`,
		} {
			if _, err := tx.Exec(q); err != nil {
				return err
			}
		}
		p, err := identity.BootstrapPerson(tx, keys, qinglan, identity.NewPerson{Name: "韩青", Number: "11010519491231002X", Unit: town.ID})
		if err != nil {
			return err
		}
		s.person = p.ID
		for _, must := range []bool{true, false} {
			l := identity.NewLogin{Name: map[bool]string{true: "hanqing", false: "hanqing2"}[must], Person: p.ID, MustChange: must}
			if _, err := identity.BootstrapLogin(tx, qinglan, l); err != nil {
				return err
			}
		}
		for i, text := range odd {
			_, err := tx.Exec(`insert into sign_in (county_id, at, name, outcome, address, attempt) values ($1, $2, $2, 'ok', '', $3)`,
				qinglan, text, strconv.Itoa(i))
			if err != nil {
				return err
			}
		}
		s.book, err = ledger.CreateBook(tx, qinglan, ledger.NewBook{Code: "101", Name: "乡政府机关", Unit: town.ID, Chart: ledger.Government, Start: "2025-01"})
		actor := func(id int64, r identity.Role) identity.Actor {
			return identity.Actor{County: qinglan, Login: id, Person: id, Name: "韩青", Grants: []identity.Grant{{Role: r, Unit: town.ID, Path: "/1/"}}}
		}
		s.maker, s.checker = actor(p.ID, identity.Accountant), actor(p.ID+1, identity.Reviewer)
		return err
	})
	s.attach("发票一", strings.Repeat("合同", 50_000))
	s.post(20)
	return s
}

func (s *server) write(step func(tx *store.Tx) error) {
	s.t.Helper()
	if err := s.db.Write(context.Background(), step); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) attach(contents ...string) {
	s.t.Helper()
	folder, err := attachment.OpenFolder(s.files)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, content := range contents {
		f, err := folder.Put(context.Background(), strings.NewReader("%PDF-1.7\n"+content), 1<<20)
		if err != nil {
			s.t.Fatal(err)
		}
		s.originals = append(s.originals, f.SHA256)
		s.write(func(tx *store.Tx) error {
			_, err := tx.Exec(`insert into attachment (county_id, document_id, sha256, name, media_type, bytes, person_id, added_at)
				values ($1, $2, $3, '发票.pdf', 'application/pdf', $4, 1, '2026-10-23T02:00:00.000Z')`, qinglan, document.NewID(), f.SHA256, f.Bytes)
			return err
		})
	}
}

// post posts vouchers with both halves, one per step.
func (s *server) post(n int) {
	s.t.Helper()
	for i := range n {
		if err := s.postOne(uint64(i)); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *server) postOne(seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 1))
	fen := money.Fen(100 + r.IntN(1_000_000))
	running := ledger.Dims{Function: "2010301", Economic: "30201"}
	date := calendar.PeriodOf(2025, 1+r.IntN(12)).First().AddDays(r.IntN(28))
	v := ledger.Voucher{Book: s.book.ID, Date: date, Word: "记", Attachments: 2, Lines: []ledger.Line{
		{Account: "500102", Summary: "付办公用品款", Debit: fen, Dims: running},
		{Account: "400101", Summary: "付办公用品款", Credit: fen},
		{Account: "71010101", Summary: "付办公用品款", Debit: fen, Dims: running},
		{Account: "60010102", Summary: "付办公用品款", Credit: fen, Dims: ledger.Dims{Function: "2010301"}},
	}}
	id := document.NewID()
	return s.db.Write(context.Background(), func(tx *store.Tx) error {
		_, err := ledger.PostAtOnce(tx, s.maker, s.checker, id, v)
		return err
	})
}

// backup gives the bytes of a backup.
func (s *server) backup(recipients ...string) ([]byte, archive.Manifest) {
	s.t.Helper()
	return backup(s.t, s.db, archive.Options{Files: s.files, Keys: s.keys, Recipients: recipients, Program: "test"})
}

func backup(t *testing.T, db *store.DB, o archive.Options) ([]byte, archive.Manifest) {
	t.Helper()
	var b bytes.Buffer
	m, err := archive.Backup(context.Background(), db, o, &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m
}

func restore(target string, b []byte, o archive.RestoreOptions) (archive.Restored, error) {
	return archive.Restore(context.Background(), target, bytes.NewReader(b), int64(len(b)), o)
}

// folders are where a restore puts files and keys.
func folders(t *testing.T) archive.RestoreOptions {
	dir := t.TempDir()
	return archive.RestoreOptions{Files: filepath.Join(dir, "files"), Keys: filepath.Join(dir, "keys")}
}

// reopen opens what a restore made.
func reopen(t *testing.T, target string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), target, store.Options{Readers: 2, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func verifyLedger(t *testing.T, db *store.DB) ledger.Verification {
	t.Helper()
	v, err := ledger.Verify(context.Background(), db, qinglan, nil)
	if err != nil || !v.OK {
		t.Errorf("the books do not agree with themselves: %v %+v", err, v.Violations)
	}
	return v
}

// dumps gives the text of every table in an archive.
func dumps(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "tables/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(text)
	}
	return all
}

func sameDumps(t *testing.T, got, want []byte) {
	t.Helper()
	g, w := dumps(t, got), dumps(t, want)
	if len(g) != len(w) || len(g) < 20 {
		t.Errorf("%d tables, want %d, at least 20", len(g), len(w))
	}
	for name, text := range w {
		if g[name] != text {
			t.Errorf("%s differs:\n%.400s\nwant\n%.400s", name, g[name], text)
		}
	}
}

func newIdentity(t *testing.T) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// left gives the names of all files under a folder.
func left(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
