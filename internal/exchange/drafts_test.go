package exchange_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestDrafts_OutAndIn: a draft comes as a file with what its formulas rest on, every bad row is named, and what goes out
// comes in again elsewhere as it is.
func TestDrafts_OutAndIn(t *testing.T) {
	db := storetest.One(t)
	h := newHall(t, db)
	var root, town org.Unit
	h.write(func(tx *store.Tx) (err error) {
		if root, err = org.Root(tx, county); err != nil {
			return err
		}
		below, err := org.List(tx, county, root.Path, "")
		for _, u := range below {
			if u.Kind == org.Township {
				town = u
			}
		}
		if err != nil {
			return err
		}
		return roster.Bootstrap(tx, county, "2020-01-01")
	})
	head := h.person(31, "财政所长", town.Path, identity.OfficeHead)
	maker, checker := h.person(32, "预算股", root.Path, identity.CountyBudget), h.person(33, "预算股二", root.Path, identity.CountyBudget)
	draft, standard := document.NewID(), document.NewID()
	h.write(func(tx *store.Tx) error {
		s := drafting.Standard{Document: standard, Title: "公务用车运行", Measure: "辆", Economic: "30231", Amount: 25_000_00, On: "2025-01-01", Basis: "青财预〔2025〕1号"}
		if err := drafting.SetStandard(tx, maker, s); err != nil {
			return err
		}
		if err := drafting.CheckStandard(tx, checker, standard, 1); err != nil {
			return err
		}
		today, err := org.Today(tx, county)
		if err != nil {
			return err
		}
		_, err = drafting.Begin(tx, head, drafting.New{Document: draft, Unit: town.ID, Year: today.Year(), BaseDay: today, Notice: "青财预〔2025〕31号"})
		return err
	})
	year := "2026"
	h.write(func(tx *store.Tx) error {
		d, err := drafting.Get(tx, head, draft)
		year = d.Title()[:4]
		return err
	})
	heading := "年度,收支,单位,定额标准,项目,资金性质,科目,部门经济分类,对方资金,人数、数量,标准,金额,说明\n"
	row := func(cells string) string { return year + "," + strings.Replace(cells, "@", town.Code, 1) + "\n" }
	bring := func(by identity.Actor, text string) exchange.Result {
		r, err := exchange.Import(context.Background(), db, by, exchange.Drafts, "预算草案.csv", strings.NewReader(text), exchange.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	cars := row("支出,@,公务用车运行,,1,2010301,,,3,25000.00,75000.00,")
	road := row("支出,@,,通村道路,1,2130126,31005,,,,300000.00,续建")
	income := row("收入预测,@,,,1,10101,,,,,375000.00,上年实绩")
	for code, text := range map[string]string{
		"drafting-rate": row("支出,@,公务用车运行,,1,2010301,,,3,24000.00,,"), "drafting-amount-typed": row("支出,@,公务用车运行,,1,2010301,,,3,,80000,"),
		"drafting-standard-unknown": row("支出,@,没有的标准,,1,2010301,,,3,,,"), "drafting-project-missing": row("支出,@,,,1,2130126,31005,,,,5,"),
		"drafting-quota": row("收入预测,@,,,1,10101,,,,,5,税收任务"), "drafting-transfer-counter": row("收入预测,@,,,1,11009,,,,,5,"),
	} {
		r := bring(head, heading+cars+text)
		if !fault.HasCode(r.Errors.Err(), code) || len(r.Errors) != 1 || r.Errors[0].Row != 3 || r.Accepted != 0 {
			t.Errorf("%s: %v", code, r.Errors)
		}
	}
	if r := bring(head, heading+cars+road+income); r.Accepted != 3 {
		t.Fatal(r.Errors)
	}
	h.write(func(tx *store.Tx) error {
		c, err := drafting.ContentOf(tx, county, draft, 0)
		if err != nil {
			return err
		}
		if len(c.Lines) != 2 || c.Lines[0].Amount != 75_000_00 || c.Lines[0].Quantity != 3 || c.Lines[1].Project != "通村道路" || len(c.Items) != 1 {
			t.Errorf("came in as %v", c)
		}
		var out bytes.Buffer
		if err := exchange.Export(tx, head, exchange.Drafts, &out, "csv"); err != nil {
			return err
		}
		for _, want := range []string{",公务用车运行,,1,2010301,30231,", ",3,25000.00,75000.00,本级财力,", ",通村道路,1,2130126,31005,", "收入预测," + town.Code} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %q in\n%s", want, out.String())
			}
		}
		return nil
	})
}
