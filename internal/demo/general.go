package demo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// Functions under which the general budget pays villages.
const (
	villageRun   = "2130705" // 对村民委员会和村党支部的补助
	villageWorks = "2130701" // 对村级公益事业建设的补助
	villageClean = "2120501" // 城乡社区环境卫生
)

// revenue is what comes in under a class of income, in yuan of a year.
type revenue struct {
	class   string
	name    string
	account string
	year    int // yuan
	months  []int
}

var (
	monthlyRevenue  = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	quarterlyMonths = []int{1, 4, 7, 10}
)

// ownRevenue and transfers are the general budget's income of a township of the second class in the first year.
var (
	ownRevenue = []revenue{
		{"1010101", "国内增值税", "4001", 9_860_000, monthlyRevenue},
		{"10104", "企业所得税", "4001", 4_120_000, quarterlyMonths},
		{"1010601", "个人所得税", "4001", 1_180_000, monthlyRevenue},
		{"10107", "资源税", "4001", 1_960_000, monthlyRevenue},
		{"10109", "城市维护建设税", "4001", 690_000, monthlyRevenue},
		{"10110", "房产税", "4001", 820_000, quarterlyMonths},
		{"10111", "印花税", "4001", 430_000, monthlyRevenue},
		{"10112", "城镇土地使用税", "4001", 760_000, quarterlyMonths},
		{"10113", "土地增值税", "4001", 1_240_000, quarterlyMonths},
		{"10114", "车船税", "4001", 360_000, monthlyRevenue},
		{"10118", "耕地占用税", "4001", 2_180_000, []int{3, 5, 8, 11}},
		{"10119", "契税", "4001", 3_260_000, monthlyRevenue},
		{"10121", "环境保护税", "4001", 240_000, quarterlyMonths},
		{"1030203", "教育费附加收入", "4001", 410_000, monthlyRevenue},
		{"10304", "行政事业性收费收入", "4001", 380_000, monthlyRevenue},
		{"1030501", "一般罚没收入", "4001", 260_000, monthlyRevenue},
		{"103070601", "行政单位国有资产出租、出借收入", "4001", 210_000, monthlyRevenue},
		{"1030799", "其他国有资源(资产)有偿使用收入", "4001", 1_640_000, []int{2, 6, 9, 12}},
	}
	transfers = []revenue{
		{"1100202", "均衡性转移支付", "4011", 3_960_000, monthlyRevenue},
		{"1100207", "县级基本财力保障机制奖补资金", "4011", 9_680_000, monthlyRevenue},
		{"1100208", "结算补助", "4011", 1_320_000, []int{6, 12}},
		{"1100248", "社会保障和就业共同财政事权转移支付", "4011", 2_240_000, quarterlyMonths},
		{"1100252", "农林水共同财政事权转移支付", "4011", 7_480_000, quarterlyMonths},
		{"1100299", "其他一般性转移支付", "4011", 2_120_000, []int{3, 6, 9}},
		{"1100313", "农林水专项转移支付", "4011", 6_260_000, []int{3, 5, 8}},
		{"1100311", "节能环保专项转移支付", "4011", 1_850_000, []int{4, 8}},
		{"11009", "调入资金", "4021", 1_030_000, []int{11}},
	}
)

// outlay is what the general budget pays itself, in yuan of a year.
type outlay struct {
	function string
	economic string
	summary  string
	account  string
	year     int
	months   []int
}

var outlays = []outlay{
	{"2013102", "50201", "拨付党建工作经费", "5001", 420_000, []int{2, 5, 8}},
	{"2010104", "50202", "拨付镇人民代表大会会议经费", "5001", 86_000, []int{2, 9}},
	{"2030607", "50201", "拨付民兵训练经费", "5001", 32_000, []int{4}},
	{"2040604", "50299", "拨付人民调解工作经费", "5001", 96_000, []int{3, 9}},
	{"2081107", "50901", "拨付残疾人两项补贴", "5001", 486_000, monthlyRevenue},
	{"2081902", "50901", "拨付农村最低生活保障金", "5001", 2_640_000, monthlyRevenue},
	{"2082102", "50901", "拨付农村特困人员供养金", "5001", 918_000, monthlyRevenue},
	{"2082001", "50901", "拨付临时救助金", "5001", 216_000, monthlyRevenue},
	{"2080805", "50901", "拨付义务兵家庭优待金", "5001", 184_000, []int{8}},
	{"2110402", "50299", "拨付农村生活污水治理款", "5001", 1_420_000, []int{5, 9, 11}},
	{"2120303", "50302", "拨付集镇基础设施建设款", "5001", 2_960_000, []int{4, 8, 11}},
	{"2130504", "50302", "拨付衔接乡村振兴项目款", "5001", 2_280_000, []int{5, 9}},
	{"2130122", "50799", "拨付农业产业发展奖补", "5001", 2_860_000, []int{4, 7, 10}},
	{"2130120", "50903", "拨付稳定农民收入补贴", "5001", 3_120_000, []int{4, 6}},
	{"2130119", "50299", "拨付防灾救灾经费", "5001", 340_000, []int{6, 7}},
	{"21508", "50701", "拨付中小企业发展扶持资金", "5001", 8_260_000, []int{5, 9, 11}},
	{"2210105", "50999", "拨付农村危房改造补助", "5001", 620_000, []int{6, 9}},
	{"2240703", "50901", "拨付自然灾害救灾补助", "5001", 260_000, []int{7, 8}},
	{"2300602", "51301", "专项上解县级支出", "5012", 830_000, []int{6, 12}},
}

// general writes a month of the general budget: revenue by class, transfers, the grants that the stations and villages
// booked, and its own expenditure by function.
func (p *pen) general(f *flows, scale int) {
	growth := 1000 + 42*(p.month.Year()-firstYear)
	share := func(year int, months []int) money.Fen {
		fen := yuan(year) * money.Fen(scale) / 100 * money.Fen(growth) / 1000 / money.Fen(len(months))
		fen = fen * money.Fen(900+p.rng.IntN(200)) / 1000
		return fen / 100 * 100
	}
	income := func(rows []revenue, day int, summary, source string) {
		var lines []ledger.Line
		var total money.Fen
		for _, r := range rows {
			if !slices.Contains(r.months, p.month.Month()) {
				continue
			}
			fen := share(r.year, r.months)
			total += fen
			line := credit(r.account, fen, ledger.Dims{Function: r.class})
			line.Summary = source + r.name
			lines = append(lines, line)
		}
		p.write(p.on(day), 3, summary, append([]ledger.Line{debit("1001", total, none)}, lines...)...)
	}
	month := p.month.Month()
	income(transfers, 9, fmt.Sprintf("收%d月份县级财政补助款", month), "收")
	income(ownRevenue, 15, fmt.Sprintf("收%d月份税收及非税收入(国库日报汇总)", month), "收")
	for _, o := range outlays {
		if slices.Contains(o.months, month) {
			fen := share(o.year, o.months)
			dims := ledger.Dims{Function: o.function, Economic: o.economic}
			if o.account != "5001" {
				dims.Economic = ""
			}
			p.write(p.between(16, 24), 2, o.summary, debit(o.account, fen, dims), credit("1001", fen, none))
		}
	}
	p.payStations(f.grants[p.month])
	p.payVillages(f.awards[p.month])
}

// endOfMonth is the last working day, or in the business month the last day that has been booked.
func (p *pen) endOfMonth() calendar.Date { return min(p.on(30), historyEnd) }

// payStations books what the treasury paid for each station in the month.
func (p *pen) payStations(grants map[grant]money.Fen) {
	keys := slices.SortedFunc(maps.Keys(grants), func(a, b grant) int {
		return cmp.Or(cmp.Compare(a.book, b.book), cmp.Compare(a.function, b.function), cmp.Compare(a.economic, b.economic))
	})
	for len(keys) > 0 {
		n := 1
		for n < len(keys) && keys[n].book == keys[0].book {
			n++
		}
		p.payStation(grants, keys[:n])
		keys = keys[n:]
	}
}

func (p *pen) payStation(grants map[grant]money.Fen, keys []grant) {
	var lines []ledger.Line
	var total money.Fen
	for _, k := range keys {
		total += grants[k]
		lines = append(lines, debit("5001", grants[k], ledger.Dims{Function: k.function, Economic: k.economic}))
	}
	p.write(p.endOfMonth(), int64(len(keys)), fmt.Sprintf("列支%s%d月份国库集中支付款", keys[0].unit, p.month.Month()),
		append(lines, credit("1001", total, none))...)
}

// payVillages books what went to the villages through the office's entrusted account.
func (p *pen) payVillages(awards map[string]money.Fen) {
	titles := map[string]string{villageRun: "村级组织运转补助", villageWorks: "村级公益事业建设奖补资金", villageClean: "农村环境卫生保洁补助"}
	for _, function := range slices.Sorted(maps.Keys(awards)) {
		economic := "59908"
		if function == villageWorks {
			economic = "50799"
		}
		fen := awards[function]
		p.write(p.on(9), 2, fmt.Sprintf("拨付%d月份%s", p.month.Month(), titles[function]),
			debit("5001", fen, ledger.Dims{Function: function, Economic: economic}), credit("1001", fen, none))
	}
}
