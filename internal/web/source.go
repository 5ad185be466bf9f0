package web

import (
	"strconv"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/document"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/unitchange"
	"xiangzhang/internal/usual"
)

// source says what a voucher was made by, with the way there as far as the person may go it; nil: it was made by hand.
func (c *call) source(tx *store.Tx, v voucher) (*voucherLink, error) {
	switch {
	case v.draft.Reverses != nil:
		r := *v.draft.Reverses
		return &voucherLink{"红字冲销 " + r.Period.Chinese() + " " + r.Label(), numberPath(v.book, r)}, nil
	case v.draft.Kind == ledger.Closing:
		year := v.draft.Period().Year()
		return &voucherLink{strconv.Itoa(year) + " 年收支结转", bookPath(v.book) + "/year?year=" + strconv.Itoa(year)}, nil
	case v.draft.Source == "":
		return nil, nil
	}
	for _, find := range []func(*store.Tx, voucher) (*voucherLink, error){c.sourceBatch, c.sourceTemplate, c.sourceDocument} {
		link, err := find(tx, v)
		if err == nil && link != nil {
			return link, nil
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return nil, nil
}

func (c *call) sourceBatch(tx *store.Tx, v voucher) (*voucherLink, error) {
	b, err := batch.Get(tx, c.actor, v.draft.Source)
	return &voucherLink{b.Kind.Title() + "(" + clock(b.Created) + ")", batchPath(b.ID)}, err
}

func (c *call) sourceTemplate(tx *store.Tx, v voucher) (*voucherLink, error) {
	t, err := usual.Get(tx, c.actor, v.book, v.draft.Source)
	link := &voucherLink{Label: "常用凭证「" + t.Name + "」"}
	if c.actor.Has(v.book.Path, voucherMakers...) {
		link.Path = bookPath(v.book) + "/templates/" + t.ID
	}
	return link, err
}

// sourceDocument names a document: the voucher that was copied, the change of a unit whose balances are handed over, the
// file that it came in.
func (c *call) sourceDocument(tx *store.Tx, v voucher) (*voucherLink, error) {
	doc, err := document.Get(tx, c.actor.County, v.draft.Source)
	if err != nil {
		return nil, err
	}
	switch doc.Kind {
	case ledger.VoucherKind.Name:
		from, err := c.voucher(tx, doc.ID)
		return &voucherLink{"复制自 " + from.book.Name + " " + from.draft.Period().Chinese() + " " + from.label(), voucherPath(doc.ID)}, err
	case unitchange.Kind.Name:
		return &voucherLink{"单位变更,移交余额", changePath(doc.Unit, doc.ID)}, nil
	case exchange.FileKind.Name:
		return &voucherLink{Label: "导入文件「" + doc.Ref + "」"}, nil
	}
	return nil, nil
}

// claimSource keeps what a form says its voucher was made by, where the person may look at it: a voucher that was
// copied, or a usual voucher.
func (t *typing) claimSource(c *call, tx *store.Tx) error {
	if t.version != 0 || t.draft.Source == "" {
		return nil
	}
	_, err := c.voucher(tx, t.draft.Source)
	if fault.Is(err, fault.NotFound) {
		_, err = usual.Get(tx, c.actor, t.book, t.draft.Source)
	}
	if fault.Is(err, fault.NotFound) {
		t.draft.Source, err = "", nil
	}
	return err
}
