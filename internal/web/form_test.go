package web

import (
	"compress/gzip"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// supplies is a voucher's form: office supplies paid by the treasury, both halves.
func supplies(id string) url.Values {
	return url.Values{
		"document": {id}, "version": {"0"}, "date": {"2026-10-23"}, "word": {"记"}, "do": {doSubmit},
		"f.summary": {"付办公用品款", "付办公用品款"}, "f.account": {"500102 商品和服务费用", "ybggysczbk"},
		"f.function": {"2010301 行政运行", ""}, "f.economic": {"30201", ""}, "f.project": {"", ""}, "f.fund": {"", ""}, "f.party": {"", ""},
		"f.debit": {"4,860.00", ""}, "f.credit": {"", "4860"},
		"b.summary": {"付办公用品款", "付办公用品款"}, "b.account": {"71010101", "60010102"},
		"b.function": {"2010301", "2010301"}, "b.economic": {"30201", ""}, "b.project": {"", ""}, "b.fund": {"", ""}, "b.party": {"", ""},
		"b.debit": {"4860.00", ""}, "b.credit": {"", "4860.00"},
	}
}

// TestVoucher_SentTwice: the second press of a button finds the voucher, and takes no second number.
func TestVoucher_SentTwice(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	id := document.NewID()
	first := s.post(p, "/books/1/vouchers", supplies(id))
	if first.status != http.StatusSeeOther || first.to != "/vouchers/"+id {
		t.Fatalf("first: %d %s %s", first.status, first.to, sayOf(first.body))
	}
	second := s.post(p, "/books/1/vouchers", supplies(id))
	if second.status != http.StatusSeeOther || second.to != first.to {
		t.Errorf("second: %d %s %s", second.status, second.to, sayOf(second.body))
	}
	list := s.get(p, "/books/1").body
	if strings.Count(list, "记-0001") != 1 || strings.Contains(list, "记-0002") {
		t.Error("the voucher was entered twice")
	}
}

// TestVoucher_ChangedAndSentAgain: a form that was sent, gone back to and changed does not lose the change in silence.
func TestVoucher_ChangedAndSentAgain(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	id := document.NewID()
	form := supplies(id)
	form.Set("do", doSave)
	if got := s.post(p, "/books/1/vouchers", form); got.status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", got.status, sayOf(got.body))
	}
	changed := supplies(id)
	changed.Set("do", doSave)
	changed["f.debit"][0] = "5000"
	got := s.post(p, "/books/1/vouchers", changed)
	if got.status != http.StatusConflict || !strings.Contains(got.body, `value="5000"`) || !strings.Contains(got.body, `name="version" value="1"`) {
		t.Errorf("changed: %d %s; what was typed and the current version must be in the form", got.status, sayOf(got.body))
	}
}

// TestVoucher_KeepsWhatWasTyped: a refused voucher stays a draft, and the form shows the line and the field.
func TestVoucher_KeepsWhatWasTyped(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	for _, c := range []struct {
		name, field, value, want string
	}{
		{"malformed amount", "f.debit", "四千", "第 1 行:金额「四千」不是数字"},
		{"third decimal", "f.debit", "1.234", "第 1 行:金额「1.234」多于两位小数"},
		{"unbalanced", "f.debit", "4800", "贷方多 60.00 元"},
		{"no such account", "f.account", "9999", "科目表中没有科目「9999」"},
		{"other proposal", "b.economic", "30202", "须写明原因"},
	} {
		t.Run(c.name, func(t *testing.T) {
			form := supplies(document.NewID())
			form[c.field][0] = c.value
			got := s.post(p, "/books/1/vouchers", form)
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), c.want) {
				t.Errorf("%d %s, want %q", got.status, sayOf(got.body), c.want)
			}
			if !strings.Contains(got.body, `value="`+c.value) || !strings.Contains(got.body, `name="version" value="1"`) {
				t.Error("what was typed is not in the form, or it was not kept as a draft")
			}
			for _, way := range []string{`href="/books/1/vouchers/new">另起一张`, `href="/books/1/vouchers/new?copy=last"`, `>复制上月</a>`} {
				if !strings.Contains(got.body, way) {
					t.Errorf("no way on to another voucher: %s", way)
				}
			}
		})
	}
}

// TestVoucher_OwnCheckRefused: the domain refuses what the page does not offer.
func TestVoucher_OwnCheckRefused(t *testing.T) {
	s := newSite(t)
	p := s.signIn("jiangang")
	id := document.NewID()
	if got := s.post(p, "/books/1/vouchers", supplies(id)); got.status != http.StatusSeeOther {
		t.Fatal(sayOf(got.body))
	}
	got := s.post(p, "/vouchers/"+id+"/check", url.Values{"version": {"2"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "按制单与审核相分离的规定,不能再由您审核") {
		t.Errorf("%d %s", got.status, sayOf(got.body))
	}
}

// TestPages_Escape: what a person typed is text on every page, never markup.
func TestPages_Escape(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	id := document.NewID()
	form := supplies(id)
	evil := `"><script>alert(1)</script>`
	form["f.summary"][0] = evil
	form.Set("note", evil)
	if got := s.post(p, "/books/1/vouchers", form); got.status != http.StatusSeeOther {
		t.Fatal(sayOf(got.body))
	}
	for _, path := range []string{"/vouchers/" + id, "/books/1", "/books/1/vouchers/new?copy=" + id, "/books?q=" + url.QueryEscape(evil), "/books/1?q=" + url.QueryEscape(evil)} {
		body := s.get(p, path).body
		if strings.Contains(body, "<script>alert") {
			t.Errorf("%s shows markup that was typed", path)
		}
	}
}

// inline finds what the policy forbids: script or style within a page.
var inline = regexp.MustCompile(`(?i)<script(?:>| [^>]*[^"]>)[^<]|\sstyle="|\son[a-z]+="|<style|https?://`)

// TestPages_LightAndPlain: each page holds what a slow line carries, and nothing inline or from elsewhere.
func TestPages_LightAndPlain(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	assets := 0
	static, err := loadStatic()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range static.files {
		assets += len(f.packed)
	}
	const first, warm = 150 << 10, 40 << 10
	for _, login := range []string{"kuaiji", "shenhe", "suozhang", "sys", "sec", "aud"} {
		p := s.signIn(login)
		for _, rt := range routes(Config{Demo: true}) {
			if rt.show == nil {
				continue
			}
			path := own.Path(rt.pattern)
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
			r.Header.Set("Accept-Encoding", "gzip")
			got := s.do(r)
			if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
				continue
			}
			if n := len(got.body); n > warm || n+assets > first {
				t.Errorf("%s as %s: %d bytes, %d with styles and scripts", path, login, n, n+assets)
			}
			if found := inline.FindString(unpack(t, got)); found != "" {
				t.Errorf("%s as %s holds %q", path, login, found)
			}
			if got.header.Get("Content-Security-Policy") != policy || got.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: headers %v", path, got.header)
			}
		}
	}
}

func unpack(t *testing.T, r reply) string {
	t.Helper()
	if r.header.Get("Content-Encoding") != "gzip" {
		return r.body
	}
	z, err := gzip.NewReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var update = flag.Bool("update", false, "write goldens anew")

// changing are the parts of a page that differ from run to run.
var changing = regexp.MustCompile(`(name="(?:csrf|document)" value=")[^"]*|(/static/)[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|hash" title="[^"]*">[0-9a-f]{12}`)

// TestPages_Golden holds one whole page still: the voucher as it looks on paper.
func TestPages_Golden(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	id := document.NewID()
	if got := s.post(p, "/books/1/vouchers", supplies(id)); got.status != http.StatusSeeOther {
		t.Fatal(sayOf(got.body))
	}
	got := changing.ReplaceAllString(s.get(p, "/vouchers/"+id).body, "$1$2…")
	const golden = "testdata/voucher.html"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the voucher's page is not %s; refresh it with -update and read the change:\n%s", golden, got)
	}
}

// TestVoucher_NamesTheLineInItsHalf: each grid counts its own lines, and a line stays in the grid that it was typed into.
func TestVoucher_NamesTheLineInItsHalf(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	for _, c := range []struct {
		field string
		at    int
		value string
		want  string
	}{
		{"f.account", 1, "60010102", "财务会计第 2 行:科目 60010102 日常公用经费 属于预算会计"},
		{"b.account", 0, "500102", "预算会计第 1 行:科目 500102 商品和服务费用 属于财务会计"},
		{"b.debit", 0, "四千", "预算会计第 1 行:金额「四千」不是数字"},
	} {
		form := supplies(document.NewID())
		form[c.field][c.at] = c.value
		got := s.post(p, "/books/1/vouchers", form)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), c.want) {
			t.Errorf("%s %s: %d %s, want %q", c.field, c.value, got.status, sayOf(got.body), c.want)
		}
		if strings.Count(got.body, c.want) != 2 || !strings.Contains(sayOf(got.body), "本凭证已存为草稿") {
			t.Errorf("%s %s: the sentence stands above the form and at the line, and the draft is kept: %s", c.field, c.value, sayOf(got.body))
		}
	}
}

// withoutBudgetary is supplies before its second half was written.
func withoutBudgetary(do string) url.Values {
	form := supplies(document.NewID())
	for name := range form {
		if strings.HasPrefix(name, "b.") {
			form[name] = []string{""}
		}
	}
	form.Set("do", do)
	return form
}

// TestVoucher_ProposesOnSubmit: an empty budgetary half is filled for the person to read, not called altered.
func TestVoucher_ProposesOnSubmit(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	form := withoutBudgetary(doSubmit)
	got := s.post(p, "/books/1/vouchers", form)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "已按财务会计分录生成预算会计分录。</b>请核对后再提交") {
		t.Fatalf("%d %s", got.status, sayOf(got.body))
	}
	for _, want := range []string{`name="b.account" value="60010102`, `name="f.account" value="500102`, `name="version" value="1"`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
}

// TestVoucher_ProposalNamesTheLine: nothing is said of the budget while an account is none.
func TestVoucher_ProposalNamesTheLine(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	for typed, want := range map[string]string{
		"9999": "财务会计第 2 行:账套柳溪镇政府机关的 2026 年科目表中没有科目「9999」", "1002": "财务会计第 2 行:科目 1002 银行存款 设有明细科目,不能直接记账。</b>请选择它的明细科目:100201 ",
		"基本支出": "财务会计第 2 行:「基本支出」对应 3 个科目:71010101 ", "": "财务会计第 2 行:没有填科目",
	} {
		form := withoutBudgetary(doPropose)
		form["f.account"][1] = typed
		got := s.post(p, "/books/1/vouchers", form)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), want) || strings.Contains(got.body, "没有动用") {
			t.Errorf("%q: %d %s, want %q", typed, got.status, sayOf(got.body), want)
		}
	}
}

// TestVoucher_SheetsOfPaper: what is no count is named as it was typed; full-width digits are digits.
func TestVoucher_SheetsOfPaper(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	for _, typed := range []string{"abc", "1.5"} {
		form := supplies(document.NewID())
		form.Set("attachments", typed)
		got := s.post(p, "/books/1/vouchers", form)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "附件张数「"+typed+"」不是整数") || !strings.Contains(got.body, `name="attachments" value="`+typed+`"`) {
			t.Errorf("%s: %d %s", typed, got.status, sayOf(got.body))
		}
	}
	form := supplies(document.NewID())
	form.Set("attachments", "\uff11\uff12")
	if got := s.post(p, "/books/1/vouchers", form); got.status != http.StatusSeeOther || !strings.Contains(s.get(p, got.to).body, "附件 <b>12</b> 张") {
		t.Errorf("full-width digits: %d %s", got.status, sayOf(got.body))
	}
}

// TestVoucher_EmptyFormIsNoDraft: a press on an empty form leaves nothing behind; a draft is given up with a reason that
// need not be thought of.
func TestVoucher_EmptyFormIsNoDraft(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	for _, do := range []string{doSave, doSubmit, doAnother} {
		got := s.post(p, "/books/1/vouchers", url.Values{"document": {document.NewID()}, "version": {"0"}, "date": {"2026-10-23"}, "word": {"记"}, "do": {do}, "f.account": {"", ""}})
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "凭证还是空的") {
			t.Errorf("%s: %d %s", do, got.status, sayOf(got.body))
		}
	}
	if list := s.get(p, "/books/1").body; !strings.Contains(list, "没有凭证") {
		t.Error("an empty form was kept")
	}
	form := supplies(document.NewID())
	form.Set("do", doSave)
	s.post(p, "/books/1/vouchers", form)
	if page := s.get(p, "/vouchers/"+form.Get("document")).body; !strings.Contains(page, `name="reason" value="录入有误"`) {
		t.Error("the reason to give a draft up is not filled in")
	}
}

// TestVoucher_NothingBalancesNothing: a draft without lines, or without amounts, is not said to balance.
func TestVoucher_NothingBalancesNothing(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	for what, c := range map[string]struct {
		lines []ledger.DraftLine
		want  string
	}{
		"no line":   {nil, "尚无分录"},
		"no amount": {[]ledger.DraftLine{{Summary: "付办公用品款", Account: "500102"}, {Summary: "付办公用品款", Account: "400101"}}, "尚无金额"},
		"no number": {[]ledger.DraftLine{{Summary: "付办公用品款", Account: "500102", Debit: "四千"}}, "借贷不平"},
	} {
		id, maker := document.NewID(), s.world.Actor(t, "kuaiji")
		s.world.Write(t, func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, maker, ledger.DraftVoucher{Document: id, Book: 1, Date: "2026-10-21", Word: "记", Lines: c.lines}, 0)
			return err
		})
		if page := s.get(p, "/vouchers/"+id).body; !strings.Contains(page, c.want) || strings.Contains(page, "借贷平衡") {
			t.Errorf("%s: the page says that it balances, or not %s", what, c.want)
		}
		if form := s.get(p, "/vouchers/"+id+"/edit").body; strings.Contains(form, "借贷平衡") {
			t.Errorf("%s: the form says that it balances", what)
		}
	}
}

// TestForm_NotWhileHandingOver: who hands his post over, or acts in such a person's name, is told so before he types.
func TestForm_NotWhileHandingOver(t *testing.T) {
	s := newSite(t)
	path := bookPath(s.world.Books["LX01"]) + "/vouchers/new"
	if got := s.get(s.signIn("kuaiji"), path); got.status != http.StatusOK || !strings.Contains(got.body, `name="f.account"`) {
		t.Fatalf("at work: %d %s", got.status, sayOf(got.body))
	}
	leaver := s.world.Actor(t, "kuaiji").Person
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := identity.Freeze(tx, webtest.County, leaver, document.NewID())
		return err
	})
	got := s.get(s.signIn("kuaiji"), path)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "您正在办理工作交接,不能新办业务") || strings.Contains(got.body, `name="f.account"`) {
		t.Errorf("handing over: %d %s", got.status, sayOf(got.body))
	}
}
