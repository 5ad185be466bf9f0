package web

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// paymentRoutes are plans, requests, approvals, orders to the bank and its answers.
func paymentRoutes() []route {
	readers, requesters, orderers := only(payment.Readers...), only(payment.Requesters...), only(payment.Orderers...)
	keepers := only(payment.Keepers...)
	all := []route{
		{pattern: "GET /payments", title: "支付台账", right: readers, show: showPayments},
		{pattern: "GET /payments/register", title: "导出支付台账", right: readers, show: exportPayments},
		{pattern: "GET /payments/new", title: "申请支付", right: requesters, show: newPayment},
		{pattern: "POST /payments", title: "申请支付", right: requesters, do: savePayment},
		{pattern: "GET /payments/requests/{payment}", title: "支付申请", right: readers, show: showPayment},
		{pattern: "GET /payments/requests/{payment}/edit", title: "修改支付申请", right: requesters, show: editPayment},
		{pattern: "POST /payments/requests/{payment}/revise", title: "修改支付申请", right: requesters, do: savePayment},
		{pattern: "POST /payments/requests/{payment}/sign", title: "审批支付申请", right: only(payment.Approvers...), do: stepPayment},
		{pattern: "GET /payments/plans", title: "用款计划", right: readers, show: showPlans},
		{pattern: "GET /payments/plans/new", title: "申报用款计划", right: only(payment.PlanKind.Step("draft").Roles...), show: newPlan},
		{pattern: "POST /payments/plans", title: "申报用款计划", right: only(payment.PlanKind.Step("draft").Roles...), do: savePlan},
		{pattern: "GET /payments/plans/{plan}", title: "用款计划", right: readers, show: showPlan},
		{pattern: "GET /payments/orders", title: "支付令", right: readers, show: showPayOrders},
		{pattern: "POST /payments/orders", title: "下达支付令", right: orderers, do: issuePayOrder},
		{pattern: "GET /payments/orders/{remittance}", title: "支付令", right: readers, show: showPayOrder},
		{pattern: "POST /payments/orders/{remittance}/send", title: "发送支付令", right: orderers, do: sendPayOrder},
		{pattern: "POST /payments/orders/{remittance}/withdraw", title: "撤回支付令", right: orderers, do: withdrawPayOrder},
		{pattern: "POST /payments/orders/{remittance}/settle", title: "继续办理回单", right: orderers, do: settlePayOrder},
		{pattern: "POST /payments/answers", title: "收银行回单", right: orderers, do: takeAnswer, large: true},
		{pattern: "GET /payments/settings", title: "支付设置", right: readers, show: showPaySettings},
		{pattern: "POST /payments/settings/chain", title: "设定审批链", right: keepers, do: setChain},
		{pattern: "POST /payments/settings/account", title: "登记付款账户", right: keepers, do: addPayingAccount},
		{pattern: "POST /payments/settings/mandate", title: "指定记账人", right: keepers, do: setMandate},
	}
	for _, name := range []string{"return", "reject", "void", "correct", "book", "clear", "refund"} {
		s := payment.Kind.Step(name)
		all = append(all, route{pattern: "POST /payments/requests/{payment}/" + name, title: "支付申请:" + s.Title, right: only(s.Roles...), do: stepPayment})
	}
	for _, name := range []string{"unit-ok", "office-ok", "county-ok", "issue", "return", "void"} {
		s := payment.PlanKind.Step(name)
		all = append(all, route{pattern: "POST /payments/plans/{plan}/" + name, title: "用款计划:" + s.Title, right: only(s.Roles...), do: stepPlan})
	}
	return all
}

// payFrame is what the pages of payments have in common: the ways between them.
type payFrame struct {
	Base
	Ways []tab
}

func (p *payFrame) ways(c *call, here string) {
	p.Styles = []string{"admin.css", "appropriation.css", "payment.css"}
	for _, t := range []tab{{"支付台账", "/payments", false}, {"用款计划", "/payments/plans", false}, {"支付令", "/payments/orders", false}, {"收款人", "/payees", false}, {"支付设置", "/payments/settings", false}} {
		t.On = t.Path == here
		p.Ways = append(p.Ways, t)
	}
}

var paymentClasses = map[document.State]string{
	payment.Requested: "wait", payment.Reviewed: "wait", payment.Ordered: "wait", payment.Sent: "wait", payment.Paid: "late", payment.Booked: "ok", payment.Cleared: "ok",
	payment.Returned: "late", payment.Failed: "late", payment.Rejected: "", payment.Reversed: "", payment.Voided: "",
}

func paymentPath(id string) string { return "/payments/requests/" + id }

// paymentRow is one payment in a list.
type paymentRow struct {
	payment.Request
	Path       string
	StateTitle string
	Class      string
	Does       string // what the person is to do
}

func paymentRows(all []payment.Request, does string) []paymentRow {
	var out []paymentRow
	for _, r := range all {
		out = append(out, paymentRow{r, paymentPath(r.ID), payment.Title(r.State), paymentClasses[r.State], does})
	}
	return out
}

// paymentsPage is the register, below what waits for the person.
type paymentsPage struct {
	payFrame
	Waiting []paymentRow
	Rows    []paymentRow
	From    string
	To      string
	Text    string
	States  []choice
	Sum     money.Fen
	Full    bool // there are more than the page lists
	Export  string
	Ask     bool
}

// paymentsMost is how many payments the register shows; the export has a hundred times as many.
const paymentsMost = 200

func showPayments(c *call, tx *store.Tx) (answer, error) {
	f, err := c.paymentFilter(tx)
	if err != nil {
		return answer{}, err
	}
	p := &paymentsPage{From: string(f.From), To: string(f.To), Text: f.Text, Ask: len(c.paths(payment.Requesters...)) > 0}
	p.ways(c, "/payments")
	p.States = []choice{{Title: "全部状态"}}
	for _, s := range payment.States() {
		p.States = append(p.States, choice{Value: string(s), Title: payment.Title(s), On: s == f.State})
	}
	if p.Waiting, err = c.paymentsWaiting(tx); err != nil {
		return answer{}, err
	}
	all, err := c.registered(tx, f, paymentsMost+1)
	if err != nil {
		return answer{}, err
	}
	p.Full = len(all) > paymentsMost
	all = all[:min(len(all), paymentsMost)]
	for _, r := range all {
		p.Sum += r.Amount
	}
	p.Rows = paymentRows(all, "")
	q := c.r.URL.Query()
	q.Set("format", "xlsx")
	p.Export = "/payments/register?" + q.Encode()
	return show("payment/list", p)
}

// paymentFilter reads which payments the register is asked for: this year's where no days are given.
func (c *call) paymentFilter(tx *store.Tx) (payment.Filter, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return payment.Filter{}, err
	}
	f := payment.Filter{From: calendar.PeriodOf(today.Year(), 1).First(), To: today, State: document.State(c.query("state")), Text: c.query("q"), Line: c.queryNumber("line"), Payee: c.queryNumber("payee")}
	for _, d := range []struct {
		name string
		to   *calendar.Date
	}{{"from", &f.From}, {"to", &f.To}} {
		if text := c.query(d.name); text != "" {
			if *d.to, err = calendar.ParseDate(text); err != nil {
				return f, err
			}
		}
	}
	return f, nil
}

// queryNumber reads an integer of the address; 0 where there is none.
func (c *call) queryNumber(name string) (n int64) {
	_, _ = fmt.Sscan(c.query(name), &n)
	return n
}

// registered gives the payments of every unit that the person reads, newest first.
func (c *call) registered(tx *store.Tx, f payment.Filter, most int) ([]payment.Request, error) {
	var all []payment.Request
	for _, path := range c.paths(payment.Readers...) {
		f.Path = path
		found, err := payment.Register(tx, c.actor.County, f, most)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(a, b payment.Request) int { return cmp.Compare(b.ID, a.ID) })
	return all[:min(len(all), most)], nil
}

// paymentsWaiting gives what waits for the person: his signature first.
func (c *call) paymentsWaiting(tx *store.Tx) ([]paymentRow, error) {
	signs, err := payment.ToSign(tx, c.actor)
	if err != nil {
		return nil, err
	}
	rows := paymentRows(signs, "审批")
	for _, q := range []struct {
		queue, does string
		roles       []identity.Role
	}{{"mend", "修改", payment.Requesters}, {"book", "补记入账", []identity.Role{identity.Accountant}}} {
		if len(c.paths(q.roles...)) == 0 {
			continue
		}
		all, err := payment.Waiting(tx, c.actor, q.queue)
		if err != nil {
			return nil, err
		}
		rows = append(rows, paymentRows(all, q.does)...)
	}
	return rows, nil
}

func exportPayments(c *call, tx *store.Tx) (answer, error) {
	f, err := c.paymentFilter(tx)
	if err != nil {
		return answer{}, err
	}
	all, err := c.registered(tx, f, 100*paymentsMost)
	if err != nil {
		return answer{}, err
	}
	s := sheet.Sheet{Title: "支付台账", Period: string(f.From) + " 至 " + string(f.To), Unit: "单位:元", Totals: 1}
	for _, title := range []string{"支付号", "申请日期", "单位", "收款人", "用途", "经济分类", "金额", "状态", "支付日期", "银行流水号", "说明"} {
		s.Columns = append(s.Columns, sheet.Column{Title: title})
	}
	var sum money.Fen
	for _, r := range all {
		sum += r.Amount
		s.Rows = append(s.Rows, []sheet.Value{sheet.Text(r.Number), sheet.Text(string(r.On)), sheet.Text(r.UnitName), sheet.Text(r.PayeeName), sheet.Text(r.Purpose),
			sheet.Text(r.Economic), sheet.Amount(r.Amount), sheet.Text(payment.Title(r.State)), sheet.Text(string(r.PaidOn)), sheet.Text(r.Reference), sheet.Text(r.Trouble)})
	}
	s.Rows = append(s.Rows, []sheet.Value{sheet.Text("合计"), {}, {}, {}, {}, {}, sheet.Amount(sum), {}, {}, {}, {}})
	var b bytes.Buffer
	if err := sheet.Write(&b, sheet.XLSX, s); err != nil {
		return answer{}, err
	}
	return answer{file: &file{name: fmt.Sprintf("支付台账 %s至%s.xlsx", f.From, f.To), media: fileTypes["xlsx"], body: b.Bytes()}}, nil
}

// payments are what waits for the person among payments, plans and payees.
func (d *desk) payments() ([]todo, error) {
	var out []todo
	add := func(kind, what, path, button string, names []string) {
		if len(names) > 0 {
			out = append(out, todo{Kind: kind, What: fmt.Sprintf("%s %d 件", what, len(names)), Path: path, Button: button, Detail: listed(names, func(s string) string { return s })})
		}
	}
	numbers := func(all []payment.Request) (names []string) {
		for _, r := range all {
			names = append(names, r.Number)
		}
		return names
	}
	if len(d.paths(payment.Approvers...)) > 0 {
		signs, err := payment.ToSign(d.tx, d.actor)
		if err != nil {
			return nil, err
		}
		add("支付", "等您审批的支付申请", "/payments", "审批", numbers(signs))
	}
	for _, q := range []struct {
		queue, what, path, does string
		roles                   []identity.Role
	}{
		{"mend", "退回或支付失败的申请", "/payments", "修改", payment.Requesters}, {"order", "待下达支付令的支付", "/payments/orders", "下达", payment.Orderers},
		{"book", "已支付未入账", "/payments?state=paid", "入账", []identity.Role{identity.Accountant}},
	} {
		if len(d.paths(q.roles...)) == 0 {
			continue
		}
		all, err := payment.Waiting(d.tx, d.actor, q.queue)
		if err != nil {
			return nil, err
		}
		add("支付", q.what, q.path, q.does, numbers(all))
	}
	plans, err := payment.PlansWaiting(d.tx, d.actor)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range plans {
		names = append(names, p.Number)
	}
	add("用款计划", "等您办理的用款计划", "/payments/plans", "办理", names)
	changes, err := d.payeeChanges()
	if err != nil {
		return nil, err
	}
	add("收款人", "等您审核的收款人登记", "/payees", "审核", changes)
	return out, nil
}
