package demo

import (
	"fmt"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// Accounts of a village's books.
const (
	villageCash = "101"
	villageBank = "102"
	works       = "153"
)

// village is what a village's business comes to.
type village struct {
	place
	n       int // its place in the township
	cadres  int
	sweeper int // cleaners
	contract
	road road
}

// contract is what the village lets on lease.
type contract struct {
	pond, pondYear   string // lessee outside the village, and what is let
	household        string // member who farms collective land
	pondRent, fields int    // yuan a year
	shop             int    // yuan a quarter; 0: none
	solar            int    // yuan a quarter from the village's solar plant; 0: none
}

// road is the village's project, paid for by the township's award for village works.
type road struct {
	year  int
	begin int
	name  string
	payee string
	total int // yuan
}

var lessees = []string{"赵永山", "钱桂林", "孔德海", "莫世才", "汤光明", "武开贵", "秦成贵", "阎兴旺"}

var members = []string{"李天福", "王正根", "张玉梁", "杨昌生", "周启善", "吴国粮", "郑家田", "冯绍河"}

// villageOf makes the plan of a village: what it has follows from its place in the list, so that neighbours differ.
func villageOf(n int, p place) village {
	v := village{place: p, n: n, cadres: 4 + n%3, sweeper: 2 + n%3}
	v.pond, v.pondYear = lessees[n%len(lessees)], []string{"水面", "茶山", "机动地", "果园"}[n%4]
	v.household = members[(n*3+1)%len(members)]
	v.pondRent, v.fields = 12_000+n*1_700%23_000, 4_800+n*900%6_000
	if n%2 == 0 {
		v.shop = 2_400 + n*350%3_600
	}
	if n%3 == 1 {
		v.solar = 3_200 + n*270%2_800
	}
	kinds := []string{"村道硬化", "水渠整治", "饮水管网改造", "文化广场", "机耕道"}
	v.road = road{
		year: firstYear + n%2, begin: 2 + n%4, name: p.name + kinds[n%len(kinds)], total: 160_000 + n*23_000%280_000,
		payee: []string{"青岚县畅达路桥有限公司", "青岚县润泽水利工程有限公司", "青岚县宏图建筑有限公司"}[n%3],
	}
	if n == 1 {
		v.road = road{2026, 2, "石桥至坝上村道硬化", "青岚县畅达路桥有限公司", 420_000}
	}
	return v
}

// Rates per head and month, in yuan.
const (
	cadrePay   = 2_860
	sweeperPay = 1_600
)

func (v village) cadrePay() money.Fen   { return yuan(v.cadres * cadrePay) }
func (v village) sweeperPay() money.Fen { return yuan(v.sweeper * sweeperPay) }

// village writes a month of a village's business.
func (p *pen) village(v village) {
	p.subsidy(v)
	p.cadres(v)
	p.cleaning(v)
	p.lease(v)
	p.road(v)
	p.levy(v)
	p.villageRunning(v)
	p.villageYear(v)
	if p.month.Month()%3 == 0 {
		p.write(p.on(28), 1, fmt.Sprintf("计提%d季度固定资产折旧", p.month.Month()/3),
			debit("51303", yuan(600+v.n*35), none), debit("51401", yuan(4_200+v.n*190), none),
			credit("152", yuan(4_800+v.n*225), none))
	}
}

// subsidy takes in what the township pays on for running the village (template T42).
func (p *pen) subsidy(v village) {
	fen := v.cadrePay() + yuan(5_200)
	p.fromTownship(villageRun, fen)
	p.write(p.on(9), 2, fmt.Sprintf("收%d月份村级组织运转补助", p.month.Month()), debit(villageBank, fen, none), credit("50301", fen, none))
	if p.month.Month()%3 == 1 {
		fen := 3 * v.sweeperPay()
		p.fromTownship(villageClean, fen)
		p.write(p.on(10), 2, fmt.Sprintf("收%d季度农村环境卫生保洁补助", p.month.Month()/3+1), debit(villageBank, fen, none),
			credit("50302", fen, none))
	}
}

// fromTownship notes what the general budget paid for the village.
func (p *pen) fromTownship(function string, fen money.Fen) {
	if p.flow != nil {
		p.flow.award(p.month, function, fen)
	}
}

// cadres accrues and pays the pay of the village's cadres (template T46).
func (p *pen) cadres(v village) {
	month, fen := fmt.Sprintf("%d月份村干部报酬(%d人)", p.month.Month(), v.cadres), v.cadrePay()
	p.write(p.on(12), 1, "计提"+month, debit("51301", fen, none), credit("21201", fen, none))
	p.write(p.on(13), 2, "发放"+month, debit("21201", fen, none), credit(villageBank, fen, none))
}

// cleaning accrues and pays the cleaners (template T47).
func (p *pen) cleaning(v village) {
	fen := v.sweeperPay()
	p.write(p.on(14), 2, fmt.Sprintf("发放%d月份环卫人员劳务费(%d人)", p.month.Month(), v.sweeper),
		debit("51403", fen, none), credit("21301", fen, none),
		debit("21301", fen, none), credit(villageBank, fen, none))
}

// lease takes rent: half of the year's rent is claimed in June and comes in by November (template T45).
func (p *pen) lease(v village) {
	rent, party := yuan(v.pondRent), ledger.Dims{Party: v.pond}
	switch p.month.Month() {
	case 3:
		p.write(p.between(6, 20), 2, "收"+v.pond+v.pondYear+"承包费(上半年)", debit(villageBank, rent/2, none), credit("50104", rent/2, none))
	case 6:
		p.write(p.on(25), 1, "应收"+v.pond+v.pondYear+"承包费(下半年)", debit("11202", rent/2, party), credit("50104", rent/2, none))
	case 9:
		p.write(p.between(10, 20), 1, "收"+v.pond+"承包费欠款", debit(villageBank, rent/4, none), credit("11202", rent/4, party))
		p.write(p.on(26), 1, "应收"+v.household+"机动地承包费", debit("11301", yuan(v.fields), ledger.Dims{Party: v.household}),
			credit("50104", yuan(v.fields), none))
	case 11:
		p.write(p.between(5, 15), 1, "收"+v.pond+"承包费余款", debit(villageBank, rent/2-rent/4, none), credit("11202", rent/2-rent/4, party))
		p.write(p.between(16, 25), 1, "收"+v.household+"机动地承包费", debit(villageBank, yuan(v.fields), none),
			credit("11301", yuan(v.fields), ledger.Dims{Party: v.household}))
	}
	if v.shop > 0 && p.month.Month()%3 == 1 {
		p.write(p.between(9, 20), 2, fmt.Sprintf("收%d季度门面租金", p.month.Month()/3+1), debit(villageBank, yuan(v.shop), none),
			credit("50103", yuan(v.shop), none))
	}
	if v.solar > 0 && p.month.Month()%3 == 2 {
		fen := p.yuan(v.solar*8/10, v.solar*12/10)
		p.write(p.between(9, 20), 2, "收村级光伏电站发电收益", debit(villageBank, fen, none), credit("50101", fen, none))
	}
}

// road builds the year's project with money that the township pays for it (template T43).
func (p *pen) road(v village) {
	r := v.road
	if r.year != p.month.Year() {
		return
	}
	total, project := yuan(r.total), ledger.Dims{Project: r.name}
	kept := total / 10 / 100 * 100
	pay := func(fen money.Fen, what string, sheets int64) {
		p.write(p.between(12, 19), sheets, "付"+r.name+what, debit(works, fen, project), credit(villageBank, fen, none))
	}
	switch p.month.Month() - r.begin {
	case 0:
		p.fromTownship(villageWorks, total)
		p.write(p.on(10), 2, "收"+r.name+"财政奖补资金", debit(villageBank, total, none), credit("24102", total, project))
	case 1:
		pay(total/2, "第1次进度款", 5)
	case 3:
		pay(total-total/2-kept, "第2次进度款", 6)
	case 4:
		p.write(p.on(18), 4, r.name+"竣工结算,扣留质保金", debit(works, kept, project), credit("211", kept, ledger.Dims{Party: r.payee}))
		p.write(p.on(20), 3, r.name+"完工转固定资产", debit("15104", total, none), credit(works, total, project))
		p.write(p.on(20), 1, r.name+"财政资金转公积公益金", debit("24102", total, project), credit("31104", total, none))
	}
}
