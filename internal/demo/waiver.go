package demo

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// waiver lets the office's checker ask for a month to be opened again and answer the request himself, while an accountant
// is away: the county has waived the pair until the end of the year, and both times stand in the week's exception list.
func (d *desk) waiver(t *townPlan) error {
	budget, err := d.actor("xian.yusuan")
	if err != nil {
		return err
	}
	treasury, err := d.actor("xian.guoku")
	if err != nil {
		return err
	}
	away, unit := d.makers[1], d.units[t.division()].ID
	lent := identity.Delegation{
		Document: d.ids.next(), ToLogin: d.checker.Login, Role: identity.Accountant, Unit: unit, First: BusinessDate, Last: BusinessDate.AddDays(2), Reason: "参加县里会计培训",
	}
	err = d.write(func(tx *store.Tx) error {
		at(tx, BusinessDate, 8)
		id := d.ids.next()
		_, err := document.ProposeWaiver(tx, budget, id, document.Waiver{
			A: document.DutyInitiate, B: document.DutyReview, Unit: unit, From: BusinessDate, To: calendar.PeriodOf(BusinessDate.Year(), 12).Last(),
			Reason: "所内会计、审核各缺一人,招录到岗以前由审核会计兼办", DocumentNo: "青财〔2026〕28号",
		})
		if err == nil {
			err = document.WaiverStep(tx, treasury, id, 1, "grant", "")
		}
		if err == nil {
			err = handover.Delegate(tx, away, lent)
		}
		return err
	})
	if err != nil {
		return err
	}
	both, err := d.actor(t.pinyin + ".shenhe")
	if err != nil {
		return err
	}
	return d.write(func(tx *store.Tx) error {
		at(tx, BusinessDate, 10)
		asked := 0
		for _, p := range d.books {
			if p.village == nil || closedThrough(p) != BusinessDate.Period().Prev() || asked == 2 {
				continue
			}
			if err := d.askAndAnswer(tx, both, p); err != nil {
				return err
			}
			asked++
		}
		return handover.Withdraw(tx, away, lent.Document, 1, "培训提前结束")
	})
}

// askAndAnswer asks for the last closed month of a book to be opened again, and refuses it in the same person.
func (d *desk) askAndAnswer(tx *store.Tx, by identity.Actor, p *bookPlan) error {
	book, err := ledger.GetBook(tx, County, p.book.ID)
	if err != nil {
		return err
	}
	history, err := ledger.CloseHistory(tx, book)
	if err != nil {
		return err
	}
	for _, r := range history {
		if r.Act != "close" || r.Period != book.ClosedThrough {
			continue
		}
		doc, err := ledger.Reopen(tx, by, r.Document, 1, "ask-reopen", "村里送来一张漏报的单据,拟补记")
		if err == nil {
			_, err = ledger.Reopen(tx, by, r.Document, doc.Version, "refuse-reopen", "核对后属本月单据,记入本月,不必反结账")
		}
		return err
	}
	return nil
}
