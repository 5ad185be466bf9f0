package identity_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// TestRoles_WalkKeepsTheLaw grants and revokes at random, while days pass, and looks after each step that nobody holds
// on any day what the law keeps apart.
func TestRoles_WalkKeepsTheLaw(t *testing.T) {
	each(t, func(w *world) {
		const seed = 20261023
		r := rand.New(rand.NewPCG(seed, 35))
		w.do(func(tx *store.Tx) (err error) {
			w.logins["韩青二"], err = identity.CreateLogin(tx, w.sys, identity.NewLogin{Name: "韩青二", Person: w.logins["韩青"].Person})
			return err
		})
		pick := func(from ...string) string { return from[r.IntN(len(from))] }
		granted, refused := 0, 0
		for range 250 {
			today := calendar.DateOf(w.clock.Now())
			role := identity.Role(pick("cashier", "accountant", "reviewer", "clerk", "sysadmin", "auditadmin", "auditor"))
			g := w.grant(pick("韩青", "韩青二", "柳舟"), role, pick("县", "云溪乡", "石桥镇", "东坪村"))
			g.From = today.AddDays(r.IntN(3))
			if r.IntN(4) > 0 {
				g.To = g.From.AddDays(r.IntN(4))
			}
			err := w.db.Write(context.Background(), func(tx *store.Tx) error {
				if r.IntN(4) == 0 {
					return identity.RevokeRole(tx, w.sec, g.Login, g.Role, g.Unit, "", "")
				}
				return identity.GrantRole(tx, w.sec, g)
			})
			switch {
			case err == nil:
				granted++
			case fault.As(err) != nil:
				refused++
			default:
				t.Fatalf("seed %d: %v", seed, err)
			}
			w.lawHolds(today, seed)
			w.later(time.Duration(r.IntN(8)) * time.Hour)
		}
		if granted < 25 || refused < 25 {
			t.Errorf("seed %d: %d steps taken and %d refused: the walk tries too little", seed, granted, refused)
		}
	})
}

// lawHolds looks at each person's roles, day by day, without the code that refuses them.
func (w *world) lawHolds(today calendar.Date, seed uint64) {
	w.t.Helper()
	w.do(func(tx *store.Tx) error {
		for _, name := range []string{"韩青", "柳舟"} {
			all, err := identity.RolesOf(tx, qinglan, w.logins[name].Person)
			if err != nil {
				return err
			}
			for ahead := range 8 {
				day := today.AddDays(ahead)
				held := slices.DeleteFunc(slices.Clone(all), func(h identity.Held) bool { return day < h.From || h.To != "" && day > h.To })
				for _, a := range held {
					for _, b := range held {
						if unlawful(a, b) {
							w.t.Errorf("seed %d: on %s %s is %s at %s and %s at %s", seed, day, name, a.Role, a.UnitName, b.Role, b.UnitName)
						}
					}
				}
			}
		}
		return nil
	})
}

func unlawful(a, b identity.Held) bool {
	admin := func(r identity.Role) bool {
		return r == identity.SysAdmin || r == identity.SecAdmin || r == identity.AuditAdmin
	}
	nested := org.Within(a.Path, b.Path) || org.Within(b.Path, a.Path)
	books := b.Role == identity.Accountant || b.Role == identity.Reviewer || b.Role == identity.OfficeHead || b.Role == identity.CountyTreasury
	watches := a.Role == identity.Auditor && b.Role != identity.Auditor
	return (a.Role == identity.Cashier && books || watches) && nested || admin(a.Role) && a.Role != b.Role
}
