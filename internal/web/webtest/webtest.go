// Package webtest makes a small invented county for tests of the pages: two townships with an office, a village and
// books each, and one person for every role. It is the least that the main job needs, made with the domain's own
// functions; the large invented county is demo's.
package webtest

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// County is the code of the county.
const County int64 = 990001

// Password is everybody's.
const Password = "青山 绿水 三十六乡"

// World is the county with what tests name.
type World struct {
	DB    *store.DB
	Keys  *identity.Keys
	Files string
	Units map[string]org.Unit    // by name
	Books map[string]ledger.Book // by code

	more int // people made by Grant
}

// hashed hashes the password once: a hash takes tens of milliseconds.
var hashed = sync.OnceValue(func() identity.PasswordHash {
	h, err := identity.HashPassword(context.Background(), Password)
	if err != nil {
		panic(err)
	}
	return h
})

// units of the county, parents first.
var units = []struct {
	name, code, parent string
	kind               org.Kind
}{
	{"柳溪镇", "990001100", "青岚县", org.Township},
	{"柳溪镇财政所", "990001100-cz", "柳溪镇", org.Office},
	{"石桥村", "990001100201", "柳溪镇", org.Village},
	{"云溪乡", "990001200", "青岚县", org.Township},
	{"东坪村", "990001200201", "云溪乡", org.Village},
	{"青岚县财政局", "990001-cz", "青岚县", org.Department},
}

// people of the county: login, name, unit of the person, roles and the unit that they hold for. Both townships have an
// accountant and a reviewer; 兼岗 holds both roles, so that separation of duties has somebody to refuse.
var people = []struct {
	login, name, unit string
	roles             []identity.Role
	over              string
}{
	{"kuaiji", "韩会计", "柳溪镇财政所", []identity.Role{identity.Accountant}, "柳溪镇"},
	{"shenhe", "柳审核", "柳溪镇财政所", []identity.Role{identity.Reviewer}, "柳溪镇"},
	{"jiangang", "兼岗", "柳溪镇财政所", []identity.Role{identity.Accountant, identity.Reviewer}, "柳溪镇"},
	{"suozhang", "麦所长", "柳溪镇财政所", []identity.Role{identity.OfficeHead}, "柳溪镇"},
	{"yunxi", "云会计", "云溪乡", []identity.Role{identity.Accountant}, "云溪乡"},
	{"yunshen", "云审核", "云溪乡", []identity.Role{identity.Reviewer}, "云溪乡"},
	{"chuna", "楚出纳", "柳溪镇财政所", []identity.Role{identity.Cashier}, "柳溪镇"},
	{"baozhang", "鲍报账", "柳溪镇", []identity.Role{identity.Clerk}, "柳溪镇"},
	{"danwei", "单负责", "柳溪镇", []identity.Role{identity.UnitHead}, "柳溪镇"},
	{"piaoju", "朴票据", "柳溪镇财政所", []identity.Role{identity.Receipts}, "柳溪镇"},
	{"zichan", "资管理", "柳溪镇财政所", []identity.Role{identity.Assets}, "柳溪镇"},
	{"cunbao", "村报账", "石桥村", []identity.Role{identity.VillageClerk}, "石桥村"},
	{"cunzhang", "村负责", "石桥村", []identity.Role{identity.VillageHead}, "石桥村"},
	{"yusuan", "余预算", "青岚县财政局", []identity.Role{identity.CountyBudget}, "青岚县"},
	{"guoku", "顾国库", "青岚县财政局", []identity.Role{identity.CountyTreasury}, "青岚县"},
	{"shenji", "申审计", "青岚县财政局", []identity.Role{identity.Auditor}, "青岚县"},
	{"daibiao", "戴代表", "青岚县", []identity.Role{identity.Deputy}, "青岚县"},
	{"sys", "季系统", "青岚县财政局", []identity.Role{identity.SysAdmin}, "青岚县"},
	{"sec", "安安全", "青岚县财政局", []identity.Role{identity.SecAdmin}, "青岚县"},
	{"aud", "沈审计", "青岚县财政局", []identity.Role{identity.AuditAdmin}, "青岚县"},
}

var books = []ledger.NewBook{
	{Code: "LX01", Name: "柳溪镇政府机关", Chart: ledger.Government, Start: "2026-01"},
	{Code: "LX-SQ", Name: "石桥村股份经济合作社", Chart: ledger.Village, Start: "2026-01"},
	{Code: "YX01", Name: "云溪乡政府机关", Chart: ledger.Government, Start: "2026-01"},
	{Code: "YX-DP", Name: "东坪村股份经济合作社", Chart: ledger.Village, Start: "2026-01"},
}

var bookUnits = []string{"柳溪镇", "石桥村", "云溪乡", "东坪村"}

// New makes the county in an empty database. Its business date is 2026-10-23.
func New(t testing.TB) *World {
	t.Helper()
	return On(t, storetest.One(t))
}

// On makes the county in a database of the caller's.
func On(t testing.TB, db *store.DB) *World {
	t.Helper()
	w := &World{DB: db, Files: t.TempDir(), Units: map[string]org.Unit{}, Books: map[string]ledger.Book{}}
	var err error
	if w.Keys, err = identity.LoadKeys(filepath.Join(t.TempDir(), "keys")); err != nil {
		t.Fatal(err)
	}
	if err := w.Keys.Create(County); err != nil {
		t.Fatal(err)
	}
	w.Write(t, func(tx *store.Tx) error {
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		return w.build(tx)
	})
	return w
}

func (w *World) build(tx *store.Tx) error {
	root, err := identity.BootstrapCounty(tx, County, "青岚县", "2026-10-23", "2020-01-01")
	if err != nil {
		return err
	}
	w.Units[root.Name] = root
	if err := rule.Bootstrap(tx, County, "2020-01-01", slices.Concat(ledger.Rules(), handover.Rules(), appropriation.Rules(), obligation.Rules(), drafting.Rules(), agreement.Rules(), payment.Rules())...); err != nil {
		return err
	}
	if err := payment.BootstrapChain(tx, County, "2020-01-01"); err != nil {
		return err
	}
	if err := roster.Bootstrap(tx, County, "2020-01-01"); err != nil {
		return err
	}
	for _, u := range units {
		made, err := org.Create(tx, County, org.NewUnit{Code: u.code, Name: u.name, Kind: u.kind, Parent: w.Units[u.parent].ID, From: "2020-01-01"})
		if err != nil {
			return err
		}
		w.Units[u.name] = made
	}
	for i, n := range books {
		n.Unit = w.Units[bookUnits[i]].ID
		b, err := ledger.CreateBook(tx, County, n)
		if err != nil {
			return err
		}
		w.Books[n.Code] = b
	}
	for i, p := range people {
		person, err := identity.BootstrapPerson(tx, w.Keys, County, identity.NewPerson{Name: p.name, Number: IDNumber(i + 1), Unit: w.Units[p.unit].ID})
		if err != nil {
			return err
		}
		login, err := identity.BootstrapLogin(tx, County, identity.NewLogin{Name: p.login, Person: person.ID, Password: hashed()})
		if err != nil {
			return err
		}
		for _, r := range p.roles {
			if err := identity.BootstrapGrant(tx, County, identity.NewGrant{Login: login.ID, Role: r, Unit: w.Units[p.over].ID, From: "2020-01-01"}); err != nil {
				return err
			}
		}
	}
	return nil
}

// IDNumber makes an identity number of the invented county with a right check character.
func IDNumber(i int) string {
	body := fmt.Sprintf("990001198501%02d%03d", 1+i%28, i)
	sum := 0
	for at, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(body[at]-'0') * weight
	}
	return body + string("10X98765432"[sum%11])
}

// Write runs a step and fails the test where it is refused.
func (w *World) Write(t testing.TB, step func(tx *store.Tx) error) {
	t.Helper()
	if err := w.DB.Write(context.Background(), step); err != nil {
		t.Fatal(err)
	}
}

// Open sets the balances with which a book starts and has them checked.
func Open(tx *store.Tx, maker, checker identity.Actor, b ledger.Book, lines []ledger.Line) error {
	doc, err := ledger.SetOpening(tx, maker, document.NewID(), b.ID, b.Start, lines)
	if err == nil {
		_, err = ledger.CheckOpening(tx, checker, b.ID, doc.ID, doc.Version)
	}
	return err
}

// Grant makes a further person with one role over a unit and gives his login.
func (w *World) Grant(t testing.TB, r identity.Role, unit string) string {
	t.Helper()
	name := fmt.Sprintf("%s-%d", r, w.Units[unit].ID)
	w.more++
	w.Write(t, func(tx *store.Tx) error {
		person, err := identity.BootstrapPerson(tx, w.Keys, County, identity.NewPerson{Name: "试" + r.Title(), Number: IDNumber(100 + w.more), Unit: w.Units[unit].ID})
		if err != nil {
			return err
		}
		login, err := identity.BootstrapLogin(tx, County, identity.NewLogin{Name: name, Person: person.ID, Password: hashed()})
		if err != nil {
			return err
		}
		return identity.BootstrapGrant(tx, County, identity.NewGrant{Login: login.ID, Role: r, Unit: w.Units[unit].ID, From: "2020-01-01"})
	})
	return name
}

// Actor gives a person by login.
func (w *World) Actor(t testing.TB, login string) identity.Actor {
	t.Helper()
	var a identity.Actor
	w.Write(t, func(tx *store.Tx) error {
		var err error
		a, err = identity.ByName(tx, County, login)
		return err
	})
	return a
}

// Village makes a further village of a township with a book from January 2026, named after it.
func (w *World) Village(t testing.TB, name, code, township, book string) ledger.Book {
	t.Helper()
	var b ledger.Book
	w.Write(t, func(tx *store.Tx) error {
		u, err := org.Create(tx, County, org.NewUnit{Code: code, Name: name, Kind: org.Village, Parent: w.Units[township].ID, From: "2020-01-01"})
		if err != nil {
			return err
		}
		w.Units[name] = u
		b, err = ledger.CreateBook(tx, County, ledger.NewBook{Code: book, Name: name + "股份经济合作社", Unit: u.ID, Chart: ledger.Village, Start: "2026-01"})
		w.Books[book] = b
		return err
	})
	return b
}

// Close closes the open months of a book up to and including one.
func (w *World) Close(t testing.TB, login, book string, through calendar.Period) {
	t.Helper()
	by := w.Actor(t, login)
	for {
		var b ledger.Book
		w.Write(t, func(tx *store.Tx) error {
			var err error
			b, err = ledger.GetBook(tx, County, w.Books[book].ID)
			return err
		})
		if b.OldestOpen() > through {
			return
		}
		w.Write(t, func(tx *store.Tx) error {
			_, err := ledger.CloseMonth(tx, by, document.NewID(), b.ID, b.OldestOpen())
			return err
		})
	}
}

// Post enters, checks and posts a voucher of a township's book, with a reason for lines that are not in both halves.
func (w *World) Post(t testing.TB, maker, checker, id, book string, date calendar.Date, lines ...ledger.Line) ledger.Number {
	t.Helper()
	m, c := w.Actor(t, maker), w.Actor(t, checker)
	var n ledger.Number
	w.Write(t, func(tx *store.Tx) error {
		var err error
		n, err = ledger.PostAtOnce(tx, m, c, id, ledger.Voucher{Book: w.Books[book].ID, Date: date, Word: "记", Note: "试记账", Lines: lines})
		return err
	})
	return n
}
