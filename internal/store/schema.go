package store

import (
	"fmt"
	"slices"
	"strings"
)

// Schema is what a database holds, read from the engine's own catalogue, so that whoever copies a database copies
// tables that were made after him.
type Schema struct {
	Version int           // number of the last migration
	Tables  []SchemaTable // a table stands behind those that it refers to
}

// SchemaTable is one table of a Schema.
type SchemaTable struct {
	Name       string
	Columns    []Column
	Key        []string // columns of the primary key
	References []string // tables that foreign keys name
}

// versionTable is where the migrator keeps what it has done.
const versionTable = "goose_db_version"

// ReadSchema reads the schema as the snapshot shows it.
func ReadSchema(tx *Tx) (Schema, error) {
	var s Schema
	err := tx.QueryRow(`select cast(coalesce(max(version_id), 0) as bigint) from ` + versionTable + ` where is_applied`).Scan(&s.Version)
	if err != nil {
		return s, fmt.Errorf("store.ReadSchema: %w", err)
	}
	columns, references := sqliteColumns, sqliteReferences
	if tx.Engine() == PostgreSQL {
		columns, references = postgresColumns, postgresReferences
	}
	tables := map[string]*SchemaTable{}
	if err := readColumns(tx, columns, tables); err != nil {
		return s, fmt.Errorf("store.ReadSchema: %w", err)
	}
	if err := readReferences(tx, references, tables); err != nil {
		return s, fmt.Errorf("store.ReadSchema: %w", err)
	}
	s.Tables = inOrder(tables)
	return s, nil
}

// Both engines' catalogues as rows of table, column, type and place in the primary key (0: not part of it).
const (
	sqliteColumns = `select m.name, c.name, lower(c.type), c.pk
		from sqlite_master m, pragma_table_info(m.name) c
		where m.type = 'table' and m.name not like 'sqlite\_%' escape '\' and m.name <> '` + versionTable + `'
		order by m.name, c.cid`
	postgresColumns = `select c.relname, a.attname, format_type(a.atttypid, null), coalesce(array_position(k.conkey, a.attnum), 0)
		from pg_class c
		join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
		where c.relnamespace = cast(current_schema() as regnamespace) and c.relkind = 'r' and c.relname <> '` + versionTable + `'
		order by c.relname, a.attnum`
	sqliteReferences = `select m.name, f."table" from sqlite_master m, pragma_foreign_key_list(m.name) f
		where m.type = 'table' order by m.name, f."table"`
	postgresReferences = `select c.relname, r.relname
		from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class r on r.oid = k.confrelid
		where k.contype = 'f' and c.relnamespace = cast(current_schema() as regnamespace)
		order by c.relname, r.relname`
)

func readColumns(tx *Tx, query string, tables map[string]*SchemaTable) error {
	rows, err := tx.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	places := map[string]map[int]string{} // table → place in the key → column
	for rows.Next() {
		var table, column, kind string
		var place int
		if err := rows.Scan(&table, &column, &kind, &place); err != nil {
			return err
		}
		t, ok := columnTypes[kind]
		if !ok {
			return fmt.Errorf("column %s.%s is of the unknown type %q", table, column, kind)
		}
		if tables[table] == nil {
			tables[table] = &SchemaTable{Name: table}
			places[table] = map[int]string{}
		}
		tables[table].Columns = append(tables[table].Columns, Column{column, t})
		if place > 0 {
			places[table][place] = column
		}
	}
	for name, key := range places {
		for place := 1; place <= len(key); place++ {
			tables[name].Key = append(tables[name].Key, key[place])
		}
	}
	return rows.Err()
}

// columnTypes are the types that migrations use.
var columnTypes = map[string]Type{"text": Text, "bigint": Int, "integer": Int, "boolean": Bool}

func readReferences(tx *Tx, query string, tables map[string]*SchemaTable) error {
	rows, err := tx.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var from, to string
		if err := rows.Scan(&from, &to); err != nil {
			return err
		}
		if t := tables[from]; t != nil && !slices.Contains(t.References, to) {
			t.References = append(t.References, to)
		}
	}
	return rows.Err()
}

// inOrder sorts tables by name, each behind those that it refers to. A table may refer to itself; should tables refer
// to each other in a circle, the first by name comes first.
func inOrder(tables map[string]*SchemaTable) []SchemaTable {
	var ordered []SchemaTable
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] || tables[name] == nil {
			return
		}
		seen[name] = true
		for _, r := range tables[name].References {
			visit(r)
		}
		ordered = append(ordered, *tables[name])
	}
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	slices.SortFunc(names, strings.Compare)
	for _, name := range names {
		visit(name)
	}
	return ordered
}
