package web

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/store"
)

// payeeRoutes are whom the county pays.
func payeeRoutes() []route {
	readers, makers := only(payment.Readers...), only(payee.Makers...)
	return []route{
		{pattern: "GET /payees", title: "收款人", right: readers, show: showPayees, under: "/payments"},
		{pattern: "GET /payees/new", title: "登记收款人", right: makers, show: newPayee, under: "/payments"},
		{pattern: "POST /payees", title: "登记收款人", right: makers, do: reportPayee, under: "/payments"},
		{pattern: "GET /payees/{payee}", title: "收款人", right: readers, show: showPayee, under: "/payments"},
		{pattern: "GET /payees/{payee}/account", title: "变更收款账户", right: makers, show: newPayee, under: "/payments"},
		{pattern: "POST /payees/{payee}/account", title: "变更收款账户", right: makers, do: reportPayee, under: "/payments"},
		{pattern: "POST /payees/{payee}/stop", title: "停止支付", right: only(payee.Stoppers...), do: stopPayee, under: "/payments"},
		{pattern: "POST /payees/{payee}/check", title: "审核收款人", right: only(payee.Checkers...), do: checkPayee, under: "/payments"},
		{pattern: "POST /payees/{payee}/return", title: "退回收款人登记", right: only(payee.Checkers...), do: checkPayee, under: "/payments"},
		{pattern: "POST /payees/{payee}/reveal", title: "查看账号", right: only(payee.Revealers...), do: revealPayee, under: "/payments"},
	}
}

func payeePath(id int64) string { return fmt.Sprintf("/payees/%d", id) }

// payeesPage lists payees, below the changes that wait for the person.
type payeesPage struct {
	payFrame
	Query   string
	Waiting []payeeChangeRow
	Rows    []payeeRow
	Make    bool
}

type payeeRow struct {
	payee.Payee
	Address string
	State   string
	Class   string
}

type payeeChangeRow struct {
	payee.Change
	Address    string
	StateTitle string
	Who        string
	When       string
	Masked     string
	Can        bool
}

// payeesMost is how many payees a page lists.
const payeesMost = 200

func payeeRowOf(p payee.Payee, today calendar.Date) payeeRow {
	row := payeeRow{p, payeePath(p.ID), p.State(today), "ok"}
	switch {
	case p.Stop.Document != "":
		row.Class = "late"
	case p.Account.Document == "":
		row.Class = "wait"
	}
	return row
}

func showPayees(c *call, tx *store.Tx) (answer, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	p := &payeesPage{Query: c.query("q"), Make: len(c.paths(payee.Makers...)) > 0}
	p.ways(c, "/payees")
	all, err := payee.Find(tx, c.actor, p.Query, payeesMost)
	if err != nil {
		return answer{}, err
	}
	for _, x := range all {
		p.Rows = append(p.Rows, payeeRowOf(x, today))
	}
	waiting, err := payee.ToCheck(tx, c.actor)
	if err != nil {
		return answer{}, err
	}
	p.Waiting, err = c.payeeChangeRows(tx, waiting)
	if err != nil {
		return answer{}, err
	}
	return show("payee/list", p)
}

func (c *call) payeeChangeRows(tx *store.Tx, all []payee.Change) ([]payeeChangeRow, error) {
	names, err := identity.Names(tx, c.actor.County)
	var rows []payeeChangeRow
	for _, x := range all {
		rows = append(rows, payeeChangeRow{x, payeePath(x.Payee), payee.ChangeKind.States[x.State], names[x.Maker], clock(x.MadeAt), x.Account.Masked(),
			x.State == payee.Waiting && x.Maker != c.actor.Person && c.actor.Has(x.Path, payee.Checkers...)})
	}
	return rows, err
}

// payeeChanges names the payees whose changes wait for the person.
func (d *desk) payeeChanges() (names []string, err error) {
	if len(d.paths(payee.Checkers...)) == 0 {
		return nil, nil
	}
	all, err := payee.ToCheck(d.tx, d.actor)
	for _, x := range all {
		names = append(names, x.Name)
	}
	return names, err
}

// payeeForm registers a payee, or gives one another account.
type payeeForm struct {
	payFrame
	Action     string
	Document   string
	Of         *payee.Payee // whose account is changed
	Name       string
	Kinds      []choice
	Code       string
	Units      []choice
	Accounts   []choice
	Holder     string
	Number     string
	Bank       string
	BankNumber string
	Basis      string
}

func newPayee(c *call, tx *store.Tx) (answer, error) {
	p, err := c.payeeForm(tx)
	if err != nil {
		return answer{}, err
	}
	return show("payee/form", p)
}

func (c *call) payeeForm(tx *store.Tx) (*payeeForm, error) {
	p := &payeeForm{Action: "/payees", Document: document.NewID()}
	p.ways(c, "/payees")
	if c.r.PathValue("payee") != "" {
		id, err := c.id("payee")
		if err != nil {
			return nil, err
		}
		of, err := payee.See(tx, c.actor, id)
		if err != nil {
			return nil, err
		}
		p.Of, p.Action, p.Name, p.Holder = &of, payeePath(id)+"/account", of.Name, of.Name
	}
	for _, k := range payee.Kinds() {
		p.Kinds = append(p.Kinds, choice{Value: string(k), Title: k.Title(), On: string(k) == c.form("kind")})
	}
	for _, k := range []payee.AccountKind{payee.Settlement, payee.Card} {
		p.Accounts = append(p.Accounts, choice{Value: string(k), Title: k.Title(), On: string(k) == c.form("account_kind")})
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	for _, path := range c.paths(payee.Makers...) {
		below, err := org.List(tx, c.actor.County, path, today)
		if err != nil {
			return nil, err
		}
		for _, u := range below {
			if u.Kind != org.Village && u.Kind != org.Branch {
				p.Units = append(p.Units, choice{Value: fmt.Sprint(u.ID), Title: u.Name, On: fmt.Sprint(u.ID) == c.form("unit")})
			}
		}
	}
	return p, nil
}

func reportPayee(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	x := payee.Change{
		Document: id, Act: payee.Register, Name: c.form("name"), Kind: payee.Kind(c.form("kind")), Code: c.form("code"), Unit: c.number("unit"), Number: c.form("account"), Basis: c.form("basis"),
		Account: payee.Account{Name: c.form("account_name"), Kind: payee.AccountKind(c.form("account_kind")), Bank: c.form("bank"), BankNumber: c.form("bank_number")},
	}
	if c.r.PathValue("payee") != "" {
		x.Act = payee.Reaccount
		if x.Payee, err = c.id("payee"); err != nil {
			return answer{}, err
		}
	}
	made := x.Payee
	err = c.write(func(tx *store.Tx) (err error) {
		made, err = payee.Report(tx, c.server.Keys, c.actor, x)
		return err
	})
	if err == nil {
		return goTo(payeePath(made))
	}
	if document.IsTaken(err) {
		return goTo("/payees")
	}
	return formAgain(c, "payee/form", err, c.payeeForm, func(p *payeeForm) {
		p.Document, p.Code, p.Holder, p.Number, p.Bank, p.BankNumber, p.Basis = id, x.Code, x.Account.Name, x.Number, x.Account.Bank, x.Account.BankNumber, x.Basis
		if p.Of == nil {
			p.Name = x.Name
		}
	})
}

// payeePage is one payee with its accounts and stops.
type payeePage struct {
	payFrame
	Of       payeeRow
	Changes  []payeeChangeRow
	Shown    string // the account in full, once
	Account  string // address of the form for another account
	Halt     bool   // the person may stop payments, or ask that they are let go again
	Unmask   bool
	Document string
	OnDay    string
	Pay      string
	Register string
	Why      string
	Basis    string
}

func showPayee(c *call, tx *store.Tx) (answer, error) {
	p, err := c.payeePage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("payee/show", p)
}

func (c *call) payeePage(tx *store.Tx) (*payeePage, error) {
	id, err := c.id("payee")
	if err != nil {
		return nil, err
	}
	x, err := payee.See(tx, c.actor, id)
	if err != nil {
		return nil, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &payeePage{Of: payeeRowOf(x, today), Document: document.NewID(), OnDay: string(today), Register: fmt.Sprintf("/payments?payee=%d", id)}
	p.Title = x.Name
	p.ways(c, "/payees")
	all, err := payee.ChangesOf(tx, c.actor.County, id)
	if err != nil {
		return nil, err
	}
	if p.Changes, err = c.payeeChangeRows(tx, all); err != nil {
		return nil, err
	}
	if c.actor.Has(x.Path, payee.Makers...) {
		p.Account = payeePath(id) + "/account"
	}
	p.Halt, p.Unmask = c.actor.Has(x.Path, payee.Stoppers...), c.actor.Has(x.Path, payee.Revealers...) && x.Account.Document != ""
	if len(c.paths(payment.Requesters...)) > 0 && x.State(today) == "可支付" {
		p.Pay = fmt.Sprintf("/payments/new?payee=%d", id)
	}
	return p, nil
}

func stopPayee(c *call) (answer, error) {
	id, err := c.id("payee")
	if err != nil {
		return answer{}, err
	}
	x := payee.Change{Act: payee.Halt, Payee: id, On: calendar.Date(c.form("on")), Why: c.form("reason"), Basis: c.form("basis")}
	if c.form("act") == string(payee.Lift) {
		x.Act = payee.Lift
	}
	err = c.write(func(tx *store.Tx) error {
		if _, err := payee.See(tx, c.actor, id); err != nil {
			return err
		}
		var err error
		if x.Document, err = document.ParseID(c.form("document")); err != nil {
			return err
		}
		_, err = payee.Report(tx, c.server.Keys, c.actor, x)
		return err
	})
	if err == nil || document.IsTaken(err) {
		return goTo(payeePath(id))
	}
	return formAgain(c, "payee/show", err, c.payeePage, func(p *payeePage) { p.Why, p.Basis, p.OnDay = c.form("reason"), c.form("basis"), c.form("on") })
}

func checkPayee(c *call) (answer, error) {
	id, err := c.id("payee")
	if err != nil {
		return answer{}, err
	}
	change, version, name := c.form("change"), c.number("version"), c.lastOfPath()
	err = c.write(func(tx *store.Tx) error {
		if _, err := payee.See(tx, c.actor, id); err != nil {
			return err
		}
		if name == "return" {
			return payee.Return(tx, c.actor, change, version, c.form("reason"))
		}
		return payee.Check(tx, c.actor, change, version)
	})
	if err == nil || c.taken(change, version, name) {
		return goTo(payeePath(id))
	}
	return formAgain(c, "payee/show", err, c.payeePage, nil)
}

func revealPayee(c *call) (answer, error) {
	id, err := c.id("payee")
	if err != nil {
		return answer{}, err
	}
	shown := ""
	err = c.write(func(tx *store.Tx) (err error) {
		shown, err = payee.Reveal(tx, c.server.Keys, c.actor, id, c.form("reason"))
		return err
	})
	if err != nil {
		return formAgain(c, "payee/show", err, c.payeePage, nil)
	}
	var p *payeePage
	if err := c.read(func(tx *store.Tx) (err error) { p, err = c.payeePage(tx); return err }); err != nil {
		return answer{}, err
	}
	p.Shown, p.Done = shown, "已记入存证。"
	return show("payee/show", p)
}
