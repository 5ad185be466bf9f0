package web

import (
	"fmt"
	"net/url"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// voucherRoutes are about vouchers, from entering to posting.
func voucherRoutes() []route {
	return []route{
		{pattern: "GET /books/{book}/vouchers/new", title: "录入凭证", right: only(voucherMakers...), show: newVoucher},
		{pattern: "POST /books/{book}/vouchers", title: "录入凭证", right: only(voucherMakers...), do: saveVoucher},
		{pattern: "GET /books/{book}/vouchers/{period}/{word}/{number}", title: "凭证", right: only(ledger.Readers...), show: showByNumber},
		{pattern: "GET /vouchers/{document}", title: "凭证", right: only(ledger.Readers...), show: showVoucher},
		{pattern: "GET /vouchers/{document}/edit", title: "修改凭证", right: only(voucherMakers...), show: editVoucher},
		{pattern: "POST /vouchers/{document}/submit", title: "提交凭证", right: only(voucherMakers...), do: submitVoucher},
		{pattern: "POST /vouchers/{document}/check", title: "审核凭证", right: only(voucherCheckers...), do: checkVoucher},
		{pattern: "POST /vouchers/{document}/return", title: "退回凭证", right: only(voucherCheckers...), do: returnVoucher},
		{pattern: "POST /vouchers/{document}/post", title: "记账", right: only(voucherPosters...), do: postVoucher},
		{pattern: "POST /vouchers/{document}/void", title: "作废凭证", right: only(voucherMakers...), do: voidVoucher},
		{pattern: "POST /vouchers/{document}/reverse", title: "红字冲销", right: only(voucherMakers...), do: reverseVoucher},
		{pattern: "GET /review", title: "审核", right: only(voucherCheckers...), show: showReview},
		{pattern: "GET /posting", title: "记账", right: only(voucherPosters...), show: showPosting},
	}
}

// voucher is a voucher under its document, posted or not.
type voucher struct {
	id      string
	book    ledger.Book
	state   document.State
	version int64
	parts   []document.Part
	posted  *ledger.Posted
	draft   ledger.DraftVoucher // of a posted one: the head only
}

// voucher gives a voucher that the person may look into.
func (c *call) voucher(tx *store.Tx, id string) (voucher, error) {
	unknown := fault.New(fault.NotFound, "document-unknown", "没有这张凭证", "请从列表中打开")
	doc, err := document.Get(tx, c.actor.County, id)
	if fault.Is(err, fault.NotFound) || err == nil && doc.Kind != ledger.VoucherKind.Name {
		return voucher{}, unknown
	}
	if err != nil {
		return voucher{}, err
	}
	v := voucher{id: id, state: doc.State, version: doc.Version, parts: doc.Parts}
	if doc.State != ledger.StatePost {
		if v.draft, err = ledger.GetDraft(tx, c.actor, id); err != nil {
			return voucher{}, err
		}
		v.book, err = ledger.See(tx, c.actor, v.draft.Book)
		return v, err
	}
	book, n, err := ledger.ParseRef(doc.Ref)
	if err != nil {
		return voucher{}, err
	}
	if v.book, err = ledger.See(tx, c.actor, book); err != nil {
		return voucher{}, unknown
	}
	p, err := ledger.GetVoucher(tx, v.book, n)
	if err != nil {
		return voucher{}, err
	}
	v.posted = &p
	v.draft = ledger.DraftVoucher{
		Document: id, Book: book, Date: string(p.Date), Word: n.Word, Number: n.Number, Kind: p.Kind, Attachments: p.Attachments,
		Reverses: p.Reverses, Source: p.Source, Note: p.Note,
	}
	return v, nil
}

// typed gives the lines as a person would type them.
func (v voucher) typed() []ledger.DraftLine {
	if v.posted != nil {
		return ledger.Typed(v.posted.Lines)
	}
	return v.draft.Lines
}

func (v voucher) number() ledger.Number {
	return ledger.Number{Period: v.draft.Period(), Word: v.draft.Word, Number: v.draft.Number}
}

func (v voucher) label() string {
	if v.draft.Number == 0 {
		return "未编号"
	}
	return v.number().Label()
}

func numberPath(b ledger.Book, n ledger.Number) string {
	return fmt.Sprintf("%s/vouchers/%s/%s/%d", bookPath(b), n.Period, url.PathEscape(n.Word), n.Number)
}
