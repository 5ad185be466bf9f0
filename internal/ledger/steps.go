package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// take takes a step on a draft: it reads draft, book and chart, and lets effect do the writing.
func take(tx *store.Tx, by identity.Actor, id string, version int64, step, reason string,
	effect func(b Book, d DraftVoucher, before document.Document) (document.Effect, error)) (document.Document, error) {
	d, err := readDraft(tx, by.County, id)
	if err != nil {
		return document.Document{}, alreadyPosted(tx, by, id, step, err)
	}
	b, err := getBook(tx, by.County, d.Book, tx.Keep("b"))
	if err != nil {
		return document.Document{}, err
	}
	if !by.Has(b.Path, Readers...) {
		return document.Document{}, voucherUnknown()
	}
	act := document.Act{By: by, Kind: VoucherKind, Step: step, ID: id, Version: version, Unit: b.Unit, Path: b.Path, Today: b.Today, Reason: reason}
	return document.Take(tx, act, func(before document.Document) (document.Effect, error) {
		if effect == nil {
			return document.Effect{}, nil
		}
		return effect(b, d, before)
	})
}

// alreadyPosted tells a step on a posted voucher from one on no voucher at all.
func alreadyPosted(tx *store.Tx, by identity.Actor, id, step string, unknown error) error {
	doc, err := document.Get(tx, by.County, id)
	if err != nil || doc.Kind != VoucherKind.Name {
		return unknown
	}
	b, err := GetBook(tx, by.County, bookOf(doc.Ref))
	if err != nil || !by.Has(b.Path, Readers...) {
		return unknown
	}
	return fault.Newf(fault.Refused, "step-not-now", "请刷新后按当前状态办理;更正已记账的凭证请用红字冲销",
		"凭证当前为「%s」,不能%s", VoucherKind.States[doc.State], VoucherKind.Step(step).Title)
}

// bookOf gives the book that a business number begins with; no book has the number 0.
func bookOf(ref string) int64 {
	id, _, _ := strings.Cut(ref, "|")
	book, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return book
}

// Submit checks a draft against every rule of its book, takes its number and hands it to the checker.
func Submit(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	return take(tx, by, id, version, "submit", "", func(b Book, d DraftVoucher, before document.Document) (document.Effect, error) {
		v, err := checkDraft(tx, b, d)
		if err == nil {
			err = needReason(tx, b, v)
		}
		if err != nil {
			return document.Effect{}, err
		}
		if d.Number != 0 && before.Ref != "" {
			return document.Effect{}, nil // submitted before: it keeps its number
		}
		n, err := takeNumber(tx, b, v.Date.Period(), v.Word, v.Number)
		if err != nil {
			return document.Effect{}, err
		}
		_, err = tx.Exec(`update voucher_draft set number = $1 where county_id = $2 and document_id = $3`, n.Number, b.County, id)
		if err != nil {
			return document.Effect{}, fmt.Errorf("ledger.Submit %s: %w", id, err)
		}
		return document.Effect{Ref: Ref(b.ID, n)}, nil
	})
}

// needReason refuses a budgetary half that is another than the proposed one and does not say why.
func needReason(tx *store.Tx, b Book, v Voucher) error {
	chart, err := ChartOf(tx, b, v.Date.Year())
	if err != nil {
		return err
	}
	return v.CheckParallel(chart, b)
}

// CheckParallel refuses a voucher whose budgetary half is another than the proposed one and that does not say why. Red
// twins follow their original, and what carries a year over has no other half.
func (v Voucher) CheckParallel(c *Chart, b Book) error {
	if strings.TrimSpace(v.Note) != "" || v.Reverses != nil || v.Kind == Closing || !Altered(c, b, v.Lines) {
		return nil
	}
	return fault.New(fault.Refused, "proposal-altered", "预算会计分录与按财务会计分录生成的不同,须写明原因",
		"请在「改动原因」中写明,或点「生成预算会计分录」恢复").In("note")
}

func checkDraft(tx *store.Tx, b Book, d DraftVoucher) (Voucher, error) {
	v, err := d.Voucher()
	if err != nil {
		return v, err
	}
	chart, err := chartToWrite(tx, b, v.Date.Year())
	if err != nil {
		return v, err
	}
	if v.Reverses != nil {
		if err := checkTwin(tx, b, v); err != nil {
			return v, err
		}
	}
	if err = v.Check(chart, b); err == nil && v.Reverses == nil { // a twin has the units of its original
		err = checkUnits(tx, b, v.Lines)
	}
	return v, d.typedAt(err)
}

// typedAt names a line by its place among those typed, where blank ones count.
func (d DraftVoucher) typedAt(err error) error {
	var at *LineError
	if !errors.As(err, &at) {
		return err
	}
	n := 0
	for i, l := range d.Lines {
		if !l.blank() {
			n++
		}
		if n == at.Line {
			return &LineError{i + 1, at.Err}
		}
	}
	return err
}

// checkTwin refuses a red twin that does not take back exactly what was posted: its lines and its kind, not before its
// day, and the vouchers of a year's end in that year only.
func checkTwin(tx *store.Tx, b Book, v Voucher) error {
	of := *v.Reverses
	original, err := GetVoucher(tx, b, of)
	if err != nil {
		return err
	}
	if err := checkTwinYear(tx, b, original, v); err != nil {
		return err
	}
	switch {
	case original.ReversedBy != nil:
		return alreadyReversed(original)
	case original.Kind != v.Kind:
		return fault.Newf(fault.Refused, "twin-kind", "请填与原凭证相同的凭证类型",
			"原凭证 %s %s 是%s凭证,红字凭证是%s凭证", of.Period.Chinese(), of.Label(), original.Kind.Title(), v.Kind.Title()).In("kind")
	case !slices.EqualFunc(original.Lines, v.Lines, TakesBack):
		return fault.Newf(fault.Refused, "twin-altered", "请作废后重新红字冲销;其他更正另录一张凭证",
			"红字凭证须与原凭证 %s %s 逐行相等,只是金额为负", of.Period.Chinese(), of.Label())
	case v.Date < original.Date:
		return fault.Newf(fault.Refused, "twin-early", "请填原凭证当日或以后的日期",
			"原凭证 %s %s 的日期为 %s,红字凭证不能早于它,现为 %s", of.Period.Chinese(), of.Label(), original.Date, v.Date).In("date")
	}
	return nil
}

// priorYear names the accounts through which each chart corrects a year that was closed.
var priorYear = map[ChartName]string{
	Government:    "以前年度盈余调整(3501),预算会计用结转结余科目的年初余额调整",
	Village:       "收益分配的未分配收益(32201)",
	GeneralBudget: "结转结余科目(3001 等)",
}

// checkTwinYear refuses to take back in a later year what a year's end has carried over: the closing voucher itself, and
// once the year is closed, its income, expense, budget income and budget expenditure, which would go off the later year's.
func checkTwinYear(tx *store.Tx, b Book, original Posted, v Voucher) error {
	of := original.Number
	if of.Period.Year() == v.Date.Year() || original.ReversedBy != nil {
		return nil
	}
	if original.Kind == Closing {
		return fault.Newf(fault.Refused, "reverse-closing", "请用"+priorYear[b.Chart]+"更正",
			"凭证 %s 是 %d 年的年终结转凭证,不能在 %d 年冲销", of.Label(), of.Period.Year(), v.Date.Year())
	}
	i := slices.IndexFunc(original.Lines, func(l Line) bool {
		_, ok := carryRuleFor(b, 1, Combination{Account: l.Account, Dims: l.Dims})
		return ok
	})
	if i < 0 {
		return nil
	}
	closed, err := yearClosed(tx, b, of.Period.Year())
	if err != nil || !closed {
		return err
	}
	return fault.Newf(fault.Refused, "reverse-prior-year", "请另录一张凭证,用"+priorYear[b.Chart]+"更正",
		"凭证 %s %s 记有收支科目 %s,%d 年已年终结账,在 %d 年冲销会冲减 %d 年的收支",
		of.Period.Chinese(), of.Label(), original.Lines[i].Account, of.Period.Year(), v.Date.Year(), v.Date.Year())
}

// TakesBack reports whether a line of a red-letter twin takes back its original.
func TakesBack(a, b Line) bool {
	return a.Account == b.Account && a.Dims == b.Dims && a.Debit == -b.Debit && a.Credit == -b.Credit
}

func alreadyReversed(original Posted) error {
	by, of := *original.ReversedBy, original.Number
	return fault.Newf(fault.Refused, "voucher-reversed", "请查看红字凭证 "+by.Period.Chinese()+" "+by.Label(),
		"凭证 %s %s 已被红字冲销,不能再次冲销", of.Period.Chinese(), of.Label())
}

// Check vouches for a submitted voucher; another person than its maker does it.
func Check(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	return take(tx, by, id, version, "check", "", func(b Book, d DraftVoucher, _ document.Document) (document.Effect, error) {
		_, err := checkDraft(tx, b, d)
		return document.Effect{}, err
	})
}

// Return sends a voucher back to its maker with a reason.
func Return(tx *store.Tx, by identity.Actor, id string, version int64, reason string) (document.Document, error) {
	return take(tx, by, id, version, "return", reason, nil)
}

// Void gives a voucher up. A number that it has stays with it, so that no gap arises.
func Void(tx *store.Tx, by identity.Actor, id string, version int64, reason string) (document.Document, error) {
	return take(tx, by, id, version, "void", reason, func(b Book, d DraftVoucher, _ document.Document) (document.Effect, error) {
		if d.Reverses == nil {
			return document.Effect{}, nil
		}
		return document.Effect{}, releaseReversal(tx, b, *d.Reverses)
	})
}

// releaseReversal lets a voucher be taken back again after the red twin was voided before posting.
func releaseReversal(tx *store.Tx, b Book, of Number) error {
	_, err := tx.Exec(`delete from counter where county_id = $1 and name = $2`, b.County, "reversing/"+Ref(b.ID, of))
	if err != nil {
		return fmt.Errorf("ledger: release of %s: %w", of, err)
	}
	return nil
}

// Post enters a checked voucher into the ledger. From here on it is never changed.
func Post(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	return take(tx, by, id, version, "post", "", func(b Book, d DraftVoucher, before document.Document) (document.Effect, error) {
		v, err := checkDraft(tx, b, d)
		if err != nil {
			return document.Effect{}, err
		}
		chart, err := ChartOf(tx, b, v.Date.Year())
		if err != nil {
			return document.Effect{}, err
		}
		_, err = tx.Exec(`delete from voucher_draft where county_id = $1 and document_id = $2`, b.County, id)
		if err != nil {
			return document.Effect{}, fmt.Errorf("ledger.Post %s: %w", id, err)
		}
		maker, checker := who(before.Parts, document.DutyMake), who(before.Parts, document.DutyCheck)
		return post(tx, b, chart, Posted{
			Document: id, Book: b.ID, Number: Number{v.Date.Period(), v.Word, d.Number}, Date: v.Date, Kind: v.Kind,
			Attachments: v.Attachments, Lines: v.Lines, Reverses: v.Reverses, Source: v.Source, Note: v.Note,
			Maker: maker, Checker: checker, Poster: by.Person,
		})
	})
}

// who gives the person who last took on a duty.
func who(parts []document.Part, duty document.Duty) int64 {
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i].Duty == duty {
			return parts[i].Person
		}
	}
	return 0
}

// Reverse makes the red-letter twin of a posted voucher: the same lines with negative amounts, linked to it, dated
// today, or as the original where that is dated later in the business month, and submitted for checking. A voucher is
// taken back once.
func Reverse(tx *store.Tx, by identity.Actor, id string, book int64, of Number, reason string) (document.Document, error) {
	b, err := seeKept(tx, by, book)
	if err != nil {
		return document.Document{}, err
	}
	original, err := GetVoucher(tx, b, of)
	if err != nil {
		return document.Document{}, err
	}
	d := redTwin(b, original, id, reason)
	v, err := checkDraft(tx, b, d)
	if err != nil {
		return document.Document{}, err
	}
	chart, err := ChartOf(tx, b, v.Date.Year())
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: VoucherKind, Step: "reverse", ID: id, Unit: b.Unit, Path: b.Path, Today: b.Today, Reason: reason}
	return document.Make(tx, act, func() (document.Effect, error) {
		if err := reserveReversal(tx, b, of); err != nil {
			return document.Effect{}, err
		}
		n, err := takeNumber(tx, b, v.Date.Period(), v.Word, 0)
		if err != nil {
			return document.Effect{}, err
		}
		d.Number = n.Number
		return document.Effect{Ref: Ref(b.ID, n), Facts: map[string]string{"reverses": Ref(b.ID, of)}}, writeDraft(tx, by, chart, d)
	})
}

// reserveReversal keeps two red twins of one voucher from being under way at once.
func reserveReversal(tx *store.Tx, b Book, of Number) error {
	n, err := tx.Exec(`insert into counter (county_id, name, value) values ($1, $2, 1) on conflict do nothing`,
		b.County, "reversing/"+Ref(b.ID, of))
	if err != nil {
		return fmt.Errorf("ledger: reversal of %s: %w", of, err)
	}
	if n == 0 {
		return fault.Newf(fault.Refused, "voucher-reversing", "请先办理或作废那张红字凭证", "凭证 %s %s 的红字凭证正在办理", of.Period.Chinese(), of.Label())
	}
	return nil
}

func redTwin(b Book, original Posted, id, reason string) DraftVoucher {
	lines := make([]Line, len(original.Lines))
	for i, l := range original.Lines {
		l.Debit, l.Credit = -l.Debit, -l.Credit
		l.Summary = redSummary(original.Number, l.Summary)
		lines[i] = l
	}
	of := original.Number
	return DraftVoucher{
		Document: id, Book: b.ID, Date: string(max(b.Today, original.Date)), Word: of.Word, Kind: original.Kind, Lines: Typed(lines),
		Reverses: &of, Note: reason,
	}
}

func redSummary(of Number, summary string) string {
	text := []rune(fmt.Sprintf("冲销%s%s %s", of.Period, of.Label(), summary))
	if len(text) > summaryMost {
		text = text[:summaryMost]
	}
	return string(text)
}
