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
