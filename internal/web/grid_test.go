package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// asked asks as the grid's script does and reads the json.
func asked[T any](s *site, p person, method, path string, form url.Values) (T, reply) {
	s.t.Helper()
	var body *strings.Reader = strings.NewReader("")
	if method == http.MethodPost {
		form.Set("csrf", p.csrf)
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Accept", "application/json")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if p.token != "" {
		r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
	}
	got := s.do(r)
	var v T
	if err := json.Unmarshal([]byte(got.body), &v); err != nil {
		s.t.Fatalf("%s %s: %d is no json: %.200s", method, path, got.status, got.body)
	}
	return v, got
}

func codesOf(l lookupAnswer) (codes []string) {
	for _, f := range l.Found {
		codes = append(codes, f.Code)
	}
	return codes
}

// TestLookup: accounts by code, name and initials with path, half, dimensions and balance, in both charts.
func TestLookup(t *testing.T) {
	s := newSite(t)
	s.townships()
	p := s.signIn("kuaiji")
	for _, c := range []struct{ path, want string }{
		{"/books/1/lookup?q=yhck", "100202"}, {"/books/1/lookup?q=" + url.QueryEscape("商品和服务"), "500102"}, {"/books/1/lookup?q=5001", "500102"},
		{"/books/1/lookup?q=rcgyjf&half=b", "60010102"}, {"/books/2/lookup?q=fbsr", "50104"}, {"/books/2/lookup?q=" + url.QueryEscape("银行"), "102"},
	} {
		got, r := asked[lookupAnswer](s, p, http.MethodGet, c.path, nil)
		if r.status != http.StatusOK || !slices.Contains(codesOf(got), c.want) {
			t.Errorf("%s: %d %v, want %s", c.path, r.status, codesOf(got), c.want)
		}
	}
	bank, _ := asked[lookupAnswer](s, p, http.MethodGet, "/books/1/lookup?q=100202", nil)
	if len(bank.Found) == 0 || bank.Found[0].Balance != "借 7,000.00" || bank.Found[0].Full != "银行存款/基本存款账户" && !strings.HasPrefix(bank.Found[0].Full, "银行存款/") || bank.Found[0].Half != "f" {
		t.Errorf("the bank account is %+v", bank.Found)
	}
	before, _ := asked[lookupAnswer](s, p, http.MethodGet, "/books/1/lookup?q=100202&period=2026-09", nil)
	if before.Found[0].Balance != "" {
		t.Errorf("before anything moved the balance is %q", before.Found[0].Balance)
	}
	for _, period := range []string{"1999-01", "2999-12"} { // no month of the book: the balances are those of the month that is named
		got, _ := asked[lookupAnswer](s, p, http.MethodGet, "/books/1/lookup?q=100202&period="+period, nil)
		if got.Period != "2026-10" || got.Found[0].Balance != bank.Found[0].Balance {
			t.Errorf("asked for %s: %s %s", period, got.Period, got.Found[0].Balance)
		}
	}
	half, _ := asked[lookupAnswer](s, p, http.MethodGet, "/books/1/lookup?q=6&half=f", nil)
	if i := slices.IndexFunc(half.Found, func(l looked) bool { return l.Half == "b" }); i >= 0 {
		t.Errorf("the financial half is offered %s", half.Found[i].Code)
	}
	all, _ := asked[lookupAnswer](s, p, http.MethodGet, "/books/1/lookup", nil)
	if len(all.Found) != lookupMost || all.Left == 0 || all.Found[0].Balance == "" {
		t.Errorf("a blank cell is offered %d, %d left, first %+v", len(all.Found), all.Left, all.Found[0])
	}
}

// TestLookup_Dimensions: values of the classification that the account takes; words that the book has used.
func TestLookup_Dimensions(t *testing.T) {
	s := newSite(t)
	s.world.Post(t, "kuaiji", "shenhe", document.NewID(), "LX-SQ", "2026-10-08",
		ledger.Line{Account: "102", Summary: "收承包费", Debit: 3000}, ledger.Line{Account: "50104", Summary: "收承包费", Credit: 3000, Dims: ledger.Dims{Project: "东塘"}})
	p := s.signIn("kuaiji")
	for _, c := range []struct{ path, want string }{
		{"/books/1/lookup?of=function&account=500102&q=xzyx", "2010301"}, {"/books/1/lookup?of=economic&account=500102&q=302", "30201"},
		{"/books/2/lookup?of=project&account=50104&q=" + url.QueryEscape("东"), "东塘"},
	} {
		if got, _ := asked[lookupAnswer](s, p, http.MethodGet, c.path, nil); !slices.Contains(codesOf(got), c.want) {
			t.Errorf("%s gives %v, want %s", c.path, codesOf(got), c.want)
		}
	}
	if got, _ := asked[lookupAnswer](s, p, http.MethodGet, "/books/1/lookup?of=party&account=500102", nil); len(got.Found) != 0 {
		t.Errorf("an account without parties is offered %v", codesOf(got))
	}
}

// TestLookup_Rights: another township's book is not there, an administrator has no business, nobody is told to sign in.
func TestLookup_Rights(t *testing.T) {
	s := newSite(t)
	for login, want := range map[string]int{"kuaiji": 200, "shenhe": 200, "yunxi": 404, "cunzhang": 404, "sys": 403, "aud": 403} {
		if _, got := asked[refusal](s, s.signIn(login), http.MethodGet, "/books/1/lookup?q=yhck", nil); got.status != want {
			t.Errorf("%s: %d, want %d", login, got.status, want)
		}
	}
	said, got := asked[refusal](s, person{}, http.MethodGet, "/books/1/lookup?q=yhck", nil)
	if got.status != http.StatusUnauthorized || !strings.Contains(said.Message, "登录已过期") {
		t.Errorf("nobody: %d %s", got.status, said.Message)
	}
	for _, path := range []string{"/books/1/proposal", "/books/1/block", "/books/1/vouchers"} {
		if _, got := asked[refusal](s, s.signIn("shenhe"), http.MethodPost, path, url.Values{}); got.status != http.StatusForbidden {
			t.Errorf("%s: the reviewer, who makes no vouchers, gets %d", path, got.status)
		}
		if _, got := asked[refusal](s, s.signIn("yunxi"), http.MethodPost, path, url.Values{}); got.status != http.StatusNotFound {
			t.Errorf("%s: another township gets %d", path, got.status)
		}
	}
}

// TestProposal: the budgetary half of the lines as they stand; nothing while they cannot be read; altered where the
// person's says something else.
func TestProposal(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	got, _ := asked[proposalAnswer](s, p, http.MethodPost, "/books/1/proposal", supplies(document.NewID()))
	if !got.Ready || !got.Needed || got.Altered || len(got.Lines) != 2 || got.Lines[0].Account != "71010101 行政支出/财政拨款支出/基本支出" || got.Lines[0].Debit != "4860.00" {
		t.Errorf("supplies: %+v", got)
	}
	form := supplies(document.NewID())
	form["b.economic"][0] = "30202"
	if got, _ := asked[proposalAnswer](s, p, http.MethodPost, "/books/1/proposal", form); !got.Altered {
		t.Error("another economic class is not altered")
	}
	form["f.debit"][0] = "四千"
	if got, _ := asked[proposalAnswer](s, p, http.MethodPost, "/books/1/proposal", form); got.Ready {
		t.Error("an unreadable amount is ready")
	}
	village := url.Values{"date": {"2026-10-23"}, "f.account": {"102", "50104"}, "f.debit": {"1", ""}, "f.credit": {"", "1"}}
	if got, _ := asked[proposalAnswer](s, p, http.MethodPost, "/books/2/proposal", village); got.Needed || len(got.Lines) != 0 {
		t.Errorf("a village book has one half: %+v", got)
	}
}

const blockHeads = "账套\t日期\t凭证字\t凭证号\t附件数\t摘要\t科目编码\t功能分类\t部门经济分类\t项目\t资金性质\t往来对象\t借方金额\t贷方金额\n"

// TestBlock: with heads, in the file's order, from the caret on; every wrong cell is marked and nothing is lost.
func TestBlock(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	rows := "LX01\t2026-10-20\t记\t\t2\t付办公用品款\t500102\t2010301\t30201\t\t\t\t1,234.50\t\n\t\t\t\t\t付办公用品款\trcgyjf\t2010301\t\t\t\t\t\t1234.5\n"
	for name, text := range map[string]string{"heads": blockHeads + rows, "order": rows} {
		got, _ := asked[blockAnswer](s, p, http.MethodPost, "/books/1/block", url.Values{"text": {text}, "field": {"summary"}, "half": {"f"}})
		if len(got.Lines) != 2 || len(got.Marks)+len(got.Left)+len(got.Notes) != 0 || got.Head != (blockHead{"2026-10-20", "记", "2"}) {
			t.Fatalf("%s: %+v", name, got)
		}
		if l := got.Lines[0]; l.Half != "f" || l.Account != "500102 业务活动费用/商品和服务费用" || l.Economic != "30201 办公费" || l.Debit != "1,234.50" {
			t.Errorf("%s: %+v", name, l)
		}
		if l := got.Lines[1]; l.Half != "b" || l.Account != "60010102 财政拨款预算收入/基本支出/日常公用经费" || l.Credit != "1234.5" {
			t.Errorf("%s: %+v", name, l)
		}
	}
	bad := "摘要\t科目编码\t借方\t贷方\t备注\n" + "付款\t9999\t1.234\t\t发票已收\n" + "\t1002\t\t5\t\n"
	got, _ := asked[blockAnswer](s, p, http.MethodPost, "/books/1/block", url.Values{"text": {bad}, "field": {"summary"}, "half": {"f"}})
	want := []string{"1 account 没有科目「9999」", "1 debit 多于两位小数", "2 account 设有明细科目,不能直接记账;请选择它的明细科目:100201 ", "2 summary 没有写摘要"}
	for _, w := range want {
		parts := strings.SplitN(w, " ", 3)
		if !slices.ContainsFunc(got.Marks, func(m mark) bool {
			return itoa(int64(m.Line)) == parts[0] && m.Field == parts[1] && strings.Contains(m.Message, parts[2])
		}) {
			t.Errorf("no mark %q in %+v", w, got.Marks)
		}
	}
	if len(got.Marks) != len(want) || got.Lines[0].Account != "9999" || got.Lines[0].Debit != "1.234" || !slices.Equal(got.Left, []string{"第 1 行「备注」:发票已收"}) {
		t.Errorf("marks %+v, lines %+v, left %v", got.Marks, got.Lines, got.Left)
	}
	caret, _ := asked[blockAnswer](s, p, http.MethodPost, "/books/1/block", url.Values{"text": {"10\n20,5\n"}, "field": {"debit"}, "half": {"b"}})
	if !slices.Equal(caret.Fields, []string{"debit"}) || len(caret.Lines) != 2 || caret.Lines[0].Half != "b" {
		t.Errorf("a column of amounts: %+v", caret)
	}
	four, _ := asked[blockAnswer](s, p, http.MethodPost, "/books/2/block", url.Values{"text": {"收款\t102\t5\t\n收款\t50104\t\t5"}, "field": {"summary"}, "half": {"f"}})
	if len(four.Marks) != 0 || len(four.Lines) != 2 || four.Lines[1].Credit != "5" {
		t.Errorf("summary, account and amounts: %+v", four)
	}
	seen := "付办公用品款\t500102\t2010301;办公费\t1,234.50\t\n付办公用品款\t100202\t\t\t1234.5\n"
	for name, text := range map[string]string{"the grid's columns": seen, "the grid's heads": "摘要\t科目\t辅助核算\t借方金额\t贷方金额\n" + seen} {
		five, _ := asked[blockAnswer](s, p, http.MethodPost, "/books/1/block", url.Values{"text": {text}, "field": {"summary"}, "half": {"f"}})
		if len(five.Lines) != 2 || len(five.Left) != 0 {
			t.Fatalf("%s: %+v", name, five)
		}
		if l := five.Lines[0]; l.Function != "2010301 行政运行" || l.Economic != "30201 办公费" || l.Debit != "1,234.50" || l.Credit != "" {
			t.Errorf("%s: %+v", name, l)
		}
		if l := five.Lines[1]; !strings.HasPrefix(l.Account, "1002") || l.Debit != "" || l.Credit != "1234.5" {
			t.Errorf("%s: %+v", name, l)
		}
	}
	three, r := asked[refusal](s, p, http.MethodPost, "/books/1/block", url.Values{"text": {"付款\t500102\t100\n付款\t100202\t-100\n"}, "field": {"summary"}, "half": {"f"}})
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(three.Message, "3 列,没有表头") {
		t.Errorf("three columns that may be anything: %d %s", r.status, three.Message)
	}
	long, r := asked[refusal](s, p, http.MethodPost, "/books/1/block", url.Values{"text": {strings.Repeat("付款\t500102\n", 501)}, "field": {"summary"}, "half": {"f"}})
	if r.status != http.StatusUnprocessableEntity || !strings.Contains(long.Message, "501 行,一张凭证最多 500 行") {
		t.Errorf("a block of 501 lines: %d %s", r.status, long.Message)
	}
	several, _ := asked[blockAnswer](s, p, http.MethodPost, "/books/1/block", url.Values{"text": {blockHeads + rows + strings.Replace(rows, "10-20", "10-21", 1)}, "field": {"summary"}, "half": {"f"}})
	if len(several.Lines) != 4 || len(several.Notes) != 1 {
		t.Errorf("two vouchers: %d lines, notes %v", len(several.Lines), several.Notes)
	}
}

// TestVoucher_AllMarksAtOnce: page and script are told of every wrong cell in one answer.
func TestVoucher_AllMarksAtOnce(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	form := supplies(document.NewID())
	form["f.debit"][0], form["f.summary"][1], form["b.function"][1] = "四千", "", ""
	got, r := asked[gridRefusal](s, p, http.MethodPost, "/books/1/vouchers", form)
	if r.status != http.StatusUnprocessableEntity || got.Version != 1 || !strings.Contains(got.Message, "共有 3 处须改") {
		t.Errorf("%d %+v", r.status, got)
	}
	for _, want := range []mark{{"f", 1, "debit", "不是数字"}, {"f", 2, "summary", "没有写摘要"}, {"b", 2, "function", "须按功能分类核算"}} {
		if !slices.ContainsFunc(got.Marks, func(m mark) bool {
			return m.Half == want.Half && m.Line == want.Line && m.Field == want.Field && strings.Contains(m.Message, want.Message)
		}) {
			t.Errorf("no mark %+v in %+v", want, got.Marks)
		}
	}
	page := s.post(p, "/books/1/vouchers", func() url.Values { form.Set("document", document.NewID()); return form }()).body
	for _, want := range []string{"财务会计第 1 行:金额「四千」不是数字", "财务会计第 2 行:没有写摘要", "预算会计第 2 行:科目 60010102"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page without script lacks %q", want)
		}
	}
}

// TestVoucher_ForScript: taken, taken again, and taken by another tab with other content.
func TestVoucher_ForScript(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	id := document.NewID()
	for range 2 {
		got, r := asked[sent](s, p, http.MethodPost, "/books/1/vouchers", supplies(id))
		if r.status != http.StatusOK || got.To != "/vouchers/"+id {
			t.Fatalf("%d %+v", r.status, got)
		}
	}
	other := supplies(id)
	other["f.debit"][0], other["f.credit"][1], other["b.debit"][0], other["b.credit"][1] = "5000", "5000", "5000", "5000"
	got, r := asked[gridRefusal](s, p, http.MethodPost, "/books/1/vouchers", other)
	if r.status != http.StatusConflict || got.Conflict == nil || got.Conflict.To != "/vouchers/"+id || got.Conflict.Label != "记-0001" || got.Conflict.State != "待审核" {
		t.Errorf("another tab: %d %+v %+v", r.status, got, got.Conflict)
	}
	proposed, _ := asked[gridRefusal](s, p, http.MethodPost, "/books/1/vouchers", withoutBudgetary(doSubmit))
	if len(proposed.Lines) != 2 || proposed.Lines[1].Account != "60010102 财政拨款预算收入/基本支出/日常公用经费" {
		t.Errorf("the half that was filled in: %+v", proposed.Lines)
	}
}

// TestCopy: the last voucher, last month's, another book's; accounts that the book does not have are named.
func TestCopy(t *testing.T) {
	s := newSite(t)
	own, foreign := s.townships()
	p := s.signIn("kuaiji")
	if body := s.get(p, "/books/1/vouchers/new?copy=last").body; !strings.Contains(body, "柳溪摘要") || !strings.Contains(body, "已复制 2026 年 10 月") {
		t.Error("the last voucher is not copied")
	}
	if got := s.get(p, "/books/2/vouchers/new?copy=last"); got.status != http.StatusNotFound || !strings.Contains(got.body, "没有可复制的凭证") {
		t.Errorf("a book without vouchers: %d %s", got.status, sayOf(got.body))
	}
	body := s.get(p, "/books/2/vouchers/new?copy="+own.Posted).body
	if !strings.Contains(sayOf(body), "本账套没有以下科目:100202") || !strings.Contains(sayOf(body), "400101") || !strings.Contains(body, absent+"100202") || !strings.Contains(body, `value="7000.00"`) {
		t.Errorf("from a government book into a village's: %s", sayOf(body))
	}
	if got := s.get(p, "/books/1/vouchers/new?copy="+foreign.Posted); got.status != http.StatusNotFound {
		t.Errorf("another township's voucher: %d", got.status)
	}
}

// TestPick lists vouchers to copy and those that can be taken back, by number, words, initials and amount.
func TestPick(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	for _, q := range []string{"", "0001", "柳溪", "lxzy", "7000", "7,000"} {
		if body := s.get(p, "/books/1/vouchers/pick?period=2026-10&q="+url.QueryEscape(q)).body; !strings.Contains(body, "?copy="+own.Posted) {
			t.Errorf("%q does not find the voucher", q)
		}
	}
	into := s.get(p, "/books/2/vouchers/pick?from=LX01").body
	if !strings.Contains(into, "/books/2/vouchers/new?copy="+own.Posted) {
		t.Error("another book's voucher is not offered")
	}
	reverse := s.get(p, "/books/1/vouchers/pick?for=reverse").body
	if !strings.Contains(reverse, "/vouchers/"+own.Posted+"#reverse") || strings.Contains(reverse, own.Draft) {
		t.Error("what can be taken back is the posted voucher alone")
	}
	if got := s.get(p, "/books/1/vouchers/pick?from=YX01"); got.status != http.StatusNotFound {
		t.Errorf("another township's book: %d", got.status)
	}
}

// TestForm_ListsOnlyWhenAsked: the page carries no lists; without script a button brings them, and they stay.
func TestForm_ListsOnlyWhenAsked(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	plain := s.get(p, "/books/1/vouchers/new").body
	form := supplies(document.NewID())
	form.Set("do", doLists)
	listed := s.post(p, "/books/1/vouchers", form).body
	if strings.Contains(plain, "<datalist") || !strings.Contains(listed, `<datalist id="accounts">`) || !strings.Contains(listed, `value="4,860.00"`) {
		t.Error("lists come with the page, or not at the press, or what was typed is lost")
	}
	form.Set("do", doMore)
	form.Set("lists", "1")
	if more := s.post(p, "/books/1/vouchers", form).body; !strings.Contains(more, `<datalist id="accounts">`) {
		t.Error("the lists are gone after the next press")
	}
	t.Logf("the page has %d bytes without lists, %d with them", len(plain), len(listed))
}

// TestModules_NameEachOther: what a module imports is named by its content, so that it is fetched once.
func TestModules_NameEachOther(t *testing.T) {
	static, err := loadStatic()
	if err != nil {
		t.Fatal(err)
	}
	grid := string(static.files["grid.js"].plain)
	if strings.Contains(grid, `"./`) || !strings.Contains(grid, static.files["lines.js"].url) {
		t.Error("the grid imports by names that change nothing when the content does")
	}
	if got := money.Fen(486000).Capital(); got != "肆仟捌佰陆拾元整" {
		t.Errorf("capital is %s", got)
	}
}

// TestForm_ShowsWholePaths: a cell, a list and the look-up name an account with those above it: 基本支出 alone says little.
func TestForm_ShowsWholePaths(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	id := document.NewID()
	form := supplies(id)
	form.Set("do", doSave)
	if got := s.post(p, "/books/1/vouchers", form); got.status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", got.status, sayOf(got.body))
	}
	const account = "71010101 行政支出/财政拨款支出/基本支出"
	if got := s.get(p, "/vouchers/"+id+"/edit").body; !strings.Contains(got, `name="b.account" value="`+account+`"`) {
		t.Error("the form's cell shows no path")
	}
	if got := s.get(p, "/books/1/templates/new?from="+id).body; !strings.Contains(got, `name="l.account" value="`+account+`"`) || !strings.Contains(got, `<option value="`+account+`">`) {
		t.Error("the cell or the list of a usual voucher shows no path")
	}
	if got := s.get(p, "/books/1/statements/detail-ledger?account=71010101").body; !strings.Contains(got, `name="account" value="`+account+`"`) {
		t.Error("the ledger's field shows no path")
	}
	form.Set("document", document.NewID())
	form["b.account"][0] = account // as the cell sends it back
	form.Set("do", doSubmit)
	if got := s.post(p, "/books/1/vouchers", form); got.status != http.StatusSeeOther {
		t.Errorf("a path sent back: %d %s", got.status, sayOf(got.body))
	}
}
