package appropriation_test

import (
	"context"
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const county int64 = 990001

// world is a county with two townships, two people of its budget section and a clerk of the first township.
type world struct {
	t                     *testing.T
	db                    *store.DB
	town, other           org.Unit
	maker, checker, town1 identity.Actor
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{t: t, db: db}
	w.must(func(tx *store.Tx) error {
		root, err := org.CreateCounty(tx, county, "青岚县", "2026-10-23", "2020-01-01")
		if err != nil {
			return err
		}
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		if err := rule.Bootstrap(tx, county, "2020-01-01", appropriation.Rules()...); err != nil {
			return err
		}
		for _, u := range []struct {
			code, name string
			to         *org.Unit
		}{{"990001101", "柳溪镇", &w.town}, {"990001102", "云溪乡", &w.other}} {
			if *u.to, err = org.Create(tx, county, org.NewUnit{Code: u.code, Name: u.name, Kind: org.Township, Parent: root.ID, From: "2020-01-01"}); err != nil {
				return err
			}
		}
		actor := func(id int64, role identity.Role, u org.Unit) identity.Actor {
			return identity.Actor{County: county, Login: id, Person: id, Grants: []identity.Grant{{Role: role, Unit: u.ID, Path: u.Path}}}
		}
		w.maker, w.checker = actor(1, identity.CountyBudget, root), actor(2, identity.CountyBudget, root)
		w.town1 = actor(3, identity.OfficeHead, w.town)
		return nil
	})
	return w
}

func (w *world) try(step func(tx *store.Tx) error) error {
	return w.db.Write(context.Background(), step)
}

func (w *world) must(step func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.try(step); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(code string, step func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.try(step); !fault.HasCode(err, code) {
		w.t.Errorf("want %s, got %v", code, err)
	}
}

// key is a line of office cost of the first township in a year.
func (w *world) key(year int, economic string) appropriation.Key {
	return appropriation.Key{Year: year, Unit: w.town.ID, Fund: "1", Function: "2010301", Economic: economic}
}

// line interns a line.
func (w *world) line(k appropriation.Key) appropriation.Line {
	w.t.Helper()
	var l appropriation.Line
	w.must(func(tx *store.Tx) (err error) {
		l, err = appropriation.Intern(tx, w.maker, appropriation.NewLine{Key: k, Source: "青财预〔2026〕1号"})
		return err
	})
	return l
}

func (w *world) now(l appropriation.Line) appropriation.Line {
	w.t.Helper()
	w.must(func(tx *store.Tx) (err error) { l, err = appropriation.Get(tx, county, l.ID); return err })
	return l
}

// order is an order that nothing is wrong with but what the items make it.
func order(kind appropriation.OrderKind, year int, items ...appropriation.Item) appropriation.Order {
	return appropriation.Order{
		ID: document.NewID(), Kind: kind, Year: year, Date: calendar.PeriodOf(year, 10).First(), Source: "青财预〔2026〕1号", Session: "青人〔2026〕3号", Items: items,
	}
}

func item(move appropriation.MoveKind, l appropriation.Line, yuan money.Fen) appropriation.Item {
	it := appropriation.Item{Move: move, Line: l.ID, Amount: yuan * 100}
	switch move {
	case appropriation.Initial, appropriation.Addition, appropriation.Reduction:
		it.From = appropriation.SourceOwn
	}
	return it
}

// issue drafts, checks and issues an order.
func (w *world) issue(o appropriation.Order) error {
	return w.try(func(tx *store.Tx) error { return issue(tx, w, o) })
}

func issue(tx *store.Tx, w *world, o appropriation.Order) error {
	if _, err := appropriation.Draft(tx, w.maker, o, 0); err != nil {
		return err
	}
	if _, err := appropriation.Check(tx, w.checker, o.ID, 1); err != nil {
		return err
	}
	_, err := appropriation.Issue(tx, w.maker, o.ID, 2)
	return err
}

func (w *world) given(k appropriation.Key, yuan money.Fen) appropriation.Line {
	w.t.Helper()
	l := w.line(k)
	if err := w.issue(order(appropriation.OrderInitial, k.Year, item(appropriation.Initial, l, yuan))); err != nil {
		w.t.Fatal(err)
	}
	return w.now(l)
}

func use(l appropriation.Line, yuan money.Fen) appropriation.Use {
	return appropriation.Use{Line: l.ID, Amount: yuan * 100, Document: document.NewID(), Number: "付-0001", On: calendar.PeriodOf(l.Year, 3).First()}
}

func (w *world) verified() {
	w.t.Helper()
	w.must(func(tx *store.Tx) error {
		flaws, err := appropriation.Verify(tx, county)
		if len(flaws) > 0 {
			w.t.Errorf("flaws: %v", flaws)
		}
		return err
	})
}

// TestOrders_MoveTheSums: each kind of order once, and what the line comes to.
func TestOrders_MoveTheSums(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		office, trips := w.given(w.key(2026, "30201"), 1000), w.given(w.key(2026, "30211"), 500)
		for _, o := range []appropriation.Order{
			order(appropriation.OrderAddition, 2026, item(appropriation.Addition, office, 200)),
			order(appropriation.OrderReduction, 2026, item(appropriation.Reduction, office, 50)),
			order(appropriation.OrderTransfer, 2026, item(appropriation.TransferOut, office, 100), item(appropriation.TransferIn, trips, 100)),
			order(appropriation.OrderFreeze, 2026, item(appropriation.Freeze, office, 300)),
			order(appropriation.OrderUnfreeze, 2026, item(appropriation.Unfreeze, office, 120)),
			order(appropriation.OrderRecall, 2026, item(appropriation.Recall, office, 70)),
		} {
			if err := w.issue(o); err != nil {
				t.Fatal(err)
			}
		}
		w.must(func(tx *store.Tx) error {
			for _, s := range []struct {
				do   func(*store.Tx, identity.Actor, appropriation.Use) error
				yuan money.Fen
			}{{appropriation.Hold, 400}, {appropriation.Release, 100}, {appropriation.Spend, 250}, {appropriation.Refund, 30}} {
				if err := s.do(tx, w.town1, use(office, s.yuan)); err != nil {
					return err
				}
			}
			return nil
		})
		got := w.now(office)
		want := appropriation.Sums{Initial: 100000, Added: 20000, Reduced: 5000, Moved: -10000, Frozen: 18000, Recalled: 7000, Held: 5000, Spent: 25000, Refunded: 3000}
		if got.Sums != want || got.Available() != 53000 || got.Budget() != 100000 || got.Adjusted() != 98000 || got.Paid() != 22000 {
			t.Errorf("sums %+v, available %s", got.Sums, got.Available())
		}
		if w.now(trips).Available() != 60000 {
			t.Errorf("the other line has %s", w.now(trips).Available())
		}
		w.must(func(tx *store.Tx) error {
			all, err := appropriation.MovesOf(tx, county, office.ID, 0, 99)
			if len(all) != 11 || all[0].Kind != appropriation.Refunding || all[0].Available != 53000 || all[10].Checker != 2 || all[10].Number != "年初预算-2026-0001" {
				t.Errorf("moves %+v", all)
			}
			balances, err2 := appropriation.Memorandum(tx, county, 2026, w.town.Path)
			got := map[string]money.Fen{}
			for _, b := range balances {
				got[b.Account.Code] = b.Standing()
			}
			for code, want := range map[string]money.Fen{"X101": 165000, "X106": 0, "X203": 113000, "X204": 5000, "X205": 22000, "X207": 7000, "X209": 18000} {
				if got[code] != want {
					t.Errorf("%s stands at %s, want %s", code, got[code], want)
				}
			}
			if err == nil {
				err = err2
			}
			return err
		})
		w.verified()
	})
}

// TestAvailable_MissingIsZero: no line, no money.
func TestAvailable_MissingIsZero(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.must(func(tx *store.Tx) error {
			got, err := appropriation.Available(tx, county, w.key(2026, "30201"))
			if got != 0 {
				t.Errorf("a missing line has %s", got)
			}
			return err
		})
		nowhere := appropriation.Line{ID: 77, Key: appropriation.Key{Year: 2026}}
		w.refused("appropriation-none", func(tx *store.Tx) error { return appropriation.Hold(tx, w.town1, use(nowhere, 1)) })
		w.refused("appropriation-none", func(tx *store.Tx) error { return appropriation.Affords(tx, county, use(nowhere, 1)) })
		empty := w.line(w.key(2026, "30201"))
		w.refused("appropriation-overdrawn", func(tx *store.Tx) error { return appropriation.Hold(tx, w.town1, use(empty, 1)) })
		w.refused("appropriation-overdrawn", func(tx *store.Tx) error { return appropriation.Affords(tx, county, use(empty, 1)) })
	})
}

// TestSteps_ByDifferentPeople: the maker does not check, the township makes nothing, a form sent twice is one order.
func TestSteps_ByDifferentPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		l := w.line(w.key(2026, "30201"))
		o := order(appropriation.OrderInitial, 2026, item(appropriation.Initial, l, 1000))
		draft := func(by identity.Actor, version int64) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { _, err := appropriation.Draft(tx, by, o, version); return err }
		}
		w.refused("role-missing", draft(w.town1, 0))
		w.must(draft(w.maker, 0))
		w.refused("document-exists", draft(w.maker, 0))
		at := func(step func(*store.Tx, identity.Actor, string, int64) (document.Document, error), by identity.Actor, version int64) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { _, err := step(tx, by, o.ID, version); return err }
		}
		w.refused("step-not-now", at(appropriation.Issue, w.maker, 1))
		w.refused("duty-clash", at(appropriation.Check, w.maker, 1))
		w.refused("role-missing", at(appropriation.Check, w.town1, 1))
		w.must(func(tx *store.Tx) error {
			_, err := appropriation.Return(tx, w.checker, o.ID, 1, "金额与文件不符")
			return err
		})
		o.Items[0].Amount = 90000
		w.must(draft(w.maker, 2))
		w.must(at(appropriation.Check, w.checker, 3))
		w.must(at(appropriation.Issue, w.checker, 4))
		w.refused("step-not-now", func(tx *store.Tx) error { _, err := appropriation.Void(tx, w.maker, o.ID, 5, "不要了"); return err })
		if got := w.now(l); got.Available() != 90000 {
			t.Errorf("available %s", got.Available())
		}
		w.must(func(tx *store.Tx) error {
			stranger := w.town1
			stranger.Grants = []identity.Grant{{Role: identity.OfficeHead, Unit: w.other.ID, Path: w.other.Path}}
			if _, err := appropriation.See(tx, stranger, l.ID); !fault.HasCode(err, "appropriation-unknown") {
				t.Errorf("another township's line: %v", err)
			}
			if _, err := appropriation.SeeOrder(tx, stranger, o.ID); !fault.HasCode(err, "appropriation-order-unknown") {
				t.Errorf("another township's order: %v", err)
			}
			seen, err := appropriation.SeeOrder(tx, w.town1, o.ID)
			if !seen.Whole || seen.Checker != 2 {
				t.Errorf("its own: %+v", seen)
			}
			return err
		})
		w.verified()
	})
}
