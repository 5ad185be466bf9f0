package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/paper/papertest"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// onPaper gives the text of a PDF that the browser shows by itself.
func (s *site) onPaper(p person, path string) string {
	s.t.Helper()
	got := s.get(p, path)
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/pdf" {
		s.t.Fatalf("%s: %d %s %s", path, got.status, got.header.Get("Content-Type"), sayOf(got.body))
	}
	if how := got.header.Get("Content-Disposition"); !strings.HasPrefix(how, "inline") {
		s.t.Errorf("%s is not shown but %s", path, how)
	}
	if policy := got.header.Get("Content-Security-Policy"); strings.Contains(policy, "sandbox") || !strings.Contains(policy, "default-src 'none'") {
		s.t.Errorf("%s: policy %s", path, policy)
	}
	return strings.Join(strings.Fields(strings.Join(papertest.Text(s.t, []byte(got.body)), "")), "")
}

// TestPrint_Sheets: one voucher, a range, a draft with its state, ledgers and a statement come as PDF that say what the
// pages say; a range without a voucher is told in words.
func TestPrint_Sheets(t *testing.T) {
	s := newSite(t)
	own, foreign := s.townships()
	p := s.signIn("kuaiji")
	for path, wants := range map[string][]string{
		"/vouchers/" + own.Posted + "/print":                                           {"记账凭证", "柳溪摘要", "7,000.00", "柒仟元整", "韩会计", "柳审核", "记字第0001号1/1"},
		"/vouchers/" + own.Draft + "/print":                                            {"(草稿)", "柳溪摘要", "12.00", "韩会计", "借贷不平"},
		"/books/" + own.Book + "/print/vouchers?period=2026-10&first=0001&last=1":      {"柳溪摘要", "¥7,000.00"},
		"/books/" + own.Book + "/print/ledgers?through=2026-10":                        {"会计账簿", "目录", "总账:1002银行存款", "明细账:100202", "7,000.00", "柳溪摘要"},
		"/books/" + own.Book + "/print/ledgers?through=2026-10&ledger=bank-book":       {"银行存款日记账", "本日合计"},
		"/books/" + own.Book + "/statements/trial-balance?format=pdf&to=2026-10":       {"科目余额表", "编制单位", "7,000.00", "单位负责人"},
		"/units/" + own.Unit + "/statements/balance-sheet?format=pdf&chart=government": {"资产负债表", "负债和净资产总计"},
	} {
		text := s.onPaper(p, path)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", path, want, text)
			}
		}
	}
	for path, status := range map[string]int{
		"/books/" + own.Book + "/print/vouchers?period=2026-10&first=5": http.StatusNotFound,
		"/books/" + own.Book + "/print/vouchers?first=x":                http.StatusUnprocessableEntity,
		"/books/" + own.Book + "/print/ledgers?ledger=trial-balance":    http.StatusUnprocessableEntity,
		"/books/" + foreign.Book + "/print":                             http.StatusNotFound,
		"/vouchers/" + foreign.Posted + "/print":                        http.StatusNotFound,
	} {
		if got := s.get(p, path); got.status != status {
			t.Errorf("%s: %d %s, want %d", path, got.status, sayOf(got.body), status)
		}
	}
}

// TestPrint_Remembers: how a person prints is kept when something is printed, for that person alone; a refusal keeps what
// was typed.
func TestPrint_Remembers(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p, other := s.signIn("kuaiji"), s.signIn("shenhe")
	at := "/books/" + own.Book + "/print"
	form := url.Values{"form": {"overlay"}, "negative": {"minus"}, "turn": {"auto"}, "size": {"10"}, "copies": {"2"}, "rows": {"6"},
		"right": {"1.5"}, "down": {"-0.3"}, "period": {"2026-10"}, "last": {"1"}, "do": {"vouchers"}}
	got := s.post(p, at, form)
	if got.status != http.StatusSeeOther || !strings.Contains(got.to, "/print/vouchers?last=1&period=2026-10") {
		t.Fatalf("%d %s %s", got.status, got.to, sayOf(got.body))
	}
	text := s.onPaper(p, got.to)
	if strings.Contains(text, "记账凭证") || strings.Count(text, "柳溪摘要") != 4 {
		t.Errorf("two copies of an overlay say %s", text)
	}
	if !strings.Contains(s.onPaper(other, got.to), "记账凭证") {
		t.Error("one person's setup is another's")
	}
	page := s.get(p, at).body
	for _, want := range []string{`value="overlay" selected`, `name="right" value="1.5"`, `name="down" value="-0.3"`, `name="copies" value="2"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not remember %s", want)
		}
	}
	form.Set("right", "1.55")
	got = s.post(p, at, form)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `name="right" value="1.55"`) || !strings.Contains(sayOf(got.body), "不是毫米数") {
		t.Errorf("%d %s", got.status, sayOf(got.body))
	}
}

// TestPrint_DrawnAfterReading: who waits for his turn to draw holds no reader of the database.
func TestPrint_DrawnAfterReading(t *testing.T) {
	s := newSite(t)
	busy := make(chan struct{}, 1)
	busy <- struct{}{} // somebody else's bound ledger
	c := &call{server: &server{Config: Config{DB: s.world.DB}, drawing: busy}, r: httptest.NewRequest(http.MethodGet, "/", nil), actor: identity.Actor{County: webtest.County, Person: 1}}
	var a answer
	err := c.read(func(tx *store.Tx) (err error) {
		a, err = c.sheets(tx, "凭证", func(paper.Setup) ([]byte, error) { return []byte("%PDF-"), nil })
		return err
	})
	if err != nil || a.file.body != nil {
		t.Fatalf("drawn while reading: %v %s", err, a.file.body)
	}
	<-busy
	if err := c.draw(a.file); err != nil || string(a.file.body) != "%PDF-" {
		t.Errorf("drawn afterwards: %v %s", err, a.file.body)
	}
}

// TestPrintMany: one document over the books that were ticked, with a preview that says the sheets of each and why
// nothing of one is printed; the document ends with the same list. Another township's book is not there.
func TestPrintMany(t *testing.T) {
	s := newSite(t)
	own, foreign := s.townships()
	p := s.signIn("kuaiji")
	village := itoa(s.world.Books["LX-SQ"].ID)
	page := s.get(p, "/print").body
	if !strings.Contains(page, `name="book" value="`+own.Book+`"`) || strings.Contains(page, "云溪") {
		t.Errorf("the books to choose: %s", page)
	}
	if got := s.get(p, "/print?preview=1&what=vouchers&period=2026-10"); !strings.Contains(sayOf(got.body), "没有选账套") {
		t.Errorf("nothing ticked: %d %s", got.status, sayOf(got.body))
	}
	if got := s.get(p, "/print?preview=1&what=statements&book="+own.Book); !strings.Contains(sayOf(got.body), "没有选报表") ||
		!strings.Contains(got.body, `value="`+own.Book+`" checked`) || !strings.Contains(got.body, `value="statements" checked`) {
		t.Errorf("no statement ticked: %d %s", got.status, sayOf(got.body))
	}
	if got := s.get(p, "/print?what=ledgers&q=LX01&book="+own.Book).body; strings.Count(got, "btn do") != 1 || strings.Contains(got, `role="alert"`) ||
		!strings.Contains(got, `value="ledgers" checked`) {
		t.Error("listing the books goes on to something else, or forgets what is to be printed")
	}
	for ask, says := range map[string][]string{
		"what=vouchers&period=2026-10":                                                {"1 张凭证", "这个范围里没有可打印的凭证"},
		"what=statements&from=2026-01&to=2026-10&statement=budget-income-expense":     {"预算收入支出表", "所选报表不适用于账套石桥村股份经济合作社"},
		"what=ledgers&through=2026-10&ledger=general-ledger":                          {"个科目的账页", "没有可装订的账页"},
		"what=statements&from=2026-01&to=2026-10&statement=trial-balance&period=none": {"科目余额表"},
	} {
		got := s.get(p, "/print?preview=1&book="+own.Book+"&book="+village+"&"+ask)
		if got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, "/print/preview?") {
			t.Fatalf("%s: %d %s", ask, got.status, got.to)
		}
		preview := s.get(p, got.to).body
		sheets := s.onPaper(p, strings.Replace(got.to, "/preview", "/sheets", 1))
		for _, want := range says {
			if !strings.Contains(preview, want) || !strings.Contains(sheets, strings.ReplaceAll(want, " ", "")) {
				t.Errorf("%s: neither preview nor list may leave out %q:\n%s\n%s", ask, want, preview, sheets)
			}
		}
		if !strings.Contains(sheets, "打印清单") {
			t.Errorf("%s: no list", ask)
		}
	}
	for path, status := range map[string]int{
		"/print/preview?what=vouchers&books=" + foreign.Book:                 http.StatusNotFound,
		"/print/sheets?what=vouchers&books=" + own.Book + "," + foreign.Book: http.StatusNotFound,
		"/print/sheets?what=vouchers&period=2026-10&books=" + village:        http.StatusNotFound,
		"/print/sheets?what=statements&books=" + own.Book:                    http.StatusUnprocessableEntity,
		"/print/preview?what=ledgers&ledger=trial-balance&books=" + own.Book: http.StatusOK, // named in the row of the book
		"/print/preview?what=everything&books=" + own.Book:                   http.StatusNotFound,
	} {
		if got := s.get(p, path); got.status != status {
			t.Errorf("%s: %d %s, want %d", path, got.status, sayOf(got.body), status)
		}
	}
}

// TestPrint_TurnPassesOn: a document that breaks while it is drawn does not keep everybody else from printing.
func TestPrint_TurnPassesOn(t *testing.T) {
	c := &call{server: &server{drawing: make(chan struct{}, 1)}, r: httptest.NewRequest(http.MethodGet, "/", nil)}
	func() {
		defer func() { recover() }()
		c.drawing(func() error { panic("broken") })
	}()
	drawn := false
	if err := c.drawing(func() error { drawn = true; return nil }); err != nil || !drawn {
		t.Errorf("after a broken document: %v %v", drawn, err)
	}
}
