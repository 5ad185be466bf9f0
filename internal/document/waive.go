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
	A, B       Duty
	Unit       int64
	From, To   calendar.Date // the last day is always stated
	Reason     string
	DocumentNo string // of the county's decision
	GrantedBy  int64  // person; filled by Waivers
}

// WaiverKind declares the waiving of a pair of duties. The county's finance bureau does it; administrators of the
// system have no business right.
var WaiverKind = &Kind{
	Name: "duty-waiver", Title: "不相容岗位豁免", States: map[State]string{"granted": "已批准"},
	Steps: []Step{{Name: "grant", Title: "批准", To: "granted", Roles: []identity.Role{identity.CountyBudget, identity.CountyTreasury}, Reason: true}},
}

// Waive waives a pair of duties. id is the document's id and its idempotency key.
func Waive(tx *store.Tx, by identity.Actor, id string, w Waiver) (Document, error) {
	pair, err := w.check()
	if err != nil {
		return Document{}, err
	}
	unit, err := org.Get(tx, by.County, w.Unit)
	if err != nil {
		return Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return Document{}, err
	}
	w.A, w.B = pair.A, pair.B
	act := Act{By: by, Kind: WaiverKind, Step: "grant", ID: id, Unit: unit.ID, Path: countyOf(unit), Today: today, Reason: w.Reason}
	return Make(tx, act, func() (Effect, error) {
		if w.From < today {
			return Effect{}, fault.Newf(fault.Refused, "waiver-back-dated", "请选择今天或以后的日期",
				"豁免自 %s 起,早于今天 %s;已办的事不能事后豁免", w.From, today).In("from")
		}
		return Effect{Ref: w.DocumentNo, Facts: map[string]string{
			"duties": string(w.A + w.B), "unit": fmt.Sprint(w.Unit), "from": string(w.From), "to": string(w.To),
		}}, w.insert(tx, by)
	})
}

// countyOf gives the path of the county that a unit lies in: the right must hold there, not in the unit alone.
func countyOf(unit org.Unit) string {
	return fmt.Sprintf("/%d/", org.Ancestors(unit.Path)[0])
}

// documentNoMost is the longest number of a county's decision, in characters.
const documentNoMost = 60

// check refuses what no county may waive, and finds the pair.
func (w *Waiver) check() (Pair, error) {
	w.Reason, w.DocumentNo = strings.TrimSpace(w.Reason), strings.TrimSpace(w.DocumentNo)
	pair, ok := Incompatible(w.A, w.B)
	switch {
	case w.A.Title() == "" || w.B.Title() == "":
		return pair, fault.Newf(fault.Invalid, "waiver-duty", "请从岗位表中选择", "没有岗位「%s」或「%s」", w.A, w.B).In("duties")
	case !ok:
		return pair, fault.Newf(fault.Invalid, "waiver-needless", "无需豁免", "%s和%s可以由一人办理", w.A.Title(), w.B.Title()).In("duties")
	case pair.Law:
		return pair, fault.Newf(fault.Refused, "waiver-law", "请由两人分别办理", "按%s,%s和%s不得由一人办理,县里也不能豁免",
			pair.Source, pair.A.Title(), pair.B.Title()).In("duties")
	case w.DocumentNo == "":
		return pair, fault.New(fault.Invalid, "waiver-document-missing", "豁免没有依据文号", "请填写县里批准豁免的文件文号").In("document_no")
	}
	if err := text.Check("document_no", "依据文号", w.DocumentNo, documentNoMost); err != nil {
		return pair, err
	}
	for _, d := range []struct {
		date  calendar.Date
		field string
	}{{w.From, "from"}, {w.To, "to"}} {
		if _, err := calendar.ParseDate(string(d.date)); err != nil {
			return pair, fault.As(err).In(d.field)
		}
	}
	if w.To < w.From {
		return pair, fault.Newf(fault.Invalid, "waiver-dates-reversed", "请改正起止日期", "豁免止于 %s,早于起始日期 %s", w.To, w.From).In("to")
	}
	return pair, nil
}

func (w Waiver) insert(tx *store.Tx, by identity.Actor) error {
	n, err := tx.Exec(`insert into duty_waiver (county_id, duty_a, duty_b, unit_id, valid_from, valid_to, reason, document_no, granted_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
		by.County, string(w.A), string(w.B), w.Unit, string(w.From), string(w.To), w.Reason, w.DocumentNo, by.Person)
	if err != nil {
		return fmt.Errorf("document.Waive %s%s: %w", w.A, w.B, err)
	}
	if n == 0 {
		return fault.Newf(fault.Conflict, "waiver-exists", "请核对豁免清单;要延期请另选起始日期",
			"该单位自 %s 起%s和%s的豁免已经批准", w.From, w.A.Title(), w.B.Title())
	}
	return nil
}

// Waivers lists the waivers of a county that hold on a day, or all where on is empty, newest first.
func Waivers(tx *store.Tx, county int64, on calendar.Date) ([]Waiver, error) {
	rows, err := tx.Query(`select duty_a, duty_b, unit_id, valid_from, valid_to, reason, document_no, granted_by from duty_waiver
		where county_id = $1 and ($2 = '' or valid_from <= $2 and valid_to >= $2)
		order by valid_from desc, unit_id, duty_a, duty_b`, county, string(on))
	if err != nil {
		return nil, fmt.Errorf("document.Waivers: %w", err)
	}
	defer rows.Close()
	var out []Waiver
	for rows.Next() {
		var w Waiver
		if err := rows.Scan(&w.A, &w.B, &w.Unit, &w.From, &w.To, &w.Reason, &w.DocumentNo, &w.GrantedBy); err != nil {
			return nil, fmt.Errorf("document.Waivers: %w", err)
		}
		out = append(out, w)
	}
	return out, rows.Err()
}
