// Package store opens the database on either engine, runs transactions and maps what the engine says into errors.
//
// SQLite (pure Go, the default) and PostgreSQL take the same SQL: one dialect subset, placeholders $1, ISO text for
// dates and instants, bigint fen for money. What differs between the engines stays in this package: how a connection
// is opened, how rows are flushed in bulk, what an error code means.
//
// All writing goes through one writer per process that commits in groups: steps of concurrent requests run one after
// another inside one transaction, each under its own savepoint, and every caller is answered only after the durable
// commit. A refused step rolls back alone. Readers see the last commit, on connections of their own.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Engine names a database engine.
type Engine string

// The engines that every test of the domain runs on.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine  Engine
	pool    *sql.DB // every connection comes from here
	writer  *writer
	readers chan *conn
	closed  chan struct{} // no longer open once Close has begun
	close   func() error
	clock   func() time.Time
	memo    sync.Map
}

// Options say how a database is opened. The zero value is how a server opens it.
type Options struct {
	Clock    func() time.Time // instant of a step; the system's clock where nil
	CacheMiB int              // page cache of the SQLite writer; 64 where zero, 256 suits a bulk import
	Unsafe   bool             // commits need not survive a power cut: for tests and throw-away databases
	Readers  int              // reading connections; twice the processors where zero

	// MigrateTo stops the migrations at a version; all of them where zero. Only what takes over the data of an older
	// program wants less than all.
	MigrateTo int

	schema    string // of PostgreSQL; the server's default where empty
	looseKeys bool   // foreign keys are not enforced
}

// Open opens the database at target and brings its schema up to date. target is a postgres:// URL or the path of an
// SQLite file, which is made where it is missing. A database newer than the program is refused.
func Open(ctx context.Context, target string, o Options) (*DB, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.CacheMiB == 0 {
		o.CacheMiB = 64
	}
	if o.Readers == 0 {
		o.Readers = 2 * runtime.GOMAXPROCS(0)
	}
	db := &DB{engine: SQLite, clock: o.Clock, closed: make(chan struct{})}
	db.close = sync.OnceValue(db.closeAll)
	var err error
	if IsPostgres(target) {
		db.engine = PostgreSQL
		db.pool, err = openPostgres(target, o)
	} else {
		db.pool, err = openSQLite(target, o)
	}
	if err != nil {
		return nil, fmt.Errorf("store.Open: %w", mapError(err))
	}
	if err := migrate(ctx, db.pool, db.engine, o.MigrateTo); err != nil {
		db.pool.Close()
		return nil, fmt.Errorf("store.Open: %w", mapError(err))
	}
	first, err := db.connect(ctx)
	if err != nil {
		db.pool.Close()
		return nil, fmt.Errorf("store.Open: %w", mapError(err))
	}
	if err := db.tuneWriter(ctx, first, o); err != nil {
		db.pool.Close()
		return nil, fmt.Errorf("store.Open: %w", mapError(err))
	}
	db.readers = make(chan *conn, o.Readers)
	for range o.Readers {
		db.readers <- nil // opened when first needed
	}
	db.writer = newWriter(db, first)
	go db.writer.run()
	return db, nil
}

// IsPostgres reports whether a target names a PostgreSQL database.
func IsPostgres(target string) bool {
	return strings.HasPrefix(target, "postgres://") || strings.HasPrefix(target, "postgresql://")
}

// Engine says which engine the database runs on.
func (db *DB) Engine() Engine { return db.engine }

// Close finishes the steps and reads that are under way, refuses further ones and closes every connection. A second call
// gives what the first gave.
func (db *DB) Close() error { return db.close() }

func (db *DB) closeAll() error {
	close(db.closed)
	db.writer.stop()
	for range cap(db.readers) {
		if c := <-db.readers; c != nil {
			c.close()
		}
	}
	return db.pool.Close()
}

// Memo gives the process-wide value kept under key, made by build the first time: caches of rows that never change.
func (db *DB) Memo(key any, build func() any) any {
	if v, ok := db.memo.Load(key); ok {
		return v
	}
	v, _ := db.memo.LoadOrStore(key, build())
	return v
}

// Memoed gives the value that Memo keeps under key, if there is one.
func (db *DB) Memoed(key any) (any, bool) { return db.memo.Load(key) }

// Write runs step as one step of the database: its rows, its trail and its balances become durable together, or not
// at all. It returns after the commit. step may run more than once (after a deadlock or a full disk) and must not
// touch anything but tx and values that it sets anew each time.
func (db *DB) Write(ctx context.Context, step func(tx *Tx) error) error {
	return db.writer.do(ctx, step)
}

// Read runs f on a consistent snapshot of the last commit. Nothing it does is kept. Once the database closes it is
// refused at once.
func (db *DB) Read(ctx context.Context, f func(tx *Tx) error) (err error) {
	var c *conn
	select {
	case <-db.closed: // or else a connection that comes back to be closed might be taken
		return errClosed
	default:
	}
	select {
	case c = <-db.readers:
	case <-db.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { db.readers <- c }()
	if c == nil {
		if c, err = db.connect(ctx); err != nil {
			return fmt.Errorf("store.Read: %w", mapError(err))
		}
	}
	if err = c.exec(ctx, db.engine.beginRead()); err != nil {
		c.close()
		c = nil
		return fmt.Errorf("store.Read: %w", mapError(err))
	}
	defer func() {
		if rollback := c.exec(context.WithoutCancel(ctx), "rollback"); rollback != nil {
			c.close()
			c = nil
		}
	}()
	// Rows that break off in the middle tell so to f, past the queries that map errors.
	return mapError(f(&Tx{Now: db.clock().UTC(), db: db, conn: c, ctx: ctx, readOnly: true}))
}

// conn is one connection with its prepared statements, kept for as long as the connection lives.
type conn struct {
	*sql.Conn
	prepared map[string]*sql.Stmt
}

// Prepared gives the texts of what was read so far, each once: tests look at how the engine reads it. It waits until nobody
// reads.
func (db *DB) Prepared() []string {
	texts := map[string]bool{}
	var idle []*conn
	for range cap(db.readers) {
		c := <-db.readers
		if idle = append(idle, c); c != nil {
			for text := range c.prepared {
				texts[text] = true
			}
		}
	}
	for _, c := range idle {
		db.readers <- c
	}
	return slices.Sorted(maps.Keys(texts))
}

func (db *DB) connect(ctx context.Context) (*conn, error) {
	c, err := db.pool.Conn(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, prepared: map[string]*sql.Stmt{}}, nil
}

func (c *conn) close() {
	for _, s := range c.prepared {
		s.Close()
	}
	c.Conn.Close()
}

func (c *conn) exec(ctx context.Context, query string) error {
	_, err := c.ExecContext(ctx, query)
	return err
}

// statement prepares a query once per connection. The program's queries are a fixed set, so the map stays small.
func (c *conn) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := c.prepared[query]; ok {
		return s, nil
	}
	s, err := c.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	c.prepared[query] = s
	return s, nil
}
