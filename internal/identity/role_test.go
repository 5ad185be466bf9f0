package identity_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

func TestGrantRole_KeepsTheLawsPairsApart(t *testing.T) {
	type step struct{ login, role, unit, from, to, want string }
	for name, steps := range map[string][]step{
		"cashier and accountant":             {{"韩青", "cashier", "云溪乡", "", "", ""}, {"韩青", "accountant", "云溪乡", "", "", "role-cashier"}},
		"accountant and cashier":             {{"韩青", "accountant", "云溪乡", "", "", ""}, {"韩青", "cashier", "云溪乡", "", "", "role-cashier"}},
		"cashier and reviewer above":         {{"韩青", "cashier", "东坪村", "", "", ""}, {"韩青", "reviewer", "县", "", "", "role-cashier"}},
		"cashier and reviewer below":         {{"韩青", "cashier", "县", "", "", ""}, {"韩青", "reviewer", "东坪村", "", "", "role-cashier"}},
		"cashier and head of the office":     {{"韩青", "cashier", "云溪乡", "", "", ""}, {"韩青", "office-head", "云溪乡", "", "", "role-cashier"}},
		"the county's treasury and cashier":  {{"韩青", "county-treasury", "县", "", "", ""}, {"韩青", "cashier", "云溪乡", "", "", "role-cashier"}},
		"by person, not by login":            {{"韩青", "cashier", "云溪乡", "", "", ""}, {"韩青二", "accountant", "云溪乡", "", "", "role-cashier"}},
		"other units are free":               {{"韩青", "cashier", "云溪乡", "", "", ""}, {"韩青", "accountant", "石桥镇", "", "", ""}},
		"other persons are free":             {{"韩青", "cashier", "云溪乡", "", "", ""}, {"柳舟", "accountant", "云溪乡", "", "", ""}},
		"accountant and receipts":            {{"韩青", "accountant", "云溪乡", "", "", ""}, {"韩青", "receipts", "云溪乡", "", "", ""}},
		"expired does not count":             {{"韩青", "cashier", "云溪乡", "", "2026-10-31", ""}, {"韩青", "accountant", "云溪乡", "2026-11-01", "", ""}},
		"a common day counts":                {{"韩青", "cashier", "云溪乡", "", "2026-10-31", ""}, {"韩青", "accountant", "云溪乡", "2026-10-31", "", "role-cashier"}},
		"a future role counts":               {{"韩青", "cashier", "云溪乡", "2026-12-01", "", ""}, {"韩青", "accountant", "云溪乡", "", "", "role-cashier"}},
		"before a future role":               {{"韩青", "cashier", "云溪乡", "2026-12-01", "", ""}, {"韩青", "accountant", "云溪乡", "", "2026-11-30", ""}},
		"two administrators":                 {{"韩青", "sysadmin", "县", "", "", ""}, {"韩青", "secadmin", "县", "", "", "role-administrators"}},
		"two administrators in two units":    {{"韩青", "sysadmin", "云溪乡", "", "", ""}, {"韩青", "auditadmin", "石桥镇", "", "", "role-administrators"}},
		"administrator with business":        {{"韩青", "sysadmin", "石桥镇", "", "", ""}, {"韩青", "clerk", "云溪乡", "", "", "role-administrator-business"}},
		"business with administrator":        {{"韩青", "deputy", "县", "", "", ""}, {"韩青二", "auditadmin", "县", "", "", "role-administrator-business"}},
		"the same administrator twice":       {{"韩青", "sysadmin", "石桥镇", "", "", ""}, {"韩青", "sysadmin", "云溪乡", "", "", ""}},
		"the same role again":                {{"韩青", "clerk", "云溪乡", "", "", ""}, {"韩青", "clerk", "云溪乡", "", "", "role-held"}},
		"auditor and accountant":             {{"韩青", "auditor", "县", "", "", ""}, {"韩青", "accountant", "云溪乡", "", "", "role-supervisor"}},
		"clerk and deputy by another login":  {{"韩青", "clerk", "东坪村", "", "", ""}, {"韩青二", "deputy", "云溪乡", "", "", "role-supervisor"}},
		"deputy of another township":         {{"韩青", "clerk", "东坪村", "", "", ""}, {"韩青", "deputy", "石桥镇", "", "", ""}},
		"auditor and deputy":                 {{"韩青", "auditor", "县", "", "", ""}, {"韩青", "deputy", "县", "", "", ""}},
		"former accountant, now auditor":     {{"韩青", "accountant", "云溪乡", "", "2026-10-31", ""}, {"韩青", "auditor", "县", "2026-11-01", "", ""}},
		"head and reviewer of a small place": {{"韩青", "office-head", "云溪乡", "", "", ""}, {"韩青", "reviewer", "云溪乡", "", "", ""}},
		"an unknown role":                    {{"韩青", "king", "云溪乡", "", "", "role-unknown"}},
		"for days past":                      {{"韩青", "clerk", "云溪乡", "2026-10-22", "", "role-back-dated"}},
		"dates in reverse":                   {{"韩青", "clerk", "云溪乡", "2026-11-02", "2026-11-01", "role-dates-reversed"}},
		"administrators without a number":    {{"auditadmin", "clerk", "云溪乡", "", "", "person-unregistered"}},
		"the security administrator itself":  {{"secadmin", "secadmin", "云溪乡", "", "", "role-to-self"}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				w.do(func(tx *store.Tx) error {
					second, err := identity.CreateLogin(tx, w.sys, identity.NewLogin{Name: "韩青二", Person: w.logins["韩青"].Person})
					w.logins["韩青二"] = second
					return err
				})
				for _, s := range steps {
					g := w.grant(s.login, identity.Role(s.role), s.unit)
					g.From, g.To = calendar.Date(s.from), calendar.Date(s.to)
					granting := func(tx *store.Tx) error { return identity.GrantRole(tx, w.sec, g) }
					if s.want == "" {
						w.do(granting)
					} else {
						w.refuse(s.want, granting)
					}
				}
			})
		})
	}
}

func TestGrantRole_SentenceNamesBothRoles(t *testing.T) {
	each(t, func(w *world) {
		w.do(func(tx *store.Tx) error {
			return identity.GrantRole(tx, w.sec, w.grant("韩青", identity.Cashier, "云溪乡"))
		})
		w.do(func(tx *store.Tx) error {
			err := identity.BootstrapGrant(tx, qinglan, w.grant("韩青", identity.Reviewer, "县"))
			want := "出纳不得兼任稽核、会计档案保管和收支、债权债务账目的登记工作(会计法);该人员在「云溪乡」已是「出纳」(2026-10-23 起)," +
				"不能再在「青岚县」任「审核会计」;请授予他人,或先收回原有角色;按人判断,换登录名也不行。"
			if err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			return nil
		})
	})
}

func TestRevokeRole_AtOnceOrLater(t *testing.T) {
	each(t, func(w *world) {
		han := w.logins["韩青"]
		has := func(role identity.Role, want bool) {
			t.Helper()
			w.do(func(tx *store.Tx) error {
				a, err := identity.Load(tx, qinglan, han.ID)
				if got := a.Has(w.units["东坪村"].Path, role); got != want {
					t.Errorf("%s: %v, want %v", role, got, want)
				}
				return err
			})
		}
		revoke := func(by identity.Actor, role identity.Role, last calendar.Date) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				return identity.RevokeRole(tx, by, han.ID, role, w.units["云溪乡"].ID, last, "岗位调整")
			}
		}
		granting := func(tx *store.Tx) error {
			return identity.GrantRole(tx, w.sec, w.grant("韩青", identity.Cashier, "云溪乡"))
		}
		w.do(granting)
		has(identity.Cashier, true)
		w.refuse("role-missing", revoke(w.sys, identity.Cashier, ""))
		w.refuse("role-back-dated", revoke(w.sec, identity.Cashier, "2026-10-21"))
		w.refuse("role-not-held", revoke(w.sec, identity.Clerk, ""))
		w.do(revoke(w.sec, identity.Cashier, ""))
		has(identity.Cashier, false)
		w.do(func(tx *store.Tx) error {
			return identity.GrantRole(tx, w.sec, w.grant("韩青", identity.Accountant, "云溪乡"))
		})
		has(identity.Accountant, true)
		w.do(revoke(w.sec, identity.Accountant, ""))
		w.do(granting) // again on the day on which it was revoked
		has(identity.Cashier, true)
		w.do(revoke(w.sec, identity.Cashier, "2026-10-23"))
		has(identity.Cashier, true)
		w.clock.Set(w.clock.Now().AddDate(0, 0, 1))
		has(identity.Cashier, false)
		w.do(func(tx *store.Tx) error {
			rows, err := trail.List(tx, qinglan, identity.TrailOf(han.Person))
			var steps []string
			for i, r := range rows {
				steps = append(steps, r.Step)
				if r.Version != int64(i+1) || strings.Contains(r.Leaf, "韩青") || strings.Contains(r.Leaf, number(1)) {
					t.Errorf("leaf %d: %s", i+1, r.Leaf)
				}
			}
			want := "created login-created role-granted role-revoked role-granted role-revoked role-granted role-revoked"
			if got := strings.Join(steps, " "); got != want {
				t.Errorf("trail is %s, want %s", got, want)
			}
			return err
		})
	})
}

// TestAdministrators_EachHisOwn: who makes logins grants no roles, who grants roles makes no logins.
func TestAdministrators_EachHisOwn(t *testing.T) {
	each(t, func(w *world) {
		town := w.units["云溪乡"].ID
		for name, c := range map[string]struct {
			allowed identity.Actor
			act     func(tx *store.Tx, by identity.Actor) error
		}{
			"person": {w.sys, func(tx *store.Tx, by identity.Actor) error {
				_, err := identity.CreatePerson(tx, w.keys, by, identity.NewPerson{Name: "苏禾", Number: number(9), Unit: town})
				return err
			}},
			"login": {w.sys, func(tx *store.Tx, by identity.Actor) error {
				_, err := identity.CreateLogin(tx, by, identity.NewLogin{Name: "han.qing", Person: w.logins["韩青"].Person})
				return err
			}},
			"reset": {w.sys, func(tx *store.Tx, by identity.Actor) error {
				return identity.ResetPassword(tx, by, w.logins["韩青"].ID, hashed())
			}},
			"disable": {w.sys, func(tx *store.Tx, by identity.Actor) error {
				return identity.Disable(tx, by, w.logins["韩青"].ID, "离职交接")
			}},
			"unit": {w.sys, func(tx *store.Tx, by identity.Actor) error {
				_, err := identity.CreateUnit(tx, by, org.NewUnit{Code: "x1", Name: "南湾村", Kind: org.Village, Parent: town, From: "2026-01-01"})
				return err
			}},
			"grant": {w.sec, func(tx *store.Tx, by identity.Actor) error {
				return identity.GrantRole(tx, by, w.grant("韩青", identity.Clerk, "云溪乡"))
			}},
			"reveal": {w.sec, func(tx *store.Tx, by identity.Actor) error {
				_, err := identity.RevealIdentity(tx, w.keys, by, w.logins["韩青"].Person, "核对开户资料")
				return err
			}},
			"history": {w.audit, func(tx *store.Tx, by identity.Actor) error {
				_, err := identity.SignIns(tx, by, identity.SignInFilter{First: "2026-10-01", Last: "2026-10-31", Most: 10})
				return err
			}},
		} {
			for _, by := range []identity.Actor{w.sys, w.sec, w.audit, {County: qinglan}} {
				act := func(tx *store.Tx) error { return c.act(tx, by) }
				if by.Person == c.allowed.Person {
					w.do(act)
				} else {
					t.Run(name, func(t *testing.T) { w.refuse("role-missing", act) })
				}
			}
		}
		// The system administrator cannot become the security administrator by his password.
		w.refuse("role-missing", func(tx *store.Tx) error {
			return identity.ResetPassword(tx, w.sys, w.logins["secadmin"].ID, hashed())
		})
		w.refuse("role-missing", func(tx *store.Tx) error {
			return identity.ResetPassword(tx, w.sys, w.logins["auditadmin"].ID, hashed())
		})
		w.refuse("login-own", func(tx *store.Tx) error { return identity.Disable(tx, w.sys, w.sys.Login, "") })
	})
}

func TestCounties_DoNotSeeEachOther(t *testing.T) {
	each(t, func(w *world) {
		w.do(func(tx *store.Tx) error {
			root, err := identity.BootstrapCounty(tx, bailing, "白岭县", "", "2020-01-01")
			if err != nil {
				return err
			}
			persons, err := identity.ListPersons(tx, bailing, root.Path)
			if err != nil || len(persons) != 0 {
				t.Errorf("白岭县 sees %v, %v", persons, err)
			}
			logins, err := identity.ListLogins(tx, bailing, root.Path)
			if err != nil || len(logins) != 0 {
				t.Errorf("白岭县 sees %v, %v", logins, err)
			}
			if _, err := identity.FindLogin(tx, bailing, "韩青"); !fault.Is(err, fault.NotFound) {
				t.Errorf("白岭县 finds a login of 青岚县: %v", err)
			}
			if _, err := identity.Load(tx, bailing, w.logins["韩青"].ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("白岭县 loads an actor of 青岚县: %v", err)
			}
			// The same person may work in both; each county has a row, a key and a hash of its own.
			p, err := identity.BootstrapPerson(tx, w.keys, bailing, identity.NewPerson{Name: "韩青", Number: number(1), Unit: root.ID})
			if err != nil {
				return err
			}
			names, err := identity.Names(tx, bailing)
			if len(names) != 1 || names[p.ID] != "韩青" {
				t.Errorf("names are %v", names)
			}
			return err
		})
	})
}
