package web

import (
	"fmt"
	"strconv"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// appropriationReaders look into the appropriations of their units: everybody but the three administrators.
var appropriationReaders = []identity.Role{
	identity.Clerk, identity.UnitHead, identity.OfficeHead, identity.Accountant, identity.Reviewer, identity.Cashier, identity.Receipts, identity.Assets,
	identity.VillageClerk, identity.VillageHead, identity.CountyBudget, identity.CountyTreasury, identity.Auditor, identity.Deputy,
}

// appropriationRoutes are the ledger of appropriations, their moves, and the orders that move them.
func appropriationRoutes() []route {
	readers, makers := only(appropriationReaders...), only(appropriation.Makers...)
	all := []route{
		{pattern: "GET /appropriations", title: "指标台账", right: readers, show: showAppropriations},
		{pattern: "GET /appropriations/memorandum", title: "指标备查账", right: readers, show: showMemorandum},
		{pattern: "GET /appropriations/lines/{line}", title: "指标", right: readers, show: showAppropriation},
		{pattern: "GET /appropriations/orders", title: "指标单", right: readers, show: showOrders},
		{pattern: "GET /appropriations/orders/new", title: "填制指标单", right: makers, show: newOrder},
		{pattern: "POST /appropriations/orders", title: "填制指标单", right: makers, do: saveOrder},
		{pattern: "GET /appropriations/orders/{order}", title: "指标单", right: readers, show: showOrder},
		{pattern: "GET /appropriations/orders/{order}/edit", title: "修改指标单", right: makers, show: editOrder},
		{pattern: "POST /appropriations/orders/{order}/revise", title: "修改指标单", right: makers, do: saveOrder},
	}
	for _, name := range []string{"check", "return", "issue", "void"} {
		s := appropriation.Kind.Step(name)
		all = append(all, route{pattern: "POST /appropriations/orders/{order}/" + name, title: "指标单:" + s.Title, right: only(s.Roles...), do: stepOrder})
	}
	return all
}

// yearOf reads the year of the address; else the business year.
func (c *call) yearOf(tx *store.Tx) (int, error) {
	if text := c.query("year"); text != "" {
		y, err := strconv.Atoi(text)
		if err != nil || y < 2000 || y > 2999 {
			return 0, fault.Newf(fault.Invalid, "appropriation-year", "请填四位年度,例如 2026", "年度「%s」不对", text)
		}
		return y, nil
	}
	today, err := org.Today(tx, c.actor.County)
	return today.Year(), err
}

// yearChoices offers the years that have lines, and the one shown.
func (c *call) yearChoices(tx *store.Tx, shown int) ([]choice, error) {
	years, err := appropriation.Years(tx, c.actor.County)
	var out []choice
	found := false
	for _, y := range years {
		found = found || y == shown
		out = append(out, choice{Value: fmt.Sprint(y), Title: fmt.Sprintf("%d 年", y), On: y == shown})
	}
	if !found {
		out = append(out, choice{Value: fmt.Sprint(shown), Title: fmt.Sprintf("%d 年", shown), On: true})
	}
	return out, err
}

// appropriationsPage is the ledger of appropriations: by township, or one unit's lines.
type appropriationsPage struct {
	Base
	Year    int
	Years   []choice
	Unit    int64  // that the page is narrowed to; 0: all that the person reads
	Whose   string // its name
	Up      string // back to the wider page
	Groups  []appropriationGroup
	Towns   bool // the groups are townships, each a row
	Total   appropriationSums
	Elapsed string // how much of the year is over
	Maker   bool
}

// appropriationGroup is a township as a row, or a unit with its lines.
type appropriationGroup struct {
	Title string
	Path  string
	Lines []appropriationRow
	Count int
	appropriationSums
}

type appropriationRow struct {
	Line     appropriation.Line
	Function string
	Economic string
	Path     string
	appropriationSums
}

// appropriationSums are the columns of the ledger.
type appropriationSums struct {
	Budget, Adjusted, Held, Frozen, Paid, Left money.Fen
	Done                                       string // paid in percent of adjusted
	Behind                                     bool   // nothing left though the year goes on
}

func sumsOf(s appropriation.Sums) appropriationSums {
	v := appropriationSums{Budget: s.Budget(), Adjusted: s.Adjusted(), Held: s.Held, Frozen: s.Frozen, Paid: s.Paid(), Left: s.Available(), Done: "–"}
	if v.Adjusted > 0 {
		v.Done = money.FormatPercent(money.Percent(v.Paid, v.Adjusted))
		v.Behind = v.Left*10 < v.Adjusted
	}
	return v
}

func linePath(id int64) string { return fmt.Sprintf("/appropriations/lines/%d", id) }

func showAppropriations(c *call, tx *store.Tx) (answer, error) {
	year, err := c.yearOf(tx)
	if err != nil {
		return answer{}, err
	}
	p := &appropriationsPage{Year: year, Maker: len(c.paths(appropriation.Makers...)) > 0}
	p.Styles = []string{"appropriation.css"}
	if p.Years, err = c.yearChoices(tx, year); err != nil {
		return answer{}, err
	}
	path := "/"
	if text := c.query("unit"); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return answer{}, notThere()
		}
		u, err := org.Get(tx, c.actor.County, id)
		if err != nil {
			return answer{}, err
		}
		if !c.actor.Reads(u.Path) {
			return answer{}, fault.Newf(fault.NotFound, "unit-unknown", "请从单位列表中选择", "没有编号为 %d 的单位", id)
		}
		path, p.Unit, p.Whose, p.Up = u.Path, u.ID, u.Name, fmt.Sprintf("/appropriations?year=%d", year)
	}
	lines, err := appropriation.List(tx, c.actor, year, path)
	if err != nil {
		return answer{}, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	p.Elapsed = money.FormatPercent(elapsed(today, year))
	p.Towns = p.Unit == 0 && townsOf(lines) > 1
	if p.Towns {
		err = p.byTown(c, tx, lines)
	} else {
		err = p.byUnit(tx, lines)
	}
	if err != nil {
		return answer{}, err
	}
	var total appropriation.Sums
	for _, l := range lines {
		total = total.Plus(l.Sums)
	}
	p.Total = sumsOf(total)
	return show("appropriation/list", p)
}

// townOf gives the unit directly below the county that a path lies in; the county itself is its own.
func townOf(path string) int64 {
	ids := org.Ancestors(path)
	return ids[min(1, len(ids)-1)]
}

func townsOf(lines []appropriation.Line) int {
	seen := map[int64]bool{}
	for _, l := range lines {
		seen[townOf(l.Path)] = true
	}
	return len(seen)
}

// byTown adds the lines up by township.
func (p *appropriationsPage) byTown(c *call, tx *store.Tx, lines []appropriation.Line) error {
	sums, counts := map[int64]appropriation.Sums{}, map[int64]int{}
	var order []int64
	for _, l := range lines {
		t := townOf(l.Path)
		if counts[t] == 0 {
			order = append(order, t)
		}
		counts[t]++
		sums[t] = sums[t].Plus(l.Sums)
	}
	for _, t := range order {
		u, err := org.Get(tx, c.actor.County, t)
		if err != nil {
			return err
		}
		g := appropriationGroup{Title: u.Name, Path: fmt.Sprintf("/appropriations?year=%d&unit=%d", p.Year, t), Count: counts[t], appropriationSums: sumsOf(sums[t])}
		if !c.actor.Reads(u.Path) {
			g.Path = ""
		}
		p.Groups = append(p.Groups, g)
	}
	return nil
}

// byUnit lists the lines unit by unit.
func (p *appropriationsPage) byUnit(tx *store.Tx, lines []appropriation.Line) error {
	var sums []appropriation.Sums
	for i, l := range lines {
		if i == 0 || lines[i-1].Unit != l.Unit {
			p.Groups = append(p.Groups, appropriationGroup{Title: l.UnitName})
			sums = append(sums, appropriation.Sums{})
		}
		g := &p.Groups[len(p.Groups)-1]
		row, err := rowOf(tx, l)
		if err != nil {
			return err
		}
		g.Lines, g.Count = append(g.Lines, row), g.Count+1
		sums[len(sums)-1] = sums[len(sums)-1].Plus(l.Sums)
	}
	for i := range p.Groups {
		p.Groups[i].appropriationSums = sumsOf(sums[i])
	}
	return nil
}

func rowOf(tx *store.Tx, l appropriation.Line) (appropriationRow, error) {
	row := appropriationRow{Line: l, Path: linePath(l.ID), appropriationSums: sumsOf(l.Sums)}
	var err error
	if row.Function, err = appropriation.ClassName(tx, appropriation.ClassFunction, l.Function, l.Year); err != nil {
		return row, err
	}
	row.Economic, err = appropriation.ClassName(tx, appropriation.ClassEconomic, l.Economic, l.Year)
	return row, err
}

// memorandumPage is the trial balance of the memorandum ledger.
type memorandumPage struct {
	Base
	Year          int
	Years         []choice
	Whose         string
	Rows          []appropriation.Balance
	Debit, Credit money.Fen
}

func showMemorandum(c *call, tx *store.Tx) (answer, error) {
	year, err := c.yearOf(tx)
	if err != nil {
		return answer{}, err
	}
	p := &memorandumPage{Year: year}
	p.Styles = []string{"appropriation.css"}
	if p.Years, err = c.yearChoices(tx, year); err != nil {
		return answer{}, err
	}
	sums := map[string]appropriation.Balance{}
	for _, path := range c.paths(appropriationReaders...) {
		all, err := appropriation.Memorandum(tx, c.actor.County, year, path)
		if err != nil {
			return answer{}, err
		}
		for _, b := range all {
			was := sums[b.Account.Code]
			b.Debit, b.Credit = b.Debit+was.Debit, b.Credit+was.Credit
			sums[b.Account.Code] = b
		}
	}
	for _, a := range appropriation.Accounts() {
		if b, ok := sums[a.Code]; ok {
			p.Rows = append(p.Rows, b)
			p.Debit, p.Credit = p.Debit+b.Debit, p.Credit+b.Credit
		}
	}
	return show("appropriation/memorandum", p)
}
