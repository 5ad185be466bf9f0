package web

import (
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// trailRow is one step that was taken.
type trailRow struct {
	Title  string
	Person string
	At     string
	Reason string
	Leaf   string // SHA-256 of the leaf
}

// trailRows gives who did what, oldest first.
func trailRows(tx *store.Tx, county int64, id string, kind *document.Kind, names map[int64]string) ([]trailRow, error) {
	rows, err := trail.List(tx, county, id)
	if err != nil {
		return nil, err
	}
	var out []trailRow
	for _, r := range rows {
		out = append(out, trailRow{
			Title: kind.Step(r.Step).Title, Person: identity.ActingName(names, r.Person, r.For), At: clock(r.At), Reason: r.Reason, Leaf: trail.Digest([]byte(r.Leaf)),
		})
	}
	return out, nil
}

// clock writes a stored instant as people of the county read it.
func clock(instant string) string {
	t, err := calendar.ParseInstant(instant)
	if err != nil {
		return instant
	}
	return t.In(calendar.Beijing).Format("2006-01-02 15:04:05")
}

// reasonOf gives the reason of the last step of a name on a document.
func reasonOf(tx *store.Tx, county int64, id, step string) (string, error) {
	rows, err := trail.List(tx, county, id)
	if err != nil {
		return "", err
	}
	for _, r := range slices.Backward(rows) {
		if r.Step == step {
			return r.Reason, nil
		}
	}
	return "", nil
}
