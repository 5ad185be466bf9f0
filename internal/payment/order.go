package payment

import (
	"errors"
	"fmt"
	"slices"

	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// The states of an order.
const (
	OrderIssued    document.State = "issued"
	OrderSent      document.State = "sent"
	OrderAnswering document.State = "answering"
	OrderAnswered  document.State = "answered"
	OrderVoid      document.State = "void"
)

// OrderKind declares the steps of an order (支付令).
var OrderKind = &document.Kind{
	Name: "payment-order", Title: "支付令",
	States: map[document.State]string{OrderIssued: "待发送", OrderSent: "已发送银行", OrderAnswering: "回单处理中", OrderAnswered: "已回单", OrderVoid: "已撤回"},
	Steps: []document.Step{
		{Name: "issue", Title: "下达", To: OrderIssued, Roles: Orderers, Duty: document.DutyPay},
		{Name: "send", Title: "发送", From: []document.State{OrderIssued}, To: OrderSent, Roles: Orderers, Duty: document.DutyPay},
		{Name: "send-again", Title: "重新取文件", From: []document.State{OrderSent}, To: OrderSent, Roles: Orderers, Duty: document.DutyPay},
		{Name: "withdraw", Title: "撤回", From: []document.State{OrderIssued}, To: OrderVoid, Roles: Orderers, Duty: document.DutyPay, Reason: true},
		{Name: "answer", Title: "收回单", From: []document.State{OrderSent}, To: OrderAnswering, Roles: Orderers, Duty: document.DutyPay},
		{Name: "finish", Title: "办结", From: []document.State{OrderAnswering}, To: OrderAnswered, Roles: Orderers, Duty: document.DutyPay},
	},
}

// Order is a batch of payments out of one account.
type Order struct {
	ID     string
	Paying int64
	On     calendar.Date

	Number   string
	Account  PayingAccount
	State    document.State
	Version  int64
	Unit     int64
	UnitName string
	Path     string
	Lines    int64
	Total    money.Fen
	Maker    int64
	Answer   string // SHA-256 of the answer that was taken
}

// OrderLine is one payment as it was ordered, with the bank's result.
type OrderLine struct {
	Seq       int64
	Payment   string
	Number    string
	Account   string // change of the payee
	Amount    money.Fen
	PayeeName string
	Purpose   string
	Masked    string
	Result    Result
}

// Result is what the bank said of a line; On empty: nothing yet.
type Result struct {
	Paid      bool
	Reason    string
	Reference string
	On        calendar.Date
}

const orderColumns = `o.document_id, o.number, o.paying_id, o.on_day, o.lines, o.total, o.maker_id, o.answer, d.state, d.version, o.unit_id, u.name, u.path,
	a.number, a.title, a.bank`

const orderFrom = ` from payment_order o cross join document d join unit u on u.county_id = o.county_id and u.unit_id = o.unit_id
	join paying_account a on a.county_id = o.county_id and a.account_id = o.paying_id
	where o.county_id = $1 and d.county_id = o.county_id and d.document_id = o.document_id `

func scanOrder(row interface{ Scan(...any) error }) (o Order, err error) {
	err = row.Scan(&o.ID, &o.Number, &o.Paying, &o.On, &o.Lines, &o.Total, &o.Maker, &o.Answer, &o.State, &o.Version, &o.Unit, &o.UnitName, &o.Path,
		&o.Account.Number, &o.Account.Title, &o.Account.Bank)
	o.Account.ID = o.Paying
	return o, err
}

func orderUnknown(number string) error {
	return fault.Newf(fault.NotFound, "order-unknown", "请核对批次号,从支付令列表中打开", "没有支付令「%s」", number)
}

// SeeOrder gives an order that the actor may read.
func SeeOrder(tx *store.Tx, by identity.Actor, id string) (Order, error) {
	return seeOrder(tx, by, `and o.document_id = $2`, id)
}

func seeOrder(tx *store.Tx, by identity.Actor, where, key string) (Order, error) {
	o, err := scanOrder(tx.QueryRow(`select `+orderColumns+orderFrom+where, by.County, key))
	if errors.Is(err, store.ErrNoRows) || err == nil && !by.Has(o.Path, Readers...) {
		return Order{}, orderUnknown(key)
	}
	if err != nil {
		return o, fmt.Errorf("payment.SeeOrder %s: %w", key, err)
	}
	return o, nil
}

// Orders gives up to most orders of units at or below a path, newest first. The caller reads that unit.
func Orders(tx *store.Tx, county int64, path string, most int) ([]Order, error) {
	lower, upper := org.Subtree(path)
	rows, err := tx.Query(`select `+orderColumns+orderFrom+`and u.path >= $2 and u.path < $3 order by o.document_id desc limit $4`, county, lower, upper, most)
	if err != nil {
		return nil, fmt.Errorf("payment.Orders: %w", err)
	}
	defer rows.Close()
	var all []Order
	for rows.Next() {
		o, err := scanOrder(rows)
		if err != nil {
			return nil, fmt.Errorf("payment.Orders: %w", err)
		}
		all = append(all, o)
	}
	return all, rows.Err()
}

// Orderable gives the payments that wait for an order out of an account, oldest first.
func Orderable(tx *store.Tx, by identity.Actor, paying int64) ([]Request, error) {
	all, err := query(tx, `and r.queue = 'order' and r.paying_id = $2 order by r.document_id`, by.County, paying)
	return slices.DeleteFunc(all, func(r Request) bool { return !mayOrder(by, r) }), err
}

// mayOrder: the county's treasury section orders; a unit's cashier where the township keeps its own treasury.
func mayOrder(by identity.Actor, r Request) bool {
	return by.Has(r.Path, identity.CountyTreasury) || r.Regime == RegimeOwn && by.Has(r.Path, identity.Cashier)
}

// IssueOrder collects reviewed payments of one paying account into a numbered batch. Whoever asked for, approved or
// reviewed one of them does not order it.
func IssueOrder(tx *store.Tx, by identity.Actor, o Order, payments []string) (document.Document, error) {
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	accounts, err := PayingAccounts(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	at := slices.IndexFunc(accounts, func(a PayingAccount) bool { return a.ID == o.Paying })
	if at < 0 || !by.Sees(accounts[at].Path) {
		return document.Document{}, fault.New(fault.NotFound, "paying-unknown", "没有这个付款账户", "请从列表中选择").In("account")
	}
	o.Account, o.On, o.Maker = accounts[at], today, by.Person
	o.Unit, o.Path = o.Account.Unit, o.Account.Path
	if !o.Account.holds(today) {
		return document.Document{}, fault.Newf(fault.Refused, "paying-ended", "请县国库股登记新的付款账户", "付款账户 %s 在 %s 不能付款", o.Account.Label(), today).In("account")
	}
	act := document.Act{By: by, Kind: OrderKind, Step: "issue", ID: o.ID, Unit: o.Unit, Path: o.Path, Today: today}
	return document.Make(tx, act, func() (document.Effect, error) {
		lines, err := o.collect(tx, act, payments)
		if err != nil {
			return document.Effect{}, err
		}
		n, err := org.NextID(tx, by.County, "payment-order|"+string(today))
		if err != nil {
			return document.Effect{}, err
		}
		o.Number = fmt.Sprintf("%s%s%s-%03d", today[:4], today[5:7], today[8:], n)
		_, err = tx.Exec(`insert into payment_order (county_id, document_id, number, paying_id, unit_id, on_day, lines, total, maker_id)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, by.County, o.ID, o.Number, o.Paying, o.Unit, string(o.On), len(lines), int64(o.Total), by.Person)
		if store.IsUnique(err) {
			return document.Effect{}, fault.New(fault.Conflict, "document-exists", "这批支付令已经提交过", "请刷新后查看,勿重复提交")
		}
		if err != nil {
			return document.Effect{}, fmt.Errorf("payment.IssueOrder: %w", err)
		}
		return document.Effect{Ref: o.Number, Rows: trail.Digest(o.rows(lines))}, nil
	})
}

var orderLines = store.NewTable("payment_order_line", 3, 0, "#county_id", "order_id", "#seq", "document_id", "number", "account_by", "#amount")

// linesMost is how many payments one batch takes.
const linesMost = 50_000

// collect takes payments into the order, each still right, each in no other order.
func (o *Order) collect(tx *store.Tx, act document.Act, payments []string) ([]OrderLine, error) {
	if len(payments) == 0 || len(payments) > linesMost {
		return nil, fault.Newf(fault.Invalid, "order-lines", "请重新勾选", "支付令须有 1 至 %d 笔支付,现为 %d 笔", linesMost, len(payments)).In("payment")
	}
	county := act.By.County
	checked := checker{tx: tx, county: county, on: act.Today}
	var lines []OrderLine
	for i, id := range payments {
		r, err := see(tx, act.By, id)
		if err != nil {
			return nil, err
		}
		switch {
		case r.State != Reviewed:
			return nil, fault.Newf(fault.Refused, "order-state", "请刷新后重新勾选", "%s当前为「%s」,不能下达支付令", r.label(), Title(r.State))
		case r.Paying != o.Paying:
			return nil, fault.Newf(fault.Refused, "order-account", "请按付款账户分批下达", "%s不从 %s 付款", r.label(), o.Account.Label())
		case !mayOrder(act.By, r):
			return nil, fault.Newf(fault.Refused, "order-regime", "请由县国库股下达", "%s按「%s」由县里集中支付", r.label(), r.Regime)
		}
		if err := checked.still(r); err != nil {
			return nil, err
		}
		d, err := document.Get(tx, county, id)
		if err != nil {
			return nil, err
		}
		if err := document.Bars(tx, act, d.Parts); err != nil {
			return nil, err
		}
		n, err := tx.Exec(`update payment_request set order_id = $3, queue = 'bank' where county_id = $1 and document_id = $2 and queue = 'order'
			and not exists (select 1 from payment_signature s where s.county_id = $1 and s.document_id = $2 and s.round = payment_request.round and s.amount <> payment_request.amount)`, county, id, o.ID)
		if err != nil {
			return nil, fmt.Errorf("payment.IssueOrder %s: %w", id, err)
		}
		if n == 0 {
			return nil, fault.Newf(fault.Refused, "payment-amount-signed", "请退回后重新审批", "%s的金额与审批时不同,或已被收入另一批", r.label())
		}
		l := OrderLine{Seq: int64(i + 1), Payment: id, Number: r.Number, Account: r.Account, Amount: r.Amount}
		tx.Append(orderLines, county, o.ID, l.Seq, id, l.Number, l.Account, int64(l.Amount))
		o.Total += r.Amount
		lines = append(lines, l)
	}
	return lines, nil
}

// checker asks of many payments whether they still hold, each line and payee looked at once.
type checker struct {
	tx     *store.Tx
	county int64
	on     calendar.Date
	lines  map[int64]bool
	payees map[string]bool
}

func (c *checker) still(r Request) error {
	if c.lines == nil {
		c.lines, c.payees = map[int64]bool{}, map[string]bool{}
	}
	who := fmt.Sprint(r.Payee, "/", r.Account)
	if c.lines[r.Line] && c.payees[who] { // the line holds the sum of its payments: its row's own constraint
		return nil
	}
	c.lines[r.Line], c.payees[who] = true, true
	return r.still(c.tx, c.county, c.on)
}

func (o Order) rows(lines []OrderLine) []byte {
	obj := trail.NewObject()
	obj.Text("account", o.Account.Number)
	obj.Objects("lines", len(lines), func(i int, l *trail.Object) {
		l.Text("account", lines[i].Account).Int("amount", int64(lines[i].Amount)).Text("number", lines[i].Number).Text("payment", lines[i].Payment)
	})
	return obj.Text("number", o.Number).Text("on", string(o.On)).Int("paying", o.Paying).Int("total", int64(o.Total)).Bytes()
}

// WithdrawOrder gives an order up that has not left; its payments wait for another.
func WithdrawOrder(tx *store.Tx, by identity.Actor, id string, version int64, reason string) (document.Document, error) {
	return stepOrder(tx, by, "withdraw", id, version, reason, func(o Order, _ calendar.Date) (document.Effect, error) {
		_, err := tx.Exec(`update payment_request set order_id = null, queue = 'order' where county_id = $1 and order_id = $2`, by.County, id)
		if err != nil {
			return document.Effect{}, fmt.Errorf("payment.WithdrawOrder %s: %w", id, err)
		}
		return document.Effect{}, nil
	})
}

func stepOrder(tx *store.Tx, by identity.Actor, step, id string, version int64, reason string, effect func(o Order, today calendar.Date) (document.Effect, error)) (document.Document, error) {
	o, err := SeeOrder(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: OrderKind, Step: step, ID: id, Version: version, Path: o.Path, Today: today, Reason: reason}
	return document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if effect == nil {
			return document.Effect{}, nil
		}
		return effect(o, today)
	})
}

// Send lets an order leave: it gives the batch with the accounts in full. Fetched again, the same batch leaves a leaf.
func Send(tx *store.Tx, keys *identity.Keys, by identity.Actor, id string, version int64) (bankfile.Batch, error) {
	o, err := SeeOrder(tx, by, id)
	if err != nil {
		return bankfile.Batch{}, err
	}
	step := "send"
	if o.State == OrderSent {
		step = "send-again"
	}
	if _, err := stepOrder(tx, by, step, id, version, "", nil); err != nil {
		return bankfile.Batch{}, err
	}
	return batch(tx, keys, by.County, o)
}

// batch gives an order as the bank is sent it.
func batch(tx *store.Tx, keys *identity.Keys, county int64, o Order) (bankfile.Batch, error) {
	b := bankfile.Batch{Number: o.Number, Date: o.On, Account: o.Account.Number}
	if err := tx.Settle(); err != nil {
		return b, err
	}
	rows, err := tx.Query(`select l.number, l.amount, r.purpose, c.payee_id, c.account_name, c.account_sealed, c.bank, c.bank_number from payment_order_line l
		join payment_request r on r.county_id = l.county_id and r.document_id = l.document_id
		join payee_change c on c.county_id = l.county_id and c.document_id = l.account_by
		where l.county_id = $1 and l.order_id = $2 order by l.seq`, county, o.ID)
	if err != nil {
		return b, fmt.Errorf("payment.Send %s: %w", o.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var l bankfile.Line
		var id int64
		var sealed string
		if err := rows.Scan(&l.Number, &l.Amount, &l.Purpose, &id, &l.Payee, &sealed, &l.Bank, &l.BankNumber); err != nil {
			return b, fmt.Errorf("payment.Send %s: %w", o.ID, err)
		}
		if l.Account, err = payee.Unseal(keys, county, id, sealed); err != nil {
			return b, err
		}
		b.Lines = append(b.Lines, l)
	}
	return b, rows.Err()
}

// LinesOf gives an order's payments with the bank's results, in their order.
func LinesOf(tx *store.Tx, county int64, order string) ([]OrderLine, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select l.seq, l.document_id, l.number, l.account_by, l.amount, c.account_name, c.account_tail, r.purpose, coalesce(x.paid, false),
		coalesce(x.reason, ''), coalesce(x.reference, ''), coalesce(x.on_day, '') from payment_order_line l
		join payment_request r on r.county_id = l.county_id and r.document_id = l.document_id
		join payee_change c on c.county_id = l.county_id and c.document_id = l.account_by
		left join payment_result x on x.county_id = l.county_id and x.order_id = l.order_id and x.seq = l.seq
		where l.county_id = $1 and l.order_id = $2 order by l.seq`, county, order)
	if err != nil {
		return nil, fmt.Errorf("payment.LinesOf %s: %w", order, err)
	}
	defer rows.Close()
	var all []OrderLine
	for rows.Next() {
		var l OrderLine
		var tail string
		if err := rows.Scan(&l.Seq, &l.Payment, &l.Number, &l.Account, &l.Amount, &l.PayeeName, &tail, &l.Purpose, &l.Result.Paid, &l.Result.Reason,
			&l.Result.Reference, &l.Result.On); err != nil {
			return nil, fmt.Errorf("payment.LinesOf %s: %w", order, err)
		}
		l.Masked = payee.Account{Tail: tail}.Masked()
		all = append(all, l)
	}
	return all, rows.Err()
}

// query gives payments; where begins with "and".
func query(tx *store.Tx, where string, args ...any) ([]Request, error) {
	rows, err := tx.Query(`select `+columns+from+where, args...)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	defer rows.Close()
	var all []Request
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("payment: %w", err)
		}
		all = append(all, r)
	}
	return all, rows.Err()
}
