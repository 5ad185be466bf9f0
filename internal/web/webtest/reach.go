package webtest

import (
	"context"
	"net/url"
	"testing"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/notice"
	"xiangzhang/internal/store"
	"xiangzhang/internal/usual"
)

// Sight is one page as one person sees it. What every page owes to everybody is asked of all sights: that it can be read
// and worked with by whoever sees badly, has no mouse, or has only a telephone.
type Sight struct {
	Name  string // of its picture
	Login string // who looks; nobody where empty
	Path  string
	Form  url.Values // what is sent to draw it; nil where the page is opened
	File  string     // the content of the form's file, where it has one
}

// StartCode opens the page that makes the first county, in FirstSights.
const StartCode = "ABC"

// FirstSights are the pages of a program that has no county yet, in their order: the last one makes it.
func FirstSights() []Sight {
	start := "/start?code=" + StartCode
	return []Sight{
		{Name: "first-sign-in", Path: "/sign-in"},
		{Name: "first-start", Path: start},
		{Name: "first-several", Path: start + "&q=" + url.QueryEscape("朝阳区")},
		{Name: "first-unknown", Path: start + "&q=" + url.QueryEscape("没有的县")},
		{Name: "first-found", Path: start + "&q=cnx"},
		{Name: "first-made", Path: "/start", Form: url.Values{"code": {StartCode}, "q": {"cnx"}, "county": {"330327"}, "year": {"2026"}, "offices": {"1"}}},
	}
}

// Sights makes one of everything that a page can be about and gives every page of the program.
func (w *World) Sights(t testing.TB) []Sight {
	t.Helper()
	own, foreign := w.Townships(t)
	v := w.village(t)
	opened := func(name, login, path string) Sight { return Sight{Name: name, Login: login, Path: path} }
	book, office := "/books/"+own.Book, "/units/"+own.Unit
	unit := func(name string) string { return "/units/" + itoa(w.Units[name].ID) }
	hamlet := "/books/" + itoa(w.Books["LX-SQ"].ID)
	return []Sight{
		opened("sign-in", "", "/sign-in"),

		opened("home", "kuaiji", "/"),
		opened("notices", "kuaiji", "/notices"),
		opened("obligations", "yusuan", "/obligations?state=all"),
		opened("obligation", "yusuan", "/obligations/"+own.Obligation),
		opened("obligation-new", "yusuan", "/obligations/new"),
		opened("roster", "yusuan", "/roster"),
		opened("roster-new", "kuaiji", "/roster/new"),
		opened("agreement", "kuaiji", "/agreement"),
		opened("agreement-new", "kuaiji", "/agreement/new"),
		opened("agreement-bench", "kuaiji", "/agreement/"+own.Account),
		opened("agreement-import", "kuaiji", "/agreement/"+own.Account+"/import"),
		opened("agreement-sheet", "kuaiji", "/agreement/"+own.Account+"/sheet?period=2026-10"),
		opened("agreement-codes", "kuaiji", "/agreement/"+own.Account+"/codes?period=2026-10"),
		opened("agreement-differences", "kuaiji", "/agreement/differences"),
		opened("agreement-formats", "guoku", "/bank-formats"),
		opened("agreement-format", "guoku", "/bank-formats/new"),
		opened("figures", "yusuan", "/figures"),
		opened("figure", "yusuan", "/figures/books-closed-on-time?unit="+own.Unit),
		opened("figure-record", "yusuan", "/figures/records/"+own.Record),
		opened("notice", "kuaiji", "/notices/"+own.Notice),
		opened("search", "kuaiji", "/search?q="+url.QueryEscape("柳溪")),
		opened("search-account", "kuaiji", "/search?q="+url.QueryEscape("存款")),
		opened("search-person", "kuaiji", "/search/person/"+own.Person),
		opened("search-none", "kuaiji", "/search?q="+url.QueryEscape("没有这样的")),
		opened("switch", "kuaiji", "/switch"),
		opened("keys", "kuaiji", "/keys"),
		opened("me", "kuaiji", "/me"),
		opened("password", "kuaiji", "/password"),
		opened("unknown", "kuaiji", "/nowhere"),
		opened("not-mine", "kuaiji", "/books/"+foreign.Book),
		opened("no-right", "kuaiji", "/sign-ins"),

		opened("books", "kuaiji", "/books"),
		opened("book", "kuaiji", book+"?period=2026-10"),
		opened("book-accounts", "kuaiji", book+"/accounts"),
		opened("book-opening", "kuaiji", book+"/opening"),
		{Name: "opening-checked", Login: "kuaiji", Path: "/books/" + itoa(w.Books["LX-NW"].ID) + "/opening", Form: url.Values{"do": {"check"}}, File: "科目编码,借方金额,贷方金额\n102,5000.00,\n30101,,4000.00\n999,,1000.00\n"},
		opened("opening-set", "kuaiji", "/books/"+itoa(w.Books["LX-XS"].ID)+"/opening"),
		opened("opening-waiting", "shenhe", "/books/"+itoa(w.Books["LX-SK"].ID)+"/opening"),
		opened("voucher-new", "kuaiji", book+"/vouchers/new"),
		opened("voucher-new-village", "kuaiji", hamlet+"/vouchers/new"),
		{Name: "voucher-refused", Login: "kuaiji", Path: hamlet + "/vouchers", Form: url.Values{
			"document": {document.NewID()}, "version": {"0"}, "date": {"2026-10-21"}, "word": {"记"}, "attachments": {"1"}, "do": {"submit"},
			"f.summary": {"付办公用品款", "付办公用品款"}, "f.account": {"511", "102"}, "f.debit": {"486.00", ""}, "f.credit": {"", "480.00"},
		}},
		opened("voucher-ask", "kuaiji", book+"/vouchers/new?template="+v.asking),
		opened("voucher-pick", "kuaiji", book+"/vouchers/pick?period=2026-10"),
		opened("voucher-edit", "kuaiji", "/vouchers/"+own.Draft+"/edit"),
		opened("voucher-draft", "kuaiji", "/vouchers/"+own.Draft),
		opened("voucher-posted", "kuaiji", "/vouchers/"+own.Posted),
		opened("voucher-returned", "kuaiji", "/vouchers/"+v.returned),
		opened("voucher-spread", "kuaiji", "/vouchers/"+own.Posted+"/spread"),
		{Name: "spread-preview", Login: "kuaiji", Path: "/batches/preview", Form: url.Values{
			"document": {document.NewID()}, "kind": {"enter"}, "source": {own.Posted}, "date": {"2026-10-23"}, "item": {itoa(w.Books["LX-SQ"].ID)}, "back": {"/books"},
		}},
		opened("summaries", "kuaiji", book+"/library"),
		opened("templates", "kuaiji", book+"/templates"),
		opened("template-new", "kuaiji", book+"/templates/new?from="+own.Posted),
		opened("template", "kuaiji", book+"/templates/"+v.asking),
		opened("print", "kuaiji", book+"/print"),
		opened("print-many", "kuaiji", "/print"),
		opened("print-many-preview", "kuaiji", "/print/preview?what=vouchers&period=2026-10&books="+own.Book+","+itoa(w.Books["LX-NW"].ID)),
		opened("close", "kuaiji", book+"/close"),
		opened("year", "kuaiji", book+"/year"),
		opened("posting", "kuaiji", "/posting"),
		opened("month-end", "kuaiji", "/month-end"),
		opened("year-end", "kuaiji", "/year-end"),
		opened("batches", "kuaiji", "/batches"),
		opened("batch", "kuaiji", "/batches/"+v.walked),
		{Name: "batch-preview", Login: "kuaiji", Path: "/batches/preview", Form: url.Values{
			"document": {document.NewID()}, "kind": {"close"}, "period": {"2026-02"}, "item": {own.Book, itoa(w.Books["LX-SQ"].ID)}, "back": {"/month-end"},
		}},

		opened("statements", "kuaiji", "/statements"),
		opened("statements-pick", "kuaiji", "/statements/pick?name=trial-balance"),
		opened("statements-forms", "kuaiji", "/statements/forms"),
		opened("statements-book", "kuaiji", book+"/statements"),
		opened("trial-balance", "kuaiji", book+"/statements/trial-balance?from=2026-10&to=2026-10&levels=-1"),
		opened("trial-balance-compared", "kuaiji", book+"/statements/trial-balance?from=2026-10&to=2026-10&compare=last-month"),
		opened("detail-ledger", "kuaiji", hamlet+"/statements/detail-ledger?account=102&to=2026-10"),
		opened("journal", "kuaiji", book+"/statements/journal?to=2026-10"),
		opened("village-sheet", "kuaiji", hamlet+"/statements/village-balance-sheet?to=2026-10"),
		opened("balance-sheet-print", "kuaiji", book+"/statements/balance-sheet?to=2026-10&format=print"),
		opened("statement-refused", "kuaiji", book+"/statements/trial-balance?function=9999999"),
		opened("statement-unit", "kuaiji", office+"/statements/village-income-distribution?chart=village&to=2026-10"),
		opened("statement-picked", "kuaiji", "/statements/income-expense?books="+own.Book+"&to=2026-10"),
		opened("account-unit", "kuaiji", office+"/account?chart=government&account=1002&to=2026-10"),
		opened("account-picked", "kuaiji", "/statements/account?books="+own.Book+"&account=1002&to=2026-10"),
		opened("picture-months", "kuaiji", office+"/pictures/months"),
		opened("picture-execution", "kuaiji", office+"/pictures/execution"),
		opened("picture-classes", "kuaiji", office+"/pictures/classes?period=2026-10"),

		opened("exchange", "kuaiji", "/exchange"),
		{Name: "exchange-refused", Login: "kuaiji", Path: "/exchange", Form: url.Values{"kind": {"opening"}, "book": {"LX-NW"}, "dry": {"1"}}, File: "科目编码,借方金额,贷方金额\n102,5000.00,\n999,,1000.00\n"},
		opened("standards", "kuaiji", "/standards"),
		opened("standard", "kuaiji", "/standards/village-2024"),
		opened("standards-compare", "kuaiji", "/standards/compare"),
		opened("rules", "kuaiji", "/rules"),
		opened("workdays", "yusuan", "/workdays"),
		opened("units", "kuaiji", "/units"),
		opened("unit", "kuaiji", office),
		opened("unit-books", "kuaiji", office+"/books"),
		opened("unit-record", "kuaiji", office+"/changes/"+own.Change),
		opened("delegations", "kuaiji", "/delegations"),
		opened("handover-successor", "kuaiji", "/handovers/"+own.Handover),

		opened("checker-home", "shenhe", "/"),
		opened("review", "shenhe", "/review"),
		opened("voucher-check", "shenhe", "/vouchers/"+v.submitted),

		opened("head-home", "suozhang", "/"),
		opened("batch-waiting", "suozhang", "/batches/"+own.Batch),
		opened("notice-new", "suozhang", "/notices/new"),
		opened("handovers", "suozhang", "/handovers"),
		opened("people", "suozhang", "/people"),
		opened("rights", "suozhang", "/people/"+own.Person+"/rights"),
		opened("head-village-sheet", "suozhang", office+"/statements/village-balance-sheet?chart=village&to=2026-10"),

		opened("drafts", "kuaiji", "/drafts"),
		opened("draft-new", "yusuan", "/drafts/new"),
		opened("draft", "kuaiji", "/drafts/"+own.Budget),
		opened("draft-lines", "kuaiji", "/drafts/"+own.Budget+"/units/"+own.Unit),
		opened("draft-items", "kuaiji", "/drafts/"+own.Budget+"/items"),
		opened("draft-controls", "yusuan", "/drafts/"+own.Budget+"/controls"),
		opened("draft-compare", "kuaiji", "/drafts/"+own.Budget+"/compare"),
		opened("draft-tables", "kuaiji", "/drafts/"+own.Budget+"/tables"),
		opened("budget-standards", "yusuan", "/budget-standards"),
		opened("appropriations", "yusuan", "/appropriations?year=2026"),
		opened("appropriations-unit", "kuaiji", "/appropriations?year=2026"),
		opened("appropriation", "kuaiji", "/appropriations/lines/"+own.Line),
		opened("appropriation-orders", "guoku", "/appropriations/orders"),
		opened("appropriation-order", "kuaiji", "/appropriations/orders/"+own.Order),
		opened("appropriation-order-edit", "yusuan", "/appropriations/orders/"+own.Order+"/edit"),
		opened("appropriation-new", "yusuan", "/appropriations/orders/new?kind=transfer"),
		opened("appropriation-carry", "yusuan", "/appropriations/orders/new?kind=carry-over&year=2026"),
		opened("appropriation-memorandum", "kuaiji", "/appropriations/memorandum"),

		opened("payments", "danwei", "/payments"),
		opened("payment-new", "baozhang", "/payments/new?line="+own.Line+"&payee="+own.Payee),
		opened("payment", "danwei", "/payments/requests/"+own.Payment),
		opened("payment-edit", "baozhang", "/payments/requests/"+own.Payment+"/edit"),
		opened("plans", "danwei", "/payments/plans"),
		opened("plan-new", "baozhang", "/payments/plans/new"),
		opened("plan", "danwei", "/payments/plans/"+own.Plan),
		opened("pay-orders", "guoku", "/payments/orders"),
		opened("pay-order", "guoku", "/payments/orders/"+own.Remittance),
		opened("pay-settings", "guoku", "/payments/settings"),
		opened("payees", "suozhang", "/payees"),
		opened("payee", "suozhang", "/payees/"+own.Payee),
		opened("payee-new", "kuaiji", "/payees/new"),
		opened("payee-account", "kuaiji", "/payees/"+own.Payee+"/account"),

		opened("county-home", "guoku", "/"),
		opened("county-month-end", "guoku", "/month-end"),
		opened("county-picture", "guoku", "/units/1/pictures/months"),

		opened("handover", "yusuan", "/handovers/"+own.Handover),
		opened("waivers", "yusuan", "/waivers"),
		opened("waivers-week", "yusuan", "/waivers/week"),
		opened("rule-set", "yusuan", "/rules?code=session-idle-minutes"),

		opened("sys-home", "sys", "/"),
		opened("sys-people", "sys", "/people"),
		opened("person", "sys", "/people/"+own.Person),
		opened("sys-unit", "sys", unit("石桥村")),
		opened("unit-rename", "sys", unit("石桥村")+"/change?kind=rename"),
		opened("unit-merge", "sys", unit("石桥村")+"/change?kind=merge"),
		{Name: "unit-merge-looked", Login: "sys", Path: unit("石桥村") + "/merge", Form: url.Values{
			"document": {document.NewID()}, "do": {"preview"}, "into": {"stay"}, "with": {itoa(w.Units["南湾村"].ID)}, "name": {"石湾村"}, "on": {"2026-10-01"}, "no": {"青政〔2026〕12号"}, "reason": {"村民会议同意合并"},
		}},
		{Name: "unit-split-looked", Login: "sys", Path: unit("石桥村") + "/split", Form: url.Values{
			"document": {document.NewID()}, "do": {"preview"}, "code-0": {"990001100211"}, "name-0": {"上石桥村"}, "code-1": {"990001100212"}, "name-1": {"下石桥村"}, "on": {"2026-10-01"}, "no": {"青政〔2026〕13号"}, "reason": {"村民会议同意拆分"},
		}},
		opened("unit-split", "sys", unit("石桥村")+"/change?kind=split"),
		opened("unit-close", "sys", unit("石桥村")+"/change?kind=close"),
		opened("administrators", "sys", "/administrators"),

		opened("sec-person", "sec", "/people/"+own.Person),
		opened("rights-preview", "sec", "/people/"+own.Person+"/rights?login="+own.Login+"&role=reviewer&unit=990001200"),
		opened("sec-rules", "sec", "/rules"),
		opened("rule", "sec", "/rules/session-idle-minutes"),

		opened("sign-ins", "aud", "/sign-ins"),
	}
}

// inVillage is what the sights need of villages besides the township's own.
type inVillage struct{ submitted, returned, asking, walked string }

// village makes a voucher in each state on its way, a village without an opening and one with it, and what the
// accountant keeps for use again.
func (w *World) village(t testing.TB) inVillage {
	t.Helper()
	w.Village(t, "南湾村", "990001100202", "柳溪镇", "LX-NW")
	w.Village(t, "新市村", "990001100203", "柳溪镇", "LX-XS")
	w.Village(t, "山口村", "990001100204", "柳溪镇", "LX-SK")
	v := inVillage{submitted: document.NewID(), returned: document.NewID(), asking: document.NewID(), walked: document.NewID()}
	maker, checker, head := w.Actor(t, "kuaiji"), w.Actor(t, "shenhe"), w.Actor(t, "suozhang")
	w.Post(t, "kuaiji", "shenhe", document.NewID(), "LX-SQ", "2026-10-08",
		ledger.Line{Account: "102", Summary: "收水面承包费", Debit: 3000000}, ledger.Line{Account: "50104", Summary: "收水面承包费", Credit: 3000000})
	hand := func(id, words, amount string) {
		w.Write(t, func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, maker, ledger.DraftVoucher{
				Document: id, Book: w.Books["LX-SQ"].ID, Date: "2026-10-21", Word: "记", Attachments: 1,
				Lines: []ledger.DraftLine{{Summary: words, Account: "102", Debit: amount}, {Summary: words, Account: "50104", Credit: amount}},
			}, 0)
			if err == nil {
				_, err = ledger.Submit(tx, maker, id, 1)
			}
			return err
		})
	}
	hand(v.submitted, "收水面承包费", "2400.00")
	hand(v.returned, "收门面租金", "860.00")
	checked := document.NewID()
	hand(checked, "收山林承包费", "1200.00")
	w.Write(t, func(tx *store.Tx) error {
		if _, err := ledger.Return(tx, checker, v.returned, 2, "租金所属期没有写明"); err != nil {
			return err
		}
		if _, err := ledger.Check(tx, checker, checked, 2); err != nil {
			return err
		}
		if err := usual.KeepSummary(tx, maker, usual.Summary{ID: document.NewID(), Book: w.Books["LX01"].ID, Code: "bg", Words: "付办公用品款"}); err != nil {
			return err
		}
		_, err := usual.Keep(tx, maker, w.Books["LX01"].ID, usual.Template{ID: v.asking, Code: "sb", Name: "计提单位社保", Word: "转", Lines: []usual.Line{
			{Summary: "计提单位社保", Account: "500102", Function: "2010301", Economic: "30201", Debit: "=工资*8%"}, {Summary: "计提单位社保", Account: "400101", Credit: "=第1行"},
		}})
		if err != nil {
			return err
		}
		if _, err := notice.Issue(tx, head, notice.New{Document: document.NewID(), Unit: w.Units["柳溪镇"].ID, Title: "十月账务安排", Body: "请于 25 日前录完本月凭证。", From: "2026-10-01", To: "2026-11-10"}); err != nil {
			return err
		}
		if _, err = ledger.SetOpening(tx, maker, document.NewID(), w.Books["LX-SK"].ID, "2026-01", []ledger.Line{{Account: "102", Debit: 400000}, {Account: "30101", Credit: 400000}}); err != nil {
			return err
		}
		err = Open(tx, maker, checker, w.Books["LX-XS"], []ledger.Line{{Account: "102", Debit: 500000}, {Account: "30101", Credit: 500000}})
		if err != nil {
			return err
		}
		return batch.Begin(tx, maker, batch.Batch{ID: v.walked, Kind: batch.CloseMonth, Items: []batch.Item{
			{Book: w.Books["LX-XS"].ID, Period: "2026-01"}, {Book: w.Books["LX-XS"].ID, Period: "2026-05"},
		}})
	})
	if err := batch.Walk(context.Background(), w.DB, maker, v.walked, func(error) {}); err != nil {
		t.Fatal(err)
	}
	return v
}
