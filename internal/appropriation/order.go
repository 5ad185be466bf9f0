package appropriation

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Makers make, check and issue orders for the units that they stand over. Whoever made one does not check it.
var Makers = []identity.Role{identity.CountyBudget}

// The states of an order.
const (
	Drafted   document.State = "draft"
	Checked   document.State = "checked"
	Effective document.State = "effective"
	Returned  document.State = "returned"
	Voided    document.State = "void"
)

// Kind declares the steps of an order.
var Kind = &document.Kind{
	Name: "appropriation", Title: "指标单",
	States: map[document.State]string{Drafted: "待审核", Checked: "待下达", Effective: "已下达", Returned: "已退回", Voided: "已作废"},
	Steps: []document.Step{
		{Name: "draft", Title: "提交", To: Drafted, Roles: Makers, Duty: document.DutyMake},
		{Name: "revise", Title: "修改", From: []document.State{Drafted, Returned}, To: Drafted, Roles: Makers, Duty: document.DutyMake},
		{Name: "check", Title: "审核", From: []document.State{Drafted}, To: Checked, Roles: Makers, Duty: document.DutyCheck},
		{Name: "return", Title: "退回", From: []document.State{Drafted, Checked}, To: Returned, Roles: Makers, Reason: true},
		{Name: "issue", Title: "下达", From: []document.State{Checked}, To: Effective, Roles: Makers, Duty: document.DutyPost},
		{Name: "approve", Title: "随预算批准下达", To: Effective, Roles: Approvers, Duty: document.DutyCheck},
		{Name: "void", Title: "作废", From: []document.State{Drafted, Returned, Checked}, To: Voided, Roles: Makers, Reason: true},
	},
}

// OrderKind is what an order is for.
type OrderKind string

// The kinds of orders.
const (
	OrderInitial     OrderKind = "initial"
	OrderProvisional OrderKind = "provisional"
	OrderLapse       OrderKind = "lapse"
	OrderAddition    OrderKind = "addition"
	OrderReduction   OrderKind = "reduction"
	OrderTransfer    OrderKind = "transfer"
	OrderFreeze      OrderKind = "freeze"
	OrderUnfreeze    OrderKind = "unfreeze"
	OrderRecall      OrderKind = "recall"
	OrderCarryOver   OrderKind = "carry-over"
)

var orderTitles = map[OrderKind]string{
	OrderInitial: "年初预算", OrderProvisional: "临时额度", OrderLapse: "临时额度收回", OrderAddition: "追加", OrderReduction: "追减",
	OrderTransfer: "调剂", OrderFreeze: "冻结", OrderUnfreeze: "解冻", OrderRecall: "收回", OrderCarryOver: "结转",
}

// OrderKinds gives the kinds in the order in which pages offer them.
func OrderKinds() []OrderKind {
	return []OrderKind{OrderInitial, OrderProvisional, OrderLapse, OrderAddition, OrderReduction, OrderTransfer, OrderFreeze, OrderUnfreeze, OrderRecall, OrderCarryOver}
}

// Title is the kind's name on pages.
func (k OrderKind) Title() string { return orderTitles[k] }

// moves are the kinds of moves that an order's items make: what it takes first.
func (k OrderKind) moves() []MoveKind {
	switch k {
	case OrderTransfer:
		return []MoveKind{TransferOut, TransferIn}
	case OrderCarryOver:
		return []MoveKind{CarryOut, CarryIn}
	}
	return []MoveKind{MoveKind(k)}
}

// Order is a document that moves lines once it takes effect.
type Order struct {
	ID      string
	Kind    OrderKind
	Year    int
	Date    calendar.Date
	Source  string // 文号 of the document that orders it
	Session string // 文号 of the congress's session
	Note    string
	Items   []Item

	Number  string // business number
	State   document.State
	Version int64
	Unit    int64
	Path    string // of the unit over which it was made
	Maker   int64
	Checker int64
	Whole   bool // the reader sees every item
}

// Item is one move that an order makes.
type Item struct {
	Move   MoveKind
	Line   int64
	Amount money.Fen
	From   string // memorandum account that new money comes from, or that taken money goes back to
	Of     Line   // as it stands now, where the order was read
}

// Total is what the order gives, or takes where it only takes.
func (o Order) Total() money.Fen {
	var sum money.Fen
	first := o.Kind.moves()[0]
	for _, it := range o.Items {
		if it.Move == first {
			sum += it.Amount
		}
	}
	return sum
}

// rows gives the canonical content whose SHA-256 every leaf of the order holds: lines by what they are, not by number.
func (o Order) rows() []byte {
	obj := trail.NewObject()
	obj.Text("date", string(o.Date))
	obj.Objects("items", len(o.Items), func(i int, inner *trail.Object) {
		it := o.Items[i]
		k := it.Of.Key
		inner.Int("amount", int64(it.Amount)).Text("economic", k.Economic).Text("from", it.From).Text("function", k.Function).Text("fund", k.Fund)
		inner.Text("gov_economic", k.GovEconomic).Int("line", it.Line).Text("mode", string(k.Mode)).Text("move", string(it.Move)).Text("number", it.Of.Number)
		inner.Int("origin", int64(k.Origin)).Text("project", k.Project).Int("unit", k.Unit).Int("year", int64(k.Year))
	})
	return obj.Text("kind", string(o.Kind)).Text("note", o.Note).Text("session", o.Session).Text("source", o.Source).Int("year", int64(o.Year)).Bytes()
}

// Draft makes an order, or revises it where version is not 0. The same form again is refused with an error for which
// document.IsTaken holds.
func Draft(tx *store.Tx, by identity.Actor, o Order, version int64) (document.Document, error) {
	for _, s := range []*string{&o.Source, &o.Session, &o.Note} {
		*s = strings.TrimSpace(*s)
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	if err := o.read(tx, by); err != nil {
		return document.Document{}, err
	}
	unit, err := o.over(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: Kind, Step: "draft", ID: o.ID, Unit: unit.ID, Path: unit.Path, Today: today}
	effect := func() (document.Effect, error) {
		if err := o.check(tx, by.County, today); err != nil {
			return document.Effect{}, err
		}
		if err := o.keep(tx, by, version != 0); err != nil {
			return document.Effect{}, err
		}
		return document.Effect{Ref: o.Number, Rows: trail.Digest(o.rows())}, nil
	}
	if version == 0 {
		return document.Make(tx, act, func() (document.Effect, error) {
			if o.Number, err = nextNumber(tx, by.County, o); err != nil {
				return document.Effect{}, err
			}
			return effect()
		})
	}
	standing, err := SeeOrder(tx, by, o.ID)
	if err != nil {
		return document.Document{}, err
	}
	if standing.Unit != unit.ID {
		act.Path = standing.Path
		if err := by.Require(unit.Path, "办理这些单位的指标", Makers...); err != nil {
			return document.Document{}, err
		}
	}
	if o.Kind != standing.Kind || o.Year != standing.Year {
		return document.Document{}, fault.New(fault.Refused, "appropriation-kind-fixed", "指标单的种类和年度不能改", "请作废后另行填制")
	}
	act.Step, act.Version = "revise", version
	return document.Take(tx, act, func(document.Document) (document.Effect, error) { return effect() })
}

// nextNumber takes the next number of the county, year and kind: 追加-2026-0012.
func nextNumber(tx *store.Tx, county int64, o Order) (string, error) {
	n, err := org.NextID(tx, county, fmt.Sprintf("appropriation|%d|%s", o.Year, o.Kind))
	return fmt.Sprintf("%s-%d-%04d", o.Kind.Title(), o.Year, n), err
}

// read fills the lines of the items, each of which the actor must be able to read.
func (o *Order) read(tx *store.Tx, by identity.Actor) error {
	for i := range o.Items {
		l, err := See(tx, by, o.Items[i].Line)
		if err != nil {
			return err
		}
		o.Items[i].Of = l
	}
	return nil
}

// over gives the lowest unit that stands over all items' units.
func (o Order) over(tx *store.Tx, county int64) (org.Unit, error) {
	if len(o.Items) == 0 {
		return org.Unit{}, fault.New(fault.Invalid, "appropriation-no-items", "指标单没有指标", "请至少填写一条指标和金额")
	}
	common := org.Ancestors(o.Items[0].Of.Path)
	for _, it := range o.Items[1:] {
		other := org.Ancestors(it.Of.Path)
		n := 0
		for n < min(len(common), len(other)) && common[n] == other[n] {
			n++
		}
		common = common[:n]
	}
	return org.Get(tx, county, common[len(common)-1])
}

// keep writes the order and its items; the row of one that is revised stays.
func (o Order) keep(tx *store.Tx, by identity.Actor, revised bool) error {
	var err error
	if revised {
		_, err = tx.Exec(`delete from appropriation_item where county_id = $1 and document_id = $2`, by.County, o.ID)
		if err == nil {
			_, err = tx.Exec(`update appropriation_order set date = $3, source_no = $4, session_no = $5, note = $6, maker_id = $7
				where county_id = $1 and document_id = $2`, by.County, o.ID, string(o.Date), o.Source, o.Session, o.Note, by.Person)
		}
	} else {
		_, err = tx.Exec(`insert into appropriation_order (county_id, document_id, kind, year, date, source_no, session_no, note, maker_id)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, by.County, o.ID, string(o.Kind), o.Year, string(o.Date), o.Source, o.Session, o.Note, by.Person)
	}
	for i, it := range o.Items {
		if err != nil {
			break
		}
		_, err = tx.Exec(`insert into appropriation_item (county_id, document_id, item, move, line_id, amount, source)
			values ($1, $2, $3, $4, $5, $6, $7)`, by.County, o.ID, i+1, string(it.Move), it.Line, int64(it.Amount), it.From)
	}
	if store.IsUnique(err) {
		return fault.New(fault.Conflict, "document-exists", "这张指标单已经提交过", "请刷新后查看,勿重复提交")
	}
	if err != nil {
		return fmt.Errorf("appropriation: order %s: %w", o.ID, err)
	}
	return nil
}
