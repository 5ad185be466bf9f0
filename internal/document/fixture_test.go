package document_test

import (
	"context"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

const county = 990001

const (
	countyPath   = "/1/"
	townPath     = "/1/2/"
	villagePath  = "/1/2/3/"
	neighbour    = "/1/4/"
	today        = calendar.Date("2026-10-23") // the business date at storetest.Start
	open         = document.State("open")
	shut         = document.State("shut")
	villageUnit  = 3
	townshipUnit = 2
)

var allDuties = []document.Duty{
	document.DutyInitiate, document.DutyApprove, document.DutyReview, document.DutyMake, document.DutyCheck, document.DutyPost,
	document.DutyPay, document.DutyReconcile, document.DutyArchive, document.DutyReceipts, document.DutyCustody, document.DutySupervise,
}

// matter is a kind whose steps are nothing but duties: "make-M" makes one as 制单, "do-C" checks it, and so on.
var matter = matterKind()

func matterKind() *document.Kind {
	roles := []identity.Role{identity.Clerk}
	states := []document.State{open}
	k := &document.Kind{
		Name: "matter", Title: "事项", States: map[document.State]string{open: "办理中", shut: "已办结"},
		Steps: []document.Step{
			{Name: "make", Title: "登记", To: open, Roles: roles},
			{Name: "shut", Title: "办结", From: states, To: shut, Roles: roles},
			{Name: "return", Title: "退回", From: states, To: open, Roles: roles, Reason: true},
			{Name: "prove", Title: "举证", From: states, To: open, Roles: roles, Attach: true},
			{Name: "second", Title: "复批", From: states, To: open, Roles: roles, Duty: document.DutyReview, Apart: []document.Duty{document.DutyApprove}},
		},
	}
	for _, d := range allDuties {
		k.Steps = append(k.Steps,
			document.Step{Name: "make-" + string(d), Title: d.Title(), To: open, Roles: roles, Duty: d},
			document.Step{Name: "do-" + string(d), Title: d.Title(), From: states, To: open, Roles: roles, Duty: d})
	}
	return k
}

type office struct {
	t  *testing.T
	db *store.DB
}

func newOffice(t *testing.T, db *store.DB) *office {
	t.Helper()
	o := &office{t, db}
	o.must(func(tx *store.Tx) error {
		if _, err := tx.Exec(`insert into county (county_id, name, created_at) values ($1, '青岚县', '')`, county); err != nil {
			return err
		}
		for _, u := range []struct {
			id, parent       int64
			code, name, kind string
			path             string
		}{
			{1, 0, "990001", "青岚县", "county", countyPath}, {townshipUnit, 1, "990001101", "柳溪镇", "township", townPath},
			{villageUnit, 2, "990001101201", "清溪村", "village", villagePath}, {4, 1, "990001102", "石桥镇", "township", neighbour},
		} {
			var parent any
			if u.parent != 0 {
				parent = u.parent
			}
			_, err := tx.Exec(`insert into unit (county_id, unit_id, code, name, kind, parent_id, path, mnemonic, valid_from)
				values ($1, $2, $3, $4, $5, $6, $7, '', '2020-01-01')`, county, u.id, u.code, u.name, u.kind, parent, u.path)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return o
}

// person gives somebody under one of his logins: duties are told apart by person.
func person(id, login int64, path string, roles ...identity.Role) identity.Actor {
	a := identity.Actor{County: county, Person: id, Login: login}
	for _, r := range roles {
		a.Grants = append(a.Grants, identity.Grant{Role: r, Path: path})
	}
	return a
}

func clerk(id int64) identity.Actor { return person(id, id, townPath, identity.Clerk) }

func (o *office) try(f func(tx *store.Tx) error) error {
	return o.db.Write(context.Background(), f)
}

func (o *office) must(f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.try(f); err != nil {
		o.t.Fatal(err)
	}
}

func act(by identity.Actor, step, id string, version int64) document.Act {
	return document.Act{By: by, Kind: matter, Step: step, ID: id, Version: version, Unit: townshipUnit, Path: townPath, Today: today}
}

// make makes a matter by a step and gives it.
func (o *office) make(a document.Act) document.Document {
	o.t.Helper()
	var d document.Document
	o.must(func(tx *store.Tx) (err error) {
		d, err = document.Make(tx, a, nil)
		return err
	})
	return d
}

func (o *office) take(a document.Act) (d document.Document, err error) {
	err = o.try(func(tx *store.Tx) (err error) {
		d, err = document.Take(tx, a, nil)
		return err
	})
	return d, err
}
