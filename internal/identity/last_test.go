package identity_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// TestLastAdministrator_Stays: whoever alone can keep logins or grant roles cannot be taken away, by himself or others.
func TestLastAdministrator_Stays(t *testing.T) {
	each(t, func(w *world) {
		county := w.units["县"].ID
		revoke := func(by *identity.Actor, login string, role identity.Role, last calendar.Date) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				return identity.RevokeRole(tx, *by, w.logins[login].ID, role, county, last, "岗位调整")
			}
		}
		grant := func(login string, role identity.Role, from, to calendar.Date) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				g := w.grant(login, role, "县")
				g.From, g.To = from, to
				return identity.GrantRole(tx, w.sec, g)
			}
		}
		disable := func(by *identity.Actor, login string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return identity.Disable(tx, *by, w.logins[login].ID, "离职") }
		}
		w.refuse("role-own", revoke(&w.sec, "secadmin", identity.SecAdmin, ""))
		w.refuse("role-last", revoke(&w.sec, "sysadmin", identity.SysAdmin, ""))
		w.refuse("reason-too-long", func(tx *store.Tx) error {
			return identity.RevokeRole(tx, w.sec, w.logins["sysadmin"].ID, identity.SysAdmin, county, "", strings.Repeat("长", 501))
		})
		w.do(revoke(&w.sec, "auditadmin", identity.AuditAdmin, "")) // she can be given the role again
		w.do(grant("韩青", identity.SysAdmin, "", "2026-12-31"))
		w.refuse("role-last", revoke(&w.sec, "sysadmin", identity.SysAdmin, "")) // the other one only stands in
		w.do(grant("柳舟", identity.SysAdmin, "2026-11-02", ""))
		w.refuse("role-last", revoke(&w.sec, "sysadmin", identity.SysAdmin, "2026-10-30"))
		w.do(revoke(&w.sec, "sysadmin", identity.SysAdmin, "2026-11-01"))
		w.do(grant("麦田", identity.SecAdmin, "", ""))
		var second identity.Actor
		w.do(func(tx *store.Tx) (err error) {
			second, err = identity.ByName(tx, qinglan, "麦田")
			return err
		})
		w.do(disable(&second, "secadmin"))
		w.refuse("login-own", disable(&second, "麦田"))
		operator := identity.Actor{County: qinglan, Grants: second.Grants} // at the server's console
		w.refuse("role-last", revoke(&operator, "麦田", identity.SecAdmin, ""))
		w.refuse("role-last", disable(&operator, "麦田"))
		w.do(func(tx *store.Tx) error { return identity.Enable(tx, second, w.logins["secadmin"].ID, "返岗") })
		w.do(disable(&operator, "麦田"))
	})
}
