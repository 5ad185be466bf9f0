// Package payment turns a budget into money paid: monthly plans (用款计划), payment requests (支付申请) with their
// approvals, orders to the paying bank (支付令), its answers, and the parallel vouchers that payments post.
//
// It keeps these invariants. What a line's requests hold and have paid never exceeds what its plans gave up to the month,
// and plans never exceed the line's adjusted budget: each is one guarded row. A request holds its amount on the line from
// the day it is made; refusal, return and a failed payment release it, payment spends it, a refund brings it back. It is
// asked at request, at approval and at payment. Who asks for money does not approve, review or order it, and nobody signs
// a request twice. An invoice pays once over the county. A payment is in one state: whether an order has taken it and
// left for the bank is the order's state, so that both move at once. An answer of the bank is taken whole or not at all,
// and once. A payment that is made posts its vouchers in the same step, or stands as the accountant's to-do with the
// reason; nothing is guessed.
//
// Rules: 预算法 art. 13, 57; 预算法实施条例 art. 66; 财政国库管理制度; 现金管理暂行条例 art. 5, 6; 会计法 art. 14, 25, 35.
package payment

import (
	"errors"
	"fmt"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// The states of a payment. Ordered and Sent are Reviewed with an order that is issued or has left.
const (
	Requested document.State = "requested"
	Reviewed  document.State = "reviewed"
	Ordered   document.State = "ordered"
	Sent      document.State = "sent"
	Paid      document.State = "paid"
	Booked    document.State = "booked"
	Cleared   document.State = "cleared"
	Returned  document.State = "returned"
	Rejected  document.State = "rejected"
	Failed    document.State = "failed"
	Reversed  document.State = "reversed"
	Voided    document.State = "void"
)

// Who takes part in a payment.
var (
	Requesters = []identity.Role{identity.Clerk, identity.Accountant}
	Approvers  = []identity.Role{identity.UnitHead, identity.OfficeHead, identity.Reviewer, identity.CountyBudget, identity.CountyTreasury}
	Orderers   = []identity.Role{identity.CountyTreasury, identity.Cashier}
	Readers    = []identity.Role{
		identity.Clerk, identity.UnitHead, identity.OfficeHead, identity.Accountant, identity.Reviewer, identity.Cashier, identity.CountyBudget,
		identity.CountyTreasury, identity.Auditor,
	}
)

var waiting = []document.State{Requested}

// Kind declares the steps of a payment. Approvals and reviews differ in their duty; the last of them has a step of its
// own. A payment whose vouchers could be posted at once goes from Reviewed to Booked.
var Kind = &document.Kind{
	Name: "payment", Title: "支付申请",
	States: map[document.State]string{
		Requested: "待审批", Reviewed: "待下达", Paid: "已支付,待入账", Booked: "已入账", Cleared: "已清算",
		Returned: "已退回", Rejected: "已拒绝", Failed: "银行支付失败", Reversed: "已退款冲销", Voided: "已撤回",
	},
	Steps: []document.Step{
		{Name: "request", Title: "申请", To: Requested, Roles: Requesters, Duty: document.DutyInitiate},
		{Name: "revise", Title: "修改", From: []document.State{Returned}, To: Requested, Roles: Requesters, Duty: document.DutyInitiate},
		{Name: "approve", Title: "审批", From: waiting, To: Requested, Roles: Approvers, Duty: document.DutyApprove},
		{Name: "review", Title: "审核", From: waiting, To: Requested, Roles: Approvers, Duty: document.DutyReview},
		{Name: "approve-last", Title: "审批(办结)", From: waiting, To: Reviewed, Roles: Approvers, Duty: document.DutyApprove},
		{Name: "review-last", Title: "审核(办结)", From: waiting, To: Reviewed, Roles: Approvers, Duty: document.DutyReview},
		{Name: "return", Title: "退回", From: []document.State{Requested, Reviewed}, To: Returned, Roles: mergeRoles(Approvers, Orderers), Reason: true},
		{Name: "reject", Title: "拒绝", From: []document.State{Requested, Reviewed}, To: Rejected, Roles: Approvers, Reason: true},
		{Name: "void", Title: "撤回", From: []document.State{Requested, Returned, Failed}, To: Voided, Roles: Requesters, Reason: true},
		{Name: "pay", Title: "支付", From: []document.State{Reviewed}, To: Paid, Roles: Orderers, Duty: document.DutyPay},
		{Name: "pay-booked", Title: "支付并入账", From: []document.State{Reviewed}, To: Booked, Roles: Orderers, Duty: document.DutyPay},
		{Name: "fail", Title: "支付失败", From: []document.State{Reviewed}, To: Failed, Roles: Orderers, Duty: document.DutyPay},
		{Name: "correct", Title: "更正收款账户", From: []document.State{Failed}, To: Reviewed, Roles: Requesters, Duty: document.DutyInitiate, Reason: true},
		{Name: "book", Title: "补记入账", From: []document.State{Paid}, To: Booked, Roles: []identity.Role{identity.Accountant}},
		{Name: "clear", Title: "确认清算", From: []document.State{Booked}, To: Cleared, Roles: []identity.Role{identity.CountyTreasury, identity.Accountant}, Duty: document.DutyReconcile},
		{Name: "refund", Title: "退款冲销", From: []document.State{Paid, Booked, Cleared}, To: Reversed, Roles: Orderers, Reason: true},
	},
}

// Title is a state's name on pages, of those too that are an order's.
func Title(s document.State) string {
	switch s {
	case Ordered:
		return "已下达支付令"
	case Sent:
		return "已发送银行"
	}
	return Kind.States[s]
}

// States gives the states in the order in which pages offer them.
func States() []document.State {
	return []document.State{Requested, Reviewed, Ordered, Sent, Paid, Booked, Cleared, Returned, Rejected, Failed, Reversed, Voided}
}

func mergeRoles(a, b []identity.Role) []identity.Role {
	all := append([]identity.Role{}, a...)
	for _, r := range b {
		known := false
		for _, x := range all {
			known = known || x == r
		}
		if !known {
			all = append(all, r)
		}
	}
	return all
}

// Method is how the payee gets the money.
type Method string

// The methods.
const (
	Transfer Method = "transfer" // 转账
	Cash     Method = "cash"     // 现金
	Card     Method = "card"     // 公务卡
)

var methodTitles = map[Method]string{Transfer: "转账", Cash: "现金", Card: "公务卡还款"}

// Methods gives the methods in the order in which pages offer them.
func Methods() []Method { return []Method{Transfer, Cash, Card} }

// Title is the method's name on pages.
func (m Method) Title() string { return methodTitles[m] }

// Invoice is one invoice that a request pays.
type Invoice struct {
	Number string // code and number together, as printed
	Date   calendar.Date
	Amount money.Fen
}

// Request is a payment from its request on.
type Request struct {
	ID       string // the form's idempotency key
	Line     int64
	Payee    int64
	Amount   money.Fen
	Purpose  string
	Economic string // 部门预算经济分类; empty: the line's
	Method   Method // empty: by transfer
	Contract string // its number
	Invoices []Invoice
	Urgent   bool
	Reason   string

	Number    string
	State     document.State // as people know it, Ordered and Sent included
	Version   int64
	Unit      int64
	UnitName  string
	Path      string
	PayeeName string
	Account   string // change of the payee that gave the account
	Paying    int64
	On        calendar.Date
	Regime    string
	ChainFrom calendar.Date
	ChainOf   string
	Round     int64
	Maker     int64
	Queue     string
	Order     string
	PaidOn    calendar.Date
	Reference string
	Trouble   string
	Unitary   string // voucher in the unit's book: ledger.Ref
	General   string // voucher in the general budget's book

	engine document.State // as the engine keeps it
}

const columns = `r.document_id, r.line_id, r.payee_id, r.amount, r.purpose, r.economic, r.method, r.contract, r.urgent, r.reason, r.number, d.state,
	d.version, r.unit_id, u.name, u.path, p.name, r.account_by, r.paying_id, r.on_day, r.regime, r.chain_from, r.chain_of, r.round, r.maker_id, r.queue,
	coalesce(r.order_id, ''), r.paid_on, r.reference, r.trouble, coalesce(r.unit_voucher, ''), coalesce(r.general_voucher, ''), coalesce(o.state, '')`

// from begins at the requests: the county's documents are many more.
const from = ` from payment_request r cross join document d join unit u on u.county_id = r.county_id and u.unit_id = r.unit_id
	join payee p on p.county_id = r.county_id and p.payee_id = r.payee_id
	left join document o on o.county_id = r.county_id and o.document_id = r.order_id
	where r.county_id = $1 and d.county_id = r.county_id and d.document_id = r.document_id `

func scan(row interface{ Scan(...any) error }) (r Request, err error) {
	var order document.State
	err = row.Scan(&r.ID, &r.Line, &r.Payee, &r.Amount, &r.Purpose, &r.Economic, &r.Method, &r.Contract, &r.Urgent, &r.Reason, &r.Number, &r.State,
		&r.Version, &r.Unit, &r.UnitName, &r.Path, &r.PayeeName, &r.Account, &r.Paying, &r.On, &r.Regime, &r.ChainFrom, &r.ChainOf, &r.Round, &r.Maker,
		&r.Queue, &r.Order, &r.PaidOn, &r.Reference, &r.Trouble, &r.Unitary, &r.General, &order)
	r.engine = r.State
	if r.State == Reviewed && r.Order != "" {
		if r.State = Sent; order == OrderIssued {
			r.State = Ordered
		}
	}
	return r, err
}

func unknown() error {
	return fault.New(fault.NotFound, "payment-unknown", "没有这笔支付申请", "请从支付台账中打开")
}

// get gives a payment without its invoices, whoever asks.
func get(tx *store.Tx, county int64, id string) (Request, error) {
	r, err := scan(tx.QueryRow(`select `+columns+from+`and r.document_id = $2`, county, id))
	if errors.Is(err, store.ErrNoRows) {
		return r, unknown()
	}
	if err != nil {
		return r, fmt.Errorf("payment %s: %w", id, err)
	}
	return r, nil
}

// See gives a payment that the actor may read, with its invoices; another township's is not there.
func See(tx *store.Tx, by identity.Actor, id string) (Request, error) {
	r, err := see(tx, by, id)
	if err == nil {
		r.Invoices, err = invoices(tx, by.County, id)
	}
	return r, err
}

func see(tx *store.Tx, by identity.Actor, id string) (Request, error) {
	r, err := get(tx, by.County, id)
	if err == nil && !by.Has(r.Path, Readers...) {
		return Request{}, unknown()
	}
	return r, err
}

func invoices(tx *store.Tx, county int64, id string) ([]Invoice, error) {
	rows, err := tx.Query(`select number, date, amount from payment_invoice where county_id = $1 and document_id = $2 order by number`, county, id)
	if err != nil {
		return nil, fmt.Errorf("payment %s: invoices: %w", id, err)
	}
	defer rows.Close()
	var all []Invoice
	for rows.Next() {
		var v Invoice
		if err := rows.Scan(&v.Number, &v.Date, &v.Amount); err != nil {
			return nil, fmt.Errorf("payment %s: invoices: %w", id, err)
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// rows gives the canonical content of a request, whose SHA-256 the leaf of its making, revision and correction holds.
func (r Request) rows() []byte {
	o := trail.NewObject()
	o.Text("account", r.Account).Int("amount", int64(r.Amount)).Text("chain", r.ChainOf+"/"+string(r.ChainFrom)).Text("contract", r.Contract).Text("economic", r.Economic)
	o.Objects("invoices", len(r.Invoices), func(i int, v *trail.Object) {
		v.Int("amount", int64(r.Invoices[i].Amount)).Text("date", string(r.Invoices[i].Date)).Text("number", r.Invoices[i].Number)
	})
	o.Int("line", r.Line).Text("method", string(r.Method)).Text("number", r.Number).Text("on", string(r.On)).Int("payee", r.Payee).Int("paying", r.Paying)
	urgent := int64(0)
	if r.Urgent {
		urgent = 1
	}
	return o.Text("purpose", r.Purpose).Text("reason", r.Reason).Text("regime", r.Regime).Int("round", r.Round).Int("urgent", urgent).Bytes()
}

func (r Request) use(on calendar.Date) appropriation.Use {
	return appropriation.Use{Line: r.Line, Amount: r.Amount, Document: r.ID, Number: r.Number, On: on}
}

// label names a payment in sentences.
func (r Request) label() string {
	return fmt.Sprintf("支付申请 %s(%s %s 元)", r.Number, r.PayeeName, r.Amount)
}
