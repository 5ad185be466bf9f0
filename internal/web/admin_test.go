package web

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// personOf gives the addresses of a person and of his login.
func (s *site) personOf(login string) (person, account string) {
	s.t.Helper()
	var l identity.Login
	s.world.Write(s.t, func(tx *store.Tx) error {
		var err error
		l, err = identity.FindLogin(tx, webtest.County, login)
		return err
	})
	return personPath(l.Person), itoa(l.ID)
}

// expect asks for a page and fails where it does not say everything.
func (s *site) expect(p person, path string, wants ...string) string {
	s.t.Helper()
	got := s.get(p, path)
	for _, want := range wants {
		if !strings.Contains(got.body, want) {
			s.t.Errorf("%s: %d, says nothing of %q: %s", path, got.status, want, sayOf(got.body))
		}
	}
	return got.body
}

// TestRights_BeforeAGrantIsConfirmed: the page says what a role would add, changes nothing, and refuses what the grant
// itself would refuse.
func TestRights_BeforeAGrantIsConfirmed(t *testing.T) {
	s := newSite(t)
	sec := s.signIn("sec")
	who, login := s.personOf("kuaiji")
	preview := func(role, unit string) string {
		return who + "/rights?" + url.Values{"login": {login}, "role": {role}, "unit": {unit}}.Encode()
	}
	body := s.expect(sec, who+"/rights", "会计", "柳溪镇", "录入、修改", "《会计法》第三十五条", "不可豁免")
	if strings.Contains(body, "录入、审核并记账") || !strings.Contains(body, "记入已由两人办妥的凭证") {
		t.Error("one person seems to make, check and post")
	}
	if strings.Contains(body, "新增") {
		t.Error("without a role in view something is new")
	}
	body = s.expect(sec, preview("reviewer", "990001200"), "若授予 审核会计(云溪乡)", "拟授", `审核<span class="tag late">新增</span>`, "合计 5 个单位、4 套账")
	if !strings.Contains(body, `name="role" value="reviewer"`) {
		t.Error("nothing to confirm with")
	}
	got := s.get(sec, preview("cashier", "990001100"))
	if !strings.Contains(sayOf(got.body), "出纳不得兼任") || strings.Contains(got.body, "确认授予") {
		t.Errorf("an excluded role can be confirmed: %d %s", got.status, sayOf(got.body))
	}
	s.expect(sec, who+"/rights", "合计 3 个单位、2 套账") // nothing was granted
	if got := s.post(sec, "/logins/"+login+"/grant", url.Values{"role": {"reviewer"}, "unit": {"990001200"}}); got.status != 303 {
		t.Fatalf("confirm: %d %s", got.status, sayOf(got.body))
	}
	s.expect(sec, who+"/rights", "合计 5 个单位、4 套账")
}

// TestSignIns_FilterAndPage: the audit administrator narrows the history and turns its pages; nobody meets a row twice.
func TestSignIns_FilterAndPage(t *testing.T) {
	s := newSite(t)
	aud := s.signIn("aud")
	for range signInsMost + 20 {
		s.signIn("kuaiji")
	}
	s.post(person{}, "/sign-in", url.Values{"name": {"shenhe"}, "password": {"不对 不对 不对"}})
	first := s.expect(aud, "/sign-ins?name=kuaiji", fmt.Sprintf("%d 次", signInsMost), "更早的")
	_, rest, _ := strings.Cut(first, `class="btn" href="/sign-ins`)
	next, _, _ := strings.Cut(rest, `"`)
	second := s.expect(aud, "/sign-ins"+html.UnescapeString(next), "较早的 20 次", "最近的")
	if strings.Contains(second, "更早的") {
		t.Error("there is a third page")
	}
	body := s.expect(aud, "/sign-ins?outcome=wrong", "shenhe", "密码错误")
	if strings.Contains(body, "kuaiji</td>") {
		t.Error("a filter by outcome shows others")
	}
	if got := s.get(aud, "/sign-ins?first=2026-10-09&last=2026-10-01"); got.status != 422 || !strings.Contains(got.body, `value="2026-10-09"`) {
		t.Errorf("reversed days: %d %s", got.status, sayOf(got.body))
	}
	own := s.expect(s.signIn("shenhe"), "/me", "密码错误", "成功", "审核会计")
	if strings.Count(own, "成功") != 1 {
		t.Error("one's own page shows others' sign-ins")
	}
}

// TestRules_HistoryNamesWhoSet: a new value ends the former, and the page says who set it by which document.
func TestRules_HistoryNamesWhoSet(t *testing.T) {
	s := newSite(t)
	sec := s.signIn("sec")
	form := url.Values{"code": {"session-idle-minutes"}, "value": {"30"}, "from": {"2026-11-01"}, "no": {"青财〔2026〕8号"}}
	if got := s.post(sec, "/rules", form); got.status != 303 || got.to != "/rules/session-idle-minutes" {
		t.Fatalf("set: %d %s", got.status, sayOf(got.body))
	}
	s.expect(sec, "/rules/session-idle-minutes", "青财〔2026〕8号", "安安全", "将生效", "2026-10-31", "建账时由程序设定", "5 至 480 之间的数")
	s.expect(s.signIn("kuaiji"), "/rules", "将生效", "青财〔2026〕8号")
	if got := s.post(sec, "/rules", form); got.status != 422 || !strings.Contains(got.body, `value="青财〔2026〕8号"`) {
		t.Errorf("the same day again: %d %s", got.status, sayOf(got.body))
	}
}

// TestCompare_ShowsBothVillageCharts: what the newer chart changed, narrowed by kind of change.
func TestCompare_ShowsBothVillageCharts(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	s.expect(p, "/standards/compare", "财会〔2004〕12号", "财会〔2023〕14号", "新增", "取消", "改名", "未核对")
	body := s.expect(p, "/standards/compare?from=village-2005&to=village-2024&only=ended", "取消")
	if strings.Contains(body, `<span class="tag ok">新增</span>`) {
		t.Error("a filter by change shows others")
	}
	if got := s.get(p, "/standards/compare?from=village-2005&to=function-2025"); got.status != 422 {
		t.Errorf("two tables of different kinds: %d", got.status)
	}
}

// TestAdministrators_FromTheRouteTable: each of the three sees who they are and that none may do another's work.
func TestAdministrators_FromTheRouteTable(t *testing.T) {
	s := newSite(t)
	s.expect(s.signIn("aud"), "/administrators", "季系统", "安安全", "沈审计", "授予角色", "登录记录", "不能")
	if got := s.get(s.signIn("kuaiji"), "/administrators"); got.status != 403 {
		t.Errorf("an accountant reads who administers: %d", got.status)
	}
}

// TestDelegation_OnPages: the delegate sees for whom he acts, checks for him, and is told what he may not check; the
// voucher says 甲 代 乙; it ends when withdrawn.
func TestDelegation_OnPages(t *testing.T) {
	s := newSite(t)
	both := s.signIn("jiangang")
	own, others := s.submitted("jiangang"), s.submitted("kuaiji")
	unit := itoa(s.world.Units["柳溪镇"].ID)
	form := url.Values{
		"document": {document.NewID()}, "own": {"reviewer|" + unit}, "to": {"baozhang 鲍报账"}, "first": {"2026-10-23"}, "last": {"2026-10-24"}, "reason": {"出差"},
	}
	wrong := url.Values{}
	for k, v := range form {
		wrong[k] = v
	}
	wrong.Set("to", "yunxi")
	if got := s.post(both, "/delegations", wrong); got.status != 422 || !strings.Contains(got.body, `value="出差"`) || strings.Contains(got.body, "云会计") {
		t.Errorf("to another township: %d %s", got.status, sayOf(got.body))
	}
	for range 2 {
		if got := s.post(both, "/delegations", form); got.status != 303 {
			t.Fatalf("delegated: %d %s", got.status, sayOf(got.body))
		}
	}
	delegate := s.signIn("baozhang")
	s.expect(delegate, "/delegations", "<b>鲍报账</b> 代 <b>兼岗</b>", "生效中")
	s.expect(delegate, "/me", "审核会计(代兼岗)")
	s.expect(delegate, "/review", "韩会计", "报账员、审核会计(代兼岗)")
	s.expect(delegate, "/vouchers/"+own, "本凭证由您所代理的兼岗制单")
	if got := s.post(delegate, "/vouchers/"+own+"/check", url.Values{"version": {"2"}}); got.status != 422 || !strings.Contains(sayOf(got.body), "您代兼岗办理") {
		t.Errorf("what he made, checked for him: %d %s", got.status, sayOf(got.body))
	}
	if got := s.post(delegate, "/vouchers/"+others+"/check", url.Values{"version": {"2"}}); got.status != 303 {
		t.Fatalf("checked: %d %s", got.status, sayOf(got.body))
	}
	s.expect(both, "/vouchers/"+others, "审核 <b>鲍报账 代 兼岗</b>", "<td>鲍报账 代 兼岗</td>")
	withdraw := "/delegations/" + form.Get("document") + "/withdraw"
	if got := s.post(s.signIn("kuaiji"), withdraw, url.Values{"version": {"1"}, "reason": {"试试"}}); got.status != 404 {
		t.Errorf("withdrawn by a stranger: %d", got.status)
	}
	for range 2 {
		if got := s.post(s.signIn("sec"), withdraw, url.Values{"version": {"1"}, "reason": {"提前返回"}}); got.status != 303 {
			t.Fatalf("withdrawn: %d %s", got.status, sayOf(got.body))
		}
	}
	if got := s.get(delegate, "/review"); got.status != 403 {
		t.Errorf("after it was withdrawn: %d", got.status)
	}
}

// TestDelegation_ChecksThenPosts: who checked in his own right may post for the absent accountant, and page and paper say
// which was which; what he makes in that one's name he may not check (docs/decisions/0013).
func TestDelegation_ChecksThenPosts(t *testing.T) {
	s := newSite(t)
	id := s.submitted("kuaiji")
	unit := itoa(s.world.Units["柳溪镇"].ID)
	form := url.Values{
		"document": {document.NewID()}, "own": {"accountant|" + unit}, "to": {"shenhe 柳审核"}, "first": {"2026-10-23"}, "last": {"2026-10-24"}, "reason": {"出差"},
	}
	if got := s.post(s.signIn("kuaiji"), "/delegations", form); got.status != 303 {
		t.Fatalf("delegated: %d %s", got.status, sayOf(got.body))
	}
	delegate := s.signIn("shenhe")
	for version, step := range []string{"check", "post"} {
		if got := s.post(delegate, "/vouchers/"+id+"/"+step, url.Values{"version": {itoa(int64(version) + 2)}}); got.status != 303 {
			t.Fatalf("%s: %d %s", step, got.status, sayOf(got.body))
		}
	}
	s.expect(delegate, "/vouchers/"+id, "记账 <b>柳审核 代 韩会计</b>", "审核 <b>柳审核</b>", "制单 <b>韩会计</b>", "<td>记账</td><td>柳审核 代 韩会计</td>", "<td>审核</td><td>柳审核</td>")
	if text := s.onPaper(delegate, "/vouchers/"+id+"/print"); !strings.Contains(text, "柳审核代韩会计") {
		t.Errorf("the sheet does not say for whom: %s", text)
	}
	made := s.submitted("shenhe")
	if got := s.post(delegate, "/vouchers/"+made+"/check", url.Values{"version": {"2"}}); got.status != 422 {
		t.Errorf("what he made in the other's name, checked by himself: %d", got.status)
	}
	if got := s.post(s.signIn("kuaiji"), "/vouchers/"+made+"/post", url.Values{"version": {"2"}}); got.status != 422 {
		t.Errorf("posted unchecked: %d", got.status)
	}
}

// submitted makes a voucher of the village's book that waits for its check.
func (s *site) submitted(login string) string {
	s.t.Helper()
	by, id := s.world.Actor(s.t, login), document.NewID()
	s.world.Write(s.t, func(tx *store.Tx) error {
		_, err := ledger.SaveDraft(tx, by, ledger.DraftVoucher{Document: id, Book: s.world.Books["LX-SQ"].ID, Date: "2026-10-20", Lines: []ledger.DraftLine{
			{Account: "102", Summary: "收承包费", Debit: "10"}, {Account: "50104", Summary: "收承包费", Credit: "10"}}}, 0)
		if err == nil {
			_, err = ledger.Submit(tx, by, id, 1)
		}
		return err
	})
	return id
}

// TestPeople_UnitByName: a unit is typed as people call it; what several are called is asked back.
func TestPeople_UnitByName(t *testing.T) {
	s := newSite(t)
	p := s.signIn("sys")
	for i, typed := range []string{"石桥村", "sqc", "990001100201 石桥村", "柳溪镇"} {
		form := url.Values{"name": {"新来的"}, "number": {webtest.IDNumber(700 + i)}, "unit": {typed}}
		if got := s.post(p, "/people", form); got.status != http.StatusSeeOther {
			t.Errorf("unit %q: %d %s", typed, got.status, sayOf(got.body))
		}
	}
	for typed, want := range map[string]string{"柳溪": "对应 2 个单位:柳溪镇", "无此村": "没有编码或名称为「无此村」的单位"} {
		got := s.post(p, "/people", url.Values{"name": {"新来的"}, "number": {webtest.IDNumber(710)}, "unit": {typed}})
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, want) {
			t.Errorf("unit %q: %d %s", typed, got.status, sayOf(got.body))
		}
	}
}
