package attachment

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"

	"xiangzhang/internal/fault"
)

// The kinds of files that are kept: what scanners, phones, the tax bureau and spreadsheets produce, and what every
// office can still open in thirty years (会计档案管理办法).
const (
	PDF  = "application/pdf"
	JPEG = "image/jpeg"
	PNG  = "image/png"
	OFD  = "application/ofd" // GB/T 33190, electronic invoices
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

var titles = map[string]string{PDF: "PDF", JPEG: "JPEG 图片", PNG: "PNG 图片", OFD: "OFD 版式文件", XLSX: "XLSX 表格"}

// Title names a kind of file on pages.
func Title(mediaType string) string { return titles[mediaType] }

// heic are the brands of the pictures that some phones take.
var heic = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif"}

// sniff tells the kind of a file by its content.
func sniff(r io.ReaderAt, size int64) (string, error) {
	head := make([]byte, 12)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", fmt.Errorf("attachment.Put: %w", err)
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return PDF, nil
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return JPEG, nil
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return PNG, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return sniffArchive(r, size)
	case len(head) == 12 && string(head[4:8]) == "ftyp" && slices.Contains(heic, string(head[8:12])):
		return "", fault.New(fault.Invalid, "attachment-heic", "不能保存 HEIC 图片,多数电脑打不开它",
			"请在手机相机设置中改为「兼容性最佳」(JPEG)重拍,或先转成 JPEG").In("file")
	}
	return "", unknownKind()
}

func sniffArchive(r io.ReaderAt, size int64) (string, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return "", fault.New(fault.Invalid, "attachment-damaged", "文件不完整,打不开", "请重新下载或导出后再上传").In("file").Because(err)
	}
	has := func(name string) bool {
		return slices.ContainsFunc(archive.File, func(f *zip.File) bool { return f.Name == name })
	}
	switch {
	case has("OFD.xml"):
		return OFD, nil
	case has("xl/vbaProject.bin"):
		return "", fault.New(fault.Invalid, "attachment-macros", "不能保存含宏的表格", "请另存为不含宏的 XLSX 后再上传").In("file")
	case has("[Content_Types].xml") && has("xl/workbook.xml"):
		return XLSX, nil
	}
	return "", unknownKind()
}

func unknownKind() error {
	return fault.New(fault.Invalid, "attachment-kind", "只能保存 PDF、JPEG、PNG、OFD 和 XLSX 文件",
		"请转成其中一种再上传;按内容判断,改扩展名不起作用").In("file")
}
