package money

import "strings"

var (
	capitalDigits = [...]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}
	capitalPlaces = [...]string{"", "拾", "佰", "仟"}
	capitalGroups = [...]string{"", "万", "亿", "万亿"}
)

// Capital writes an amount in Chinese capitals (会计基础工作规范 第五十二条): 10203.04 is 壹万零贰佰零叁元零肆分.
// An amount that ends at 元 or 角 gets 整; a red amount starts with 负.
func (f Fen) Capital() string {
	if f == 0 {
		return "零元整"
	}
	if f < 0 {
		return "负" + (-f).Capital()
	}
	yuan, jiao, fen := int64(f)/100, int64(f)/10%10, int64(f)%10
	var b strings.Builder
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

func capitalWhole(n int64) string {
	var groups []int64
	for ; n > 0; n /= 10_000 {
		groups = append(groups, n%10_000)
	}
	var b strings.Builder
	zero := false
	for i := len(groups) - 1; i >= 0; i-- {
		g := groups[i]
		if g == 0 {
			zero = zero || b.Len() > 0
			continue
		}
		if b.Len() > 0 && (zero || g < 1000) {
			b.WriteString("零")
		}
		zero = false
		b.WriteString(capitalGroup(g))
		b.WriteString(capitalGroups[i])
	}
	return b.String()
}

func capitalGroup(g int64) string {
	var b strings.Builder
	zero := false
	for place := 3; place >= 0; place-- {
		d := g / [...]int64{1, 10, 100, 1000}[place] % 10
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
