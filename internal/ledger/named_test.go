package ledger_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestNamed: what is typed without a list means one account or class, or several that the refusal names.
func TestNamed(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.read(func(tx *store.Tx) error {
		chart, err := ledger.ChartOf(tx, d.office, 2026)
		if err != nil {
			return err
		}
		for _, c := range []struct {
			typed string
			half  ledger.Half
			want  string
		}{
			{"500102", "", "500102"}, {"500102 商品和服务费用", "", "500102"}, {"商品和服务费用", ledger.Financial, "500102"},
			{"sphfwfy", ledger.Financial, "500102"}, {" SPHFWFY ", ledger.Financial, "500102"}, {"业务活动费用/商品和服务费用", "", "500102"},
			{"5001", "", "5001"}, {"rcgyjf", ledger.Budgetary, "60010102"}, {"没有这样的科目", "", ""}, {"", "", ""},
		} {
			var codes []string
			for _, a := range chart.Named(d.office, c.half, c.typed) {
				codes = append(codes, a.Code)
			}
			if strings.Join(codes, ",") != c.want {
				t.Errorf("%q in %q: %v, want %s", c.typed, c.half, codes, c.want)
			}
		}
		for typed, want := range map[string]string{"2010301": "2010301", "2010301 行政运行": "2010301", "办公费": "30201", "bgf": "30201"} {
			dim := ledger.Function
			if len(want) == 5 {
				dim = ledger.Economic
			}
			if found := chart.NamedClasses(dim, typed); len(found) != 1 || found[0].Code != want {
				t.Errorf("%q: %v, want %s", typed, found, want)
			}
		}
		if found := chart.NamedClasses(ledger.Function, "行政运行"); len(found) < 5 {
			t.Errorf("行政运行 is %d classes", len(found))
		}
		v := supplies(d.office, "2026-10-01", 100)
		v.Lines[0].Dims.Function = "行政运行"
		err = v.Check(chart, d.office)
		if !fault.HasCode(err, "class-ambiguous") || !strings.Contains(err.Error(), "2010101 行政运行") {
			t.Errorf("an ambiguous class: %v", err)
		}
		v = supplies(d.office, "2026-10-01", 100)
		v.Lines[2].Account = "基本支出"
		if err = v.Check(chart, d.office); !fault.HasCode(err, "account-ambiguous") || !strings.Contains(err.Error(), "71010101") {
			t.Errorf("an ambiguous account: %v", err)
		}
		return nil
	})
}
