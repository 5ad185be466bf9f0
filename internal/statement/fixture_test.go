package statement_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

const county int64 = 990001

// office is 云溪乡 of the invented county with its two finance people.
type office struct {
	t              *testing.T
	db             *store.DB
	maker, checker identity.Actor
	township       org.Unit
}

func newOffice(t *testing.T, db *store.DB) *office {
	t.Helper()
	o := &office{t: t, db: db}
	o.write(func(tx *store.Tx) error {
		root, err := org.CreateCounty(tx, county, "青岚县", "", "2020-01-01")
		if err != nil {
			return err
		}
		o.township, err = org.Create(tx, county, org.NewUnit{Code: "990001200", Name: "云溪乡", Kind: org.Township, Parent: root.ID, From: "2020-01-01"})
		if err != nil {
			return err
		}
		return ledger.InstallStandards(tx)
	})
	actor := func(person int64, role identity.Role) identity.Actor {
		return identity.Actor{County: county, Login: person, Person: person, Grants: []identity.Grant{{Role: role, Unit: o.township.ID, Path: o.township.Path}}}
	}
	o.maker, o.checker = actor(11, identity.Accountant), actor(12, identity.Reviewer)
	return o
}

func (o *office) write(step func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(context.Background(), step); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) read(f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Read(context.Background(), f); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) book(code, name string, chart ledger.ChartName, start calendar.Period) ledger.Book {
	o.t.Helper()
	var b ledger.Book
	o.write(func(tx *store.Tx) (err error) {
		b, err = ledger.CreateBook(tx, county, ledger.NewBook{Code: code, Name: name, Unit: o.township.ID, Chart: chart, Start: start})
		return err
	})
	return b
}

// lines reads "1002 借 500.00 fund=1; 4001 贷 500.00": account, side, yuan, dimensions.
func lines(t *testing.T, text string) []ledger.Line {
	t.Helper()
	var out []ledger.Line
	for part := range strings.SplitSeq(text, ";") {
		fields := strings.Fields(part)
		fen, err := money.Parse(fields[2])
		if err != nil {
			t.Fatal(err)
		}
		l := ledger.Line{Account: fields[0]}
		if fields[1] == "借" {
			l.Debit = fen
		} else {
			l.Credit = fen
		}
		for _, d := range fields[3:] {
			name, value, _ := strings.Cut(d, "=")
			switch name {
			case "function":
				l.Dims.Function = value
			case "economic":
				l.Dims.Economic = value
			case "project":
				l.Dims.Project = value
			case "fund":
				l.Dims.Fund = value
			case "party":
				l.Dims.Party = value
			default:
				t.Fatalf("no dimension %q", name)
			}
		}
		out = append(out, l)
	}
	return out
}

// post posts one voucher; kind is ordinary or closing.
func (o *office) post(b ledger.Book, date calendar.Date, summary, text string, kind ledger.EntryKind) {
	o.t.Helper()
	v := ledger.Voucher{Book: b.ID, Date: date, Word: "记", Kind: kind, Note: "只录所要的分录", Lines: lines(o.t, text)}
	for i := range v.Lines {
		v.Lines[i].Summary = summary
	}
	o.write(func(tx *store.Tx) error {
		_, err := ledger.PostAtOnce(tx, o.maker, o.checker, document.NewID(), v)
		return err
	})
}

func (o *office) open(b ledger.Book, text string) {
	o.t.Helper()
	o.write(func(tx *store.Tx) error {
		doc, err := ledger.SetOpening(tx, o.maker, document.NewID(), b.ID, b.Start, lines(o.t, text))
		if err == nil {
			_, err = ledger.CheckOpening(tx, o.checker, b.ID, doc.ID, doc.Version)
		}
		return err
	})
}

func (o *office) make(ask statement.Request) *statement.Report {
	o.t.Helper()
	var r *statement.Report
	o.read(func(tx *store.Tx) (err error) {
		r, err = statement.Make(tx, ask)
		return err
	})
	return r
}

// golden compares text and json with the files of the statement.
func golden(t *testing.T, name string, r *statement.Report) {
	t.Helper()
	for _, format := range []string{"text", "json"} {
		var got bytes.Buffer
		if err := r.Write(&got, format); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+map[string]string{"text": ".txt", "json": ".json"}[format])
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s differs from %s (refresh with -update):\n%s", name, path, got.String())
		}
	}
}

// cell finds an amount by row and column key, written in yuan.
func cell(r *statement.Report, row, column string) string {
	for _, rows := range [][]statement.Row{r.Rows, r.Totals} {
		for _, line := range rows {
			for i, c := range r.Columns {
				if line.Key == row && c.Key == column {
					return c.String(line.Cells[i])
				}
			}
		}
	}
	return fmt.Sprintf("no cell %s/%s", row, column)
}

// government is a book of an office with a year's typical business (handbook 3.6).
func (o *office) government() ledger.Book {
	o.write(func(tx *store.Tx) error {
		return ledger.AddAccount(tx, county, ledger.NewAccount{Chart: ledger.Government, Code: "100102", Name: "备用金", Parent: "1001", FromYear: 2026})
	})
	b := o.book("ZF", "云溪乡人民政府", ledger.Government, "2026-01")
	o.open(b, `100102 借 2000; 100202 借 98000; 160103 借 60000; 160203 贷 12000; 3001 贷 148000;
		800102 借 100000; 810107 贷 60000 function=2010301 project=村道硬化; 820204 贷 40000 function=2010301`)
	grant := " function=2010301"
	o.post(b, "2026-01-15", "收到财政拨款", "100202 借 50000; 400101 贷 50000; 800102 借 50000; 60010102 贷 50000"+grant, ledger.Ordinary)
	o.post(b, "2026-01-20", "购办公用品", "500102 借 1000; 100202 贷 1000; 71010101 借 1000"+grant+" economic=30201; 800102 贷 1000", ledger.Ordinary)
	o.post(b, "2026-01-20", "提取备用金", "100102 借 800; 100202 贷 800", ledger.Ordinary)
	o.post(b, "2026-02-10", "购计算机", "160103 借 6000; 400101 贷 6000; 71010101 借 6000"+grant+" economic=31002; 60010102 贷 6000"+grant, ledger.Ordinary)
	o.post(b, "2026-02-28", "计提折旧", "500105 借 83.33; 160203 贷 83.33", ledger.Ordinary)
	o.post(b, "2026-03-05", "代收款", "100201 借 3000; 2901 贷 3000 party=甲公司", ledger.Ordinary)
	o.post(b, "2026-03-06", "预支差旅费", "1218 借 500 party=张三; 100102 贷 500", ledger.Ordinary)
	o.post(b, "2026-03-20", "红字冲销购办公用品", "500102 借 -200; 100202 贷 -200; 71010101 借 -200"+grant+" economic=30201; 800102 贷 -200", ledger.Ordinary)
	return b
}
