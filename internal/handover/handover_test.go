package handover_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
	"xiangzhang/internal/web/webtest"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func try(w *webtest.World, step func(tx *store.Tx) error) error {
	return w.DB.Write(context.Background(), step)
}

// login gives a login by name.
func login(t *testing.T, w *webtest.World, name string) identity.Login {
	t.Helper()
	var l identity.Login
	w.Write(t, func(tx *store.Tx) error {
		var err error
		l, err = identity.FindLogin(tx, webtest.County, name)
		return err
	})
	return l
}

// enter makes and submits a voucher of the village's book.
func enter(t *testing.T, w *webtest.World, by string) string {
	t.Helper()
	maker, id := w.Actor(t, by), document.NewID()
	w.Write(t, func(tx *store.Tx) error {
		_, err := ledger.SaveDraft(tx, maker, ledger.DraftVoucher{Document: id, Book: w.Books["LX-SQ"].ID, Date: "2026-10-20", Lines: []ledger.DraftLine{
			{Account: "102", Summary: "收承包费", Debit: "10"}, {Account: "50104", Summary: "收承包费", Credit: "10"}}}, 0)
		if err == nil {
			_, err = ledger.Submit(tx, maker, id, 1)
		}
		return err
	})
	return id
}

// delegation lets to act as reviewer of the township for from.
func delegation(t *testing.T, w *webtest.World, from, to string, role identity.Role) identity.Delegation {
	t.Helper()
	return identity.Delegation{
		Document: document.NewID(), ToLogin: login(t, w, to).ID, Role: role, Unit: w.Units["柳溪镇"].ID, First: "2026-10-23", Last: "2026-10-25", Reason: "出差",
	}
}

// TestDelegate_CopiesExclusions: the delegate checks for the one who delegated, but not what that one or he himself made;
// document and leaf say for whom he acted.
func TestDelegate_CopiesExclusions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := webtest.On(t, db)
		// 兼岗 makes and checks; he delegates the checking to the unit's clerk, who has no duty that excludes it.
		given := delegation(t, w, "jiangang", "baozhang", identity.Reviewer)
		principal := w.Actor(t, "jiangang")
		own, others := enter(t, w, "jiangang"), enter(t, w, "kuaiji")
		check := func(id string) error {
			by := w.Actor(t, "baozhang")
			return try(w, func(tx *store.Tx) error { _, err := ledger.Check(tx, by, id, 2); return err })
		}
		if err := check(others); !fault.HasCode(err, "role-missing") {
			t.Errorf("without a delegation: %v", err)
		}
		for range 2 { // sent twice
			if err := try(w, func(tx *store.Tx) error { return handover.Delegate(tx, principal, given) }); err != nil && !document.IsTaken(err) {
				t.Fatal(err)
			}
		}
		err := check(own)
		if !fault.HasCode(err, "duty-clash-delegated") || !strings.Contains(err.Error(), "您代"+principal.Name+"办理") {
			t.Errorf("what the one who delegated made is checked for him: %v", err)
		}
		if err := check(others); err != nil {
			t.Fatal(err)
		}
		delegate := login(t, w, "baozhang").Person
		w.Write(t, func(tx *store.Tx) error {
			doc, err := document.Get(tx, webtest.County, others)
			if err != nil {
				return err
			}
			last := doc.Parts[len(doc.Parts)-1]
			if last.Duty != document.DutyCheck || last.Person != delegate || last.For != principal.Person {
				t.Errorf("the document says %+v", doc.Parts)
			}
			rows, err := trail.List(tx, webtest.County, others)
			if r := rows[len(rows)-1]; r.For != principal.Person || !strings.Contains(r.Leaf, `"for":`+itoa(principal.Person)) {
				t.Errorf("the leaf does not say for whom: %s", r.Leaf)
			}
			return err
		})
		if err := try(w, func(tx *store.Tx) error { return handover.Withdraw(tx, principal, given.Document, 1, "回来了") }); err != nil {
			t.Fatal(err)
		}
		if err := check(enter(t, w, "kuaiji")); !fault.HasCode(err, "role-missing") {
			t.Errorf("after it was withdrawn: %v", err)
		}
		if v, err := ledger.Verify(context.Background(), w.DB, webtest.County, nil); err != nil || !v.OK {
			t.Errorf("the leaves do not hold: %v %+v", err, v.Violations)
		}
	})
}

// TestDelegate_MadeForSomebodyIsHis: he does not check what a delegate made in his name.
func TestDelegate_MadeForSomebodyIsHis(t *testing.T) {
	w := webtest.New(t)
	principal, given := w.Actor(t, "jiangang"), delegation(t, w, "jiangang", "danwei", identity.Accountant)
	w.Write(t, func(tx *store.Tx) error { return handover.Delegate(tx, principal, given) })
	id := enter(t, w, "danwei")
	if err := try(w, func(tx *store.Tx) error { _, err := ledger.Check(tx, principal, id, 2); return err }); !fault.HasCode(err, "duty-clash") {
		t.Errorf("he checks what was made in his name: %v", err)
	}
}

// TestDelegate_HoldsForVouchersPostedAtOnce: two people vouch for an imported voucher, and neither acts for the other.
func TestDelegate_HoldsForVouchersPostedAtOnce(t *testing.T) {
	w := webtest.New(t)
	principal, given := w.Actor(t, "jiangang"), delegation(t, w, "jiangang", "baozhang", identity.Reviewer)
	w.Write(t, func(tx *store.Tx) error { return handover.Delegate(tx, principal, given) })
	checker := w.Actor(t, "baozhang")
	id := document.NewID()
	post := func(maker string) error {
		by := w.Actor(t, maker)
		return try(w, func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, by, checker, id, ledger.Voucher{Book: w.Books["LX-SQ"].ID, Date: "2026-10-20", Word: "记", Lines: []ledger.Line{
				{Account: "102", Summary: "收承包费", Debit: 1000}, {Account: "50104", Summary: "收承包费", Credit: 1000}}})
			return err
		})
	}
	if err := post("jiangang"); !fault.HasCode(err, "duty-clash") {
		t.Errorf("his delegate checked what he made: %v", err)
	}
	if err := post("kuaiji"); err != nil {
		t.Fatal(err)
	}
	w.Write(t, func(tx *store.Tx) error {
		doc, err := document.Get(tx, webtest.County, id)
		if p := doc.Parts[1]; p.Duty != document.DutyCheck || p.Person != checker.Person || p.For != principal.Person {
			t.Errorf("the document says %+v", doc.Parts)
		}
		return err
	})
	if v, err := ledger.Verify(context.Background(), w.DB, webtest.County, nil); err != nil || !v.OK {
		t.Errorf("the leaves do not hold: %v %+v", err, v.Violations)
	}
}

// TestDelegate_EndsByItself: nobody acts after the last day, before the first, or when the role itself is gone.
func TestDelegate_EndsByItself(t *testing.T) {
	w := webtest.New(t)
	given := delegation(t, w, "shenhe", "danwei", identity.Reviewer)
	principal := w.Actor(t, "shenhe")
	w.Write(t, func(tx *store.Tx) error { return handover.Delegate(tx, principal, given) })
	on := func(day string) bool {
		w.Write(t, func(tx *store.Tx) error {
			_, err := tx.Exec(`update county set business_date = $2 where county_id = $1`, webtest.County, day)
			return err
		})
		return w.Actor(t, "danwei").Has(w.Units["柳溪镇"].Path, identity.Reviewer)
	}
	for day, want := range map[string]bool{"2026-10-22": false, "2026-10-23": true, "2026-10-25": true, "2026-10-26": false} {
		if on(day) != want {
			t.Errorf("on %s the delegate has the role: %v", day, !want)
		}
	}
	on("2026-10-24")
	sec, l := w.Actor(t, "sec"), login(t, w, "shenhe")
	w.Write(t, func(tx *store.Tx) error {
		return identity.RevokeRole(tx, sec, l.ID, identity.Reviewer, w.Units["柳溪镇"].ID, "", "调离")
	})
	if on("2026-10-24") {
		t.Error("the delegate has a role that is gone")
	}
}

// TestDelegate_Refuses: what nobody may delegate.
func TestDelegate_Refuses(t *testing.T) {
	w := webtest.New(t)
	for name, c := range map[string]struct {
		code, from string
		change     func(d *identity.Delegation)
	}{
		"past":        {"delegation-back-dated", "kuaiji", func(d *identity.Delegation) { d.First = "2026-10-22" }},
		"reversed":    {"delegation-dates-reversed", "kuaiji", func(d *identity.Delegation) { d.Last = "2026-10-22" }},
		"too long":    {"delegation-too-long", "kuaiji", func(d *identity.Delegation) { d.Last = "2027-10-22" }},
		"no reason":   {"delegation-reason-missing", "kuaiji", func(d *identity.Delegation) { d.Reason = " " }},
		"not held":    {"delegation-not-held", "kuaiji", func(d *identity.Delegation) { d.Role = identity.OfficeHead }},
		"to self":     {"delegation-self", "kuaiji", func(d *identity.Delegation) { d.ToLogin = login(t, w, "kuaiji").ID }},
		"to cashier":  {"role-cashier", "kuaiji", func(d *identity.Delegation) { d.ToLogin = login(t, w, "chuna").ID }},
		"not a role":  {"delegation-role", "kuaiji", func(d *identity.Delegation) { d.Role = identity.Deputy }},
		"elsewhere":   {"role-missing", "kuaiji", func(d *identity.Delegation) { d.Unit = w.Units["云溪乡"].ID }},
		"of an admin": {"role-missing", "sec", func(d *identity.Delegation) { d.Role = identity.SecAdmin }},
	} {
		d := delegation(t, w, c.from, "baozhang", identity.Accountant)
		c.change(&d)
		by := w.Actor(t, c.from)
		err := try(w, func(tx *store.Tx) error { return handover.Delegate(tx, by, d) })
		if !fault.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		} else if fault.As(err).Hint == "" {
			t.Errorf("%s: no way out", name)
		}
	}
}

// TestHandover_FreezesListsAndSigns goes the whole way of a handover.
func TestHandover_FreezesListsAndSigns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := webtest.On(t, db)
		open := enter(t, w, "kuaiji")
		head := w.Actor(t, "suozhang")
		n := handover.New{
			Document: document.NewID(), Leaver: login(t, w, "kuaiji").Person, Successor: login(t, w, "jiangang").Person,
			Witness: head.Person, Cause: "调离", Things: "财务专用章 1 枚\n保险柜钥匙 2 把",
		}
		start := func() error { return try(w, func(tx *store.Tx) error { return handover.Start(tx, head, n) }) }
		if err := start(); err != nil {
			t.Fatal(err)
		}
		if err := start(); !document.IsTaken(err) {
			t.Errorf("sent twice: %v", err)
		}
		again := n
		again.Document = document.NewID()
		if err := try(w, func(tx *store.Tx) error { return handover.Start(tx, head, again) }); !fault.HasCode(err, "handover-under-way") {
			t.Errorf("a second handover: %v", err)
		}
		leaver := w.Actor(t, "kuaiji")
		if err := try(w, func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, leaver, ledger.DraftVoucher{Document: document.NewID(), Book: w.Books["LX-SQ"].ID, Date: "2026-10-20"}, 0)
			return err
		}); !fault.HasCode(err, "handover-frozen") {
			t.Errorf("new work while handing over: %v", err)
		}
		foreign := enter(t, w, "jiangang")
		if err := try(w, func(tx *store.Tx) error { _, err := ledger.Void(tx, leaver, foreign, 2, "试"); return err }); !fault.HasCode(err, "handover-frozen") {
			t.Errorf("another's voucher while handing over: %v", err)
		}
		foreignStays(t, w, leaver, open, foreign)
		sign := func(by, step string, version int64) error {
			actor := w.Actor(t, by)
			return try(w, func(tx *store.Tx) error { return handover.Sign(tx, actor, n.Document, step, version) })
		}
		if err := sign("jiangang", "sign-leaver", 1); !fault.HasCode(err, "handover-not-yours") {
			t.Errorf("signed for another: %v", err)
		}
		for i, s := range [][2]string{{"kuaiji", "sign-leaver"}, {"jiangang", "sign-successor"}} {
			if err := sign(s[0], s[1], int64(i+1)); err != nil {
				t.Fatalf("%v: %v", s, err)
			}
		}
		// The leaver may finish what is his.
		if err := try(w, func(tx *store.Tx) error { _, err := ledger.Void(tx, leaver, open, 2, "作废重录"); return err }); err != nil {
			t.Errorf("the leaver cannot finish his own: %v", err)
		}
		if err := sign("suozhang", "witness", 3); err != nil {
			t.Fatal(err)
		}
		after(t, w, n)
	})
}

// foreignStays: a leaver may still complete his own voucher, but adds nothing to another's, and no account to a book.
func foreignStays(t *testing.T, w *webtest.World, leaver identity.Actor, own, foreign string) {
	t.Helper()
	file := attachment.File{SHA256: strings.Repeat("a", 64), MediaType: attachment.PDF, Bytes: 1}
	for id, want := range map[string]bool{own: true, foreign: false} {
		err := try(w, func(tx *store.Tx) error { _, err := ledger.Attach(tx, leaver, id, file, "发票.pdf"); return err })
		if (err == nil) != want || err != nil && !fault.HasCode(err, "handover-frozen") {
			t.Errorf("a file for the leaver's own voucher %v: %v", want, err)
		}
	}
	account := ledger.NewAccount{Code: "10201", Name: "新户", Parent: "102", FromYear: 2026}
	if err := try(w, func(tx *store.Tx) error { return ledger.OpenAccount(tx, leaver, w.Books["LX-SQ"], account) }); !fault.HasCode(err, "handover-frozen") {
		t.Errorf("an account while handing over: %v", err)
	}
}

// TestHandover_NotTakenBackByTheLeaver: the head of an office who leaves does not free himself.
func TestHandover_NotTakenBackByTheLeaver(t *testing.T) {
	w := webtest.New(t)
	head, over := w.Actor(t, "suozhang"), w.Actor(t, "danwei")
	n := handover.New{Document: document.NewID(), Leaver: head.Person, Successor: login(t, w, "jiangang").Person, Witness: over.Person, Cause: "调离"}
	w.Write(t, func(tx *store.Tx) error { return handover.Start(tx, over, n) })
	void := func(by string) error {
		actor := w.Actor(t, by)
		return try(w, func(tx *store.Tx) error { return handover.Cancel(tx, actor, n.Document, 1, "不走了") })
	}
	if err := void("suozhang"); !fault.HasCode(err, "handover-void-own") {
		t.Errorf("the leaver took his handover back: %v", err)
	}
	if err := void("danwei"); err != nil {
		t.Error(err)
	}
}

// after looks at what a finished handover leaves.
// left: the leaver's login, which holds no role any more, was disabled with a leaf; the system administrator enables it
// again for the next post, and it comes back without the old roles.
func left(t *testing.T, w *webtest.World, l identity.Login) {
	t.Helper()
	sys := w.Actor(t, "sys")
	w.Write(t, func(tx *store.Tx) error {
		if _, err := identity.Load(tx, webtest.County, l.ID); l.DisabledAt == "" || !fault.HasCode(err, "login-disabled") {
			t.Errorf("the leaver still signs in: %v", err)
		}
		rows, err := trail.List(tx, webtest.County, identity.TrailOf(l.Person))
		if last := rows[len(rows)-1]; last.Step != "login-disabled" || last.Reason != "工作交接,没有其他角色" {
			t.Errorf("the last leaf is %s %s", last.Step, last.Reason)
		}
		return err
	})
	w.Write(t, func(tx *store.Tx) error { return identity.Enable(tx, sys, l.ID, "借调回所") })
	if by := w.Actor(t, l.Name); len(by.Grants) != 0 || by.Frozen {
		t.Errorf("the leaver still is %+v", by)
	}
}

func after(t *testing.T, w *webtest.World, n handover.New) {
	t.Helper()
	left(t, w, login(t, w, "kuaiji"))
	head := w.Actor(t, "suozhang")
	w.Write(t, func(tx *store.Tx) error {
		h, err := handover.See(tx, head, n.Document)
		if err != nil {
			return err
		}
		var kinds []string
		for _, it := range h.Items {
			kinds = append(kinds, it.Kind)
		}
		if got := strings.Join(kinds, " "); got != "凭证 结账 结账 角色" {
			t.Errorf("the leaver signed %s: %+v", got, h.Items)
		}
		if h.State != handover.Done || h.LeaverAt == "" || h.SuccessorAt == "" || h.WitnessAt == "" {
			t.Errorf("the record is %+v", h)
		}
		return nil
	})
	stranger := w.Actor(t, "yunxi")
	if err := try(w, func(tx *store.Tx) error { _, err := handover.See(tx, stranger, n.Document); return err }); !fault.Is(err, fault.NotFound) {
		t.Errorf("another township sees the handover: %v", err)
	}
	for login, listed := range map[string]int{"suozhang": 1, "jiangang": 1, "sec": 1, "shenhe": 0, "yunxi": 0, "yunshen": 0} {
		by := w.Actor(t, login)
		w.Write(t, func(tx *store.Tx) error {
			all, more, err := handover.List(tx, by)
			if len(all) != listed || more {
				t.Errorf("%s is listed %d handovers, want %d", login, len(all), listed)
			}
			return err
		})
	}
}

// TestHandover_TakenBack: the leaver works again; who may witness and who may not.
func TestHandover_TakenBack(t *testing.T) {
	w := webtest.New(t)
	head := w.Actor(t, "suozhang")
	n := handover.New{
		Document: document.NewID(), Leaver: login(t, w, "kuaiji").Person, Successor: login(t, w, "jiangang").Person, Witness: head.Person, Cause: "调离",
	}
	for code, change := range map[string]func(n *handover.New){
		"handover-same":          func(n *handover.New) { n.Successor = n.Leaver },
		"handover-witness":       func(n *handover.New) { n.Witness = n.Leaver },
		"handover-cause-missing": func(n *handover.New) { n.Cause = "" },
		"handover-witness-role":  func(n *handover.New) { n.Witness = login(t, w, "chuna").Person },
		"handover-no-post":       func(n *handover.New) { n.Leaver = login(t, w, "sys").Person },
		"handover-successor":     func(n *handover.New) { n.Successor = login(t, w, "aud").Person },
	} {
		wrong := n
		wrong.Document = document.NewID()
		change(&wrong)
		by := head
		if code == "handover-no-post" { // of the county
			by = w.Actor(t, "yusuan")
		}
		if err := try(w, func(tx *store.Tx) error { return handover.Start(tx, by, wrong) }); !fault.HasCode(err, code) {
			t.Errorf("%s: %v", code, err)
		}
	}
	w.Write(t, func(tx *store.Tx) error { return handover.Start(tx, head, n) })
	other := n // the one who leaves takes no post over
	other.Document, other.Leaver, other.Successor = document.NewID(), n.Successor, n.Leaver
	if err := try(w, func(tx *store.Tx) error { return handover.Start(tx, head, other) }); !fault.HasCode(err, "handover-not-at-work") {
		t.Errorf("somebody who leaves himself takes over: %v", err)
	}
	if err := try(w, func(tx *store.Tx) error { return handover.Cancel(tx, head, n.Document, 1, "") }); !fault.HasCode(err, "reason-missing") {
		t.Errorf("taken back without a reason: %v", err)
	}
	w.Write(t, func(tx *store.Tx) error { return handover.Cancel(tx, head, n.Document, 1, "不调了") })
	enter(t, w, "kuaiji")
}
