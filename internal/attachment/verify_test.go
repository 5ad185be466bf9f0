package attachment_test

import (
	"testing"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestVerify_SeesWhatWasTakenAway: two files of a document, then one statement behind the program's back.
func TestVerify_SeesWhatWasTakenAway(t *testing.T) {
	for what, statement := range map[string]string{
		"nothing":                   ``,
		"every leaf":                `delete from trail where step = 'attached'`,
		"the first leaf":            `delete from trail where step = 'attached' and version = 1`,
		"a row":                     `delete from attachment where bytes = (select max(bytes) from attachment)`,
		"every row":                 `delete from attachment`,
		"a name":                    `update attachment set name = '另一张发票.pdf'`,
		"who brought it":            `update attachment set person_id = 8`,
		"when it came":              `update attachment set added_at = '2020-01-01T00:00:00.000Z'`,
		"the document it is of":     `update attachment set document_id = '01a212fc-a770-7b3e-b1db-2da2b8a02c6c'`,
		"the file":                  `update attachment set sha256 = replace(sha256, substr(sha256, 1, 8), '00000000')`,
		"what the files are":        `update attachment set media_type = 'application/zip'`,
		"the salts (may be erased)": `delete from trail_salt`,
	} {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			id, actor := office(t, db)
			files, _ := folder(t)
			for i, content := range []string{pdf, pdf + "second"} {
				f := put(t, files, content)
				write(t, db, func(tx *store.Tx) error {
					_, err := attachment.Attach(tx, actor(identity.Clerk), id, f, []string{"发票.pdf", "合同.pdf"}[i])
					return err
				})
			}
			if statement != "" {
				write(t, db, func(tx *store.Tx) error { _, err := tx.Exec(statement); return err })
			}
			var flaws []document.Flaw
			write(t, db, func(tx *store.Tx) (err error) { flaws, err = attachment.Verify(tx, qinglan); return err })
			harmless := what == "nothing" || what == "the salts (may be erased)"
			if harmless != (len(flaws) == 0) {
				t.Errorf("%s: %+v", what, flaws)
			}
		})
	}
}
