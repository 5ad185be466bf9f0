package appropriation_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestHold_Rivals: 200 callers want a thirtieth of one line each, at once: exactly thirty get it.
func TestHold_Rivals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		l := w.given(w.key(2026, "30201"), 300)
		var won, lost int
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				err := db.Write(context.Background(), func(tx *store.Tx) error { return appropriation.Hold(tx, w.town1, use(l, 10)) })
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case fault.HasCode(err, "appropriation-overdrawn"):
					lost++
				default:
					t.Errorf("a rival fails: %v", err)
				}
			})
		}
		all.Wait()
		got := w.now(l)
		if won != 30 || lost != 170 || got.Available() != 0 || got.Held != 30000 {
			t.Errorf("%d won, %d lost; available %s, held %s", won, lost, got.Available(), got.Held)
		}
		w.verified()
	})
}

// model is what a line should be, kept beside the program's own sums.
type model struct{ available, held, frozen, paid, provisional money.Fen }

// TestWalk_AgreesWithTheModel makes random moves on six lines and compares each with a model of plain numbers: the
// program lets through exactly what the model affords.
func TestWalk_AgreesWithTheModel(t *testing.T) {
	const seed, steps = 20261023, 600
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		r := rand.New(rand.NewPCG(seed, 1))
		var lines []appropriation.Line
		for _, economic := range []string{"30201", "30202", "30205", "30206", "30207", "30211"} {
			lines = append(lines, w.line(w.key(2026, economic)))
		}
		models := make([]model, len(lines))
		for i := range steps {
			at, to := r.IntN(len(lines)), r.IntN(len(lines))
			yuan := money.Fen(1 + r.IntN(400))
			m, other := &models[at], &models[to]
			l, amount := lines[at], yuan*100
			afford := true
			var err error
			kind := r.IntN(12)
			simple := func(kind appropriation.OrderKind, move appropriation.MoveKind, fits bool) {
				afford = fits
				err = w.issue(order(kind, 2026, item(move, l, yuan)))
			}
			pay := func(do func(*store.Tx, identity.Actor, appropriation.Use) error, fits bool) {
				afford = fits
				err = w.try(func(tx *store.Tx) error { return do(tx, w.town1, use(l, yuan)) })
			}
			var after func()
			switch kind {
			case 0:
				simple(appropriation.OrderInitial, appropriation.Initial, true)
				after = func() { m.available += amount }
			case 1:
				simple(appropriation.OrderAddition, appropriation.Addition, true)
				after = func() { m.available += amount }
			case 2:
				simple(appropriation.OrderReduction, appropriation.Reduction, m.available >= amount)
				after = func() { m.available -= amount }
			case 3:
				simple(appropriation.OrderFreeze, appropriation.Freeze, m.available >= amount)
				after = func() { m.available -= amount; m.frozen += amount }
			case 4:
				simple(appropriation.OrderUnfreeze, appropriation.Unfreeze, m.frozen >= amount)
				after = func() { m.available += amount; m.frozen -= amount }
			case 5:
				simple(appropriation.OrderRecall, appropriation.Recall, m.available >= amount)
				after = func() { m.available -= amount }
			case 6:
				afford = at != to && m.available >= amount
				err = w.issue(order(appropriation.OrderTransfer, 2026, item(appropriation.TransferOut, l, yuan), item(appropriation.TransferIn, lines[to], yuan)))
				after = func() { m.available -= amount; other.available += amount }
			case 7, 8:
				pay(appropriation.Hold, m.available >= amount)
				after = func() { m.available -= amount; m.held += amount }
			case 9:
				pay(appropriation.Release, m.held >= amount)
				after = func() { m.held -= amount; m.available += amount }
			case 10:
				pay(appropriation.Spend, m.held >= amount)
				after = func() { m.held -= amount; m.paid += amount }
			case 11:
				pay(appropriation.Refund, m.paid >= amount)
				after = func() { m.paid -= amount; m.available += amount }
			}
			if err != nil && fault.As(err) == nil {
				t.Fatalf("seed %d step %d kind %d: %v", seed, i, kind, err)
			}
			if (err == nil) != afford {
				t.Fatalf("seed %d step %d kind %d of %s: the model says %v, the program %v", seed, i, kind, yuan, afford, err)
			}
			if err == nil {
				after()
			}
			for j := range lines {
				got := w.now(lines[j])
				if has := (model{got.Available(), got.Held, got.Frozen, got.Paid(), got.Provisional}); has != models[j] {
					t.Fatalf("seed %d step %d kind %d: line %d is %+v, the model %+v", seed, i, kind, j, has, models[j])
				}
			}
		}
		w.verified()
	})
}
