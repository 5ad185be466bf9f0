package paper

import (
	"fmt"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/money"
)

// boxNames are the places of an amount's figures, from the right.
var boxNames = []string{"分", "角", "元", "十", "百", "千", "万", "十", "百", "千", "亿", "十", "百", "千", "万", "十"}

// rule draws a line of the form; a pre-printed one has it already.
func (f *form) rule(x1, y1, x2, y2 float64) {
	if !f.written {
		f.c.line(x1, y1, x2, y2)
	}
}

// printed puts a text that is the form's own.
func (f *form) printed(x, y float64, a align, size float64, s string) {
	if !f.written {
		f.c.text(x, y, a, size, s)
	}
}

// draw puts a sheet of the voucher at a corner of the paper.
func (f *form) draw(c *canvas, at Size, n int, p formPage) {
	if f.written {
		at = Size{at.W + float64(f.setup.RightBy)/10, at.H + float64(f.setup.DownBy)/10}
	}
	x := f.x
	for i := range f.x {
		f.x[i] += at.W
	}
	defer func() { f.x = x }()
	f.drawHead(at.H, n)
	y := at.H + f.table
	f.c.thick(thin)
	f.drawColumns(y)
	y += f.head
	end := y + f.body
	for _, it := range p.rows {
		f.drawRow(y, it)
		y += it.height
	}
	f.drawBlank(y, end, n == len(f.pages)-1)
	f.drawRow(end, f.footRow(p.foot))
	f.c.thick(strong)
	for _, edge := range []float64{at.H + f.table, end + f.foot} {
		f.rule(f.x[0], edge, f.x[4], edge)
	}
	for _, edge := range []float64{f.x[0], f.x[4]} {
		f.rule(edge, at.H+f.table, edge, end+f.foot)
	}
	f.drawSigns(end + f.foot)
}

func (f *form) footRow(it item) item {
	it.height = f.foot
	return it
}

// drawHead puts the title with what stands beside and below it.
func (f *form) drawHead(top float64, n int) {
	mid := (f.x[0] + f.x[4]) / 2
	f.printed(mid, top+f.title, center, f.titlePt, "记　账　凭　证")
	f.c.thick(thin)
	half := f.c.width("记　账　凭　证", f.titlePt)/2 + 3
	for _, below := range []float64{1.6, 2.3} {
		f.rule(mid-half, top+f.title+below, mid+half, top+f.title+below)
	}
	size := f.type0
	if f.v.Mark != "" {
		f.c.text(mid+half+3, top+f.title, left, size+1, "("+f.v.Mark+")")
	}
	y := top + f.title
	f.printed(f.x[0], y, left, size, "账套:")
	from := f.x[0] + f.c.width("账套:", size)
	f.c.fitted(from, y, mid-half-4-from, left, size, f.v.Book)
	f.printed(f.x[4], y, right, size, "张")
	f.c.text(f.x[4]-4.5, y, right, size, strconv.FormatInt(f.v.Attachments, 10))
	f.printed(f.x[4]-11, y, right, size, "附件")

	y = top + f.line
	f.printed(f.x[0], y, left, size, "单位:")
	f.c.fitted(from, y, mid-30-from, left, size, f.v.Unit)
	f.drawDate(mid, y, size)
	f.c.text(f.x[4], y, right, size-1, fmt.Sprintf("%d/%d", n+1, len(f.pages)))
	f.printed(f.x[4]-9, y, right, size, "号")
	number := ""
	if f.v.Number != 0 {
		number = fmt.Sprintf("%04d", f.v.Number)
	}
	f.c.text(f.x[4]-14, y, right, size+1, number)
	f.printed(f.x[4]-25, y, right, size, "字第")
	f.c.text(f.x[4]-33, y, right, size+1, f.v.Word)
}

func (f *form) drawDate(mid, y, size float64) {
	year, month, day := dateParts(f.v.Date)
	for _, p := range []struct {
		at         float64
		text, name string
	}{{-11, year, "年"}, {1, month, "月"}, {12, day, "日"}} {
		f.c.text(mid+p.at-1, y, right, size, p.text)
		f.printed(mid+p.at, y, left, size, p.name)
	}
}

func dateParts(d calendar.Date) (year, month, day string) {
	return string(d[:4]), strings.TrimPrefix(string(d[5:7]), "0"), strings.TrimPrefix(string(d[8:10]), "0")
}

// drawColumns puts the heads of the table.
func (f *form) drawColumns(y float64) {
	mid := y + f.head/2 + f.type0*point*0.36
	f.printed((f.x[0]+f.x[1])/2, mid, center, f.type0, "摘　　要")
	f.printed((f.x[1]+f.x[2])/2, mid, center, f.type0, "会　计　科　目")
	for i, name := range []string{"借方金额", "贷方金额"} {
		x1, x2 := f.x[2+i], f.x[3+i]
		if f.boxes == 0 {
			f.printed((x1+x2)/2, mid, center, f.type0, name)
			continue
		}
		cut := y + f.head - 4
		f.printed((x1+x2)/2, (y+cut)/2+f.type0*point*0.36, center, f.type0, name)
		f.rule(x1, cut, x2, cut)
		w := (x2 - x1) / float64(f.boxes)
		for k := range f.boxes {
			f.printed(x2-w*(float64(k)+0.5), cut+2.9, center, 6.5, boxNames[k])
		}
		f.drawBoxes(x1, x2, cut, y+f.head)
	}
	f.rule(f.x[0], y+f.head, f.x[4], y+f.head)
	for i := 1; i < 4; i++ {
		f.rule(f.x[i], y, f.x[i], y+f.head)
	}
}

// drawBoxes rules one box for each figure; the ones between 元 and 角 and between thousands are stronger.
func (f *form) drawBoxes(x1, x2, y1, y2 float64) {
	if f.boxes == 0 {
		return
	}
	w := (x2 - x1) / float64(f.boxes)
	for k := 1; k < f.boxes; k++ {
		f.c.thick(0.05)
		if k == 2 || k > 2 && (k-2)%3 == 0 {
			f.c.thick(0.22)
		}
		f.rule(x2-w*float64(k), y1, x2-w*float64(k), y2)
	}
	f.c.thick(thin)
}

// drawRow puts one row with the lines around it.
func (f *form) drawRow(y float64, it item) {
	end := y + it.height
	if it.kind != bandRow {
		f.rule(f.x[2], y, f.x[2], end)
		f.rule(f.x[3], y, f.x[3], end)
		f.drawBoxes(f.x[2], f.x[3], y, end)
		f.drawBoxes(f.x[3], f.x[4], y, end)
	}
	f.rule(f.x[0], end, f.x[4], end)
	mid := (y+end)/2 + f.type0*point*0.36
	switch it.kind {
	case entryRow:
		f.rule(f.x[1], y, f.x[1], end)
		f.lines(f.x[0]+1, y, it, it.summary, nil)
		f.lines(f.x[1]+1, y, it, it.account, it.dims)
		f.amount(2, mid, it.debit, false)
		f.amount(3, mid, it.credit, false)
	case noteRow:
		it.size = f.type0 - 1
		f.lines(f.x[0]+1, y, it, it.summary, nil)
	case bandRow:
		f.c.text(f.x[0]+1, mid, left, f.type0, it.label)
	case broughtRow, carriedRow:
		f.c.text((f.x[0]+f.x[1])/2, mid, center, f.type0, it.label)
		f.amount(2, mid, it.debit, false)
		f.amount(3, mid, it.credit, false)
	case onwardRow:
		f.c.text((f.x[0]+f.x[1])/2, mid, center, f.type0, it.label)
	case totalRow:
		f.drawTotal(mid, it)
	}
}

func (f *form) drawTotal(mid float64, it item) {
	if it.label == "合计" {
		f.printed(f.x[0]+1, mid, left, f.type0, it.label)
	} else {
		f.c.text(f.x[0]+1, mid, left, f.type0, it.label)
	}
	from := f.x[0] + 1 + f.c.width(it.label+"　", f.type0)
	capitals := "(借贷不平)"
	if it.debit == it.credit {
		capitals = it.debit.Capital()
	}
	if it.debit < 0 && f.setup.Negative != MinusOnly {
		f.c.paint(red)
	}
	f.c.fitted(from, mid, f.x[2]-1-from, left, f.type0, capitals)
	f.c.paint(black)
	f.amount(2, mid, it.debit, true)
	f.amount(3, mid, it.credit, true)
}

// lines puts the lines of a cell, the second kind smaller, in the middle of its row.
func (f *form) lines(x, y float64, it item, first, second []string) {
	small := it.size - smaller
	used := (float64(len(first))*it.size + float64(len(second))*small) * leading
	y += (it.height - used) / 2
	for _, s := range first {
		f.c.text(x, y+0.8*it.size*leading, left, it.size, s)
		y += it.size * leading
	}
	for _, s := range second {
		f.c.text(x, y+0.8*small*leading, left, small, s)
		y += small * leading
	}
}

// amount puts an amount into its column: zero is left empty, but in totals.
func (f *form) amount(column int, base float64, a money.Fen, total bool) {
	if a == 0 && !total {
		return
	}
	if a < 0 && f.setup.Negative != MinusOnly {
		f.c.paint(red)
		defer f.c.paint(black)
	}
	x1, x2 := f.x[column], f.x[column+1]
	minus := a < 0 && f.setup.Negative != RedOnly
	if f.boxes == 0 {
		text := a.Abs().String()
		if minus {
			text = "-" + text
		}
		if total {
			text = "¥" + text
		}
		f.c.fitted(x2-1, base, x2-x1-2, right, f.type0, text)
		return
	}
	figures := fmt.Sprintf("%03d", uint64(a.Abs()))
	if minus {
		figures = "-" + figures
	}
	if total {
		figures = "¥" + figures
	}
	w := (x2 - x1) / float64(f.boxes)
	runes := []rune(figures)
	for k := range runes {
		f.c.text(x2-w*(float64(k)+0.5), base, center, f.type0, string(runes[len(runes)-1-k]))
	}
}

// drawBlank rules the lines that are left, and strikes them out (会计基础工作规范 第五十一条).
func (f *form) drawBlank(y, end float64, last bool) {
	room := end - y
	if room < 1 {
		return
	}
	if last {
		f.c.line(f.x[2]+1, end-0.8, f.x[4]-1, y+0.8)
	}
	n := max(1, int(room/f.pitch+0.2))
	for i := 1; i <= n; i++ {
		at := y + room*float64(i)/float64(n)
		f.rule(f.x[0], at, f.x[4], at)
	}
	for i := 1; i < 4; i++ {
		f.rule(f.x[i], y, f.x[i], end)
	}
	f.drawBoxes(f.x[2], f.x[3], y, end)
	f.drawBoxes(f.x[3], f.x[4], y, end)
}

// drawSigns puts who signs, with the names and times of the steps taken.
func (f *form) drawSigns(y float64) {
	w := (f.x[4] - f.x[0]) / float64(len(f.v.Signed))
	size := f.type0
	for i, s := range f.v.Signed {
		x := f.x[0] + w*float64(i)
		f.printed(x, y+1.2+size*leading, left, size, s.Duty)
		from := x + f.c.width(s.Duty+" ", size)
		f.c.fitted(from, y+1.2+size*leading, x+w-1-from, left, size, s.Name)
		if f.setup.Times {
			f.c.text(x, y+1.2+size*leading+3, left, 6.5, s.At)
		}
	}
}
