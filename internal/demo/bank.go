package demo

import (
	"fmt"
	"strings"

	"xiangzhang/internal/agreement"
	list "xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// agreedMonth is the month of the township's own account that is agreed with the bank; the one after has open differences.
const agreedMonth calendar.Period = "2026-09"

// banks puts the account of the office's own book on the list, with a cheque of July that nobody has cashed, and gives it
// two months of statements: September is matched, prepared and signed, October waits.
func (d *desk) banks() error {
	var p *bookPlan
	for _, o := range d.books {
		if o.station != nil && o.station.code == office.code {
			p = o
		}
	}
	cheque := list.Item{Side: list.Book, Date: "2026-07-16", Ref: "30210716", Amount: -yuan(1_860), Summary: "转账支票 付印刷费"}
	a := list.Account{
		Document: d.ids.next(), Book: p.book.ID, Account: bank, Kind: list.Basic, Bank: "青岚县农村信用联社柳溪分社", Name: p.book.UnitName, Number: "6210 9900 0101 0000 2026",
		Opened: "2019-03-18", Basis: "青财国库〔2019〕6号", Since: agreedMonth, Items: []list.Item{cheque},
	}
	err := d.write(func(tx *store.Tx) error {
		at(tx, "2026-10-09", 9)
		stood, err := list.BookBalance(tx, p.book, bank, agreedMonth, true)
		if err != nil {
			return err
		}
		a.Opening = stood - cheque.Amount
		if a, err = list.Register(tx, d.keys, d.makers[0], a); err != nil {
			return err
		}
		return list.Check(tx, d.head, a.Document, 1)
	})
	if err != nil {
		return fmt.Errorf("bank account: %w", err)
	}
	s := &statement{desk: d, account: a, balance: a.Opening}
	if err := d.db.Read(d.ctx, func(tx *store.Tx) (err error) {
		s.entries, err = ledger.EntriesOf(tx, p.book, bank, agreedMonth, BusinessDate)
		return err
	}); err != nil {
		return err
	}
	if err := s.month(agreedMonth, agreedMonth.Last(), "2026-10-09"); err != nil {
		return err
	}
	if err := s.sign(); err != nil {
		return err
	}
	return s.month(agreedMonth.Next(), "2026-10-22", BusinessDate)
}

// statement is what the bank says of the account, from what is booked: later by a day or two, a few not at all.
type statement struct {
	*desk
	account list.Account
	entries []ledger.AccountEntry
	balance money.Fen
	late    []string // lines that come in the next month
	lateSum []money.Fen
	n       int
}

// month brings the statement of a month in, up to a day.
func (s *statement) month(p calendar.Period, to, done calendar.Date) error {
	var lines []string
	add := func(day calendar.Date, amount money.Fen, what string) {
		s.n++
		s.balance += amount
		in, out := amount.Plain(), ""
		if amount < 0 {
			in, out = "", (-amount).Plain()
		}
		lines = append(lines, fmt.Sprintf("%s,LX%06d,%s,,%s,%s,%s", day, s.n, strings.ReplaceAll(what, ",", ""), in, out, s.balance.Plain()))
	}
	for i, what := range s.late {
		add(p.First().AddDays(2), s.lateSum[i], what)
	}
	s.late, s.lateSum = nil, nil
	day := p.First()
	for _, e := range s.entries {
		if e.Number.Period != p {
			continue
		}
		amount := e.Debit - e.Credit
		day = max(day, min(e.Date.AddDays(int(e.Number.Number%2)), to))
		switch {
		case e.Date > to.AddDays(-2):
			s.late, s.lateSum = append(s.late, e.Summary), append(s.lateSum, amount)
		case p != agreedMonth && e.Number.Number%9 == 4: // not at the bank yet
		default:
			add(day, amount, e.Summary)
		}
	}
	add(to, -yuan(12), "账户管理费")
	if p != agreedMonth {
		add(to, 345_67, "存款利息")
	}
	format := list.Common(list.Statement).Layout
	var heads []string
	for _, c := range format.Columns {
		heads = append(heads, c.Head)
	}
	name := fmt.Sprintf("信用联社对账单%s.csv", p)
	parsed, err := agreement.Parse(format, agreement.Bank, name, []byte(strings.Join(heads, ",")+"\n"+strings.Join(lines, "\n")+"\n"), BusinessDate)
	if err != nil {
		return fmt.Errorf("statement %s: %w", p, err)
	}
	return s.write(func(tx *store.Tx) error {
		at(tx, done, 10)
		_, err := agreement.Take(tx, s.makers[0], agreement.Arrival{Document: s.ids.next(), Account: s.account.ID, Parsed: parsed, To: to})
		return err
	})
}

// sign matches what the passes find, prepares the sheet of the agreed month and has it reviewed.
func (s *statement) sign() error {
	return s.write(func(tx *store.Tx) error {
		at(tx, "2026-10-09", 15)
		if err := confirmAll(tx, s.desk, s.account, s.makers[0]); err != nil {
			return err
		}
		id := s.ids.next()
		if _, err := agreement.Prepare(tx, s.makers[0], id, s.account.ID, agreedMonth); err != nil {
			return err
		}
		at(tx, "2026-10-09", 17)
		return agreement.Sign(tx, s.checker, id, 1)
	})
}

func confirmAll(tx *store.Tx, d *desk, a list.Account, by identity.Actor) error {
	p, err := agreement.Propose(tx, a, BusinessDate)
	if err != nil {
		return err
	}
	_, err = agreement.ConfirmPass(tx, by, d.ids.next(), a.ID, "", p.Digest(""))
	return err
}
