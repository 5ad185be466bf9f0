package web

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// elapsed is how much of a year is over on a day, in hundredths of a percent.
func elapsed(today calendar.Date, year int) int64 {
	switch {
	case today.Year() < year:
		return 0
	case today.Year() > year:
		return 10000
	}
	first := calendar.PeriodOf(year, 1).First().Time()
	next := calendar.PeriodOf(year+1, 1).First().Time()
	return int64(today.Time().Sub(first)/(24*time.Hour)+1) * 10000 / int64(next.Sub(first)/(24*time.Hour))
}

// movesMost is how many moves a page of a line shows.
const movesMost = 100

// appropriationPage is one line with its moves and what each did in the memorandum ledger.
type appropriationPage struct {
	Base
	Line     appropriation.Line
	Row      appropriationRow
	Fund     string
	Gov      string
	Parent   string
	Moves    []moveRow
	Older    string
	Balances []appropriation.Balance
	Actions  []pageLink
}

type moveRow struct {
	appropriation.Move
	Signed  money.Fen // as it changes the available amount; 0 where it does not
	Path    string    // of its order
	Maker   string
	Checker string
	Time    string
}

func showAppropriation(c *call, tx *store.Tx) (answer, error) {
	id, err := c.id("line")
	if err != nil {
		return answer{}, err
	}
	l, err := appropriation.See(tx, c.actor, id)
	if err != nil {
		return answer{}, err
	}
	p := &appropriationPage{Line: l}
	p.Title, p.Styles = "指标 "+l.Number, []string{"appropriation.css"}
	if p.Row, err = rowOf(tx, l); err != nil {
		return answer{}, err
	}
	if p.Fund, err = appropriation.ClassName(tx, appropriation.ClassFund, l.Fund, l.Year); err != nil {
		return answer{}, err
	}
	if p.Gov, err = appropriation.ClassName(tx, appropriation.ClassGov, l.GovEconomic, l.Year); err != nil {
		return answer{}, err
	}
	if l.Parent != 0 {
		p.Parent = linePath(l.Parent)
	}
	before, _ := strconv.ParseInt(c.query("before"), 10, 64)
	all, err := appropriation.MovesOf(tx, c.actor.County, l.ID, before, movesMost)
	if err != nil {
		return answer{}, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	for _, m := range all {
		row := moveRow{Move: m, Signed: m.Amount * money.Fen(m.Kind.Sign()), Maker: names[m.Maker], Checker: names[m.Checker], Time: clock(m.At)}
		if m.Checker != 0 {
			row.Path = orderPath(m.Document)
		}
		p.Moves = append(p.Moves, row)
	}
	if n := len(all); n == movesMost && all[n-1].Seq > 1 {
		p.Older = fmt.Sprintf("%s?before=%d", linePath(l.ID), all[n-1].Seq)
	}
	if p.Balances, err = appropriation.MemorandumOf(tx, c.actor.County, l.ID); err != nil {
		return answer{}, err
	}
	if c.actor.Has(l.Path, appropriation.Makers...) {
		for _, k := range appropriation.OrderKinds() {
			if !slices.Contains([]appropriation.OrderKind{appropriation.OrderInitial, appropriation.OrderProvisional, appropriation.OrderLapse, appropriation.OrderCarryOver}, k) {
				p.Actions = append(p.Actions, pageLink{Title: k.Title(), Path: fmt.Sprintf("/appropriations/orders/new?kind=%s&line=%d", k, l.ID)})
			}
		}
	}
	return show("appropriation/show", p)
}
