package notice_test

import (
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/notice"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const county = 990001

// office is a township with a village, another township, and people over them.
type office struct {
	db                                    *store.DB
	town                                  org.Unit
	head, villager, county, other, nobody identity.Actor
}

func newOffice(t *testing.T, db *store.DB) *office {
	t.Helper()
	o := &office{db: db}
	o.write(t, func(tx *store.Tx) error {
		root, err := org.CreateCounty(tx, county, "青岚县", "2026-10-23", "2020-01-01")
		if err != nil {
			return err
		}
		units := map[string]org.Unit{"": root}
		for _, u := range []struct {
			code, name, parent string
			kind               org.Kind
		}{{"990001100", "柳溪镇", "", org.Township}, {"990001100201", "石桥村", "990001100", org.Village}, {"990001200", "云溪乡", "", org.Township}} {
			made, err := org.Create(tx, county, org.NewUnit{Code: u.code, Name: u.name, Kind: u.kind, Parent: units[u.parent].ID, From: "2020-01-01"})
			if err != nil {
				return err
			}
			units[u.code] = made
		}
		actor := func(person int64, role identity.Role, u org.Unit) identity.Actor {
			return identity.Actor{County: county, Login: person, Person: person, Grants: []identity.Grant{{Role: role, Unit: u.ID, Path: u.Path}}}
		}
		o.town = units["990001100"]
		o.head, o.villager = actor(1, identity.OfficeHead, o.town), actor(2, identity.VillageClerk, units["990001100201"])
		o.county, o.other = actor(3, identity.CountyTreasury, root), actor(4, identity.OfficeHead, units["990001200"])
		o.nobody = identity.Actor{County: county, Person: 5}
		return nil
	})
	return o
}

func (o *office) write(t *testing.T, f func(tx *store.Tx) error) {
	t.Helper()
	if err := o.db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func (o *office) refuse(t *testing.T, code string, f func(tx *store.Tx) error) {
	t.Helper()
	if err := o.db.Write(t.Context(), f); !fault.HasCode(err, code) {
		t.Errorf("got %v, want a refusal %s", err, code)
	}
}

func (o *office) sees(t *testing.T, by identity.Actor) int {
	t.Helper()
	var all []notice.Notice
	o.write(t, func(tx *store.Tx) (err error) { all, err = notice.Current(tx, by, "2026-10-23"); return err })
	return len(all)
}

// TestNotice_GoesDown: a notice reaches its unit and what lies beneath, and whoever could have given it; nobody else.
func TestNotice_GoesDown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		n := notice.New{Document: document.NewID(), Unit: o.town.ID, Title: "报送单据", Body: "28 日前\n报送", From: "2026-10-01", To: "2026-10-31"}
		issue := func(by identity.Actor, n notice.New) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { _, err := notice.Issue(tx, by, n); return err }
		}
		o.write(t, issue(o.head, n))
		o.refuse(t, "document-exists", issue(o.head, n))
		for who, c := range map[string]struct {
			by   identity.Actor
			want int
		}{"head": {o.head, 1}, "villager": {o.villager, 1}, "county": {o.county, 0}, "other": {o.other, 0}, "nobody": {o.nobody, 0}} {
			if got := o.sees(t, c.by); got != c.want {
				t.Errorf("%s sees %d notices, want %d", who, got, c.want)
			}
		}
		o.write(t, func(tx *store.Tx) error {
			all, err := notice.List(tx, o.county)
			if len(all) != 1 {
				t.Errorf("the county lists %d notices, want 1", len(all))
			}
			return err
		})
		o.refuse(t, "notice-unknown", func(tx *store.Tx) error { return notice.Read(tx, o.other, n.Document) })
		for range 2 {
			o.write(t, func(tx *store.Tx) error { return notice.Read(tx, o.villager, n.Document) })
		}
		o.write(t, func(tx *store.Tx) error {
			read, err := notice.Readers(tx, county, n.Document)
			if len(read) != 1 || read[2] == "" {
				t.Errorf("read by %v", read)
			}
			return err
		})
		withdraw := func(by identity.Actor, reason string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { _, err := notice.Withdraw(tx, by, n.Document, 1, reason); return err }
		}
		o.refuse(t, "role-missing", withdraw(o.villager, "写错了"))
		o.refuse(t, "reason-missing", withdraw(o.head, ""))
		o.write(t, withdraw(o.county, "日期写错"))
		if got := o.sees(t, o.villager); got != 0 {
			t.Errorf("a withdrawn notice is still shown: %d", got)
		}
	})
}

// TestNotice_Refuses: what nobody could read or understand is not issued, nor by who has no right.
func TestNotice_Refuses(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	good := notice.New{Unit: o.town.ID, Title: "报送单据", Body: "28 日前报送", From: "2026-10-01", To: "2026-10-31"}
	for code, change := range map[string]func(n *notice.New, by *identity.Actor){
		"notice-title-missing":  func(n *notice.New, _ *identity.Actor) { n.Title = " " },
		"notice-body-missing":   func(n *notice.New, _ *identity.Actor) { n.Body = "" },
		"notice-dates-reversed": func(n *notice.New, _ *identity.Actor) { n.To = "2026-09-30" },
		"notice-over":           func(n *notice.New, _ *identity.Actor) { n.To = "2026-10-22" },
		"text-hidden-character": func(n *notice.New, _ *identity.Actor) { n.Body = "28 日\u200b前" },
		"unit-unknown":          func(_ *notice.New, by *identity.Actor) { *by = o.other },
		"role-missing":          func(_ *notice.New, by *identity.Actor) { by.Grants[0].Role = identity.Accountant },
	} {
		n, by := good, o.head
		by.Grants = append([]identity.Grant(nil), by.Grants...)
		n.Document = document.NewID()
		change(&n, &by)
		o.refuse(t, code, func(tx *store.Tx) error { _, err := notice.Issue(tx, by, n); return err })
	}
}
