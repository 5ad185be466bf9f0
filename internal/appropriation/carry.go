package appropriation

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

// Carried is a line that has something left at the end of its year.
type Carried struct {
	Line
	Age    int  // years after the one in which it was first given, once carried
	TooOld bool // it may not be carried any further and is to be recalled
}

// Carryable gives the lines of a year at or below a unit that have something left, with their age.
func Carryable(tx *store.Tx, by identity.Actor, year int, path string) ([]Carried, error) {
	lines, err := List(tx, by, year, path)
	if err != nil {
		return nil, err
	}
	most, err := rule.Int(tx, by.County, carryYears.Code, "", calendar.PeriodOf(year+1, 1).First())
	if err != nil {
		return nil, err
	}
	var out []Carried
	for _, l := range lines {
		if l.Available() > 0 {
			out = append(out, Carried{l, year + 1 - l.Origin, l.tooOld(most) != nil})
		}
	}
	return out, nil
}

// CarryItems gives the two items that carry an amount of a line over into the next year, whose line it finds or makes.
func CarryItems(tx *store.Tx, by identity.Actor, l Line, amount money.Fen) ([]Item, error) {
	next := NewLine{Key: l.Key, Purchase: l.Purchase, Guarantee: l.Guarantee, Source: l.Source, parent: l.ID}
	next.Year++
	in, err := Intern(tx, by, next)
	if err != nil {
		return nil, err
	}
	return []Item{{Move: CarryOut, Line: l.ID, Amount: amount}, {Move: CarryIn, Line: in.ID, Amount: amount}}, nil
}
