package notice_test

import (
	"errors"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/notice"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestVerify_FindsAnAlteredNotice: whatever is changed behind the program's back.
func TestVerify_FindsAnAlteredNotice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		n := notice.New{Document: document.NewID(), Unit: o.town.ID, Title: "报送单据", Body: "28 日前\n报送", From: "2026-10-01", To: "2026-10-31"}
		o.write(t, func(tx *store.Tx) error { _, err := notice.Issue(tx, o.head, n); return err })
		back := errors.New("taken back")
		for tamper, want := range map[string]int{
			`update notice set title = title`: 0, `update notice set title = '不用报送'`: 1, `update notice set body = ''`: 1,
			`update notice set valid_to = '2026-12-31'`: 1, `update notice set unit_id = unit_id + 1`: 1, `update notice set person_id = 9`: 1,
		} {
			err := o.db.Write(t.Context(), func(tx *store.Tx) error {
				if _, err := tx.Exec(tamper); err != nil {
					return err
				}
				flaws, err := notice.Verify(tx, county)
				if err != nil {
					return err
				}
				if len(flaws) != want {
					t.Errorf("%s: %+v", tamper, flaws)
				}
				return back
			})
			if !errors.Is(err, back) {
				t.Error(err)
			}
		}
	})
}
