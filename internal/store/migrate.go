package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"

	"xiangzhang/internal/fault"
)

//go:embed migrate/*.sql
var migrations embed.FS

var textColumn = regexp.MustCompile(`\btext\b`)

// adapt makes the one schema fit an engine. "/* clustered */" after a table marks it as stored in the order of its
// primary key: SQLite keeps such a table without a separate row number. On PostgreSQL text compares byte by byte, as
// it does on SQLite, whatever the server's locale is.
func adapt(schema string, engine Engine) string {
	if engine == SQLite {
		return strings.ReplaceAll(schema, "/* clustered */", "without rowid")
	}
	return textColumn.ReplaceAllString(schema, `text collate "C"`)
}

func migrationFiles(engine Engine) (fs.FS, error) {
	adapted := fstest.MapFS{}
	entries, err := fs.ReadDir(migrations, "migrate")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		text, err := fs.ReadFile(migrations, "migrate/"+e.Name())
		if err != nil {
			return nil, err
		}
		adapted[e.Name()] = &fstest.MapFile{Data: []byte(adapt(string(text), engine))}
	}
	return adapted, nil
}

// migrate brings the schema to a version, the newest where to is 0, and refuses a database that a newer program has
// written. It never goes back.
func migrate(ctx context.Context, db *sql.DB, engine Engine, to int) error {
	files, err := migrationFiles(engine)
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	if engine == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	provider, err := goose.NewProvider(dialect, db, files)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	current, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if current > newest {
		return fault.Newf(fault.Refused, "database-newer", "请用写入该库的新版程序打开,或恢复到旧版程序的备份",
			"数据库结构为第 %d 版,新于本程序支持的第 %d 版", current, newest)
	}
	goal := newest
	if to > 0 {
		goal = min(int64(to), newest)
	}
	if current < goal {
		if _, err := provider.UpTo(ctx, goal); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	return nil
}

// SchemaVersion gives the number of the newest migration that this program knows.
func SchemaVersion() int {
	entries, err := fs.ReadDir(migrations, "migrate")
	if err != nil {
		panic(err) // embedded
	}
	return len(entries)
}
