package exchange_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/statement"
)

// TestOfficial_ListsEveryUnconfirmedRow: what was written from memory is told row by row, in whichever table it lies.
func TestOfficial_ListsEveryUnconfirmedRow(t *testing.T) {
	var b bytes.Buffer
	if err := exchange.Official(&b, "unconfirmed", exchange.JSON); err != nil {
		t.Fatal(err)
	}
	var rows []struct{ Table, Title, Code, Name, Source string }
	if err := json.Unmarshal(b.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, r := range rows {
		if r.Title == "" || r.Code == "" {
			t.Errorf("a row says too little: %+v", r)
		}
		found[r.Table]++
	}
	tables := []string{standard.MappingTable, standard.TemplateTable}
	for _, e := range standard.Editions() {
		tables = append(tables, e.ID)
	}
	for _, table := range tables {
		want, err := standard.Unconfirmed(table)
		if err != nil {
			t.Fatal(err)
		}
		if found[table] != len(want) {
			t.Errorf("%s: %d rows, want %d", table, found[table], len(want))
		}
	}
	for _, f := range statement.Forms() {
		if got := found[f.Name+"/"+f.Edition]; got != f.Open {
			t.Errorf("%s of %s: %d rows, want %d", f.Name, f.Edition, got, f.Open)
		}
	}
	if found[standard.MappingTable] == 0 || found[standard.TemplateTable] == 0 {
		t.Error("the tables beside the editions are missing")
	}
}

// TestOfficial_Tables: the mapping and the templates go out whole, in every format.
func TestOfficial_Tables(t *testing.T) {
	for _, c := range []struct{ name, says string }{
		{"economic-mapping", "30201"}, {"posting-templates", "财务会计"}, {"unconfirmed", "平行记账分录模板"},
	} {
		for _, format := range []string{sheet.CSV, sheet.CSVGBK, sheet.XLSX, exchange.JSON} {
			var b bytes.Buffer
			if err := exchange.Official(&b, c.name, format); err != nil {
				t.Fatalf("%s %s: %v", c.name, format, err)
			}
			if (format == sheet.CSV || format == exchange.JSON) && !strings.Contains(b.String(), c.says) {
				t.Errorf("%s as %s does not say %q", c.name, format, c.says)
			}
		}
	}
	if err := exchange.Official(&bytes.Buffer{}, "gossip", sheet.CSV); !fault.HasCode(err, "export-unknown") {
		t.Errorf("an unknown table: %v", err)
	}
}
