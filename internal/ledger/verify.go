package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"hash/maphash"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// Verification is the outcome of recomputing every invariant of a county's books from the rows.
type Verification struct {
	OK         bool             `json:"ok"`
	Checked    map[string]int64 `json:"checked"` // rows by table: books, vouchers, entries, balances, totals, leaves
	Violations []Violation      `json:"violations"`
}

// Violation is one broken invariant.
type Violation struct {
	Invariant string `json:"invariant"` // voucher-balanced, numbers, balances, totals, openings, closings, twins, leaf, …
	Where     string `json:"where"`
	Message   string `json:"message"`
}

const violationsMost = 1000

func (v *Verification) violate(invariant, where, format string, args ...any) {
	v.OK = false
	if len(v.Violations) < violationsMost {
		v.Violations = append(v.Violations, Violation{invariant, where, fmt.Sprintf(format, args...)})
	}
}

// Verify recomputes, from the entries, every invariant that the package comment names, for all books of a county. Books
// are checked side by side, each on a snapshot of its own, so that its memory does not grow with the number of entries
// and posting goes on meanwhile. progress may be nil.
func Verify(ctx context.Context, db *store.DB, county int64, progress func(book Book)) (Verification, error) {
	v := Verification{OK: true, Checked: map[string]int64{}, Violations: []Violation{}}
	var books []Book
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		books, err = ListBooks(tx, county, "/")
		return err
	})
	if err != nil {
		return v, fmt.Errorf("ledger.Verify: %w", err)
	}
	seed := maphash.MakeSeed()
	told, kept := document.NewTally(seed), document.NewTally(seed) // by leaves, by rows
	var mu sync.Mutex
	group, working := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	group.Go(func() error {
		found, err := verifyCounty(working, db, county)
		mu.Lock()
		defer mu.Unlock()
		v.add(found)
		return err
	})
	group.Go(func() error {
		var flaws []document.Flaw
		err := db.Read(working, func(tx *store.Tx) (err error) {
			flaws, err = document.Verify(tx, county, sealed, &kept)
			return err
		})
		mu.Lock()
		defer mu.Unlock()
		v.addFlaws(flaws)
		return err
	})
	for _, b := range books {
		group.Go(func() error {
			found, tally, err := verifyBook(working, db, b, seed)
			if err != nil {
				return fmt.Errorf("ledger.Verify %s: %w", b.Code, err)
			}
			mu.Lock()
			defer mu.Unlock()
			v.add(found)
			told.Join(tally)
			if progress != nil {
				progress(b)
			}
			return nil
		})
	}
	if err = group.Wait(); err == nil && !told.Equal(kept) {
		err = db.Read(ctx, func(tx *store.Tx) error {
			flaws, err := document.VerifySealed(tx, county, sealed)
			v.addFlaws(flaws)
			return err
		})
	}
	slices.SortStableFunc(v.Violations, func(a, b Violation) int { return strings.Compare(a.Where, b.Where) })
	return v, err
}

// sealed is how imported vouchers and those of documents come about. Their leaves are read beside the vouchers, book by
// book.
var sealed = document.Sealed{Kind: VoucherKind.Name, Step: "post-at-once", State: StatePost}

func (v *Verification) addFlaws(flaws []document.Flaw) {
	for _, f := range flaws {
		invariant := "trail"
		if f.Duties {
			invariant = "duties"
		}
		v.violate(invariant, "单据 "+f.Document, "%s", f.Message)
	}
}

func (v *Verification) add(found Verification) {
	v.OK = v.OK && found.OK
	for table, n := range found.Checked {
		v.Checked[table] += n
	}
	v.Violations = append(v.Violations, found.Violations[:min(len(found.Violations), violationsMost-len(v.Violations))]...)
}

// verifyBook checks a book, and adds up the documents of its sealed vouchers by their leaves.
func verifyBook(ctx context.Context, db *store.DB, b Book, seed maphash.Seed) (Verification, document.Tally, error) {
	v := Verification{OK: true, Checked: map[string]int64{"books": 1}}
	tally := document.NewTally(seed)
	err := db.Read(ctx, func(tx *store.Tx) error {
		combinations, err := Combinations(tx, b.County)
		if err != nil {
			return err
		}
		c := &bookCheck{v: &v, tx: tx, book: b, combinations: combinations, tally: &tally, actors: map[string]madeBy{},
			balances: map[balanceKey]sums{}, numbers: map[Number]numbered{}, halves: map[int64]int{}, openings: map[int]map[int64]money.Fen{}, reversed: map[Number][]Line{}}
		return c.run()
	})
	return v, tally, err
}

// verifyCounty checks, on one snapshot, what no book shows by itself.
func verifyCounty(ctx context.Context, db *store.DB, county int64) (Verification, error) {
	v := Verification{OK: true, Checked: map[string]int64{}}
	err := db.Read(ctx, func(tx *store.Tx) error {
		for _, check := range []func(*store.Tx, int64, *Verification) error{checkTotals, checkStrays, checkDocuments, checkOpeningLeaves, checkSuccessors} {
			if err := check(tx, county, &v); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return v, fmt.Errorf("ledger.Verify: county: %w", err)
	}
	return v, nil
}

// checkTotals compares the county's totals with the balances of its books, which are compared with the entries.
func checkTotals(tx *store.Tx, county int64, v *Verification) error {
	want := map[totalKey]sums{}
	rows, err := tx.Query(`select b.period, c.chart, c.account, c.function, b.kind, cast(sum(b.debit) as bigint), cast(sum(b.credit) as bigint)
		from balance b join combination c on c.county_id = b.county_id and c.combination_id = b.combination_id
		where b.county_id = $1 and substr(b.period, 6) <> '00' group by b.period, c.chart, c.account, c.function, b.kind`, county)
	if err != nil {
		return err
	}
	if err := readTotals(rows, func(k totalKey, s sums) { want[k] = s }); err != nil {
		return err
	}
	rows, err = tx.Query(`select period, chart, account, function, kind, debit, credit from total where county_id = $1`, county)
	if err != nil {
		return err
	}
	err = readTotals(rows, func(k totalKey, s sums) {
		v.Checked["totals"]++
		if want[k] != s {
			v.violate("totals", fmt.Sprintf("%s %s %s", k.period, k.account, k.function),
				"全县合计借 %s 贷 %s 元,各账套合计借 %s 贷 %s 元", s.debit, s.credit, want[k].debit, want[k].credit)
		}
		delete(want, k)
	})
	for k, s := range want {
		if s != (sums{}) {
			v.violate("totals", fmt.Sprintf("%s %s %s", k.period, k.account, k.function), "账套有发生额,全县合计没有")
		}
	}
	return err
}

func readTotals(rows *sql.Rows, each func(totalKey, sums)) error {
	defer rows.Close()
	for rows.Next() {
		var k totalKey
		var s sums
		if err := rows.Scan(&k.period, &k.chart, &k.account, &k.function, &k.kind, &s.debit, &s.credit); err != nil {
			return err
		}
		each(k, s)
	}
	return rows.Err()
}

type totalKey struct {
	period   calendar.Period
	chart    ChartName
	account  string
	function string
	kind     EntryKind
}
