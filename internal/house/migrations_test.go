package house_test

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const migrations = "internal/store/migrate"

// referenceTables hold official tables, the same for every county, and what belongs to the database as a whole; a
// county distributed over several machines has a copy on each. Every other table is keyed by county.
var referenceTables = []string{"edition", "edition_account", "edition_class"}

// TestMigrations_Numbered: goose runs them by number, and two changes that took the same one must not both land.
func TestMigrations_Numbered(t *testing.T) {
	name := regexp.MustCompile(`^(\d{4})_[a-z][a-z0-9_]*?(\.sqlite|\.postgres)?\.sql$`)
	tr := load(t)
	engines := map[int][]string{} // number → "" for both engines, or the engines of a pair
	for _, p := range tr.with(migrations, ".sql") {
		m := name.FindStringSubmatch(path.Base(p))
		if m == nil {
			t.Errorf("%s: a migration is named 0001_subject.sql, or 0001_subject.sqlite.sql beside 0001_subject.postgres.sql where the engines force it", p)
			continue
		}
		n, _ := strconv.Atoi(m[1])
		engines[n] = append(engines[n], m[2])
	}
	next := 1
	for _, n := range slices.Sorted(maps.Keys(engines)) {
		if n != next {
			t.Errorf("migration %04d follows %04d: the numbers have no gaps", n, next-1)
		}
		next = n + 1
		slices.Sort(engines[n])
		if e := engines[n]; !slices.Equal(e, []string{""}) && !slices.Equal(e, []string{".postgres", ".sqlite"}) {
			t.Errorf("migration %04d exists %d times: one subject has one number; a pair is one file for each engine", n, len(e))
		}
	}
}

// TestMigrations_Forward: each says what it is for, and none goes back: a county's book is restored, not downgraded.
func TestMigrations_Forward(t *testing.T) {
	tr := load(t)
	for _, p := range tr.with(migrations, ".sql") {
		text := tr.read(t, p)
		if !strings.Contains(text, "-- +goose Up") {
			t.Errorf("%s: no line \"-- +goose Up\"", p)
		}
		if strings.Contains(text, "-- +goose Down") {
			t.Errorf("%s: migrations only go forward; the way back is restore", p)
		}
		if !regexp.MustCompile(`(?m)^-- [^+]`).MatchString(text) {
			t.Errorf("%s: a comment says the one subject of the migration", p)
		}
	}
}

// TestMigrations_KeysLeadWithCounty: county_id leads every primary, unique and foreign key of a county table, so
// that the same schema can be distributed by county.
func TestMigrations_KeysLeadWithCounty(t *testing.T) {
	for _, s := range readSchema(t) {
		for _, table := range s.tables {
			if !slices.Contains(referenceTables, table.name) {
				checkCountyTable(t, s.path, table)
			}
		}
		for _, k := range s.keys {
			if !slices.Contains(referenceTables, k.table) {
				checkKey(t, s.path, k)
			}
		}
	}
}

func checkCountyTable(t *testing.T, file string, table table) {
	t.Helper()
	if !slices.ContainsFunc(table.columns, func(c column) bool { return c.name == "county_id" }) {
		t.Errorf("%s: table %s has no county_id: every table is a county's; one that holds official data for all is listed in referenceTables", file, table.name)
		return
	}
	primary := 0
	for _, k := range table.keys {
		if k.kind == "primary key" {
			primary++
		}
		checkKey(t, file, k)
	}
	if primary != 1 {
		t.Errorf("%s: table %s has %d primary keys, want one that begins with county_id", file, table.name, primary)
	}
}

func checkKey(t *testing.T, file string, k key) {
	t.Helper()
	if k.kind == "foreign key" && slices.Contains(referenceTables, k.references) {
		return
	}
	if len(k.columns) == 0 || k.columns[0] != "county_id" {
		t.Errorf("%s: table %s: %s (%s) does not begin with county_id", file, k.table, k.kind, strings.Join(k.columns, ", "))
	}
}

// moneyColumn finds columns that hold amounts by what they are called.
var moneyColumn = regexp.MustCompile(`(^|_)(amount|budget|debit|credit|balance|appropriated|approved|adjusted|held|spent|fen|price|fee|paid|payable)(_|$)`)

// TestMigrations_MoneyIsBigint: amounts are whole fen; PostgreSQL's integer ends at 21 million yuan.
func TestMigrations_MoneyIsBigint(t *testing.T) {
	inexact := []string{"real", "double", "float", "numeric", "decimal", "money"}
	for _, s := range readSchema(t) {
		for _, table := range s.tables {
			for _, c := range table.columns {
				switch {
				case slices.Contains(inexact, c.kind):
					t.Errorf("%s: %s.%s is %s: amounts are bigint fen, shares are computed", s.path, table.name, c.name, c.kind)
				case c.kind == "integer" && moneyColumn.MatchString(c.name):
					t.Errorf("%s: %s.%s is integer: an amount is bigint fen", s.path, table.name, c.name)
				}
			}
		}
	}
}

// TestSQL_SpeaksBothDialects refuses what one of the engines, or a database distributed by county, would refuse.
func TestSQL_SpeaksBothDialects(t *testing.T) {
	tr := load(t)
	for _, p := range tr.with("internal", ".sql") {
		text := stripComments(tr.read(t, p))
		for _, w := range sqlBans(p) {
			if found := w.pattern.FindString(text); found != "" {
				t.Errorf("%s: %q: %s", p, found, w.instead)
			}
		}
	}
	for _, f := range tr.goFiles(t) {
		if under(f.dir, "internal/house") {
			continue
		}
		for _, lit := range f.strings() {
			if !looksLikeSQL.MatchString(lit.text) {
				continue
			}
			for _, w := range sqlBans(f.path) {
				if found := w.pattern.FindString(lit.text); found != "" {
					t.Errorf("%s: %q: %s", f.at(lit.pos), found, w.instead)
				}
			}
		}
	}
}

var looksLikeSQL = regexp.MustCompile(`(?is)\b(select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from|create\s+(table|view|trigger|index)|alter\s+table)\b`)

type sqlBan struct {
	pattern *regexp.Regexp
	instead string
	allowed []string
}

var sqlWords = []sqlBan{
	{pattern: regexp.MustCompile(`(?i)\bfor\s+update\b`), instead: "one writer needs no row locks; guard the row in the update itself"},
	{pattern: regexp.MustCompile(`(?i)\b(rollup|cube)\s*\(|\bgrouping\s+sets\b`), instead: "parents are added up by the statement engine"},
	{pattern: regexp.MustCompile(`(?i)\bnow\(\)|\bcurrent_(timestamp|date|time)\b`), instead: "the instant is tx.Now, given as a parameter"},
	{pattern: regexp.MustCompile(`(?i)\bcreate\s+(or\s+replace\s+)?trigger\b`), instead: "what must happen with a row is done by the step that writes it"},
	{
		// SQLite keeps a table in the order of its key only so; PostgreSQL does not know the words.
		pattern: regexp.MustCompile(`(?i)\bwithout\s+rowid\b`), instead: "the migrator adds it on SQLite",
		allowed: []string{"internal/store"},
	},
}

// sqlBans gives the bans that hold for a file; a migration for both engines is nowhere excepted.
func sqlBans(file string) []sqlBan {
	shared := strings.HasSuffix(file, ".sql") && !strings.HasSuffix(file, ".sqlite.sql")
	return slices.DeleteFunc(slices.Clone(sqlWords), func(b sqlBan) bool { return !shared && underAny(file, b.allowed) })
}
