package bankfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/sheet"
)

// Format is how a file is cut into cells.
type Format string

// The formats.
const (
	CSV   Format = "csv"   // text with a separator
	Fixed Format = "fixed" // text whose columns are so many bytes wide, as mainframes write it
	XLSX  Format = "xlsx"
)

// Formats gives the formats in the order in which pages offer them.
func Formats() []Format { return []Format{CSV, Fixed, XLSX} }

// Title is the format's name on pages.
func (f Format) Title() string {
	return map[Format]string{CSV: "分隔符文本", Fixed: "定长文本", XLSX: "XLSX 表格"}[f]
}

// Encoding is how text is written in bytes.
type Encoding string

// The encodings.
const (
	UTF8    Encoding = "utf-8"
	GB18030 Encoding = "gb18030" // in which GBK and GB2312 are contained
)

// Field is what a column says, whatever the bank calls it.
type Field string

// Column is one column of a file, in the file's order.
type Column struct {
	Field Field  `json:"field"`           // empty: passed over in reading, blank in writing
	Head  string `json:"head,omitempty"`  // as the bank writes it; several names between 、 are all known
	Width int    `json:"width,omitempty"` // of fixed text, bytes in the file's encoding
}

// Layout says how one kind of a bank's files looks (格式). Counties edit it; nothing of a bank stands in code.
type Layout struct {
	Format    Format   `json:"format"`
	Encoding  Encoding `json:"encoding,omitempty"`  // of text; empty: found out in reading
	Separator string   `json:"separator,omitempty"` // of text; empty: a comma, tab or semicolon, found out
	Columns   []Column `json:"columns"`

	// Yes are the words of a field that tells two things apart: money that came in (贷), or a payment made (成功).
	Yes []string `json:"yes,omitempty"`
	No  []string `json:"no,omitempty"`
}

// Parse reads a layout as it is stored.
func Parse(text string) (Layout, error) {
	var l Layout
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return l, fmt.Errorf("bankfile.Parse: %w", err)
	}
	return l, nil
}

// Text is the stored form of a layout.
func (l Layout) Text() string {
	text, err := json.Marshal(l)
	if err != nil {
		panic(err) // texts and numbers alone
	}
	return string(text)
}

const (
	columnsMost = 60
	widthMost   = 1000
)

// Check checks a layout by itself: fields must be known and needed ones there, each once.
func (l Layout) Check(known, needed []Field) error {
	if !slices.Contains(Formats(), l.Format) {
		return wrong("format", "没有选择文件格式", "请选择分隔符文本、定长文本或 XLSX 表格")
	}
	if l.Encoding != "" && l.Encoding != UTF8 && l.Encoding != GB18030 {
		return wrong("encoding", fmt.Sprintf("不认识编码「%s」", l.Encoding), "请选择 UTF-8 或 GB18030")
	}
	if len(l.Separator) > 1 || l.Separator == "\"" || l.Separator == "\n" || l.Separator == "\r" || l.Separator > "~" {
		return wrong("separator", fmt.Sprintf("分隔符「%s」不能用", l.Separator), "请填一个半角符号,如 , 或 |;制表符空着即可自动识别")
	}
	if len(l.Columns) == 0 || len(l.Columns) > columnsMost {
		return wrong("columns", fmt.Sprintf("列数 %d 不对", len(l.Columns)), fmt.Sprintf("请填写 1 至 %d 列", columnsMost))
	}
	seen := map[Field]bool{}
	for i, c := range l.Columns {
		switch {
		case c.Field != "" && !slices.Contains(known, c.Field):
			return wrong("columns", fmt.Sprintf("第 %d 列的内容「%s」不认识", i+1, c.Field), "请从列表中选择")
		case c.Field != "" && seen[c.Field]:
			return wrong("columns", fmt.Sprintf("第 %d 列的内容与前面重复", i+1), "同一内容只对应一列")
		case l.Format == Fixed && (c.Width < 1 || c.Width > widthMost):
			return wrong("columns", fmt.Sprintf("第 %d 列的宽度 %d 不对", i+1, c.Width), fmt.Sprintf("定长文本每列请填 1 至 %d 的字节数", widthMost))
		case l.Format != Fixed && c.Field != "" && strings.Trim(c.Head, "、 ") == "":
			return wrong("columns", fmt.Sprintf("第 %d 列没有表头", i+1), "请照银行文件填写表头,几种写法用顿号隔开")
		}
		seen[c.Field] = true
	}
	for _, f := range needed {
		if !seen[f] {
			return wrong("columns", fmt.Sprintf("缺少「%s」", f.Title()), "请补上该列")
		}
	}
	return nil
}

func wrong(field, message, hint string) error {
	return fault.New(fault.Invalid, "file-layout", message, hint).In(field)
}

// has reports whether the layout has a column of a field.
func (l Layout) has(f Field) bool {
	return slices.ContainsFunc(l.Columns, func(c Column) bool { return c.Field == f })
}

// Has reports whether the layout has a column of a field.
func (l Layout) Has(f Field) bool { return l.has(f) }

// heads are the names under which a column is known.
func (c Column) heads() []string {
	var out []string
	for h := range strings.SplitSeq(c.Head, "、") {
		if h = plainHead(h); h != "" {
			out = append(out, h)
		}
	}
	return out
}

// plainHead drops blanks and the unit yuan, which banks write or leave out.
func plainHead(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n', '\u00a0', '\u3000', '*':
			return -1
		case '(':
			return '('
		case ')':
			return ')'
		}
		return r
	}, s)
	return strings.TrimSuffix(s, "(元)")
}

// Record is one row of a file by what its columns say.
type Record struct {
	Row   int // as the person sees it, from 1
	cells []string
	place map[Field]int
	heads map[Field]string
}

// Get gives what a field says; empty where the file has no such column.
func (r Record) Get(f Field) string {
	if i, ok := r.place[f]; ok {
		return r.cells[i]
	}
	return ""
}

// Head names a field's column as the file does, for sentences.
func (r Record) Head(f Field) string {
	if h := r.heads[f]; h != "" {
		return h
	}
	return f.Title()
}

// Read cuts a file into records. Rows above the head, which banks fill with the account and the period, are passed over;
// so are rows below it that only add up.
func (l Layout) Read(name string, data []byte) ([]Record, error) {
	if l.Format == Fixed {
		return l.readFixed(name, data)
	}
	if l.Format == CSV {
		var err error
		if data, err = l.decode(name, data); err != nil {
			return nil, err
		}
	}
	separator := byte(0)
	if l.Separator != "" {
		separator = l.Separator[0]
	}
	rows, err := sheet.Grid(name, bytes.NewReader(data), separator)
	if err != nil {
		return nil, err
	}
	at, place, heads := l.findHead(rows)
	var stands []int // where in the file each column is
	if at < 0 {
		var missing []string
		for _, c := range l.Columns {
			if c.Field != "" {
				missing = append(missing, strings.ReplaceAll(c.Head, "、", "/"))
			}
		}
		return nil, fault.Newf(fault.Invalid, "file-head-unknown", "请核对所选格式;本格式的表头为:"+strings.Join(missing, "、"), "「%s」中没有找到本格式的表头", name)
	}
	for _, c := range l.Columns {
		stands = append(stands, headPlace(rows[at], c))
	}
	var out []Record
	for _, row := range rows[at+1:] {
		r := Record{Row: row.Number, cells: make([]string, len(l.Columns)), place: place, heads: heads}
		for i, from := range stands {
			if from >= 0 && from < len(row.Cells) {
				r.cells[i] = row.Cells[from]
			}
		}
		if !sums(row.Cells) {
			out = append(out, r)
		}
	}
	return out, nil
}

// findHead finds the first row in which every column of the layout has its head.
func (l Layout) findHead(rows []sheet.Row) (at int, place map[Field]int, heads map[Field]string) {
	for n, row := range rows {
		place, heads = map[Field]int{}, map[Field]string{}
		for i, c := range l.Columns {
			if c.Field == "" {
				continue
			}
			from := headPlace(row, c)
			if from < 0 {
				break
			}
			place[c.Field], heads[c.Field] = i, row.Cells[from]
		}
		if wanted := len(slices.DeleteFunc(slices.Clone(l.Columns), func(c Column) bool { return c.Field == "" })); len(place) == wanted {
			return n, place, heads
		}
	}
	return -1, nil, nil
}

// headPlace gives where in the file a column stands; -1 where it has no such head.
func headPlace(head sheet.Row, c Column) int {
	if c.Field == "" {
		return -1
	}
	known := c.heads()
	return slices.IndexFunc(head.Cells, func(text string) bool { return slices.Contains(known, plainHead(text)) })
}

// sums tells a row that only adds up: 合计, 本页小计, 累计.
func sums(cells []string) bool {
	i := slices.IndexFunc(cells, func(s string) bool { return s != "" })
	if i < 0 {
		return true
	}
	first := plainHead(cells[i])
	if strings.HasPrefix(first, endMark) {
		return true // the seal
	}
	return slices.ContainsFunc([]string{"合计", "小计", "总计", "累计", "本页小计", "本页合计", "本日合计", "本月合计"}, func(w string) bool {
		return strings.TrimRight(first, ":\uff1a") == w
	})
}

func (l Layout) readFixed(name string, data []byte) ([]Record, error) {
	if _, err := l.decode(name, data); err != nil { // whole file first: a line cut in the middle of a character is named below
		return nil, err
	}
	width, place := 0, map[Field]int{}
	for i, c := range l.Columns {
		width += c.Width
		if c.Field != "" {
			place[c.Field] = i
		}
	}
	var out []Record
	for n, line := range bytes.Split(data, []byte("\n")) {
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if len(line) != width {
			return nil, fault.Newf(fault.Invalid, "file-line-width", "请核对所选格式和编码,或请银行重新导出",
				"「%s」第 %d 行有 %d 字节,本格式每行应为 %d 字节", name, n+1, len(line), width)
		}
		r := Record{Row: n + 1, cells: make([]string, len(l.Columns)), place: place}
		for i, c := range l.Columns {
			cell, ok := l.decoded(line[:c.Width])
			if !ok {
				return nil, fault.Newf(fault.Invalid, "file-encoding", "请核对所选格式和编码,或请银行重新导出", "「%s」第 %d 行第 %d 列有无法辨认的字符", name, n+1, i+1)
			}
			r.cells[i], line = strings.Trim(cell, " \u3000"), line[c.Width:]
		}
		out = append(out, r)
	}
	return out, nil
}

// decode gives a text file in UTF-8 and refuses one that is not in the layout's encoding.
func (l Layout) decode(name string, data []byte) ([]byte, error) {
	plain := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	isUTF8 := utf8.Valid(plain)
	ascii := !slices.ContainsFunc(plain, func(b byte) bool { return b >= utf8.RuneSelf })
	switch {
	case l.Encoding == UTF8 && !isUTF8:
		return nil, encodingWrong(name, "不是 UTF-8 编码,本格式约定为 UTF-8")
	case l.Encoding == GB18030 && isUTF8 && !ascii:
		return nil, encodingWrong(name, "是 UTF-8 编码,本格式约定为 GB18030")
	case l.Encoding == GB18030 || !isUTF8:
		text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(plain)
		if err != nil || bytes.Contains(text, []byte("\uFFFD")) {
			return nil, encodingWrong(name, "有无法辨认的字符,不是 GB18030 编码")
		}
		return text, nil
	}
	return plain, nil
}

// decoded gives one cell of fixed text.
func (l Layout) decoded(b []byte) (string, bool) {
	if l.Encoding == UTF8 || l.Encoding == "" && utf8.Valid(b) {
		return string(b), utf8.Valid(b)
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	return string(text), err == nil && !bytes.Contains(text, []byte("\uFFFD"))
}

func encodingWrong(name, what string) error {
	return fault.Newf(fault.Invalid, "file-encoding", "请核对所选格式的编码,或请银行按约定的编码重新导出", "「%s」%s", name, what)
}
