package demo

import (
	"fmt"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// villageCost is a kind of running cost of a village.
type villageCost struct {
	summary   string
	account   string
	times     int // in a hundred months
	low, high int // yuan
	sheets    int
	cash      bool
}

var villageCosts = []villageCost{
	{"付村委会办公用品款", "51302", 55, 160, 620, 2, false},
	{"付村委会电费、宽带费", "51302", 80, 180, 460, 2, false},
	{"付打印复印费", "51302", 30, 40, 160, 1, true},
	{"付村务公开栏制作费", "51302", 14, 240, 860, 2, false},
	{"付村民代表会议误工补贴", "51304", 35, 300, 900, 3, false},
	{"付路灯电费", "51401", 70, 160, 520, 1, false},
	{"付垃圾清运费", "51403", 45, 400, 1_100, 2, false},
	{"付村道除草、清沟用工", "51401", 22, 480, 1_600, 3, false},
	{"付护林防火宣传品款", "51405", 14, 120, 480, 2, true},
}

// villageRunning writes the month's small costs. Cash is drawn when the box runs low.
func (p *pen) villageRunning(v village) {
	month := p.month.Month()
	if month%4 == 1 {
		p.write(p.on(9), 1, "从银行提取备用金", debit(villageCash, yuan(1_200), none), credit(villageBank, yuan(1_200), none))
	}
	for _, c := range villageCosts {
		if !p.chance(c.times) {
			continue
		}
		fen, money := p.yuan(c.low, c.high), villageBank
		if c.cash {
			money = villageCash
		}
		p.write(p.between(10, 26), int64(c.sheets), c.summary, debit(c.account, fen, none), credit(money, fen, none))
	}
	if month == 3 || month == 9 {
		fen := p.yuan(2_400, 5_200)
		p.write(p.on(15), 3, "计提水渠清淤用工劳务费", debit("51401", fen, none), credit("21301", fen, none))
		p.write(p.on(19), 3, "支付水渠清淤用工劳务费", debit("21301", fen, none), credit(villageBank, fen, none))
	}
}

// once is what comes once a year.
type once struct {
	month     int
	day       int
	summary   string
	account   string
	low, high int
	sheets    int64
}

var onceAYear = []once{
	{1, 20, "春节走访慰问困难户", "51404", 1_200, 3_600, 6},
	{2, 12, "付元宵文体活动费", "51402", 800, 2_400, 4},
	{4, 16, "付村级动物防疫员补助", "51405", 900, 1_800, 2},
	{5, 14, "付农家书屋图书款", "51402", 400, 900, 2},
	{6, 15, "付防汛沙袋、值守补贴", "51405", 600, 1_600, 3},
	{8, 18, "付村办公楼屋面补漏", "51302", 900, 2_800, 3},
	{10, 19, "重阳节慰问八十岁以上老人", "51404", 1_600, 4_200, 5},
	{11, 18, "付党报党刊订阅款", "51302", 1_800, 3_120, 2},
}

// villageYear writes what comes once a year, the purchase of equipment, land compensation, and in December the
// share of the collective's income that goes to its funds (template T51).
func (p *pen) villageYear(v village) {
	for _, o := range onceAYear {
		if o.month == p.month.Month() {
			fen := p.yuan(o.low, o.high)
			p.write(p.on(o.day), o.sheets, o.summary, debit(o.account, fen, none), credit(villageBank, fen, none))
		}
	}
	if p.month.Month() == 4 && (v.n+p.month.Year())%3 == 0 {
		fen := p.yuan(2_800, 5_600)
		p.write(p.on(21), 3, "购置村委会办公桌椅、电脑", debit("15105", fen, none), credit(villageBank, fen, none))
	}
	if v.n%8 == 2 && p.month == "2026-05" {
		p.compensation()
	}
	if p.month.Month() == 12 {
		fen := yuan(2_000 + 150*v.n)
		p.write(p.on(26), 1, fmt.Sprintf("提取%d年度公积公益金", p.month.Year()), debit("32202", fen, none), credit("31101", fen, none))
	}
}

// compensation takes in the compensation for requisitioned land and pays the households' part on (template T49).
func (p *pen) compensation() {
	total := yuan(180_000)
	kept := total * 3 / 10
	households := ledger.Dims{Party: "被征地农户(6户)"}
	p.write(p.on(12), 4, "收县道拓宽征地补偿费", debit(villageBank, total, none), credit("31102", kept, none), credit("211", total-kept, households))
	p.write(p.on(20), 8, "兑付征地补偿费(6户)", debit("211", total-kept, households), credit(villageBank, total-kept, none))
}

// levy raises money among the members for a ditch that they have decided on, and builds it (template T44).
func (p *pen) levy(v village) {
	if v.n%6 != 3 || p.month.Year() != firstYear+v.n/6%2 {
		return
	}
	fen, project := yuan(18_000+v.n*600), ledger.Dims{Project: v.name + "排洪沟(一事一议)"}
	all := ledger.Dims{Party: "全体成员"}
	switch p.month.Month() {
	case 3:
		p.write(p.on(11), 5, "成员会议通过一事一议筹资", debit("11301", fen, all), credit("23101", fen, project))
	case 4:
		p.write(p.on(10), 20, "收一事一议筹资款", debit(villageBank, fen, none), credit("11301", fen, all))
	case 5:
		p.write(p.on(18), 5, "付排洪沟工程款", debit(works, fen, project), credit(villageBank, fen, none))
	case 6:
		p.write(p.on(17), 3, "排洪沟完工转固定资产", debit("15104", fen, none), credit(works, fen, project))
		p.write(p.on(17), 1, "一事一议筹资转公积公益金", debit("23101", fen, project), credit("31101", fen, none))
	}
}

// villageOpening is what a village starts with.
func villageOpening(v village, scale int) []ledger.Line {
	bank, box := yuan((120_000+v.n*14_300%190_000)*scale/100), yuan(1_860+v.n*70%900)
	house, gear := yuan(320_000+v.n*21_000%240_000), yuan(26_000+v.n*1_100)
	roads := yuan((680_000 + v.n*61_000%820_000) * scale / 100)
	worn := (house + roads) / 5
	owed, owing := yuan(6_000+v.n*800%9_000), yuan(24_000+v.n*3_700%60_000)
	funds, surplus := yuan(86_000+v.n*6_200%70_000), yuan(21_000+v.n*2_900%40_000)
	capital := bank + box + house + gear + roads - worn + owed - owing - funds - surplus
	return []ledger.Line{
		debit(villageCash, box, none), debit(villageBank, bank, none),
		debit("11201", owed, ledger.Dims{Party: "青岚县农投公司"}),
		debit("15101", house, none), debit("15104", roads, none), debit("15105", gear, none), credit("152", worn, none),
		credit("211", owing, ledger.Dims{Party: "青岚县宏图建筑有限公司"}),
		credit("30102", capital, none), credit("31101", funds, none), credit("32201", surplus, none),
	}
}

// standing gives what an account stands at in opening lines, debit positive.
func standing(lines []ledger.Line, account string) (fen money.Fen) {
	for _, l := range lines {
		if l.Account == account {
			fen += l.Debit - l.Credit
		}
	}
	return fen
}
