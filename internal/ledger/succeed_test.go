package ledger_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// endVillage ends the village's book on 1 January 2025, as a change of units does, and is refused where a voucher is dated
// later.
func endVillage(d *desk, tx *store.Tx) error {
	b, err := ledger.Claim(tx, county, d.village.ID)
	if err != nil {
		return err
	}
	found, err := ledger.SuccessionObstacles(tx, b, "2025-01-01", true)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return errObstacle{found[0].Message}
	}
	return ledger.Succeed(tx, county, ledger.Succession{Book: b.ID, To: 2, End: true}, "2025-01-01")
}

// TestSucceed_InTheOrderOfDays: a book that moves twice on one day was the first one's until then, and no move is dated
// before the last one.
func TestSucceed_InTheOrderOfDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		for _, to := range []int64{2, 4} {
			d.write(func(tx *store.Tx) error {
				return ledger.Succeed(tx, county, ledger.Succession{Book: d.village.ID, To: to}, "2025-07-01")
			})
		}
		d.read(func(tx *store.Tx) error {
			then, err := ledger.UnitsOn(tx, county, "2025-06-30")
			if then[d.village.ID] != d.village.Unit {
				t.Errorf("in June the book was of %v", then)
			}
			if err != nil {
				return err
			}
			b, err := ledger.GetBook(tx, county, d.village.ID)
			if err != nil {
				return err
			}
			for on, want := range map[calendar.Date]bool{"2025-06-01": true, "2025-07-01": false} {
				found, err := ledger.SuccessionObstacles(tx, b, on, false)
				if err != nil {
					return err
				}
				late := slices.ContainsFunc(found, func(o ledger.Obstacle) bool { return strings.Contains(o.Message, "在 2025-07-01 已划转过") })
				if late != want {
					t.Errorf("on %s stand in the way %+v", on, found)
				}
			}
			return nil
		})
	})
}

// TestSucceed_AnEndedBookMovesOn: a book that was ended and closed does not stand in the way of the next change, and stays
// ended since its day.
func TestSucceed_AnEndedBookMovesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.write(func(tx *store.Tx) error { return endVillage(d, tx) })
		d.close(d.village, "2025-01")
		d.write(func(tx *store.Tx) error {
			b, err := ledger.Claim(tx, county, d.village.ID)
			if err != nil {
				return err
			}
			found, err := ledger.SuccessionObstacles(tx, b, "2025-07-01", true)
			if err != nil {
				return err
			}
			if len(found) > 0 {
				t.Errorf("in the way stand %+v", found)
			}
			if err := ledger.Succeed(tx, county, ledger.Succession{Book: b.ID, To: 4, End: true}, "2025-07-01"); err != nil {
				return err
			}
			b, err = ledger.GetBook(tx, county, b.ID)
			if b.Unit != 4 || b.EndedOn != "2025-01-01" || !b.Ended() {
				t.Errorf("the book is now %+v", b)
			}
			return err
		})
	})
}

type errObstacle struct{ message string }

func (e errObstacle) Error() string { return e.message }

const laterVoucher = "账套清溪村已有 1 张日期在 2025-01-01 之后的凭证"

// TestSucceed_SeesTheSameCommit: a voucher of an earlier step of the same commit stands in the way.
func TestSucceed_SeesTheSameCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		begun, hold := make(chan struct{}, 8), make(chan struct{})
		results := make(chan error, 3)
		go func() {
			results <- d.try(func(tx *store.Tx) error { begun <- struct{}{}; <-hold; return nil })
		}()
		<-begun
		time.AfterFunc(100*time.Millisecond, func() { close(hold) })
		for _, step := range []func(d *desk, tx *store.Tx) error{postRent("2025-01-10"), endVillage} {
			go func() { results <- d.try(func(tx *store.Tx) error { return step(d, tx) }) }()
			time.Sleep(20 * time.Millisecond) // one behind the other
		}
		var refused []string
		for range 3 {
			if err := <-results; err != nil {
				refused = append(refused, err.Error())
			}
		}
		if len(refused) != 1 || !strings.Contains(refused[0], laterVoucher) {
			t.Errorf("refused: %q", refused)
		}
	})
}

// TestTwoPrograms_EndedBookTakesNothing: one program posts while another ends the book.
func TestTwoPrograms_EndedBookTakesNothing(t *testing.T) {
	t.Run("post first", func(t *testing.T) {
		one, two := programs(t)
		posted, ended := interleave(one, two, postRent("2025-01-10"), endVillage)
		if posted != nil || ended == nil || !strings.Contains(ended.Error(), laterVoucher) {
			t.Errorf("posted: %v, ended after it: %v", posted, ended)
		}
	})
	t.Run("end first", func(t *testing.T) {
		one, two := programs(t)
		ended, posted := interleave(one, two, endVillage, postRent("2025-01-10"))
		if ended != nil || !fault.HasCode(posted, "book-ended") {
			t.Errorf("ended: %v, posted after it: %v", ended, posted)
		}
	})
}
