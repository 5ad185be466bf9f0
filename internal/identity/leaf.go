package identity

import (
	"fmt"

	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// What the trail calls an act on a person's file.
const (
	stepCreated  = "created"
	stepNumber   = "identity-registered"
	stepLogin    = "login-created"
	stepGrant    = "role-granted"
	stepRevoke   = "role-revoked"
	stepPassword = "password-reset"
	stepChanged  = "password-changed"
	stepDisable  = "login-disabled"
	stepEnable   = "login-enabled"
	stepReveal   = "identity-revealed"
	stepMoved    = "moved"
)

// TrailOf names the document under which the trail keeps everything that was done about a person.
func TrailOf(person int64) string { return fmt.Sprintf("person-%d", person) }

// act is one act of administration, for its leaf. by is 0 where the program itself acts at init.
type act struct {
	kind, document string
	step           string
	by             int64
	reason         string
	facts, private map[string]string
}

// record writes the leaf of an act. Its version is a counter of the document: acts of administration have no state of
// their own that could hold one.
func record(tx *store.Tx, county int64, a act) error {
	version, err := org.NextID(tx, county, "trail:"+a.document)
	if err != nil {
		return err
	}
	return trail.Append(tx, trail.Step{
		County: county, Document: a.document, Version: version, Kind: a.kind, Step: a.step,
		Actors: []trail.Actor{{Person: a.by}}, Reason: a.reason, Facts: a.facts, Private: a.private,
	})
}

func onPerson(person int64, step string, by Actor) act {
	return act{kind: "person", document: TrailOf(person), step: step, by: by.Person}
}
