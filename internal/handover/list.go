package handover

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Item is something open that passes to the successor.
type Item struct {
	Kind     string `json:"kind"` // 凭证, 结账, 反结账, 角色, 代理
	What     string `json:"what"`
	Detail   string `json:"detail"`
	Document string `json:"document,omitempty"` // of a voucher
	Book     int64  `json:"book,omitempty"`
}

// Items lists what is open of a person: vouchers that are not posted, books whose months are late, reopenings that wait,
// roles and delegations.
func Items(tx *store.Tx, county, person int64) ([]Item, error) {
	var out []Item
	vouchers, err := ledger.OpenOf(tx, county, person)
	if err != nil {
		return nil, err
	}
	for _, v := range vouchers {
		what := v.BookName + " " + v.Period.Chinese()
		if v.Number != 0 {
			what += " " + v.Label()
		}
		out = append(out, Item{Kind: "凭证", What: what, Detail: fmt.Sprintf("%s,%s,%s 元", ledger.VoucherKind.States[v.State], v.Summary, v.Amount), Document: v.Document, Book: v.Book})
	}
	today, err := org.Today(tx, county)
	if err != nil {
		return nil, err
	}
	held, err := identity.RolesOf(tx, county, person)
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{}
	var roles []Item
	for _, h := range held {
		if h.From > today || h.To != "" && h.To < today {
			continue
		}
		roles = append(roles, Item{Kind: "角色", What: h.Role.Title(), Detail: h.UnitName + "及其下级"})
		one := identity.Actor{Grants: []identity.Grant{h.Grant}}
		if !one.Has(h.Path, ledger.CloseKind.Step("close").Roles...) {
			continue
		}
		found, err := closings(tx, county, h.Path, seen)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	out = append(out, roles...)
	given, err := identity.DelegationsOf(tx, county, person)
	if err != nil {
		return nil, err
	}
	for _, d := range given {
		if d.Last >= today {
			out = append(out, Item{Kind: "代理", What: d.ToName + " 代 " + d.FromName, Detail: fmt.Sprintf("%s(%s),%s 至 %s", d.Role.Title(), d.UnitName, d.First, d.Last)})
		}
	}
	return out, nil
}

// closings lists the late months and the reopenings of the books at or below a path, each book once.
func closings(tx *store.Tx, county int64, path string, seen map[int64]bool) ([]Item, error) {
	books, err := ledger.ListBooks(tx, county, path)
	if err != nil {
		return nil, err
	}
	var out []Item
	fresh := map[int64]bool{}
	for _, b := range books {
		if seen[b.ID] {
			continue
		}
		seen[b.ID], fresh[b.ID] = true, true
		if b.OldestOpen() < b.Today.Period() {
			out = append(out, Item{Kind: "结账", What: b.Name, Detail: b.OldestOpen().Chinese() + "起未结账", Book: b.ID})
		}
	}
	reopening, err := ledger.ListReopening(tx, county, path)
	if err != nil {
		return nil, err
	}
	for _, r := range reopening {
		if fresh[r.Book] {
			out = append(out, Item{Kind: "反结账", What: r.BookName, Detail: r.Period.Chinese() + " " + ledger.CloseKind.States[r.State], Book: r.Book})
		}
	}
	return out, nil
}

// listMost is how many handovers or delegations a list holds, the newest of them.
const listMost = 300

// query reads the newest handovers that where names, without their items. It begins at them: a cross join holds SQLite to
// that order, which would walk every document of the county otherwise.
func query(tx *store.Tx, where string, args ...any) ([]Handover, error) {
	rows, err := tx.Query(`select h.document_id, d.state, d.version, h.unit_id, u.name, u.path, h.leaver_id, h.successor_id, h.witness_id, h.cause,
		h.things, h.started_by, h.started_at, coalesce(h.leaver_at, ''), coalesce(h.successor_at, ''), coalesce(h.witness_at, '')
		from handover h cross join document d cross join unit u where d.county_id = h.county_id and d.document_id = h.document_id
		and u.county_id = h.county_id and u.unit_id = h.unit_id and h.county_id = $1 and (`+where+`)
		order by h.started_at desc, h.document_id limit `+strconv.Itoa(listMost), args...)
	if err != nil {
		return nil, fmt.Errorf("handover: %w", err)
	}
	defer rows.Close()
	var all []Handover
	for rows.Next() {
		var h Handover
		if err := rows.Scan(&h.Document, &h.State, &h.Version, &h.Unit, &h.UnitName, &h.Path, &h.Leaver, &h.Successor, &h.Witness, &h.Cause,
			&h.Things, &h.StartedBy, &h.StartedAt, &h.LeaverAt, &h.SuccessorAt, &h.WitnessAt); err != nil {
			return nil, fmt.Errorf("handover: %w", err)
		}
		all = append(all, h)
	}
	return all, rows.Err()
}

// Overseers may read the handovers of their units beside those who sign: witnesses and the security administrator.
var Overseers = append([]identity.Role{identity.SecAdmin, identity.SysAdmin}, Witnesses...)

// See gives a handover, with its items, that the actor signs or oversees; another is not there.
func See(tx *store.Tx, by identity.Actor, id string) (Handover, error) {
	all, err := query(tx, `h.document_id = $2`, by.County, id)
	if err != nil {
		return Handover{}, err
	}
	if len(all) == 0 || !all[0].visible(by) {
		return Handover{}, fault.New(fault.NotFound, "document-unknown", "没有这次交接", "请从交接列表中打开")
	}
	h := all[0]
	var items string
	if err := tx.QueryRow(`select items from handover where county_id = $1 and document_id = $2`, by.County, id).Scan(&items); err != nil {
		return h, fmt.Errorf("handover %s: %w", id, err)
	}
	if items != "" {
		if err := json.Unmarshal([]byte(items), &h.Items); err != nil {
			return h, fmt.Errorf("handover %s: %w", id, err)
		}
	}
	return h, nil
}

func (h Handover) visible(by identity.Actor) bool {
	return by.Person == h.Leaver || by.Person == h.Successor || by.Person == h.Witness || by.Has(h.Path, Overseers...)
}

// signs holds for the handovers in which a person, $2, takes part.
const signs = `h.leaver_id = $2 or h.successor_id = $2 or h.witness_id = $2`

// WaitingFor gives the handovers that miss the actor's signature, oldest first.
func WaitingFor(tx *store.Tx, by identity.Actor) ([]Handover, error) {
	all, err := query(tx, `d.state in ('open', 'handed', 'taken') and (`+signs+`)`, by.County, by.Person)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(h Handover) bool { return h.Waits() != by.Person })
	slices.Reverse(all)
	return all, nil
}

// List gives the handovers that the actor signs or oversees, newest first; more tells that there are older ones.
func List(tx *store.Tx, by identity.Actor) (all []Handover, more bool, err error) {
	where, args := signs, []any{by.County, by.Person}
	for _, g := range by.Grants {
		if g.Path != "" && slices.Contains(Overseers, g.Role) {
			lower, upper := org.Subtree(g.Path)
			where += fmt.Sprintf(` or u.path >= $%d and u.path < $%d`, len(args)+1, len(args)+2)
			args = append(args, lower, upper)
		}
	}
	all, err = query(tx, where, args...)
	return all, len(all) == listMost, err
}

// Waits reports whose signature a handover waits for; 0 where none is missing.
func (h Handover) Waits() int64 {
	switch h.State {
	case Open:
		return h.Leaver
	case Handed:
		return h.Successor
	case Taken:
		return h.Witness
	default:
		return 0
	}
}

// UnderWay reports whether signatures are missing.
func (h Handover) UnderWay() bool { return h.State != Done && h.State != Void }

// StateTitle is the state on pages.
func (h Handover) StateTitle() string { return Kind.States[document.State(h.State)] }
