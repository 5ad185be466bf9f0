// Package agreement brings the books and what banks, the treasury and the tax office say of the same money to agreement
// (财税库联网、对账).
//
// It keeps these invariants: a statement is taken whole or not at all, its balance runs from line to line and on from the
// statement before, and what was taken before is recognised; a line or an entry is matched once, by a named person who is
// not the cashier, in groups that come to the same on both sides; what is not matched on a day is a difference with a
// type, an age and an owner; book + received at the bank and not booked − paid at the bank and not booked = bank + booked
// receipts not at the bank − booked payments not at the bank. Proposals are computed, never stored. Source: 预算法 art. 67
// and its regulations, 会计基础工作规范.
//
// Money that came in is positive on both sides: debit of the book's account, credit of the bank's.
package agreement

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/rule"
)

// Source is who says it.
type Source string

// The sources.
const (
	Bank     Source = "bank"     // 银行对账单
	Treasury Source = "treasury" // 国库日报
	Tax      Source = "tax"      // 税收入库明细
)

var sourceTitles = map[Source]string{Bank: "银行对账单", Treasury: "国库日报", Tax: "税收入库明细"}

// Sources gives the sources in the order in which pages offer them.
func Sources() []Source { return []Source{Bank, Treasury, Tax} }

// Title is the source's name on pages.
func (s Source) Title() string { return sourceTitles[s] }

// Reconcilers bring statements in, match and prepare; Reviewers review. A cashier does neither (handbook 3.5).
var (
	Reconcilers = []identity.Role{identity.Accountant, identity.Reviewer, identity.OfficeHead, identity.CountyTreasury}
	Reviewers   = []identity.Role{identity.Reviewer, identity.OfficeHead, identity.CountyTreasury}
)

// The rules of agreement.
var (
	windowDays   = rule.Definition{Code: "agreement-window-days", Title: "对账按金额勾对时日期相差不超过(日)", Kind: rule.Days, Max: 31, Initial: "3"}
	warnDays     = rule.Definition{Code: "agreement-warn-days", Title: "未达账项超过多少日提示(日)", Kind: rule.Days, Max: 366, Initial: "30"}
	escalateDays = rule.Definition{Code: "agreement-escalate-days", Title: "未达账项超过多少日上报负责人(日)", Kind: rule.Days, Max: 366, Initial: "90"}
)

// Rules gives the rules that this package reads.
func Rules() []rule.Definition { return []rule.Definition{windowDays, warnDays, escalateDays} }

// FileKind declares a statement as a document: its leaf says who brought in which lines.
var FileKind = &document.Kind{
	Name: "statement", Title: "对账单",
	States: map[document.State]string{"taken": "已导入", "withdrawn": "已撤回"},
	Steps: []document.Step{
		{Name: "take", Title: "导入", To: "taken", Roles: Reconcilers, Duty: document.DutyImport},
		{Name: "withdraw", Title: "撤回", From: []document.State{"taken"}, To: "withdrawn", Roles: Reconcilers, Reason: true},
	},
}

// Line is a line of a statement.
type Line struct {
	ID           int64
	File         int64
	Row          int // in the file, where it is on its way in
	Date         calendar.Date
	Ref          string
	Code         string
	Amount       money.Fen
	Balance      money.Fen // after it; 0 where the source has none
	Counterparty string
	Summary      string
}

// same reports whether two lines are the same movement, brought in twice.
func (l Line) same(o Line) bool {
	return l.Date == o.Date && l.Ref == o.Ref && l.Code == o.Code && l.Amount == o.Amount && l.Balance == o.Balance && l.Counterparty == o.Counterparty
}

// File is a statement that was brought in.
type File struct {
	ID        int64
	Document  string
	Account   int64
	Source    Source
	Name      string
	From, To  calendar.Date // both ends included
	Opening   money.Fen
	Closing   money.Fen
	Lines     int64
	Digest    string
	Maker     int64
	MadeAt    string
	Withdrawn string // instant; empty while it holds
}
