package web

import (
	"net/http"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Base is what every page has: the frame around it.
type Base struct {
	Title   string
	County  string
	Office  string // the unit that the person works for
	User    string
	Roles   string
	CSRF    string
	Today   calendar.Date
	Nav     []navGroup
	Tabs    []tab  // of a book
	Return  string // the place that the person came down from, with its row
	Say     *say   // a refusal
	Done    string
	Demo    bool
	Reads   bool  // there are books that the person may look into
	Picks   picks // whose book and which month, where Reads
	Help    help
	Begin   *nextStep // of a new county
	Styles  []string  // static files of this page, beside the frame's
	Scripts []string  // modules of this page, beside the frame's
}

func (b *Base) base() *Base { return b }

// completed is a page that reads the same rows whichever way it is drawn: at first, or again with a refusal.
type completed interface {
	complete(c *call, tx *store.Tx) error
}

// navGroup is a group of the list at the side.
type navGroup struct {
	Title string
	Items []navItem
}

// navItem is one kind of work, with the number that waits.
type navItem struct {
	Title string
	Path  string
	Badge int64
	On    bool
}

// covers tells whether a page is the item's or lies below it.
func (it navItem) covers(path string) bool {
	return it.Path == path || it.Path != "/" && strings.HasPrefix(path, it.Path+"/")
}

// tab is one of the pages of a book.
type tab struct {
	Title string
	Path  string
	On    bool
}

// menu is the list at the side; who sees an item follows from its route.
var menu = []navGroup{
	{"", []navItem{{Title: "待办", Path: "/"}, {Title: "通知", Path: "/notices"}, {Title: "办理时限", Path: "/obligations"}}},
	{"账务", []navItem{
		{Title: "账套", Path: "/books"}, {Title: "审核", Path: "/review"}, {Title: "记账", Path: "/posting"},
		{Title: "月末", Path: "/month-end"}, {Title: "年终", Path: "/year-end"}, {Title: "对账", Path: "/agreement"}, {Title: "批量办理", Path: "/batches"},
		{Title: "报表", Path: "/statements"}, {Title: "批量打印", Path: "/print"}, {Title: "图示", Path: "/pictures"}, {Title: "指标数据", Path: "/figures"},
	}},
	{"预算", []navItem{{Title: "预算编制", Path: "/drafts"}, {Title: "指标台账", Path: "/appropriations"}, {Title: "指标单", Path: "/appropriations/orders"}, {Title: "指标备查账", Path: "/appropriations/memorandum"}, {Title: "支付", Path: "/payments"}}},
	{"管理", []navItem{
		{Title: "单位", Path: "/units"}, {Title: "人员", Path: "/people"}, {Title: "花名册", Path: "/roster"}, {Title: "代理", Path: "/delegations"}, {Title: "工作交接", Path: "/handovers"},
		{Title: "岗位豁免", Path: "/waivers"},
		{Title: "登录记录", Path: "/sign-ins"}, {Title: "三员分立", Path: "/administrators"},
		{Title: "官方科目", Path: "/standards"}, {Title: "参数", Path: "/rules"}, {Title: "工作日历", Path: "/workdays"}, {Title: "导入导出", Path: "/exchange"},
	}},
}

// furnish fills the frame of a page.
func (c *call) furnish(tx *store.Tx, a answer) error {
	if a.page == nil {
		return nil
	}
	if p, ok := a.page.(completed); ok {
		if err := p.complete(c, tx); err != nil {
			return err
		}
	}
	b := a.page.base()
	if b.Title == "" {
		b.Title = c.route.title
	}
	if back := c.query("back"); back != "" && c.r.Method == http.MethodGet {
		b.Return = localPath(back)
	}
	b.Demo, b.Help = c.server.Demo, helps[a.view]
	if !c.in {
		return nil
	}
	root, err := org.Root(tx, c.actor.County)
	if err != nil {
		return err
	}
	if b.Today, err = org.Today(tx, c.actor.County); err != nil {
		return err
	}
	b.County, b.User, b.CSRF = root.Name, c.actor.Name, c.session.CSRF
	b.Roles = roleTitles(c.actor)
	b.Office = root.Name
	switch top := c.paths(); {
	case len(top) > 1: // who keeps the books of several townships works for a unit of his own
		person, err := identity.GetPerson(tx, c.actor.County, c.actor.Person)
		if err != nil {
			return err
		}
		b.Office = person.UnitName
	case len(top) == 1 && top[0] != root.Path:
		ids := org.Ancestors(top[0])
		unit, err := org.Get(tx, c.actor.County, ids[len(ids)-1])
		if err != nil {
			return err
		}
		b.Office = unit.Name
	}
	if b.Reads = len(c.paths(ledger.Readers...)) > 0; b.Reads && a.part == "" {
		if err := c.picks(tx, b); err != nil {
			return err
		}
	}
	if b.Nav == nil {
		if b.Nav, err = c.nav(tx); err != nil {
			return err
		}
	}
	if !c.session.MustChange && a.part == "" {
		b.Begin, err = c.next(tx)
	}
	return err
}

func (c *call) furnishError(p *errorPage) func(tx *store.Tx) error {
	return func(tx *store.Tx) error { return c.furnish(tx, answer{view: "base/error", page: p}) }
}

func roleTitles(a identity.Actor) string {
	var titles []string
	for _, g := range a.Grants {
		t := g.Role.Title()
		if g.For != 0 {
			t += "(代" + g.ForName + ")"
		}
		if !slices.Contains(titles, t) {
			titles = append(titles, t)
		}
	}
	return strings.Join(titles, "、")
}

// paths gives the units over which the actor has one of the roles (any role where none is named), without those that
// lie below another.
func (c *call) paths(roles ...identity.Role) []string {
	var all []string
	for _, g := range c.actor.Grants {
		if g.Path != "" && (len(roles) == 0 || slices.Contains(roles, g.Role)) && !slices.Contains(all, g.Path) {
			all = append(all, g.Path)
		}
	}
	slices.Sort(all)
	var top []string
	for _, p := range all {
		if !slices.ContainsFunc(top, func(t string) bool { return org.Within(p, t) }) {
			top = append(top, p)
		}
	}
	return top
}

// readsIn gives the highest units at or below a path whose books the person may look into: a role that reads no books
// may show him a unit of which he reads but a part.
func (c *call) readsIn(path string) []string {
	if c.actor.Has(path, ledger.Readers...) {
		return []string{path}
	}
	return slices.DeleteFunc(c.paths(ledger.Readers...), func(p string) bool { return !org.Within(p, path) })
}

// nav gives the items whose routes the actor may ask for, with what waits.
func (c *call) nav(tx *store.Tx) ([]navGroup, error) {
	if c.session.MustChange {
		return nil, nil
	}
	counts, err := c.counts(tx)
	if err != nil {
		return nil, err
	}
	here := c.r.URL.Path
	if c.route.under != "" {
		here = c.route.under
	}
	todo, err := c.todoBadge(tx, counts)
	if err != nil {
		return nil, err
	}
	badges := map[string]int64{"/": todo, "/review": counts.check, "/posting": counts.post}
	var out []navGroup
	for _, g := range menu {
		group := navGroup{Title: g.Title}
		for _, item := range g.Items {
			at := item.Path
			if at == "/" {
				at = "/{$}"
			}
			if r, ok := c.server.rights[at]; !ok || !r.allows(c.actor) {
				continue
			}
			item.Badge = badges[item.Path]
			item.On = item.covers(here) && !slices.ContainsFunc(g.Items, func(o navItem) bool { return len(o.Path) > len(item.Path) && o.covers(here) })
			group.Items = append(group.Items, item)
		}
		if len(group.Items) > 0 {
			out = append(out, group)
		}
	}
	return out, nil
}
