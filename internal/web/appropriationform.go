package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// orderForm is an order as a person writes it: one line, two for a transfer, or ticked lines to carry over.
type orderForm struct {
	Base
	Action   string
	Document string
	Version  int64
	Kind     appropriation.OrderKind
	Kinds    []choice
	Year     string
	Date     string
	Source   string // 文号
	Session  string
	Note     string
	Amount   string
	Number   string // of the line that is moved, or that a transfer takes from
	To       string // of the line that a transfer gives to
	From     []choice
	New      newLineForm
	Lists    []dataList
	Looks    []orderLook // what is available before and after
	Carry    []carryRow
	Fixed    bool // an order of many lines: only its head is written
}

// newLineForm is a line that is found or made by its classes.
type newLineForm struct {
	Unit, Fund, Function, Economic, Gov, Plan string
	Modes                                     []choice
	Purchase, Guarantee                       bool
}

type orderLook struct {
	Label         string
	Path          string
	Before, After money.Fen
}

type carryRow struct {
	appropriation.Carried
	On bool
}

// OldLine and the others tell the template which fields a kind has.
func (p *orderForm) OldLine() bool  { return !p.Fixed && p.Kind != appropriation.OrderCarryOver }
func (p *orderForm) Transfer() bool { return p.Kind == appropriation.OrderTransfer }
func (p *orderForm) Income() bool {
	return p.Kind == appropriation.OrderInitial || p.Kind == appropriation.OrderAddition || p.Kind == appropriation.OrderReduction
}
func (p *orderForm) MakesLine() bool {
	return p.Transfer() || p.Kind == appropriation.OrderInitial || p.Kind == appropriation.OrderAddition || p.Kind == appropriation.OrderProvisional
}
func (p *orderForm) Carries() bool { return p.Kind == appropriation.OrderCarryOver && !p.Fixed }

func orderChoices(chosen appropriation.OrderKind) []choice {
	var out []choice
	for _, k := range appropriation.OrderKinds() {
		out = append(out, choice{Value: string(k), Title: k.Title(), On: k == chosen})
	}
	return out
}

func newOrder(c *call, tx *store.Tx) (answer, error) {
	p, err := c.orderForm(tx)
	if err != nil {
		return answer{}, err
	}
	if text := c.query("line"); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return answer{}, notThere()
		}
		l, err := appropriation.See(tx, c.actor, id)
		if err != nil {
			return answer{}, err
		}
		p.Number, p.Year = l.Number, fmt.Sprint(l.Year)
		p.Looks = []orderLook{{l.Label(), linePath(l.ID), l.Available(), l.Available()}}
	}
	return show("appropriation/form", p)
}

// orderForm is the form of a new order, or of the one that the address names.
func (c *call) orderForm(tx *store.Tx) (*orderForm, error) {
	year, err := c.yearOf(tx)
	if err != nil {
		return nil, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &orderForm{
		Action: "/appropriations/orders", Document: document.NewID(), Year: fmt.Sprint(year), Date: string(today),
		Kind: appropriation.OrderKind(cmp.Or(c.query("kind"), c.form("kind"), string(appropriation.OrderAddition))),
	}
	if !slices.Contains(appropriation.OrderKinds(), p.Kind) {
		p.Kind = appropriation.OrderAddition
	}
	if year < today.Year() {
		p.Date = string(calendar.PeriodOf(year, 12).Last())
	}
	from, mode := "", ""
	if id := c.r.PathValue("order"); id != "" {
		o, err := appropriation.SeeOrder(tx, c.actor, id)
		if err != nil {
			return nil, err
		}
		p.Action, p.Document, p.Version, p.Kind, p.Year = orderPath(id)+"/revise", id, o.Version, o.Kind, fmt.Sprint(o.Year)
		p.Date, p.Source, p.Session, p.Note = string(o.Date), o.Source, o.Session, o.Note
		p.Fixed = o.Kind == appropriation.OrderCarryOver || o.Kind != appropriation.OrderTransfer && len(o.Items) > 1 || len(o.Items) > 2
		p.Number, p.Amount, from = o.Items[0].Of.Number, o.Items[0].Amount.Plain(), o.Items[0].From
		if p.Transfer() {
			p.To = o.Items[1].Of.Number
		}
		for _, it := range o.Items {
			p.Looks = append(p.Looks, lookAt(it.Of, it.Move, it.Amount))
		}
	}
	p.Title, p.Styles, p.Kinds = p.Kind.Title()+"指标单", []string{"appropriation.css"}, orderChoices(p.Kind)
	p.choices(from, mode)
	if p.Carries() {
		if err := p.carryRows(c, tx); err != nil {
			return nil, err
		}
		return p, nil
	}
	p.Lists, err = c.orderLists(tx, p)
	return p, err
}

func (p *orderForm) choices(from, mode string) {
	p.From, p.New.Modes = nil, nil
	for _, s := range appropriation.Sources() {
		p.From = append(p.From, choice{Value: s, Title: appropriation.AccountName(s), On: s == from})
	}
	for _, m := range appropriation.Modes() {
		p.New.Modes = append(p.New.Modes, choice{Value: string(m), Title: m.Title(), On: string(m) == mode})
	}
}

func lookAt(l appropriation.Line, move appropriation.MoveKind, amount money.Fen) orderLook {
	return orderLook{l.Label() + "(" + move.Title() + ")", linePath(l.ID), l.Available(), l.Available() + amount*money.Fen(move.Sign())}
}

// listMost is how many lines a field offers.
const listMost = 400

// orderLists gives what the fields offer: lines, units and classes.
func (c *call) orderLists(tx *store.Tx, p *orderForm) ([]dataList, error) {
	year, _ := strconv.Atoi(p.Year)
	lines, units := dataList{ID: "lines"}, dataList{ID: "units"}
	all, err := appropriation.List(tx, c.actor, year, "/")
	if err != nil {
		return nil, err
	}
	for _, l := range all[:min(len(all), listMost)] {
		lines.Options = append(lines.Options, option{l.Number, fmt.Sprintf("%s 可用 %s", strings.TrimPrefix(l.Label(), l.Number+" "), l.Available())})
	}
	out := []dataList{lines}
	if !p.MakesLine() {
		return out, nil
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	for _, path := range c.paths(appropriation.Makers...) {
		below, err := org.List(tx, c.actor.County, path, today)
		if err != nil {
			return nil, err
		}
		for _, u := range below {
			if u.Kind != org.Village && u.Kind != org.Branch {
				units.Options = append(units.Options, option{u.Code, u.Name})
			}
		}
	}
	out = append(out, units)
	for _, k := range []struct {
		id, kind string
		length   int
	}{{"funds", appropriation.ClassFund, 1}, {"functions", appropriation.ClassFunction, 7}, {"economics", appropriation.ClassEconomic, 5}, {"govs", appropriation.ClassGov, 5}} {
		classes, err := ledger.ClassesOf(tx, k.kind, year)
		if err != nil {
			return nil, err
		}
		list := dataList{ID: k.id}
		for code, class := range classes {
			if len(code) >= k.length {
				list.Options = append(list.Options, option{code, class.Name})
			}
		}
		slices.SortFunc(list.Options, func(a, b option) int { return cmp.Compare(a.Value, b.Value) })
		out = append(out, list)
	}
	return out, nil
}

// carryRows lists what is left of the year; what may be carried is ticked.
func (p *orderForm) carryRows(c *call, tx *store.Tx) error {
	year, err := strconv.Atoi(p.Year)
	if err != nil {
		return nil // refused when it is sent
	}
	for _, path := range c.paths(appropriation.Makers...) {
		all, err := appropriation.Carryable(tx, c.actor, year, path)
		if err != nil {
			return err
		}
		for _, l := range all {
			p.Carry = append(p.Carry, carryRow{l, !l.TooOld})
		}
	}
	return nil
}

func editOrder(c *call, tx *store.Tx) (answer, error) {
	p, err := c.orderForm(tx)
	if err != nil {
		return answer{}, err
	}
	return show("appropriation/form", p)
}

// saveOrder takes a new order or the changes of one, or only looks at what it would come to.
func saveOrder(c *call) (answer, error) {
	id, err := document.ParseID(cmp.Or(c.r.PathValue("order"), c.form("document")))
	if err != nil {
		return answer{}, err
	}
	var looks []orderLook
	step := func(tx *store.Tx) error {
		looks = nil
		o, err := c.typedOrder(tx, id)
		for _, it := range o.Items {
			l, e := appropriation.Get(tx, c.actor.County, it.Line)
			if e != nil {
				return e
			}
			looks = append(looks, lookAt(l, it.Move, it.Amount))
		}
		if err != nil {
			return err
		}
		_, err = appropriation.Draft(tx, c.actor, o, c.number("version"))
		if err == nil && c.form("do") == "preview" {
			return errLooked
		}
		return err
	}
	err = c.write(step)
	if err == nil || document.IsTaken(err) || c.number("version") > 0 && c.taken(id, c.number("version"), "revise") {
		return goTo(orderPath(id))
	}
	refused := err
	if err == errLooked {
		refused = fault.New(fault.Invalid, "appropriation-looked", "试算通过,还没有提交", "核对下面的变动前后可用数后提交")
	}
	a, err := formAgain(c, "appropriation/form", refused, c.orderForm, func(p *orderForm) {
		p.Document, p.Looks = id, looks
		p.typed(c)
	})
	if p, ok := a.page.(*orderForm); ok && refused != nil && fault.HasCode(refused, "appropriation-looked") {
		a.status, p.Say, p.Done = 0, nil, "试算通过,还没有提交。核对变动前后的可用数后提交。"
	}
	return a, err
}

// errLooked drops a step that was only looked at.
var errLooked = fault.New(fault.Invalid, "appropriation-looked", "试算通过,还没有提交", "核对变动前后的可用数后提交")

// typed puts back what was typed.
func (p *orderForm) typed(c *call) {
	p.Year, p.Date, p.Source, p.Session, p.Note = c.form("year"), c.form("date"), c.form("source"), c.form("session"), c.form("note")
	p.Amount, p.Number, p.To = c.form("amount"), c.form("line"), c.form("to")
	p.New = newLineForm{Unit: c.form("unit"), Fund: c.form("fund"), Function: c.form("function"), Economic: c.form("economic"), Gov: c.form("gov_economic"),
		Plan: c.form("project"), Purchase: c.form("purchase") != "", Guarantee: c.form("guarantee") != ""}
	p.choices(c.form("from"), c.form("mode"))
	for i := range p.Carry {
		p.Carry[i].On = slices.Contains(c.r.PostForm["item"], fmt.Sprint(p.Carry[i].ID))
	}
}

// typedOrder reads the form. What it could read of the items stands in the order beside an error.
func (c *call) typedOrder(tx *store.Tx, id string) (appropriation.Order, error) {
	o := appropriation.Order{
		ID: id, Kind: appropriation.OrderKind(c.form("kind")), Date: calendar.Date(c.form("date")), Source: c.form("source"), Session: c.form("session"), Note: c.form("note"),
	}
	var err error
	if o.Year, err = strconv.Atoi(c.form("year")); err != nil {
		return o, fault.Newf(fault.Invalid, "appropriation-year", "请填四位年度,例如 2026", "年度「%s」不对", c.form("year")).In("year")
	}
	if c.r.PathValue("order") != "" {
		standing, err := appropriation.SeeOrder(tx, c.actor, id)
		if err != nil {
			return o, err
		}
		o.Kind, o.Year = standing.Kind, standing.Year
		if c.form("fixed") != "" {
			o.Items = standing.Items
			return o, nil
		}
	}
	if !slices.Contains(appropriation.OrderKinds(), o.Kind) {
		return o, fault.Newf(fault.Invalid, "appropriation-kind", "请选择指标单种类", "没有「%s」这种指标单", o.Kind).In("kind")
	}
	if o.Kind == appropriation.OrderCarryOver {
		err := c.typedCarry(tx, &o)
		return o, err
	}
	amount, err := money.Parse(c.form("amount"))
	if err != nil {
		return o, fieldFault(err, "amount")
	}
	if o.Kind == appropriation.OrderTransfer {
		out, err := appropriation.ByNumber(tx, c.actor, c.form("line"))
		if err != nil {
			return o, fieldFault(err, "line")
		}
		in, err := c.typedLine(tx, o, c.form("to"), "to")
		if err != nil {
			return o, err
		}
		o.Items = []appropriation.Item{{Move: appropriation.TransferOut, Line: out.ID, Amount: amount}, {Move: appropriation.TransferIn, Line: in.ID, Amount: amount}}
		return o, nil
	}
	l, err := c.typedLine(tx, o, c.form("line"), "line")
	if err != nil {
		return o, err
	}
	it := appropriation.Item{Move: appropriation.MoveKind(o.Kind), Line: l.ID, Amount: amount}
	if (&orderForm{Kind: o.Kind}).Income() {
		it.From = c.form("from")
	}
	o.Items = []appropriation.Item{it}
	return o, nil
}

// typedLine gives the line whose number was typed, or that of the classes where no number was and the kind makes lines.
func (c *call) typedLine(tx *store.Tx, o appropriation.Order, number, field string) (appropriation.Line, error) {
	if number != "" || !(&orderForm{Kind: o.Kind}).MakesLine() {
		l, err := appropriation.ByNumber(tx, c.actor, number)
		return l, fieldFault(err, field)
	}
	u, err := c.unitNamed(tx, c.form("unit"))
	if err != nil {
		return appropriation.Line{}, fieldFault(err, "unit")
	}
	return appropriation.Intern(tx, c.actor, appropriation.NewLine{
		Key: appropriation.Key{
			Year: o.Year, Unit: u.ID, Fund: c.form("fund"), Function: c.form("function"), GovEconomic: c.form("gov_economic"), Economic: c.form("economic"),
			Project: c.form("project"), Mode: appropriation.Mode(c.form("mode")),
		},
		Purchase: c.form("purchase") != "", Guarantee: c.form("guarantee") != "", Source: o.Source,
	})
}

func (c *call) typedCarry(tx *store.Tx, o *appropriation.Order) error {
	for _, text := range c.r.PostForm["item"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return notThere()
		}
		l, err := appropriation.See(tx, c.actor, id)
		if err != nil {
			return err
		}
		items, err := appropriation.CarryItems(tx, c.actor, l, l.Available())
		if err != nil {
			return err
		}
		o.Items = append(o.Items, items...)
	}
	return nil
}
