package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

const (
	printVouchers = 500  // of the last month
	printSize     = 1850 // vouchers of the year, whose ledgers take about 300 pages
	printRuns     = 3
)

// Print measures vouchers of a month to one PDF and the ledgers of a year as one bound book, from the rows of the
// database to the bytes of the file.
func Print(ctx context.Context, o Options) error {
	n := o.Size
	if n == 0 {
		n = printSize
	}
	few := min(printVouchers, n/2)
	db, _, err := o.open(ctx, "print", 64)
	if err != nil {
		return err
	}
	defer db.Close()
	c, err := newCounty(ctx, db)
	if err != nil {
		return err
	}
	b := c.books[0]
	r := rand.New(rand.NewPCG(1, 1))
	for done := 0; done < n; done += bulkStep {
		var ids []string
		var vouchers []ledger.Voucher
		for i := done; i < min(done+bulkStep, n); i++ {
			month := calendar.PeriodOf(2025, 12)
			if i < n-few {
				month = calendar.PeriodOf(2025, 1+i*11/(n-few))
			}
			ids, vouchers = append(ids, document.NewID()), append(vouchers, c.voucherOf(r, b, month))
		}
		err := db.Write(ctx, func(tx *store.Tx) error {
			for i, v := range vouchers {
				if _, err := ledger.PostAtOnce(tx, c.maker, c.checker, ids[i], v); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return c.print(ctx, o, b, few)
}

func (c *county) print(ctx context.Context, o Options, b ledger.Book, few int) error {
	forgetPeak()
	last := calendar.PeriodOf(2025, 12)
	for _, one := range []struct {
		name string
		n    int
		draw func(tx *store.Tx) ([]byte, error)
	}{
		{fmt.Sprintf("vouchers-%d", few), few, func(tx *store.Tx) ([]byte, error) {
			vouchers, err := paper.Gather(tx, identity.Actor{}, b, ledger.Range{Period: last}, false)
			if err == nil && len(vouchers) != few {
				err = fmt.Errorf("bench: %d vouchers to print, want %d", len(vouchers), few)
			}
			if err != nil {
				return nil, err
			}
			return paper.Vouchers(vouchers, paper.Usual())
		}},
		{"ledger-300", 0, func(tx *store.Tx) ([]byte, error) {
			parts, err := statement.Bind(tx, b, statement.Bindable, last)
			if err != nil {
				return nil, err
			}
			return paper.Book(b, parts, paper.Usual())
		}},
	} {
		var took []time.Duration
		var pdf []byte
		for range printRuns {
			began := time.Now()
			err := c.db.Read(ctx, func(tx *store.Tx) (err error) {
				pdf, err = one.draw(tx)
				return err
			})
			if err != nil {
				return err
			}
			took = append(took, time.Since(began))
		}
		p50, p99 := percentiles(took)
		pages := paper.Pages(pdf)
		n := one.n
		if n == 0 {
			n = pages
		}
		o.Print(Result{Bench: "print", Case: one.name, N: n, Rate: float64(pages) / p50 * 1000, P50: p50, P99: p99, PeakRSS: peakRSS(),
			Engine: string(c.db.Engine()), Config: map[string]any{"pages": pages, "kb": len(pdf) >> 10, "runs": printRuns}})
	}
	return nil
}
