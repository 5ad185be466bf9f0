package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

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
