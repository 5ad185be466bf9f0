package sheet

import (
	"reflect"
	"testing"
)

func TestCells(t *testing.T) {
	for text, want := range map[string][][]string{
		"a\tb\r\nc\td\r\n":         {{"a", "b"}, {"c", "d"}},
		"\"两\n行\"\t\"说\"\"好\"\"\"": {{"两\n行", "说\"好\""}},
		"\"没有完\t12\"屏幕\n\n尾":       {{"\"没有完", "12\"屏幕"}, {"尾"}},
		"\t\t\n\t1.50":             {{"", "1.50"}},
		"":                         nil,
	} {
		if got := Cells(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func TestNamed(t *testing.T) {
	l := Layout{Columns: []Column{{Name: "debit", Title: "借方金额", Aliases: []string{"借方"}}}}
	for head, want := range map[string]string{"借方金额(元)": "debit", " 借方 ": "debit", "DEBIT": "debit", "贷方": ""} {
		if got := l.Named(head); got != want {
			t.Errorf("%q is %q, want %q", head, got, want)
		}
	}
}
