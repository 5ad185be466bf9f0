package store

import (
	"context"
	"errors"
	"fmt"

	"xiangzhang/internal/fault"
)

// Staging is a database in the making. It is filled beside the place where it will live (SQLite: a file in the same
// folder; PostgreSQL: a schema of its own in the same database), brought up to date there, and takes its place in one
// move. Until that move nobody sees any of it; after a failure nothing of it stays.
type Staging struct {
	db     *DB
	place  place
	closed bool
}

// place is where a Staging lies until it is published.
type place interface {
	// open makes an empty database whose foreign keys are not enforced.
	open(ctx context.Context, o Options) (*DB, error)
	// enforceKeys refuses rows that break a foreign key.
	enforceKeys(ctx context.Context, db *DB) error
	// publish moves the closed database to its target, which must still be empty.
	publish(ctx context.Context) error
	// discard removes what is left, after publish as well.
	discard() error
}

// Stage begins a database for target at version of the schema. A target that holds rows is refused.
func Stage(ctx context.Context, target string, version int, o Options) (*Staging, error) {
	var p place = &stagedFile{target: target}
	if IsPostgres(target) {
		p = &stagedSchema{target: target}
	}
	o.MigrateTo, o.Unsafe, o.looseKeys = version, true, true // durable once published, not before
	db, err := p.open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("store.Stage: %w", errors.Join(mapError(err), p.discard()))
	}
	return &Staging{db: db, place: p}, nil
}

// DB is the staged database. Rows come in through Write and Append, in any order of tables.
func (s *Staging) DB() *DB { return s.db }

// Complete checks the foreign keys, brings the schema up to date and closes the database.
func (s *Staging) Complete(ctx context.Context) error {
	if err := s.place.enforceKeys(ctx, s.db); err != nil {
		return fmt.Errorf("store.Staging.Complete: %w", mapError(err))
	}
	if err := migrate(ctx, s.db.pool, s.db.engine, 0); err != nil {
		return fmt.Errorf("store.Staging.Complete: %w", mapError(err))
	}
	return s.close()
}

// Publish puts the completed database in its place, durably.
func (s *Staging) Publish(ctx context.Context) error {
	if err := s.place.publish(ctx); err != nil {
		return fmt.Errorf("store.Staging.Publish: %w", mapError(err))
	}
	return nil
}

// Discard ends the staging and removes what was not published. It may follow any outcome.
func (s *Staging) Discard() error { return errors.Join(s.close(), s.place.discard()) }

func (s *Staging) close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	return s.db.Close()
}

func notEmpty() error {
	return fault.New(fault.Refused, "database-not-empty", "目标数据库中已有数据,恢复不会覆盖任何已有的账", "请指定一个空的数据目录或空的数据库")
}
