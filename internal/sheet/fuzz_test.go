package sheet

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiangzhang/internal/fault"
)

// FuzzReadCSV: whatever the bytes, the answer is a table within the limits or a sentence.
func FuzzReadCSV(f *testing.F) {
	seed(f, "*.csv")
	for _, s := range []string{"", "account,debit,credit\n1,\"2\",\n", "科目编码;借方金额;贷方金额\r\n'=1;;\"\"", "\xff\xfea\x00c\x00", "\ufeff", "account\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { readAny(t, data) })
}

// FuzzReadXLSX changes whole workbooks, and the XML of a worksheet inside a sound workbook, which zip's checksums would
// else hide from it.
func FuzzReadXLSX(f *testing.F) {
	seed(f, "*.xlsx")
	f.Add([]byte(rawHead + `<row r="2" hidden="1"><c r="B2" t="s" s="1"><f>A1</f><v>0</v></c></row>`))
	f.Add([]byte(rawHead + `<row><c><v>46318.5</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		readAny(t, data)
		if !bytes.HasPrefix(data, zipMagic) {
			readAny(t, raw(t, string(data)))
		}
	})
}

func seed(f *testing.F, pattern string) {
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds %s: %v", pattern, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

func readAny(t *testing.T, data []byte) {
	table, err := Read("模糊.xlsx", bytes.NewReader(data), opening)
	if err != nil {
		if table != nil || fault.As(err) == nil || !strings.HasPrefix(fault.As(err).Code, "sheet-") || !strings.HasSuffix(err.Error(), "。") {
			t.Fatalf("%v is no sentence of this package", err)
		}
		if p := ProblemsOf(err); len(p) > maxRefused+1+len(opening.Columns) {
			t.Fatalf("%d problems", len(p))
		}
		return
	}
	last := 0
	for _, row := range table.Rows {
		if row.Number <= last || len(row.Cells) != len(opening.Columns) || strings.Join(row.Cells, "") == "" {
			t.Fatalf("row %+v after row %d", row, last)
		}
		last = row.Number
		for _, text := range row.Cells {
			if trim(text) != text || visible(text) != text {
				t.Fatalf("cell %q", text)
			}
		}
	}
}
