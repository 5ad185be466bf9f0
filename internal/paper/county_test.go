package paper_test

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"xiangzhang/internal/demo"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/paper/papertest"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// county is a part of the invented county in which every kind of book occurs.
func county(t *testing.T) *store.DB {
	t.Helper()
	db := storetest.One(t)
	keys, err := identity.LoadKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := demo.BuildSize(context.Background(), db, keys, demo.Size{Townships: 1, Villages: 4}, nil); err != nil {
		t.Fatal(err)
	}
	return db
}

// oneOfEach gives a book of each chart.
func oneOfEach(t *testing.T, tx *store.Tx) []ledger.Book {
	t.Helper()
	all, err := ledger.ListBooks(tx, demo.County, "/")
	if err != nil {
		t.Fatal(err)
	}
	var out []ledger.Book
	seen := map[ledger.ChartName]bool{}
	for _, b := range all {
		if !seen[b.Chart] {
			seen[b.Chart] = true
			out = append(out, b)
		}
	}
	if len(out) != 3 {
		t.Fatalf("%d charts", len(out))
	}
	return out
}

func read(t *testing.T, db *store.DB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Read(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func spaceless(s string) string { return strings.Join(strings.Fields(s), "") }

// TestCounty prints every statement, a month's vouchers and the bound ledgers of real books and reads them back.
func TestCounty(t *testing.T) {
	db := county(t)
	read(t, db, func(tx *store.Tx) error {
		for _, b := range oneOfEach(t, tx) {
			for _, d := range statement.Declarations() {
				t.Run(string(b.Chart)+"/"+d.Name, func(t *testing.T) { everyCell(t, tx, b, d) })
			}
			t.Run(string(b.Chart)+"/vouchers", func(t *testing.T) { everyVoucher(t, tx, b) })
			t.Run(string(b.Chart)+"/bound", func(t *testing.T) { boundBook(t, tx, b) })
		}
		return nil
	})
}

// everyCell: each amount stands on paper at least as often as in the statement, each text once.
func everyCell(t *testing.T, tx *store.Tx, b ledger.Book, d statement.Declaration) {
	ask := statement.Request{Name: d.Name, Books: []ledger.Book{b}, From: "2026-01", To: "2026-03"}
	if d.Name == "detail-ledger" {
		ask.Account = map[ledger.ChartName]string{ledger.Government: "1002", ledger.Village: "102", ledger.GeneralBudget: "1001"}[b.Chart]
	}
	r, err := statement.Make(tx, ask)
	if err != nil {
		return // not of this chart
	}
	pdf, err := paper.Reports([]*statement.Report{r}, paper.Usual())
	if err != nil {
		t.Fatal(err)
	}
	pages := papertest.Text(t, pdf)
	for n, page := range pages {
		flat := spaceless(page)
		for _, want := range []string{r.Title, r.Entity, "单位:元", fmt.Sprintf("第%d页共%d页", n+1, len(pages)), spaceless(r.Columns[len(r.Columns)-1].Title)} {
			if !strings.Contains(flat, spaceless(want)) {
				t.Errorf("page %d does not say %q", n+1, want)
			}
		}
	}
	text := strings.Join(pages, "\n")
	found := map[string]int{}
	for _, word := range strings.Fields(text) {
		found[word]++
	}
	wanted := map[string]int{}
	for _, row := range append(append([]statement.Row{}, r.Rows...), r.Totals...) {
		for i, c := range r.Columns {
			if s := c.String(row.Cells[i]); s != "" && c.Kind != statement.Text {
				wanted[s]++
			}
		}
	}
	if len(wanted) == 0 {
		t.Error("the statement has no amount: nothing is proved")
	}
	for s, n := range wanted {
		if found[s] < n {
			t.Errorf("%s stands %d times on paper, %d times in the statement", s, found[s], n)
		}
	}
}

func everyVoucher(t *testing.T, tx *store.Tx, b ledger.Book) {
	vouchers, err := paper.Gather(tx, identity.Actor{}, b, ledger.Range{Period: "2026-03", First: 2, Last: 9}, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(vouchers) < 3 {
		t.Fatalf("only %d vouchers", len(vouchers))
	}
	pdf, err := paper.Vouchers(vouchers, paper.Usual())
	if err != nil {
		t.Fatal(err)
	}
	flat := spaceless(strings.Join(papertest.Text(t, pdf), "\n"))
	for _, v := range vouchers {
		if !strings.Contains(flat, fmt.Sprintf("%04d号", v.Number)) {
			t.Errorf("voucher %d is not on paper", v.Number)
		}
		for _, s := range v.Signed {
			if s.Name != "" && !strings.Contains(flat, s.Name) {
				t.Errorf("voucher %d: %s %s is not on paper", v.Number, s.Duty, s.Name)
			}
		}
		if v.Signed[4].Name == "" || v.Signed[1].At == "" {
			t.Errorf("voucher %d: who made it, or when it was posted, is not known: %+v", v.Number, v.Signed)
		}
		for _, h := range v.Halves {
			for _, l := range h.Lines {
				if !strings.Contains(flat, (l.Debit + l.Credit).String()) {
					t.Errorf("voucher %d: %s is not on paper", v.Number, l.Debit+l.Credit)
				}
			}
		}
	}
}

var contents = regexp.MustCompile(`(?m)(\d{3,})\s+([^\s·]+)\s*·+\s*(\d+)`)

// boundBook: every account of the table of contents begins on the page that it names, and pages count through.
func boundBook(t *testing.T, tx *store.Tx, b ledger.Book) {
	parts, err := statement.Bind(tx, b, statement.Bindable, "2026-03")
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := paper.Book(b, parts, paper.Usual())
	if err != nil {
		t.Fatal(err)
	}
	pages := papertest.Text(t, pdf)
	if len(pages) != paper.Pages(pdf) {
		t.Errorf("%d pages of text, %d counted", len(pages), paper.Pages(pdf))
	}
	if cover := spaceless(pages[0]); !strings.Contains(cover, b.UnitName) || !strings.Contains(cover, "2026年度") {
		t.Errorf("the cover says %s", cover)
	}
	first := 1
	var listed [][]string
	for strings.Contains(spaceless(pages[first]), "目录") {
		listed = append(listed, contents.FindAllStringSubmatch(pages[first], -1)...)
		first++
	}
	if len(listed) != len(parts) {
		t.Errorf("%d accounts in the table of contents, %d in the book", len(listed), len(parts))
	}
	for _, l := range listed {
		var at int
		if _, err := fmt.Sscan(l[3], &at); err != nil || first+at > len(pages) {
			t.Fatalf("contents: %q", l[0])
		}
		if page := spaceless(pages[first+at-1]); !strings.Contains(page, l[1]) || !strings.Contains(page, fmt.Sprintf("第%d页", at)) {
			t.Errorf("%s %s is not on page %s", l[1], l[2], l[3])
		}
	}
	for n, page := range pages[first:] {
		if want := fmt.Sprintf("第%d页共%d页", n+1, len(pages)-first); !strings.Contains(spaceless(page), want) {
			t.Errorf("page %d does not say %s", n+1, want)
		}
	}
	sameLedgers(t, tx, b, parts)
}

// sameLedgers: what is bound is what the statement of each account says.
func sameLedgers(t *testing.T, tx *store.Tx, b ledger.Book, parts []statement.Bound) {
	for _, p := range parts {
		if p.Name == "general-ledger" {
			continue
		}
		r, err := statement.Make(tx, statement.Request{Name: p.Name, Books: []ledger.Book{b}, From: "2026-01", To: "2026-03", Account: p.Account})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Rows) != len(p.Report.Rows) {
			t.Errorf("%s %s: %d rows bound, %d in the statement", p.Name, p.Account, len(p.Report.Rows), len(r.Rows))
			continue
		}
		for i := range r.Rows {
			for k := range r.Columns {
				was, is := r.Columns[k].String(r.Rows[i].Cells[k]), p.Report.Columns[k].String(p.Report.Rows[i].Cells[k])
				if was != is && !(i == 0 && was == "期初余额" && is == "上年结转") {
					t.Errorf("%s %s row %d: bound %q, in the statement %q", p.Name, p.Account, i, is, was)
				}
			}
		}
	}
}

// TestKeep: a setup is kept per person, and what was never kept is the usual one.
func TestKeep(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		want := paper.Usual()
		want.Form, want.RightBy, want.Copies = paper.FormOverlay, -15, 3
		for range 2 { // kept anew
			if err := db.Write(context.Background(), func(tx *store.Tx) error { return paper.Keep(tx, demo.County, 7, want) }); err != nil {
				t.Fatal(err)
			}
			want.DownBy++
		}
		want.DownBy--
		read(t, db, func(tx *store.Tx) error {
			got, err := paper.SetupOf(tx, demo.County, 7)
			if err != nil || got != want {
				t.Errorf("kept %+v, got %+v %v", want, got, err)
			}
			got, err = paper.SetupOf(tx, demo.County, 8)
			if err != nil || got != paper.Usual() {
				t.Errorf("another person has %+v %v", got, err)
			}
			return nil
		})
	})
}
