package handover

import (
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// The states of a delegation; one whose last day is over is still InForce.
const (
	InForce   document.State = "given"
	Withdrawn document.State = "withdrawn"
	Lapsed    document.State = "lapsed"
)

// DelegationKind declares the delegation of a role for a time. Whoever holds the role delegates it; he, the delegate and
// the security administrator may withdraw it before its last day. It lapses when the post of either has been handed over.
var DelegationKind = &document.Kind{
	Name: "delegation", Title: "代理", WhileLeaving: true,
	States: map[document.State]string{InForce: "已委托", Withdrawn: "已撤回", Lapsed: "已随交接终止"},
	Steps: []document.Step{
		{Name: "delegate", Title: "委托", To: InForce, Roles: identity.DelegableRoles()},
		{Name: "withdraw", Title: "撤回", From: []document.State{InForce}, To: Withdrawn,
			Roles: append([]identity.Role{identity.SecAdmin}, identity.DelegableRoles()...), Reason: true},
		{Name: "lapse", Title: "随交接终止", From: []document.State{InForce}, To: Lapsed, Roles: Witnesses},
	},
}

// Delegate lets another person act under a role of the actor's.
func Delegate(tx *store.Tx, by identity.Actor, d identity.Delegation) error {
	unit, err := org.Get(tx, by.County, d.Unit)
	if err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	d.FromLogin, d.Reason = by.Login, strings.TrimSpace(d.Reason)
	act := document.Act{By: by, Kind: DelegationKind, Step: "delegate", ID: d.Document, Unit: unit.ID, Path: unit.Path, Today: today, Reason: d.Reason}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if err := checkDelegation(tx, by, d, unit, today); err != nil {
			return document.Effect{}, err
		}
		told := delegationFacts(d)
		told["last"] = string(d.Last)
		return document.Effect{Facts: told}, identity.KeepDelegation(tx, by.County, d)
	})
	return err
}

// checkDelegation refuses what nobody may delegate, or not to this person.
func checkDelegation(tx *store.Tx, by identity.Actor, d identity.Delegation, unit org.Unit, today calendar.Date) error {
	if err := checkTerm(tx, by.County, d, unit, today); err != nil {
		return err
	}
	if err := by.NewWork(unit.Path, d.Role); err != nil {
		return err
	}
	if !d.Role.Delegable() {
		return fault.Newf(fault.Refused, "delegation-role", "请由安全管理员另行授予他人", "「%s」不能由他人代理", d.Role.Title()).In("role")
	}
	own := false
	for _, g := range by.Grants {
		own = own || g.For == 0 && g.Role == d.Role && org.Within(unit.Path, g.Path)
	}
	if !own {
		return fault.Newf(fault.Refused, "delegation-not-held", "只能委托本人现任的角色;代理来的不能转委托", "您在「%s」没有「%s」可以委托", unit.Name, d.Role.Title()).In("role")
	}
	to, err := identity.GetLogin(tx, by.County, d.ToLogin)
	if err != nil {
		return err
	}
	person, err := identity.GetPerson(tx, by.County, to.Person)
	if err != nil {
		return err
	}
	switch {
	case to.Person == by.Person:
		return fault.New(fault.Invalid, "delegation-self", "不能委托给自己", "请另选代理人").In("to")
	case to.DisabledAt != "" || to.Frozen || !person.Registered():
		return fault.Newf(fault.Refused, "delegation-to", "请另选代理人", "「%s」的登录名已停用、正在交接或身份证号未登记,不能代理", to.PersonName).In("to")
	}
	return text.Check("reason", "原因", d.Reason, causeMost)
}

// checkTerm refuses days that are past, reversed or too many.
func checkTerm(tx *store.Tx, county int64, d identity.Delegation, unit org.Unit, today calendar.Date) error {
	for _, day := range []struct {
		date  calendar.Date
		field string
	}{{d.First, "first"}, {d.Last, "last"}} {
		if _, err := calendar.ParseDate(string(day.date)); err != nil {
			return fault.As(err).In(day.field)
		}
	}
	days, err := longestDelegation(tx, county, unit.Path, today)
	if err != nil {
		return err
	}
	switch {
	case d.First < today:
		return fault.Newf(fault.Refused, "delegation-back-dated", "请选择今天或以后的日期;已办的事不能事后补代理", "代理自 %s 起,早于今天 %s", d.First, today).In("first")
	case d.Last < d.First:
		return fault.Newf(fault.Invalid, "delegation-dates-reversed", "请改正起止日期", "代理止于 %s,早于起始日期 %s", d.Last, d.First).In("last")
	case d.Last > d.First.AddDays(int(days)-1):
		return fault.Newf(fault.Refused, "delegation-too-long", "请缩短期限;离岗更久的请办理工作交接", "代理自 %s 至 %s,超过最长 %d 天", d.First, d.Last, days).In("last")
	case d.Reason == "":
		return fault.New(fault.Invalid, "delegation-reason-missing", "没有写明代理原因", "请写明出差、请假等原因").In("reason")
	}
	return nil
}

// Withdraw ends a delegation before its last day, at once.
func Withdraw(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	d, err := seeDelegation(tx, by, id)
	if err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	path := d.Path
	if by.Person == d.From || by.Person == d.To {
		path = anyPath(by, path)
	}
	act := document.Act{By: by, Kind: DelegationKind, Step: "withdraw", ID: id, Version: version, Unit: d.Unit, Path: path, Today: today, Reason: reason}
	_, err = document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if by.Person != d.From && by.Person != d.To && !by.Has(d.Path, identity.SecAdmin) {
			return document.Effect{}, fault.New(fault.Refused, "delegation-not-yours", "只有委托人、代理人和安全管理员可以撤回代理", "请委托人本人或安全管理员办理")
		}
		return end(tx, by.County, id, today)
	})
	return err
}

// end lets a delegation end with the day before today, and gives what the leaf says of it.
func end(tx *store.Tx, county int64, id string, today calendar.Date) (document.Effect, error) {
	last := today.AddDays(-1)
	return document.Effect{Facts: map[string]string{"last": string(last)}}, identity.EndDelegation(tx, county, id, last)
}

// lapse ends what is in force of the delegations that the leaver of a handover gave or received: by is its witness. Those
// whose last day is over stand as they are.
func lapse(tx *store.Tx, by identity.Actor, h Handover) error {
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	all, err := identity.DelegationsOf(tx, by.County, h.Leaver)
	if err != nil {
		return err
	}
	for _, d := range all {
		doc, err := document.Get(tx, by.County, d.Document)
		if err != nil {
			return err
		}
		if doc.State != InForce || d.Last < today {
			continue
		}
		act := document.Act{
			By: by, Kind: DelegationKind, Step: "lapse", ID: d.Document, Version: doc.Version, Unit: d.Unit, Path: h.Path, Today: today, // the witness's right is over the leaver's unit
		}
		_, err = document.Take(tx, act, func(document.Document) (document.Effect, error) {
			done, err := end(tx, by.County, d.Document, today)
			if err == nil {
				done.Facts["handover"] = h.Document
			}
			return done, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// seeDelegation gives a delegation that the actor gave or received, or that lies in units whose handovers he oversees.
func seeDelegation(tx *store.Tx, by identity.Actor, id string) (identity.Delegation, error) {
	d, err := identity.GetDelegation(tx, by.County, id)
	if err == nil && by.Person != d.From && by.Person != d.To && !by.Has(d.Path, Overseers...) {
		err = fault.New(fault.NotFound, "delegation-unknown", "没有这项代理", "请从代理列表中选择")
	}
	return d, err
}

// Given is a delegation with how its document stands.
type Given struct {
	identity.Delegation
	State   document.State
	Version int64
}

// Delegations gives the delegations that the actor gave or received or that he oversees, newest first; more tells that
// there are older ones.
func Delegations(tx *store.Tx, by identity.Actor) (all []Given, more bool, err error) {
	var over []string
	for _, g := range by.Grants {
		if g.Path != "" && slices.Contains(Overseers, g.Role) {
			over = append(over, g.Path)
		}
	}
	found, err := identity.DelegationsSeen(tx, by.County, by.Person, over, listMost)
	if err != nil {
		return nil, false, err
	}
	for _, d := range found {
		doc, err := document.Get(tx, by.County, d.Document)
		if err != nil {
			return nil, false, err
		}
		all = append(all, Given{d, doc.State, doc.Version})
	}
	return all, len(all) == listMost, nil
}
