package ledger

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
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

// CheckState is the outcome of one check of a month's end.
type CheckState string

// The outcomes of a check.
const (
	Passed     CheckState = "ok"
	Failed     CheckState = "failed"
	NotEnabled CheckState = "not-enabled" // 未启用: its domain is still to come; it does not block
)

// CloseCheck is one named check of a month's end.
type CloseCheck struct {
	Name   string     `json:"name"`
	Title  string     `json:"title"`
	Rule   string     `json:"rule"` // why it is made
	State  CheckState `json:"state"`
	Detail string     `json:"detail"` // what was found, with the amounts
	Fix    string     `json:"fix"`    // the way out; empty where it passed
}

// CloseChecks makes every check of handbook 3.6 for the end of a month.
func CloseChecks(tx *store.Tx, b Book, p calendar.Period) ([]CloseCheck, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	var out []CloseCheck
	for _, check := range []func(*store.Tx, Book, calendar.Period) (CloseCheck, error){
		checkTrialBalance, checkUnposted, checkNumbers, checkCarried,
	} {
		c, err := check(tx, b, p)
		if err != nil {
			return nil, fmt.Errorf("ledger.CloseChecks %s %s: %w", b.Code, p, err)
		}
		out = append(out, c)
	}
	for _, c := range []CloseCheck{
		{Name: "cash-count", Title: "现金盘点", Rule: "库存现金账面与实盘相等"},
		{Name: "bank", Title: "银行对账", Rule: "银行存款余额调节表两方相等"},
		{Name: "assets", Title: "资产卡片", Rule: "固定资产卡片合计与总账相等"},
		{Name: "appropriations", Title: "预算指标", Rule: "指标支付数与财政拨款支出相等"},
	} {
		c.State, c.Detail = NotEnabled, "未启用,不影响结账"
		out = append(out, c)
	}
	return out, nil
}

func checkTrialBalance(tx *store.Tx, b Book, p calendar.Period) (CloseCheck, error) {
	c := CloseCheck{Name: "trial-balance", Title: "试算平衡", Rule: "财务会计、预算会计各自借贷相等", State: Passed}
	chart, err := ChartOf(tx, b, p.Year())
	if err != nil {
		return c, err
	}
	moves, _, err := Balances(tx, b.County, []Book{b}, p, p)
	if err != nil {
		return c, err
	}
	combinations, err := Combinations(tx, b.County)
	if err != nil {
		return c, err
	}
	var debit, credit, balance [2]money.Fen
	for id, m := range moves {
		i := 0
		if a, ok := chart.Account(combinations[id].Account); ok && a.Half == Budgetary {
			i = 1
		}
		debit[i] += m.Debit + m.ClosingDebit
		credit[i] += m.Credit + m.ClosingCredit
		balance[i] += m.Balance()
	}
	for i, half := range []Half{Financial, Budgetary} {
		if debit[i] != credit[i] || balance[i] != 0 {
			c.State, c.Fix = Failed, "请运行数据校验并联系系统管理员"
			c.Detail = fmt.Sprintf("%s本月借方 %s 元,贷方 %s 元,余额差 %s 元", half.Title(), debit[i], credit[i], balance[i])
			return c, nil
		}
	}
	c.Detail = fmt.Sprintf("本月借贷各 %s 元", debit[0])
	if chart.TwoHalves() {
		c.Detail = fmt.Sprintf("财务会计借贷各 %s 元,预算会计借贷各 %s 元", debit[0], debit[1])
	}
	return c, nil
}

func checkUnposted(tx *store.Tx, b Book, p calendar.Period) (CloseCheck, error) {
	c := CloseCheck{Name: "unposted", Title: "未记账凭证", Rule: "本月凭证全部记账", State: Passed, Detail: "没有未记账凭证"}
	drafts, err := ListDrafts(tx, b, p)
	if err != nil {
		return c, err
	}
	var open []string
	for _, d := range drafts {
		if d.State == Voided {
			continue
		}
		label := "未编号"
		if d.Number != 0 {
			label = Number{p, d.Word, d.Number}.Label()
		}
		open = append(open, fmt.Sprintf("%s(%s)", label, VoucherKind.States[d.State]))
	}
	if len(open) > 0 {
		c.State, c.Fix = Failed, "请审核并记账,或写明原因作废"
		c.Detail = fmt.Sprintf("还有 %d 张:%s", len(open), strings.Join(open[:min(len(open), 10)], "、"))
	}
	return c, nil
}

func checkNumbers(tx *store.Tx, b Book, p calendar.Period) (CloseCheck, error) {
	c := CloseCheck{Name: "numbers", Title: "凭证连号", Rule: "每字每月连续编号,作废的保留原号", State: Passed, Detail: "编号连续"}
	rows, err := tx.Query(`select name, value,
		(select count(*) from voucher v where v.county_id = $1 and v.book_id = $2 and v.period = $3 and $4 || v.word = counter.name) +
		(select count(*) from voucher_draft d join document n on n.county_id = d.county_id and n.document_id = d.document_id
			where d.county_id = $1 and d.book_id = $2 and d.period = $3 and n.ref <> '' and $4 || d.word = counter.name)
		from counter where county_id = $1 and substr(name, 1, length($4)) = $4`,
		b.County, b.ID, string(p), counterName(b.ID, p, ""))
	if err != nil {
		return c, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var taken, found int64
		if err := rows.Scan(&name, &taken, &found); err != nil {
			return c, err
		}
		if taken != found {
			c.State, c.Fix = Failed, "请运行数据校验并联系系统管理员"
			c.Detail = fmt.Sprintf("「%s」字已编 %d 号,只有 %d 张", name[strings.LastIndexByte(name, '/')+1:], taken, found)
		}
	}
	return c, rows.Err()
}

func checkCarried(tx *store.Tx, b Book, p calendar.Period) (CloseCheck, error) {
	c := CloseCheck{Name: "carry-over", Title: "收支结转", Rule: "年末收入、费用和预算收支结转为零;平时用表结法", State: Passed, Detail: "平时不结转"}
	if p.Month() != 12 {
		return c, nil
	}
	moves, _, err := Balances(tx, b.County, []Book{b}, calendar.PeriodOf(p.Year(), 1), p)
	if err != nil {
		return c, err
	}
	combinations, err := Combinations(tx, b.County)
	if err != nil {
		return c, err
	}
	open := map[string]money.Fen{}
	for id, m := range moves {
		if account := combinations[id].Account; carried(b, account) {
			if open[account] += m.Balance(); open[account] == 0 {
				delete(open, account)
			}
		}
	}
	c.Detail = "已全部结转"
	if len(open) > 0 {
		first := slices.Min(slices.Collect(maps.Keys(open)))
		c.State, c.Fix = Failed, "请生成年终结转凭证,审核并记账"
		c.Detail = fmt.Sprintf("还有 %d 个科目未结转,如 %s 余额 %s 元", len(open), first, open[first])
	}
	return c, nil
}

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
	case p != b.OldestOpen():
		return nil, fault.Newf(fault.Refused, "close-order", fmt.Sprintf("请先结 %s", b.OldestOpen().Chinese()),
			"月份须依次结账,账套%s的 %s 还未结账", b.Name, b.OldestOpen().Chinese())
	case b.Today < p.Last():
		return nil, fault.Newf(fault.Refused, "close-early", fmt.Sprintf("请在 %s 当日或以后结账", p.Last()),
			"今天是 %s,%s 还没有结束", b.Today, p.Chinese())
	}
	checks, err := CloseChecks(tx, b, p)
	if err != nil {
		return nil, err
	}
	for _, c := range checks {
		if c.State == Failed {
			return nil, fault.Newf(fault.Refused, "close-check", c.Fix, "%s不能结账:%s未通过,%s", p.Chinese(), c.Title, c.Detail)
		}
	}
	return checks, nil
}

// setClosed moves the guard of closed months and keeps what was found.
func setClosed(tx *store.Tx, by identity.Actor, b Book, id string, p, from, to calendar.Period, act string, checks []CloseCheck) error {
	n, err := tx.Exec(`update book set closed_through = $1 where county_id = $2 and book_id = $3 and closed_through = $4`,
		string(to), b.County, b.ID, string(from))
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
