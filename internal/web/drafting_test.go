package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
)

// TestDrafting_FromFormsToAppropriations carries a township's budget through its pages: standards by two people, the grid
// with a refusal that keeps what was typed, control numbers, the government, the congress by two people, and what follows.
func TestDrafting_FromFormsToAppropriations(t *testing.T) {
	s := newSite(t)
	county, second := s.signIn("yusuan"), s.signIn(s.world.Grant(t, identity.CountyBudget, "青岚县"))
	head, clerk := s.signIn(s.world.Grant(t, identity.OfficeHead, "柳溪镇")), s.signIn("kuaiji")
	recorder, mayor := s.signIn(s.world.Grant(t, identity.Accountant, "柳溪镇")), s.signIn(s.world.Grant(t, identity.UnitHead, "柳溪镇"))
	stranger := s.signIn("yunxi")
	town := s.world.Units["柳溪镇"].ID

	standard := url.Values{"document": {document.NewID()}, "title": {"公务用车运行"}, "measure": {"辆"}, "economic": {"30231"}, "amount": {"25000"}, "on": {"2026-01-01"}, "basis": {" "}}
	if got := s.post(county, "/budget-standards", standard); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "没有依据文号") || !strings.Contains(got.body, `value="公务用车运行"`) {
		t.Errorf("a standard without number: %d %s", got.status, sayOf(got.body))
	}
	standard.Set("basis", "青财预〔2025〕60号")
	for range 2 {
		if got := s.post(county, "/budget-standards", standard); got.to != "/budget-standards" {
			t.Fatalf("set: %d %s", got.status, sayOf(got.body))
		}
	}
	check := "/budget-standards/" + standard.Get("document") + "/check"
	if got := s.post(county, check, url.Values{"version": {"1"}}); got.status == http.StatusSeeOther {
		t.Error("the maker checks his own standard")
	}
	s.expect(second, "/", "待审核定额标准 1 项")
	if got := s.post(second, check, url.Values{"version": {"1"}}); got.to != "/budget-standards" {
		t.Fatalf("check: %d %s", got.status, sayOf(got.body))
	}

	id := document.NewID()
	begin := url.Values{"document": {id}, "unit": {fmt.Sprint(town)}, "year": {"2027"}, "base_day": {"2026-10-01"}, "notice": {"青财预〔2026〕31号"}}
	for range 2 {
		if got := s.post(head, "/drafts", begin); got.to != "/drafts/"+id {
			t.Fatalf("begin: %d %s", got.status, sayOf(got.body))
		}
	}
	base := "/drafts/" + id
	if got := s.get(stranger, base); got.status != http.StatusNotFound {
		t.Errorf("another township reads the draft: %d", got.status)
	}
	grid := fmt.Sprintf("%s/units/%d", base, town)
	lines := url.Values{
		"part": {"0"}, "rows": {"3"}, "do": {"save"},
		"standard-1": {standard.Get("document")}, "fund-1": {"1"}, "function-1": {"2010301 行政运行"}, "quantity-1": {"2"}, "amount-1": {"60000"},
		"project-2": {"通村道路"}, "fund-2": {"1"}, "function-2": {"2130126"}, "economic-2": {"31005"}, "amount-2": {"900,000"}, "note-2": {"续建"},
	}
	over := s.post(clerk, grid, lines)
	for _, want := range []string{"第 1 行:「公务用车运行」按标准 25,000.00 元 × 2 辆 为 50,000.00 元,填写 60,000.00 元", `value="通村道路"`, `value="续建"`, `class="bad"`} {
		if over.status != http.StatusUnprocessableEntity || !strings.Contains(over.body, want) {
			t.Errorf("a typed amount: %d, no %q: %s", over.status, want, sayOf(over.body))
		}
	}
	lines.Set("do", "more")
	if got := s.post(clerk, grid, lines); got.status != http.StatusOK || !strings.Contains(got.body, "还没有保存") || !strings.Contains(got.body, `name="standard-5"`) {
		t.Errorf("more rows: %d %s", got.status, sayOf(got.body))
	}
	lines.Set("do", "save")
	lines.Del("amount-1")
	for range 2 { // a double click
		if got := s.post(clerk, grid, lines); got.to != grid {
			t.Fatalf("save: %d %s", got.status, sayOf(got.body))
		}
	}
	lines.Del("csrf")
	if got := s.post(recorder, grid, lines); got.status != http.StatusConflict {
		t.Errorf("what another has changed: %d %s", got.status, sayOf(got.body))
	}
	s.expect(clerk, grid, "50,000.00", "950,000.00", "通村道路")
	items := url.Values{
		"part": {"0"}, "rows": {"3"}, "do": {"save"}, "side-1": {"income"}, "fund-1": {"1"}, "class-1": {"10101"}, "amount-1": {"970000"}, "note-1": {"县下达收入指标"},
		"side-2": {"outlay"}, "fund-2": {"1"}, "class-2": {"227"}, "amount-2": {"20000"},
	}
	if got := s.post(clerk, base+"/items", items); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "预算法第五十五条") {
		t.Errorf("a quota: %d %s", got.status, sayOf(got.body))
	}
	items.Set("note-1", "上年实绩")
	if got := s.post(clerk, base+"/items", items); got.to != base+"/items" {
		t.Fatalf("items: %d %s", got.status, sayOf(got.body))
	}
	version := 3 // begun, lines and items saved
	step := func(p person, name string, fields url.Values) {
		t.Helper()
		fields.Set("version", fmt.Sprint(version))
		for range 2 {
			if got := s.post(p, base+"/"+name, fields); got.to != base {
				t.Fatalf("%s: %d %s", name, got.status, sayOf(got.body))
			}
		}
		version++
	}
	step(clerk, "up1", url.Values{})
	s.expect(county, base+"/controls", "950,000.00", "下达控制数")
	control := fmt.Sprintf("control-%d-1", town)
	step(county, "down1", url.Values{control: {"900,000"}})
	over = s.post(clerk, base+"/up2", url.Values{"version": {fmt.Sprint(version)}})
	if over.status != http.StatusUnprocessableEntity || !strings.Contains(over.body, "控制数 900,000.00 元,编报 950,000.00 元,超 50,000.00 元") {
		t.Errorf("over the control number: %d %s", over.status, sayOf(over.body))
	}
	step(clerk, "return", url.Values{"reason": {"道路项目须续建"}})
	step(county, "down1", url.Values{control: {"950,000"}})
	step(clerk, "up2", url.Values{})
	s.expect(mayor, "/", "柳溪镇2027年预算", "政府审核")
	if got := s.get(head, base); !strings.Contains(got.body, "由单位负责人办理") || strings.Contains(got.body, `action="`+base+`/review"`) {
		t.Error("the page does not say that the mayor is next, or offers his step to another")
	}
	step(mayor, "review", url.Values{})
	step(mayor, "present", url.Values{})
	s.expect(s.signIn(s.world.Grant(t, identity.Deputy, "柳溪镇")), base+"/tables", "2130126", "2027年一般公共预算支出表(功能分类)", "2027年一般公共预算基本支出表(经济分类)")
	if got := s.post(recorder, base+"/resolve", url.Values{"version": {fmt.Sprint(version)}, "session_name": {"第六次会议"}, "session_on": {"2026-10-22"}}); !strings.Contains(got.body, "没有人民代表大会批准预算的决议文号") || !strings.Contains(got.body, `value="第六次会议"`) {
		t.Errorf("no number: %d %s", got.status, sayOf(got.body))
	}
	step(recorder, "resolve", url.Values{"session_no": {"柳人发〔2026〕9号"}, "session_name": {"第六次会议"}, "session_on": {"2026-10-22"}})
	if got := s.get(recorder, base); strings.Contains(got.body, `action="`+base+`/confirm"`) {
		t.Error("who recorded the resolution is offered to check it")
	}
	step(head, "confirm", url.Values{})
	s.expect(county, "/appropriations?year=2027", "950,000.00")
	s.expect(head, base, "向各部门批复预算", "公开政府预算", "待办")
	step(head, "reply", url.Values{"number": {"柳财〔2026〕8号"}, "on": {"2026-10-23"}})
	step(head, "file", url.Values{"number": {"柳政〔2026〕30号"}, "on": {"2026-10-23"}})
	step(head, "publish", url.Values{"number": {"镇政府公告栏"}, "on": {"2026-10-23"}})
	if got := s.get(head, base); strings.Contains(got.body, `action="`+base+`/file"`) || !strings.Contains(got.body, "镇政府公告栏") {
		t.Error("what is done is offered again, or not told")
	}
	s.expect(clerk, base+"/compare?was=1&now=2", "没有差别")
	pdf := s.get(head, base+"/tables?format=pdf")
	if pdf.status != http.StatusOK || !strings.HasPrefix(pdf.body, "%PDF") {
		t.Errorf("the tables as PDF: %d", pdf.status)
	}
}
