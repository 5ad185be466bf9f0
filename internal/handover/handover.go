// Package handover passes a person's work to another: for a time (代理) and for good (工作交接).
//
// A delegate acts under the role of the one who delegates, in its units and until its last day. By person, he takes over
// that one's exclusions; every step and every leaf says for whom he acted. It ends by itself.
//
// A handover is compulsory for whoever leaves a post, and witnessed. While it is under way the leaver's logins are frozen
// for new work: he may finish what is his. The leaver signs what is open, then the successor, then the witness; with the
// witness's signature the leaver's roles and delegations end.
//
// Rules: 会计法 art. 39 (V4 of the handbook), 会计基础工作规范 art. 25–35.
package handover

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

// The states of a handover.
const (
	Open   document.State = "open"   // the leaver has to sign
	Handed document.State = "handed" // the successor has to sign
	Taken  document.State = "taken"  // the witness has to sign
	Done   document.State = "done"
	Void   document.State = "void"
)

// Witnesses are who may start and witness a handover: the head of the office for its people, the head of the unit for
// the head of the office.
var Witnesses = []identity.Role{identity.OfficeHead, identity.UnitHead, identity.VillageHead, identity.CountyBudget, identity.CountyTreasury}

// Kind declares the handover of a post.
var Kind = &document.Kind{
	Name: "handover", Title: "工作交接", WhileLeaving: true,
	States: map[document.State]string{Open: "待移交人签字", Handed: "待接交人签字", Taken: "待监交人签字", Done: "已交接", Void: "已撤销"},
	Steps: []document.Step{
		{Name: "start", Title: "发起", To: Open, Roles: Witnesses},
		{Name: "sign-leaver", Title: "移交人签字", From: []document.State{Open}, To: Handed, Roles: identity.DelegableRoles()},
		{Name: "sign-successor", Title: "接交人签字", From: []document.State{Handed}, To: Taken, Roles: identity.DelegableRoles()},
		{Name: "witness", Title: "监交人签字", From: []document.State{Taken}, To: Done, Roles: Witnesses},
		{Name: "void", Title: "撤销", From: []document.State{Open, Handed, Taken}, To: Void, Roles: Witnesses, Reason: true},
	},
}

// Handover is one handover of a post.
type Handover struct {
	Document                   string
	State                      document.State
	Version                    int64
	Unit                       int64 // the leaver's
	UnitName, Path             string
	Leaver, Successor, Witness int64
	Cause                      string
	Things                     string // seals, cheques, receipts, keys
	Items                      []Item // as they stood when the leaver signed
	StartedBy                  int64
	StartedAt                  string
	LeaverAt                   string
	SuccessorAt                string
	WitnessAt                  string
}

// New is what a handover is started from.
type New struct {
	Document                   string
	Leaver, Successor, Witness int64
	Cause                      string
	Things                     string
}

// The longest cause and list of things, in characters.
const (
	causeMost  = 200
	thingsMost = 2000
)

func (n *New) check() error {
	n.Cause, n.Things = strings.TrimSpace(n.Cause), strings.TrimSpace(n.Things)
	switch {
	case n.Leaver == n.Successor:
		return fault.New(fault.Invalid, "handover-same", "移交人和接交人是同一人", "请另选接交人").In("successor")
	case n.Witness == n.Leaver || n.Witness == n.Successor:
		return fault.New(fault.Invalid, "handover-witness", "监交人须是移交人、接交人之外的第三人", "请另选监交人").In("witness")
	case n.Cause == "":
		return fault.New(fault.Invalid, "handover-cause-missing", "没有写明交接原因", "请写明调动、离职、退休或长期请假等原因").In("cause")
	}
	if err := text.Check("cause", "原因", n.Cause, causeMost); err != nil {
		return err
	}
	n.Things = strings.ReplaceAll(n.Things, "\r\n", "\n")
	for line := range strings.SplitSeq(n.Things, "\n") {
		if err := text.Check("things", "实物移交事项", line, thingsMost); err != nil {
			return err
		}
	}
	return text.Check("things", "实物移交事项", strings.ReplaceAll(n.Things, "\n", " "), thingsMost)
}

// Start begins a handover and freezes the leaver's logins for new work.
func Start(tx *store.Tx, by identity.Actor, n New) error {
	leaver, err := identity.GetPerson(tx, by.County, n.Leaver)
	if err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	wrong := n.check() // said after the right was asked for
	act := document.Act{
		By: by, Kind: Kind, Step: "start", ID: n.Document, Unit: leaver.Unit, Path: leaver.UnitPath, Today: today,
		Private: map[string]string{"cause": n.Cause, "things": n.Things},
	}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if wrong != nil {
			return document.Effect{}, wrong
		}
		if err := parties(tx, by.County, n, leaver, today); err != nil {
			return document.Effect{}, err
		}
		free, err := identity.Freeze(tx, by.County, n.Leaver, n.Document)
		if err != nil {
			return document.Effect{}, err
		}
		if !free {
			return document.Effect{}, fault.Newf(fault.Conflict, "handover-under-way", "请先办结或撤销那次交接", "「%s」已有一次交接正在办理", leaver.Name).In("leaver")
		}
		_, err = tx.Exec(`insert into handover (county_id, document_id, unit_id, leaver_id, successor_id, witness_id, cause, things, items, started_by, started_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10)`,
			by.County, n.Document, leaver.Unit, n.Leaver, n.Successor, n.Witness, n.Cause, n.Things, by.Person, calendar.Instant(tx.Now))
		if err != nil {
			return document.Effect{}, fmt.Errorf("handover.Start %s: %w", n.Document, err)
		}
		return document.Effect{Facts: facts(leaver.Unit, n.Leaver, n.Successor, n.Witness)}, nil
	})
	return err
}

// parties refuses people who cannot play their part.
func parties(tx *store.Tx, county int64, n New, leaver identity.Person, today calendar.Date) error {
	held, err := identity.RolesOf(tx, county, n.Leaver)
	if err != nil {
		return err
	}
	if !business(held, today) {
		return fault.Newf(fault.Refused, "handover-no-post", "没有业务角色的人员无需交接;停用登录名请系统管理员办理", "「%s」现在没有业务角色", leaver.Name).In("leaver")
	}
	if held, err = identity.RolesOf(tx, county, n.Successor); err != nil {
		return err
	}
	if !business(held, today) {
		return fault.New(fault.Refused, "handover-successor", "接交人还没有业务角色", "请安全管理员先授予接交人所接岗位的角色").In("successor")
	}
	if held, err = identity.RolesOf(tx, county, n.Witness); err != nil {
		return err
	}
	for _, p := range []struct {
		person       int64
		field, title string
	}{{n.Successor, "successor", "接交人"}, {n.Witness, "witness", "监交人"}} {
		at, err := identity.AtWork(tx, county, p.person)
		if err != nil {
			return err
		}
		if !at {
			return fault.Newf(fault.Refused, "handover-not-at-work", "请另选"+p.title+",或先办结他自己的交接", "%s的登录名已停用,或正在办理自己的交接", p.title).In(p.field)
		}
	}
	var witness identity.Actor
	for _, h := range held {
		if h.From <= today && (h.To == "" || today <= h.To) {
			witness.Grants = append(witness.Grants, h.Grant)
		}
	}
	if !witness.Has(leaver.UnitPath, Witnesses...) {
		return fault.New(fault.Refused, "handover-witness-role", "监交人须是会计机构负责人或单位负责人", "一般人员交接由财政所长监交,财政所长交接由单位负责人监交").In("witness")
	}
	return nil
}

func business(held []identity.Held, today calendar.Date) bool {
	for _, h := range held {
		if h.Role.Delegable() && h.From <= today && (h.To == "" || today <= h.To) {
			return true
		}
	}
	return false
}
