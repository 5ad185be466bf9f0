package ledger

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// voucherUnknown refuses a voucher that is not there.
func voucherUnknown() error {
	return fault.New(fault.NotFound, "document-unknown", "没有这张凭证", "请从列表中打开")
}

// unseen says of a voucher whose book the actor may not look into that it is not there; every other error stays.
func unseen(err error) error {
	if fault.Is(err, fault.NotFound) {
		return voucherUnknown()
	}
	return err
}

// BookOf gives the book of a voucher, posted or not, that the actor may look into.
func BookOf(tx *store.Tx, by identity.Actor, id string) (Book, error) {
	book, _, _, err := placeOf(tx, by.County, id)
	if err != nil {
		return Book{}, err
	}
	b, err := See(tx, by, book)
	return b, unseen(err)
}

// placeOf gives the book and month of a voucher by its document, and its number as sentences write it, empty where it has
// none.
func placeOf(tx *store.Tx, county int64, id string) (book int64, period calendar.Period, label string, err error) {
	doc, err := document.Get(tx, county, id)
	if err == nil && doc.Kind != VoucherKind.Name {
		err = voucherUnknown()
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
