package usual

import (
	"fmt"
	"strconv"

	"xiangzhang/internal/document"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// kept is what a row of a summary or a template says, as its leaf does.
type kept struct {
	id        string
	person    int64 // whose own it is; changes of such a one leave no leaf
	version   int64
	changedBy int64
	changedAt string
	step      string
	facts     map[string]string
}

// Verify compares shared summaries and templates with the leaf of their last change: which book or office they are of, what
// they are called, their words and the digest of their lines, who changed them and when. What somebody keeps for himself
// leaves no leaf.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	last, err := lastLeaves(tx, county)
	if err != nil {
		return nil, err
	}
	rows, err := templateRows(tx, county)
	if err != nil {
		return nil, err
	}
	more, err := summaryRows(tx, county)
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	flaw := func(id, message string) {
		flaws = append(flaws, document.Flaw{Document: TrailOf(id), Message: message})
	}
	for _, k := range append(rows, more...) {
		leaf, told := last[TrailOf(k.id)]
		delete(last, TrailOf(k.id))
		switch {
		case !told && k.person != 0, told && k.person != 0 && leaf.Version < k.version && leaf.Facts["lines"] != "":
			// his own, since its first version or since he took it back from all
		case !told:
			flaw(k.id, "共用的摘要或常用凭证没有存证")
		case !k.toldBy(leaf):
			flaw(k.id, "摘要或常用凭证与最后一次修改的存证不符")
		}
	}
	for id := range last {
		flaws = append(flaws, document.Flaw{Document: id, Message: "有存证,没有这条摘要或常用凭证"})
	}
	return flaws, nil
}

func (k kept) toldBy(leaf trail.Leaf) bool {
	for name, value := range k.facts {
		if told, says := leaf.Facts[name]; says && told != value {
			return false
		}
	}
	ended := leaf.Step.Step == "template-ended" || leaf.Step.Step == "summary-ended"
	return leaf.Version == k.version && ended == (k.step == "ended") && leaf.At == k.changedAt && leaf.Actors[0].Person == k.changedBy
}

// lastLeaves gives the last leaf of everything that this package keeps.
func lastLeaves(tx *store.Tx, county int64) (map[string]trail.Leaf, error) {
	rows, err := tx.Query(`select document_id, leaf from trail where county_id = $1 and document_id >= $2 and document_id < $3 order by document_id, version`,
		county, TrailOf(""), "usual.") // which follows "usual-"
	if err != nil {
		return nil, fmt.Errorf("usual.Verify: %w", err)
	}
	defer rows.Close()
	last := map[string]trail.Leaf{}
	for rows.Next() {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			return nil, fmt.Errorf("usual.Verify: %w", err)
		}
		leaf, err := trail.Parse(text)
		if err != nil || len(leaf.Actors) == 0 {
			leaf = trail.Leaf{Step: trail.Step{Actors: []trail.Actor{{}}}} // fits no row; document.Verify names it
		}
		last[id] = leaf
	}
	return last, rows.Err()
}

func endedStep(ended bool) string {
	if ended {
		return "ended"
	}
	return ""
}

func templateRows(tx *store.Tx, county int64) ([]kept, error) {
	rows, err := tx.Query(`select `+templateColumns+` from voucher_template where county_id = $1 order by template_id`, county)
	if err != nil {
		return nil, fmt.Errorf("usual.Verify: %w", err)
	}
	defer rows.Close()
	var all []kept
	for rows.Next() {
		var t Template
		var lines string
		if err := rows.Scan(&t.ID, &t.Book, &t.Unit, &t.Chart, &t.Person, &t.Code, &t.Name, &t.Word, &lines, &t.Version, &t.ChangedBy, &t.ChangedAt, &t.Ended); err != nil {
			return nil, fmt.Errorf("usual.Verify: %w", err)
		}
		all = append(all, kept{t.ID, t.Person, t.Version, t.ChangedBy, t.ChangedAt, endedStep(t.Ended), t.facts([]byte(lines))})
	}
	return all, rows.Err()
}

// facts are what the leaf of a template's change says.
func (t Template) facts(lines []byte) map[string]string {
	return map[string]string{
		"book": strconv.FormatInt(t.Book, 10), "unit": strconv.FormatInt(t.Unit, 10), "person": strconv.FormatInt(t.Person, 10),
		"code": t.Code, "name": t.Name, "word": t.Word, "lines": trail.Digest(lines),
	}
}

func summaryRows(tx *store.Tx, county int64) ([]kept, error) {
	rows, err := tx.Query(`select summary_id, book_id, person_id, code, words, version, changed_by, changed_at, ended from usual_summary
		where county_id = $1 order by summary_id`, county)
	if err != nil {
		return nil, fmt.Errorf("usual.Verify: %w", err)
	}
	defer rows.Close()
	var all []kept
	for rows.Next() {
		var s Summary
		if err := rows.Scan(&s.ID, &s.Book, &s.Person, &s.Code, &s.Words, &s.Version, &s.ChangedBy, &s.ChangedAt, &s.Ended); err != nil {
			return nil, fmt.Errorf("usual.Verify: %w", err)
		}
		all = append(all, kept{s.ID, s.Person, s.Version, s.ChangedBy, s.ChangedAt, endedStep(s.Ended), s.facts()})
	}
	return all, rows.Err()
}

// facts are what the leaf of a summary's change says.
func (s Summary) facts() map[string]string {
	return map[string]string{"book": strconv.FormatInt(s.Book, 10), "person": strconv.FormatInt(s.Person, 10), "code": s.Code, "words": s.Words}
}
