package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/usual"
)

// socials is the form of a template with a formula.
func socials(id string) url.Values {
	return url.Values{
		"template": {id}, "version": {"0"}, "name": {"计提单位社保"}, "code": {"sb"}, "word": {"转"}, "whose": {"shared"}, "scope": {"book"}, "do": {"save"},
		"l.summary": {"计提单位社保", "", "计提单位社保"}, "l.account": {"500102", "", "ybggysczbk"}, "l.function": {"2010301", "", ""}, "l.economic": {"30201", "", ""},
		"l.debit": {"=工资*8%", "", ""}, "l.credit": {"", "", "=第1行"},
	}
}

// TestTemplate_FillsTheForm: kept by one, used by another of the office, without script; not there for another township.
func TestTemplate_FillsTheForm(t *testing.T) {
	s := newSite(t)
	maker, colleague, stranger := s.signIn("kuaiji"), s.signIn("jiangang"), s.signIn("yunxi")
	id := document.NewID()
	for range 2 { // sent twice
		if got := s.post(maker, "/books/1/templates", socials(id)); got.status != http.StatusSeeOther {
			t.Fatalf("keep: %d %s", got.status, sayOf(got.body))
		}
	}
	if got := s.get(colleague, "/books/1/templates").body; !strings.Contains(got, "计提单位社保") || !strings.Contains(got, "<td>工资</td>") {
		t.Error("the list does not say what will be asked")
	}
	use := "/books/1/vouchers/new?template=" + id
	if got := s.get(colleague, use); got.status != http.StatusOK || !strings.Contains(got.body, `name="q.工资"`) || strings.Contains(got.body, `class="say"`) {
		t.Errorf("the question: %d %s", got.status, sayOf(got.body))
	}
	if got := s.get(colleague, use+"&q.%E5%B7%A5%E8%B5%84=abc"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="abc"`) {
		t.Errorf("no number: %d %s", got.status, sayOf(got.body))
	}
	filled := s.get(colleague, use+"&q.%E5%B7%A5%E8%B5%84=32,115").body
	for _, want := range []string{`value="2569.20"`, "500102 业务活动费用/商品和服务费用", "400101 ", `<option selected>转</option>`, "借贷平衡"} {
		if !strings.Contains(filled, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	var lines filledLines
	if err := json.Unmarshal([]byte(s.get(colleague, "/books/1/templates/"+id+"/lines?q.%E5%B7%A5%E8%B5%84=100").body), &lines); err != nil || len(lines.Lines) != 2 ||
		lines.Lines[0].Half != "f" || lines.Lines[0].Debit != "8.00" || lines.Lines[1].Credit != "8.00" {
		t.Errorf("for the script: %+v %v", lines, err)
	}
	var said refusal
	got := s.get(colleague, "/books/1/templates/"+id+"/lines")
	if err := json.Unmarshal([]byte(got.body), &said); err != nil || got.status != http.StatusUnprocessableEntity || said.Field != "工资" {
		t.Errorf("unanswered: %d %s", got.status, got.body)
	}
	for _, path := range []string{use, "/books/1/templates/" + id, "/books/3/templates/" + id, "/books/3/vouchers/new?template=" + id} {
		if got := s.get(stranger, path); got.status != http.StatusNotFound {
			t.Errorf("another township gets %s: %d", path, got.status)
		}
	}
	if got := s.post(colleague, "/books/1/templates/"+id+"/end", url.Values{"version": {"1"}}); got.status != http.StatusSeeOther {
		t.Fatalf("end: %d %s", got.status, sayOf(got.body))
	}
	if got := s.get(maker, use); got.status != http.StatusNotFound {
		t.Errorf("ended, and still used: %d", got.status)
	}
}

// TestTemplate_ComesBack: what was taken out of use stands below the list, with the button that brings it back.
func TestTemplate_ComesBack(t *testing.T) {
	s := newSite(t)
	p, stranger := s.signIn("kuaiji"), s.signIn("yunxi")
	id := document.NewID()
	path := "/books/1/templates/" + id
	if got := s.post(p, "/books/1/templates", socials(id)); got.status != http.StatusSeeOther {
		t.Fatalf("keep: %d %s", got.status, sayOf(got.body))
	}
	if got := s.post(p, path+"/end", url.Values{"version": {"1"}}); got.status != http.StatusSeeOther {
		t.Fatalf("end: %d %s", got.status, sayOf(got.body))
	}
	if got := s.get(p, "/books/1/templates").body; !strings.Contains(got, "已停用") || !strings.Contains(got, path+"/restore") || strings.Contains(got, "?template="+id) {
		t.Error("what was taken out of use cannot be brought back, or is still offered")
	}
	if got := s.post(stranger, path+"/restore", url.Values{"version": {"2"}}); got.status != http.StatusNotFound {
		t.Errorf("a stranger: %d", got.status)
	}
	for range 2 {
		if got := s.post(p, path+"/restore", url.Values{"version": {"2"}}); got.status != http.StatusSeeOther {
			t.Errorf("restore: %d %s", got.status, sayOf(got.body))
		}
	}
	if got := s.get(p, "/books/1/templates").body; strings.Contains(got, "已停用") || !strings.Contains(got, "?template="+id) {
		t.Error("it did not come back")
	}
}

// TestTemplate_OnlyWhatIsOffered: a choice that the form does not have, and a formula that nothing typed can save, are
// refused in words, and nothing is kept.
func TestTemplate_OnlyWhatIsOffered(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	for _, c := range []struct {
		field string
		at    int
		value string
		want  string
	}{
		{"scope", 0, "county", "「适用」没有「county」这一项"}, {"whose", 0, "all", "「归属」没有「all」这一项"}, {"l.debit", 0, "=1/0", "公式「=1/0」的除数总是 0"},
	} {
		form := socials(document.NewID())
		form[c.field][c.at] = c.value
		got := s.post(p, "/books/1/templates", form)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), c.want) || !strings.Contains(got.body, `value="计提单位社保"`) {
			t.Errorf("%s=%s: %d %s, want %q", c.field, c.value, got.status, sayOf(got.body), c.want)
		}
	}
	if got := s.get(p, "/books/1/templates").body; strings.Contains(got, "计提单位社保") {
		t.Error("a refused one was kept")
	}
}

// TestTemplate_RedrawsWhatWasTyped: a bad formula is refused at its line, and nothing that was typed is lost.
func TestTemplate_RedrawsWhatWasTyped(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	form := socials(document.NewID())
	form["l.credit"] = []string{"", "", "=第1行*"}
	got := s.post(p, "/books/1/templates", form)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "=第1行*") {
		t.Fatalf("%d %s", got.status, sayOf(got.body))
	}
	for _, want := range []string{`value="=工资*8%"`, `value="=第1行*"`, "第 2 行:", `value="sb"`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	form.Set("do", "more")
	if got := s.post(p, "/books/1/templates", form); got.status != http.StatusOK || strings.Count(got.body, `name="l.account"`) != 2+templateMore {
		t.Errorf("more rows: %d", got.status)
	}
}

// TestTemplate_SaysWhatDoesNotFit: an account that has got details since takes no entries; the form says at which line.
func TestTemplate_SaysWhatDoesNotFit(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	id := document.NewID()
	form := socials(id)
	form["l.debit"] = []string{"10", "", ""}
	if got := s.post(p, "/books/1/templates", form); got.status != http.StatusSeeOther {
		t.Fatal(sayOf(got.body))
	}
	s.world.Write(t, func(tx *store.Tx) error {
		return ledger.AddAccount(tx, 990001, ledger.NewAccount{Chart: ledger.Government, Book: 1, Code: "50010201", Name: "日常公用", Parent: "500102", FromYear: 2026})
	})
	for _, path := range []string{"/books/1/templates", "/books/1/vouchers/new?template=" + id} {
		if got := s.get(p, path).body; !strings.Contains(got, "500102 商品和服务费用 设有明细科目,不能直接记账") {
			t.Errorf("%s does not say that the account takes no entries", path)
		}
	}
}

// TestTemplate_FromAVoucher: any voucher of the book can be kept as a usual one; another township's cannot be looked at so.
func TestTemplate_FromAVoucher(t *testing.T) {
	s := newSite(t)
	own, foreign := s.townships()
	p := s.signIn("kuaiji")
	if got := s.get(p, "/books/1/templates/new?from="+own.Posted).body; !strings.Contains(got, `value="7000.00"`) || !strings.Contains(got, `name="name" value="柳溪摘要"`) {
		t.Error("the form does not have the voucher's lines")
	}
	if got := s.get(p, "/books/1/templates/new?from="+foreign.Posted); got.status != http.StatusNotFound {
		t.Errorf("another township's voucher: %d", got.status)
	}
	if got := s.get(p, "/vouchers/"+own.Posted).body; !strings.Contains(got, "/books/1/templates/new?from="+own.Posted) {
		t.Error("the voucher does not offer it")
	}
}

// TestLibrary: one's own and the book's summaries, found by code, words and initials; what is own stays own.
func TestLibrary(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	maker, colleague := s.signIn("kuaiji"), s.signIn("jiangang")
	add := func(p person, code, words, whose string) reply {
		return s.post(p, "/books/"+own.Book+"/library", url.Values{"summary": {document.NewID()}, "version": {"0"}, "code": {code}, "words": {words}, "whose": {whose}})
	}
	for _, got := range []reply{add(maker, "01", "付办公用品款", "shared"), add(maker, "88", "付差旅费", "own")} {
		if got.status != http.StatusSeeOther {
			t.Fatal(sayOf(got.body))
		}
	}
	if got := add(colleague, "01", "付水电费", "shared"); got.status != http.StatusConflict || !strings.Contains(got.body, `value="付水电费"`) {
		t.Errorf("a code twice: %d %s", got.status, sayOf(got.body))
	}
	for _, c := range []struct {
		p        person
		q        string
		has, not string
	}{
		{maker, "", "柳溪摘要", "云溪"}, {maker, "fbg", "付办公用品款", "付差旅费"}, {maker, "88", "付差旅费", "办公"}, {colleague, "", "付办公用品款", "付差旅费"},
	} {
		got := s.get(c.p, "/books/"+own.Book+"/summaries?q="+c.q)
		if !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") || !strings.Contains(got.body, c.has) || strings.Contains(got.body, c.not) {
			t.Errorf("?q=%s: %s", c.q, got.body)
		}
	}
	page := s.get(maker, "/books/"+own.Book+"/library").body
	if !strings.Contains(page, "?words=%e6%9f%b3") || !strings.Contains(page, "付差旅费") {
		t.Error("the page lacks what was used of late, or the own library")
	}
	var kept usual.Summary
	han := s.world.Actor(t, "kuaiji")
	s.world.Write(t, func(tx *store.Tx) error {
		b, err := ledger.See(tx, han, 1)
		if err != nil {
			return err
		}
		all, err := usual.Summaries(tx, han, b)
		kept = all[len(all)-1]
		return err
	})
	if got := s.get(colleague, "/books/1/library?edit="+kept.ID).body; !strings.Contains(got, `name="words" value="付办公用品款"`) || !strings.Contains(got, `value="end"`) {
		t.Error("a shared summary cannot be changed by a colleague")
	}
	end := url.Values{"summary": {kept.ID}, "version": {"1"}, "code": {"01"}, "words": {"付办公用品款"}, "whose": {"shared"}, "do": {"end"}}
	if got := s.post(colleague, "/books/1/library", end); got.status != http.StatusSeeOther {
		t.Errorf("end: %d %s", got.status, sayOf(got.body))
	}
	if got := s.get(maker, "/books/1/summaries?q=01").body; strings.Contains(got, "付办公用品款") {
		t.Error("an ended summary is still offered")
	}
}

// TestCopy_ListsLastMonth: the list of a month leads to last month's vouchers, each with the address that copies it.
func TestCopy_ListsLastMonth(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	september := document.NewID()
	s.world.Post(t, "kuaiji", "shenhe", september, "LX01", "2026-09-12", ledger.Line{Account: "100202", Summary: "收九月拨款", Debit: 100}, ledger.Line{Account: "400101", Summary: "收九月拨款", Credit: 100})
	const last = "/books/1/vouchers/pick?period=2026-09"
	for path, link := range map[string]string{"/books/1?period=2026-10": last + "&into=2026-10", "/books/1/vouchers/new": last} {
		if !strings.Contains(s.get(p, path).body, `href="`+link+`"`) {
			t.Errorf("%s does not lead to last month's vouchers", path)
		}
	}
	if kept := s.get(p, last).header["Set-Cookie"]; strings.Contains(strings.Join(kept, " "), "2026-09") {
		t.Errorf("a look at last month's vouchers moves the month that the person works in: %q", kept)
	}
	if kept := s.get(p, "/books/1?period=2026-09").header["Set-Cookie"]; !strings.Contains(strings.Join(kept, " "), "2026-09") {
		t.Errorf("the month that is opened is not kept: %q", kept)
	}
	got := s.get(p, last+"&into=2026-10").body
	if !strings.Contains(got, "/books/1/vouchers/new?copy="+september+"&amp;period=2026-10") || strings.Contains(got, own.Posted) {
		t.Error("the list is not last month's")
	}
	if got := s.get(p, "/books/1/vouchers/new?copy="+september+"&period=2026-10").body; !strings.Contains(got, "收九月拨款") || !strings.Contains(got, `value="2026-10-23"`) {
		t.Error("the form does not have the copy, dated this month")
	}
}
