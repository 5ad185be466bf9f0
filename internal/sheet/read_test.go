package sheet

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"xiangzhang/internal/fault"
)

// opening is a layout like that of the opening balances.
var opening = Layout{Name: "opening", Title: "期初余额导入表", Columns: []Column{
	{Name: "account", Title: "科目编码", Required: true, AsText: true, Note: "填末级科目", Example: "1002"},
	{Name: "party", Title: "往来对象", Aliases: []string{"往来单位"}},
	{Name: "debit", Title: "借方金额", Required: true},
	{Name: "credit", Title: "贷方金额", Required: true},
}}

// rows writes a table as lines: the row's number, then account|party|debit|credit.
func rows(t *Table) string {
	var b strings.Builder
	for _, r := range t.Rows {
		b.WriteString(itoa(r.Number) + " " + strings.Join(r.Cells, "|") + "\n")
	}
	return b.String()
}

func gbk(t *testing.T, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func utf16(t *testing.T, endian unicode.Endianness, s string) string {
	t.Helper()
	out, err := unicode.UTF16(endian, unicode.UseBOM).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRead_CSV(t *testing.T) {
	const head = "科目编码,往来对象,借方金额,贷方金额\n"
	long := head + strings.Repeat("1002,x,1.00,\n", 20_000)
	cases := []struct{ name, file, want string }{
		{"plain", head + "1002,,1.00,\n", "2 1002||1.00|\n"},
		{"byte order mark", "\ufeff" + head + "1002,,1.00,\n", "2 1002||1.00|\n"},
		{"english heads in any order", "credit,Debit,account\n,1.00,1002\n", "2 1002||1.00|\n"},
		{"alias, blanks, star and unit in heads", "*科目编码,往来 单位, 借方金额(元),贷方金额(元)\n1002,a,1,2\n", "2 1002|a|1|2\n"},
		{"blank rows keep their numbers", "\n" + head + "\n , ,,\n1002,,1.00,\n\n", "5 1002||1.00|\n"},
		{"trailing blank columns", "科目编码,借方金额,贷方金额,,\n1002,1,,,, \n", "2 1002||1|\n"},
		{"short row", head + "1002\n", "2 1002|||\n"},
		{"no line feed at the end", head + "1002,,1.00,", "2 1002||1.00|\n"},
		{"windows line ends", "科目编码,借方金额,贷方金额\r\n1002,1,\r\n1003,2,\r\n", "2 1002||1|\n3 1003||2|\n"},
		{"old mac line ends", "科目编码,借方金额,贷方金额\r1002,1,\r1003,2,\r", "2 1002||1|\n3 1003||2|\n"},
		{"tabs", "科目编码\t借方金额\t贷方金额\n1002\t1,234.50\t\n", "2 1002||1,234.50|\n"},
		{"semicolons", "科目编码;借方金额;贷方金额\n1002;1,234.50;\n", "2 1002||1,234.50|\n"},
		{"quotes", head + "1002,\"张三,\"\"李四\"\"\" ,\"1,234.50\",\n", "2 1002|张三,\"李四\"|1,234.50|\n"},
		{"bare quotes", head + "1002,12\"屏幕\",1,\n", "2 1002|12\"屏幕\"|1|\n"},
		{"a cell of two lines is one row", head + "1002,\"张\r\n三\",1,\n1003,,2,\n", "2 1002|张\n三|1|\n3 1003||2|\n"},
		{"defused formula", head + "1002,'=1+1,1,\n1002,'张,-1,\n", "2 1002|=1+1|1|\n3 1002|'张|-1|\n"},
		{"gbk", gbk(t, head+"1002,张三,1.00,\n"), "2 1002|张三|1.00|\n"},
		{"gbk with rare characters", gbk(t, head+"1002,〇镕㙟䶮𠮷,1.00,\n"), "2 1002|〇镕㙟䶮𠮷|1.00|\n"},
		{"gbk bytes of rare characters", gbk(t, head) + "1002,\xa9\x96\xe9\x46\xfe\x9f\x82\x30\xad\x31,1,\n", "2 1002|〇镕䶮㙟|1|\n"},
		{"utf-16 little endian", utf16(t, unicode.LittleEndian, "科目编码\t借方金额\t贷方金额\r\n1002\t1\t𠮷\r\n"), "2 1002||1|𠮷\n"},
		{"utf-16 big endian", utf16(t, unicode.BigEndian, "科目编码\t借方金额\t贷方金额\r\n1002\t1\t\r\n"), "2 1002||1|\n"},
		{"head alone", head, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			table, err := Read("期初.csv", strings.NewReader(c.file), opening)
			if err != nil {
				t.Fatal(err)
			}
			if got := rows(table); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
	t.Run("a character across the buffer's edge", func(t *testing.T) {
		for shift := range 4 {
			file := strings.Replace(long, "x", strings.Repeat("x", shift)+"镇", 15_000)
			table, err := Read("", strings.NewReader(file), opening)
			if err != nil || len(table.Rows) != 20_000 || !strings.HasSuffix(table.Rows[14_999].Get("party"), "镇") {
				t.Fatalf("shift %d: %v", shift, err)
			}
		}
	})
	t.Run("gbk after a long ascii start", func(t *testing.T) {
		file := "account,party,debit,credit\n" + strings.Repeat("1002,x,1.00,\n", 20_000) + gbk(t, "1002,镇政府,1.00,\n")
		table, err := Read("", strings.NewReader(file), opening)
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Rows[20_000].Get("party"); got != "镇政府" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("gbk that starts as utf-8 would", func(t *testing.T) {
		// The two characters of these bytes are one valid UTF-8 letter each: 鲁 is C2 B3.
		table, err := Read("", strings.NewReader("account,party,debit,credit\n1002,\xC2\xB3,1,\n"+gbk(t, "1003,张,1,\n")), opening)
		if err != nil {
			t.Fatal(err)
		}
		if got := rows(table); got != "2 1002|鲁|1|\n3 1003|张|1|\n" {
			t.Errorf("got %q", got)
		}
	})
}

func TestRead_RefusesCSV(t *testing.T) {
	const head = "科目编码,往来对象,借方金额,贷方金额\n"
	cases := []struct{ name, file, code, want string }{
		{"empty", "", "sheet-empty", "「期初.csv」是空的,没有表头;请用导入模板,在表头下逐行填写。"},
		{"blank", "\ufeff \n\n,,\n", "sheet-empty", "「期初.csv」是空的,没有表头;请用导入模板,在表头下逐行填写。"},
		{"unknown head", "科目编码,借方金额(万元),借方金额,贷方金额\n", "sheet-head-unknown",
			"第 1 行「借方金额(万元)」:单元格 B1 的表头「借方金额(万元)」不在本表之列;请改用下列表头或删去该列:科目编码、往来对象、借方金额、贷方金额。"},
		{"missing heads", "科目编码,往来对象\n", "sheet-head-missing",
			"第 1 行「借方金额」:缺少必需的列「借方金额」;请补上该列,表头写「借方金额」或「debit」。\n" +
				"第 1 行「贷方金额」:缺少必需的列「贷方金额」;请补上该列,表头写「贷方金额」或「credit」。"},
		{"repeated head", "科目编码,debit,借方金额,贷方金额\n", "sheet-head-repeated",
			"第 1 行「借方金额」:表头「借方金额」重复:单元格 B1 和 C1;请只留一列,删去另一列。"},
		{"title above", "青岚县期初余额,,\n" + head, "sheet-head-not-first",
			"第 1 行:首行只有「青岚县期初余额」一格,不是表头;请删去表头以上的标题行和说明行,使第一行就是表头;表头为:科目编码、往来对象、借方金额、贷方金额。"},
		{"one comma too many", head + "1002,张三,1,234.50,6\n", "sheet-cell-outside-head",
			"第 2 行:单元格 E2 有内容「6」,但该列没有表头;请给该列补上表头,或删去该格;CSV 文件中含逗号的内容要加引号。"},
		{"quote never closed", head + "1002,\"张三,1,\n1003,,2,\n", "sheet-quote",
			"第 2 行:单元格 B2 的引号不成对;请补齐或删去引号,内容里的引号要写成两个。"},
		{"quote closed in the middle", head + "1002,\"张\"三,1,\n", "sheet-quote",
			"第 2 行:单元格 B2 的引号不成对;请补齐或删去引号,内容里的引号要写成两个。"},
		{"cell too long", head + "1002," + strings.Repeat("长", 32_768) + ",1,\n", "sheet-cell-too-long",
			"第 2 行「往来对象」:单元格 B2 超过 32767 个字;请缩短内容;CSV 文件请检查该格的引号是否成对。"},
		{"neither encoding", head + "1002,\xFF\xFF,1,\n", "sheet-encoding",
			"「期初.csv」第 2 行有无法辨认的字符,既不是 UTF-8 也不是 GBK 编码;请用表格软件打开,核对该行后另存为 .xlsx 或“CSV UTF-8”再导入。"},
		{"neither encoding, english heads", "account,debit,credit\n\xFF\xFF,1,\n", "sheet-encoding",
			"「期初.csv」第 2 行有无法辨认的字符,既不是 UTF-8 也不是 GBK 编码;请用表格软件打开,核对该行后另存为 .xlsx 或“CSV UTF-8”再导入。"},
		{"damaged before", head + "1002,\uFFFD,1,\n", "sheet-encoding",
			"「期初.csv」第 2 行有无法辨认的字符,既不是 UTF-8 也不是 GBK 编码;请用表格软件打开,核对该行后另存为 .xlsx 或“CSV UTF-8”再导入。"},
		{"binary", "account\x00,debit,credit\n", "sheet-not-a-table",
			"「期初.csv」不是文本也不是表格文件;请用表格软件另存为 .xlsx 或“CSV UTF-8”后再导入。"},
		{"web page", "<html><table>", "sheet-not-a-table", "「期初.csv」实为网页或 XML 文件,不是表格文件;请用表格软件打开后另存为 .xlsx 再导入。"},
		{"pdf", "%PDF-1.7", "sheet-not-a-table", "「期初.csv」实为 PDF 文件,不是表格文件;请导入原来的表格文件。"},
		{"old xls", string(oleMagic) + strings.Repeat("\x00", 600), "sheet-old-xls", "「期初.csv」是旧版 .xls 格式,无法读取;请在表格软件中另存为 .xlsx 后再导入。"},
		{"password", string(oleMagic) + strings.Repeat("\x00", 70_000) + string(encryptedStream), "sheet-encrypted",
			"「期初.csv」设有打开密码,无法读取;请在表格软件中取消打开密码,另存为 .xlsx 后再导入。"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read("/tmp/期初.csv", strings.NewReader(c.file), opening)
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

func TestRead_RefusesLargeFiles(t *testing.T) {
	const head = "account,debit,credit\n"
	for name, r := range map[string]io.Reader{
		"size known":   strings.NewReader(head + strings.Repeat("x", 1<<20-len(head))),
		"size unknown": bytes.NewBufferString(head + strings.Repeat("x", 1<<20)),
	} {
		_, err := open("大.csv", r, 1<<20)
		if err == nil || err.Error() != "「大.csv」有 1 MB,单个文件须小于 1 MB;请按账套或月份拆成几个文件分别导入。" {
			t.Errorf("%s: %v", name, err)
		}
	}
	src, err := open("小.csv", strings.NewReader(strings.Repeat("x", 1<<20-1)), 1<<20)
	if err != nil || src.at.Size() != 1<<20-1 {
		t.Errorf("one byte less was refused: %v", err)
	}
}

func TestRead_RefusesManyRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("account,debit,credit\n")
	for range MaxRows {
		b.WriteString("1,1,\n")
	}
	if table, err := Read("", strings.NewReader(b.String()), opening); err != nil || len(table.Rows) != MaxRows {
		t.Fatalf("the largest file was refused: %v", err)
	}
	b.WriteString("1,1,\n")
	_, err := Read("多.csv", strings.NewReader(b.String()), opening)
	if err == nil || err.Error() != "「多.csv」的数据超过 1000000 行;请按账套或月份拆成几个文件分别导入。" {
		t.Errorf("got %v", err)
	}
}

func TestRead_StopsAtTooManyProblems(t *testing.T) {
	file := "account,debit,credit\n" + strings.Repeat("1,1,,x\n", 5000)
	_, err := Read("错.csv", strings.NewReader(file), opening)
	problems := ProblemsOf(err)
	if len(problems) != maxRefused+1 {
		t.Fatalf("%d problems", len(problems))
	}
	if got := problems[0].Message; got != "「错.csv」的问题超过 1000 处,其余未列出;请先改正所列各处,或改用导入模板。" {
		t.Errorf("got %s", got)
	}
}

func TestTable_Columns(t *testing.T) {
	table, err := Read("", strings.NewReader("account,借方金额,贷方金额\n1002,1,2\n"), opening)
	if err != nil {
		t.Fatal(err)
	}
	if table.Has("party") || !table.Has("account") {
		t.Error("Has is wrong")
	}
	if got := table.Head("account") + table.Head("debit") + table.Head("party"); got != "account借方金额party" {
		t.Errorf("Head: %s", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("an undeclared column was given")
		}
	}()
	table.Rows[0].Get("acount")
}
