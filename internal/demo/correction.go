package demo

import (
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// reopen opens a village's August again, which was closed by mistake: asked for, approved by two, and a voucher of
// that month is entered and returned.
func (d *desk) reopen() error {
	i, p := d.find(reopened)
	const month calendar.Period = "2026-08"
	var closing string
	err := d.db.Read(d.ctx, func(tx *store.Tx) error {
		book, err := ledger.GetBook(tx, County, p.book.ID)
		if err != nil {
			return err
		}
		history, err := ledger.CloseHistory(tx, book)
		for _, r := range history {
			if r.Period == month && r.Act == "close" {
				closing = r.Document
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return d.write(func(tx *store.Tx) error {
		at(tx, "2026-10-20", 9)
		doc, err := ledger.Reopen(tx, d.maker(i), closing, 1, "ask-reopen", "8月漏记一笔水渠清淤用工,原始凭证9月补到")
		if err != nil {
			return err
		}
		at(tx, "2026-10-20", 15)
		if doc, err = ledger.Reopen(tx, d.checker, closing, doc.Version, "approve-reopen", "情况属实,同意"); err != nil {
			return err
		}
		at(tx, "2026-10-21", 10)
		if _, err = ledger.Reopen(tx, d.head, closing, doc.Version, "confirm-reopen", "同意反结账,限10月底前补记后结账"); err != nil {
			return err
		}
		at(tx, "2026-10-22", 11)
		return d.sendBack(tx, i, small(p, "2026-08-27", 1), "用工名单缺2人签字,请补齐后重新提交")
	})
}

// sendBack submits a voucher and returns it with a reason.
func (d *desk) sendBack(tx *store.Tx, i int, v ledger.Voucher, reason string) error {
	doc, err := d.submit(tx, i, d.ids.next(), v)
	if err != nil {
		return err
	}
	_, err = ledger.Return(tx, d.checker, doc.ID, doc.Version, reason)
	return err
}

// corrections shows, in the organ's book, how mistakes are put right: a red-letter twin with the right voucher after
// it, a returned voucher, a void one. The draft that comes last ends the build.
func (d *desk) corrections() error {
	i, p := d.find(organBook)
	return d.write(func(tx *store.Tx) error {
		wrong := small(p, "2026-10-19", 3)
		doc, err := d.submit(tx, i, d.ids.next(), wrong)
		if err != nil {
			return err
		}
		if err := d.checkAndPost(tx, i, doc); err != nil {
			return err
		}
		if err := d.reverse(tx, i, doc); err != nil {
			return err
		}
		if doc, err = d.submit(tx, i, d.ids.next(), training(wrong)); err != nil {
			return err
		}
		if err := d.checkAndPost(tx, i, doc); err != nil {
			return err
		}
		if err := d.sendBack(tx, i, small(p, "2026-10-22", 5), "发票抬头有误,未附采购清单,请补正后重新提交"); err != nil {
			return err
		}
		if doc, err = d.submit(tx, i, d.ids.next(), small(p, "2026-10-22", 6)); err != nil {
			return err
		}
		if _, err := ledger.Void(tx, d.maker(i), doc.ID, doc.Version, "与已录凭证重复"); err != nil {
			return err
		}
		_, err = d.enter(tx, i, lastDocument, small(p, BusinessDate, 9))
		return err
	})
}

// training is the voucher as it should have been: the journey was for a training, of the same amount.
func training(wrong ledger.Voucher) ledger.Voucher {
	right := wrong
	right.Date = BusinessDate
	right.Lines = slices.Clone(wrong.Lines)
	for i := range right.Lines {
		if right.Lines[i].Dims.Economic != "" {
			right.Lines[i].Dims.Economic = "30216"
		}
	}
	return right
}

// reverse takes a posted voucher back by its red-letter twin.
func (d *desk) reverse(tx *store.Tx, i int, doc document.Document) error {
	book, number, err := ledger.ParseRef(doc.Ref)
	if err != nil {
		return err
	}
	twin, err := ledger.Reverse(tx, d.maker(i), d.ids.next(), book, number, fmt.Sprintf("%s经济分类用错,应为培训费,红字冲销后重记", number.Label()))
	if err != nil {
		return err
	}
	return d.checkAndPost(tx, i, twin)
}
