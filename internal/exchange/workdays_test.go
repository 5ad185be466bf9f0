package exchange_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/workday"
)

// TestWorkdays_Import: a year's notice comes as a file, once, and goes out as it came in.
func TestWorkdays_Import(t *testing.T) {
	db := storetest.One(t)
	h := newHall(t, db)
	var root org.Unit
	h.write(func(tx *store.Tx) (err error) { root, err = org.Root(tx, county); return err })
	officer := h.person(21, "预算股", root.Path, identity.CountyBudget)
	const file = "日期,安排,名称,文号,全年安排\n2027-01-01,休假,元旦,国办发明电〔2026〕1号,是\n2027-01-03,上班,元旦调休,国办发明电〔2026〕1号,是\n"
	bring := func(by identity.Actor, text string) exchange.Result {
		r, err := exchange.Import(context.Background(), db, by, exchange.Workdays, "放假.csv", strings.NewReader(text), exchange.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for text, code := range map[string]string{
		"日期,安排,名称,文号\n2027-13-01,休假,元旦,1号\n":                      "date-malformed",
		"日期,安排,名称,文号\n2027-01-01,休假,元旦,1号\n2027-01-01,上班,元旦,1号\n": "workday-day-twice",
	} {
		if r := bring(officer, text); !fault.HasCode(r.Errors.Err(), code) {
			t.Errorf("want %s, got %v", code, r.Errors)
		}
	}
	if r := bring(h.accountant, file); !fault.HasCode(r.Errors.Err(), "role-missing") {
		t.Errorf("an accountant sets the county's calendar: %v", r.Errors)
	}
	if r := bring(officer, file); r.Accepted != 2 {
		t.Fatal(r.Errors)
	}
	if r := bring(officer, file); !fault.HasCode(r.Errors.Err(), "import-repeated") {
		t.Errorf("the same file again: %v", r.Errors)
	}
	h.write(func(tx *store.Tx) error {
		c, err := workday.Read(tx, county)
		if err != nil {
			return err
		}
		if c.Known(2027) == "" || c.Working("2027-01-01") || !c.Working("2027-01-03") {
			t.Error("the year is not as the file arranges it")
		}
		var out bytes.Buffer
		if err := exchange.Export(tx, officer, exchange.Workdays, &out, "csv"); err != nil {
			return err
		}
		if got := strings.TrimPrefix(strings.ReplaceAll(out.String(), "\r\n", "\n"), "\ufeff"); got != file {
			t.Errorf("exported\n%s", got)
		}
		return nil
	})
}
