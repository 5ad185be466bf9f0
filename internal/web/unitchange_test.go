package web

import (
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/unitchange"
)

// TestStatements_NameUnitsAsOfThen: a statement of a past month has the unit's name and books of then, also of a unit
// that has ended since; a voucher too.
func TestStatements_NameUnitsAsOfThen(t *testing.T) {
	s := newSite(t)
	w := s.world
	w.Village(t, "南湾村", "990001100202", "柳溪镇", "LX-NW")
	w.Close(t, "kuaiji", "LX-NW", "2026-06")
	sys := w.Actor(t, "sys")
	id := document.NewID()
	w.Write(t, func(tx *store.Tx) error {
		return unitchange.Do(tx, sys, unitchange.Regroup{
			Order:  unitchange.Order{ID: id, On: "2026-07-01", DocumentNo: "青政〔2026〕12号", Reason: "合并"},
			Ending: []int64{w.Units["南湾村"].ID}, Stay: w.Units["石桥村"].ID, Name: "石湾村",
			Books: []unitchange.BookPlan{{Book: w.Books["LX-NW"].ID}},
		})
	})
	p := s.signIn("kuaiji")
	at := func(unit string) string { return "/units/" + itoa(w.Units[unit].ID) }
	statement := "/statements/trial-balance?chart=village&from=2026-01&to="
	for _, c := range []struct{ path, says, not string }{
		{at("石桥村") + statement + "2026-06", "石桥村 · 村集体账 · 1 套账 ·", "石湾村 ·"},
		{at("石桥村") + statement + "2026-07", "石湾村 · 村集体账 · 2 套账", ""},
		{at("南湾村") + statement + "2026-06", "南湾村", "石湾村"},
		{at("南湾村") + "/statements/trial-balance?chart=village", "2026 年 6 月", ""},
		{at("南湾村"), "曾属本单位的账套", ""},
		{at("南湾村") + "/changes/" + id, "南湾村 并入 石湾村(原石桥村)", ""},
	} {
		got := s.get(p, c.path)
		if got.status != 200 || !strings.Contains(got.body, c.says) {
			t.Errorf("%s: %d, says nothing of %s: %s", c.path, got.status, c.says, sayOf(got.body))
		}
		if _, main, _ := strings.Cut(got.body, "<main"); c.not != "" && strings.Contains(main, c.not) {
			t.Errorf("%s says %s", c.path, c.not)
		}
	}
	if got := s.get(p, at("南湾村")+statement+"2026-07"); got.status != 404 {
		t.Errorf("a statement of a unit that had ended: %d", got.status)
	}
	for _, path := range []string{at("南湾村"), at("南湾村") + "/changes/" + id, at("南湾村") + statement + "2026-06"} {
		if got := s.get(s.signIn("yunxi"), path); got.status != 404 {
			t.Errorf("%s for another township: %d", path, got.status)
		}
	}
}

// TestUnitChange_KeepsWhatWasTyped: a refused change shows the form again with everything, and the same form sent twice
// changes once.
func TestUnitChange_KeepsWhatWasTyped(t *testing.T) {
	s := newSite(t)
	sys := s.signIn("sys")
	at := "/units/" + itoa(s.world.Units["石桥村"].ID)
	form := url.Values{"document": {document.NewID()}, "name": {"石桥新村"}, "on": {"2026-12-01"}, "no": {"青政〔2026〕13号"}, "reason": {"复名"}}
	got := s.post(sys, at+"/rename", form)
	for _, kept := range []string{`value="石桥新村"`, `value="2026-12-01"`, `value="青政〔2026〕13号"`, `value="复名"`, form.Get("document")} {
		if got.status != 422 || !strings.Contains(got.body, kept) {
			t.Errorf("refused: %d, %s is lost: %s", got.status, kept, sayOf(got.body))
		}
	}
	form.Set("on", "2026-10-01")
	for range 2 {
		if got := s.post(sys, at+"/rename", form); got.status != 303 || got.to != at+"/changes/"+form.Get("document") {
			t.Fatalf("renamed: %d %s", got.status, sayOf(got.body))
		}
	}
	s.expect(sys, at, "石桥新村", "「石桥村」更名为「石桥新村」", "青政〔2026〕13号", "复名")
	s.world.Write(t, func(tx *store.Tx) error {
		history, err := unitchange.Of(tx, 990001, s.world.Units["石桥村"].ID)
		if len(history) != 1 {
			t.Errorf("sent twice it is renamed %d times", len(history))
		}
		name, e := org.NameOn(tx, 990001, org.OfUnit, s.world.Units["石桥村"].ID, "2026-09-30", "石桥新村")
		if name != "石桥村" || e != nil {
			t.Errorf("in September it was called %s, %v", name, e)
		}
		return err
	})
}

// TestUnit_SaysWhatIsHidden: an administrator may not look into books, and is not told that there are none.
func TestUnit_SaysWhatIsHidden(t *testing.T) {
	s := newSite(t)
	path := "/units/" + itoa(s.world.Units["石桥村"].ID)
	hidden := s.get(s.signIn("sys"), path).body
	if !strings.Contains(hidden, "<span>1 套,您不能查看</span>") || strings.Contains(hidden, "0 套") || strings.Contains(hidden, "本级没有账套") || strings.Contains(hidden, "LX-SQ") {
		t.Error("the administrator is told that there is no book, or sees it")
	}
	if seen := s.get(s.signIn("kuaiji"), path).body; !strings.Contains(seen, "<span>1 套</span>") || !strings.Contains(seen, "LX-SQ") {
		t.Error("the accountant does not see the book")
	}
	if none := s.get(s.signIn("sys"), "/units/"+itoa(s.world.Units["柳溪镇财政所"].ID)).body; !strings.Contains(none, "本级没有账套") {
		t.Error("a unit without books does not say so")
	}
}

// TestUnitChange_NoButtonWhileObstacles: a merge is not offered beside what stands in its way.
func TestUnitChange_NoButtonWhileObstacles(t *testing.T) {
	s := newSite(t)
	s.submitted("kuaiji")
	form := url.Values{
		"document": {document.NewID()}, "with": {itoa(s.world.Units["云溪乡"].ID)}, "into": {"new"}, "name": {"新溪镇"}, "code": {"990001300"},
		"on": {"2026-10-01"}, "no": {"青政〔2026〕14号"}, "reason": {"合并"}, "do": {"preview"},
	}
	got := s.post(s.signIn("sys"), "/units/"+itoa(s.world.Units["柳溪镇"].ID)+"/merge", form)
	if !strings.Contains(got.body, "还不能办理") || strings.Contains(got.body, `value="go"`) || !strings.Contains(got.body, "未办结事项办妥后") {
		t.Errorf("%d %s", got.status, got.body)
	}
}
