package obligation

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// Registration is an event that a person registers.
type Registration struct {
	Document string // id, the form's idempotency key
	Event    string
	Unit     int64
	On       calendar.Date // day of the event
	Basis    string        // 文号: the resolution, the reply
}

// basisMost is the longest 文号, in characters.
const basisMost = 60

func (r *Registration) check(today calendar.Date) error {
	if _, known := findEvent(r.Event); !known {
		return fault.New(fault.Invalid, "obligation-event", "没有选择事项", "请选择发生了什么").In("event")
	}
	if _, err := calendar.ParseDate(string(r.On)); err != nil {
		return fault.As(err).In("on")
	}
	if r.On > today {
		return fault.Newf(fault.Invalid, "obligation-future", "请在事项发生后登记", "事项日期 %s 晚于今天 %s", r.On, today).In("on")
	}
	if r.Basis = strings.TrimSpace(r.Basis); r.Basis == "" {
		return fault.New(fault.Invalid, "obligation-basis", "事项没有依据文号", "请填写决议、批复的文号;年度终了填决算通知文号").In("basis")
	}
	return text.Check("basis", "文号", r.Basis, basisMost)
}

// Register registers an event and makes the obligations that follow from it. The same form again is refused with an error
// for which document.IsTaken holds; the same event of a unit and day by another form is refused as registered.
func Register(tx *store.Tx, by identity.Actor, r Registration) ([]Obligation, error) {
	today, err := org.Today(tx, by.County)
	if err != nil {
		return nil, err
	}
	if err := r.check(today); err != nil {
		return nil, err
	}
	unit, err := org.Get(tx, by.County, r.Unit)
	if err == nil && !by.Sees(unit.Path) {
		err = fault.New(fault.NotFound, "unit-unknown", "没有这个单位", "请从列表中选择").In("unit")
	}
	if err != nil {
		return nil, err
	}
	event, _ := findEvent(r.Event)
	act := document.Act{By: by, Kind: EventKind, Step: "register", ID: r.Document, Unit: unit.ID, Path: unit.Path, Today: today}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if err := unregistered(tx, by.County, unit, event, r.On); err != nil {
			return document.Effect{}, err
		}
		return document.Effect{Facts: map[string]string{"event": r.Event, "unit": fmt.Sprint(unit.ID), "on": string(r.On), "basis": r.Basis}}, nil
	})
	if err != nil {
		return nil, err
	}
	var made []Obligation
	for _, kind := range event.Kinds {
		o, err := Arise(tx, by, New{Source: r.Document, Kind: kind, Unit: unit, Since: r.On, Basis: r.Basis})
		if err != nil {
			return nil, err
		}
		made = append(made, o)
	}
	return made, nil
}

// unregistered refuses an event whose obligations stand already and are not waived.
func unregistered(tx *store.Tx, county int64, unit org.Unit, event Event, on calendar.Date) error {
	var n int
	err := tx.QueryRow(`select count(*) from obligation o cross join document d
		where o.county_id = $1 and d.county_id = o.county_id and d.document_id = o.document_id and o.unit_id = $2 and o.kind = $3 and o.since = $4 and d.state <> 'waived'`,
		county, unit.ID, event.Kinds[0], string(on)).Scan(&n)
	if err != nil {
		return fmt.Errorf("obligation.Register: %w", err)
	}
	if n > 0 {
		return fault.Newf(fault.Conflict, "obligation-registered", "请在列表中查看;登记有误的先由县里免除", "%s %s「%s」已经登记过", unit.Name, on, event.Title)
	}
	return nil
}

// Fulfil says that an obligation was done on a day, under a reference (文号 of what was issued, address where it was
// published). Who answers for it does that.
func Fulfil(tx *store.Tx, by identity.Actor, id string, version int64, on calendar.Date, ref string) error {
	o, err := Get(tx, by, id)
	if err != nil {
		return err
	}
	if err := by.Require(o.Path, "办结"+o.Kind.Title, o.Kind.Roles...); err != nil {
		return err
	}
	return end(tx, by, o, version, "fulfil", o.Path, on, ref)
}

// Meet ends the open obligations of a kind and unit within the step of another document, which did what was due. path is
// that of the unit whose step it is.
func Meet(tx *store.Tx, by identity.Actor, kind string, unit org.Unit, path, doc string) error {
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	all, err := List(tx, by.County, unit.Path, true)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Unit != unit.ID || o.Kind.Name != kind {
			continue
		}
		if err := end(tx, by, o, o.Version, "meet", path, today, doc); err != nil {
			return err
		}
	}
	return nil
}

// MeetOf ends what one document obliged a unit to, on a day and under a reference, within the step of a document that did
// it. done is false where it had ended before, or never arose.
func MeetOf(tx *store.Tx, by identity.Actor, source, kind string, unit org.Unit, path string, on calendar.Date, ref string) (done bool, err error) {
	o, err := Get(tx, by, idOf(source, kind, unit.ID))
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil || o.State != Open {
		return false, err
	}
	return true, end(tx, by, o, o.Version, "meet", path, on, ref)
}

func end(tx *store.Tx, by identity.Actor, o Obligation, version int64, step, path string, on calendar.Date, ref string) error {
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	if on, err = calendar.ParseDate(string(on)); err != nil {
		return fault.As(err).In("on")
	}
	if on < o.Since || on > today {
		return fault.Newf(fault.Invalid, "obligation-done-day", "请填写实际办结的日期", "办结日期 %s 不在 %s 至 %s 之间", on, o.Since, today).In("on")
	}
	if ref = strings.TrimSpace(ref); ref == "" {
		return fault.New(fault.Invalid, "obligation-reference", "没有填写办结依据", "请填写批复、备案的文号或公开的网址").In("ref")
	}
	if err := text.Check("ref", "办结依据", ref, 200); err != nil {
		return err
	}
	act := document.Act{By: by, Kind: DocumentKind, Step: step, ID: o.Document, Version: version, Path: path, Today: today}
	_, err = document.Take(tx, act, func(document.Document) (document.Effect, error) {
		_, err := tx.Exec(`update obligation set done_on = $1, done_ref = $2 where county_id = $3 and document_id = $4`, string(on), ref, by.County, o.Document)
		if err != nil {
			return document.Effect{}, fmt.Errorf("obligation: end %s: %w", o.Document, err)
		}
		return document.Effect{Facts: map[string]string{"on": string(on), "done": ref}}, nil
	})
	return err
}

// Waive lets a unit off, for a reason; also where something was wrongly registered or said to be done.
func Waive(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	o, err := Get(tx, by, id)
	if err != nil {
		return err
	}
	_, err = document.Take(tx, document.Act{By: by, Kind: DocumentKind, Step: "waive", ID: id, Version: version, Path: o.Path, Reason: reason}, nil)
	return err
}

// Verify compares every obligation with the leaves of its making and its end.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "obligation")
	if err != nil {
		return nil, err
	}
	all, err := List(tx, county, "/", false)
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	for _, o := range all {
		steps := leaves[o.Document]
		right := steps["arise"].By(o.MadeBy, o.MadeAt)
		for k, v := range o.facts() {
			right = right && steps["arise"].Facts[k] == v
		}
		ended := steps["fulfil"]
		if meet, met := steps["meet"]; met {
			ended = meet
		}
		if !right || ended.Facts["on"] != string(o.DoneOn) || ended.Facts["done"] != o.DoneRef {
			flaws = append(flaws, document.Flaw{Document: o.Document, Message: fmt.Sprintf("%s的时限「%s」与存证不符", o.UnitName, o.Kind.Title)})
		}
	}
	return flaws, nil
}
