package payment

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
	"xiangzhang/internal/trail"
)

// The states of a plan.
const (
	PlanDraft    document.State = "draft"
	PlanUnitOK   document.State = "unit_ok"
	PlanOfficeOK document.State = "office_ok"
	PlanCountyOK document.State = "county_ok"
	PlanIssued   document.State = "issued"
	PlanReturned document.State = "returned"
	PlanVoid     document.State = "void"
)

var (
	planMakers  = []identity.Role{identity.Clerk, identity.Accountant}
	planHeads   = []identity.Role{identity.UnitHead, identity.OfficeHead}
	planOffices = []identity.Role{identity.OfficeHead, identity.Reviewer}
	planCounty  = []identity.Role{identity.CountyTreasury}
)

// PlanKind declares the steps of a plan (handbook 3.2): DRAFT→UNIT_OK→OFFICE_OK→COUNTY_OK→ISSUED.
var PlanKind = &document.Kind{
	Name: "payment-plan", Title: "用款计划",
	States: map[document.State]string{
		PlanDraft: "待单位审核", PlanUnitOK: "待财政所审核", PlanOfficeOK: "待县财政审核", PlanCountyOK: "待下达", PlanIssued: "已下达", PlanReturned: "已退回", PlanVoid: "已作废",
	},
	Steps: []document.Step{
		{Name: "draft", Title: "申报", To: PlanDraft, Roles: planMakers, Duty: document.DutyInitiate},
		{Name: "revise", Title: "修改", From: []document.State{PlanReturned}, To: PlanDraft, Roles: planMakers, Duty: document.DutyInitiate},
		{Name: "unit-ok", Title: "单位审核", From: []document.State{PlanDraft}, To: PlanUnitOK, Roles: planHeads, Duty: document.DutyApprove},
		{Name: "office-ok", Title: "财政所审核", From: []document.State{PlanUnitOK}, To: PlanOfficeOK, Roles: planOffices, Duty: document.DutyReview, Apart: []document.Duty{document.DutyApprove}},
		{Name: "county-ok", Title: "县财政审核", From: []document.State{PlanOfficeOK}, To: PlanCountyOK, Roles: planCounty, Duty: document.DutyReview},
		{Name: "issue", Title: "下达", From: []document.State{PlanCountyOK}, To: PlanIssued, Roles: planCounty},
		{Name: "return", Title: "退回", From: []document.State{PlanDraft, PlanUnitOK, PlanOfficeOK, PlanCountyOK}, To: PlanReturned, Roles: mergeRoles(mergeRoles(planHeads, planOffices), planCounty), Reason: true},
		{Name: "void", Title: "作废", From: []document.State{PlanDraft, PlanReturned}, To: PlanVoid, Roles: planMakers, Reason: true},
	},
}

// Plan is a plan of one unit and year.
type Plan struct {
	ID    string
	Unit  int64
	Year  int
	Note  string
	Items []PlanItem

	Number   string
	State    document.State
	Version  int64
	UnitName string
	Path     string
	Maker    int64
	Total    money.Fen
}

// PlanItem gives a month of a line an amount, or takes it back where it is negative.
type PlanItem struct {
	Line   int64
	Month  int
	Amount money.Fen
	Of     appropriation.Line // read only
}

func (p Plan) rows() []byte {
	o := trail.NewObject()
	o.Objects("items", len(p.Items), func(i int, it *trail.Object) {
		it.Int("amount", int64(p.Items[i].Amount)).Int("line", p.Items[i].Line).Int("month", int64(p.Items[i].Month))
	})
	return o.Text("note", p.Note).Int("unit", p.Unit).Int("year", int64(p.Year)).Bytes()
}

const planDocColumns = `p.document_id, p.unit_id, p.year, p.note, p.maker_id, d.ref, d.state, d.version, u.name, u.path,
	(select cast(coalesce(sum(i.amount), 0) as bigint) from payment_plan_item i where i.county_id = p.county_id and i.document_id = p.document_id)`

const planDocFrom = ` from payment_plan p cross join document d join unit u on u.county_id = p.county_id and u.unit_id = p.unit_id
	where p.county_id = $1 and d.county_id = p.county_id and d.document_id = p.document_id `

func scanPlanDoc(row interface{ Scan(...any) error }) (p Plan, err error) {
	err = row.Scan(&p.ID, &p.Unit, &p.Year, &p.Note, &p.Maker, &p.Number, &p.State, &p.Version, &p.UnitName, &p.Path, &p.Total)
	return p, err
}

func queryPlans(tx *store.Tx, where string, args ...any) ([]Plan, error) {
	rows, err := tx.Query(`select `+planDocColumns+planDocFrom+where, args...)
	if err != nil {
		return nil, fmt.Errorf("payment: plans: %w", err)
	}
	defer rows.Close()
	var all []Plan
	for rows.Next() {
		p, err := scanPlanDoc(rows)
		if err != nil {
			return nil, fmt.Errorf("payment: plans: %w", err)
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// Plans gives up to most plans of a year at or below the unit at path, newest first. The caller reads that unit.
func Plans(tx *store.Tx, county int64, year int, path string, most int) ([]Plan, error) {
	lower, upper := org.Subtree(path)
	return queryPlans(tx, `and p.year = $2 and u.path >= $3 and u.path < $4 order by p.document_id desc limit $5`, county, year, lower, upper, most)
}

// PlansWaiting gives the plans whose next step the actor may take, oldest first: not his own.
func PlansWaiting(tx *store.Tx, by identity.Actor) ([]Plan, error) {
	all, err := queryPlans(tx, `and d.state in ('draft', 'unit_ok', 'office_ok', 'county_ok', 'returned') order by p.document_id`, by.County)
	return slices.DeleteFunc(all, func(p Plan) bool {
		if p.State == PlanReturned {
			return p.Maker != by.Person
		}
		step, _ := p.Next()
		return p.Maker == by.Person || !by.Has(p.Path, step.Roles...)
	}), err
}

// Next gives the step that takes the plan on; false where there is none.
func (p Plan) Next() (document.Step, bool) {
	for _, s := range PlanKind.Steps[2:6] {
		if s.From[0] == p.State {
			return s, true
		}
	}
	return document.Step{}, false
}

// SeePlan gives a plan that the actor may read, with its items and their lines as they stand.
func SeePlan(tx *store.Tx, by identity.Actor, id string) (Plan, error) {
	p, err := scanPlanDoc(tx.QueryRow(`select `+planDocColumns+planDocFrom+`and p.document_id = $2`, by.County, id))
	if errors.Is(err, store.ErrNoRows) || err == nil && !by.Has(p.Path, Readers...) {
		return Plan{}, fault.New(fault.NotFound, "plan-unknown", "没有这份用款计划", "请从用款计划列表中打开")
	}
	if err != nil {
		return p, fmt.Errorf("payment.SeePlan %s: %w", id, err)
	}
	p.Items, err = planItems(tx, by.County, id)
	for i := range p.Items {
		if err == nil {
			p.Items[i].Of, err = appropriation.Get(tx, by.County, p.Items[i].Line)
		}
	}
	return p, err
}

func planItems(tx *store.Tx, county int64, id string) ([]PlanItem, error) {
	rows, err := tx.Query(`select line_id, month, amount from payment_plan_item where county_id = $1 and document_id = $2 order by item`, county, id)
	if err != nil {
		return nil, fmt.Errorf("payment: plan %s: %w", id, err)
	}
	defer rows.Close()
	var all []PlanItem
	for rows.Next() {
		var it PlanItem
		if err := rows.Scan(&it.Line, &it.Month, &it.Amount); err != nil {
			return nil, fmt.Errorf("payment: plan %s: %w", id, err)
		}
		all = append(all, it)
	}
	return all, rows.Err()
}

// noteMost is the longest note, purpose or reason, in characters.
const noteMost = 200

// check refuses a plan that is wrong by itself or beyond what its lines have left to plan.
func (p Plan) check(tx *store.Tx, by identity.Actor) error {
	if err := text.Check("note", "说明", p.Note, noteMost); err != nil {
		return err
	}
	if len(p.Items) == 0 {
		return fault.New(fault.Invalid, "plan-empty", "用款计划没有指标", "请至少填写一条指标的月份和金额").In("amount")
	}
	asked := map[int64]money.Fen{}
	for _, it := range p.Items {
		l, err := appropriation.See(tx, by, it.Line)
		if err != nil {
			return err
		}
		switch {
		case l.Unit != p.Unit || l.Year != p.Year:
			return fault.Newf(fault.Invalid, "plan-other-line", "请分单位、分年度申报", "指标 %s 不是本单位 %d 年度的", l.Label(), p.Year).In("line")
		case it.Month < 1 || it.Month > 12:
			return fault.Newf(fault.Invalid, "plan-month", "请填 1 至 12", "月份「%d」不对", it.Month).In("month")
		case it.Amount == 0 || it.Amount.Abs() > money.Max:
			return fault.New(fault.Invalid, "plan-amount", "计划金额不能为零", "追加填正数,调减填负数").In("amount")
		}
		asked[it.Line] += it.Amount
		if free := l.Adjusted() - l.Planned; asked[it.Line] > free {
			return fault.Newf(fault.Refused, "plan-over-budget", "请减少计划金额,或先办理指标追加", "指标 %s 调整后预算 %s 元,已列计划 %s 元,本次计划 %s 元,超 %s 元",
				l.Label(), l.Adjusted(), l.Planned, asked[it.Line], asked[it.Line]-free).In("amount")
		}
	}
	return nil
}

// DraftPlan makes a plan, or revises one that was returned where version is not 0.
func DraftPlan(tx *store.Tx, by identity.Actor, p Plan, version int64) (document.Document, error) {
	p.Note = strings.TrimSpace(p.Note)
	unit, err := org.Get(tx, by.County, p.Unit)
	if err == nil && !by.Sees(unit.Path) {
		err = fault.New(fault.NotFound, "unit-unknown", "没有这个单位", "请从列表中选择").In("unit")
	}
	if err != nil {
		return document.Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: PlanKind, Step: "draft", ID: p.ID, Version: version, Unit: unit.ID, Path: unit.Path, Today: today}
	effect := func(ref string) (document.Effect, error) {
		if err := p.check(tx, by); err != nil {
			return document.Effect{}, err
		}
		return document.Effect{Ref: ref, Rows: trail.Digest(p.rows())}, p.keep(tx, by, version != 0)
	}
	if version == 0 {
		return document.Make(tx, act, func() (document.Effect, error) {
			n, err := org.NextID(tx, by.County, fmt.Sprintf("payment-plan|%d", p.Year))
			if err != nil {
				return document.Effect{}, err
			}
			return effect(fmt.Sprintf("计划-%d-%04d", p.Year, n))
		})
	}
	standing, err := SeePlan(tx, by, p.ID)
	if err != nil {
		return document.Document{}, err
	}
	if standing.Unit != p.Unit || standing.Year != p.Year {
		return document.Document{}, fault.New(fault.Refused, "plan-fixed", "用款计划的单位和年度不能改", "请作废后另行申报")
	}
	act.Step = "revise"
	return document.Take(tx, act, func(document.Document) (document.Effect, error) { return effect("") })
}

func (p Plan) keep(tx *store.Tx, by identity.Actor, revised bool) (err error) {
	if revised {
		_, err = tx.Exec(`delete from payment_plan_item where county_id = $1 and document_id = $2`, by.County, p.ID)
		if err == nil {
			_, err = tx.Exec(`update payment_plan set note = $3, maker_id = $4 where county_id = $1 and document_id = $2`, by.County, p.ID, p.Note, by.Person)
		}
	} else {
		_, err = tx.Exec(`insert into payment_plan (county_id, document_id, unit_id, year, note, maker_id) values ($1, $2, $3, $4, $5, $6)`,
			by.County, p.ID, p.Unit, p.Year, p.Note, by.Person)
	}
	for i, it := range p.Items {
		if err == nil {
			_, err = tx.Exec(`insert into payment_plan_item (county_id, document_id, item, line_id, month, amount) values ($1, $2, $3, $4, $5, $6)`,
				by.County, p.ID, i+1, it.Line, it.Month, int64(it.Amount))
		}
	}
	if store.IsUnique(err) {
		return fault.New(fault.Conflict, "document-exists", "这份用款计划已经提交过", "请刷新后查看,勿重复提交")
	}
	if err != nil {
		return fmt.Errorf("payment: plan %s: %w", p.ID, err)
	}
	return nil
}

// StepPlan takes a plan's step by name; issuing gives its months what they were planned, or refuses the whole.
func StepPlan(tx *store.Tx, by identity.Actor, name, id string, version int64, reason string) (document.Document, error) {
	p, err := SeePlan(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: PlanKind, Step: name, ID: id, Version: version, Path: p.Path, Today: today, Reason: reason}
	return document.Take(tx, act, func(document.Document) (document.Effect, error) {
		switch name {
		case "unit-ok", "office-ok", "county-ok":
			return document.Effect{Rows: trail.Digest(p.rows())}, p.check(tx, by)
		case "issue":
			return document.Effect{Rows: trail.Digest(p.rows())}, p.issue(tx, by.County, today)
		}
		return document.Effect{}, nil
	})
}

func (p Plan) issue(tx *store.Tx, county int64, today calendar.Date) error {
	for _, it := range p.Items {
		if err := appropriation.Plan(tx, county, it.Line, it.Amount); err != nil {
			return err
		}
		_, err := tx.Exec(`insert into payment_plan_line (county_id, line_id) values ($1, $2) on conflict do nothing`, county, it.Line)
		if err != nil {
			return fmt.Errorf("payment: plan of line %d: %w", it.Line, err)
		}
		if err := it.give(tx, county, p.Year, today); err != nil {
			return err
		}
	}
	return nil
}

// give adds an item to its month; what is taken back must not be used up to today.
func (it PlanItem) give(tx *store.Tx, county int64, year int, today calendar.Date) error {
	month := 12
	if year == today.Year() {
		month = max(it.Month, today.Period().Month())
	}
	n, err := tx.Exec(fmt.Sprintf(`update payment_plan_line set m%d = m%d + $3 where county_id = $1 and line_id = $2 and m%d + $3 >= 0
		and ($3 > 0 or used <= %s + $3)`, it.Month, it.Month, it.Month, through[month]), county, it.Line, int64(it.Amount))
	if err != nil {
		return fmt.Errorf("payment: plan of line %d: %w", it.Line, err)
	}
	if n > 0 {
		return nil
	}
	has, err := PlanOf(tx, county, it.Line)
	if err != nil {
		return err
	}
	return fault.Newf(fault.Refused, "plan-used", "请减少调减金额", "指标 %s 的 %d 月计划 %s 元,全年计划 %s 元已用 %s 元,不能调减 %s 元",
		it.Of.Label(), it.Month, has.Months[it.Month-1], has.Through(12), has.Used, it.Amount.Abs()).In("amount")
}
