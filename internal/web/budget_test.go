package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"xiangzhang/internal/identity"
)

// What a page may weigh on a line of 2G-like speed, compressed (docs/architecture.md): with nothing kept by the browser,
// and with style and script kept.
const (
	firstMost = 150 << 10
	warmMost  = 40 << 10
)

var (
	linked  = regexp.MustCompile(`(?:src|href)="([^"]*)"`)
	inlined = regexp.MustCompile(`(?i)<script[^>]*>\s*[^<\s]|<style|\sstyle="|\son[a-z]+="|href="javascript:`)
)

// TestPages_KeepToTheirBudget opens every page as people who may: what it weighs on the line, that nothing on it comes
// from elsewhere, and that it has no script or style of its own in it.
func TestPages_KeepToTheirBudget(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	heaviest, at := 0, ""
	for _, login := range []string{"kuaiji", "shenhe", "suozhang", "guoku", s.world.Grant(t, identity.SysAdmin, "青岚县"),
		s.world.Grant(t, identity.SecAdmin, "青岚县"), s.world.Grant(t, identity.AuditAdmin, "青岚县")} {
		p := s.signIn(login)
		for _, rt := range routes(Config{Demo: true}) {
			if rt.show == nil {
				continue
			}
			path := own.Path(rt.pattern)
			got := s.packed(p, path)
			if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
				continue // a file, or not this person's
			}
			plain := s.get(p, path).body
			if found := inlined.FindString(plain); found != "" {
				t.Errorf("%s has script or style in it: %q", path, found)
			}
			weight := len(got.body)
			if weight > warmMost {
				t.Errorf("%s as %s weighs %d KB on a warm cache, may %d", path, login, weight>>10, warmMost>>10)
			}
			for _, link := range linked.FindAllStringSubmatch(plain, -1) {
				if strings.Contains(link[1], "//") {
					t.Errorf("%s names another server: %s", path, link[1])
				}
				if strings.HasPrefix(link[1], "/static/") {
					weight += len(s.packed(p, link[1]).body)
				}
			}
			if weight > firstMost {
				t.Errorf("%s as %s weighs %d KB at first, may %d", path, login, weight>>10, firstMost>>10)
			}
			if weight > heaviest {
				heaviest, at = weight, path
			}
		}
	}
	t.Logf("heaviest at first: %s, %d KB", at, heaviest>>10)
}

// packed asks as a browser does, and gives the body as it goes over the line.
func (s *site) packed(p person, path string) reply {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
	return s.do(r)
}
