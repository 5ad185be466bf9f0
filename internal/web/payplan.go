package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/store"
)

func planPath(id string) string { return "/payments/plans/" + id }

var planClasses = map[document.State]string{
	payment.PlanDraft: "wait", payment.PlanUnitOK: "wait", payment.PlanOfficeOK: "wait", payment.PlanCountyOK: "wait", payment.PlanIssued: "ok", payment.PlanReturned: "late",
}

// plansPage is plan against paid, line by line, below the plans on their way.
type plansPage struct {
	payFrame
	Year    int
	Years   []choice
	Month   int
	Waiting []planRow
	Plans   []planRow
	Lines   []planLineRow
	Total   planSums
	Make    bool
}

type planRow struct {
	payment.Plan
	Path       string
	StateTitle string
	Class      string
	Maker      string
	Does       string
}

// planSums are the columns of plan against paid.
type planSums struct {
	Budget, Planned, Through, Held, Paid, Left money.Fen
	Done                                       string // paid of the plan so far
}

type planLineRow struct {
	Line     appropriation.Line
	Path     string
	Register string // the line's payments
	Economic string
	planSums
}

// plansMost is how many plans of a year a page lists.
const plansMost = 100

func showPlans(c *call, tx *store.Tx) (answer, error) {
	year, err := c.yearOf(tx)
	if err != nil {
		return answer{}, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	p := &plansPage{Year: year, Month: 12, Make: len(c.paths(payment.PlanKind.Step("draft").Roles...)) > 0}
	p.ways(c, "/payments/plans")
	if year == today.Year() {
		p.Month = today.Period().Month()
	}
	if p.Years, err = c.yearChoices(tx, year); err != nil {
		return answer{}, err
	}
	waiting, err := payment.PlansWaiting(tx, c.actor)
	if err != nil {
		return answer{}, err
	}
	p.Waiting = planRows(waiting, names)
	for _, path := range c.paths(payment.Readers...) {
		all, err := payment.Plans(tx, c.actor.County, year, path, plansMost)
		if err != nil {
			return answer{}, err
		}
		p.Plans = append(p.Plans, planRows(all, names)...)
		if err := p.lines(c, tx, path); err != nil {
			return answer{}, err
		}
	}
	p.Total.finish()
	return show("payment/plans", p)
}

func planRows(all []payment.Plan, names map[int64]string) (rows []planRow) {
	for _, x := range all {
		row := planRow{Plan: x, Path: planPath(x.ID), StateTitle: payment.PlanKind.States[x.State], Class: planClasses[x.State], Maker: names[x.Maker], Does: "修改"}
		if s, ok := x.Next(); ok {
			row.Does = s.Title
		}
		rows = append(rows, row)
	}
	return rows
}

func (p *plansPage) lines(c *call, tx *store.Tx, path string) error {
	lines, err := appropriation.List(tx, c.actor, p.Year, path)
	if err != nil {
		return err
	}
	plans, err := payment.PlansOf(tx, c.actor.County, p.Year, path)
	if err != nil {
		return err
	}
	for _, l := range lines {
		plan, ok := plans[l.ID]
		if !ok {
			continue
		}
		row := planLineRow{Line: l, Path: linePath(l.ID), Register: fmt.Sprintf("/payments?line=%d&from=%d-01-01&to=%d-12-31", l.ID, p.Year, p.Year)}
		if row.Economic, err = appropriation.ClassName(tx, appropriation.ClassEconomic, l.Economic, l.Year); err != nil {
			return err
		}
		row.planSums = planSums{Budget: l.Adjusted(), Planned: plan.Through(12), Through: plan.Through(p.Month), Held: l.Held, Paid: l.Paid(), Left: plan.Through(p.Month) - plan.Used}
		row.finish()
		t := &p.Total
		t.Budget, t.Planned, t.Through, t.Held, t.Paid, t.Left = t.Budget+row.Budget, t.Planned+row.Planned, t.Through+row.Through, t.Held+row.Held, t.Paid+row.Paid, t.Left+row.Left
		p.Lines = append(p.Lines, row)
	}
	return nil
}

func (s *planSums) finish() {
	s.Done = "–"
	if s.Through > 0 {
		s.Done = money.FormatPercent(money.Percent(s.Paid, s.Through))
	}
}

// planForm is a plan as a person writes it: months of the lines of one unit.
type planForm struct {
	payFrame
	Action   string
	Document string
	Version  int64
	Note     string
	Rows     []planFormRow
	Lists    []dataList
}

type planFormRow struct{ Line, Month, Amount string }

// planFormRows is how many empty rows the form has beyond those filled in.
const planFormRows = 6

func newPlan(c *call, tx *store.Tx) (answer, error) {
	p, err := c.planForm(tx)
	if err != nil {
		return answer{}, err
	}
	return show("payment/plan_form", p)
}

func (c *call) planForm(tx *store.Tx) (*planForm, error) {
	p := &planForm{Action: "/payments/plans", Document: document.NewID()}
	p.ways(c, "/payments/plans")
	if id := cmp.Or(c.query("plan"), c.form("plan")); id != "" {
		was, err := payment.SeePlan(tx, c.actor, id)
		if err != nil {
			return nil, err
		}
		p.Document, p.Version, p.Note = was.ID, was.Version, was.Note
		for _, it := range was.Items {
			p.Rows = append(p.Rows, planFormRow{it.Of.Number, fmt.Sprint(it.Month), it.Amount.Plain()})
		}
	}
	p.Rows = append(p.Rows, make([]planFormRow, planFormRows)...)
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	all, err := appropriation.List(tx, c.actor, today.Year(), "/")
	lines := dataList{ID: "lines"}
	for _, l := range all {
		if len(lines.Options) < listMost && l.Adjusted() > l.Planned {
			lines.Options = append(lines.Options, option{l.Number, fmt.Sprintf("%s 未列计划 %s", l.Label(), l.Adjusted()-l.Planned)})
		}
	}
	p.Lists = []dataList{lines}
	return p, err
}

func savePlan(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	var typed []planFormRow
	lines, months, amounts := c.r.PostForm["line"], c.r.PostForm["month"], c.r.PostForm["amount"]
	for i := range min(len(lines), len(months), len(amounts)) {
		if row := (planFormRow{lines[i], months[i], amounts[i]}); row != (planFormRow{}) {
			typed = append(typed, row)
		}
	}
	err = c.write(func(tx *store.Tx) error {
		p := payment.Plan{ID: id, Note: c.form("note")}
		for i, row := range typed {
			l, err := appropriation.ByNumber(tx, c.actor, row.Line)
			if err != nil {
				return fieldFault(err, "line")
			}
			amount, err := money.Parse(row.Amount)
			if err != nil {
				return fieldFault(err, "amount")
			}
			month, err := strconv.Atoi(row.Month)
			if err != nil {
				return fault.Newf(fault.Invalid, "plan-month", "请填 1 至 12", "第 %d 行的月份「%s」不对", i+1, row.Month).In("month")
			}
			p.Unit, p.Year = l.Unit, l.Year
			p.Items = append(p.Items, payment.PlanItem{Line: l.ID, Month: month, Amount: amount})
		}
		if len(p.Items) == 0 {
			return fault.New(fault.Invalid, "plan-empty", "用款计划没有指标", "请至少填写一条指标的月份和金额").In("amount")
		}
		_, err := payment.DraftPlan(tx, c.actor, p, c.number("version"))
		return err
	})
	if err == nil || document.IsTaken(err) || c.number("version") > 0 && c.taken(id, c.number("version"), "revise") {
		return goTo(planPath(id))
	}
	return formAgain(c, "payment/plan_form", err, c.planForm, func(p *planForm) {
		p.Document, p.Version, p.Note = id, c.number("version"), c.form("note")
		p.Rows = append(typed, make([]planFormRow, planFormRows)...)
	})
}

// planPage is one plan with its steps.
type planPage struct {
	payFrame
	Plan  payment.Plan
	State string
	Class string
	Maker string
	Edit  string
	Items []planItemRow
	Steps []stepForm
	Trail []trailRow
}

type planItemRow struct {
	payment.PlanItem
	Path string
	Free money.Fen // of the budget, not planned yet
}

func showPlan(c *call, tx *store.Tx) (answer, error) {
	p, err := c.planPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("payment/plan", p)
}

func (c *call) planPage(tx *store.Tx) (*planPage, error) {
	x, err := payment.SeePlan(tx, c.actor, c.r.PathValue("plan"))
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &planPage{Plan: x, State: payment.PlanKind.States[x.State], Class: planClasses[x.State], Maker: names[x.Maker]}
	p.Title = "用款计划 " + x.Number
	p.ways(c, "/payments/plans")
	for _, it := range x.Items {
		p.Items = append(p.Items, planItemRow{it, linePath(it.Line), it.Of.Adjusted() - it.Of.Planned})
	}
	d, err := document.Get(tx, c.actor.County, x.ID)
	if err != nil {
		return nil, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	for _, s := range payment.PlanKind.Steps[2:] {
		if !slices.Contains(s.From, x.State) || !c.actor.Has(x.Path, s.Roles...) ||
			document.Apart(tx, document.Act{By: c.actor, Kind: payment.PlanKind, Step: s.Name, Path: x.Path, Today: today}, d) != nil {
			continue
		}
		p.Steps = append(p.Steps, stepForm{Name: s.Name, Title: s.Title, Reason: s.Reason, Path: planPath(x.ID) + "/" + s.Name, Main: !s.Reason})
	}
	if x.State == payment.PlanReturned && c.actor.Has(x.Path, payment.PlanKind.Step("revise").Roles...) {
		p.Edit = "/payments/plans/new?plan=" + x.ID
	}
	p.Trail, err = trailRows(tx, c.actor.County, x.ID, payment.PlanKind, names)
	return p, err
}

func stepPlan(c *call) (answer, error) {
	id, name, version := c.r.PathValue("plan"), c.lastOfPath(), c.number("version")
	err := c.write(func(tx *store.Tx) error {
		_, err := payment.StepPlan(tx, c.actor, name, id, version, c.form("reason"))
		return err
	})
	if err == nil || c.taken(id, version, name) {
		return goTo(planPath(id))
	}
	return formAgain(c, "payment/plan", err, c.planPage, func(p *planPage) {
		for i := range p.Steps {
			if p.Steps[i].Name == name {
				p.Steps[i].Given = c.form("reason")
			}
		}
	})
}
