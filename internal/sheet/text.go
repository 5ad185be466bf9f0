package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"xiangzhang/internal/fault"
)

var (
	utf8BOM    = []byte("\xEF\xBB\xBF")
	utf16LEBOM = []byte("\xFF\xFE")
	utf16BEBOM = []byte("\xFE\xFF")
)

// text gives the file as UTF-8. A byte order mark decides; without one the whole file is tried as UTF-8, because a file
// in GBK may be plain ASCII for its first thousand rows. What is not UTF-8 is read as GB18030, which contains GBK; bytes
// that are neither come out as U+FFFD, and the row that holds one is refused.
func (s *source) text() (io.Reader, error) {
	head, err := s.first(3)
	if err != nil {
		return nil, err
	}
	size := s.at.Size()
	decode := func(e encoding.Encoding, skip int64) io.Reader {
		return e.NewDecoder().Reader(io.NewSectionReader(s.at, skip, size-skip))
	}
	switch {
	case bytes.HasPrefix(head, utf16LEBOM):
		return decode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 2), nil
	case bytes.HasPrefix(head, utf16BEBOM):
		return decode(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 2), nil
	case bytes.HasPrefix(head, utf8BOM):
		return decode(unicode.UTF8, 3), nil
	}
	valid, err := validUTF8(io.NewSectionReader(s.at, 0, size))
	if err != nil {
		return nil, fmt.Errorf("sheet.Read %s: %w", s.name, err)
	}
	if valid {
		return io.NewSectionReader(s.at, 0, size), nil
	}
	line, err := s.first(4096)
	if err != nil {
		return nil, err
	}
	if chineseUTF8(line) {
		return decode(unicode.UTF8, 0), nil // damaged further down: the row that is damaged is named
	}
	return decode(simplifiedchinese.GB18030, 0), nil
}

func (s *source) unreadable(row int) error {
	return fault.Newf(fault.Invalid, "sheet-encoding", "请用表格软件打开,核对该行后另存为 .xlsx 或“CSV UTF-8”再导入",
		"%s第 %d 行有无法辨认的字符,既不是 UTF-8 也不是 GBK 编码", s.name, row)
}

// chineseUTF8 reports whether the first line is Chinese in UTF-8, which no line of Chinese in GBK can pass for.
func chineseUTF8(b []byte) bool {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return utf8.Valid(line) && bytes.ContainsFunc(line, func(r rune) bool { return r >= '\u2e80' })
}

// validUTF8 reads to the end or to the first byte that is not UTF-8.
func validUTF8(r io.Reader) (bool, error) {
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		chunk := buf[:kept+n]
		cut := lastWhole(chunk)
		if !utf8.Valid(chunk[:cut]) {
			return false, nil
		}
		kept = copy(buf, chunk[cut:])
		if errors.Is(err, io.EOF) {
			return kept == 0, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// lastWhole gives the length of b without a character whose last bytes are still to come.
func lastWhole(b []byte) int {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}
