package drafting

import (
	"cmp"
	"slices"

	"xiangzhang/internal/money"
)

// Change is a line or an item as two versions have it.
type Change struct {
	Line     Line // what it is; the amounts are below
	Item     Item // where Line has no unit
	Was, Now money.Fen
	WasCount int64 // heads or things
	NowCount int64
	WasRate  money.Fen
	NowRate  money.Fen
}

// Differs reports whether anything about it changed.
func (c Change) Differs() bool {
	return c.Was != c.Now || c.WasCount != c.NowCount || c.WasRate != c.NowRate
}

// Less gives by how much it rose, or fell.
func (c Change) Less() money.Fen { return c.Now - c.Was }

// same is what makes two lines of two versions the same line: a standard that was raised is still the same one where its
// class is.
func (l Line) same() Line {
	l.Quantity, l.Rate, l.Amount, l.Note, l.Standard, l.UnitName = 0, 0, 0, "", "", ""
	l.Purchase, l.Guarantee = false, false
	return l
}

// Compare sets two versions side by side, line by line: in the order of the later one, then what it no longer has.
func Compare(was, now Content) (out []Change) {
	used := make([]bool, len(was.Lines))
	find := func(l Line) int {
		for _, exact := range []bool{true, false} { // the same standard first
			for i, o := range was.Lines {
				if !used[i] && o.same() == l.same() && (!exact || o.Standard == l.Standard) {
					return i
				}
			}
		}
		return -1
	}
	for _, l := range now.Lines {
		c := Change{Line: l, Now: l.Amount, NowCount: l.Quantity, NowRate: l.Rate}
		if i := find(l); i >= 0 {
			used[i] = true
			c.Was, c.WasCount, c.WasRate = was.Lines[i].Amount, was.Lines[i].Quantity, was.Lines[i].Rate
		}
		out = append(out, c)
	}
	for i, l := range was.Lines {
		if !used[i] {
			out = append(out, Change{Line: l, Was: l.Amount, WasCount: l.Quantity, WasRate: l.Rate})
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int { return cmp.Compare(a.Line.Unit, b.Line.Unit) })
	return append(out, compareItems(was.Items, now.Items)...)
}

func compareItems(was, now []Item) (out []Change) {
	same := func(i Item) Item {
		i.Amount, i.Note = 0, ""
		return i
	}
	used := make([]bool, len(was))
	for _, i := range now {
		c := Change{Item: i, Now: i.Amount}
		if at := slices.IndexFunc(was, func(o Item) bool { return same(o) == same(i) }); at >= 0 {
			used[at], c.Was = true, was[at].Amount
		}
		out = append(out, c)
	}
	for at, i := range was {
		if !used[at] {
			out = append(out, Change{Item: i, Was: i.Amount})
		}
	}
	return out
}
