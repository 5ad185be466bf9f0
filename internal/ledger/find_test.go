package ledger_test

import (
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestFind: an account answers to its code, its name and its initials, and to those of the accounts above it.
func TestFind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newDesk(t, db)
		w.read(func(tx *store.Tx) error {
			chart, err := ledger.ChartOf(tx, w.office, 2026)
			if err != nil {
				return err
			}
			for _, c := range []struct{ query, want string }{
				{"yhck", "100202"}, {"银行存款", "100202"}, {"1002", "100202"}, {"ybggysczbk", "400101"}, {"rcgyjf", "60010102"}, {"商品和服务", "500102"},
			} {
				var codes []string
				for _, a := range chart.Find(w.office, c.query) {
					codes = append(codes, a.Code)
					if !a.Leaf {
						t.Errorf("%s finds %s, which takes no entries", c.query, a.Code)
					}
				}
				if !slices.Contains(codes[:min(len(codes), 4)], c.want) {
					t.Errorf("%s finds %v, want %s among the first", c.query, codes, c.want)
				}
			}
			if found := chart.Find(w.office, "没有这样的科目"); len(found) != 0 {
				t.Errorf("nonsense finds %d accounts", len(found))
			}
			if all := chart.Find(w.office, ""); len(all) < 100 {
				t.Errorf("an empty query finds %d accounts, want all", len(all))
			}
			classes := chart.FindClasses("function", 7, "xzyx")
			if len(classes) == 0 || classes[0].Name != "行政运行" {
				t.Errorf("xzyx finds %v", classes)
			}
			return nil
		})
	})
}

// TestProblems: everything that is wrong is told at once, and nothing of what is right.
func TestProblems(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newDesk(t, db)
		w.read(func(tx *store.Tx) error {
			chart, err := ledger.ChartOf(tx, w.office, 2026)
			if err != nil {
				return err
			}
			d := ledger.DraftVoucher{Date: "2026-13-01", Word: "记", Attachments: 10000, Lines: []ledger.DraftLine{
				{Half: ledger.Financial, Account: "9999", Debit: "四千"},
				{Half: ledger.Budgetary, Summary: "付款", Account: "71010101", Debit: "10", Economic: "30201", Party: "某某"},
				{Half: ledger.Financial, Summary: "付款", Account: "400101"},
			}}
			var got []string
			for _, err := range d.Problems(chart, w.office) {
				got = append(got, err.Error())
			}
			want := []string{"日期", "第 1 行:金额「四千」", "没有科目「9999」", "第 1 行:没有写摘要", "须按功能分类核算", "不设往来对象核算", "第 3 行:本行没有金额"}
			for _, part := range want {
				if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, part) }) {
					t.Errorf("nothing says %q: %q", part, got)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d problems, want %d: %q", len(got), len(want), got)
			}
			good := ledger.DraftVoucher{Date: string(w.office.Today), Word: "记", Lines: []ledger.DraftLine{
				{Summary: "付款", Account: "500102", Debit: "10", Function: "2010301", Economic: "30201"}, {Summary: "付款", Account: "400101", Credit: "10"},
			}}
			if found := good.Problems(chart, w.office); len(found) != 0 {
				t.Errorf("a right voucher has problems: %v", found)
			}
			return nil
		})
	})
}
