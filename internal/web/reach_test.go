package web

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xiangzhang/internal/web/webtest"
)

// look draws a sight.
func (s *site) look(p person, sight webtest.Sight) reply {
	s.t.Helper()
	if sight.Form == nil {
		return s.get(p, sight.Path)
	}
	if sight.File == "" {
		return s.post(p, sight.Path, sight.Form)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	form.WriteField("csrf", p.csrf)
	for name, values := range sight.Form {
		for _, v := range values {
			form.WriteField(name, v)
		}
	}
	part, err := form.CreateFormFile("file", "文件.csv")
	if err == nil {
		_, err = part.Write([]byte(sight.File))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, sight.Path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
	return s.do(r)
}

// whole tells a page in its frame from a piece of one, a file, or data.
func whole(body string) bool { return strings.Contains(body, `<main id="main">`) }

// TestSights_AreAllPages: what is asked of every page in a browser (axe-core, large text, the Tab key, a telephone) is
// asked of the sights that webtest lists. A route that draws a page, and a view, that none of them shows is found here.
func TestSights_AreAllPages(t *testing.T) {
	var drawn strings.Builder
	seen, mux := map[string]bool{}, http.NewServeMux()
	for _, rt := range routes(Config{Demo: true, StartCode: webtest.StartCode}) {
		mux.HandleFunc(rt.pattern, http.NotFound)
	}
	draw := func(s *site, p person, sight webtest.Sight) {
		got := s.look(p, sight)
		if !whole(got.body) {
			t.Errorf("%s draws no page: %d %s", sight.Name, got.status, got.to)
		}
		if got.status >= 500 {
			t.Errorf("%s: %d %s", sight.Name, got.status, sayOf(got.body))
		}
		how := http.MethodGet
		if sight.Form != nil {
			how = http.MethodPost
		}
		_, pattern := mux.Handler(httptest.NewRequest(how, sight.Path, nil))
		seen[pattern] = seen[pattern] || got.status != http.StatusForbidden && got.status != http.StatusNotFound
		drawn.WriteString(html.UnescapeString(got.body))
	}
	empty, _ := newEmpty(t)
	for _, sight := range webtest.FirstSights() {
		draw(empty, person{}, sight)
	}
	s := newSite(t)
	in := map[string]person{"": {}}
	for _, sight := range s.world.Sights(t) {
		if _, known := in[sight.Login]; !known {
			in[sight.Login] = s.signIn(sight.Login)
		}
		draw(s, in[sight.Login], sight)
	}
	for view := range pages {
		if !strings.Contains(drawn.String(), helps[view].Text) {
			t.Errorf("no sight shows the view %s: add one to webtest.Sights", view)
		}
	}
	other := newSite(t)
	own, _ := other.townships()
	for _, rt := range routes(Config{Demo: true}) {
		if method(rt.pattern) != http.MethodGet || seen[rt.pattern] || strings.Contains(rt.pattern, "{sha}") { // a file, of which the township has none
			continue
		}
		answered := false
		for _, login := range []string{"kuaiji", "shenhe", "suozhang", "guoku", "sys", "sec", "aud"} {
			got := other.get(other.signIn(login), own.Path(rt.pattern)+"?format=csv") // a table is asked for in some format
			ok := got.status == http.StatusOK || got.status == http.StatusSeeOther
			answered = answered || ok
			if ok && whole(got.body) {
				t.Errorf("%s draws a page that no sight shows: add one to webtest.Sights", rt.pattern)
				break
			}
		}
		if !answered && rt.show != nil && rt.pattern != "GET /metrics" { // what only does prints; the figures are the machine's own
			t.Errorf("%s answers nobody: give webtest.Township what it asks for, or add a sight", rt.pattern)
		}
	}
}

// TestHelps_TellViewsApart: a view is told by its help above, so no two views have the same.
func TestHelps_TellViewsApart(t *testing.T) {
	of := map[string]string{}
	for view, h := range helps {
		if of[h.Text] != "" {
			t.Errorf("%s and %s have the same help", view, of[h.Text])
		}
		of[h.Text] = view
	}
}
