package webtest

import (
	"strconv"
	"strings"
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/batch"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/figure"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/notice"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
	"xiangzhang/internal/unitchange"
	"xiangzhang/internal/usual"
)

// Township is the identifiers of what one township has on its pages, as addresses carry them.
type Township struct {
	Line, Order, Issued string // an appropriation, an order that is to move it, and the one that gave it

	Budget, Standard                 string // a budget that is drafted, and a standard
	Payee, Plan, Payment, Remittance string // whom it pays, a plan and a payment on their way, an order that has left

	Account, Format string // a bank account with a statement, and how the files of a bank look

	Waiver string

	Book, Unit, Person, Login, Posted, Draft, Closing, Batch, Template, Notice, Change, Delegation, Handover, Obligation, Roster, Record string
}

// Path fills the pattern of a route with the township's identifiers.
func (at Township) Path(pattern string) string {
	_, path, _ := strings.Cut(pattern, " ")
	path = strings.NewReplacer("{line}", at.Line, "{order}", at.Order, "{draft}", at.Budget, "{standard}", at.Standard, "{account}", at.Account, "{format}", at.Format, "{step}", "return", "{payee}", at.Payee, "{plan}", at.Plan, "{payment}", at.Payment, "{remittance}", at.Remittance).Replace(path)
	doc := at.Posted
	if strings.HasSuffix(path, "/edit") || strings.HasSuffix(path, "/submit") || strings.HasSuffix(path, "/void") {
		doc = at.Draft
	}
	if strings.HasPrefix(path, "/closings/") {
		doc = at.Closing
	}
	return strings.NewReplacer("{$}", "", "{waiver}", at.Waiver, "{book}", at.Book, "{unit}", at.Unit, "{person}", at.Person, "{notice}", at.Notice, "{login}", at.Login, "{batch}", at.Batch, "{change}", at.Change, "{delegation}", at.Delegation, "{handover}", at.Handover, "{obligation}", at.Obligation, "{roster}", at.Roster, "{record}", at.Record, "{figure}", "books-closed-on-time",
		"{document}", doc, "{template}", at.Template, "{period}", "2026-10", "{word}", "记", "{number}", "1", "{name}", "trial-balance",
		"{edition}", "government-2019", "{rule}", "session-idle-minutes", "{kind}", "units", "{workday}", strings.Repeat("0", 8)+"-0000-7000-8000-000000000000", "{sha}", strings.Repeat("0", 64)).Replace(path)
}

// Townships makes a posted voucher, a draft, a closed month and one of everything else that a page is about in both
// townships; what stands in the second one's says 云溪摘要.
func (w *World) Townships(t testing.TB) (own, foreign Township) {
	t.Helper()
	own = w.township(t, "LX01", "柳溪镇", "石桥村", "kuaiji", "shenhe", "柳溪摘要")
	foreign = w.township(t, "YX01", "云溪乡", "东坪村", "yunxi", "yunshen", "云溪摘要")
	return own, foreign
}

func (w *World) township(t testing.TB, code, unit, village, maker, checker, summary string) Township {
	t.Helper()
	b, over := w.Books[code], w.Units[unit]
	actor := w.Actor(t, maker)
	head := actor
	head.Grants = []identity.Grant{{Role: identity.OfficeHead, Unit: over.ID, Path: over.Path}}
	at := Township{
		Book: itoa(b.ID), Unit: itoa(over.ID), Posted: document.NewID(), Draft: document.NewID(), Closing: document.NewID(), Batch: document.NewID(),
		Template: document.NewID(), Notice: document.NewID(), Change: document.NewID(), Delegation: document.NewID(), Handover: document.NewID(), Waiver: document.NewID(), Roster: document.NewID(), Record: document.NewID(),
	}
	w.Write(t, func(tx *store.Tx) error {
		login, err := identity.FindLogin(tx, County, maker)
		if err != nil {
			return err
		}
		at.Person, at.Login = itoa(login.Person), itoa(login.ID)
		if _, err := ledger.CloseMonth(tx, actor, at.Closing, b.ID, "2026-01"); err != nil {
			return err
		}
		return batch.Begin(tx, actor, batch.Batch{ID: at.Batch, Kind: batch.CloseMonth, Items: []batch.Item{{Book: b.ID, Period: "2026-02"}}})
	})
	w.Post(t, maker, checker, at.Posted, code, "2026-10-20",
		ledger.Line{Account: "100202", Summary: summary, Debit: 700000}, ledger.Line{Account: "400101", Summary: summary, Credit: 700000})
	w.Write(t, func(tx *store.Tx) error {
		_, err := usual.Keep(tx, actor, b.ID, usual.Template{ID: at.Template, Name: summary, Lines: []usual.Line{{Summary: summary, Account: "500102", Debit: "12"}}})
		if err != nil {
			return err
		}
		_, err = ledger.SaveDraft(tx, actor, ledger.DraftVoucher{
			Document: at.Draft, Book: b.ID, Date: "2026-10-21", Word: "记", Lines: []ledger.DraftLine{{Summary: summary, Account: "500102", Debit: "12"}},
		}, 0)
		if err != nil {
			return err
		}
		made, err := obligation.Register(tx, head, obligation.Registration{Document: document.NewID(), Event: "budget-approved", Unit: over.ID, On: "2026-10-12", Basis: summary})
		if err != nil {
			return err
		}
		at.Obligation = made[0].Document
		kept := figure.Record{Document: at.Record, Unit: over.ID, On: "2026-10-23", Purpose: summary}
		if err := figure.NewRegistry(ledger.Figures()).Keep(tx, head, kept, []string{"books-closed-on-time"}); err != nil {
			return err
		}
		err = roster.Report(tx, actor, roster.Change{
			Document: at.Roster, Act: roster.Enter, Unit: over.ID, Kind: "institution", Person: actor.Person, Grade: summary, On: "2026-09-01", Basis: summary,
		})
		if err != nil {
			return err
		}
		_, err = notice.Issue(tx, head, notice.New{Document: at.Notice, Unit: over.ID, Title: summary, Body: summary, From: "2026-10-01", To: "2026-12-31"})
		return err
	})
	at.Line, at.Order, at.Issued = w.appropriation(t, over, summary)
	at.Budget, at.Standard = w.drafting(t, over, summary)
	at.Account, at.Format = w.bank(t, b, actor, checker, summary)
	w.payments(t, &at, over, maker, checker, summary)
	w.passOn(t, at, over.ID, village, actor, head, checker, summary)
	w.waive(t, at.Waiver, over.ID, summary)
	keeper := w.Actor(t, "sys")
	w.Write(t, func(tx *store.Tx) error {
		order := unitchange.Order{ID: at.Change, On: "2026-10-01", DocumentNo: "青政〔2026〕1号", Reason: "撤乡设镇"}
		return unitchange.Rename(tx, keeper, order, over.ID, unit+"(新)", nil)
	})
	return at
}

// appropriation gives the township a line with money on it, and an order that is still to be checked.
func (w *World) appropriation(t testing.TB, over org.Unit, project string) (line, order, issued string) {
	t.Helper()
	by := func(person int64) identity.Actor {
		return identity.Actor{County: County, Login: person, Person: person, Grants: []identity.Grant{{Role: identity.CountyBudget, Unit: over.ID, Path: over.Path}}}
	}
	maker, checker := by(w.Actor(t, "yusuan").Person), by(w.Actor(t, "guoku").Person)
	order, issued = document.NewID(), document.NewID()
	w.Write(t, func(tx *store.Tx) error {
		l, err := appropriation.Intern(tx, maker, appropriation.NewLine{
			Key:    appropriation.Key{Year: 2026, Unit: over.ID, Fund: "1", Function: "2130701", Economic: "31005", Project: project},
			Source: "青财预〔2026〕1号",
		})
		if err != nil {
			return err
		}
		line = itoa(l.ID)
		given := appropriation.Order{
			ID: issued, Kind: appropriation.OrderInitial, Year: 2026, Date: "2026-02-10", Source: "青财预〔2026〕1号", Session: "青人〔2026〕3号",
			Items: []appropriation.Item{{Move: appropriation.Initial, Line: l.ID, Amount: 50000000, From: appropriation.SourceOwn}},
		}
		if _, err := appropriation.Draft(tx, maker, given, 0); err != nil {
			return err
		}
		if _, err := appropriation.Check(tx, checker, given.ID, 1); err != nil {
			return err
		}
		if _, err := appropriation.Issue(tx, maker, given.ID, 2); err != nil {
			return err
		}
		recall := appropriation.Order{
			ID: order, Kind: appropriation.OrderRecall, Year: 2026, Date: "2026-10-20", Source: "青财预〔2026〕8号",
			Items: []appropriation.Item{{Move: appropriation.Recall, Line: l.ID, Amount: 1000000}},
		}
		_, err = appropriation.Draft(tx, maker, recall, 0)
		return err
	})
	return line, order, issued
}

// drafting gives the township a budget that is being drafted, with a project in it, and the county a standard that waits.
func (w *World) drafting(t testing.TB, over org.Unit, project string) (draft, standard string) {
	t.Helper()
	head := identity.Actor{County: County, Person: w.Actor(t, "yusuan").Person, Grants: []identity.Grant{{Role: identity.OfficeHead, Unit: over.ID, Path: over.Path}}}
	draft, standard = document.NewID(), document.NewID()
	setter := identity.Actor{County: County, Person: w.Actor(t, "guoku").Person}
	w.Write(t, func(tx *store.Tx) error {
		_, err := drafting.Begin(tx, head, drafting.New{Document: draft, Unit: over.ID, Year: 2027, BaseDay: "2026-10-01", Notice: "青财预〔2026〕31号"})
		if err != nil {
			return err
		}
		lines := []drafting.Line{{Fund: "1", Function: "2130701", Economic: "31005", Project: project, Amount: 30000000, Note: project}}
		if err := drafting.SaveLines(tx, head, draft, over.ID, 0, lines); err != nil {
			return err
		}
		items := []drafting.Item{{Side: drafting.Income, Fund: "1", Class: "10101", Amount: 30000000, Note: project}}
		if err := drafting.SaveItems(tx, head, draft, 0, items); err != nil {
			return err
		}
		if _, err := drafting.Propose(tx, head, draft, 3); err != nil {
			return err
		}
		root, err := org.Root(tx, County)
		if err != nil {
			return err
		}
		setter.Grants = []identity.Grant{{Role: identity.CountyBudget, Unit: root.ID, Path: root.Path}}
		return drafting.SetStandard(tx, setter, drafting.Standard{
			Document: standard, Title: "公用定额" + over.Code, PostKind: "administrative", Economic: "30201", Amount: 600000, On: "2026-01-01", Basis: "青财预〔2025〕60号",
		})
	})
	return draft, standard
}

// passOn lends the maker's role to the checker for a time, and starts the handover of somebody's post in the village.
func (w *World) passOn(t testing.TB, at Township, unit int64, village string, actor, head identity.Actor, checker, why string) {
	t.Helper()
	leaver := w.Actor(t, w.Grant(t, identity.Assets, village))
	w.Write(t, func(tx *store.Tx) error {
		to, err := identity.FindLogin(tx, County, checker)
		if err != nil {
			return err
		}
		d := identity.Delegation{Document: at.Delegation, ToLogin: to.ID, Role: identity.Accountant, Unit: unit, First: "2026-11-01", Last: "2026-11-05", Reason: why}
		if err := handover.Delegate(tx, actor, d); err != nil {
			return err
		}
		by := actor // somebody who heads both people's office
		by.Person, by.Grants = 0, head.Grants
		witness, err := identity.FindLogin(tx, County, "yusuan")
		if err != nil {
			return err
		}
		return handover.Start(tx, by, handover.New{Document: at.Handover, Leaver: leaver.Person, Successor: actor.Person, Witness: witness.Person, Cause: why})
	})
}

// waive lets one person initiate and review in the township until the end of the year.
func (w *World) waive(t testing.TB, id string, unit int64, why string) {
	t.Helper()
	proposer, granter := w.Actor(t, "yusuan"), w.Actor(t, "guoku")
	w.Write(t, func(tx *store.Tx) error {
		_, err := document.ProposeWaiver(tx, proposer, id, document.Waiver{
			A: document.DutyInitiate, B: document.DutyReview, Unit: unit, From: "2026-10-23", To: "2026-12-31", Reason: why, DocumentNo: "青财〔2026〕15号",
		})
		if err != nil {
			return err
		}
		return document.WaiverStep(tx, granter, id, 1, "grant", "")
	})
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
