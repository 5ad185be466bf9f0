package web

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// send posts a form with a file.
func (s *site) send(p person, path string, fields map[string]string, name, content string) reply {
	s.t.Helper()
	return s.sendForm(p, path, fields, func(form *multipart.Writer) error {
		part, err := form.CreateFormFile("file", name)
		if err == nil {
			_, err = part.Write([]byte(content))
		}
		return err
	})
}

// sendFields posts a form whose file was not chosen.
func (s *site) sendFields(p person, path string, fields map[string]string) reply {
	s.t.Helper()
	return s.sendForm(p, path, fields, func(*multipart.Writer) error { return nil })
}

func (s *site) sendForm(p person, path string, fields map[string]string, file func(form *multipart.Writer) error) reply {
	s.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	fields["csrf"] = p.csrf
	for k, v := range fields {
		if err := form.WriteField(k, v); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := file(form); err != nil {
		s.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
	return s.do(r)
}

// TestAttachment_ComesBackUnchanged: a scan is kept with its voucher and shown to its township alone.
func TestAttachment_ComesBackUnchanged(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	const scan = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
	if got := s.send(p, "/vouchers/"+own.Posted+"/attachments", map[string]string{}, "发票.pdf", scan); got.status != http.StatusSeeOther {
		t.Fatalf("upload: %d %s", got.status, sayOf(got.body))
	}
	page := s.get(p, "/vouchers/"+own.Posted).body
	link := regexp.MustCompile(`/vouchers/[^"]*/attachments/[0-9a-f]{64}`).FindString(page)
	if link == "" || !strings.Contains(page, "发票.pdf") {
		t.Fatal("the voucher does not list its attachment")
	}
	if !regexp.MustCompile(`<td>上传附件</td><td>韩会计</td><td>[^<]*</td><td>发票.pdf</td>`).MatchString(page) {
		t.Error("the upload is not among the voucher's steps")
	}
	for _, login := range []string{"shenhe", "suozhang"} {
		reader := s.signIn(login)
		if strings.Contains(s.get(reader, "/vouchers/"+own.Posted).body, `type="file"`) {
			t.Errorf("%s is offered to attach", login)
		}
		if got := s.send(reader, "/vouchers/"+own.Posted+"/attachments", map[string]string{}, "收据.pdf", scan+"2"); got.status != http.StatusForbidden {
			t.Errorf("%s attaches: %d", login, got.status)
		}
	}
	if got := s.get(p, link); got.body != scan || got.header.Get("Content-Security-Policy") != filePolicy("application/pdf") {
		t.Errorf("download: %d %q %v", got.status, got.body, got.header)
	}
	const picture = "\xff\xd8\xff\xe0 a photo"
	if got := s.send(p, "/vouchers/"+own.Posted+"/attachments", map[string]string{"back": "edit"}, "发票.jpg", picture); got.to != "/vouchers/"+own.Posted+"/edit#attachments" {
		t.Errorf("from the form: %d %s %s", got.status, got.to, sayOf(got.body))
	}
	photo := regexp.MustCompile(`/vouchers/[^"]*/attachments/[0-9a-f]{64}" data-shown="picture`).FindString(s.get(p, "/vouchers/"+own.Posted).body)
	if got := s.get(p, strings.TrimSuffix(photo, `" data-shown="picture`)); got.body != picture || !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("picture: %d %v", got.status, got.header)
	}
	if got := s.get(s.signIn("yunxi"), link); got.status != http.StatusNotFound {
		t.Errorf("another township gets %d", got.status)
	}
	if got := s.send(p, "/vouchers/"+own.Posted+"/attachments", map[string]string{}, "页面.html", "<script>alert(1)</script>"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a page as attachment: %d", got.status)
	}
}

// TestAttachment_GoesWhileTheMakerWrites: the button beside a file of a draft takes it away, twice pressed as once pressed;
// the voucher's page tells of it, the bytes are gone, and a posted voucher keeps what it has.
func TestAttachment_GoesWhileTheMakerWrites(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	edit := "/vouchers/" + own.Draft + "/edit"
	add := func(id string) string {
		t.Helper()
		if got := s.send(p, "/vouchers/"+id+"/attachments", map[string]string{"back": "edit"}, "身份证.pdf", "%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"); got.status != http.StatusSeeOther {
			t.Fatalf("upload: %d %s", got.status, sayOf(got.body))
		}
		return regexp.MustCompile(`/vouchers/[^"]*/attachments/[0-9a-f]{64}`).FindString(s.get(p, "/vouchers/"+id).body)
	}
	link, kept := add(own.Draft), add(own.Posted)
	if page := s.get(p, edit).body; !strings.Contains(page, `action="`+link+`/remove"`) || !strings.Contains(page, `aria-label="移去 身份证.pdf"`) {
		t.Fatal("the form has no button beside the file")
	}
	if strings.Contains(s.get(p, "/vouchers/"+own.Posted).body, "/remove") {
		t.Error("a posted voucher offers to take files away")
	}
	if got := s.post(p, kept+"/remove", url.Values{}); got.status != http.StatusUnprocessableEntity && got.status != http.StatusConflict ||
		!strings.Contains(sayOf(got.body), "附件不能移去") || !strings.Contains(sayOf(got.body), "补传") {
		t.Errorf("from a posted voucher: %d %s", got.status, sayOf(got.body))
	}
	if got := s.post(s.signIn("yunxi"), link+"/remove", url.Values{}); got.status != http.StatusNotFound {
		t.Errorf("another township: %d", got.status)
	}
	if got := s.post(s.signIn("shenhe"), link+"/remove", url.Values{}); got.status != http.StatusForbidden {
		t.Errorf("the checker: %d", got.status)
	}
	for range 2 {
		if got := s.post(p, link+"/remove", url.Values{}); got.status != http.StatusSeeOther || got.to != edit+"#attachments" {
			t.Errorf("remove: %d %s %s", got.status, got.to, sayOf(got.body))
		}
	}
	if got := s.get(p, link); got.status != http.StatusNotFound {
		t.Errorf("the file is still given: %d", got.status)
	}
	if got := s.get(p, kept); got.status != http.StatusOK {
		t.Errorf("the same content of another voucher is lost: %d", got.status)
	}
	page := s.get(p, "/vouchers/"+own.Draft).body
	if strings.Contains(page, link) || !regexp.MustCompile(`<td>移去附件</td><td>韩会计</td><td>[^<]*</td><td>身份证.pdf\(文件摘要 [0-9a-f]{12}…\)</td>`).MatchString(page) {
		t.Error("the voucher's page shows the file, or does not tell who took it away")
	}
}

// TestAttachment_SaysUntilWhen: a posted voucher says that files may still be added, until its month is closed; after that
// why not, and the way out.
func TestAttachment_SaysUntilWhen(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	open, closed := "2026 年 10 月结账前仍可由本单位会计或报账员补传附件", "2026 年 10 月已结账,不能再加附件"
	maker, reader := s.signIn("kuaiji"), s.signIn("shenhe")
	for _, p := range []person{maker, reader} {
		if page := s.get(p, "/vouchers/"+own.Posted).body; !strings.Contains(page, open) || strings.Contains(page, closed) {
			t.Error("a posted voucher does not say until when files may be added")
		}
	}
	if page := s.get(maker, "/vouchers/"+own.Draft).body; strings.Contains(page, "补传附件") {
		t.Error("a draft speaks of adding later")
	}
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := tx.Exec(`update book set closed_through = '2026-10' where county_id = $1 and code = 'LX01'`, webtest.County)
		return err
	})
	page := s.get(maker, "/vouchers/"+own.Posted).body
	if strings.Contains(page, open) || strings.Contains(page, `type="file"`) || !strings.Contains(page, closed) {
		t.Error("after the month is closed the page still offers to add, or does not say why not")
	}
	if !strings.Contains(page, `<a href="/books/`+own.Book+`/close">反结账</a>`) {
		t.Error("the way out is not named")
	}
}

// TestImport_NamesEveryBadRow: a file is checked without effect, refused as a whole, or taken as a whole.
func TestImport_NamesEveryBadRow(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	const head = "账套,日期,凭证字,凭证号,附件数,摘要,科目编码,功能分类,部门经济分类,项目,资金性质,往来对象,借方金额,贷方金额\n"
	const good = head + "LX-SQ,2026-10-20,记,1,1,收承包费,102,,,,,,3000.00,\nLX-SQ,2026-10-20,记,1,1,收承包费,50104,,,,,,,3000.00\n"
	const bad = head + "LX-SQ,2026-10-20,记,1,1,收承包费,999,,,,,,3000.00,\nLX-SQ,2026-10-20,记,1,1,收承包费,50104,,,,,,,3000.005\n"
	refused := s.send(p, "/exchange", map[string]string{"kind": "vouchers"}, "凭证.csv", bad)
	if refused.status != http.StatusUnprocessableEntity || !strings.Contains(refused.body, "999") || !strings.Contains(refused.body, "3000.005") {
		t.Errorf("bad file: %d %s", refused.status, sayOf(refused.body))
	}
	dry := s.send(p, "/exchange", map[string]string{"kind": "vouchers", "dry": "1"}, "凭证.csv", good)
	if dry.status != http.StatusOK || !strings.Contains(dry.body, "还没有导入") {
		t.Errorf("dry run: %d %s", dry.status, sayOf(dry.body))
	}
	if strings.Contains(s.get(p, "/books/2").body, "收承包费") {
		t.Error("a dry run or a refused file left something behind")
	}
	taken := s.send(p, "/exchange", map[string]string{"kind": "vouchers"}, "凭证.csv", good)
	if taken.status != http.StatusOK || !strings.Contains(s.get(p, "/books/2").body, "收承包费") {
		t.Errorf("import: %d %s", taken.status, sayOf(taken.body))
	}
}

// TestReveal_NeedsAReason: an identity number is masked until somebody says what for, and then for that page only.
func TestReveal_NeedsAReason(t *testing.T) {
	s := newSite(t)
	p := s.signIn("suozhang")
	masked := s.get(p, "/people/1").body
	if !strings.Contains(masked, "990001********") {
		t.Error("the number is not masked")
	}
	if got := s.post(p, "/people/1/reveal", url.Values{"reason": {"看"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", got.status)
	}
	if got := s.post(p, "/people/1/reveal", url.Values{"reason": {"核对开户资料"}}); got.status != http.StatusOK || !strings.Contains(got.body, "99000119850102") {
		t.Errorf("with a reason: %d %s", got.status, sayOf(got.body))
	}
	if s.get(p, "/people/1").body == "" || strings.Contains(s.get(p, "/people/1").body, "99000119850102") {
		t.Error("the number stays shown")
	}
}

// TestReturn_ComesBackToTheMaker: the reason stands above the form, and the voucher keeps its number.
func TestReturn_ComesBackToTheMaker(t *testing.T) {
	s := newSite(t)
	maker, checker := s.signIn("kuaiji"), s.signIn("shenhe")
	id := "01941f29-b25c-78e7-832a-b4a3f24f5b29"
	if got := s.post(maker, "/books/1/vouchers", supplies(id)); got.status != http.StatusSeeOther {
		t.Fatal(sayOf(got.body))
	}
	if got := s.post(checker, "/vouchers/"+id+"/return", url.Values{"version": {"2"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("returned without a reason: %d", got.status)
	}
	if got := s.post(checker, "/vouchers/"+id+"/return", url.Values{"version": {"2"}, "reason": {"缺发票"}}); got.status != http.StatusSeeOther {
		t.Fatalf("return: %d %s", got.status, sayOf(got.body))
	}
	if home := s.get(maker, "/").body; !strings.Contains(home, "缺发票") {
		t.Error("the maker's first page does not say why")
	}
	form := s.get(maker, "/vouchers/"+id+"/edit").body
	if !strings.Contains(sayOf(form), "缺发票") || !strings.Contains(form, "记-0001") {
		t.Errorf("form says %s", sayOf(form))
	}
	again := supplies(id)
	again.Set("version", "3")
	if got := s.post(maker, "/books/1/vouchers", again); got.status != http.StatusSeeOther {
		t.Fatalf("again: %d %s", got.status, sayOf(got.body))
	}
	if got := s.get(maker, "/vouchers/"+id).body; !strings.Contains(got, "待审核") || !strings.Contains(got, "<b>0001</b>") {
		t.Error("the voucher lost its number or its place in the queue")
	}
}

// TestExchange_OffersWhatOneMayTake: persons, their logins and roles are for those who keep them; the form begins with
// what its reader brings in.
func TestExchange_OffersWhatOneMayTake(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		login            string
		imports, exports []string
		refused          []string
	}{
		{"kuaiji", []string{"vouchers", "opening", "accounts", "budget"}, []string{"vouchers", "units", "books"}, []string{"persons"}},
		{"shenhe", nil, []string{"vouchers", "units"}, []string{"persons"}},
		{"suozhang", []string{"books", "accounts", "budget"}, []string{"vouchers", "persons"}, nil},
		{"sys", []string{"units", "persons"}, []string{"units", "persons"}, []string{"vouchers", "opening"}},
	} {
		p := s.signIn(c.login)
		page := s.get(p, "/exchange").body
		if len(c.imports) == 0 && strings.Contains(page, `name="kind"`) {
			t.Errorf("%s is offered an import", c.login)
		}
		for _, k := range c.imports {
			if !strings.Contains(page, `<option value="`+k+`"`) {
				t.Errorf("%s may bring in %s", c.login, k)
			}
		}
		for _, k := range c.exports {
			if !strings.Contains(page, "/exchange/"+k+"?format=csv") {
				t.Errorf("%s may take out %s", c.login, k)
			}
			if got := s.get(p, "/exchange/"+k+"?format=csv"); got.status != http.StatusOK {
				t.Errorf("%s takes out %s: %d %s", c.login, k, got.status, sayOf(got.body))
			}
		}
		for _, k := range c.refused {
			if strings.Contains(page, "/exchange/"+k+"?format=csv") || strings.Contains(page, `<option value="`+k+`"`) {
				t.Errorf("%s is offered %s", c.login, k)
			}
			if got := s.get(p, "/exchange/"+k+"?format=csv"); got.status != http.StatusForbidden {
				t.Errorf("%s takes out %s: %d", c.login, k, got.status)
			}
			if got := s.send(p, "/exchange", map[string]string{"kind": k}, "表.csv", "编码\n1\n"); got.status != http.StatusForbidden {
				t.Errorf("%s brings in %s: %d", c.login, k, got.status)
			}
		}
	}
	if page := s.get(s.signIn("kuaiji"), "/exchange").body; !strings.Contains(page, `<option value="vouchers" selected>`) {
		t.Error("an accountant's import does not begin with vouchers")
	}
}

// TestAttachment_BeforeTheFirstLine: a file makes a draft of a voucher that is not saved yet, the same form again adds
// nothing, and the sheets follow.
func TestAttachment_BeforeTheFirstLine(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	id := document.NewID()
	entry := map[string]string{"document": id, "version": "0", "date": "2026-10-22", "word": "记", "f.account": "500102", "f.summary": "付办公用品款"}
	for i, version := range []int64{1, 0} {
		got := s.send(p, "/books/1/vouchers/attach", entry, "发票.jpg", "\xff\xd8\xff\xe0 a photo")
		var said filesAdded
		if err := json.Unmarshal([]byte(got.body), &said); err != nil || got.status != http.StatusOK || said.Version != version || len(said.Files) != 1 || said.Files[0].Shown != "picture" {
			t.Fatalf("sending %d: %d %s", i, got.status, got.body)
		}
	}
	form := s.get(p, "/vouchers/"+id+"/edit").body
	for _, want := range []string{"付办公用品款", "1 个文件,凭证填写 1 张<", "发票.jpg", `name="attachments" value="1"`} {
		if !strings.Contains(form, want) {
			t.Errorf("the draft lacks %s", want)
		}
	}
	entry["document"] = document.NewID()
	for name, content := range map[string]string{"照片.heic": "\x00\x00\x00\x18ftypheic\x00\x00", "照片.jpg": "\x00\x00\x00\x18ftypmif1\x00\x00"} {
		got := s.send(p, "/books/1/vouchers/attach", entry, name, content)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "「"+name+"」:不能保存 HEIC 图片") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if got := s.get(p, "/vouchers/"+entry["document"]); got.status != http.StatusNotFound {
			t.Error("a refused file left a draft")
		}
	}
	if got := s.send(s.signIn("yunxi"), "/books/1/vouchers/attach", entry, "发票.jpg", "\xff\xd8\xff"); got.status != http.StatusNotFound {
		t.Errorf("another township: %d", got.status)
	}
	if got := s.send(s.signIn("yunxi"), "/vouchers/"+id+"/attachments", map[string]string{}, "发票.jpg", "\xff\xd8\xff"); got.status != http.StatusNotFound {
		t.Errorf("another township, to the draft: %d", got.status)
	}
}

// TestAttachment_SeveralAtOnce: a plain form sends several files; one that cannot be kept is named, and none is added.
func TestAttachment_SeveralAtOnce(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	several := func(files map[string]string) reply {
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		if err := form.WriteField("csrf", p.csrf); err != nil {
			t.Fatal(err)
		}
		for name, content := range files {
			part, err := form.CreateFormFile("file", name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := part.Write([]byte(content)); err != nil {
				t.Fatal(err)
			}
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/vouchers/"+own.Draft+"/attachments", &b)
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
		return s.do(r)
	}
	got := several(map[string]string{"一.pdf": "%PDF-1.4 a", "照片.heic": "\x00\x00\x00\x18ftypheic\x00\x00"})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "「照片.heic」:不能保存 HEIC 图片") || !strings.Contains(got.body, "0 个文件") {
		t.Errorf("one of two is refused: %d %s", got.status, sayOf(got.body))
	}
	if got := several(map[string]string{"一.pdf": "%PDF-1.4 a", "二.pdf": "%PDF-1.4 b"}); got.status != http.StatusSeeOther {
		t.Errorf("two: %d %s", got.status, sayOf(got.body))
	}
	if page := s.get(p, "/vouchers/"+own.Draft).body; !strings.Contains(page, "2 个文件,凭证填写 0 张,数目不同") {
		t.Error("the voucher does not say that its count differs")
	}
}

// TestExport_LeavesNothingOnTheDisk: a table that is laid down on its way is the same packed and plain, and gone then.
func TestExport_LeavesNothingOnTheDisk(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	for _, path := range []string{"/exchange/vouchers?format=csv", "/exchange/vouchers?format=xlsx", "/books/" + own.Book + "/journal", "/books/" + own.Book + "/audit"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
		plain := s.do(r)
		if plain.status != http.StatusOK || plain.header.Get("Content-Length") != itoa(int64(len(plain.body))) || len(plain.body) == 0 {
			t.Errorf("%s: %d, %d bytes, said to be %s", path, plain.status, len(plain.body), plain.header.Get("Content-Length"))
		}
		r.Header.Set("Accept-Encoding", "gzip")
		if packed := s.do(r); strings.Contains(path, "csv") && unpack(t, packed) != plain.body {
			t.Errorf("%s says something else when it is packed", path)
		}
		left, err := os.ReadDir(folder)
		if err != nil || len(left) != 0 {
			t.Errorf("%s leaves %v %v", path, left, err)
		}
	}
}
