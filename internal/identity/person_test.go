package identity_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

func TestCreatePerson_OncePerNumber(t *testing.T) {
	each(t, func(w *world) {
		create := func(name, number, unit string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				_, err := identity.CreatePerson(tx, w.keys, w.sys, identity.NewPerson{Name: name, Number: number, Unit: w.units[unit].ID})
				return err
			}
		}
		w.do(func(tx *store.Tx) error {
			err := create("韩轻", strings.ToLower(number(1)), "石桥镇")(tx)
			if !fault.HasCode(err, "person-exists") || !strings.Contains(err.Error(), identity.Mask(number(1))) || strings.Contains(err.Error(), number(1)) {
				t.Errorf("the same number again: %v", err)
			}
			return nil
		})
		w.refuse("person-name-missing", create(" ", number(5), "云溪乡"))
		w.refuse("name-too-long", create(strings.Repeat("长", 41), number(5), "云溪乡"))
		w.refuse("text-hidden-character", create("苏\u202e禾", number(5), "云溪乡"))
		w.refuse("identity-check-digit", create("苏禾", "110105194912310021", "云溪乡"))
		w.refuse("unit-unknown", create("苏禾", number(5), "无"))
		w.do(create("苏禾", number(5), "东坪村"))
		w.do(func(tx *store.Tx) error {
			all, err := identity.ListPersons(tx, qinglan, w.units["云溪乡"].Path)
			var names []string
			for _, p := range all {
				names = append(names, p.Name+p.Masked)
			}
			if len(all) != 4 || names[3] != "苏禾"+identity.Mask(number(5)) {
				t.Errorf("persons are %v", names)
			}
			p, found, err2 := identity.FindByNumber(tx, w.keys, qinglan, number(5))
			if !found || p.Name != "苏禾" || err2 != nil {
				t.Errorf("found %+v, %v, %v", p, found, err2)
			}
			if _, found, err2 = identity.FindByNumber(tx, w.keys, qinglan, number(6)); found || err2 != nil {
				t.Errorf("found nobody: %v, %v", found, err2)
			}
			return err
		})
	})
}

func TestPersons_LockedWithoutKeys(t *testing.T) {
	each(t, func(w *world) {
		none, _ := newKeys(t)
		w.do(func(tx *store.Tx) error {
			all, err := identity.ListPersons(tx, qinglan, w.units["县"].Path)
			if len(all) != 6 {
				t.Errorf("without keys %d persons are listed", len(all))
			}
			return err
		})
		w.refuse("keys-missing", func(tx *store.Tx) error {
			_, err := identity.RevealIdentity(tx, none, w.sec, w.logins["韩青"].Person, "核对开户资料")
			return err
		})
		w.refuse("keys-missing", func(tx *store.Tx) error {
			_, err := identity.CreatePerson(tx, none, w.sys, identity.NewPerson{Name: "苏禾", Number: number(5), Unit: w.units["云溪乡"].ID})
			return err
		})
	})
}

func TestRevealIdentity_LeavesItsReason(t *testing.T) {
	each(t, func(w *world) {
		han := w.logins["韩青"].Person
		w.refuse("reveal-reason-missing", func(tx *store.Tx) error {
			_, err := identity.RevealIdentity(tx, w.keys, w.sec, han, " 看 ")
			return err
		})
		w.refuse("text-hidden-character", func(tx *store.Tx) error {
			_, err := identity.RevealIdentity(tx, w.keys, w.sec, han, "核对\u200b资料")
			return err
		})
		w.refuse("person-unregistered", func(tx *store.Tx) error {
			_, err := identity.RevealIdentity(tx, w.keys, w.sec, w.sys.Person, "核对开户资料")
			return err
		})
		w.do(func(tx *store.Tx) error {
			got, err := identity.RevealIdentity(tx, w.keys, w.sec, han, "核对开户资料")
			if got != number(1) {
				t.Errorf("revealed %q", got)
			}
			return err
		})
		w.do(func(tx *store.Tx) error {
			rows, err := trail.List(tx, qinglan, identity.TrailOf(han))
			last := rows[len(rows)-1]
			if last.Step != "identity-revealed" || last.Reason != "核对开户资料" || last.Person != w.sec.Person || strings.Contains(last.Leaf, "开户") {
				t.Errorf("the trail ends with %+v", last)
			}
			return err
		})
		// A ciphertext moved to another person's row does not open there.
		w.do(func(tx *store.Tx) error {
			_, err := tx.Exec(`update person set id_sealed = (select id_sealed from person where county_id = $1 and person_id = $2)
				where county_id = $1 and person_id = $3`, qinglan, han, w.logins["柳舟"].Person)
			return err
		})
		w.refuse("seal-broken", func(tx *store.Tx) error {
			_, err := identity.RevealIdentity(tx, w.keys, w.sec, w.logins["柳舟"].Person, "核对开户资料")
			return err
		})
	})
}

func TestRegisterNumber_OfAnAdministrator(t *testing.T) {
	each(t, func(w *world) {
		register := func(number string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return identity.RegisterNumber(tx, w.keys, w.sys, w.audit.Person, number) }
		}
		w.refuse("person-exists", register(number(1)))
		w.do(register(number(8)))
		w.refuse("person-registered", register(number(9)))
		w.do(func(tx *store.Tx) error {
			got, err := identity.RevealIdentity(tx, w.keys, w.sec, w.audit.Person, "核对任命文件")
			if got != number(8) {
				t.Errorf("registered as %q", got)
			}
			return err
		})
	})
}

func TestCreateLogin_Refuses(t *testing.T) {
	each(t, func(w *world) {
		for name, want := range map[string]string{
			"韩青": "login-name-taken", " 韩青 ": "login-name-taken", "SYSADMIN": "login-name-taken",
			"": "login-name-malformed", "a b": "login-name-malformed", "a;b": "login-name-malformed", strings.Repeat("长", 41): "login-name-malformed",
		} {
			w.refuse(want, func(tx *store.Tx) error {
				_, err := identity.CreateLogin(tx, w.sys, identity.NewLogin{Name: name, Person: w.logins["韩青"].Person})
				return err
			})
		}
		w.refuse("person-unknown", func(tx *store.Tx) error {
			_, err := identity.CreateLogin(tx, w.sys, identity.NewLogin{Name: "new", Person: 99})
			return err
		})
		w.do(func(tx *store.Tx) error {
			all, err := identity.ListLogins(tx, qinglan, w.units["县"].Path)
			var lines []string
			for _, l := range all {
				line := l.Name
				for _, r := range l.Roles {
					line += " " + string(r.Role) + "@" + r.UnitName
				}
				lines = append(lines, line)
			}
			want := "auditadmin auditadmin@青岚县\nsecadmin secadmin@青岚县\nsysadmin sysadmin@青岚县\n柳舟\n韩青\n麦田"
			if got := strings.Join(lines, "\n"); got != want {
				t.Errorf("logins are\n%s\nwant\n%s", got, want)
			}
			return err
		})
	})
}
