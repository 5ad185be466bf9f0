package store

import (
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPostgres opens a PostgreSQL database through database/sql, so that both engines share one path.
func openPostgres(target string, o Options) (*sql.DB, error) {
	config, err := pgx.ParseConfig(target)
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["timezone"] = "UTC"
	config.RuntimeParams["application_name"] = "xiangzhang"
	config.RuntimeParams["lock_timeout"] = "10000" // ms: as long as SQLite waits for another program
	if o.schema != "" {
		config.RuntimeParams["search_path"] = o.schema
	}
	if o.Unsafe {
		config.RuntimeParams["synchronous_commit"] = "off"
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(o.Readers + 2)
	return db, nil
}
