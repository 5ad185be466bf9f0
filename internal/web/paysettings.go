package web

import (
	"slices"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/store"
)

// paySettingsPage is how payments are approved, out of which accounts they are paid, and who vouches for their vouchers.
type paySettingsPage struct {
	payFrame
	Chains   []chainRow
	Accounts []payment.PayingAccount
	Mandates []payment.Mandate
	Keeper   bool
	Posts    []choice
	Regimes  []choice
	Bases    []choice
	Modes    []choice
	Stages   []int
	Day      string
}

type chainRow struct {
	Regime     string
	From       calendar.Date
	DocumentNo string
	Stages     []stageRow
}

type stageRow struct {
	Place                   int
	Role, Duty, Basis, From string
}

// stagesMost is how many stages the form takes.
const stagesMost = 6

func showPaySettings(c *call, tx *store.Tx) (answer, error) {
	p, err := c.paySettings(tx)
	if err != nil {
		return answer{}, err
	}
	return show("payment/settings", p)
}

func (c *call) paySettings(tx *store.Tx) (*paySettingsPage, error) {
	root, err := org.Root(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &paySettingsPage{Keeper: c.actor.Has(root.Path, payment.Keepers...), Day: string(today.AddDays(1))}
	p.ways(c, "/payments/settings")
	chains, err := payment.Chains(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	for _, ch := range chains {
		p.Chains = append(p.Chains, chainRowOf(ch))
	}
	accounts, err := payment.PayingAccounts(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p.Accounts = slices.DeleteFunc(accounts, func(a payment.PayingAccount) bool { return !c.actor.Reads(a.Path) })
	mandates, err := payment.Mandates(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	for _, m := range mandates {
		u, err := org.Get(tx, c.actor.County, m.Unit)
		if err != nil {
			return nil, err
		}
		if c.actor.Reads(u.Path) {
			p.Mandates = append(p.Mandates, m)
		}
	}
	p.choices()
	return p, nil
}

func (p *paySettingsPage) choices() {
	for _, r := range payment.Approvers {
		p.Posts = append(p.Posts, choice{Value: string(r), Title: r.Title()})
	}
	for _, r := range payment.Regimes() {
		p.Regimes = append(p.Regimes, choice{Value: r, Title: r})
	}
	for _, b := range []appropriation.Basis{appropriation.Personnel, appropriation.Office, appropriation.Project} {
		p.Bases = append(p.Bases, choice{Value: string(b), Title: b.Title()})
	}
	for _, m := range appropriation.Modes() {
		p.Modes = append(p.Modes, choice{Value: string(m), Title: m.Title()})
	}
	for i := range stagesMost {
		p.Stages = append(p.Stages, i+1)
	}
}

func chainRowOf(ch payment.Chain) chainRow {
	row := chainRow{Regime: ch.Regime, From: ch.From, DocumentNo: ch.DocumentNo}
	for _, s := range ch.Stages {
		row.Stages = append(row.Stages, stageRow{s.Place, s.Role.Title(), s.Duty.Title(), s.Basis.Title(), s.Least.String()})
	}
	return row
}

// configure runs a step of the county's own settings.
func (c *call) configure(step func(tx *store.Tx) error) (answer, error) {
	err := c.write(func(tx *store.Tx) error {
		root, err := org.Root(tx, c.actor.County)
		if err == nil {
			err = c.actor.Require(root.Path, "改动支付设置", payment.Keepers...)
		}
		if err != nil {
			return err
		}
		return step(tx)
	})
	if err == nil {
		return goTo("/payments/settings")
	}
	return formAgain(c, "payment/settings", err, c.paySettings, nil)
}

func setChain(c *call) (answer, error) {
	return c.configure(func(tx *store.Tx) error {
		ch := payment.Chain{Regime: c.form("regime"), From: calendar.Date(c.form("from")), DocumentNo: c.form("no")}
		roles, duties, bases, leasts, places := c.r.PostForm["role"], c.r.PostForm["duty"], c.r.PostForm["basis"], c.r.PostForm["least"], c.r.PostForm["place"]
		for i := range min(len(roles), len(duties), len(bases), len(leasts), len(places)) {
			if roles[i] == "" {
				continue
			}
			least, err := money.Parse(leasts[i])
			if err != nil {
				return fieldFault(err, "least")
			}
			place, err := placeOf(places[i])
			if err != nil {
				return err
			}
			ch.Stages = append(ch.Stages, payment.Stage{Place: place, Role: identity.Role(roles[i]), Duty: document.Duty(duties[i]), Basis: appropriation.Basis(bases[i]), Least: least})
		}
		return payment.SetChain(tx, c.actor.County, ch)
	})
}

func placeOf(text string) (int, error) {
	if len(text) != 1 || text[0] < '1' || text[0] > '9' {
		return 0, fault.Newf(fault.Invalid, "chain-place", "请填 1 至 9", "环节序号「%s」不对", text).In("place")
	}
	return int(text[0] - '0'), nil
}

func addPayingAccount(c *call) (answer, error) {
	return c.configure(func(tx *store.Tx) error {
		u, err := c.unitNamed(tx, c.form("unit"))
		if err != nil {
			return fieldFault(err, "unit")
		}
		_, err = payment.AddPayingAccount(tx, c.actor.County, payment.PayingAccount{
			Unit: u.ID, Mode: appropriation.Mode(c.form("mode")), Number: c.form("number"), Title: c.form("title"), Bank: c.form("bank"), From: calendar.Date(c.form("from")), DocumentNo: c.form("no"),
		})
		return err
	})
}

func setMandate(c *call) (answer, error) {
	return c.configure(func(tx *store.Tx) error {
		u, err := c.unitNamed(tx, c.form("unit"))
		if err != nil {
			return fieldFault(err, "unit")
		}
		m := payment.Mandate{Unit: u.ID, From: calendar.Date(c.form("from")), DocumentNo: c.form("no")}
		for _, p := range []struct {
			field string
			to    *int64
		}{{"maker", &m.Maker}, {"checker", &m.Checker}} {
			login, err := identity.FindLogin(tx, c.actor.County, c.form(p.field))
			if err != nil {
				return fieldFault(err, p.field)
			}
			*p.to = login.ID
		}
		if code := c.form("book"); code != "" {
			b, err := ledger.BookByCode(tx, c.actor.County, code)
			if err != nil {
				return fieldFault(err, "book")
			}
			m.Book = b.ID
		}
		return payment.SetMandate(tx, c.actor.County, m)
	})
}
