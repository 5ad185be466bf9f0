package bench

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

const (
	postCallers = 32
	postSize    = 60_000
)

// Post measures posting: single steps from 32 callers beside the bare loop, the four-step path by hand, and bulk.
func Post(ctx context.Context, o Options) error {
	for _, run := range []func(context.Context, Options) (Result, error){postSingle, postByHand, postBulk} {
		forgetPeak()
		r, err := run(ctx, o)
		if err != nil {
			return err
		}
		o.Print(r)
	}
	return nil
}

// callers runs n steps from several callers, each waiting for its answer, and gives the rate and how long each took.
func callers(n, callers int, step func(caller, i int) error) (rate float64, took []time.Duration, err error) {
	var wg sync.WaitGroup
	var once sync.Once
	all := make([][]time.Duration, callers)
	began := time.Now()
	for c := range callers {
		wg.Go(func() {
			for i := c; i < n; i += callers {
				start := time.Now()
				if e := step(c, i); e != nil {
					once.Do(func() { err = e })
					return
				}
				all[c] = append(all[c], time.Since(start))
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(began)
	for _, t := range all {
		took = append(took, t...)
	}
	return float64(n) / elapsed.Seconds(), took, err
}

func postSingle(ctx context.Context, o Options) (Result, error) {
	n := o.Size
	if n == 0 {
		n = postSize
	}
	db, target, err := o.open(ctx, "single", 64)
	if err != nil {
		return Result{}, err
	}
	defer db.Close()
	c, err := newCounty(ctx, db)
	if err != nil {
		return Result{}, err
	}
	random := make([]*rand.Rand, postCallers)
	for i := range random {
		random[i] = rand.New(rand.NewPCG(1, uint64(i)))
	}
	var early, late float64
	post := func(caller, i int) error {
		v := c.voucher(random[caller])
		id := document.NewID()
		return db.Write(ctx, func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, c.maker, c.checker, id, v)
			return err
		})
	}
	var took []time.Duration
	var seconds float64
	const slices = 10
	for part := range slices {
		rate, t, err := callers(n/slices, postCallers, post)
		if err != nil {
			return Result{}, err
		}
		if part == 0 {
			early = rate
		}
		late = rate
		took = append(took, t...)
		seconds += float64(n/slices) / rate
	}
	bare, err := bareRate(ctx, o, c, target, min(n, postSize))
	if err != nil {
		return Result{}, err
	}
	p50, p99 := percentiles(took)
	return Result{Bench: "post", Case: "single-32", N: n, Rate: float64(n) / seconds, BareRate: bare, P50: p50, P99: p99,
		PeakRSS: peakRSS(), Engine: string(db.Engine()),
		Config: map[string]any{"callers": postCallers, "entries": 4, "books": books, "months": months, "combinations": combinations,
			"synchronous": "FULL", "rate_first_tenth": early, "rate_last_tenth": late, "bare_commit": bareCommit}}, nil
}

// postByHand takes the four steps that people take: enter, submit, check, post, each durable by itself.
func postByHand(ctx context.Context, o Options) (Result, error) {
	n := max(1000, o.Size/20)
	db, _, err := o.open(ctx, "by-hand", 64)
	if err != nil {
		return Result{}, err
	}
	defer db.Close()
	c, err := newCounty(ctx, db)
	if err != nil {
		return Result{}, err
	}
	random := make([]*rand.Rand, postCallers)
	for i := range random {
		random[i] = rand.New(rand.NewPCG(2, uint64(i)))
	}
	rate, took, err := callers(n, postCallers, func(caller, i int) error {
		v := c.voucher(random[caller])
		d := ledger.DraftVoucher{Document: document.NewID(), Book: v.Book, Date: string(v.Date), Word: v.Word, Lines: ledger.Typed(v.Lines)}
		for _, step := range []func(tx *store.Tx) error{
			func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, c.maker, d, 0); return err },
			func(tx *store.Tx) error { _, err := ledger.Submit(tx, c.maker, d.Document, 1); return err },
			func(tx *store.Tx) error { _, err := ledger.Check(tx, c.checker, d.Document, 2); return err },
			func(tx *store.Tx) error { _, err := ledger.Post(tx, c.maker, d.Document, 3); return err },
		} {
			if err := db.Write(ctx, step); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Result{}, err
	}
	p50, p99 := percentiles(took)
	return Result{Bench: "post", Case: "by-hand", N: n, Rate: rate, P50: p50, P99: p99, PeakRSS: peakRSS(), Engine: string(db.Engine()),
		Config: map[string]any{"callers": postCallers, "steps": 4, "synchronous": "FULL"}}, nil
}

const bulkStep = 1000 // vouchers of one step

// postBulk posts as an import does: many vouchers in one step.
func postBulk(ctx context.Context, o Options) (Result, error) {
	n := o.Size
	if n == 0 {
		n = postSize
	}
	db, _, err := o.open(ctx, "bulk", 256)
	if err != nil {
		return Result{}, err
	}
	defer db.Close()
	c, err := newCounty(ctx, db)
	if err != nil {
		return Result{}, err
	}
	rate, err := c.fill(ctx, n, nil)
	if err != nil {
		return Result{}, err
	}
	return Result{Bench: "post", Case: "bulk", N: n, Rate: rate, PeakRSS: peakRSS(), Engine: string(db.Engine()),
		Config: map[string]any{"vouchers_per_step": bulkStep, "entries": 4, "synchronous": "FULL"}}, nil
}

// fill posts n vouchers in steps of one book each, as files come, and gives the rate.
func (c *county) fill(ctx context.Context, n int, progress func(done int)) (float64, error) {
	r := rand.New(rand.NewPCG(3, 0))
	began := time.Now()
	for done := 0; done < n; done += bulkStep {
		b := c.books[done/bulkStep%len(c.books)]
		ids := make([]string, min(bulkStep, n-done))
		vouchers := make([]ledger.Voucher, len(ids))
		for i := range ids {
			ids[i], vouchers[i] = document.NewID(), c.voucherOf(r, b, monthOf(done))
		}
		err := c.db.Write(ctx, func(tx *store.Tx) error {
			for i, v := range vouchers {
				if _, err := ledger.PostAtOnce(tx, c.maker, c.checker, ids[i], v); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
		if progress != nil {
			progress(done)
		}
	}
	return float64(n) / time.Since(began).Seconds(), nil
}
