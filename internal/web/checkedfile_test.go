package web

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestOpening_KeepsTheCheckedFile: what was checked is imported without being chosen again, by the one who had it checked;
// pressing twice imports once, and another file takes its place.
func TestOpening_KeepsTheCheckedFile(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	path := "/books/" + itoa(s.world.Books["LX-SQ"].ID) + "/opening"
	field := regexp.MustCompile(`name="kept" value="([^"]+)"`)
	checked := s.sendOpening(p, path, "check", "科目编码,借方金额,贷方金额\n102,5000.00,\n30101,,5000.00\n").body
	found := field.FindStringSubmatch(checked)
	if found == nil || !strings.Contains(checked, "已检查的「期初.csv」") || !strings.Contains(checked, "按「导入」即可") || strings.Contains(checked, `accept=".xlsx,.csv" required`) {
		t.Fatal("the checked file is not kept")
	}
	without := func(by person, id string) reply {
		return s.sendFields(by, path, map[string]string{"do": "import", "kept": id})
	}
	if got := without(s.signIn("jiangang"), found[1]); got.status != http.StatusConflict || !strings.Contains(sayOf(got.body), "已经不在") {
		t.Errorf("another person's: %d %s", got.status, sayOf(got.body))
	}
	if got := without(p, found[1]); got.status != http.StatusOK || !strings.Contains(got.body, "「期初.csv」2 行已导入") || strings.Count(got.body, "5,000.00") < 4 {
		t.Errorf("imported as kept: %d %s", got.status, sayOf(got.body))
	}
	if got := without(p, found[1]); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "已经导入过;无需再次导入") {
		t.Errorf("imported twice: %d %s", got.status, sayOf(got.body))
	}
	if got := s.sendFields(p, path, map[string]string{"do": "import"}); got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "没有选择文件") {
		t.Errorf("no file at all: %d %s", got.status, sayOf(got.body))
	}
	bad := s.sendOpening(p, path, "check", "科目编码,借方金额,贷方金额\n102,5000.00,\n30101,,4000.00\n").body
	if field.MatchString(bad) || !strings.Contains(bad, `accept=".xlsx,.csv" required`) {
		t.Error("a file that is to be mended is kept")
	}
}

// TestExchange_KeepsTheCheckedFile: so does the page of all kinds of files.
func TestExchange_KeepsTheCheckedFile(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	const rows = "账套,科目编码,借方金额,贷方金额\nLX-SQ,102,5000.00,\nLX-SQ,30101,,5000.00\n"
	body := s.send(p, "/exchange", map[string]string{"kind": "opening", "dry": "1"}, "期初.csv", rows).body
	found := regexp.MustCompile(`name="kept" value="([^"]+)"`).FindStringSubmatch(body)
	if found == nil || strings.Contains(body, `name="dry" value="1" checked`) || !strings.Contains(body, "按「提交」即可导入") {
		t.Fatal("the checked file is not kept")
	}
	got := s.sendFields(p, "/exchange", map[string]string{"kind": "opening", "kept": found[1]})
	if got.status != http.StatusOK || !strings.Contains(got.body, "2 行已导入") {
		t.Errorf("%d %s", got.status, sayOf(got.body))
	}
}

// TestCheckedFiles: of each login the last one, for a while, and not more than the memory that is set aside.
func TestCheckedFiles(t *testing.T) {
	var k checkedFiles
	now := time.Date(2026, 10, 23, 2, 0, 0, 0, time.UTC)
	first := k.keep(1, "a.csv", []byte("a"), now)
	second := k.keep(1, "b.csv", []byte("b"), now)
	if _, ok := k.find(1, first, now); ok {
		t.Error("the first of two files of one login is still there")
	}
	if f, ok := k.find(1, second, now.Add(keptFor)); !ok || f.name != "b.csv" {
		t.Error("the second is gone")
	}
	if _, ok := k.find(1, second, now.Add(keptFor+time.Second)); ok {
		t.Error("an old file is still there")
	}
	if k.keep(2, "c.csv", make([]byte, keptMost+1), now) != "" {
		t.Error("a file that is too large is kept")
	}
	for login := range int64(keptAll/keptMost + 1) {
		k.keep(10+login, "d.csv", bytes.Repeat([]byte("d"), keptMost), now)
	}
	sum := 0
	for _, f := range k.files {
		sum += len(f.body)
	}
	if _, ok := k.find(10+keptAll/keptMost, k.files[len(k.files)-1].id, now); !ok || sum > keptAll {
		t.Errorf("%d bytes are kept, or the newest is not", sum)
	}
}
