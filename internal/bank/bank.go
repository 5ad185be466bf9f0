// Package bank keeps the approved list of a county's bank accounts (账户清单) and how the files of their banks look
// (文件格式).
//
// It keeps these invariants: money at a bank that is not on the list is not reconciled, and no statement of it is taken; an
// account belongs to one lowest account of one book; its number is kept encrypted and shown by its last four figures; what
// stands on the list, how a bank's file is read and which key signs its answers is each made by one person and checked by
// another. What the book and the bank stood at when an account began to be reconciled agrees but for the items named.
package bank

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
)

// The states of an account and of a format.
const (
	Submitted document.State = "submitted"
	Effective document.State = "effective"
	Refused   document.State = "refused"
	Closing   document.State = "closing"
	Closed    document.State = "closed"
)

var (
	// Makers enter accounts and formats; Checkers check them.
	Makers   = []identity.Role{identity.Accountant, identity.CountyTreasury}
	Checkers = []identity.Role{identity.Reviewer, identity.OfficeHead, identity.CountyTreasury}
	// Readers see the accounts of their units.
	Readers = []identity.Role{
		identity.Accountant, identity.Reviewer, identity.OfficeHead, identity.UnitHead, identity.Cashier, identity.CountyBudget,
		identity.CountyTreasury, identity.Auditor,
	}
)

// AccountKind declares the steps of an account of the list.
var AccountKind = &document.Kind{
	Name: "bank-account", Title: "银行账户",
	States: map[document.State]string{Submitted: "待审核", Effective: "在用", Refused: "已退回", Closing: "销户待审核", Closed: "已销户"},
	Steps: []document.Step{
		{Name: "register", Title: "登记", To: Submitted, Roles: Makers, Duty: document.DutyMake},
		{Name: "check", Title: "审核", From: []document.State{Submitted}, To: Effective, Roles: Checkers, Duty: document.DutyCheck},
		{Name: "return", Title: "退回", From: []document.State{Submitted}, To: Refused, Roles: Checkers, Reason: true},
		{Name: "ask-close", Title: "申请销户", From: []document.State{Effective}, To: Closing, Roles: Makers, Duty: document.DutyMake},
		{Name: "close", Title: "审核销户", From: []document.State{Closing}, To: Closed, Roles: Checkers, Duty: document.DutyCheck},
		{Name: "refuse", Title: "退回销户", From: []document.State{Closing}, To: Effective, Roles: Checkers, Reason: true},
	},
}

// Kind is what an account is for (账户性质).
type Kind string

// The kinds of accounts.
const (
	Basic    Kind = "basic"
	Zero     Kind = "zero"
	Special  Kind = "special"
	Treasury Kind = "treasury"
	Other    Kind = "other"
)

var kindTitles = map[Kind]string{Basic: "基本存款账户", Zero: "零余额账户", Special: "专用存款账户", Treasury: "国库存款", Other: "其他存款账户"}

// Kinds gives the kinds in the order in which pages offer them.
func Kinds() []Kind { return []Kind{Basic, Zero, Special, Treasury, Other} }

// Title is the kind's name on pages.
func (k Kind) Title() string { return kindTitles[k] }

// Side tells what the unit's book says from what the bank says.
type Side string

// The sides.
const (
	Book Side = "book"
	Bank Side = "bank"
)

// Account is a bank account of the list.
type Account struct {
	County     int64
	ID         int64
	Document   string // id, the form's idempotency key
	Version    int64
	State      document.State
	Book       int64
	BookCode   string
	BookName   string
	Unit       int64
	UnitName   string
	Path       string // of the book's unit
	Account    string // of the book
	Kind       Kind
	Bank       string // 开户银行
	Name       string // 户名
	Number     string // in full, only where it is being registered
	Tail       string
	Opened     calendar.Date
	Basis      string // 文号 of the approval
	Since      calendar.Period
	Opening    money.Fen // at the bank before Since
	Format     string    // code of the statements' format; empty: the common one
	Maker      int64
	MadeAt     string
	ClosedOn   calendar.Date // last day; empty while it is in use
	CloseBasis string
	Items      []Item // under way at the beginning; only where one account was read
}

// Masked shows an account's number by its last figures.
func (a Account) Masked() string { return "****" + a.Tail }

// Title names the account in lists: 信用社柳溪分社 ****1234.
func (a Account) Title() string { return a.Bank + " " + a.Masked() }

// Live reports whether the account is on the list in a month: checked, reconciled from then on, and not closed before.
func (a Account) Live(p calendar.Period) bool {
	return (a.State == Effective || a.State == Closing || a.State == Closed) && a.Since <= p && (a.ClosedOn == "" || a.ClosedOn >= p.First())
}

// Item is something under way between book and bank when the account began to be reconciled. What came in is positive.
type Item struct {
	Side    Side
	Date    calendar.Date
	Ref     string
	Amount  money.Fen
	Summary string
}
