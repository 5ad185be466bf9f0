package appropriation

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Check is the second person's yes. The order's rules are asked again.
func Check(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	return step(tx, by, "check", id, version, "", func(o Order, today calendar.Date) (document.Effect, error) {
		return document.Effect{Rows: trail.Digest(o.rows())}, o.check(tx, by.County, today)
	})
}

// Return sends an order back to its maker.
func Return(tx *store.Tx, by identity.Actor, id string, version int64, reason string) (document.Document, error) {
	return step(tx, by, "return", id, version, reason, nil)
}

// Void ends an order that has not taken effect; its number stays taken.
func Void(tx *store.Tx, by identity.Actor, id string, version int64, reason string) (document.Document, error) {
	return step(tx, by, "void", id, version, reason, nil)
}

// Issue lets an order take effect: every item moves its line, or none does.
func Issue(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	return step(tx, by, "issue", id, version, "", func(o Order, today calendar.Date) (document.Effect, error) {
		if err := o.check(tx, by.County, today); err != nil {
			return document.Effect{}, err
		}
		made, err := o.carryOut(tx, by.County)
		if err != nil {
			return document.Effect{}, err
		}
		return document.Effect{Rows: trail.Digest(o.rows()), Facts: map[string]string{"moves": trail.Digest(moveRows(made))}}, nil
	})
}

// carryOut applies the items. A budget that is approved takes the place of what was given before it.
func (o Order) carryOut(tx *store.Tx, county int64) ([]Move, error) {
	var made []Move
	for _, it := range o.Items {
		m, err := apply(tx, county, o.move(it.Move, it.Line, it.Amount, it.From))
		if err != nil {
			return nil, err
		}
		made = append(made, m)
		if it.Move != Initial {
			continue
		}
		l, err := Get(tx, county, it.Line) // after its row was written: nobody else changes it before the commit
		if err != nil {
			return nil, err
		}
		if l.Provisional > 0 {
			if m, err = apply(tx, county, o.move(Lapse, it.Line, l.Provisional, "")); err != nil {
				return nil, err
			}
			made = append(made, m)
		}
	}
	return made, nil
}

func (o Order) move(kind MoveKind, line int64, amount money.Fen, from string) Move {
	return Move{Line: line, Kind: kind, Amount: amount, Source: from, Document: o.ID, Number: o.Number, Date: o.Date, Maker: o.Maker, Checker: o.Checker}
}

// moveRows gives the canonical rows of the moves that an order made.
func moveRows(all []Move) []byte {
	obj := trail.NewObject()
	obj.Objects("moves", len(all), func(i int, inner *trail.Object) {
		m := all[i]
		inner.Int("amount", int64(m.Amount)).Int("available", int64(m.Available)).Int("checker", m.Checker).Text("date", string(m.Date))
		inner.Text("kind", string(m.Kind)).Int("line", m.Line).Int("maker", m.Maker).Text("number", m.Number).Int("seq", m.Seq).Text("source", m.Source)
	})
	return obj.Bytes()
}

// step takes a step on an order that stands.
func step(tx *store.Tx, by identity.Actor, name, id string, version int64, reason string, effect func(o Order, today calendar.Date) (document.Effect, error)) (document.Document, error) {
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	o, err := SeeOrder(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: Kind, Step: name, ID: id, Version: version, Unit: o.Unit, Path: o.Path, Today: today, Reason: reason}
	return document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if effect == nil {
			return document.Effect{}, nil
		}
		return effect(o, today)
	})
}
