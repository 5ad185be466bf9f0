package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// stagedFile stages an SQLite database in a file beside its target.
type stagedFile struct {
	target string
	temp   string
}

func (p *stagedFile) open(ctx context.Context, o Options) (*DB, error) {
	if err := p.checkTarget(ctx); err != nil {
		return nil, err
	}
	dir := filepath.Dir(p.target)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(p.target)+".restore-*")
	if err != nil {
		return nil, err
	}
	p.temp = f.Name()
	if err := f.Close(); err != nil {
		return nil, err
	}
	return Open(ctx, p.temp, o)
}

// checkTarget refuses a target that holds rows, that is no database, or that another program has open.
func (p *stagedFile) checkTarget(ctx context.Context) (err error) {
	info, err := os.Stat(p.target)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: p.target}).EscapedPath(), RawQuery: "mode=rw&_pragma=locking_mode(exclusive)"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return notADatabase(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "begin exclusive"); err != nil { // fails while anybody else has it open
		return notADatabase(err)
	}
	return errors.Join(sqliteEmpty(ctx, conn), rollbackOn(conn))
}

func rollbackOn(c *sql.Conn) error {
	_, err := c.ExecContext(context.Background(), "rollback")
	return err
}

func notADatabase(err error) error {
	var lite *sqlite.Error
	if errors.As(err, &lite) && (lite.Code()&0xff == sqlite3.SQLITE_NOTADB || lite.Code()&0xff == sqlite3.SQLITE_CORRUPT) {
		return errors.Join(notEmpty(), err)
	}
	return mapError(err)
}

func sqliteEmpty(ctx context.Context, c *sql.Conn) error {
	names, err := listNames(ctx, c, `select name from sqlite_master where type = 'table' and name not like 'sqlite\_%' escape '\'`)
	if err != nil {
		return err
	}
	return checkEmpty(ctx, c, names, func(n string) string { return `"` + strings.ReplaceAll(n, `"`, `""`) + `"` })
}

// checkEmpty refuses tables with rows, and tables that no migration of this program has made.
func checkEmpty(ctx context.Context, c *sql.Conn, tables []string, quote func(string) string) error {
	ours := len(tables) == 0
	for _, t := range tables {
		if t == versionTable {
			ours = true
			continue
		}
		var filled bool
		if err := c.QueryRowContext(ctx, "select exists (select 1 from "+quote(t)+")").Scan(&filled); err != nil {
			return err
		}
		if filled {
			return notEmpty()
		}
	}
	if !ours {
		return notEmpty()
	}
	return nil
}

func listNames(ctx context.Context, c *sql.Conn, query string, args ...any) ([]string, error) {
	rows, err := c.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		names = append(names, n)
	}
	return names, rows.Err()
}

func (p *stagedFile) enforceKeys(ctx context.Context, db *DB) error {
	var table string
	err := db.pool.QueryRowContext(ctx, `select "table" from pragma_foreign_key_check limit 1`).Scan(&table)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = &Violation{Cause: fmt.Errorf("a row of %s refers to none", table)}
	}
	return err
}

func (p *stagedFile) publish(ctx context.Context) error {
	if _, err := os.Stat(p.temp + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is still open (%w)", p.temp, err)
	}
	if err := p.checkTarget(ctx); err != nil {
		return err
	}
	f, err := os.OpenFile(p.temp, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm"} { // of the empty target: they would be taken for the new file's
		if err := os.Remove(p.target + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(p.temp, p.target); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(p.target))
}

func (p *stagedFile) discard() error {
	if p.temp == "" {
		return nil
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(p.temp + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
