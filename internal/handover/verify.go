package handover

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Verify compares handovers and delegations with the leaves of their steps: who leaves, takes over and witnesses, why,
// which things and open items were signed for and when; who acts for whom, under which role, and no longer than given.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	flaws, err := verifyHandovers(tx, county)
	if err != nil {
		return nil, err
	}
	more, err := verifyDelegations(tx, county)
	return append(flaws, more...), err
}

func verifyHandovers(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "handover")
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select document_id, unit_id, leaver_id, successor_id, witness_id, cause, things, items, started_by, started_at,
		coalesce(leaver_at, ''), coalesce(successor_at, ''), coalesce(witness_at, '') from handover where county_id = $1 order by document_id`, county)
	if err != nil {
		return nil, fmt.Errorf("handover.Verify: %w", err)
	}
	defer rows.Close()
	var flaws []document.Flaw
	for rows.Next() {
		var h Handover
		var items string
		if err := rows.Scan(&h.Document, &h.Unit, &h.Leaver, &h.Successor, &h.Witness, &h.Cause, &h.Things, &items, &h.StartedBy, &h.StartedAt,
			&h.LeaverAt, &h.SuccessorAt, &h.WitnessAt); err != nil {
			return nil, fmt.Errorf("handover.Verify: %w", err)
		}
		told := leaves[h.Document]
		if !h.startedAs(told["start"]) {
			flaws = append(flaws, document.Flaw{Document: h.Document, Message: "工作交接的人员、原因或移交实物与存证不符"})
		}
		for _, s := range []struct {
			step   string
			person int64
			at     string
		}{{"sign-leaver", h.Leaver, h.LeaverAt}, {"sign-successor", h.Successor, h.SuccessorAt}, {"witness", h.Witness, h.WitnessAt}} {
			if leaf, signed := told[s.step]; signed != (s.at != "") || signed && !leaf.By(s.person, s.at) {
				flaws = append(flaws, document.Flaw{Document: h.Document, Message: Kind.Step(s.step).Title + "与存证不符"})
			}
		}
		if leaf := told["sign-leaver"]; items != "" && trail.Digest([]byte(items)) != leaf.Rows || items == "" && leaf.Rows != "" {
			flaws = append(flaws, document.Flaw{Document: h.Document, Message: "移交清单与存证不符"})
		}
	}
	return flaws, rows.Err()
}

// facts are what the leaf of the start says openly of the parties.
func facts(unit, leaver, successor, witness int64) map[string]string {
	return map[string]string{
		"unit": fmt.Sprint(unit), "leaver": fmt.Sprint(leaver), "successor": fmt.Sprint(successor), "witness": fmt.Sprint(witness),
	}
}

func (h Handover) startedAs(leaf document.Told) bool {
	return agree(leaf, facts(h.Unit, h.Leaver, h.Successor, h.Witness)) && leaf.Commits("cause", h.Cause) && leaf.Commits("things", h.Things) &&
		leaf.By(h.StartedBy, h.StartedAt)
}

func agree(leaf document.Told, facts map[string]string) bool {
	for k, v := range facts {
		if leaf.Facts[k] != v {
			return false
		}
	}
	return true
}

// delegationFacts are what the leaf of a delegation says openly.
func delegationFacts(d identity.Delegation) map[string]string {
	return map[string]string{
		"from_login": fmt.Sprint(d.FromLogin), "to_login": fmt.Sprint(d.ToLogin), "role": string(d.Role), "unit": fmt.Sprint(d.Unit),
		"first": string(d.First),
	}
}

func verifyDelegations(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "delegation")
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select document_id, from_login, to_login, role, unit_id, valid_from, valid_to, reason from delegation
		where county_id = $1 order by document_id`, county)
	if err != nil {
		return nil, fmt.Errorf("handover.Verify: %w", err)
	}
	defer rows.Close()
	var flaws []document.Flaw
	for rows.Next() {
		var d identity.Delegation
		if err := rows.Scan(&d.Document, &d.FromLogin, &d.ToLogin, &d.Role, &d.Unit, &d.First, &d.Last, &d.Reason); err != nil {
			return nil, fmt.Errorf("handover.Verify: %w", err)
		}
		given := leaves[d.Document]["delegate"]
		last := given.Facts["last"]
		for _, step := range []string{"withdraw", "lapse"} {
			if ended, ok := leaves[d.Document][step]; ok {
				last = min(last, ended.Facts["last"])
			}
		}
		if !agree(given, delegationFacts(d)) || !given.Commits("reason", d.Reason) || d.Last != calendar.Date(last) {
			flaws = append(flaws, document.Flaw{Document: d.Document, Message: "代理的人员、角色、期限或原因与存证不符"})
		}
	}
	return flaws, rows.Err()
}
