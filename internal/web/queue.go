package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// queueKind is a list of vouchers that wait for one step, over all books of the person.
type queueKind struct {
	name  string // review or posting: the page's address
	title string
	step  string
	state document.State
	roles []identity.Role
}

var queueKinds = []queueKind{
	{"review", "审核", "check", ledger.Submitted, voucherCheckers},
	{"posting", "记账", "post", ledger.Checked, voucherPosters},
}

// waitingList is a list that a person works through, with what he narrowed it to.
type waitingList struct {
	kind   queueKind
	filter ledger.WaitingFilter
	typed  url.Values // the filter as it was typed, for addresses
}

// filterFields are the parameters of a list that narrow it.
var filterFields = []string{"book", "maker", "least", "most", "q"}

func newList(kind queueKind, typed url.Values) waitingList {
	l := waitingList{kind: kind, typed: url.Values{}}
	for _, name := range filterFields {
		if v := strings.TrimSpace(typed.Get(name)); v != "" {
			l.typed.Set(name, v)
		}
	}
	// What cannot be read narrows nothing; the page shows it as it was typed.
	l.filter.Book, _ = strconv.ParseInt(l.typed.Get("book"), 10, 64)
	l.filter.Maker, _ = strconv.ParseInt(l.typed.Get("maker"), 10, 64)
	l.filter.Least, _ = money.Parse(l.typed.Get("least"))
	l.filter.Most, _ = money.Parse(l.typed.Get("most"))
	l.filter.Words = l.typed.Get("q")
	return l
}

// parseFrom reads the list that a voucher's page was opened from: "review", or "review?book=3".
func parseFrom(from string) (waitingList, bool) {
	name, query, _ := strings.Cut(from, "?")
	i := slices.IndexFunc(queueKinds, func(k queueKind) bool { return k.name == name })
	typed, err := url.ParseQuery(query)
	if i < 0 || err != nil {
		return waitingList{}, false
	}
	return newList(queueKinds[i], typed), true
}

// from names the list as parseFrom reads it.
func (l waitingList) from() string {
	if len(l.typed) == 0 {
		return l.kind.name
	}
	return l.kind.name + "?" + l.typed.Encode()
}

// path is the list's address, with the voucher where the person goes on and the one that was decided before; both may be
// empty.
func (l waitingList) path(at, done string) string {
	typed := url.Values{}
	for k, v := range l.typed {
		typed[k] = v
	}
	for k, v := range map[string]string{"at": at, "done": done} {
		if v != "" {
			typed.Set(k, v)
		}
	}
	if len(typed) == 0 {
		return "/" + l.kind.name
	}
	return "/" + l.kind.name + "?" + typed.Encode()
}

// voucher is the address of a voucher that is worked on from the list.
func (l waitingList) voucher(id string) string {
	return voucherPath(id) + "?from=" + url.QueryEscape(l.from())
}

// next is the address of a voucher that follows a decided one.
func (l waitingList) next(id, done string) string { return l.voucher(id) + "&done=" + done }

// decided says what the person did last with the voucher that the address names as done before this page; empty where it
// names none of his.
func (c *call) decided(tx *store.Tx) (string, error) {
	done := c.query("done")
	if done == "" {
		return "", nil
	}
	v, err := c.voucher(tx, done)
	if fault.As(err) != nil {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	rows, err := trail.List(tx, c.actor.County, done)
	for i := len(rows) - 1; i >= 0; i-- {
		if rows[i].Person == c.actor.Person {
			return v.label() + " 已" + ledger.VoucherKind.Step(rows[i].Step).Title + "。", err
		}
	}
	return "", err
}

// queue gives the vouchers in a state that wait for the person, oldest first.
func (c *call) queue(tx *store.Tx, state document.State, roles []identity.Role) ([]ledger.Waiting, error) {
	return c.waiting(tx, waitingList{kind: queueKind{state: state, roles: roles}}, waitingMost)
}

// waiting gives the vouchers of a list, at most so many. Those that the person made, or the one for whom he acts, wait
// for somebody else's check.
func (c *call) waiting(tx *store.Tx, l waitingList, most int) ([]ledger.Waiting, error) {
	var out []ledger.Waiting
	for _, over := range c.paths(l.kind.roles...) {
		rows, err := ledger.FindWaiting(tx, c.actor.County, over, l.kind.state, l.filter, most)
		if err != nil {
			return nil, err
		}
		out = append(out, slices.DeleteFunc(rows, func(w ledger.Waiting) bool { return c.another(l.kind, w) })...)
	}
	return out, nil
}

// another tells that a voucher waits for another person's step: the person made it, or the one for whom he acts.
func (c *call) another(kind queueKind, w ledger.Waiting) bool {
	principal, _ := c.actor.ActsFor(w.BookPath, kind.roles...)
	return kind.state == ledger.Submitted && (w.Maker == c.actor.Person || w.Maker == principal)
}

// following gives the voucher that comes after one in a list, or the first where it is the last; empty: there is none.
func (c *call) following(l waitingList, id string) (string, error) {
	next := ""
	err := c.read(func(tx *store.Tx) error {
		rows, err := c.waiting(tx, l, waitingMost)
		at := slices.IndexFunc(rows, func(w ledger.Waiting) bool { return w.Document == id })
		switch {
		case at+1 < len(rows):
			next = rows[at+1].Document
		case at > 0:
			next = rows[0].Document
		}
		return err
	})
	return next, err
}

// queuePage lists the vouchers that wait for one step.
type queuePage struct {
	Base
	Kind    string // review or posting
	Step    string // check or post
	From    string // the list with its filter, as vouchers carry it
	Back    string // its address
	Batch   string // id of the batch that the ticks make
	Rows    []queueRow
	More    bool // there are more than are shown
	Books   []choice
	Makers  []choice
	Least   string
	Most    string
	Words   string
	Narrow  bool // a filter is set
	Returns bool // the person may send back
}

type queueRow struct {
	Voucher ledger.Waiting
	Path    string
	Maker   string
	Since   string
	Class   string
	At      bool // the person goes on here
}

func showReview(c *call, tx *store.Tx) (answer, error)  { return c.showQueue(tx, queueKinds[0]) }
func showPosting(c *call, tx *store.Tx) (answer, error) { return c.showQueue(tx, queueKinds[1]) }

func (c *call) showQueue(tx *store.Tx, kind queueKind) (answer, error) {
	l := newList(kind, c.r.URL.Query())
	rows, err := c.waiting(tx, l, waitingMost)
	if err != nil {
		return answer{}, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	p := &queuePage{
		Kind: kind.name, Step: kind.step, From: l.from(), Back: l.path("", ""), Batch: document.NewID(), More: len(rows) >= waitingMost,
		Least: l.typed.Get("least"), Most: l.typed.Get("most"), Words: l.filter.Words, Narrow: len(l.typed) > 0,
		Returns: len(c.paths(voucherCheckers...)) > 0,
	}
	p.Title, p.Styles, p.Scripts = kind.title, []string{"batch.css", "queue.css"}, []string{"tick.js", "queue.js"}
	at := c.query("at")
	for _, w := range rows {
		when, class := age(today, w.Since)
		p.Rows = append(p.Rows, queueRow{Voucher: w, Path: l.voucher(w.Document), Maker: names[w.Maker], Since: when, Class: class, At: w.Document == at})
	}
	if p.Done, err = c.decided(tx); err != nil {
		return answer{}, err
	}
	err = c.queueChoices(tx, p, l, names)
	if err != nil {
		return answer{}, err
	}
	return show("voucher/queue", p)
}

// queueChoices offers the books and the makers of what waits, narrowed or not.
func (c *call) queueChoices(tx *store.Tx, p *queuePage, l waitingList, names map[int64]string) error {
	books, makers := map[int64]bool{}, map[int64]bool{}
	for _, over := range c.paths(l.kind.roles...) {
		pairs, err := ledger.WaitingIn(tx, c.actor.County, over, l.kind.state)
		if err != nil {
			return err
		}
		for _, w := range pairs {
			if c.another(l.kind, w) {
				continue
			}
			if !books[w.Book] {
				books[w.Book] = true
				p.Books = append(p.Books, choice{Value: strconv.FormatInt(w.Book, 10), Title: w.BookName, On: w.Book == l.filter.Book})
			}
			if !makers[w.Maker] {
				makers[w.Maker] = true
				p.Makers = append(p.Makers, choice{Value: strconv.FormatInt(w.Maker, 10), Title: names[w.Maker], On: w.Maker == l.filter.Maker})
			}
		}
	}
	return nil
}
