// Package document runs the steps of everything that has a state: vouchers, closings, payments, declarations.
//
// Each domain declares its kind of document once: the steps, from which states to which, by which roles, with which
// duty, whether a reason or an attachment is demanded. One engine takes the steps. It denies what is not declared,
// checks the version that the person saw, keeps incompatible duties apart by person over the chain of linked
// documents, and writes one trail leaf per step in the same transaction.
package document

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
	"xiangzhang/internal/trail"
)

// State is a state of a document.
type State string

// Step is one declared step of a kind.
type Step struct {
	Name   string
	Title  string  // as buttons and refusals name it
	From   []State // empty: the step that makes the document
	To     State
	Roles  []identity.Role
	Duty   Duty   // empty: the step is nobody's duty in the sense of separation
	Apart  []Duty // whoever took on one of these may not take this step either; no waiver lifts that
	Reason bool   // a written reason is demanded
	Attach bool   // an attachment is demanded
}

// Kind is a kind of document with its steps.
type Kind struct {
	Name   string
	Title  string
	States map[State]string // titles
	Steps  []Step

	WhileLeaving bool // its steps may be taken by a person who hands his post over
}

// Step finds a declared step.
func (k *Kind) Step(name string) Step {
	for _, s := range k.Steps {
		if s.Name == name {
			return s
		}
	}
	panic(fmt.Sprintf("document: %s has no step %q", k.Name, name))
}

// Document is a document as the engine keeps it.
type Document struct {
	ID      string
	Kind    string
	State   State
	Version int64
	Unit    int64
	Chain   string // first document of the chain; empty: stands alone
	Ref     string // business number
	Parts   []Part
}

// NewID makes the id of a new document.
func NewID() string {
	id, err := uuid.NewV7()
	if err != nil {
		panic(fmt.Sprintf("document: no randomness: %v", err))
	}
	return id.String()
}

// ParseID checks an id that a form or a file carries.
func ParseID(s string) (string, error) {
	id, err := uuid.Parse(s)
	if err != nil {
		return "", fault.Newf(fault.Invalid, "document-id", "请重新打开表单再提交", "单据标识「%s」不是本程序生成的", s)
	}
	return id.String(), nil
}

// Act is a request to take a step.
type Act struct {
	By      identity.Actor
	Kind    *Kind
	Step    string
	ID      string
	Version int64  // the version that the person saw; 0 for the step that makes the document
	Unit    int64  // unit of a new document
	Path    string // its path, under which roles are looked for
	Chain   string // for a new document: the first document of its chain
	Today   calendar.Date
	Reason  string
	Parts   []Part // further people's duties that this step stands for (a checker named with the maker)
	Private map[string]string
}

// Effect is what the domain did in the step, for the leaf.
type Effect struct {
	Ref   string // new business number; empty: as before
	Rows  string // SHA-256 of posted rows
	Facts map[string]string
}

// errTaken rolls back a making step whose document is there already: the form was sent twice.
var errTaken = fault.New(fault.Conflict, "document-exists", "这张单据已经提交过", "请刷新后查看,勿重复提交")

// IsTaken reports whether a making step found its document already made.
func IsTaken(err error) bool { return fault.HasCode(err, "document-exists") }

const columns = `document_id, kind, state, version, unit_id, coalesce(chain_id, ''), ref, duties`

// Get gives a document.
func Get(tx *store.Tx, county int64, id string) (Document, error) {
	d, err := scan(tx.QueryRow(`select `+columns+` from document where county_id = $1 and document_id = $2`, county, id))
	if errors.Is(err, store.ErrNoRows) {
		return d, fault.New(fault.NotFound, "document-unknown", "没有这张单据", "请从列表中打开")
	}
	if err != nil {
		return d, fmt.Errorf("document.Get %s: %w", id, err)
	}
	return d, nil
}

func scan(row interface{ Scan(...any) error }) (Document, error) {
	var d Document
	var duties string
	if err := row.Scan(&d.ID, &d.Kind, &d.State, &d.Version, &d.Unit, &d.Chain, &d.Ref, &duties); err != nil {
		return d, err
	}
	var err error
	d.Parts, err = decodeParts(duties)
	return d, err
}

// Make makes a document by its first step. effect does the domain's own writing and may be nil. A document that is
// there already comes back with an error for which IsTaken holds.
func Make(tx *store.Tx, act Act, effect func() (Effect, error)) (Document, error) {
	step := act.Kind.Step(act.Step)
	d := Document{ID: act.ID, Kind: act.Kind.Name, State: step.To, Version: 1, Unit: act.Unit, Chain: act.Chain}
	if len(step.From) > 0 {
		panic("document: " + act.Step + " does not make a document")
	}
	var before []Part
	var others []string
	var err error
	if d.Chain != "" { // else nothing can be linked to it yet
		if before, others, err = chainParts(tx, act.By.County, d); err != nil {
			return d, err
		}
	}
	uses, err := allow(tx, act, step, before)
	if err != nil {
		return d, err
	}
	d.Parts = addParts(nil, actorsOf(act, step))
	var done Effect
	if effect != nil {
		if done, err = effect(); err != nil {
			return d, takenBefore(tx, act, err)
		}
	}
	d.Ref = done.Ref
	var chain any
	if d.Chain != "" {
		chain = d.Chain
	}
	n, err := tx.Exec(`insert into document (county_id, document_id, kind, state, version, unit_id, chain_id, ref, duties, updated_at)
		values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9) on conflict do nothing`,
		act.By.County, d.ID, d.Kind, string(d.State), d.Unit, chain, d.Ref, encodeParts(d.Parts), calendar.Instant(tx.Now))
	if err != nil {
		return d, fmt.Errorf("document.Make %s: %w", d.ID, err)
	}
	if n == 0 {
		return d, errTaken
	}
	return d, leaf(tx, act, step, d, "", others, done, uses)
}

// takenBefore tells a refusal of a new document from that of a form that was sent twice: the first request may have
// made impossible what the second asks for.
func takenBefore(tx *store.Tx, act Act, refusal error) error {
	if fault.As(refusal) == nil {
		return refusal
	}
	if err := Untaken(tx, act.By.County, act.ID, act.Kind); IsTaken(err) {
		return err
	}
	return refusal
}

// Untaken refuses an id under which a document of the kind was made before, with an error for which IsTaken holds: for
// a step that makes several documents, and asks of the first before it looks at what that one has changed.
func Untaken(tx *store.Tx, county int64, id string, kind *Kind) error {
	d, err := Get(tx, county, id)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err == nil && d.Kind == kind.Name:
		return errTaken
	}
	return err
}

// Take takes a step on a document that exists. effect does the domain's own writing, with the document as it was
// before the step, and may be nil.
func Take(tx *store.Tx, act Act, effect func(before Document) (Effect, error)) (Document, error) {
	step := act.Kind.Step(act.Step)
	d, err := Get(tx, act.By.County, act.ID)
	if err != nil {
		return d, err
	}
	if d.Kind != act.Kind.Name {
		return d, fault.New(fault.NotFound, "document-unknown", "没有这张单据", "请从列表中打开")
	}
	if d.Version != act.Version {
		return d, stale(act, d)
	}
	if !slices.Contains(step.From, d.State) {
		return d, fault.Newf(fault.Refused, "step-not-now", "请刷新后按当前状态办理",
			"%s当前为「%s」,不能%s", act.Kind.Title, act.Kind.States[d.State], step.Title)
	}
	before, others, err := chainParts(tx, act.By.County, d)
	if err != nil {
		return d, err
	}
	uses, err := allow(tx, act, step, before)
	if err != nil {
		return d, err
	}
	if step.Attach {
		if err := demandAttachment(tx, act, step); err != nil {
			return d, err
		}
	}
	var done Effect
	if effect != nil {
		if done, err = effect(d); err != nil {
			return d, err
		}
	}
	from := d.State
	d.State, d.Version = step.To, d.Version+1
	d.Parts = addParts(d.Parts, actorsOf(act, step))
	if done.Ref != "" {
		d.Ref = done.Ref
	}
	n, err := tx.Exec(`update document set state = $1, version = $2, ref = $3, duties = $4, updated_at = $5
		where county_id = $6 and document_id = $7 and version = $8`,
		string(d.State), d.Version, d.Ref, encodeParts(d.Parts), calendar.Instant(tx.Now), act.By.County, d.ID, act.Version)
	if err != nil {
		return d, fmt.Errorf("document.Take %s: %w", d.ID, err)
	}
	if n == 0 {
		return d, stale(act, d)
	}
	return d, leaf(tx, act, step, d, from, others, done, uses)
}

func stale(act Act, d Document) error {
	return fault.Newf(fault.Conflict, "document-stale", "请刷新后查看最新内容再办理",
		"%s已被他人办理,当前为「%s」", act.Kind.Title, act.Kind.States[d.State])
}

// reasonMost is the longest reason, in characters.
const reasonMost = 500

// allow checks role, reason and separation of duties, in that order. uses are the waivers without which it would refuse.
func allow(tx *store.Tx, act Act, step Step, before []Part) (uses []waived, err error) {
	if err := act.By.Require(act.Path, step.Title+act.Kind.Title, step.Roles...); err != nil {
		return nil, err
	}
	if step.Reason && strings.TrimSpace(act.Reason) == "" {
		return nil, fault.Newf(fault.Invalid, "reason-missing", "请写明原因后再提交", "%s须写明原因", step.Title).In("reason")
	}
	if err := text.Check("reason", "原因", act.Reason, reasonMost); err != nil {
		return nil, err
	}
	return apart(tx, act, step, before)
}

// Apart says before a step is taken why a handover or separation of duties will refuse it on d of the person who looks;
// nil where neither does. A page offers no button for what is refused in any case.
func Apart(tx *store.Tx, act Act, d Document) error {
	before, _, err := chainParts(tx, act.By.County, d)
	if err == nil {
		_, err = apart(tx, act, act.Kind.Step(act.Step), before)
	}
	return err
}

// Bars is Apart for a step that takes in other documents, whose parts the caller has read: an order does not fall to who
// approved what it orders.
func Bars(tx *store.Tx, act Act, parts []Part) error {
	_, err := apart(tx, act, act.Kind.Step(act.Step), parts)
	return err
}

// apart checks a handover and separation of duties.
func apart(tx *store.Tx, act Act, step Step, before []Part) (uses []waived, err error) {
	if err := act.frozen(step, before); err != nil {
		return nil, err
	}
	principal, name := act.By.ActsFor(act.Path, step.Roles...)
	for _, p := range before {
		if !slices.Contains(step.Apart, p.Duty) {
			continue
		}
		if p.by(act.By.Person) {
			return nil, clashed(p.Duty, step.Title, "须由不同的人办理")
		}
		if p.by(principal) {
			return nil, clashedFor(p.Duty, step.Title, "须由不同的人办理", name)
		}
	}
	parts := before
	if step.Duty != "" {
		if uses, err = separate(tx, act, parts, act.By.Person, step.Duty); err != nil {
			return nil, err
		}
		if principal != 0 { // the delegate takes over the exclusions of the one for whom he acts
			other, pair, more, err := barred(tx, act, parts, principal, step.Duty)
			if err != nil {
				return nil, err
			}
			if other != "" {
				return nil, clashedFor(other, step.Duty.done(), pair.Source, name)
			}
			uses = append(uses, more...)
		}
		parts = append(slices.Clip(parts), Part{step.Duty, act.By.Person, principal})
	}
	for _, p := range act.Parts {
		for _, person := range []int64{p.Person, p.For} {
			if person == 0 {
				continue
			}
			more, err := separate(tx, act, parts, person, p.Duty)
			if err != nil {
				return nil, err
			}
			uses = append(uses, more...)
		}
		parts = append(slices.Clip(parts), p)
	}
	return uses, nil
}

// frozen refuses new work of a person who hands his post over, and in his name: what he has a part in is finished, by
// himself or by his delegate.
func (act Act) frozen(step Step, before []Part) error {
	principal, _ := act.By.ActsFor(act.Path, step.Roles...)
	if act.Kind.WhileLeaving || Involved(before, act.By.Person) || !act.By.Frozen && Involved(before, principal) {
		return nil
	}
	return act.By.NewWork(act.Path, step.Roles...)
}

// addParts adds what the actors of a step took on: the first by the step itself, where it is a duty.
func addParts(parts []Part, actors []trail.Actor) []Part {
	for i, a := range actors {
		p := Part{Duty(a.Duty), a.Person, a.For}
		if i == 0 { // the last taken on stands last
			parts = slices.DeleteFunc(parts, func(known Part) bool { return known == p })
		}
		if p.Duty != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	return parts
}

func actorsOf(act Act, step Step) []trail.Actor {
	actors := make([]trail.Actor, 0, 1+len(act.Parts))
	principal, _ := act.By.ActsFor(act.Path, step.Roles...)
	actors = append(actors, trail.Actor{Person: act.By.Person, Duty: string(step.Duty), For: principal})
	for _, p := range act.Parts {
		actors = append(actors, trail.Actor{Person: p.Person, Duty: string(p.Duty), For: p.For})
	}
	return actors
}

// chainParts gathers who did what on the document and on every document of its chain, and the others' ids.
func chainParts(tx *store.Tx, county int64, d Document) (parts []Part, others []string, err error) {
	parts = slices.Clone(d.Parts)
	first := d.Chain
	if first == "" {
		first = d.ID
	}
	// The inner query names only what the chain's index holds: otherwise SQLite walks every document of the county.
	rows, err := tx.Query(`select document_id, duties from document where county_id = $1
		and document_id in (select document_id from document where county_id = $1 and chain_id = $2) union all
		select document_id, duties from document where county_id = $1 and document_id = $2`, county, first)
	if err != nil {
		return nil, nil, fmt.Errorf("document: chain %s: %w", first, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, duties string
		if err := rows.Scan(&id, &duties); err != nil {
			return nil, nil, fmt.Errorf("document: chain %s: %w", first, err)
		}
		if id == d.ID {
			continue
		}
		more, err := decodeParts(duties)
		if err != nil {
			return nil, nil, err
		}
		others = append(others, id)
		parts = append(parts, more...)
	}
	slices.Sort(others)
	return parts, others, rows.Err()
}

func demandAttachment(tx *store.Tx, act Act, step Step) error {
	var n int
	err := tx.QueryRow(`select count(*) from attachment where county_id = $1 and document_id = $2`, act.By.County, act.ID).Scan(&n)
	if err != nil {
		return fmt.Errorf("document: attachments of %s: %w", act.ID, err)
	}
	if n == 0 {
		return fault.Newf(fault.Refused, "attachment-missing", "请先上传附件", "%s须附原始凭证", step.Title)
	}
	return nil
}

func leaf(tx *store.Tx, act Act, step Step, d Document, from State, others []string, done Effect, uses []waived) error {
	facts := done.Facts
	ref := d.Ref != "" && facts["ref"] == ""
	if ref || len(uses) > 0 {
		facts = map[string]string{}
		maps.Copy(facts, done.Facts)
	}
	if ref {
		facts["ref"] = d.Ref
	}
	if len(uses) > 0 {
		facts["waived"], facts["waived_on"] = encodeWaived(uses), string(act.Today)
		if err := keepUses(tx, act, d, uses); err != nil {
			return err
		}
	}
	return trail.Append(tx, trail.Step{
		County: act.By.County, Document: d.ID, Version: d.Version, Kind: d.Kind, Chain: others, Step: step.Name,
		From: string(from), To: string(step.To), Actors: actorsOf(act, step), Reason: act.Reason, Rows: done.Rows, Facts: facts,
		Private: act.Private,
	})
}
