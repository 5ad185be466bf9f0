package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// newEmpty is the pages over a database without a county.
func newEmpty(t *testing.T) (*site, *store.DB) {
	t.Helper()
	keys, err := identity.LoadKeys(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.One(t)
	h, err := New(Config{DB: db, Keys: keys, StartCode: "ABC"})
	if err != nil {
		t.Fatal(err)
	}
	return &site{t: t, handler: h}, db
}

// TestStart_MakesTheFirstCounty: who knows the code finds the county, makes it with its offices and books, reads three
// passwords once, and the page is gone.
func TestStart_MakesTheFirstCounty(t *testing.T) {
	s, db := newEmpty(t)
	if got := s.get(person{}, "/sign-in"); !strings.Contains(got.body, "库中还没有县") {
		t.Errorf("signing in does not say that there is no county: %s", got.body)
	}
	for _, path := range []string{"/start", "/start?code=abc", "/start?code="} {
		if got := s.get(person{}, path); got.status != http.StatusNotFound {
			t.Errorf("%s without the code: %d", path, got.status)
		}
	}
	found := s.get(person{}, "/start?code=ABC&q=cnx")
	if !strings.Contains(found.body, "330327") || !strings.Contains(found.body, "苍南县") {
		t.Fatalf("the county is not found by its initials: %s", found.body)
	}
	form := url.Values{"code": {"ABC"}, "q": {"cnx"}, "county": {"330327"}, "year": {"26x"}, "offices": {"1"}, "chart": {"government"}}
	if got := s.post(person{}, "/start", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "启用年度「26x」不是数字") ||
		!strings.Contains(got.body, `value="330327" checked`) {
		t.Errorf("a year that is none: %d %s", got.status, sayOf(got.body))
	}
	form.Set("year", "2026")
	made := s.post(person{}, "/start", form)
	if made.status != http.StatusOK || strings.Count(made.body, `class="hash"`) != 3 {
		t.Fatalf("making the county: %d %s", made.status, sayOf(made.body))
	}
	if got := s.post(person{}, "/start", form); got.status != http.StatusNotFound {
		t.Errorf("the page is still there: %d", got.status)
	}
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		books, err := ledger.ListBooks(tx, 330327, "/")
		if err != nil {
			return err
		}
		units, err := org.List(tx, 330327, "/", "")
		townships, offices := 0, 0
		for _, u := range units {
			switch u.Kind {
			case org.Township:
				townships++
			case org.Office:
				offices++
			}
		}
		if townships == 0 || len(books) != townships || offices != townships {
			t.Errorf("%d townships, %d offices, %d books", townships, offices, len(books))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestStart_RefusesWhatNamesNoCounty: an unknown name, none chosen, a county that several share.
func TestStart_RefusesWhatNamesNoCounty(t *testing.T) {
	s, _ := newEmpty(t)
	if got := s.get(person{}, "/start?code=ABC&q=没有的县"); !strings.Contains(sayOf(got.body), "区划表中没有县「没有的县」") {
		t.Errorf("unknown: %s", sayOf(got.body))
	}
	if got := s.get(person{}, "/start?code=ABC&q="+url.QueryEscape("朝阳区")); strings.Count(got.body, `name="county"`) < 2 || strings.Contains(got.body, "checked required") {
		t.Errorf("several counties of one name are not offered to choose from")
	}
	form := url.Values{"code": {"ABC"}, "q": {"朝阳区"}, "year": {"2026"}}
	if got := s.post(person{}, "/start", form); !strings.Contains(sayOf(got.body), "没有选择县") {
		t.Errorf("none chosen: %s", sayOf(got.body))
	}
}

// TestStart_IsNotThereBesideACounty: without a code there is no such address.
func TestStart_IsNotThereBesideACounty(t *testing.T) {
	s := newSite(t)
	if got := s.do(httptest.NewRequest(http.MethodGet, "/start?code=", nil)); got.status != http.StatusNotFound {
		t.Errorf("%d", got.status)
	}
}
