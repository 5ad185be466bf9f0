package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"xiangzhang/internal/document"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// TestWaivers_OnPages: one officer proposes, another grants; what rests on the waiver stands in the week's list on the page
// and in the table, for the county and the auditor and not for another township; ended, it lifts nothing any more.
func TestWaivers_OnPages(t *testing.T) {
	s := newSite(t)
	budget, treasury := s.signIn("yusuan"), s.signIn("guoku")
	auditor := s.signIn(s.world.Grant(t, identity.Auditor, "青岚县"))
	elsewhere := s.signIn(s.world.Grant(t, identity.OfficeHead, "云溪乡"))
	form := url.Values{
		"document": {document.NewID()}, "duties": {"M|C"}, "unit": {s.world.Units["柳溪镇"].Code + " 柳溪镇"}, "from": {"2026-10-23"}, "to": {"2026-12-31"},
		"document_no": {"青财〔2026〕28号"}, "reason": {"只有三名会计人员"},
	}
	if got := s.post(budget, "/waivers", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "县里也不能豁免") || !strings.Contains(got.body, `value="青财〔2026〕28号"`) {
		t.Errorf("a pair of the law: %d %s", got.status, sayOf(got.body))
	}
	form.Set("duties", "I|V")
	for range 2 { // sent twice
		if got := s.post(budget, "/waivers", form); got.status != http.StatusSeeOther {
			t.Fatalf("proposed: %d %s", got.status, sayOf(got.body))
		}
	}
	grant, end := "/waivers/"+form.Get("document")+"/grant", "/waivers/"+form.Get("document")+"/end-early"
	if body := s.expect(budget, "/waivers", "待批准", "经办与审核", "青财〔2026〕28号", "余预算"); strings.Contains(body, grant) {
		t.Error("who proposed it is offered to grant it")
	}
	if got := s.post(budget, grant, url.Values{"version": {"1"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("granted by its proposer: %d", got.status)
	}
	s.expect(treasury, "/waivers", grant)
	s.expect(treasury, "/", "余预算提出岗位豁免,待另一人批准", "去批准")
	if got := s.get(budget, "/"); strings.Contains(got.body, "去批准") {
		t.Error("who proposed it has it to grant")
	}
	for range 2 {
		if got := s.post(treasury, grant, url.Values{"version": {"1"}}); got.status != http.StatusSeeOther {
			t.Fatalf("granted: %d %s", got.status, sayOf(got.body))
		}
	}
	s.expect(auditor, "/waivers", "生效中", "顾国库")
	if got := s.get(elsewhere, "/waivers"); strings.Contains(got.body, "青财〔2026〕28号") {
		t.Error("another township sees the waiver")
	}
	const none = "本周没有使用岗位豁免办理的单据"
	s.expect(auditor, "/waivers/week", none, "2026-10-19 至 2026-10-25")
	closing := s.bothInOne(t)
	for _, p := range []person{budget, auditor} {
		s.expect(p, "/waivers/week?day=2026-10-20", "月末结账", "不同意反结账", "经办与审核", "青财〔2026〕28号", "2026 年 1 月", "/close?period=2026-01")
	}
	s.expect(elsewhere, "/waivers/week", none)
	s.expect(auditor, "/waivers/week?day=2026-10-18", none, `rel="next"`)
	got := s.get(auditor, "/waivers/week?format=xlsx")
	x, err := excelize.OpenReader(bytes.NewReader([]byte(got.body)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := x.GetRows(x.GetSheetName(0))
	if err != nil || !strings.Contains(strings.Join(rows[0], ""), "每周例外清单") || !strings.Contains(strings.Join(rows[3], "|"), "不同意反结账|") {
		t.Errorf("the table says %q: %v", rows, err)
	}
	if got := s.post(budget, end, url.Values{"version": {"2"}, "reason": {""}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("ended for no reason: %d", got.status)
	}
	if got := s.post(budget, end, url.Values{"version": {"2"}, "reason": {"新会计到岗"}}); got.status != http.StatusSeeOther {
		t.Errorf("ended: %d %s", got.status, sayOf(got.body))
	}
	s.expect(auditor, "/waivers", "已提前终止", "没有生效中的豁免")
	s.world.Write(t, func(tx *store.Tx) error {
		flaws, err := document.VerifyWaivers(tx, webtest.County)
		if len(flaws) > 0 {
			t.Errorf("check says %+v of %s", flaws, closing)
		}
		return err
	})
}

// bothInOne lets the checker ask for a month to be opened again under the accountant's role, and refuse it.
func (s *site) bothInOne(t *testing.T) (closing string) {
	t.Helper()
	maker, closing := s.world.Actor(t, "kuaiji"), document.NewID()
	s.world.Write(t, func(tx *store.Tx) error {
		if _, err := ledger.CloseMonth(tx, maker, closing, s.world.Books["LX01"].ID, "2026-01"); err != nil {
			return err
		}
		to, err := identity.FindLogin(tx, maker.County, "shenhe")
		if err != nil {
			return err
		}
		return handover.Delegate(tx, maker, identity.Delegation{
			Document: document.NewID(), ToLogin: to.ID, Role: identity.Accountant, Unit: s.world.Units["柳溪镇"].ID, First: "2026-10-23", Last: "2026-10-24", Reason: "出差",
		})
	})
	both := s.world.Actor(t, "shenhe")
	s.world.Write(t, func(tx *store.Tx) error {
		if _, err := ledger.Reopen(tx, both, closing, 1, "ask-reopen", "漏记一笔"); err != nil {
			return err
		}
		_, err := ledger.Reopen(tx, both, closing, 2, "refuse-reopen", "记入本月")
		return err
	})
	return closing
}
