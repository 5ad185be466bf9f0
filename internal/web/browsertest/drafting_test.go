package browsertest_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// TestDrafting: the grid computes what a standard comes to and how the kinds of money stand while it is filled in, takes
// the amount's field away where it is computed, and is saved.
func TestDrafting(t *testing.T) {
	b := open(t)
	draft, standard := document.NewID(), document.NewID()
	town := b.world.Units["柳溪镇"]
	b.world.Write(t, func(tx *store.Tx) error {
		root, err := org.Root(tx, webtest.County)
		if err != nil {
			return err
		}
		by := func(person int64, role identity.Role, u org.Unit) identity.Actor {
			return identity.Actor{County: webtest.County, Person: person, Grants: []identity.Grant{{Role: role, Unit: u.ID, Path: u.Path}}}
		}
		s := drafting.Standard{Document: standard, Title: "公务用车运行", Measure: "辆", Economic: "30231", Amount: 25_000_00, On: "2026-01-01", Basis: "青财预〔2025〕60号"}
		if err := drafting.SetStandard(tx, by(9001, identity.CountyBudget, root), s); err != nil {
			return err
		}
		if err := drafting.CheckStandard(tx, by(9002, identity.CountyBudget, root), standard, 1); err != nil {
			return err
		}
		_, err = drafting.Begin(tx, by(9003, identity.OfficeHead, town), drafting.New{Document: draft, Unit: town.ID, Year: 2027, BaseDay: "2026-10-01", Notice: "青财预〔2026〕31号"})
		return err
	})
	b.signIn("kuaiji")
	b.visit(fmt.Sprintf("/drafts/%s/units/%d", draft, town.ID))
	b.do(b.put("project-2", 1, "通村道路"), b.put("function-2", 1, "2130126"), b.put("economic-2", 1, "31005"), b.put("amount-2", 1, "900000"))
	b.must(`[data-fund="1"] [data-sum]`, "900,000.00")
	ask(b, chromedp.Evaluate[any](`(() => { const s = document.querySelector('[name="standard-1"]'); s.value = "`+standard+`"; s.dispatchEvent(new Event("input", { bubbles: true })); return 0; })()`))
	b.do(b.put("function-1", 1, "2010301"), b.put("quantity-1", 1, "2"))
	b.must(`output[name="sum-1"]`, "50,000.00")
	b.must(`[data-fund="1"] [data-sum]`, "950,000.00")
	if hidden := ask(b, chromedp.Evaluate[bool](`document.querySelector('[name="amount-1"]').hidden`)); !hidden {
		t.Error("the amount of a standard may still be typed")
	}
	b.shoot("drafting-grid")
	b.press(`button[value="save"]`)
	b.must(`[data-fund="1"] [data-sum]`, "950,000.00")
	b.must(`output[name="sum-1"]`, "50,000.00")
}
