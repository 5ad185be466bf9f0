package unitchange

import (
	"cmp"
	"fmt"
	"slices"

	"xiangzhang/internal/document"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Verify compares every change of units with its leaf: its order, and which units had which part in it.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "unit_change")
	if err != nil {
		return nil, err
	}
	all, err := query(tx, `1 = 1`, county)
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	for _, c := range all {
		leaf := leaves[c.ID][c.Step]
		if leaf.Facts["on"] != string(c.On) || leaf.Facts["document_no"] != c.DocumentNo || !leaf.Commits("reason", c.Reason) || !leaf.By(c.Person, c.At) ||
			leaf.Rows != trail.Digest(partRows(c.Parts)) {
			flaws = append(flaws, document.Flaw{Document: c.ID, Message: fmt.Sprintf("单位变更(%s,%s)与存证不符", c.Title(), c.DocumentNo)})
		}
	}
	return flaws, nil
}

// partRows gives the canonical rows of the units in a change, whose SHA-256 its leaf holds.
func partRows(parts []Part) []byte {
	parts = slices.Clone(parts)
	slices.SortFunc(parts, func(a, b Part) int { return cmp.Compare(a.Unit, b.Unit) })
	o := trail.NewObject()
	o.Objects("parts", len(parts), func(i int, inner *trail.Object) {
		inner.Text("name", parts[i].Name).Text("part", parts[i].Part).Int("unit", parts[i].Unit)
	})
	return o.Bytes()
}
