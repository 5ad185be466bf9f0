package batch

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// step takes the batch's step on one item, as the person would alone.
func (b Batch) step(tx *store.Tx, by identity.Actor, it Item) error {
	var err error
	switch b.Kind {
	case Enter, EnterSubmit:
		d := ledger.DraftVoucher{
			Document: it.Document, Book: it.Book, Date: it.Draft.Date, Word: it.Draft.Word, Attachments: it.Draft.Attachments,
			Lines: it.Draft.Lines, Note: it.Draft.Note, Source: b.ID,
		}
		if _, err = ledger.SaveDraft(tx, by, d, 0); err == nil && b.Kind == EnterSubmit {
			_, err = ledger.Submit(tx, by, it.Document, 1)
		}
	case Check:
		_, err = ledger.Check(tx, by, it.Document, it.Version)
	case Return:
		_, err = ledger.Return(tx, by, it.Document, it.Version, b.Reason)
	case Post:
		_, err = ledger.Post(tx, by, it.Document, it.Version)
	case CarryOver:
		next := it.Document
		_, err = ledger.CarryOver(tx, by, it.Book, it.Period.Year(), func() string {
			id := next
			next = document.NewID()
			return id
		})
	case CloseMonth:
		_, err = ledger.CloseMonth(tx, by, it.Document, it.Book, it.Period)
	case CloseYear:
		_, err = ledger.CloseYear(tx, by, it.Document, it.Book, it.Period.Year())
	}
	return err
}

// errTried takes a step back that was only tried.
var errTried = errors.New("batch: tried")

// Try takes the step of every item and takes it back again: what it says of each is what the step itself says. Items
// that would be refused come back with their sentence.
func Try(ctx context.Context, db *store.DB, by identity.Actor, b *Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	return each(len(b.Items), func(i int) error {
		it := &b.Items[i]
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := b.step(tx, by, *it); err != nil {
				return err
			}
			return errTried
		})
		if errors.Is(err, errTried) {
			return nil
		}
		if stops(err) {
			return err
		}
		it.State, it.Refusal = Refused, refusal(err)
		return nil
	})
}

// walkers is how many items are handed to the writer at once: it commits them together, and stays free for others.
const walkers = 4

// each calls f for 0 to n-1, a few at a time, until one gives an error.
func each(n int, f func(i int) error) error {
	var wait sync.WaitGroup
	var mu sync.Mutex
	var failed error
	next := 0
	for range min(walkers, n) {
		wait.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				over := i >= n || failed != nil
				mu.Unlock()
				if over {
					return
				}
				if err := f(i); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
				}
			}
		})
	}
	wait.Wait()
	return failed
}

// errWalked says that another walk was faster with an item.
var errWalked = errors.New("batch: walked before")

// Walk takes the steps of the items that wait, until ctx ends: what is under way then is finished, the rest waits on.
// told hears of each step that was tried. An error is one that no item is to blame for; it leaves the rest waiting too.
func Walk(ctx context.Context, db *store.DB, by identity.Actor, id string, told func(error)) error {
	var b Batch
	err := db.Read(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		var err error
		b, err = Get(tx, by, id)
		return err
	})
	if err != nil {
		return err
	}
	if err := b.mine(by); err != nil {
		return err
	}
	var waiting []Item
	for _, it := range b.Items {
		if it.State == Waiting {
			waiting = append(waiting, it)
		}
	}
	return each(len(waiting), func(i int) error {
		if ctx.Err() != nil {
			return nil
		}
		err := b.walkOne(context.WithoutCancel(ctx), db, by, waiting[i])
		if !errors.Is(err, errWalked) {
			told(err)
		}
		if stops(err) {
			return err
		}
		return nil
	})
}

// mine refuses a batch that somebody else has begun: each step is taken in the name of who asked for it.
func (b Batch) mine(by identity.Actor) error {
	if b.Person == by.Person {
		return nil
	}
	return fault.New(fault.Refused, "batch-others", "这批办理由他人发起,只能由发起人继续", "需要时请另行勾选办理")
}

// walkOne takes the step of one item and marks it in the same transaction; a refusal is kept in one of its own.
func (b Batch) walkOne(ctx context.Context, db *store.DB, by identity.Actor, it Item) error {
	err := db.Write(ctx, func(tx *store.Tx) error {
		if err := mark(tx, by.County, b.ID, it.Number, Done, nil); err != nil {
			return err
		}
		err := b.step(tx, by, it)
		if document.IsTaken(err) {
			return nil // by a single step under the same id
		}
		return err
	})
	if err == nil || errors.Is(err, errWalked) || stops(err) {
		return err
	}
	kept := db.Write(ctx, func(tx *store.Tx) error {
		return mark(tx, by.County, b.ID, it.Number, Refused, refusal(err))
	})
	if kept != nil && !errors.Is(kept, errWalked) {
		return kept
	}
	return err
}

// mark moves an item that waits to where it has come.
func mark(tx *store.Tx, county int64, id string, item int64, to State, why *fault.Error) error {
	if why == nil {
		why = &fault.Error{}
	}
	n, err := tx.Exec(`update batch_item set state = $1, code = $2, message = $3, hint = $4, at = $5
		where county_id = $6 and batch_id = $7 and item = $8 and state = 'waiting'`,
		string(to), why.Code, why.Message, why.Hint, calendar.Instant(tx.Now), county, id, item)
	if err != nil {
		return fmt.Errorf("batch: item %d of %s: %w", item, id, err)
	}
	if n == 0 {
		return errWalked
	}
	return nil
}

// stopping are the faults that are not about one item: the next would meet them too.
var stopping = map[string]bool{
	"store-closed": true, "disk-full": true, "disk-failed": true, "database-busy": true, "database-damaged": true, "database-read-only": true,
	"database-unreachable": true, "commit-unknown": true,
}

func stops(err error) bool {
	f := fault.As(err)
	return f != nil && stopping[f.Code] || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// refusal gives the sentence of an item that could not be done. What is no fault is a broken invariant of that item; it
// was rolled back, and told to the log.
func refusal(err error) *fault.Error {
	if f := fault.As(err); f != nil {
		var at *ledger.LineError
		if errors.As(err, &at) {
			named := *f
			named.Message = fmt.Sprintf("第 %d 行:%s", at.Line, f.Message)
			return &named
		}
		return f
	}
	return fault.New(fault.Refused, "batch-failed", "程序出错,这一项没有办理", "其他各项不受影响;请单独办理这一项,仍不行请告诉系统管理员").Because(err)
}
