package house_test

import (
	"strings"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// attachmentFaults are what is wrong with a file that comes to a voucher or goes from it.
var attachmentFaults = map[string]func(w *town, tx *store.Tx) error{
	"attachment-month-closed": func(w *town, tx *store.Tx) error {
		id := document.NewID()
		if _, err := ledger.PostAtOnce(tx, w.accountant, w.reviewer, id, w.supplies("2025-02-10")); err != nil {
			return err
		}
		if _, err := ledger.CloseMonth(tx, w.accountant, document.NewID(), w.office.ID, "2025-02"); err != nil {
			return err
		}
		_, err := ledger.Attach(tx, w.accountant, id, attachment.File{SHA256: strings.Repeat("ab", 32)}, "发票.pdf")
		return err
	},
	"attachment-sent": func(w *town, tx *store.Tx) error {
		id := document.NewID()
		if _, err := ledger.PostAtOnce(tx, w.accountant, w.reviewer, id, w.supplies("2025-02-10")); err != nil {
			return err
		}
		return ledger.Detach(tx, w.accountant, id, strings.Repeat("ab", 32))
	},
	"attachment-not-maker": func(w *town, tx *store.Tx) error {
		v := w.supplies("2025-02-10")
		d := ledger.DraftVoucher{Document: document.NewID(), Book: v.Book, Date: string(v.Date), Word: v.Word, Lines: ledger.Typed(v.Lines)}
		if _, err := ledger.SaveDraft(tx, w.accountant, d, 0); err != nil {
			return err
		}
		colleague := w.accountant
		colleague.Person++
		return ledger.Detach(tx, colleague, d.Document, strings.Repeat("ab", 32))
	},
}
