package drafting_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestCompare sets the first and the third version side by side: what changed, what came, what went.
func TestCompare(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newTown(t, db, "2026-01-25")
		o.begin(2026, "2025-09-30")
		o.upTo(drafting.Down1)
		changed := strings.NewReplacer("quantity=2", "quantity=1", "amount=300000", "amount=280000").Replace(townLines) + "; project 集镇亮化 function=2120501 economic=31005 amount=5000"
		o.do(o.fill(o.accountant, o.unit, changed))
		o.do(o.fill(o.clerk, o.station, strings.Split(stationLines, ";")[0]))
		o.do(o.income(o.accountant, strings.Replace(townItems, "227 20000", "227 15000", 1)))
		o.do(o.step(drafting.Submit, o.accountant))
		var got strings.Builder
		o.read(func(tx *store.Tx) error {
			was, err := drafting.ContentOf(tx, county, o.draft, 1)
			if err != nil {
				return err
			}
			now, err := drafting.ContentOf(tx, county, o.draft, 3)
			for _, c := range drafting.Compare(was, now) {
				if c.Differs() {
					fmt.Fprintf(&got, "%s%s%s %s→%s %d→%d\n", c.Line.Project, c.Line.Economic, c.Item.Class, c.Was, c.Now, c.WasCount, c.NowCount)
				}
			}
			if n := len(drafting.Compare(now, now)); n != 16 {
				t.Errorf("a version beside itself has %d rows", n)
			}
			return err
		})
		want := `30231 50,000.00→25,000.00 2→1
通村道路硬化31005 300,000.00→280,000.00 0→0
集镇亮化31005 0.00→5,000.00 0→0
农技推广30299 40,000.00→0.00 0→0
227 20,000.00→15,000.00 0→0
`
		if got.String() != want {
			t.Errorf("changes:\n%swant:\n%s", got.String(), want)
		}
	})
}

// TestTables: the tables for the deputies of a draft, and beside an adjustment what the year began with.
func TestTables(t *testing.T) {
	db := storetest.One(t)
	o := newTown(t, db, "2026-01-25")
	o.begin(2026, "2025-09-30")
	o.upTo(drafting.Up1)
	shown := func() map[string]string {
		out := map[string]string{}
		o.read(func(tx *store.Tx) error {
			all, err := drafting.Tables(tx, county, o.now(), 0)
			for _, r := range all {
				var b bytes.Buffer
				if err := r.Write(&b, "csv"); err != nil {
					return err
				}
				out[r.Name] = strings.TrimPrefix(b.String(), "\ufeff")
			}
			return err
		})
		return out
	}
	first := shown()
	for name, want := range map[string][]string{
		"draft-balance":  {"1 一般公共预算资金,854000.00,54000.00,500000.00,340000.00,20000.00", "2 政府性基金预算资金,180000.00"},
		"draft-income-1": {"10101,", "11009,", "合计,,854000.00,"},
		"draft-outlay-1": {"2010301,", "410000.00", "2130126,", "2300602,", "227,"},
		"draft-basic":    {"301,", "426000.00", "30101,", "282000.00", "30231,", "合计,,500000.00,"},
		"draft-outlay-2": {"2120803,", "120000.00", "23008,"},
		"draft-projects": {"柳溪镇,通村道路硬化,一般公共预算资金,2130126,31005,300000.00", "460000.00"},
		"draft-public":   {"30231,公务用车运行维护费,,50000.00", "“三公”经费合计,,50000.00"},
	} {
		for _, part := range want {
			if !strings.Contains(first[name], part) {
				t.Errorf("%s lacks %q:\n%s", name, part, first[name])
			}
		}
	}
	// A year that was not drafted here is compared with what its appropriations began with.
	o.do(func(tx *store.Tx) error {
		k := appropriation.Key{Year: 2025, Unit: o.unit.ID, Fund: "1", Function: "2010301", Economic: "30101"}
		l, err := appropriation.Intern(tx, o.budget, appropriation.NewLine{Key: k, Guarantee: true, Source: "青财预〔2025〕1号"})
		if err != nil {
			return err
		}
		given := appropriation.Order{
			ID: document.NewID(), Kind: appropriation.OrderInitial, Year: 2025, Date: "2025-02-10", Source: "青财预〔2025〕1号", Session: "青人〔2025〕3号",
			Items: []appropriation.Item{{Move: appropriation.Initial, Line: l.ID, Amount: 400_000_00, From: appropriation.SourceOwn}},
		}
		if _, err := appropriation.Draft(tx, o.budget, given, 0); err != nil {
			return err
		}
		if _, err := appropriation.Check(tx, o.other2, given.ID, 1); err != nil {
			return err
		}
		_, err = appropriation.Issue(tx, o.budget, given.ID, 2)
		return err
	})
	then := shown()
	for name, want := range map[string]string{"draft-outlay-1": `行政运行",400000.00,410000.00,2.50%`, "draft-basic": `基本工资",400000.00,282000.00,-29.50%`, "draft-income-1": `增值税",,420000.00,`} {
		if !strings.Contains(then[name], want) {
			t.Errorf("%s lacks %q:\n%s", name, want, then[name])
		}
	}
	if len(first) != 8 {
		t.Errorf("%d tables", len(first))
	}
}
