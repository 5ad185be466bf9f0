package appropriation

import (
	"fmt"
	"slices"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

func orderUnknown() error {
	return fault.New(fault.NotFound, "appropriation-order-unknown", "没有这张指标单", "请从指标单列表中打开")
}

const orderColumns = `o.document_id, o.kind, o.year, o.date, o.source_no, o.session_no, o.note, o.maker_id, d.ref, d.state, d.version, d.unit_id, u.path`

// orderFrom begins at the orders: the county's documents are many more.
const orderFrom = ` from appropriation_order o cross join document d cross join unit u where o.county_id = $1
	and d.county_id = o.county_id and d.document_id = o.document_id and u.county_id = d.county_id and u.unit_id = d.unit_id `

func queryOrders(tx *store.Tx, where string, args ...any) ([]Order, error) {
	rows, err := tx.Query(`select `+orderColumns+orderFrom+where, args...)
	if err != nil {
		return nil, fmt.Errorf("appropriation: orders: %w", err)
	}
	defer rows.Close()
	var all []Order
	for rows.Next() {
		var o Order
		if err := rows.Scan(&o.ID, &o.Kind, &o.Year, &o.Date, &o.Source, &o.Session, &o.Note, &o.Maker, &o.Number, &o.State, &o.Version, &o.Unit, &o.Path); err != nil {
			return nil, fmt.Errorf("appropriation: orders: %w", err)
		}
		all = append(all, o)
	}
	return all, rows.Err()
}

// SeeOrder gives an order with the items of the units that the actor reads; one that has none of them is not there, nor is
// one that still waits for him who sees only what was issued.
func SeeOrder(tx *store.Tx, by identity.Actor, id string) (Order, error) {
	found, err := queryOrders(tx, `and o.document_id = $2`, by.County, id)
	if err != nil {
		return Order{}, err
	}
	if len(found) == 0 {
		return Order{}, orderUnknown()
	}
	o := found[0]
	all, err := items(tx, by.County, id)
	if err != nil {
		return o, err
	}
	o.Items = slices.DeleteFunc(slices.Clone(all), func(it Item) bool {
		return !by.Reads(it.Of.Path) || o.State != Effective && !by.SeesUnderway(it.Of.Path)
	})
	if len(o.Items) == 0 {
		return Order{}, orderUnknown()
	}
	o.Whole = len(o.Items) == len(all)
	d, err := document.Get(tx, by.County, id)
	if err != nil {
		return o, err
	}
	for _, p := range d.Parts { // the last who checked stands last
		if p.Duty == document.DutyCheck {
			o.Checker = p.Person
		}
	}
	return o, nil
}

func items(tx *store.Tx, county int64, id string) ([]Item, error) {
	rows, err := tx.Query(`select i.move, i.line_id, i.amount, i.source, `+lineColumns+` from appropriation_item i
		join appropriation_line l on l.county_id = i.county_id and l.line_id = i.line_id
		join unit u on u.county_id = l.county_id and u.unit_id = l.unit_id
		where i.county_id = $1 and i.document_id = $2 order by i.item`, county, id)
	if err != nil {
		return nil, fmt.Errorf("appropriation: items of %s: %w", id, err)
	}
	defer rows.Close()
	var all []Item
	for rows.Next() {
		var it Item
		it.Of, err = scanLine(prefixed{rows, []any{&it.Move, &it.Line, &it.Amount, &it.From}})
		if err != nil {
			return nil, fmt.Errorf("appropriation: items of %s: %w", id, err)
		}
		all = append(all, it)
	}
	return all, rows.Err()
}

// prefixed scans columns that stand before those of a line.
type prefixed struct {
	row   interface{ Scan(...any) error }
	first []any
}

func (p prefixed) Scan(dest ...any) error {
	return p.row.Scan(append(slices.Clip(p.first), dest...)...)
}

// seen limits orders to those that move a line of a unit at or below a path.
const seen = `and exists (select 1 from appropriation_item i join appropriation_line l on l.county_id = i.county_id and l.line_id = i.line_id
	join unit lu on lu.county_id = l.county_id and lu.unit_id = l.unit_id
	where i.county_id = o.county_id and i.document_id = o.document_id and lu.path >= $2 and lu.path < $3) `

// Orders gives up to most orders of a year that move lines at or below the unit at path, newest first, as the actor sees
// them: see SeeOrder. The caller reads that unit.
func Orders(tx *store.Tx, by identity.Actor, year int, path string, most int) ([]Order, error) {
	lower, upper := org.Subtree(path)
	where := seen + `and o.year = $4 `
	if !by.SeesUnderway(path) {
		where += `and d.state = 'effective' `
	}
	return queryOrders(tx, where+`order by o.document_id desc limit $5`, by.County, lower, upper, year, most)
}

// Waiting gives the orders in a state that the actor may take on: to be checked or issued by him, not his own where he
// checks, or returned to him as their maker. The oldest comes first.
func Waiting(tx *store.Tx, by identity.Actor, state document.State) ([]Order, error) {
	all, err := queryOrders(tx, `and d.state = $2 order by o.document_id`, by.County, string(state))
	return slices.DeleteFunc(all, func(o Order) bool {
		return !by.Has(o.Path, Makers...) || state == Drafted && o.Maker == by.Person || state == Returned && o.Maker != by.Person
	}), err
}

// Totals gives what orders give or take, by document.
func Totals(tx *store.Tx, county int64, orders []Order) (map[string]money.Fen, error) {
	out := map[string]money.Fen{}
	for _, o := range orders {
		var sum int64
		err := tx.QueryRow(`select cast(coalesce(sum(amount), 0) as bigint) from appropriation_item
			where county_id = $1 and document_id = $2 and move = $3`, county, o.ID, string(o.Kind.moves()[0])).Scan(&sum)
		if err != nil {
			return nil, fmt.Errorf("appropriation.Totals: %w", err)
		}
		out[o.ID] = money.Fen(sum)
	}
	return out, nil
}

// Giving is what first gave a line its year's budget.
type Giving struct {
	From, Source, Session string
	Date                  string
}

// Givings gives, of the lines of a year that an approved budget gave, how: the first order of each.
func Givings(tx *store.Tx, county int64, year int) (map[int64]Giving, error) {
	rows, err := tx.Query(`select i.line_id, i.source, o.source_no, o.session_no, o.date from appropriation_order o
		cross join appropriation_item i cross join document d
		where o.county_id = $1 and o.year = $2 and o.kind = 'initial' and i.county_id = o.county_id and i.document_id = o.document_id
		and d.county_id = o.county_id and d.document_id = o.document_id and d.state = $3 order by o.document_id desc`, county, year, string(Effective))
	if err != nil {
		return nil, fmt.Errorf("appropriation.Givings: %w", err)
	}
	defer rows.Close()
	out := map[int64]Giving{}
	for rows.Next() {
		var line int64
		var g Giving
		if err := rows.Scan(&line, &g.From, &g.Source, &g.Session, &g.Date); err != nil {
			return nil, fmt.Errorf("appropriation.Givings: %w", err)
		}
		out[line] = g
	}
	return out, rows.Err()
}
