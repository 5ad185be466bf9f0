package web

import (
	"fmt"
	"slices"
	"strconv"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// How much of either side, of the proposals of a pass and of what was matched one page shows; the rest follows once those
// are done.
const (
	itemsMost    = 300
	proposedMost = 100
	matchedMost  = 50
)

// benchPage is the reconciliation bench of an account: what the passes propose, what is open on either side next to each
// other, what was matched, the statements, and the account itself.
type benchPage struct {
	Base
	Account  bank.Account
	State    string
	Covered  calendar.Date
	Book     benchSide
	Bank     benchSide
	Passes   []passRow
	All      int
	Digest   string // of all passes together
	Match    bool   // this person may confirm
	Document string // id of the match that a button makes
	Matched  []matchedRow
	Undo     string // id of the undoing
	Files    []fileRow
	Steps    []stepForm
	Ask      bool // he may ask to close the account
	Sheet    string
	Import   string
	Reason   string // typed
	Picked   map[string]bool
}

type benchSide struct {
	Items   []benchItem
	Count   int
	Sum     money.Fen
	Balance money.Fen
}

type benchItem struct {
	agreement.Item
	Path   string
	Age    int
	Class  string
	Ticked bool
}

type passRow struct {
	Pass     agreement.Pass
	Title    string
	Count    int
	Sum      money.Fen
	Digest   string
	Document string
	Groups   []agreement.Group
}

type matchedRow struct {
	ID     int64
	Title  string
	Amount money.Fen
	Bank   string
	Book   string
}

type fileRow struct {
	agreement.File
	Title    string
	By       string
	When     string
	Withdraw bool
	Version  int64
}

func showBench(c *call, tx *store.Tx) (answer, error) {
	p, err := c.benchPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("agreement/bench", p)
}

func (c *call) seenAccount(tx *store.Tx) (bank.Account, error) {
	id, err := c.id("account")
	if err != nil {
		return bank.Account{}, err
	}
	return bank.See(tx, c.actor, id)
}

// reconciles tells whether the person may match and prepare for a unit: a cashier never does.
func (c *call) reconciles(path string) bool {
	return c.actor.Has(path, agreement.Reconcilers...) && !c.actor.Has(path, identity.Cashier)
}

func (c *call) benchPage(tx *store.Tx) (*benchPage, error) {
	a, err := c.seenAccount(tx)
	if err != nil {
		return nil, err
	}
	today, err := org.Today(tx, a.County)
	if err != nil {
		return nil, err
	}
	p := &benchPage{
		Account: a, State: bank.AccountKind.States[a.State], Match: c.reconciles(a.Path) && a.State != bank.Submitted && a.State != bank.Refused,
		Document: document.NewID(), Undo: document.NewID(), Sheet: benchPath(a.ID) + "/sheet", Import: benchPath(a.ID) + "/import", Picked: map[string]bool{},
	}
	p.Title, p.Styles, p.Scripts = a.Title(), []string{"agreement.css"}, []string{"bench.js"}
	if p.Covered, err = agreement.Covered(tx, a.County, a.ID); err != nil {
		return nil, err
	}
	proposal, err := agreement.Propose(tx, a, today)
	if err != nil {
		return nil, err
	}
	if err := p.sides(c, tx, proposal, today); err != nil {
		return nil, err
	}
	for _, pass := range agreement.Passes() {
		groups := proposal.Of(pass)
		if len(groups) == 0 {
			continue
		}
		row := passRow{Pass: pass, Title: pass.Title(), Count: len(groups), Digest: proposal.Digest(pass), Document: document.NewID(), Groups: groups[:min(len(groups), proposedMost)]}
		for _, g := range groups {
			row.Sum += g.Amount()
		}
		p.Passes = append(p.Passes, row)
	}
	p.All, p.Digest = len(proposal.Groups), proposal.Digest("")
	return p, p.rest(c, tx)
}

func (p *benchPage) sides(c *call, tx *store.Tx, proposal agreement.Proposal, today calendar.Date) error {
	warn, escalate, err := agreement.Ages(tx, p.Account, today)
	if err != nil {
		return err
	}
	for _, side := range []struct {
		items []agreement.Item
		into  *benchSide
	}{{proposal.Book, &p.Book}, {proposal.Bank, &p.Bank}} {
		side.into.Count, side.into.Sum = len(side.items), agreement.Sum(side.items)
		for _, it := range side.items[:min(len(side.items), itemsMost)] {
			row := benchItem{Item: it, Age: it.Age(today), Ticked: slices.Contains(c.r.PostForm[string(it.Side)], it.Key)}
			if it.Document != "" {
				row.Path = voucherPath(it.Document) + "?back=" + benchPath(p.Account.ID)
			}
			row.Class = ageClass(row.Age, warn, escalate)
			side.into.Items = append(side.into.Items, row)
		}
	}
	now, err := agreement.Compute(tx, p.Account, today.Period())
	p.Book.Balance, p.Bank.Balance = now.BookBalance, now.BankBalance
	return err
}

// ageClass says how an age looks: beyond the first bound it is marked, beyond the second it is the head's.
func ageClass(age, warn, escalate int) string {
	switch {
	case age > escalate:
		return "late"
	case age > warn:
		return "wait"
	}
	return ""
}

// rest reads what was matched, the statements and the steps of the account.
func (p *benchPage) rest(c *call, tx *store.Tx) error {
	a := p.Account
	groups, err := agreement.Matched(tx, a, matchedMost)
	if err != nil {
		return err
	}
	described := func(items []agreement.Item) string {
		return listed(items, func(it agreement.Item) string { return fmt.Sprintf("%s %s", it.Date, it.Amount) })
	}
	for _, g := range groups {
		p.Matched = append(p.Matched, matchedRow{ID: g.ID, Title: g.Pass.Title(), Amount: g.Amount(), Bank: described(g.Bank), Book: described(g.Book)})
	}
	names, err := identity.Names(tx, a.County)
	if err != nil {
		return err
	}
	files, err := agreement.Files(tx, a.County, a.ID)
	if err != nil {
		return err
	}
	for i, f := range slices.Backward(files) {
		if len(p.Files) == 12 {
			break
		}
		last := i == len(files)-1
		p.Files = append(p.Files, fileRow{File: f, Title: f.Source.Title(), By: names[f.Maker], When: clock(f.MadeAt), Withdraw: last && f.Withdrawn == "" && p.Match, Version: 1})
	}
	d, err := document.Get(tx, a.County, a.Document)
	if err != nil {
		return err
	}
	p.Steps = c.stepForms(tx, bank.AccountKind, d, a.Path, benchPath(a.ID)+"/", "ask-close")
	p.Ask = a.State == bank.Effective && c.actor.Has(a.Path, bank.Makers...)
	return err
}

func confirmPass(c *call) (answer, error) {
	return c.match(func(tx *store.Tx, id string, account int64) error {
		_, err := agreement.ConfirmPass(tx, c.actor, id, account, agreement.Pass(c.form("pass")), c.form("seen"))
		return err
	})
}

func confirmMatch(c *call) (answer, error) {
	return c.match(func(tx *store.Tx, id string, account int64) error {
		return agreement.Confirm(tx, c.actor, id, account, c.r.PostForm["book"], c.r.PostForm["bank"])
	})
}

func undoMatch(c *call) (answer, error) {
	return c.match(func(tx *store.Tx, id string, account int64) error {
		var groups []int64
		for _, text := range c.r.PostForm["group"] {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				groups = append(groups, n)
			}
		}
		return agreement.Undo(tx, c.actor, id, account, groups, c.form("reason"))
	})
}

// match takes a step of the bench and comes back to it.
func (c *call) match(step func(tx *store.Tx, id string, account int64) error) (answer, error) {
	account, err := c.id("account")
	if err != nil {
		return answer{}, err
	}
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	err = c.write(func(tx *store.Tx) error { return step(tx, id, account) })
	if err == nil || document.IsTaken(err) {
		return goTo(benchPath(account))
	}
	return formAgain(c, "agreement/bench", err, c.benchPage, func(p *benchPage) { p.Reason = c.form("reason") })
}

// stepForms gives the steps of a document that the person may take now, but for some that have a form of their own.
func (c *call) stepForms(tx *store.Tx, kind *document.Kind, d document.Document, path, to string, but ...string) []stepForm {
	var out []stepForm
	for _, s := range kind.Steps {
		if !slices.Contains(s.From, d.State) || !c.actor.Has(path, s.Roles...) || slices.Contains(but, s.Name) {
			continue
		}
		act := document.Act{By: c.actor, Kind: kind, Step: s.Name, ID: d.ID, Path: path}
		if document.Apart(tx, act, d) != nil {
			continue
		}
		out = append(out, stepForm{Name: s.Name, Title: s.Title, Reason: s.Reason, Path: to + s.Name, Main: !s.Reason, Given: c.form("reason")})
	}
	return out
}
