package web

import (
	"fmt"
	"slices"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// homeRoutes is the first page.
func homeRoutes() []route {
	return []route{
		{pattern: "GET /{$}", title: "待办", right: signedIn, show: showHome},
	}
}

// homePage is what waits for a person, most urgent first, and the person's books.
type homePage struct {
	Base
	Week  string
	Left  string // days to the end of the month
	Todo  []todo
	Books []bookRow // those that need a hand first
	Count int
	Last  calendar.Period
	This  calendar.Period
	Admin bool // keeps the system and has no books
}

// todo is one thing to do, with the one button that does it.
type todo struct {
	Class  string // late, wait, ok
	When   string
	Kind   string
	What   string
	Detail string
	Path   string
	Button string
}

// waitingMost is how many vouchers the lists of things to do read.
const waitingMost = 200

var weekdays = []string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}

func showHome(c *call, tx *store.Tx) (answer, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	p := &homePage{Week: weekdays[today.Time().Weekday()]}
	left := int(today.Period().Last().Time().Sub(today.Time()).Hours() / 24) // float: hours of whole days
	p.Left = fmt.Sprintf("距月末 %d 天", left)
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return answer{}, err
	}
	p.Admin = len(books) == 0
	closing := func(c *call, tx *store.Tx) ([]todo, error) { return c.closeTodo(tx, books) }
	for _, f := range []func(*call, *store.Tx) ([]todo, error){returnedTodo, closing, checkTodo, postTodo, reopenTodo, draftTodo} {
		found, err := f(c, tx)
		if err != nil {
			return answer{}, err
		}
		p.Todo = append(p.Todo, found...)
	}
	list := &booksPage{}
	groups, err := c.groupBooks(tx, books, list)
	if err != nil {
		return answer{}, err
	}
	p.Count, p.Last, p.This = len(books), list.Last, list.This
	for _, g := range groups {
		p.Books = append(p.Books, g.Rows...)
	}
	slices.SortStableFunc(p.Books, func(a, b bookRow) int { return urgency(b) - urgency(a) })
	p.Books = p.Books[:min(len(p.Books), homeBooks)]
	return show("home/show", p)
}

// homeBooks is how many books the first page shows.
const homeBooks = 16

// urgency puts books with something wrong before those under way, and those before the rest.
func urgency(r bookRow) int {
	n := 0
	for _, l := range append(r.Last[:len(r.Last):len(r.Last)], r.This...) {
		switch l.Class {
		case "n":
			n += 100
		case "h":
			n++
		}
	}
	return n
}

// age says how long something has waited, and how it looks.
func age(now time.Time, since string) (when, class string) {
	at, err := calendar.ParseInstant(since)
	if err != nil {
		return "", "wait"
	}
	days := int(calendar.DateOf(now).Time().Sub(calendar.DateOf(at).Time()).Hours() / 24) // float: hours of whole days
	switch {
	case days <= 0:
		return "今天", "wait"
	case days == 1:
		return "昨天", "wait"
	default:
		return fmt.Sprintf("%d 天前", days), "late"
	}
}

func returnedTodo(c *call, tx *store.Tx) ([]todo, error) {
	var out []todo
	for _, path := range c.paths(voucherMakers...) {
		all, err := ledger.ListWaiting(tx, c.actor.County, path, ledger.Returned, waitingMost)
		if err != nil {
			return nil, err
		}
		for _, w := range all {
			if w.Maker != c.actor.Person {
				continue
			}
			reason, err := returnReason(tx, c.actor.County, w.Document)
			if err != nil {
				return nil, err
			}
			when, _ := age(tx.Now, w.Since)
			out = append(out, todo{
				Class: "late", When: when, Kind: "退回", What: fmt.Sprintf("%s %s 凭证 %s", w.BookName, w.Period.Chinese(), w.Label()),
				Detail: reason, Path: voucherPath(w.Document) + "/edit", Button: "改",
			})
		}
	}
	return out, nil
}

func checkTodo(c *call, tx *store.Tx) ([]todo, error) {
	return c.queueTodo(tx, ledger.Submitted, voucherCheckers, "审核", "待审核", "/review", "逐张审核")
}

func postTodo(c *call, tx *store.Tx) ([]todo, error) {
	return c.queueTodo(tx, ledger.Checked, voucherPosters, "记账", "待记账", "/posting", "去记账")
}

// queueTodo gathers the vouchers in a state into one line: how many, of whom, since when.
func (c *call) queueTodo(tx *store.Tx, state document.State, roles []identity.Role, kind, words, path, button string) ([]todo, error) {
	rows, err := c.queue(tx, state, roles)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	makers := map[int64]int{}
	var order []int64
	for _, w := range rows {
		if makers[w.Maker]++; makers[w.Maker] == 1 {
			order = append(order, w.Maker)
		}
	}
	detail := ""
	for i, m := range order {
		if i > 0 {
			detail += "、"
		}
		detail += fmt.Sprintf("%s %d 张", names[m], makers[m])
	}
	when, class := age(tx.Now, rows[0].Since)
	return []todo{{
		Class: class, When: when, Kind: kind, What: fmt.Sprintf("%s凭证 %d 张", words, len(rows)), Detail: "制单:" + detail, Path: path, Button: button,
	}}, nil
}

// draftsMost is how many drafts are named one by one.
const draftsMost = 6

func draftTodo(c *call, tx *store.Tx) ([]todo, error) {
	var out []todo
	more := 0
	for _, path := range c.paths(voucherMakers...) {
		all, err := ledger.ListWaiting(tx, c.actor.County, path, ledger.Draft, waitingMost)
		if err != nil {
			return nil, err
		}
		for _, w := range all {
			if w.Maker != c.actor.Person {
				continue
			}
			if len(out) == draftsMost {
				more++
				continue
			}
			when, class := age(tx.Now, w.Since)
			what := w.Summary
			if what == "" {
				what = "未写摘要"
			}
			out = append(out, todo{
				Class: class, When: when, Kind: "草稿", What: what,
				Detail: fmt.Sprintf("%s %s", w.BookName, w.Date.Chinese()), Path: voucherPath(w.Document) + "/edit", Button: "继续",
			})
		}
	}
	if more > 0 {
		out = append(out, todo{Class: "wait", When: "其余", Kind: "草稿", What: fmt.Sprintf("另有草稿 %d 张", more), Detail: "在各账套的凭证列表中", Path: "/books", Button: "账套"})
	}
	return out, nil
}

// reopenTodo lists the requests to open a month again that the person may approve.
func reopenTodo(c *call, tx *store.Tx) ([]todo, error) {
	steps := map[document.State][]identity.Role{
		"reopen-asked": ledger.CloseKind.Step("approve-reopen").Roles, "reopen-approved": ledger.CloseKind.Step("confirm-reopen").Roles,
	}
	var out []todo
	for _, path := range c.paths(append(voucherCheckers[:len(voucherCheckers):len(voucherCheckers)], identity.CountyTreasury)...) {
		all, err := ledger.ListReopening(tx, c.actor.County, path)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			if !c.actor.Has(r.BookPath, steps[r.State]...) {
				continue
			}
			when, class := age(tx.Now, r.Since)
			out = append(out, todo{
				Class: class, When: when, Kind: "反结账", What: fmt.Sprintf("%s %s", r.BookName, r.Period.Chinese()),
				Detail: ledger.CloseKind.States[r.State], Path: fmt.Sprintf("/books/%d/close", r.Book), Button: "查看",
			})
		}
	}
	return out, nil
}

// closeTodo names the books whose past months are still open, and what two approvals wait for.
func (c *call) closeTodo(tx *store.Tx, books []ledger.Book) ([]todo, error) {
	var late []ledger.Book
	for _, b := range books {
		if c.actor.Has(b.Path, monthClosers...) && b.OldestOpen() < b.Today.Period() {
			late = append(late, b)
		}
	}
	if len(late) == 0 {
		return nil, nil
	}
	oldest := late[0]
	names := ""
	for i, b := range late {
		if b.OldestOpen() < oldest.OldestOpen() {
			oldest = b
		}
		if i < 5 {
			if i > 0 {
				names += "、"
			}
			names += b.Name
		}
	}
	if len(late) > 5 {
		names += "等"
	}
	return []todo{{
		Class: "late", When: oldest.OldestOpen().Chinese(), Kind: "结账", What: fmt.Sprintf("未结账 %d 套", len(late)), Detail: names,
		Path: bookPath(oldest) + "/close", Button: "去结账",
	}}, nil
}
