package web

import (
	"slices"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/store"
)

// paymentPage is one payment: what it pays, who has signed, where it stands, what it booked.
type paymentPage struct {
	payFrame
	R         payment.Request
	State     string
	Class     string
	Capital   string
	Line      appropriation.Line
	LinePath  string
	LineClass appropriationRow
	Plan      *paymentLook
	Payee     payee.Payee
	PayeePath string
	Account   string // as it was asked for
	Bank      string
	Way       []wayRow
	Order     *payment.Order
	OrderPath string
	Vouchers  []pageLink
	Maker     string
	Edit      string
	Sign      *stepForm // the person's signature
	Steps     []stepForm
	Trail     []trailRow
	Refund    bool
	OnDay     string
}

type wayRow struct {
	Place  int
	Role   string
	Duty   string
	Signed string
	At     string
}

func showPayment(c *call, tx *store.Tx) (answer, error) {
	p, err := c.paymentPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("payment/show", p)
}

func (c *call) paymentPage(tx *store.Tx) (*paymentPage, error) {
	r, err := payment.See(tx, c.actor, c.r.PathValue("payment"))
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &paymentPage{R: r, State: payment.Title(r.State), Class: paymentClasses[r.State], Capital: r.Amount.Capital(), Maker: names[r.Maker]}
	p.Title = "支付申请 " + r.Number
	p.ways(c, "/payments")
	for _, part := range []func() error{
		func() error { return p.fillLine(c, tx, today) }, func() error { return p.fillPayee(c, tx) }, func() error { return p.fillWay(c, tx, names) },
		func() error { return p.fillOrder(c, tx) }, func() error { return p.fillVouchers(c, tx) }, func() error { return p.fillSteps(c, tx, today) },
		func() (err error) {
			p.Trail, err = trailRows(tx, c.actor.County, r.ID, payment.Kind, names)
			return err
		},
	} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *paymentPage) fillLine(c *call, tx *store.Tx, today calendar.Date) (err error) {
	if p.Line, err = appropriation.Get(tx, c.actor.County, p.R.Line); err != nil {
		return err
	}
	p.LinePath = linePath(p.Line.ID)
	if p.LineClass, err = rowOf(tx, p.Line); err != nil {
		return err
	}
	plan, err := payment.PlanOf(tx, c.actor.County, p.R.Line)
	if err != nil {
		return err
	}
	month := 12
	if today.Year() == p.Line.Year {
		month = today.Period().Month()
	}
	p.Plan = &paymentLook{Month: month, Planned: plan.Through(month), Used: plan.Used, PlanLeft: plan.Through(month) - plan.Used}
	return nil
}

func (p *paymentPage) fillPayee(c *call, tx *store.Tx) (err error) {
	if p.Payee, err = payee.Get(tx, c.actor.County, p.R.Payee); err != nil {
		return err
	}
	if p.Payee.Seen(c.actor) {
		p.PayeePath = payeePath(p.Payee.ID)
	}
	all, err := payee.ChangesOf(tx, c.actor.County, p.R.Payee)
	for _, ch := range all {
		if ch.Document == p.R.Account {
			p.Account, p.Bank = ch.Account.Masked(), ch.Account.Bank
		}
	}
	return err
}

func (p *paymentPage) fillWay(c *call, tx *store.Tx, names map[int64]string) error {
	way, err := payment.WayOf(tx, c.actor.County, p.R, p.Line.Basis())
	for _, w := range way {
		row := wayRow{Place: w.Place, Role: w.Role.Title(), Duty: w.Duty.Title()}
		if w.Signed.Person != 0 {
			row.Signed, row.At = names[w.Signed.Person], clock(w.Signed.At)
		}
		p.Way = append(p.Way, row)
	}
	return err
}

func (p *paymentPage) fillOrder(c *call, tx *store.Tx) error {
	if p.R.Order == "" {
		return nil
	}
	o, err := payment.SeeOrder(tx, c.actor, p.R.Order)
	if err != nil {
		return nil // of an account above what the person reads: its number is nothing to him
	}
	p.Order, p.OrderPath = &o, payOrderPath(o.ID)
	return nil
}

// fillVouchers links the vouchers that the payment posted, red twins included.
func (p *paymentPage) fillVouchers(c *call, tx *store.Tx) error {
	for _, ref := range []string{p.R.Unitary, p.R.General} {
		if ref == "" {
			continue
		}
		book, n, err := ledger.ParseRef(ref)
		if err != nil {
			return err
		}
		b, err := ledger.See(tx, c.actor, book)
		if err != nil {
			continue
		}
		v, err := ledger.GetVoucher(tx, b, n)
		if err != nil {
			return err
		}
		title := b.Name + " " + n.Period.Chinese() + " " + n.Label()
		if v.ReversedBy != nil {
			title += "(已由 " + v.ReversedBy.Label() + " 冲销)"
		}
		p.Vouchers = append(p.Vouchers, pageLink{Title: title, Path: voucherPath(v.Document)})
	}
	return nil
}

// fillSteps offers the steps that the person may take now.
func (p *paymentPage) fillSteps(c *call, tx *store.Tx, today calendar.Date) error {
	r := p.R
	stage, ok, err := payment.Turn(tx, c.actor, r)
	if err != nil {
		return err
	}
	if ok {
		p.Sign = &stepForm{Name: "sign", Title: stage.Role.Title() + stage.Duty.Title(), Path: paymentPath(r.ID) + "/sign", Main: true}
	}
	state := r.State
	if state == payment.Ordered || state == payment.Sent {
		return nil // the order's turn
	}
	d, err := document.Get(tx, c.actor.County, r.ID)
	if err != nil {
		return err
	}
	for _, name := range []string{"return", "reject", "void", "correct", "book", "clear", "refund"} {
		s := payment.Kind.Step(name)
		if !slices.Contains(s.From, state) || !c.actor.Has(r.Path, s.Roles...) {
			continue
		}
		if document.Apart(tx, document.Act{By: c.actor, Kind: payment.Kind, Step: name, Path: r.Path, Today: today}, d) != nil {
			continue
		}
		if name == "refund" {
			p.Refund, p.OnDay = true, string(today)
			continue
		}
		p.Steps = append(p.Steps, stepForm{Name: name, Title: s.Title, Reason: s.Reason, Path: paymentPath(r.ID) + "/" + name, Main: name == "book"})
	}
	if state == payment.Returned && c.actor.Has(r.Path, payment.Requesters...) {
		p.Edit = paymentPath(r.ID) + "/edit"
	}
	return nil
}

func stepPayment(c *call) (answer, error) {
	id, name, version := c.r.PathValue("payment"), c.lastOfPath(), c.number("version")
	err := c.write(func(tx *store.Tx) error {
		var err error
		switch name {
		case "sign":
			_, err = payment.Sign(tx, c.actor, id, version, c.number("amount"))
		case "return":
			_, err = payment.Return(tx, c.actor, id, version, c.form("reason"))
		case "reject":
			_, err = payment.Reject(tx, c.actor, id, version, c.form("reason"))
		case "void":
			_, err = payment.Withdraw(tx, c.actor, id, version, c.form("reason"))
		case "correct":
			_, err = payment.Correct(tx, c.actor, id, version, c.form("reason"))
		case "book":
			_, err = payment.Book(tx, c.actor, id, version)
		case "clear":
			_, err = payment.Clear(tx, c.actor, id, version)
		default:
			_, err = payment.Refund(tx, c.actor, id, version, calendar.Date(c.form("on")), c.form("reason"))
		}
		return err
	})
	if err == nil || c.tookSign(id, version, name) {
		return goTo(paymentPath(id))
	}
	return formAgain(c, "payment/show", err, c.paymentPage, func(p *paymentPage) {
		for i := range p.Steps {
			if p.Steps[i].Name == name {
				p.Steps[i].Given = c.form("reason")
			}
		}
	})
}

// tookSign is taken, for a signature too, whose step has one of four names.
func (c *call) tookSign(id string, version int64, name string) bool {
	if name != "sign" {
		return c.taken(id, version, name)
	}
	return slices.ContainsFunc([]string{"approve", "review", "approve-last", "review-last"}, func(step string) bool { return c.taken(id, version, step) })
}
