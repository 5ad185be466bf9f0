// Package obligation keeps what a unit must do by a day (义务、办理时限): reply to a budget, file it, publish it.
//
// It keeps these invariants: an obligation is made by a document, once for each kind and unit; its day follows from a
// dated rule, the day of the event and the working calendar, and is written down with the rule; it ends by being done, on
// a day and with a reference, or by being waived for a reason by somebody of the county. Late is derived, never stored.
//
// Until a step of its own makes it, a person registers the event. Steps of other documents call Arise and Meet.
package obligation

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
	"xiangzhang/internal/workday"
)

// The states of an obligation.
const (
	Open   document.State = "open"
	Done   document.State = "done"
	Waived document.State = "waived"
)

var (
	registrars = []identity.Role{identity.OfficeHead, identity.CountyBudget, identity.CountyTreasury}
	// Waivers may let a unit off.
	Waivers = []identity.Role{identity.CountyBudget, identity.CountyTreasury}
	// Readers see the obligations of their units.
	Readers = []identity.Role{identity.UnitHead, identity.OfficeHead, identity.CountyBudget, identity.CountyTreasury, identity.Auditor, identity.Deputy}
)

// DocumentKind declares the steps of an obligation. It arises and is met within a step of another document, which has
// asked already who may.
var DocumentKind = &document.Kind{
	Name: "obligation", Title: "办理时限", WhileLeaving: true,
	States: map[document.State]string{Open: "待办", Done: "已办结", Waived: "已免除"},
	Steps: []document.Step{
		{Name: "arise", Title: "形成", To: Open, Roles: identity.Roles()},
		{Name: "meet", Title: "随单据办结", From: []document.State{Open}, To: Done, Roles: identity.Roles()},
		{Name: "fulfil", Title: "办结", From: []document.State{Open}, To: Done, Roles: heads},
		{Name: "waive", Title: "免除", From: []document.State{Open, Done}, To: Waived, Roles: Waivers, Reason: true},
	},
}

// EventKind declares the registration of an event by hand.
var EventKind = &document.Kind{
	Name: "obligation-event", Title: "时限事项",
	States: map[document.State]string{"registered": "已登记"},
	Steps:  []document.Step{{Name: "register", Title: "登记", To: "registered", Roles: registrars}},
}

// Registrars may register events.
func Registrars() []identity.Role { return registrars }

// Obligation is one duty of a unit.
type Obligation struct {
	Document string
	Version  int64
	State    document.State
	Unit     int64
	UnitName string
	UnitKind org.Kind
	Path     string
	Kind     Kind
	Source   string
	Since    calendar.Date
	Basis    string
	Due      calendar.Date
	Unknown  int
	Rule     string
	MadeBy   int64
	MadeAt   string
	DoneOn   calendar.Date // empty: not done
	DoneRef  string
}

// Late gives by how many days an open one is over its day, or a done one was; 0: in time.
func (o Obligation) Late(today calendar.Date) int {
	end := today
	switch {
	case o.State == Waived:
		return 0
	case o.State == Done:
		end = o.DoneOn
	}
	if end <= o.Due {
		return 0
	}
	return int(end.Time().Sub(o.Due.Time()).Hours() / 24) // float: hours of whole days
}

// Answers reports whether somebody answers for an obligation: he holds one of its roles for the unit itself. A county's
// officers answer for the county's own bodies; of townships they see what is late.
func (o Obligation) Answers(by identity.Actor) bool {
	county := o.UnitKind == org.County || o.UnitKind == org.Department
	for _, role := range o.Kind.Roles {
		if (county || role != identity.CountyBudget) && by.Has(o.Path, role) {
			return true
		}
	}
	return false
}

// idOf derives the id of the obligation that a document makes, so that it makes it once.
func idOf(source, kind string, unit int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "obligation\n%s\n%s\n%d", source, kind, unit))
	var id uuid.UUID
	copy(id[:], sum[:])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// deadline is a due date with how it came about.
type deadline struct {
	due     workday.Answer
	rule    string
	unknown int
}

// dueAfter computes when a kind is due for the unit at path, from the rules in force on the day of the event.
func dueAfter(tx *store.Tx, county int64, k Kind, path string, since calendar.Date) (deadline, error) {
	days, err := rule.Get(tx, county, k.Days.Code, path, since)
	if err != nil {
		return deadline{}, err
	}
	n, err := days.Days()
	if err != nil {
		return deadline{}, err
	}
	rolls, err := rule.Int(tx, county, Rolls.Code, path, since)
	if err != nil {
		return deadline{}, err
	}
	year, err := workday.Read(tx, county)
	if err != nil {
		return deadline{}, err
	}
	d := deadline{due: workday.Answer{Date: since.AddDays(n)}, rule: fmt.Sprintf("%s,自次日起 %d 日", days.DocumentNo, n)}
	if k.Work {
		d.due, d.rule = year.After(since, n), fmt.Sprintf("%s,自次日起 %d 个工作日", days.DocumentNo, n)
	} else if rolls == 1 {
		last := d.due.Date
		if d.due = year.OnOrAfter(last); d.due.Date != last {
			d.rule += fmt.Sprintf(",%s 逢休假日顺延", last)
		}
	}
	d.unknown = d.due.Unknown
	return d, nil
}

// New is what an obligation is made from.
type New struct {
	Source string // the document that makes it
	Kind   string
	Unit   org.Unit // who must do it
	Since  calendar.Date
	Basis  string // 文号 of the event
	Path   string // of the unit whose step makes it, for which the actor has a role; empty: that of Unit
}

// Arise makes an obligation within the step of another document. The same document, kind and unit again make none.
func Arise(tx *store.Tx, by identity.Actor, n New) (Obligation, error) {
	k, known := Find(n.Kind)
	if !known {
		panic("obligation: no kind " + n.Kind)
	}
	if n.Path == "" {
		n.Path = n.Unit.Path
	}
	d, err := dueAfter(tx, by.County, k, n.Unit.Path, n.Since)
	if err != nil {
		return Obligation{}, err
	}
	o := Obligation{
		Document: idOf(n.Source, n.Kind, n.Unit.ID), Unit: n.Unit.ID, Kind: k, Source: n.Source, Since: n.Since, Basis: n.Basis,
		Due: d.due.Date, Unknown: d.unknown, Rule: d.rule, MadeBy: by.Person, MadeAt: calendar.Instant(tx.Now),
	}
	act := document.Act{By: by, Kind: DocumentKind, Step: "arise", ID: o.Document, Unit: n.Unit.ID, Path: n.Path}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		rows, err := tx.Exec(`insert into obligation (county_id, document_id, unit_id, kind, source_id, since, basis, due, unknown, rule, made_by, made_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing`, by.County, o.Document, o.Unit, k.Name, o.Source,
			string(o.Since), o.Basis, string(o.Due), o.Unknown, o.Rule, o.MadeBy, o.MadeAt)
		if err == nil && rows == 0 {
			return document.Effect{}, fault.New(fault.Conflict, "document-exists", "这项时限已经形成", "请刷新后查看,勿重复提交")
		}
		if err != nil {
			return document.Effect{}, fmt.Errorf("obligation.Arise %s: %w", o.Document, err)
		}
		return document.Effect{Facts: o.facts()}, nil
	})
	if document.IsTaken(err) {
		return Get(tx, by, o.Document)
	}
	return o, err
}

// facts are what the leaf of an obligation's making says openly.
func (o Obligation) facts() map[string]string {
	return map[string]string{
		"unit": fmt.Sprint(o.Unit), "kind": o.Kind.Name, "source": o.Source, "since": string(o.Since), "basis": o.Basis, "due": string(o.Due),
		"unknown": fmt.Sprint(o.Unknown), "rule": o.Rule,
	}
}

const selected = `select o.document_id, d.version, d.state, o.unit_id, u.name, u.kind, u.path, o.kind, o.source_id, o.since, o.basis, o.due, o.unknown,
	o.rule, o.made_by, o.made_at, coalesce(o.done_on, ''), coalesce(o.done_ref, '') from obligation o
	cross join document d
	join unit u on u.county_id = o.county_id and u.unit_id = o.unit_id
	where o.county_id = $1 and d.county_id = o.county_id and d.document_id = o.document_id `

func scan(row interface{ Scan(...any) error }) (o Obligation, err error) {
	var kind string
	err = row.Scan(&o.Document, &o.Version, &o.State, &o.Unit, &o.UnitName, &o.UnitKind, &o.Path, &kind, &o.Source, &o.Since, &o.Basis, &o.Due, &o.Unknown,
		&o.Rule, &o.MadeBy, &o.MadeAt, &o.DoneOn, &o.DoneRef)
	if k, known := Find(kind); known {
		o.Kind = k
	} else {
		o.Kind = Kind{Name: kind, Title: kind}
	}
	return o, err
}

// Get gives an obligation of a unit that the person sees.
func Get(tx *store.Tx, by identity.Actor, id string) (Obligation, error) {
	o, err := scan(tx.QueryRow(selected+`and o.document_id = $2`, by.County, id))
	if errors.Is(err, store.ErrNoRows) || err == nil && !by.Sees(o.Path) {
		return Obligation{}, fault.New(fault.NotFound, "obligation-unknown", "没有这项时限", "请从时限列表中打开")
	}
	if err != nil {
		return o, fmt.Errorf("obligation.Get %s: %w", id, err)
	}
	return o, nil
}

// List gives the obligations of the units at and below a path, the earliest day first; open ones alone where asked.
func List(tx *store.Tx, county int64, path string, open bool) ([]Obligation, error) {
	lower, upper := org.Subtree(path)
	q := selected + `and u.path >= $2 and u.path < $3`
	if open {
		q += ` and o.done_on is null and d.state = 'open'`
	}
	rows, err := tx.Query(q+` order by o.due, o.document_id`, county, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("obligation.List: %w", err)
	}
	defer rows.Close()
	var out []Obligation
	for rows.Next() {
		o, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("obligation.List: %w", err)
		}
		out = append(out, o)
	}
	return out, rows.Err()
}
