package trail

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Leaf is a leaf as it can be read back: Reason and Private stand in it as commitments alone.
type Leaf struct {
	Step
	At          string
	Commitments map[string]string
}

// Parse reads a leaf. One that is not in the canonical bytes that Append writes, or of another layout, is an error.
func Parse(leaf string) (Leaf, error) {
	var t struct {
		Actors      []Actor           `json:"actors"`
		At          string            `json:"at"`
		Chain       []string          `json:"chain"`
		Commitments map[string]string `json:"commitments"`
		County      int64             `json:"county"`
		Document    string            `json:"document"`
		Facts       map[string]string `json:"facts"`
		From        string            `json:"from"`
		Kind        string            `json:"kind"`
		Rows        string            `json:"rows"`
		Step        string            `json:"step"`
		To          string            `json:"to"`
		Version     int64             `json:"version"`
	}
	if err := json.Unmarshal([]byte(leaf), &t); err != nil {
		return Leaf{}, fmt.Errorf("trail.Parse: %w", err)
	}
	l := Leaf{At: t.At, Commitments: t.Commitments, Step: Step{
		County: t.County, Document: t.Document, Version: t.Version, Kind: t.Kind, Chain: t.Chain, Step: t.Step, From: t.From, To: t.To,
		Actors: t.Actors, Rows: t.Rows, Facts: t.Facts,
	}}
	if string(encode(l.Step, l.At, l.Commitments)) != leaf {
		return Leaf{}, fmt.Errorf("trail.Parse: not in canonical form: %s", leaf)
	}
	return l, nil
}

// ActorsOf gives the part of a leaf that names its actors, with which it begins; ParseActors reads it. Few of them differ
// from each other, so that who reads many leaves parses few.
func ActorsOf(leaf string) string {
	actors, _, _ := strings.Cut(leaf, `,"at":`)
	return actors
}

// ParseActors reads what ActorsOf gave.
func ParseActors(text string) ([]Actor, error) {
	var t struct {
		Actors []Actor `json:"actors"`
	}
	if err := json.Unmarshal([]byte(text+"}"), &t); err != nil || len(t.Actors) == 0 {
		return nil, fmt.Errorf("trail.ParseActors: %q: %v", text, err)
	}
	return t.Actors, nil
}

// End gives what a leaf of this step, state and version ends with.
func End(step, to string, version int64) string {
	return fmt.Sprintf(`,"step":%q,"to":%q,"v":%d,"version":%d}`, step, to, LeafVersion, version)
}
