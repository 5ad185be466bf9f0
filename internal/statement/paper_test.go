package statement_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store/storetest"
)

// described reads a workbook back as people see it: cells, merged heads, how it prints, which codes are text.
func described(t *testing.T, r *statement.Report) string {
	t.Helper()
	var book bytes.Buffer
	if err := r.Write(&book, "xlsx"); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const name = "Sheet1"
	var out strings.Builder
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		out.WriteString(strings.TrimRight(strings.Join(row, "|"), " ") + "\n")
	}
	merged, err := f.GetMergeCells(name)
	if err != nil {
		t.Fatal(err)
	}
	var spans []string
	for _, m := range merged {
		spans = append(spans, m.GetStartAxis()+":"+m.GetEndAxis())
	}
	slices.Sort(spans)
	layout, err := f.GetPageLayout(name)
	if err != nil {
		t.Fatal(err)
	}
	props, err := f.GetSheetProps(name)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&out, "-- merged: %s\n-- paper: size %d, %s, fit %t: %d wide, %d high\n", strings.Join(spans, " "), *layout.Size, *layout.Orientation, *props.FitToPage, *layout.FitToWidth, *layout.FitToHeight)
	for _, n := range f.GetDefinedName() {
		fmt.Fprintf(&out, "-- %s: %s\n", n.Name, n.RefersTo)
	}
	foot, err := f.GetHeaderFooter(name)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&out, "-- foot: %s\n-- widths:", foot.OddFooter)
	columns, err := f.GetCols(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range columns {
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			t.Fatal(err)
		}
		width, err := f.GetColWidth(name, letter)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, " %.0f", width)
	}
	out.WriteString("\n")
	for i, row := range rows {
		if len(row) > 0 && row[0] != "" && strings.Trim(row[0], "0123456789") == "" {
			cell := fmt.Sprintf("A%d", i+1)
			if kind, err := f.GetCellType(name, cell); err != nil || kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset {
				t.Errorf("the code %s in %s is no text: %v %v", row[0], cell, kind, err)
			}
		}
	}
	return out.String()
}

// TestXLSX_LooksAsPrinted compares the workbooks of an upright, a wide and a two-sided statement with their goldens.
func TestXLSX_LooksAsPrinted(t *testing.T) {
	o := newOffice(t, storetest.One(t))
	ask := statement.Request{Books: []ledger.Book{o.government()}, From: "2026-03", To: "2026-03"}
	for name, levels := range map[string]int{"trial-balance": 1, "balance-sheet": 0, "income-expense": 0, "journal": 0} {
		ask.Name, ask.Levels = name, levels
		got := described(t, o.make(ask))
		path := filepath.Join("testdata", name+".xlsx.txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("the workbook of %s is not %s (refresh with -update):\n%s", name, path, got)
		}
	}
}
