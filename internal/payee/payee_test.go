package payee_test

import (
	"context"
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const county int64 = 990001

type world struct {
	t                             *testing.T
	db                            *store.DB
	keys                          *identity.Keys
	town                          org.Unit
	clerk, checker, head, section identity.Actor
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	keys, err := identity.LoadKeys(t.TempDir())
	if err == nil {
		err = keys.Create(county)
	}
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: db, keys: keys}
	w.must(func(tx *store.Tx) error {
		root, err := org.CreateCounty(tx, county, "青岚县", "2026-10-23", "2020-01-01")
		if err != nil {
			return err
		}
		w.town, err = org.Create(tx, county, org.NewUnit{Code: "990001101", Name: "柳溪镇", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
		actor := func(id int64, role identity.Role, u org.Unit) identity.Actor {
			return identity.Actor{County: county, Login: id, Person: id, Grants: []identity.Grant{{Role: role, Unit: u.ID, Path: u.Path}}}
		}
		w.clerk, w.checker, w.head = actor(1, identity.Clerk, w.town), actor(2, identity.Reviewer, w.town), actor(3, identity.OfficeHead, w.town)
		w.section = actor(4, identity.CountyTreasury, root)
		return err
	})
	return w
}

func (w *world) must(step func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(context.Background(), step); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refused(code string, step func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(context.Background(), step); !fault.HasCode(err, code) {
		w.t.Errorf("want %s, got %v", code, err)
	}
}

func (w *world) shop() payee.Change {
	return payee.Change{
		Document: document.NewID(), Act: payee.Register, Name: "青岚县利民办公用品店", Kind: payee.Unit, Unit: w.town.ID, Basis: "营业执照、开户许可证",
		Number: "8110 0123 4567", Account: payee.Account{Kind: payee.Settlement, Bank: "中国工商银行青岚支行", BankNumber: "102100099996"},
	}
}

func (w *world) report(by identity.Actor, c payee.Change) (id int64) {
	w.t.Helper()
	w.must(func(tx *store.Tx) (err error) { id, err = payee.Report(tx, w.keys, by, c); return err })
	return id
}

func (w *world) payable(id int64) func(tx *store.Tx) error {
	return func(tx *store.Tx) error { _, err := payee.Payable(tx, county, id, "2026-10-23"); return err }
}

func (w *world) verified() {
	w.t.Helper()
	w.must(func(tx *store.Tx) error {
		flaws, err := payee.Verify(tx, county)
		for _, f := range flaws {
			w.t.Errorf("%s: %s", f.Document, f.Message)
		}
		return err
	})
}

// TestPayee_TwoHands: registered by one, checked by another; a new account the same; stopped at once, lifted by two.
func TestPayee_TwoHands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.shop()
		id := w.report(w.clerk, c)
		w.refused("document-exists", func(tx *store.Tx) error { _, err := payee.Report(tx, w.keys, w.clerk, c); return err })
		w.refused("payee-unchecked", w.payable(id))
		w.refused("role-missing", func(tx *store.Tx) error { return payee.Check(tx, w.clerk, c.Document, 1) })
		w.must(func(tx *store.Tx) error { return payee.Check(tx, w.checker, c.Document, 1) })
		w.must(w.payable(id))

		moved := w.shop()
		moved.Act, moved.Payee, moved.Number, moved.Account.Bank, moved.Account.BankNumber = payee.Reaccount, id, "622848000000000000", "中国农业银行青岚支行", "103100000026"
		w.report(w.section, moved)
		w.refused("duty-clash", func(tx *store.Tx) error { return payee.Check(tx, w.section, moved.Document, 1) })
		w.must(func(tx *store.Tx) error {
			p, err := payee.Get(tx, county, id)
			if p.Account.Tail != "4567" {
				t.Errorf("an account that nobody checked is in force: %s", p.Account.Masked())
			}
			return err
		})
		w.must(func(tx *store.Tx) error { return payee.Check(tx, w.checker, moved.Document, 1) })
		w.must(func(tx *store.Tx) error {
			p, err := payee.Payable(tx, county, id, "2026-10-23")
			number, _, opened := payee.Open(tx, w.keys, county, p.Account.Document)
			if p.Account.Masked() != "****0000" || number != "622848000000000000" || opened != nil {
				t.Errorf("account %s, %s, %v", p.Account.Masked(), number, opened)
			}
			before, _, opened := payee.Open(tx, w.keys, county, c.Document)
			if before != "811001234567" || opened != nil {
				t.Errorf("the account before it: %s, %v", before, opened)
			}
			return err
		})

		stop := payee.Change{Document: document.NewID(), Act: payee.Halt, Payee: id, On: "2026-10-20", Why: "虚开发票,正在核查", Basis: "青财监〔2026〕8号"}
		w.refused("role-missing", func(tx *store.Tx) error { _, err := payee.Report(tx, w.keys, w.clerk, stop); return err })
		w.report(w.head, stop)
		w.refused("payee-stopped", w.payable(id))
		lift := payee.Change{Document: document.NewID(), Act: payee.Lift, Payee: id, On: "2026-10-23", Why: "核查结束,没有问题", Basis: "青财监〔2026〕11号"}
		w.report(w.head, lift)
		w.refused("payee-stopped", w.payable(id))
		w.refused("duty-clash", func(tx *store.Tx) error { return payee.Check(tx, w.head, lift.Document, 1) })
		w.must(func(tx *store.Tx) error { return payee.Check(tx, w.section, lift.Document, 1) })
		w.must(w.payable(id))

		w.refused("role-missing", func(tx *store.Tx) error { _, err := payee.Reveal(tx, w.keys, w.clerk, id, "核对"); return err })
		w.refused("reason-missing", func(tx *store.Tx) error { _, err := payee.Reveal(tx, w.keys, w.head, id, " "); return err })
		w.must(func(tx *store.Tx) error {
			number, err := payee.Reveal(tx, w.keys, w.head, id, "核对开户资料")
			if number != "622848000000000000" {
				t.Errorf("revealed %s", number)
			}
			return err
		})
		w.verified()
	})
}

// TestReport_Refusals: what is refused of a payee, each by its code.
func TestReport_Refusals(t *testing.T) {
	w := newWorld(t, storetest.One(t))
	w.report(w.clerk, w.shop())
	for code, how := range map[string]func(c *payee.Change){
		"payee-account-name":       func(c *payee.Change) { c.Account.Name = "王五" },
		"payee-account-known":      func(c *payee.Change) { c.Name = "另一家店" },
		"payee-account-characters": func(c *payee.Change) { c.Number = "8110O1234567" },
		"payee-account-length":     func(c *payee.Change) { c.Number = "12345" },
		"payee-card-check":         func(c *payee.Change) { c.Number, c.Account.Kind = "6217000000000000013", payee.Card },
		"payee-bank-number":        func(c *payee.Change) { c.Number, c.Account.BankNumber = "111122223333", "102100099997" },
		"payee-code":               func(c *payee.Change) { c.Number, c.Code = "111122223333", "91350100M000100Y44" },
		"payee-missing":            func(c *payee.Change) { c.Basis = " " },
		"payee-kind":               func(c *payee.Change) { c.Kind = "ghost" },
		"name-too-long":            func(c *payee.Change) { c.Name = strings.Repeat("长", 81) },
		"unit-unknown":             func(c *payee.Change) { c.Unit = 1 },
	} {
		c := w.shop()
		c.Document = document.NewID()
		how(&c)
		w.refused(code, func(tx *store.Tx) error { _, err := payee.Report(tx, w.keys, w.clerk, c); return err })
	}
	good := w.shop()
	good.Document, good.Number, good.Code, good.Name, good.Account.Name = document.NewID(), "6217000000000000012", "91350100m000100y43", "青岚(柳溪)商行", "青岚(柳溪)商行"
	good.Account.Kind = payee.Card
	w.report(w.clerk, good)
}

// TestVerify_FindsTampering: an account, a name or a stop that was changed in the database shows.
func TestVerify_FindsTampering(t *testing.T) {
	for _, sql := range []string{
		`update payee_change set account_hash = 'x' where county_id = $1`,
		`update payee_change set bank_number = '103100000026' where county_id = $1`,
		`update payee set name = '王五' where county_id = $1`,
		`update payee set account_by = null where county_id = $1`,
		`update payee_change set maker_id = 2 where county_id = $1`,
	} {
		w := newWorld(t, storetest.One(t))
		c := w.shop()
		w.report(w.clerk, c)
		w.must(func(tx *store.Tx) error { return payee.Check(tx, w.checker, c.Document, 1) })
		w.verified()
		w.must(func(tx *store.Tx) error { _, err := tx.Exec(sql, county); return err })
		w.must(func(tx *store.Tx) error {
			flaws, err := payee.Verify(tx, county)
			if len(flaws) == 0 {
				t.Errorf("not found: %s", sql)
			}
			return err
		})
	}
}

// TestSee_PersonsAreTheirUnits: a person is known to those who pay him, a shop to the whole county.
func TestSee_PersonsAreTheirUnits(t *testing.T) {
	w := newWorld(t, storetest.One(t))
	person := w.shop()
	person.Name, person.Kind, person.Number, person.Account.Kind = "赵六", payee.Person, "6217000000000000012", payee.Card
	id, shop := w.report(w.clerk, person), w.report(w.clerk, w.shop())
	var other identity.Actor
	w.must(func(tx *store.Tx) error {
		root, err := org.Root(tx, county)
		if err != nil {
			return err
		}
		u, err := org.Create(tx, county, org.NewUnit{Code: "990001102", Name: "云溪乡", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
		other = identity.Actor{County: county, Person: 9, Grants: []identity.Grant{{Role: identity.Clerk, Unit: u.ID, Path: u.Path}}}
		return err
	})
	w.refused("payee-unknown", func(tx *store.Tx) error { _, err := payee.See(tx, other, id); return err })
	w.must(func(tx *store.Tx) error {
		_, err := payee.See(tx, other, shop)
		all, found := payee.Find(tx, other, "", 10)
		if len(all) != 1 || found != nil {
			t.Errorf("found %v, %v", all, found)
		}
		mine, found := payee.Find(tx, w.clerk, "赵", 10)
		if len(mine) != 1 || found != nil || mine[0].State(calendar.Date("2026-10-23")) != "待审核" {
			t.Errorf("found %v, %v", mine, found)
		}
		return err
	})
}
