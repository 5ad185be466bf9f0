package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"xiangzhang/internal/fault"
)

const (
	// maxRefused bounds the cells refused in one file: a file that has more is not mended cell by cell.
	maxRefused = 1000
	// maxCellRunes is the longest text that a spreadsheet's cell can hold.
	maxCellRunes = 32_767
)

// Read takes a table from a CSV or XLSX file, told apart by content, not by name. The name only serves the sentences.
// A fault means the whole file; Problems lists the rows and cells to mend. A reader that is also an io.ReaderAt and an
// io.Seeker is read in place, any other is first read into memory.
func Read(name string, r io.Reader, layout Layout) (*Table, error) {
	src, err := open(name, r, MaxBytes)
	if err != nil {
		return nil, err
	}
	return read(src, layout)
}

func read(src *source, layout Layout) (*Table, error) {
	b := newBuilder(src, layout)
	if err := b.fill(); err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return b.finish()
}

// fill reads the file in the format that its content shows.
func (b *builder) fill() error {
	head, err := b.src.first(512)
	if err != nil {
		return err
	}
	switch {
	case bytes.HasPrefix(head, zipMagic), bytes.HasPrefix(head, emptyZipMagic):
		return readXLSX(b.src, b)
	case bytes.HasPrefix(head, oleMagic):
		return b.src.refuseOLE()
	}
	if err := b.src.refuseOther(head); err != nil {
		return err
	}
	return readCSV(b.src, b)
}

// errEnough stops reading a file whose problems are already too many to go on.
var errEnough = errors.New("sheet: enough problems")

// cell is one cell with content; columns count from 0.
type cell struct {
	column int
	text   string
}

// builder makes the table from the rows with content, whichever format they come from.
type builder struct {
	src      *source
	layout   Layout
	table    *Table
	headRow  int         // 0 until the head was read
	places   map[int]int // by the file's column, the place in the layout
	written  map[int]string
	refused  int // cells and rows refused so far
	problems Problems

	raw       bool // every row is taken as it stands, without a head
	separator byte // of text; 0: found out
}

func newBuilder(src *source, layout Layout) *builder {
	return &builder{src: src, layout: layout, table: newTable(layout), places: map[int]int{}, written: map[int]string{}}
}

// add takes the cells with content of one row. The first row with content is the head.
func (b *builder) add(number int, cells []cell) error {
	kept := cells[:0]
	for _, c := range cells {
		if c.text = trim(visible(c.text)); c.text != "" {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	if b.headRow == 0 && !b.raw {
		b.headRow = number
		return b.readHead(kept)
	}
	if len(b.places) == 0 && !b.raw {
		return nil // the head was refused: the rows cannot be read
	}
	if len(b.table.Rows) == MaxRows {
		return fault.Newf(fault.Invalid, "sheet-too-many-rows", "请按账套或月份拆成几个文件分别导入", "%s的数据超过 %d 行", b.src.name, MaxRows)
	}
	if b.raw {
		b.table.Rows = append(b.table.Rows, Row{Number: number, Cells: positional(kept), table: b.table})
		return nil
	}
	row := Row{Number: number, Cells: make([]string, len(b.layout.Columns)), table: b.table}
	for _, c := range kept {
		place, ok := b.places[c.column]
		if !ok {
			if err := b.refuse(number, "", outsideHead(c, number)); err != nil {
				return err
			}
			continue
		}
		if utf8.RuneCountInString(c.text) > maxCellRunes {
			if err := b.refuse(number, b.written[c.column], cellTooLong(c, number)); err != nil {
				return err
			}
			continue
		}
		row.Cells[place] = c.text
	}
	b.table.Rows = append(b.table.Rows, row)
	return nil
}

// refuse notes a cell or a row that cannot be taken, and stops the reading when there are too many.
func (b *builder) refuse(row int, column string, err error) error {
	if b.refused == maxRefused {
		b.problems.Add(0, "", fault.Newf(fault.Invalid, "sheet-too-many-problems", "请先改正所列各处,或改用导入模板",
			"%s的问题超过 %d 处,其余未列出", b.src.name, maxRefused))
		return errEnough
	}
	b.refused++
	b.problems.Add(row, column, err)
	return nil
}

func (b *builder) finish() (*Table, error) {
	if len(b.problems) > 0 {
		return nil, b.problems.sorted()
	}
	if b.headRow == 0 {
		return nil, b.src.empty()
	}
	return b.table, nil
}

func outsideHead(c cell, row int) error {
	return fault.Newf(fault.Invalid, "sheet-cell-outside-head", "请给该列补上表头,或删去该格;CSV 文件中含逗号的内容要加引号",
		"单元格 %s 有内容「%s」,但该列没有表头", cellName(c.column, row), shorten(c.text))
}

func cellTooLong(c cell, row int) error {
	return fault.Newf(fault.Invalid, "sheet-cell-too-long", "请缩短内容;CSV 文件请检查该格的引号是否成对",
		"单元格 %s 超过 %d 个字", cellName(c.column, row), maxCellRunes)
}

// cellName names a cell as a spreadsheet does: column 2 of row 7 is C7.
func cellName(column, row int) string { return columnName(column) + itoa(row) }

// columnName names a column as a spreadsheet does, from 0: A, B, … Z, AA.
func columnName(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// visible drops control characters, which no one can see and PostgreSQL cannot keep; line feeds and tabs stay.
func visible(s string) string {
	hidden := func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == '\u007f' }
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if hidden(r) {
			return -1
		}
		return r
	}, s)
}

// trim drops surrounding blanks, those that cannot be seen included.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		switch r {
		case ' ', '\t', '\r', '\n', '\v', '\f', '\u00a0', '\u3000', '\u200b', '\ufeff':
			return true
		}
		return false
	})
}

// shorten keeps a quoted text short enough for a sentence.
func shorten(s string) string {
	if runes := []rune(s); len(runes) > 20 {
		return string(runes[:20]) + "…"
	}
	return s
}
