package standard

import "testing"

// TestSounding: any part of a text is found by its initials, each reading of a character counts, numbers do not.
func TestSounding(t *testing.T) {
	for _, c := range []struct {
		letters, text string
		found         bool
	}{
		{"bgyp", "付10月办公用品款", true}, {"fbgypk", "付10月办公用品款", true}, {"fybgypk", "付10月办公用品款", true}, {"fbgypk", "付2026年10月份办公用品款", true},
		{"BGYP", "付办公用品款", true}, {"bgypz", "付办公用品款", false}, {"byp", "付办公用品款", false}, {"kjpx", "参加会计培训", true}, {"yhsxf", "付银行手续费", true},
		{"clf", "报张三、李四差旅费", true}, {"lsclf", "报张三、李四差旅费", true}, {"etc", "充值ETC卡", true}, {"czetck", "充值ETC卡", true}, {"yk", "月款", true}, {"k", "月款", true},
		{"zz", "", false}, {"ysq", "12月水费3期", false}, {"ysfq", "12月水费3期", true},
	} {
		if got := Sounding(c.letters)(c.text); got != c.found {
			t.Errorf("%s in %s: %v", c.letters, c.text, got)
		}
	}
	for _, text := range []string{"银行存款", "重庆市", "会计核算中心", "差旅费", "债务还本支出", "应付款(一)abc"} {
		if m := Mnemonic(text); !Sounding(m)(text) {
			t.Errorf("%s is not found by its own initials %s", text, m)
		}
	}
}

func BenchmarkSounding(b *testing.B) {
	find := Sounding("clfq")
	for b.Loop() {
		find("支付张三丰8月份到县参加会计培训差旅费")
	}
}
