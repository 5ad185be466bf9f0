package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// TestClosePages_OfferWhatCanBeDone: a button stands only where its day has come; else the page says when or why.
func TestClosePages_OfferWhatCanBeDone(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	year := s.get(p, "/books/"+own.Book+"/year").body
	if strings.Contains(year, "</button></p>") || !strings.Contains(year, "到 2026 年 12 月可以办理") || !strings.Contains(year, "2026 年 12 月结账后可以办理") {
		t.Error("in October the year's end is offered, or the page does not say when it can be done")
	}
	if month := s.get(p, "/books/"+own.Book+"/close").body; !strings.Contains(month, "结 2026 年 2 月账</button>") {
		t.Error("a month that is over cannot be closed")
	}
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := tx.Exec(`update county set business_date = '2026-02-10'`)
		return err
	})
	if month := s.get(p, "/books/"+own.Book+"/close").body; strings.Contains(month, "月账</button>") || !strings.Contains(month, "还没有结束") {
		t.Error("a month under way is offered for closing")
	}
}

// TestClosePages_SayWhoApproves: the request names whose approval it waits for.
func TestClosePages_SayWhoApproves(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	p := s.signIn("kuaiji")
	ask := url.Values{"version": {"1"}, "reason": {"漏记一笔"}, "book": {own.Book}}
	if got := s.post(p, "/closings/"+own.Closing+"/ask-reopen", ask); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, sayOf(got.body))
	}
	if page := s.get(p, "/books/"+own.Book+"/close").body; !strings.Contains(page, "待批准反结账:由") || !strings.Contains(page, "须是申请人以外的人") {
		t.Error("the page does not say who approves")
	}
}

// TestBook_ShowsBudgetaryAmounts: a voucher whose financial half is empty is listed by its other half.
func TestBook_ShowsBudgetaryAmounts(t *testing.T) {
	s := newSite(t)
	p := s.signIn("kuaiji")
	form := supplies(document.NewID())
	for name := range form {
		if strings.HasPrefix(name, "f.") {
			form[name] = []string{""}
		}
	}
	form.Set("do", doSave)
	if got := s.post(p, "/books/1/vouchers", form); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, sayOf(got.body))
	}
	if list := s.get(p, "/books/1").body; !strings.Contains(list, `预算会计</span> 4,860.00`) {
		t.Error("a voucher of the budgetary half alone is listed with 0.00")
	}
}

// TestClosePages_NoButtonForOnesOwn: who asked for a month to be opened again under the accountant's role, and checks in
// his own right, is told why he may not decide on it; another is offered both ways.
func TestClosePages_NoButtonForOnesOwn(t *testing.T) {
	s := newSite(t)
	closing, maker, book := document.NewID(), s.world.Actor(t, "kuaiji"), s.world.Books["LX01"]
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := ledger.CloseMonth(tx, maker, closing, book.ID, "2026-01")
		return err
	})
	unit := itoa(s.world.Units["柳溪镇"].ID)
	lent := url.Values{
		"document": {document.NewID()}, "own": {"accountant|" + unit}, "to": {"shenhe 柳审核"}, "first": {"2026-10-23"}, "last": {"2026-10-24"}, "reason": {"出差"},
	}
	if got := s.post(s.signIn("kuaiji"), "/delegations", lent); got.status != http.StatusSeeOther {
		t.Fatalf("delegated: %d %s", got.status, sayOf(got.body))
	}
	both := s.signIn("shenhe")
	ask := url.Values{"version": {"1"}, "reason": {"漏记一笔"}, "book": {itoa(book.ID)}}
	if got := s.post(both, "/closings/"+closing+"/ask-reopen", ask); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, sayOf(got.body))
	}
	page := s.get(both, bookPath(book)+"/close").body
	for _, step := range []string{"approve-reopen", "refuse-reopen"} {
		if path := "/closings/" + closing + "/" + step; strings.Contains(page, path) || !strings.Contains(s.get(s.signIn("suozhang"), bookPath(book)+"/close").body, path) {
			t.Errorf("%s is offered to who asked, or not to another", step)
		}
	}
	if !strings.Contains(page, "本单据由您经办") || !strings.Contains(page, "请由另一人批准反结账") {
		t.Errorf("the page does not say why: %s", page)
	}
}
