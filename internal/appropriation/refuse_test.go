package appropriation_test

import (
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestDraft_Refusals: what the handbook's part 3.1 says is refused.
func TestDraft_Refusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		office, wages, meals := w.given(w.key(2026, "30201"), 1000), w.given(w.key(2026, "30101"), 1000), w.given(w.key(2026, "30217"), 10)
		works := w.key(2026, "31005")
		works.Project = "村道硬化"
		project := w.given(works, 500)
		land := works
		land.Fund, land.Function = "2", "2120803"
		fund := w.given(land, 500)
		change := func(o appropriation.Order, how func(o *appropriation.Order)) appropriation.Order { how(&o); return o }
		add := order(appropriation.OrderAddition, 2026, item(appropriation.Addition, office, 100))
		transfer := func(from, to appropriation.Line, out, in money.Fen) appropriation.Order {
			return order(appropriation.OrderTransfer, 2026, item(appropriation.TransferOut, from, out), item(appropriation.TransferIn, to, in))
		}
		for _, c := range []struct {
			what, code string
			o          appropriation.Order
		}{
			{"over what is available", "appropriation-overdrawn", order(appropriation.OrderRecall, 2026, item(appropriation.Recall, office, 1001))},
			{"no document", "appropriation-source-missing", change(add, func(o *appropriation.Order) { o.Source = " " })},
			{"no income", "appropriation-without-income", change(order(appropriation.OrderAddition, 2026, item(appropriation.Addition, office, 1)), func(o *appropriation.Order) { o.Items[0].From = "" })},
			{"income carried over by hand", "appropriation-without-income", change(order(appropriation.OrderAddition, 2026, item(appropriation.Addition, office, 1)), func(o *appropriation.Order) { o.Items[0].From = "X104" })},
			{"an adjustment without the session", "appropriation-not-approved", change(add, func(o *appropriation.Order) { o.Session = "" })},
			{"a budget without the session", "appropriation-not-approved", change(order(appropriation.OrderInitial, 2026, item(appropriation.Initial, office, 1)), func(o *appropriation.Order) { o.Session = "" })},
			{"people cost to reception", "appropriation-people-to-reception", transfer(wages, meals, 10, 10)},
			{"a project to basic cost", "appropriation-project-to-basic", transfer(project, office, 10, 10)},
			{"between funds", "appropriation-transfer-fund", transfer(fund, project, 10, 10)},
			{"unequal", "appropriation-transfer-unequal", transfer(office, meals, 10, 9)},
			{"a line twice", "appropriation-line-twice", transfer(office, office, 10, 10)},
			{"nothing", "appropriation-amount", transfer(office, meals, 0, 0)},
			{"another year", "appropriation-year-mixed", change(order(appropriation.OrderRecall, 2025, item(appropriation.Recall, office, 1)), func(*appropriation.Order) {})},
			{"tomorrow", "appropriation-future", change(add, func(o *appropriation.Order) { o.Date = "2026-10-24" })},
			{"last year's day", "appropriation-date-year", change(add, func(o *appropriation.Order) { o.Date = "2025-12-31" })},
			{"no kind", "appropriation-kind", change(add, func(o *appropriation.Order) { o.Kind = "gift" })},
			{"no item", "appropriation-no-items", change(add, func(o *appropriation.Order) { o.Items = nil })},
			{"more unfrozen than frozen", "appropriation-overdrawn", order(appropriation.OrderUnfreeze, 2026, item(appropriation.Unfreeze, office, 1))},
		} {
			c.o.ID = document.NewID()
			if c.o.Items != nil {
				c.o.Items = append([]appropriation.Item{}, c.o.Items...)
			}
			w.refused(c.code, func(tx *store.Tx) error {
				_, err := appropriation.Draft(tx, w.maker, c.o, 0)
				return err
			})
		}
		fromAbove := order(appropriation.OrderAddition, 2026, item(appropriation.Addition, office, 100))
		fromAbove.Session, fromAbove.Items[0].From = "", appropriation.SourceTransfer
		if err := w.issue(fromAbove); err != nil {
			t.Errorf("an earmarked transfer from above is no adjustment: %v", err)
		}
		w.verified()
	})
}

// TestIssue_AsksAgain: what was affordable when it was made and is not any more moves nothing, of no item.
func TestIssue_AsksAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		a, b := w.given(w.key(2026, "30201"), 100), w.given(w.key(2026, "30202"), 100)
		o := order(appropriation.OrderRecall, 2026, item(appropriation.Recall, a, 80), item(appropriation.Recall, b, 80))
		w.must(func(tx *store.Tx) error {
			if _, err := appropriation.Draft(tx, w.maker, o, 0); err != nil {
				return err
			}
			_, err := appropriation.Check(tx, w.checker, o.ID, 1)
			return err
		})
		w.must(func(tx *store.Tx) error { return appropriation.Hold(tx, w.town1, use(b, 30)) })
		w.refused("appropriation-overdrawn", func(tx *store.Tx) error { _, err := appropriation.Issue(tx, w.maker, o.ID, 2); return err })
		if got := w.now(a).Available(); got != 10000 {
			t.Errorf("the first line lost money: %s", got)
		}
		w.verified()
	})
}

func TestIntern_Refusals(t *testing.T) {
	db := storetest.One(t)
	w := newWorld(t, db)
	for code, change := range map[string]func(n *appropriation.NewLine){
		"class-unknown":               func(n *appropriation.NewLine) { n.Function = "9990000" },
		"appropriation-class-coarse":  func(n *appropriation.NewLine) { n.Function = "201" },
		"appropriation-class-missing": func(n *appropriation.NewLine) { n.Fund = "" },
		"appropriation-fund":          func(n *appropriation.NewLine) { n.Fund = "2" },
		"appropriation-mode":          func(n *appropriation.NewLine) { n.Mode = "cash" },
		"appropriation-year":          func(n *appropriation.NewLine) { n.Year = 26 },
		"unit-unknown":                func(n *appropriation.NewLine) { n.Unit = 999 },
	} {
		n := appropriation.NewLine{Key: w.key(2026, "30201")}
		change(&n)
		w.refused(code, func(tx *store.Tx) error { _, err := appropriation.Intern(tx, w.maker, n); return err })
	}
	land := appropriation.NewLine{Key: w.key(2026, "30201")}
	land.Function = "2120803"
	w.refused("appropriation-fund", func(tx *store.Tx) error { _, err := appropriation.Intern(tx, w.maker, land); return err })
	w.refused("role-missing", func(tx *store.Tx) error {
		_, err := appropriation.Intern(tx, w.town1, appropriation.NewLine{Key: w.key(2026, "30201")})
		return err
	})
	w.line(w.key(2026, "30201"))
	w.refused("appropriation-marks", func(tx *store.Tx) error {
		_, err := appropriation.Intern(tx, w.maker, appropriation.NewLine{Key: w.key(2026, "30201"), Purchase: true})
		return err
	})
}

// TestUse_Refusals: a payment takes nothing that it does not hold, and nothing of another year.
func TestUse_Refusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		l := w.given(w.key(2026, "30201"), 100)
		w.must(func(tx *store.Tx) error { return appropriation.Hold(tx, w.town1, use(l, 60)) })
		over := use(l, 61)
		for _, step := range []func(tx *store.Tx) error{
			func(tx *store.Tx) error { return appropriation.Hold(tx, w.town1, use(l, 41)) },
			func(tx *store.Tx) error { return appropriation.Spend(tx, w.town1, over) },
			func(tx *store.Tx) error { return appropriation.Release(tx, w.town1, over) },
			func(tx *store.Tx) error { return appropriation.Refund(tx, w.town1, use(l, 1)) },
		} {
			w.refused("appropriation-overdrawn", step)
		}
		late := use(l, 1)
		late.On = "2027-01-02"
		w.refused("appropriation-other-year", func(tx *store.Tx) error { return appropriation.Hold(tx, w.town1, late) })
		w.verified()
	})
}

// TestProvisional_CappedByLastYear: before the budget is approved a unit gets no more than the year before had spent by
// the end of the same month; the approved budget takes its place.
func TestProvisional_CappedByLastYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		before := w.given(w.key(2025, "30201"), 1000)
		pay := func(yuan money.Fen, on calendar.Date) {
			w.must(func(tx *store.Tx) error {
				u := use(before, yuan)
				u.On = on
				if err := appropriation.Hold(tx, w.town1, u); err != nil {
					return err
				}
				return appropriation.Spend(tx, w.town1, u)
			})
		}
		pay(100, "2025-01-20")
		pay(50, "2025-02-20")
		pay(400, "2025-03-01")
		l := w.line(w.key(2026, "30201"))
		ask := func(yuan money.Fen, on calendar.Date) appropriation.Order {
			o := order(appropriation.OrderProvisional, 2026, item(appropriation.Provisional, l, yuan))
			o.Date, o.Session = on, ""
			return o
		}
		if err := w.issue(ask(100, "2026-01-05")); err != nil {
			t.Fatal(err)
		}
		w.refused("appropriation-provisional-cap", func(tx *store.Tx) error { return issue(tx, w, ask(1, "2026-01-25")) })
		w.refused("appropriation-provisional-cap", func(tx *store.Tx) error { return issue(tx, w, ask(51, "2026-02-05")) })
		if err := w.issue(ask(50, "2026-02-05")); err != nil {
			t.Fatal(err)
		}
		w.must(func(tx *store.Tx) error { return appropriation.Hold(tx, w.town1, use(l, 120)) })
		small := order(appropriation.OrderInitial, 2026, item(appropriation.Initial, l, 100))
		w.refused("appropriation-overdrawn", func(tx *store.Tx) error { return issue(tx, w, small) })
		if err := w.issue(order(appropriation.OrderInitial, 2026, item(appropriation.Initial, l, 1000))); err != nil {
			t.Fatal(err)
		}
		if got := w.now(l); got.Provisional != 0 || got.Available() != 88000 {
			t.Errorf("after approval: provisional %s, available %s", got.Provisional, got.Available())
		}
		w.refused("appropriation-approved", func(tx *store.Tx) error { return issue(tx, w, ask(1, "2026-03-05")) })
		w.verified()
	})
}

// TestLapse_TakesBackWhatWasNotApproved: what no budget followed falls away.
func TestLapse_TakesBackWhatWasNotApproved(t *testing.T) {
	db := storetest.One(t)
	w := newWorld(t, db)
	before := w.given(w.key(2025, "30201"), 100)
	w.must(func(tx *store.Tx) error {
		if err := appropriation.Hold(tx, w.town1, use(before, 100)); err != nil {
			return err
		}
		return appropriation.Spend(tx, w.town1, use(before, 100))
	})
	l := w.line(w.key(2026, "30201"))
	for _, o := range []appropriation.Order{
		order(appropriation.OrderProvisional, 2026, item(appropriation.Provisional, l, 100)), order(appropriation.OrderLapse, 2026, item(appropriation.Lapse, l, 100)),
	} {
		if err := w.issue(o); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.now(l); got.Available() != 0 || got.Moves != 2 {
		t.Errorf("%+v", got)
	}
	w.verified()
}

// TestCarryOver_AtMostTwoYears: money of 2023 goes into 2024 and 2025, and no further.
func TestCarryOver_AtMostTwoYears(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		l := w.given(w.key(2023, "30201"), 100)
		carry := func(l appropriation.Line) error {
			return w.try(func(tx *store.Tx) error {
				items, err := appropriation.CarryItems(tx, w.maker, l, l.Available())
				if err != nil {
					return err
				}
				o := order(appropriation.OrderCarryOver, l.Year, items...)
				o.Date = calendar.PeriodOf(l.Year, 12).Last()
				return issue(tx, w, o)
			})
		}
		for year := 2024; year <= 2025; year++ {
			if err := carry(l); err != nil {
				t.Fatal(err)
			}
			k := l.Key
			k.Year = year
			w.must(func(tx *store.Tx) error {
				next, ok, err := appropriation.Find(tx, county, k)
				if !ok || next.Available() != 10000 || next.Parent != l.ID || next.Origin != 2023 || next.CarriedIn != 10000 {
					t.Errorf("%d: %+v", year, next)
				}
				l = next
				return err
			})
		}
		w.must(func(tx *store.Tx) error {
			all, err := appropriation.Carryable(tx, w.maker, 2025, w.town.Path)
			if len(all) != 1 || !all[0].TooOld || all[0].Age != 3 {
				t.Errorf("carryable %+v", all)
			}
			return err
		})
		if err := carry(l); err == nil {
			t.Error("carried a third time")
		}
		w.refused("appropriation-too-old", func(tx *store.Tx) error {
			items, err := appropriation.CarryItems(tx, w.maker, l, l.Available())
			if err != nil {
				return err
			}
			o := order(appropriation.OrderCarryOver, 2025, items...)
			_, err = appropriation.Draft(tx, w.maker, o, 0)
			return err
		})
		w.verified()
	})
}
