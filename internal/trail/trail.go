// Package trail writes one leaf per step of a document, in its final bytes, in the transaction of the step.
//
// A leaf is canonical json (RFC 8785) of: version, county, document, the chain of linked documents, kind, step, from
// and to state, actor, instant, the SHA-256 of the rows that the step posted, and further facts of the step. Personal
// text never enters a leaf: a salted commitment stands for it, whose salt lies in a table of its own and can be
// erased. A leaf's log position stays null until it is sequenced.
package trail

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/store"
)

// LeafVersion is the version of the leaf's layout.
const LeafVersion = 1

var leaves = store.NewTable("trail", 3, 0,
	"#county_id", "document_id", "#version", "step", "#person_id", "at", "reason", "leaf", "#position")

var salts = store.NewTable("trail_salt", 4, 0, "#county_id", "document_id", "#version", "field", "salt")

// Actor is one person's part in a step: who did which duty.
type Actor struct {
	Person int64  `json:"person"`
	Duty   string `json:"duty"`
	For    int64  `json:"for"` // the person under whose role it was done (代理); 0: his own
}

// Step is what a leaf says.
type Step struct {
	County   int64
	Document string
	Version  int64    // the document's version after the step
	Kind     string   // kind of document
	Chain    []string // other documents of its chain, sorted; nil where it stands alone
	Step     string
	From, To string
	Actors   []Actor           // the first is the person at the keyboard
	Reason   string            // as written; only its commitment enters the leaf
	Rows     string            // SHA-256 of the posted rows in hex, empty where the step posted none
	Facts    map[string]string // further public facts, for example the business number
	Private  map[string]string // personal facts: committed to, never written
}

// Append writes the step's leaf.
func Append(tx *store.Tx, s Step) error {
	at := calendar.Instant(tx.Now)
	commitments, err := commit(tx, s)
	if err != nil {
		return fmt.Errorf("trail.Append %s: %w", s.Document, err)
	}
	leaf := encode(s, at, commitments)
	var reason any
	if s.Reason != "" {
		reason = s.Reason
	}
	tx.Append(leaves, s.County, s.Document, s.Version, s.Step, s.Actors[0].Person, at, reason, string(leaf), nil)
	return nil
}

// encode gives a step's leaf in its final bytes.
func encode(s Step, at string, commitments map[string]string) []byte {
	o := NewObject()
	o.Objects("actors", len(s.Actors), func(i int, inner *Object) {
		a := s.Actors[i]
		inner.Text("duty", a.Duty)
		if a.For != 0 {
			inner.Int("for", a.For)
		}
		inner.Int("person", a.Person)
	})
	o.Text("at", at)
	if len(s.Chain) > 0 {
		o.Texts("chain", s.Chain)
	}
	if len(commitments) > 0 {
		o.Object("commitments", func(inner *Object) {
			for _, k := range sortedKeys(commitments) {
				inner.Text(k, commitments[k])
			}
		})
	}
	o.Int("county", s.County).Text("document", s.Document)
	if len(s.Facts) > 0 {
		o.Object("facts", func(inner *Object) {
			for _, k := range sortedKeys(s.Facts) {
				inner.Text(k, s.Facts[k])
			}
		})
	}
	o.Text("from", s.From).Text("kind", s.Kind)
	if s.Rows != "" {
		o.Text("rows", s.Rows)
	}
	o.Text("step", s.Step).Text("to", s.To).Int("v", LeafVersion).Int("version", s.Version)
	return o.Bytes()
}

// commit salts and hashes the personal facts of a step.
func commit(tx *store.Tx, s Step) (map[string]string, error) {
	if s.Reason == "" && len(s.Private) == 0 {
		return nil, nil
	}
	out := map[string]string{}
	add := func(field, value string) error {
		salt := make([]byte, 16)
		if _, err := rand.Read(salt); err != nil {
			return err
		}
		out[field] = Commitment(hex.EncodeToString(salt), value)
		tx.Append(salts, s.County, s.Document, s.Version, field, hex.EncodeToString(salt))
		return nil
	}
	if s.Reason != "" {
		if err := add("reason", s.Reason); err != nil {
			return nil, err
		}
	}
	for _, k := range sortedKeys(s.Private) {
		if err := add(k, s.Private[k]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Commitment is SHA-256 over salt (hex) and value, in hex: who knows both can prove what a leaf committed to.
func Commitment(salt, value string) string {
	sum := sha256.Sum256([]byte(salt + value))
	return hex.EncodeToString(sum[:])
}

// Digest is the SHA-256 of canonical rows, in hex.
func Digest(rows []byte) string {
	sum := sha256.Sum256(rows)
	return hex.EncodeToString(sum[:])
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// RowsOf gives the SHA-256 of the posted rows that a leaf holds, empty where it holds none. A leaf is canonical json:
// within a string every quote is escaped, so the key cannot be found in one.
func RowsOf(leaf string) string {
	_, rest, found := strings.Cut(leaf, `,"rows":"`)
	if !found {
		return ""
	}
	rows, _, _ := strings.Cut(rest, `"`)
	return rows
}

// Says reports whether a leaf gives a text of its own or a fact this value. The same reasoning as for RowsOf holds.
func Says(leaf, key, value string) bool {
	field := append(append(append(make([]byte, 0, 96), '"'), key...), '"', ':')
	return strings.Contains(leaf, string(appendString(field, value)))
}

// forOf gives the person under whose role the first actor of a leaf took the step, 0 where it was his own. A leaf begins
// with its actors, and an actor holds no text that could be mistaken for a key.
func forOf(leaf string) int64 {
	first, _, _ := strings.Cut(ActorsOf(leaf), "}")
	_, rest, found := strings.Cut(first, `"for":`)
	if !found {
		return 0
	}
	text, _, _ := strings.Cut(rest, ",")
	person, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return person
}

// Row is one step as pages list it.
type Row struct {
	Version int64
	Step    string
	Person  int64
	For     int64 // the person under whose role it was taken; 0: his own
	At      string
	Reason  string
	Leaf    string
}

// List gives the steps that a document has taken, oldest first.
func List(tx *store.Tx, county int64, document string) ([]Row, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select version, step, person_id, at, coalesce(reason, ''), leaf from trail
		where county_id = $1 and document_id = $2 order by version`, county, document)
	if err != nil {
		return nil, fmt.Errorf("trail.List %s: %w", document, err)
	}
	defer rows.Close()
	var out []Row
	for rows.Next() {
		var r Row
		if err := rows.Scan(&r.Version, &r.Step, &r.Person, &r.At, &r.Reason, &r.Leaf); err != nil {
			return nil, fmt.Errorf("trail.List %s: %w", document, err)
		}
		r.For = forOf(r.Leaf)
		out = append(out, r)
	}
	return out, rows.Err()
}
