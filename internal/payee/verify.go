package payee

import (
	"fmt"

	"xiangzhang/internal/document"
	"xiangzhang/internal/store"
)

// Verify compares every change with the leaf of its reporting, and what each payee's row says with its changes.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "payee_change")
	if err != nil {
		return nil, err
	}
	all, err := queryChanges(tx, `order by c.document_id`, county)
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	for _, c := range all {
		if !c.told(leaves[c.Document]) {
			flaws = append(flaws, document.Flaw{Document: c.Document, Message: fmt.Sprintf("收款人 %d 的%s与存证不符", c.Payee, c.Act.Title())})
		}
	}
	wrong, err := pointers(tx, county)
	return append(flaws, wrong...), err
}

func (c Change) told(steps map[string]document.Told) bool {
	leaf, made := steps["report"]
	for _, name := range []string{"stop", "ask-lift"} {
		if other, ok := steps[name]; ok {
			leaf, made = other, true
		}
	}
	if !made || !leaf.By(c.Maker, c.MadeAt) {
		return false
	}
	for k, v := range c.facts() {
		if leaf.Facts[k] != v {
			return false
		}
	}
	for k, v := range c.private() {
		if !leaf.Commits(k, v) {
			return false
		}
	}
	return c.gives() || leaf.Commits("reason", c.Why)
}

// pointers wants each payee's account and stop to be those that its effective changes come to, in the order of their
// checking.
func pointers(tx *store.Tx, county int64) ([]document.Flaw, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	come := map[int64]standing{}
	err := each(tx, `select c.payee_id, c.act, c.document_id from payee_change c cross join trail t
		where c.county_id = $1 and t.county_id = c.county_id and t.document_id = c.document_id and t.step in ('check', 'stop')
		order by t.at, t.document_id`, county, func(id int64, act, by string) {
		is := come[id]
		switch Act(act) {
		case Register, Reaccount:
			is.account = by
		case Halt:
			is.stop = by
		case Lift:
			is.stop = ""
		}
		come[id] = is
	})
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	err = each(tx, `select payee_id, coalesce(account_by, ''), coalesce(stopped_by, '') from payee where county_id = $1 order by payee_id`, county,
		func(id int64, account, stop string) {
			if is := (standing{account, stop}); is != come[id] {
				flaws = append(flaws, document.Flaw{Document: account, Message: fmt.Sprintf("收款人 %d 的账户或停付状态与变动记录不符", id)})
			}
		})
	return flaws, err
}

// standing is what a payee's row points at.
type standing struct{ account, stop string }

func each(tx *store.Tx, q string, county int64, f func(id int64, a, b string)) error {
	rows, err := tx.Query(q, county)
	if err != nil {
		return fmt.Errorf("payee.Verify: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var a, b string
		if err := rows.Scan(&id, &a, &b); err != nil {
			return fmt.Errorf("payee.Verify: %w", err)
		}
		f(id, a, b)
	}
	return rows.Err()
}
