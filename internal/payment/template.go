package payment

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/standard"
)

//go:embed data/*.csv
var dataFS embed.FS

// pattern is one line of a template: an account of the first level, made out by accountRow.
type pattern struct {
	title   string
	debit   bool
	account string
}

// accountRow says which account takes a template's account for an economic class, a fund and a basis: the first of take
// that the book has and that takes entries.
type accountRow struct {
	chart, regime, account, economic, fund, basis string
	take                                          []string
}

type templateData struct {
	patterns map[string][]pattern
	accounts []accountRow
}

var templates = sync.OnceValue(func() templateData {
	d := templateData{patterns: map[string][]pattern{}}
	for _, r := range table("templates.csv") {
		d.patterns[r[0]] = append(d.patterns[r[0]], pattern{r[1], r[4] == "debit", r[5]})
	}
	for _, r := range table("accounts.csv") {
		d.accounts = append(d.accounts, accountRow{r[0], r[1], r[2], r[3], r[4], r[5], strings.Split(r[6], "|")})
	}
	return d
})

func table(name string) [][]string {
	text, err := dataFS.ReadFile("data/" + name)
	if err != nil {
		panic(err) // a defect of the build
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("payment: %s: %v", name, err))
	}
	return rows[1:]
}

// unitTemplate is the template of a payment in the unit's book.
func unitTemplate(m appropriation.Mode) string {
	return map[appropriation.Mode]string{appropriation.Authorised: "T02", appropriation.Direct: "T06", appropriation.Merged: "T07", appropriation.Real: "T08"}[m]
}

const generalTemplate = "G01"

// lines makes the voucher's lines of a payment by a template. What cannot be made out is refused, never guessed.
func lines(template string, chart *ledger.Chart, b ledger.Book, l appropriation.Line, r Request) ([]ledger.Line, error) {
	var out []ledger.Line
	for _, p := range templates().patterns[template] {
		account, err := accountFor(chart, b, l, p.account)
		if err != nil {
			return nil, err
		}
		line := ledger.Line{Account: account.Code, Dims: dimsOf(account, b, l), Summary: "支付" + r.PayeeName + ":" + r.Purpose}
		if p.debit {
			line.Debit = r.Amount
		} else {
			line.Credit = r.Amount
		}
		out = append(out, line)
	}
	return out, nil
}

func accountFor(chart *ledger.Chart, b ledger.Book, l appropriation.Line, code string) (*ledger.Account, error) {
	best := -1
	var found accountRow
	for _, row := range templates().accounts {
		if row.chart == string(b.Chart) && (row.regime == "" || row.regime == string(b.Regime)) && row.account == code &&
			strings.HasPrefix(l.Economic, row.economic) && (row.fund == "" || row.fund == l.Fund) && (row.basis == "" || row.basis == string(l.Basis())) && len(row.economic) > best {
			best, found = len(row.economic), row
		}
	}
	for _, take := range found.take {
		if a, err := chart.Postable(b, take); err == nil {
			return a, nil
		}
	}
	return nil, fault.Newf(fault.Refused, "booking-account", "请会计增设明细科目后补记,或另录凭证", "账套%s没有能记 %s(经济分类 %s、资金性质 %s)的科目", b.Name, code, l.Economic, l.Fund)
}

// dimsOf gives the dimensions of a line that an account takes.
func dimsOf(a *ledger.Account, b ledger.Book, l appropriation.Line) ledger.Dims {
	var d ledger.Dims
	for _, need := range a.Requires {
		switch {
		case need.Dimension == ledger.Function:
			d.Function = l.Function
		case need.Dimension == ledger.Economic && need.Values == standard.EconomicGovernment:
			d.Economic = l.GovEconomic
		case need.Dimension == ledger.Economic:
			d.Economic = l.Economic
		case need.Dimension == ledger.Project:
			d.Project = l.Project
		case need.Dimension == ledger.Fund:
			d.Fund = l.Fund
		}
	}
	return d
}
