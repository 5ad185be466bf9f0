package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"

	_ "modernc.org/sqlite" // the driver, registered as "sqlite"
)

// openSQLite opens a file in write-ahead mode. Pragmas travel in the connection string, so that every connection of
// the pool has them. A large write-ahead log is worth more than a small one here: pages that many vouchers share are
// written back once (docs/decisions/0003-two-engines.md).
func openSQLite(path string, o Options) (*sql.DB, error) {
	synchronous := "FULL"
	if o.Unsafe {
		synchronous = "OFF"
	}
	foreignKeys := "foreign_keys(1)"
	if o.looseKeys {
		foreignKeys = "foreign_keys(0)"
	}
	q := url.Values{}
	for _, pragma := range []string{
		"busy_timeout(10000)",
		"journal_mode(WAL)",
		"synchronous(" + synchronous + ")",
		foreignKeys,
		"wal_autocheckpoint(25000)",
		"cache_size(-16384)",
		"temp_store(MEMORY)",
	} {
		q.Add("_pragma", pragma)
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}
	return sql.Open("sqlite", u.String())
}

// tuneWriter gives the writing connection its larger page cache.
func (db *DB) tuneWriter(ctx context.Context, c *conn, o Options) error {
	if db.engine != SQLite {
		return nil
	}
	return c.exec(ctx, fmt.Sprintf("pragma cache_size = -%d", o.CacheMiB*1024))
}

func (e Engine) beginWrite() string {
	if e == SQLite {
		return "begin immediate"
	}
	return "begin"
}

func (e Engine) beginRead() string {
	if e == SQLite {
		return "begin"
	}
	return "begin isolation level repeatable read read only"
}
