package webtest

import (
	"strconv"
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/store"
)

// payments gives the township a payee, a plan, a payment that waits for its unit's head and another that has left for the
// bank.
func (w *World) payments(t testing.TB, at *Township, over org.Unit, maker, checker, name string) {
	t.Helper()
	as := func(login string, role identity.Role) identity.Actor {
		person := w.Actor(t, login).Person
		return identity.Actor{County: County, Login: person, Person: person, Grants: []identity.Grant{{Role: role, Unit: over.ID, Path: over.Path}}}
	}
	clerk, head, office := as(maker, identity.Clerk), as(checker, identity.UnitHead), as("yusuan", identity.OfficeHead)
	reviewer := as(checker, identity.Reviewer)
	section, orderer := as("guoku", identity.CountyTreasury), as("piaoju", identity.CountyTreasury)
	var line int64
	at.Payment, at.Plan, at.Remittance = document.NewID(), document.NewID(), document.NewID()
	change, away := document.NewID(), document.NewID()
	budget, budget2 := as("yusuan", identity.CountyBudget), as("guoku", identity.CountyBudget)
	steps := []func(tx *store.Tx) error{
		func(tx *store.Tx) error {
			l, err := appropriation.Intern(tx, budget, appropriation.NewLine{
				Key: appropriation.Key{Year: 2026, Unit: over.ID, Fund: "1", Function: "2130705", Economic: "30201"}, Source: name,
			})
			if err != nil {
				return err
			}
			line = l.ID
			o := appropriation.Order{ID: document.NewID(), Kind: appropriation.OrderInitial, Year: 2026, Date: "2026-02-10", Source: name, Session: name,
				Items: []appropriation.Item{{Move: appropriation.Initial, Line: line, Amount: 30_000_00, From: appropriation.SourceOwn}}}
			if _, err = appropriation.Draft(tx, budget, o, 0); err == nil {
				if _, err = appropriation.Check(tx, budget2, o.ID, 1); err == nil {
					_, err = appropriation.Issue(tx, budget, o.ID, 2)
				}
			}
			return err
		},
		func(tx *store.Tx) error {
			id, err := payee.Report(tx, w.Keys, clerk, payee.Change{
				Document: change, Act: payee.Register, Name: name, Kind: payee.Person, Unit: over.ID, Basis: name, Number: "62001234567" + at.Unit,
				Account: payee.Account{Kind: payee.Settlement, Bank: "农商行", BankNumber: "102100099996"},
			})
			at.Payee = itoa(id)
			return err
		},
		func(tx *store.Tx) error { return payee.Check(tx, reviewer, change, 1) },
		func(tx *store.Tx) error {
			_, err := payment.AddPayingAccount(tx, County, payment.PayingAccount{Unit: over.ID, Number: "6201" + at.Unit, Title: name, Bank: "农商行", From: "2026-01-01", DocumentNo: name})
			return err
		},
		func(tx *store.Tx) error {
			x, err := identity.FindLogin(tx, County, maker)
			if err != nil {
				return err
			}
			y, err := identity.FindLogin(tx, County, checker)
			if err != nil {
				return err
			}
			return payment.SetMandate(tx, County, payment.Mandate{Unit: over.ID, From: "2026-01-01", Maker: x.ID, Checker: y.ID, DocumentNo: name})
		},
	}
	planned := document.NewID()
	for _, id := range []string{planned, at.Plan} {
		steps = append(steps, func(tx *store.Tx) error {
			_, err := payment.DraftPlan(tx, clerk, payment.Plan{ID: id, Unit: over.ID, Year: 2026, Note: name, Items: []payment.PlanItem{{Line: line, Month: 10, Amount: 10_000_00}}}, 0)
			return err
		})
	}
	for i, s := range []struct {
		by   identity.Actor
		name string
	}{{head, "unit-ok"}, {office, "office-ok"}, {section, "county-ok"}, {section, "issue"}} {
		steps = append(steps, func(tx *store.Tx) error {
			_, err := payment.StepPlan(tx, s.by, s.name, planned, int64(i+1), "")
			return err
		})
	}
	for i, id := range []string{away, at.Payment} {
		steps = append(steps, func(tx *store.Tx) error {
			who, err := strconv.ParseInt(at.Payee, 10, 64)
			if err == nil {
				_, err = payment.Ask(tx, clerk, payment.Request{ID: id, Line: line, Payee: who, Amount: 1_000_00 + money.Fen(i), Purpose: name}, 0)
			}
			return err
		})
	}
	for i, by := range []identity.Actor{head, office, section} {
		steps = append(steps, func(tx *store.Tx) error {
			_, err := payment.Sign(tx, by, away, int64(i+1), 1_000_00)
			return err
		})
	}
	steps = append(steps, func(tx *store.Tx) error {
		r, err := payment.See(tx, section, away)
		if err == nil {
			_, err = payment.IssueOrder(tx, orderer, payment.Order{ID: at.Remittance, Paying: r.Paying}, []string{away})
		}
		return err
	}, func(tx *store.Tx) error { _, err := payment.Send(tx, w.Keys, orderer, at.Remittance, 1); return err })
	for _, s := range steps {
		w.Write(t, s)
	}
}
