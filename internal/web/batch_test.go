package web

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// handIn enters a village voucher of a person and hands it to the checker; it gives the tick of its row.
func (s *site) handIn(login, amount string) (id, tick string) {
	s.t.Helper()
	id = document.NewID()
	actor := s.world.Actor(s.t, login)
	s.world.Write(s.t, func(tx *store.Tx) error {
		_, err := ledger.SaveDraft(tx, actor, ledger.DraftVoucher{
			Document: id, Book: s.world.Books["LX-SQ"].ID, Date: "2026-10-21", Word: "记",
			Lines: []ledger.DraftLine{{Summary: "收承包费 " + amount, Account: "102", Debit: amount}, {Summary: "收承包费", Account: "50104", Credit: amount}},
		}, 0)
		if err == nil {
			_, err = ledger.Submit(tx, actor, id, 1)
		}
		return err
	})
	return id, id + ".2"
}

// TestBatch_Pages: the preview says what will be refused before anything is done, the result names it with its way out,
// and a form that is sent twice does nothing twice.
func TestBatch_Pages(t *testing.T) {
	s := newSite(t)
	_, first := s.handIn("kuaiji", "100")
	own, second := s.handIn("jiangang", "200")
	p := s.signIn("jiangang")
	form := url.Values{"document": {document.NewID()}, "kind": {"check"}, "item": {first, second}, "back": {"/review"}}
	got := s.post(p, "/batches/preview", form)
	if got.status != http.StatusOK || !strings.Contains(got.body, "可以办理 1 项,办不了 1 项") || !strings.Contains(got.body, "不能再由您审核") {
		t.Fatalf("preview: %d %s", got.status, got.body)
	}
	alone := maps.Clone(form)
	alone["item"] = []string{second}
	if none := s.post(p, "/batches/preview", alone); strings.Contains(none.body, "一并勾选") || strings.Contains(none.body, `name="item"`) || !strings.Contains(none.body, "没有可以办理的项") {
		t.Errorf("nothing is possible: %d %s", none.status, none.body)
	}
	for range 2 {
		if got = s.post(p, "/batches", form); got.status != http.StatusSeeOther {
			t.Fatalf("%d %s", got.status, sayOf(got.body))
		}
	}
	page := s.get(p, got.to).body
	if !strings.Contains(page, "已办 1 项") || !strings.Contains(page, "没有办成 1 项") || !strings.Contains(page, `href="/vouchers/`+own) {
		t.Errorf("result: %s", page)
	}
	posted := s.post(p, "/batches", url.Values{"document": {document.NewID()}, "kind": {"post"}, "item": {strings.Replace(first, ".2", ".3", 1)}})
	if page := s.get(p, posted.to).body; !strings.Contains(page, strings.TrimSuffix(first, ".2")+`/print"`) {
		t.Errorf("what was posted is not offered for printing: %d %s", posted.status, sayOf(posted.body))
	}
	if text := s.onPaper(p, posted.to+"/print"); !strings.Contains(text, "收承包费100") || !strings.Contains(text, "打印清单") {
		t.Errorf("what was posted, printed: %s", text)
	}
	if list := s.get(p, "/batches").body; !strings.Contains(list, "批量审核") {
		t.Error("the batch is not listed")
	}
	got = s.post(p, "/batches", url.Values{"document": {document.NewID()}, "kind": {"check"}, "shown": {first, second}, "back": {"/review"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "没有勾选要办理的内容") || strings.Contains(got.body, "checked") {
		t.Errorf("nothing ticked: %d %s", got.status, sayOf(got.body))
	}
}

// TestBatch_ReturnsWithReason: vouchers are not sent back without saying why.
func TestBatch_ReturnsWithReason(t *testing.T) {
	s := newSite(t)
	_, tick := s.handIn("kuaiji", "100")
	p := s.signIn("shenhe")
	form := url.Values{"document": {document.NewID()}, "kind": {"return"}, "item": {tick}, "shown": {tick}, "back": {"/review"}}
	if got := s.post(p, "/batches/preview", form); got.status != http.StatusOK || !strings.Contains(got.body, "退回原因") {
		t.Fatalf("preview: %d", got.status)
	}
	if got := s.post(p, "/batches", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "退回须写明原因") {
		t.Fatalf("%d %s", got.status, sayOf(got.body))
	}
	form.Set("reason", "缺发票")
	if got := s.post(p, "/batches", form); got.status != http.StatusSeeOther || !strings.Contains(s.get(p, got.to).body, "缺发票") {
		t.Errorf("%d %s", got.status, sayOf(got.body))
	}
	if home := s.get(s.signIn("kuaiji"), "/").body; !strings.Contains(home, "缺发票") {
		t.Error("the maker does not read why")
	}
}

// TestQueue_Filters: what is narrowed stays narrowed while the list is worked through.
func TestQueue_Filters(t *testing.T) {
	s := newSite(t)
	small, _ := s.handIn("kuaiji", "100")
	large, _ := s.handIn("kuaiji", "5000")
	larger, _ := s.handIn("kuaiji", "6000")
	p := s.signIn("shenhe")
	page := s.get(p, "/review?least=1,000").body
	if strings.Contains(page, small) || !strings.Contains(page, large) || !strings.Contains(page, `value="1,000"`) {
		t.Fatal("the amount does not narrow the list")
	}
	link := regexp.MustCompile(`/vouchers/` + large + `\?from=[^"]+`).FindString(page)
	open := s.get(p, strings.ReplaceAll(link, "&amp;", "&")).body
	from := regexp.MustCompile(`name="from" value="([^"]+)"`).FindStringSubmatch(open)
	if from == nil {
		t.Fatalf("%s: the voucher forgets its list", link)
	}
	got := s.post(p, "/vouchers/"+large+"/check", url.Values{"version": {"2"}, "from": {from[1]}})
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, "/vouchers/"+larger+"?from=review") {
		t.Errorf("checked, and on to %s", got.to)
	}
	got = s.post(p, "/vouchers/"+larger+"/return", url.Values{"version": {"2"}, "from": {from[1]}, "reason": {"缺发票"}, "stay": {"1"}})
	if got.to != "/review?done="+larger+"&least=1%2C000" {
		t.Errorf("the last of the list, and on to %s", got.to)
	}
}

// TestSpread_FitsTheBooks: a village's voucher goes into the township's own book with the accounts that were named for
// it and a budgetary half; what was adjusted is said beforehand.
func TestSpread_FitsTheBooks(t *testing.T) {
	s := newSite(t)
	id, _ := s.handIn("kuaiji", "300")
	p := s.signIn("kuaiji")
	page := s.get(p, "/vouchers/"+id+"/spread").body
	if !strings.Contains(page, "柳溪镇政府机关") || !strings.Contains(page, `name="map.government.102"`) || strings.Contains(page, "云溪") {
		t.Fatalf("spread: %s", page)
	}
	form := url.Values{
		"document": {document.NewID()}, "kind": {"enter-submit"}, "source": {id}, "date": {"2026-10-22"}, "item": {itoa(s.world.Books["LX01"].ID)},
		"map.government.102": {"100202"}, "map.government.50104": {"4609"}, "back": {"/vouchers/" + id + "/spread"},
	}
	wrong := maps.Clone(form)
	wrong.Set("date", "2026-13-01")
	got := s.post(p, "/batches/preview", wrong)
	for _, kept := range []string{`value="` + form.Get("item") + `" checked`, `name="map.government.102" value="100202"`, `value="2026-13-01"`, `value="` + form.Get("document")} {
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, kept) {
			t.Errorf("a refused date: %d, the page lost %s", got.status, kept)
		}
	}
	unnamed := maps.Clone(form)
	unnamed["map.government.50104"] = []string{" "}
	got = s.post(p, "/batches/preview", unnamed)
	if said := sayOf(got.body); got.status != http.StatusUnprocessableEntity || !strings.Contains(said, "录入账套柳溪镇政府机关,科目 50104 ") ||
		!strings.Contains(said, "没有指定对应的科目") || strings.Contains(got.body, "没有科目") || !strings.Contains(got.body, `name="map.government.102" value="100202"`) {
		t.Errorf("no account named: %d %s", got.status, said)
	}
	got = s.post(p, "/batches/preview", form)
	for _, says := range []string{"科目 102 银行存款 改为 100202", "生成 2 行预算会计分录", "须按功能分类核算,本行未填"} {
		if !strings.Contains(got.body, says) {
			t.Errorf("the preview does not say %s: %d %s", says, got.status, sayOf(got.body))
		}
	}
	form.Set("kind", "enter") // as a draft, to be completed
	if got = s.post(p, "/batches", form); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, sayOf(got.body))
	}
	draft := regexp.MustCompile(`/vouchers/[^"]+`).FindString(s.get(p, got.to).body)
	if page := s.get(p, draft).body; !strings.Contains(page, "660901") || !strings.Contains(page, "300.00") {
		t.Errorf("%s: %s", draft, page)
	}
}

// TestBatch_GoesOn: what a lost line or a restart left waiting is on the person's list of things to do, and is gone on
// with by nobody else.
func TestBatch_GoesOn(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships() // with a batch that nobody has walked through yet
	p, colleague := s.signIn("kuaiji"), s.signIn("shenhe")
	if home := s.get(p, "/").body; !strings.Contains(home, "批量月末结账还有 1 项没有办") || !strings.Contains(home, `href="/batches/`+own.Batch) {
		t.Error("the batch is not among the things to do")
	}
	if page := s.get(colleague, "/batches/"+own.Batch).body; !strings.Contains(page, "韩会计") || strings.Contains(page, "继续办理") {
		t.Error("a colleague does not see the batch, or may go on with it")
	}
	if got := s.post(colleague, "/batches/"+own.Batch+"/continue", nil); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a colleague goes on: %d", got.status)
	}
	if page := s.get(p, "/batches/"+own.Batch).body; !strings.Contains(page, "data-continue") || !strings.Contains(page, "还有 1 项没有办") {
		t.Error("the page does not offer to go on")
	}
	for range 2 {
		if got := s.post(p, "/batches/"+own.Batch+"/continue", nil); got.status != http.StatusSeeOther {
			t.Errorf("%d %s", got.status, sayOf(got.body))
		}
	}
	if page := s.get(p, "/batches/"+own.Batch).body; !strings.Contains(page, "已办 1 项") || strings.Contains(page, "data-continue") {
		t.Errorf("after going on: %s", page)
	}
}
