package exchange_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestImportOpening_TwoPeople: with a checker the opening is vouched for at once, by another person with that post alone.
func TestImportOpening_TwoPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		file := "account,debit,credit\n100101,100,\n3001,,100\n"
		o := exchange.Options{Book: "101", Maker: &h.accountant, Checker: &h.accountant}
		if r := h.bring(exchange.Operator(county), exchange.Opening, file, o); len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Message, "同一人") {
			t.Errorf("one person: %v", r.Errors)
		}
		o.Maker, o.Checker = nil, &h.accountant
		if r := h.bring(exchange.Operator(county), exchange.Opening, file, o); len(r.Errors) == 0 || !strings.Contains(r.Errors[0].Message, "没有审核期初余额的权限") {
			t.Errorf("an accountant checks: %v", r.Errors)
		}
		o.Maker, o.Checker = &h.accountant, &h.reviewer
		if r := h.bring(exchange.Operator(county), exchange.Opening, file, o); r.Accepted != 2 {
			t.Fatalf("%v", r.Errors)
		}
		h.verify()
	})
}

func TestImportOpening(t *testing.T) {
	const head = "account,function,economic,project,fund,party,debit,credit\n"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		o := exchange.Options{Book: "101", Period: "2025-01"}
		file := head + "1001,,,,,,100,\n100202,,,,,,900,\n3001,,,,,,,1000\n800102,,,,,,900,\n8101,,,,,,,900\n"
		bad := h.bring(h.accountant, exchange.Opening, file, o)
		if len(bad.Errors) == 0 {
			t.Fatal("parent accounts take an opening balance")
		}
		file = head + "100101,,,,,,100,\n100202,,,,,,900,\n3001,,,,,,,1000\n800102,,,,,,900,\n8501,,,,,,,900\n"
		r := h.bring(exchange.Operator(county), exchange.Opening, file, o)
		if r.Accepted != 5 {
			t.Fatalf("%v", r.Errors)
		}
		h.verify()
		r = h.bring(h.accountant, exchange.Opening, file, o)
		compare(t, "again", r.Errors, []string{"账套镇政府机关现有的期初余额与本文件相同,已经导入过"})
		r = h.bring(h.accountant, exchange.Opening, head+"100101,,,,,,100,\n100101,,,,,,1,\n3001,,,,,,1.001,1\n9999,,,,,,1,\n", o)
		compare(t, "rows", r.Errors, []string{"第 3 行「account」:科目 100101 连同辅助核算与第 2 行相同", "第 4 行「debit」:金额「1.001」多于两位小数",
			"第 5 行「account」:账套镇政府机关的 2025 年科目表中没有科目「9999」"})
		r = h.bring(h.accountant, exchange.Opening, head+"100101,,,,,,100,\n3001,,,,,,,90\n", exchange.Options{Book: "101", Period: "2025-02"})
		compare(t, "whole", r.Errors, []string{"账套镇政府机关从 2025 年 1 月 启用,期初余额不能录在 2025 年 2 月", "账套镇政府机关的财务会计期初借方与贷方相差 10.00 元"})
		r = h.bring(h.stranger, exchange.Opening, file, o)
		if len(r.Errors) != 5 {
			t.Errorf("a stranger: %v", r.Errors)
		}
		before := h.rows()
		less := head + "100101,,,,,,7,\n3001,,,,,,,7\n"
		r = h.bring(h.accountant, exchange.Opening, less, o)
		compare(t, "less than there is", r.Errors, []string{"账套镇政府机关的期初余额现有 3 行文件中没有:科目 100202(借 900.00 元)、科目 800102(借 900.00 元)、科目 8501(贷 900.00 元);请把它们补进文件"})
		if after := h.rows(); after != before {
			t.Errorf("a refused file left %s, before it %s", after, before)
		}
		o.Replace = true
		if r := h.bring(h.accountant, exchange.Opening, less, o); r.Accepted != 2 {
			t.Errorf("in place of the first: %v", r.Errors)
		}
		o.Replace = false
		if r := h.bring(h.accountant, exchange.Opening, file, o); r.Accepted != 5 {
			t.Errorf("more than there is: %v", r.Errors)
		}
		if r := h.bring(h.accountant, exchange.Vouchers, voucherHead+supplies(1, "2025-03-01", "5"), h.posting()); r.Accepted != 4 {
			t.Fatalf("%v", r.Errors)
		}
		r = h.bring(h.accountant, exchange.Opening, strings.NewReplacer("900", "950", "100,", "50,").Replace(file), o)
		compare(t, "used", r.Errors, []string{"账套镇政府机关已有记账凭证,不能再改期初余额"})
		h.verify()
	})
}
