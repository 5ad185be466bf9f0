package demo

import (
	"fmt"
	"slices"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
)

// approvedTown is the place in the list of the township whose budget of this year was drafted, approved and replied.
const approvedTown = 1

// draftingIDs is where the ids of drafts begin, beyond those of appropriations.
const draftingIDs = appropriationIDs + 1<<30

// The townships that draft: how many people the approved one has on its posts.
const (
	townStaff   = 22
	officeStaff = 5
)

// drafter draws up budgets by the people who do.
type drafter struct {
	*build
	ids       ids
	standards map[string]string // documents by title
}

// budgetStandard is what a head or a thing costs.
type budgetStandard struct {
	title, posts, measure, economic string
	yuan                            int
}

var budgetStandards = []budgetStandard{
	{"行政人员基本工资", "administrative", "", "30101", 52_800}, {"行政人员津贴补贴", "administrative", "", "30102", 43_200}, {"行政人员住房公积金", "administrative", "", "30113", 11_520},
	{"事业人员基本工资", "institution", "", "30101", 49_200}, {"事业人员绩效工资", "institution", "", "30107", 37_200}, {"事业人员住房公积金", "institution", "", "30113", 10_368},
	{"行政公用定额", "administrative", "", "30201", 6_000}, {"事业公用定额", "institution", "", "30201", 4_800}, {"行政人员差旅费", "administrative", "", "30211", 4_200},
	{"办公用房电费", "", "平方米", "30206", 18}, {"公务接待费", "", "个单位", "30217", 60_000}, {"公务用车运行", "", "辆", "30231", 25_000},
}

// drafts draws up two budgets: that of this year of one township, approved by its congress in February, and that of next
// year of the first, which has come to the government in its second round.
func (b *build) drafts() error {
	d := &drafter{build: b, ids: ids{draftingIDs}, standards: map[string]string{}}
	if err := d.set(); err != nil {
		return err
	}
	if len(b.towns) > approvedTown {
		if err := d.approved(&b.towns[approvedTown]); err != nil {
			return err
		}
	}
	return d.second(&b.towns[0])
}

// on takes a step on a day, with ids of the drafter's own.
func (d *drafter) on(day calendar.Date, step func(tx *store.Tx) error) error {
	before := d.ids
	return d.build.write(func(tx *store.Tx) error {
		d.ids = before
		at(tx, day, 10)
		return step(tx)
	})
}

func (d *drafter) set() error {
	maker, err := d.actor("xian.yusuan")
	if err != nil {
		return err
	}
	checker, err := d.actor("xian.yusuan2")
	if err != nil {
		return err
	}
	return d.on("2025-07-08", func(tx *store.Tx) error {
		for _, s := range budgetStandards {
			n := drafting.Standard{
				Document: d.ids.next(), Title: s.title, PostKind: s.posts, Measure: s.measure, Economic: s.economic, Amount: yuan(s.yuan), On: "2025-01-01", Basis: "青财预〔2025〕22号",
			}
			if err := drafting.SetStandard(tx, maker, n); err != nil {
				return err
			}
			if err := drafting.CheckStandard(tx, checker, n.Document, 1); err != nil {
				return err
			}
			d.standards[s.title] = n.Document
		}
		return nil
	})
}

func (d *drafter) line(title, function string, quantity int64, guarantee bool) drafting.Line {
	return drafting.Line{Standard: d.standards[title], Fund: "1", Function: function, Quantity: quantity, Guarantee: guarantee}
}

// posts gives the approved township's people their posts.
func (d *drafter) posts(t *townPlan, head identity.Actor) error {
	budget, err := d.actor("xian.yusuan")
	if err != nil {
		return err
	}
	return d.on("2025-07-15", func(tx *store.Tx) error {
		report := func(maker, checker identity.Actor, c roster.Change) error {
			c.Document = d.ids.next()
			if err := roster.Report(tx, maker, c); err != nil {
				return err
			}
			return roster.Check(tx, checker, c.Document, 1)
		}
		for _, q := range []quotaPlan{{t.division(), "administrative", townStaff - 1}, {t.officeCode(), "institution", officeStaff}} {
			err := report(head, budget, roster.Change{Act: roster.SetQuota, Unit: d.units[q.unit].ID, Kind: q.kind, Posts: q.posts, On: "2024-01-01", Basis: "青编发〔2023〕11号"})
			if err != nil {
				return err
			}
		}
		for i, person := range d.townPeople {
			c := roster.Change{Act: roster.Enter, Unit: d.units[t.division()].ID, Kind: "administrative", Person: person, On: "2023-03-01", Basis: "青人社〔2023〕4号"}
			if i >= townStaff {
				c.Unit, c.Kind = d.units[t.officeCode()].ID, "institution"
			}
			if err := report(head, budget, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// course is a draft on its way.
type course struct {
	*drafter
	id   string
	unit org.Unit
}

// take takes one of the steps that need nothing but the person.
func (c *course) take(day calendar.Date, by identity.Actor, step func(*store.Tx, identity.Actor, string, int64) (document.Document, error)) error {
	return c.on(day, func(tx *store.Tx) error {
		now, err := drafting.Get(tx, by, c.id)
		if err == nil {
			_, err = step(tx, by, c.id, now.Version)
		}
		return err
	})
}

func (d *drafter) begin(t *townPlan, head identity.Actor, year int, day, base calendar.Date, notice string) (*course, error) {
	c := &course{drafter: d, unit: d.units[t.division()]}
	return c, d.on(day, func(tx *store.Tx) error {
		c.id = d.ids.next()
		_, err := drafting.Begin(tx, head, drafting.New{Document: c.id, Unit: c.unit.ID, Year: year, BaseDay: base, Notice: notice})
		return err
	})
}

func (c *course) fill(day calendar.Date, by identity.Actor, unit int64, lines []drafting.Line) error {
	return c.on(day, func(tx *store.Tx) error { return drafting.SaveLines(tx, by, c.id, unit, 0, lines) })
}

// balance fills in the township's items so that every kind of money balances: transfers from above are known, the rest is
// forecast as the township's own.
func (c *course) balance(day calendar.Date, by identity.Actor) error {
	return c.on(day, func(tx *store.Tx) error {
		all, err := drafting.ContentOf(tx, County, c.id, 0)
		if err != nil {
			return err
		}
		var general, land money.Fen
		for _, s := range all.Sums() {
			if s.Fund == "1" {
				general = s.Lines
			} else {
				land = s.Lines
			}
		}
		reserve := wan(general / 50)
		remitted, moved := wan(general/60), wan(land/10)
		above := wan(general * 2 / 5)
		own := general + reserve + remitted - above - moved
		items := []drafting.Item{
			{Side: drafting.Income, Fund: "1", Class: "10101", Amount: own * 3 / 5, Note: "前三年实绩和税源变化"}, {Side: drafting.Income, Fund: "1", Class: "10307", Amount: own - own*3/5, Note: "房屋、场地出租合同"},
			{Side: drafting.Income, Fund: "1", Class: "1100207", Amount: above, Note: "县级提前下达数"}, {Side: drafting.Income, Fund: "1", Class: "11009", Counter: "2", Amount: moved, Note: "统筹安排集镇建设"},
			{Side: drafting.Income, Fund: "2", Class: "1030148", Amount: land + moved, Note: "年度出让计划"},
			{Side: drafting.Outlay, Fund: "1", Class: "227", Amount: reserve}, {Side: drafting.Outlay, Fund: "1", Class: "2300602", Amount: remitted}, {Side: drafting.Outlay, Fund: "2", Class: "23008", Counter: "1", Amount: moved},
		}
		return drafting.SaveItems(tx, by, c.id, 0, items)
	})
}

// allow issues control numbers of what was asked for, rounded up.
func (c *course) allow(day calendar.Date, by identity.Actor) error {
	return c.take(day, by, func(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
		all, err := drafting.ContentOf(tx, County, id, 0)
		if err != nil {
			return document.Document{}, err
		}
		var controls []drafting.Control
		for _, l := range all.Lines {
			i := slices.IndexFunc(controls, func(n drafting.Control) bool { return n.Unit == l.Unit && n.Fund == l.Fund })
			if i < 0 {
				controls = append(controls, drafting.Control{Unit: l.Unit, Fund: l.Fund})
				i = len(controls) - 1
			}
			controls[i].Amount += l.Amount
		}
		for i := range controls {
			controls[i].Amount = wan(controls[i].Amount)
		}
		return drafting.SetControls(tx, by, id, version, controls)
	})
}

// crew is the people who carry a township's draft.
type crew struct{ head, accountant, second, mayor, county identity.Actor }

func (d *drafter) crew(t *townPlan, accountant, second string) (c crew, err error) {
	for login, into := range map[string]*identity.Actor{
		t.pinyin + ".suozhang": &c.head, accountant: &c.accountant, second: &c.second, t.pinyin + ".zhenzhang": &c.mayor, "xian.yusuan": &c.county,
	} {
		if *into, err = d.actor(login); err != nil {
			return c, err
		}
	}
	return c, nil
}

// approved carries the budget of this year through the session and the reply. Its lines are those that every township has.
func (d *drafter) approved(t *townPlan) error {
	who, err := d.crew(t, t.pinyin+".kuaiji", "hs."+centres[t.centre].pinyin+".kuaiji")
	if err != nil {
		return err
	}
	if err := d.posts(t, who.head); err != nil {
		return err
	}
	year := firstYear + 1
	c, err := d.begin(t, who.head, year, "2025-08-18", "2025-08-01", "青财预〔2025〕31号")
	if err != nil {
		return err
	}
	lines := []drafting.Line{
		d.line("行政人员基本工资", "2010301", 0, true), d.line("行政人员津贴补贴", "2010301", 0, true), d.line("行政人员住房公积金", "2010301", 0, true),
		d.line("行政公用定额", "2010301", 0, false), d.line("办公用房电费", "2010301", 3_600, false), d.line("行政人员差旅费", "2010301", 0, false), d.line("公务接待费", "2010301", 1, false),
	}
	for _, p := range appropriationPlans {
		if p.project != "" {
			lines = append(lines, drafting.Line{
				Project: p.project, Fund: p.fund, Function: p.function, Economic: p.economic, Amount: p.yuan * money.Fen(classScale[t.class]) / 10_000 * 10_000, Guarantee: p.guarantee, Purchase: p.purchase,
			})
		}
	}
	office := []drafting.Line{d.line("事业人员基本工资", "2010650", 0, true), d.line("事业人员绩效工资", "2010650", 0, true), d.line("事业公用定额", "2010650", 0, false)}
	for _, step := range []func() error{
		func() error { return c.fill("2025-09-05", who.accountant, c.unit.ID, lines) },
		func() error { return c.fill("2025-09-05", who.accountant, d.units[t.officeCode()].ID, office) },
		func() error { return c.balance("2025-09-08", who.accountant) },
		func() error { return c.take("2025-09-10", who.accountant, drafting.Propose) },
		func() error { return c.allow("2025-10-22", who.county) },
		func() error { return c.take("2025-11-18", who.accountant, drafting.Submit) },
		func() error { return c.take("2025-12-05", who.mayor, drafting.Review) },
		func() error { return c.take("2026-01-28", who.mayor, drafting.Present) },
		func() error {
			return c.take("2026-02-09", who.second, func(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
				return drafting.Resolve(tx, by, id, version, drafting.Session{Number: "石人发〔2026〕2号", Name: "第十九届人民代表大会第六次会议", On: "2026-02-06"})
			})
		},
		func() error { return c.take("2026-02-09", who.head, drafting.Confirm) },
		func() error {
			return c.take("2026-02-12", who.head, func(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
				return drafting.Reply(tx, by, id, version, "2026-02-12", "石财〔2026〕3号")
			})
		},
		func() error { return c.done("2026-02-24", who.head, drafting.File, "石政〔2026〕6号") },
		func() error {
			return c.done("2026-02-25", who.head, drafting.Publish, "县政府门户网站石桥镇专栏")
		},
	} {
		if err := step(); err != nil {
			return fmt.Errorf("drafting of %s: %w", t.name, err)
		}
	}
	return nil
}

// done says that an obligation of the approval was met.
func (c *course) done(day calendar.Date, by identity.Actor, step func(*store.Tx, identity.Actor, string, int64, calendar.Date, string) error, ref string) error {
	return c.take(day, by, func(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
		return document.Document{}, step(tx, by, id, version, day, ref)
	})
}

// second carries the budget of next year of the first township to the government: every unit has filled in its lines.
func (d *drafter) second(t *townPlan) error {
	who, err := d.crew(t, t.pinyin+".kuaiji1", t.pinyin+".kuaiji2")
	if err != nil {
		return err
	}
	c, err := d.begin(t, who.head, firstYear+2, "2026-08-17", "2026-08-01", "青财预〔2026〕35号")
	if err != nil {
		return err
	}
	for _, s := range stations {
		clerk, err := d.actor(t.pinyin + "." + s.pinyin + ".bzy")
		if err != nil {
			return err
		}
		if err := c.fill("2026-09-03", clerk, d.units[t.stationCode(s.code)].ID, d.stationLines(t, s)); err != nil {
			return fmt.Errorf("drafting of %s: %w", s.name, err)
		}
	}
	own := []drafting.Line{
		{Project: "村干部生活补助", Fund: "1", Function: "2130705", Economic: "30305", Amount: yuan(2_016_000), Guarantee: true},
		{Project: "集镇排水改造二期", Fund: "2", Function: "2120803", Economic: "31005", Amount: yuan(900_000), Purchase: true},
	}
	for _, step := range []func() error{
		func() error { return c.fill("2026-09-04", who.accountant, c.unit.ID, own) },
		func() error { return c.balance("2026-09-07", who.accountant) },
		func() error { return c.take("2026-09-08", who.accountant, drafting.Propose) },
		func() error { return c.allow("2026-10-12", who.county) },
		func() error { return c.take("2026-10-20", who.second, drafting.Submit) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("drafting of %s: %w", t.name, err)
		}
	}
	return nil
}

// stationLines are what a station asks for: its people and office cost by standards, its cars, and the works of this year
// that go on.
func (d *drafter) stationLines(t *townPlan, s station) []drafting.Line {
	titles := []string{"事业人员基本工资", "事业人员绩效工资", "事业人员住房公积金", "事业公用定额"}
	if s.regime == ledger.Administrative && t.stationCode(s.code) != t.officeCode() { // the finance office's posts are an institution's
		titles = []string{"行政人员基本工资", "行政人员津贴补贴", "行政人员住房公积金", "行政公用定额", "行政人员差旅费"}
	}
	var lines []drafting.Line
	for i, title := range titles {
		lines = append(lines, d.line(title, s.function, 0, i < 3))
	}
	if s.vehicles > 0 {
		lines = append(lines, d.line("公务用车运行", s.function, int64(s.vehicles), false))
	}
	seen := map[string]bool{}
	for _, w := range s.works {
		if w.year == firstYear+1 && !seen[w.name] {
			seen[w.name] = true
			fund := "1"
			if w.function > "21207" && w.function < "213" { // paid from land income and sewage fees
				fund = "2"
			}
			lines = append(lines, drafting.Line{Project: w.name, Fund: fund, Function: w.function, Economic: w.economic, Amount: yuan(w.total), Source: appropriation.SourceOwn})
		}
	}
	return lines
}
