package sheet

import (
	"strconv"
	"strings"

	"xiangzhang/internal/fault"
)

func itoa(n int) string { return strconv.Itoa(n) }

// readHead finds each column by its Chinese or English head, in any order.
func (b *builder) readHead(cells []cell) error {
	known := b.layout.heads()
	if len(cells) == 1 && len(b.layout.Columns) > 1 {
		if _, ok := known[plainHead(cells[0].text)]; !ok {
			b.problems.Add(b.headRow, "", fault.Newf(fault.Invalid, "sheet-head-not-first", "请删去表头以上的标题行和说明行,使第一行就是表头;表头为:"+b.list(),
				"首行只有「%s」一格,不是表头", shorten(cells[0].text)))
			return nil
		}
	}
	found := map[int]int{}
	for _, c := range cells {
		place, ok := known[plainHead(c.text)]
		if !ok {
			err := fault.Newf(fault.Invalid, "sheet-head-unknown", "请改用下列表头或删去该列:"+b.list(),
				"单元格 %s 的表头「%s」不在本表之列", cellName(c.column, b.headRow), shorten(c.text))
			if err := b.refuse(b.headRow, shorten(c.text), err); err != nil {
				return err
			}
			continue
		}
		if first, twice := found[place]; twice {
			err := fault.Newf(fault.Invalid, "sheet-head-repeated", "请只留一列,删去另一列",
				"表头「%s」重复:单元格 %s 和 %s", b.layout.Columns[place].Title, cellName(first, b.headRow), cellName(c.column, b.headRow))
			if err := b.refuse(b.headRow, c.text, err); err != nil {
				return err
			}
			continue
		}
		found[place] = c.column
		b.places[c.column], b.written[c.column], b.table.heads[place] = place, c.text, c.text
	}
	b.refuseMissing(found)
	if len(b.problems) > 0 {
		clear(b.places)
	}
	return nil
}

func (b *builder) refuseMissing(found map[int]int) {
	for place, column := range b.layout.Columns {
		if _, ok := found[place]; column.Required && !ok {
			b.problems.Add(b.headRow, column.Title, fault.Newf(fault.Invalid, "sheet-head-missing", "请补上该列,表头写「"+column.Title+"」或「"+column.Name+"」",
				"缺少必需的列「%s」", column.Title))
		}
	}
}

func (b *builder) list() string { return strings.Join(b.layout.titles(), "、") }

// heads gives every known head in its plain form.
func (l Layout) heads() map[string]int {
	known := make(map[string]int, 2*len(l.Columns))
	for i, c := range l.Columns {
		for _, head := range append([]string{c.Title, c.Name}, c.Aliases...) {
			known[plainHead(head)] = i
		}
	}
	return known
}

// plainHead drops what people add to a head without changing its meaning: blanks and line breaks, a star for required,
// the unit yuan, letter case. 万元 stays, because it does change the meaning.
func plainHead(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n', '\u00a0', '\u3000', '\u200b', '\ufeff', '*':
			return -1
		case '\uff08': // full-width parentheses
			return '('
		case '\uff09':
			return ')'
		}
		return r
	}, s)
	return strings.ToLower(strings.TrimSuffix(s, "(元)"))
}
