package store_test

import (
	"context"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

func readSchema(t *testing.T, db *store.DB) store.Schema {
	t.Helper()
	var s store.Schema
	err := db.Read(context.Background(), func(tx *store.Tx) (err error) {
		s, err = store.ReadSchema(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestReadSchema_SameOnBothEngines(t *testing.T) {
	lite, pg := readSchema(t, storetest.SQLite(t)), readSchema(t, storetest.Postgres(t))
	if !reflect.DeepEqual(lite, pg) {
		t.Errorf("SQLite:\n%+v\nPostgreSQL:\n%+v", lite, pg)
	}
	if int(lite.Version) != store.SchemaVersion() {
		t.Errorf("version %d, want %d", lite.Version, store.SchemaVersion())
	}
	place := func(name string) int {
		return slices.IndexFunc(lite.Tables, func(t store.SchemaTable) bool { return t.Name == name })
	}
	login := lite.Tables[place("login")]
	if !slices.Equal(login.Key, []string{"county_id", "login_id"}) || !slices.Contains(login.Columns, store.Column{Name: "must_change", Type: store.Bool}) ||
		!slices.Contains(login.Columns, store.Column{Name: "failures", Type: store.Int}) {
		t.Errorf("login read as %+v", login)
	}
	for i, table := range lite.Tables {
		for _, r := range table.References {
			if place(r) > i {
				t.Errorf("%s stands before %s, which it refers to", table.Name, r)
			}
		}
	}
	if place("goose_db_version") >= 0 {
		t.Error("the migrator's own table is none of the program's")
	}
}

func TestOpen_MigrateTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	for _, c := range []struct{ to, want int }{{2, 2}, {1, 2}, {0, store.SchemaVersion()}} {
		db, err := store.Open(context.Background(), path, store.Options{MigrateTo: c.to, Readers: 1, Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := readSchema(t, db).Version; int(got) != c.want {
			t.Errorf("migrated to %d: version %d, want %d", c.to, got, c.want)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

var logins = store.NewTable("login", 2, 0, "#county_id", "#login_id", "name", "#person_id", "password_hash", "?must_change", "#failures", "created_at")

func TestAppend_Bool(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var got []bool
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			for _, q := range []string{
				`insert into county (county_id, name, created_at) values (1, '', '')`,
				`insert into unit (county_id, unit_id, code, name, kind, path, mnemonic, valid_from) values (1, 1, '', '', 'county', '/1/', '', '')`,
				`insert into person (county_id, person_id, name, id_sealed, id_hash, id_masked, unit_id, created_at) values (1, 1, '', '', '', '', 1, '')`,
			} {
				if _, err := tx.Exec(q); err != nil {
					return err
				}
			}
			for i := range 20 {
				tx.Append(logins, int64(1), int64(i), string(rune('a'+i)), int64(1), "", i%3 == 0, int64(0), "")
			}
			if err := tx.Settle(); err != nil {
				return err
			}
			rows, err := tx.Query(`select must_change from login where county_id = 1 order by login_id`)
			if err != nil {
				return err
			}
			defer rows.Close()
			got = nil
			for rows.Next() {
				var b bool
				if err := rows.Scan(&b); err != nil {
					return err
				}
				got = append(got, b)
			}
			return rows.Err()
		})
		if err != nil || len(got) != 20 {
			t.Fatalf("%d rows, %v", len(got), err)
		}
		for i, b := range got {
			if b != (i%3 == 0) {
				t.Errorf("row %d: %v", i, b)
			}
		}
	})
}

// What was staged and given up leaves no trace, and a second staging of one database waits for nobody.
func TestStage_OneAtATime(t *testing.T) {
	ctx := context.Background()
	target := storetest.PostgresURL(t)
	first, err := store.Stage(ctx, target, 2, store.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Stage(ctx, target, 2, store.Options{Readers: 1}); err == nil {
		t.Error("two restores into one database at once")
	}
	if err := first.Discard(); err != nil {
		t.Fatal(err)
	}
	second, err := store.Stage(ctx, target, 2, store.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Discard(); err != nil {
		t.Fatal(err)
	}
}
