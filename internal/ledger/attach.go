package ledger

import (
	"xiangzhang/internal/attachment"
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
