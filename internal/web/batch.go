package web

import (
	"context"
	"fmt"
	"time"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// batchRoutes are the same step on many vouchers or books: what will happen, doing it, and what came of it.
func batchRoutes() []route {
	return []route{
		{pattern: "GET /batches", title: "批量办理", right: only(batchers...), show: showBatches},
		{pattern: "POST /batches/preview", title: "批量办理预览", right: only(batchers...), do: previewBatch},
		{pattern: "POST /batches", title: "批量办理", right: only(batchers...), do: beginBatch},
		{pattern: "GET /batches/{batch}", title: "批量办理结果", right: only(ledger.UnpostedReaders...), show: showBatch},
		{pattern: "GET /batches/{batch}/print", title: "打印这批凭证", right: only(ledger.UnpostedReaders...), do: printBatch},
		{pattern: "POST /batches/{batch}/continue", title: "继续办理", right: only(batchers...), do: continueBatch},
		{pattern: "POST /batches/{batch}/retry", title: "重试未办成的", right: only(batchers...), do: retryBatch},
	}
}

// batchers are all who may take some step on many things.
var batchers = mergeRoles(batch.Enter.Roles(), batch.Check.Roles(), batch.Post.Roles(), batch.CloseMonth.Roles())

// walkTime is how long one request walks: what then still waits is shown, and gone on with.
const walkTime = 2 * time.Second

// walk takes the steps that wait for as long as a request may, whether its sender still listens or not.
func (c *call) walk(id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.r.Context()), walkTime)
	defer cancel()
	return batch.Walk(ctx, c.server.DB, c.actor, id, func(err error) {
		c.server.metrics.step(err)
		if err != nil && fault.As(err) == nil {
			c.server.Log.Error("step of a batch failed", "batch", id, "error", err)
		}
	})
}

// beginBatch keeps what the preview showed and was agreed to, and walks through it.
func beginBatch(c *call) (answer, error) {
	b, err := c.typedBatch("item")
	if err == nil {
		err = c.write(func(tx *store.Tx) error { return batch.Begin(tx, c.actor, b) })
	}
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid && c.r.PostForm["shown"] != nil {
		return c.batchAgain(err)
	}
	if err == nil {
		err = c.walk(b.ID)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(batchPath(b.ID))
}

func batchPath(id string) string { return "/batches/" + id }

func continueBatch(c *call) (answer, error) {
	id := c.r.PathValue("batch")
	if err := c.walk(id); err != nil {
		return answer{}, err
	}
	return goTo(batchPath(id))
}

func retryBatch(c *call) (answer, error) {
	id := c.r.PathValue("batch")
	if err := c.write(func(tx *store.Tx) error { return batch.Retry(tx, c.actor, id) }); err != nil {
		return answer{}, err
	}
	return continueBatch(c)
}

// batchPage is what came of a batch: the refusals first, each with its way out.
type batchPage struct {
	Base
	Batch   batch.Batch
	Heading string
	Person  string
	At      string
	Mine    bool
	Total   int
	Did     int // done or refused
	Good    int
	Bad     int
	Waiting int
	Groups  []batchGroup
	Print   string // of the vouchers that were posted or made
}

type batchGroup struct {
	Title string
	Class string
	Rows  []batchResult
}

type batchResult struct {
	Item  batch.Item
	Path  string // of the book
	Label string // of the voucher, or the month
	Open  string // of the voucher, or where a refusal is mended
	Word  string // on the link
	Print string // of a voucher that is posted
	At    string
}

func showBatch(c *call, tx *store.Tx) (answer, error) {
	b, err := batch.Get(tx, c.actor, c.r.PathValue("batch"))
	if err != nil {
		return answer{}, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	p := &batchPage{
		Batch: b, Heading: b.Kind.Title(), Person: names[b.Person], At: clock(b.Created), Mine: b.Person == c.actor.Person,
		Total: len(b.Items), Waiting: b.Count(batch.Waiting),
	}
	p.Title, p.Did = b.Kind.Title(), p.Total-p.Waiting
	p.Good, p.Bad = b.Count(batch.Done), b.Count(batch.Refused)
	p.Styles = []string{"batch.css"}
	if p.Mine && p.Waiting > 0 {
		p.Scripts = []string{"batch.js"}
	}
	for _, g := range []struct {
		state batch.State
		title string
		class string
	}{{batch.Refused, "没有办成", "late"}, {batch.Waiting, "还没有办", "wait"}, {batch.Done, "已办", "ok"}} {
		group := batchGroup{Title: g.title, Class: g.class}
		for _, it := range b.Items {
			if it.State == g.state {
				group.Rows = append(group.Rows, resultOf(b.Kind, it))
			}
		}
		if len(group.Rows) > 0 {
			p.Groups = append(p.Groups, group)
		}
	}
	if b.Kind.OfVouchers() && b.Kind != batch.Return && p.Good > 0 {
		p.Print = batchPath(b.ID) + "/print"
	}
	return show("batch/show", p)
}

// resultOf says where an item's voucher is, or where what refused it is mended.
func resultOf(k batch.Kind, it batch.Item) batchResult {
	r := batchResult{Item: it, At: clock(it.At), Path: bookPath(ledger.Book{ID: it.Book})}
	if _, n, err := ledger.ParseRef(it.Ref); err == nil {
		r.Label = n.Period.Chinese() + " " + n.Label()
	} else if it.Period != "" {
		r.Label = it.Period.Chinese()
	}
	switch {
	case k.OfVouchers():
		r.Open, r.Word = voucherPath(it.Document), "打开凭证"
		if k == batch.Post && it.State == batch.Done {
			r.Print = r.Open + "/print"
		}
	case it.State == batch.Refused && k.Enters():
		r.Open, r.Word = r.Path+"/accounts", "查看科目"
	case it.State == batch.Refused && k == batch.CloseMonth:
		r.Open, r.Word = r.Path+"/close", "去处理"
	case it.State == batch.Refused:
		r.Open, r.Word = yearPath(it), "去处理"
	case it.State == batch.Done && (k.Enters() || k == batch.CarryOver):
		r.Open, r.Word = voucherPath(it.Document), "打开凭证"
	case k.Enters(): // there is nothing to open yet
	case k == batch.CloseMonth:
		r.Open, r.Word = r.Path+"/close", "查看"
	default:
		r.Open, r.Word = yearPath(it), "查看"
	}
	return r
}

func yearPath(it batch.Item) string {
	return bookPath(ledger.Book{ID: it.Book}) + "/year?year=" + string(it.Period)[:4]
}

// batchesPage lists the batches that the person began.
type batchesPage struct {
	Base
	Rows []batchRow
}

type batchRow struct {
	batch.Summary
	Name  string
	Path  string
	At    string
	Total int64
}

// batchesMost is how many batches the list shows.
const batchesMost = 50

func showBatches(c *call, tx *store.Tx) (answer, error) {
	list, err := batch.List(tx, c.actor, batchesMost)
	if err != nil {
		return answer{}, err
	}
	p := &batchesPage{}
	for _, s := range list {
		p.Rows = append(p.Rows, batchRow{Summary: s, Name: s.Kind.Title(), Path: batchPath(s.ID), At: clock(s.Created), Total: s.Waiting + s.Done + s.Refused})
	}
	return show("batch/list", p)
}

// unfinished names the batches of the person of which something still waits.
func (d *desk) unfinished() ([]todo, error) {
	list, err := batch.List(d.tx, d.actor, batchesMost)
	if err != nil {
		return nil, err
	}
	var out []todo
	for _, s := range list {
		if s.Waiting > 0 {
			out = append(out, todo{
				Due: d.since(s.Created), Kind: "批量", What: fmt.Sprintf("%s还有 %d 项没有办", s.Kind.Title(), s.Waiting),
				Detail: fmt.Sprintf("已办 %d 项,没有办成 %d 项", s.Done, s.Refused), Path: batchPath(s.ID), Button: "继续",
			})
		}
	}
	return out, nil
}

// typedBatch reads what a form asks for; name is the field of the items: those that are ticked, or all that were shown.
func (c *call) typedBatch(name string) (batch.Batch, error) {
	b := batch.Batch{ID: c.form("document"), Kind: batch.Kind(c.form("kind")), Reason: c.form("reason")}
	if _, err := document.ParseID(b.ID); err != nil {
		return b, err
	}
	var err error
	b.Items, err = c.typedItems(b.Kind, c.r.PostForm[name])
	return b, err
}
