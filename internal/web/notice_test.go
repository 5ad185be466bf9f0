package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/document"
)

// TestNotice_FromDeskToDesk: a head writes one; sent twice it is one; a villager marks it read; another township never
// sees it; a wrong one keeps what was typed.
func TestNotice_FromDeskToDesk(t *testing.T) {
	s := newSite(t)
	head, villager, other := s.signIn("suozhang"), s.signIn("cunbao"), s.signIn("yunxi")
	id := document.NewID()
	form := url.Values{
		"document": {id}, "unit": {itoa(s.world.Units["柳溪镇"].ID)}, "title": {"报送 10 月份单据"}, "body": {"请于 28 日前\n报送"}, "from": {"2026-10-20"}, "to": {"2026-10-01"},
	}
	if got := s.post(head, "/notices", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="报送 10 月份单据"`) || !strings.Contains(got.body, id) {
		t.Errorf("a notice that ends before it begins: %d %s", got.status, sayOf(got.body))
	}
	form.Set("to", "2026-10-31")
	for range 2 {
		if got := s.post(head, "/notices", form); got.to != "/notices/"+id {
			t.Fatalf("issue: %d %s", got.status, sayOf(got.body))
		}
	}
	unread := func(p person) bool { return strings.Contains(s.get(p, "/").body, "未阅") }
	if unread(head) || !unread(villager) || unread(other) {
		t.Error("it is not unread by the villager alone")
	}
	if got := s.post(other, "/notices/"+id+"/read", nil); got.status != http.StatusNotFound {
		t.Errorf("another township reads it: %d", got.status)
	}
	s.post(villager, "/notices/"+id+"/read", nil)
	if unread(villager) || !strings.Contains(s.get(head, "/notices/"+id).body, "村报账") {
		t.Error("the reading is not kept")
	}
	for range 2 {
		if got := s.post(head, "/notices/"+id+"/withdraw", url.Values{"version": {"1"}, "reason": {"日期写错"}}); got.to != "/notices/"+id {
			t.Errorf("withdraw: %d %s", got.status, sayOf(got.body))
		}
	}
	if strings.Contains(s.get(villager, "/").body, "报送 10 月份单据") {
		t.Error("a withdrawn notice stays on first pages")
	}
}
