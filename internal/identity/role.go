package identity

import (
	"fmt"
	"slices"
	"strconv"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// NewGrant is a role to be granted to a login for a unit and everything below it.
type NewGrant struct {
	Login int64
	Role  Role
	Unit  int64
	From  calendar.Date // empty: today
	To    calendar.Date // last day; empty: without end
}

// Roles gives every role, in the order in which pages offer them.
func Roles() []Role {
	return []Role{
		Clerk, UnitHead, OfficeHead, Accountant, Reviewer, Cashier, Receipts, Assets, VillageClerk, VillageHead,
		CountyBudget, CountyTreasury, Auditor, Deputy, SysAdmin, SecAdmin, AuditAdmin,
	}
}

// ParseRole reads a role's code or its title.
func ParseRole(text string) (Role, error) {
	for _, r := range Roles() {
		if text == string(r) || text == r.Title() {
			return r, nil
		}
	}
	return "", fault.Newf(fault.Invalid, "role-unknown", "请填角色名称,例如 会计、出纳、报账员,也可填代码 accountant、cashier、clerk", "没有角色「%s」", text).In("role")
}

// GrantRole grants a role. The security administrator of the unit does it, never to himself, and not for days past.
func GrantRole(tx *store.Tx, by Actor, n NewGrant) error {
	n, err := mayGrant(tx, by, n)
	if err != nil {
		return err
	}
	return grantRole(tx, by, n)
}

// PreviewGrant says what GrantRole would grant, or why it would be refused. It writes nothing.
func PreviewGrant(tx *store.Tx, by Actor, n NewGrant) (Held, error) {
	n, err := mayGrant(tx, by, n)
	if err != nil {
		return Held{}, err
	}
	return checkGrant(tx, by, n)
}

// mayGrant asks for the right and the day, and fills in the day where none is given.
func mayGrant(tx *store.Tx, by Actor, n NewGrant) (NewGrant, error) {
	unit, err := org.Get(tx, by.County, n.Unit)
	if err != nil {
		return n, err
	}
	if err := by.Require(unit.Path, "授予角色", SecAdmin); err != nil {
		return n, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return n, err
	}
	if n.From == "" {
		n.From = today
	}
	if n.From < today {
		return n, fault.Newf(fault.Refused, "role-back-dated", "请选择今天或以后的日期", "授权自 %s 起,早于今天 %s", n.From, today).In("from")
	}
	return n, nil
}

// BootstrapGrant is GrantRole for init, import on the server and the invented county; the law's exclusions hold.
func BootstrapGrant(tx *store.Tx, county int64, n NewGrant) error {
	if n.From == "" {
		today, err := org.Today(tx, county)
		if err != nil {
			return err
		}
		n.From = today
	}
	return grantRole(tx, Actor{County: county}, n)
}

func grantRole(tx *store.Tx, by Actor, n NewGrant) error {
	l, err := GetLogin(tx, by.County, n.Login)
	if err != nil {
		return err
	}
	// The person's row is locked to the end of the step, so that two programs cannot each grant one of two roles that
	// exclude each other.
	if _, err := tx.Exec(`update person set name = name where county_id = $1 and person_id = $2`, by.County, l.Person); err != nil {
		return fmt.Errorf("identity.GrantRole %s to %d: %w", n.Role, n.Login, err)
	}
	wanted, err := checkGrant(tx, by, n)
	if err != nil {
		return err
	}
	var to any
	if n.To != "" {
		to = string(n.To)
	}
	// The row may be there: granted, and revoked before its first day.
	_, err = tx.Exec(`insert into role_grant (county_id, login_id, role, unit_id, valid_from, valid_to, granted_by, granted_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (county_id, login_id, role, unit_id, valid_from)
		do update set valid_to = excluded.valid_to, granted_by = excluded.granted_by, granted_at = excluded.granted_at`,
		by.County, n.Login, string(n.Role), n.Unit, string(n.From), to, by.Person, calendar.Instant(tx.Now))
	if err != nil {
		return fmt.Errorf("identity.GrantRole %s to %d: %w", n.Role, n.Login, err)
	}
	return recordRole(tx, by, l.Person, wanted, stepGrant, "")
}

// checkGrant refuses a grant that is wrong by itself or beside what the person holds.
func checkGrant(tx *store.Tx, by Actor, n NewGrant) (Held, error) {
	l, wanted, err := wantedGrant(tx, by, n)
	if err != nil {
		return wanted, err
	}
	return wanted, Excluded(tx, by.County, l.Person, wanted)
}

// Excluded refuses a role that excludes another which the person holds on a common day, under whatever login.
func Excluded(tx *store.Tx, county, person int64, wanted Held) error {
	held, err := RolesOf(tx, county, person)
	if err != nil {
		return err
	}
	acting, err := DelegatedTo(tx, county, person)
	if err != nil {
		return err
	}
	for _, h := range append(held, acting...) {
		if err := conflict(wanted, h); err != nil {
			return err
		}
	}
	return nil
}

// wantedGrant checks what can be said of a grant without looking at others.
func wantedGrant(tx *store.Tx, by Actor, n NewGrant) (Login, Held, error) {
	l, err := GetLogin(tx, by.County, n.Login)
	if err != nil {
		return l, Held{}, err
	}
	unit, err := org.Get(tx, by.County, n.Unit)
	if err != nil {
		return l, Held{}, err
	}
	if !n.Role.Known() {
		_, err := ParseRole(string(n.Role))
		return l, Held{}, err
	}
	for _, d := range []calendar.Date{n.From, n.To} {
		if d == "" {
			continue
		}
		if _, err := calendar.ParseDate(string(d)); err != nil {
			return l, Held{}, err
		}
	}
	if err := unit.CheckInUse(n.From); err != nil {
		return l, Held{}, err
	}
	if n.To != "" && n.To < n.From {
		return l, Held{}, fault.Newf(fault.Invalid, "role-dates-reversed", "请改正起止日期", "授权止于 %s,早于起始日期 %s", n.To, n.From).In("to")
	}
	if by.Person != 0 && l.Person == by.Person {
		return l, Held{}, fault.New(fault.Refused, "role-to-self", "不能给自己授予角色", "请由另一名安全管理员办理")
	}
	p, err := GetPerson(tx, by.County, l.Person)
	if err != nil {
		return l, Held{}, err
	}
	if !p.Registered() && !slices.Contains(administrators, n.Role) {
		return l, Held{}, fault.Newf(fault.Refused, "person-unregistered", "请系统管理员先登记身份证号",
			"「%s」的身份证号未登记,不能授予业务角色", p.Name)
	}
	grant := Grant{Role: n.Role, Unit: unit.ID, Path: unit.Path}
	return l, Held{Grant: grant, Login: l.ID, UnitName: unit.Name, From: n.From, To: n.To}, nil
}

// RevokeRole ends a role after its last day; an empty last day ends it at once. Nobody revokes his own, and
// the last who can keep the county's logins and roles keeps his.
func RevokeRole(tx *store.Tx, by Actor, login int64, role Role, unit int64, last calendar.Date, reason string) error {
	l, err := GetLogin(tx, by.County, login)
	if err != nil {
		return err
	}
	u, err := org.Get(tx, by.County, unit)
	if err != nil {
		return err
	}
	if err := by.Require(u.Path, "收回角色", SecAdmin); err != nil {
		return err
	}
	if l.Person == by.Person {
		return fault.New(fault.Refused, "role-own", "不能收回自己的角色", "请由另一名安全管理员办理;没有的,请先把「安全管理员」授予他人")
	}
	if err := text.Check("reason", "原因", reason, reasonMost); err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	yesterday := today.AddDays(-1)
	if last == "" {
		last = yesterday
	}
	if last < yesterday {
		return fault.Newf(fault.Refused, "role-back-dated", "请选择今天或以后的日期,或留空立即收回", "收回日期 %s 早于今天 %s", last, today).In("to")
	}
	if err := keepOne(tx, by.County, l, role, unit, last.AddDays(1), "收回"); err != nil {
		return err
	}
	n, err := tx.Exec(`update role_grant set valid_to = $5 where county_id = $1 and login_id = $2 and role = $3 and unit_id = $4
		and (valid_to is null or valid_to > $5)`, by.County, login, string(role), unit, string(last))
	if err != nil {
		return fmt.Errorf("identity.RevokeRole %s of %d: %w", role, login, err)
	}
	if n == 0 {
		return fault.Newf(fault.NotFound, "role-not-held", "请刷新后核对", "「%s」在「%s」没有可收回的「%s」", l.Name, u.Name, role.Title())
	}
	held := Held{Grant: Grant{Role: role, Unit: unit, Path: u.Path}, Login: login, To: last}
	return recordRole(tx, by, l.Person, held, stepRevoke, reason)
}

func recordRole(tx *store.Tx, by Actor, person int64, h Held, step, reason string) error {
	a := onPerson(person, step, by)
	a.reason = reason
	a.facts = map[string]string{
		"login": strconv.FormatInt(h.Login, 10), "role": string(h.Role), "unit": strconv.FormatInt(h.Unit, 10),
	}
	if h.From != "" {
		a.facts["from"] = string(h.From)
	}
	if h.To != "" {
		a.facts["to"] = string(h.To)
	}
	return record(tx, by.County, a)
}

const heldQuery = `select g.login_id, g.role, g.unit_id, u.path, u.name, g.valid_from, coalesce(g.valid_to, '') from role_grant g
	join unit u on u.county_id = g.county_id and u.unit_id = g.unit_id`

func queryHeld(tx *store.Tx, q string, args ...any) ([]Held, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Held
	for rows.Next() {
		var h Held
		if err := rows.Scan(&h.Login, &h.Role, &h.Unit, &h.Path, &h.UnitName, &h.From, &h.To); err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, rows.Err()
}

// RolesOf gives every role that a person holds, held or will hold under all his logins.
func RolesOf(tx *store.Tx, county, person int64) ([]Held, error) {
	held, err := queryHeld(tx, heldQuery+` join login l on l.county_id = g.county_id and l.login_id = g.login_id
		where g.county_id = $1 and l.person_id = $2 order by g.login_id, g.role, u.path, g.valid_from`, county, person)
	if err != nil {
		return nil, fmt.Errorf("identity.RolesOf %d: %w", person, err)
	}
	return held, nil
}

// PostsOf gives the roles that a person holds on a day, each once.
func PostsOf(tx *store.Tx, county, person int64, on calendar.Date) ([]Role, error) {
	held, err := RolesOf(tx, county, person)
	var out []Role
	for _, h := range held {
		if h.on(on) && !slices.Contains(out, h.Role) {
			out = append(out, h.Role)
		}
	}
	return out, err
}

// Holder is a role that somebody holds in a unit.
type Holder struct {
	Held
	Person     int64
	PersonName string
}

// HoldersOf gives who holds a role for exactly this unit on a day or later.
func HoldersOf(tx *store.Tx, county, unit int64, on calendar.Date) ([]Holder, error) {
	held, err := queryHeld(tx, heldQuery+` where g.county_id = $1 and g.unit_id = $2 and (g.valid_to is null or g.valid_to >= $3)
		order by g.login_id, g.role, g.valid_from`, county, unit, string(on))
	if err != nil {
		return nil, fmt.Errorf("identity.HoldersOf %d: %w", unit, err)
	}
	var out []Holder
	for _, h := range held {
		if h.To != "" && h.To < h.From { // revoked before its first day
			continue
		}
		l, err := GetLogin(tx, county, h.Login)
		if err != nil {
			return nil, err
		}
		out = append(out, Holder{h, l.Person, l.PersonName})
	}
	return out, nil
}

// rolesByLogin gives the roles of all logins that are not over on a day.
func rolesByLogin(tx *store.Tx, county int64, today calendar.Date) (map[int64][]Held, error) {
	held, err := queryHeld(tx, heldQuery+` where g.county_id = $1 and (g.valid_to is null or g.valid_to >= $2)
		order by g.login_id, g.role, u.path, g.valid_from`, county, string(today))
	if err != nil {
		return nil, fmt.Errorf("identity: roles of county %d: %w", county, err)
	}
	by := map[int64][]Held{}
	for _, h := range held {
		by[h.Login] = append(by[h.Login], h)
	}
	return by, nil
}

// Load gives the actor of a login, with the roles in force on the business date.
func Load(tx *store.Tx, county, login int64) (Actor, error) {
	l, err := GetLogin(tx, county, login)
	if err != nil {
		return Actor{}, err
	}
	if l.DisabledAt != "" {
		return Actor{}, loginDisabled(l.Name)
	}
	today, err := org.Today(tx, county)
	if err != nil {
		return Actor{}, err
	}
	held, err := queryHeld(tx, heldQuery+` where g.county_id = $1 and g.login_id = $2 order by g.role, u.path`, county, login)
	if err != nil {
		return Actor{}, fmt.Errorf("identity.Load %d: %w", login, err)
	}
	a := Actor{County: county, Login: l.ID, Person: l.Person, Name: l.PersonName, Frozen: l.Frozen}
	for _, h := range held {
		if h.on(today) {
			a.Grants = append(a.Grants, h.Grant)
		}
	}
	acting, err := actingFor(tx, county, login, today)
	if err != nil {
		return Actor{}, err
	}
	a.Grants = append(a.Grants, acting...)
	return a, nil
}

// ByName is Load for a login's name.
func ByName(tx *store.Tx, county int64, name string) (Actor, error) {
	l, err := FindLogin(tx, county, name)
	if err != nil {
		return Actor{}, err
	}
	return Load(tx, county, l.ID)
}

func loginDisabled(name string) *fault.Error {
	return fault.Newf(fault.Forbidden, "login-disabled", "请联系系统管理员", "登录名「%s」已停用", name)
}
