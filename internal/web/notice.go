package web

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/notice"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// noticeRoutes are notices to the units beneath.
func noticeRoutes() []route {
	return []route{
		{pattern: "GET /notices", title: "通知", right: signedIn, show: showNotices},
		{pattern: "GET /notices/new", title: "发布通知", right: only(notice.Issuers...), show: newNotice},
		{pattern: "POST /notices", title: "发布通知", right: only(notice.Issuers...), do: issueNotice},
		{pattern: "GET /notices/{notice}", title: "通知", right: signedIn, show: showNotice},
		{pattern: "POST /notices/{notice}/read", title: "已阅", right: signedIn, do: readNotice},
		{pattern: "POST /notices/{notice}/withdraw", title: "撤回通知", right: only(notice.Issuers...), do: withdrawNotice},
	}
}

// noticesPage lists what a person may read.
type noticesPage struct {
	Base
	Rows  []noticeRow
	Issue bool
}

type noticeRow struct {
	Notice notice.Notice
	By     string
	Path   string
	State  string
	Class  string
	Unread bool // by the person, who has not written it himself
}

func (c *call) noticeRow(n notice.Notice, names map[int64]string, today calendar.Date) noticeRow {
	r := noticeRow{
		Notice: n, By: names[n.Person], Path: "/notices/" + n.Document, State: "有效", Class: "ok",
		Unread: n.ReadAt == "" && n.Person != c.actor.Person,
	}
	switch {
	case n.State == notice.Withdrawn:
		r.State, r.Class = "已撤回", "wait"
	case n.To < today:
		r.State, r.Class = "已结束", "wait"
	case n.From > today:
		r.State, r.Class = "未开始", "wait"
	}
	return r
}

func (d *desk) notices() ([]noticeRow, error) {
	all, err := notice.Current(d.tx, d.actor, d.board.today)
	var out []noticeRow
	for _, n := range all {
		out = append(out, d.noticeRow(n, d.names, d.board.today))
	}
	return out, err
}

func showNotices(c *call, tx *store.Tx) (answer, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	all, err := notice.List(tx, c.actor)
	if err != nil {
		return answer{}, err
	}
	p := &noticesPage{Issue: len(c.paths(notice.Issuers...)) > 0}
	for _, n := range all {
		p.Rows = append(p.Rows, c.noticeRow(n, names, today))
	}
	return show("notice/list", p)
}

// noticePage shows one notice; to who may issue it, also who has read it.
type noticePage struct {
	Base
	Row      noticeRow
	Lines    []string
	Issuer   bool
	Readers  []string
	ReadMark string // when the person read it
	Reason   string
}

func showNotice(c *call, tx *store.Tx) (answer, error) {
	p, err := c.noticePage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("notice/show", p)
}

func (c *call) noticePage(tx *store.Tx) (*noticePage, error) {
	n, err := notice.Get(tx, c.actor, c.r.PathValue("notice"))
	if err != nil {
		return nil, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &noticePage{Row: c.noticeRow(n, names, today), Lines: strings.Split(n.Body, "\n"), Issuer: c.actor.Has(n.Path, notice.Issuers...)}
	p.Title = n.Title
	if n.ReadAt != "" {
		p.ReadMark = clock(n.ReadAt)
	}
	if p.Issuer {
		read, err := notice.Readers(tx, c.actor.County, n.Document)
		if err != nil {
			return nil, err
		}
		for person, at := range read {
			p.Readers = append(p.Readers, clock(at)+" "+names[person])
		}
		slices.Sort(p.Readers)
	}
	return p, nil
}

// noticeForm is a notice to be written.
type noticeForm struct {
	Base
	Document string
	Units    []choice
	Heading  string
	Body     string
	From, To string
}

// noticeDays is how long a notice stays on first pages unless another day is written.
const noticeDays = 14

func (c *call) noticeForm(tx *store.Tx) (*noticeForm, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &noticeForm{Document: document.NewID(), From: string(today), To: string(today.AddDays(noticeDays))}
	for _, path := range c.paths(notice.Issuers...) {
		units, err := org.List(tx, c.actor.County, path, today)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			if u.Path == path || u.Kind == org.Township || u.Kind == org.Village && strings.Count(path, "/") > 2 {
				p.Units = append(p.Units, choice{Value: fmt.Sprint(u.ID), Title: u.Name + "及下级", On: u.Path == path && len(p.Units) == 0})
			}
		}
	}
	return p, nil
}

func newNotice(c *call, tx *store.Tx) (answer, error) {
	p, err := c.noticeForm(tx)
	if err != nil {
		return answer{}, err
	}
	return show("notice/form", p)
}

func issueNotice(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	n := notice.New{
		Document: id, Unit: c.number("unit"), Title: c.form("title"), Body: c.form("body"), From: calendar.Date(c.form("from")), To: calendar.Date(c.form("to")),
	}
	err = c.write(func(tx *store.Tx) error { _, err := notice.Issue(tx, c.actor, n); return err })
	if err == nil || document.IsTaken(err) {
		return goTo("/notices/" + id)
	}
	return formAgain(c, "notice/form", err, c.noticeForm, func(p *noticeForm) {
		p.Document, p.Heading, p.Body, p.From, p.To = id, n.Title, n.Body, string(n.From), string(n.To)
		for i := range p.Units {
			p.Units[i].On = p.Units[i].Value == c.form("unit")
		}
	})
}

func readNotice(c *call) (answer, error) {
	id := c.r.PathValue("notice")
	if err := c.write(func(tx *store.Tx) error { return notice.Read(tx, c.actor, id) }); err != nil {
		return answer{}, err
	}
	return goTo("/")
}

func withdrawNotice(c *call) (answer, error) {
	id := c.r.PathValue("notice")
	err := c.write(func(tx *store.Tx) error {
		_, err := notice.Withdraw(tx, c.actor, id, c.number("version"), c.form("reason"))
		return err
	})
	if err == nil || c.taken(id, c.number("version"), "withdraw") {
		return goTo("/notices/" + id)
	}
	return formAgain(c, "notice/show", err, c.noticePage, func(p *noticePage) { p.Reason = c.form("reason") })
}
