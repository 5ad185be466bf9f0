package paper_test

import (
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/store"
	"xiangzhang/internal/unitchange"
	"xiangzhang/internal/web/webtest"
)

// TestGather_SaysForWhomAndWhoseThen: a paper names the delegate with the one for whom he acted, and the unit and the
// book as they were called on its day.
func TestGather_SaysForWhomAndWhoseThen(t *testing.T) {
	w := webtest.New(t)
	maker, principal, sys := w.Actor(t, "kuaiji"), w.Actor(t, "jiangang"), w.Actor(t, "sys")
	id, b := document.NewID(), w.Books["LX-SQ"]
	w.Write(t, func(tx *store.Tx) error {
		to, err := identity.FindLogin(tx, webtest.County, "baozhang")
		if err != nil {
			return err
		}
		return handover.Delegate(tx, principal, identity.Delegation{
			Document: document.NewID(), ToLogin: to.ID, Role: identity.Reviewer, Unit: w.Units["柳溪镇"].ID, First: "2026-10-23", Last: "2026-10-23", Reason: "出差",
		})
	})
	delegate := w.Actor(t, "baozhang")
	for _, step := range []func(tx *store.Tx) error{
		func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, maker, ledger.DraftVoucher{Document: id, Book: b.ID, Date: "2026-09-20", Lines: []ledger.DraftLine{
				{Account: "102", Summary: "收承包费", Debit: "10"}, {Account: "50104", Summary: "收承包费", Credit: "10"}}}, 0)
			return err
		},
		func(tx *store.Tx) error { _, err := ledger.Submit(tx, maker, id, 1); return err },
		func(tx *store.Tx) error { _, err := ledger.Check(tx, delegate, id, 2); return err },
		func(tx *store.Tx) error { _, err := ledger.Post(tx, maker, id, 3); return err },
		func(tx *store.Tx) error {
			o := unitchange.Order{ID: document.NewID(), On: "2026-10-01", DocumentNo: "青政〔2026〕3号", Reason: "复名"}
			return unitchange.Rename(tx, sys, o, b.Unit, "石桥新村", map[int64]string{b.ID: "石桥新村合作社"})
		},
	} {
		w.Write(t, step)
	}
	w.Write(t, func(tx *store.Tx) error {
		now, err := ledger.GetBook(tx, webtest.County, b.ID)
		if err != nil {
			return err
		}
		all, err := paper.Gather(tx, identity.Actor{}, now, ledger.Range{Period: "2026-09"}, false)
		if err != nil || len(all) != 1 {
			t.Fatalf("gathered %+v, %v", all, err)
		}
		signed := map[string]string{}
		for _, s := range all[0].Signed {
			signed[s.Duty] = s.Name
		}
		if signed["审核"] != "鲍报账 代 兼岗" || signed["制单"] != "韩会计" || signed["记账"] != "韩会计" {
			t.Errorf("signed by %v", signed)
		}
		if all[0].Unit != "石桥村" || all[0].Book != "石桥村股份经济合作社" || now.UnitName != "石桥新村" || now.Name != "石桥新村合作社" {
			t.Errorf("the paper of September is of %s %s, now %s %s", all[0].Unit, all[0].Book, now.UnitName, now.Name)
		}
		return nil
	})
}
