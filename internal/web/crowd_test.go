package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// crowd gives the county as many townships, villages and books as a real one has: 36, and 483 books.
func (s *site) crowd() {
	s.t.Helper()
	root := s.world.Units["青岚县"]
	s.world.Write(s.t, func(tx *store.Tx) error {
		for i := range 36 {
			town, err := org.Create(tx, 990001, org.NewUnit{Code: fmt.Sprintf("9900015%02d", i), Name: fmt.Sprintf("凤鸣%02d镇", i), Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
			if err != nil {
				return err
			}
			for k := range 13 {
				chart := ledger.Government
				unit := town.ID
				if k > 2 {
					village, err := org.Create(tx, 990001, org.NewUnit{Code: fmt.Sprintf("9900015%02d2%02d", i, k), Name: fmt.Sprintf("高桐%02d村%02d", i, k), Kind: org.Village, Parent: town.ID, From: "2020-01-01"})
					if err != nil {
						return err
					}
					chart, unit = ledger.Village, village.ID
				}
				if _, err := ledger.CreateBook(tx, 990001, ledger.NewBook{Code: fmt.Sprintf("%02d-%02d", i, k), Name: fmt.Sprintf("高桐%02d村%02d股份经济合作社", i, k), Unit: unit, Chart: chart, Start: calendar.Period("2025-01")}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// TestCounty_KeepsToTheBudget: the pages of who looks over 483 books weigh no more than those of a clerk.
func TestCounty_KeepsToTheBudget(t *testing.T) {
	s := newSite(t)
	s.crowd()
	p := s.signIn("guoku")
	for _, path := range []string{
		"/", "/?sort=name&order=asc", "/books", "/switch", "/switch?part=1", "/search?q=%E9%AB%98", "/units/1/pictures/months", "/notices/new", "/month-end", "/batches",
	} {
		got := s.packed(p, path)
		if got.status != http.StatusOK && got.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, got.status)
			continue
		}
		first := len(got.body)
		for _, link := range linked.FindAllStringSubmatch(s.get(p, path).body, -1) {
			if strings.HasPrefix(link[1], "/static/") {
				first += len(s.packed(p, link[1]).body)
			}
		}
		if len(got.body) > warmMost || first > firstMost {
			t.Errorf("%s sends %d bytes, %d the first time", path, len(got.body), first)
		}
		t.Logf("%-30s %6d warm %6d first", path, len(got.body), first)
	}
}
