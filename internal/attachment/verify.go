package attachment

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"xiangzhang/internal/document"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// attached is a leaf of an attachment, as far as its row repeats it.
type attached struct {
	person           int64
	at, media, bytes string
	salt, commitment string // of the name; the salt may have been erased
}

// attachedKey names a file of a document.
type attachedKey struct{ document, sha string }

// Verify compares attachments with the leaves of their coming and going: each row has a leaf, each leaf of a coming that no
// going follows a row, and they say the same.
// document.Verify compares those leaves with their own rows.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, flaws, err := attachedLeaves(tx, county)
	if err != nil {
		return nil, fmt.Errorf("attachment.Verify: %w", err)
	}
	flaw := func(id, format string, args ...any) {
		flaws = append(flaws, document.Flaw{Document: id, Message: fmt.Sprintf(format, args...)})
	}
	rows, err := tx.Query(`select `+columns+` from attachment where county_id = $1 order by document_id, sha256`, county)
	if err != nil {
		return nil, fmt.Errorf("attachment.Verify: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("attachment.Verify: %w", err)
		}
		k := attachedKey{a.Document, a.SHA256}
		l, ok := leaves[k]
		delete(leaves, k)
		switch {
		case !ok:
			flaw(a.Document, "附件「%s」没有存证", a.Name)
		case l.person != a.Person || l.at != a.At || l.media != a.MediaType || l.bytes != fmt.Sprint(a.Bytes) ||
			l.salt != "" && trail.Commitment(l.salt, a.Name) != l.commitment:
			flaw(a.Document, "附件「%s」与存证不符", a.Name)
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(leaves), func(a, b attachedKey) int { return strings.Compare(a.document+a.sha, b.document+b.sha) }) {
		flaw(k.document, "有附件 %s… 的存证,没有登记的附件", k.sha[:min(12, len(k.sha))])
	}
	return flaws, rows.Err()
}

// attachedLeaves reads the leaves, and finds those of a document whose versions have a gap.
func attachedLeaves(tx *store.Tx, county int64) (map[attachedKey]attached, []document.Flaw, error) {
	rows, err := tx.Query(`select t.document_id, t.version, t.leaf, coalesce(s.salt, '') from trail t
		left join trail_salt s on s.county_id = t.county_id and s.document_id = t.document_id and s.version = t.version and s.field = 'name'
		where t.county_id = $1 and t.step in ($2, $3) order by t.document_id, t.version`, county, stepAttached, StepDetached)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	leaves := map[attachedKey]attached{}
	var flaws []document.Flaw
	last, before := "", int64(0)
	for rows.Next() {
		var of, text, salt string
		var version int64
		if err := rows.Scan(&of, &version, &text, &salt); err != nil {
			return nil, nil, err
		}
		if of != last {
			last, before = of, 0
		}
		id := strings.TrimPrefix(of, TrailOf(""))
		if version != before+1 {
			flaws = append(flaws, document.Flaw{Document: id, Message: fmt.Sprintf("附件的存证缺第 %d 份", before+1)})
		}
		before = version
		l, err := trail.Parse(text)
		if err != nil || len(l.Actors) == 0 {
			continue // document.Verify tells
		}
		k := attachedKey{id, l.Rows}
		if l.Step.Step == StepDetached {
			if _, ok := leaves[k]; !ok {
				flaws = append(flaws, document.Flaw{Document: id, Message: fmt.Sprintf("附件 %s… 有移去的存证,没有上传的存证", l.Rows[:min(12, len(l.Rows))])})
			}
			delete(leaves, k)
			continue
		}
		leaves[k] = attached{l.Actors[0].Person, l.At, l.Facts["media_type"], l.Facts["bytes"], salt, l.Commitments["name"]}
	}
	return leaves, flaws, rows.Err()
}
