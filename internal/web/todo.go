package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// todo is one thing to do, with the one button that does it.
type todo struct {
	Due    calendar.Date // by the dated rules; empty: none is set
	Class  string        // late, wait, ok
	When   string        // 逾期 2 天, 今天, 明天, 10-26
	Kind   string
	What   string
	Detail string // what to do next
	Path   string
	Button string
}

// soon is how many days ahead a date is shown as near.
const soon = 5

// dated says in words how a deadline stands today.
func (t todo) dated(today calendar.Date) todo {
	switch {
	case t.Due == "":
		t.When, t.Class = "未定期限", "wait"
	case t.Due < today:
		t.When, t.Class = fmt.Sprintf("逾期 %d 天", daysBetween(t.Due, today)), "late"
	case t.Due == today:
		t.When, t.Class = "今天", "late"
	case t.Due == today.AddDays(1):
		t.When, t.Class = "明天", "wait"
	case t.Due <= today.AddDays(soon):
		t.When, t.Class = string(t.Due)[5:], "wait"
	default:
		t.When, t.Class = string(t.Due)[5:], "ok"
	}
	if t.Due != "" && t.Due.Year() != today.Year() && t.Due > today {
		t.When = string(t.Due)
	}
	return t
}

// byDeadline puts the oldest deadline first and what has none last.
func byDeadline(all []todo) {
	slices.SortStableFunc(all, func(a, b todo) int {
		return cmp.Or(strings.Compare(a.dueOrLast(), b.dueOrLast()), strings.Compare(a.Kind, b.Kind))
	})
}

func (t todo) dueOrLast() string {
	if t.Due == "" {
		return "9999"
	}
	return string(t.Due)
}

// desk is what the lists of things to do read once.
type desk struct {
	*call
	tx    *store.Tx
	board *board
	books []ledger.Book
	names map[int64]string

	makers map[int64][]identity.Held // roles of the makers that were asked for
	view   *townsView                // of all townships, once it was asked for
}

// since gives the day of a document's last step; an invented county's business date may lie before the calendar's.
func (d *desk) since(instant string) calendar.Date {
	at, err := calendar.ParseInstant(instant)
	if err != nil {
		return d.board.today
	}
	return min(calendar.DateOf(at), d.board.today)
}

// todos gathers what waits for the person, by deadline.
func (d *desk) todos() ([]todo, error) {
	orders, err := d.appropriations()
	if err != nil {
		return nil, err
	}
	out := append([]todo{}, orders...)
	for _, list := range []func(*desk) ([]todo, error){
		(*desk).returned, (*desk).closing, (*desk).checking, (*desk).openings, (*desk).successors, (*desk).posting, (*desk).reopening, (*desk).drafts, (*desk).signatures, (*desk).waivers,
		(*desk).handings, (*desk).budgetDrafts, (*desk).budgetStandards, (*desk).obligations, (*desk).rosterChanges, (*desk).unfinished, (*desk).pressing,
		(*desk).agreed,
		(*desk).payments,
	} {
		found, err := list(d)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	for i := range out {
		out[i] = out[i].dated(d.board.today)
	}
	byDeadline(out)
	return out, nil
}

// waitingMost is how many vouchers the lists of things to do read.
const waitingMost = 200

// own gives the vouchers in a state that the person made, and those of makers who have left. His own are asked for by
// themselves: however many colleagues have at work, they do not crowd his out.
func (d *desk) own(state document.State) ([]ledger.Waiting, error) {
	var out []ledger.Waiting
	for _, path := range d.paths(voucherMakers...) {
		mine, err := ledger.FindWaiting(d.tx, d.actor.County, path, state, ledger.WaitingFilter{Maker: d.actor.Person}, waitingMost)
		if err != nil {
			return nil, err
		}
		all, err := ledger.ListWaiting(d.tx, d.actor.County, path, state, waitingMost)
		if err != nil {
			return nil, err
		}
		out = append(out, mine...)
		for _, w := range all {
			if w.Maker == d.actor.Person {
				continue
			}
			left, err := d.orphaned(w)
			if err != nil {
				return nil, err
			}
			if left {
				out = append(out, w)
			}
		}
	}
	return out, nil
}

// orphaned tells whether the maker of a voucher may make none in its book any more: it falls to whoever may.
func (d *desk) orphaned(w ledger.Waiting) (bool, error) {
	held, known := d.makers[w.Maker]
	if !known {
		var err error
		if held, err = identity.RolesOf(d.tx, d.actor.County, w.Maker); err != nil {
			return false, err
		}
		if d.makers == nil {
			d.makers = map[int64][]identity.Held{}
		}
		d.makers[w.Maker] = held
	}
	return !slices.ContainsFunc(held, func(h identity.Held) bool {
		return slices.Contains(voucherMakers, h.Role) && org.Within(w.BookPath, h.Path) &&
			h.From <= d.board.today && (h.To == "" || h.To >= d.board.today)
	}), nil
}

func (d *desk) returned() ([]todo, error) {
	all, err := d.own(ledger.Returned)
	if err != nil {
		return nil, err
	}
	var out []todo
	for _, w := range all {
		reason, err := reasonOf(d.tx, d.actor.County, w.Document, "return")
		if err != nil {
			return nil, err
		}
		out = append(out, todo{
			Due: d.board.deadlines.Step(w.BookPath, w, d.since(w.Since)), Kind: "退回",
			What: fmt.Sprintf("%s %d 月凭证 %s", w.BookName, w.Period.Month(), w.Label()), Detail: reason, Path: voucherPath(w.Document) + "/edit", Button: "改",
		})
	}
	return out, nil
}

func (d *desk) checking() ([]todo, error) {
	return d.queued(ledger.Submitted, voucherCheckers, "审核", "待审核", "/review", "逐张审核")
}

func (d *desk) posting() ([]todo, error) {
	return d.queued(ledger.Checked, voucherPosters, "记账", "待记账", "/posting", "去记账")
}

// queued gathers the vouchers in a state into one line: how many, of whom, due as the oldest of them.
func (d *desk) queued(state document.State, roles []identity.Role, kind, words, path, button string) ([]todo, error) {
	rows, err := d.queue(d.tx, state, roles)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	t := todo{Kind: kind, What: fmt.Sprintf("%s凭证 %d 张", words, len(rows)), Path: path, Button: button}
	if len(rows) >= waitingMost {
		t.What = fmt.Sprintf("%s凭证 %d 张以上", words, waitingMost)
	}
	makers := map[int64]int{}
	var order []int64
	for _, w := range rows {
		if makers[w.Maker]++; makers[w.Maker] == 1 {
			order = append(order, w.Maker)
		}
		if due := d.board.deadlines.Step(w.BookPath, w, d.since(w.Since)); t.Due == "" || due != "" && due < t.Due {
			t.Due = due
		}
	}
	slices.SortStableFunc(order, func(a, b int64) int { return makers[b] - makers[a] })
	t.Detail = "制单人" + listed(order, func(m int64) string { return fmt.Sprintf("%s %d 张", d.names[m], makers[m]) })
	return []todo{t}, nil
}

// namedMost is how many names a sentence lists before it says 等.
const namedMost = 5

func listed[T any](all []T, name func(T) string) string {
	var names []string
	for _, v := range all[:min(len(all), namedMost)] {
		names = append(names, name(v))
	}
	text := strings.Join(names, "、")
	if len(all) > namedMost {
		text += fmt.Sprintf("等 %d 项", len(all))
	}
	return text
}

// draftsMost is how many drafts are named one by one.
const draftsMost = 4

// drafts are to be submitted before their month is closed.
func (d *desk) drafts() ([]todo, error) {
	all, err := d.own(ledger.Draft)
	if err != nil {
		return nil, err
	}
	var out []todo
	for i, w := range all {
		due := d.board.deadlines.Close(w.BookPath, w.Period)
		if i == draftsMost && len(all) > draftsMost+1 {
			out = append(out, todo{
				Due: due, Kind: "草稿", What: fmt.Sprintf("另有草稿 %d 张", len(all)-draftsMost),
				Detail: "在" + listed(all[i:], func(w ledger.Waiting) string { return w.BookName }), Path: "/books", Button: "去账套",
			})
			break
		}
		what := w.Summary
		if what == "" {
			what = "未写摘要"
		}
		out = append(out, todo{
			Due: due, Kind: "草稿", What: what, Detail: fmt.Sprintf("%s %s;提交后才会审核", w.BookName, w.Date.Chinese()),
			Path: voucherPath(w.Document) + "/edit", Button: "继续",
		})
	}
	return out, nil
}

// reopening lists the requests to open a month again that the person may approve.
func (d *desk) reopening() ([]todo, error) {
	steps := map[document.State][]identity.Role{
		"reopen-asked": ledger.CloseKind.Step("approve-reopen").Roles, "reopen-approved": ledger.CloseKind.Step("confirm-reopen").Roles,
	}
	var out []todo
	for _, path := range d.paths(append(voucherCheckers[:len(voucherCheckers):len(voucherCheckers)], identity.CountyTreasury)...) {
		all, err := ledger.ListReopening(d.tx, d.actor.County, path)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			if !d.actor.Has(r.BookPath, steps[r.State]...) {
				continue
			}
			out = append(out, todo{
				Due: d.board.deadlines.Approve(r.BookPath, d.since(r.Since)), Kind: "反结账",
				What: fmt.Sprintf("%s %s", r.BookName, r.Period.Chinese()), Detail: ledger.CloseKind.States[r.State] + ",请核对原因后批复",
				Path: fmt.Sprintf("/books/%d/close", r.Book), Button: "去批复",
			})
		}
	}
	return out, nil
}

// closing names, month by month, the books that should be closed; one in which nothing was ever started has no month to
// close, as its lights say.
func (d *desk) closing() ([]todo, error) {
	if d.board.fresh {
		return nil, nil
	}
	open := map[calendar.Period][]ledger.Book{}
	for _, b := range d.books {
		if d.actor.Has(b.Path, monthClosers...) && b.OldestOpen() < d.board.this && !d.board.idle[b.ID] {
			open[b.OldestOpen()] = append(open[b.OldestOpen()], b)
		}
	}
	var out []todo
	for month, books := range open {
		t := todo{Kind: "结账", What: fmt.Sprintf("%d 月未结账 %d 套", month.Month(), len(books)), Path: bookPath(books[0]) + "/close", Button: "去结账"}
		if len(books) > 1 {
			t.Path = "/month-end?period=" + string(month)
		}
		if month.Year() != d.board.this.Year() {
			t.What = month.Chinese() + t.What[strings.Index(t.What, "未"):]
		}
		var stuck []string
		for _, b := range books {
			if due := d.board.deadlines.Close(b.Path, month); t.Due == "" || due != "" && due < t.Due {
				t.Due = due
			}
			g := d.board.progress[ledger.BookMonth{Book: b.ID, Period: month}]
			if n := g.Draft + g.Returned + g.Submitted + g.Checked; n > 0 {
				stuck = append(stuck, fmt.Sprintf("%s %d 张", b.Name, n))
			}
		}
		if t.Detail = listed(books, func(b ledger.Book) string { return b.Name }); len(stuck) > 0 {
			t.Detail += ";有未记账凭证:" + listed(stuck, func(s string) string { return s })
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b todo) int { return strings.Compare(a.What, b.What) })
	return out, nil
}

// age says how long something has waited by today's business date, and how it looks.
func age(today calendar.Date, since string) (when, class string) {
	at, err := calendar.ParseInstant(since)
	if err != nil {
		return "", "wait"
	}
	days := daysBetween(min(calendar.DateOf(at), today), today)
	switch {
	case days == 0:
		return "今天", "wait"
	case days == 1:
		return "昨天", "wait"
	default:
		return fmt.Sprintf("%d 天前", days), "late"
	}
}
