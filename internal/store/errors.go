package store

import (
	"errors"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"xiangzhang/internal/fault"
)

// Violation is a broken constraint of the schema. Domains check before they write, so most are bugs; a unique key
// that a double click runs into is not.
type Violation struct {
	Unique bool
	Cause  error
}

func (v *Violation) Error() string { return "store: constraint violated: " + v.Cause.Error() }

// Unwrap gives the engine's own error.
func (v *Violation) Unwrap() error { return v.Cause }

// IsUnique reports whether err says that a unique key is taken.
func IsUnique(err error) bool {
	var v *Violation
	return errors.As(err, &v) && v.Unique
}

func diskFull(err error) error {
	return fault.New(fault.Conflict, "disk-full", "磁盘空间不足,本次操作没有保存,已保存的数据不受影响",
		"请清理磁盘空间后重试").Because(err)
}

// diskFailed is what the system refuses or cannot do though it does not say that the disk is full: a quota, a limit on
// files, a failing disk.
func diskFailed(err error) error {
	return fault.New(fault.Conflict, "disk-failed", "磁盘读写失败,本次操作没有保存,已保存的数据不受影响",
		"请检查磁盘空间、配额和磁盘状况后重试").Because(err)
}

func busy(err error) error {
	return fault.New(fault.Conflict, "database-busy", "数据库正被另一程序写入,本次操作没有保存", "请稍候重试").Because(err)
}

func damaged(err error) error {
	return fault.New(fault.Refused, "database-damaged", "数据库文件已损坏,不能继续使用",
		"请停止程序,保留原文件,从最近的备份恢复").Because(err)
}

func foreign(err error) error {
	return fault.New(fault.Refused, "database-foreign", "所指的文件不是数据库", "请核对数据文件夹或文件名").Because(err)
}

func readOnly(err error) error {
	return fault.New(fault.Refused, "database-read-only", "数据库不可写,本次操作没有保存", "请检查文件和文件夹的权限,或磁盘、数据库是否设为只读").Because(err)
}

func unreachable(err error) error {
	return fault.New(fault.Refused, "database-unreachable", "打不开数据库", "请检查文件夹是否存在、有无权限;用 PostgreSQL 的,请检查服务是否启动、地址和用户是否正确").Because(err)
}

// mapError tells apart, by code and never by text, what a person can mend from what is unknown.
func mapError(err error) error {
	var known *Violation
	if err == nil || fault.As(err) != nil || errors.As(err, &known) {
		return err
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			return diskFull(err)
		case sqlite3.SQLITE_IOERR:
			return diskFailed(err)
		case sqlite3.SQLITE_CORRUPT:
			return damaged(err)
		case sqlite3.SQLITE_NOTADB:
			return foreign(err)
		case sqlite3.SQLITE_READONLY:
			return readOnly(err)
		case sqlite3.SQLITE_CANTOPEN:
			return unreachable(err)
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return busy(err)
		case sqlite3.SQLITE_CONSTRAINT:
			code := lite.Code()
			return &Violation{Unique: code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, Cause: err}
		}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "53100":
			return diskFull(err)
		case pg.Code == "58030":
			return diskFailed(err)
		case pg.Code == "55P03":
			return busy(err)
		case pg.Code == "25006":
			return readOnly(err)
		case len(pg.Code) == 5 && pg.Code[:2] == "23":
			return &Violation{Unique: pg.Code == "23505", Cause: err}
		}
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return unreachable(err)
	}
	if errors.Is(err, syscall.ENOSPC) {
		return diskFull(err)
	}
	return err
}

// spoils reports whether an error has cost the whole transaction, not only the step.
func spoils(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CORRUPT:
			return true
		}
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return retriable(err) || pg.Code[:2] == "53" || pg.Code[:2] == "57" || pg.Code[:2] == "08"
	}
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || pgconn.SafeToRetry(err) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// retriable reports whether the same step may succeed when it is simply run again.
func retriable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
