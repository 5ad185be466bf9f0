package house_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A schema is what one migration file makes, read from its text: enough of SQL for the rules of this package, in the
// plain style that migrations are written in.
type schema struct {
	path   string
	tables []table
	keys   []key // added apart from create table
}

type table struct {
	name    string
	columns []column
	keys    []key
}

type column struct{ name, kind string }

type key struct {
	table, kind string // kind: primary key, unique, foreign key
	columns     []string
	references  string
}

var (
	createTable = regexp.MustCompile(`(?i)\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?(\w+)\s*\(`)
	uniqueIndex = regexp.MustCompile(`(?i)\bcreate\s+unique\s+index\s+(?:if\s+not\s+exists\s+)?\w+\s+on\s+(\w+)\s*\(`)
	addKey      = regexp.MustCompile(`(?is)\balter\s+table\s+(\w+)\s+add\s+(constraint\b[^;]*)`)
	keyClause   = regexp.MustCompile(`(?is)^(?:constraint\s+\w+\s+)?(primary\s+key|unique|foreign\s+key)\s*\(`)
	checkClause = regexp.MustCompile(`(?is)^(?:constraint\s+\w+\s+)?(check|exclude)\b`)
	references  = regexp.MustCompile(`(?i)\breferences\s+(\w+)`)
	sqlComment  = regexp.MustCompile(`--[^\n]*|(?s:/\*.*?\*/)`)
	inlineKey   = regexp.MustCompile(`\bunique\b`)
	spaces      = regexp.MustCompile(`\s+`)
)

func readSchema(t *testing.T) []schema {
	t.Helper()
	tr := load(t)
	var all []schema
	for _, p := range tr.with(migrations, ".sql") {
		all = append(all, parseSchema(p, tr.read(t, p)))
	}
	if len(all) == 0 {
		t.Fatalf("no migrations in %s: nothing would be checked", migrations)
	}
	return all
}

func parseSchema(path, text string) schema {
	text = stripComments(text)
	s := schema{path: path}
	for _, m := range createTable.FindAllStringSubmatchIndex(text, -1) {
		tb := table{name: strings.ToLower(text[m[2]:m[3]])}
		for _, item := range splitTop(inside(text[m[1]-1:])) {
			tb.add(item)
		}
		s.tables = append(s.tables, tb)
	}
	for _, m := range uniqueIndex.FindAllStringSubmatchIndex(text, -1) {
		s.keys = append(s.keys, key{table: strings.ToLower(text[m[2]:m[3]]), kind: "unique", columns: names(inside(text[m[1]-1:]))})
	}
	for _, m := range addKey.FindAllStringSubmatch(text, -1) {
		if k, ok := parseKey(strings.ToLower(m[1]), strings.TrimSpace(m[2])); ok {
			s.keys = append(s.keys, k)
		}
	}
	return s
}

// add reads one line of a create table: a key, a check, or a column with what hangs on it.
func (tb *table) add(item string) {
	if k, ok := parseKey(tb.name, item); ok {
		tb.keys = append(tb.keys, k)
		return
	}
	if item == "" || checkClause.MatchString(item) {
		return
	}
	words := strings.Fields(strings.ToLower(item))
	c := column{name: words[0]}
	if len(words) > 1 {
		c.kind, _, _ = strings.Cut(words[1], "(")
	}
	tb.columns = append(tb.columns, c)
	low := strings.Join(words, " ")
	if strings.Contains(low, "primary key") {
		tb.keys = append(tb.keys, key{table: tb.name, kind: "primary key", columns: []string{c.name}})
	}
	if inlineKey.MatchString(low) {
		tb.keys = append(tb.keys, key{table: tb.name, kind: "unique", columns: []string{c.name}})
	}
	if m := references.FindStringSubmatch(low); m != nil {
		tb.keys = append(tb.keys, key{table: tb.name, kind: "foreign key", columns: []string{c.name}, references: m[1]})
	}
}

func parseKey(tableName, clause string) (key, bool) {
	m := keyClause.FindStringSubmatchIndex(clause)
	if m == nil {
		return key{}, false
	}
	k := key{table: tableName, kind: spaces.ReplaceAllString(strings.ToLower(clause[m[2]:m[3]]), " ")}
	k.columns = names(inside(clause[m[1]-1:]))
	if r := references.FindStringSubmatch(clause); r != nil {
		k.references = strings.ToLower(r[1])
	}
	return k, true
}

// inside gives what stands between the parenthesis that text begins with and the one that closes it.
func inside(text string) string {
	depth := 0
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text[1:i]
			}
		}
	}
	return text[1:]
}

// splitTop splits at commas that no parenthesis encloses.
func splitTop(text string) []string {
	var items []string
	depth, start := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			items = append(items, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	return append(items, strings.TrimSpace(text[start:]))
}

func names(list string) []string {
	var out []string
	for _, item := range splitTop(list) {
		if words := strings.Fields(strings.ToLower(item)); len(words) > 0 {
			out = append(out, words[0])
		}
	}
	return out
}

func stripComments(sql string) string {
	return sqlComment.ReplaceAllString(sql, "")
}

// A literal is a string in Go source; those joined by + are read as one, as SQL is written in pieces.
type literal struct {
	text string
	pos  token.Pos
}

func (f *goFile) strings() []literal {
	var found []literal
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.ADD {
				if text := joined(n); text != "" {
					found = append(found, literal{text, n.Pos()})
					return false
				}
			}
		case *ast.BasicLit:
			if text := joined(n); text != "" {
				found = append(found, literal{text, n.Pos()})
			}
		}
		return true
	})
	return found
}

// joined gives the text of a string, or of a sum of strings with a blank for what is not literal.
func joined(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ := strconv.Unquote(e.Value)
			return text
		}
	case *ast.BinaryExpr:
		return joined(e.X) + " " + joined(e.Y)
	}
	return ""
}

// TestParseSchema holds the reader to what the rules rely on.
func TestParseSchema(t *testing.T) {
	s := parseSchema("x.sql", `-- +goose Up
-- a comment with create table nothing (
create table entry (
	county_id integer not null,
	voucher_id text not null, -- "unique" in a comment
	debit bigint not null check (debit >= 0 and debit in (1, 2)),
	line integer unique,
	constraint entry_pk primary key (county_id, voucher_id, line),
	foreign key (county_id, voucher_id) references voucher (county_id, voucher_id)
);
create unique index entry_by_line on entry (county_id, lower(line)) where line > 0;
alter table entry add constraint entry_once unique (line, county_id);`)
	if len(s.tables) != 1 || len(s.tables[0].columns) != 4 || s.tables[0].columns[2] != (column{"debit", "bigint"}) {
		t.Fatalf("tables read as %+v", s.tables)
	}
	var got []string
	for _, k := range append(s.tables[0].keys, s.keys...) {
		got = append(got, k.table+" "+k.kind+" ("+strings.Join(k.columns, ",")+") "+k.references)
	}
	want := []string{
		"entry unique (line) ",
		"entry primary key (county_id,voucher_id,line) ",
		"entry foreign key (county_id,voucher_id) voucher",
		"entry unique (county_id,lower(line)) ",
		"entry unique (line,county_id) ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("keys read as\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
