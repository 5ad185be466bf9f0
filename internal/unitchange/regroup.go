package unitchange

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Regroup is a merge (several units into one) or a split (one into several). Units that end have successors; each of
// their books goes to one of them.
type Regroup struct {
	Order
	Ending []int64       // units that end
	Into   []org.NewUnit // successors that are made; kind, parent and first day are those of the units that end
	Stay   int64         // of a merge: the successor that is there already; 0: the first of Into
	Name   string        // of a merge: the new name of the one that stays; empty: as before
	Books  []BookPlan
}

// BookPlan says what becomes of one book of a unit that ends.
type BookPlan struct {
	Book int64
	To   int  // index into Into; without meaning where Stay takes all
	End  bool // its balances are handed over and it is closed; else the successor carries it on
}

func (r Regroup) step() string {
	if len(r.Ending) == 1 && r.Stay == 0 {
		return "split"
	}
	return "merge"
}

// Obstacle is what stands in the way of a change, with the way out and where to take it.
type Obstacle struct {
	ledger.Obstacle
	Person int64 // whose role is in the way
	Unit   int64 // that is in the way
}

// refuse makes one refusal of everything that stands in the way.
func refuse(all []Obstacle) error {
	f := fault.Newf(fault.Refused, "unit-change-obstacle", all[0].Hint, "%s", all[0].Message)
	if len(all) > 1 {
		f = fault.Newf(fault.Refused, "unit-change-obstacle", all[0].Hint+";其余见下表", "%s,另有 %d 项未办结", all[0].Message, len(all)-1)
	}
	return f
}

// Do merges or splits.
func Do(tx *store.Tx, by identity.Actor, r Regroup) error {
	ending, over, err := r.units(tx, by)
	if err != nil {
		return err
	}
	return take(tx, by, r.step(), r.Order, over, func(today calendar.Date) ([]Part, map[string]string, error) {
		if err := r.check(ending, today); err != nil {
			return nil, nil, err
		}
		if err := claim(tx, by.County, ending); err != nil {
			return nil, nil, err
		}
		blocks, err := r.obstacles(tx, by, ending, today)
		if err != nil {
			return nil, nil, err
		}
		if len(blocks) > 0 {
			return nil, nil, refuse(blocks)
		}
		return r.carryOut(tx, by, ending)
	})
}

// Obstacles says all that stands in the way of a merge or split, before it is done.
func Obstacles(tx *store.Tx, by identity.Actor, r Regroup) ([]Obstacle, error) {
	ending, _, err := r.units(tx, by)
	if err != nil {
		return nil, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return nil, err
	}
	if err := r.check(ending, today); err != nil {
		return nil, err
	}
	return r.obstacles(tx, by, ending, today)
}

// units reads the units that end and the one over which the right must hold: their common parent.
func (r Regroup) units(tx *store.Tx, by identity.Actor) (ending []org.Unit, over org.Unit, err error) {
	for _, id := range r.Ending {
		u, err := org.Get(tx, by.County, id)
		if err != nil {
			return nil, over, err
		}
		if !by.Sees(u.Path) {
			return nil, over, fault.Newf(fault.NotFound, "unit-unknown", "请从单位列表中选择", "没有编号为 %d 的单位", id)
		}
		ending = append(ending, u)
	}
	if len(ending) == 0 {
		return nil, over, fault.New(fault.Invalid, "unit-change-none", "没有选择要合并的单位", "请至少选择一个并入的单位").In("with")
	}
	over, err = org.Get(tx, by.County, ending[0].Parent)
	if err == nil {
		err = by.Require(over.Path, Kind.Step(r.step()).Title+"单位", keepers...)
	}
	return ending, over, err
}

// check refuses a regrouping that is wrong by itself.
func (r Regroup) check(ending []org.Unit, today calendar.Date) error {
	if err := r.Order.check(today); err != nil {
		return err
	}
	if r.On != r.On.Period().First() {
		return fault.Newf(fault.Refused, "unit-change-day", "请填某月 1 日;批准日期可写在原因中", "合并、拆分自月初起划转账务,%s 不是 1 日", r.On).In("on")
	}
	first := ending[0]
	for _, u := range ending {
		switch {
		case u.Kind == org.County:
			return fault.New(fault.Refused, "unit-is-county", "县本身不能撤销", "请选择下级单位")
		case u.To != "":
			return fault.Newf(fault.Refused, "unit-closed", "请改选在用的单位", "「%s」已于 %s 撤销", u.Name, u.To)
		case u.Kind != first.Kind || u.Parent != first.Parent:
			return fault.Newf(fault.Refused, "unit-change-kinds", "请选择同一上级之下的同类单位", "「%s」和「%s」不是同一上级之下的同类单位", first.Name, u.Name).In("with")
		case r.On <= u.From:
			return fault.Newf(fault.Invalid, "unit-before-start", "请把日期改到设立日期之后", "「%s」设立于 %s,生效日期 %s 不晚于它", u.Name, u.From, r.On).In("on")
		case u.ID == r.Stay:
			return fault.Newf(fault.Invalid, "unit-change-self", "请选择其他单位", "「%s」不能并入自己", u.Name).In("with")
		}
	}
	switch {
	case r.step() == "merge" && r.Stay == 0 && len(r.Into) != 1:
		return fault.New(fault.Invalid, "unit-change-into", "没有写明合并后的单位", "请填写新单位的编码和名称").In("name")
	case r.step() == "split" && len(r.Into) < 2:
		return fault.New(fault.Invalid, "unit-change-into", "拆分后不足两个单位", "请至少填写两个新单位的编码和名称").In("name")
	}
	return nil
}

// claim keeps the books of the units that end from changing until the commit.
func claim(tx *store.Tx, county int64, ending []org.Unit) error {
	for _, u := range ending {
		books, err := OwnBooks(tx, county, u)
		if err != nil {
			return err
		}
		for _, b := range books {
			if _, err := ledger.Claim(tx, county, b.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// obstacles gathers what stands in the way in the units and their books.
func (r Regroup) obstacles(tx *store.Tx, by identity.Actor, ending []org.Unit, today calendar.Date) ([]Obstacle, error) {
	var out []Obstacle
	for _, u := range ending {
		children, err := org.Children(tx, by.County, u.ID)
		if err != nil {
			return nil, err
		}
		for _, k := range children {
			if r.step() == "split" && (k.To == "" || k.To >= r.On) { // of a merge they go over with it
				out = append(out, Obstacle{Obstacle: ledger.Obstacle{Message: fmt.Sprintf("「%s」之下的「%s」还在用", u.Name, k.Name), Hint: "请先撤销下级单位,或把它与别的单位合并"}, Unit: k.ID})
			}
		}
		books, err := OwnBooks(tx, by.County, u)
		if err != nil {
			return nil, err
		}
		for _, b := range books {
			plan := r.plan(b.ID)
			if plan < 0 || r.Stay == 0 && (r.Books[plan].To < 0 || r.Books[plan].To >= len(r.Into)) {
				return nil, fault.Newf(fault.Invalid, "unit-change-book", "请为每套账选择接收单位和处理办法", "账套%s没有写明由谁接收", b.Name).In("book")
			}
			found, err := ledger.SuccessionObstacles(tx, b, r.On, r.Books[plan].End)
			if err != nil {
				return nil, err
			}
			for _, f := range found {
				out = append(out, Obstacle{Obstacle: f})
			}
		}
		roles, err := roleObstacles(tx, by.County, u, today)
		if err != nil {
			return nil, err
		}
		out = append(out, roles...)
	}
	return out, nil
}

func (r Regroup) plan(book int64) int {
	return slices.IndexFunc(r.Books, func(p BookPlan) bool { return p.Book == book })
}

// OwnBooks lists the books of a unit itself, without those below it.
func OwnBooks(tx *store.Tx, county int64, u org.Unit) ([]ledger.Book, error) {
	all, err := ledger.ListBooks(tx, county, u.Path)
	return slices.DeleteFunc(all, func(b ledger.Book) bool { return b.Unit != u.ID }), err
}

// roleObstacles names the people who hold a role in a unit that ends: their roles would hang on nothing.
func roleObstacles(tx *store.Tx, county int64, u org.Unit, today calendar.Date) ([]Obstacle, error) {
	held, err := identity.HoldersOf(tx, county, u.ID, today)
	if err != nil {
		return nil, err
	}
	var out []Obstacle
	for _, h := range held {
		out = append(out, Obstacle{Obstacle: ledger.Obstacle{
			Message: fmt.Sprintf("%s还担任「%s」的%s", h.PersonName, u.Name, h.Role.Title()),
			Hint:    "请安全管理员先收回这个角色,需要的在接收单位另行授予",
		}, Person: h.Person})
	}
	return out, nil
}

// carryOut makes the successors, moves books, people and the units below, and ends the units.
func (r Regroup) carryOut(tx *store.Tx, by identity.Actor, ending []org.Unit) ([]Part, map[string]string, error) {
	var parts []Part
	var successors []org.Unit
	if r.Stay != 0 {
		stays, err := org.Get(tx, by.County, r.Stay)
		if err != nil {
			return nil, nil, err
		}
		if stays.To != "" || stays.Parent != ending[0].Parent || stays.Kind != ending[0].Kind {
			return nil, nil, fault.Newf(fault.Refused, "unit-change-kinds", "请选择同一上级之下的同类单位", "「%s」不能接收「%s」", stays.Name, ending[0].Name).In("with")
		}
		parts, successors = append(parts, Part{stays.ID, "successor", stays.Name}), append(successors, stays)
		if name := strings.TrimSpace(r.Name); name != "" && name != stays.Name {
			if err := org.Rename(tx, by.County, r.Stay, name, r.On); err != nil {
				return nil, nil, err
			}
		}
	} else {
		for _, n := range r.Into {
			n.Kind, n.Parent, n.From = ending[0].Kind, ending[0].Parent, r.On
			made, err := identity.CreateUnit(tx, by, n)
			if err != nil {
				return nil, nil, err
			}
			parts, successors = append(parts, Part{made.ID, "successor", made.Name}), append(successors, made)
		}
	}
	facts := map[string]string{}
	for _, u := range ending {
		if err := r.succeed(tx, by, u, successors, facts); err != nil {
			return nil, nil, err
		}
		parts = append(parts, Part{u.ID, "ended", u.Name})
		facts["ended"] = join(facts["ended"], u.ID)
	}
	for _, s := range successors {
		facts["successors"] = join(facts["successors"], s.ID)
	}
	return parts, facts, nil
}

func join(list string, id int64) string {
	return strings.TrimPrefix(fmt.Sprintf("%s,%d", list, id), ",")
}

// succeed ends one unit: its books and people go over. facts get whose each book becomes, and which end.
func (r Regroup) succeed(tx *store.Tx, by identity.Actor, u org.Unit, successors []org.Unit, facts map[string]string) error {
	books, err := OwnBooks(tx, by.County, u)
	if err != nil {
		return err
	}
	for _, b := range books {
		plan, to := r.Books[r.plan(b.ID)], successors[0]
		if r.Stay == 0 {
			to = successors[plan.To]
		}
		if err := ledger.Succeed(tx, by.County, ledger.Succession{Book: b.ID, To: to.ID, End: plan.End}, r.On); err != nil {
			return err
		}
		facts[fmt.Sprintf("book_%d", b.ID)] = fmt.Sprint(to.ID)
		if plan.End {
			facts["ended_books"] = join(facts["ended_books"], b.ID)
		}
	}
	children, err := org.Children(tx, by.County, u.ID)
	if err != nil {
		return err
	}
	for _, k := range children {
		if k.To == "" || k.To >= r.On {
			if err := org.Move(tx, by.County, k.ID, successors[0].ID, r.On); err != nil {
				return err
			}
		}
	}
	if err := identity.MovePersons(tx, by, u.ID, successors[0].ID); err != nil {
		return err
	}
	return org.Close(tx, by.County, u.ID, r.On.AddDays(-1))
}
