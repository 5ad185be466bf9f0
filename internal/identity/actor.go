package identity

import (
	"slices"
	"strings"

	"xiangzhang/internal/fault"
)

// Role is a role code; what each may do is declared by the steps and pages that name it.
type Role string

// The roles of a county (handbook of the field: unit staff, offices, county, administrators).
const (
	Clerk          Role = "clerk"           // 报账员
	UnitHead       Role = "unit-head"       // 单位负责人
	OfficeHead     Role = "office-head"     // 财政所长
	Accountant     Role = "accountant"      // 会计
	Reviewer       Role = "reviewer"        // 审核会计
	Cashier        Role = "cashier"         // 出纳
	Receipts       Role = "receipts"        // 票据管理员
	Assets         Role = "assets"          // 资产管理员
	VillageClerk   Role = "village-clerk"   // 村报账员
	VillageHead    Role = "village-head"    // 村负责人
	CountyBudget   Role = "county-budget"   // 县预算股
	CountyTreasury Role = "county-treasury" // 县国库股
	Auditor        Role = "auditor"         // 审计
	Deputy         Role = "deputy"          // 人大代表
	SysAdmin       Role = "sysadmin"        // 系统管理员
	SecAdmin       Role = "secadmin"        // 安全管理员
	AuditAdmin     Role = "auditadmin"      // 审计管理员
)

// Grant is one role of an actor, for a unit and everything below it.
type Grant struct {
	Role Role
	Unit int64
	Path string // the unit's path, /1/5/

	For     int64  // the person who delegated the role; 0: it is the actor's own
	ForName string // his name
	Leaving bool   // he hands his post over: what is his may be finished, nothing begun in his name
}

// Actor is the person at work: who signed in, with the roles in force today. Duties are told apart by Person (one row
// per identity number), never by login.
type Actor struct {
	County int64
	Login  int64
	Person int64
	Name   string
	Grants []Grant
	Frozen bool // hands his post over: he finishes what is his and begins nothing
}

// Has reports whether the actor holds one of the roles for the unit at path. An unknown path belongs to nobody.
func (a Actor) Has(path string, roles ...Role) bool {
	if path == "" {
		return false
	}
	for _, g := range a.Grants {
		if g.Path != "" && strings.HasPrefix(path, g.Path) {
			for _, r := range roles {
				if g.Role == r {
					return true
				}
			}
		}
	}
	return false
}

// Sees reports whether the actor holds any role over the unit at path.
func (a Actor) Sees(path string) bool {
	for _, g := range a.Grants {
		if path != "" && g.Path != "" && strings.HasPrefix(path, g.Path) {
			return true
		}
	}
	return false
}

// Require refuses an actor who holds none of the roles for the unit at path. act completes 您没有…的权限.
func (a Actor) Require(path, act string, roles ...Role) error {
	if a.Has(path, roles...) {
		return nil
	}
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Title()
	}
	return fault.Newf(fault.Forbidden, "role-missing", "请由该单位的"+strings.Join(names, "、")+"办理,或请安全管理员授权",
		"您没有%s的权限", act)
}

var titles = map[Role]string{
	Clerk: "报账员", UnitHead: "单位负责人", OfficeHead: "财政所长", Accountant: "会计", Reviewer: "审核会计",
	Cashier: "出纳", Receipts: "票据管理员", Assets: "资产管理员", VillageClerk: "村报账员", VillageHead: "村负责人",
	CountyBudget: "县预算股", CountyTreasury: "县国库股", Auditor: "审计人员", Deputy: "人大代表",
	SysAdmin: "系统管理员", SecAdmin: "安全管理员", AuditAdmin: "审计管理员",
}

// administers reports whether the role is one of the three administrators'.
func (r Role) administers() bool { return slices.Contains(administrators, r) }

// Title is the role's name on pages.
func (r Role) Title() string { return titles[r] }

// Known reports whether r is one of the roles above.
func (r Role) Known() bool { return titles[r] != "" }

// Reads reports whether the actor may read the business records of the unit at path: with any role over it but those
// of the three administrators, who have no business right.
func (a Actor) Reads(path string) bool {
	for _, g := range a.Grants {
		if path != "" && g.Path != "" && strings.HasPrefix(path, g.Path) && !slices.Contains(administrators, g.Role) {
			return true
		}
	}
	return false
}

// SeesUnderway reports whether the actor sees what people are still at in the unit at path. A deputy supervises what was
// done (docs/decisions/0021-what-a-deputy-sees.md), unless he reads there for another reason too.
func (a Actor) SeesUnderway(path string) bool {
	rest := a
	rest.Grants = slices.DeleteFunc(slices.Clone(a.Grants), func(g Grant) bool { return g.Role == Deputy })
	return rest.Reads(path)
}
