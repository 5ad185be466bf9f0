package document

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// VerifyWaivers compares waivers with the leaves of their steps, and every use of one with the leaf of the step that rested
// on it. Verify finds leaves that tell of a use without a row.
func VerifyWaivers(tx *store.Tx, county int64) ([]Flaw, error) {
	leaves, err := LeavesOf(tx, county, "duty_waiver")
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select document_id, duty_a, duty_b, unit_id, valid_from, valid_to, reason, document_no, proposed_by, granted_by, granted_at,
		ended_on from duty_waiver where county_id = $1 order by document_id`, county)
	if err != nil {
		return nil, fmt.Errorf("document.VerifyWaivers: %w", err)
	}
	defer rows.Close()
	var flaws []Flaw
	for rows.Next() {
		var w Waiver
		if err := rows.Scan(&w.Document, &w.A, &w.B, &w.Unit, &w.From, &w.To, &w.Reason, &w.DocumentNo, &w.ProposedBy, &w.GrantedBy, &w.GrantedAt,
			&w.EndedOn); err != nil {
			return nil, fmt.Errorf("document.VerifyWaivers: %w", err)
		}
		if !w.toldBy(leaves[w.Document]) {
			flaws = append(flaws, Flaw{Document: w.Document, Message: "岗位豁免的岗位、单位、期限、文号、批准人或终止日与存证不符"})
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("document.VerifyWaivers: %w", err)
	}
	more, err := usesUntold(tx, county)
	return append(flaws, more...), err
}

// toldBy reports whether the leaves of a waiver, by step, say what its row says.
func (w Waiver) toldBy(steps map[string]Told) bool {
	proposed := steps["propose"]
	for k, v := range w.facts() {
		if proposed.Facts[k] != v {
			return false
		}
	}
	granted, was := steps["grant"]
	if was != (w.GrantedBy != 0) || was && !granted.By(w.GrantedBy, w.GrantedAt) || !was && w.GrantedAt != "" {
		return false
	}
	ended, over := steps["end-early"]
	if !over {
		ended, over = steps["refuse"]
	}
	if over != (w.EndedOn != "") || ended.Facts["ended_on"] != string(w.EndedOn) {
		return false
	}
	return proposed.Facts["ref"] == w.DocumentNo && proposed.Commits("reason", w.Reason) && proposed.By(w.ProposedBy, proposed.At)
}

// usesUntold finds rows of uses whose step's leaf does not tell of them.
func usesUntold(tx *store.Tx, county int64) ([]Flaw, error) {
	rows, err := tx.Query(`select x.document_id, x.waiver_id, x.person_id, x.used_on, coalesce(t.leaf, '') from waiver_use x
		left join trail t on t.county_id = x.county_id and t.document_id = x.document_id and t.version = x.version
		where x.county_id = $1 order by x.document_id, x.version`, county)
	if err != nil {
		return nil, fmt.Errorf("document.VerifyWaivers: %w", err)
	}
	defer rows.Close()
	var flaws []Flaw
	for rows.Next() {
		var id, on, leaf string
		var u waived
		if err := rows.Scan(&id, &u.waiver, &u.person, &on, &leaf); err != nil {
			return nil, fmt.Errorf("document.VerifyWaivers: %w", err)
		}
		l, err := trail.Parse(leaf)
		if err != nil || l.Facts["waived_on"] != on || !tells(l, u) {
			flaws = append(flaws, Flaw{Document: id, Message: "登记使用了岗位豁免,存证中没有"})
		}
	}
	return flaws, rows.Err()
}

func tells(l trail.Leaf, u waived) bool {
	return slices.Contains(strings.Split(l.Facts["waived"], ","), encodeWaived([]waived{u}))
}

// taken is a step of a document.
type taken struct {
	document string
	version  int64
}

// uses finds steps whose leaves tell of waivers that no row of a use, and waivers' documents that no row, stands for.
func (v *verifier) uses(tx *store.Tx, _ Sealed) error {
	rows, err := tx.Query(`select document_id, version, waiver_id, person_id from waiver_use where county_id = $1`, v.county)
	if err != nil {
		return err
	}
	defer rows.Close()
	kept := map[taken][]waived{}
	for rows.Next() {
		var t taken
		var u waived
		if err := rows.Scan(&t.document, &t.version, &u.waiver, &u.person); err != nil {
			return err
		}
		kept[t] = append(kept[t], u)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for t, told := range v.waived {
		if encodeWaived(kept[t]) != told {
			v.flaw(t.document, "第 %d 步的存证记有岗位豁免的使用,例外清单中没有", t.version)
		}
	}
	for _, id := range v.waivers {
		var n int
		if err := tx.QueryRow(`select count(*) from duty_waiver where county_id = $1 and document_id = $2`, v.county, id).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			v.flaw(id, "豁免清单中没有这项岗位豁免")
		}
	}
	return nil
}
