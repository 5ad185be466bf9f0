package demo

import (
	"fmt"
	"math/rand/v2"
)

const (
	surnames   = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾韦付方邹熊白孟秦邱江尹薛闫段雷侯龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤"
	givenFirst = "春秋兴光永德玉桂仁义礼智正世家国文武成明启安庆吉祥昌荣茂秀素淑雪月云霞兰菊梅芳翠红艳丽彩先克绍开学运定昭"
	givenLast  = "才贵财寿田山林海泉川河水清平安宁和顺发旺生根柱梁栋贤良忠厚诚信礼英珍琴芬芝莲香娥凤仙蓉碧琼群会超志勤俭芹"
)

// names gives the invented people's names and identity numbers. No number belongs to anybody: no region begins with 99.
type names struct {
	rng  *rand.Rand
	used map[string]bool
	made int
}

func newNames() *names {
	return &names{rng: rand.New(rand.NewPCG(seed, 1)), used: map[string]bool{}}
}

func (n *names) name() string {
	pick := func(words string) string {
		runes := []rune(words)
		return string(runes[n.rng.IntN(len(runes))])
	}
	for {
		first, last := pick(givenFirst), pick(givenLast)
		name := pick(surnames) + first + last
		if first != last && !n.used[name] {
			n.used[name] = true
			return name
		}
	}
}

// number gives an identity number that nobody else of the county has: birth years 1966 to 1999, and a check character
// by GB 11643.
func (n *names) number() string {
	n.made++
	body := fmt.Sprintf("%d%04d%02d%02d%03d", County, 1966+n.made%34, 1+n.made%12, 1+n.made%28, n.made%999+1)
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(body[i]-'0') * weight
	}
	return body + string("10X98765432"[sum%11])
}
