package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"xiangzhang/internal/fault"
)

const (
	// MaxBytes bounds a file: one of this size or more is refused before it is read.
	MaxBytes = 300 << 20
	// MaxRows bounds the rows under the head.
	MaxRows = 1_000_000
)

// source is a file of known size that can be read more than once.
type source struct {
	name string // as sentences call it: 「凭证.xlsx」
	at   *io.SectionReader
}

// open refuses a file that is too large by its size where the reader knows it, and else while reading.
func open(name string, r io.Reader, limit int64) (*source, error) {
	s := &source{name: calledName(name)}
	if at, start, size, ok := seekable(r); ok {
		if size >= limit {
			return nil, s.tooLarge(size, limit)
		}
		s.at = io.NewSectionReader(at, start, size)
		return s, nil
	}
	data, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil {
		return nil, fmt.Errorf("sheet.Read %s: %w", name, err)
	}
	if int64(len(data)) >= limit {
		return nil, s.tooLarge(int64(len(data)), limit)
	}
	s.at = io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data)))
	return s, nil
}

// seekable gives what lies ahead of a reader that can be read at any place, such as a file or an upload kept on disk.
func seekable(r io.Reader) (at io.ReaderAt, start, size int64, ok bool) {
	at, ok = r.(io.ReaderAt)
	seeker, seeks := r.(io.Seeker)
	if !ok || !seeks {
		return nil, 0, 0, false
	}
	start, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, 0, 0, false // a pipe
	}
	end, err := seeker.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, 0, false
	}
	if _, err := seeker.Seek(start, io.SeekStart); err != nil {
		return nil, 0, 0, false
	}
	return at, start, max(end-start, 0), true
}

func calledName(name string) string {
	if name == "" || name == "-" {
		return "所传文件"
	}
	return "「" + filepath.Base(name) + "」"
}

func (s *source) tooLarge(size, limit int64) error {
	return fault.Newf(fault.Invalid, "sheet-too-large", "请按账套或月份拆成几个文件分别导入",
		"%s有 %d MB,单个文件须小于 %d MB", s.name, size>>20, limit>>20)
}

// first gives up to n bytes from the start.
func (s *source) first(n int) ([]byte, error) {
	b := make([]byte, n)
	got, err := s.at.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("sheet.Read %s: %w", s.name, err)
	}
	return b[:got], nil
}

var (
	zipMagic      = []byte("PK\x03\x04")
	emptyZipMagic = []byte("PK\x05\x06")
	oleMagic      = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}
	// encryptedStream is the name of the stream in which Office keeps a workbook with a password, in UTF-16.
	encryptedStream = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
)

// refuseOLE tells a workbook with a password from one of the old binary format; both are OLE files.
func (s *source) refuseOLE() error {
	encrypted, err := s.contains(encryptedStream)
	if err != nil {
		return err
	}
	if encrypted {
		return fault.Newf(fault.Invalid, "sheet-encrypted", "请在表格软件中取消打开密码,另存为 .xlsx 后再导入", "%s设有打开密码,无法读取", s.name)
	}
	return fault.Newf(fault.Invalid, "sheet-old-xls", "请在表格软件中另存为 .xlsx 后再导入", "%s是旧版 .xls 格式,无法读取", s.name)
}

func (s *source) contains(wanted []byte) (bool, error) {
	r := io.NewSectionReader(s.at, 0, s.at.Size())
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		if bytes.Contains(buf[:kept+n], wanted) {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("sheet.Read %s: %w", s.name, err)
		}
		tail := min(kept+n, len(wanted)-1)
		copy(buf, buf[kept+n-tail:kept+n])
		kept = tail
	}
}

// refuseOther refuses files that are no table at all, whatever their name says.
func (s *source) refuseOther(head []byte) error {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \t\r\n")
	switch {
	case len(text) == 0 && s.at.Size() == int64(len(head)):
		return s.empty()
	case bytes.HasPrefix(text, []byte("<")):
		return fault.Newf(fault.Invalid, "sheet-not-a-table", "请用表格软件打开后另存为 .xlsx 再导入", "%s实为网页或 XML 文件,不是表格文件", s.name)
	case bytes.HasPrefix(text, []byte("%PDF")):
		return fault.Newf(fault.Invalid, "sheet-not-a-table", "请导入原来的表格文件", "%s实为 PDF 文件,不是表格文件", s.name)
	}
	return nil
}

func (s *source) empty() error {
	return fault.Newf(fault.Invalid, "sheet-empty", "请用导入模板,在表头下逐行填写", "%s是空的,没有表头", s.name)
}

func (s *source) notATable() error {
	return fault.Newf(fault.Invalid, "sheet-not-a-table", "请用表格软件另存为 .xlsx 或“CSV UTF-8”后再导入", "%s不是文本也不是表格文件", s.name)
}
