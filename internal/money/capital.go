package money

import "strings"

var (
	capitalDigits = [...]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}
	capitalPlaces = [...]string{"", "拾", "佰", "仟"}
)

// Capital writes an amount in Chinese capitals (会计基础工作规范 第五十二条): 10203.04 is 壹万零贰佰零叁元零肆分.
// An amount that ends at 元 or 角 gets 整; a red amount starts with 负.
func (f Fen) Capital() string {
	if f == 0 {
		return "零元整"
	}
	var b strings.Builder
	n := uint64(f)
	if f < 0 {
		n = -n
		b.WriteString("负")
	}
	yuan, jiao, fen := n/100, n/10%10, n%10
	if yuan > 0 {
		b.WriteString(capitalWhole(yuan))
		b.WriteString("元")
	}
	switch {
	case jiao > 0:
		b.WriteString(capitalDigits[jiao] + "角")
	case fen > 0 && yuan > 0:
		b.WriteString("零")
	}
	if fen > 0 {
		b.WriteString(capitalDigits[fen] + "分")
	} else {
		b.WriteString("整")
	}
	return b.String()
}

// capitalWhole reads a number in steps of 亿, of 万 and of single figures. A step that begins with zeros behind a higher
// one gets one 零: 壹亿零壹拾万.
func capitalWhole(n uint64) string {
	for _, step := range []struct {
		size uint64
		name string
	}{{100_000_000, "亿"}, {10_000, "万"}} {
		high, low := n/step.size, n%step.size
		switch {
		case high == 0:
		case low == 0:
			return capitalWhole(high) + step.name
		case low < step.size/10:
			return capitalWhole(high) + step.name + "零" + capitalWhole(low)
		default:
			return capitalWhole(high) + step.name + capitalWhole(low)
		}
	}
	return capitalGroup(n)
}

func capitalGroup(g uint64) string {
	var b strings.Builder
	zero := false
	for place := 3; place >= 0; place-- {
		d := g / [...]uint64{1, 10, 100, 1000}[place] % 10
		if d == 0 {
			zero = zero || b.Len() > 0
			continue
		}
		if zero {
			b.WriteString("零")
			zero = false
		}
		b.WriteString(capitalDigits[d] + capitalPlaces[place])
	}
	return b.String()
}
