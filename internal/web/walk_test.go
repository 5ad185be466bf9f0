package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// named tells whether a pattern names something of a township.
func named(pattern string) bool {
	for _, key := range []string{"{book}", "{unit}", "{person}", "{login}", "{document}", "{delegation}", "{handover}", "{waiver}", "{batch}", "{notice}", "{obligation}", "{roster}", "{record}", "{payee}", "{plan}", "{payment}", "{remittance}"} {
		if strings.Contains(pattern, key) {
			return true
		}
	}
	return strings.Contains(pattern, "{line}") || strings.Contains(pattern, "{draft}") || strings.Contains(pattern, "{account}") || strings.Contains(pattern, "{order}")
}

// fieldsOf is a form that is complete enough for every step to get as far as asking who may.
func fieldsOf(at webtest.Township) url.Values {
	return url.Values{
		"document": {document.NewID()}, "version": {"1"}, "date": {"2026-10-23"}, "word": {"记"}, "do": {"save"}, "reason": {"测试用的原因"},
		"period": {"2026-02"}, "year": {"2026"}, "book": {at.Book}, "code": {"900"}, "name": {"某某"}, "kind": {"office"}, "from": {"2026-10-24"},
		"last": {"2026-12-31"}, "number": {"1"}, "login": {"somebody"}, "role": {"clerk"}, "unit": {"990001100"}, "parent": {"1002"}, "next": {"/"},
		"value": {"6"}, "no": {"1号"}, "summary": {document.NewID()}, "words": {"某摘要"}, "template": {document.NewID()},
		"title": {"报送月报"}, "body": {"请按期结账"}, "to": {"2026-12-31"},
	}
}

func method(pattern string) string { m, _, _ := strings.Cut(pattern, " "); return m }

// TestWalk_Anonymous: nobody gets past signing in, but to what is declared public.
func TestWalk_Anonymous(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	for _, rt := range routes(Config{Demo: true}) {
		got := s.ask(person{}, method(rt.pattern), own.Path(rt.pattern), fieldsOf(own))
		in := got.status == http.StatusSeeOther && strings.HasPrefix(got.to, "/sign-in")
		if rt.right.public == in {
			t.Errorf("%s: anonymous gets %d %s", rt.pattern, got.status, got.to)
		}
		if !rt.right.public && strings.Contains(got.body, "柳溪") {
			t.Errorf("%s tells an anonymous reader of the township", rt.pattern)
		}
	}
}

// TestWalk_Roles asks every route as every role, held over one township: by the declaration first, then with the
// township's own identifiers, then with another township's, which must not be there.
func TestWalk_Roles(t *testing.T) {
	for _, role := range identity.Roles() {
		t.Run(string(role), func(t *testing.T) {
			s := newSite(t)
			own, foreign := s.townships()
			login := s.world.Grant(t, role, "柳溪镇")
			if role == identity.Deputy {
				own.Order = own.Issued // what is under way is not his: TestWalk_DeputySeesPostedAlone
			}
			for _, rt := range routes(Config{Demo: true}) {
				if rt.right.public {
					continue
				}
				actor := identity.Actor{Grants: []identity.Grant{{Role: role, Path: "/1/2/"}}}
				s.walkForeign(t, rt, login, rt.right.allows(actor), foreign)
			}
			for _, rt := range routes(Config{Demo: true}) {
				if rt.right.public {
					continue
				}
				actor := identity.Actor{Grants: []identity.Grant{{Role: role, Path: "/1/2/"}}}
				s.walkOwn(t, rt, login, rt.right.allows(actor), own)
			}
		})
	}
}

func (s *site) walkForeign(t *testing.T, rt route, login string, allowed bool, foreign webtest.Township) {
	t.Helper()
	if rt.pattern == "POST /sign-out" || rt.pattern == "POST /password" {
		return
	}
	by := s.signIn(login)
	got := s.ask(by, method(rt.pattern), foreign.Path(rt.pattern), fieldsOf(foreign))
	switch {
	case !allowed && got.status != http.StatusForbidden:
		t.Errorf("%s: %d, the declaration refuses the role", rt.pattern, got.status)
	case allowed && named(rt.pattern) && got.status != http.StatusNotFound:
		t.Errorf("%s: %d %s for another township's, want 404", rt.pattern, got.status, got.to)
	}
	for _, leak := range []string{"云溪", "东坪", "云会计", "云审核", "YX01"} {
		if strings.Contains(strings.ReplaceAll(got.body, by.csrf, ""), leak) { // a token may spell anything
			t.Errorf("%s: the page tells of another township: %q", rt.pattern, leak)
		}
	}
}

// elsewhere are routes that a role may be declared for and the domain still refuses over one township: they are the
// whole county's, or of the people who sign them.
var elsewhere = map[string]bool{"GET /sign-ins": true, "POST /rules": true, "POST /workdays": true, "POST /obligations/{obligation}/fulfil": true, "POST /workdays/{workday}/withdraw": true, "POST /units/{unit}/split": true, "GET /handovers/{handover}": true, "POST /waivers": true,
	"POST /budget-standards": true, "POST /budget-standards/{standard}/check": true, "POST /budget-standards/{standard}/return": true,
	"POST /payments/settings/chain": true, "POST /payments/settings/account": true, "POST /payments/settings/mandate": true}

func (s *site) walkOwn(t *testing.T, rt route, login string, allowed bool, own webtest.Township) {
	t.Helper()
	got := s.ask(s.signIn(login), method(rt.pattern), own.Path(rt.pattern), fieldsOf(own))
	switch {
	case !allowed && got.status != http.StatusForbidden:
		t.Errorf("%s: %d, the declaration refuses the role", rt.pattern, got.status)
	case allowed && got.status == http.StatusForbidden && !elsewhere[rt.pattern]:
		t.Errorf("%s: refused though the role is declared for it: %s", rt.pattern, sayOf(got.body))
	case got.status >= 500:
		t.Errorf("%s: %d %s", rt.pattern, got.status, sayOf(got.body))
	case allowed && rt.show != nil && got.status != http.StatusOK && got.status != http.StatusSeeOther && !strings.Contains(rt.pattern, "{sha}") && !elsewhere[rt.pattern] && !strings.HasPrefix(rt.pattern, "GET /exchange/"):
		t.Errorf("%s: %d %s", rt.pattern, got.status, sayOf(got.body))
	}
}

// TestWalk_DeputySeesPostedAlone: no page and no file that a deputy may ask for tells of a voucher that is not posted; an
// auditor finds it in the list, by the search, and opens it.
func TestWalk_DeputySeesPostedAlone(t *testing.T) {
	s := newSite(t)
	own, _ := s.townships()
	const words = "只在草稿里的摘要"
	id, maker := document.NewID(), s.world.Actor(t, "kuaiji")
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := ledger.SaveDraft(tx, maker, ledger.DraftVoucher{
			Document: id, Book: s.world.Books["LX01"].ID, Date: "2026-10-21", Word: "记", Lines: []ledger.DraftLine{{Summary: words, Account: "500102", Debit: "12"}},
		}, 0)
		return err
	})
	deputy, auditor := s.signIn(s.world.Grant(t, identity.Deputy, "柳溪镇")), s.signIn(s.world.Grant(t, identity.Auditor, "柳溪镇"))
	draft := own
	draft.Posted = id
	for _, rt := range routes(Config{Demo: true}) {
		if method(rt.pattern) != http.MethodGet || rt.right.public {
			continue
		}
		for _, at := range []webtest.Township{own, draft} {
			path := at.Path(rt.pattern)
			got := s.get(deputy, path)
			told := strings.NewReplacer(path, "", strings.ReplaceAll(path, "/", "%2f"), "").Replace(got.body) // what was asked for may be repeated
			if strings.Contains(told, words) || strings.Contains(told, own.Draft) {
				t.Errorf("%s tells a deputy of a draft", rt.pattern)
			}
			if strings.Contains(rt.pattern, "/vouchers/{document}") && at.Posted == id && got.status == http.StatusOK {
				t.Errorf("%s opens a draft to a deputy", rt.pattern)
			}
		}
	}
	find := "/search?q=" + url.QueryEscape(words)
	if got := s.get(deputy, find); !strings.Contains(got.body, "没有找到") {
		t.Errorf("a deputy searches for a draft: %d %s", got.status, got.to)
	}
	if got := s.get(auditor, find); got.to != "/vouchers/"+id {
		t.Errorf("an auditor searches for a draft: %d %s", got.status, got.to)
	}
	if !strings.Contains(s.get(auditor, "/books/"+own.Book).body, words) || s.get(auditor, "/vouchers/"+id).status != http.StatusOK {
		t.Error("an auditor does not see a draft")
	}
	order := "/appropriations/orders/" + own.Order
	if got := s.get(deputy, order); got.status != http.StatusNotFound || strings.Contains(s.get(deputy, "/appropriations/orders").body, order) {
		t.Errorf("a deputy sees an order that waits to be checked: %d", got.status)
	}
	if got := s.get(auditor, order); got.status != http.StatusOK || !strings.Contains(s.get(auditor, "/appropriations/orders").body, order) {
		t.Errorf("an auditor does not see an order that waits to be checked: %d", got.status)
	}
}

// sayOf gives the refusal that a page shows.
func sayOf(body string) string {
	_, rest, _ := strings.Cut(body, `role="alert">`)
	text, _, _ := strings.Cut(rest, "</div>")
	return text
}
