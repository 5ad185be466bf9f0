// Package unitchange renames, merges, splits and ends units, each on a day, by a document, for a reason, and says what
// becomes of their books and people.
//
// A unit keeps its past: what it was called on a day and whose a book was on a day can always be asked (org.NameOn,
// ledger.UnitsOn). Nothing posted changes. The books of a unit that ends move to its successor, and the rights over
// them with the path of the successor; its people move with them. A change is refused, with a list of everything that
// stands in its way, while months before it are open, vouchers are under way or people hold roles in a unit that ends.
//
// Rules: 会计基础工作规范 (units that end or merge hand their accounts over), 村民委员会组织法 art. 3 (villages are set up,
// ended and merged by the township's proposal and the county's approval).
package unitchange

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
	"xiangzhang/internal/trail"
)

var keepers = []identity.Role{identity.SysAdmin}

// Kind declares the changes of a unit. Each takes effect by its one step.
var Kind = &document.Kind{
	Name: "unit-change", Title: "单位变更", States: map[document.State]string{"done": "已生效"},
	Steps: []document.Step{
		{Name: "rename", Title: "更名", To: "done", Roles: keepers},
		{Name: "merge", Title: "合并", To: "done", Roles: keepers},
		{Name: "split", Title: "拆分", To: "done", Roles: keepers},
		{Name: "end", Title: "撤销", To: "done", Roles: keepers},
	},
}

// Order is what every change is ordered by.
type Order struct {
	ID         string        // of the document, made by the program and carried by the form
	On         calendar.Date // first day of the new order; not in the future
	DocumentNo string        // 文号 of the approval
	Reason     string
}

// The longest number of an approval and reason, in characters.
const (
	documentNoMost = 60
	reasonMost     = 200
)

func (o Order) trimmed() Order {
	o.DocumentNo, o.Reason = strings.TrimSpace(o.DocumentNo), strings.TrimSpace(o.Reason)
	return o
}

// check refuses an order that says too little, or takes effect another day.
func (o Order) check(today calendar.Date) error {
	o = o.trimmed()
	if _, err := calendar.ParseDate(string(o.On)); err != nil {
		return fault.As(err).In("on")
	}
	switch {
	case o.On > today:
		return fault.Newf(fault.Refused, "unit-change-future", "请在生效当日或以后办理", "生效日期 %s 还没有到,今天是 %s", o.On, today).In("on")
	case o.DocumentNo == "":
		return fault.New(fault.Invalid, "unit-change-document-missing", "单位变更没有批准文号", "请填写批准变更的文件文号").In("no")
	case o.Reason == "":
		return fault.New(fault.Invalid, "unit-change-reason-missing", "单位变更没有原因", "请写明原因").In("reason")
	}
	if err := text.Check("no", "批准文号", o.DocumentNo, documentNoMost); err != nil {
		return err
	}
	return text.Check("reason", "原因", o.Reason, reasonMost)
}

// take runs a change as a document: right, order, effect, history and leaf.
func take(tx *store.Tx, by identity.Actor, step string, o Order, over org.Unit, effect func(today calendar.Date) ([]Part, map[string]string, error)) error {
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	o = o.trimmed()
	act := document.Act{By: by, Kind: Kind, Step: step, ID: o.ID, Unit: over.ID, Path: over.Path, Today: today, Reason: o.Reason}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if err := o.check(today); err != nil {
			return document.Effect{}, err
		}
		parts, facts, err := effect(today)
		if err != nil {
			return document.Effect{}, err
		}
		facts["on"], facts["document_no"] = string(o.On), o.DocumentNo
		return document.Effect{Ref: o.DocumentNo, Facts: facts, Rows: trail.Digest(partRows(parts))}, keep(tx, by, step, o, parts)
	})
	return err
}

func keep(tx *store.Tx, by identity.Actor, kind string, o Order, parts []Part) error {
	_, err := tx.Exec(`insert into unit_change (county_id, document_id, kind, on_date, document_no, reason, person_id, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, by.County, o.ID, kind, string(o.On), o.DocumentNo, o.Reason, by.Person, calendar.Instant(tx.Now))
	for _, p := range parts {
		if err == nil {
			_, err = tx.Exec(`insert into unit_change_part (county_id, document_id, unit_id, part, name) values ($1, $2, $3, $4, $5)`,
				by.County, o.ID, p.Unit, p.Part, p.Name)
		}
	}
	if err != nil {
		return fmt.Errorf("unitchange %s %s: %w", kind, o.ID, err)
	}
	return nil
}

// Rename gives a unit another name from a day on, and its books those names that books maps them to.
func Rename(tx *store.Tx, by identity.Actor, o Order, unit int64, name string, books map[int64]string) error {
	u, err := org.Get(tx, by.County, unit)
	if err != nil {
		return err
	}
	return take(tx, by, "rename", o, u, func(calendar.Date) ([]Part, map[string]string, error) {
		if err := org.Rename(tx, by.County, unit, name, o.On); err != nil {
			return nil, nil, err
		}
		own, err := ledger.ListBooks(tx, by.County, u.Path)
		if err != nil {
			return nil, nil, err
		}
		facts := map[string]string{"unit": fmt.Sprint(unit), "before": u.Name, "name": strings.TrimSpace(name)}
		for _, b := range own {
			if wanted, ok := books[b.ID]; ok && b.Unit == unit {
				if err := ledger.RenameBook(tx, by.County, b.ID, wanted, o.On); err != nil {
					return nil, nil, err
				}
				facts[fmt.Sprintf("book_%d", b.ID)] = strings.TrimSpace(wanted)
			}
		}
		return []Part{{u.ID, "renamed", u.Name}}, facts, nil
	})
}

// End ends a unit that has no successor: nothing may hang on it any more. o.On is the first day without it.
func End(tx *store.Tx, by identity.Actor, o Order, unit int64) error {
	u, err := org.Get(tx, by.County, unit)
	if err != nil {
		return err
	}
	return take(tx, by, "end", o, u, func(today calendar.Date) ([]Part, map[string]string, error) {
		books, err := ledger.ListBooks(tx, by.County, u.Path)
		if err != nil {
			return nil, nil, err
		}
		if len(books) > 0 {
			return nil, nil, fault.Newf(fault.Refused, "unit-with-books", "有接收单位的请办理合并或拆分,账套随之划转", "「%s」及其下级还有 %d 套账,不能撤销", u.Name, len(books))
		}
		blocks, err := roleObstacles(tx, by.County, u, today)
		if err != nil {
			return nil, nil, err
		}
		if len(blocks) > 0 {
			return nil, nil, refuse(blocks)
		}
		if err := org.Close(tx, by.County, unit, o.On.AddDays(-1)); err != nil {
			return nil, nil, err
		}
		return []Part{{u.ID, "ended", u.Name}}, map[string]string{"unit": fmt.Sprint(unit)}, nil
	})
}
