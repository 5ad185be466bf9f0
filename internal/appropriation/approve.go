package appropriation

import (
	"cmp"
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Approvers take the step of a drafted budget that lets it take effect, which makes its orders.
var Approvers = []identity.Role{identity.Accountant, identity.OfficeHead, identity.CountyBudget}

// Granted is what an approved budget gives to a line, or takes back from it.
type Granted struct {
	Key
	Purchase  bool
	Guarantee bool
	Amount    money.Fen
	From      string
}

// Approval is what the congress approved, as one order: the year's budget, or what an adjustment adds or takes back.
type Approval struct {
	ID      string
	Kind    OrderKind
	Year    int
	Date    calendar.Date
	Source  string // 文号
	Session string // 文号 of the resolution
	Note    string
	Over    int64 // the township
	Maker   int64 // who recorded the resolution; the actor checked it
	Items   []Granted
}

// Approve makes an order and lets it take effect within the step that records the congress's approval. A year's budget
// takes the place of what was given before it: what is provisional of the township and not approved falls away.
func Approve(tx *store.Tx, by identity.Actor, a Approval) error {
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	unit, err := org.Get(tx, by.County, a.Over)
	if err != nil {
		return err
	}
	o := Order{ID: a.ID, Kind: a.Kind, Year: a.Year, Date: a.Date, Source: a.Source, Session: a.Session, Note: a.Note, Maker: a.Maker, Checker: by.Person}
	for _, g := range a.Items {
		l, err := internGranted(tx, by.County, unit, g, a.Source)
		if err != nil {
			return err
		}
		o.Items = append(o.Items, Item{Move: MoveKind(a.Kind), Line: l.ID, Amount: g.Amount, From: g.From, Of: l})
	}
	act := document.Act{
		By: by, Kind: Kind, Step: "approve", ID: o.ID, Unit: unit.ID, Path: unit.Path, Today: today,
		Parts: []document.Part{{Duty: document.DutyMake, Person: a.Maker}},
	}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if o.Number, err = nextNumber(tx, by.County, o); err != nil {
			return document.Effect{}, err
		}
		if err := o.check(tx, by.County, today); err != nil {
			return document.Effect{}, err
		}
		if err := o.keep(tx, identity.Actor{County: by.County, Person: a.Maker}, false); err != nil {
			return document.Effect{}, err
		}
		made, err := o.carryOut(tx, by.County)
		if err != nil {
			return document.Effect{}, err
		}
		lapsed, err := o.lapseRest(tx, by.County, unit)
		return document.Effect{Ref: o.Number, Rows: trail.Digest(o.rows()), Facts: map[string]string{"moves": trail.Digest(moveRows(append(made, lapsed...)))}}, err
	})
	return err
}

// internGranted finds or makes the line of an approved amount, of a unit of the township.
func internGranted(tx *store.Tx, county int64, over org.Unit, g Granted, source string) (Line, error) {
	unit, err := org.Get(tx, county, g.Unit)
	if err != nil {
		return Line{}, err
	}
	if !org.Within(unit.Path, over.Path) {
		return Line{}, fault.Newf(fault.Refused, "appropriation-elsewhere", "请核对单位", "%s不属于%s", unit.Name, over.Name)
	}
	n := NewLine{Key: g.Key, Purchase: g.Purchase, Guarantee: g.Guarantee, Source: source}
	n.trim()
	if err := n.check(tx); err != nil {
		return Line{}, err
	}
	return n.intern(tx, county)
}

// intern finds the line of a checked key, or makes it.
func (n NewLine) intern(tx *store.Tx, county int64) (Line, error) {
	l, ok, err := Find(tx, county, n.Key)
	if err != nil {
		return l, err
	}
	if !ok {
		return insertLine(tx, county, n)
	}
	if l.Purchase != n.Purchase || l.Guarantee != n.Guarantee {
		return l, fault.Newf(fault.Refused, "appropriation-marks", "请按已登记的标识填写", "指标 %s 已登记为%s", l.Label(), marks(l.Purchase, l.Guarantee))
	}
	return l, nil
}

// lapseRest takes back what is provisional of the township's lines that the approved budget does not have.
func (o Order) lapseRest(tx *store.Tx, county int64, over org.Unit) ([]Move, error) {
	if o.Kind != OrderInitial {
		return nil, nil
	}
	lower, upper := org.Subtree(over.Path)
	rows, err := tx.Query(`select `+lineColumns+lineFrom+`and l.year = $2 and l.provisional > 0 and u.path >= $3 and u.path < $4 order by l.line_id`, county, o.Year, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("appropriation: provisional lines of %s: %w", over.Path, err)
	}
	defer rows.Close()
	var rest []Line
	for rows.Next() {
		l, err := scanLine(rows)
		if err != nil {
			return nil, fmt.Errorf("appropriation: provisional lines of %s: %w", over.Path, err)
		}
		rest = append(rest, l)
	}
	if err := cmp.Or(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("appropriation: provisional lines of %s: %w", over.Path, err)
	}
	var made []Move
	for _, l := range rest {
		if l.Available() < l.Provisional {
			return nil, fault.Newf(fault.Refused, "appropriation-provisional-used", "请把这项支出列入预算草案后再批准", "指标 %s 在预算批准前已占用、支付 %s 元,批准的预算没有这一项",
				l.Label(), l.Provisional-l.Available())
		}
		m, err := apply(tx, county, o.move(Lapse, l.ID, l.Provisional, ""))
		if err != nil {
			return nil, err
		}
		made = append(made, m)
	}
	return made, nil
}

// CheckLine refuses a line whose classes are not those of its year, or whose fund is not that of its function class, and
// gives it with what follows from the official tables.
func CheckLine(tx *store.Tx, n NewLine) (NewLine, error) {
	n.trim()
	err := n.check(tx)
	return n, err
}
