package ledger_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestAttach_UntilTheMonthIsClosed: the accountant and the unit's own clerk hand originals in as long as the month is open.
func TestAttach_UntilTheMonthIsClosed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		id := document.NewID()
		d.write(func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, id, rent(d.village, "2025-01-10", 500))
			return err
		})
		clerk := func(path string, role identity.Role) identity.Actor {
			return identity.Actor{County: county, Login: 20, Person: 20, Grants: []identity.Grant{{Role: role, Path: path}}}
		}
		n := 0
		attach := func(by identity.Actor) error {
			n++
			return d.try(func(tx *store.Tx) error {
				f := attachment.File{SHA256: strings.Repeat("0123456789abcdef"[n:n+1], 64), Bytes: 5, MediaType: attachment.PDF}
				_, err := ledger.Attach(tx, by, id, f, "合同.pdf")
				return err
			})
		}
		for _, c := range []struct {
			who  string
			by   identity.Actor
			code string
		}{
			{"the accountant", d.accountant, ""}, {"the village's clerk", clerk(d.village.Path, identity.VillageClerk), ""},
			{"the township's clerk", clerk(d.office.Path, identity.Clerk), "role-missing"}, {"the checker", d.reviewer, "role-missing"},
			{"the head", d.head, "role-missing"}, {"the cashier", d.cashier, "role-missing"}, {"a stranger", d.elsewhere, "document-unknown"},
		} {
			if err := attach(c.by); (err == nil) != (c.code == "") || err != nil && !fault.HasCode(err, c.code) {
				t.Errorf("%s: want %q, got %v", c.who, c.code, err)
			}
		}
		closing := d.close(d.village, "2025-01")
		if err := attach(d.accountant); !fault.HasCode(err, "attachment-month-closed") {
			t.Errorf("into a closed month: %v", err)
		}
		for i, by := range []identity.Actor{d.accountant, d.reviewer, d.head} {
			d.write(func(tx *store.Tx) error {
				_, err := ledger.Reopen(tx, by, closing, int64(i+1), []string{"ask-reopen", "approve-reopen", "confirm-reopen"}[i], "补附合同")
				return err
			})
		}
		if err := attach(d.accountant); err != nil {
			t.Errorf("after the month was opened again: %v", err)
		}
		d.verify()
	})
}

// TestDetach_WhileTheMakerWrites: only the maker, only a draft or a returned voucher, and a second press changes nothing.
func TestDetach_WhileTheMakerWrites(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		id := document.NewID()
		colleague := d.accountant
		colleague.Person, colleague.Login = 21, 21
		file := func(n int) attachment.File {
			return attachment.File{SHA256: strings.Repeat("0123456789abcdef"[n:n+1], 64), Bytes: 5, MediaType: attachment.PDF}
		}
		v := rent(d.village, "2025-01-10", 500)
		d.write(func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, d.accountant, ledger.DraftVoucher{
				Document: id, Book: v.Book, Date: string(v.Date), Word: v.Word, Attachments: v.Attachments, Lines: ledger.Typed(v.Lines),
			}, 0)
			for n := range 4 {
				if err == nil {
					_, err = ledger.Attach(tx, d.accountant, id, file(n), "身份证.pdf")
				}
			}
			return err
		})
		detach := func(when string, by identity.Actor, n int, code string) {
			t.Helper()
			err := d.try(func(tx *store.Tx) error { return ledger.Detach(tx, by, id, file(n).SHA256) })
			if (err == nil) != (code == "") || err != nil && !fault.HasCode(err, code) {
				t.Errorf("%s: want %q, got %v", when, code, err)
			}
		}
		detach("a colleague", colleague, 0, "attachment-not-maker")
		detach("the checker", d.reviewer, 0, "role-missing")
		detach("a stranger", d.elsewhere, 0, "document-unknown")
		detach("the maker", d.accountant, 0, "")
		detach("the maker again", d.accountant, 0, "")
		detach("never there", d.accountant, 9, "attachment-unknown")
		d.write(func(tx *store.Tx) error { _, err := ledger.Submit(tx, d.accountant, id, 1); return err })
		detach("submitted", d.accountant, 1, "attachment-sent")
		d.write(func(tx *store.Tx) error { _, err := ledger.Return(tx, d.reviewer, id, 2, "附件附错"); return err })
		detach("returned", d.accountant, 1, "")
		d.write(func(tx *store.Tx) error {
			dv, err := ledger.GetDraft(tx, d.accountant, id)
			if err == nil {
				_, err = ledger.SaveDraft(tx, d.accountant, dv, 3)
			}
			if err == nil {
				_, err = ledger.Submit(tx, d.accountant, id, 4)
			}
			if err == nil {
				_, err = ledger.Check(tx, d.reviewer, id, 5)
			}
			return err
		})
		detach("checked", d.accountant, 2, "attachment-sent")
		d.write(func(tx *store.Tx) error { _, err := ledger.Post(tx, d.accountant, id, 6); return err })
		detach("posted", d.accountant, 2, "attachment-sent")
		d.verify()
		d.write(func(tx *store.Tx) error {
			left, err := attachment.List(tx, county, id)
			if len(left) != 2 {
				t.Errorf("%d files are left", len(left))
			}
			flaws, e := attachment.Verify(tx, county)
			if len(flaws) != 0 || e != nil {
				t.Errorf("check finds %v %v", flaws, e)
			}
			return err
		})
	})
}
