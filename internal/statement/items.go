package statement

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

//go:embed items.csv
var itemTable string

// measure is what a form takes of an account.
type measure byte

const (
	byColumn measure = 0   // as the column says
	opening  measure = 'o' // the year's opening
	balance  measure = 'b' // the balance at the end, closing vouchers included
	movement measure = 'm' // what moved in the months, closing vouchers left out
)

// term is one account of a formula, with everything below it. It counts in the account's own normal direction.
type term struct {
	sign    money.Fen
	code    string
	measure measure
}

// item is one row of a form.
type item struct {
	id, label, side string
	level           int
	kind            RowKind
	terms           []term // references to other items resolved
	source          string
	confirmed       bool
}

type formKey struct{ statement, edition string }

var tokens = regexp.MustCompile(`([+-])(?:([obm]):)?([a-z][a-z0-9]*|[0-9]+)`)

// forms reads the embedded items. A formula names accounts by digits and items by their id.
var forms = sync.OnceValue(func() map[formKey][]item {
	records, err := csv.NewReader(strings.NewReader(itemTable)).ReadAll()
	if err != nil {
		panic(err) // embedded
	}
	formulas := map[formKey]map[string]string{}
	for _, r := range records[1:] {
		key := formKey{r[0], r[1]}
		if formulas[key] == nil {
			formulas[key] = map[string]string{}
		}
		formulas[key][r[2]] = r[7]
	}
	all := map[formKey][]item{}
	for _, r := range records[1:] {
		level, err := strconv.Atoi(r[5])
		if err != nil {
			panic(fmt.Sprintf("statement: level of %s: %v", r[2], err))
		}
		key := formKey{r[0], r[1]}
		all[key] = append(all[key], item{
			id: r[2], label: r[3], side: r[4], level: level, kind: RowKind(r[6]),
			terms: parseFormula(formulas[key], r[7]), source: r[8], confirmed: r[9] == "yes",
		})
	}
	return all
})

func parseFormula(formulas map[string]string, formula string) []term {
	var out []term
	rest := formula
	for _, t := range tokens.FindAllStringSubmatch(formula, -1) {
		rest = strings.Replace(rest, t[0], "", 1)
		sign := money.Fen(1)
		if t[1] == "-" {
			sign = -1
		}
		if t[3][0] <= '9' {
			m := byColumn
			if t[2] != "" {
				m = measure(t[2][0])
			}
			out = append(out, term{sign, t[3], m})
			continue
		}
		inner, ok := formulas[t[3]]
		if !ok {
			panic(fmt.Sprintf("statement: formula %q names no item %q", formula, t[3]))
		}
		for _, n := range parseFormula(formulas, inner) {
			out = append(out, term{sign * n.sign, n.code, n.measure})
		}
	}
	if rest != "" {
		panic(fmt.Sprintf("statement: formula %q has %q left over", formula, rest))
	}
	return out
}

// formFor finds the form of an edition; an edition that the program does not know takes the newest form of its
// statement, and what that does not cover is shown as a difference. own tells whether the form is the edition's own.
func formFor(statement, edition string) (form []item, own bool) {
	all := forms()
	if form, ok := all[formKey{statement, edition}]; ok {
		return form, true
	}
	newest := ""
	for key := range all {
		if key.statement == statement && key.edition > newest && sameKind(key.edition, edition) {
			newest = key.edition
		}
	}
	if newest == "" {
		for key := range all {
			if key.statement == statement {
				newest = max(newest, key.edition)
			}
		}
	}
	return all[formKey{statement, newest}], false
}

func sameKind(a, b string) bool {
	kind := func(s string) string { return s[:max(0, strings.LastIndexByte(s, '-'))] }
	return kind(a) == kind(b)
}

// evaluator computes formulas over one set of figures.
type evaluator struct {
	figures *figures
	sums    map[accountKey]ledger.Move
	chart   ledger.ChartName
	memo    map[string]ledger.Move
}

func newEvaluator(f *figures, chart ledger.ChartName) *evaluator {
	return &evaluator{figures: f, sums: f.byAccount(nil), chart: chart, memo: map[string]ledger.Move{}}
}

func (e *evaluator) edition() string { return e.figures.charts[e.chart][0].Edition }

// under adds an account with everything below it.
func (e *evaluator) under(code string) ledger.Move {
	if m, ok := e.memo[code]; ok {
		return m
	}
	var sum ledger.Move
	for k, m := range e.sums {
		if strings.HasPrefix(k.code, code) {
			sum = Add(sum, m)
		}
	}
	e.memo[code] = sum
	return sum
}

func (m measure) of(v ledger.Move) money.Fen {
	switch m {
	case opening:
		return v.Opening
	case movement:
		return v.Debit - v.Credit
	default:
		return v.Balance()
	}
}

func (e *evaluator) value(terms []term, column measure) money.Fen {
	var sum money.Fen
	for _, t := range terms {
		m := t.measure
		if m == byColumn {
			m = column
		}
		direction := e.figures.account(e.chart, t.code).Direction
		sum += t.sign * money.Fen(direction) * m.of(e.under(t.code))
	}
	return sum
}

// weights gives how often each account counts in a formula, debit positive.
func weights(chart *ledger.Chart, terms []term, code string) int64 {
	var n int64
	for _, t := range terms {
		if strings.HasPrefix(code, t.code) {
			if a, ok := chart.Account(t.code); ok {
				n += int64(t.sign) * a.Direction
			}
		}
	}
	return n
}

// Form is one form of an edition as its list shows it.
type Form struct {
	Name    string // of the statement
	Title   string
	Edition string
	Source  string
	Items   []FormItem
	Open    int // rows that nobody compared with the official print
}

// FormItem is one row of a form with its formula over accounts and rows.
type FormItem struct {
	ID, Label, Formula string
	Confirmed          bool
}

// Forms lists every form with its rows.
func Forms() []Form {
	records, err := csv.NewReader(strings.NewReader(itemTable)).ReadAll()
	if err != nil {
		panic(err) // embedded
	}
	var all []Form
	last := formKey{}
	for _, r := range records[1:] {
		if key := (formKey{r[0], r[1]}); key != last {
			d, err := Find(r[0])
			if err != nil {
				panic(err) // a form is of a statement
			}
			all, last = append(all, Form{Name: r[0], Title: d.Title, Edition: r[1], Source: r[8]}), key
		}
		f := &all[len(all)-1]
		item := FormItem{ID: r[2], Label: r[3], Formula: r[7], Confirmed: r[9] == "yes"}
		if r[6] == string(Head) {
			item.Formula = ""
		}
		f.Items = append(f.Items, item)
		if !item.Confirmed {
			f.Open++
		}
	}
	return all
}
