package web

import (
	"net/http"
	"strings"
	"testing"
)

// TestStatements_OfAUnit: the head says which books are added up, and the menu where one is; without a chart the first
// one that the unit has is meant.
func TestStatements_OfAUnit(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	at := "/units/" + own.unit + "/statements/"
	if got := s.get(p, at+"trial-balance?to=2026-10"); got.status != http.StatusSeeOther || got.to != at+"trial-balance?chart=government&to=2026-10" {
		t.Errorf("without a chart: %d %s", got.status, got.to)
	}
	if got := s.get(p, at+"village-balance-sheet"); got.to != at+"village-balance-sheet?chart=village" {
		t.Errorf("a village's statement without a chart goes to %s", got.to)
	}
	page := s.get(p, at+"balance-sheet?chart=government").body
	for _, want := range []string{"柳溪镇(新) · 行政事业单位账 · 1 套账 · 2026 年 10 月 31 日", `<a href="/statements" class="on"`, "期末 <select"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, `name="from"`) || strings.Contains(page, `<a href="/units" class="on"`) {
		t.Error("a balance sheet asks for a first month, or the menu lights the units")
	}
}
