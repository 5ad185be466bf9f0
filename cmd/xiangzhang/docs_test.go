package main

import (
	"os"
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
)

// docs/commands.md names every column that a file may have, and no other.
func TestDocs_ColumnsOfFiles(t *testing.T) {
	text, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range exchange.Kinds() {
		layout, err := exchange.Layout(kind)
		if err != nil {
			t.Fatal(err)
		}
		names := make([]string, len(layout.Columns))
		for i, c := range layout.Columns {
			names[i] = c.Title + " " + c.Name
			if c.Required {
				names[i] += "*"
			}
		}
		row := "| " + string(kind) + " | " + strings.Join(names, ", ") + " |"
		if !strings.Contains(string(text), "\n"+row) {
			t.Errorf("docs/commands.md lacks\n%s", row)
		}
	}
}
