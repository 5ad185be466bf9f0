package ledger

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// CloseKind declares the closing of a month. Reopening it takes a request with a reason and two approvals by two
// further people (handbook part 2: REOPENED with two approvals, trace kept).
var CloseKind = &document.Kind{
	Name: "month-close", Title: "月末结账",
	States: map[document.State]string{
		"closed": "已结账", "reopen-asked": "申请反结账", "reopen-approved": "反结账待复批", "reopened": "已反结账",
	},
	Steps: []document.Step{
		{Name: "close", Title: "结账", To: "closed", Roles: closers},
		{Name: "ask-reopen", Title: "申请反结账", From: []document.State{"closed"}, To: "reopen-asked", Roles: makers, Duty: document.DutyInitiate, Reason: true},
		{Name: "approve-reopen", Title: "批准反结账", From: []document.State{"reopen-asked"}, To: "reopen-approved", Roles: checkers,
			Duty: document.DutyApprove, Apart: []document.Duty{document.DutyInitiate}},
		{Name: "confirm-reopen", Title: "复批反结账", From: []document.State{"reopen-approved"}, To: "reopened",
			Roles: []identity.Role{identity.OfficeHead, identity.CountyTreasury}, Duty: document.DutyReview,
			Apart: []document.Duty{document.DutyInitiate, document.DutyApprove}},
		{Name: "refuse-reopen", Title: "不同意反结账", From: []document.State{"reopen-asked", "reopen-approved"}, To: "closed",
			Roles: []identity.Role{identity.Reviewer, identity.OfficeHead, identity.CountyTreasury}, Duty: document.DutyReview, Reason: true},
	},
}

var closers = []identity.Role{identity.Accountant, identity.OfficeHead}

// CloseMonth closes a book's oldest open month when every check passes. After it no voucher can be dated there. The same
// id again changes nothing and is refused with an error for which document.IsTaken holds.
func CloseMonth(tx *store.Tx, by identity.Actor, id string, book int64, p calendar.Period) (document.Document, error) {
	b, err := seeClaimed(tx, by, book)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: CloseKind, Step: "close", ID: id, Unit: b.Unit, Path: b.Path, Today: b.Today}
	return document.Make(tx, act, func() (document.Effect, error) {
		checks, err := closable(tx, b, p)
		if err != nil {
			return document.Effect{}, err
		}
		return document.Effect{Ref: fmt.Sprintf("%d|%s", b.ID, p)}, setClosed(tx, by, b, id, p, p.Prev(), p, "close", checks)
	})
}

// closable refuses a month that is not the next one to close, or not over, or of which a check failed.
func closable(tx *store.Tx, b Book, p calendar.Period) ([]CloseCheck, error) {
	switch {
	case p <= b.ClosedThrough:
		return nil, fault.Newf(fault.Refused, "month-closed", "无需再结", "账套%s的 %s 已结账", b.Name, p.Chinese())
	case b.EndedOn != "" && p > b.EndedOn.Period():
		return nil, fault.Newf(fault.Refused, "book-ended", "无需再结账;请在接收单位的账套办理", "账套%s因单位变更自 %s 后停用", b.Name, b.EndedOn)
	case p != b.OldestOpen():
		return nil, fault.Newf(fault.Refused, "close-order", fmt.Sprintf("请先结 %s", b.OldestOpen().Chinese()),
			"月份须依次结账,账套%s的 %s 还未结账", b.Name, b.OldestOpen().Chinese())
	case b.Today < p.Last():
		return nil, fault.Newf(fault.Refused, "close-early", fmt.Sprintf("请在 %s 当日或以后结账", p.Last()),
			"今天是 %s,%s 还没有结束", b.Today, p.Chinese())
	}
	checks, err := closeChecks(tx, b, p)
	if err != nil {
		return nil, err
	}
	for _, c := range checks {
		if c.State == Failed {
			return nil, fault.Newf(fault.Refused, "close-check", c.Fix, "%s不能结账:%s未通过,%s", p.Chinese(), c.Title, c.Alone())
		}
	}
	return checks, nil
}

// setClosed moves the guard of closed months and keeps what was found. Opening a month again raises the book's mark.
func setClosed(tx *store.Tx, by identity.Actor, b Book, id string, p, from, to calendar.Period, act string, checks []CloseCheck) error {
	raise := 0
	if act == "reopen" {
		raise = 1
	}
	n, err := tx.Exec(`update book set closed_through = $1, accounts_mark = accounts_mark + $2
		where county_id = $3 and book_id = $4 and closed_through = $5`, string(to), raise, b.County, b.ID, string(from))
	if err != nil {
		return fmt.Errorf("ledger: %s %s of %s: %w", act, p, b.Code, err)
	}
	if n == 0 {
		return fault.Newf(fault.Conflict, "close-stale", "请刷新后再试", "账套%s的结账状态刚被他人改动", b.Name)
	}
	text, err := json.Marshal(checks)
	if err != nil {
		return fmt.Errorf("ledger: %s %s of %s: %w", act, p, b.Code, err)
	}
	_, err = tx.Exec(`insert into month_close (county_id, book_id, period, at, act, document_id, person_id, checks)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		b.County, b.ID, string(p), calendar.Instant(tx.Now), act, id, by.Person, string(text))
	if err != nil {
		return fmt.Errorf("ledger: %s %s of %s: %w", act, p, b.Code, err)
	}
	return nil
}

// Reopen takes one step towards opening the last closed month again: ask-reopen, approve-reopen, confirm-reopen or
// refuse-reopen. The month opens with the second approval. A year that was carried over stays closed.
func Reopen(tx *store.Tx, by identity.Actor, id string, version int64, step, reason string) (document.Document, error) {
	if !slices.ContainsFunc(CloseKind.Steps, func(s document.Step) bool { return s.Name == step && len(s.From) > 0 }) {
		return document.Document{}, fault.Newf(fault.NotFound, "step-unknown", "请从页面上的按钮办理", "结账没有名为「%s」的步骤", step)
	}
	doc, err := document.Get(tx, by.County, id)
	if err != nil {
		return doc, err
	}
	b, p, err := closedMonth(tx, by, doc)
	if err != nil {
		return doc, err
	}
	if p > b.ClosedThrough && step != "refuse-reopen" {
		return doc, fault.Newf(fault.Refused, "reopen-open", "请刷新页面;凭证可以直接记入该月", "账套%s的 %s 没有结账,或已反结,不用再反结", b.Name, p.Chinese())
	}
	if p != b.ClosedThrough && step != "refuse-reopen" {
		return doc, fault.Newf(fault.Refused, "reopen-order", fmt.Sprintf("请先反结 %s", b.ClosedThrough.Chinese()),
			"只能反结最后结账的月份,账套%s已结到 %s", b.Name, b.ClosedThrough.Chinese())
	}
	if p.Month() == 12 && step != "refuse-reopen" {
		carriedOver, err := yearClosed(tx, b, p.Year())
		if err != nil {
			return doc, err
		}
		if carriedOver {
			return doc, fault.Newf(fault.Refused, "reopen-year", "请在新年度用以前年度盈余调整(年初余额调整)科目更正",
				"账套%s的 %d 年已年终结转,不能反结账", b.Name, p.Year())
		}
	}
	act := document.Act{By: by, Kind: CloseKind, Step: step, ID: id, Version: version, Unit: b.Unit, Path: b.Path, Today: b.Today, Reason: reason}
	return document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if step != "confirm-reopen" {
			return document.Effect{}, nil
		}
		return document.Effect{}, setClosed(tx, by, b, id, p, p, p.Prev(), "reopen", nil)
	})
}

func closedMonth(tx *store.Tx, by identity.Actor, doc document.Document) (Book, calendar.Period, error) {
	if doc.Kind != CloseKind.Name {
		return Book{}, "", fault.New(fault.NotFound, "document-unknown", "没有这张单据", "请从列表中打开")
	}
	_, period, _ := strings.Cut(doc.Ref, "|")
	b, err := seeClaimed(tx, by, bookOf(doc.Ref))
	return b, calendar.Period(period), err
}

// CloseRecord is one closing or reopening that was done.
type CloseRecord struct {
	Period   calendar.Period
	At       string
	Act      string // close or reopen
	Document string
	Person   int64
	State    document.State
	Version  int64
	Checks   []CloseCheck
}

// CloseHistory gives the closings and reopenings of a book, newest first.
func CloseHistory(tx *store.Tx, b Book) ([]CloseRecord, error) {
	rows, err := tx.Query(`select m.period, m.at, m.act, m.document_id, m.person_id, m.checks, d.state, d.version from month_close m
		join document d on d.county_id = m.county_id and d.document_id = m.document_id
		where m.county_id = $1 and m.book_id = $2 order by m.at desc, m.period desc`, b.County, b.ID)
	if err != nil {
		return nil, fmt.Errorf("ledger.CloseHistory %s: %w", b.Code, err)
	}
	defer rows.Close()
	var out []CloseRecord
	for rows.Next() {
		var r CloseRecord
		var checks string
		if err := rows.Scan(&r.Period, &r.At, &r.Act, &r.Document, &r.Person, &checks, &r.State, &r.Version); err != nil {
			return nil, fmt.Errorf("ledger.CloseHistory %s: %w", b.Code, err)
		}
		if err := json.Unmarshal([]byte(checks), &r.Checks); err != nil {
			return nil, fmt.Errorf("ledger.CloseHistory %s: %w", b.Code, err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
