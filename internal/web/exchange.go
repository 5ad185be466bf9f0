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
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// exchangeRoutes bring files in and out.
func exchangeRoutes() []route {
	return []route{
		{pattern: "GET /books/{book}/journal", title: "导出账簿", right: only(ledger.Readers...), show: exportJournal},
		{pattern: "GET /books/{book}/audit", title: "导出审计数据", right: only(ledger.Readers...), show: exportAudit},
		{pattern: "GET /exchange", title: "导入导出", right: only(exchangers...), show: showExchange},
		{pattern: "POST /exchange", title: "导入", right: only(exchange.FileKind.Step("import").Roles...), do: importFile, large: true},
		{pattern: "GET /exchange/{kind}", title: "导出", right: only(exchangers...), show: exportTable},
		{pattern: "GET /exchange/{kind}/template", title: "导入模板", right: only(exchangers...), show: exportTemplate},
	}
}

// exchangers may bring files in or take tables out; the package asks again, for the units that a file names.
var exchangers = mergeRoles(exchange.FileKind.Step("import").Roles, ledger.Readers)

var kindTitles = map[exchange.Kind]string{
	exchange.Units: "单位", exchange.Persons: "人员", exchange.Books: "账套", exchange.Accounts: "明细科目", exchange.Opening: "期初余额",
	exchange.Vouchers: "凭证", exchange.Budget: "总预算指标", exchange.Appropriations: "预算指标", exchange.Drafts: "预算草案", exchange.Workdays: "放假安排", exchange.Roster: "花名册变动",
}

// mayImport tells whether the person brings in files of a kind at all.
func (c *call) mayImport(k exchange.Kind) bool { return len(c.paths(exchange.Importers(k)...)) > 0 }

// mayExport tells whether the person sees what a table holds: persons and their logins are for those who keep them.
func (c *call) mayExport(k exchange.Kind) bool {
	switch k {
	case exchange.Persons:
		return len(c.paths(identity.PersonReaders...)) > 0
	case exchange.Roster:
		return len(c.paths(roster.Readers...)) > 0
	case exchange.Drafts:
		return len(c.paths(drafting.Readers...)) > 0
	case exchange.Units, exchange.Workdays:
		return true
	default:
		return len(c.paths(mergeRoles(exchange.Importers(k), ledger.Readers)...)) > 0
	}
}

func kindForbidden(act string, k exchange.Kind, roles []identity.Role) error {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Title()
	}
	return fault.Newf(fault.Forbidden, "role-missing", "可由"+strings.Join(names, "、")+"办理", "您没有%s「%s」的权限", act, kindTitles[k]).In("kind")
}

// tableRow is a kind of file with what the person may take of it.
type tableRow struct {
	Kind     string
	Title    string
	Template bool
	Export   bool
}

// exchangePage brings files in and gives tables out.
type exchangePage struct {
	Base
	Kinds  []choice // that can be brought in
	Tables []tableRow
	Books  []choice
	Kind   string
	Book   string
	Period string
	Dry    bool
	Whole  bool // what the file leaves out goes
	Result *exchange.Result
	File   string
	Kept   string         // id of the file, where it was checked and is kept for importing
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
	if p.Kind == "" && c.mayImport(exchange.Vouchers) {
		p.Kind = string(exchange.Vouchers) // what an accountant brings month by month
	}
	for _, k := range exchange.Kinds() {
		in, out := c.mayImport(k), c.mayExport(k)
		if in {
			p.Kinds = append(p.Kinds, choice{Value: string(k), Title: kindTitles[k], On: string(k) == p.Kind})
		}
		if in || out {
			p.Tables = append(p.Tables, tableRow{Kind: string(k), Title: kindTitles[k], Template: in, Export: out})
		}
	}
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
	p := &exchangePage{Kind: c.form("kind"), Book: c.form("book"), Period: c.form("period"), Dry: c.form("dry") != "", Whole: c.form("replace") != ""}
	checked := p.Dry
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
	a, _ := show("exchange/show", p)
	next := "请再选一次文件,去掉「只检查」后提交"
	if p.Kept != "" {
		next, p.Dry = "按「提交」即可导入", false
	}
	return p.tell(a, result, checked, next, ""), nil
}

// tell says what became of the file: what is to be mended, that it may be taken, or that it was.
func (p *exchangePage) tell(a answer, result exchange.Result, checked bool, next, then string) answer {
	p.Shown = result.Errors[:min(len(result.Errors), problemsMost)]
	switch {
	case len(result.Errors) > 0:
		a.status = http.StatusUnprocessableEntity
		p.Say = &say{Message: fmt.Sprintf("「%s」有 %d 处要改,整份文件没有导入", p.File, len(result.Errors)), Hint: "请按下表改正后重新选择文件"}
	case checked:
		p.Done = fmt.Sprintf("「%s」%d 行全部通过检查,还没有导入;%s。", p.File, result.Rows, next)
	default:
		p.Done = fmt.Sprintf("「%s」%d 行已导入%s。", p.File, result.Accepted, then)
	}
	return a
}

func (c *call) takeFile(p *exchangePage) (exchange.Result, error) {
	name, body, err := c.chosen()
	if err != nil {
		return exchange.Result{}, err
	}
	p.File = name
	if !slices.Contains(exchange.Kinds(), exchange.Kind(p.Kind)) {
		return exchange.Result{}, fault.New(fault.Invalid, "kind-unknown", "没有选择文件类别", "请选择导入什么").In("kind")
	}
	if kind := exchange.Kind(p.Kind); !c.mayImport(kind) {
		return exchange.Result{}, kindForbidden("导入", kind, exchange.Importers(kind))
	}
	o := exchange.Options{DryRun: p.Dry, Replace: p.Whole, Book: p.Book, Keys: c.server.Keys}
	if p.Period != "" {
		if o.Period, err = calendar.ParsePeriod(p.Period); err != nil {
			return exchange.Result{}, fieldFault(err, "period")
		}
	}
	result, err := exchange.Import(context.WithoutCancel(c.r.Context()), c.server.DB, c.actor, exchange.Kind(p.Kind), name, bytes.NewReader(body), o)
	if err == nil && len(result.Errors) == 0 && p.Dry {
		p.Kept = c.server.checked.keep(c.actor.Login, name, body, c.server.Clock())
	}
	if f := fault.As(result.Errors.Err()); err == nil && f != nil && slices.Contains(machineFaults, f.Code) {
		return exchange.Result{}, f
	}
	return result, err
}

// machineFaults are refusals that no change of the file mends.
var machineFaults = []string{"disk-full", "disk-failed", "database-busy", "database-read-only"}

// exportTable gives a table under the columns that an import takes.
func exportTable(c *call, tx *store.Tx) (answer, error) {
	kind := exchange.Kind(c.r.PathValue("kind"))
	title, ok := kindTitles[kind]
	media, known := fileTypes[c.query("format")]
	if !ok || !known {
		return answer{}, notThere()
	}
	if !c.mayExport(kind) {
		return answer{}, kindForbidden("导出", kind, identity.PersonReaders)
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
	if !c.mayImport(kind) && !c.mayExport(kind) {
		return answer{}, kindForbidden("导入", kind, exchange.Importers(kind))
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
