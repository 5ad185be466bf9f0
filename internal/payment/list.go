package payment

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Filter chooses payments of the register.
type Filter struct {
	Path     string // of a unit that the caller reads; payments at or below it
	From, To calendar.Date
	State    document.State // empty: all
	Text     string         // in number, payee or purpose
	Line     int64          // 0: all
	Payee    int64          // 0: all
}

// Register gives up to most payments, newest first.
func Register(tx *store.Tx, county int64, f Filter, most int) ([]Request, error) {
	lower, upper := org.Subtree(f.Path)
	where := `and u.path >= $2 and u.path < $3 and r.on_day >= $4 and r.on_day <= $5 and ($6 = '' or r.number like $6 or p.name like $6 or r.purpose like $6)
		and ($7 = 0 or r.line_id = $7) and ($8 = 0 or r.payee_id = $8)`
	args := []any{county, lower, upper, string(f.From), string(f.To), like(f.Text), f.Line, f.Payee}
	switch f.State {
	case "":
	case Reviewed:
		where += ` and d.state = 'reviewed' and r.order_id is null`
	case Ordered:
		where += ` and d.state = 'reviewed' and o.state = 'issued'`
	case Sent:
		where += ` and d.state = 'reviewed' and o.state in ('sent', 'answering')`
	default:
		where += ` and d.state = $9`
		args = append(args, string(f.State))
	}
	return query(tx, where+fmt.Sprintf(` order by r.document_id desc limit %d`, most), args...)
}

func like(text string) string {
	text = strings.NewReplacer("%", "", "_", "").Replace(strings.TrimSpace(text))
	if text == "" {
		return ""
	}
	return "%" + text + "%"
}

// ToSign gives the payments that wait for the actor's signature, urgent ones first, then the oldest.
func ToSign(tx *store.Tx, by identity.Actor) ([]Request, error) {
	all, err := query(tx, `and r.queue = 'approve' order by r.urgent desc, r.document_id`, by.County)
	if err != nil {
		return nil, err
	}
	var mine []Request
	for _, r := range all {
		if !by.Has(r.Path, Approvers...) {
			continue
		}
		_, ok, err := Turn(tx, by, r)
		if err != nil {
			return nil, err
		}
		if ok {
			mine = append(mine, r)
		}
	}
	return mine, nil
}

// Waiting gives what else waits for the actor: to be mended by its requester, to be ordered, to be booked. queue is
// 'mend', 'order' or 'book'.
func Waiting(tx *store.Tx, by identity.Actor, queue string) ([]Request, error) {
	all, err := query(tx, `and r.queue = $2 order by r.document_id`, by.County, queue)
	return slices.DeleteFunc(all, func(r Request) bool {
		switch queue {
		case "mend":
			return r.Maker != by.Person && !by.Has(r.Path, Requesters...)
		case "order":
			return !mayOrder(by, r)
		}
		return !by.Has(r.Path, identity.Accountant)
	}), err
}

// PlansOf gives the plans of a year's lines at or below the unit at path, by line.
func PlansOf(tx *store.Tx, county int64, year int, path string) (map[int64]PlanLine, error) {
	lower, upper := org.Subtree(path)
	rows, err := tx.Query(`select `+planColumns+` from payment_plan_line l join appropriation_line a on a.county_id = l.county_id and a.line_id = l.line_id
		join unit u on u.county_id = a.county_id and u.unit_id = a.unit_id where l.county_id = $1 and a.year = $2 and u.path >= $3 and u.path < $4`,
		county, year, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("payment.PlansOf: %w", err)
	}
	defer rows.Close()
	all := map[int64]PlanLine{}
	for rows.Next() {
		p, err := scanPlan(rows)
		if err != nil {
			return nil, fmt.Errorf("payment.PlansOf: %w", err)
		}
		all[p.Line] = p
	}
	return all, rows.Err()
}
