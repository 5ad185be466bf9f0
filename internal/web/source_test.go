package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/exchange"
)

var sourceLine = regexp.MustCompile(`来源:(?:<a href="([^"]+)">)?([^<]+)<`)

// sourceOf gives what the page of a voucher says that it was made by, and where that is.
func (s *site) sourceOf(p person, path string) (label, to string) {
	s.t.Helper()
	m := sourceLine.FindStringSubmatch(s.get(p, path).body)
	if m == nil {
		return "", ""
	}
	return m[2], m[1]
}

// TestVoucher_Source: a voucher says what made it, and leads there: the one that it takes back, the one that was copied,
// a usual voucher, a batch, a file; one made by hand says nothing.
func TestVoucher_Source(t *testing.T) {
	s := newSite(t)
	own, foreign := s.townships()
	p := s.signIn("kuaiji")
	if label, _ := s.sourceOf(p, "/vouchers/"+own.Posted); label != "" {
		t.Errorf("made by hand: %s", label)
	}
	made := func(source string) string {
		id := document.NewID()
		got := s.post(p, "/books/"+own.Book+"/vouchers", url.Values{
			"document": {id}, "version": {"0"}, "date": {"2026-10-22"}, "word": {"记"}, "do": {"save"}, "source": {source},
			"f.summary": {"付办公用品款"}, "f.account": {"100202"}, "f.debit": {"12"}, "f.credit": {""},
		})
		if got.status != http.StatusSeeOther {
			t.Fatalf("saved: %d %s", got.status, sayOf(got.body))
		}
		return "/vouchers/" + id
	}
	form := s.get(p, "/books/"+own.Book+"/vouchers/new?copy="+own.Posted).body
	if !strings.Contains(form, `name="source" value="`+own.Posted+`"`) {
		t.Error("the form of a copy does not say what is copied")
	}
	for source, want := range map[string][2]string{
		own.Posted:        {"复制自 柳溪镇政府机关 2026 年 10 月 记-0001", "/vouchers/" + own.Posted},
		own.Template:      {"常用凭证「", "/books/" + own.Book + "/templates/" + own.Template},
		foreign.Posted:    {"", ""},
		document.NewID():  {"", ""},
		"<script>nothing": {"", ""},
	} {
		label, to := s.sourceOf(p, made(source))
		if !strings.HasPrefix(label, want[0]) || to != want[1] || want[0] == "" && label != "" {
			t.Errorf("source %s: %q %q", source, label, to)
		}
	}
	got := s.post(p, "/vouchers/"+own.Posted+"/reverse", url.Values{"version": {"1"}, "document": {document.NewID()}, "reason": {"重复入账"}})
	if label, to := s.sourceOf(p, got.to); label != "红字冲销 2026 年 10 月 记-0001" || !strings.HasSuffix(to, "/1") {
		t.Errorf("a red twin: %q %q (%d %s)", label, to, got.status, sayOf(got.body))
	}
	s.sourceOfMany(p)
}

// sourceOfMany: what a batch enters leads to the batch, what a file brings names the file.
func (s *site) sourceOfMany(p person) {
	s.t.Helper()
	id, _ := s.handIn("kuaiji", "300")
	got := s.post(p, "/batches", url.Values{
		"document": {document.NewID()}, "kind": {"enter"}, "source": {id}, "date": {"2026-10-22"}, "item": {itoa(s.world.Books["LX01"].ID)},
		"map.government.102": {"100202"}, "map.government.50104": {"4609"}, "back": {"/vouchers/" + id + "/spread"},
	})
	draft := regexp.MustCompile(`/vouchers/[^"]+`).FindString(s.get(p, got.to).body)
	if label, to := s.sourceOf(p, draft); !strings.HasPrefix(label, "批量录入") || to != got.to {
		s.t.Errorf("a batch's: %q %q", label, to)
	}
	const file = "账套,日期,摘要,科目编码,借方金额,贷方金额\nLX-SQ,2026-10-20,收租金,102,77.00,\nLX-SQ,2026-10-20,收租金,50104,,77.00\n"
	r, err := exchange.Import(context.Background(), s.world.DB, s.world.Actor(s.t, "kuaiji"), exchange.Vouchers, "十月.csv", strings.NewReader(file), exchange.Options{})
	if err != nil || r.Accepted != 2 {
		s.t.Fatalf("%v %v", err, r.Errors)
	}
	found := s.get(p, "/search?q="+url.QueryEscape("收租金"))
	path := regexp.MustCompile(`/vouchers/[0-9a-f-]+`).FindString(found.to + found.body)
	if label, to := s.sourceOf(p, path); label != "导入文件「十月.csv」" || to != "" {
		s.t.Errorf("a file's: %q %q", label, to)
	}
}
