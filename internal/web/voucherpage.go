package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// voucherPage shows a voucher as it looks on paper, with the steps that may be taken.
type voucherPage struct {
	Base
	Book        ledger.Book
	Document    string
	Version     int64
	State       string
	Class       string
	Word        string
	Number      string
	Date        string
	Attachments int64
	Note        string
	Halves      []paperHalf
	Maker       string
	Checker     string
	Poster      string
	Steps       []stepForm
	Blocked     []string // why a step is not offered to this person
	Trail       []trailRow
	Source      *voucherLink // what it was made by
	Reverses    *voucherLink
	ReversedBy  *voucherLink
	Edit        string
	Sent        string // why it was sent back, to who may mend it
	Copy        string
	Spread      string // where it is entered into other books too
	From        string // the list that the person works through
	Before      string // the voucher of that list which he decided before; this one came up by itself
	Shown       int64  // when it came up, in milliseconds
	NewID       string // of the red twin
	Pane        filesPane
}

type voucherLink struct {
	Label string
	Path  string
}

// paperHalf is one half of the voucher on paper.
type paperHalf struct {
	Title    string
	Rows     []paperRow
	Debit    money.Fen
	Credit   money.Fen
	Capitals string
	Blank    bool // no line has an amount yet
	Balanced bool
	unread   bool // an amount of a draft is no number
}

type paperRow struct {
	Summary string
	Account string
	Path    string // of the account's detail ledger
	Dims    string
	Debit   string
	Credit  string
	Red     bool
}

// stepForm is one step with its button.
type stepForm struct {
	Name   string
	Title  string
	Reason bool
	Main   bool
	Path   string
	Key    string
	Given  string // the reason that the form begins with
}

func showVoucher(c *call, tx *store.Tx) (answer, error) {
	v, err := c.voucher(tx, c.r.PathValue("document"))
	if err != nil {
		return answer{}, err
	}
	p, err := c.voucherPage(tx, v)
	if err != nil {
		return answer{}, err
	}
	if _, inList := parseFrom(p.From); inList {
		if p.Done, err = c.decided(tx); err != nil {
			return answer{}, err
		}
		if p.Done != "" {
			p.Before, p.Shown = c.query("done"), time.Now().UnixMilli()
		}
	}
	return show("voucher/show", p)
}

// showByNumber opens a posted voucher by its place in the book, as ledgers link to it.
func showByNumber(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	n, err := ledger.ParseNumber(c.r.PathValue("period") + "|" + c.r.PathValue("word") + "|" + c.r.PathValue("number"))
	if err != nil {
		return answer{}, notThere()
	}
	p, err := ledger.GetVoucher(tx, b, n)
	if err != nil {
		return answer{}, err
	}
	to := voucherPath(p.Document)
	if back := c.query("back"); back != "" {
		to += "?back=" + url.QueryEscape(back)
	}
	return goTo(to)
}

func (c *call) voucherPage(tx *store.Tx, v voucher) (*voucherPage, error) {
	p := &voucherPage{
		Book: v.book, Document: v.id, Version: v.version, State: ledger.VoucherKind.States[v.state], Class: stateClass[v.state],
		Word: v.draft.Word, Date: calendar.Date(v.draft.Date).Chinese(), Attachments: v.draft.Attachments, Note: v.draft.Note,
		From: c.query("from"), NewID: document.NewID(),
	}
	c.opened(v.book)
	p.Title, p.Tabs = v.book.Name+" "+v.label(), c.tabs(v.book, "")
	var err error
	if p.Book, err = ledger.AsOf(tx, v.book, calendar.Date(v.draft.Date)); err != nil {
		return nil, err
	}
	p.Styles, p.Scripts = append(p.Styles, "files.css"), append(p.Scripts, "files.js")
	if v.draft.Number != 0 {
		p.Number = fmt.Sprintf("%04d", v.draft.Number)
	}
	chart, err := ledger.ChartOf(tx, v.book, v.draft.Period().Year())
	if err != nil {
		return nil, err
	}
	p.Halves = paperHalves(chart, v)
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	for _, part := range v.parts {
		switch part.Duty {
		case document.DutyMake:
			p.Maker = identity.ActingName(names, part.Person, part.For)
		case document.DutyCheck:
			if v.state == ledger.Checked || v.state == ledger.StatePost {
				p.Checker = identity.ActingName(names, part.Person, part.For)
			}
		case document.DutyPost:
			p.Poster = identity.ActingName(names, part.Person, part.For)
		}
	}
	if p.Source, err = c.source(tx, v); err != nil {
		return nil, err
	}
	if r := v.draft.Reverses; r != nil {
		p.Reverses = &voucherLink{r.Period.Chinese() + " " + r.Label(), numberPath(v.book, *r)}
	}
	if v.posted != nil && v.posted.ReversedBy != nil {
		r := *v.posted.ReversedBy
		p.ReversedBy = &voucherLink{r.Period.Chinese() + " " + r.Label(), numberPath(v.book, r)}
	}
	if c.actor.Has(v.book.Path, voucherMakers...) {
		p.Copy, p.Spread = bookPath(v.book)+"/vouchers/new?copy="+v.id, voucherPath(v.id)+"/spread"
		if (v.state == ledger.Draft || v.state == ledger.Returned) && v.draft.Reverses == nil {
			p.Edit = voucherPath(v.id) + "/edit"
			if v.state == ledger.Returned {
				if p.Sent, err = reasonOf(tx, c.actor.County, v.id, "return"); err != nil {
					return nil, err
				}
			}
		}
	}
	p.Steps, p.Blocked = c.voucherSteps(v)
	p.Scripts = append(p.Scripts, "checking.js")
	if p.Pane, err = c.filesPane(tx, v.book, v.id, true, v.draft.Attachments, names, ""); err != nil {
		return nil, err
	}
	p.Pane.Attach = p.Pane.Attach && v.draft.Period() > v.book.ClosedThrough
	if v.posted != nil {
		if err := p.Pane.afterPosting(tx, v.book, v.draft.Period()); err != nil {
			return nil, err
		}
	}
	if p.Trail, err = trailRows(tx, c.actor.County, v.id, ledger.VoucherKind, names); err != nil {
		return nil, err
	}
	p.Trail, err = withAttached(tx, c.actor.County, v.id, p.Trail, names)
	return p, err
}

// paperHalves draws the lines in their halves.
func paperHalves(chart *ledger.Chart, v voucher) []paperHalf {
	halves := []paperHalf{{Title: ledger.Financial.Title(), Blank: true}, {Title: ledger.Budgetary.Title(), Blank: true}}
	if !chart.TwoHalves() {
		halves = []paperHalf{{Title: "分录", Blank: true}}
	}
	period := v.draft.Period()
	_, kinds := chartColumns(chart)
	before := false
	for _, l := range v.typed() {
		i := 0
		if before = isBudgetary(chart, l, before); before {
			i = 1
		}
		h := &halves[i]
		debit, derr := money.Parse(l.Debit)
		credit, cerr := money.Parse(l.Credit)
		row := paperRow{Summary: l.Summary, Account: accountText(chart, l.Account), Dims: dimsText(chart, kinds, l), Debit: debit.Blank(), Credit: credit.Blank(), Red: debit < 0 || credit < 0}
		if derr != nil {
			row.Debit = l.Debit
		}
		if cerr != nil {
			row.Credit = l.Credit
		}
		if _, ok := chart.Account(l.Account); ok {
			row.Path = fmt.Sprintf("%s/statements/detail-ledger?account=%s&from=%s&to=%s", bookPath(v.book), l.Account, period, period)
		}
		h.Debit += debit
		h.Credit += credit
		unread := derr != nil || cerr != nil
		h.Blank, h.unread = h.Blank && debit == 0 && credit == 0 && !unread, h.unread || unread
		h.Rows = append(h.Rows, row)
	}
	for i := range halves {
		h := &halves[i]
		h.Balanced = h.Debit == h.Credit && !h.unread
		if h.Balanced && h.Debit != 0 {
			h.Capitals = h.Debit.Capital()
		}
	}
	return slices.DeleteFunc(halves, func(h paperHalf) bool { return len(h.Rows) == 0 })
}

// dimsText writes a line's dimensions as codes with the last one's name.
func dimsText(chart *ledger.Chart, kinds map[ledger.Dimension][]classList, l ledger.DraftLine) string {
	var parts []string
	for _, d := range allDimensions {
		if v := *dimensionOf(&l, d); v != "" {
			parts = append(parts, classText(chart, kinds[d], v))
		}
	}
	return strings.Join(parts, " · ")
}

// voucherSteps gives the steps that the state and the person's roles allow. A step that separation of duties will
// refuse in any case is a sentence instead of a button.
func (c *call) voucherSteps(v voucher) (steps []stepForm, blocked []string) {
	made := func(person int64) bool { // by him, or in his name
		return person != 0 && slices.ContainsFunc(v.parts, func(p document.Part) bool {
			return p.Duty == document.DutyMake && (p.Person == person || p.For == person)
		})
	}
	for _, s := range ledger.VoucherKind.Steps {
		if !slices.Contains(s.From, v.state) || s.Name == "edit" || !c.actor.Has(v.book.Path, s.Roles...) {
			continue
		}
		principal, name := c.actor.ActsFor(v.book.Path, s.Roles...)
		if own := made(c.actor.Person); s.Duty == document.DutyCheck && (own || made(principal)) {
			who := "您"
			if !own {
				who = "您所代理的" + name
			}
			if s.Name == "check" {
				blocked = append(blocked, "本凭证由"+who+"制单,按制单与审核相分离,请由另一人审核")
			}
			continue
		}
		step := stepForm{
			Name: s.Name, Title: s.Title, Reason: s.Reason, Path: voucherPath(v.id) + "/" + s.Name,
			Main: s.Name == "check" || s.Name == "post" || s.Name == "submit",
		}
		if s.Name == "void" && v.draft.Number == 0 {
			step.Given = "录入有误" // nobody else has seen it yet
		}
		steps = append(steps, step)
	}
	if v.state == ledger.StatePost && v.posted.ReversedBy == nil && c.actor.Has(v.book.Path, voucherMakers...) {
		s := ledger.VoucherKind.Step("reverse")
		steps = append(steps, stepForm{Name: s.Name, Title: s.Title, Reason: true, Path: voucherPath(v.id) + "/reverse"})
	}
	return steps, blocked
}
