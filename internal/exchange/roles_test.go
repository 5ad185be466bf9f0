package exchange_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestPersons_RolesComeBackWithTheirUnits: what is exported gives the same roles for the same units when it is brought in.
func TestPersons_RolesComeBackWithTheirUnits(t *testing.T) {
	file := "登录名,姓名,身份证号,单位,角色\nzhou,周明,11010519491231002X,990001101,会计;会计@990001102;会计\n"
	for range 2 {
		h := newHall(t, storetest.SQLite(t))
		keys := countyKeys(t)
		bad := strings.Replace(file, "会计@990001102", "会计@990009;会记@990001102", 1)
		compare(t, "unknown", h.bring(exchange.Operator(county), exchange.Persons, bad, exchange.Options{Keys: keys}).Errors,
			[]string{"第 2 行「角色」", "第 2 行「角色」"})
		if r := h.bring(exchange.Operator(county), exchange.Persons, file, exchange.Options{Keys: keys}); r.Accepted != 1 {
			t.Fatal(r.Errors)
		}
		var out bytes.Buffer
		h.read(func(tx *store.Tx) error {
			return exchange.Export(tx, exchange.Operator(county), exchange.Persons, &out, sheet.CSV)
		})
		masked := maskedNumber(out.String())
		if !strings.Contains(out.String(), ",990001101,会计;会计@990001102") {
			t.Fatalf("exported:\n%s", out.String())
		}
		file = strings.Replace(strings.TrimPrefix(out.String(), "\ufeff"), masked, "11010519491231002X", 1)
	}
}

// maskedNumber finds the masked number in an exported file.
func maskedNumber(text string) string {
	_, rest, _ := strings.Cut(text, "周明,")
	number, _, _ := strings.Cut(rest, ",")
	return number
}

// TestImporters_TakeTheStep: who brings in a kind of file has the right to the step that every file is taken by.
func TestImporters_TakeTheStep(t *testing.T) {
	for _, kind := range exchange.Kinds() {
		makers := exchange.Importers(kind)
		if len(makers) == 0 {
			t.Errorf("%s: nobody brings it in", kind)
		}
		for _, role := range makers {
			if !slices.Contains(exchange.FileKind.Step("import").Roles, role) {
				t.Errorf("%s: the %s may not take the step import", kind, role)
			}
		}
	}
}
