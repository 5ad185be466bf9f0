package ledger

import (
	"xiangzhang/internal/attachment"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// Attach adds a file to a voucher, posted or not, as long as its month is open: afterwards the originals behind the month
// are what was closed and reported.
func Attach(tx *store.Tx, by identity.Actor, id string, f attachment.File, name string) (attachment.Attachment, error) {
	book, period, label, err := placeOf(tx, by.County, id)
	if err != nil {
		return attachment.Attachment{}, err
	}
	b, err := seeKept(tx, by, book)
	if err != nil {
		return attachment.Attachment{}, fault.New(fault.NotFound, "document-unknown", "没有这张凭证", "请从列表中打开")
	}
	if period <= b.ClosedThrough {
		return attachment.Attachment{}, fault.Newf(fault.Refused, "attachment-month-closed", "请附在更正它的凭证上;确需补附,请申请反结账",
			"%s 已结账,不能再给凭证%s加附件", period.Chinese(), label)
	}
	return attachment.Attach(tx, by, id, f, name)
}

// placeOf gives the book and month of a voucher by its document, and its number as sentences write it, empty where it has
// none.
func placeOf(tx *store.Tx, county int64, id string) (book int64, period calendar.Period, label string, err error) {
	doc, err := document.Get(tx, county, id)
	if err == nil && doc.Kind != VoucherKind.Name {
		err = fault.New(fault.NotFound, "document-unknown", "没有这张凭证", "请从列表中打开")
	}
	if err != nil {
		return 0, "", "", err
	}
	if doc.Ref != "" {
		book, n, err := ParseRef(doc.Ref)
		return book, n.Period, " " + n.Label() + " ", err
	}
	d, err := readDraft(tx, county, id)
	return d.Book, d.Period(), "", err
}
