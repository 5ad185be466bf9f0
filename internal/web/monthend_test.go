package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// TestMonthEnd_LinksToWhatMends: each book is one row, and a check that failed opens what stands in the way.
func TestMonthEnd_LinksToWhatMends(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	id, _ := s.handIn("kuaiji", "100")
	page := s.get(s.signIn("kuaiji"), "/month-end?period=2026-10").body
	for _, want := range []string{`href="/vouchers/` + own.Draft + `/edit"`, `href="/vouchers/` + id + `"`, "上月未结", "2026 年 10 月还没有结束"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "云溪") {
		t.Error("the page shows another township's book")
	}
	january := s.get(s.signIn("kuaiji"), "/month-end?period=2026-01").body
	if !strings.Contains(january, "韩会计 2026-10-23 10:00") || !strings.Contains(january, "可以结账") {
		t.Error("a closed month does not say who closed it, or an open one is not offered")
	}
	county := s.get(s.signIn("guoku"), "/month-end").body
	if !strings.Contains(county, `<select name="unit"`) || strings.Contains(county, `name="item"`) {
		t.Error("a county officer cannot pick a township, or may close its books")
	}
}

// TestMonthEnd_TicksWhatCanBeClosed: a book whose checks fail is not ticked beforehand, nor is one that starts without
// opening balances; it says so on both pages, and each voucher that stands in the way is named once.
func TestMonthEnd_TicksWhatCanBeClosed(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	village, office := s.world.Books["LX-SQ"], s.world.Books["LX01"]
	ticked := func(b ledger.Book) bool {
		page := s.get(p, "/month-end?period="+string(b.OldestOpen())).body
		box := fmt.Sprintf(`name="item" value="%d"`, b.ID)
		if !strings.Contains(page, box) {
			t.Fatalf("%s is not offered", b.Name)
		}
		return strings.Contains(page, box+" checked")
	}
	if page := s.get(p, "/month-end?period=2026-01").body; ticked(village) || !strings.Contains(page, "可以结账(有提示)") ||
		!strings.Contains(page, fmt.Sprintf(`<a class="look" href="/books/%d/opening"`, village.ID)) {
		t.Error("a book without openings is ticked, or the page does not say so")
	}
	month := s.get(p, bookPath(village)+"/close").body
	if !strings.Contains(month, "没有期初余额") || !strings.Contains(month, `href="`+bookPath(village)+`/opening"`) || !strings.Contains(month, "btn do") {
		t.Error("the book's page does not warn, or does not let it be closed")
	}
	s.world.Close(t, "kuaiji", "LX-SQ", "2026-01")
	s.world.Close(t, "kuaiji", "LX01", "2026-01")
	village.ClosedThrough, office.ClosedThrough = "2026-01", "2026-01"
	if !ticked(village) || !ticked(office) {
		t.Error("a book that can be closed is not ticked")
	}
	id, maker := document.NewID(), s.world.Actor(t, "kuaiji")
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := ledger.SaveDraft(tx, maker, ledger.DraftVoucher{
			Document: id, Book: village.ID, Date: "2026-02-10", Word: "记", Lines: []ledger.DraftLine{{Summary: "收承包费", Account: "102", Debit: "1"}},
		}, 0)
		return err
	})
	if ticked(village) || !ticked(office) {
		t.Error("a book with a draft is ticked")
	}
	month = s.get(p, bookPath(village)+"/close").body
	if !strings.Contains(month, "还有 1 张<") || strings.Count(month, "未编号") != 1 {
		t.Errorf("a voucher that stands in the way is named %d times", strings.Count(month, "未编号"))
	}
	refused := s.post(p, bookPath(village)+"/close", url.Values{"document": {document.NewID()}, "period": {"2026-02"}})
	if !strings.Contains(sayOf(refused.body), "还有 1 张:未编号(草稿)") {
		t.Errorf("the refusal stands alone and must name it: %s", sayOf(refused.body))
	}
}

// TestClosePages_TellTheHistory: who closed, asked, approved and approved again, when and why.
func TestClosePages_TellTheHistory(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	for _, step := range []struct{ login, step, version, reason string }{
		{"kuaiji", "ask-reopen", "1", "漏记一笔"}, {"shenhe", "approve-reopen", "2", ""}, {"suozhang", "confirm-reopen", "3", ""},
	} {
		form := url.Values{"version": {step.version}, "reason": {step.reason}, "book": {own.Book}}
		if got := s.post(s.signIn(step.login), "/closings/"+own.Closing+"/"+step.step, form); got.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", step.step, got.status, sayOf(got.body))
		}
	}
	page := s.get(s.signIn("kuaiji"), "/books/"+own.Book+"/close").body
	for _, want := range []string{
		"<b>韩会计</b> 结账", "<b>韩会计</b> 申请反结账:漏记一笔", "<b>柳审核</b> 批准反结账", "<b>麦所长</b> 复批反结账", "已反结账",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestYearPages_ShowBefore: the closing vouchers and the next year's openings are shown line by line before they are made.
func TestYearPages_ShowBefore(t *testing.T) {
	s := newSite(t)
	book := s.world.Books["LX-SQ"]
	maker := s.world.Actor(t, "kuaiji")
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := tx.Exec(`update county set business_date = '2026-12-31'`)
		return err
	})
	s.world.Post(t, "kuaiji", "shenhe", document.NewID(), "LX-SQ", "2026-12-02",
		ledger.Line{Account: "102", Summary: "收承包费", Debit: 250000}, ledger.Line{Account: "50104", Summary: "收承包费", Credit: 250000})
	for m := book.Start; m < "2026-12"; m = m.Next() {
		s.world.Write(t, func(tx *store.Tx) error {
			_, err := ledger.CloseMonth(tx, maker, document.NewID(), book.ID, m)
			return err
		})
	}
	p := s.signIn("kuaiji")
	page := s.get(p, "/books/2/year?year=2026").body
	if !strings.Contains(page, "50104 经营收入/发包收入") || !strings.Contains(page, "将生成的凭证,逐行如下") {
		t.Error("the year's page does not show beforehand what it will make")
	}
	office := s.get(p, "/year-end?year=2026").body
	if !strings.Contains(office, "待收支结转") || !strings.Contains(office, "1 个科目未结转") {
		t.Error("the office's page does not say how far the book is")
	}
	form := url.Values{"document": {document.NewID()}, "kind": {"carry-over"}, "period": {"2026-12"}, "item": {itoa(book.ID)}, "back": {"/year-end"}}
	if got := s.post(p, "/batches/preview", form); !strings.Contains(got.body, "生成 2 张结转凭证") || !strings.Contains(got.body, "50104 经营收入/发包收入") {
		t.Errorf("preview: %d %s", got.status, sayOf(got.body))
	}
	got := s.post(p, "/batches", form)
	if got.status != http.StatusSeeOther || !strings.Contains(s.get(p, got.to).body, "已办 1 项") {
		t.Errorf("%d %s", got.status, sayOf(got.body))
	}
	if review := s.get(s.signIn("shenhe"), "/review").body; strings.Count(review, "data-document") != 2 {
		t.Error("the closing vouchers do not wait for the checker")
	}
}

// TestMonthEnd_EndedBook: the check that only a book has whose unit ends is a column, and its cell stands under it; the
// other books of the office say that it does not concern them.
func TestMonthEnd_EndedBook(t *testing.T) {
	s := newSite(t)
	village := s.world.Books["LX-SQ"]
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := tx.Exec(`update book set ended_on = '2026-02-01' where county_id = $1 and book_id = $2`, village.County, village.ID)
		return err
	})
	page := s.get(s.signIn("kuaiji"), "/month-end?period=2026-02").body
	head, body, _ := strings.Cut(page, "</thead>")
	_, head, _ = strings.Cut(head, "<thead>")
	if before, after := strings.Index(head, "余额移交"), strings.Index(head, "现金盘点"); before < 0 || after < before {
		t.Fatalf("余额移交 is no column before 现金盘点: %s", head)
	}
	columns, none := strings.Count(head, `<th scope="col" class="mid"`), 0
	for _, row := range strings.Split(body, "<tr>")[1:] {
		row, _, _ = strings.Cut(row, "</tr>")
		if cells := strings.Count(row, `<td class="mid `); cells != columns {
			t.Errorf("%d cells under %d columns: %s", cells, columns, row)
		}
		if ended := strings.Contains(row, ">LX-SQ<"); ended == strings.Contains(row, "不涉及") {
			t.Errorf("the check concerns it: %v, and yet: %s", ended, row)
		} else if !ended {
			none++
		}
	}
	if none == 0 {
		t.Error("there is no other book beside it")
	}
}

// TestYear_NamesSuccessors: an account that the next year's chart lacks gets another in its place, for every book that
// lacks it at one press, and the year is carried over.
func TestYear_NamesSuccessors(t *testing.T) {
	s := newSite(t)
	book := s.world.Books["LX-SQ"]
	maker := s.world.Actor(t, "kuaiji")
	s.world.Write(t, func(tx *store.Tx) error {
		if _, err := tx.Exec(`update county set business_date = '2026-12-31'`); err != nil {
			return err
		}
		account := func(code, name, element string) ledger.Account {
			return ledger.Account{Code: code, Name: name, Half: ledger.Financial, Element: element, Direction: 1, AppliesTo: "village_collective"}
		}
		return ledger.ImportEdition(tx, ledger.NewEdition{ID: "village-2027", Kind: string(ledger.Village), Title: "试行", Source: "测试", FromYear: 2027,
			Accounts: []ledger.Account{account("103", "银行存款", "asset"), account("301", "资本", "equity")}})
	})
	s.world.Post(t, "kuaiji", "shenhe", document.NewID(), "LX-SQ", "2026-12-02",
		ledger.Line{Account: "102", Summary: "收股金", Debit: 250000}, ledger.Line{Account: "30102", Summary: "收股金", Credit: 250000})
	for m := book.Start; m <= "2026-12"; m = m.Next() {
		s.world.Write(t, func(tx *store.Tx) error {
			_, err := ledger.CloseMonth(tx, maker, document.NewID(), book.ID, m)
			return err
		})
	}
	p := s.signIn("kuaiji")
	page := s.get(p, "/books/2/year?year=2026").body
	if !strings.Contains(page, `value="103 银行存款"`) || !strings.Contains(page, "有 2 个余额下年科目表不能使用") {
		t.Fatalf("the page asks for no successor: %s", page)
	}
	got := s.post(p, "/books/2/year-close", url.Values{"document": {document.NewID()}, "year": {"2026"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "请在「年终」页为它指定 2027 年的接续科目") {
		t.Errorf("%d %s", got.status, sayOf(got.body))
	}
	for account, successor := range map[string]string{"102": "银行存款", "30102": "301 资本"} {
		form := url.Values{"document": {document.NewID()}, "year": {"2026"}, "account": {account}, "successor": {successor}, "all": {"1"}}
		if got := s.post(p, "/books/2/successor", form); got.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", account, got.status, sayOf(got.body))
		}
	}
	got = s.post(p, "/books/2/year-close", url.Values{"document": {document.NewID()}, "year": {"2026"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "还没有经另一人审核") {
		t.Errorf("carried over by what one person said: %d %s", got.status, sayOf(got.body))
	}
	page = s.get(p, "/books/2/year?year=2026").body
	for _, want := range []string{"待审核", "<b>韩会计</b> 指定", "有 2 个余额的接续科目待审核", "等待审核会计核对", "另行指定"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a naming that waits lacks %s", want)
		}
	}
	if strings.Contains(page, "/books/2/successor/check") {
		t.Error("the accountant may check it")
	}
	named := map[string]ledger.Successor{}
	s.world.Write(t, func(tx *store.Tx) (err error) { named, err = ledger.Successors(tx, book, 2027); return err })
	fields := func(account string) url.Values {
		n := named[account]
		return url.Values{"document": {n.ID}, "version": {itoa(n.Version)}, "year": {"2026"}, "account": {account}}
	}
	checker := s.signIn("shenhe")
	home := s.get(checker, "/").body
	if !strings.Contains(home, "的接续科目:102 → 2027 年 103") || !strings.Contains(home, `href="/books/2/year?year=2026"`) {
		t.Error("it is nothing to do for the checker")
	}
	back := fields("102")
	back.Set("reason", "")
	if got := s.post(checker, "/books/2/successor/return", back); got.status != http.StatusUnprocessableEntity || !strings.Contains(sayOf(got.body), "须写明原因") {
		t.Errorf("sent back without a reason: %d %s", got.status, sayOf(got.body))
	}
	back.Set("reason", "请核对科目")
	if got := s.post(checker, "/books/2/successor/return", back); got.status != http.StatusSeeOther {
		t.Errorf("sent back: %d %s", got.status, sayOf(got.body))
	}
	if home := s.get(p, "/").body; !strings.Contains(home, "请核对科目") {
		t.Error("what came back is nothing to do for who named it")
	}
	again := url.Values{"document": {document.NewID()}, "year": {"2026"}, "account": {"102"}, "successor": {"银行存款"}}
	if got := s.post(p, "/books/2/successor", again); got.status != http.StatusSeeOther {
		t.Fatalf("named anew: %d %s", got.status, sayOf(got.body))
	}
	s.world.Write(t, func(tx *store.Tx) (err error) { named, err = ledger.Successors(tx, book, 2027); return err })
	for _, account := range []string{"102", "30102"} {
		form := fields(account)
		form.Set("all", "1")
		if got := s.post(checker, "/books/2/successor/check", form); got.status != http.StatusSeeOther {
			t.Errorf("checked: %d %s", got.status, sayOf(got.body))
		}
	}
	got = s.post(p, "/books/2/year-close", url.Values{"document": {document.NewID()}, "year": {"2026"}})
	page = s.get(p, "/books/2/year?year=2026").body
	for _, want := range []string{"2026 年余额已结转下年", "<b>韩会计</b> 指定", "审核</p>", "由 <b>103 银行存款</b> 接续"} {
		if got.status != http.StatusSeeOther || !strings.Contains(page, want) {
			t.Errorf("%d %s; the page lacks %s", got.status, sayOf(got.body), want)
		}
	}
}

// TestYearEnd_OfferedYears: where the books began this year, the page is about this year, and no step is offered before
// its end.
func TestYearEnd_OfferedYears(t *testing.T) {
	s := newSite(t)
	page := s.get(s.signIn("kuaiji"), "/year-end").body
	if !strings.Contains(page, "2026 年还没有结束") || strings.Contains(page, `<option value="2025"`) || strings.Contains(page, `value="carry-over"`) {
		t.Error("the page is about a year before the books began, or offers what cannot be done yet")
	}
}

// TestYearEnd_OffersWhatCanBeDone: each step is offered while some book is to take it, the books of the next one ticked;
// of a year that is carried over nothing is, and the page says who did what and when.
func TestYearEnd_OffersWhatCanBeDone(t *testing.T) {
	s := newSite(t)
	s.world.Write(t, func(tx *store.Tx) error {
		if _, err := tx.Exec(`update county set business_date = '2026-12-31'`); err != nil {
			return err
		}
		_, err := tx.Exec(`update book set ended_on = '2026-02-01' where county_id = $1 and book_id = $2`, webtest.County, s.world.Books["LX01"].ID)
		return err
	})
	village, maker := s.world.Books["LX-SQ"], s.world.Actor(t, "kuaiji")
	s.world.Post(t, "kuaiji", "shenhe", document.NewID(), "LX-SQ", "2026-12-02",
		ledger.Line{Account: "102", Summary: "收股金", Debit: 250000}, ledger.Line{Account: "30102", Summary: "收股金", Credit: 250000})
	p := s.signIn("kuaiji")
	offered := func(p person) string {
		page := s.get(p, "/year-end?year=2026").body
		return strings.Join(regexp.MustCompile(`(btn do|btn)" type="submit" name="kind" value="[a-z-]+|name="item" value="\d+"( checked)?|都已结转下年`).FindAllString(page, -1), "\n")
	}
	item := fmt.Sprintf("name=\"item\" value=\"%d\"", village.ID)
	if got := offered(p); got != "" {
		t.Errorf("before November is closed: %s", got)
	}
	s.world.Close(t, "kuaiji", "LX-SQ", "2026-11")
	want := item + " checked\n" + `btn do" type="submit" name="kind" value="close`
	if got := offered(p); got != want {
		t.Errorf("before December is closed:\n%s\nwant\n%s", got, want)
	}
	if got := offered(s.signIn("shenhe")); got != "" {
		t.Errorf("a checker can do none of it: %s", got)
	}
	s.world.Close(t, "kuaiji", "LX-SQ", "2026-12")
	want = item + " checked\n" + `btn do" type="submit" name="kind" value="year-close`
	if got := offered(p); got != want {
		t.Errorf("before the year is carried over:\n%s\nwant\n%s", got, want)
	}
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := ledger.CloseYear(tx, maker, document.NewID(), village.ID, 2026)
		return err
	})
	if got := offered(p); got != "都已结转下年" {
		t.Errorf("after it: %s", got)
	}
	page, year := s.get(p, "/year-end?year=2026").body, s.get(p, bookPath(village)+"/year?year=2026").body
	if strings.Count(page, "韩会计 20") != 2 || !strings.Contains(year, "<b>韩会计</b> 结转下年") {
		t.Errorf("the pages do not say who closed December and carried the year over: %s", year)
	}
}
