package paper

import (
	"fmt"
	"math"
	"strconv"

	"xiangzhang/internal/money"
)

// itemKind says what a row of a voucher is.
type itemKind int

const (
	entryRow   itemKind = iota
	bandRow             // the name of a half
	totalRow            // its total
	broughtRow          // 承前页
	carriedRow          // 过次页
	onwardRow           // the half ends here, the next one begins on the next page
	noteRow
)

// item is one row of a voucher with its height.
type item struct {
	kind          itemKind
	half          int
	first         bool // of its half
	label         string
	summary       []string
	account, dims []string
	debit, credit money.Fen
	height        float64
	size          float64 // of type
}

// formPage is what one sheet of a voucher shows: the rows, and the row at its foot.
type formPage struct {
	rows []item
	foot item
}

// form is the layout of one voucher on cells of one size.
type form struct {
	c       *canvas
	v       Voucher
	setup   Setup
	size    Size
	written bool // only what is written: the lines and labels are on the paper already
	x       [5]float64
	title   float64 // base line of the title, with its size
	titlePt float64
	line    float64 // base line under the title
	table   float64 // top of the table
	head    float64 // heights of its parts
	pitch   float64
	foot    float64
	sign    float64
	bottom  float64 // margin
	body    float64 // height between head and foot
	type0   float64 // size of type
	boxes   int     // figures of an amount, where each has a box
	pages   []formPage
}

const (
	leading   = 1.18 * point // of a line, per point of type
	smaller   = 1.5          // points by which dimensions are smaller than accounts
	sizeLeast = 6.5          // points, to which a text gets smaller to stay on a line of a pre-printed form
	boxesMost = 11           // 亿千百十万千百十元角分
)

func newForm(c *canvas, size Size, s Setup, v Voucher) *form {
	f := &form{c: c, v: v, setup: s, size: size, written: s.Form == FormOverlay, type0: float64(s.Size)}
	near, far, top := 15.0, 9.0, 7.0 // the left margin is for binding
	f.titlePt, f.pitch, f.head, f.foot, f.sign, f.bottom = 16, 7.2, 6, 7.5, 6.5, 6
	if size == Roll {
		near, far = 20, 16 // the punched edges
	}
	f.title, f.line, f.table = top+6.5, top+14.5, top+16.5
	if size.H < 120 {
		top = 4.5
		f.titlePt, f.pitch, f.foot, f.sign, f.bottom = 13, 6.6, 6.6, 5.5, 4.5
		f.title, f.line, f.table = top+5, top+11, top+12.6
	}
	if s.Times {
		f.sign += 2.6
	}
	if s.Boxes {
		f.head += 4
	}
	w := size.W - near - far
	amount := math.Max(38, w*0.19)
	f.x = [5]float64{near, near + (w-2*amount)*0.38, size.W - far - 2*amount, size.W - far - amount, size.W - far}
	f.body = size.H - f.bottom - f.sign - f.foot - f.table - f.head
	if f.written {
		f.pitch = f.body / float64(s.Rows)
	}
	if s.Boxes {
		f.boxes = f.countBoxes()
	}
	f.paginate(f.items())
	return f
}

// countBoxes gives the boxes that the largest amount needs.
func (f *form) countBoxes() int {
	n := boxesMost
	for _, h := range f.v.Halves {
		debit, credit := h.total()
		for _, a := range []money.Fen{debit, credit} {
			n = max(n, len(strconv.FormatUint(uint64(a.Abs()), 10))+1)
		}
		for _, l := range h.Lines {
			n = max(n, len(strconv.FormatUint(uint64(max(l.Debit.Abs(), l.Credit.Abs())), 10))+1)
		}
	}
	return min(n, len(boxNames))
}

// footHalf is the half whose total stands at the foot: on a pre-printed form the financial one, which is the voucher's
// amount; on our own sheet the last one, below its lines.
func (f *form) footHalf() int {
	if f.written {
		return 0
	}
	return len(f.v.Halves) - 1
}

// items gives the rows of the voucher in their order, without what pages add.
func (f *form) items() []item {
	var out []item
	for i, h := range f.v.Halves {
		if h.Title != "" && !(f.written && i == 0) {
			out = append(out, f.fixed(item{kind: bandRow, half: i, label: h.Title}))
		}
		for n, l := range h.Lines {
			out = append(out, f.entry(i, n, l))
		}
		if i != f.footHalf() {
			debit, credit := h.total()
			out = append(out, f.fixed(item{kind: totalRow, half: i, label: h.Title + "合计", debit: debit, credit: credit}))
		}
	}
	if f.v.Note != "" {
		lines := f.c.wrap("说明:"+f.v.Note, f.x[2]-f.x[0]-2, f.type0-1)
		out = append(out, f.fixed(item{kind: noteRow, half: len(f.v.Halves) - 1, summary: lines, height: float64(len(lines)) * (f.type0 - 1) * leading}))
	}
	return out
}

// fixed gives a row its height: as much as its text takes, at least a line of the form; on a pre-printed form whole lines.
func (f *form) fixed(it item) item {
	least := f.pitch
	if it.kind == bandRow && !f.written {
		least = f.pitch * 0.72
	}
	it.height = math.Max(least, it.height+1)
	if f.written {
		it.height = math.Ceil((it.height-1.01)/f.pitch) * f.pitch
	}
	return it
}

func (f *form) entry(half, n int, l Line) item {
	it := item{kind: entryRow, half: half, first: n == 0, debit: l.Debit, credit: l.Credit}
	for it.size = f.type0; ; it.size -= 0.5 {
		it.summary = f.c.wrap(l.Summary, f.x[1]-f.x[0]-2, it.size)
		it.account = f.c.wrap(l.Account, f.x[2]-f.x[1]-2, it.size)
		it.dims = f.c.wrap(l.Dims, f.x[2]-f.x[1]-2, it.size-smaller)
		texts := float64(len(it.account))*it.size + float64(len(it.dims))*(it.size-smaller)
		it.height = math.Max(float64(len(it.summary))*it.size, texts) * leading
		if !f.written || it.height < f.pitch || it.size < sizeLeast {
			return f.fixed(it)
		}
	}
}

// paginate lays the rows on sheets. A half that goes over the end of a sheet is carried and brought forward.
func (f *form) paginate(items []item) {
	var sums [2]struct{ debit, credit money.Fen }
	for i := 0; i < len(items) || len(f.pages) == 0; {
		var page formPage
		room := f.body
		add := func(it item) {
			page.rows = append(page.rows, it)
			room -= it.height
		}
		if i > 0 && items[i].kind != bandRow && items[i].kind != noteRow && !items[i].first {
			half := items[i].half
			if title := f.v.Halves[half].Title; title != "" && !f.written {
				add(f.fixed(item{kind: bandRow, half: half, label: title}))
			}
			add(f.fixed(item{kind: broughtRow, half: half, label: "承前页", debit: sums[half].debit, credit: sums[half].credit}))
		}
		for took := 0; i < len(items) && (items[i].height <= room+0.01 || took == 0); took++ {
			if items[i].kind == bandRow && took > 0 && i+1 < len(items) && items[i].height+items[i+1].height > room+0.01 {
				break // a half's name does not stand alone at the end of a sheet
			}
			if items[i].kind == entryRow {
				s := &sums[items[i].half]
				s.debit, s.credit = s.debit+items[i].debit, s.credit+items[i].credit
			}
			add(items[i])
			i++
		}
		page.foot = f.footOf(items, i, len(f.pages)+2, sums[:])
		f.pages = append(f.pages, page)
	}
}

// footOf gives the row at the foot of a sheet whose rows end before items[next].
func (f *form) footOf(items []item, next, page int, sums []struct{ debit, credit money.Fen }) item {
	if next < len(items) {
		half := items[next].half
		if k := items[next]; k.kind == bandRow || k.kind == noteRow || k.first {
			return item{kind: onwardRow, label: fmt.Sprintf("接第 %d 页", page)}
		}
		return item{kind: carriedRow, half: half, label: "过次页", debit: sums[half].debit, credit: sums[half].credit}
	}
	half := f.footHalf()
	debit, credit := f.v.Halves[half].total()
	label := "合计"
	if title := f.v.Halves[half].Title; len(f.v.Halves) > 1 && !f.written {
		label = title + label
	}
	return item{kind: totalRow, half: half, label: label, debit: debit, credit: credit}
}
