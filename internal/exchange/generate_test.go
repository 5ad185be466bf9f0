package exchange_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// generator writes voucher files over every account that a book may post to.
type generator struct {
	rnd   *rand.Rand
	chart *ledger.Chart
	book  ledger.Book
	codes map[ledger.Half][]*ledger.Account
}

func (h *hall) generator(b ledger.Book, year int) *generator {
	h.t.Helper()
	g := &generator{rnd: rand.New(rand.NewPCG(uint64(b.ID), uint64(year))), book: b, codes: map[ledger.Half][]*ledger.Account{}}
	h.read(func(tx *store.Tx) (err error) {
		g.chart, err = ledger.ChartOf(tx, b, year)
		return err
	})
	for _, a := range g.chart.Accounts() {
		if a.Leaf && (a.AppliesTo != "administrative" || b.Regime == ledger.Administrative) && (a.AppliesTo != "institution" || b.Regime == ledger.Institution) {
			g.codes[a.Half] = append(g.codes[a.Half], a)
		}
	}
	return g
}

var (
	parties  = []string{"张三", "李四,王五", "清溪建材: 门市", "=供销社"}
	projects = []string{"道路硬化", "危房改造; 二期", "水渠|东段"}
)

// dims fills what an account demands, and now and then what it only takes.
func (g *generator) dims(a *ledger.Account) ledger.Dims {
	var d ledger.Dims
	for _, r := range a.Requires {
		if !r.Required && g.rnd.IntN(3) > 0 {
			continue
		}
		value := ""
		switch {
		case r.Values != "":
			var fit []string
			for _, c := range g.chart.Classes(r.Values) {
				if len(c.Code) >= r.MinLength {
					fit = append(fit, c.Code)
				}
			}
			value = fit[g.rnd.IntN(min(len(fit), 5))]
		case r.Dimension == ledger.Project:
			value = projects[g.rnd.IntN(len(projects))]
		default:
			value = parties[g.rnd.IntN(len(parties))]
		}
		switch r.Dimension {
		case ledger.Function:
			d.Function = value
		case ledger.Economic:
			d.Economic = value
		case ledger.Project:
			d.Project = value
		case ledger.Fund:
			d.Fund = value
		case ledger.Party:
			d.Party = value
		}
	}
	return d
}

// half gives lines of one half that balance.
func (g *generator) half(half ledger.Half, summary string) []ledger.Line {
	accounts := g.codes[half]
	var lines []ledger.Line
	var sum money.Fen
	for range 1 + g.rnd.IntN(3) {
		a := accounts[g.rnd.IntN(len(accounts))]
		fen := money.Fen(1 + g.rnd.IntN(9_999_999))
		if g.rnd.IntN(12) == 0 {
			fen = -fen
		}
		sum += fen
		lines = append(lines, ledger.Line{Account: a.Code, Dims: g.dims(a), Summary: summary, Debit: fen})
	}
	if sum == 0 {
		lines[0].Debit++
		sum = 1
	}
	a := accounts[g.rnd.IntN(len(accounts))]
	return append(lines, ledger.Line{Account: a.Code, Dims: g.dims(a), Summary: summary, Credit: sum})
}

// file writes n numbered vouchers over the months of a year.
func (g *generator) file(year, months, n int) string {
	var out strings.Builder
	out.WriteString(strings.TrimSuffix(voucherHead, "\n") + ",note\n")
	for m := 1; m <= months; m++ {
		for i := 1; i <= n/months; i++ {
			summary := fmt.Sprintf("业务%d;第 %d 笔|记", m, i)
			lines := g.half(ledger.Financial, summary)
			if len(g.codes[ledger.Budgetary]) > 0 && g.rnd.IntN(2) == 0 {
				lines = append(lines, g.half(ledger.Budgetary, summary)...)
			}
			date := calendar.PeriodOf(year, m).First().AddDays(i % 20)
			for _, l := range lines {
				debit, credit := "", ""
				if l.Debit != 0 {
					debit = l.Debit.Plain()
				} else {
					credit = l.Credit.Plain()
				}
				fmt.Fprintf(&out, "%s,%s,记,%d,1,%q,%s,%s,%s,%q,%s,%q,%s,%s,随机分录\n", g.book.Code, date, i, l.Summary, l.Account, l.Dims.Function,
					l.Dims.Economic, l.Dims.Project, l.Dims.Fund, l.Dims.Party, debit, credit)
			}
		}
	}
	return out.String()
}

// fill gives a book two years of vouchers with reversals, and then closes the first year.
func (h *hall) fill(b ledger.Book, vouchers int) {
	h.t.Helper()
	h.importAll(h.generator(b, 2025).file(2025, 12, vouchers))
	for m := 1; m <= 12; m++ {
		if m == 12 {
			h.carryOver(b, 2025)
		}
		h.write(func(tx *store.Tx) error {
			_, err := ledger.CloseMonth(tx, h.accountant, document.NewID(), b.ID, calendar.PeriodOf(2025, m))
			return err
		})
	}
	h.importAll(h.generator(b, 2026).file(2026, 10, vouchers))
	for n := int64(3); n < 9; n++ { // before the year is closed: afterwards its income and expense stay as they are
		h.reverse(b, ledger.Number{Period: calendar.PeriodOf(2025+int(n%2), int(n)), Word: "记", Number: n})
	}
	h.write(func(tx *store.Tx) error {
		_, err := ledger.CloseYear(tx, h.accountant, document.NewID(), b.ID, 2025)
		return err
	})
}

func (h *hall) importAll(file string) {
	h.t.Helper()
	if r := h.bring(h.accountant, exchange.Vouchers, file, h.posting()); len(r.Errors) > 0 || r.Accepted == 0 {
		h.t.Fatalf("generated file refused: %v", r.Errors)
	}
}

func (h *hall) carryOver(b ledger.Book, year int) {
	h.t.Helper()
	var made []document.Document
	h.write(func(tx *store.Tx) (err error) {
		made, err = ledger.CarryOver(tx, h.accountant, b.ID, year, document.NewID)
		return err
	})
	for _, d := range made {
		h.checkAndPost(d)
	}
}

func (h *hall) reverse(b ledger.Book, of ledger.Number) {
	h.t.Helper()
	var made document.Document
	h.write(func(tx *store.Tx) (err error) {
		made, err = ledger.Reverse(tx, h.accountant, document.NewID(), b.ID, of, "重复入账")
		return err
	})
	h.checkAndPost(made)
}

func (h *hall) checkAndPost(d document.Document) {
	h.t.Helper()
	for _, step := range []struct {
		take func(*store.Tx, identity.Actor, string, int64) (document.Document, error)
		by   identity.Actor
	}{{ledger.Check, h.reviewer}, {ledger.Post, h.accountant}} {
		h.write(func(tx *store.Tx) error {
			_, err := step.take(tx, step.by, d.ID, d.Version)
			return err
		})
		d.Version++
	}
}
