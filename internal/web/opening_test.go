package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestOpening_ChecksThenTakes: a file is checked without being taken, refused with its rows named, taken, and the page
// proves what it then holds.
func TestOpening_ChecksThenTakes(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	path := "/books/" + itoa(s.world.Books["LX-SQ"].ID) + "/opening"
	if got := s.get(p, path); !strings.Contains(got.body, "还没有期初余额") {
		t.Fatalf("an empty book: %d %s", got.status, sayOf(got.body))
	}
	const good = "科目编码,借方金额,贷方金额\n102,5000.00,\n30101,,5000.00\n"
	if got := s.sendOpening(p, path, "check", good); got.status != http.StatusOK || !strings.Contains(got.body, "全部通过检查") || !strings.Contains(got.body, "还没有期初余额") {
		t.Errorf("checking: %d %s", got.status, sayOf(got.body))
	}
	bad := s.sendOpening(p, path, "import", "科目编码,借方金额,贷方金额\n102,5000.00,\n30101,,4000.00\n999,,1000.00\n")
	if bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.body, "没有科目「999」") || !strings.Contains(bad.body, "还没有期初余额") {
		t.Errorf("a bad file: %d %s", bad.status, sayOf(bad.body))
	}
	got := s.sendOpening(p, path, "import", good)
	if got.status != http.StatusOK || !strings.Contains(got.body, "2 行已导入") || !strings.Contains(got.body, "✓ 平衡") || strings.Count(got.body, "5,000.00") < 6 {
		t.Errorf("importing: %d %s", got.status, got.body)
	}
	if !regexp.MustCompile(`<td>30101</td><td>[^<]+/[^<]+</td>`).MatchString(got.body) {
		t.Error("an account stands without those above it")
	}
	s.checksOpening(path)
	if got := s.sendOpening(s.signIn("shenhe"), path, "import", good); got.status != http.StatusForbidden {
		t.Errorf("a reviewer imports: %d", got.status)
	}
	if got := s.get(s.signIn("yunxi"), path); got.status != http.StatusNotFound {
		t.Errorf("another township's accountant looks: %d", got.status)
	}
}

// checksOpening: the checker finds the opening on his list, sends it back with a reason and, entered again, vouches for
// it; whoever entered it may not.
func (s *site) checksOpening(path string) {
	s.t.Helper()
	maker, checker := s.signIn("kuaiji"), s.signIn("shenhe")
	fields := regexp.MustCompile(`name="document" value="([^"]+)"><input type="hidden" name="version" value="(\d)"`)
	seen := func() url.Values {
		page := s.get(checker, path).body
		m := fields.FindStringSubmatch(page)
		if m == nil {
			s.t.Fatalf("nothing to check: %s", page)
		}
		return url.Values{"document": {m[1]}, "version": {m[2]}}
	}
	if home := s.get(checker, "/").body; !strings.Contains(home, "石桥村股份经济合作社期初余额") || !strings.Contains(home, path) {
		s.t.Error("the opening is not among the checker's things to do")
	}
	if got := s.get(maker, path).body; !strings.Contains(got, "待审核") || strings.Contains(got, "/opening/check") {
		s.t.Error("an accountant is offered to check")
	}
	if got := s.post(checker, path+"/return", seen()); got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "须写明原因") {
		s.t.Errorf("sent back without a reason: %d %s", got.status, sayOf(got.body))
	}
	form := seen()
	form.Set("reason", "与上年决算差一百元")
	if got := s.post(checker, path+"/return", form); got.to != path {
		s.t.Errorf("sent back: %d %s", got.status, sayOf(got.body))
	}
	if home := s.get(maker, "/").body; !strings.Contains(home, "与上年决算差一百元") {
		s.t.Error("whoever entered it does not read why")
	}
	s.sendOpening(maker, path, "import", "科目编码,借方金额,贷方金额\n102,5100.00,\n30101,,5100.00\n")
	form = seen()
	if got := s.post(maker, path+"/check", seen()); got.status != http.StatusForbidden {
		s.t.Errorf("an accountant checks: %d", got.status)
	}
	for range 2 { // the second finds it done
		if got := s.post(checker, path+"/check", form); got.to != path && !strings.Contains(sayOf(got.body), "已被他人办理") {
			s.t.Errorf("checked: %d %s", got.status, sayOf(got.body))
		}
	}
	if page := s.get(maker, path).body; !strings.Contains(page, "已审核") || !strings.Contains(page, "柳审核") {
		s.t.Error("the page does not say who checked")
	}
}

// TestNext_UntilTheCountyRuns: every page of a county without vouchers says what comes next and who does it.
func TestNext_UntilTheCountyRuns(t *testing.T) {
	s := newSite(t)
	first := s.world.Books["LX-SQ"]
	for login, says := range map[string]string{"kuaiji": `href="` + bookPath(first) + `/opening">去办理</a>`, "shenhe": "(全县还有 4 套账没有;确实没有的,直接录入凭证),由"} {
		for _, path := range []string{"/", "/books", "/units"} {
			got := s.get(s.signIn(login), path)
			if !strings.Contains(got.body, "<b>起步 4/5</b>") || !strings.Contains(got.body, says) {
				t.Errorf("%s as %s does not say what comes next", path, login)
			}
		}
	}
	const balances = "科目编码,借方金额,贷方金额\n102,5000.00,\n30101,,5000.00\n"
	if got := s.sendOpening(s.signIn("kuaiji"), bookPath(first)+"/opening", "import", balances); got.status != http.StatusOK {
		t.Fatalf("opening: %d %s", got.status, sayOf(got.body))
	}
	got := s.get(s.signIn("kuaiji"), "/").body
	if !strings.Contains(got, "<b>起步 4/5</b>") || !strings.Contains(got, "(还有 1 套账没有") || strings.Contains(got, `href="`+bookPath(first)+`/opening">去办理</a>`) {
		t.Error("after the first of several, the page does not name what is still missing")
	}
	if got := s.get(s.signIn("kuaiji"), "/"); strings.Contains(got.body, "未结账") && strings.Contains(got.body, "去结账") {
		t.Error("a county in which nothing is posted is told to close its months")
	}
	own, _ := s.townships() // posts a voucher
	if got := s.get(s.signIn("kuaiji"), "/books/"+own.Book); strings.Contains(got.body, "起步") {
		t.Error("a county that runs is still told how to begin")
	}
}

func (s *site) sendOpening(p person, path, do, text string) reply {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"csrf": p.csrf, "do": do} {
		if err := form.WriteField(name, value); err != nil {
			s.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "期初.csv")
	if err == nil {
		_, err = part.Write([]byte(text))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
	return s.do(r)
}
