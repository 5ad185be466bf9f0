package exchange_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestRoster_Import: changes come as a file, wait for their checker, and go out with masked numbers.
func TestRoster_Import(t *testing.T) {
	db := storetest.One(t)
	h := newHall(t, db)
	keys, err := identity.LoadKeys(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Create(county); err != nil {
		t.Fatal(err)
	}
	h.write(func(tx *store.Tx) error {
		if err := roster.Bootstrap(tx, county, "2020-01-01"); err != nil {
			return err
		}
		_, err := identity.BootstrapPerson(tx, keys, county, identity.NewPerson{Name: "周明", Number: "11010519491231002X", Unit: h.office.Unit})
		return err
	})
	bring := func(rows string) exchange.Result {
		r, err := exchange.Import(context.Background(), db, h.accountant, exchange.Roster, "花名册.csv", strings.NewReader("变动,单位,岗位类别,姓名,身份证号,职务级别,编制数,日期,文号\n"+rows), exchange.Options{Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for row, code := range map[string]string{
		"到岗,990001101,事业编制,周明,110105194912310038,,,2026-09-01,1号\n": "roster-unregistered",
		"到岗,990001101,皇帝,周明,11010519491231002X,,,2026-09-01,1号\n":   "roster-kind",
		"到岗,990001102,事业编制,周明,11010519491231002X,,,2026-09-01,1号\n": "unit-unknown",
		"离岗,990001101,事业编制,周明,11010519491231002X,,,2026-09-01,1号\n": "roster-not-there",
		"核定编制,990001101,事业编制,,,,许多,2026-09-01,1号\n":                 "roster-posts",
	} {
		if r := bring(row); !fault.HasCode(r.Errors.Err(), code) || r.Errors[0].Row != 2 {
			t.Errorf("want %s, got %v", code, r.Errors)
		}
	}
	good := "核定编制,990001101,事业编制,,,,3,2026-01-01,青编发1号\n到岗,990001101,事业编制,周明,11010519491231002X,九级,,2026-09-01,青人社1号\n"
	if r := bring(good); r.Accepted != 2 {
		t.Fatal(r.Errors)
	}
	if r := bring(good); !fault.HasCode(r.Errors.Err(), "import-repeated") {
		t.Errorf("the same file again: %v", r.Errors)
	}
	head := h.person(22, "县预算", "/1/", identity.CountyBudget)
	var out bytes.Buffer
	h.write(func(tx *store.Tx) error {
		waiting, err := roster.Waiting(tx, county, h.office.Path)
		if err != nil || len(waiting) != 2 {
			t.Fatalf("waiting %+v, %v", waiting, err)
		}
		for _, w := range waiting {
			if err := roster.Check(tx, head, w.Document, w.Version); err != nil {
				return err
			}
		}
		out.Reset()
		return exchange.Export(tx, h.accountant, exchange.Roster, &out, "csv")
	})
	if got := out.String(); !strings.Contains(got, "核定编制,990001101,事业编制,,,,3,2026-01-01,青编发1号") ||
		!strings.Contains(got, "到岗,990001101,事业编制,周明,") || strings.Contains(got, "11010519491231002X") {
		t.Errorf("exported\n%s", got)
	}
}
