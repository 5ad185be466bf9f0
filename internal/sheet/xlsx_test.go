package sheet

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"xiangzhang/internal/fault"
)

// filled makes a workbook with the heads of opening and lets fill change it.
func filled(t *testing.T, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetRow(sheetName, "A1", &[]string{"科目编码", "往来对象", "借方金额", "贷方金额"}); err != nil {
		t.Fatal(err)
	}
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// raw makes a workbook from the XML of its only worksheet's sheetData, with one shared string 共享.
func raw(t *testing.T, sheetData string) []byte {
	t.Helper()
	return zipped(t, map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<x:workbook><x:sheets><x:sheet name="表" sheetId="1" r:id="r1"/></x:sheets></x:workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><r><t>共</t></r><r><t>享_x0041_</t></r><rPh><t>gong</t></rPh></si></sst>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + sheetData + `</sheetData></worksheet>`,
	})
}

func zipped(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const rawHead = `<row><c t="inlineStr"><is><t>account</t></is></c><c t="inlineStr"><is><t>debit</t></is></c><c t="inlineStr"><is><t>credit</t></is></c></row>`

func TestRead_XLSX(t *testing.T) {
	set := func(cells map[string]any) func(f *excelize.File) error {
		return func(f *excelize.File) error {
			for cell, v := range cells {
				if err := f.SetCellValue(sheetName, cell, v); err != nil {
					return err
				}
			}
			return nil
		}
	}
	format := func(cell string, v any, code string) func(f *excelize.File) error {
		return func(f *excelize.File) error {
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
			if err != nil {
				return err
			}
			if err := f.SetCellStyle(sheetName, cell, cell, style); err != nil {
				return err
			}
			return f.SetCellValue(sheetName, cell, v)
		}
	}
	cases := []struct {
		name string
		file []byte
		want string
	}{
		{"texts and numbers", filled(t, set(map[string]any{"A2": "0010", "B2": " 张三 ", "C2": 1234.5, "D2": -3})), "2 0010|张三|1234.5|-3\n"},
		{"a code kept as a number", filled(t, set(map[string]any{"A2": 100201})), "2 100201|||\n"},
		{"artefacts of binary fractions", filled(t, set(map[string]any{"C2": 0.30000000000000004, "D2": 999999999999.99})), "2 ||0.3|999999999999.99\n"},
		{"blank rows keep their numbers", filled(t, set(map[string]any{"A3": " ", "A5": "1"})), "5 1|||\n"},
		{"truth", filled(t, set(map[string]any{"B2": true})), "2 |TRUE||\n"},
		{"a date", filled(t, format("B2", 46318, "yyyy/m/d")), "2 |2026-10-23||\n"},
		{"a chinese date", filled(t, format("B2", 46318, `[$-804]yyyy"年"m"月"d"日";@`)), "2 |2026-10-23||\n"},
		{"a month", filled(t, format("B2", 46296, `yyyy"年"m"月"`)), "2 |2026-10||\n"},
		{"date and time", filled(t, format("B2", 46318.5, "yyyy-mm-dd hh:mm:ss")), "2 |2026-10-23 12:00:00||\n"},
		{"midnight", filled(t, format("B2", 46318, "yyyy-mm-dd hh:mm:ss")), "2 |2026-10-23||\n"},
		{"a time", filled(t, format("B2", 0.25, "h:mm")), "2 |06:00:00||\n"},
		{"a percentage", filled(t, format("B2", 0.2559, "0.00%")), "2 |25.59%||\n"},
		{"padded with zeros", filled(t, format("A2", 10, "0000")), "2 0010|||\n"},
		{"an amount in red", filled(t, format("C2", -1234.5, `#,##0.00;[Red]-#,##0.00`)), "2 ||-1234.5|\n"},
		{"thousands with days in quotes", filled(t, format("C2", 12, `#,##0" days"`)), "2 ||12|\n"},
		{"an empty second worksheet", filled(t, func(f *excelize.File) error { _, err := f.NewSheet("空"); return err }), ""},
		{"an empty hidden column", filled(t, func(f *excelize.File) error { return f.SetColVisible(sheetName, "F", false) }), ""},
		{"an empty hidden row", filled(t, func(f *excelize.File) error { return f.SetRowVisible(sheetName, 3, false) }), ""},
		{"other prefixes, no references, rich text", raw(t, rawHead+`<row r="3"><c t="s"><v>0</v></c><c r="C3"><v>1E3</v></c></row>`), "3 共享A|||1000\n"},
		{"characters that cannot be seen", raw(t, rawHead+`<row><c t="str"><v>1_x0000_0_x000D_02</v></c></row>`), "2 1002|||\n"},
		{"an iso date", raw(t, rawHead+`<row><c t="d"><v>2026-10-23T00:00:00</v></c></row>`), "2 2026-10-23|||\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			table, err := Read("期初.csv", bytes.NewReader(c.file), opening)
			if err != nil {
				t.Fatal(err)
			}
			if got := rows(table); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestRead_RefusesXLSX(t *testing.T) {
	chain := func(steps ...error) error {
		for _, err := range steps {
			if err != nil {
				return err
			}
		}
		return nil
	}
	unpacked := strings.Repeat("<row/>", 4<<20)
	date := func(f *excelize.File) error {
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		return chain(err, f.SetCellStyle(sheetName, "B2", "B2", style), f.SetCellValue(sheetName, "B2", -5))
	}
	cases := []struct {
		name       string
		file       []byte
		code, want string
	}{
		{"merged cells", filled(t, func(f *excelize.File) error { return f.MergeCell(sheetName, "C7", "D9") }), "sheet-merged",
			"第 7 行「借方金额」:单元格 C7 是合并单元格(C7:D9);请取消合并,逐格填写。"},
		{"formula", filled(t, func(f *excelize.File) error { return f.SetCellFormula(sheetName, "C7", "1+1") }), "sheet-formula",
			"第 7 行「借方金额」:单元格 C7 是公式单元格;请复制该区域,用“选择性粘贴—数值”粘贴回原处后再导入。"},
		{"error value", raw(t, rawHead+`<row r="2"><c r="B2" t="e"><v>#N/A</v></c></row>`), "sheet-error-value",
			"第 2 行「debit」:单元格 B2 是错误值 #N/A;请改为正确的内容。"},
		{"several worksheets", filled(t, func(f *excelize.File) error {
			_, err := f.NewSheet("附表")
			return chain(err, f.SetCellValue("附表", "B2", 1), f.SetSheetVisible("附表", false))
		}), "sheet-several-sheets", "「期初.xlsx」有 2 张工作表有内容:「Sheet1」、「附表」;请只留要导入的一张,其余移到别的文件(隐藏的工作表先取消隐藏)。"},
		{"hidden row", filled(t, func(f *excelize.File) error {
			return chain(f.SetCellValue(sheetName, "A3", "1"), f.SetRowVisible(sheetName, 3, false))
		}), "sheet-hidden-row", "第 3 行:该行被隐藏或筛选掉,但有内容;请取消隐藏、清除筛选后核对,不要的行请删去。"},
		{"hidden column", filled(t, func(f *excelize.File) error { return f.SetColVisible(sheetName, "B", false) }), "sheet-hidden-column",
			"第 1 行:B 列被隐藏,但单元格 B1 有内容;请取消隐藏后核对,不要的列请删去。"},
		{"more than fifteen figures", filled(t, func(f *excelize.File) error { return f.SetCellValue(sheetName, "B2", 410101199001011234) }), "sheet-number-too-long",
			"第 2 行「往来对象」:单元格 B2 的数字超过 15 位,表格软件已丢失末几位;请把该列设为文本格式后重新填写,身份证号、银行账号都要这样填。"},
		{"no date", filled(t, date), "sheet-date", "第 2 行「往来对象」:单元格 B2 设为日期格式,但其中的数 -5 不是日期;请按 2026-10-23 的样式重填。"},
		{"not a number", raw(t, rawHead+`<row><c><v>1,5</v></c></row>`), "sheet-damaged", "第 2 行「account」:单元格 A2 的数字「1,5」已损坏;请重填该格。"},
		{"no head", zippedEmpty(t), "sheet-empty", "「期初.xlsx」是空的,没有表头;请用导入模板,在表头下逐行填写。"},
		{"another zip", zipped(t, map[string]string{"word/document.xml": "<document/>"}), "sheet-not-xlsx",
			"「期初.xlsx」不是 .xlsx 工作簿(可能是压缩包、文档或 .xlsb、.ods 表格);请在表格软件中另存为 .xlsx 后再导入。"},
		{"binary workbook", zipped(t, map[string]string{"_rels/.rels": `<Relationship Type="x/officeDocument" Target="xl/workbook.bin"/>`, "xl/workbook.bin": ""}), "sheet-not-xlsx",
			"「期初.xlsx」不是 .xlsx 工作簿(可能是压缩包、文档或 .xlsb、.ods 表格);请在表格软件中另存为 .xlsx 后再导入。"},
		{"cut short", raw(t, rawHead)[:300], "sheet-damaged", "「期初.xlsx」已损坏,无法读取;请用表格软件打开后另存为新的 .xlsx 再导入。"},
		{"broken xml", raw(t, rawHead+`<row><c></row>`), "sheet-damaged", "「期初.xlsx」已损坏,无法读取;请用表格软件打开后另存为新的 .xlsx 再导入。"},
		{"no such shared string", raw(t, rawHead+`<row><c t="s"><v>7</v></c></row>`), "sheet-damaged",
			"「期初.xlsx」已损坏,无法读取;请用表格软件打开后另存为新的 .xlsx 再导入。"},
		{"rows out of order", raw(t, `<row r="2"/><row r="1"/>`), "sheet-damaged",
			"「期初.xlsx」已损坏,无法读取;请用表格软件打开后另存为新的 .xlsx 再导入。"},
		{"missing part", zipped(t, map[string]string{"xl/workbook.xml": `<workbook><sheets><sheet name="表" r:id="r1"/></sheets></workbook>`}), "sheet-damaged",
			"「期初.xlsx」已损坏,无法读取;请用表格软件打开后另存为新的 .xlsx 再导入。"},
		{"zip bomb", raw(t, unpacked), "sheet-unpacks-too-large",
			"「期初.xlsx」解压后过大(上限 600 MB)或压缩比异常;请把数据复制到新建的工作簿,或拆成几个文件分别导入。"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read("/tmp/期初.xlsx", bytes.NewReader(c.file), opening)
			if err == nil {
				t.Fatal("was not refused")
			}
			if err.Error() != c.want {
				t.Errorf("got  %s\nwant %s", err, c.want)
			}
			if !fault.HasCode(err, c.code) || !fault.Is(err, fault.Invalid) {
				t.Errorf("code %+v, want %s", fault.As(err), c.code)
			}
		})
	}
}

func zippedEmpty(t *testing.T) []byte {
	t.Helper()
	return raw(t, `<row><c t="inlineStr"><is><t> </t></is></c></row>`)
}

// What a zip declares may lie; what really comes out is counted too.
func TestArchive_CountsWhatUnpacks(t *testing.T) {
	file := raw(t, rawHead+strings.Repeat("<row/>", 100_000))
	src, err := open("谎.xlsx", bytes.NewReader(file), MaxBytes)
	if err != nil {
		t.Fatal(err)
	}
	a, err := openArchive(src, maxUnpacked)
	if err != nil {
		t.Fatal(err)
	}
	a.budget = 100_000
	w := &workbook{archive: a}
	if err := w.readWorkbook("xl/workbook.xml"); err != nil {
		t.Fatal(err)
	}
	err = w.readSheet(w.sheets[0], newBuilder(src, opening))
	if !fault.HasCode(err, "sheet-unpacks-too-large") {
		t.Errorf("got %v", err)
	}
}

func TestFormOf(t *testing.T) {
	day, month := form{year: true, month: true, day: true}, form{year: true, month: true}
	for code, want := range map[string]form{
		"General": {}, "@": {}, "#,##0.00": {}, "0.00E+00": {}, "0": {zeros: 1}, "00000000": {zeros: 8}, "0.0%": {percent: true},
		"yyyy-mm-dd": day, "m/d": day, `yyyy\-mm`: month, "mmm-yy": month, "[h]:mm:ss": {clock: true}, "mm:ss": {clock: true}, "mmmm": {month: true},
		`[红色]#,##0.00`: {}, `"day"0`: {zeros: 1}, `0"`: {zeros: 1}, `[`: {}, `\`: {}, "": {},
		"yyyy/m/d h:mm": {year: true, month: true, day: true, clock: true},
	} {
		if got := formOf(code); got != want {
			t.Errorf("%q: %+v", code, got)
		}
	}
}

func TestTimeText_Epochs(t *testing.T) {
	for _, c := range []struct {
		serial float64
		date04 bool
		want   string
	}{{1, false, "1900-01-01"}, {59, false, "1900-02-28"}, {61, false, "1900-03-01"}, {46318, false, "2026-10-23"}, {44856, true, "2026-10-23"}, {46318.999999, false, "2026-10-24"}} {
		got, err := timeText(c.serial, builtinForms[14], c.date04, "A1")
		if err != nil || got != c.want {
			t.Errorf("%v: %s %v", c.serial, got, err)
		}
	}
}

func TestCellNames(t *testing.T) {
	for name, at := range map[string][2]int{"A1": {0, 1}, "C7": {2, 7}, "Z9": {25, 9}, "AA10": {26, 10}, "XFD1048576": {16_383, 1_048_576}} {
		column, row := cellAt(name)
		if column != at[0] || row != at[1] || cellName(column, row) != name {
			t.Errorf("%s is %d, %d", name, column, row)
		}
	}
	for _, name := range []string{"", "A", "7", "A0", "a1", "ABCDE1", "A1x"} {
		if column, _ := cellAt(name); column != -1 {
			t.Errorf("%q passed for a cell", name)
		}
	}
}
