package web

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

func payOrderPath(id string) string { return "/payments/orders/" + id }

var payOrderClasses = map[document.State]string{
	payment.OrderIssued: "wait", payment.OrderSent: "wait", payment.OrderAnswering: "late", payment.OrderAnswered: "ok", payment.OrderVoid: "",
}

// payDeskPage is the order desk: reviewed payments by paying account, and the orders.
type payDeskPage struct {
	payFrame
	Groups []payDeskGroup
	Orders []payOrderRow
	May    bool
}

type payDeskGroup struct {
	Account  payment.PayingAccount
	Document string // id of the order that the form would make
	Rows     []paymentRow
	Sum      money.Fen
}

type payOrderRow struct {
	payment.Order
	Address    string
	StateTitle string
	Class      string
	Who        string
}

// payOrdersMost is how many orders the desk lists.
const payOrdersMost = 100

func showPayOrders(c *call, tx *store.Tx) (answer, error) {
	p, err := c.payDesk(tx)
	if err != nil {
		return answer{}, err
	}
	return show("payment/orders", p)
}

func (c *call) payDesk(tx *store.Tx) (*payDeskPage, error) {
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &payDeskPage{May: len(c.paths(payment.Orderers...)) > 0}
	p.ways(c, "/payments/orders")
	if p.May {
		if err := p.fillGroups(c, tx); err != nil {
			return nil, err
		}
	}
	var all []payment.Order
	for _, path := range c.paths(payment.Readers...) {
		found, err := payment.Orders(tx, c.actor.County, path, payOrdersMost)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(a, b payment.Order) int { return cmp.Compare(b.ID, a.ID) })
	for _, o := range all[:min(len(all), payOrdersMost)] {
		p.Orders = append(p.Orders, payOrderRow{o, payOrderPath(o.ID), payment.OrderKind.States[o.State], payOrderClasses[o.State], names[o.Maker]})
	}
	return p, nil
}

// fillGroups lists what waits for an order, account by account.
func (p *payDeskPage) fillGroups(c *call, tx *store.Tx) error {
	accounts, err := payment.PayingAccounts(tx, c.actor.County)
	if err != nil {
		return err
	}
	all, err := payment.Waiting(tx, c.actor, "order")
	if err != nil {
		return err
	}
	for _, a := range accounts {
		g := payDeskGroup{Account: a, Document: document.NewID()}
		for _, r := range all {
			if r.Paying == a.ID {
				g.Sum += r.Amount
				g.Rows = append(g.Rows, paymentRow{r, paymentPath(r.ID), payment.Title(r.State), paymentClasses[r.State], ""})
			}
		}
		if len(g.Rows) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	return nil
}

func issuePayOrder(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	err = c.write(func(tx *store.Tx) error {
		_, err := payment.IssueOrder(tx, c.actor, payment.Order{ID: id, Paying: c.number("account")}, c.r.PostForm["payment"])
		return err
	})
	if err == nil || document.IsTaken(err) {
		return goTo(payOrderPath(id))
	}
	return formAgain(c, "payment/orders", err, c.payDesk, nil)
}

// payOrderPage is one order with its payments and the bank's results.
type payOrderPage struct {
	payFrame
	Order   payment.Order
	State   string
	Class   string
	Who     string
	Capital string
	Lines   []payOrderLine
	Issued  bool
	Away    bool // it has left for the bank: the file may be fetched again, the answer brought in
	Halfway bool // the answer was taken, its payments are not all settled
	May     bool
	Reason  string
	Trail   []trailRow
}

type payOrderLine struct {
	payment.OrderLine
	Path  string
	Said  string
	Class string
}

// payLinesMost is how many payments of an order a page shows.
const payLinesMost = 500

func showPayOrder(c *call, tx *store.Tx) (answer, error) {
	p, err := c.payOrderPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("payment/order", p)
}

func (c *call) payOrderPage(tx *store.Tx) (*payOrderPage, error) {
	o, err := payment.SeeOrder(tx, c.actor, c.r.PathValue("remittance"))
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &payOrderPage{Order: o, State: payment.OrderKind.States[o.State], Class: payOrderClasses[o.State], Who: names[o.Maker], Capital: o.Total.Capital()}
	p.Title = "支付令 " + o.Number
	p.ways(c, "/payments/orders")
	p.May = c.actor.Has(o.Path, payment.Orderers...)
	p.Issued, p.Away, p.Halfway = o.State == payment.OrderIssued, o.State == payment.OrderSent, o.State == payment.OrderAnswering
	all, err := payment.LinesOf(tx, c.actor.County, o.ID)
	if err != nil {
		return nil, err
	}
	for _, l := range all[:min(len(all), payLinesMost)] {
		row := payOrderLine{l, paymentPath(l.Payment), "未回单", "wait"}
		switch {
		case l.Result.Paid:
			row.Said, row.Class = "已付 "+l.Result.Reference, "ok"
		case l.Result.On != "":
			row.Said, row.Class = "未付:"+l.Result.Reason, "late"
		}
		p.Lines = append(p.Lines, row)
	}
	p.Trail, err = trailRows(tx, c.actor.County, o.ID, payment.OrderKind, names)
	return p, err
}

// batchColumns are the heads of the file that leaves for the bank.
var batchColumns = []string{"批次号", "日期", "付款账号", "支付号", "户名", "账号", "开户行", "联行号", "金额", "用途"}

// sendPayOrder gives the batch as a table. Each fetching leaves a leaf: the accounts stand in it in full.
func sendPayOrder(c *call) (answer, error) {
	id := c.r.PathValue("remittance")
	var b bankfile.Batch
	err := c.write(func(tx *store.Tx) (err error) {
		b, err = payment.Send(tx, c.server.Keys, c.actor, id, c.number("version"))
		return err
	})
	if err != nil {
		return formAgain(c, "payment/order", err, c.payOrderPage, nil)
	}
	s := sheet.Sheet{}
	for _, title := range batchColumns {
		s.Columns = append(s.Columns, sheet.Column{Title: title})
	}
	for _, l := range b.Lines {
		s.Rows = append(s.Rows, []sheet.Value{sheet.Text(b.Number), sheet.Text(string(b.Date)), sheet.Text(b.Account), sheet.Text(l.Number), sheet.Text(l.Payee),
			sheet.Text(l.Account), sheet.Text(l.Bank), sheet.Text(l.BankNumber), sheet.Amount(l.Amount), sheet.Text(l.Purpose)})
	}
	var out bytes.Buffer
	if err := sheet.Write(&out, sheet.XLSX, s); err != nil {
		return answer{}, err
	}
	return answer{file: &file{name: "支付令 " + b.Number + ".xlsx", media: fileTypes["xlsx"], body: out.Bytes()}}, nil
}

func withdrawPayOrder(c *call) (answer, error) {
	id, version := c.r.PathValue("remittance"), c.number("version")
	err := c.write(func(tx *store.Tx) error {
		_, err := payment.WithdrawOrder(tx, c.actor, id, version, c.form("reason"))
		return err
	})
	if err == nil || c.taken(id, version, "withdraw") {
		return goTo(payOrderPath(id))
	}
	return formAgain(c, "payment/order", err, c.payOrderPage, func(p *payOrderPage) { p.Reason = c.form("reason") })
}

// settleStep is how many payments one step settles: others get their turn between.
const settleStep = 50

func settlePayOrder(c *call) (answer, error) {
	id := c.r.PathValue("remittance")
	if err := c.settle(id); err != nil {
		return formAgain(c, "payment/order", err, c.payOrderPage, nil)
	}
	return goTo(payOrderPath(id))
}

func (c *call) settle(order string) error {
	for {
		var left int64
		err := c.write(func(tx *store.Tx) (err error) {
			left, err = payment.Settle(tx, c.actor, order, settleStep)
			return err
		})
		if err != nil || left == 0 {
			return err
		}
	}
}

var answerLayout = sheet.Layout{Columns: []sheet.Column{
	{Name: "batch", Title: "批次号", Required: true}, {Name: "number", Title: "支付号", Required: true}, {Name: "amount", Title: "金额", Required: true},
	{Name: "result", Title: "结果", Required: true}, {Name: "on", Title: "日期", Required: true}, {Name: "reference", Title: "流水号"}, {Name: "why", Title: "失败原因"},
}}

// takeAnswer reads the bank's answer and takes it whole.
func takeAnswer(c *call) (answer, error) {
	order := ""
	a, err := c.readAnswer()
	if err == nil {
		var left int64
		err = c.write(func(tx *store.Tx) (err error) {
			order, left, err = payment.Answer(tx, c.actor, a)
			return err
		})
		if err == nil && left > 0 {
			err = c.settle(order)
		}
	}
	if err == nil {
		return goTo(payOrderPath(order))
	}
	return formAgain(c, "payment/orders", err, c.payDesk, nil)
}

func (c *call) readAnswer() (bankfile.Answer, error) {
	var a bankfile.Answer
	upload, head, err := c.upload()
	if err != nil {
		return a, err
	}
	defer upload.Close()
	table, err := sheet.Read(head.Filename, upload, answerLayout)
	if err != nil {
		return a, err
	}
	for i, row := range table.Rows {
		x := bankfile.Result{Number: row.Get("number"), Reason: row.Get("why"), Reference: row.Get("reference")}
		if x.Amount, err = money.Parse(row.Get("amount")); err != nil {
			return a, err
		}
		if x.On, err = calendar.ParseDate(row.Get("on")); err != nil {
			return a, err
		}
		switch strings.TrimSpace(row.Get("result")) {
		case "已付":
			x.Paid = true
		case "未付":
		default:
			return a, fault.Newf(fault.Refused, "answer-result", "整份回单未采用;结果栏只能是「已付」或「未付」,请银行重新提供", "回单第 %d 行的结果「%s」不能辨认", row.Number, row.Get("result"))
		}
		if i > 0 && row.Get("batch") != a.Batch {
			return a, fault.Newf(fault.Refused, "answer-batches", "整份回单未采用;一份回单对应一批支付令,请银行分批提供", "回单中有批次号 %s 和 %s", a.Batch, row.Get("batch"))
		}
		a.Batch = row.Get("batch")
		a.Lines = append(a.Lines, x)
	}
	return a, nil
}
