package document

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

const waiverColumns = `select w.document_id, w.duty_a, w.duty_b, w.unit_id, w.valid_from, w.valid_to, w.reason, w.document_no, u.name, u.path,
	w.proposed_by, w.granted_by, w.granted_at, w.ended_on, d.state, d.version from duty_waiver w
	cross join document d
	join unit u on u.county_id = w.county_id and u.unit_id = w.unit_id
	where w.county_id = $1 and d.county_id = w.county_id and d.document_id = w.document_id`

func queryWaivers(tx *store.Tx, where string, args ...any) ([]Waiver, error) {
	rows, err := tx.Query(waiverColumns+where+` order by w.valid_from desc, u.path, w.duty_a, w.duty_b, w.document_id`, args...)
	if err != nil {
		return nil, fmt.Errorf("document: waivers: %w", err)
	}
	defer rows.Close()
	var all []Waiver
	for rows.Next() {
		var w Waiver
		if err := rows.Scan(&w.Document, &w.A, &w.B, &w.Unit, &w.From, &w.To, &w.Reason, &w.DocumentNo, &w.UnitName, &w.Path,
			&w.ProposedBy, &w.GrantedBy, &w.GrantedAt, &w.EndedOn, &w.State, &w.Version); err != nil {
			return nil, fmt.Errorf("document: waivers: %w", err)
		}
		all = append(all, w)
	}
	return all, rows.Err()
}

// Waivers lists the waivers that concern units of the actor's, newest first: theirs, and those of units above them.
func Waivers(tx *store.Tx, by identity.Actor) ([]Waiver, error) {
	all, err := queryWaivers(tx, "", by.County)
	return slices.DeleteFunc(all, func(w Waiver) bool { return !w.concerns(by) }), err
}

// SeeWaiver gives a waiver that concerns units of the actor's.
func SeeWaiver(tx *store.Tx, by identity.Actor, id string) (Waiver, error) {
	all, err := queryWaivers(tx, ` and w.document_id = $2`, by.County, id)
	if err != nil {
		return Waiver{}, err
	}
	if len(all) == 0 || !all[0].concerns(by) {
		return Waiver{}, fault.New(fault.NotFound, "waiver-unknown", "没有这项豁免", "请从豁免清单中选择")
	}
	return all[0], nil
}

func (w Waiver) concerns(by identity.Actor) bool {
	return slices.ContainsFunc(by.Grants, func(g identity.Grant) bool {
		return g.Path != "" && (org.Within(w.Path, g.Path) || org.Within(g.Path, w.Path))
	})
}

// waived is the use of a waiver in a step: the person whom the pair would have barred, himself or as the one for whom
// another acts.
type waived struct {
	waiver string
	person int64
}

func encodeWaived(uses []waived) string {
	texts := make([]string, len(uses))
	for i, u := range uses {
		texts[i] = fmt.Sprintf("%s|%d", u.waiver, u.person)
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), ",")
}

// keepUses writes down that a step rested on waivers, as its leaf says.
func keepUses(tx *store.Tx, act Act, d Document, uses []waived) error {
	for _, u := range uses {
		_, err := tx.Exec(`insert into waiver_use (county_id, document_id, version, waiver_id, person_id, used_on)
			values ($1, $2, $3, $4, $5, $6) on conflict do nothing`, act.By.County, d.ID, d.Version, u.waiver, u.person, string(act.Today))
		if err != nil {
			return fmt.Errorf("document: waiver %s: %w", u.waiver, err)
		}
	}
	return nil
}

// WaiverUse is a step that would have been refused without a waiver.
type WaiverUse struct {
	Waiver   string
	A, B     Duty
	No       string // of the county's decision
	Document string
	Kind     string
	Ref      string
	Step     string
	Unit     string // the document's, by name
	Person   int64  // whom the pair would have barred
	By, For  int64  // who took the step, and under whose role; 0: his own
	On       calendar.Date
	At       string // instant
}

// WaiverUses lists the steps of some days that used a waiver, on documents of units that the actor sees, oldest first.
func WaiverUses(tx *store.Tx, by identity.Actor, first, last calendar.Date) ([]WaiverUse, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select x.waiver_id, w.duty_a, w.duty_b, w.document_no, x.document_id, d.kind, d.ref, t.step, u.name, u.path, x.person_id,
		x.used_on, t.at, t.leaf from waiver_use x
		cross join document d cross join trail t
		join duty_waiver w on w.county_id = x.county_id and w.document_id = x.waiver_id
		join unit u on u.county_id = d.county_id and u.unit_id = d.unit_id
		where x.county_id = $1 and d.county_id = x.county_id and d.document_id = x.document_id
		and t.county_id = x.county_id and t.document_id = x.document_id and t.version = x.version and x.used_on >= $2 and x.used_on <= $3 order by t.at, x.document_id, x.version, x.waiver_id, x.person_id`,
		by.County, string(first), string(last))
	if err != nil {
		return nil, fmt.Errorf("document.WaiverUses: %w", err)
	}
	defer rows.Close()
	var all []WaiverUse
	for rows.Next() {
		var u WaiverUse
		var path, leaf string
		if err := rows.Scan(&u.Waiver, &u.A, &u.B, &u.No, &u.Document, &u.Kind, &u.Ref, &u.Step, &u.Unit, &path, &u.Person, &u.On, &u.At, &leaf); err != nil {
			return nil, fmt.Errorf("document.WaiverUses: %w", err)
		}
		if !by.Sees(path) {
			continue
		}
		actors, err := trail.ParseActors(trail.ActorsOf(leaf))
		if err != nil {
			return nil, fmt.Errorf("document.WaiverUses: %w", err)
		}
		u.By, u.For = actors[0].Person, actors[0].For
		all = append(all, u)
	}
	return all, rows.Err()
}
