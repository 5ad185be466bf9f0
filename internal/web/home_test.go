package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/web/webtest"
)

// TestHome_SaysWhatToDo: each role finds on its first page what it is there for, by deadline.
func TestHome_SaysWhatToDo(t *testing.T) {
	s := newSite(t)
	s.townships()
	for login, want := range map[string][]string{
		"kuaiji":   {"逾期", "2 月未结账 1 套", "去结账", "我的账套", "录 审 记 结 对", "对账:未启用", "草稿"},
		"shenhe":   {"我的账套", "柳溪镇政府机关"},
		"suozhang": {"2 月未结账 1 套", "单位账 1 套", "村账 1 套", "各人在办", "韩会计", "柳溪摘要"},
		"chuna":    {"日记账", "/books/1/statements/cash-book", "/books/1/statements/bank-book"},
		"baozhang": {"近期凭证", "柳溪摘要"},
		"cunbao":   {"石桥村股份经济合作社"},
		"guoku":    {"督办", "各乡镇记账进度", "柳溪镇", "云溪乡", "逾期"},
		"shenji":   {"各乡镇记账进度", "云溪乡"},
		"sys":      {"系统管理", "未登记身份证号"},
		"sec":      {"没有角色的登录名", "即将到期的授权"},
		"aud":      {"近 7 天登录"},
		"piaoju":   {"您的岗位办理的业务还未启用"},
	} {
		got := s.get(s.signIn(login), "/")
		for _, w := range want {
			if !strings.Contains(got.body, w) {
				t.Errorf("the first page of %s does not say %q", login, w)
			}
		}
	}
}

// TestHome_ReturnedWithItsReason: what came back stands first for its maker, with the sentence of who sent it back.
func TestHome_ReturnedWithItsReason(t *testing.T) {
	s := newSite(t)
	maker, checker := s.world.Actor(t, "kuaiji"), s.world.Actor(t, "shenhe")
	id := document.NewID()
	s.world.Write(t, func(tx *store.Tx) error {
		d, err := ledger.SaveDraft(tx, maker, ledger.DraftVoucher{Document: id, Book: s.world.Books["LX-SQ"].ID, Date: "2026-10-21", Word: "记", Lines: []ledger.DraftLine{
			{Summary: "收水面承包费", Account: "102", Debit: "3000"}, {Summary: "收水面承包费", Account: "50104", Credit: "3000"},
		}}, 0)
		if err == nil {
			d, err = ledger.Submit(tx, maker, id, d.Version)
		}
		if err == nil {
			_, err = ledger.Return(tx, checker, id, d.Version, "合同附件缺第 2 页")
		}
		return err
	})
	home := s.get(s.signIn("kuaiji"), "/").body
	if strings.Count(home, "合同附件缺第 2 页") != 2 || !strings.Contains(home, "/vouchers/"+id+"/edit") || !strings.Contains(home, "柳审核") {
		t.Errorf("the returned voucher is not shown with its reason, its form and who returned it")
	}
}

// TestTowns_Sort: a column's link sorts on the server, and says so.
func TestTowns_Sort(t *testing.T) {
	s := newSite(t)
	s.townships()
	p := s.signIn("guoku")
	table := func(path string) string {
		_, rest, _ := strings.Cut(s.get(p, path).body, `id="towns"`)
		return rest
	}
	down, up := table("/?sort=name&order=desc"), table("/?sort=name&order=asc")
	if strings.Index(down, "云溪乡") > strings.Index(down, "柳溪镇") || strings.Index(up, "云溪乡") < strings.Index(up, "柳溪镇") {
		t.Error("sorting by name does not turn the order around")
	}
	if !strings.Contains(up, `aria-sort="ascending"`) || !strings.Contains(up, "sort=name") || strings.Contains(table("/?sort=%3Cb%3E"), "<b>") {
		t.Error("the head does not say how it is sorted")
	}
}

// TestSearch_Finds: number, amount, words, initials; and one result opens at once.
func TestSearch_Finds(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("suozhang")
	for query, want := range map[string]string{
		"记-0001": "/vouchers/" + own.Posted, "7000": "/vouchers/" + own.Posted, "7,000.00": "/vouchers/" + own.Posted, "溪摘": "/vouchers/" + own.Posted,
		"lxzy": "/vouchers/" + own.Posted, "xzy": "/vouchers/" + own.Posted, "sqc": "石桥村", "LX01": "/books/1", "hkj": "/people/1", "韩会": "/people/1", "石桥": "/units/4",
	} {
		got := s.get(p, "/search?q="+url.QueryEscape(query))
		if !strings.Contains(got.body, want) && got.to != want {
			t.Errorf("%s: %d %s, no %s", query, got.status, got.to, want)
		}
	}
	if got := s.get(p, "/search?q="+url.QueryEscape("没有这样的词")); !strings.Contains(got.body, "没有找到") {
		t.Error("nothing found is not said")
	}
	r := httptest.NewRequest(http.MethodGet, "/search?q=yhck", nil)
	r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
	r.AddCookie(&http.Cookie{Name: "xiangzhang-place-" + itoa(s.world.Actor(t, "suozhang").Login), Value: "2026-10.1"})
	if got := s.do(r); !strings.Contains(got.body+got.to, "account=1002") {
		t.Error("an account of the book at work is not found by its initials")
	}
}

// TestSearch_EveryTerm: what stands apart is to be met together: words and an amount, a person and words.
func TestSearch_EveryTerm(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("suozhang")
	for query, hit := range map[string]bool{
		"柳溪 摘要": true, "摘要 7000": true, "7,000.00 柳溪": true, "韩会计 摘要": true, "韩会 7000": true, "柳审 摘要": true, "xzy 7000": true, "柳溪 zy": true, "记-0001 摘要": true, "记 1": true,
		"摘要 7001": false, "柳溪 差旅": false, "云会计 摘要": false, "xzy 7001": false, "柳溪 qq": false, "记-0002 摘要": false, "韩会计 差旅": false,
	} {
		got := s.get(p, "/search?q="+url.QueryEscape(query))
		if found := strings.Contains(got.body+got.to, "/vouchers/"+own.Posted); found != hit {
			t.Errorf("%s: found is %v", query, found)
		}
	}
}

// TestSearch_NamedBesideWords: a word that names a book, its unit or an account is met by what lies in it, on both engines;
// a day is one too.
func TestSearch_NamedBesideWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := siteOf(t, webtest.On(t, db))
		own, foreign := s.townships()
		post := func(book string, date calendar.Date, account, summary, against string) string {
			id := document.NewID()
			s.world.Post(t, "kuaiji", "shenhe", id, book, date,
				ledger.Line{Account: account, Summary: summary, Debit: 4200}, ledger.Line{Account: against, Summary: summary, Credit: 4200})
			return id
		}
		office := post("LX01", "2026-10-21", "100202", "10月电费", "400101")
		village := post("LX-SQ", "2026-10-20", "102", "10月电费", "101")
		p, county := s.signIn("suozhang"), s.signIn("guoku")
		for query, want := range map[string][2]bool{ // of the office, of the village
			"电费 政府机关": {true, false}, "政府机关 10月电费": {true, false}, "电费 LX01": {true, false}, "电费 lx01": {true, false},
			"电费 石桥村": {false, true}, "sqc 电费": {false, true}, "电费 LX-SQ": {false, true}, "df 石桥村": {false, true}, "990001100201 电费": {false, true}, "电费 柳溪镇": {true, true},
			"电费 1002": {true, false}, "电费 银行存款": {true, true}, "电费 yhck": {true, true}, "df yhck": {true, true}, "电费 102": {false, true}, "1002 政府机关": {true, false}, "银行存款 42": {true, true},
			"电费 2026-10-21": {true, false}, "10月21日 电费": {true, false}, "2026-10-20 电费": {false, true}, "10-19 电费": {false, false},
			"水费 政府机关": {false, false}, "电费 云溪乡": {false, false}, "电费 库存商品": {false, false},
		} {
			for who, reader := range map[string]person{"head": p, "county": county} {
				got := s.get(reader, "/search?q="+url.QueryEscape(query))
				all := got.body + got.to
				if found := [2]bool{strings.Contains(all, "/vouchers/"+office), strings.Contains(all, "/vouchers/"+village)}; found != want {
					t.Errorf("%s, %s: %v, want %v", query, who, found, want)
				}
			}
		}
		for _, query := range []string{"摘要 云溪", "7000 YX01", "云溪 1002", "dpc yhck"} {
			if got := s.get(p, "/search?q="+url.QueryEscape(query)); strings.Contains(got.body+got.to, foreign.Posted) || strings.Contains(got.body, "YX01</") || strings.Contains(got.body, "云溪乡政府") {
				t.Errorf("%s finds another township's", query)
			}
		}
		if got := s.get(p, "/search?q="+url.QueryEscape("1002 政府机关")); !strings.Contains(got.body+got.to, "/books/"+own.Book+"/statements/detail-ledger?account=1002") {
			t.Error("an account beside a book does not lead to its ledger there")
		}
		for _, query := range []string{"2026-10-21", "10-21", "10月21日"} {
			if got := s.get(p, "/search?q="+url.QueryEscape(query)); !strings.Contains(got.body+got.to, "/vouchers/"+office) || strings.Contains(got.body+got.to, "/vouchers/"+village) {
				t.Errorf("%s does not find the day's vouchers alone", query)
			}
		}
	})
}

// TestSearch_DraftsOfADay: of a day more vouchers under way are listed than beside posted ones elsewhere.
func TestSearch_DraftsOfADay(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	for range draftsFound + 3 {
		form := supplies(document.NewID())
		form.Set("do", doSave)
		form.Set("date", "2026-10-20")
		if got := s.post(p, "/books/1/vouchers", form); got.status != http.StatusSeeOther {
			t.Fatalf("saving: %d", got.status)
		}
	}
	if n := strings.Count(s.get(p, "/search?q=10-20").body, `href="/vouchers/`); n != draftsFound+3 {
		t.Errorf("%d of %d are found", n, draftsFound+3)
	}
}

// TestSearch_NamedFirst: what has exactly the name or the initials that were typed stands before vouchers that mention it.
func TestSearch_NamedFirst(t *testing.T) {
	s := newSite(t)
	s.townships()
	for _, summary := range []string{"付石桥村补助", "转银行存款", "石桥村股份经济合作社往来"} {
		s.world.Post(t, "kuaiji", "shenhe", document.NewID(), "LX01", "2026-10-21",
			ledger.Line{Account: "100202", Summary: summary, Debit: 100}, ledger.Line{Account: "400101", Summary: summary, Credit: 100})
	}
	p := s.signIn("suozhang")
	for query, first := range map[string]string{
		"银行存款": "科目", "yhck": "科目", "石桥村": "账套", "sqc": "账套", "石桥村股份经济合作社": "账套", "石桥": "凭证",
	} {
		_, groups, _ := strings.Cut(s.get(p, "/search?q="+url.QueryEscape(query)).body, "<caption>")
		title, rest, _ := strings.Cut(groups, "<")
		if title != first || !strings.Contains(rest, "<caption>凭证") && title != "凭证" {
			t.Errorf("%s: %q stands first", query, title)
		}
	}
}

// TestSearch_AccountsOfAllBooks: an account is found in every book that one may read, the one at work first, by code, name
// and initials.
func TestSearch_AccountsOfAllBooks(t *testing.T) {
	s := newSite(t)
	s.townships()
	p := s.signIn("suozhang")
	village := s.world.Books["LX-SQ"].ID
	for _, query := range []string{"1002", "银行存款", "yhck"} {
		body := s.get(p, "/search?q="+url.QueryEscape(query)).body
		for _, want := range []string{"/books/1/statements/detail-ledger?account=1002"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %s", query, want)
			}
		}
		if strings.Contains(body, "/books/"+itoa(s.world.Books["YX01"].ID)+"/") {
			t.Errorf("%s: another township's book", query)
		}
	}
	body := s.get(p, "/search?q="+url.QueryEscape("yhck")).body
	if want := "/books/" + itoa(village) + "/statements/detail-ledger?account=102"; !strings.Contains(body, want) {
		t.Errorf("no account of the village's chart: %s", want)
	}
	w := s.world
	w.Village(t, "南湾村", "990001100202", "柳溪镇", "LX-NW")
	body = s.get(p, "/search?q=102").body
	if !strings.Contains(body, "共 2 套账") || !strings.Contains(body, "/books/"+itoa(w.Books["LX-NW"].ID)+"/statements/detail-ledger?account=102") || !strings.Contains(body, "/statements/account?books=") {
		t.Error("an account of two books does not lead to both")
	}
}

// TestSearch_PersonsVouchers: a person leads to what he made, checked or posted, counted, in the books that one may read.
func TestSearch_PersonsVouchers(t *testing.T) {
	s := newSite(t)
	own, foreign := s.townships()
	p := s.signIn("suozhang")
	found := s.get(p, "/search?q="+url.QueryEscape("韩会计"))
	if !strings.Contains(found.body, "制单 1 张、审核 0 张、记账 1 张") || !strings.Contains(found.body, "/search/person/"+own.Person) {
		t.Errorf("the person's vouchers are not counted: %d %s", found.status, found.to)
	}
	page := s.get(p, "/search/person/"+own.Person).body
	for _, want := range []string{own.Posted, "<td>制单、记账</td>", own.Draft, "还没有记账"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q on the page of a person's vouchers", want)
		}
	}
	deputy := s.signIn(s.world.Grant(t, identity.Deputy, "柳溪镇"))
	if page := s.get(deputy, "/search/person/"+own.Person).body; !strings.Contains(page, own.Posted) || strings.Contains(page, own.Draft) || strings.Contains(page, "还没有记账") {
		t.Error("a deputy sees more or less than what is posted")
	}
	if got := s.get(p, "/search/person/"+foreign.Person); got.status != http.StatusNotFound {
		t.Errorf("another township's person: %d", got.status)
	}
	if page := s.get(p, "/search/person/"+own.Person+"?period=2026-09").body; !strings.Contains(page, "没有韩会计制单") {
		t.Error("a month without vouchers does not say so")
	}
	maker, checker := "kuaiji", "shenhe"
	for range voucherLines + 1 {
		s.world.Post(t, maker, checker, document.NewID(), "LX01", "2026-10-20",
			ledger.Line{Account: "100202", Summary: "多张", Debit: 100}, ledger.Line{Account: "400101", Summary: "多张", Credit: 100})
	}
	if page := s.get(p, "/search/person/"+own.Person+"?page=2").body; !strings.Contains(page, "第 2 页") || strings.Count(page, "<td>多张</td>") != 2 {
		t.Errorf("the second page shows %d", strings.Count(page, "<td>多张</td>"))
	}
}

// TestSearch_People: an accountant finds who works in his township, with unit and post and nothing else of the person.
func TestSearch_People(t *testing.T) {
	s := newSite(t)
	s.townships()
	p := s.signIn("kuaiji")
	for _, query := range []string{"柳审", "lsh"} {
		got := s.get(p, "/search?q="+url.QueryEscape(query))
		if got.status == http.StatusSeeOther {
			if got.to != "/units/3" {
				t.Errorf("%s: on to %s", query, got.to)
			}
			continue
		}
		if !strings.Contains(got.body, "柳溪镇财政所 · 审核") || strings.Contains(got.body, "/people/") || strings.Contains(got.body, "9900") {
			t.Errorf("%s: %s", query, got.body)
		}
	}
	if got := s.get(p, "/search?q="+url.QueryEscape("云审")); !strings.Contains(got.body, "没有找到") {
		t.Error("a person of another township is found")
	}
}

// TestSearch_NothingOfOthers: whoever asks, and whatever he asks for, another township's vouchers, books, people and
// accounts are not there.
func TestSearch_NothingOfOthers(t *testing.T) {
	s := newSite(t)
	_, foreign := s.townships()
	for _, role := range identity.Roles() {
		p := s.signIn(s.world.Grant(t, role, "柳溪镇"))
		for _, query := range []string{"云溪", "1", "记-0001", "7000", "YX", "yx", "摘要", "会计", "东坪", "dpc", "yhj", "yxzy", "ysh"} {
			r := httptest.NewRequest(http.MethodGet, "/search?q="+url.QueryEscape(query), nil)
			r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
			r.AddCookie(&http.Cookie{Name: "xiangzhang-place-" + itoa(s.loginOf(p)), Value: "2026-10." + foreign.Book})
			got := s.do(r)
			body := strings.ReplaceAll(got.body+got.to, "「"+query+"」", "")
			for _, leak := range []string{"云溪", "东坪", "云会计", "云审核", "YX01", "YX-DP", foreign.Posted, foreign.Draft} {
				if strings.Contains(body, leak) {
					t.Errorf("%s finds %q for %q", role, leak, query)
				}
			}
		}
	}
}

// loginOf gives the login of somebody signed in.
func (s *site) loginOf(p person) (login int64) {
	s.t.Helper()
	err := s.world.DB.Read(s.t.Context(), func(tx *store.Tx) error {
		a, _, err := identity.Resume(tx, p.token)
		login = a.Login
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return login
}

// TestPlace_OfTheDraft: the top line of a draft's form names the draft's book, whatever was open before.
func TestPlace_OfTheDraft(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	id := document.NewID()
	form := supplies(id)
	form.Set("do", doSave)
	if got := s.post(p, "/books/1/vouchers", form); got.status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", got.status, sayOf(got.body))
	}
	r := httptest.NewRequest(http.MethodGet, "/vouchers/"+id+"/edit", nil)
	r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
	r.AddCookie(&http.Cookie{Name: "xiangzhang-place-" + itoa(s.loginOf(p)), Value: "2026-10.2"}) // the village's book
	got := s.do(r)
	if !strings.Contains(got.body, `<summary class="pick" aria-keyshortcuts="F2"><b>柳溪镇政府机关</b>`) {
		t.Errorf("the top line names another book: %d", got.status)
	}
}

// TestPlace_Remembered: the browser keeps the book and the month; a changed month leads back to the same page.
func TestPlace_Remembered(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	cookie := func(r reply) string {
		_, rest, _ := strings.Cut(r.header.Get("Set-Cookie"), "=")
		value, _, _ := strings.Cut(rest, ";")
		return value
	}
	if got := cookie(s.get(p, "/books/1?period=2026-08")); got != "2026-08.1" {
		t.Errorf("the place is kept as %q", got)
	}
	if got := s.get(p, "/switch/month?to=2026-09&at="+url.QueryEscape("/books/1?period=2026-08&state=draft")); got.to != "/books/1?period=2026-09&state=draft" || cookie(got) != "2026-09." {
		t.Errorf("the month leads to %s with %q", got.to, cookie(got))
	}
	if got := s.get(p, "/switch/month?to=2026-09&at="+url.QueryEscape("https://evil.example/")); got.to != "/" {
		t.Errorf("the month leads to %s", got.to)
	}
	if got := s.get(p, "/switch?at=/books/1/close&q=sqc"); !strings.Contains(got.body, `href="/books/2/close"`) || strings.Contains(got.body, "云溪") {
		t.Error("the list does not lead to the same page of the other book")
	}
	if got := s.get(p, "/switch?part=1&q=lx"); strings.Contains(got.body, "<html") || !strings.Contains(got.body, "柳溪镇政府机关") {
		t.Error("the piece for the script is not a piece")
	}
}

// TestPlace_RemembersColumns: the levels and the comparison chosen on the form of a statement are there again when it is
// opened anew, of any book; a link that asks for levels of its own changes nothing, and nonsense is not kept.
func TestPlace_RemembersColumns(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	at := "/books/" + own.Book + "/statements/trial-balance"
	kept := "2026-10." + own.Book
	ask := func(path string) string {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
		r.AddCookie(&http.Cookie{Name: "xiangzhang-place-" + itoa(s.world.Actor(t, "kuaiji").Login), Value: kept})
		got := s.do(r)
		for _, line := range got.header.Values("Set-Cookie") {
			if _, rest, found := strings.Cut(line, "place-"); found {
				_, rest, _ = strings.Cut(rest, "=")
				kept, _, _ = strings.Cut(rest, ";")
			}
		}
		return got.body
	}
	ask(at + "?from=2026-01&to=2026-10&levels=1&compare=last-year")
	if want := "2026-10." + own.Book + ".trial-balance:1:last-year:"; kept != want {
		t.Fatalf("kept %q, want %q", kept, want)
	}
	again := func(what string) {
		t.Helper()
		for _, path := range []string{at, at + "?to=2026-09", "/books/" + itoa(s.world.Books["LX-SQ"].ID) + "/statements/trial-balance"} {
			if page := ask(path); !strings.Contains(page, `<option value="1" selected>`) || !strings.Contains(page, `<option value="last-year" selected>`) {
				t.Errorf("%s: %s forgets the columns", what, path)
			}
		}
	}
	again("chosen")
	if page := ask(at + "?account=1001,1002&levels=0"); strings.Contains(page, `<option value="1" selected>`) {
		t.Error("a link with levels of its own shows others")
	}
	ask(at + "?levels=x&compare=last-year")
	ask(at + "?levels=1&compare=never")
	again("after others")
	ask(at + "?levels=-1&compare=")
	if page := ask(at); !strings.Contains(page, `<option value="-1" selected>`) || strings.Contains(page, `<option value="last-year" selected>`) {
		t.Error("another choice is not remembered")
	}
	year := `name="year" value="1" checked`
	if ask(at + "?levels=-1&compare=&year=1"); !strings.Contains(ask(at+"?to=2026-09"), year) {
		t.Error("the tick for the year so far is not remembered")
	}
	if page := ask(at + "?levels=-1"); strings.Contains(page, year) {
		t.Error("a link with levels of its own shows the year so far")
	}
	if ask(at + "?levels=-1&compare="); strings.Contains(ask(at), year) {
		t.Error("the tick that was taken away is there again")
	}
}

// TestHome_OpenWorkOfWhoLeft: what somebody left open who may make no vouchers there any more falls to his colleagues.
func TestHome_OpenWorkOfWhoLeft(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	link := `href="/vouchers/` + own.Draft + `/edit"`
	if got := s.get(s.signIn("jiangang"), "/"); strings.Contains(got.body, link) {
		t.Fatal("a colleague's draft is on the list of somebody else")
	}
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := tx.Exec(`update role_grant set valid_to = '2026-10-22' where county_id = $1 and login_id = (
			select login_id from login where county_id = $1 and name = 'kuaiji')`, webtest.County)
		return err
	})
	if got := s.get(s.signIn("jiangang"), "/"); !strings.Contains(got.body, link) {
		t.Error("the draft of who left is on nobody's list")
	}
	if got := s.get(s.signIn("yunxi"), "/"); strings.Contains(got.body, own.Draft) {
		t.Error("another township is told of it")
	}
}

// TestHome_OwnBeforeTheCrowd: two hundred drafts of a colleague do not hide one's own, the newest of all.
func TestHome_OwnBeforeTheCrowd(t *testing.T) {
	s := newSite(t)
	for i, login := range append(slices.Repeat([]string{"jiangang"}, waitingMost+1), "kuaiji") {
		by := s.world.Actor(t, login)
		s.world.Write(t, func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, by, ledger.DraftVoucher{Document: document.NewID(), Book: s.world.Books["LX01"].ID, Date: "2026-10-20",
				Lines: []ledger.DraftLine{{Account: "1002", Summary: login + "的草稿" + itoa(int64(i)), Debit: "1"}}}, 0)
			return err
		})
	}
	if page := s.get(s.signIn("kuaiji"), "/").body; !strings.Contains(page, "kuaiji的草稿") || strings.Contains(page, "jiangang的草稿") {
		t.Error("the first page does not show one's own draft among many")
	}
}

// TestOffice_Pages: a unit with more books than one page lists shows them page by page, each once, those that need a hand
// on the first.
func TestOffice_Pages(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	for i := range officeRows {
		s.world.Village(t, fmt.Sprintf("新建%d村", i), fmt.Sprint(990001100300+i), "柳溪镇", fmt.Sprintf("LX-N%d", i))
	}
	p := s.signIn("guoku")
	at := fmt.Sprintf("/units/%d/books", s.world.Units["青岚县"].ID)
	seen := map[string]int{}
	for page, wants := range map[string]bool{"1": true, "2": false} {
		body := s.get(p, at+"?page="+page).body
		books := regexp.MustCompile(`<th scope="row"><a href="(/books/\d+)"`).FindAllStringSubmatch(body, -1)
		for _, b := range books {
			seen[b[1]]++
		}
		if late := strings.Contains(body, " 天</a>"); late != wants || len(books) > 2*officeRows || !strings.Contains(body, `page=`+page+`" class="on"`) {
			t.Errorf("page %s: %d books, some late: %v", page, len(books), late)
		}
	}
	if len(seen) != len(s.world.Books) || seen["/books/"+own.Book] != 1 {
		t.Errorf("%d of %d books are listed", len(seen), len(s.world.Books))
	}
	if body := s.get(p, fmt.Sprintf("/units/%d/books", s.world.Units["云溪乡"].ID)).body; strings.Contains(body, `class="pages"`) {
		t.Error("a township's books fill one page, and yet there are several")
	}
}

// TestHome_NothingToCloseWhereNothingBegan: a book in which nothing was ever started has no month to close in a county
// that runs; with its first voucher it has.
func TestHome_NothingToCloseWhereNothingBegan(t *testing.T) {
	s := newSite(t)
	s.townships()
	s.world.Village(t, "南湾村", "990001100202", "柳溪镇", "LX-NW")
	closing := func() string {
		_, list, _ := strings.Cut(s.get(s.signIn("suozhang"), "/").body, `<table class="todo">`)
		list, _, _ = strings.Cut(list, "</table>")
		return strings.Join(regexp.MustCompile(`\d+ 月未结账 \d+ 套|南湾村`).FindAllString(list, -1), " ")
	}
	if got := closing(); strings.Contains(got, "南湾村") || !strings.Contains(got, "未结账") {
		t.Errorf("to close: %s", got)
	}
	s.world.Post(t, "kuaiji", "shenhe", document.NewID(), "LX-NW", "2026-01-12",
		ledger.Line{Account: "102", Summary: "收承包费", Debit: 100}, ledger.Line{Account: "50104", Summary: "收承包费", Credit: 100})
	if got := closing(); !strings.Contains(got, "1 月未结账 1 套 南湾村") {
		t.Errorf("to close after the first voucher: %s", got)
	}
}

// TestTodo_BadgeIsTheList: the number beside 待办 is that of the lines on the list, on the list and on the pages after it.
func TestTodo_BadgeIsTheList(t *testing.T) {
	s := newSite(t)
	s.townships() // with drafts, and months to close
	s.handIn("kuaiji", "100")
	s.handIn("kuaiji", "200")
	badge := regexp.MustCompile(`<a href="/"[^>]*>待办(?:<span class="badge">(\d+)</span>)?</a>`)
	number := func(p person, path string) string {
		found := badge.FindStringSubmatch(s.get(p, path).body)
		if found == nil {
			t.Fatalf("%s has no 待办", path)
		}
		return cmp.Or(found[1], "0")
	}
	lines := func(p person) string {
		_, list, _ := strings.Cut(s.get(p, "/").body, `<table class="todo">`)
		list, _, _ = strings.Cut(list, "</table>")
		return strconv.Itoa(strings.Count(list, `<tr><td><span class="tag`))
	}
	for _, login := range []string{"kuaiji", "shenhe", "suozhang", "cunbao", "guoku", "sys"} {
		p := s.signIn(login)
		if want := lines(p); number(p, "/") != want || number(p, "/units") != want {
			t.Errorf("%s: %s lines, the list says %s, another page %s", login, want, number(p, "/"), number(p, "/units"))
		}
	}
	checker := s.signIn("shenhe")
	before := lines(checker)
	s.handIn("kuaiji", "300") // a third voucher in the same line
	if got := number(checker, "/units"); got != before || got == "0" {
		t.Errorf("one more voucher in a line: %s, was %s", got, before)
	}
	// A month that the accountant closes himself is off the list at once.
	p := s.signIn("kuaiji")
	number(p, "/")
	if got := s.post(p, "/books/2/close", url.Values{"document": {document.NewID()}, "period": {"2026-01"}}); got.status != http.StatusSeeOther {
		t.Fatalf("close: %d %s", got.status, sayOf(got.body))
	}
	if got, want := number(p, "/units"), lines(p); got != want {
		t.Errorf("after closing a month another page says %s, the list has %s lines", got, want)
	}
}
