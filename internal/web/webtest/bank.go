package webtest

import (
	"testing"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// bank puts the deposit of a township's book on the list of accounts, brings in a statement of October, and proposes a
// format that is still to be checked.
func (w *World) bank(t testing.TB, b ledger.Book, maker identity.Actor, checker, summary string) (account, format string) {
	t.Helper()
	reviewer := w.Actor(t, checker)
	f := bank.Common(bank.Statement)
	f.Document, f.Code, f.Title = document.NewID(), b.Code, summary
	layout := bank.Common(bank.Statement).Layout
	w.Write(t, func(tx *store.Tx) error {
		a := bank.Account{
			Document: document.NewID(), Book: b.ID, Account: "100202", Kind: bank.Basic, Bank: "信用社", Name: summary, Number: "6210000012340000" + itoa(b.ID),
			Opened: "2020-01-01", Basis: "青财账户〔2020〕3号", Since: "2026-10",
		}
		var err error
		if a.Opening, err = bank.BookBalance(tx, b, a.Account, a.Since, true); err != nil {
			return err
		}
		if a, err = bank.Register(tx, w.Keys, maker, a); err != nil {
			return err
		}
		if err := bank.Check(tx, reviewer, a.Document, 1); err != nil {
			return err
		}
		account = itoa(a.ID)
		balance := (a.Opening + 700000).Plain()
		data := "日期,流水号,摘要,对方户名,收入金额,支出金额,余额\n2026-10-20,B1," + summary + ",财政局,7000.00,," + balance + "\n"
		parsed, err := agreement.Parse(layout, agreement.Bank, summary+".csv", []byte(data), "2026-10-23")
		if err != nil {
			return err
		}
		if _, err := agreement.Take(tx, maker, agreement.Arrival{Document: document.NewID(), Account: a.ID, Parsed: parsed, To: "2026-10-22"}); err != nil {
			return err
		}
		return bank.Propose(tx, maker, f)
	})
	return account, f.Document
}
