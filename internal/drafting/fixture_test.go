package drafting_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

const county int64 = 990001

// town is 柳溪镇 with a station, its finance people and mayor, and two people of the county's budget section.
type town struct {
	t                             *testing.T
	db                            *store.DB
	root, unit, station           org.Unit
	clerk, accountant, head       identity.Actor
	mayor, second, budget, other2 identity.Actor
	book                          ledger.Book
	standards                     map[string]string // by title
	draft                         string
}

func newTown(t *testing.T, db *store.DB, today calendar.Date) *town {
	t.Helper()
	keys, err := identity.LoadKeys(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Create(county); err != nil {
		t.Fatal(err)
	}
	o := &town{t: t, db: db, standards: map[string]string{}}
	o.do(func(tx *store.Tx) (err error) {
		if o.root, err = org.CreateCounty(tx, county, "青岚县", today, "2020-01-01"); err != nil {
			return err
		}
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		if err := roster.Bootstrap(tx, county, "2020-01-01"); err != nil {
			return err
		}
		rules := append(append(appropriation.Rules(), obligation.Rules()...), drafting.Rules()...)
		if err := rule.Bootstrap(tx, county, "2020-01-01", rules...); err != nil {
			return err
		}
		if o.unit, err = org.Create(tx, county, org.NewUnit{Code: "990001100", Name: "柳溪镇", Kind: org.Township, Parent: o.root.ID, From: "2020-01-01"}); err != nil {
			return err
		}
		if o.station, err = org.Create(tx, county, org.NewUnit{Code: "LX-NY", Name: "柳溪镇农业服务中心", Kind: org.Station, Parent: o.unit.ID, From: "2020-01-01"}); err != nil {
			return err
		}
		o.book, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: "ZYS", Name: "柳溪镇财政总预算", Unit: o.unit.ID, Chart: ledger.GeneralBudget, Start: "2026-01"})
		return err
	})
	actor := func(person int64, u org.Unit, roles ...identity.Role) identity.Actor {
		a := identity.Actor{County: county, Login: person, Person: person}
		for _, r := range roles {
			a.Grants = append(a.Grants, identity.Grant{Role: r, Unit: u.ID, Path: u.Path})
		}
		return a
	}
	o.clerk, o.accountant, o.head = actor(101, o.station, identity.Clerk), actor(102, o.unit, identity.Accountant), actor(103, o.unit, identity.OfficeHead)
	o.mayor, o.second = actor(104, o.unit, identity.UnitHead), actor(107, o.unit, identity.Accountant)
	o.budget, o.other2 = actor(105, o.root, identity.CountyBudget), actor(106, o.root, identity.CountyBudget)
	o.people(keys)
	for _, s := range []struct {
		title, posts, measure, economic string
		yuan                            money.Fen
	}{
		{"行政人员基本工资", "administrative", "", "30101", 48_000}, {"行政人员津贴补贴", "administrative", "", "30102", 36_000},
		{"事业人员基本工资", "institution", "", "30101", 45_000}, {"行政公用定额", "administrative", "", "30201", 6_000}, {"公务用车运行", "", "辆", "30231", 25_000},
	} {
		o.setStandard(drafting.Standard{Title: s.title, PostKind: s.posts, Measure: s.measure, Economic: s.economic, Amount: s.yuan * 100, On: "2025-01-01", Basis: "青财预〔2024〕60号"})
	}
	return o
}

// people fills posts: of four administrative posts five heads, of which one is beyond; two at the station.
func (o *town) people(keys *identity.Keys) {
	o.t.Helper()
	quota := func(u org.Unit, kind string, posts int64) {
		o.change(o.head, o.budget, roster.Change{Act: roster.SetQuota, Unit: u.ID, Kind: kind, Posts: posts, On: "2024-01-01", Basis: "青编〔2023〕7号"})
	}
	quota(o.unit, "administrative", 4)
	quota(o.station, "institution", 3)
	for i := range 7 {
		var id int64
		u, kind := o.unit, "administrative"
		if i >= 5 {
			u, kind = o.station, "institution"
		}
		o.do(func(tx *store.Tx) error {
			p, err := identity.BootstrapPerson(tx, keys, county, identity.NewPerson{Name: "张" + string([]rune("甲乙丙丁戊己庚")[i]), Number: number(i + 1), Unit: u.ID})
			id = p.ID
			return err
		})
		o.change(o.accountant, o.head, roster.Change{Act: roster.Enter, Unit: u.ID, Kind: kind, Person: id, On: "2024-03-01", Basis: "青人社〔2024〕3号"})
	}
}

func (o *town) change(maker, checker identity.Actor, c roster.Change) {
	o.t.Helper()
	c.Document = document.NewID()
	o.do(func(tx *store.Tx) error { return roster.Report(tx, maker, c) })
	o.do(func(tx *store.Tx) error { return roster.Check(tx, checker, c.Document, 1) })
}

func (o *town) setStandard(s drafting.Standard) {
	o.t.Helper()
	s.Document = document.NewID()
	o.do(func(tx *store.Tx) error { return drafting.SetStandard(tx, o.budget, s) })
	o.do(func(tx *store.Tx) error { return drafting.CheckStandard(tx, o.other2, s.Document, 1) })
	o.standards[s.Title] = s.Document
}

// number gives an invented identity number with its check character by GB 11643.
func number(i int) string {
	body := fmt.Sprintf("99000119800101%03d", i)
	sum := 0
	for j, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(body[j]-'0') * weight
	}
	return body + string("10X98765432"[sum%11])
}

func (o *town) do(f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(o.t.Context(), f); err != nil {
		o.t.Fatal(err)
	}
}

func (o *town) read(f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Read(o.t.Context(), f); err != nil {
		o.t.Fatal(err)
	}
}

// refuse wants a step refused with a code, and says the sentence.
func (o *town) refuse(code string, f func(tx *store.Tx) error) string {
	o.t.Helper()
	err := o.db.Write(o.t.Context(), f)
	if !fault.HasCode(err, code) {
		o.t.Errorf("want %s, got %v", code, err)
		return ""
	}
	return fault.As(err).Error()
}

// begin begins the draft of a year.
func (o *town) begin(year int, day calendar.Date) {
	o.t.Helper()
	o.draft = document.NewID()
	o.do(func(tx *store.Tx) error {
		_, err := drafting.Begin(tx, o.head, drafting.New{Document: o.draft, Unit: o.unit.ID, Year: year, BaseDay: day, Notice: "青财预〔2025〕31号"})
		return err
	})
}

func (o *town) now() (d drafting.Draft) {
	o.t.Helper()
	o.read(func(tx *store.Tx) (err error) {
		d, err = drafting.Get(tx, o.head, o.draft)
		return err
	})
	return d
}

// lines reads "standard 行政人员基本工资 fund=1 function=2010301; project 通村道路 economic=31005 function=2130126 amount=300000".
func (o *town) lines(text string) (out []drafting.Line) {
	o.t.Helper()
	for part := range strings.SplitSeq(text, ";") {
		fields := strings.Fields(part)
		l := drafting.Line{Fund: "1"}
		if fields[0] == "standard" {
			l.Standard = o.standards[fields[1]]
		} else {
			l.Project = fields[1]
		}
		for _, f := range fields[2:] {
			name, value, _ := strings.Cut(f, "=")
			switch name {
			case "fund":
				l.Fund = value
			case "function":
				l.Function = value
			case "economic":
				l.Economic = value
			case "source":
				l.Source = value
			case "quantity":
				fmt.Sscan(value, &l.Quantity)
			case "amount":
				l.Amount = yuan(o.t, value)
			case "guarantee":
				l.Guarantee = true
			}
		}
		out = append(out, l)
	}
	return out
}

func yuan(t *testing.T, text string) money.Fen {
	t.Helper()
	fen, err := money.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return fen
}

// items reads "income 1 10101 3000 依据; outlay 2 23008>1 100": side, fund, class, the other fund, yuan, note.
func items(t *testing.T, text string) (out []drafting.Item) {
	t.Helper()
	for part := range strings.SplitSeq(text, ";") {
		f := strings.Fields(part)
		class, counter, _ := strings.Cut(f[2], ">")
		i := drafting.Item{Side: drafting.Side(f[0]), Fund: f[1], Class: class, Counter: counter, Amount: yuan(t, f[3])}
		if len(f) > 4 {
			i.Note = f[4]
		}
		out = append(out, i)
	}
	return out
}

func (o *town) fill(by identity.Actor, u org.Unit, text string) func(tx *store.Tx) error {
	lines := o.lines(text)
	return func(tx *store.Tx) error {
		d, err := drafting.Get(tx, by, o.draft)
		if err != nil {
			return err
		}
		p, err := drafting.PartOf(tx, county, d, u, false)
		if err != nil {
			return err
		}
		return drafting.SaveLines(tx, by, o.draft, u.ID, p.Version, lines)
	}
}

func (o *town) income(by identity.Actor, text string) func(tx *store.Tx) error {
	all := items(o.t, text)
	return func(tx *store.Tx) error {
		d, err := drafting.Get(tx, by, o.draft)
		if err != nil {
			return err
		}
		p, err := drafting.PartOf(tx, county, d, o.unit, true)
		if err != nil {
			return err
		}
		return drafting.SaveItems(tx, by, o.draft, p.Version, all)
	}
}

// step is one of the steps that need nothing but the person.
func (o *town) step(step func(*store.Tx, identity.Actor, string, int64) (document.Document, error), by identity.Actor) func(tx *store.Tx) error {
	return func(tx *store.Tx) error {
		d, err := drafting.Get(tx, by, o.draft)
		if err == nil {
			_, err = step(tx, by, o.draft, d.Version)
		}
		return err
	}
}

func (o *town) controls(by identity.Actor, all ...drafting.Control) func(tx *store.Tx) error {
	return o.step(func(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
		return drafting.SetControls(tx, by, id, version, all)
	}, by)
}

func (o *town) resolve(by identity.Actor, s drafting.Session) func(tx *store.Tx) error {
	return o.step(func(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
		return drafting.Resolve(tx, by, id, version, s)
	}, by)
}

func (o *town) back(by identity.Actor, reason string) func(tx *store.Tx) error {
	return o.step(func(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
		return drafting.Return(tx, by, id, version, reason)
	}, by)
}

// shown gives the rows of a version, one a line.
func (o *town) shown(stage int) string {
	o.t.Helper()
	var b strings.Builder
	o.read(func(tx *store.Tx) error {
		c, err := drafting.ContentOf(tx, county, o.draft, stage)
		for _, l := range c.Lines {
			fmt.Fprintf(&b, "%s %s %s %s %s %d×%s=%s\n", l.UnitName, l.Basis, l.Function, l.Economic+"/"+l.GovEconomic, l.Fund+l.Project, l.Quantity, l.Rate, l.Amount)
		}
		for _, s := range c.Sums() {
			fmt.Fprintf(&b, "%s: 收入 %s 支出 %s 余 %s\n", s.Fund, s.Income, s.Outlay(), s.Left())
		}
		return err
	})
	return b.String()
}

func sorted(rows []string) []string {
	slices.Sort(rows)
	return rows
}
