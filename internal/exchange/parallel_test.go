package exchange_test

import (
	"bytes"
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestImportVouchers_HalvesGoTogether: a file is held to parallel posting as the form is.
func TestImportVouchers_HalvesGoTogether(t *testing.T) {
	const head = "账套,日期,凭证号,摘要,科目编码,功能分类,部门经济分类,借方金额,贷方金额,说明\n"
	rows := func(reasons ...string) string {
		return head + "101,2026-03-02,1,付办公用品款,500102,2010301,30201,60,," + reasons[0] + "\n" +
			"101,2026-03-02,1,付办公用品款,100202,,,,60," + reasons[1] + "\n"
	}
	h := newHall(t, storetest.SQLite(t))
	before := h.rows()
	r := h.bring(h.accountant, exchange.Vouchers, rows("", ""), h.posting())
	compare(t, "one half", r.Errors, []string{"第 2 行「说明」:第 2 至 3 行的凭证,预算会计分录与按财务会计分录生成的不同,须写明原因;请补正预算会计分录,或在说明栏写明原因。"})
	r = h.bring(h.accountant, exchange.Vouchers, rows("以存款付上年欠款", "另有原因"), h.posting())
	compare(t, "two reasons", r.Errors, []string{"第 3 行「说明」:说明与本凭证首行(第 2 行)不同"})
	r = h.bring(h.accountant, exchange.Vouchers, rows("", strings.Repeat("长", 501)), h.posting())
	compare(t, "a long reason", r.Errors, []string{"说明最多 500 个字,现有 501 个字"})
	if after := h.rows(); after != before {
		t.Errorf("a refused file left %s, before it %s", after, before)
	}
	if r := h.bring(h.accountant, exchange.Vouchers, rows("", "以存款付上年欠款"), h.posting()); r.Accepted != 2 {
		t.Fatalf("with a reason: %v", r.Errors)
	}
	h.read(func(tx *store.Tx) error {
		v, err := ledger.GetVoucher(tx, h.office, ledger.Number{Period: "2026-03", Word: "记", Number: 1})
		if v.Note != "以存款付上年欠款" {
			t.Errorf("the reason is %q", v.Note)
		}
		return err
	})
	var out bytes.Buffer
	h.read(func(tx *store.Tx) error { return exchange.Export(tx, h.accountant, exchange.Vouchers, &out, sheet.CSV) })
	if strings.Count(out.String(), "以存款付上年欠款") != 2 {
		t.Errorf("exported:\n%s", out.String())
	}
	if r := h.bring(h.accountant, exchange.Vouchers, strings.ReplaceAll(rows("", ""), "101,2026-03-02,1", "101,2026-03-03,2"), exchange.Options{}); r.Accepted != 2 {
		t.Errorf("a draft is asked when it is submitted: %v", r.Errors)
	}
	h.verify()
}
