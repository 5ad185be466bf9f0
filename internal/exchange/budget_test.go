package exchange_test

import (
	"bytes"
	"testing"

	"xiangzhang/internal/budget"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

func TestImportBudget(t *testing.T) {
	const head = "book,account,function,budget,adjusted\n"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		r := h.bring(h.accountant, exchange.Budget, head+"001,5001,201,1.005,2\n001,5001,999,1,\n001,1001,,1,\n101,5001,201,1,\n301,5001,201,1,\n001,5001,202,x,1\n", exchange.Options{})
		compare(t, "rows", r.Errors, []string{"第 2 行「budget」:金额「1.005」多于两位小数", "第 3 行「function」", "第 4 行「account」",
			"第 5 行「book」:账套镇政府机关不是财政总会计账套", "第 6 行「book」:没有您可用的账套「301」", "第 7 行「budget」:金额「x」不是数字"})
		file := head + "001,5001,201,1000,1200.50\n001,4001,101,900,\n"
		if r := h.bring(h.accountant, exchange.Budget, file, exchange.Options{}); r.Accepted != 2 {
			t.Fatalf("%v", r.Errors)
		}
		compare(t, "again", h.bring(h.accountant, exchange.Budget, file, exchange.Options{}).Errors, []string{"账套镇总预算 2026 年现有的预算数与本文件相同"})
		h.read(func(tx *store.Tx) error {
			lines, err := budget.List(tx, h.budget, 2026)
			if len(lines) != 2 || lines[0] != (budget.Line{Account: "4001", Function: "101", Budget: 90000, Adjusted: 90000}) || lines[1].Adjusted != 120050 {
				t.Errorf("%+v", lines)
			}
			return err
		})
		one := head + "001,5001,201,3000,\n"
		compare(t, "less than there is", h.bring(h.accountant, exchange.Budget, one, exchange.Options{}).Errors,
			[]string{"账套镇总预算 2026 年的预算数现有 1 行文件中没有:科目 4001 101(900.00 元);请把它们补进文件;确要以文件整体替换的"})
		if r := h.bring(h.accountant, exchange.Budget, head+"001,5001,201,3000,\n001,4001,101,900,\n001,4001,102,5,\n", exchange.Options{}); r.Accepted != 3 {
			t.Errorf("more than there is: %v", r.Errors)
		}
		if r := h.bring(h.accountant, exchange.Budget, one, exchange.Options{Replace: true}); r.Accepted != 1 {
			t.Errorf("in place of the first: %v", r.Errors)
		}
		var out bytes.Buffer
		h.read(func(tx *store.Tx) error { return exchange.Export(tx, h.accountant, exchange.Budget, &out, sheet.CSV) })
		compare(t, "exported", h.bring(h.accountant, exchange.Budget, out.String(), exchange.Options{}).Errors, []string{"现有的预算数与本文件相同"})
	})
}
