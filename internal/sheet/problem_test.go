package sheet

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
)

func TestProblems(t *testing.T) {
	var p Problems
	p.Add(1, "借方金额", nil)
	if p.Err() != nil {
		t.Fatal("nothing became a problem")
	}
	_, err := money.Parse("1.234")
	p.Add(3, "借方金额", err)
	p.Add(4, "", errors.New("凭证不平"))
	want := "第 3 行「借方金额」:金额「1.234」多于两位小数,最小到分;请核对原始凭证后重填。\n第 4 行:凭证不平"
	if got := p.Err().Error(); got != want {
		t.Errorf("got %s", got)
	}
	if !fault.HasCode(fmt.Errorf("import: %w", p.Err()), "amount-third-decimal") {
		t.Error("the fault is not found")
	}
	out, err := json.Marshal(p)
	if err != nil || string(out) != `[{"row":3,"column":"借方金额","message":"金额「1.234」多于两位小数,最小到分;请核对原始凭证后重填。"},{"row":4,"column":"","message":"凭证不平"}]` {
		t.Errorf("got %s %v", out, err)
	}
}

func TestProblems_TextIsCapped(t *testing.T) {
	var p Problems
	for i := range 25 {
		p.Add(i+1, "", errors.New("错"))
	}
	lines := strings.Split(p.Error(), "\n")
	if len(lines) != 21 || lines[20] != "……另有 5 处问题,请先改正以上各处再导入。" {
		t.Errorf("got %v", lines)
	}
	out, err := json.Marshal(p)
	if err != nil || strings.Count(string(out), "row") != 25 {
		t.Errorf("json has not all of them: %v", err)
	}
}

func TestProblemsOf(t *testing.T) {
	if ProblemsOf(nil) != nil {
		t.Error("nil became problems")
	}
	whole := fault.New(fault.Invalid, "sheet-empty", "是空的", "请填写")
	if p := ProblemsOf(whole); len(p) != 1 || p[0].Row != 0 || p.Error() != "是空的;请填写。" {
		t.Errorf("got %v", p)
	}
	if p := ProblemsOf(p2()); len(p) != 2 {
		t.Errorf("got %v", p)
	}
}

func p2() error {
	var p Problems
	p.Add(2, "", errors.New("一"))
	p.Add(3, "", errors.New("二"))
	return p.Err()
}
