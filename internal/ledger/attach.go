package ledger

import (
	"xiangzhang/internal/attachment"
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
		return attachment.Attachment{}, unseen(err)
	}
	if period <= b.ClosedThrough {
		return attachment.Attachment{}, fault.Newf(fault.Refused, "attachment-month-closed", "请附在更正它的凭证上;确需补附,请申请反结账",
			"%s 已结账,不能再给凭证%s加附件", period.Chinese(), label)
	}
	return attachment.Attach(tx, by, id, f, name)
}

// Detach takes a file away from a voucher that is a draft or was returned, at the hand of its maker: who saved it last.
// Once it was handed in, the files are what the checker sees. A file that was taken away already stays so.
func Detach(tx *store.Tx, by identity.Actor, id, sha string) error {
	book, _, label, err := placeOf(tx, by.County, id)
	if err != nil {
		return err
	}
	b, err := seeKept(tx, by, book)
	if err != nil {
		return unseen(err)
	}
	if err := by.Require(b.Path, "移去附件", makers...); err != nil {
		return err
	}
	doc, err := document.Get(tx, by.County, id)
	if err != nil {
		return err
	}
	if doc.State != Draft && doc.State != Returned {
		hint := "请由审核人退回后再移去"
		switch doc.State {
		case StatePost:
			hint = "请补传正确的附件;凭证本身有误的,用红字冲销更正"
		case Voided:
			hint = "作废的凭证连同附件一并留存"
		}
		return fault.Newf(fault.Refused, "attachment-sent", hint, "凭证%s%s,附件不能移去", label, VoucherKind.States[doc.State])
	}
	d, err := readDraft(tx, by.County, id)
	if err != nil {
		return err
	}
	if d.Maker != by.Person {
		return fault.Newf(fault.Refused, "attachment-not-maker", "请制单人移去;由您接手制单的,请先修改并保存凭证",
			"凭证%s的制单人不是您,附件只能由制单人移去", label)
	}
	return attachment.Detach(tx, by, id, sha)
}
