package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

func differences(all []ledger.Difference) string {
	var b strings.Builder
	for _, d := range all {
		fmt.Fprintf(&b, "%s %s%s>%s%s %s\n", d.Change, d.Before.Code, d.Before.Name, d.After.Code, d.After.Name, strings.Join(d.Details, ";"))
	}
	return b.String()
}

// TestCompareEditions_TellsChangesApart: a code that was given to another subject is no renaming.
func TestCompareEditions_TellsChangesApart(t *testing.T) {
	before := []ledger.Row{
		{Code: "101", Name: "现金", Direction: 1}, {Code: "102", Name: "银行存款", Direction: 1},
		{Code: "112", Name: "应收款", Direction: 1, Dimensions: "party"}, {Code: "201", Name: "短期借款", Direction: -1},
		{Code: "211", Name: "长期借款", Direction: -1}, {Code: "212", Name: "一事一议资金", Direction: -1}, {Code: "10101", Parent: "101", Name: "库存", Direction: 1},
	}
	after := []ledger.Row{
		{Code: "101", Name: "库存现金", Direction: 1}, {Code: "102", Name: "银行存款", Direction: 1},
		{Code: "112", Name: "应收款", Direction: 1, Dimensions: "party!"}, {Code: "201", Name: "短期借款", Direction: 1},
		{Code: "212", Name: "长期借款", Direction: -1}, {Code: "301", Name: "资本", Direction: -1}, {Code: "10101", Parent: "102", Name: "库存", Direction: 1},
	}
	want := `added >301资本 
ended 212一事一议资金> 
renamed 101现金>101库存现金 「现金」改为「库存现金」
moved 10101库存>10101库存 上级 101 改为 102
moved 211长期借款>212长期借款 编码 211 改为 212
altered 112应收款>112应收款 辅助核算由往来对象改为往来对象(必填)
altered 201短期借款>201短期借款 余额方向由贷方改为借方
`
	if got := differences(ledger.CompareEditions(before, after)); got != want {
		t.Errorf("differences are\n%swant\n%s", got, want)
	}
	if same := ledger.CompareEditions(after, after); len(same) != 0 {
		t.Errorf("an edition differs from itself: %v", same)
	}
}

// TestCompareEditions_OfVillages compares the two charts that ship, on both engines.
func TestCompareEditions_OfVillages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.read(func(tx *store.Tx) error {
			old, err := ledger.EditionRows(tx, "village-2005")
			if err != nil {
				return err
			}
			now, err := ledger.EditionRows(tx, "village-2024")
			if err != nil {
				return err
			}
			all := ledger.CompareEditions(old, now)
			count, net := map[ledger.Change]int{}, 0
			for _, x := range all {
				count[x.Change]++
			}
			net = count[ledger.RowAdded] - count[ledger.RowEnded]
			if len(old)+net != len(now) || count[ledger.RowAdded] == 0 || count[ledger.RowEnded] == 0 {
				t.Errorf("%d rows and %v do not make %d rows", len(old), count, len(now))
			}
			return nil
		})
	})
}
