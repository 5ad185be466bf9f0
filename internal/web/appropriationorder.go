package web

import (
	"cmp"
	"fmt"
	"slices"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

func orderPath(id string) string { return "/appropriations/orders/" + id }

var orderClasses = map[document.State]string{
	appropriation.Drafted: "wait", appropriation.Checked: "wait", appropriation.Effective: "ok", appropriation.Returned: "late", appropriation.Voided: "",
}

// ordersPage lists orders: those that wait for the person, and a year's.
type ordersPage struct {
	Base
	Year    int
	Years   []choice
	Waiting []orderRow
	Rows    []orderRow
	Maker   bool
	Kinds   []choice
}

type orderRow struct {
	Order appropriation.Order
	Path  string
	Sum   money.Fen
	State string
	Class string
	Maker string
	Does  string // what the person is to do
}

// ordersMost is how many orders of a year a page lists.
const ordersMost = 200

func showOrders(c *call, tx *store.Tx) (answer, error) {
	year, err := c.yearOf(tx)
	if err != nil {
		return answer{}, err
	}
	p := &ordersPage{Year: year, Maker: len(c.paths(appropriation.Makers...)) > 0, Kinds: orderChoices("")}
	p.Styles = []string{"appropriation.css"}
	if p.Years, err = c.yearChoices(tx, year); err != nil {
		return answer{}, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	if p.Maker {
		for _, w := range waitingOrders {
			all, err := appropriation.Waiting(tx, c.actor, w.state)
			if err != nil {
				return answer{}, err
			}
			rows, err := c.orderRows(tx, all, names)
			if err != nil {
				return answer{}, err
			}
			for i := range rows {
				rows[i].Does = w.does
			}
			p.Waiting = append(p.Waiting, rows...)
		}
	}
	var all []appropriation.Order
	for _, path := range c.paths(appropriationReaders...) {
		found, err := appropriation.Orders(tx, c.actor, year, path, ordersMost)
		if err != nil {
			return answer{}, err
		}
		for _, o := range found {
			if !slices.ContainsFunc(all, func(x appropriation.Order) bool { return x.ID == o.ID }) {
				all = append(all, o)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b appropriation.Order) int { return cmp.Compare(b.ID, a.ID) })
	p.Rows, err = c.orderRows(tx, all[:min(len(all), ordersMost)], names)
	if err != nil {
		return answer{}, err
	}
	return show("appropriation/orders", p)
}

var waitingOrders = []struct {
	state document.State
	does  string
}{{appropriation.Drafted, "审核"}, {appropriation.Checked, "下达"}, {appropriation.Returned, "改"}}

// orderRows gives rows with the sum of what the person reads of each order.
func (c *call) orderRows(tx *store.Tx, all []appropriation.Order, names map[int64]string) ([]orderRow, error) {
	var out []orderRow
	for _, o := range all {
		seen, err := appropriation.SeeOrder(tx, c.actor, o.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, orderRow{Order: seen, Path: orderPath(o.ID), Sum: seen.Total(), State: appropriation.Kind.States[o.State], Class: orderClasses[o.State], Maker: names[o.Maker]})
	}
	return out, nil
}

// orderPage is one order as it is printed, with its steps.
type orderPage struct {
	Base
	Order   appropriation.Order
	State   string
	Class   string
	Items   []itemRow
	Sum     money.Fen
	Capital string
	Maker   string
	Checker string
	Edit    string
	Steps   []stepForm
	Trail   []trailRow
	Live    bool // it has not taken effect: what is available before and after is as of now
}

type itemRow struct {
	appropriation.Item
	appropriationRow
	From          string
	Before, After money.Fen
}

func showOrder(c *call, tx *store.Tx) (answer, error) {
	p, err := c.orderPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("appropriation/order", p)
}

func (c *call) orderPage(tx *store.Tx) (*orderPage, error) {
	o, err := appropriation.SeeOrder(tx, c.actor, c.r.PathValue("order"))
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &orderPage{Order: o, State: appropriation.Kind.States[o.State], Class: orderClasses[o.State], Sum: o.Total(), Maker: names[o.Maker], Checker: names[o.Checker]}
	p.Title, p.Styles = "指标单 "+o.Number, []string{"admin.css", "appropriation.css"}
	p.Capital = p.Sum.Capital()
	p.Live = o.State != appropriation.Effective && o.State != appropriation.Voided
	made, err := appropriation.MovesBy(tx, c.actor.County, o.ID)
	if err != nil {
		return nil, err
	}
	for _, it := range o.Items {
		row := itemRow{Item: it, Before: it.Of.Available()}
		row.After = row.Before + it.Amount*money.Fen(it.Move.Sign())
		if row.appropriationRow, err = rowOf(tx, it.Of); err != nil {
			return nil, err
		}
		if it.From != "" {
			row.From = appropriation.AccountName(it.From)
		}
		for _, m := range made {
			if m.Line == it.Line && m.Kind == it.Move {
				row.After, row.Before = m.Available, m.Available-m.Amount*money.Fen(m.Kind.Sign())
			}
		}
		p.Items = append(p.Items, row)
	}
	may := c.actor.Has(o.Path, appropriation.Makers...)
	for _, s := range appropriation.Kind.Steps[2:] {
		if !may || !slices.Contains(s.From, o.State) || s.Name == "check" && o.Maker == c.actor.Person {
			continue
		}
		p.Steps = append(p.Steps, stepForm{Name: s.Name, Title: s.Title, Reason: s.Reason, Path: orderPath(o.ID) + "/" + s.Name, Main: s.Name == "check" || s.Name == "issue"})
	}
	if may && (o.State == appropriation.Drafted || o.State == appropriation.Returned) {
		p.Edit = orderPath(o.ID) + "/edit"
	}
	p.Trail, err = trailRows(tx, c.actor.County, o.ID, appropriation.Kind, names)
	return p, err
}

func stepOrder(c *call) (answer, error) {
	id, name, version := c.r.PathValue("order"), c.lastOfPath(), c.number("version")
	err := c.write(func(tx *store.Tx) error {
		var err error
		switch name {
		case "check":
			_, err = appropriation.Check(tx, c.actor, id, version)
		case "issue":
			_, err = appropriation.Issue(tx, c.actor, id, version)
		case "return":
			_, err = appropriation.Return(tx, c.actor, id, version, c.form("reason"))
		default:
			_, err = appropriation.Void(tx, c.actor, id, version, c.form("reason"))
		}
		return err
	})
	if err == nil || c.taken(id, version, name) {
		return goTo(orderPath(id))
	}
	return formAgain(c, "appropriation/order", err, c.orderPage, func(p *orderPage) {
		for i := range p.Steps {
			if p.Steps[i].Name == name {
				p.Steps[i].Given = c.form("reason")
			}
		}
	})
}

// appropriations are the orders that wait for the person to check, issue or mend them.
func (d *desk) appropriations() ([]todo, error) {
	if len(d.paths(appropriation.Makers...)) == 0 {
		return nil, nil
	}
	var out []todo
	for _, w := range waitingOrders {
		all, err := appropriation.Waiting(d.tx, d.actor, w.state)
		if err != nil {
			return nil, err
		}
		if len(all) == 0 {
			continue
		}
		t := todo{Kind: "指标单", What: fmt.Sprintf("%s %d 张", appropriation.Kind.States[w.state], len(all)), Path: "/appropriations/orders", Button: w.does}
		t.Detail = listed(all, func(o appropriation.Order) string { return o.Number })
		if len(all) == 1 {
			t.Path = orderPath(all[0].ID)
		}
		out = append(out, t)
	}
	return out, nil
}
