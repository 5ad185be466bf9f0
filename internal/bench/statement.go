package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

const statementSize = 1_000_000

// monthOf spreads the vouchers of a fill over the 24 months, book after book.
func monthOf(done int) calendar.Period {
	step := done / bulkStep / books % months
	return calendar.PeriodOf(2025+step/12, 1+step%12)
}

// Statement measures trial balances and the check of every invariant on a county of a million vouchers.
func Statement(ctx context.Context, o Options) error {
	n := o.Size
	if n == 0 {
		n = statementSize
	}
	db, _, err := o.open(ctx, "statement", 256)
	if err != nil {
		return err
	}
	c, err := newCounty(ctx, db)
	if err != nil {
		db.Close()
		return err
	}
	// The rate of the tenth part around the 100,000th voucher and of the last one: how posting slows with size.
	marks := map[int]time.Time{}
	rate, err := c.fill(ctx, n, func(done int) { marks[done] = time.Now() })
	if err != nil {
		db.Close()
		return err
	}
	o.Print(Result{Bench: "statement", Case: "fill", N: n, Rate: rate, PeakRSS: peakRSS(), Engine: string(db.Engine()),
		Config: map[string]any{"vouchers_per_step": bulkStep, "entries": 4, "rate_at_tenth": rateAround(marks, n/10, n), "rate_at_end": rateAround(marks, n-n/20, n)}})
	if err := db.Close(); err != nil {
		return err
	}
	if c.db, _, err = o.open(ctx, "statement", 64); err != nil { // as a server opens it
		return err
	}
	defer c.db.Close()
	forgetPeak()
	for _, run := range []func() (Result, error){
		func() (Result, error) { return c.trialBalance(ctx, "one-book", c.books[:1], n, 2025) },
		func() (Result, error) { return c.trialBalance(ctx, "office-36", c.books, n, 2025) },
		func() (Result, error) { return c.trialBalance(ctx, "office-36-two-open-years", c.books, n, 2026) },
		func() (Result, error) { return c.check(ctx, n) },
	} {
		r, err := run()
		if err != nil {
			return err
		}
		o.Print(r)
	}
	return nil
}

// rateAround gives vouchers per second over the twentieth of the fill around a point.
func rateAround(marks map[int]time.Time, at, n int) float64 {
	width := max(n/20/bulkStep, 1) * bulkStep
	first := max(at/bulkStep*bulkStep-width/2/bulkStep*bulkStep, 0)
	last := min(first+width, (n-1)/bulkStep*bulkStep)
	if last <= first {
		return 0
	}
	return float64(last-first) / marks[last].Sub(marks[first]).Seconds()
}

const statementRuns = 20

// trialBalance measures a year's trial balance. 2026 costs about double, because 2025 is still open and its movements are
// added up for the opening.
func (c *county) trialBalance(ctx context.Context, name string, books []ledger.Book, n, year int) (Result, error) {
	var took []time.Duration
	rows := 0
	for range statementRuns {
		began := time.Now()
		err := c.db.Read(ctx, func(tx *store.Tx) error {
			report, err := statement.Make(tx, statement.Request{Name: "trial-balance", Books: books, From: calendar.PeriodOf(year, 1), To: calendar.PeriodOf(year, 12)})
			if err != nil {
				return err
			}
			rows = len(report.Rows)
			if !report.Balanced {
				return fmt.Errorf("bench: the trial balance does not balance")
			}
			return json.NewEncoder(io.Discard).Encode(report)
		})
		if err != nil {
			return Result{}, err
		}
		took = append(took, time.Since(began))
	}
	p50, p99 := percentiles(took)
	return Result{Bench: "statement", Case: name, N: n, P50: p50, P99: p99, PeakRSS: peakRSS(), Engine: string(c.db.Engine()),
		Config: map[string]any{"books": len(books), "rows": rows, "year": year, "months": 12, "runs": statementRuns}}, nil
}

func (c *county) check(ctx context.Context, n int) (Result, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the command does
	began := time.Now()
	v, err := ledger.Verify(ctx, c.db, c.id, nil)
	if err == nil && !v.OK {
		err = fmt.Errorf("bench: %d violations, first %+v", len(v.Violations), v.Violations[0])
	}
	seconds := time.Since(began).Seconds()
	return Result{Bench: "statement", Case: "check", N: n, Rate: float64(v.Checked["entries"]) / seconds, PeakRSS: peakRSS(),
		Engine: string(c.db.Engine()), Config: map[string]any{"entries": v.Checked["entries"], "seconds": seconds}}, err
}
