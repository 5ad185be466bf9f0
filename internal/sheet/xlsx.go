package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"xiangzhang/internal/fault"
)

const (
	// maxUnpacked bounds what a workbook unpacks to.
	maxUnpacked = 600 << 20
	// maxRatio bounds how far a large workbook may unpack; worksheets unpack ten to fifty times.
	maxRatio = 300
	// smallUnpacked is what may unpack at any ratio.
	smallUnpacked = 16 << 20
)

// archive is the zip of a workbook; budget is what may still be unpacked from it.
type archive struct {
	src    *source
	parts  map[string]*zip.File // by lower-case name: packages are not particular about case
	budget int64
}

func openArchive(src *source, limit int64) (*archive, error) {
	zr, err := zip.NewReader(src.at, src.at.Size())
	if err != nil {
		return nil, src.damaged(err)
	}
	a := &archive{src: src, parts: make(map[string]*zip.File, len(zr.File)), budget: limit}
	var unpacked uint64
	for _, f := range zr.File {
		unpacked += min(f.UncompressedSize64, maxUnpacked+1)
		a.parts[strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))] = f
	}
	if unpacked > uint64(limit) || unpacked > smallUnpacked && unpacked > maxRatio*uint64(src.at.Size()) {
		return nil, a.bomb()
	}
	return a, nil
}

func (a *archive) bomb() error {
	return fault.Newf(fault.Invalid, "sheet-unpacks-too-large", "请把数据复制到新建的工作簿,或拆成几个文件分别导入",
		"%s解压后过大(上限 %d MB)或压缩比异常", a.src.name, maxUnpacked>>20)
}

func (s *source) damaged(cause error) error {
	return fault.Newf(fault.Invalid, "sheet-damaged", "请用表格软件打开后另存为新的 .xlsx 再导入", "%s已损坏,无法读取", s.name).Because(cause)
}

var errBudget = errors.New("sheet: unpacks to more than allowed")

// part is one opened part of the archive; what is read from it counts against the archive's budget, because the sizes
// that a zip declares may lie.
type part struct {
	io.ReadCloser
	archive *archive
}

func (p part) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	if p.archive.budget -= int64(n); p.archive.budget < 0 {
		return n, errBudget
	}
	return n, err
}

// fault turns what went wrong while reading a part into a sentence.
func (a *archive) fault(err error) error {
	switch {
	case errors.Is(err, errBudget):
		return a.bomb()
	case fault.As(err) != nil, errors.Is(err, errEnough):
		return err
	default:
		return a.src.damaged(err)
	}
}

// walk hands each token of a part to visit, until visit returns io.EOF or an error. A missing part has no tokens.
func (a *archive) walk(name string, visit func(d *xml.Decoder, token xml.Token) error) error {
	f, ok := a.parts[strings.ToLower(name)]
	if !ok {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return a.src.damaged(err)
	}
	defer r.Close()
	d := xml.NewDecoder(part{ReadCloser: r, archive: a})
	for {
		// RawToken leaves out the bookkeeping of namespaces; callers look at local names only.
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return a.fault(err)
		}
		if err := visit(d, token); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return a.fault(err)
		}
	}
}

// worksheet is one sheet of the workbook, in the order of its tabs.
type worksheet struct {
	name, part string
}

// workbook is what must be known before the cells can be read.
type workbook struct {
	*archive
	sheets   []worksheet
	date1904 bool
	forms    []form // by cell style
	strings  []string
}

// readXLSX reads the one worksheet that has content.
func readXLSX(src *source, b *builder) error {
	a, err := openArchive(src, maxUnpacked)
	if err != nil {
		return err
	}
	w := &workbook{archive: a}
	main, err := w.mainPart()
	if err != nil {
		return err
	}
	if _, ok := a.parts[strings.ToLower(main)]; !ok {
		return fault.Newf(fault.Invalid, "sheet-not-xlsx", "请在表格软件中另存为 .xlsx 后再导入", "%s不是 .xlsx 工作簿(可能是压缩包、文档或 .xlsb、.ods 表格)", src.name)
	}
	if err := w.readWorkbook(main); err != nil {
		return err
	}
	filled, err := w.filledSheets()
	if err != nil {
		return err
	}
	if len(filled) == 0 {
		return src.empty()
	}
	if len(filled) > 1 {
		return severalSheets(src, filled)
	}
	return w.readSheet(filled[0], b)
}

func severalSheets(src *source, filled []worksheet) error {
	names := make([]string, len(filled))
	for i, s := range filled {
		names[i] = "「" + s.name + "」"
	}
	return fault.Newf(fault.Invalid, "sheet-several-sheets", "请只留要导入的一张,其余移到别的文件(隐藏的工作表先取消隐藏)",
		"%s有 %d 张工作表有内容:%s", src.name, len(filled), strings.Join(names, "、"))
}

// mainPart finds the workbook's own part; every program calls it xl/workbook.xml, but none must.
func (w *workbook) mainPart() (string, error) {
	main := "xl/workbook.xml"
	err := w.walk("_rels/.rels", func(_ *xml.Decoder, token xml.Token) error {
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "Relationship" && strings.HasSuffix(attr(e, "Type"), "/officeDocument") {
			if target := strings.TrimPrefix(attr(e, "Target"), "/"); strings.HasSuffix(strings.ToLower(target), ".xml") {
				main = target
			} else {
				main = "" // .xlsb keeps its workbook in binary
			}
			return io.EOF
		}
		return nil
	})
	return main, err
}

func (w *workbook) readWorkbook(main string) error {
	folder := path.Dir(main)
	targets, types := map[string]string{}, map[string]string{}
	err := w.walk(folder+"/_rels/"+path.Base(main)+".rels", func(_ *xml.Decoder, token xml.Token) error {
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "Relationship" {
			target := attr(e, "Target")
			if rest, absolute := strings.CutPrefix(target, "/"); absolute {
				target = rest
			} else {
				target = path.Join(folder, target)
			}
			kind := path.Base(attr(e, "Type"))
			targets[attr(e, "Id")] = target
			types[kind] = target
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = w.walk(main, func(_ *xml.Decoder, token xml.Token) error {
		if e, ok := token.(xml.StartElement); ok {
			switch e.Name.Local {
			case "workbookPr":
				w.date1904 = truth(attr(e, "date1904"))
			case "sheet":
				w.sheets = append(w.sheets, worksheet{name: attr(e, "name"), part: targets[attr(e, "id")]})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := w.readForms(types["styles"]); err != nil {
		return err
	}
	return w.readStrings(types["sharedStrings"])
}

// readForms learns which cell styles show dates, percentages and leading zeros.
func (w *workbook) readForms(name string) error {
	custom := map[int]form{}
	inCells := false
	return w.walk(name, func(_ *xml.Decoder, token xml.Token) error {
		switch e := token.(type) {
		case xml.StartElement:
			switch {
			case e.Name.Local == "numFmt":
				custom[number(attr(e, "numFmtId"))] = formOf(attr(e, "formatCode"))
			case e.Name.Local == "cellXfs":
				inCells = true
			case e.Name.Local == "xf" && inCells:
				id := number(attr(e, "numFmtId"))
				f, ok := custom[id]
				if !ok {
					f = builtinForms[id]
				}
				w.forms = append(w.forms, f)
			}
		case xml.EndElement:
			if e.Name.Local == "cellXfs" {
				return io.EOF
			}
		}
		return nil
	})
}

// readStrings reads the texts that cells share.
func (w *workbook) readStrings(name string) error {
	return w.walk(name, func(d *xml.Decoder, token xml.Token) error {
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "si" {
			text, err := textOf(d, "si")
			if err != nil {
				return err
			}
			w.strings = append(w.strings, text)
		}
		return nil
	})
}

// textOf gathers the runs of a rich text up to the end of its element, without the phonetic guides.
func textOf(d *xml.Decoder, end string) (string, error) {
	var b strings.Builder
	inText, guide := false, 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return "", io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.StartElement:
			inText = e.Name.Local == "t"
			if e.Name.Local == "rPh" {
				guide++
			}
		case xml.EndElement:
			inText = false
			switch e.Name.Local {
			case "rPh":
				guide--
			case end:
				return unescaped(b.String()), nil
			}
		case xml.CharData:
			if inText && guide == 0 {
				b.Write(e)
			}
		}
	}
}

func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

func truth(s string) bool { return s == "1" || s == "true" }

// number reads a small count; what is none is -1.
func number(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || n > 100_000_000 {
			return -1
		}
		n = 10*n + int(s[i]-'0')
	}
	if s == "" {
		return -1
	}
	return n
}

// unescaped restores the characters that XML cannot hold and Office writes as _x000D_.
func unescaped(s string) string {
	at := strings.Index(s, "_x")
	if at < 0 {
		return s
	}
	var b strings.Builder
	for ; at >= 0; at = strings.Index(s, "_x") {
		code, ok := escapeAt(s[at:])
		if !ok {
			b.WriteString(s[:at+2])
			s = s[at+2:]
			continue
		}
		b.WriteString(s[:at])
		b.WriteRune(code)
		s = s[at+len("_x000D_"):]
	}
	b.WriteString(s)
	return b.String()
}

func escapeAt(s string) (rune, bool) {
	if len(s) < len("_x000D_") || s[6] != '_' {
		return 0, false
	}
	var code rune
	for _, c := range s[2:6] {
		switch {
		case c >= '0' && c <= '9':
			code = code<<4 + c - '0'
		case c >= 'A' && c <= 'F':
			code = code<<4 + c - 'A' + 10
		case c >= 'a' && c <= 'f':
			code = code<<4 + c - 'a' + 10
		default:
			return 0, false
		}
	}
	return code, true
}
