package document

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// Waiver lets one person hold two incompatible duties in a unit and below it for a time: a real office has six people.
// The pairs of the law cannot be waived.
type Waiver struct {
	Document   string
	A, B       Duty
	Unit       int64
	From, To   calendar.Date // the last day is always stated
	Reason     string
	DocumentNo string // of the county's decision

	// Read only.
	UnitName   string
	Path       string // of the unit
	ProposedBy int64  // person
	GrantedBy  int64  // person; 0: not granted
	GrantedAt  string // instant
	EndedOn    calendar.Date
	State      State
	Version    int64
}

// The states of a waiver; one whose last day is over is still WaiverGranted.
const (
	WaiverProposed State = "proposed"
	WaiverGranted  State = "granted"
	WaiverRefused  State = "refused"
	WaiverEnded    State = "ended"
)

// WaiverOfficers are who waive duties: the county's finance bureau. Administrators of the system have no business right.
var WaiverOfficers = []identity.Role{identity.CountyBudget, identity.CountyTreasury}

// WaiverKind declares the waiving of a pair of duties: one officer proposes it and another grants it, which no waiver lifts.
var WaiverKind = &Kind{
	Name: "duty-waiver", Title: "不相容岗位豁免",
	States: map[State]string{WaiverProposed: "待批准", WaiverGranted: "已批准", WaiverRefused: "不予批准", WaiverEnded: "已提前终止"},
	Steps: []Step{
		{Name: "propose", Title: "提出", To: WaiverProposed, Roles: WaiverOfficers, Duty: DutyInitiate, Reason: true},
		{Name: "grant", Title: "批准", From: []State{WaiverProposed}, To: WaiverGranted, Roles: WaiverOfficers, Duty: DutyApprove, Apart: []Duty{DutyInitiate}},
		{Name: "refuse", Title: "不予批准", From: []State{WaiverProposed}, To: WaiverRefused, Roles: WaiverOfficers, Reason: true},
		{Name: "end-early", Title: "提前终止", From: []State{WaiverGranted}, To: WaiverEnded, Roles: WaiverOfficers, Reason: true},
	},
}

// ProposeWaiver asks for a pair of duties to be waived. id is the document's id and its idempotency key.
func ProposeWaiver(tx *store.Tx, by identity.Actor, id string, w Waiver) (Document, error) {
	unit, err := org.Get(tx, by.County, w.Unit)
	if err != nil {
		return Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return Document{}, err
	}
	wrong := w.check() // said after the right was asked for
	act := Act{By: by, Kind: WaiverKind, Step: "propose", ID: id, Unit: unit.ID, Path: countyOf(unit.Path), Today: today, Reason: w.Reason}
	return Make(tx, act, func() (Effect, error) {
		if wrong != nil {
			return Effect{}, wrong
		}
		if w.From < today {
			return Effect{}, fault.Newf(fault.Refused, "waiver-back-dated", "请选择今天或以后的日期",
				"豁免自 %s 起,早于今天 %s;已办的事不能事后豁免", w.From, today).In("from")
		}
		if err := w.overlaps(tx, by.County, id); err != nil {
			return Effect{}, err
		}
		_, err := tx.Exec(`insert into duty_waiver (county_id, document_id, duty_a, duty_b, unit_id, valid_from, valid_to, reason, document_no,
			proposed_by, granted_by, granted_at, ended_on) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', '') on conflict do nothing`,
			by.County, id, string(w.A), string(w.B), w.Unit, string(w.From), string(w.To), w.Reason, w.DocumentNo, by.Person)
		if err != nil {
			return Effect{}, fmt.Errorf("document.ProposeWaiver %s: %w", id, err)
		}
		return Effect{Ref: w.DocumentNo, Facts: w.facts()}, nil
	})
}

// WaiverStep takes a step on a waiver: grant, refuse or end-early, which holds at once.
func WaiverStep(tx *store.Tx, by identity.Actor, id string, version int64, step, reason string) error {
	w, err := SeeWaiver(tx, by, id)
	if err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	act := Act{By: by, Kind: WaiverKind, Step: step, ID: id, Version: version, Unit: w.Unit, Path: countyOf(w.Path), Today: today, Reason: reason}
	_, err = Take(tx, act, func(Document) (Effect, error) {
		if step != "grant" {
			_, err := tx.Exec(`update duty_waiver set ended_on = $3 where county_id = $1 and document_id = $2`, by.County, id, string(today))
			if err != nil {
				return Effect{}, fmt.Errorf("document.WaiverStep %s: %w", id, err)
			}
			return Effect{Facts: map[string]string{"ended_on": string(today)}}, nil
		}
		if w.To < today {
			return Effect{}, fault.Newf(fault.Refused, "waiver-over", "请不予批准,另行提出", "豁免止于 %s,已经过期", w.To)
		}
		_, err := tx.Exec(`update duty_waiver set granted_by = $3, granted_at = $4 where county_id = $1 and document_id = $2`,
			by.County, id, by.Person, calendar.Instant(tx.Now))
		if err != nil {
			return Effect{}, fmt.Errorf("document.WaiverStep %s: %w", id, err)
		}
		return Effect{}, nil
	})
	return err
}

// countyOf gives the path of the county that a unit lies in: the right must hold there, not in the unit alone.
func countyOf(path string) string {
	return fmt.Sprintf("/%d/", org.Ancestors(path)[0])
}

// documentNoMost is the longest number of a county's decision, in characters.
const documentNoMost = 60

// check refuses what no county may waive, and puts the duties in the order of their pair.
func (w *Waiver) check() error {
	w.Reason, w.DocumentNo = strings.TrimSpace(w.Reason), strings.TrimSpace(w.DocumentNo)
	pair, ok := Incompatible(w.A, w.B)
	switch {
	case w.A.Title() == "" || w.B.Title() == "":
		return fault.Newf(fault.Invalid, "waiver-duty", "请从岗位表中选择", "没有岗位「%s」或「%s」", w.A, w.B).In("duties")
	case !ok:
		return fault.Newf(fault.Invalid, "waiver-needless", "无需豁免", "%s和%s可以由一人办理", w.A.Title(), w.B.Title()).In("duties")
	case pair.Law:
		return fault.Newf(fault.Refused, "waiver-law", "请由两人分别办理", "按%s,%s和%s不得由一人办理,县里也不能豁免",
			pair.Source, pair.A.Title(), pair.B.Title()).In("duties")
	case w.DocumentNo == "":
		return fault.New(fault.Invalid, "waiver-document-missing", "豁免没有依据文号", "请填写县里批准豁免的文件文号").In("document_no")
	}
	w.A, w.B = pair.A, pair.B
	if err := text.Check("document_no", "依据文号", w.DocumentNo, documentNoMost); err != nil {
		return err
	}
	for _, d := range []struct {
		date  calendar.Date
		field string
	}{{w.From, "from"}, {w.To, "to"}} {
		if _, err := calendar.ParseDate(string(d.date)); err != nil {
			return fault.As(err).In(d.field)
		}
	}
	if w.To < w.From {
		return fault.Newf(fault.Invalid, "waiver-dates-reversed", "请改正起止日期", "豁免止于 %s,早于起始日期 %s", w.To, w.From).In("to")
	}
	return nil
}

// overlaps refuses a waiver for days of which another one of the same pair and unit waits or holds.
func (w Waiver) overlaps(tx *store.Tx, county int64, id string) error {
	var n int
	err := tx.QueryRow(`select count(*) from duty_waiver where county_id = $1 and duty_a = $2 and duty_b = $3 and unit_id = $4
		and valid_from <= $5 and valid_to >= $6 and ended_on = '' and document_id <> $7`,
		county, string(w.A), string(w.B), w.Unit, string(w.To), string(w.From), id).Scan(&n)
	if err != nil {
		return fmt.Errorf("document.ProposeWaiver %s%s: %w", w.A, w.B, err)
	}
	if n > 0 {
		return fault.Newf(fault.Conflict, "waiver-exists", "请核对豁免清单;要延期请自其止日之后起",
			"该单位在 %s 至 %s 之间已有%s和%s的豁免,或正待批准", w.From, w.To, w.A.Title(), w.B.Title()).In("duties")
	}
	return nil
}

// facts are what the leaf of the proposal says openly; its business number is the number of the county's decision.
func (w Waiver) facts() map[string]string {
	return map[string]string{"duties": string(w.A + w.B), "unit": fmt.Sprint(w.Unit), "from": string(w.From), "to": string(w.To)}
}
