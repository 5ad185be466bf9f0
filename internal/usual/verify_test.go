package usual_test

import (
	"errors"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/usual"
)

// TestVerify_FindsWhatWasAltered: what is shared says what the leaf of its last change says, whatever is changed behind the
// program's back; one's own leaves no leaf, and one's own that was all's is proved no further.
func TestVerify_FindsWhatWasAltered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		shared, ended, own, taken := document.NewID(), document.NewID(), document.NewID(), document.NewID()
		keep := func(by identity.Actor, x usual.Template) {
			t.Helper()
			x.Name, x.Lines = "办公用品", []usual.Line{{Summary: "付办公用品款", Account: "500102", Debit: "12"}}
			o.must(t, func(tx *store.Tx) error { _, err := usual.Keep(tx, by, o.party.ID, x); return err })
		}
		for _, x := range []usual.Template{{ID: shared, Code: "1"}, {ID: ended, Code: "2"}, {ID: own, Person: 1}, {ID: taken, Code: "3"}} {
			keep(o.han, x)
		}
		keep(o.han, usual.Template{ID: shared, Version: 1, Code: "4"})
		keep(o.han, usual.Template{ID: taken, Version: 1, Person: 1})
		keep(o.han, usual.Template{ID: taken, Version: 2, Person: 1, Code: "5"})
		library, mine, gone := document.NewID(), document.NewID(), document.NewID()
		o.must(t, func(tx *store.Tx) error {
			if err := usual.End(tx, o.han, o.party.ID, ended, 1); err != nil {
				return err
			}
			for _, s := range []usual.Summary{
				{ID: library, Code: "bg", Words: "付办公用品款"}, {ID: gone, Words: "付电费"}, {ID: gone, Words: "付电费", Version: 1, Ended: true}, {ID: mine, Person: 1, Words: "付水费"},
			} {
				s.Book = o.party.ID
				if err := usual.KeepSummary(tx, o.han, s); err != nil {
					return err
				}
			}
			return nil
		})
		at := func(table, id, set string) string {
			return `update ` + table + ` set ` + set + ` where ` + map[string]string{"voucher_template": "template_id", "usual_summary": "summary_id"}[table] + ` = '` + id + `'`
		}
		back := errors.New("taken back")
		for tamper, want := range map[string]int{
			at("voucher_template", shared, "lines = lines"):                       0,
			at("voucher_template", shared, "lines = '[]'"):                        1,
			at("voucher_template", shared, "name = '会议费'"):                        1,
			at("voucher_template", shared, "code = '9'"):                          1,
			at("voucher_template", shared, "book_id = 2"):                         1,
			at("voucher_template", shared, "version = 3"):                         1,
			at("voucher_template", shared, "changed_by = 2"):                      1,
			at("voucher_template", shared, "changed_at = '2026-01-01T00:00:00Z'"): 1,
			at("voucher_template", shared, "person_id = 2"):                       1,
			at("voucher_template", ended, "ended = false"):                        1,
			at("voucher_template", own, "person_id = 0"):                          1,
			at("voucher_template", own, "lines = '[]'"):                           0,
			at("voucher_template", taken, "person_id = 0"):                        1,
			at("usual_summary", library, "words = '付会议费'"):                        1,
			at("usual_summary", library, "code = 'hy'"):                           1,
			at("usual_summary", library, "person_id = 2"):                         1,
			at("usual_summary", library, "ended = true"):                          1,
			at("usual_summary", gone, "ended = false"):                            1,
			at("usual_summary", mine, "person_id = 0"):                            1,
			`delete from usual_summary where summary_id = '` + gone + `'`:         1,
			`delete from voucher_template where template_id = '` + shared + `'`:   1,
		} {
			err := o.db.Write(t.Context(), func(tx *store.Tx) error {
				if err := tx.Settle(); err != nil {
					return err
				}
				if _, err := tx.Exec(tamper); err != nil {
					return err
				}
				flaws, err := usual.Verify(tx, qinglan)
				if err != nil {
					return err
				}
				if len(flaws) != want {
					t.Errorf("%s: %+v", tamper, flaws)
				}
				return back
			})
			if !errors.Is(err, back) {
				t.Errorf("%s: %v", tamper, err)
			}
		}
	})
}
