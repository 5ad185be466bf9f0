package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
)

// TestAppropriations_FromFormToLedger: the county's budget section writes a transfer, is refused with what was typed kept,
// looks at what it would come to, hands it in; the maker cannot check it, another person does; the township reads it.
func TestAppropriations_FromFormToLedger(t *testing.T) {
	s := newSite(t)
	own, foreign := s.townships()
	maker, checker, town, stranger := s.signIn("yusuan"), s.signIn(s.world.Grant(t, identity.CountyBudget, "青岚县")), s.signIn("kuaiji"), s.signIn("yunxi")
	number := "2026-00001"
	id := document.NewID()
	form := url.Values{
		"document": {id}, "version": {"0"}, "kind": {"transfer"}, "year": {"2026"}, "date": {"2026-10-22"}, "source": {"青财预〔2026〕21号"}, "line": {number}, "amount": {"600000"},
		"unit": {"990001100"}, "fund": {"1"}, "function": {"2130701"}, "economic": {"31006"}, "project": {"村道维修"}, "mode": {"merged"},
	}
	over := s.post(maker, "/appropriations/orders", form)
	for _, want := range []string{"可用 500,000.00 元", "超 100,000.00 元", `value="青财预〔2026〕21号"`, `value="村道维修"`, id} {
		if over.status != http.StatusUnprocessableEntity || !strings.Contains(over.body, want) {
			t.Errorf("more than there is: %d, no %q: %s", over.status, want, sayOf(over.body))
		}
	}
	form.Set("amount", "120,000.50")
	form.Set("do", "preview")
	looked := s.post(maker, "/appropriations/orders", form)
	if looked.status != http.StatusOK || !strings.Contains(looked.body, "379,999.50") || !strings.Contains(looked.body, "试算通过") {
		t.Errorf("preview: %d %s", looked.status, sayOf(looked.body))
	}
	if got := s.get(maker, "/appropriations/orders/"+id); got.status != http.StatusNotFound {
		t.Errorf("looking made an order: %d", got.status)
	}
	form.Set("do", "submit")
	for range 2 {
		if got := s.post(maker, "/appropriations/orders", form); got.to != "/appropriations/orders/"+id {
			t.Fatalf("hand in: %d %s", got.status, sayOf(got.body))
		}
	}
	act := func(p person, step, version string) reply {
		fields := url.Values{"version": {version}}
		if step == "return" {
			fields.Set("reason", "文号不符")
		}
		return s.post(p, "/appropriations/orders/"+id+"/"+step, fields)
	}
	if got := act(maker, "check", "1"); got.status != http.StatusUnprocessableEntity && got.status != http.StatusForbidden {
		t.Errorf("the maker checks: %d %s", got.status, sayOf(got.body))
	}
	if !strings.Contains(s.get(checker, "/").body, "待审核") || !strings.Contains(s.get(checker, "/appropriations/orders").body, "调剂-2026-0001") {
		t.Error("the order is not among what waits for the checker")
	}
	for _, st := range []struct{ step, version string }{{"return", "1"}, {"check", "3"}, {"issue", "4"}} {
		if st.step == "check" {
			form.Set("version", "2")
			form.Set("amount", "100000")
			if got := s.post(maker, "/appropriations/orders/"+id+"/revise", form); got.to != "/appropriations/orders/"+id {
				t.Fatalf("revise: %d %s", got.status, sayOf(got.body))
			}
		}
		for range 2 { // a double click
			if got := act(checker, st.step, st.version); got.to != "/appropriations/orders/"+id {
				t.Fatalf("%s: %d %s", st.step, got.status, sayOf(got.body))
			}
		}
	}
	if got := s.get(town, "/appropriations?year=2026"); !strings.Contains(got.body, "400,000.00") || strings.Contains(got.body, "云溪") {
		t.Errorf("the township's ledger: %s", got.body)
	}
	s.expect(town, "/appropriations/lines/"+own.Line, "调剂-2026-0001", "X106 预算调剂", "400,000.00")
	s.expect(town, "/appropriations/memorandum?year=2026", "X203 可用指标", "530,000.00")
	for _, path := range []string{"/appropriations/orders/" + id, "/appropriations/lines/" + own.Line, "/appropriations?unit=" + own.Unit} {
		if got := s.get(stranger, path); got.status != http.StatusNotFound {
			t.Errorf("another township reads %s: %d", path, got.status)
		}
	}
	if got := s.get(town, "/appropriations/lines/"+foreign.Line); got.status != http.StatusNotFound {
		t.Errorf("a foreign line: %d", got.status)
	}
	s.expect(maker, "/appropriations?year=2026", "柳溪镇", "云溪乡", "1,060,000.00")
}
