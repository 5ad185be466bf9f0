package demo

import "fmt"

// place is a township or a village: its name and the pinyin that its people's logins begin with.
type place struct {
	name   string
	pinyin string
}

// town is a township of the county. Classes are those of the settlement between county and townships, 1 the
// strongest; they scale the invented amounts.
type town struct {
	place
	code     string // last three digits of the division code
	class    int
	villages int
	centre   int // which accounting centre keeps its books
}

func (t town) division() string { return fmt.Sprintf("%d%s", County, t.code) }

// centres are the accounting centres, each named for the town it sits in.
var centres = []place{
	{"柳溪", "liuxi"}, {"石桥", "shiqiao"}, {"青坪", "qingping"}, {"官坝", "guanba"}, {"凤鸣", "fengming"}, {"板桥", "banqiao"},
}

// towns are the 36 townships. 柳溪镇, whose office is shown with two years of books, comes first.
var towns = []town{
	{place{"柳溪镇", "liuxi"}, "101", 2, 23, 0},
	{place{"石桥镇", "shiqiao"}, "102", 1, 16, 1},
	{place{"云岭镇", "yunling"}, "103", 2, 14, 0},
	{place{"白岩镇", "baiyan"}, "104", 3, 12, 0},
	{place{"青坪镇", "qingping"}, "105", 3, 13, 2},
	{place{"龙塘镇", "longtang"}, "106", 3, 12, 1},
	{place{"双碑镇", "shuangbei"}, "107", 4, 12, 1},
	{place{"新场镇", "xinchang"}, "108", 3, 13, 2},
	{place{"官坝镇", "guanba"}, "109", 3, 12, 3},
	{place{"马鞍镇", "maan"}, "110", 4, 11, 3},
	{place{"清泉镇", "qingquan"}, "111", 4, 12, 2},
	{place{"长冲镇", "changchong"}, "112", 4, 11, 0},
	{place{"大堰镇", "dayan"}, "113", 4, 12, 3},
	{place{"茶店镇", "chadian"}, "114", 4, 11, 4},
	{place{"竹园镇", "zhuyuan"}, "115", 4, 11, 4},
	{place{"凤鸣镇", "fengming"}, "116", 4, 12, 4},
	{place{"沙坝镇", "shaba"}, "117", 5, 10, 5},
	{place{"黄泥镇", "huangni"}, "118", 4, 11, 0},
	{place{"三岔镇", "sancha"}, "119", 4, 11, 1},
	{place{"长堰镇", "changyan"}, "120", 5, 11, 5},
	{place{"高桐乡", "gaotong"}, "201", 5, 10, 2},
	{place{"杉树乡", "shanshu"}, "202", 5, 10, 2},
	{place{"梨园乡", "liyuan"}, "203", 5, 11, 1},
	{place{"木林乡", "mulin"}, "204", 5, 10, 3},
	{place{"落水乡", "luoshui"}, "205", 5, 10, 3},
	{place{"鹿角乡", "lujiao"}, "206", 5, 10, 4},
	{place{"板桥乡", "banqiao"}, "207", 5, 11, 5},
	{place{"火石乡", "huoshi"}, "208", 5, 9, 4},
	{place{"枫香乡", "fengxiang"}, "209", 6, 9, 5},
	{place{"干溪乡", "ganxi"}, "210", 6, 9, 5},
	{place{"鹰嘴乡", "yingzui"}, "211", 6, 8, 5},
	{place{"坪上乡", "pingshang"}, "212", 6, 9, 2},
	{place{"麻柳乡", "maliu"}, "213", 6, 9, 3},
	{place{"石笋乡", "shisun"}, "214", 6, 9, 4},
	{place{"冷坪乡", "lengping"}, "215", 6, 8, 0},
	{place{"大坳乡", "daao"}, "216", 6, 8, 1},
}

// villages of 柳溪镇.
var villages = []place{
	{"清溪村", "qingxi"}, {"石桥村", "shiqiaocun"}, {"坝上村", "bashang"}, {"南垭村", "nanya"}, {"柳树村", "liushu"},
	{"河湾村", "hewan"}, {"金盆村", "jinpen"}, {"双井村", "shuangjing"}, {"水口村", "shuikou"}, {"红岩村", "hongyan"},
	{"竹林村", "zhulin"}, {"大坪村", "daping"}, {"新庄村", "xinzhuang"}, {"桐子村", "tongzi"}, {"梨树村", "lishu"},
	{"上街村", "shangjie"}, {"下街村", "xiajie"}, {"马槽村", "macao"}, {"李家坝村", "lijiaba"}, {"王家沟村", "wangjiagou"},
	{"核桃村", "hetao"}, {"青杠村", "qinggang"}, {"花石村", "huashi"},
}

// Words that the villages of the other townships are named from.
const (
	villageFirst = "大小上下东西南北新老前后中高长双石柏松杉桃梨枣杏竹枫桂莲菊兰"
	villageLast  = "坪湾沟坝岭垭塘井桥坳庄林溪河岩冲"
)

// villageNames gives as many village names as are asked for, none of them twice.
func villageNames(n int) []string {
	first, last := []rune(villageFirst), []rune(villageLast)
	names := make([]string, n)
	for i := range names {
		// 31 is coprime to 30 × 16 = 480, so that the walk meets every pair once.
		k := i * 31 % (len(first) * len(last))
		names[i] = string(first[k%len(first)]) + string(last[k/len(first)]) + "村"
	}
	return names
}
