package ledger_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const (
	walkSteps  = 800 // per engine; XIANGZHANG_WALK_STEPS sets it
	walkVerify = 100 // steps between two verifications of everything, in a walk of that default length
	walkDigest = 8   // one refused step in so many is proved to leave nothing behind, fewer as the books grow
)

// walkNumber reads a number from the environment.
func walkNumber(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestWalk_BooksStayWhole lets random people take random steps, forbidden ones too. A step that the model says must be
// refused is refused and leaves nothing behind, one that must pass passes, and the books stay whole throughout.
func TestWalk_BooksStayWhole(t *testing.T) {
	seed := walkNumber(t, "XIANGZHANG_WALK_SEED", uint64(time.Now().UnixNano()))
	steps := int(walkNumber(t, "XIANGZHANG_WALK_STEPS", walkSteps))
	t.Logf("XIANGZHANG_WALK_SEED=%d XIANGZHANG_WALK_STEPS=%d", seed, steps)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWalk(t, db, seed)
		for range 6 { // before the first voucher is posted
			if m, ok := w.setOpening(); ok {
				w.take(m)
			}
		}
		for i := 1; i <= steps && !t.Failed(); i++ {
			w.step()
			if i%max(walkVerify, steps/40) == 0 || i == steps {
				w.verifyAll()
			}
		}
		if t.Failed() {
			t.Fatalf("repeat with XIANGZHANG_WALK_SEED=%d XIANGZHANG_WALK_STEPS=%d", seed, steps)
		}
		t.Logf("accepted %v", w.accepted)
		t.Logf("refused %v", w.refused)
		if len(w.accepted) < 8 || len(w.refused) < 8 {
			t.Errorf("only %d kinds of steps accepted, %d refused", len(w.accepted), len(w.refused))
		}
	})
}

// expectation is what the model says of a step.
type expectation string

const (
	passes  expectation = "pass"
	refused expectation = "be refused"
	unknown expectation = "either"
)

func passesIf(allowed bool) expectation {
	if allowed {
		return passes
	}
	return refused
}

// move is one step to take.
type move struct {
	what   string
	expect expectation
	run    func(tx *store.Tx) error
	done   func()
}

type walk struct {
	*desk
	*model
	r      *rand.Rand
	people []identity.Actor
	other  ledger.Book

	second, treasury  identity.Actor
	accepted, refused map[string]int
}

func newWalk(t *testing.T, db *store.DB, seed uint64) *walk {
	w := &walk{desk: newDesk(t, db), r: rand.New(rand.NewPCG(seed, 0)), accepted: map[string]int{}, refused: map[string]int{}}
	const start = "2025-10" // a year's end is near
	w.write(func(tx *store.Tx) (err error) {
		for _, b := range []struct {
			book *ledger.Book
			n    ledger.NewBook
		}{
			{&w.office, ledger.NewBook{Code: "102", Name: "镇政府机关", Unit: 2, Chart: ledger.Government, Start: start}},
			{&w.village, ledger.NewBook{Code: "202", Name: "清溪村", Unit: 3, Chart: ledger.Village, Start: start}},
			{&w.other, ledger.NewBook{Code: "302", Name: "石桥镇机关", Unit: 4, Chart: ledger.Government, Start: start}},
		} {
			if *b.book, err = ledger.CreateBook(tx, county, b.n); err != nil {
				return err
			}
		}
		return nil
	})
	actor := func(id int64, path string, role identity.Role) identity.Actor {
		return identity.Actor{County: county, Login: id, Person: id, Grants: []identity.Grant{{Role: role, Path: path}}}
	}
	w.second, w.treasury = actor(17, "/1/2/", identity.Accountant), actor(18, "/1/", identity.CountyTreasury)
	w.people = []identity.Actor{
		w.accountant, w.accountant, w.second, w.reviewer, w.reviewer, w.head, w.both, w.both, w.cashier, w.elsewhere, w.elsewhere,
		w.treasury, actor(19, "/1/2/3/", identity.Accountant), actor(20, "/", identity.SysAdmin),
	}
	w.model = &model{
		books: []ledger.Book{w.office, w.office, w.village, w.village, w.other}, closed: map[int64]calendar.Period{},
		carried: map[int64]bool{}, next: map[series]int64{}, posted: map[int64]int{},
	}
	for _, b := range w.books {
		w.closed[b.ID] = b.Start.Prev()
	}
	return w
}

func pick[T any](w *walk, from []T) T { return from[w.r.IntN(len(from))] }

func (w *walk) oneIn(n int) bool { return w.r.IntN(n) == 0 }

// step takes one random step, or a burst of them.
func (w *walk) step() {
	switch n := w.r.IntN(100); {
	case n < 3:
		w.burst()
	case n < 5:
		w.rivals()
	case n < 7:
		w.finishMonth()
	default:
		if m, ok := pick(w, []func() (move, bool){
			w.enter, w.enter, w.enter, w.enter, w.enter, w.edit, w.edit, w.submit, w.submit, w.submit, w.check, w.check, w.check, w.giveBack, w.post, w.post, w.post,
			w.void, w.reverse, w.reverse, w.postAtOnce, w.postAtOnce, w.closeMonth, w.reopen, w.reopen, w.carryOver, w.closeYear,
			w.setOpening, w.checkOpening, w.addAccount,
		})(); ok {
			w.take(m)
		}
	}
}

// take runs a move, compares the outcome with the expectation and tells the model.
func (w *walk) take(m move) {
	w.t.Helper()
	prove := m.expect == refused && w.oneIn(walkDigest+len(w.papers)/20)
	var before string
	if prove {
		before = w.digest()
	}
	err := w.db.Write(context.Background(), m.run)
	switch {
	case err == nil && m.expect == refused, err != nil && m.expect == passes:
		w.t.Errorf("%s: must %s, got %v", m.what, m.expect, err)
	case err != nil && (fault.As(err) == nil || fault.As(err).Hint == ""):
		w.t.Errorf("%s: not a refusal with a way out: %v", m.what, err)
	case err == nil:
		w.accepted[m.what]++
		m.done()
	default:
		w.refused[m.what]++
	}
	if prove && w.digest() != before {
		w.t.Errorf("%s: refused (%v), and yet it left something behind", m.what, err)
	}
}

// digest is a hash over every row of every table that a step writes, in any order.
func (w *walk) digest() string {
	w.t.Helper()
	var text string
	w.read(func(tx *store.Tx) error {
		for _, table := range []string{
			"document", "trail", "trail_salt", "voucher_draft", "voucher", "entry", "balance", "total", "counter", "combination", "book",
			"book_year", "account", "month_close", "attachment", "duty_waiver", "waiver_use",
		} {
			n, sum, err := hashRows(tx, table)
			if err != nil {
				return err
			}
			text += fmt.Sprintf("%s %d %x\n", table, n, sum)
		}
		return nil
	})
	return text
}

func hashRows(tx *store.Tx, table string) (n int, sum uint64, err error) {
	rows, err := tx.Query("select * from " + table)
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, 0, err
	}
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return 0, 0, err
		}
		h := fnv.New64a()
		fmt.Fprint(h, values...)
		sum += h.Sum64()
		n++
	}
	return n, sum, rows.Err()
}

// verifyAll recomputes the books and compares them with the model.
func (w *walk) verifyAll() {
	w.t.Helper()
	w.verify()
	for _, b := range []ledger.Book{w.office, w.village, w.other} {
		w.sameAsStored(b)
	}
	w.read(func(tx *store.Tx) error {
		for _, p := range w.papers {
			d, err := document.Get(tx, county, p.id)
			if err != nil {
				return err
			}
			if d.State != p.state || d.Version != p.version {
				w.t.Errorf("voucher %s is %s at %d, the model says %s at %d", p.id, d.State, d.Version, p.state, p.version)
			}
		}
		for _, b := range []ledger.Book{w.office, w.village, w.other} {
			now, err := ledger.GetBook(tx, county, b.ID)
			if err != nil {
				return err
			}
			heads, err := ledger.ListVouchers(tx, b, "2025-01", "2026-12")
			if err != nil {
				return err
			}
			if now.ClosedThrough != w.closed[b.ID] || len(heads) != w.posted[b.ID] {
				w.t.Errorf("book %s is closed through %s with %d vouchers, the model says %s and %d", b.Code, now.ClosedThrough,
					len(heads), w.closed[b.ID], w.posted[b.ID])
			}
		}
		return nil
	})
}

// burst lets several people post at once; numbers come out without gap or double.
func (w *walk) burst() {
	b := pick(w, w.books)
	maker, checker := w.accountant, w.reviewer
	if b.ID == w.other.ID {
		maker, checker = w.elsewhere, identity.Actor{County: county, Person: 30, Grants: []identity.Grant{{Role: identity.Reviewer, Path: b.Path}}}
	}
	const most = 12
	twice := document.NewID()
	var numbers []int64
	var made []string
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range most {
		v, id := w.sound(b, "2026-10-01", money.Fen(1+w.r.Int64N(1_000_000))), document.NewID()
		by, mustFail := checker, i%4 == 3
		switch {
		case i < 2:
			id = twice
		case mustFail:
			by = maker
		}
		wg.Go(func() {
			var n ledger.Number
			err := w.db.Write(context.Background(), func(tx *store.Tx) (err error) {
				n, err = ledger.PostAtOnce(tx, maker, by, id, v)
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				numbers, made = append(numbers, n.Number), append(made, id)
			} else if !document.IsTaken(err) && !mustFail || fault.As(err) == nil {
				w.t.Errorf("burst: %v", err)
			}
		})
	}
	wg.Wait()
	slices.Sort(numbers)
	s := series{b.ID, "2026-10"}
	for i, n := range numbers {
		if n != w.next[s]+1+int64(i) {
			w.t.Errorf("burst: numbers %v after %d", numbers, w.next[s])
			break
		}
	}
	if want := most - 1 - most/4; len(numbers) != want {
		w.t.Errorf("burst: %d posted, want %d", len(numbers), want)
	}
	w.next[s] += int64(len(numbers))
	w.posted[b.ID] += len(numbers)
	w.accepted["burst"] += len(made)
}

// rivals take the same step on the same voucher at once: exactly one wins, or none where the step is refused to all.
func (w *walk) rivals() {
	checked := slices.DeleteFunc(w.in(ledger.Checked), func(p *paper) bool { return p.book.ID == w.other.ID })
	if len(checked) == 0 {
		return
	}
	p := pick(w, checked)
	var mu sync.Mutex
	won := 0
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			err := w.db.Write(context.Background(), func(tx *store.Tx) error {
				_, err := ledger.Post(tx, w.second, p.id, p.version)
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if fault.As(err) == nil {
				w.t.Errorf("rivals: %v", err)
			}
		})
	}
	wg.Wait()
	if w.overtaken(p) {
		if won != 0 {
			w.t.Errorf("rivals: %d of six posted the red twin of a closed year", won)
		}
		return
	}
	if won != 1 {
		w.t.Errorf("rivals: %d of six posted one voucher", won)
	}
	w.wasPosted(p, w.second)
	w.accepted["rivals"]++
}
