package identity_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const qinglan, bailing int64 = 990001, 990002

const password = "青山 绿水 三十六乡"

// hashed hashes the password once: a hash takes tens of milliseconds.
var hashed = sync.OnceValue(func() identity.PasswordHash {
	h, err := identity.HashPassword(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return h
})

// world is 青岚县 with two townships, a village, the three administrators and people without roles.
type world struct {
	t      *testing.T
	db     *store.DB
	clock  *storetest.Clock
	keys   *identity.Keys
	units  map[string]org.Unit
	logins map[string]identity.Login
	sys    identity.Actor
	sec    identity.Actor
	audit  identity.Actor
}

// each runs a test on both engines, in a world whose clock it may move.
func each(t *testing.T, test func(w *world)) {
	t.Helper()
	for name, target := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "test.db") },
		"postgres": func(t *testing.T) string { return storetest.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			clock := &storetest.Clock{}
			clock.Set(storetest.Start)
			db, err := store.Open(context.Background(), target(t), store.Options{Clock: clock.Now, Unsafe: true, Readers: 2})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			test(newWorld(t, db, clock))
		})
	}
}

func newWorld(t *testing.T, db *store.DB, clock *storetest.Clock) *world {
	t.Helper()
	keys, err := identity.LoadKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	for _, county := range []int64{qinglan, bailing} {
		if err := keys.Create(county); err != nil {
			t.Fatal(err)
		}
	}
	w := &world{t: t, db: db, clock: clock, keys: keys, units: map[string]org.Unit{}, logins: map[string]identity.Login{}}
	w.do(func(tx *store.Tx) error {
		root, err := identity.BootstrapCounty(tx, qinglan, "青岚县", "", "2020-01-01")
		if err != nil {
			return err
		}
		w.units["县"] = root
		for _, u := range []struct{ key, code, parent string }{{"云溪乡", "990001200", "县"}, {"石桥镇", "990001100", "县"}, {"东坪村", "990001200201", "云溪乡"}} {
			made, err := org.Create(tx, qinglan, org.NewUnit{Code: u.code, Name: u.key, Kind: org.Township, Parent: w.units[u.parent].ID, From: "2020-01-01"})
			if err != nil {
				return err
			}
			w.units[u.key] = made
		}
		for _, a := range identity.Administrators() {
			if w.logins[a.Login], err = identity.BootstrapAdministrator(tx, qinglan, a, hashed()); err != nil {
				return err
			}
		}
		w.sys, err = identity.ByName(tx, qinglan, "sysadmin")
		if err != nil {
			return err
		}
		if w.sec, err = identity.ByName(tx, qinglan, "secadmin"); err != nil {
			return err
		}
		w.audit, err = identity.ByName(tx, qinglan, "auditadmin")
		return err
	})
	for i, name := range []string{"韩青", "柳舟", "麦田"} {
		w.person(name, i+1)
	}
	return w
}

// number makes an identity number of the invented county with a right check character.
func number(i int) string {
	body := fmt.Sprintf("990001198501%02d%03d", 1+i%28, i)
	sum := 0
	for at, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(body[at]-'0') * weight
	}
	return body + string("10X98765432"[sum%11])
}

// person makes a person of 云溪乡 with a login of the same name.
func (w *world) person(name string, i int) {
	w.t.Helper()
	w.do(func(tx *store.Tx) error {
		p, err := identity.CreatePerson(tx, w.keys, w.sys, identity.NewPerson{Name: name, Number: number(i), Unit: w.units["云溪乡"].ID})
		if err != nil {
			return err
		}
		w.logins[name], err = identity.CreateLogin(tx, w.sys, identity.NewLogin{Name: name, Person: p.ID, Password: hashed()})
		return err
	})
}

func (w *world) do(step func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(context.Background(), step); err != nil {
		w.t.Fatal(err)
	}
}

// refuse runs a step that must be refused with a code and a way out.
func (w *world) refuse(code string, step func(tx *store.Tx) error) {
	w.t.Helper()
	w.refused(code, w.db.Write(context.Background(), step))
}

func (w *world) refused(code string, err error) {
	w.t.Helper()
	f := fault.As(err)
	switch {
	case f == nil || f.Code != code:
		w.t.Errorf("got %v, want %s", err, code)
	case f.Message == "" || f.Hint == "":
		w.t.Errorf("%s says %q, without a way out", code, f.Error())
	}
}

func (w *world) grant(login string, role identity.Role, unit string) identity.NewGrant {
	return identity.NewGrant{Login: w.logins[login].ID, Role: role, Unit: w.units[unit].ID}
}
