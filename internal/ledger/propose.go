package ledger

import (
	_ "embed"
	"encoding/csv"
	"maps"
	"slices"
	"strings"
	"sync"

	"xiangzhang/internal/money"
)

//go:embed parallel.csv
var parallelTable string

// parallelRule says what a financial account is in the budgetary half (平行记账).
//
// resource: money, mirrored on the same side. revenue: its budget revenue. outside: money that is not of the unit's
// budget, and entries against it; what they move is taken off the money. deposit: outside where money moves in a bank
// account, an outlay where the treasury pays. borrow: a loan taken or repaid. gift: assets got for nothing, whose costs
// are other expenditure. other and outlay: the expenditure that a payment is for. adjust: a change of carried-over
// balances.
type parallelRule struct {
	role   string
	prefix string
	regime Regime
	target string
}

var parallelRules = sync.OnceValue(func() []parallelRule {
	records, err := csv.NewReader(strings.NewReader(parallelTable)).ReadAll()
	if err != nil {
		panic(err) // embedded
	}
	var rules []parallelRule
	for _, r := range records[1:] {
		rules = append(rules, parallelRule{r[0], r[1], Regime(r[2]), r[3]})
	}
	return rules
})

func parallelFor(b Book, account string) (parallelRule, bool) {
	var best parallelRule
	found := false
	for _, r := range parallelRules() {
		if (r.regime == "" || r.regime == b.Regime) && strings.HasPrefix(account, r.prefix) && (!found || len(r.prefix) > len(best.prefix)) {
			best, found = r, true
		}
	}
	return best, found
}

// Propose makes the budgetary lines that belong to the financial lines of a voucher, by the pattern of the posting
// templates: money inside the budget is mirrored, revenue becomes budget revenue, and what was paid for becomes
// expenditure, split as the financial lines are. It gives nil where no money of the budget moves. The proposal
// balances; a person may change it with a reason.
func Propose(c *Chart, b Book, lines []Line) []Line {
	if !c.TwoHalves() {
		return nil
	}
	p := proposal{chart: c, book: b, resources: make([]part, 0, 2), outlays: make([]part, 0, 4)}
	for i := range lines {
		if a, ok := c.Account(lines[i].Account); ok && a.Half == Financial {
			p.read(&lines[i])
		}
	}
	return p.lines()
}

// Altered reports whether the budgetary half says something else than the proposed one: other first-level accounts,
// other amounts, or other dimensions where the financial lines tell them all. Details and dimensions that they do not
// tell are for the person to fill in.
func Altered(c *Chart, b Book, lines []Line) bool {
	if !c.TwoHalves() {
		return false
	}
	proposedLines := Propose(c, b, lines)
	if c.follows(proposedLines, lines) {
		return false
	}
	proposed, written := c.budgetary(proposedLines), c.budgetary(lines)
	for code := range proposed {
		if _, ok := written[code]; !ok {
			return true
		}
	}
	for code, w := range written {
		p, ok := proposed[code]
		if !ok || p.total != w.total || p.told && !maps.Equal(p.parts, w.parts) {
			return true
		}
	}
	return false
}

// follows reports whether the budgetary lines are the proposed ones one by one, but for details below the first level, as
// most are: that is told at once.
func (c *Chart) follows(proposed, lines []Line) bool {
	at := 0
	for i := range lines {
		l := &lines[i]
		a, ok := c.Account(l.Account)
		if !ok || a.Half != Budgetary {
			continue
		}
		if at == len(proposed) {
			return false
		}
		p := &proposed[at]
		if p.Debit-p.Credit != l.Debit-l.Credit || p.Dims != l.Dims || p.Account != l.Account && c.top(c.accounts[p.Account]) != c.top(a) {
			return false
		}
		at++
	}
	return at == len(proposed)
}

// top gives the official account of the first level above an account.
func (c *Chart) top(a *Account) *Account {
	for a.Parent != "" {
		a = c.accounts[a.Parent]
	}
	return a
}

// budgetarySum is what the budgetary lines of one first-level account come to, debit positive.
type budgetarySum struct {
	total money.Fen
	parts map[Dims]money.Fen
	told  bool // every line has the dimensions that its account demands
}

func (c *Chart) budgetary(lines []Line) map[string]budgetarySum {
	sums := map[string]budgetarySum{}
	for _, l := range lines {
		a, ok := c.Account(l.Account)
		if !ok || a.Half != Budgetary {
			continue
		}
		top := c.top(a)
		s, ok := sums[top.Code]
		if !ok {
			s = budgetarySum{parts: map[Dims]money.Fen{}, told: true}
		}
		s.total += l.Debit - l.Credit
		s.parts[l.Dims] += l.Debit - l.Credit
		s.told = s.told && c.checkDims(a, l.Dims) == nil
		sums[top.Code] = s
	}
	return sums
}

// part is one financial line on its way to the other half: what it comes to, debit positive.
type part struct {
	line   *Line
	target string
	fen    money.Fen
}

type proposal struct {
	chart *Chart
	book  Book

	resources, revenues, outlays, adjusts []part
	outside, deposits                     money.Fen // moved against money outside the budget, debit positive
	bank, treasury                        bool      // money moved in a bank account; the treasury paid
	gift                                  string    // where the costs of a gift go; empty: there is none
}

func (p *proposal) read(l *Line) {
	rule, ok := parallelFor(p.book, l.Account)
	if !ok {
		return
	}
	fen := l.Debit - l.Credit
	pt := part{l, rule.target, fen}
	switch rule.role {
	case "resource":
		p.resources = append(p.resources, pt)
		p.bank = p.bank || rule.target == "800102"
		p.treasury = p.treasury || rule.target != "800102"
	case "revenue", "borrow":
		if rule.role == "borrow" && fen > 0 {
			pt.target = "7701" // repaid
			p.outlays = append(p.outlays, pt)
			return
		}
		p.revenues = append(p.revenues, pt)
		p.treasury = p.treasury || strings.HasPrefix(l.Account, "4001")
	case "outside":
		p.outside += fen
	case "deposit":
		p.deposits += fen
		p.outlays = append(p.outlays, part{l, p.expenditure(), fen})
	case "other", "outlay":
		p.outlays = append(p.outlays, pt)
	case "gift":
		p.gift = rule.target
	case "adjust":
		p.adjusts = append(p.adjusts, pt)
	}
}

func (p *proposal) expenditure() string {
	if p.book.Regime == Institution {
		return "7201"
	}
	return "7101"
}

func sumParts(parts []part) (total money.Fen) {
	for _, pt := range parts {
		total += pt.fen
	}
	return total
}

func (p *proposal) lines() []Line {
	if p.bank && !p.treasury {
		p.outside += p.deposits // a deposit taken or given back through the bank is not of the budget
		p.outlays = slices.DeleteFunc(p.outlays, func(pt part) bool {
			rule, _ := parallelFor(p.book, pt.line.Account)
			return rule.role == "deposit"
		})
	}
	if !p.bank && !p.treasury && p.deposits > 0 {
		for i := range p.outlays {
			p.outlays[i].target = "800102" // earlier received: now it becomes money of the budget (T39)
		}
	}
	resources := p.trimResources()
	if len(p.revenues) == 0 && sumParts(resources) == 0 && len(resources) == 0 {
		return nil
	}
	spent := -sumParts(resources) - sumParts(p.revenues) - sumParts(p.adjusts)
	outlays := p.spread(spent)
	if spent != 0 && len(outlays) == 0 {
		return nil // money moved against nothing that the rules know
	}
	if len(resources) > 1 && spent == 0 && len(p.revenues) == 0 && len(p.adjusts) == 0 && sameTargets(resources) {
		return nil // money moved within one resource: cash drawn from the bank
	}
	out := make([]Line, 0, len(outlays)+len(p.adjusts)+len(resources)+len(p.revenues))
	for _, group := range [...][]part{outlays, p.adjusts, resources, p.revenues} {
		for _, pt := range group {
			if line, ok := p.line(pt, outlays); ok {
				out = append(out, line)
			}
		}
	}
	return out
}

func sameTargets(parts []part) bool {
	for _, pt := range parts {
		if pt.target != parts[0].target {
			return false
		}
	}
	return true
}

// trimResources takes what moved against money outside the budget off the mirrored money.
func (p *proposal) trimResources() []part {
	rest := p.outside
	if rest == 0 {
		return slices.DeleteFunc(p.resources, func(pt part) bool { return pt.fen == 0 })
	}
	var out []part
	for _, pt := range p.resources {
		// A debit of money outside (paid on) came out of the money's credit, and the other way round.
		take := money.Fen(0)
		if rest != 0 {
			take = rest
		}
		pt.fen += take
		rest -= take
		if pt.fen != 0 {
			out = append(out, pt)
		}
	}
	return out
}

// spread divides what was spent over the lines that it was for, in the proportions of those lines.
func (p *proposal) spread(spent money.Fen) []part {
	if spent == 0 || len(p.outlays) == 0 {
		return nil
	}
	// Lines on the side that was spent carry it; the others (stock, advances already expended) came without money.
	carriers := make([]part, 0, len(p.outlays))
	weights := make([]int64, 0, len(p.outlays))
	for _, pt := range p.outlays {
		if (pt.fen > 0) == (spent > 0) {
			if p.gift != "" {
				pt.target = p.gift
			}
			carriers = append(carriers, pt)
			weights = append(weights, int64(pt.fen.Abs()))
		}
	}
	if len(carriers) == 0 {
		return nil
	}
	if len(carriers) == 1 {
		carriers[0].fen = spent
		return carriers
	}
	for i, fen := range money.Apportion(spent, weights) {
		carriers[i].fen = fen
	}
	return carriers
}

// line turns a part into a budgetary line on its detailed account with the dimensions that account takes.
func (p *proposal) line(pt part, outlays []part) (Line, bool) {
	if pt.fen == 0 {
		return Line{}, false
	}
	dims := pt.line.Dims
	if strings.HasPrefix(pt.target, "6") && dims.Function == "" {
		dims.Function = commonFunction(outlays)
	}
	if strings.HasPrefix(pt.target, "6") && dims.Project == "" {
		dims.Project = commonProject(outlays)
	}
	code := p.detail(pt.target, dims, outlays)
	a, ok := p.chart.Account(code)
	if !ok {
		return Line{}, false
	}
	return signed(Line{Account: code, Dims: keepDims(a, dims), Summary: pt.line.Summary}, pt.fen), true
}

// detail picks the detailed account: grants by basic and project expenditure, basic ones by people and office cost.
func (p *proposal) detail(target string, dims Dims, outlays []part) string {
	switch target {
	case "6001":
		if dims.Project != "" {
			return "600102"
		}
		if economic := commonEconomic(outlays); strings.HasPrefix(economic, "301") || strings.HasPrefix(economic, "303") {
			return "60010101"
		}
		return "60010102"
	case "7101", "7201":
		kind := "01" // 财政拨款支出
		if len(p.revenues) == 0 && p.bank && !p.treasury {
			kind = "03" // 其他资金支出
		}
		if dims.Fund == "1" || dims.Fund == "2" || dims.Fund == "3" {
			kind = "01"
		}
		if dims.Project != "" {
			return target + kind + "02"
		}
		return target + kind + "01"
	case "7901":
		if len(p.revenues) == 0 && p.bank && !p.treasury {
			return "790103"
		}
		return "790101"
	case "6601":
		return "660102"
	case "6609":
		return "660901"
	}
	return target
}

// common gives the one value that all parts that have one share.
func common(parts []part, get func(Dims) string) string {
	value := ""
	for _, pt := range parts {
		v := get(pt.line.Dims)
		if v == "" || v == value {
			continue
		}
		if value != "" {
			return ""
		}
		value = v
	}
	return value
}

func commonFunction(parts []part) string {
	return common(parts, func(d Dims) string { return d.Function })
}

func commonProject(parts []part) string {
	return common(parts, func(d Dims) string { return d.Project })
}

func commonEconomic(parts []part) string {
	return common(parts, func(d Dims) string { return d.Economic })
}
