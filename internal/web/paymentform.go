package web

import (
	"cmp"
	"fmt"
	"strconv"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/store"
)

// paymentForm is a request as a person writes it, with what its line and plan have before and after.
type paymentForm struct {
	payFrame
	Action   string
	Document string
	Version  int64
	Line     string // number
	Payee    string // name
	PayeeID  int64  // chosen where several have the name
	Amount   string
	Purpose  string
	Economic string
	Methods  []choice
	Contract string
	Urgent   bool
	Reason   string
	Invoices []invoiceForm
	Lists    []dataList
	Look     *paymentLook
	Returned string // why it was returned
}

type invoiceForm struct{ Number, Date, Amount string }

// paymentLook is what a line and its plan allow before and after the request.
type paymentLook struct {
	Label, Path       string
	Before, After     money.Fen // available on the line
	Month             int
	Planned, Used     money.Fen
	PlanLeft, PlanEnd money.Fen
	Short             bool
}

// invoiceRows is how many rows for invoices the form has beyond those filled in.
const invoiceRows = 3

func newPayment(c *call, tx *store.Tx) (answer, error) {
	p, err := c.paymentForm(tx)
	if err != nil {
		return answer{}, err
	}
	return show("payment/form", p)
}

func editPayment(c *call, tx *store.Tx) (answer, error) { return newPayment(c, tx) }

// paymentForm is the form of a new request, or of the one that the address names.
func (c *call) paymentForm(tx *store.Tx) (*paymentForm, error) {
	p := &paymentForm{Action: "/payments", Document: document.NewID()}
	p.ways(c, "/payments")
	method := payment.Transfer
	if id := c.r.PathValue("payment"); id != "" {
		r, err := payment.See(tx, c.actor, id)
		if err != nil {
			return nil, err
		}
		l, err := appropriation.Get(tx, c.actor.County, r.Line)
		if err != nil {
			return nil, err
		}
		p.Action, p.Document, p.Version, p.Line, p.Payee, p.PayeeID = paymentPath(id)+"/revise", id, r.Version, l.Number, r.PayeeName, r.Payee
		p.Amount, p.Purpose, p.Contract, p.Urgent, p.Reason, p.Returned = r.Amount.Plain(), r.Purpose, r.Contract, r.Urgent, r.Reason, r.Trouble
		method = r.Method
		for _, v := range r.Invoices {
			p.Invoices = append(p.Invoices, invoiceForm{v.Number, string(v.Date), v.Amount.Plain()})
		}
	} else if id := c.queryNumber("line"); id != 0 {
		l, err := appropriation.See(tx, c.actor, id)
		if err != nil {
			return nil, err
		}
		p.Line = l.Number
	}
	if id := c.queryNumber("payee"); id != 0 {
		who, err := payee.See(tx, c.actor, id)
		if err != nil {
			return nil, err
		}
		p.Payee, p.PayeeID = who.Name, who.ID
	}
	p.choose(method)
	if err := p.look(c, tx); err != nil {
		return nil, err
	}
	return p, p.fillLists(c, tx)
}

func (p *paymentForm) choose(method payment.Method) {
	p.Methods = nil
	for _, m := range payment.Methods() {
		p.Methods = append(p.Methods, choice{Value: string(m), Title: m.Title(), On: m == method})
	}
	filled := p.Invoices[:0:0]
	for _, v := range p.Invoices {
		if v != (invoiceForm{}) {
			filled = append(filled, v)
		}
	}
	p.Invoices = append(filled, make([]invoiceForm, invoiceRows)...)
}

// look fills in what the line and the plan have, where the line is known.
func (p *paymentForm) look(c *call, tx *store.Tx) error {
	p.Look = nil
	if p.Line == "" {
		return nil
	}
	l, err := appropriation.ByNumber(tx, c.actor, p.Line)
	if fault.As(err) != nil {
		return nil // refused when it is sent
	}
	if err != nil {
		return err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return err
	}
	plan, err := payment.PlanOf(tx, c.actor.County, l.ID)
	if err != nil {
		return err
	}
	amount, err := money.Parse(p.Amount)
	if err != nil {
		amount = 0
	}
	month := today.Period().Month()
	k := &paymentLook{Label: l.Label(), Path: linePath(l.ID), Before: l.Available(), Month: month, Planned: plan.Through(month), Used: plan.Used}
	k.After, k.PlanLeft = k.Before-amount, k.Planned-k.Used
	k.PlanEnd = k.PlanLeft - amount
	k.Short = k.After < 0 || k.PlanEnd < 0
	p.Look = k
	return nil
}

// fillLists gives what the fields offer: lines of this year with something left, payees who may be paid.
func (p *paymentForm) fillLists(c *call, tx *store.Tx) error {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return err
	}
	all, err := appropriation.List(tx, c.actor, today.Year(), "/")
	if err != nil {
		return err
	}
	lines := dataList{ID: "lines"}
	for _, l := range all {
		if len(lines.Options) < listMost && l.Available() > 0 && c.actor.Has(l.Path, payment.Requesters...) {
			lines.Options = append(lines.Options, option{l.Number, fmt.Sprintf("%s 可用 %s", l.Label(), l.Available())})
		}
	}
	found, err := payee.Find(tx, c.actor, "", listMost)
	if err != nil {
		return err
	}
	payees := dataList{ID: "payees"}
	for _, who := range found {
		payees.Options = append(payees.Options, option{who.Name, who.Account.Bank + " " + who.Account.Masked() + " " + who.State(today)})
	}
	p.Lists = []dataList{lines, payees}
	return nil
}

// savePayment takes a new request or the changes of one, or only looks at what it would come to.
func savePayment(c *call) (answer, error) {
	id, err := document.ParseID(cmp.Or(c.r.PathValue("payment"), c.form("document")))
	if err != nil {
		return answer{}, err
	}
	err = c.write(func(tx *store.Tx) error {
		r, err := c.typedPayment(tx, id)
		if err != nil {
			return err
		}
		_, err = payment.Ask(tx, c.actor, r, c.number("version"))
		if err == nil && c.form("do") == "preview" {
			return errLooked
		}
		return err
	})
	if err == nil || document.IsTaken(err) || c.number("version") > 0 && c.taken(id, c.number("version"), "revise") {
		return goTo(paymentPath(id))
	}
	a, e := formAgain(c, "payment/form", err, func(tx *store.Tx) (*paymentForm, error) {
		p, err := c.paymentForm(tx)
		if err != nil {
			return nil, err
		}
		p.Document = id
		p.typed(c)
		return p, p.look(c, tx)
	}, nil)
	if p, ok := a.page.(*paymentForm); ok && err == errLooked {
		a.status, p.Say, p.Done = 0, nil, "试算通过,还没有提交。核对支付后的可用数后提交。"
	}
	return a, e
}

// typed puts back what was typed.
func (p *paymentForm) typed(c *call) {
	p.Line, p.Payee, p.PayeeID, p.Amount, p.Purpose = c.form("line"), c.form("payee"), c.number("payee_id"), c.form("amount"), c.form("purpose")
	p.Contract, p.Urgent, p.Reason, p.Economic = c.form("contract"), c.form("urgent") != "", c.form("reason"), c.form("economic")
	p.Invoices = c.typedInvoices()
	p.choose(payment.Method(c.form("method")))
}

func (c *call) typedInvoices() []invoiceForm {
	numbers, dates, amounts := c.r.PostForm["invoice"], c.r.PostForm["invoice_date"], c.r.PostForm["invoice_amount"]
	var all []invoiceForm
	for i := range min(len(numbers), len(dates), len(amounts)) {
		if v := (invoiceForm{numbers[i], dates[i], amounts[i]}); v != (invoiceForm{}) {
			all = append(all, v)
		}
	}
	return all
}

func (c *call) typedPayment(tx *store.Tx, id string) (payment.Request, error) {
	r := payment.Request{
		ID: id, Purpose: c.form("purpose"), Economic: c.form("economic"), Method: payment.Method(c.form("method")), Contract: c.form("contract"), Urgent: c.form("urgent") != "",
		Reason: c.form("reason"),
	}
	if id := c.r.PathValue("payment"); id != "" { // another township's is not there, whatever was typed
		if _, err := payment.See(tx, c.actor, id); err != nil {
			return r, err
		}
	}
	l, err := appropriation.ByNumber(tx, c.actor, c.form("line"))
	if err != nil {
		return r, fieldFault(err, "line")
	}
	r.Line = l.ID
	who, err := c.typedPayee(tx)
	if err != nil {
		return r, fieldFault(err, "payee")
	}
	r.Payee = who.ID
	if r.Amount, err = money.Parse(c.form("amount")); err != nil {
		return r, fieldFault(err, "amount")
	}
	for i, v := range c.typedInvoices() {
		amount, err := money.Parse(v.Amount)
		if err != nil {
			return r, fieldFault(err, "invoice")
		}
		date, err := calendar.ParseDate(v.Date)
		if err != nil {
			return r, fault.Newf(fault.Invalid, "date-malformed", "请按 2026-10-23 的样式填写", "第 %s 张发票的日期「%s」不存在或写法不对", strconv.Itoa(i+1), v.Date).In("invoice")
		}
		r.Invoices = append(r.Invoices, payment.Invoice{Number: v.Number, Date: date, Amount: amount})
	}
	return r, nil
}

// typedPayee gives the payee that was chosen, else the one of the name that was typed.
func (c *call) typedPayee(tx *store.Tx) (payee.Payee, error) {
	if id := c.number("payee_id"); id != 0 {
		if who, err := payee.See(tx, c.actor, id); err == nil && who.Name == c.form("payee") {
			return who, nil
		}
	}
	return payee.ByName(tx, c.actor, c.form("payee"))
}
