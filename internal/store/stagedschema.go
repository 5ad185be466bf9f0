package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"xiangzhang/internal/fault"
)

// stagedSchema stages a database in a schema of its own beside the one where it will live.
type stagedSchema struct {
	target string
	pool   *sql.DB
	conn   *sql.Conn // holds the lock that keeps a second staging out
	home   string    // schema where the database will live
	keys   []foreignKey
	made   bool
}

type foreignKey struct{ table, name, definition string }

const (
	stagingSchema = "xiangzhang_restore"
	stagingLock   = 0x7869616e677a68 // "xiangzh"
)

func (p *stagedSchema) open(ctx context.Context, o Options) (*DB, error) {
	var err error
	if p.pool, err = openPostgres(p.target, Options{Readers: 2}); err != nil {
		return nil, err
	}
	if p.conn, err = p.pool.Conn(ctx); err != nil {
		return nil, err
	}
	var free bool
	err = p.conn.QueryRowContext(ctx, `select coalesce(current_schema(), ''), pg_try_advisory_lock($1)`, int64(stagingLock)).Scan(&p.home, &free)
	if err != nil {
		return nil, err
	}
	if !free {
		return nil, fault.New(fault.Conflict, "restore-running", "另一个恢复正在写入该数据库", "请等它结束后再试")
	}
	if err := p.checkTarget(ctx); err != nil {
		return nil, err
	}
	// What a restore left behind that was cut off is nobody's: the lock is ours.
	for _, statement := range []string{`drop schema if exists ` + stagingSchema + ` cascade`, `create schema ` + stagingSchema} {
		if _, err := p.conn.ExecContext(ctx, statement); err != nil {
			return nil, mayNotCreate(err)
		}
	}
	p.made = true
	o.schema = stagingSchema
	db, err := Open(ctx, p.target, o)
	if err != nil {
		return nil, err
	}
	if err := p.dropKeys(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func mayNotCreate(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" {
		return fault.New(fault.Refused, "database-no-right", "数据库用户无权建立模式,不能恢复",
			"请以数据库所有者的身份恢复,或由管理员执行 grant create on database").Because(err)
	}
	return err
}

func (p *stagedSchema) tables(ctx context.Context, schema string) ([]string, error) {
	return listNames(ctx, p.conn, `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = $1 and c.relkind = 'r' order by c.relname`, schema)
}

func (p *stagedSchema) qualify(schema string) func(table string) string {
	return func(table string) string { return pgx.Identifier{schema, table}.Sanitize() }
}

func (p *stagedSchema) checkTarget(ctx context.Context) error {
	tables, err := p.tables(ctx, p.home)
	if err != nil {
		return err
	}
	return checkEmpty(ctx, p.conn, tables, p.qualify(p.home))
}

// dropKeys takes the foreign keys off while rows come in: they may refer to rows that come later.
func (p *stagedSchema) dropKeys(ctx context.Context, db *DB) error {
	rows, err := db.pool.QueryContext(ctx, `select c.relname, k.conname, pg_get_constraintdef(k.oid)
		from pg_constraint k join pg_class c on c.oid = k.conrelid
		where k.contype = 'f' and c.relnamespace = cast(current_schema() as regnamespace) order by c.relname, k.conname`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k foreignKey
		if err := rows.Scan(&k.table, &k.name, &k.definition); err != nil {
			return err
		}
		p.keys = append(p.keys, k)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, k := range p.keys {
		if _, err := db.pool.ExecContext(ctx, "alter table "+k.table+" drop constraint "+k.name); err != nil {
			return err
		}
	}
	return nil
}

func (p *stagedSchema) enforceKeys(ctx context.Context, db *DB) error {
	for _, k := range p.keys {
		if _, err := db.pool.ExecContext(ctx, "alter table "+k.table+" add constraint "+k.name+" "+k.definition); err != nil {
			return err
		}
	}
	return nil
}

// publish moves every table in one transaction; the tables of the empty database make room.
func (p *stagedSchema) publish(ctx context.Context) error {
	if _, err := p.conn.ExecContext(ctx, "begin"); err != nil {
		return err
	}
	err := p.move(ctx)
	if err == nil {
		_, err = p.conn.ExecContext(ctx, "commit")
	}
	if err != nil {
		return errors.Join(err, rollbackOn(p.conn))
	}
	p.made = false
	return nil
}

func (p *stagedSchema) move(ctx context.Context) error {
	old, err := p.tables(ctx, p.home)
	if err != nil {
		return err
	}
	staged, err := p.tables(ctx, stagingSchema)
	if err != nil {
		return err
	}
	var statements []string
	if len(old) > 0 {
		qualified := make([]string, len(old))
		for i, t := range old {
			qualified[i] = p.qualify(p.home)(t)
		}
		all := strings.Join(qualified, ", ")
		if _, err := p.conn.ExecContext(ctx, "lock table "+all+" in access exclusive mode"); err != nil {
			return err
		}
		if err := p.checkTarget(ctx); err != nil {
			return err
		}
		statements = append(statements, "drop table "+all)
	}
	for _, t := range staged {
		statements = append(statements, "alter table "+p.qualify(stagingSchema)(t)+" set schema "+pgx.Identifier{p.home}.Sanitize())
	}
	for _, s := range append(statements, "drop schema "+stagingSchema) {
		if _, err := p.conn.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (p *stagedSchema) discard() error {
	if p.pool == nil {
		return nil
	}
	var err error
	if p.made {
		_, err = p.conn.ExecContext(context.Background(), `drop schema if exists `+stagingSchema+` cascade`)
	}
	if p.conn != nil {
		// The server ends a lock some time after its connection; whoever comes next should not meet it.
		_, unlock := p.conn.ExecContext(context.Background(), `select pg_advisory_unlock_all()`)
		err = errors.Join(err, unlock, p.conn.Close())
	}
	return errors.Join(err, p.pool.Close())
}
