package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/web/webtest"
)

// TestSignIn_Password: the right one opens, the wrong one says so and keeps the name; the cookie is the browser's alone.
func TestSignIn_Password(t *testing.T) {
	s := newSite(t)
	wrong := s.post(person{}, "/sign-in", url.Values{"name": {"kuaiji"}, "password": {"不是这个密码吧"}})
	if wrong.status == http.StatusSeeOther || !strings.Contains(wrong.body, `value="kuaiji"`) || sayOf(wrong.body) == "" {
		t.Errorf("wrong password: %d %s", wrong.status, sayOf(wrong.body))
	}
	right := s.post(person{}, "/sign-in", url.Values{"name": {"kuaiji"}, "password": {webtest.Password}, "next": {"/books/1"}})
	cookie := right.header.Get("Set-Cookie")
	if right.status != http.StatusSeeOther || right.to != "/books/1" {
		t.Errorf("right password: %d %s %s", right.status, right.to, sayOf(right.body))
	}
	if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("cookie is %s", cookie)
	}
}

// TestSignIn_OverTLS: over an encrypted line the cookie never leaves it and belongs to the host alone.
func TestSignIn_OverTLS(t *testing.T) {
	w := webtest.New(t)
	h, err := New(Config{DB: w.DB, Keys: w.Keys, TLS: true})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t, w, h}
	got := s.post(person{}, "/sign-in", url.Values{"name": {"kuaiji"}, "password": {webtest.Password}})
	if cookie := got.header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "__Host-xiangzhang=") || !strings.Contains(cookie, "Secure") {
		t.Errorf("cookie is %s", cookie)
	}
	if got.header.Get("Strict-Transport-Security") == "" {
		t.Error("no Strict-Transport-Security")
	}
	if demo := s.post(person{}, "/demo/sign-in", url.Values{"login": {"kuaiji"}}); demo.header.Get("Set-Cookie") != "" || demo.status != http.StatusNotFound {
		t.Errorf("a served county signs in with one click: %d", demo.status)
	}
	if in := s.get(person{}, "/sign-in"); strings.Contains(in.body, "韩会计") {
		t.Error("the sign-in page of a served county lists its people")
	}
}

// TestNext_StaysHere: after signing in nobody is sent to another server.
func TestNext_StaysHere(t *testing.T) {
	for next, want := range map[string]string{
		"/books/1?period=2026-09": "/books/1?period=2026-09", "": "/", "//evil.example/": "/", "https://evil.example/": "/",
		`/\evil.example`: "/", "javascript:alert(1)": "/", "books": "/", "/a\nb": "/",
	} {
		if got := localPath(next); got != want {
			t.Errorf("localPath(%q) is %q, want %q", next, got, want)
		}
	}
	s := newSite(t)
	if got := s.get(person{}, "/books/1?period=2026-09"); got.to != "/sign-in?next=%2Fbooks%2F1%3Fperiod%3D2026-09" {
		t.Errorf("a page asked for without signing in goes to %s", got.to)
	}
}

// TestForms_OwnTokenAndOwnSite: a form of another session or another site changes nothing.
func TestForms_OwnTokenAndOwnSite(t *testing.T) {
	s := newSite(t)
	p, other := s.signIn("kuaiji"), s.signIn("shenhe")
	for name, token := range map[string]string{"none": "", "another session's": other.csrf} {
		if got := s.post(p, "/sign-out", url.Values{"csrf": {token}}); got.status != http.StatusForbidden {
			t.Errorf("token %s: %d", name, got.status)
		}
	}
	for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		r := httptest.NewRequest(http.MethodPost, "/sign-out", strings.NewReader(url.Values{"csrf": {p.csrf}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(header[0], header[1])
		r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
		if got := s.do(r); got.status != http.StatusForbidden {
			t.Errorf("%s: %d", header[0], got.status)
		}
	}
	if got := s.get(p, "/"); got.status != http.StatusOK {
		t.Errorf("the session was ended: %d", got.status)
	}
	if got := s.post(p, "/sign-out", nil); got.status != http.StatusSeeOther {
		t.Errorf("sign out: %d", got.status)
	}
	if got := s.get(p, "/"); got.status != http.StatusSeeOther {
		t.Errorf("after signing out the page is %d", got.status)
	}
}

// TestMachines_Health: the health answer reads the database; the figures are the machine's own.
func TestMachines_Health(t *testing.T) {
	s := newSite(t)
	if got := s.get(person{}, "/healthz"); got.status != http.StatusOK || got.body != "ok\n" {
		t.Errorf("healthz: %d %q", got.status, got.body)
	}
	if got := s.get(person{}, "/metrics"); got.status != http.StatusNotFound {
		t.Errorf("metrics from elsewhere: %d", got.status)
	}
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.RemoteAddr = "127.0.0.1:40000"
	if got := s.do(r); !strings.Contains(got.body, `xiangzhang_requests_total{route="GET /healthz",status="200"} 1`) {
		t.Errorf("metrics: %s", got.body)
	}
}

// TestStatic_KeptForGood: an address names its content, so that a browser asks once.
func TestStatic_KeptForGood(t *testing.T) {
	s := newSite(t)
	static, err := loadStatic()
	if err != nil {
		t.Fatal(err)
	}
	address, err := static.url("look.css")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.get(person{}, address); got.status != http.StatusOK || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %d %v", address, got.status, got.header)
	}
	if got := s.get(person{}, "/static/0000000000/look.css"); strings.Contains(got.header.Get("Cache-Control"), "immutable") {
		t.Error("an old address is kept for good")
	}
	if got := s.get(person{}, "/static/x/../../web.go"); got.status == http.StatusOK {
		t.Error("a file outside static is served")
	}
	if got := s.get(person{}, "/static/x/none.css"); got.status != http.StatusNotFound || !strings.Contains(got.body, "没有这一页") {
		t.Errorf("a file that is not there: %d %s", got.status, got.body)
	}
}
