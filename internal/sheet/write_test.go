package sheet

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
)

var balances = Sheet{
	Title:  "科目余额表",
	Entity: "编制单位:青岚镇财政所", Period: "2026-10", Unit: "单位:元",
	Columns: []Column{{Name: "account", Title: "科目编码"}, {Name: "name", Title: "科目名称"}, {Name: "debit", Title: "借方"}, {Name: "share", Title: "占比"}, {Name: "count", Title: "笔数"}},
	Rows: [][]Value{
		{Text("0010"), Text("=HYPERLINK(1)"), Amount(-123_450), Percent(2559), Integer(1234)},
		{Text("1002"), Text("银行存款\"基本户\""), NonZero(0), Percent(-320), Integer(-1)},
		{Text("合计"), Value{}, Amount(99_999_999_999_999), Percent(10_000), Integer(1233)},
	},
	Totals: 1,
	Footer: []string{"制表:          审核:          负责人:"},
}

func written(t *testing.T, format string, s Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWrite_CSV(t *testing.T) {
	want := "科目编码,科目名称,借方,占比,笔数\r\n" +
		"0010,'=HYPERLINK(1),-1234.50,25.59%,1234\r\n" +
		"1002,\"银行存款\"\"基本户\"\"\",,-3.20%,-1\r\n" +
		"合计,,999999999999.99,100.00%,1233\r\n"
	if got := string(written(t, CSV, balances)); got != "\ufeff"+want {
		t.Errorf("got\n%s", got)
	}
	if got := string(written(t, CSVGBK, balances)); got != gbk(t, want) {
		t.Errorf("got\n%q", got)
	}
}

func TestWrite_RefusesUnknownFormat(t *testing.T) {
	err := Write(&bytes.Buffer{}, "pdf", balances)
	if err == nil || err.Error() != "没有名为「pdf」的表格格式;可用的格式有 csv、csv-gbk、xlsx。" || !fault.HasCode(err, "sheet-format") {
		t.Errorf("got %v", err)
	}
}

func TestDefused(t *testing.T) {
	for _, s := range []string{"=1", "+1", "-1", "@a", "'=1", "''=1", " =1", "\t=1", "\uff1d1", "'", "'张", "''", "a=1", "1-2", "'a-1"} {
		safe := defused(s)
		if runs(s) != (safe != s) || armed(safe) != s {
			t.Errorf("%q became %q and then %q", s, safe, armed(safe))
		}
	}
}

func TestWrite_XLSX(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(written(t, XLSX, balances)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := f.GetRows(sheetName)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, row := range got {
		lines = append(lines, strings.Join(row, "|"))
	}
	want := []string{
		"科目余额表",
		"编制单位:青岚镇财政所|2026-10|单位:元",
		"科目编码|科目名称|借方|占比|笔数",
		"0010|=HYPERLINK(1)|-1,234.50|25.59%|1,234",
		"1002|银行存款\"基本户\"||-3.20%|-1",
		"合计||999,999,999,999.99|100.00%|1,233",
		"制表:          审核:          负责人:",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
	if kind, _ := f.GetCellType(sheetName, "A4"); kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset {
		t.Errorf("the code 0010 is no text: %v", kind)
	}
	if formula, _ := f.GetCellFormula(sheetName, "B4"); formula != "" {
		t.Errorf("a text became the formula %q", formula)
	}
	merged, _ := f.GetMergeCells(sheetName)
	var spans []string
	for _, m := range merged {
		spans = append(spans, m[0])
	}
	if strings.Join(spans, " ") != "A1:E1 C2:E2 A7:E7" {
		t.Errorf("merged %v", spans)
	}
	if panes, _ := f.GetPanes(sheetName); !panes.Freeze || panes.YSplit != 3 || panes.TopLeftCell != "A4" {
		t.Errorf("panes %+v", panes)
	}
	layout, _ := f.GetPageLayout(sheetName)
	if *layout.Size != 9 || *layout.Orientation != "portrait" || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 {
		t.Errorf("page %v %v", *layout.Size, *layout.Orientation)
	}
	if props, _ := f.GetSheetProps(sheetName); props.FitToPage == nil || !*props.FitToPage {
		t.Error("the page is not fitted")
	}
	if names := f.GetDefinedName(); len(names) != 1 || names[0].RefersTo != "Sheet1!$1:$3" {
		t.Errorf("repeated rows %v", names)
	}
	id, _ := f.GetCellStyle(sheetName, "C6")
	style, err := f.GetStyle(id)
	if err != nil || style.CustomNumFmt == nil && style.NumFmt != 4 || !style.Font.Bold {
		t.Errorf("total style %+v %v", style, err)
	}
}

func TestWrite_XLSXTurnsWideTables(t *testing.T) {
	s := Sheet{}
	for range 14 {
		s.Columns = append(s.Columns, Column{Name: "debit", Title: "借方发生额"})
	}
	f, err := excelize.OpenReader(bytes.NewReader(written(t, XLSX, s)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if layout, _ := f.GetPageLayout(sheetName); *layout.Orientation != "landscape" {
		t.Error("is not landscape")
	}
}

func TestWrite_XLSXKeepsHugeSums(t *testing.T) {
	huge := money.Fen(1_234_567_890_123_456)
	s := Sheet{Columns: []Column{{Name: "sum", Title: "合计"}}, Rows: [][]Value{{Amount(huge)}}}
	f, err := excelize.OpenReader(bytes.NewReader(written(t, XLSX, s)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, _ := f.GetCellValue(sheetName, "A2"); got != huge.String() {
		t.Errorf("got %s", got)
	}
}

// A plain table reads back as it was written, in every format.
func TestRoundTrip(t *testing.T) {
	s := Sheet{Columns: opening.Columns, Rows: [][]Value{
		{Text("0010"), Text("=张三, 〇镕㙟"), Amount(123_450), Value{}},
		{Text("1002"), Text("'-李四\n二行"), Amount(-1), Amount(99_999_999_999_999)},
	}}
	for _, format := range []string{CSV, CSVGBK, XLSX} {
		table, err := Read("", bytes.NewReader(written(t, format, s)), opening)
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		for i, row := range table.Rows {
			for j, got := range row.Cells {
				want := s.Rows[i][j]
				if want.kind == kindAmount {
					fen, err := money.Parse(got)
					if err != nil || int64(fen) != want.number {
						t.Errorf("%s %d,%d: %s, %v", format, i, j, got, err)
					}
				} else if got != want.text {
					t.Errorf("%s %d,%d: got %q", format, i, j, got)
				}
			}
		}
		if len(table.Rows) != len(s.Rows) {
			t.Errorf("%s: %d rows", format, len(table.Rows))
		}
	}
}

func TestTemplate_ReadsBack(t *testing.T) {
	layout := opening
	layout.Columns = append([]Column{{Name: "nature", Title: "资金性质", Note: "选一项", Choices: []string{"财政拨款", "自有资金"}}}, layout.Columns...)
	var b bytes.Buffer
	if err := Template(&b, layout); err != nil {
		t.Fatal(err)
	}
	table, err := Read("模板.xlsx", bytes.NewReader(b.Bytes()), layout)
	if err != nil || len(table.Rows) != 0 {
		t.Fatalf("%v %v", table, err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	comments, _ := f.GetComments(sheetName)
	if len(comments) != 5 || !strings.Contains(comments[1].Text, "必需的列\n填末级科目\n例:1002\n也可用英文表头 account") {
		t.Errorf("comments %+v", comments)
	}
	rules, _ := f.GetDataValidations(sheetName)
	if len(rules) != 1 || rules[0].Sqref != "A2:A1048576" || !strings.Contains(rules[0].Formula1, "财政拨款,自有资金") {
		t.Errorf("rules %+v", rules)
	}
	// What a person types below is read, a code with its zero.
	for cell, v := range map[string]any{"A2": "财政拨款", "B2": "0010", "D2": 1234.5} {
		if err := f.SetCellValue(sheetName, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	var filled bytes.Buffer
	if err := f.Write(&filled); err != nil {
		t.Fatal(err)
	}
	table, err = Read("", &filled, layout)
	if err != nil || rows(table) != "2 财政拨款|0010||1234.5|\n" {
		t.Errorf("%v %v", table, err)
	}
}
