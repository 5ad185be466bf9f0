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
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "按制单与审核相分离不得再由您凭证审核") {
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
			path := own.path(rt.pattern)
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
