package trail_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
)

const county = 990001

func appendStep(t *testing.T, db *store.DB, s trail.Step) trail.Row {
	t.Helper()
	var row trail.Row
	err := db.Write(context.Background(), func(tx *store.Tx) error {
		if err := trail.Append(tx, s); err != nil {
			return err
		}
		rows, err := trail.List(tx, s.County, s.Document)
		if err == nil {
			row = rows[len(rows)-1]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// TestAppend_LeafBytes: a leaf is what it is to the byte, for ever: published heads rest on it.
func TestAppend_LeafBytes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		whole := trail.Step{
			County: county, Document: "d2", Version: 3, Kind: "voucher", Chain: []string{"d1", "d3"}, Step: "post", From: "checked", To: "posted",
			Actors: []trail.Actor{{Person: 11, Duty: "B"}, {Person: 12, Duty: "C"}}, Rows: strings.Repeat("ab", 32),
			Facts: map[string]string{"ref": "1|2026-10|记|12", "amount": "48.60"},
		}
		const want = `{"actors":[{"duty":"B","person":11},{"duty":"C","person":12}],"at":"2026-10-23T02:00:00.000Z","chain":["d1","d3"],` +
			`"county":990001,"document":"d2","facts":{"amount":"48.60","ref":"1|2026-10|记|12"},"from":"checked","kind":"voucher",` +
			`"rows":"abababababababababababababababababababababababababababababababab","step":"post","to":"posted","v":1,"version":3}`
		if row := appendStep(t, db, whole); row.Leaf != want || row.Reason != "" || row.Person != 11 || row.At != "2026-10-23T02:00:00.000Z" {
			t.Errorf("leaf %s\nwant %s\nrow %+v", row.Leaf, want, row)
		}
		bare := trail.Step{County: county, Document: "d4", Version: 1, Kind: "month-close", Step: "close", To: "closed", Actors: []trail.Actor{{Person: 7}}}
		const least = `{"actors":[{"duty":"","person":7}],"at":"2026-10-23T02:00:00.000Z","county":990001,"document":"d4","from":"",` +
			`"kind":"month-close","step":"close","to":"closed","v":1,"version":1}`
		if row := appendStep(t, db, bare); row.Leaf != least {
			t.Errorf("leaf %s\nwant %s", row.Leaf, least)
		}
	})
}

// TestAppend_CommitsToPrivateFacts: the leaf proves what was said without saying it, and no longer once the salt is gone.
func TestAppend_CommitsToPrivateFacts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		step := trail.Step{
			County: county, Document: "d1", Version: 1, Kind: "person", Step: "reveal", Actors: []trail.Actor{{Person: 5}}, Reason: "核对补贴对象",
			Private: map[string]string{"id_no": "110101199001011234", "phone": "13800000000"},
		}
		row := appendStep(t, db, step)
		var leaf struct{ Commitments map[string]string }
		if err := json.Unmarshal([]byte(row.Leaf), &leaf); err != nil {
			t.Fatal(err)
		}
		if row.Reason != step.Reason || len(leaf.Commitments) != 3 {
			t.Fatalf("reason %q, commitments %v", row.Reason, leaf.Commitments)
		}
		said := map[string]string{"reason": step.Reason, "id_no": step.Private["id_no"], "phone": step.Private["phone"]}
		salts := saltsOf(t, db, "d1")
		for field, value := range said {
			if strings.Contains(row.Leaf, value) {
				t.Errorf("the leaf shows %s", field)
			}
			if len(salts[field]) != 32 || trail.Commitment(salts[field], value) != leaf.Commitments[field] {
				t.Errorf("%s: the commitment does not prove it", field)
			}
			if trail.Commitment(salts[field], value+"0") == leaf.Commitments[field] {
				t.Errorf("%s: the commitment proves anything", field)
			}
		}
		step.Version = 2
		var second struct{ Commitments map[string]string }
		if err := json.Unmarshal([]byte(appendStep(t, db, step).Leaf), &second); err != nil {
			t.Fatal(err)
		}
		if second.Commitments["id_no"] == leaf.Commitments["id_no"] {
			t.Error("equal facts have equal commitments: who knows one knows the other")
		}
	})
}

func saltsOf(t *testing.T, db *store.DB, id string) map[string]string {
	t.Helper()
	salts := map[string]string{}
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		rows, err := tx.Query(`select field, salt from trail_salt where county_id = $1 and document_id = $2 and version = 1`, county, id)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var field, salt string
			if err := rows.Scan(&field, &salt); err != nil {
				return err
			}
			salts[field] = salt
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return salts
}

// TestDigests_Golden holds the two hashes to values computed by hand (sha256sum).
func TestDigests_Golden(t *testing.T) {
	if got := trail.Digest([]byte(`{"a":1}`)); got != "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862" {
		t.Errorf("digest %s", got)
	}
	if got := trail.Commitment("00ff", "付款"); got != "13c5b85eb78c4a6c20cf405a5628e1ed1afee43fdfa7e3080019ab815fe38efd" {
		t.Errorf("commitment %s", got)
	}
}

// TestList_ByVersion: steps come in their order, one county's only.
func TestList_ByVersion(t *testing.T) {
	db := storetest.One(t)
	for _, v := range []int64{3, 1, 10, 2} {
		appendStep(t, db, trail.Step{County: county, Document: "d1", Version: v, Kind: "voucher", Step: "edit", Actors: []trail.Actor{{Person: 1}}})
	}
	appendStep(t, db, trail.Step{County: county + 1, Document: "d1", Version: 4, Kind: "voucher", Step: "edit", Actors: []trail.Actor{{Person: 1}}})
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		rows, err := trail.List(tx, county, "d1")
		if err != nil {
			return err
		}
		var versions []int64
		for _, r := range rows {
			versions = append(versions, r.Version)
		}
		if len(versions) != 4 || versions[0] != 1 || versions[1] != 2 || versions[2] != 3 || versions[3] != 10 {
			t.Errorf("versions %v", versions)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
