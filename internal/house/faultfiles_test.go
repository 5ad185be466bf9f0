package house_test

import (
	"context"
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
)

// A broughtFile is a file that must be refused, after others that were taken.
type broughtFile struct {
	kind   exchange.Kind
	before []string
	text   string
	post   bool // by two people
}

// fileFaults are what is wrong with files beyond a single voucher.
var fileFaults = map[string]broughtFile{
	"import-leaves-out": {
		kind:   exchange.Opening,
		before: []string{"账套,科目编码,借方金额,贷方金额\n201,101,300.00,\n201,102,700.00,\n201,30102,,1000.00\n"},
		text:   "账套,科目编码,借方金额,贷方金额\n201,102,1000.00,\n201,30102,,1000.00\n",
	},
	"proposal-altered": {
		kind: exchange.Vouchers, post: true,
		text: "账套,日期,摘要,科目编码,功能分类,部门经济分类,借方金额,贷方金额\n" +
			"101,2026-10-21,付办公用品款,500102,2010301,30201,4860.00,\n101,2026-10-21,付办公用品款,100202,,,,4860.00\n",
	},
}

func (f broughtFile) provoke(office func() *town) provoke {
	return func(t *testing.T, code string) string {
		w := office()
		bring := func(text string) exchange.Result {
			o := exchange.Options{}
			if f.kind == exchange.Opening {
				o = exchange.Options{Maker: &w.accountant, Checker: &w.reviewer}
			}
			if f.post {
				o = exchange.Options{Post: true, Maker: &w.accountant, Checker: &w.reviewer}
			}
			r, err := exchange.Import(context.Background(), w.db, w.accountant, f.kind, "表.csv", strings.NewReader(text), o)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		for _, text := range f.before {
			if r := bring(text); len(r.Errors) > 0 {
				t.Fatal(r.Errors)
			}
		}
		r := bring(f.text)
		if len(r.Errors) == 0 || !fault.HasCode(r.Errors[:1], code) {
			t.Fatalf("want %s, got %v", code, r.Errors)
		}
		return r.Errors[0].String()
	}
}
