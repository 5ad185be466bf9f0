package store

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Type is the type of a column that is written in bulk.
type Type int

// The types of columns; each may be null.
const (
	Int Type = iota
	Text
	Bool
)

// Column is one column of a Table.
type Column struct {
	Name string
	Type Type
}

// Table describes a table that is only written by Append and Move. Each such table is one variable of the domain that
// owns it.
type Table struct {
	Name    string
	Columns []Column
	Key     int // this many leading columns are the primary key; rows are written in its order
	Sums    int // this many trailing columns are added up by Move; 0 for an append-only table

	inserts map[int]string // SQL by number of rows
	unnest  string
}

// NewTable declares a table. A leading "#" on a column's name makes it an int, a leading "?" a bool; the others are
// texts.
func NewTable(name string, key, sums int, columns ...string) *Table {
	t := &Table{Name: name, Key: key, Sums: sums, inserts: map[int]string{}}
	for _, c := range columns {
		switch c[0] {
		case '#':
			t.Columns = append(t.Columns, Column{c[1:], Int})
		case '?':
			t.Columns = append(t.Columns, Column{c[1:], Bool})
		default:
			t.Columns = append(t.Columns, Column{c, Text})
		}
	}
	for _, n := range chunkSizes {
		t.inserts[n] = t.insertSQL(n)
	}
	t.unnest = t.unnestSQL()
	return t
}

// chunkSizes are the multi-row inserts that SQLite prepares: few statements, and none near the limit of parameters.
var chunkSizes = []int{64, 8, 1}

func (t *Table) names() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

func (t *Table) onConflict() string {
	if t.Sums == 0 {
		return ""
	}
	var key, sets []string
	for i, c := range t.Columns {
		if i < t.Key {
			key = append(key, c.Name)
		}
		if i >= len(t.Columns)-t.Sums {
			sets = append(sets, fmt.Sprintf("%s = %s.%s + excluded.%s", c.Name, t.Name, c.Name, c.Name))
		}
	}
	return fmt.Sprintf(" on conflict (%s) do update set %s", strings.Join(key, ", "), strings.Join(sets, ", "))
}

// insertSQL is SQLite's: its parameters have no names, because the driver looks each name up in a list, which in a
// statement of hundreds of parameters costs more than the insert.
func (t *Table) insertSQL(rows int) string {
	row := "(" + strings.Repeat("?, ", len(t.Columns)-1) + "?)"
	return fmt.Sprintf("insert into %s (%s) values %s%s%s", t.Name, t.names(), strings.Repeat(row+", ", rows-1), row, t.onConflict())
}

func (t *Table) unnestSQL() string {
	var arrays []string
	for i, c := range t.Columns {
		kind := [...]string{Int: "bigint", Text: "text", Bool: "boolean"}[c.Type]
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", i+1, kind))
	}
	return fmt.Sprintf("insert into %s (%s) select * from unnest(%s)%s", t.Name, t.names(), strings.Join(arrays, ", "), t.onConflict())
}

// tableRows are the rows handed in for one table, in order; moves are found again by their encoded key.
type tableRows struct {
	table *Table
	rows  [][]any
	moved map[string]int
}

// rowSet is what a step, or a whole commit, has handed in.
type rowSet struct {
	tables []*tableRows
}

func (s *rowSet) empty() bool { return len(s.tables) == 0 }

func (s *rowSet) of(t *Table) *tableRows {
	for _, r := range s.tables {
		if r.table == t {
			return r
		}
	}
	r := &tableRows{table: t}
	if t.Sums > 0 {
		r.moved = map[string]int{}
	}
	s.tables = append(s.tables, r)
	return r
}

func (s *rowSet) append(t *Table, values []any) {
	if len(values) != len(t.Columns) || t.Sums > 0 {
		panic(fmt.Sprintf("store: %d values appended to %s", len(values), t.Name))
	}
	r := s.of(t)
	r.rows = append(r.rows, values)
}

func (s *rowSet) move(t *Table, key []any, deltas []int64) {
	if len(key) != t.Key || len(deltas) != t.Sums || t.Key+t.Sums != len(t.Columns) {
		panic(fmt.Sprintf("store: key of %d and %d sums moved on %s", len(key), len(deltas), t.Name))
	}
	r := s.of(t)
	encoded := encodeKey(key)
	if i, ok := r.moved[encoded]; ok {
		row := r.rows[i]
		for j, d := range deltas {
			row[t.Key+j] = row[t.Key+j].(int64) + d
		}
		return
	}
	row := make([]any, 0, len(t.Columns))
	row = append(row, key...)
	for _, d := range deltas {
		row = append(row, d)
	}
	r.moved[encoded] = len(r.rows)
	r.rows = append(r.rows, row)
}

// merge takes over the rows of a step that was accepted.
func (s *rowSet) merge(step rowSet) {
	for _, r := range step.tables {
		if r.table.Sums == 0 {
			into := s.of(r.table)
			into.rows = append(into.rows, r.rows...)
			continue
		}
		deltas := make([]int64, r.table.Sums)
		for _, row := range r.rows {
			for j := range deltas {
				deltas[j] = row[r.table.Key+j].(int64)
			}
			s.move(r.table, row[:r.table.Key], deltas)
		}
	}
}

func encodeKey(key []any) string {
	b := make([]byte, 0, 64)
	for _, k := range key {
		switch v := k.(type) {
		case int64:
			b = binary.AppendVarint(append(b, 'i'), v)
		case string:
			b = binary.AppendUvarint(append(b, 's'), uint64(len(v)))
			b = append(b, v...)
		default:
			panic(fmt.Sprintf("store: a key of type %T", k))
		}
	}
	return string(b)
}

func compareKeys(a, b []any, n int) int {
	for i := range n {
		var c int
		switch v := a[i].(type) {
		case int64:
			c = cmp.Compare(v, b[i].(int64))
		case string:
			c = strings.Compare(v, b[i].(string))
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// flush writes all rows, each table's sorted by its key: neighbours share pages, and two processes lock in one order.
func (s *rowSet) flush(ctx context.Context, c *conn, engine Engine) error {
	slices.SortFunc(s.tables, func(a, b *tableRows) int { return strings.Compare(a.table.Name, b.table.Name) })
	for _, r := range s.tables {
		slices.SortStableFunc(r.rows, func(a, b []any) int { return compareKeys(a, b, r.table.Key) })
		write := flushMultiRow
		if engine == PostgreSQL {
			write = flushUnnest
		}
		if err := write(ctx, c, r); err != nil {
			return fmt.Errorf("store: flush %s: %w", r.table.Name, err)
		}
	}
	return nil
}

func flushMultiRow(ctx context.Context, c *conn, r *tableRows) error {
	args := make([]any, 0, chunkSizes[0]*len(r.table.Columns))
	rows := r.rows
	for _, n := range chunkSizes {
		for len(rows) >= n {
			s, err := c.statement(ctx, r.table.inserts[n])
			if err != nil {
				return err
			}
			args = args[:0]
			for _, row := range rows[:n] {
				args = append(args, row...)
			}
			if _, err := s.ExecContext(ctx, args...); err != nil {
				return err
			}
			rows = rows[n:]
		}
	}
	return nil
}

// unnestRows bounds the arrays of one statement.
const unnestRows = 10_000

func flushUnnest(ctx context.Context, c *conn, r *tableRows) error {
	s, err := c.statement(ctx, r.table.unnest)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(r.rows, unnestRows) {
		args := make([]any, len(r.table.Columns))
		for i, column := range r.table.Columns {
			args[i] = columnArray(chunk, i, column.Type)
		}
		if _, err := s.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

func columnArray(rows [][]any, i int, t Type) any {
	switch t {
	case Int:
		return arrayOf[int64](rows, i)
	case Bool:
		return arrayOf[bool](rows, i)
	default:
		return arrayOf[string](rows, i)
	}
}

// arrayOf gives column i of the rows; nil stands for null.
func arrayOf[T any](rows [][]any, i int) []*T {
	values := make([]*T, len(rows))
	for j, row := range rows {
		if v, ok := row[i].(T); ok {
			values[j] = &v
		}
	}
	return values
}
