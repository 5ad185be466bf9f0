package attachment_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
)

const qinglan int64 = 990001

var claim = &document.Kind{Name: "claim", Title: "报销单", States: map[document.State]string{"draft": "草稿"},
	Steps: []document.Step{{Name: "make", Title: "填制", To: "draft", Roles: []identity.Role{identity.Clerk}}}}

// office makes a township with one document and gives an actor of each role over it.
func office(t *testing.T, db *store.DB) (id string, actor func(role identity.Role) identity.Actor) {
	t.Helper()
	id = document.NewID()
	write(t, db, func(tx *store.Tx) error {
		root, err := org.CreateCounty(tx, qinglan, "青岚县", "", "2020-01-01")
		if err != nil {
			return err
		}
		town, err := org.Create(tx, qinglan, org.NewUnit{Code: "990001200", Name: "云溪乡", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
		if err != nil {
			return err
		}
		actor = func(role identity.Role) identity.Actor {
			return identity.Actor{County: qinglan, Login: 1, Person: 7, Name: "韩青", Grants: []identity.Grant{{Role: role, Unit: town.ID, Path: town.Path}}}
		}
		_, err = document.Make(tx, document.Act{By: actor(identity.Clerk), Kind: claim, Step: "make", ID: id, Unit: town.ID, Path: town.Path, Today: "2026-10-23"}, nil)
		return err
	})
	return id, actor
}

func write(t *testing.T, db *store.DB, step func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), step); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, files *attachment.Files, content string) attachment.File {
	t.Helper()
	f, err := files.Put(context.Background(), strings.NewReader(content), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAttach_OncePerFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id, actor := office(t, db)
		files, _ := folder(t)
		clerk := actor(identity.Clerk)
		invoice, photo := put(t, files, pdf), put(t, files, "\xff\xd8\xff\xe0 photo of the goods")
		for _, c := range []struct {
			file attachment.File
			name string
		}{{invoice, `C:\票据\发票.PDF`}, {photo, "../照片\x00.exe"}, {invoice, "again.pdf"}} {
			write(t, db, func(tx *store.Tx) error {
				_, err := attachment.Attach(tx, clerk, id, c.file, c.name)
				return err
			})
		}
		write(t, db, func(tx *store.Tx) error {
			all, err := attachment.List(tx, qinglan, id)
			if err != nil {
				return err
			}
			if len(all) != 2 || all[0].Name != "发票.PDF" || all[1].Name != "照片.jpg" || all[0].File != invoice || all[0].Person != 7 {
				t.Errorf("attached are %+v", all)
			}
			leaves, err := trail.List(tx, qinglan, attachment.TrailOf(id))
			if err != nil {
				return err
			}
			if len(leaves) != 2 || !strings.Contains(leaves[1].Leaf, photo.SHA256) || strings.Contains(leaves[1].Leaf, "照片") {
				t.Errorf("the trail holds %+v", leaves)
			}
			other, err := attachment.List(tx, 990002, id)
			if len(other) != 0 {
				t.Errorf("another county sees %v", other)
			}
			return err
		})
	})
}

func TestAttach_RightsOfTheUnit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id, actor := office(t, db)
		files, _ := folder(t)
		f := put(t, files, pdf)
		attach := func(by identity.Actor, id string) error {
			return db.Write(context.Background(), func(tx *store.Tx) error {
				_, err := attachment.Attach(tx, by, id, f, "发票.pdf")
				return err
			})
		}
		get := func(by identity.Actor, sha string) error {
			return db.Read(context.Background(), func(tx *store.Tx) error {
				_, err := attachment.Get(tx, by, id, sha)
				return err
			})
		}
		for _, role := range []identity.Role{identity.Auditor, identity.Deputy, identity.UnitHead, identity.SysAdmin} {
			if err := attach(actor(role), id); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s attaches: %v", role, err)
			}
		}
		if err := attach(actor(identity.Clerk), document.NewID()); !fault.HasCode(err, "attachment-document-missing") {
			t.Errorf("to no document: %v", err)
		}
		stranger := actor(identity.Clerk)
		stranger.County = 990002
		if err := attach(stranger, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("from another county: %v", err)
		}
		if err := attach(actor(identity.Clerk), id); err != nil {
			t.Error(err)
		}
		for _, role := range []identity.Role{identity.Auditor, identity.Cashier, identity.UnitHead} {
			if err := get(actor(role), f.SHA256); err != nil {
				t.Errorf("%s reads: %v", role, err)
			}
		}
		for _, role := range []identity.Role{identity.SysAdmin, identity.SecAdmin, identity.AuditAdmin} {
			if err := get(actor(role), f.SHA256); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s reads: %v", role, err)
			}
		}
		if err := get(actor(identity.Auditor), strings.Repeat("0", 64)); !fault.HasCode(err, "attachment-unknown") {
			t.Errorf("an unknown file: %v", err)
		}
	})
}

func TestDamaged_NamesWhatIsLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		id, actor := office(t, db)
		files, dir := folder(t)
		whole, lost, changed := put(t, files, pdf), put(t, files, pdf+"1"), put(t, files, pdf+"2")
		for _, f := range []attachment.File{whole, lost, changed} {
			write(t, db, func(tx *store.Tx) error {
				_, err := attachment.Attach(tx, actor(identity.Clerk), id, f, "")
				return err
			})
		}
		at := func(f attachment.File) string { return filepath.Join(dir, f.SHA256[:2], f.SHA256) }
		if err := os.Remove(at(lost)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at(changed), []byte(pdf), 0o600); err != nil {
			t.Fatal(err)
		}
		write(t, db, func(tx *store.Tx) error {
			damaged, err := attachment.Damaged(tx, files, qinglan)
			found := map[string]bool{}
			for _, a := range damaged {
				found[a.SHA256] = true
				if a.Name != "附件.pdf" {
					t.Errorf("named %q", a.Name)
				}
			}
			if len(found) != 2 || !found[lost.SHA256] || !found[changed.SHA256] {
				t.Errorf("damaged are %v", damaged)
			}
			return err
		})
	})
}
