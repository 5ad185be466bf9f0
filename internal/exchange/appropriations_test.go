package exchange_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestAppropriations_Import: a year's lines come as a file that leaves one order to be checked; every bad row is named;
// what goes out has the columns that come in.
func TestAppropriations_Import(t *testing.T) {
	db := storetest.One(t)
	h := newHall(t, db)
	var root org.Unit
	var code string
	h.write(func(tx *store.Tx) (err error) {
		if root, err = org.Root(tx, county); err != nil {
			return err
		}
		below, err := org.Children(tx, county, root.ID)
		code = below[0].Code
		return err
	})
	officer, second := h.person(21, "预算股", root.Path, identity.CountyBudget), h.person(22, "预算股二", root.Path, identity.CountyBudget)
	head := "年度,单位,资金性质,功能分类,部门经济分类,项目,三保,年初预算,资金来源,指标文号,人大批准文号,日期\n"
	row := func(function, economic, project, mark, amount, from string) string {
		return "2026," + code + ",1," + function + "," + economic + "," + project + "," + mark + "," + amount + "," + from + ",青财预〔2026〕1号,青人发〔2026〕3号,2026-02-10\n"
	}
	bring := func(by identity.Actor, text string, o exchange.Options) exchange.Result {
		r, err := exchange.Import(context.Background(), db, by, exchange.Appropriations, "指标.csv", strings.NewReader(text), o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	good := row("2010301", "30101", "", "是", "1200000", "本级财力安排")
	bad := bring(officer, head+good+row("2010301", "301", "", "", "5", "本级财力安排")+row("2120803", "31005", "排水", "", "5", "本级财力安排")+
		row("2010301", "30201", "", "", "0", "本级财力安排")+good, exchange.Options{})
	var rows []int
	for _, p := range bad.Errors {
		rows = append(rows, p.Row)
	}
	if len(rows) != 4 || rows[0] != 3 || rows[1] != 4 || rows[2] != 5 || rows[3] != 6 || bad.Accepted != 0 {
		t.Errorf("bad rows %v", bad.Errors)
	}
	if r := bring(h.accountant, head+good, exchange.Options{}); !fault.HasCode(r.Errors.Err(), "role-missing") {
		t.Errorf("an accountant gives appropriations: %v", r.Errors)
	}
	text := head + good + row("2130126", "31005", "村道", "", "80000.50", "上级转移支付安排")
	if r := bring(officer, text, exchange.Options{DryRun: true}); r.Accepted != 2 {
		t.Fatal(r.Errors)
	}
	if r := bring(officer, text, exchange.Options{}); r.Accepted != 2 {
		t.Fatal(r.Errors)
	}
	if r := bring(officer, text, exchange.Options{}); !fault.HasCode(r.Errors.Err(), "import-repeated") {
		t.Errorf("the same file again: %v", r.Errors)
	}
	h.write(func(tx *store.Tx) error {
		waiting, err := appropriation.Waiting(tx, second, appropriation.Drafted)
		if err != nil || len(waiting) != 1 {
			t.Fatalf("%d orders wait: %v", len(waiting), err)
		}
		if all, err := appropriation.List(tx, officer, 2026, "/"); len(all) != 0 || err != nil {
			t.Errorf("an order that nobody checked gave %d lines: %v", len(all), err)
		}
		if _, err := appropriation.Check(tx, second, waiting[0].ID, 1); err != nil {
			return err
		}
		if _, err := appropriation.Issue(tx, officer, waiting[0].ID, 2); err != nil {
			return err
		}
		var out bytes.Buffer
		if err := exchange.Export(tx, officer, exchange.Appropriations, &out, "csv"); err != nil {
			return err
		}
		for _, want := range []string{
			"2026," + code + ",1,2010301,30101,50101,,国库集中支付,,是,1200000.00,本级财力安排,青财预〔2026〕1号,青人发〔2026〕3号,2026-02-10,2026-00001,1200000.00,",
			",村道,国库集中支付,,,80000.50,上级转移支付安排,",
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %q in\n%s", want, out.String())
			}
		}
		return nil
	})
}
