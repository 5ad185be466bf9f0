package ledger

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

var (
	voucherRows = store.NewTable("voucher", 5, 0, "#county_id", "#book_id", "period", "word", "#number", "document_id", "date",
		"kind", "#attachments", "summary", "#amount", "reverses", "source", "note", "#maker_id", "#checker_id", "#poster_id", "posted_at")
	entryRows = store.NewTable("entry", 6, 0, "#county_id", "#book_id", "period", "word", "#number", "#line",
		"#combination_id", "summary", "#debit", "#credit")
	balanceMoves = store.NewTable("balance", 5, 2, "#county_id", "#book_id", "period", "#combination_id", "kind", "#debit", "#credit")
	totalMoves   = store.NewTable("total", 6, 2, "#county_id", "period", "chart", "account", "function", "kind", "#debit", "#credit")
)

// States of a voucher.
const (
	Draft     document.State = "draft"
	Submitted document.State = "submitted"
	Checked   document.State = "checked"
	Returned  document.State = "returned"
	StatePost document.State = "posted"
	Voided    document.State = "void"
)

// makers, checkers and posters of vouchers.
var (
	makers   = []identity.Role{identity.Accountant}
	checkers = []identity.Role{identity.Reviewer, identity.OfficeHead}
)

// VoucherKind declares the steps of a voucher (handbook 3.6): DRAFT→SUBMITTED→CHECKED→POSTED.
var VoucherKind = &document.Kind{
	Name: "voucher", Title: "凭证",
	States: map[document.State]string{
		Draft: "草稿", Submitted: "待审核", Checked: "待记账", Returned: "已退回", StatePost: "已记账", Voided: "已作废",
	},
	Steps: []document.Step{
		{Name: "enter", Title: "录入", To: Draft, Roles: makers, Duty: document.DutyMake},
		{Name: "edit", Title: "修改", From: []document.State{Draft, Returned}, To: Draft, Roles: makers, Duty: document.DutyMake},
		{Name: "submit", Title: "提交", From: []document.State{Draft}, To: Submitted, Roles: makers, Duty: document.DutyMake},
		{Name: "check", Title: "审核", From: []document.State{Submitted}, To: Checked, Roles: checkers, Duty: document.DutyCheck},
		{Name: "return", Title: "退回", From: []document.State{Submitted, Checked}, To: Returned, Roles: checkers, Duty: document.DutyCheck, Reason: true},
		{Name: "post", Title: "记账", From: []document.State{Checked}, To: StatePost, Roles: makers, Duty: document.DutyPost},
		{Name: "void", Title: "作废", From: []document.State{Draft, Submitted, Returned}, To: Voided, Roles: makers, Duty: document.DutyMake, Reason: true},
		{Name: "reverse", Title: "红字冲销", To: Submitted, Roles: makers, Duty: document.DutyMake, Reason: true},
		{Name: "carry-over", Title: "年终结转", To: Submitted, Roles: makers, Duty: document.DutyMake},
		{Name: "post-at-once", Title: "记入已由两人办妥的凭证", To: StatePost, Roles: makers, Duty: document.DutyMake},
	},
}

// PostAtOnce enters, checks and posts a voucher in one step, for vouchers that two named people vouch for together:
// imported files and vouchers that other documents make. id is the document's id and its idempotency key: the same id
// again is refused with an error for which document.IsTaken holds. The leaf of an imported voucher names its file and
// who brought it in, so that nobody takes its maker and its checker to have been at the keyboard.
func PostAtOnce(tx *store.Tx, maker, checker identity.Actor, id string, v Voucher) (Number, error) {
	if date, err := calendar.ParseDate(string(v.Date)); err != nil || date != v.Date {
		return Number{}, fault.Newf(fault.Invalid, "date-malformed", "请按 2026-10-23 的样式填写", "日期「%s」不存在或写法不对", v.Date).In("date")
	}
	b, chart, err := bookAndChart(tx, maker, v)
	if err != nil {
		return Number{}, err
	}
	if v.Kind == "" {
		v.Kind = Ordinary
	}
	if err := checker.Require(b.Path, "审核凭证", checkers...); err != nil {
		return Number{}, err
	}
	if err := checker.NewWork(b.Path, checkers...); err != nil {
		return Number{}, err
	}
	makes, _ := maker.ActsFor(b.Path, makers...)
	checks, _ := checker.ActsFor(b.Path, checkers...)
	act := document.Act{
		By: maker, Kind: VoucherKind, Step: "post-at-once", ID: id, Unit: b.Unit, Path: b.Path, Today: b.Today, Chain: v.Chain,
		Parts: []document.Part{{Duty: document.DutyCheck, Person: checker.Person, For: checks}, {Duty: document.DutyPost, Person: maker.Person, For: makes}},
	}
	var facts map[string]string
	if v.Import != nil {
		act.Parts = append(act.Parts, document.Part{Duty: document.DutyImport, Person: v.Import.Person})
		facts = map[string]string{"import": v.Import.File}
	}
	var number Number
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		err := v.Check(chart, b)
		if err == nil {
			err = v.CheckParallel(chart, b)
		}
		if err != nil {
			return document.Effect{}, err
		}
		if v.Reverses != nil {
			err = reserveTwin(tx, b, v)
		} else {
			err = checkUnits(tx, b, v.Lines) // a twin has those of its original
		}
		if err != nil {
			return document.Effect{}, err
		}
		if number, err = takeNumber(tx, b, v.Date.Period(), v.Word, v.Number); err != nil {
			return document.Effect{}, err
		}
		done, err := post(tx, b, chart, Posted{
			Document: id, Book: b.ID, Number: number, Date: v.Date, Kind: v.Kind, Attachments: v.Attachments, Lines: v.Lines,
			Reverses: v.Reverses, Source: v.Source, Note: v.Note, Maker: maker.Person, Checker: checker.Person, Poster: maker.Person,
		})
		done.Facts = facts
		return done, err
	})
	return number, err
}

func reserveTwin(tx *store.Tx, b Book, v Voucher) error {
	if err := checkTwin(tx, b, v); err != nil {
		return err
	}
	return reserveReversal(tx, b, *v.Reverses)
}

func bookAndChart(tx *store.Tx, maker identity.Actor, v Voucher) (Book, *Chart, error) {
	b, err := seeKept(tx, maker, v.Book)
	if err != nil {
		return b, nil, err
	}
	chart, err := chartToWrite(tx, b, v.Date.Year())
	return b, chart, err
}

// takeNumber takes the next number of book, month and word. A number that was given (an imported one) must be it.
func takeNumber(tx *store.Tx, b Book, period calendar.Period, word string, given int64) (Number, error) {
	n := Number{Period: period, Word: word}
	err := tx.QueryWrite(`insert into counter (county_id, name, value) values ($1, $2, 1)
		on conflict (county_id, name) do update set value = counter.value + 1 returning value`,
		b.County, counterName(b.ID, period, word)).Scan(&n.Number)
	if err != nil {
		return n, fmt.Errorf("ledger: number of %s %s: %w", b.Code, period, err)
	}
	if given == 0 || given == n.Number {
		return n, nil
	}
	want := n.Label()
	if given < n.Number {
		return n, fault.Newf(fault.Conflict, "number-taken", "请清空凭证号由系统编号,或从 "+want+" 接着编", "凭证号 %s 在 %s 已被使用",
			Number{Word: word, Number: given}.Label(), period.Chinese()).In("number")
	}
	return n, fault.Newf(fault.Conflict, "number-gap", "请清空凭证号由系统编号,或从 "+want+" 接着编", "凭证号 %s 在 %s 会造成断号,下一号是 %s",
		Number{Word: word, Number: given}.Label(), period.Chinese(), want).In("number")
}

func counterName(book int64, period calendar.Period, word string) string {
	return fmt.Sprintf("voucher/%d/%s/%s", book, period, word)
}

// post writes the rows of a voucher that has been checked. An unbalanced voucher here is a broken invariant.
func post(tx *store.Tx, b Book, chart *Chart, p Posted) (document.Effect, error) {
	if !b.Open(p.Number.Period) {
		panic(fmt.Sprintf("ledger: %s of book %d posted into closed %s", p.Number, b.ID, p.Number.Period))
	}
	period, word, number := string(p.Number.Period), p.Number.Word, p.Number.Number
	var debits, credits [2]int64
	for i, l := range p.Lines {
		id, err := intern(tx, b.County, b.Chart, l.Account, l.Dims)
		if err != nil {
			return document.Effect{}, err
		}
		debit, credit := int64(l.Debit), int64(l.Credit)
		tx.Append(entryRows, b.County, b.ID, period, word, number, int64(i+1), id, l.Summary, debit, credit)
		tx.Move(balanceMoves, []any{b.County, b.ID, period, id, string(p.Kind)}, debit, credit)
		tx.Move(totalMoves, []any{b.County, period, string(b.Chart), l.Account, l.Dims.Function, string(p.Kind)}, debit, credit)
		half := 0
		if a, _ := chart.Account(l.Account); a.Half == Budgetary {
			half = 1
		}
		debits[half] += debit
		credits[half] += credit
	}
	if debits != credits {
		panic(fmt.Sprintf("ledger: unbalanced voucher %s of book %d", p.Number, b.ID))
	}
	p.PostedAt = calendar.Instant(tx.Now)
	var reverses any
	if p.Reverses != nil {
		reverses = p.Reverses.String()
	}
	v := Voucher{Lines: p.Lines}
	tx.Append(voucherRows, b.County, b.ID, period, word, number, p.Document, string(p.Date), string(p.Kind), p.Attachments,
		v.Summary(), debits[0], reverses, p.Source, p.Note, p.Maker, p.Checker, p.Poster, p.PostedAt)
	return document.Effect{Ref: Ref(b.ID, p.Number), Rows: trail.Digest(p.rows())}, nil
}
