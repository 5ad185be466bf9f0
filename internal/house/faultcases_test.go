package house_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	_ "modernc.org/sqlite" // the driver, registered as "sqlite"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const faultCounty = 990001

// provoke makes the fault of a code come about and gives the sentence that the person sees.
type provoke func(t *testing.T, code string) string

// town is an office in which things go wrong.
type town struct {
	db *store.DB

	office, village, elsewhere           ledger.Book
	accountant, reviewer, head, stranger identity.Actor
	posted                               string // document of 记-0001 of October 2026
	closing                              string // document that closed January 2025
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{db: storetest.One(t)}
	ids := map[string]int64{}
	w.must(t, func(tx *store.Tx) error {
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		county, err := org.CreateCounty(tx, faultCounty, "青岚县", "", "2020-01-01")
		if err != nil {
			return err
		}
		ids[""] = county.ID
		for _, u := range []struct {
			code, name, parent string
			kind               org.Kind
		}{
			{"990001101", "柳溪镇", "", org.Township}, {"990001101201", "清溪村", "990001101", org.Village}, {"990001102", "石桥镇", "", org.Township},
		} {
			made, err := org.Create(tx, faultCounty, org.NewUnit{Code: u.code, Name: u.name, Kind: u.kind, Parent: ids[u.parent], From: "2020-01-01"})
			if err != nil {
				return err
			}
			ids[u.code] = made.ID
		}
		for _, b := range []struct {
			book *ledger.Book
			n    ledger.NewBook
		}{
			{&w.office, ledger.NewBook{Code: "101", Name: "柳溪镇政府机关", Unit: ids["990001101"], Chart: ledger.Government, Start: "2025-01"}},
			{&w.village, ledger.NewBook{Code: "201", Name: "清溪村", Unit: ids["990001101201"], Chart: ledger.Village, Start: "2025-01"}},
			{&w.elsewhere, ledger.NewBook{Code: "301", Name: "石桥镇政府机关", Unit: ids["990001102"], Chart: ledger.Government, Start: "2025-01"}},
		} {
			if *b.book, err = ledger.CreateBook(tx, faultCounty, b.n); err != nil {
				return err
			}
		}
		return nil
	})
	person := func(id int64, name, path string, role identity.Role) identity.Actor {
		return identity.Actor{County: faultCounty, Login: id, Person: id, Name: name, Grants: []identity.Grant{{Role: role, Path: path}}}
	}
	w.accountant, w.reviewer = person(11, "周会计", w.office.Path, identity.Accountant), person(12, "吴审核", w.office.Path, identity.Reviewer)
	w.head, w.stranger = person(13, "郑所长", w.office.Path, identity.OfficeHead), person(14, "王会计", w.elsewhere.Path, identity.Accountant)
	w.posted, w.closing = document.NewID(), document.NewID()
	w.must(t, func(tx *store.Tx) error {
		_, err := ledger.PostAtOnce(tx, w.accountant, w.reviewer, w.posted, w.supplies("2026-10-21"))
		return err
	})
	w.must(t, func(tx *store.Tx) error {
		_, err := ledger.CloseMonth(tx, w.accountant, w.closing, w.office.ID, "2025-01")
		return err
	})
	return w
}

func (w *town) must(t *testing.T, f func(tx *store.Tx) error) {
	t.Helper()
	if err := w.db.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// supplies pays 4,860.00 for office supplies from a grant, in both halves.
func (w *town) supplies(date string) ledger.Voucher {
	const fen = money.Fen(486000)
	function := ledger.Dims{Function: "2010301"}
	both := ledger.Dims{Function: "2010301", Economic: "30201"}
	line := func(account string, debit, credit money.Fen, dims ledger.Dims) ledger.Line {
		return ledger.Line{Account: account, Summary: "付办公用品款", Debit: debit, Credit: credit, Dims: dims}
	}
	return ledger.Voucher{Book: w.office.ID, Date: calendar.Date(date), Word: "记", Attachments: 2, Lines: []ledger.Line{
		line("500102", fen, 0, both), line("400101", 0, fen, ledger.Dims{}), line("71010101", fen, 0, both), line("60010102", 0, fen, function),
	}}
}

// faultCases lists what can be provoked, by code.
func faultCases(t *testing.T) map[string]provoke {
	var w *town
	office := func() *town { // made for the first case that asks
		if w == nil {
			w = newTown(t)
		}
		return w
	}
	cases := map[string]provoke{
		"disk-full": diskFull, "database-newer": databaseNewer, "sheet-too-large": tooLarge,
		"sheet-encoding": file(office, func(*testing.T) []byte {
			return append([]byte("\xef\xbb\xbfaccount,debit,credit,date,summary\n"), "100201,5,,2026-10-21,\xb8\xb6\xbf\xee\n"...)
		}),
		"sheet-merged":  file(office, workbook(func(f *excelize.File) error { return f.MergeCell("Sheet1", "B2", "B3") })),
		"sheet-formula": file(office, workbook(func(f *excelize.File) error { return f.SetCellFormula("Sheet1", "H2", "SUM(1,2)") })),
		"amount-third-decimal": file(office, func(*testing.T) []byte {
			return []byte("账套,日期,凭证字,凭证号,摘要,科目编码,借方金额,贷方金额\n201,2026-10-21,记,,收款,102,5.005,\n201,2026-10-21,记,,收款,50104,,5.005\n")
		}),
	}
	for code, change := range voucherFaults {
		cases[code] = func(t *testing.T, code string) string {
			w := office()
			v := w.supplies("2026-10-21")
			change(&v)
			return w.refusal(t, code, func(tx *store.Tx) error {
				_, err := ledger.PostAtOnce(tx, w.accountant, w.reviewer, document.NewID(), v)
				return err
			})
		}
	}
	for _, steps := range []map[string]func(w *town, tx *store.Tx) error{stepFaults, usualFaults, attachmentFaults} {
		for code, step := range steps {
			cases[code] = func(t *testing.T, code string) string {
				w := office()
				return w.refusal(t, code, func(tx *store.Tx) error { return step(w, tx) })
			}
		}
	}
	for code, f := range fileFaults {
		cases[code] = f.provoke(office)
	}
	return cases
}

// voucherFaults are what is wrong with a voucher that is otherwise right.
var voucherFaults = map[string]func(v *ledger.Voucher){
	"voucher-unbalanced":      func(v *ledger.Voucher) { v.Lines[2].Debit = 468000 },
	"account-missing":         func(v *ledger.Voucher) { v.Lines[0].Account = "" },
	"account-unknown":         func(v *ledger.Voucher) { v.Lines[0].Account = "5999" },
	"account-ambiguous":       func(v *ledger.Voucher) { v.Lines[2].Account = "基本支出" },
	"class-ambiguous":         func(v *ledger.Voucher) { v.Lines[0].Dims.Function = "行政运行" },
	"account-not-leaf":        func(v *ledger.Voucher) { v.Lines[0].Account = "5001" },
	"account-other-regime":    func(v *ledger.Voucher) { v.Lines[0].Account = "2001" },
	"account-other-half":      func(v *ledger.Voucher) { v.Lines[2].Half = ledger.Financial },
	"dimension-missing":       func(v *ledger.Voucher) { v.Lines[2].Dims.Function = "" },
	"dimension-too-coarse":    func(v *ledger.Voucher) { v.Lines[2].Dims.Function = "201" },
	"dimension-value-unknown": func(v *ledger.Voucher) { v.Lines[2].Dims.Function = "9999999" },
	"dimension-superfluous":   func(v *ledger.Voucher) { v.Lines[0].Dims.Party = "某公司" },
	"month-closed":            func(v *ledger.Voucher) { v.Date = "2025-01-15" },
	"month-future":            func(v *ledger.Voucher) { v.Date = "2026-11-01" },
	"month-before-start":      func(v *ledger.Voucher) { v.Date = "2024-12-31" },
	"number-taken":            func(v *ledger.Voucher) { v.Number = 1 },
	"number-gap":              func(v *ledger.Voucher) { v.Number = 7 },
	"amount-too-large":        func(v *ledger.Voucher) { v.Lines[0].Debit = money.Max + 1 },
	"line-both-sides":         func(v *ledger.Voucher) { v.Lines[0].Credit = 1 },
	"line-no-amount":          func(v *ledger.Voucher) { v.Lines[0].Debit = 0 },
	"summary-length":          func(v *ledger.Voucher) { v.Lines[1].Summary = "" },
	"voucher-too-short":       func(v *ledger.Voucher) { v.Lines = v.Lines[:1] },
	"voucher-word":            func(v *ledger.Voucher) { v.Word = "记 账" },
	"voucher-attachments":     func(v *ledger.Voucher) { v.Attachments = 10000 },
}

// stepFaults are steps that somebody may not take, or not now.
var stepFaults = map[string]func(w *town, tx *store.Tx) error{
	"document-exists": func(w *town, tx *store.Tx) error {
		_, err := ledger.PostAtOnce(tx, w.accountant, w.reviewer, w.posted, w.supplies("2026-10-21"))
		return err
	},
	"role-missing": func(w *town, tx *store.Tx) error {
		_, err := ledger.SaveDraft(tx, w.reviewer, w.draft(), 0)
		return err
	},
	"duty-clash": func(w *town, tx *store.Tx) error {
		both := w.accountant
		both.Grants = append(both.Grants[:1:1], w.reviewer.Grants...)
		_, err := ledger.PostAtOnce(tx, both, both, document.NewID(), w.supplies("2026-10-21"))
		return err
	},
	"duty-clash-delegated": func(w *town, tx *store.Tx) error {
		d := w.draft()
		d.Lines = ledger.Typed(w.supplies("2026-10-21").Lines)
		if _, err := ledger.SaveDraft(tx, w.accountant, d, 0); err != nil {
			return err
		}
		if _, err := ledger.Submit(tx, w.accountant, d.Document, 1); err != nil {
			return err
		}
		acting := w.reviewer
		acting.Grants = []identity.Grant{acting.Grants[0]}
		acting.Grants[0].For, acting.Grants[0].ForName = w.accountant.Person, w.accountant.Name
		_, err := ledger.Check(tx, acting, d.Document, 2)
		return err
	},
	"handover-frozen": func(w *town, tx *store.Tx) error {
		leaving := w.accountant
		leaving.Frozen = true
		_, err := ledger.SaveDraft(tx, leaving, w.draft(), 0)
		return err
	},
	"handover-frozen-principal": func(w *town, tx *store.Tx) error {
		acting := w.reviewer
		acting.Grants = []identity.Grant{w.accountant.Grants[0]}
		acting.Grants[0].For, acting.Grants[0].ForName, acting.Grants[0].Leaving = w.accountant.Person, w.accountant.Name, true
		_, err := ledger.SaveDraft(tx, acting, w.draft(), 0)
		return err
	},
	"book-ended": func(w *town, tx *store.Tx) error {
		if err := ledger.Succeed(tx, faultCounty, ledger.Succession{Book: w.office.ID, To: w.office.Unit, End: true}, "2026-10-01"); err != nil {
			return err
		}
		_, err := ledger.PostAtOnce(tx, w.accountant, w.reviewer, document.NewID(), w.supplies("2026-10-21"))
		return err
	},
	"book-unknown": func(w *town, tx *store.Tx) error {
		_, err := ledger.See(tx, w.stranger, w.office.ID)
		return err
	},
	"account-unmapped": func(w *town, tx *store.Tx) error {
		from, err := ledger.ChartOf(tx, w.village, 2026)
		if err != nil {
			return err
		}
		to, err := ledger.ChartOf(tx, w.office, 2026)
		if err != nil {
			return err
		}
		_, _, err = batch.Fit(from, to, w.office, []ledger.DraftLine{{Account: "102", Debit: "5"}, {Account: "50104", Credit: "5"}}, nil)
		return err
	},
	"document-stale": func(w *town, tx *store.Tx) error {
		d := w.draft()
		if _, err := ledger.SaveDraft(tx, w.accountant, d, 0); err != nil {
			return err
		}
		_, err := ledger.Submit(tx, w.accountant, d.Document, 3)
		return err
	},
	"step-not-now": func(w *town, tx *store.Tx) error {
		d := w.draft()
		if _, err := ledger.SaveDraft(tx, w.accountant, d, 0); err != nil {
			return err
		}
		_, err := ledger.Check(tx, w.reviewer, d.Document, 1)
		return err
	},
	"reason-missing": func(w *town, tx *store.Tx) error {
		d := w.draft()
		if _, err := ledger.SaveDraft(tx, w.accountant, d, 0); err != nil {
			return err
		}
		_, err := ledger.Void(tx, w.accountant, d.Document, 1, " ")
		return err
	},
	"draft-book": func(w *town, tx *store.Tx) error {
		d := w.draft()
		if _, err := ledger.SaveDraft(tx, w.accountant, d, 0); err != nil {
			return err
		}
		d.Book = w.village.ID
		_, err := ledger.SaveDraft(tx, w.accountant, d, 1)
		return err
	},
	"voucher-reversing": func(w *town, tx *store.Tx) error {
		of := ledger.Number{Period: "2026-10", Word: "记", Number: 1}
		if _, err := ledger.Reverse(tx, w.accountant, document.NewID(), w.office.ID, of, "用错科目"); err != nil {
			return err
		}
		_, err := ledger.Reverse(tx, w.accountant, document.NewID(), w.office.ID, of, "用错科目")
		return err
	},
	"close-order": func(w *town, tx *store.Tx) error {
		_, err := ledger.CloseMonth(tx, w.accountant, document.NewID(), w.office.ID, "2025-03")
		return err
	},
	"close-early": func(w *town, tx *store.Tx) error {
		for p := w.office.Start.Next(); p < "2025-12"; p = p.Next() {
			if _, err := ledger.CloseMonth(tx, w.accountant, document.NewID(), w.office.ID, p); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`update county set business_date = '2025-12-30' where county_id = $1`, faultCounty)
		if err != nil {
			return err
		}
		_, err = ledger.CloseMonth(tx, w.accountant, document.NewID(), w.office.ID, "2025-12")
		return err
	},
	"close-check": func(w *town, tx *store.Tx) error {
		d := w.draft()
		d.Date = "2025-02-10"
		if _, err := ledger.SaveDraft(tx, w.accountant, d, 0); err != nil {
			return err
		}
		_, err := ledger.CloseMonth(tx, w.accountant, document.NewID(), w.office.ID, "2025-02")
		return err
	},
	"reverse-prior-year": func(w *town, tx *store.Tx) error {
		rent := ledger.Voucher{Book: w.village.ID, Date: "2025-03-01", Word: "记", Lines: []ledger.Line{
			{Account: "102", Summary: "收水面承包费", Debit: 500000}, {Account: "50104", Summary: "收水面承包费", Credit: 500000},
		}}
		if _, err := ledger.PostAtOnce(tx, w.accountant, w.reviewer, document.NewID(), rent); err != nil {
			return err
		}
		made, err := ledger.CarryOver(tx, w.accountant, w.village.ID, 2025, document.NewID)
		if err != nil {
			return err
		}
		for _, d := range made {
			if _, err := ledger.Check(tx, w.reviewer, d.ID, d.Version); err != nil {
				return err
			}
			if _, err := ledger.Post(tx, w.accountant, d.ID, d.Version+1); err != nil {
				return err
			}
		}
		for p := w.village.Start; p <= "2025-12"; p = p.Next() {
			if _, err := ledger.CloseMonth(tx, w.accountant, document.NewID(), w.village.ID, p); err != nil {
				return err
			}
		}
		if _, err := ledger.CloseYear(tx, w.accountant, document.NewID(), w.village.ID, 2025); err != nil {
			return err
		}
		_, err = ledger.Reverse(tx, w.accountant, document.NewID(), w.village.ID, ledger.Number{Period: "2025-03", Word: "记", Number: 1}, "重复入账")
		return err
	},
	"reopen-open": func(w *town, tx *store.Tx) error {
		for i, by := range []identity.Actor{w.accountant, w.reviewer, w.head} {
			step := []string{"ask-reopen", "approve-reopen", "confirm-reopen"}[i]
			if _, err := ledger.Reopen(tx, by, w.closing, int64(i+1), step, "漏记一张凭证"); err != nil {
				return err
			}
		}
		_, err := ledger.Reopen(tx, w.accountant, w.closing, 4, "ask-reopen", "漏记一张凭证")
		return err
	},
	"book-code-malformed": func(w *town, tx *store.Tx) error {
		_, err := ledger.CreateBook(tx, faultCounty, ledger.NewBook{Code: "A,B", Name: "镇工会", Unit: w.office.Unit, Chart: ledger.Government, Start: "2026-01"})
		return err
	},
	"opening-unbalanced": func(w *town, tx *store.Tx) error {
		_, err := ledger.SetOpening(tx, w.accountant, document.NewID(), w.village.ID, "2025-01", []ledger.Line{{Account: "102", Debit: 100}})
		return err
	},
	"opening-replaced": func(w *town, tx *store.Tx) error {
		var ids []string
		for range 2 {
			ids = append(ids, document.NewID())
			if _, err := ledger.SetOpening(tx, w.accountant, ids[len(ids)-1], w.village.ID, "2025-01", nil); err != nil {
				return err
			}
		}
		_, err := ledger.CheckOpening(tx, w.reviewer, w.village.ID, ids[0], 1)
		return err
	},
	"twin-altered": func(w *town, tx *store.Tx) error {
		v := w.supplies("2026-10-21")
		v.Reverses = &ledger.Number{Period: "2026-10", Word: "记", Number: 1}
		_, err := ledger.PostAtOnce(tx, w.accountant, w.reviewer, document.NewID(), v)
		return err
	},
	"text-unreadable": func(w *town, tx *store.Tx) error {
		d := w.draft()
		d.Note = "改为\xd6\xb8\xb1\xea"
		_, err := ledger.SaveDraft(tx, w.accountant, d, 0)
		return err
	},
	"account-carry-target": func(w *town, tx *store.Tx) error {
		return ledger.AddAccount(tx, faultCounty, ledger.NewAccount{Chart: ledger.Government, Code: "330101", Name: "本年盈余", Parent: "3301", FromYear: 2026})
	},
	"account-parent-used": func(w *town, tx *store.Tx) error {
		return ledger.AddAccount(tx, faultCounty, ledger.NewAccount{Chart: ledger.Government, Code: "50010201", Name: "办公费", Parent: "500102", FromYear: 2026})
	},
	"account-level-one": func(w *town, tx *store.Tx) error {
		return ledger.AddAccount(tx, faultCounty, ledger.NewAccount{Chart: ledger.Government, Code: "1999", Name: "其他", FromYear: 2026})
	},
	"opening-used": func(w *town, tx *store.Tx) error {
		if _, err := tx.Exec(`update book set closed_through = '2024-12' where county_id = $1`, faultCounty); err != nil {
			return err
		}
		_, err := ledger.SetOpening(tx, w.accountant, document.NewID(), w.office.ID, "2025-01", nil)
		return err
	},
	"year-months-open": func(w *town, tx *store.Tx) error {
		_, err := ledger.CloseYear(tx, w.head, document.NewID(), w.office.ID, 2025)
		return err
	},
	"carry-unposted": func(w *town, tx *store.Tx) error {
		d := w.draft()
		d.Date = "2025-12-10"
		if _, err := ledger.SaveDraft(tx, w.accountant, d, 0); err != nil {
			return err
		}
		_, err := ledger.CarryOver(tx, w.accountant, w.office.ID, 2025, document.NewID)
		return err
	},
	"batch-empty": func(w *town, tx *store.Tx) error {
		return batch.Begin(tx, w.accountant, batch.Batch{ID: document.NewID(), Kind: batch.Post})
	},
	"batch-others": func(w *town, tx *store.Tx) error {
		b := batch.Batch{ID: document.NewID(), Kind: batch.CloseMonth, Items: []batch.Item{{Book: w.office.ID, Period: "2025-02"}}}
		if err := batch.Begin(tx, w.accountant, b); err != nil {
			return err
		}
		return batch.Retry(tx, w.head, b.ID)
	},
	"successor-needless": func(w *town, tx *store.Tx) error {
		_, err := ledger.NameSuccessor(tx, w.accountant, document.NewID(), w.village.ID, 2025, "102", "101")
		return err
	},
	"waiver-law": func(w *town, tx *store.Tx) error {
		officer := w.head
		officer.Grants = []identity.Grant{{Role: identity.CountyBudget, Unit: 1, Path: "/1/"}}
		_, err := document.ProposeWaiver(tx, officer, document.NewID(), document.Waiver{A: document.DutyMake, B: document.DutyCheck, Unit: w.office.Unit, Reason: "人手不足"})
		return err
	},
}

func (w *town) draft() ledger.DraftVoucher {
	v := w.supplies("2026-10-21")
	return ledger.DraftVoucher{Document: document.NewID(), Book: v.Book, Date: string(v.Date), Word: v.Word, Lines: ledger.Typed(v.Lines)}
}

// refusal takes a step that must be refused with the code and gives the sentence.
func (w *town) refusal(t *testing.T, code string, step func(tx *store.Tx) error) string {
	t.Helper()
	err := w.db.Write(context.Background(), step)
	if !fault.HasCode(err, code) {
		t.Fatalf("want %s, got %v", code, err)
	}
	var at *ledger.LineError
	if errors.As(err, &at) {
		return at.Error()
	}
	return fault.As(err).Error()
}

// file imports vouchers that must be refused with the code and gives the first sentence.
func file(office func() *town, content func(t *testing.T) []byte) provoke {
	return func(t *testing.T, code string) string {
		w := office()
		data := content(t)
		name := "凭证.csv"
		if bytes.HasPrefix(data, []byte("PK")) {
			name = "凭证.xlsx"
		}
		r, err := exchange.Import(context.Background(), w.db, w.accountant, exchange.Vouchers, name, bytes.NewReader(data), exchange.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Errors) == 0 || !fault.HasCode(r.Errors[:1], code) {
			t.Fatalf("want %s, got %v", code, r.Errors)
		}
		return r.Errors[0].String()
	}
}

// workbook gives a voucher file of two rows, spoilt by a change.
func workbook(spoil func(f *excelize.File) error) func(t *testing.T) []byte {
	return func(t *testing.T) []byte {
		t.Helper()
		f := excelize.NewFile()
		defer f.Close()
		for i, row := range [][]any{
			{"账套", "日期", "凭证字", "凭证号", "摘要", "科目编码", "借方金额", "贷方金额"},
			{"201", "2026-10-21", "记", "", "收水面承包费", "102", "3.00", ""},
			{"201", "2026-10-21", "记", "", "收水面承包费", "50104", "", "3.00"},
		} {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
		if err := spoil(f); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
}

// tooLarge takes a file of 300 MB, which holds nothing and takes no room on the disk.
func tooLarge(t *testing.T, code string) string {
	f, err := os.Create(filepath.Join(t.TempDir(), "凭证.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(sheet.MaxBytes); err != nil {
		t.Fatal(err)
	}
	layout, err := exchange.Layout(exchange.Vouchers)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sheet.Read(f.Name(), f, layout)
	if !fault.HasCode(err, code) {
		t.Fatalf("want %s, got %v", code, err)
	}
	return err.Error()
}

func diskFull(t *testing.T, code string) string {
	db := storetest.SQLite(t)
	write := func(statement string, args ...any) error {
		return db.Write(context.Background(), func(tx *store.Tx) error { _, err := tx.Exec(statement, args...); return err })
	}
	if err := write(`pragma max_page_count = 1`); err != nil { // no page more than there are
		t.Fatal(err)
	}
	err := write(`insert into counter (county_id, name, value) values (1, $1, 1)`, strings.Repeat("x", 1<<16))
	if !fault.HasCode(err, code) {
		t.Fatalf("want %s, got %v", code, err)
	}
	return fault.As(err).Error()
}

// databaseNewer opens a database into which a program of the year 2099 has written its mark.
func databaseNewer(t *testing.T, code string) string {
	path := filepath.Join(t.TempDir(), "newer.db")
	db, err := store.Open(context.Background(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`insert into goose_db_version (version_id, is_applied) values (99, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(context.Background(), path, store.Options{})
	if !fault.HasCode(err, code) {
		t.Fatalf("want %s, got %v", code, err)
	}
	return fault.As(err).Error()
}
