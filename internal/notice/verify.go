package notice

import (
	"fmt"

	"xiangzhang/internal/document"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Verify compares every notice with the leaf of its issuing: whose it is, what it says and until when, who issued it.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "notice")
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select document_id, unit_id, title, body, valid_from, valid_to, person_id, issued_at from notice
		where county_id = $1 order by document_id`, county)
	if err != nil {
		return nil, fmt.Errorf("notice.Verify: %w", err)
	}
	defer rows.Close()
	var flaws []document.Flaw
	for rows.Next() {
		var n New
		var person int64
		var at string
		if err := rows.Scan(&n.Document, &n.Unit, &n.Title, &n.Body, &n.From, &n.To, &person, &at); err != nil {
			return nil, fmt.Errorf("notice.Verify: %w", err)
		}
		if issued := leaves[n.Document]["issue"]; issued.Rows != trail.Digest(n.rows()) || !issued.By(person, at) {
			flaws = append(flaws, document.Flaw{Document: n.Document, Message: fmt.Sprintf("通知「%s」与存证不符", n.Title)})
		}
	}
	return flaws, rows.Err()
}
