package attachment_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
)

// TestDetach_LeavesItsTrail: a file goes once, its name and digest stay in the trail, and it may come again.
func TestDetach_LeavesItsTrail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id, actor := office(t, db)
		files, dir := folder(t)
		clerk := actor(identity.Clerk)
		card, invoice := put(t, files, pdf+"card"), put(t, files, pdf)
		attach := func(f attachment.File, name string) {
			write(t, db, func(tx *store.Tx) error { _, err := attachment.Attach(tx, clerk, id, f, name); return err })
		}
		detach := func() {
			write(t, db, func(tx *store.Tx) error { return attachment.Detach(tx, clerk, id, card.SHA256) })
		}
		sound := func(want int) {
			t.Helper()
			write(t, db, func(tx *store.Tx) error {
				flaws, err := attachment.Verify(tx, qinglan)
				if err != nil {
					return err
				}
				all, err := attachment.List(tx, qinglan, id)
				if len(flaws) != 0 || len(all) != want {
					t.Errorf("%d files, want %d; flaws %+v", len(all), want, flaws)
				}
				return err
			})
		}
		attach(card, "身份证.pdf")
		attach(invoice, "发票.pdf")
		detach()
		detach()
		sound(1)
		write(t, db, func(tx *store.Tx) error {
			steps, err := attachment.Steps(tx, qinglan, id)
			if err != nil {
				return err
			}
			if len(steps) != 3 || steps[0].Reason != "身份证.pdf" || steps[1].Reason != "发票.pdf" || steps[2].Step != attachment.StepDetached ||
				steps[2].Reason != "身份证.pdf" || steps[2].Person != 7 || trail.RowsOf(steps[2].Leaf) != card.SHA256 || steps[2].Version != 3 {
				t.Errorf("the trail tells %+v", steps)
			}
			return nil
		})
		for _, f := range []attachment.File{card, invoice} {
			err := files.Erase(f.SHA256, func() (named bool, err error) {
				write(t, db, func(tx *store.Tx) error { named, err = attachment.Named(tx, f.SHA256); return err })
				return named, err
			})
			if err != nil {
				t.Error(err)
			}
		}
		if left := names(t, dir); len(left) != 1 || left[0] != invoice.SHA256 {
			t.Errorf("the folder holds %v", left)
		}
		if err := files.Erase(card.SHA256, func() (bool, error) { return false, nil }); err != nil {
			t.Errorf("erased again: %v", err)
		}
		attach(put(t, files, pdf+"card"), "身份证(已遮盖).pdf")
		sound(2)
		err := db.Write(t.Context(), func(tx *store.Tx) error { return attachment.Detach(tx, clerk, id, strings.Repeat("0", 64)) })
		if !fault.HasCode(err, "attachment-unknown") {
			t.Errorf("a file that never was: %v", err)
		}
	})
}

// TestVerify_SeesAFalseGoing: a row behind the leaf of its going, and a going without a coming.
func TestVerify_SeesAFalseGoing(t *testing.T) {
	for what, statement := range map[string]string{
		"the leaf of the going":  `delete from trail where step = 'detached'`,
		"the leaf of the coming": `delete from trail where step = 'attached'`,
		"the row is back": `insert into attachment (county_id, document_id, sha256, name, media_type, bytes, person_id, added_at)
			select county_id, replace(document_id, 'attachments-', ''), '` + strings.Repeat("0", 64) + `', '', '', 0, 7, '' from trail where step = 'detached'`,
	} {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			id, actor := office(t, db)
			files, _ := folder(t)
			f := put(t, files, pdf)
			write(t, db, func(tx *store.Tx) error {
				_, err := attachment.Attach(tx, actor(identity.Clerk), id, f, "发票.pdf")
				return err
			})
			write(t, db, func(tx *store.Tx) error { return attachment.Detach(tx, actor(identity.Clerk), id, f.SHA256) })
			write(t, db, func(tx *store.Tx) error { _, err := tx.Exec(statement); return err })
			var flaws []document.Flaw
			write(t, db, func(tx *store.Tx) (err error) { flaws, err = attachment.Verify(tx, qinglan); return err })
			if len(flaws) == 0 {
				t.Errorf("%s: nothing is found", what)
			}
		})
	}
}
