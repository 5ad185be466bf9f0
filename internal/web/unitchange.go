package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/unitchange"
)

// unitChangeRoutes are about units that are renamed, merged, split or ended.
func unitChangeRoutes() []route {
	return []route{
		{pattern: "GET /units/{unit}/change", title: "单位变更", right: only(identity.SysAdmin), show: showUnitChange},
		{pattern: "POST /units/{unit}/rename", title: "单位更名", right: only(identity.SysAdmin), do: renameUnit},
		{pattern: "POST /units/{unit}/merge", title: "单位合并", right: only(identity.SysAdmin), do: mergeUnits},
		{pattern: "POST /units/{unit}/split", title: "单位拆分", right: only(identity.SysAdmin), do: splitUnit},
		{pattern: "POST /units/{unit}/close", title: "撤销单位", right: only(identity.SysAdmin), do: closeUnit},
		{pattern: "GET /units/{unit}/changes/{change}", title: "单位变更记录", right: signedIn, show: showChange},
		{pattern: "POST /units/{unit}/changes/{change}/hand", title: "移交余额", right: only(voucherMakers...), do: handBalances},
	}
}

// splitMost is how many successors the form of a split offers.
const splitMost = 4

// unitChangePage is the form of one kind of change, with what stands in its way.
type unitChangePage struct {
	Base
	Unit       org.Unit
	Kind       string // rename, merge, split, close
	Order      unitchange.Order
	On         string // as typed
	Name, Code string
	Regroups   bool // the right reaches to the unit above, so that units can be merged and split
	New        bool // a merge makes a new unit; else the others join this one
	Siblings   []changeUnit
	Parts      []changePart
	Books      []changeBook
	Checked    bool // looked at once: books and obstacles are below
	Obstacles  []changeObstacle
}

type changeUnit struct {
	Unit org.Unit
	On   bool
}

// changePart is a successor of a split, as typed.
type changePart struct{ Number, Code, Name string }

// changeBook is a book with what is to become of it.
type changeBook struct {
	Book ledger.Book
	Name string // its new name, of a renaming
	To   int
	End  bool
}

type changeObstacle struct {
	Message, Hint string
	Path, Button  string
}

func showUnitChange(c *call, tx *store.Tx) (answer, error) {
	p, err := c.unitChangePage(tx, c.query("kind"))
	if err != nil {
		return answer{}, err
	}
	return show("unit/change", p)
}

// unitChangePage reads the unit and what was typed.
func (c *call) unitChangePage(tx *store.Tx, kind string) (*unitChangePage, error) {
	u, err := c.unit(tx)
	if err != nil {
		return nil, err
	}
	if err := c.actor.Require(u.Path, "变更单位", identity.SysAdmin); err != nil {
		return nil, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &unitChangePage{Unit: u, Kind: kind, Order: unitchange.Order{ID: document.NewID()}, On: string(today.Period().First()), Name: u.Name, New: c.form("into") == "new"}
	if !slices.Contains([]string{"merge", "split", "close"}, kind) {
		p.Kind = "rename"
	}
	if p.Kind == "rename" || p.Kind == "close" {
		p.On = string(today)
	}
	p.Title, p.Styles = u.Name+" 变更", []string{"admin.css"}
	if c.r.Method == http.MethodPost {
		p.Name, p.Code, p.On = c.form("name"), c.form("code"), c.form("on")
		p.Order.DocumentNo, p.Order.Reason = c.form("no"), c.form("reason")
		if id, err := document.ParseID(c.form("document")); err == nil {
			p.Order.ID = id
		}
	} else if p.Kind == "merge" {
		p.Name = ""
	}
	if u.Parent != 0 {
		parent, err := org.Get(tx, c.actor.County, u.Parent)
		if err != nil {
			return nil, err
		}
		p.Regroups = c.actor.Has(parent.Path, identity.SysAdmin)
	}
	p.Order.On = calendar.Date(p.On)
	if date, err := calendar.ParseDate(p.On); err == nil {
		p.Order.On = date
	}
	for i := range splitMost {
		n := strconv.Itoa(i)
		p.Parts = append(p.Parts, changePart{strconv.Itoa(i + 1), c.form("code-" + n), c.form("name-" + n)})
	}
	return p, c.fillChange(tx, p)
}

// fillChange reads the units that can be merged with and the books that the change concerns.
func (c *call) fillChange(tx *store.Tx, p *unitChangePage) error {
	units := []org.Unit{p.Unit}
	if p.Kind == "merge" {
		if !p.New {
			units = nil
		}
		siblings, err := org.Children(tx, c.actor.County, p.Unit.Parent)
		if err != nil {
			return err
		}
		for _, s := range siblings {
			if s.ID == p.Unit.ID || s.Kind != p.Unit.Kind || s.To != "" || !c.actor.Has(s.Path, identity.SysAdmin) {
				continue
			}
			on := slices.Contains(c.r.PostForm["with"], strconv.FormatInt(s.ID, 10))
			p.Siblings = append(p.Siblings, changeUnit{s, on})
			if on {
				units = append(units, s)
			}
		}
	}
	for _, u := range units {
		books, err := unitchange.OwnBooks(tx, c.actor.County, u)
		if err != nil {
			return err
		}
		for _, b := range books {
			id := strconv.FormatInt(b.ID, 10)
			book := changeBook{Book: b, Name: b.Name, End: c.form("do-"+id) == "end"}
			book.To, _ = strconv.Atoi(c.form("to-" + id))
			if name := c.form("book-" + id); name != "" {
				book.Name = name
			}
			p.Books = append(p.Books, book)
		}
	}
	return nil
}

// changed runs a change of the form, or only looks at what stands in its way, and goes on to its record.
func (c *call) changed(kind string, look func(tx *store.Tx, p *unitChangePage) ([]unitchange.Obstacle, error), do func(tx *store.Tx, p *unitChangePage) error) (answer, error) {
	var p *unitChangePage
	var obstacles []unitchange.Obstacle
	preview := c.form("do") == "preview"
	read := func(tx *store.Tx) error {
		var err error
		if p, err = c.unitChangePage(tx, kind); err != nil {
			return err
		}
		if look == nil {
			return nil
		}
		obstacles, err = look(tx, p)
		return err
	}
	err := c.read(read)
	if p == nil {
		return answer{}, err
	}
	p.Checked = err == nil && look != nil
	for _, o := range obstacles {
		p.Obstacles = append(p.Obstacles, c.obstacle(o))
	}
	if !preview {
		err = c.write(func(tx *store.Tx) error { return do(tx, p) })
		if err == nil || document.IsTaken(err) {
			return goTo(changePath(p.Unit.ID, p.Order.ID))
		}
	}
	if err != nil {
		return redraw("unit/change", p, err)
	}
	return show("unit/change", p)
}

func changePath(unit int64, id string) string { return fmt.Sprintf("/units/%d/changes/%s", unit, id) }

// obstacle says where the way out is, as far as this person may go there.
func (c *call) obstacle(o unitchange.Obstacle) changeObstacle {
	out := changeObstacle{Message: o.Message, Hint: o.Hint}
	switch {
	case o.Person != 0:
		out.Path, out.Button = personPath(o.Person), "人员"
	case o.Unit != 0:
		out.Path, out.Button = fmt.Sprintf("/units/%d", o.Unit), "单位"
	}
	return out
}

func renameUnit(c *call) (answer, error) {
	return c.changed("rename", nil, func(tx *store.Tx, p *unitChangePage) error {
		books := map[int64]string{}
		for _, b := range p.Books {
			books[b.Book.ID] = b.Name
		}
		return unitchange.Rename(tx, c.actor, p.Order, p.Unit.ID, p.Name, books)
	})
}

// regroup makes the merge or split that was typed.
func (p *unitChangePage) regroup() unitchange.Regroup {
	r := unitchange.Regroup{Order: p.Order}
	switch {
	case p.Kind == "split":
		r.Ending = []int64{p.Unit.ID}
		for _, part := range p.Parts {
			if part.Code != "" || part.Name != "" {
				r.Into = append(r.Into, org.NewUnit{Code: part.Code, Name: part.Name})
			}
		}
	case p.New:
		r.Ending, r.Into = []int64{p.Unit.ID}, []org.NewUnit{{Code: p.Code, Name: p.Name}}
	default:
		r.Stay, r.Name = p.Unit.ID, p.Name
	}
	for _, s := range p.Siblings {
		if s.On {
			r.Ending = append(r.Ending, s.Unit.ID)
		}
	}
	for _, b := range p.Books {
		r.Books = append(r.Books, unitchange.BookPlan{Book: b.Book.ID, To: b.To, End: b.End})
	}
	return r
}

func lookRegroup(c *call) func(tx *store.Tx, p *unitChangePage) ([]unitchange.Obstacle, error) {
	return func(tx *store.Tx, p *unitChangePage) ([]unitchange.Obstacle, error) {
		r := p.regroup()
		if p.Kind == "merge" && p.New && len(r.Ending) < 2 {
			return nil, fault.New(fault.Invalid, "unit-change-none", "没有选择要合并的单位", "请至少选择一个并入的单位").In("with")
		}
		return unitchange.Obstacles(tx, c.actor, r)
	}
}

func mergeUnits(c *call) (answer, error) {
	return c.changed("merge", lookRegroup(c), func(tx *store.Tx, p *unitChangePage) error { return unitchange.Do(tx, c.actor, p.regroup()) })
}

func splitUnit(c *call) (answer, error) {
	return c.changed("split", lookRegroup(c), func(tx *store.Tx, p *unitChangePage) error { return unitchange.Do(tx, c.actor, p.regroup()) })
}

func closeUnit(c *call) (answer, error) {
	return c.changed("close", nil, func(tx *store.Tx, p *unitChangePage) error { return unitchange.End(tx, c.actor, p.Order, p.Unit.ID) })
}

// changeRow is a change in a unit's history.
type changeRow struct {
	On, Title, What, No, Reason, Who, At, Path string
}

// history lists the changes of a unit.
func (c *call) history(tx *store.Tx, unit int64) ([]changeRow, error) {
	all, err := unitchange.Of(tx, c.actor.County, unit)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	var rows []changeRow
	for _, ch := range all {
		what, err := c.whatChanged(tx, ch)
		if err != nil {
			return nil, err
		}
		rows = append(rows, changeRow{
			On: string(ch.On), Title: ch.Title(), What: what, No: ch.DocumentNo, Reason: ch.Reason, Who: names[ch.Person], At: clock(ch.At),
			Path: changePath(unit, ch.ID),
		})
	}
	return rows, nil
}

// whatChanged says in a sentence which units became which.
func (c *call) whatChanged(tx *store.Tx, ch unitchange.Change) (string, error) {
	var before, after []string
	for _, p := range ch.Parts {
		u, err := org.Get(tx, c.actor.County, p.Unit)
		if err != nil {
			return "", err
		}
		now, err := org.NameOn(tx, c.actor.County, org.OfUnit, p.Unit, ch.On, u.Name)
		if err != nil {
			return "", err
		}
		switch p.Part {
		case "renamed":
			return "「" + p.Name + "」更名为「" + now + "」", nil
		case "ended":
			before = append(before, p.Name)
		case "successor":
			if p.Name != now {
				now += "(原" + p.Name + ")"
			}
			after = append(after, now)
		}
	}
	switch ch.Step {
	case "merge":
		return strings.Join(before, "、") + " 并入 " + strings.Join(after, "、"), nil
	case "split":
		return strings.Join(before, "、") + " 分为 " + strings.Join(after, "、"), nil
	default:
		return strings.Join(before, "、") + " 撤销", nil
	}
}
