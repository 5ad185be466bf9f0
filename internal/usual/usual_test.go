package usual_test

import (
	"context"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
	"xiangzhang/internal/usual"
)

const qinglan int64 = 990001

// office is a township with two own books and a village's, and another township.
type office struct {
	db                          *store.DB
	party, school, village, far ledger.Book
	han, tang, clerk, stranger  identity.Actor // two accountants, one of a village alone, one elsewhere
}

func newOffice(t *testing.T, db *store.DB) *office {
	t.Helper()
	o := &office{db: db}
	o.must(t, func(tx *store.Tx) error {
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		root, err := identity.BootstrapCounty(tx, qinglan, "青岚县", "2026-10-23", "2020-01-01")
		if err != nil {
			return err
		}
		units := map[string]int64{"": root.ID}
		for _, u := range []struct {
			code, name, parent string
			kind               org.Kind
		}{
			{"990001101", "柳溪镇", "", org.Township}, {"990001101201", "清溪村", "990001101", org.Village}, {"990001102", "云溪乡", "", org.Township},
		} {
			made, err := org.Create(tx, qinglan, org.NewUnit{Code: u.code, Name: u.name, Kind: u.kind, Parent: units[u.parent], From: "2020-01-01"})
			if err != nil {
				return err
			}
			units[u.code] = made.ID
		}
		for _, n := range []struct {
			book *ledger.Book
			unit string
			n    ledger.NewBook
		}{
			{&o.party, "990001101", ledger.NewBook{Code: "101", Name: "柳溪镇政府机关", Chart: ledger.Government}},
			{&o.school, "990001101", ledger.NewBook{Code: "102", Name: "柳溪镇中心校", Chart: ledger.Government}},
			{&o.village, "990001101201", ledger.NewBook{Code: "201", Name: "清溪村", Chart: ledger.Village}},
			{&o.far, "990001102", ledger.NewBook{Code: "301", Name: "云溪乡政府机关", Chart: ledger.Government}},
		} {
			n.n.Unit, n.n.Start = units[n.unit], "2026-01"
			if *n.book, err = ledger.CreateBook(tx, qinglan, n.n); err != nil {
				return err
			}
		}
		return ledger.AddUsualAccounts(tx, qinglan)
	})
	person := func(id int64, name string, b ledger.Book) identity.Actor {
		return identity.Actor{County: qinglan, Login: id, Person: id, Name: name, Grants: []identity.Grant{{Role: identity.Accountant, Path: b.Path}}}
	}
	o.han, o.tang = person(11, "韩会计", o.party), person(12, "唐会计", o.party)
	o.clerk, o.stranger = person(13, "村会计", o.village), person(14, "云会计", o.far)
	return o
}

func (o *office) must(t *testing.T, f func(tx *store.Tx) error) {
	t.Helper()
	if err := o.db.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func (o *office) refused(t *testing.T, code string, f func(tx *store.Tx) error) {
	t.Helper()
	if err := o.db.Write(context.Background(), f); !fault.HasCode(err, code) {
		t.Errorf("%v, want %s", err, code)
	}
}

func (o *office) keep(t *testing.T, by identity.Actor, b ledger.Book, tpl usual.Template) usual.Template {
	t.Helper()
	var kept usual.Template
	o.must(t, func(tx *store.Tx) (err error) { kept, err = usual.Keep(tx, by, b.ID, tpl); return err })
	return kept
}

func (o *office) names(t *testing.T, by identity.Actor, b ledger.Book) string {
	t.Helper()
	var names []string
	o.must(t, func(tx *store.Tx) error {
		names = nil
		all, err := usual.List(tx, by, b)
		for _, tpl := range all {
			names = append(names, tpl.Name)
		}
		return err
	})
	return strings.Join(names, " ")
}

func insurance() usual.Template {
	return usual.Template{ID: document.NewID(), Code: "sb", Name: "计提社保", Lines: []usual.Line{
		{Summary: "计提单位社保", Account: "500102", Function: "2010301", Economic: "30201", Debit: "=工资*8%"}, {Summary: "计提单位社保", Account: "100203", Credit: "=第1行"},
	}}
}

func TestKeep_ByBookAndOffice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		own, shared, all := insurance(), insurance(), insurance()
		own.Name, own.Person = "我的", o.han.Person
		shared.Name, all.Name, all.Unit = "本账套", "全所", 1
		for _, tpl := range []usual.Template{own, shared, all} {
			o.keep(t, o.han, o.party, tpl)
		}
		for _, c := range []struct {
			by   identity.Actor
			book ledger.Book
			want string
		}{
			{o.han, o.party, "全所 我的 本账套"}, {o.tang, o.party, "全所 本账套"}, {o.han, o.school, "全所"}, {o.clerk, o.village, ""}, {o.stranger, o.far, ""},
		} {
			got := strings.Fields(o.names(t, c.by, c.book))
			if len(got) != len(strings.Fields(c.want)) {
				t.Errorf("%s is offered %q in %s, want %q", c.by.Name, got, c.book.Name, c.want)
			}
			for _, name := range strings.Fields(c.want) {
				if !strings.Contains(strings.Join(got, " "), name) {
					t.Errorf("%s is not offered %s in %s", c.by.Name, name, c.book.Name)
				}
			}
		}
		o.must(t, func(tx *store.Tx) error {
			for id, want := range map[string]int{own.ID: 0, shared.ID: 1, all.ID: 1} {
				rows, err := trail.List(tx, qinglan, usual.TrailOf(id))
				if err != nil {
					return err
				}
				if len(rows) != want {
					t.Errorf("%d leaves, want %d", len(rows), want)
				}
			}
			kept, err := usual.Get(tx, o.han, o.party, shared.ID)
			if err != nil {
				return err
			}
			if kept.Lines[0].Half != ledger.Financial || kept.Version != 1 || kept.Word != "记" {
				t.Errorf("kept as %+v", kept)
			}
			return nil
		})
	})
}

func TestKeep_Refuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		try := func(code string, by identity.Actor, b ledger.Book, change func(tpl *usual.Template)) {
			t.Helper()
			tpl := insurance()
			change(&tpl)
			o.refused(t, code, func(tx *store.Tx) error { _, err := usual.Keep(tx, by, b.ID, tpl); return err })
		}
		none := func(*usual.Template) {}
		reader := o.han
		reader.Grants = []identity.Grant{{Role: identity.Auditor, Path: o.party.Path}}
		try("book-unknown", o.stranger, o.party, none)
		try("role-missing", reader, o.party, none)
		try("template-unnamed", o.han, o.party, func(tpl *usual.Template) { tpl.Name = " " })
		try("usual-code", o.han, o.party, func(tpl *usual.Template) { tpl.Code = "社保" })
		try("template-lines", o.han, o.party, func(tpl *usual.Template) { tpl.Lines = nil })
		try("account-not-leaf", o.han, o.party, func(tpl *usual.Template) { tpl.Lines[0].Account = "1002" })
		try("account-unknown", o.han, o.party, func(tpl *usual.Template) { tpl.Lines[0].Account = "9999" })
		try("line-both-sides", o.han, o.party, func(tpl *usual.Template) { tpl.Lines[0].Credit = "1" })
		try("amount-third-decimal", o.han, o.party, func(tpl *usual.Template) { tpl.Lines[0].Debit = "1.005" })
		try("formula-malformed", o.han, o.party, func(tpl *usual.Template) { tpl.Lines[0].Debit = "=工资*" })
		for _, constant := range []string{"=1/0", "=工资/(3-3)", "=工资*(1/(2%-2%))", "=1+1/第2行"} {
			try("formula-divided-by-zero", o.han, o.party, func(tpl *usual.Template) { tpl.Lines[0].Debit, tpl.Lines[1].Credit = constant, "=1-1" })
		}
		try("amount-too-large", o.han, o.party, func(tpl *usual.Template) { tpl.Lines[0].Debit = "=999999999999*9" })
		try("formula-cycle", o.han, o.party, func(tpl *usual.Template) { tpl.Lines[0].Debit = "=第2行" })
		village := func(tpl *usual.Template) { tpl.Lines, tpl.Unit = []usual.Line{{Account: "102"}}, 1 }
		try("template-office", o.clerk, o.village, village)
		kept := o.keep(t, o.han, o.party, insurance())
		o.refused(t, "usual-exists", func(tx *store.Tx) error {
			again := kept
			again.Version = 0
			_, err := usual.Keep(tx, o.han, o.party.ID, again)
			return err
		})
		o.keep(t, o.tang, o.party, kept)                                                                                          // version 2
		o.refused(t, "usual-exists", func(tx *store.Tx) error { _, err := usual.Keep(tx, o.tang, o.party.ID, kept); return err }) // sent twice
		o.refused(t, "usual-stale", func(tx *store.Tx) error {
			other := kept
			other.Name = "另一名称"
			_, err := usual.Keep(tx, o.tang, o.party.ID, other)
			return err
		})
		o.refused(t, "usual-stale", func(tx *store.Tx) error { _, err := usual.Keep(tx, o.han, o.party.ID, kept); return err })
		o.refused(t, "usual-stale", func(tx *store.Tx) error { return usual.End(tx, o.han, o.party.ID, kept.ID, 1) })
		o.refused(t, "template-unknown", func(tx *store.Tx) error { return usual.End(tx, o.stranger, o.far.ID, kept.ID, 2) })
		for range 2 { // the second sending of the form
			o.must(t, func(tx *store.Tx) error { return usual.End(tx, o.han, o.party.ID, kept.ID, 2) })
		}
		o.refused(t, "usual-stale", func(tx *store.Tx) error { return usual.End(tx, o.tang, o.party.ID, kept.ID, 2) })
		o.refused(t, "template-unknown", func(tx *store.Tx) error { _, err := usual.Get(tx, o.han, o.party, kept.ID); return err })
	})
}

// TestRestore: what was taken out of use is listed apart and comes back as it was, with a leaf; once, however often pressed.
func TestRestore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		kept := o.keep(t, o.han, o.party, insurance())
		end := func(tx *store.Tx) error { return usual.End(tx, o.han, o.party.ID, kept.ID, 1) }
		restore := func(by identity.Actor, version int64) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return usual.Restore(tx, by, o.party.ID, kept.ID, version) }
		}
		o.refused(t, "usual-stale", restore(o.han, 1))
		for range 2 {
			o.must(t, end)
		}
		o.must(t, func(tx *store.Tx) error {
			ended, err := usual.ListEnded(tx, o.tang, o.party)
			if len(ended) != 1 || ended[0].Version != 2 {
				t.Errorf("ended: %+v", ended)
			}
			return err
		})
		if names := o.names(t, o.tang, o.party); names != "" {
			t.Errorf("offered beside: %s", names)
		}
		o.refused(t, "book-unknown", restore(o.stranger, 2))
		o.refused(t, "usual-stale", restore(o.tang, 1))
		for range 2 {
			o.must(t, restore(o.tang, 2))
		}
		o.must(t, func(tx *store.Tx) error {
			back, err := usual.Get(tx, o.han, o.party, kept.ID)
			if err != nil {
				return err
			}
			if back.Version != 3 || back.Ended || len(back.Lines) != 2 || back.Lines[0].Debit != "=工资*8%" {
				t.Errorf("it came back as %+v", back)
			}
			rows, err := trail.List(tx, qinglan, usual.TrailOf(kept.ID))
			if len(rows) != 3 || rows[2].Step != "template-restored" {
				t.Errorf("leaves: %+v", rows)
			}
			return err
		})
	})
}

func TestMisfits_SayWhich(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		kept := o.keep(t, o.han, o.party, insurance())
		o.must(t, func(tx *store.Tx) error {
			return ledger.AddAccount(tx, qinglan, ledger.NewAccount{Chart: ledger.Government, Book: o.party.ID, Code: "10020301", Name: "工资户", Parent: "100203", FromYear: 2026})
		})
		o.must(t, func(tx *store.Tx) error {
			b, err := ledger.See(tx, o.han, o.party.ID)
			if err != nil {
				return err
			}
			chart, err := ledger.ChartOf(tx, b, 2026)
			if err != nil {
				return err
			}
			got := kept.Misfits(chart, b)
			if len(got) != 1 || got[0].Line != 2 || got[0].Err.Code != "account-not-leaf" {
				t.Errorf("misfits %+v", got)
			}
			return nil
		})
		cash := insurance()
		cash.Lines[1].Account = "100102"
		cash = o.keep(t, o.han, o.party, cash)
		o.must(t, func(tx *store.Tx) error {
			_, err := tx.Exec(`update account set to_year = 2025 where county_id = $1 and code = '100102'`, qinglan)
			if err == nil {
				_, err = tx.Exec(`update book set accounts_mark = accounts_mark + 1 where county_id = $1`, qinglan)
			}
			return err
		})
		o.must(t, func(tx *store.Tx) error {
			b, err := ledger.See(tx, o.han, o.party.ID)
			if err != nil {
				return err
			}
			chart, err := ledger.ChartOf(tx, b, 2026)
			if err != nil {
				return err
			}
			if got := cash.Misfits(chart, b); len(got) != 1 || got[0].Line != 2 || got[0].Err.Code != "account-ended" {
				t.Errorf("misfits %+v", got)
			}
			return nil
		})
	})
}

func TestOffers_RecentFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		o.must(t, func(tx *store.Tx) error {
			for _, s := range []usual.Summary{
				{Code: "01", Words: "付办公用品款"}, {Code: "02", Words: "付水电费"}, {Code: "bx", Words: "差旅费报销", Person: o.han.Person}, {Words: "交来罚没款", Person: o.tang.Person},
			} {
				s.ID, s.Book = document.NewID(), o.party.ID
				by := o.han
				if s.Person == o.tang.Person {
					by = o.tang
				}
				if err := usual.KeepSummary(tx, by, s); err != nil {
					return err
				}
			}
			return nil
		})
		checker := identity.Actor{County: qinglan, Login: 15, Person: 15, Grants: []identity.Grant{{Role: identity.Reviewer, Path: o.party.Path}}}
		for _, words := range []string{"付水电费", "收拨款"} {
			o.must(t, func(tx *store.Tx) error {
				_, err := ledger.PostAtOnce(tx, o.han, checker, document.NewID(), ledger.Voucher{Book: o.party.ID, Date: "2026-10-21", Word: "记", Lines: []ledger.Line{
					{Account: "500102", Summary: words, Debit: 100, Dims: ledger.Dims{Function: "2010301", Economic: "30201"}}, {Account: "400101", Summary: words, Credit: 100},
					{Account: "71010101", Summary: words, Debit: 100, Dims: ledger.Dims{Function: "2010301", Economic: "30201"}}, {Account: "60010102", Summary: words, Credit: 100, Dims: ledger.Dims{Function: "2010301"}},
				}})
				return err
			})
		}
		o.must(t, func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, o.han, ledger.DraftVoucher{Document: document.NewID(), Book: o.party.ID, Date: "2026-10-22", Lines: []ledger.DraftLine{{Summary: "付10月份维修费"}}}, 0)
			return err
		})
		for _, c := range []struct {
			by    identity.Actor
			query string
			want  string
		}{
			{o.han, "", "付10月份维修费* 收拨款* 付水电费*02 差旅费报销bx 付办公用品款01"},
			{o.tang, "", "交来罚没款 付办公用品款01 付水电费02"},
			{o.han, "02", "付水电费*02"},
			{o.han, "fwx", "付10月份维修费*"},
			{o.han, "fs", "付水电费*02"},
			{o.han, "FBG", "付办公用品款01"},
			{o.han, "报销", "差旅费报销bx"},
			{o.tang, "报销", ""},
			{o.han, "没有", ""},
		} {
			o.must(t, func(tx *store.Tx) error {
				b, err := ledger.See(tx, c.by, o.party.ID)
				if err != nil {
					return err
				}
				found, more, err := usual.Offers(tx, c.by, b, c.query, 10)
				var words []string
				for _, f := range found {
					mark := f.Words
					if f.Recent {
						mark += "*"
					}
					words = append(words, mark+f.Code)
				}
				if got := strings.Join(words, " "); got != c.want || more {
					t.Errorf("%s asks %q: %q, want %q", c.by.Name, c.query, got, c.want)
				}
				return err
			})
		}
		o.must(t, func(tx *store.Tx) error {
			found, more, err := usual.Offers(tx, o.han, o.party, "", 2)
			if len(found) != 2 || !more {
				t.Errorf("%d found, more %v", len(found), more)
			}
			return err
		})
	})
}

func TestKeepSummary_Refuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		first := usual.Summary{ID: document.NewID(), Book: o.party.ID, Code: "01", Words: "付办公用品款"}
		keep := func(by identity.Actor, s usual.Summary) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return usual.KeepSummary(tx, by, s) }
		}
		o.must(t, keep(o.han, first))
		o.refused(t, "usual-exists", keep(o.han, first))
		other := func(code, words string, person int64) usual.Summary {
			return usual.Summary{ID: document.NewID(), Book: o.party.ID, Code: code, Words: words, Person: person}
		}
		o.refused(t, "summary-taken", keep(o.tang, other("01", "付水电费", 0)))
		o.refused(t, "summary-taken", keep(o.tang, other("", "付办公用品款", 0)))
		o.must(t, keep(o.tang, other("01", "付办公用品款", o.tang.Person)))
		o.refused(t, "summary-empty", keep(o.han, other("03", " ", 0)))
		o.refused(t, "usual-code", keep(o.han, other("一", "付水电费", 0)))
		o.refused(t, "words-too-long", keep(o.han, other("", strings.Repeat("长", 121), 0)))
		o.refused(t, "book-unknown", keep(o.stranger, other("", "付水电费", 0)))
		changed := first
		changed.Version, changed.Words = 1, "付办公费"
		o.must(t, keep(o.tang, changed))
		o.refused(t, "usual-exists", keep(o.tang, changed)) // sent twice
		o.refused(t, "usual-stale", keep(o.han, changed))
		changed.Version, changed.Ended = 2, true
		o.must(t, keep(o.han, changed))
		o.refused(t, "usual-exists", keep(o.han, changed)) // sent twice
		o.must(t, keep(o.han, other("01", "付办公用品款", 0)))   // code and words are free again
		o.must(t, func(tx *store.Tx) error {
			rows, err := trail.List(tx, qinglan, usual.TrailOf(first.ID))
			if len(rows) != 3 || rows[2].Step != "summary-ended" {
				t.Errorf("leaves %+v", rows)
			}
			return err
		})
	})
}
