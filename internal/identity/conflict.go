package identity

import (
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
)

// Held is a role that a login holds, or held, or will hold, from one day to another.
type Held struct {
	Grant
	Login    int64
	UnitName string
	From     calendar.Date
	To       calendar.Date // last day; empty: without end
}

// administrators are the three who keep the system and touch no business (三员分立).
var administrators = []Role{SysAdmin, SecAdmin, AuditAdmin}

// besidesCashier are the roles whose work a cashier may not do: keeping the accounts of income, expenditure, claims and
// debts, and checking them (会计法 art. 35, 37), which heads of finance offices and the county's treasury do too; they also
// review what a cashier pays (handbook: V≠P).
var besidesCashier = []Role{Accountant, Reviewer, OfficeHead, CountyTreasury}

// supervisors look at what others did and therefore do none of it in the same units (handbook: supervisor ≠ any duty).
var supervisors = []Role{Auditor, Deputy}

// overlaps reports whether two roles are held on a common day. A role revoked before its first day is held on none.
func (h Held) overlaps(o Held) bool {
	if h.To != "" && h.To < h.From || o.To != "" && o.To < o.From {
		return false
	}
	return (o.To == "" || h.From <= o.To) && (h.To == "" || o.From <= h.To)
}

// on reports whether the role is held on a day.
func (h Held) on(day calendar.Date) bool { return h.From <= day && (h.To == "" || day <= h.To) }

// sameUnits reports whether one of the two units lies within the other.
func (h Held) sameUnits(o Held) bool { return org.Within(h.Path, o.Path) || org.Within(o.Path, h.Path) }

// conflict refuses a role beside one that the same person holds under whatever login. The law's pairs are never
// waived; there is no argument that turns this off.
func conflict(wanted, held Held) error {
	if !wanted.overlaps(held) {
		return nil
	}
	admin, heldAdmin := slices.Contains(administrators, wanted.Role), slices.Contains(administrators, held.Role)
	switch {
	case admin && heldAdmin && wanted.Role != held.Role:
		return incompatible("role-administrators", wanted, held, "三员分立,系统、安全、审计管理员须由三人分任")
	case admin != heldAdmin:
		return incompatible("role-administrator-business", wanted, held, "管理员不得兼任业务岗位")
	case cashierPair(wanted.Role, held.Role) && wanted.sameUnits(held):
		return incompatible("role-cashier", wanted, held, "出纳不得兼任稽核、会计档案保管和收支、债权债务账目的登记工作(会计法)")
	case !admin && slices.Contains(supervisors, wanted.Role) != slices.Contains(supervisors, held.Role) && wanted.sameUnits(held):
		return incompatible("role-supervisor", wanted, held, "审计人员、人大代表履行监督职责,不得在所监督的单位兼任业务岗位")
	case wanted.Role == held.Role && wanted.Login == held.Login && wanted.Unit == held.Unit:
		return fault.Newf(fault.Conflict, "role-held", "无需重复授权;要改期限请先收回", "该登录名在「%s」已有「%s」", held.UnitName, held.Role.Title())
	}
	return nil
}

func cashierPair(a, b Role) bool {
	return a == Cashier && slices.Contains(besidesCashier, b) || b == Cashier && slices.Contains(besidesCashier, a)
}

func incompatible(code string, wanted, held Held, law string) error {
	until := "起"
	if held.To != "" {
		until = "至 " + string(held.To)
	}
	return fault.Newf(fault.Refused, code, "请授予他人,或先收回原有角色;按人判断,换登录名也不行",
		"%s;该人员在「%s」已是「%s」(%s %s),不能再在「%s」任「%s」", law, held.UnitName, held.Role.Title(), held.From, until,
		wanted.UnitName, wanted.Role.Title()).In("role")
}
