package ledger_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
)

func TestVoucher_EnterCheckPost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		v := draft(supplies(d.office, "2026-10-21", 486000))
		step := func(by identity.Actor, f func(tx *store.Tx, by identity.Actor, version int64) (document.Document, error), version int64) document.Document {
			t.Helper()
			var doc document.Document
			d.write(func(tx *store.Tx) (err error) {
				doc, err = f(tx, by, version)
				return err
			})
			return doc
		}
		save := func(tx *store.Tx, by identity.Actor, version int64) (document.Document, error) {
			return ledger.SaveDraft(tx, by, v, version)
		}
		doc := step(d.accountant, save, 0)
		if err := d.try(func(tx *store.Tx) error { _, err := save(tx, d.accountant, 0); return err }); !document.IsTaken(err) {
			t.Errorf("the form sent twice: %v", err)
		}
		submit := func(tx *store.Tx, by identity.Actor, version int64) (document.Document, error) {
			return ledger.Submit(tx, by, v.Document, version)
		}
		doc = step(d.accountant, submit, doc.Version)
		if want := ledger.Ref(d.office.ID, ledger.Number{Period: "2026-10", Word: "记", Number: 1}); doc.Ref != want || doc.State != ledger.Submitted {
			t.Errorf("submitted as %q in %s, want %q", doc.Ref, doc.State, want)
		}
		check := func(tx *store.Tx, by identity.Actor, version int64) (document.Document, error) {
			return ledger.Check(tx, by, v.Document, version)
		}
		refuse := func(by identity.Actor, code string, f func(tx *store.Tx, by identity.Actor, version int64) (document.Document, error), version int64) {
			t.Helper()
			err := d.try(func(tx *store.Tx) error { _, err := f(tx, by, version); return err })
			if !fault.HasCode(err, code) {
				t.Errorf("want %s, got %v", code, err)
			}
		}
		refuse(d.accountant, "role-missing", check, doc.Version)
		refuse(d.cashier, "role-missing", check, doc.Version)
		refuse(d.elsewhere, "document-unknown", check, doc.Version)
		refuse(d.reviewer, "document-stale", check, doc.Version-1)
		doc = step(d.reviewer, check, doc.Version)
		post := func(tx *store.Tx, by identity.Actor, version int64) (document.Document, error) {
			return ledger.Post(tx, by, v.Document, version)
		}
		doc = step(d.accountant, post, doc.Version)
		refuse(d.accountant, "step-not-now", post, doc.Version)
		if got := d.balance(d.office, "71010101", "2026-10"); got != 486000 {
			t.Errorf("7101 stands at %s", got)
		}
		d.read(func(tx *store.Tx) error {
			p, err := ledger.GetVoucher(tx, d.office, ledger.Number{Period: "2026-10", Word: "记", Number: 1})
			if err != nil {
				return err
			}
			if p.Maker != 11 || p.Checker != 12 || p.Poster != 11 || len(p.Lines) != 4 {
				t.Errorf("posted as %+v", p)
			}
			steps, err := trail.List(tx, county, v.Document)
			if err != nil {
				return err
			}
			var names []string
			for _, s := range steps {
				names = append(names, s.Step)
			}
			if len(names) != 4 || names[3] != "post" {
				t.Errorf("trail: %v", names)
			}
			return nil
		})
		d.verify()
	})
}

func TestVoucher_SamePersonMayNotCheck(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		v := draft(supplies(d.office, "2026-10-21", 100))
		d.write(func(tx *store.Tx) error {
			doc, err := ledger.SaveDraft(tx, d.both, v, 0)
			if err != nil {
				return err
			}
			_, err = ledger.Submit(tx, d.both, v.Document, doc.Version)
			return err
		})
		err := d.try(func(tx *store.Tx) error { _, err := ledger.Check(tx, d.both, v.Document, 2); return err })
		if !fault.HasCode(err, "duty-clash") {
			t.Errorf("the maker checked: %v", err)
		}
		err = d.try(func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.both, d.both, document.NewID(), supplies(d.office, "2026-10-21", 100))
			return err
		})
		if !fault.HasCode(err, "duty-clash") {
			t.Errorf("one person posted alone: %v", err)
		}
	})
}

func TestPostAtOnce_SameIDTwiceIsOneVoucher(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		id := document.NewID()
		post := func() error {
			return d.try(func(tx *store.Tx) error {
				_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, id, supplies(d.office, "2026-10-21", 100))
				return err
			})
		}
		if err := post(); err != nil {
			t.Fatal(err)
		}
		if err := post(); !document.IsTaken(err) {
			t.Errorf("second time: %v", err)
		}
		d.read(func(tx *store.Tx) error {
			doc, err := document.Get(tx, county, id)
			if want := ledger.Ref(d.office.ID, ledger.Number{Period: "2026-10", Word: "记", Number: 1}); doc.Ref != want {
				t.Errorf("posted as %q, want %q", doc.Ref, want)
			}
			return err
		})
		if n := d.post(supplies(d.office, "2026-10-22", 100)); n.Number != 2 {
			t.Errorf("the repeated request took a number: next is %d", n.Number)
		}
		d.verify()
	})
}

func TestReverse_RedTwin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		of := d.post(supplies(d.office, "2026-08-03", 5000))
		twin := document.NewID()
		reverse := func(id string) error {
			return d.try(func(tx *store.Tx) error {
				_, err := ledger.Reverse(tx, d.accountant, id, d.office.ID, of, "经济分类用错")
				return err
			})
		}
		if err := reverse(twin); err != nil {
			t.Fatal(err)
		}
		if err := reverse(document.NewID()); !fault.HasCode(err, "voucher-reversing") {
			t.Errorf("a second twin beside the first: %v", err)
		}
		d.write(func(tx *store.Tx) error { _, err := ledger.Check(tx, d.reviewer, twin, 1); return err })
		d.write(func(tx *store.Tx) error { _, err := ledger.Post(tx, d.accountant, twin, 2); return err })
		d.read(func(tx *store.Tx) error {
			p, err := ledger.GetVoucher(tx, d.office, of)
			if err != nil {
				return err
			}
			if p.ReversedBy == nil || p.ReversedBy.Period != "2026-10" {
				t.Fatalf("reversed by %v, want a voucher of the business month", p.ReversedBy)
			}
			red, err := ledger.GetVoucher(tx, d.office, *p.ReversedBy)
			if err != nil {
				return err
			}
			if red.Lines[0].Debit != -5000 || red.Lines[0].Credit != 0 || *red.Reverses != of {
				t.Errorf("red twin %+v", red.Lines[0])
			}
			return nil
		})
		if err := reverse(document.NewID()); !fault.HasCode(err, "voucher-reversed") {
			t.Errorf("taken back twice: %v", err)
		}
		if got := d.balance(d.office, "500102", "2026-10"); got != 0 {
			t.Errorf("stands at %s after the reversal", got)
		}
		d.verify()
	})
}

func TestVoucher_Refusals(t *testing.T) {
	db := storetest.One(t)
	d := newDesk(t, db)
	good := supplies(d.office, "2026-10-21", 100)
	with := func(change func(v *ledger.Voucher)) ledger.Voucher {
		v := good
		v.Lines = append([]ledger.Line(nil), good.Lines...)
		change(&v)
		return v
	}
	for _, c := range []struct {
		code string
		v    ledger.Voucher
	}{
		{"voucher-unbalanced", with(func(v *ledger.Voucher) { v.Lines[0].Debit = 101 })},
		{"voucher-unbalanced", with(func(v *ledger.Voucher) { v.Lines[2].Debit, v.Lines[0].Debit = 101, 99 })},
		{"account-unknown", with(func(v *ledger.Voucher) { v.Lines[0].Account = "5999" })},
		{"account-not-leaf", with(func(v *ledger.Voucher) { v.Lines[0].Account = "5001" })},
		{"account-other-regime", with(func(v *ledger.Voucher) { v.Lines[0].Account = "2001" })},
		{"dimension-missing", with(func(v *ledger.Voucher) { v.Lines[2].Dims.Function = "" })},
		{"dimension-too-coarse", with(func(v *ledger.Voucher) { v.Lines[2].Dims.Function = "201" })},
		{"dimension-value-unknown", with(func(v *ledger.Voucher) { v.Lines[2].Dims.Function = "9999999" })},
		{"dimension-superfluous", with(func(v *ledger.Voucher) { v.Lines[0].Dims.Party = "某公司" })},
		{"month-before-start", with(func(v *ledger.Voucher) { v.Date = "2024-12-31" })},
		{"month-future", with(func(v *ledger.Voucher) { v.Date = "2026-11-01" })},
		{"line-both-sides", with(func(v *ledger.Voucher) { v.Lines[0].Credit = 1 })},
		{"line-no-amount", with(func(v *ledger.Voucher) { v.Lines[0].Debit = 0 })},
		{"amount-too-large", with(func(v *ledger.Voucher) { v.Lines[0].Debit = money.Max + 1 })},
		{"summary-length", with(func(v *ledger.Voucher) { v.Lines[1].Summary = "" })},
		{"voucher-too-short", with(func(v *ledger.Voucher) { v.Lines = v.Lines[:1] })},
		{"number-gap", with(func(v *ledger.Voucher) { v.Number = 7 })},
		{"book-unknown", with(func(v *ledger.Voucher) { v.Book = 99 })},
	} {
		err := d.try(func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), c.v)
			return err
		})
		if !fault.HasCode(err, c.code) {
			t.Errorf("want %s, got %v", c.code, err)
		}
	}
	d.post(good)
	err := d.try(func(tx *store.Tx) error {
		_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), with(func(v *ledger.Voucher) { v.Number = 1 }))
		return err
	})
	if !fault.HasCode(err, "number-taken") {
		t.Errorf("want number-taken, got %v", err)
	}
	d.verify()
}

// TestPostable_NamesTheLeaves: an account with details is refused with the first of those, at any depth, that the book
// may use; with how many there are where they are more.
func TestPostable_NamesTheLeaves(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	d.read(func(tx *store.Tx) error {
		chart, err := ledger.ChartOf(tx, d.office, 2026)
		if err != nil {
			return err
		}
		for code, want := range map[string]string{
			"4001": ":400101 一般公共预算财政拨款、400102 政府性基金预算财政拨款。",
			"5001": ":500101 工资福利费用、500102 商品和服务费用、500103 对个人和家庭的补助费用、500104 对企业补助费用、500105 固定资产折旧费等 9 个。",
			"6001": "请选择它的明细科目:60010101 ",
		} {
			_, err := chart.Postable(d.office, code)
			if !fault.HasCode(err, "account-not-leaf") || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", code, err, want)
			}
		}
		return nil
	})
}

// TestPostAtOnce_ClosingIsTheYearsEnd: an ordinary voucher that calls itself a closing one would leave the movements.
func TestPostAtOnce_ClosingIsTheYearsEnd(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	post := func(v ledger.Voucher, kind ledger.EntryKind) error {
		v.Kind = kind
		return d.try(func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), v)
			return err
		})
	}
	end := ledger.Voucher{Book: d.village.ID, Date: "2025-12-31", Word: "记", Lines: []ledger.Line{
		line("50104", "年终结转", 100, 0, ledger.Dims{}), line("321", "年终结转", 0, 100, ledger.Dims{}),
	}}
	march := end
	march.Date = "2025-03-31"
	for _, c := range []struct {
		code string
		v    ledger.Voucher
		kind ledger.EntryKind
	}{
		{"closing-month", march, ledger.Closing},
		{"closing-account", rent(d.village, "2025-12-31", 100), ledger.Closing},
		{"voucher-kind", rent(d.village, "2025-12-31", 100), "carried"},
	} {
		if err := post(c.v, c.kind); !fault.HasCode(err, c.code) {
			t.Errorf("want %s, got %v", c.code, err)
		}
	}
	if err := post(end, ledger.Closing); err != nil {
		t.Errorf("a closing voucher of December: %v", err)
	}
	d.verify()
}

// TestVoucher_UnitOfTheBook: a line is spent by a unit of the book, not by a stranger's or by none.
func TestVoucher_UnitOfTheBook(t *testing.T) {
	d := newDesk(t, storetest.One(t))
	post := func(unit int64) error {
		v := supplies(d.office, "2026-10-01", 100)
		for i := range v.Lines {
			v.Lines[i].Dims.Unit = unit
		}
		return d.try(func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), v)
			return err
		})
	}
	for _, unit := range []int64{4, 1, 77, -1} {
		if err := post(unit); !fault.HasCode(err, "line-unit") {
			t.Errorf("spent by unit %d: %v", unit, err)
		}
	}
	for _, unit := range []int64{2, 3} {
		if err := post(unit); err != nil {
			t.Errorf("spent by unit %d: %v", unit, err)
		}
	}
	v := draft(rent(d.village, "2026-10-01", 100))
	v.Lines[0].Unit = 4
	d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, v, 0); return err })
	err := d.try(func(tx *store.Tx) error { _, err := ledger.Submit(tx, d.accountant, v.Document, 1); return err })
	if !fault.HasCode(err, "line-unit") {
		t.Errorf("submitted for a stranger: %v", err)
	}
	d.verify()
}
