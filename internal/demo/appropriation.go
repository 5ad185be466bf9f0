package demo

import (
	"fmt"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// appropriationPlan is a line that every township has: its classes and what one of the second class gets a year.
type appropriationPlan struct {
	fund, function, economic, project string
	yuan                              money.Fen
	guarantee, purchase               bool
}

var appropriationPlans = []appropriationPlan{
	{"1", "2010301", "30101", "", 2_460_000, true, false},
	{"1", "2010301", "30102", "", 1_180_000, true, false},
	{"1", "2010301", "30113", "", 420_000, true, false},
	{"1", "2010301", "30201", "", 260_000, false, false},
	{"1", "2010301", "30206", "", 86_000, false, false},
	{"1", "2010301", "30211", "", 120_000, false, false},
	{"1", "2010301", "30217", "", 60_000, false, false},
	{"1", "2130705", "30305", "村干部生活补助", 1_920_000, true, false},
	{"1", "2130126", "31005", "通村道路硬化", 1_500_000, false, true},
	{"2", "2120803", "31005", "集镇排水改造", 800_000, false, true},
}

// Places in the plans that later orders move.
const (
	planOffice, planPower, planTrips, planRoad = 3, 4, 5, 8
)

// appropriator gives the townships their lines, year by year. Its documents have ids of their own range, so that those
// of all others stay what they were.
type appropriator struct {
	*build
	maker, checker identity.Actor
	ids            ids
	lines          map[int][]appropriation.Line // by year: the plans of the first township, then of the second, …
}

// appropriationIDs is where the ids of appropriations begin: weeks behind those of everything else.
const appropriationIDs = 1 << 31

// appropriations makes two years of lines of every township, with what the county added and moved. Payments move them
// from then on.
func (b *build) appropriations() error {
	a := &appropriator{build: b, ids: ids{appropriationIDs}, lines: map[int][]appropriation.Line{}}
	var err error
	if a.maker, err = b.actor("xian.yusuan"); err != nil {
		return err
	}
	if a.checker, err = b.actor("xian.yusuan2"); err != nil {
		return err
	}
	for i, step := range []func(tx *store.Tx) error{a.first, a.carried, a.second, a.open} {
		if i == 2 { // drafted budgets of the second year come first
			if err := b.drafts(); err != nil {
				return err
			}
		}
		before := a.ids
		err := b.write(func(tx *store.Tx) error {
			a.ids = before
			return step(tx)
		})
		if err != nil {
			return fmt.Errorf("appropriations: %w", err)
		}
	}
	return nil
}

// issue makes an order, has it checked and lets it take effect on its day.
func (a *appropriator) issue(tx *store.Tx, o appropriation.Order) error {
	id, err := a.draft(tx, o)
	if err != nil {
		return err
	}
	if _, err := appropriation.Check(tx, a.checker, id, 1); err != nil {
		return err
	}
	_, err = appropriation.Issue(tx, a.maker, id, 2)
	return err
}

func (a *appropriator) draft(tx *store.Tx, o appropriation.Order) (string, error) {
	o.ID = a.ids.next()
	at(tx, o.Date, 9)
	_, err := appropriation.Draft(tx, a.maker, o, 0)
	return o.ID, err
}

// budget gives every township its budget of a year; the second year's is a little larger.
func (a *appropriator) budget(tx *store.Tx, year int, day calendar.Date) error {
	o := appropriation.Order{
		Kind: appropriation.OrderInitial, Year: year, Date: day, Source: fmt.Sprintf("青财预〔%d〕1号", year), Session: fmt.Sprintf("青人发〔%d〕3号", year), Note: "乡镇年初预算",
	}
	var made []appropriation.Line
	for i := range a.towns {
		t := &a.towns[i]
		for _, p := range appropriationPlans {
			l, err := appropriation.Intern(tx, a.maker, appropriation.NewLine{
				Key: appropriation.Key{
					Year: year, Unit: a.units[t.division()].ID, Fund: p.fund, Function: p.function, Economic: p.economic, Project: p.project,
				},
				Purchase: p.purchase, Guarantee: p.guarantee, Source: o.Source,
			})
			if err != nil {
				return err
			}
			amount := p.yuan * money.Fen(classScale[t.class]) * money.Fen(100+4*(year-firstYear)) / 1_000_000 * 10_000 // yuan × percent is fen; whole hundreds
			made = append(made, l)
			if l.Initial > 0 { // by a budget that was drafted here
				continue
			}
			o.Items = append(o.Items, appropriation.Item{Move: appropriation.Initial, Line: l.ID, Amount: amount, From: appropriation.SourceOwn})
		}
	}
	a.lines[year] = made
	return a.issue(tx, o)
}

// of gives a township's line of a plan.
func (a *appropriator) of(year, town, plan int) int64 {
	return a.lines[year][town*len(appropriationPlans)+plan].ID
}

func (a *appropriator) first(tx *store.Tx) error {
	if err := a.budget(tx, firstYear, calendar.PeriodOf(firstYear, 2).First().AddDays(11)); err != nil {
		return err
	}
	return a.issue(tx, appropriation.Order{
		Kind: appropriation.OrderAddition, Year: firstYear, Date: "2025-06-18", Source: "青财农〔2025〕26号", Note: "下达上级农村公路专项转移支付",
		Items: a.each(firstYear, planRoad, appropriation.Addition, 300_000_00, appropriation.SourceTransfer),
	})
}

// each gives one item for the same plan of every third township.
func (a *appropriator) each(year, plan int, move appropriation.MoveKind, amount money.Fen, from string) []appropriation.Item {
	var items []appropriation.Item
	for town := 0; town < len(a.towns); town += 3 {
		items = append(items, appropriation.Item{Move: move, Line: a.of(year, town, plan), Amount: amount, From: from})
	}
	return items
}

// carried takes what the road projects had left over into the second year.
func (a *appropriator) carried(tx *store.Tx) error {
	o := appropriation.Order{Kind: appropriation.OrderCarryOver, Year: firstYear, Date: "2025-12-31", Source: "青财预〔2025〕88号", Note: "通村道路硬化项目跨年实施"}
	for town := 0; town < len(a.towns); town += 3 {
		l, err := appropriation.Get(tx, County, a.of(firstYear, town, planRoad))
		if err != nil {
			return err
		}
		items, err := appropriation.CarryItems(tx, a.maker, l, 400_000_00)
		if err != nil {
			return err
		}
		o.Items = append(o.Items, items...)
	}
	return a.issue(tx, o)
}

func (a *appropriator) second(tx *store.Tx) error {
	year := firstYear + 1
	if err := a.budget(tx, year, calendar.PeriodOf(year, 2).First().AddDays(9)); err != nil {
		return err
	}
	item := func(move appropriation.MoveKind, plan int, amount money.Fen) appropriation.Item {
		return appropriation.Item{Move: move, Line: a.of(year, 0, plan), Amount: amount}
	}
	for _, o := range []appropriation.Order{
		{
			Kind: appropriation.OrderAddition, Date: "2026-05-21", Source: "青财农〔2026〕17号", Note: "下达上级农村公路专项转移支付",
			Items: a.each(year, planRoad, appropriation.Addition, 260_000_00, appropriation.SourceTransfer),
		},
		{
			Kind: appropriation.OrderReduction, Date: "2026-08-06", Source: "青财预〔2026〕41号", Session: "青人发〔2026〕12号", Note: "压减一般性支出",
			Items: a.each(year, planOffice, appropriation.Reduction, 3_000_00, appropriation.SourceOwn),
		},
		{
			Kind: appropriation.OrderTransfer, Date: "2026-09-09", Source: "青财预〔2026〕52号", Note: "差旅费结余调剂到电费",
			Items: []appropriation.Item{item(appropriation.TransferOut, planTrips, 18_000_00), item(appropriation.TransferIn, planPower, 18_000_00)},
		},
		{
			Kind: appropriation.OrderFreeze, Date: "2026-09-28", Source: "青审函〔2026〕9号", Note: "审计期间暂停支付",
			Items: []appropriation.Item{item(appropriation.Freeze, planRoad, 200_000_00)},
		},
	} {
		o.Year = year
		if err := a.issue(tx, o); err != nil {
			return err
		}
	}
	return nil
}

// open leaves orders on their way: one to be checked, one to be issued, one sent back.
func (a *appropriator) open(tx *store.Tx) error {
	year := firstYear + 1
	for i, o := range []appropriation.Order{
		{Date: "2026-10-21", Source: "青财预〔2026〕60号", Note: "项目完工结余", Items: []appropriation.Item{{Move: appropriation.Recall, Line: a.of(year, 0, planRoad), Amount: 35_000_00}}},
		{Date: "2026-10-22", Source: "青财预〔2026〕61号", Note: "公用经费结余", Items: []appropriation.Item{{Move: appropriation.Recall, Line: a.of(year, 1, planOffice), Amount: 8_000_00}}},
		{Date: "2026-10-22", Source: "青财预〔2026〕62号", Note: "公用经费结余", Items: []appropriation.Item{{Move: appropriation.Recall, Line: a.of(year, 0, planOffice), Amount: 6_000_00}}},
	} {
		o.Kind, o.Year = appropriation.OrderRecall, year
		id, err := a.draft(tx, o)
		switch {
		case err != nil:
			return err
		case i == 1:
			_, err = appropriation.Check(tx, a.checker, id, 1)
		case i == 2:
			_, err = appropriation.Return(tx, a.checker, id, 1, "附件中的结余数为 5,600 元,请核对")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
