package unitchange_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
	"xiangzhang/internal/unitchange"
	"xiangzhang/internal/web/webtest"
)

func order(on calendar.Date) unitchange.Order {
	return unitchange.Order{ID: document.NewID(), On: on, DocumentNo: "青政〔2026〕12号", Reason: "两村人口减少,村民会议同意合并"}
}

// rent posts income of a village in a month.
func rent(t *testing.T, w *webtest.World, book string, day calendar.Date, yuan money.Fen) {
	t.Helper()
	w.Post(t, "kuaiji", "shenhe", document.NewID(), book, day,
		ledger.Line{Account: "102", Summary: "收承包费", Debit: yuan * 100}, ledger.Line{Account: "50104", Summary: "收承包费", Credit: yuan * 100})
}

func try(w *webtest.World, step func(tx *store.Tx) error) error {
	return w.DB.Write(context.Background(), step)
}

// postedRows writes out what is posted in a book, to compare it before and after.
func postedRows(t *testing.T, w *webtest.World, book string) string {
	t.Helper()
	var text string
	w.Write(t, func(tx *store.Tx) error {
		b, err := ledger.GetBook(tx, webtest.County, w.Books[book].ID)
		if err != nil {
			return err
		}
		heads, err := ledger.ListVouchers(tx, b, "2026-01", "2026-06")
		if err != nil {
			return err
		}
		for _, h := range heads {
			v, err := ledger.GetVoucher(tx, b, h.Number)
			if err != nil {
				return err
			}
			rows, err := trail.List(tx, webtest.County, v.Document)
			if err != nil {
				return err
			}
			text += fmt.Sprintf("%+v %+v\n", v, rows)
		}
		return nil
	})
	return text
}

// stands adds up an account over books at the end of a month.
func stands(t *testing.T, w *webtest.World, account string, through calendar.Period, books ...string) money.Fen {
	t.Helper()
	var sum money.Fen
	w.Write(t, func(tx *store.Tx) error {
		var all []ledger.Book
		for _, code := range books {
			b, err := ledger.BookByCode(tx, webtest.County, code)
			if err != nil {
				return err
			}
			all = append(all, b)
		}
		moves, _, err := ledger.Balances(tx, webtest.County, all, "2026-01", through)
		if err != nil {
			return err
		}
		known, err := ledger.Combinations(tx, webtest.County)
		for id, m := range moves {
			if known[id].Account == account {
				sum += m.Balance()
			}
		}
		return err
	})
	return sum
}

func verify(t *testing.T, w *webtest.World) {
	t.Helper()
	v, err := ledger.Verify(context.Background(), w.DB, webtest.County, nil)
	if err != nil || !v.OK {
		t.Errorf("the books do not hold: %v %+v", err, v.Violations)
	}
}

// pass submits, checks and posts a draft.
func pass(t *testing.T, w *webtest.World, id string) {
	t.Helper()
	maker, checker := w.Actor(t, "kuaiji"), w.Actor(t, "shenhe")
	for _, step := range []func(tx *store.Tx) error{
		func(tx *store.Tx) error { _, err := ledger.Submit(tx, maker, id, 1); return err },
		func(tx *store.Tx) error { _, err := ledger.Check(tx, checker, id, 2); return err },
		func(tx *store.Tx) error { _, err := ledger.Post(tx, maker, id, 3); return err },
	} {
		w.Write(t, step)
	}
}

// TestMerge_OfTwoVillagesInMidYear goes the whole way: obstacles one after another, the merge, whose the book is and was,
// who may look into it, the balances handed over, and every book still right.
func TestMerge_OfTwoVillagesInMidYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := webtest.On(t, db)
		b := w.Village(t, "南湾村", "990001100202", "柳溪镇", "LX-NW")
		rent(t, w, "LX-NW", "2026-03-05", 3000)
		rent(t, w, "LX-SQ", "2026-03-06", 500)
		clerk, head := w.Grant(t, identity.VillageClerk, "南湾村"), w.Grant(t, identity.VillageHead, "石桥村")
		maker, sys, sec := w.Actor(t, "kuaiji"), w.Actor(t, "sys"), w.Actor(t, "sec")
		draft := document.NewID()
		w.Write(t, func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, maker, ledger.DraftVoucher{Document: draft, Book: b.ID, Date: "2026-09-01"}, 0)
			return err
		})
		merge := unitchange.Regroup{
			Order: order("2026-07-01"), Ending: []int64{w.Units["南湾村"].ID}, Stay: w.Units["石桥村"].ID, Name: "石湾村",
			Books: []unitchange.BookPlan{{Book: b.ID, End: true}},
		}
		obstacles := func() string {
			var texts []string
			w.Write(t, func(tx *store.Tx) error {
				all, err := unitchange.Obstacles(tx, sys, merge)
				for _, o := range all {
					if o.Hint == "" {
						t.Errorf("%s: no way out", o.Message)
					}
					texts = append(texts, o.Message)
				}
				return err
			})
			return strings.Join(texts, "\n")
		}
		want := "账套南湾村股份经济合作社还没有结过账,生效日期 2026-07-01 之前的月份还没有全部结账\n" +
			"账套南湾村股份经济合作社还有 1 张未记账的凭证(草稿、退回、待审核或待记账)\n试村报账员还担任「南湾村」的村报账员"
		if got := obstacles(); got != want {
			t.Errorf("in the way stand\n%s\nwant\n%s", got, want)
		}
		do := func() error { return try(w, func(tx *store.Tx) error { return unitchange.Do(tx, sys, merge) }) }
		if err := do(); !fault.HasCode(err, "unit-change-obstacle") {
			t.Fatalf("merged over obstacles: %v", err)
		}
		w.Write(t, func(tx *store.Tx) error { _, err := ledger.Void(tx, maker, draft, 1, "重复"); return err })
		w.Close(t, "kuaiji", "LX-NW", "2026-06")
		w.Write(t, func(tx *store.Tx) error {
			l, err := identity.FindLogin(tx, webtest.County, clerk)
			if err != nil {
				return err
			}
			return identity.RevokeRole(tx, sec, l.ID, identity.VillageClerk, w.Units["南湾村"].ID, "", "村合并")
		})
		before := postedRows(t, w, "LX-NW")
		if err := do(); err != nil {
			t.Fatal(err)
		}
		if err := do(); !document.IsTaken(err) {
			t.Errorf("sent twice: %v", err)
		}
		if after := postedRows(t, w, "LX-NW"); after != before || before == "" {
			t.Errorf("posted rows changed:\n%s\n%s", before, after)
		}
		altered(t, w)
		nothingNew(t, w, "南湾村")
		whose(t, w, b, clerk, head)
		handOver(t, w, b)
	})
}

// altered changes the record of the merge behind the program's back.
func altered(t *testing.T, w *webtest.World) {
	t.Helper()
	back := errors.New("taken back")
	for tamper, want := range map[string]int{
		`update unit_change set reason = reason`: 0, `update unit_change set reason = '另有原因'`: 1, `update unit_change set on_date = '2026-06-01'`: 1,
		`update unit_change set document_no = '1 号'`: 1, `update unit_change_part set name = '新湾村' where part = 'ended'`: 1,
		`update unit_change_part set part = 'renamed' where part = 'successor'`: 1, `update unit_change set person_id = person_id + 1`: 1,
	} {
		err := try(w, func(tx *store.Tx) error {
			if _, err := tx.Exec(tamper); err != nil {
				return err
			}
			flaws, err := unitchange.Verify(tx, webtest.County)
			if err != nil {
				return err
			}
			if len(flaws) != want {
				t.Errorf("%s: %+v", tamper, flaws)
			}
			return back
		})
		if !errors.Is(err, back) {
			t.Errorf("%s: %v", tamper, err)
		}
	}
}

// nothingNew: no role, person or book is given to a unit that has ended.
func nothingNew(t *testing.T, w *webtest.World, unit string) {
	t.Helper()
	sec, sys := w.Actor(t, "sec"), w.Actor(t, "sys")
	id := w.Units[unit].ID
	for what, step := range map[string]func(tx *store.Tx) error{
		"a role": func(tx *store.Tx) error {
			l, err := identity.FindLogin(tx, webtest.County, "baozhang")
			if err != nil {
				return err
			}
			return identity.GrantRole(tx, sec, identity.NewGrant{Login: l.ID, Role: identity.VillageClerk, Unit: id})
		},
		"a person": func(tx *store.Tx) error {
			_, err := identity.CreatePerson(tx, w.Keys, sys, identity.NewPerson{Name: "新人", Number: "110101199003070011", Unit: id})
			return err
		},
		"a book": func(tx *store.Tx) error {
			_, err := ledger.CreateBook(tx, webtest.County, ledger.NewBook{Code: "LX-NEU", Name: "新账套", Unit: id, Chart: ledger.Village, Start: "2026-10"})
			return err
		},
	} {
		if err := try(w, step); !fault.HasCode(err, "unit-closed") {
			t.Errorf("%s of a unit that has ended: %v", what, err)
		}
	}
}

// whose asks for whose the book is, was, and who may look into it.
func whose(t *testing.T, w *webtest.World, b ledger.Book, clerk, head string) {
	t.Helper()
	see := func(login string) error {
		by := w.Actor(t, login)
		return try(w, func(tx *store.Tx) error { _, err := ledger.See(tx, by, b.ID); return err })
	}
	if err := see(head); err != nil {
		t.Errorf("the successor cannot read the past: %v", err)
	}
	for _, login := range []string{clerk, "yunxi"} {
		if err := see(login); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads the book: %v", login, err)
		}
	}
	w.Write(t, func(tx *store.Tx) error {
		now, err := ledger.GetBook(tx, webtest.County, b.ID)
		if err != nil {
			return err
		}
		if now.UnitName != "石湾村" || now.EndedOn != "2026-07-01" || now.Ended() {
			t.Errorf("the book is now %+v", now)
		}
		then, err := ledger.UnitsOn(tx, webtest.County, "2026-06-30")
		if then[b.ID] != w.Units["南湾村"].ID {
			t.Errorf("in June the book was of %v", then)
		}
		if err != nil {
			return err
		}
		if later, err := ledger.UnitsOn(tx, webtest.County, "2026-07-01"); err != nil || len(later) != 0 {
			t.Errorf("in July the book was of %v, %v", later, err)
		}
		for on, want := range map[calendar.Date]string{"2026-06-30": "石桥村", "2026-07-01": "石湾村"} {
			if got, err := org.NameOn(tx, webtest.County, org.OfUnit, w.Units["石桥村"].ID, on, "石湾村"); err != nil || got != want {
				t.Errorf("on %s it was called %s, want %s (%v)", on, got, want, err)
			}
		}
		ended, err := org.Get(tx, webtest.County, w.Units["南湾村"].ID)
		if ended.To != "2026-06-30" {
			t.Errorf("南湾村 ends on %q", ended.To)
		}
		if err != nil {
			return err
		}
		history, err := unitchange.Of(tx, webtest.County, ended.ID)
		if len(history) != 1 || history[0].DocumentNo != "青政〔2026〕12号" || len(history[0].Parts) != 2 {
			t.Errorf("its history is %+v", history)
		}
		return err
	})
}

// handOver takes the balances over and closes the ended book.
func handOver(t *testing.T, w *webtest.World, b ledger.Book) {
	t.Helper()
	maker, checker := w.Actor(t, "kuaiji"), w.Actor(t, "shenhe")
	late := ledger.Voucher{Book: b.ID, Date: "2026-07-02", Word: "记", Lines: []ledger.Line{
		{Account: "102", Summary: "晚", Debit: 1}, {Account: "50104", Summary: "晚", Credit: 1}}}
	if err := try(w, func(tx *store.Tx) error {
		_, err := ledger.PostAtOnce(tx, maker, checker, document.NewID(), late)
		return err
	}); !fault.HasCode(err, "book-ended") {
		t.Errorf("a voucher after the end: %v", err)
	}
	if err := try(w, func(tx *store.Tx) error {
		_, err := ledger.CloseMonth(tx, maker, document.NewID(), b.ID, "2026-07")
		return err
	}); !fault.HasCode(err, "close-check") {
		t.Errorf("the ended book is closed before its balances are handed over: %v", err)
	}
	h := ledger.Handing{From: b.ID, To: w.Books["LX-SQ"].ID, Out: document.NewID(), In: document.NewID(), Source: "变更"}
	w.Write(t, func(tx *store.Tx) error { return ledger.HandOver(tx, maker, h) })
	if err := try(w, func(tx *store.Tx) error { return ledger.HandOver(tx, maker, h) }); !document.IsTaken(err) {
		t.Errorf("sent twice: %v", err)
	}
	other := h
	other.Out, other.In = document.NewID(), document.NewID()
	if err := try(w, func(tx *store.Tx) error { return ledger.HandOver(tx, maker, other) }); !fault.HasCode(err, "handing-unposted") {
		t.Errorf("handed over twice at once: %v", err)
	}
	total := stands(t, w, "102", "2026-06", "LX-NW", "LX-SQ")
	pass(t, w, h.Out)
	if err := try(w, func(tx *store.Tx) error { return ledger.HandOver(tx, maker, h) }); !document.IsTaken(err) {
		t.Errorf("sent again after it was posted: %v", err)
	}
	pass(t, w, h.In)
	if got := stands(t, w, "102", "2026-07", "LX-NW"); got != 0 {
		t.Errorf("%s are left in the ended book", got)
	}
	if got := stands(t, w, "102", "2026-07", "LX-SQ"); got != total || total != 350000 {
		t.Errorf("the successor has %s in the bank, both had %s", got, total)
	}
	if got := stands(t, w, "50104", "2026-10", "LX-NW", "LX-SQ"); got != -350000 {
		t.Errorf("the year's income is %s", got)
	}
	w.Close(t, "kuaiji", "LX-NW", "2026-07")
	w.Write(t, func(tx *store.Tx) error {
		now, err := ledger.GetBook(tx, webtest.County, b.ID)
		if !now.Ended() || now.Open("2026-08") {
			t.Errorf("the ended book goes on: %+v", now)
		}
		return err
	})
	if err := try(w, func(tx *store.Tx) error {
		_, err := ledger.CloseMonth(tx, maker, document.NewID(), b.ID, "2026-08")
		return err
	}); !fault.HasCode(err, "book-ended") {
		t.Errorf("a month after the end is closed: %v", err)
	}
	verify(t, w)
}

// TestMerge_OfTownships: villages and offices go over with their township, and whose they were can be asked.
func TestMerge_OfTownships(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := webtest.On(t, db)
		rent(t, w, "LX-SQ", "2026-03-05", 3000)
		sys, sec := w.Actor(t, "sys"), w.Actor(t, "sec")
		town, village := w.Units["云溪乡"], w.Units["东坪村"]
		w.Write(t, func(tx *store.Tx) error {
			held, err := identity.HoldersOf(tx, webtest.County, town.ID, "2026-10-23")
			for _, h := range held {
				if err == nil {
					err = identity.RevokeRole(tx, sec, h.Login, h.Role, h.Unit, "", "撤乡并镇")
				}
			}
			return err
		})
		merge := unitchange.Regroup{
			Order: order("2026-01-01"), Ending: []int64{town.ID}, Stay: w.Units["柳溪镇"].ID, Books: []unitchange.BookPlan{{Book: w.Books["YX01"].ID}},
		}
		w.Write(t, func(tx *store.Tx) error { return unitchange.Do(tx, sys, merge) })
		w.Write(t, func(tx *store.Tx) error {
			now, err := org.Get(tx, webtest.County, village.ID)
			if now.Path != w.Units["柳溪镇"].Path+itoa(village.ID)+"/" || now.Parent != w.Units["柳溪镇"].ID {
				t.Errorf("the village is at %s", now.Path)
			}
			if err != nil {
				return err
			}
			for on, want := range map[calendar.Date]string{"2025-12-31": village.Path, "2026-01-01": now.Path} {
				moved, err := org.ParentsOn(tx, webtest.County, on)
				if err != nil {
					return err
				}
				if got, err := org.PathOn(tx, webtest.County, now, moved); err != nil || got != want {
					t.Errorf("on %s the village was at %s, want %s (%v)", on, got, want, err)
				}
			}
			ended, err := org.Get(tx, webtest.County, town.ID)
			if err != nil {
				return err
			}
			once, err := ledger.OnceUnder(tx, webtest.County, ended)
			if len(once) != 2 {
				t.Errorf("once under 云溪乡 were %+v", once)
			}
			return err
		})
		accountant := w.Actor(t, "kuaiji") // of the successor
		if err := try(w, func(tx *store.Tx) error { _, err := ledger.See(tx, accountant, w.Books["YX-DP"].ID); return err }); err != nil {
			t.Errorf("the successor's accountant cannot read the village's book: %v", err)
		}
		verify(t, w)
	})
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// TestSplit_GivesEachBookToOne: the books of a village that is split go to the successors that the order names, and are
// carried on.
func TestSplit_GivesEachBookToOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := webtest.On(t, db)
		rent(t, w, "LX-SQ", "2026-03-05", 3000)
		w.Close(t, "kuaiji", "LX-SQ", "2026-09")
		sys, sec := w.Actor(t, "sys"), w.Actor(t, "sec")
		w.Write(t, func(tx *store.Tx) error {
			held, err := identity.HoldersOf(tx, webtest.County, w.Units["石桥村"].ID, "2026-10-23")
			for _, h := range held {
				if err == nil {
					err = identity.RevokeRole(tx, sec, h.Login, h.Role, h.Unit, "", "村拆分")
				}
			}
			return err
		})
		split := unitchange.Regroup{
			Order: order("2026-10-01"), Ending: []int64{w.Units["石桥村"].ID},
			Into:  []org.NewUnit{{Code: "990001100203", Name: "东石桥村"}, {Code: "990001100204", Name: "西石桥村"}},
			Books: []unitchange.BookPlan{{Book: w.Books["LX-SQ"].ID, To: 1}},
		}
		w.Write(t, func(tx *store.Tx) error { return unitchange.Do(tx, sys, split) })
		w.Write(t, func(tx *store.Tx) error {
			b, err := ledger.GetBook(tx, webtest.County, w.Books["LX-SQ"].ID)
			if b.UnitName != "西石桥村" || b.EndedOn != "" || !strings.HasPrefix(b.Path, w.Units["柳溪镇"].Path) {
				t.Errorf("the book is now %+v", b)
			}
			return err
		})
		rent(t, w, "LX-SQ", "2026-10-05", 20) // it goes on
		verify(t, w)
	})
}

// TestChanges_Refuse: what is wrong with an order is said before anything is done.
func TestChanges_Refuse(t *testing.T) {
	w := webtest.New(t)
	sys, bridge := w.Actor(t, "sys"), w.Units["石桥村"]
	w.Village(t, "南湾村", "990001100202", "柳溪镇", "LX-NW")
	merge := func(change func(r *unitchange.Regroup)) func(tx *store.Tx) error {
		r := unitchange.Regroup{Order: order("2026-07-01"), Ending: []int64{bridge.ID}, Stay: w.Units["南湾村"].ID, Books: []unitchange.BookPlan{{Book: w.Books["LX-SQ"].ID}}}
		change(&r)
		return func(tx *store.Tx) error { return unitchange.Do(tx, sys, r) }
	}
	rename := func(by string, o unitchange.Order, name string) func(tx *store.Tx) error {
		actor := w.Actor(t, by)
		return func(tx *store.Tx) error { return unitchange.Rename(tx, actor, o, bridge.ID, name, nil) }
	}
	without := order("2026-07-01")
	without.DocumentNo = " "
	for name, c := range map[string]struct {
		code string
		step func(tx *store.Tx) error
	}{
		"not on a first": {"unit-change-day", merge(func(r *unitchange.Regroup) { r.On = "2026-07-02" })},
		"not yet":        {"unit-change-future", merge(func(r *unitchange.Regroup) { r.On = "2026-11-01" })},
		"nobody":         {"unit-change-none", merge(func(r *unitchange.Regroup) { r.Ending = nil })},
		"other kinds":    {"unit-change-kinds", merge(func(r *unitchange.Regroup) { r.Ending = []int64{bridge.ID, w.Units["柳溪镇财政所"].ID} })},
		"itself":         {"unit-change-self", merge(func(r *unitchange.Regroup) { r.Stay = bridge.ID })},
		"books left out": {"unit-change-book", merge(func(r *unitchange.Regroup) { r.Books = nil })},
		"into nothing":   {"unit-change-into", merge(func(r *unitchange.Regroup) { r.Stay = 0 })},
		"no number":      {"unit-change-document-missing", rename("sys", without, "石桥新村")},
		"same name":      {"unit-name-same", rename("sys", order("2026-07-01"), "石桥村")},
		"no right":       {"role-missing", rename("kuaiji", order("2026-07-01"), "石桥新村")},
		"with books":     {"unit-with-books", func(tx *store.Tx) error { return unitchange.End(tx, sys, order("2026-10-23"), bridge.ID) }},
	} {
		err := try(w, c.step)
		if !fault.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		} else if fault.As(err).Hint == "" {
			t.Errorf("%s: no way out", name)
		}
	}
	w.Write(t, rename("sys", order("2026-07-01"), "石桥新村"))
	if err := try(w, rename("sys", order("2026-06-01"), "大石桥村")); !fault.HasCode(err, "name-back-dated") {
		t.Errorf("a name before the last one: %v", err)
	}
}
