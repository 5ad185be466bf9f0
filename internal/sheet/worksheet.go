package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"xiangzhang/internal/fault"
)

// cellReader reads the cells of one worksheet as they stream by.
type cellReader struct {
	book    *workbook
	builder *builder // nil while only looking whether there is content

	row       int
	rowHidden bool
	cells     []cell
	column    int // of the cell read last, -1 at the start of a row
	hidden    []columnRange
	named     map[int]bool // hidden columns refused already
	closed    bool
}

// columnRange is a run of hidden columns, both ends included, from 0.
type columnRange struct{ first, last int }

// errContent ends the look for content.
var errContent = errors.New("sheet: the worksheet has content")

// filledSheets gives the worksheets with content, the hidden ones too.
func (w *workbook) filledSheets() ([]worksheet, error) {
	var filled []worksheet
	for _, s := range w.sheets {
		if _, ok := w.parts[strings.ToLower(s.part)]; !ok {
			return nil, w.src.damaged(fmt.Errorf("sheet: worksheet %q has no part", s.name))
		}
		r := &cellReader{book: w}
		err := w.walk(s.part, func(d *xml.Decoder, token xml.Token) error {
			err := r.visit(d, token)
			if errors.Is(err, errContent) {
				filled = append(filled, s)
				return io.EOF
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return filled, nil
}

func (w *workbook) readSheet(s worksheet, b *builder) error {
	r := &cellReader{book: w, builder: b, named: map[int]bool{}}
	if err := w.walk(s.part, r.visit); err != nil {
		return err
	}
	if !r.closed {
		return w.src.damaged(errors.New("sheet: the worksheet ends early"))
	}
	return nil
}

func (r *cellReader) visit(d *xml.Decoder, token xml.Token) error {
	switch e := token.(type) {
	case xml.StartElement:
		switch e.Name.Local {
		case "col":
			if truth(attr(e, "hidden")) {
				r.hidden = append(r.hidden, columnRange{first: number(attr(e, "min")) - 1, last: number(attr(e, "max")) - 1})
			}
		case "row":
			return r.startRow(e)
		case "c":
			return r.readCell(d, e)
		case "mergeCell":
			return r.refuseMerged(attr(e, "ref"))
		}
	case xml.EndElement:
		switch e.Name.Local {
		case "row":
			return r.endRow()
		case "worksheet":
			r.closed = true
		}
	}
	return nil
}

var errOrder = errors.New("sheet: rows or cells out of order")

func (r *cellReader) startRow(e xml.StartElement) error {
	row := r.row + 1
	if ref := attr(e, "r"); ref != "" {
		row = number(ref)
	}
	if row <= r.row || row > 1<<20 {
		return errOrder
	}
	r.row, r.column, r.cells = row, -1, r.cells[:0]
	r.rowHidden = truth(attr(e, "hidden"))
	return nil
}

func (r *cellReader) endRow() error {
	if r.builder == nil {
		return nil
	}
	if r.rowHidden && len(r.cells) > 0 {
		err := fault.New(fault.Invalid, "sheet-hidden-row", "该行被隐藏或筛选掉,但有内容", "请取消隐藏、清除筛选后核对,不要的行请删去")
		if err := r.builder.refuse(r.row, "", err); err != nil {
			return err
		}
	}
	return r.builder.add(r.row, r.cells)
}

func (r *cellReader) refuseMerged(ref string) error {
	if r.builder == nil || r.builder.raw {
		return nil
	}
	first, _, _ := strings.Cut(ref, ":")
	column, row := cellAt(first)
	if column < 0 {
		return errOrder
	}
	err := fault.Newf(fault.Invalid, "sheet-merged", "请取消合并,逐格填写", "单元格 %s 是合并单元格(%s)", first, ref)
	return r.builder.refuse(row, r.builder.written[column], err)
}

// rawCell is a cell as the file keeps it.
type rawCell struct {
	kind, value, text string
	style             int
	formula           bool
}

func (r *cellReader) readCell(d *xml.Decoder, e xml.StartElement) error {
	column := r.column + 1
	raw := rawCell{style: -1}
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "r":
			if column, _ = cellAt(a.Value); column <= r.column {
				return errOrder
			}
		case "t":
			raw.kind = a.Value
		case "s":
			raw.style = number(a.Value)
		}
	}
	r.column = column
	if r.row == 0 || column >= 16_384 {
		return errOrder
	}
	if err := raw.read(d); err != nil {
		return err
	}
	text, err := r.textOf(raw)
	if err != nil && fault.As(err) == nil {
		return err
	}
	if r.builder == nil {
		if err != nil || trim(text) != "" {
			return errContent
		}
		return nil
	}
	if err != nil {
		return r.builder.refuse(r.row, r.builder.written[column], err)
	}
	if trim(text) == "" {
		return nil
	}
	r.cells = append(r.cells, cell{column: column, text: text})
	return r.refuseHidden(column)
}

// refuseHidden refuses a hidden column once, at its first content.
func (r *cellReader) refuseHidden(column int) error {
	for _, h := range r.hidden {
		if column < h.first || column > h.last || r.named[column] {
			continue
		}
		r.named[column] = true
		err := fault.Newf(fault.Invalid, "sheet-hidden-column", "请取消隐藏后核对,不要的列请删去",
			"%s 列被隐藏,但单元格 %s 有内容", columnName(column), cellName(column, r.row))
		return r.builder.refuse(r.row, r.builder.written[column], err)
	}
	return nil
}

// read takes the cell's parts up to its end.
func (c *rawCell) read(d *xml.Decoder) error {
	in := ""
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			in = e.Name.Local
			switch in {
			case "f":
				c.formula = true
			case "is":
				if c.text, err = textOf(d, "is"); err != nil {
					return err
				}
			}
		case xml.EndElement:
			in = ""
			if e.Name.Local == "c" {
				return nil
			}
		case xml.CharData:
			if in == "v" {
				c.value += string(e)
			}
		}
	}
}

// textOf gives the cell as a person reads it.
func (r *cellReader) textOf(c rawCell) (string, error) {
	where := cellName(r.column, r.row)
	if c.formula {
		return "", fault.Newf(fault.Invalid, "sheet-formula", "请复制该区域,用“选择性粘贴—数值”粘贴回原处后再导入", "单元格 %s 是公式单元格", where)
	}
	switch c.kind {
	case "s":
		if c.value == "" {
			return "", nil
		}
		i := number(c.value)
		if i < 0 || i >= len(r.book.strings) {
			return "", errors.New("sheet: no such shared string")
		}
		return r.book.strings[i], nil
	case "inlineStr":
		return c.text, nil
	case "str":
		return unescaped(c.value), nil
	case "b":
		return map[bool]string{true: "TRUE", false: "FALSE"}[truth(c.value)], nil
	case "e":
		return "", fault.Newf(fault.Invalid, "sheet-error-value", "请改为正确的内容", "单元格 %s 是错误值 %s", where, c.value)
	case "d":
		day, _, _ := strings.Cut(c.value, "T")
		return day, nil
	}
	if c.value == "" {
		return "", nil
	}
	var f form
	if c.style >= 0 && c.style < len(r.book.forms) {
		f = r.book.forms[c.style]
	}
	return numberText(c.value, f, r.book.date1904, where)
}

// cellAt reads a cell's name, C7 as column 2 and row 7; what is none has column -1.
func cellAt(name string) (column, row int) {
	i := 0
	for ; i < len(name) && i < 4 && name[i] >= 'A' && name[i] <= 'Z'; i++ {
		column = 26*column + int(name[i]-'A') + 1
	}
	row = number(name[i:])
	if i == 0 || row < 1 {
		return -1, 0
	}
	return column - 1, row
}
