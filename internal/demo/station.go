package demo

import (
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
)

// station is a unit of a township that keeps books of its own, with what its invented business comes to. Amounts are
// in yuan.
type station struct {
	code     string // last three digits of its book's code
	name     string
	pinyin   string
	regime   ledger.Regime
	function string // 功能分类 of its running cost
	staff    int
	base     int // basic pay per head and month
	allow    int // allowances of officials, performance pay of institutions, per head and month
	scale    int // percent: its office cost beside that of a small station
	vehicles int
	building int // original values of what it owns
	machines int
	chairs   int
	fee      fee
	works    []work
	costs    []cost // beside those that every unit has
}

func (s station) unitKind() org.Kind {
	if s.regime == ledger.Administrative {
		return org.Office
	}
	return org.Station
}

// fee is what a station collects for the treasury; it remits all of it.
type fee struct {
	summary   string
	low, high int // yuan a month; 0: it collects nothing
}

// work is a project of one year. A built one is prepaid, settled and handed over; the others are paid for as they go.
type work struct {
	year     int
	name     string
	function string
	economic string
	payee    string
	total    int    // yuan
	begin    int    // month
	months   int    // until it is done
	asset    string // account that it becomes; empty: it is spent
}

const (
	roads     = "1801"   // 公共基础设施
	buildings = "160101" // 房屋及构筑物
)

// organ and office are what every township has.
var (
	organ = station{
		code: "101", name: "政府机关", pinyin: "jiguan", regime: ledger.Administrative, function: "2010301", staff: 42, base: 3420,
		allow: 3860, scale: 420, vehicles: 3, building: 6_840_000, machines: 1_126_000, chairs: 384_000,
		fee: fee{"收门面房屋出租收入", 6_000, 14_000},
		works: []work{
			{2025, "柳溪至水口公路养护", "2140106", "31005", "青岚县畅达路桥有限公司", 1_360_000, 3, 6, roads},
			{2025, "集镇人居环境整治", "2120501", "30227", "柳溪保洁服务部", 486_000, 1, 12, ""},
			{2025, "便民服务大厅改造", "2010302", "31006", "青岚县宏图建筑有限公司", 392_000, 5, 5, buildings},
			{2026, "石桥至坝上道路硬化", "2130142", "31005", "青岚县畅达路桥有限公司", 1_580_000, 2, 6, roads},
			{2026, "集镇人居环境整治", "2120501", "30227", "柳溪保洁服务部", 504_000, 1, 12, ""},
			{2026, "综合应急队伍建设", "2240108", "30226", "柳溪镇综合应急队", 186_000, 4, 8, ""},
		},
	}
	office = station{
		code: "102", name: "财政所", pinyin: "czs", regime: ledger.Administrative, function: "2010601", staff: 7, base: 3360,
		allow: 3720, scale: 110, building: 620_000, machines: 168_000, chairs: 46_000,
		works: []work{{2026, "财政信息化运行维护", "2010607", "30213", "青岚县信通科技有限公司", 58_000, 3, 4, ""}},
	}
)

// stations of 柳溪镇 besides its general budget.
var stations = []station{
	organ, office,
	{
		code: "103", name: "农业服务中心", pinyin: "nyfw", regime: ledger.Institution, function: "2130104", staff: 11, base: 3180,
		allow: 3040, scale: 130, vehicles: 1, building: 940_000, machines: 386_000, chairs: 62_000,
		works: []work{
			{2025, "高标准农田管护", "2130153", "30227", "青岚县沃野农业服务有限公司", 268_000, 2, 9, ""},
			{2025, "水稻病虫害统防统治", "2130108", "30218", "青岚县农资公司", 124_000, 4, 5, ""},
			{2026, "高标准农田管护", "2130153", "30227", "青岚县沃野农业服务有限公司", 284_000, 2, 9, ""},
			{2026, "油菜绿色高产示范", "2130106", "30218", "青岚县农资公司", 96_000, 3, 7, ""},
		},
		costs: []cost{
			{"付农技推广资料、横幅款", "30202", 50, 260, 900, 3, everywhere},
			{"付田间试验示范用种、用肥款", "30218", 35, 400, 1_600, 3, everywhere},
		},
	},
	{
		code: "104", name: "水利站", pinyin: "slz", regime: ledger.Institution, function: "2130306", staff: 6, base: 3160, allow: 2980,
		scale: 90, vehicles: 1, building: 420_000, machines: 238_000, chairs: 28_000,
		works: []work{
			{2025, "金盆水库渠系维修", "2130316", "31005", "青岚县润泽水利工程有限公司", 612_000, 2, 7, roads},
			{2026, "红岩灌溉泵站改造", "2130316", "31005", "青岚县润泽水利工程有限公司", 538_000, 3, 6, roads},
			{2026, "防汛物资与抢险", "2130314", "30218", "青岚县防汛物资站", 86_000, 5, 5, ""},
		},
		costs: []cost{
			{"付水尺、雨量站维护费", "30213", 40, 240, 900, 3, everywhere},
			{"付渠道巡查人员劳务费", "30226", 80, 900, 1_800, 2, everywhere},
		},
	},
	{
		code: "105", name: "文化站", pinyin: "whz", regime: ledger.Institution, function: "2070109", staff: 4, base: 3120, allow: 2900,
		scale: 70, building: 760_000, machines: 142_000, chairs: 36_000,
		works: []work{
			{2025, "群众文化活动", "2070108", "30299", "柳溪镇文艺队", 68_000, 1, 12, ""},
			{2026, "群众文化活动", "2070108", "30299", "柳溪镇文艺队", 72_000, 1, 12, ""},
		},
		costs: []cost{
			{"付图书室报刊款", "30201", 40, 160, 620, 2, everywhere},
			{"付文化志愿者误餐补助", "30299", 35, 200, 700, 3, everywhere},
		},
	},
	{
		code: "106", name: "社会事务服务中心", pinyin: "shsw", regime: ledger.Institution, function: "2080150", staff: 8, base: 3150,
		allow: 2960, scale: 100, building: 380_000, machines: 118_000, chairs: 34_000,
		works: []work{
			{2025, "敬老院运行补助", "2081002", "30299", "柳溪镇敬老院", 216_000, 1, 12, ""},
			{2026, "敬老院运行补助", "2081002", "30299", "柳溪镇敬老院", 228_000, 1, 12, ""},
		},
	},
	{
		code: "107", name: "村镇建设服务中心", pinyin: "czjs", regime: ledger.Institution, function: "2120199", staff: 6, base: 3140,
		allow: 2950, scale: 95, building: 300_000, machines: 126_000, chairs: 26_000, fee: fee{"收集镇垃圾处理费", 3_200, 6_400},
		works: []work{
			{2025, "集镇路灯维护", "2120399", "30213", "青岚县明辉照明工程部", 84_000, 2, 10, ""},
			{2026, "污水管网清掏", "2121401", "30227", "柳溪保洁服务部", 118_000, 2, 9, ""},
		},
		costs: []cost{
			{"付公厕、路灯维护费", "30213", 50, 300, 1_200, 3, everywhere},
		},
	},
	{
		code: "108", name: "林业站", pinyin: "lyz", regime: ledger.Institution, function: "2130204", staff: 5, base: 3130, allow: 2920,
		scale: 80, vehicles: 1, building: 260_000, machines: 96_000, chairs: 22_000,
		works: []work{
			{2025, "森林防火", "2130234", "30226", "柳溪镇护林队", 92_000, 1, 12, ""},
			{2026, "森林防火", "2130234", "30226", "柳溪镇护林队", 96_000, 1, 12, ""},
		},
		costs: []cost{
			{"付护林员装备款", "30224", 20, 300, 1_400, 3, everywhere},
		},
	},
	{
		code: "109", name: "畜牧兽医站", pinyin: "xmsy", regime: ledger.Institution, function: "2130104", staff: 5, base: 3130, allow: 2930,
		scale: 80, building: 240_000, machines: 134_000, chairs: 18_000,
		works: []work{
			{2025, "动物疫病强制免疫", "2130108", "30218", "青岚县牧康药械有限公司", 64_000, 3, 8, ""},
			{2026, "动物疫病强制免疫", "2130108", "30218", "青岚县牧康药械有限公司", 66_000, 3, 8, ""},
		},
		costs: []cost{
			{"付防疫消毒药品款", "30218", 50, 300, 1_100, 3, everywhere},
		},
	},
	{
		code: "110", name: "便民服务中心", pinyin: "bmfw", regime: ledger.Institution, function: "2010350", staff: 6, base: 3140,
		allow: 2950, scale: 90, building: 520_000, machines: 184_000, chairs: 58_000,
		costs: []cost{
			{"付政务服务大厅排号、打印设备维护费", "30213", 40, 260, 800, 2, everywhere},
		},
	},
	{
		code: "111", name: "中心小学", pinyin: "zxxx", regime: ledger.Institution, function: "2050202", staff: 36, base: 3460, allow: 3320,
		scale: 260, building: 9_620_000, machines: 1_340_000, chairs: 486_000,
		works: []work{
			{2025, "学生营养改善", "2050202", "30308", "青岚县绿源农产品配送有限公司", 318_000, 3, 9, ""},
			{2025, "教学楼屋面维修", "2050202", "31006", "青岚县宏图建筑有限公司", 246_000, 6, 3, buildings},
			{2026, "学生营养改善", "2050202", "30308", "青岚县绿源农产品配送有限公司", 326_000, 3, 9, ""},
		},
		costs: []cost{
			{"付教学用品、实验材料款", "30218", 90, 500, 1_700, 4, everywhere},
			{"付教师培训费", "30216", 40, 400, 1_400, 5, everywhere},
			{"付课后服务劳务费", "30226", 75, 1_400, 2_600, 3, everywhere},
			{"付校园安保服务费", "30226", 90, 1_300, 1_700, 2, everywhere},
		},
	},
	{
		code: "112", name: "卫生院", pinyin: "wsy", regime: ledger.Institution, function: "2100302", staff: 18, base: 3280, allow: 3460,
		scale: 180, vehicles: 1, building: 4_280_000, machines: 2_160_000, chairs: 268_000,
		works: []work{
			{2025, "基本公共卫生服务", "2100408", "30218", "青岚县医药有限公司", 286_000, 1, 12, ""},
			{2026, "基本公共卫生服务", "2100408", "30218", "青岚县医药有限公司", 302_000, 1, 12, ""},
		},
		costs: []cost{
			{"付医疗废物处置费", "30227", 90, 500, 900, 2, everywhere},
			{"付医疗设备维护费", "30213", 50, 400, 1_900, 3, everywhere},
			{"付消毒供应、被服洗涤费", "30227", 70, 300, 800, 2, everywhere},
		},
	},
}

// clinic is the book that sells and buys on its own account.
const clinic = "112"

// stationsOf gives the stations of a township that have units.
func stationsOf(t *townPlan) []station {
	if t.full {
		return stations
	}
	return []station{organ, office}
}

func yuan(n int) money.Fen { return money.Fen(n) * 100 }
