package text_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/text"
)

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct{ value, code string }{
		"empty":                     {"", ""},
		"chinese":                   {"付办公用品款(10 月)", ""},
		"rare character":            {"𠮷野村", ""},
		"exactly the most":          {strings.Repeat("长", 20), ""},
		"one more":                  {strings.Repeat("长", 21), "reason-too-long"},
		"right to left":             {"付\u202e款", "text-hidden-character"},
		"isolate":                   {"付\u2066款", "text-hidden-character"},
		"zero width":                {"\u200b款", "text-hidden-character"},
		"left to right mark":        {"款\u200e", "text-hidden-character"},
		"byte order mark":           {"\ufeff款", "text-hidden-character"},
		"soft hyphen":               {"款\u00ad项", "text-hidden-character"},
		"control":                   {"款\x07项", "text-hidden-character"},
		"line end":                  {"款\n项", "text-hidden-character"},
		"line separator":            {"款\u2028项", "text-hidden-character"},
		"delete":                    {"款\x7f项", "text-hidden-character"},
		"hidden and too long":       {strings.Repeat("长", 21) + "\u200b", "text-hidden-character"},
		"ideographic space is seen": {"周\u3000明", ""},
	} {
		err := text.Check("reason", "原因", c.value, 20)
		if c.code == "" && err != nil || c.code != "" && !fault.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
		if f := fault.As(err); f != nil && f.Field != "reason" {
			t.Errorf("%s: field %q", name, f.Field)
		}
	}
}

func TestCheck_Sentences(t *testing.T) {
	for value, want := range map[string]string{
		"付款\u202e项":             "原因第 3 个字符看不见(U+202E),会使显示的文字与存下的不同;请删去后重新输入,不要从网页或其他软件粘贴。",
		strings.Repeat("长", 25): "原因最多 20 个字,现有 25 个字;请删去 5 个字。",
	} {
		if err := text.Check("reason", "原因", value, 20); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
