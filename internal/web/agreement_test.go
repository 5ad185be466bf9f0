package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/document"
)

// TestAgreement_OnPages: a statement is checked before it is taken, what is typed stands again after a refusal, a pass is
// confirmed once however often its button is pressed, and the sheet of a month that is not over says so.
func TestAgreement_OnPages(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	kuaiji := s.signIn("kuaiji")
	bench := "/agreement/" + own.Account
	page := s.get(kuaiji, bench)
	for _, want := range []string{"金额相同、日期相近", "银行已收单位未收", "单位已收银行未收"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the bench lacks %q", want)
		}
	}
	digest := between(page.body, `name="seen" value="`, `"`)
	id := document.NewID()
	form := url.Values{"document": {id}, "pass": {"amount"}, "seen": {digest}}
	for range 2 {
		if got := s.post(kuaiji, bench+"/pass", form); got.status != http.StatusSeeOther {
			t.Errorf("confirm: %d", got.status)
		}
	}
	if page = s.get(kuaiji, bench); !strings.Contains(page.body, "撤销第 1 组") || strings.Contains(page.body, "撤销第 2 组") {
		t.Error("the pass was confirmed otherwise than once")
	}
	refused := s.post(kuaiji, bench+"/undo", url.Values{"document": {document.NewID()}, "group": {"1"}, "reason": {""}})
	if refused.status != http.StatusUnprocessableEntity || !strings.Contains(refused.body, "须写明原因") {
		t.Errorf("undone without a reason: %d", refused.status)
	}
	sheet := s.get(kuaiji, bench+"/sheet?period=2026-10")
	if !strings.Contains(sheet.body, "还没有结束") || strings.Contains(sheet.body, "编制并送审") {
		t.Error("October is not over, and the page says nothing of it")
	}
	closing := s.post(kuaiji, bench+"/import", url.Values{"document": {document.NewID()}, "source": {"bank"}, "to": {"2026-10-23"}, "closing": {"1.00"}})
	if closing.status != http.StatusUnprocessableEntity || !strings.Contains(closing.body, "与已导入的余额 7,000.00 元不同") || !strings.Contains(closing.body, `value="1.00"`) {
		t.Errorf("another balance without a movement: %d", closing.status)
	}
	bad := s.post(kuaiji, "/agreement", url.Values{"document": {document.NewID()}, "book": {own.Book}, "account": {"100202"}, "kind": {"basic"}, "bank": {"某银行"}, "name": {"某户"}, "number": {"12"}, "opened": {"2020-01-01"}, "basis": {"1号"}, "since": {"2026-10"}})
	if bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.body, "账号应为") || !strings.Contains(bad.body, `value="某银行"`) {
		t.Errorf("a number of two figures: %d", bad.status)
	}
}

func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}
