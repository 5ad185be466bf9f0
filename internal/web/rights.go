package web

import (
	"fmt"
	"slices"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/budget"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/figure"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
	"xiangzhang/internal/unitchange"
	"xiangzhang/internal/workday"
)

// documentKinds are the kinds of documents whose steps people take on pages.
var documentKinds = []*document.Kind{
	ledger.VoucherKind, ledger.CloseKind, ledger.YearKind, ledger.SuccessorKind, ledger.OpeningKind, budget.ImportKind, appropriation.Kind, drafting.Kind, drafting.StandardKind, exchange.FileKind, document.WaiverKind, handover.Kind, handover.DelegationKind, unitchange.Kind, workday.Kind, obligation.DocumentKind, obligation.EventKind, roster.ChangeKind, payee.ChangeKind, figure.RecordKind,
	payment.PlanKind, payment.Kind, payment.OrderKind,
	bank.AccountKind, bank.FormatKind, agreement.FileKind, agreement.MatchKind, agreement.UndoKind, agreement.SheetKind,
}

// reach is what roles let a person see and do, computed from the route table and the documents' declared steps.
type reach struct {
	Grants []reachGrant
	Units  int // in scope, each counted once
	Books  int
	Sees   []reachItem // pages
	Does   []reachItem // forms
	Steps  []reachStep
	Duties []reachDuty
}

// reachGrant is one role with its scope.
type reachGrant struct {
	Role, Unit string
	From, To   calendar.Date
	Units      int
	Books      int
	State      string // 生效中, 将生效; 拟授
	Class      string
}

// reachItem is a page or a form; New where only the role that is to be granted opens it.
type reachItem struct {
	Title string
	New   bool
}

// reachStep is what the person may do with one kind of document.
type reachStep struct {
	Kind  string
	Steps []reachItem
}

// reachDuty is a pair of duties that the person could come to hold on one document, and may not.
type reachDuty struct {
	Done   string
	Barred string
	Source string
	Law    bool
}

// rightsPage shows what a person can see and do, and what a role that is to be granted would add.
type rightsPage struct {
	Base
	Person  identity.Person
	Reach   reach
	Granter bool
	Logins  []choice
	Choices []choice
	Units   []dataList
	Login   int64
	Role    string
	Unit    string
	From    string
	To      string
	Preview bool // a role to be granted is looked at
	Wanted  string
	Barred  []string // roles that the person cannot be given in the same unit, with the reason
	Always  []string // what everybody who is signed in may open
}

func showRights(c *call, tx *store.Tx) (answer, error) {
	person, err := c.person(tx)
	if err != nil {
		return answer{}, err
	}
	base, err := c.personPage(tx, person)
	if err != nil {
		return answer{}, err
	}
	p := &rightsPage{
		Person: person, Granter: base.Granter, Choices: base.Choices, Units: base.Units, Role: c.query("role"), Unit: c.query("unit"),
		From: c.query("from"), To: c.query("to"), Always: c.server.everybodys(),
	}
	p.Title = person.Name + ":能看什么、能办什么"
	p.Styles = []string{"admin.css"}
	for i := range p.Choices {
		p.Choices[i].On = p.Choices[i].Value == p.Role
	}
	for _, l := range base.Logins {
		on := fmt.Sprint(l.ID) == c.query("login")
		if on {
			p.Login = l.ID
		}
		p.Logins = append(p.Logins, choice{Value: fmt.Sprint(l.ID), Title: l.Name, On: on})
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	acting, err := identity.DelegatedTo(tx, c.actor.County, person.ID)
	if err != nil {
		return answer{}, err
	}
	var held []identity.Held
	for _, h := range append(base.Held, acting...) {
		if h.To == "" || h.To >= today {
			held = append(held, h)
		}
	}
	var wanted *identity.Held
	var refusal error
	if p.Granter && p.Login != 0 && p.Role != "" && p.Unit != "" {
		w, err := c.previewGrant(tx, p)
		if err != nil {
			refusal = err
		} else {
			wanted, p.Preview = &w, true
			p.Wanted = w.Role.Title() + "(" + w.UnitName + ")"
		}
	}
	if p.Reach, err = c.server.reachOf(tx, c.actor.County, held, wanted, today); err != nil {
		return answer{}, err
	}
	if p.Barred, err = barredRoles(tx, c.actor.County, person, held); err != nil {
		return answer{}, err
	}
	if refusal != nil {
		return redraw("person/rights", p, refusal)
	}
	return show("person/rights", p)
}

func (c *call) previewGrant(tx *store.Tx, p *rightsPage) (identity.Held, error) {
	u, err := c.unitNamed(tx, p.Unit)
	if err != nil {
		return identity.Held{}, fieldFault(err, "unit")
	}
	n := identity.NewGrant{Login: p.Login, Role: identity.Role(p.Role), Unit: u.ID}
	for _, d := range []struct {
		name, text string
		to         *calendar.Date
	}{{"from", p.From, &n.From}, {"to", p.To, &n.To}} {
		if d.text != "" {
			if *d.to, err = calendar.ParseDate(d.text); err != nil {
				return identity.Held{}, fieldFault(err, d.name)
			}
		}
	}
	return identity.PreviewGrant(tx, c.actor, n)
}

// reachOf computes what roles open. wanted, where not nil, is a role that is looked at before it is granted.
func (s *server) reachOf(tx *store.Tx, county int64, held []identity.Held, wanted *identity.Held, today calendar.Date) (reach, error) {
	var r reach
	var now identity.Actor
	all := held
	if wanted != nil {
		all = append(slices.Clip(held), *wanted)
	}
	units, books := map[int64]bool{}, map[int64]bool{}
	for i, h := range all {
		g := reachGrant{Role: h.Role.Title(), Unit: h.UnitName, From: h.From, To: h.To, State: "生效中", Class: "ok"}
		if h.For != 0 {
			g.Role += "(代" + h.ForName + ")"
		}
		switch {
		case wanted != nil && i == len(held):
			g.State, g.Class = "拟授", "late"
		case h.From > today:
			g.State, g.Class = "将生效", "wait"
		}
		below, err := org.List(tx, county, h.Path, today)
		if err != nil {
			return r, err
		}
		g.Units = len(below)
		for _, u := range below {
			units[u.ID] = true
		}
		one := identity.Actor{Grants: []identity.Grant{h.Grant}}
		if one.Has(h.Path, ledger.Readers...) {
			kept, err := ledger.ListBooks(tx, county, h.Path)
			if err != nil {
				return r, err
			}
			g.Books = len(kept)
			for _, b := range kept {
				books[b.ID] = true
			}
		}
		r.Grants = append(r.Grants, g)
		if wanted == nil || i < len(held) {
			now.Grants = append(now.Grants, h.Grant)
		}
	}
	r.Units, r.Books = len(units), len(books)
	then := now
	if wanted != nil {
		then.Grants = append(slices.Clip(now.Grants), wanted.Grant)
	}
	r.Sees, r.Does = s.opened(now, then)
	r.Steps, r.Duties = stepsOf(now, then)
	return r, nil
}

// opened lists the routes that somebody's roles open beyond what is open to everybody, by title.
func (s *server) opened(now, then identity.Actor) (sees, does []reachItem) {
	for _, rt := range routes(s.Config) {
		if rt.right.public || rt.right.signedIn || !rt.right.allows(then) {
			continue
		}
		list := &does
		if rt.show != nil {
			list = &sees
		}
		i := slices.IndexFunc(*list, func(it reachItem) bool { return it.Title == rt.title })
		if i < 0 {
			*list = append(*list, reachItem{rt.title, true})
			i = len(*list) - 1
		}
		if rt.right.allows(now) {
			(*list)[i].New = false
		}
	}
	return sees, does
}

// everybodys lists the pages that every person who is signed in may open; what they show follows from his units.
func (s *server) everybodys() []string {
	var titles []string
	for _, rt := range routes(s.Config) {
		if rt.right.signedIn && rt.show != nil && !slices.Contains(titles, rt.title) {
			titles = append(titles, rt.title)
		}
	}
	return titles
}

// stepsOf lists the documents' steps that roles allow, and the duties that exclude each other among them.
func stepsOf(now, then identity.Actor) (steps []reachStep, duties []reachDuty) {
	holds := func(a identity.Actor, roles []identity.Role) bool {
		return slices.ContainsFunc(a.Grants, func(g identity.Grant) bool { return slices.Contains(roles, g.Role) })
	}
	var taken []document.Duty
	for _, k := range documentKinds {
		row := reachStep{Kind: k.Title}
		for _, s := range k.Steps {
			if !holds(then, s.Roles) {
				continue
			}
			row.Steps = append(row.Steps, reachItem{s.Title, !holds(now, s.Roles)})
			if s.Duty != "" && !slices.Contains(taken, s.Duty) {
				taken = append(taken, s.Duty)
			}
		}
		if len(row.Steps) > 0 {
			steps = append(steps, row)
		}
	}
	for _, pair := range document.Pairs() {
		if slices.Contains(taken, pair.A) || slices.Contains(taken, pair.B) {
			done, barred := pair.A, pair.B
			if !slices.Contains(taken, done) {
				done, barred = barred, done
			}
			duties = append(duties, reachDuty{done.Title(), barred.Title(), pair.Source, pair.Law})
		}
	}
	return steps, duties
}

// barredRoles lists the roles that the person's present ones exclude in the same units.
func barredRoles(tx *store.Tx, county int64, person identity.Person, held []identity.Held) ([]string, error) {
	var out []string
	for _, role := range identity.Roles() {
		for _, h := range held {
			wanted := h
			wanted.Role = role
			err := identity.Excluded(tx, county, person.ID, wanted)
			if f := fault.As(err); f != nil && f.Kind == fault.Refused {
				out = append(out, role.Title()+":"+f.Message)
				break
			} else if err != nil && f == nil {
				return nil, err
			}
		}
	}
	return out, nil
}
