// Package drafting draws up the budget of a township in rounds (预算编制:一上一下、二上二下) and carries it through the
// review of the government and the session of the congress to its reply.
//
// It keeps these invariants. One document for a township, a year and a round; every stage freezes its lines, items and
// control numbers as a version that is never changed, and the leaf of the stage holds their digest. People and office
// cost is heads or things times a dated standard (定员定额) and is computed, never typed; a project is named. Each kind of
// money (资金性质) balances in itself, and money passes between kinds only where both sides record it. The units' sums stay
// within their control numbers. Nothing with a deficit, or with a reserve outside its legal band, leaves the government.
// What the congress approved takes effect in the step that records it: appropriations, the lines of the general budget
// book and the obligations that follow. Income is a forecast, never a quota for those who collect it.
//
// Rules: 预算法 art. 4, 5, 32, 35, 40, 45, 46, 50, 52, 55, 67–69; 预算法实施条例 art. 22, 25; 机关事务管理条例 art. 11.
package drafting

import (
	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
)

// The states of a draft.
const (
	Prepare   document.State = "prepare"
	Up1       document.State = "up1"
	Down1     document.State = "down1"
	Up2       document.State = "up2"
	Reviewed  document.State = "gov-reviewed"
	InSession document.State = "in-session"
	Resolved  document.State = "resolved"
	Approved  document.State = "approved"
	Replied   document.State = "replied"
)

var (
	// Beginners begin a draft of a township.
	Beginners = []identity.Role{identity.OfficeHead, identity.CountyBudget}
	// Fillers fill in the lines of their unit.
	Fillers = []identity.Role{identity.Clerk, identity.Accountant, identity.OfficeHead}
	// Balancers fill in the income and the balancing items of their township, and send the draft up.
	Balancers = []identity.Role{identity.Accountant, identity.OfficeHead}
	// Readers see the drafts of their units.
	Readers = []identity.Role{
		identity.Clerk, identity.UnitHead, identity.OfficeHead, identity.Accountant, identity.Reviewer, identity.CountyBudget, identity.CountyTreasury,
		identity.Auditor, identity.Deputy,
	}

	office     = []identity.Role{identity.OfficeHead, identity.CountyBudget}
	government = []identity.Role{identity.UnitHead}
	recorders  = []identity.Role{identity.Accountant, identity.OfficeHead, identity.CountyBudget}
)

// Kind declares the steps of a draft. Every stage goes on by one step, and back by one with a written reason.
var Kind = &document.Kind{
	Name: "budget-draft", Title: "预算草案",
	States: map[document.State]string{
		Prepare: "准备编报(一上)", Up1: "待下达控制数(一下)", Down1: "按控制数编报(二上)", Up2: "待政府审核", Reviewed: "待提请人大审查",
		InSession: "人大审查", Resolved: "决议待核对", Approved: "已批准", Replied: "已批复",
	},
	Steps: []document.Step{
		{Name: "begin", Title: "启动编制", To: Prepare, Roles: Beginners},
		{Name: "fill", Title: "编报", From: []document.State{Prepare}, To: Prepare, Roles: Fillers, Duty: document.DutyInitiate},
		{Name: "fill-again", Title: "编报", From: []document.State{Down1}, To: Down1, Roles: Fillers, Duty: document.DutyInitiate},
		{Name: "up1", Title: "汇总上报(一上)", From: []document.State{Prepare}, To: Up1, Roles: Balancers, Duty: document.DutyInitiate},
		{Name: "down1", Title: "下达控制数(一下)", From: []document.State{Up1}, To: Down1, Roles: office, Duty: document.DutyReview},
		{Name: "up2", Title: "汇总上报(二上)", From: []document.State{Down1}, To: Up2, Roles: Balancers, Duty: document.DutyInitiate},
		{Name: "review", Title: "政府审核", From: []document.State{Up2}, To: Reviewed, Roles: government, Duty: document.DutyApprove},
		{Name: "present", Title: "提请人大审查", From: []document.State{Reviewed}, To: InSession, Roles: append(government, identity.OfficeHead)},
		{Name: "resolve", Title: "登记人大决议", From: []document.State{InSession}, To: Resolved, Roles: recorders, Duty: document.DutyMake},
		{Name: "confirm", Title: "核对决议并生效", From: []document.State{Resolved}, To: Approved, Roles: recorders, Duty: document.DutyCheck},
		{Name: "reply", Title: "批复(二下)", From: []document.State{Approved}, To: Replied, Roles: office},
		{Name: "file", Title: "备案", From: []document.State{Approved}, To: Approved, Roles: office},
		{Name: "file-replied", Title: "备案", From: []document.State{Replied}, To: Replied, Roles: office},
		{Name: "publish", Title: "公开", From: []document.State{Approved}, To: Approved, Roles: office},
		{Name: "publish-replied", Title: "公开", From: []document.State{Replied}, To: Replied, Roles: office},
		{Name: "return-up1", Title: "退回编报", From: []document.State{Up1}, To: Prepare, Roles: office, Reason: true},
		{Name: "return-down1", Title: "退回控制数", From: []document.State{Down1}, To: Up1, Roles: append(Balancers, identity.CountyBudget), Reason: true},
		{Name: "return-up2", Title: "退回编报", From: []document.State{Up2}, To: Down1, Roles: append(government, office...), Reason: true},
		{Name: "return-review", Title: "退回政府审核", From: []document.State{Reviewed}, To: Up2, Roles: append(government, identity.OfficeHead), Reason: true},
		{Name: "return-session", Title: "退回政府", From: []document.State{InSession}, To: Reviewed, Roles: append(government, office...), Reason: true},
		{Name: "return-resolve", Title: "退回决议登记", From: []document.State{Resolved}, To: InSession, Roles: recorders, Reason: true},
	},
}

// Way is the states in the order in which a draft passes them.
var Way = []document.State{Prepare, Up1, Down1, Up2, Reviewed, InSession, Resolved, Approved, Replied}

// Draft is the budget of a township for a year, or an adjustment of it.
type Draft struct {
	Document string
	Version  int64
	State    document.State
	Unit     int64
	UnitName string
	Path     string
	Year     int
	Round    int    // 0 the year's budget, then its adjustments
	Base     string // the approved draft that an adjustment changes
	BaseDay  calendar.Date
	Notice   string
	Maker    int64
	MadeAt   string
	Session
}

// Session is what the congress decided on.
type Session struct {
	Number string // 文号 of the resolution
	Name   string // 第几届第几次会议
	On     calendar.Date
}

// Filling reports whether the units may change their lines now.
func (d Draft) Filling() bool { return d.State == Prepare || d.State == Down1 }

// Approved reports whether the congress approved it.
func (d Draft) Approved() bool { return d.State == Approved || d.State == Replied }

// The sources of a line's money beside those of appropriations: what was carried over has its appropriation already.
const sourceCarried = "X104"

// Sources are where a line's money may come from.
func Sources() []string { return append(appropriation.Sources(), sourceCarried) }

// Line is what a unit asks for.
type Line struct {
	Unit        int64
	UnitName    string
	Basis       appropriation.Basis
	Fund        string
	Source      string
	Function    string
	GovEconomic string
	Economic    string
	Project     string
	Standard    string // document of the standard; empty: a project, whose amount is typed
	Quantity    int64  // heads, or things
	Rate        money.Fen
	Amount      money.Fen
	Purchase    bool
	Guarantee   bool
	Note        string
}

// Side is income or outlay.
type Side string

// The sides of a budget.
const (
	Income Side = "income"
	Outlay Side = "outlay"
)

// Title is the side's name on pages.
func (s Side) Title() string {
	return map[Side]string{Income: "收入预测", Outlay: "转移性支出、预备费及结转"}[s]
}

// Item is a forecast of income, or an outlay of the township as a whole: reserve, remittance, transfers between kinds of
// money, carry-over.
type Item struct {
	Side    Side
	Fund    string
	Class   string
	Counter string // of a transfer between kinds: the other kind
	Amount  money.Fen
	Note    string
}

// Control is what a unit may ask for of a kind of money in the second round.
type Control struct {
	Unit   int64
	Fund   string
	Amount money.Fen
}

// Stage is a frozen version.
type Stage struct {
	No      int
	Step    string
	Version int64
	Person  int64
	At      string
}

// Title names the stage.
func (s Stage) Title() string { return Kind.Step(s.Step).Title }

// Content is what a version holds.
type Content struct {
	Lines    []Line
	Items    []Item
	Controls []Control
}
