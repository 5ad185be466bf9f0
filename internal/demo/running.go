package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// cost is a kind of office cost as it comes to a small station: how often in a hundred months and between which
// amounts in yuan.
type cost struct {
	summary  string // %d stands for the month
	economic string
	times    int
	low      int
	high     int
	sheets   int
	where    where
}

// where says which units have a cost.
type where int

const (
	everywhere where = iota
	vehicles         // where there is a vehicle
	large            // in a large unit
	government       // in a large organ
)

func (w where) at(s station) bool {
	switch w {
	case vehicles:
		return s.vehicles > 0
	case large:
		return s.scale >= bigScale
	case government:
		return s.scale >= bigScale && s.regime == ledger.Administrative
	}
	return true
}

var costs = []cost{
	{"付%d月办公用品款", "30201", 90, 260, 980, 2, everywhere},
	{"付打印机耗材、复印纸款", "30201", 35, 180, 640, 2, everywhere},
	{"付文件资料印刷费", "30202", 30, 220, 760, 2, everywhere},
	{"付%d月水费", "30205", 60, 46, 180, 1, everywhere},
	{"付%d月电费", "30206", 90, 180, 720, 1, everywhere},
	{"付%d月电话、宽带费", "30207", 90, 199, 420, 1, everywhere},
	{"报销赴县参加业务培训差旅费", "30211", 45, 180, 760, 4, everywhere},
	{"报销下村入户差旅费", "30211", 55, 120, 540, 6, everywhere},
	{"付空调、办公设备维修费", "30213", 25, 260, 1_400, 3, everywhere},
	{"付工作会议费", "30215", 12, 480, 1_600, 5, everywhere},
	{"付%d月保洁、门卫劳务费", "30226", 70, 600, 1_500, 2, everywhere},
	{"付%d月公务用车燃油费", "30231", 90, 420, 1_280, 3, vehicles},
	{"付公务用车维修、过路费", "30231", 40, 320, 1_900, 4, vehicles},
	{"拨付%d月工会经费", "30228", 90, 180, 420, 1, everywhere},
	{"付宣传栏、横幅制作费", "30201", 40, 300, 1_200, 2, large},
	{"付公务接待费(公函、清单齐全)", "30217", 45, 160, 420, 4, government},
	{"付防汛值班食品款", "30299", 20, 200, 600, 3, government},
	{"付人大代表活动费", "30201", 20, 260, 700, 4, government},
	{"付信访维稳工作经费", "30299", 25, 300, 900, 3, government},
	{"付政务服务专线、云服务租赁费", "30214", 30, 500, 1_000, 2, government},
	{"付法律顾问服务费", "30227", 18, 900, 1_800, 2, government},
	{"付党报党刊订阅费", "30201", 12, 400, 900, 2, large},
	{"付机关食堂燃气、炊事补贴", "30229", 60, 260, 700, 3, government},
	{"付职工体检费", "30229", 8, 900, 1_600, 2, large},
}

const (
	bigScale     = 150 // percent from which a unit has the costs of a large one
	monthlyTimes = 70  // in a hundred months from which a bill comes monthly
)

// run writes the month's office cost, each paid by the treasury (template T06).
func (p *pen) run(s station) {
	for _, c := range slices.Concat(costs, s.costs) {
		if !c.where.at(s) {
			continue
		}
		times := c.times
		if s.scale >= 2*bigScale && times < monthlyTimes {
			times *= 2 // a large organ pays such bills several times a month
		}
		for ; times > 0; times -= 100 {
			if p.chance(min(times, 100)) {
				p.cost(s, c)
			}
		}
	}
	if s.regime == ledger.Administrative && p.month.Month()%3 == 0 {
		fen := yuan(s.staff * 1_950)
		p.write(p.between(15, 20), 2, fmt.Sprintf("发放%d季度公务交通补贴", p.month.Month()/3), p.granted(
			[]ledger.Line{debit("500102", fen, ledger.Dims{Function: s.function, Economic: "30239"})},
			spend{s.function, "30239", "", fen})...)
	}
}

func (p *pen) cost(s station, c cost) {
	fen := p.yuan(c.low*s.scale/100, c.high*s.scale/100)
	dims := ledger.Dims{Function: s.function, Economic: c.economic}
	p.write(p.between(3, 27), int64(c.sheets+p.rng.IntN(3)), titled(c.summary, p.month),
		debit("500102", fen, dims), credit("400101", fen, ledger.Dims{Function: s.function}))
}

// titled puts the month in place of its mark.
func titled(summary string, month calendar.Period) string {
	return strings.Replace(summary, "%d", strconv.Itoa(month.Month()), 1)
}

// depreciate writes the month's depreciation of what was owned at the start (template T15).
func (p *pen) depreciate(s station) {
	b, m, c := monthly(s)
	if s.code == organ.code {
		fen := publicValue(s) / roadLife
		p.write(p.on(28), 1, fmt.Sprintf("计提%d月份公共基础设施折旧", p.month.Month()),
			debit("500107", fen, ledger.Dims{Function: s.function}), credit("1802", fen, none))
	}
	p.write(p.on(28), 1, fmt.Sprintf("计提%d月份固定资产折旧", p.month.Month()),
		debit("500105", b+m+c, ledger.Dims{Function: s.function}),
		credit("160201", b, none), credit("160203", m, none), credit("160206", c, none))
}

// Lives in months of buildings, machines, furniture and roads.
const buildingLife, machineLife, chairLife, roadLife = 600, 120, 180, 360

// publicValue is what the roads are worth that the organ kept when its books began.
func publicValue(s station) money.Fen { return yuan(3 * s.building) }

func monthly(s station) (building, machines, chairs money.Fen) {
	return yuan(s.building) / buildingLife, yuan(s.machines) / machineLife, yuan(s.chairs) / chairLife
}

// equip buys equipment in spring and autumn (template T14 without retention).
func (p *pen) equip(s station) {
	month := p.month.Month()
	if (int(p.book.ID)+month)%6 != 2 {
		return
	}
	n := 1 + p.rng.IntN(1+s.scale/100)
	fen := yuan(4_680+100*p.rng.IntN(6)) * money.Fen(n)
	p.write(p.between(11, 19), 4, fmt.Sprintf("购置台式计算机%d台(政府采购)", n), p.granted(
		[]ledger.Line{debit("160103", fen, none)}, spend{s.function, "31002", "", fen})...)
}

// collect takes fees in for the treasury and remits them before the month ends (template T10).
func (p *pen) collect(s station) {
	if s.fee.high == 0 {
		return
	}
	fen := p.yuan(s.fee.low, s.fee.high)
	p.write(p.on(11), 3, s.fee.summary, debit(bank, fen, none), credit("210301", fen, none))
	p.write(p.on(18), 1, fmt.Sprintf("上缴%d月份非税收入", p.month.Month()), debit("210301", fen, none), credit(bank, fen, none))
}
