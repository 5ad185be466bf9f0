package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// exchangers may bring files in or take tables out; exchange asks again, for the units that a file names.
var exchangers = union(exchange.FileKind.Step("import").Roles, ledger.Readers)

func union(a, b []identity.Role) []identity.Role {
	out := slices.Clone(a)
	for _, r := range b {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

var kindTitles = map[exchange.Kind]string{
	exchange.Units: "单位", exchange.Persons: "人员", exchange.Books: "账套", exchange.Accounts: "明细科目", exchange.Opening: "期初余额",
	exchange.Vouchers: "凭证", exchange.Budget: "总预算指标",
}

// exchangePage brings files in and gives tables out.
type exchangePage struct {
	Base
	Kinds  []choice
	Import bool
	Books  []choice
	Kind   string
	Book   string
	Period string
	Dry    bool
	Result *exchange.Result
	File   string
	Shown  sheet.Problems // the first of them
}

// problemsMost is how many bad rows one page shows; the file is mended and sent again anyway.
const problemsMost = 200

func showExchange(c *call, tx *store.Tx) (answer, error) {
	p := &exchangePage{Kind: c.query("kind"), Dry: true}
	if err := p.fill(c, tx); err != nil {
		return answer{}, err
	}
	return show("exchange/show", p)
}

func (p *exchangePage) fill(c *call, tx *store.Tx) error {
	for _, k := range exchange.Kinds() {
		p.Kinds = append(p.Kinds, choice{Value: string(k), Title: kindTitles[k], On: string(k) == p.Kind})
	}
	p.Import = len(c.paths(exchange.FileKind.Step("import").Roles...)) > 0
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return err
	}
	for _, b := range books[:min(len(books), booksMost)] {
		p.Books = append(p.Books, choice{Value: b.Code, Title: b.Code + " " + b.Name, On: b.Code == p.Book})
	}
	return nil
}

func importFile(c *call) (answer, error) {
	p := &exchangePage{Kind: c.form("kind"), Book: c.form("book"), Period: c.form("period"), Dry: c.form("dry") != ""}
	result, err := c.takeFile(p)
	if f := fault.As(err); err != nil && f == nil {
		return answer{}, err
	}
	if e := c.read(func(tx *store.Tx) error { return p.fill(c, tx) }); e != nil {
		return answer{}, e
	}
	if err != nil {
		return redraw("exchange/show", p, err)
	}
	p.Result = &result
	p.Shown = result.Errors[:min(len(result.Errors), problemsMost)]
	a, _ := show("exchange/show", p)
	switch {
	case len(result.Errors) > 0:
		a.status = http.StatusUnprocessableEntity
		p.Say = &say{Message: fmt.Sprintf("「%s」有 %d 处要改,整份文件没有导入", p.File, len(result.Errors)), Hint: "请按下表改正后重新选择文件"}
	case p.Dry:
		p.Done = fmt.Sprintf("「%s」%d 行全部通过检查,还没有导入;去掉「只检查」再提交一次即可导入。", p.File, result.Rows)
	default:
		p.Done = fmt.Sprintf("「%s」%d 行已导入。", p.File, result.Accepted)
	}
	return a, nil
}

func (c *call) takeFile(p *exchangePage) (exchange.Result, error) {
	upload, head, err := c.upload()
	if err != nil {
		return exchange.Result{}, err
	}
	defer upload.Close()
	p.File = head.Filename
	if !slices.Contains(exchange.Kinds(), exchange.Kind(p.Kind)) {
		return exchange.Result{}, fault.New(fault.Invalid, "kind-unknown", "没有选择文件类别", "请选择导入什么").In("kind")
	}
	o := exchange.Options{DryRun: p.Dry, Book: p.Book, Keys: c.server.Keys}
	if p.Period != "" {
		if o.Period, err = calendar.ParsePeriod(p.Period); err != nil {
			return exchange.Result{}, fieldFault(err, "period")
		}
	}
	return exchange.Import(context.WithoutCancel(c.r.Context()), c.server.DB, c.actor, exchange.Kind(p.Kind), head.Filename, upload, o)
}

// exportTable gives a table under the columns that an import takes.
func exportTable(c *call, tx *store.Tx) (answer, error) {
	kind := exchange.Kind(c.r.PathValue("kind"))
	title, ok := kindTitles[kind]
	media, known := fileTypes[c.query("format")]
	if !ok || !known {
		return answer{}, notThere()
	}
	return c.written(title+"."+c.query("format"), media, func(w io.Writer) error {
		return exchange.Export(tx, c.actor, kind, w, c.query("format"))
	})
}

// exportTemplate gives the file to fill in.
func exportTemplate(c *call, _ *store.Tx) (answer, error) {
	kind := exchange.Kind(c.r.PathValue("kind"))
	title, ok := kindTitles[kind]
	if !ok {
		return answer{}, notThere()
	}
	return c.written(title+"导入模板.xlsx", fileTypes["xlsx"], func(w io.Writer) error { return exchange.Template(w, kind) })
}

// exportJournal gives a book as a journal that hledger reads.
func exportJournal(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	return c.written(b.Code+".journal", "text/plain; charset=utf-8", func(w io.Writer) error { return exchange.Hledger(tx, w, b) })
}

// exportAudit gives the audit tables of a book.
func exportAudit(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	return c.written(b.Code+" 审计数据.zip", "application/zip", func(w io.Writer) error { return exchange.Audit(tx, w, []ledger.Book{b}) })
}

func (c *call) written(name, media string, write func(w io.Writer) error) (answer, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return answer{}, err
	}
	return answer{file: &file{name: strings.ReplaceAll(name, "/", "-"), media: media, body: b.Bytes()}}, nil
}
