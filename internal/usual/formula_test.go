package usual_test

import (
	"errors"
	"strings"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/usual"
)

func line(debit, credit string) usual.Line { return usual.Line{Debit: debit, Credit: credit} }

func TestFill(t *testing.T) {
	asked := map[string]string{"工资": "5,333.33", "合计": "100", "人数": "3", "费率": "8%"}
	for name, c := range map[string]struct {
		lines []usual.Line
		want  string // amounts in order
	}{
		"a share":                           {[]usual.Line{line("=工资*8%", "")}, "426.67"},
		"half a fen rounds up":              {[]usual.Line{line("=0.125", ""), line("=-0.125", "")}, "0.13 -0.13"},
		"less than half goes":               {[]usual.Line{line("=0.1249", "")}, "0.12"},
		"no float":                          {[]usual.Line{line("=0.1+0.2", ""), line("=1.005*100", "")}, "0.30 100.50"},
		"thirds are exact until the end":    {[]usual.Line{line("=合计/人数*3", "")}, "100.00"},
		"the rest to the last":              {[]usual.Line{line("=合计/3", ""), line("=合计/3", ""), line("=合计-第1行-第2行", "")}, "33.33 33.33 33.34"},
		"a line below":                      {[]usual.Line{line("=第2行*2", ""), line("", "7")}, "14.00 7"},
		"sums of the half":                  {[]usual.Line{line("=工资", ""), line("100", ""), line("", "=借方合计")}, "5333.33 100 5433.33"},
		"rank and parentheses":              {[]usual.Line{line("=2+3*4", ""), line("=(2+3)*4", ""), line("=10-2-3", ""), line("=-(2-5)", "")}, "14.00 20.00 5.00 3.00"},
		"full width and signs of the trade": {[]usual.Line{line("=工资×８%", ""), line("=(合计+1)÷2", "")}, "426.67 50.50"},
		"a rate that is asked":              {[]usual.Line{line("=工资*费率", "")}, "426.67"},
		"fixed and empty stay":              {[]usual.Line{line("12.00", ""), line("", "")}, "12.00 "},
	} {
		got, err := usual.Template{Lines: c.lines}.Fill(asked)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var amounts []string
		for _, l := range got {
			amounts = append(amounts, l.Debit+l.Credit)
		}
		if strings.Join(amounts, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, amounts, c.want)
		}
	}
}

func TestFill_HalvesApart(t *testing.T) {
	got, err := usual.Template{Lines: []usual.Line{
		{Half: ledger.Financial, Debit: "10"}, {Half: ledger.Financial, Credit: "=借方合计"},
		{Half: ledger.Budgetary, Debit: "=第1行"}, {Half: ledger.Budgetary, Credit: "=借方合计*2"},
	}}.Fill(nil)
	if err != nil || got[1].Credit != "10.00" || got[3].Credit != "20.00" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestFill_Refuses(t *testing.T) {
	for _, c := range []struct {
		debit, code, says string
		line              int
	}{
		{"=", "formula-empty", "公式是空的", 1},
		{"=工资*", "formula-malformed", "末尾", 1},
		{"=工资 工资", "formula-malformed", "缺少运算符", 1},
		{"=(工资", "formula-malformed", "缺少右括号", 1},
		{"=工资)", "formula-malformed", "右括号没有配对", 1},
		{"=8%工资", "formula-malformed", "第 4 个字符「工」", 1},
		{"=*3", "formula-malformed", "缺少数字或名称", 1},
		{"=1..2", "formula-number", "1..2", 1},
		{"=1234567890123", "formula-number", "不超过 12 位", 1},
		{"=第9行", "formula-line-unknown", "常用凭证只有 2 行", 1},
		{"=第2行", "formula-line-empty", "第 2 行没有金额", 1},
		{"=第一行", "formula-line", "阿拉伯数字", 1},
		{"=第1行+1", "formula-cycle", "绕回了自己", 1},
		{"=借方合计", "formula-cycle", "绕回了自己", 1},
		{"=工资减去个人应当承担的部分", "formula-name", "加减乘除要用符号", 1},
		{"=1/(2-2)", "formula-divided-by-zero", "除数是 0", 1},
		{"=999999999999*9", "amount-too-large", "单笔上限", 1},
		{"=" + strings.Repeat("1+", 60) + "1", "formula-too-long", "超过 120 个", 1},
		{"=没填的", "quantity-missing", "「没填的」还没有填写", 0},
		{"=填错", "quantity-malformed", "「填错」填的「三百」不是数", 0},
	} {
		_, err := usual.Template{Lines: []usual.Line{line(c.debit, ""), line("", "")}}.Fill(map[string]string{"工资": "100", "填错": "三百"})
		if !fault.HasCode(err, c.code) || !strings.Contains(fault.As(err).Error(), c.says) {
			t.Errorf("%s: %v, want %s saying %q", c.debit, err, c.code, c.says)
		}
		var at *ledger.LineError
		if errors.As(err, &at) != (c.line != 0) || at != nil && at.Line != c.line {
			t.Errorf("%s: at line %+v, want %d", c.debit, at, c.line)
		}
	}
}

func TestParseQuantity(t *testing.T) {
	for typed, want := range map[string]string{
		"12": "12", "1,234.50": "2469/2", "1234.5元": "2469/2", "8%": "2/25", "-3": "-3", "0.123456": "1929/15625", "12%": "3/25",
		"1,23": "", "0.1234567": "", "1.2.3": "", "": "", "1/2": "", "0x10": "", "1e5": "", ".5": "", "--1": "", "1234567890123": "",
	} {
		n, err := usual.ParseQuantity("数", typed)
		if (err == nil) != (want != "") || err == nil && n.RatString() != want {
			t.Errorf("%q is %v %v, want %q", typed, n, err, want)
		}
	}
}

// FuzzFormula: no text makes the reader fail in any other way than by a refusal, and what it reads is computed or refused.
func FuzzFormula(f *testing.F) {
	for _, s := range []string{"=工资*8%", "=合计-第1行", "=(1+2)÷3", "=-第2行%%", "=借方合计/0", "=((((1", "=第99999999999999999999行", "=９%"} {
		f.Add(s, "12.5")
	}
	f.Fuzz(func(t *testing.T, formula, answer string) {
		formula = "=" + formula
		parsed, err := usual.ParseFormula(formula)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%q: %v is no refusal", formula, err)
			}
			return
		}
		answers := map[string]string{}
		for _, n := range parsed.Names() {
			answers[n] = answer
		}
		lines, err := usual.Template{Lines: []usual.Line{line("3", ""), line("", formula)}}.Fill(answers)
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%q: %v is no refusal", formula, err)
			}
			return
		}
		fen, err := money.Parse(lines[1].Credit)
		if err != nil || fen.Plain() != lines[1].Credit {
			t.Fatalf("%q gave %q: %v", formula, lines[1].Credit, err)
		}
	})
}
