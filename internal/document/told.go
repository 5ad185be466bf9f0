package document

import (
	"fmt"

	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Told is what the leaf of a step says, with the salts of what it commits to.
type Told struct {
	trail.Leaf
	salts map[string]string // by field; an erased one is missing
}

// Commits reports whether a leaf commits to a value. Where the salt has been erased nobody can tell any more.
func (t Told) Commits(field, value string) bool {
	commitment := t.Commitments[field]
	salt, kept := t.salts[field]
	switch {
	case commitment == "":
		return value == ""
	case !kept:
		return true
	}
	return trail.Commitment(salt, value) == commitment
}

// By reports whether a person took the step at an instant.
func (t Told) By(person int64, at string) bool {
	return len(t.Actors) > 0 && t.Actors[0].Person == person && t.At == at
}

// LeavesOf gives the leaves of the documents that a table has rows of, by document and step: what a domain compares those
// rows with. Leaves that cannot be read are left out; Verify names them.
func LeavesOf(tx *store.Tx, county int64, table string) (map[string]map[string]Told, error) {
	rows, err := tx.Query(`select t.document_id, t.step, t.leaf, coalesce(s.field, ''), coalesce(s.salt, '') from `+table+` x cross join trail t
		left join trail_salt s on s.county_id = t.county_id and s.document_id = t.document_id and s.version = t.version
		where x.county_id = $1 and t.county_id = x.county_id and t.document_id = x.document_id`, county)
	if err != nil {
		return nil, fmt.Errorf("document.LeavesOf %s: %w", table, err)
	}
	defer rows.Close()
	all := map[string]map[string]Told{}
	for rows.Next() {
		var id, step, leaf, field, salt string
		if err := rows.Scan(&id, &step, &leaf, &field, &salt); err != nil {
			return nil, fmt.Errorf("document.LeavesOf %s: %w", table, err)
		}
		told, read := all[id][step]
		if !read {
			if told.Leaf, err = trail.Parse(leaf); err != nil {
				continue
			}
			told.salts = map[string]string{}
		}
		if field != "" {
			told.salts[field] = salt
		}
		if all[id] == nil {
			all[id] = map[string]Told{}
		}
		all[id][step] = told
	}
	return all, rows.Err()
}
