package exchange_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// auditTable is a file of the set, by column name.
type auditTable struct {
	heads map[string]int
	rows  [][]string
	sum   string
}

func (t auditTable) get(row []string, head string) string { return row[t.heads[head]] }

func readAudit(t *testing.T, data []byte) map[string]auditTable {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]auditTable{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF")))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		sum := sha256.Sum256(content)
		table := auditTable{heads: map[string]int{}, rows: records[1:], sum: hex.EncodeToString(sum[:])}
		for i, h := range records[0] {
			table.heads[h] = i
		}
		tables[f.Name] = table
	}
	return tables
}

func fen(t *testing.T, text string) money.Fen {
	t.Helper()
	f, err := money.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAudit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		h.fill(h.office, 130)
		h.fill(h.village, 130)
		var first, second bytes.Buffer
		for _, out := range []*bytes.Buffer{&first, &second} {
			h.read(func(tx *store.Tx) error {
				books, err := ledger.ListBooks(tx, county, "/")
				if err != nil {
					return err
				}
				return exchange.Audit(tx, out, books)
			})
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Error("the same books give other bytes")
		}
		tables := readAudit(t, first.Bytes())
		manifest := tables["清单.csv"]
		if len(manifest.rows) != len(tables)-1 || len(manifest.rows) != 9 {
			t.Fatalf("%d files, %d in the manifest", len(tables), len(manifest.rows))
		}
		for _, r := range manifest.rows {
			table := tables[r[0]]
			if r[1] != strconv.Itoa(len(table.rows)) || r[4] != table.sum {
				t.Errorf("%s: manifest %v, file %d rows %s", r[0], r, len(table.rows), table.sum)
			}
			if r[2] != r[3] {
				t.Errorf("%s: debit %s, credit %s", r[0], r[2], r[3])
			}
		}
		vouchers, balances := tables["记账凭证.csv"], tables["科目余额.csv"]
		if vouchers.rows == nil || totals(t, vouchers) != totals(t, balances) {
			t.Errorf("vouchers %s, balances %s", totals(t, vouchers), totals(t, balances))
		}
		for _, r := range vouchers.rows {
			if vouchers.get(r, "乡镇代码") != "990001101" {
				t.Fatalf("a row of township %q", vouchers.get(r, "乡镇代码"))
			}
		}
		chain(t, balances)
		if n := len(tables["电子账簿.csv"].rows); n != 8 {
			t.Errorf("%d books by year, want 8", n)
		}
	})
}

func totals(t *testing.T, table auditTable) money.Fen {
	t.Helper()
	var sum money.Fen
	for _, r := range table.rows {
		sum += fen(t, table.get(r, "借方发生额"))
	}
	return sum
}

// chain holds each closing balance against its own movement and the next opening.
func chain(t *testing.T, table auditTable) {
	t.Helper()
	closings := map[string]money.Fen{}
	for _, r := range table.rows {
		sign := money.Fen(1)
		if table.get(r, "余额方向") == "贷" {
			sign = -1
		}
		account := table.get(r, "会计电子账簿编号") + "/" + table.get(r, "科目编码")
		opening, closing := fen(t, table.get(r, "期初余额")), fen(t, table.get(r, "期末余额"))
		if moved := fen(t, table.get(r, "借方发生额")) - fen(t, table.get(r, "贷方发生额")); opening+sign*moved != closing {
			t.Errorf("%v: %s and %s do not make %s", r, opening, moved, closing)
		}
		if before := closings[account]; before != opening {
			t.Errorf("%v: opens with %s after %s", r, opening, before)
		}
		closings[account] = closing
	}
}

// TestExport_LoadsElsewhere takes everything out of one county and into another.
func TestExport_LoadsElsewhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		by := exchange.Operator(county)
		h.bring(by, exchange.Accounts, "科目编码,名称,上级,账套,科目体系,辅助核算\n10020201,工行,100202,101,,\n", exchange.Options{})
		h.bring(h.accountant, exchange.Opening, "账套,科目编码,功能分类,部门经济分类,项目,资金性质,往来对象,借方金额,贷方金额\n201,102,,,,,,8000,\n201,30102,,,,,,,8000\n", h.opening())
		books := []ledger.Book{h.office, h.village}
		for _, b := range books {
			h.fill(b, 130)
		}
		there := emptyHall(t, storetest.One(t))
		there.accountant, there.reviewer = h.person(11, "周会计", "/", "accountant"), h.person(12, "吴审核", "/", "reviewer")
		for i, kind := range []exchange.Kind{exchange.Units, exchange.Books, exchange.Accounts, exchange.Opening, exchange.Vouchers} {
			var out bytes.Buffer
			format := []string{"csv", "csv-gbk", "xlsx"}[i%3]
			h.read(func(tx *store.Tx) error { return exchange.Export(tx, by, kind, &out, format) })
			o, who := exchange.Options{}, by
			if kind == exchange.Vouchers {
				o, who = there.posting(), there.accountant
			}
			if r := there.bring(who, kind, out.String(), o); len(r.Errors) > 0 || r.Accepted == 0 {
				t.Fatalf("%s: %v", kind, r.Errors)
			}
		}
		there.verify()
		for _, b := range books {
			var twin ledger.Book
			there.read(func(tx *store.Tx) (err error) {
				twin, err = ledger.BookByCode(tx, county, b.Code)
				return err
			})
			here, copied := h.balances(h.db, b, 2026), there.balances(there.db, twin, 2026)
			for key, want := range here {
				if copied[key] != want {
					t.Errorf("book %s, %s: %s there, %s here", b.Code, key, copied[key], want)
				}
			}
			mine, theirs := h.posted(b), there.posted(twin)
			if len(mine) != len(theirs) {
				t.Fatalf("book %s: %d vouchers there, %d here", b.Code, len(theirs), len(mine))
			}
			for i := range mine {
				if mine[i].Number != theirs[i].Number || mine[i].Kind != theirs[i].Kind || mine[i].Amount != theirs[i].Amount || (mine[i].Reverses == nil) != (theirs[i].Reverses == nil) {
					t.Errorf("book %s: %+v there, %+v here", b.Code, theirs[i], mine[i])
				}
			}
		}
	})
}

func TestExport_JSON(t *testing.T) {
	h := newHall(t, storetest.One(t))
	export := func(kind exchange.Kind) string {
		var out strings.Builder
		h.read(func(tx *store.Tx) error { return exchange.Export(tx, h.accountant, kind, &out, exchange.JSON) })
		return out.String()
	}
	if got, want := export(exchange.Vouchers), "[]\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	want := `[
{"book":"001","name":"镇总预算","unit":"990001101","chart":"财政总会计","start":"2025-01","regime":"财政总会计"},
{"book":"101","name":"镇政府机关","unit":"990001101","chart":"行政事业单位","start":"2025-01","regime":"行政单位"},
{"book":"201","name":"清溪村","unit":"990001101201","chart":"村集体","start":"2025-01","regime":"村集体经济组织"}
]
`
	if got := export(exchange.Books); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestExport_LongCSV: a table that is written in several pieces has one head and every row.
func TestExport_LongCSV(t *testing.T) {
	h := newHall(t, storetest.One(t))
	h.importAll(string(voucherFile(2600)))
	layout, err := exchange.Layout(exchange.Vouchers)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{sheet.CSV, sheet.CSVGBK} {
		var out bytes.Buffer
		h.read(func(tx *store.Tx) error { return exchange.Export(tx, h.accountant, exchange.Vouchers, &out, format) })
		table, err := sheet.Read("long.csv", bytes.NewReader(out.Bytes()), layout)
		if err != nil || len(table.Rows) != 4*2600 {
			t.Fatalf("%s: %d rows, %v", format, len(table.Rows), err)
		}
		if last := table.Rows[len(table.Rows)-1]; last.Number != 4*2600+1 || last.Get("account") != "60010102" {
			t.Errorf("%s: last row %+v", format, last.Cells)
		}
	}
}
