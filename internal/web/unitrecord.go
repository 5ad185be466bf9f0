package web

import (
	"fmt"
	"slices"

	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/unitchange"
)

// changePage is the record of one change of units: the order, who became what, and whose the books are now.
type changePage struct {
	Base
	Unit   org.Unit
	Change unitchange.Change
	What   string
	Who    string
	At     string
	Ended  []changedUnit
	Into   []changedUnit
	Books  []changedBook
	Out    string // ids of the vouchers that a press of the button makes
	In     string
}

type changedUnit struct {
	Name  string
	Path  string // empty where the person does not see the unit
	Note  string
	Dates string
}

// changedBook is a book that went over, with what is left to do.
type changedBook struct {
	Book     ledger.Book
	Path     string // empty where the person may not look into it
	From, To string
	Until    string
	State    string
	Class    string
	Standing string // what is still to be handed over, yuan
	Lines    int
	Takers   []choice // books that can take the balances
}

// change gives the change of the address where it concerns the unit of the address.
func (c *call) change(tx *store.Tx) (org.Unit, unitchange.Change, error) {
	u, err := c.unit(tx)
	if err != nil {
		return u, unitchange.Change{}, err
	}
	ch, err := unitchange.Get(tx, c.actor.County, c.r.PathValue("change"))
	if err == nil && !slices.ContainsFunc(ch.Parts, func(p unitchange.Part) bool { return p.Unit == u.ID }) {
		err = notThere()
	}
	return u, ch, err
}

func showChange(c *call, tx *store.Tx) (answer, error) {
	p, err := c.changePage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("unit/record", p)
}

func (c *call) changePage(tx *store.Tx) (*changePage, error) {
	u, ch, err := c.change(tx)
	if err != nil {
		return nil, err
	}
	p := &changePage{Unit: u, Change: ch, At: clock(ch.At), Out: document.NewID(), In: document.NewID()}
	p.Title, p.Styles = u.Name+" "+ch.Title(), []string{"admin.css"}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p.Who = names[ch.Person]
	if p.What, err = c.whatChanged(tx, ch); err != nil {
		return nil, err
	}
	for _, part := range ch.Parts {
		unit, err := org.Get(tx, c.actor.County, part.Unit)
		if err != nil {
			return nil, err
		}
		row := changedUnit{Name: part.Name, Note: unit.Kind.Title() + " " + unit.Code}
		if unit.Name != part.Name {
			row.Note += ",现名 " + unit.Name
		}
		if c.actor.Sees(unit.Path) {
			row.Path = fmt.Sprintf("/units/%d", unit.ID)
		}
		row.Dates = string(unit.From) + " 起"
		if unit.To != "" {
			row.Dates += "," + string(unit.To) + " 止"
		}
		if part.Part != "ended" {
			p.Into = append(p.Into, row)
			continue
		}
		p.Ended = append(p.Ended, row)
		if err := c.changedBooks(tx, p, unit); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// changedBooks lists the books that went over from a unit on the day of the change.
func (c *call) changedBooks(tx *store.Tx, p *changePage, from org.Unit) error {
	books, until, err := ledger.FormerBooks(tx, c.actor.County, from.ID)
	if err != nil {
		return err
	}
	for i, b := range books {
		if until[i].AddDays(1) != p.Change.On {
			continue
		}
		row := changedBook{Book: b, From: from.Name, To: b.UnitName, Until: string(until[i]), State: "接收单位续用", Class: "ok"}
		reads := c.actor.Has(b.Path, ledger.Readers...)
		if reads {
			row.Path = bookPath(b)
		}
		if b.EndedOn != "" {
			total, lines, err := ledger.Standing(tx, b)
			if err != nil {
				return err
			}
			switch {
			case lines > 0:
				row.State, row.Class, row.Lines = "余额待移交", "late", lines
				if reads {
					row.Standing = total.String()
				}
				if row.Takers, err = c.takers(tx, b); err != nil {
					return err
				}
			case !b.Ended():
				row.State, row.Class = "余额已移交,待结 "+b.OldestOpen().Chinese(), "wait"
			default:
				row.State = "已停用,账已结清"
			}
		}
		p.Books = append(p.Books, row)
	}
	return nil
}

// takers offers the books of the same chart and unit that can take an ended book's balances.
func (c *call) takers(tx *store.Tx, b ledger.Book) ([]choice, error) {
	if !c.actor.Has(b.Path, voucherMakers...) {
		return nil, nil
	}
	all, err := ledger.ListBooks(tx, c.actor.County, b.Path)
	if err != nil {
		return nil, err
	}
	var out []choice
	for _, other := range all {
		if other.Unit == b.Unit && other.EndedOn == "" && other.Chart == b.Chart {
			out = append(out, choice{Value: fmt.Sprint(other.ID), Title: other.Code + " " + other.Name})
		}
	}
	return out, nil
}

// handBalances drafts the two vouchers that hand an ended book's balances over, and opens the first.
func handBalances(c *call) (answer, error) {
	var out string
	err := c.write(func(tx *store.Tx) error {
		_, ch, err := c.change(tx)
		if err != nil {
			return err
		}
		if out, err = document.ParseID(c.form("out")); err != nil {
			return err
		}
		in, err := document.ParseID(c.form("in"))
		if err != nil {
			return err
		}
		return ledger.HandOver(tx, c.actor, ledger.Handing{From: c.number("book"), To: c.number("to"), Out: out, In: in, Source: ch.ID})
	})
	if err == nil || document.IsTaken(err) {
		return goTo(voucherPath(out))
	}
	return formAgain(c, "unit/record", err, c.changePage, nil)
}
