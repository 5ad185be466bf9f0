package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

const (
	matchingSize = 107_600 // entries, of which some 100,000 lines come to the bank
	perVoucher   = 400     // entries of the bank's account
	matchedDay   = 23      // of the business month, up to which the statement goes
)

// Matching measures how long it takes to propose what of a statement of 100,000 lines belongs to which of as many entries,
// and to confirm all of it: most by number, some by amount within three days, some by batch, some not at all.
func Matching(ctx context.Context, o Options) error {
	n := o.Size
	if n == 0 || n > matchingSize {
		n = matchingSize
	}
	db, _, err := o.open(ctx, "matching", 64)
	if err != nil {
		return err
	}
	defer db.Close()
	c, err := newCounty(ctx, db)
	if err != nil {
		return err
	}
	m := &matching{county: c}
	if err := m.list(ctx); err != nil {
		return err
	}
	lines, err := m.book(ctx, n)
	if err != nil {
		return err
	}
	if err := m.take(ctx, lines); err != nil {
		return err
	}
	began := time.Now()
	var p agreement.Proposal
	err = db.Read(ctx, func(tx *store.Tx) (err error) { p, err = agreement.Propose(tx, m.account, m.today); return err })
	if err != nil {
		return err
	}
	proposed := time.Since(began)
	groups := 0
	err = db.Write(ctx, func(tx *store.Tx) (err error) {
		groups, err = agreement.ConfirmPass(tx, m.maker, document.NewID(), m.account.ID, "", p.Digest(""))
		return err
	})
	if err != nil {
		return err
	}
	took := time.Since(began)
	o.Print(Result{Bench: "treasury", Case: "matching", N: len(lines), Rate: float64(len(lines)) / took.Seconds(), P50: milliseconds(proposed), P99: milliseconds(took), PeakRSS: peakRSS(), Engine: string(db.Engine()),
		Config: map[string]any{"groups": groups, "open_book": len(p.Book), "proposed_ms": milliseconds(proposed), "confirmed_ms": milliseconds(took)}})
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// matching is an account whose book and statement are to be brought together.
type matching struct {
	*county
	account bank.Account
	today   calendar.Date
}

func (m *matching) list(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "xiangzhang-bench-keys")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	keys, err := identity.LoadKeys(dir)
	if err == nil {
		err = keys.Create(m.id)
	}
	if err != nil {
		return err
	}
	b := m.books[0]
	m.today = min(b.Today, calendar.PeriodOf(2026, 12).First().AddDays(matchedDay))
	a := bank.Account{Document: document.NewID(), Book: b.ID, Account: "100202", Kind: bank.Basic, Bank: "测试银行", Name: "测试户", Number: "6210000012345678", Opened: "2020-01-01", Basis: "测财〔2020〕1号", Since: m.today.Period().Prev()}
	return m.db.Write(ctx, func(tx *store.Tx) error {
		if err := rule.Bootstrap(tx, m.id, "2020-01-01", agreement.Rules()...); err != nil {
			return err
		}
		if _, err := bank.Register(tx, keys, m.maker, a); err != nil {
			return err
		}
		if err := bank.Check(tx, m.checker, a.Document, 1); err != nil {
			return err
		}
		var err error
		m.account, err = bank.SeeDocument(tx, m.maker, a.Document)
		return err
	})
}

// book posts n receipts and gives what the bank says of them: 70 in a hundred with their number, 20 a day or two later
// without one, 8 in batches of four, 2 never.
func (m *matching) book(ctx context.Context, n int) ([]agreement.Line, error) {
	r := rand.New(rand.NewPCG(5, 5))
	var lines []agreement.Line
	first := m.account.Since.First()
	for done := 0; done < n; {
		date := first.AddDays(done * 25 / n)
		v := ledger.Voucher{Book: m.books[0].ID, Date: date, Word: "记"}
		var sum, batch money.Fen
		for i := 0; i < perVoucher && done < n; i++ {
			fen := money.Fen(100 + r.IntN(10_000_000))
			ref, kind := fmt.Sprintf("NO%08d", done), done%100
			line := agreement.Line{Date: date, Ref: ref, Amount: fen}
			switch {
			case kind >= 98:
			case kind >= 90:
				ref = fmt.Sprintf("PL%08d", done/4)
				if batch += fen; done%4 == 3 || kind == 97 {
					line.Ref, line.Amount, batch = ref, batch, 0
					lines = append(lines, line)
				}
			case kind >= 70:
				line.Ref, line.Date = "", date.AddDays(r.IntN(3))
				lines = append(lines, line)
				ref = ""
			default:
				lines = append(lines, line)
			}
			v.Lines = append(v.Lines, ledger.Line{Account: "100202", Summary: "收 " + ref, Debit: fen})
			sum += fen
			done++
		}
		v.Lines = append(v.Lines, ledger.Line{Account: "100201", Summary: "转入", Credit: sum})
		err := m.db.Write(ctx, func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, m.maker, m.checker, document.NewID(), v)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// take brings the statement in, in the order of its days.
func (m *matching) take(ctx context.Context, lines []agreement.Line) error {
	balance := money.Fen(0)
	byDay := map[calendar.Date][]int{}
	for i, l := range lines {
		byDay[l.Date] = append(byDay[l.Date], i)
	}
	p := agreement.Parsed{Name: "测试", Source: agreement.Bank}
	for day := m.account.Since.First(); len(p.Lines) < len(lines); day = day.AddDays(1) {
		for _, i := range byDay[day] {
			l := lines[i]
			balance += l.Amount
			l.Balance = balance
			p.Lines = append(p.Lines, l)
		}
	}
	return m.db.Write(ctx, func(tx *store.Tx) error {
		_, err := agreement.Take(tx, m.maker, agreement.Arrival{Document: document.NewID(), Account: m.account.ID, Parsed: p})
		return err
	})
}
