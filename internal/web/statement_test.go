package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestStatements_OfAUnit: the head says which books are added up, and the menu where one is; without a chart the first
// one that the unit has is meant.
func TestStatements_OfAUnit(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	at := "/units/" + own.Unit + "/statements/"
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

var tableLinks = regexp.MustCompile(`(?s)<section class="sheet flush.*?</section>`)

// links gives the addresses in the table of a page.
func links(page string) []string {
	var out []string
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(tableLinks.FindString(page), -1) {
		to, _, _ := strings.Cut(html.UnescapeString(m[1]), "#")
		if !seen[to] {
			seen[to] = true
			out = append(out, to)
		}
	}
	return out
}

// TestStatements_EveryLinkOpens: every amount of every statement, of one book, of a unit and of ticked books, leads to a
// page, and that page leads back to the row.
func TestStatements_EveryLinkOpens(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	opened := 0
	for _, name := range []string{
		"trial-balance", "general-ledger", "detail-ledger", "journal", "cash-book", "bank-book", "balance-sheet", "income-expense",
		"budget-income-expense", "budget-carry-over",
	} {
		query := "from=2026-10&to=2026-10"
		if name == "detail-ledger" {
			query += "&account=400101"
		}
		for _, at := range []string{
			"/books/" + own.Book + "/statements/" + name + "?", "/units/" + own.Unit + "/statements/" + name + "?chart=government&",
			"/statements/" + name + "?books=" + own.Book + "&",
		} {
			page := s.get(p, at+query)
			if page.status != http.StatusOK {
				t.Fatalf("%s: %d %s", at, page.status, sayOf(page.body))
			}
			for _, to := range links(page.body) {
				got := s.get(p, to)
				if got.status == http.StatusSeeOther { // a voucher's number leads to its document
					got = s.get(p, got.to)
				}
				if opened++; got.status != http.StatusOK {
					t.Errorf("%s leads to %s: %d %s", at, to, got.status, sayOf(got.body))
				}
				if strings.Contains(to, "back=") && !strings.Contains(html.UnescapeString(got.body), at+query+"#r-") {
					t.Errorf("%s does not lead back to its row on %s", to, at)
				}
			}
		}
	}
	if opened < 60 {
		t.Errorf("only %d links", opened)
	}
}

// TestStatements_Ticked: any books that the person may see are added up; one that he may not is not there.
func TestStatements_Ticked(t *testing.T) {
	s := newSite(t)
	own, foreign := s.townships()
	p := s.signIn("kuaiji")
	pick := s.get(p, "/statements/pick")
	if strings.Contains(pick.body, "云溪") || !strings.Contains(pick.body, `name="book" value="`+own.Book+`"`) {
		t.Error("the list of books to tick is not the person's own")
	}
	if got := s.get(p, "/statements/pick?show=1&name=journal&book="+own.Book); got.to != "/statements/journal?books="+own.Book {
		t.Errorf("ticked books go to %s", got.to)
	}
	if got := s.get(p, "/statements/pick?show=1&name=journal"); !strings.Contains(sayOf(got.body), "没有选账套") {
		t.Errorf("nothing ticked: %d %s", got.status, sayOf(got.body))
	}
	for _, at := range []string{"/statements/journal?books=" + own.Book + "," + foreign.Book, "/statements/account?account=1002&books=" + foreign.Book} {
		if got := s.get(p, at); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", at, got.status)
		}
	}
}

// TestStatements_Filtered: filters stay on the way down, a value that is not known is refused where it was typed.
func TestStatements_Filtered(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	at := "/books/" + own.Book + "/statements/trial-balance?from=2026-10&to=2026-10&function="
	page := s.get(p, at+url.QueryEscape("2010301 行政运行"))
	if !strings.Contains(page.body, "只看:功能分类 2010301 行政运行") || strings.Contains(page.body, "试算平衡") {
		t.Error("the filter is not named, or part of a book is said to balance")
	}
	for _, to := range links(page.body) {
		if strings.Contains(to, "detail-ledger") && !strings.Contains(to, "function=2010301") {
			t.Errorf("%s forgets the filter", to)
		}
	}
	got := s.get(p, at+"999")
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "功能分类中没有「999」") || !strings.Contains(got.body, `name="function" value="999"`) {
		t.Errorf("unknown class: %d %s", got.status, sayOf(got.body))
	}
}

// TestStatements_Unfold: each row unfolds by a link that needs no script and leads back to the row.
func TestStatements_Unfold(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	at := "/books/" + own.Book + "/statements/trial-balance?levels=1&from=2026-10&to=2026-10"
	page := s.get(p, at).body
	if strings.Contains(page, `id="r-400101"`) {
		t.Fatal("all levels are shown")
	}
	fold := regexp.MustCompile(`class="fold" href="([^"]+[?]fold=4001&[^"]+)#r-4001" aria-expanded="false"`).FindStringSubmatch(page)
	if fold == nil {
		t.Fatal("4001 does not unfold")
	}
	open := s.get(p, html.UnescapeString(fold[1])).body
	if !strings.Contains(open, `id="r-400101"`) || !strings.Contains(open, `?fold=-4001&`) {
		t.Error("4001 is not unfolded, or cannot be folded again")
	}
}

// TestStatements_Remember: the month looked at last is the one that the next statement shows.
func TestStatements_Remember(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	at := "/books/" + own.Book + "/statements/"
	first := s.get(p, at+"trial-balance?from=2026-08&to=2026-08")
	for _, k := range (&http.Response{Header: first.header}).Cookies() {
		if strings.HasPrefix(k.Name, "xiangzhang-place") {
			if !strings.HasPrefix(k.Value, "2026-08.") {
				t.Errorf("remembered %s", k.Value)
			}
			return
		}
	}
	t.Error("nothing is remembered")
}

// TestStatements_Paper: the preview shows the sheet: whose, when, what unit, who signs.
func TestStatements_Paper(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	page := s.get(p, "/books/"+own.Book+"/statements/balance-sheet?to=2026-10&format=print").body
	for _, want := range []string{"会政财01表", "编制单位:柳溪镇政府机关", "2026 年 10 月 31 日", "单位:元", "单位负责人:", "主管会计工作负责人:", "制表人:", "A4 横向"} {
		if !strings.Contains(page, want) {
			t.Errorf("the sheet lacks %s", want)
		}
	}
}
