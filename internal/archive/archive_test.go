package archive_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"xiangzhang/internal/archive"
	"xiangzhang/internal/attachment"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// targets gives an empty place for a database on each engine: one that does not exist yet, and one migrated and empty.
func targets(t *testing.T) map[string]string {
	return map[string]string{"sqlite": filepath.Join(t.TempDir(), "new.db"), "postgres": storetest.PostgresURL(t)}
}

func TestRestore_AcrossEnginesByteForByte(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newServer(t, db)
		first, m := s.backup()
		if m.Schema != store.SchemaVersion() || m.Engine != string(db.Engine()) || len(m.Counties) != 1 || m.Counties[0].Name != "青岚县" {
			t.Errorf("manifest %+v", m)
		}
		if at := slices.IndexFunc(m.Tables, func(t archive.Table) bool { return t.Table == "login" }); m.Tables[at].Rows != 2 {
			t.Errorf("%d logins in the manifest, want 2", m.Tables[at].Rows)
		}
		other := map[store.Engine]store.Engine{store.SQLite: store.PostgreSQL, store.PostgreSQL: store.SQLite}[db.Engine()]
		from := first
		for _, engine := range []store.Engine{other, db.Engine()} { // there and back
			o := folders(t)
			target := targets(t)[string(engine)]
			if _, err := restore(target, from, o); err != nil {
				t.Fatal(err)
			}
			db := reopen(t, target)
			verifyLedger(t, db)
			from, _ = backup(t, db, archive.Options{Files: o.Files})
			sameDumps(t, from, first)
		}
	})
}

// The county goes on working in a restored database: keys, counters and foreign keys are those of a migrated one.
func TestRestore_GoesOnWorking(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newServer(t, db)
		b, _ := s.backup()
		target := targets(t)[string(db.Engine())]
		if _, err := restore(target, b, folders(t)); err != nil {
			t.Fatal(err)
		}
		s.db = reopen(t, target)
		before := verifyLedger(t, s.db).Checked["vouchers"]
		s.post(3)
		if after := verifyLedger(t, s.db).Checked["vouchers"]; after != before+3 {
			t.Errorf("%d vouchers, want %d", after, before+3)
		}
		err := s.db.Write(context.Background(), func(tx *store.Tx) error {
			_, err := tx.Exec(`insert into session (county_id, token_hash, login_id, csrf, created_at, seen_at, expires_at)
				values (990001, 'x', 777, '', '', '', '')`)
			return err
		})
		if err == nil {
			t.Error("a session of nobody was taken: foreign keys are not enforced")
		}
	})
}

func TestBackup_WhileOthersPost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newServer(t, db)
		stop := make(chan struct{})
		var posting sync.WaitGroup
		for caller := range 4 {
			posting.Go(func() {
				for i := uint64(0); ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					if err := s.postOne(uint64(caller)<<32 | i); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		var taken [][]byte
		for range 3 {
			b, _ := s.backup()
			taken = append(taken, b)
		}
		close(stop)
		posting.Wait()
		var counts []int64
		for _, b := range taken {
			target := filepath.Join(t.TempDir(), "copy.db")
			if _, err := restore(target, b, folders(t)); err != nil {
				t.Fatal(err)
			}
			counts = append(counts, verifyLedger(t, reopen(t, target)).Checked["vouchers"])
		}
		if !slices.IsSorted(counts) || counts[2] == counts[0] {
			t.Errorf("vouchers of three backups in a row: %d; posting did not go on", counts)
		}
	})
}

func TestKeys_OnlyForRecipients(t *testing.T) {
	s := newServer(t, storetest.One(t))
	without, m := s.backup()
	if m.Keys != nil || len(m.Recipients) != 0 {
		t.Errorf("keys without a recipient: %+v", m)
	}
	secret, err := os.ReadFile(filepath.Join(s.keys, "county-990001.key"))
	if err != nil {
		t.Fatal(err)
	}
	chief, stranger := newIdentity(t), newIdentity(t)
	with, m := s.backup(chief.Recipient().String())
	if m.Keys == nil || !slices.Equal(m.Recipients, []string{chief.Recipient().String()}) {
		t.Errorf("keys for one recipient: %+v", m)
	}
	for _, b := range [][]byte{without, with} {
		if strings.Contains(string(b), string(secret)) {
			t.Error("the key lies open in the archive")
		}
	}
	for _, c := range []struct {
		name       string
		archive    []byte
		identities []string
		locked     bool
	}{
		{"left out", without, []string{chief.String()}, true},
		{"not opened", with, nil, true},
		{"opened", with, []string{"# 局长保管", chief.String()}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := folders(t)
			o.Identities = c.identities
			target := filepath.Join(t.TempDir(), "new.db")
			done, err := restore(target, c.archive, o)
			if err != nil || done.KeysLocked != c.locked {
				t.Fatalf("%+v, %v; want locked %v", done, err, c.locked)
			}
			if _, err := reveal(t, target, o.Keys, s.person); fault.HasCode(err, "keys-missing") != c.locked {
				t.Errorf("reveal: %v; want locked %v", err, c.locked)
			}
		})
	}
	o := folders(t)
	o.Identities = []string{stranger.String()}
	_, err = restore(filepath.Join(t.TempDir(), "new.db"), with, o)
	if !fault.HasCode(err, "restore-identity-wrong") {
		t.Errorf("a stranger's key: %v", err)
	}
}

func reveal(t *testing.T, target, keyFolder string, person int64) (number string, err error) {
	t.Helper()
	keys, err := identity.LoadKeys(keyFolder)
	if err != nil {
		t.Fatal(err)
	}
	head := identity.Actor{County: qinglan, Login: 1, Person: 1, Grants: []identity.Grant{{Role: identity.SecAdmin, Unit: 1, Path: "/1/"}}}
	err = reopen(t, target).Write(context.Background(), func(tx *store.Tx) (err error) {
		number, err = identity.RevealIdentity(tx, keys, head, person, "核对开户资料")
		return err
	})
	if err == nil && number != "11010519491231002X" {
		t.Errorf("number %s", number)
	}
	return number, err
}

// A key is never replaced: what it sealed would be lost.
func TestRestore_KeepsAnotherKey(t *testing.T) {
	s := newServer(t, storetest.One(t))
	chief := newIdentity(t)
	b, _ := s.backup(chief.Recipient().String())
	o := folders(t)
	o.Identities = []string{chief.String()}
	other, err := identity.LoadKeys(o.Keys)
	if err == nil {
		err = other.Create(qinglan)
	}
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(filepath.Join(o.Keys, "county-990001.key"))
	dir := t.TempDir()
	_, err = restore(filepath.Join(dir, "new.db"), b, o)
	after, _ := os.ReadFile(filepath.Join(o.Keys, "county-990001.key"))
	if !fault.HasCode(err, "restore-key-exists") || string(after) != string(before) || len(left(t, dir)) > 0 {
		t.Errorf("%v; files %q", err, left(t, dir))
	}
}

func TestFiles_ComeBackAndLostOnesAreNamed(t *testing.T) {
	s := newServer(t, storetest.One(t))
	s.attach("丢失的发票", "改动的发票")
	lost, changed := s.originals[2], s.originals[3]
	if err := os.Remove(filepath.Join(s.files, lost[:2], lost)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.files, changed[:2], changed), []byte("涂改"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, m := s.backup()
	want := []string{lost, changed}
	slices.Sort(want)
	if m.Files.Count != 2 || !slices.Equal(m.Files.Lost, want) {
		t.Errorf("files %+v, want 2 and lost %s", m.Files, want)
	}
	o := folders(t)
	if _, err := restore(filepath.Join(t.TempDir(), "new.db"), b, o); err != nil {
		t.Fatal(err)
	}
	folder, err := attachment.OpenFolder(o.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, sha := range s.originals[:2] {
		f, err := folder.Open(sha)
		if err != nil {
			t.Errorf("file %s: %v", sha, err)
			continue
		}
		f.Close()
	}
	if n := len(left(t, o.Files)); n != 2 {
		t.Errorf("%d files, want 2", n)
	}
}
