package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"xiangzhang/internal/fault"
)

// ErrNoRows is what QueryRow's Scan returns where there is none.
var ErrNoRows = sql.ErrNoRows

// Tx is one step of the writer, or one snapshot of a reader. It must not outlive the function it was given to.
type Tx struct {
	Now time.Time // the step's instant, UTC, fixed at its start

	db       *DB
	conn     *conn
	ctx      context.Context
	readOnly bool

	batch     *batch // what earlier steps of the same commit have handed in
	savepoint bool   // this step has begun to write at once
	rows      rowSet // what this step has handed in
	refused   error  // what was handed in cannot be kept: the step is refused when it ends
	lost      error  // what has cost the whole transaction: nothing is written or read after it
	after     []func()
	local     map[any]any
}

// DB gives the database that the step runs on, for its memo.
func (tx *Tx) DB() *DB { return tx.db }

// Engine says which engine the step runs on.
func (tx *Tx) Engine() Engine { return tx.db.engine }

// ReadOnly tells a reader's snapshot of what is committed from a step of the writer.
func (tx *Tx) ReadOnly() bool { return tx.readOnly }

// Local gives what the step keeps under key for itself, made by build the first time: what it has read or made and is
// too early to show to others.
func Local[V any](tx *Tx, key any, build func() V) V {
	if v, ok := tx.local[key]; ok {
		return v.(V)
	}
	if tx.local == nil {
		tx.local = map[any]any{}
	}
	v := build()
	tx.local[key] = v
	return v
}

// Query runs a query and gives its rows; the caller closes them and checks their error.
func (tx *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	if err := readable(args); err != nil {
		return nil, err
	}
	if err := tx.protectReads(); err != nil {
		return nil, err
	}
	s, err := tx.conn.statement(tx.ctx, query)
	if err != nil {
		return nil, tx.failed(err)
	}
	rows, err := s.QueryContext(tx.ctx, args...)
	return rows, tx.failed(err)
}

// failed maps an error of the engine and remembers one that has cost the whole transaction: SQLite, for one, rolls
// everything back when the disk is full, and a statement after that would commit by itself.
func (tx *Tx) failed(err error) error {
	if err != nil && tx.lost == nil && spoils(err) {
		tx.lost = err
	}
	return mapError(err)
}

// Row is the single row of a query.
type Row struct {
	tx  *Tx
	row *sql.Row
	err error
}

// Scan reads the row; ErrNoRows where there is none.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	return r.tx.failed(r.row.Scan(dest...))
}

// QueryRow runs a query that gives at most one row.
func (tx *Tx) QueryRow(query string, args ...any) Row {
	if err := readable(args); err != nil {
		return Row{err: err}
	}
	if err := tx.protectReads(); err != nil {
		return Row{err: err}
	}
	s, err := tx.conn.statement(tx.ctx, query)
	if err != nil {
		return Row{err: tx.failed(err)}
	}
	return Row{tx: tx, row: s.QueryRowContext(tx.ctx, args...)}
}

// QueryWrite is QueryRow for a statement that writes and returns a row (insert … returning).
func (tx *Tx) QueryWrite(query string, args ...any) Row {
	if err := tx.protect(); err != nil {
		return Row{err: err}
	}
	return tx.QueryRow(query, args...)
}

// Exec writes at once and gives the number of rows that it touched. Guarded rows (counters, appropriations, document
// state) are written this way; append-only rows and balances go through Append and Move.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	if err := readable(args); err != nil {
		return 0, err
	}
	if err := tx.protect(); err != nil {
		return 0, err
	}
	s, err := tx.conn.statement(tx.ctx, query)
	if err != nil {
		return 0, tx.failed(err)
	}
	result, err := s.ExecContext(tx.ctx, args...)
	if err != nil {
		return 0, tx.failed(err)
	}
	n, err := result.RowsAffected()
	return n, tx.failed(err)
}

// Append hands in one row of an append-only table. It is written, sorted with the rest of the commit, before the
// commit, and dropped if the step is refused. values are int64, string, bool or nil, one per column.
func (tx *Tx) Append(t *Table, values ...any) {
	tx.mustWrite()
	if err := readable(values); err != nil {
		tx.refused = err
		return
	}
	tx.rows.append(t, values)
}

// Move adds deltas to the sum columns of the row that key names, making the row where it is missing. Moves of one
// commit are added up first, so that a busy row is touched once.
func (tx *Tx) Move(t *Table, key []any, deltas ...int64) {
	tx.mustWrite()
	if err := readable(key); err != nil {
		tx.refused = err
		return
	}
	tx.rows.move(t, key, deltas)
}

// AfterCommit calls f once the step is durable: for caches, which must never know what a rollback undid. A reader sees
// committed rows only, so there f is called at once.
func (tx *Tx) AfterCommit(f func()) {
	if tx.readOnly {
		f()
		return
	}
	tx.after = append(tx.after, f)
}

// errSettle makes the writer flush what earlier steps handed in and run the step again.
var errSettle = errors.New("store: the step reads rows that are still to be flushed")

// Settle must be called before a step reads tables that are written by Append or Move (balances, entries, vouchers,
// trail): it makes the rows that were handed in so far visible to the step's queries. In a reader it does nothing.
func (tx *Tx) Settle() error {
	if tx.readOnly {
		return nil
	}
	if !tx.batch.rows.empty() {
		tx.refused = errSettle // whatever the step makes of it
		return errSettle
	}
	if tx.rows.empty() {
		return nil
	}
	if err := tx.protect(); err != nil {
		return err
	}
	err := tx.rows.flush(tx.ctx, tx.conn, tx.db.engine)
	tx.rows = rowSet{}
	return tx.failed(err)
}

func (tx *Tx) mustWrite() {
	if tx.readOnly {
		panic("store: a reader may not write")
	}
}

// protect opens the step's savepoint before its first direct write.
func (tx *Tx) protect() error {
	tx.mustWrite()
	if tx.lost != nil {
		return mapError(tx.lost)
	}
	if tx.savepoint {
		return nil
	}
	if err := tx.conn.exec(tx.ctx, "savepoint step"); err != nil {
		return fmt.Errorf("store: savepoint: %w", tx.failed(err))
	}
	tx.savepoint = true
	return nil
}

// protectReads opens the savepoint before the first query too where a failed query would spoil the transaction.
func (tx *Tx) protectReads() error {
	if tx.lost != nil {
		return mapError(tx.lost)
	}
	if tx.readOnly || tx.db.engine == SQLite {
		return nil
	}
	return tx.protect()
}

// readable refuses text that PostgreSQL cannot keep and nobody can read: bytes that are not UTF-8, and the zero byte.
// SQLite would take it, and the county could not change engines.
func readable(values []any) error {
	for _, v := range values {
		if s, ok := v.(string); ok && (!utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0) {
			return fault.New(fault.Invalid, "text-unreadable", "所填文字中有无法辨认的字符,本次操作没有保存",
				"请删去该处文字,用键盘重新输入后再提交")
		}
	}
	return nil
}
