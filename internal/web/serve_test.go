package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// site is the pages over a county, asked without a browser.
type site struct {
	t       *testing.T
	world   *webtest.World
	handler http.Handler
}

func newSite(t *testing.T) *site {
	t.Helper()
	return siteOf(t, webtest.New(t))
}

func siteOf(t *testing.T, w *webtest.World) *site {
	t.Helper()
	h, err := New(Config{DB: w.DB, Keys: w.Keys, Files: w.Files, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	return &site{t, w, h}
}

// person is somebody signed in; the zero person is nobody.
type person struct{ token, csrf string }

func (s *site) signIn(login string) person {
	s.t.Helper()
	var in identity.SignedIn
	err := s.world.DB.Write(context.Background(), func(tx *store.Tx) error {
		var err error
		in, err = identity.SignInAs(tx, webtest.County, login)
		return err
	})
	if err != nil {
		s.t.Fatalf("sign in %s: %v", login, err)
	}
	return person{in.Token, in.Session.CSRF}
}

// reply is what came back.
type reply struct {
	status int
	to     string
	body   string
	header http.Header
}

func (s *site) ask(p person, method, path string, form url.Values) reply {
	s.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		if form == nil {
			form = url.Values{}
		}
		if p.csrf != "" && !form.Has("csrf") {
			form.Set("csrf", p.csrf)
		}
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if p.token != "" {
		r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
	}
	return s.do(r)
}

func (s *site) do(r *http.Request) reply {
	rec := httptest.NewRecorder()
	s.handler.ServeHTTP(rec, r)
	res := rec.Result()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header.Get("Location"), string(text), res.Header}
}

func (s *site) get(p person, path string) reply { return s.ask(p, http.MethodGet, path, nil) }

func (s *site) post(p person, path string, form url.Values) reply {
	return s.ask(p, http.MethodPost, path, form)
}

// townships makes what the pages of both townships show; what the second one's say is not for the first.
func (s *site) townships() (own, foreign webtest.Township) {
	s.t.Helper()
	return s.world.Townships(s.t)
}
