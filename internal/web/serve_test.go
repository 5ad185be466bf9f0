package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/document"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/notice"
	"xiangzhang/internal/store"
	"xiangzhang/internal/unitchange"
	"xiangzhang/internal/usual"
	"xiangzhang/internal/web/webtest"
)

// site is the pages over a county, asked without a browser.
type site struct {
	t       *testing.T
	world   *webtest.World
	handler http.Handler
}

func newSite(t *testing.T) *site {
	t.Helper()
	w := webtest.New(t)
	h, err := New(Config{DB: w.DB, Keys: w.Keys, Files: w.Files, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	return &site{t, w, h}
}

// person is somebody signed in; the zero person is nobody.
type person struct{ token, csrf string }

func (s *site) signIn(login string) person {
	s.t.Helper()
	var in identity.SignedIn
	err := s.world.DB.Write(context.Background(), func(tx *store.Tx) error {
		var err error
		in, err = identity.SignInAs(tx, webtest.County, login)
		return err
	})
	if err != nil {
		s.t.Fatalf("sign in %s: %v", login, err)
	}
	return person{in.Token, in.Session.CSRF}
}

// reply is what came back.
type reply struct {
	status int
	to     string
	body   string
	header http.Header
}

func (s *site) ask(p person, method, path string, form url.Values) reply {
	s.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		if form == nil {
			form = url.Values{}
		}
		if p.csrf != "" && !form.Has("csrf") {
			form.Set("csrf", p.csrf)
		}
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if p.token != "" {
		r.AddCookie(&http.Cookie{Name: "xiangzhang", Value: p.token})
	}
	return s.do(r)
}

func (s *site) do(r *http.Request) reply {
	rec := httptest.NewRecorder()
	s.handler.ServeHTTP(rec, r)
	res := rec.Result()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header.Get("Location"), string(text), res.Header}
}

func (s *site) get(p person, path string) reply { return s.ask(p, http.MethodGet, path, nil) }

func (s *site) post(p person, path string, form url.Values) reply {
	return s.ask(p, http.MethodPost, path, form)
}

// township is one township's identifiers, as addresses carry them.
type township struct {
	book, unit, person, login, posted, draft, closing, batch, template, notice, change, delegation, handover string
}

// townships makes a posted voucher, a draft and a closed month in both; what the second one's say is not for the first.
func (s *site) townships() (own, foreign township) {
	s.t.Helper()
	own = s.township("LX01", "柳溪镇", "kuaiji", "shenhe", "柳溪摘要")
	foreign = s.township("YX01", "云溪乡", "yunxi", "yunshen", "云溪摘要")
	return own, foreign
}

func (s *site) township(code, unit, maker, checker, summary string) township {
	s.t.Helper()
	w := s.world
	b := w.Books[code]
	posted, draft, closing, many := document.NewID(), document.NewID(), document.NewID(), document.NewID()
	actor := w.Actor(s.t, maker)
	w.Write(s.t, func(tx *store.Tx) error {
		_, err := ledger.CloseMonth(tx, actor, closing, b.ID, "2026-01")
		if err != nil {
			return err
		}
		return batch.Begin(tx, actor, batch.Batch{ID: many, Kind: batch.CloseMonth, Items: []batch.Item{{Book: b.ID, Period: "2026-02"}}})
	})
	w.Post(s.t, maker, checker, posted, code, "2026-10-20",
		ledger.Line{Account: "100202", Summary: summary, Debit: 700000}, ledger.Line{Account: "400101", Summary: summary, Credit: 700000})
	template := document.NewID()
	var login identity.Login
	w.Write(s.t, func(tx *store.Tx) error {
		_, err := usual.Keep(tx, actor, b.ID, usual.Template{ID: template, Name: summary, Lines: []usual.Line{{Summary: summary, Account: "500102", Debit: "12"}}})
		if err != nil {
			return err
		}
		_, err = ledger.SaveDraft(tx, actor, ledger.DraftVoucher{
			Document: draft, Book: b.ID, Date: "2026-10-21", Word: "记", Lines: []ledger.DraftLine{{Summary: summary, Account: "500102", Debit: "12"}},
		}, 0)
		if err != nil {
			return err
		}
		login, err = identity.FindLogin(tx, webtest.County, maker)
		return err
	})
	issued := document.NewID()
	head := actor
	head.Grants = []identity.Grant{{Role: identity.OfficeHead, Unit: w.Units[unit].ID, Path: w.Units[unit].Path}}
	w.Write(s.t, func(tx *store.Tx) error {
		_, err := notice.Issue(tx, head, notice.New{Document: issued, Unit: w.Units[unit].ID, Title: summary, Body: summary, From: "2026-10-01", To: "2026-12-31"})
		return err
	})
	given, leaving := document.NewID(), document.NewID()
	village := map[string]string{"柳溪镇": "石桥村", "云溪乡": "东坪村"}[unit]
	leaver := w.Actor(s.t, w.Grant(s.t, identity.Assets, village))
	w.Write(s.t, func(tx *store.Tx) error {
		to, err := identity.FindLogin(tx, webtest.County, checker)
		if err != nil {
			return err
		}
		d := identity.Delegation{Document: given, ToLogin: to.ID, Role: identity.Accountant, Unit: w.Units[unit].ID, First: "2026-11-01", Last: "2026-11-05", Reason: summary}
		if err := handover.Delegate(tx, actor, d); err != nil {
			return err
		}
		by := actor // somebody who heads both people's office
		by.Person, by.Grants = 0, head.Grants
		witness, err := identity.FindLogin(tx, webtest.County, "yusuan")
		if err != nil {
			return err
		}
		return handover.Start(tx, by, handover.New{Document: leaving, Leaver: leaver.Person, Successor: actor.Person, Witness: witness.Person, Cause: summary})
	})
	change, keeper := document.NewID(), w.Actor(s.t, "sys")
	w.Write(s.t, func(tx *store.Tx) error {
		order := unitchange.Order{ID: change, On: "2026-10-01", DocumentNo: "青政〔2026〕1号", Reason: "撤乡设镇"}
		return unitchange.Rename(tx, keeper, order, w.Units[unit].ID, unit+"(新)", nil)
	})
	return township{
		book: itoa(b.ID), unit: itoa(w.Units[unit].ID), person: itoa(login.Person), login: itoa(login.ID), posted: posted, draft: draft, closing: closing, batch: many,
		template:   template,
		notice:     issued,
		change:     change,
		delegation: given, handover: leaving,
	}
}
