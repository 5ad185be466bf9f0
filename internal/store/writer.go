package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"xiangzhang/internal/fault"
)

const (
	// batchMost bounds how many steps one commit carries.
	batchMost = 512
	// batchWait is how long a commit waits for callers that were answered by the last one and are about to return.
	batchWait = 300 * time.Microsecond
	// batchLong is after how much work a commit takes no further steps, so that nobody waits long for his answer.
	batchLong = 50 * time.Millisecond
)

// writer is the one goroutine that writes. Callers hand it steps; it commits them in groups.
type writer struct {
	db    *DB
	conn  *conn
	queue chan *request

	mu     sync.RWMutex // held for reading while a caller hands in, for writing by stop
	closed bool
	done   chan struct{}
}

type request struct {
	ctx     context.Context
	step    func(tx *Tx) error
	answer  chan error
	refusal error    // what the step was refused with; nil where it was accepted
	after   []func() // to be called once the step is durable
}

// reply gives the caller his answer, once. A refusal waits for the commit too: it may rest on what an earlier step of
// the same commit did, which is not so before that commit.
func (r *request) reply(err error) {
	if err == nil {
		err = r.refusal
	}
	if err == nil {
		for _, f := range r.after {
			f()
		}
	}
	r.answer <- err
}

// batch is one commit in the making: what its accepted steps have handed in.
type batch struct {
	rows rowSet
}

func newWriter(db *DB, c *conn) *writer {
	return &writer{db: db, conn: c, queue: make(chan *request, batchMost), done: make(chan struct{})}
}

var errClosed = fault.New(fault.Conflict, "store-closed", "程序正在停止,本次请求没有办理", "请在程序重新启动后重试")

func (w *writer) do(ctx context.Context, step func(tx *Tx) error) error {
	r := &request{ctx: ctx, step: step, answer: make(chan error, 1)}
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return errClosed
	}
	w.queue <- r
	w.mu.RUnlock()
	return <-r.answer
}

func (w *writer) stop() {
	w.mu.Lock()
	alreadyClosed := w.closed
	w.closed = true
	w.mu.Unlock()
	if !alreadyClosed {
		close(w.queue)
	}
	<-w.done
}

func (w *writer) run() {
	defer close(w.done)
	last := 1 // how many callers the last commit answered: about so many are on their way back
	for first := range w.queue {
		if w.conn == nil {
			if err := w.reconnect(); err != nil {
				first.reply(mapError(err))
				continue
			}
		}
		last = w.commitGroup(first, last)
	}
	if w.conn != nil {
		w.conn.close()
	}
}

func (w *writer) reconnect() error {
	c, err := w.db.connect(context.Background())
	if err != nil {
		return err
	}
	w.conn = c
	return nil
}

// commitGroup runs first and the steps that queue behind it in one transaction and answers them all after its
// commit. It returns how many it answered.
func (w *writer) commitGroup(first *request, expect int) int {
	group := []*request{first}
	b := &batch{}
	err := w.conn.exec(context.Background(), w.db.engine.beginWrite())
	if err == nil {
		err = w.runStep(b, first)
		start := time.Now()
		for err == nil && len(group) < batchMost && time.Since(start) < batchLong {
			next := w.next(len(group) < expect)
			if next == nil {
				break
			}
			group = append(group, next)
			err = w.runStep(b, next)
		}
	}
	if err == nil {
		err = w.commit(b)
	}
	if err != nil {
		w.rollback()
		w.recover(group, err)
		return len(group)
	}
	for _, r := range group {
		r.reply(nil)
	}
	return len(group)
}

// errOutcome says that the connection broke while the server was committing: nobody here knows whether it did.
var errOutcome = fault.New(fault.Conflict, "commit-unknown", "保存时与数据库的连接中断,不能确定本次操作是否已经保存",
	"请刷新后核对,没有保存时再重做")

func (w *writer) commit(b *batch) error {
	if err := b.rows.flush(context.Background(), w.conn, w.db.engine); err != nil {
		return err
	}
	err := w.conn.exec(context.Background(), "commit")
	var told *pgconn.PgError
	if err != nil && w.db.engine == PostgreSQL && !errors.As(err, &told) {
		return errOutcome.Because(err)
	}
	return err
}

// next takes the next waiting step; where more callers are expected back it waits a moment for them.
func (w *writer) next(wait bool) *request {
	select {
	case r := <-w.queue:
		return r
	default:
	}
	if !wait {
		return nil
	}
	timer := time.NewTimer(batchWait)
	defer timer.Stop()
	select {
	case r := <-w.queue:
		return r
	case <-timer.C:
		return nil
	}
}

// runStep runs one step under its savepoint and notes its refusal. The error it returns is one that spoils the whole
// transaction.
func (w *writer) runStep(b *batch, r *request) error {
	r.refusal, r.after = r.ctx.Err(), nil
	if r.refusal != nil {
		return nil
	}
	tx, err := w.attempt(b, r)
	if errors.Is(err, errSettle) {
		if err := w.undo(tx); err != nil {
			return err
		}
		if err := b.rows.flush(context.Background(), w.conn, w.db.engine); err != nil {
			return err
		}
		b.rows = rowSet{}
		tx, err = w.attempt(b, r)
	}
	if err != nil {
		if spoils(err) {
			return err
		}
		if undone := w.undo(tx); undone != nil {
			return undone
		}
		r.refusal = mapError(err)
		return nil
	}
	if tx.savepoint {
		if err := w.conn.exec(context.Background(), "release savepoint step"); err != nil {
			return err
		}
	}
	b.rows.merge(tx.rows)
	r.after = tx.after
	return nil
}

// attempt calls the step; a panic (a broken invariant) becomes an error, and the step is undone like any other.
func (w *writer) attempt(b *batch, r *request) (tx *Tx, err error) {
	tx = &Tx{Now: w.db.clock().UTC(), db: w.db, conn: w.conn, ctx: context.Background(), batch: b}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("store: a step panicked: %v\n%s", p, debug.Stack())
		}
	}()
	err = r.step(tx)
	if err == nil {
		err = tx.refused
	}
	if tx.lost != nil {
		err = tx.lost // whatever the step made of it
	}
	return tx, err
}

func (w *writer) undo(tx *Tx) error {
	if !tx.savepoint {
		return nil
	}
	if err := w.conn.exec(context.Background(), "rollback to savepoint step"); err != nil {
		return err
	}
	return w.conn.exec(context.Background(), "release savepoint step")
}

// rollback leaves the connection clean, or drops it where it cannot be cleaned.
func (w *writer) rollback() {
	if err := w.conn.exec(context.Background(), "rollback"); err != nil && w.db.engine == PostgreSQL {
		w.conn.close()
		w.conn = nil
	}
}

// recover answers a group whose transaction was lost. Alone, a step gets the cause. In a group each step is tried again
// by itself, so that one that fills the disk or loses a deadlock does not take the others with it; a step that had been
// refused is tried too, because its refusal may rest on a step that is gone. Where the outcome of the commit is unknown
// nothing is tried again.
func (w *writer) recover(group []*request, cause error) {
	again := !fault.HasCode(cause, errOutcome.Code) && (len(group) > 1 || retriable(cause))
	for _, r := range group {
		err := cause
		if again {
			err = w.commitAlone(r)
		}
		r.reply(mapError(err))
	}
}

// commitAlone runs and commits one step, a few times where it loses against another program.
func (w *writer) commitAlone(r *request) error {
	const tries = 5
	var err error
	for range tries {
		if w.conn == nil {
			if err = w.reconnect(); err != nil {
				return err
			}
		}
		b := &batch{}
		if err = w.conn.exec(context.Background(), w.db.engine.beginWrite()); err == nil {
			err = w.runStep(b, r)
		}
		if err == nil {
			err = w.commit(b)
		}
		if err == nil {
			return nil
		}
		w.rollback()
		if !retriable(err) {
			break
		}
	}
	return err
}
