package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"xiangzhang/internal/document"
	"xiangzhang/internal/store"
)

// TestSteps_PressedTwice: the second press of a step's button ends where the first did, also after somebody else has
// gone on; another person's press does not.
func TestSteps_PressedTwice(t *testing.T) {
	s := newSite(t)
	maker, checker, head := s.signIn("kuaiji"), s.signIn("shenhe"), s.signIn("suozhang")
	enter := func() string {
		id := document.NewID()
		form := supplies(id)
		form.Set("do", doSave)
		if got := s.post(maker, "/books/1/vouchers", form); got.status != http.StatusSeeOther {
			t.Fatalf("save: %d %s", got.status, sayOf(got.body))
		}
		return "/vouchers/" + id
	}
	press := func(p person, path, version, reason string, want int) {
		t.Helper()
		got := s.post(p, path, url.Values{"version": {version}, "reason": {reason}})
		if got.status != want {
			t.Errorf("%s of version %s: %d %s, want %d", path, version, got.status, sayOf(got.body), want)
		}
	}
	done, refused := enter(), enter()
	for range 3 {
		press(maker, done+"/submit", "1", "", http.StatusSeeOther)
	}
	for range 3 {
		press(checker, done+"/check", "2", "", http.StatusSeeOther)
	}
	press(head, done+"/check", "2", "", http.StatusConflict)
	for range 3 {
		press(maker, done+"/post", "3", "", http.StatusSeeOther)
	}
	press(checker, done+"/check", "2", "", http.StatusSeeOther)
	press(maker, refused+"/submit", "1", "", http.StatusSeeOther)
	for range 2 {
		press(checker, refused+"/return", "2", "缺发票", http.StatusSeeOther)
	}
	press(checker, refused+"/return", "2", "金额有误", http.StatusConflict)
	for range 2 {
		press(maker, refused+"/void", "3", "录入有误", http.StatusSeeOther)
	}
}

// TestQueue_PressedTwice: the same form sent twice decides its own voucher alone, and so does a form of the next voucher that
// was sent before anybody can have looked at it.
func TestQueue_PressedTwice(t *testing.T) {
	s := newSite(t)
	maker, checker := s.signIn("kuaiji"), s.signIn("shenhe")
	var ids []string
	for range 3 {
		id := document.NewID()
		if got := s.post(maker, "/books/1/vouchers", supplies(id)); got.status != http.StatusSeeOther {
			t.Fatalf("submit: %d %s", got.status, sayOf(got.body))
		}
		ids = append(ids, id)
	}
	states := func(want ...string) {
		t.Helper()
		for i, w := range want {
			if page := s.get(checker, "/vouchers/"+ids[i]).body; !strings.Contains(page, w+"</span>") {
				t.Errorf("voucher %d is not %s", i+1, w)
			}
		}
	}
	first := url.Values{"version": {"2"}, "from": {"review"}}
	next := ""
	for i := range 2 {
		got := s.post(checker, "/vouchers/"+ids[0]+"/check", first)
		if got.status != http.StatusSeeOther {
			t.Fatalf("check: %d %s", got.status, sayOf(got.body))
		}
		if i == 0 {
			next = got.to
		}
	}
	states("待记账", "待审核", "待审核")
	page := s.get(checker, next).body
	if !strings.Contains(page, `role="status">记-0001 已审核。`) || !strings.Contains(page, `<h1 tabindex="-1" autofocus>`) || strings.Contains(page, `type="submit" autofocus`) {
		t.Error("the next voucher does not say what became of the first, or its button has the caret")
	}
	shown := regexp.MustCompile(`name="shown" value="([0-9]+)"`).FindStringSubmatch(page)
	if shown == nil || !strings.Contains(next, ids[1]) {
		t.Fatalf("the next voucher at %s does not say when it came up", next)
	}
	second := url.Values{"version": {"2"}, "from": {"review"}, "done": {ids[0]}, "shown": {strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10)}}
	if got := s.post(checker, "/vouchers/"+ids[1]+"/check", second); got.to != next {
		t.Errorf("at once: %d %s", got.status, got.to)
	}
	states("待记账", "待审核", "待审核")
	second.Set("shown", strconv.FormatInt(time.Now().Add(-time.Minute).UnixMilli(), 10))
	second.Set("reason", "缺发票")
	got := s.post(checker, "/vouchers/"+ids[1]+"/return", second)
	if page := s.get(checker, got.to).body; !strings.Contains(page, `role="status">记-0002 已退回。`) {
		t.Errorf("after the return %s says %s", got.to, sayOf(page))
	}
	states("待记账", "已退回", "待审核")
	if page := s.get(maker, "/vouchers/"+ids[0]+"?from=posting&done="+ids[1]).body; strings.Contains(page, "已退回。") {
		t.Error("another person is told of what he did not do")
	}
}

// TestClosings_PressedTwice: so do the steps that open a month again.
func TestClosings_PressedTwice(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	steps := []struct{ login, step, version, reason string }{
		{"kuaiji", "ask-reopen", "1", "漏记一笔"}, {"shenhe", "approve-reopen", "2", ""}, {"suozhang", "confirm-reopen", "3", ""},
	}
	for _, step := range steps {
		for range 2 {
			form := url.Values{"version": {step.version}, "reason": {step.reason}, "book": {own.Book}}
			got := s.post(s.signIn(step.login), "/closings/"+own.Closing+"/"+step.step, form)
			if got.status != http.StatusSeeOther || got.to != "/books/"+own.Book+"/close" {
				t.Errorf("%s: %d %s", step.step, got.status, sayOf(got.body))
			}
		}
	}
}

// TestClose_PressedTwice: the second press of the button that closes a month, or a year, ends where the first did.
func TestClose_PressedTwice(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	month := url.Values{"document": {document.NewID()}, "period": {"2026-01"}}
	for range 2 {
		if got := s.post(p, "/books/1/close", month); got.status != http.StatusSeeOther || got.to != "/books/1/close" {
			t.Errorf("close: %d %s", got.status, sayOf(got.body))
		}
	}
	month.Set("document", document.NewID())
	if got := s.post(p, "/books/1/close", month); got.status != http.StatusUnprocessableEntity {
		t.Errorf("another closing of the month: %d", got.status)
	}
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := tx.Exec(`update county set business_date = '2026-12-31'`)
		return err
	})
	s.world.Close(t, "kuaiji", "LX01", "2026-12")
	year := url.Values{"document": {document.NewID()}, "year": {"2026"}}
	for range 2 {
		if got := s.post(p, "/books/1/year-close", year); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, "/books/1/year") {
			t.Errorf("year: %d %s", got.status, sayOf(got.body))
		}
	}
}
