package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// statementRoutes are statements and ledgers.
func statementRoutes() []route {
	return []route{
		{pattern: "GET /statements", title: "报表", right: only(ledger.Readers...), show: showStatements},
		{pattern: "GET /books/{book}/statements", title: "报表", right: only(ledger.Readers...), show: showBookStatements},
		{pattern: "GET /books/{book}/statements/{name}", title: "报表", right: only(ledger.Readers...), show: showBookStatement},
		{pattern: "GET /units/{unit}/statements/{name}", title: "合并报表", right: only(ledger.Readers...), show: showUnitStatement, under: "/statements"},
		{pattern: "GET /units/{unit}/account", title: "科目按账套分列", right: only(ledger.Readers...), show: showUnitAccount, under: "/statements"},
	}
}

// statementPage is a statement or a ledger as the statement engine made it, with what may be asked of it.
type statementPage struct {
	Base
	Name     string
	Heading  string
	Action   string // address without its query
	Entity   string
	Chart    ledger.ChartName // carried on by the form of a unit's statement
	Unit     string
	Scope    string // of a unit's statement: the chart, and how many books are added up
	Span     string // of months, in words
	AtEnd    bool   // it shows balances at the end of one month
	From, To []choice
	Levels   []choice
	Account  string
	HasLevel bool
	HasAcct  bool
	Accounts []dataList
	Groups   []headCell
	Heads    []headCell
	Rows     []statementRow
	Right    []statementRow // of a form with two sides
	Notes    []string
	Problems []statement.Difference
	Balanced bool
	Proved   bool // it is a statement that balances or does not
	Draft    bool // the year's opening is provisional
	PDF      string
	XLSX     string
	CSV      string
	Before   string // addresses of the pages of a long ledger
	After    string
	Columns  int
}

// headCell is a head over one or several columns.
type headCell struct {
	Title string
	Span  int
	Rows  int
	Num   bool
}

type statementRow struct {
	Class string
	Cells []statementCell
}

type statementCell struct {
	Text  string
	Path  string
	Class string
}

// ledgerLines is how many entries of a ledger one page shows.
const ledgerLines = 200

// scope is whose books a statement adds up: one book, or those of a unit and everything below it.
type scope struct {
	books  []ledger.Book
	entity string           // of a unit; empty for one book
	unit   org.Unit         // whose entity is, to ask what it was called then and which books were its own
	path   string           // "/books/3" or "/units/5"
	chart  ledger.ChartName // of a unit's books that are added up; empty: all
}

func (c *call) bookScope(tx *store.Tx) (scope, error) {
	b, err := c.book(tx)
	return scope{books: []ledger.Book{b}, path: bookPath(b)}, err
}

func showBookStatement(c *call, tx *store.Tx) (answer, error) {
	s, err := c.bookScope(tx)
	if err != nil {
		return answer{}, err
	}
	return c.statement(tx, s)
}

func showUnitStatement(c *call, tx *store.Tx) (answer, error) {
	s, err := c.unitScope(tx)
	if err != nil {
		return answer{}, err
	}
	if s.chart == "" {
		return goTo(c.with("chart", string(s.first(c.r.PathValue("name")))))
	}
	return c.statement(tx, s)
}

// first gives the chart that a unit's statement is meant of where none is named: the first that has such a statement.
func (s scope) first(name string) ledger.ChartName {
	declared, err := statement.Find(name)
	for _, chart := range chartOrder {
		of := func(b ledger.Book) bool { return b.Chart == chart }
		if slices.ContainsFunc(s.books, of) && (err != nil || slices.Contains(declared.Charts, chart)) {
			return chart
		}
	}
	return s.books[0].Chart
}

// statement makes what the address asks for, as a page or as a file.
func (c *call) statement(tx *store.Tx, s scope) (answer, error) {
	declared, err := statement.Find(c.r.PathValue("name"))
	if err != nil {
		return answer{}, err
	}
	if !slices.Contains(declared.Charts, s.books[0].Chart) {
		return answer{}, fault.Newf(fault.NotFound, "statement-other-chart", "请从报表目录中选择", "账套%s没有「%s」", s.books[0].Name, declared.Title)
	}
	ask, err := c.request(tx, declared, s)
	if err != nil {
		return answer{}, err
	}
	format := c.query("format")
	if format != "" {
		ask.Offset, ask.Limit = 0, 0
	}
	report, err := statement.Make(tx, ask)
	if err != nil {
		return answer{}, err
	}
	if format != "" {
		return c.download(tx, report, format)
	}
	p := c.statementPage(declared, s, ask, report)
	if has(declared, statement.OptionAccount) {
		chart, err := ledger.ChartOf(tx, s.books[0], ask.To.Year())
		if err != nil {
			return answer{}, err
		}
		p.Accounts = []dataList{allAccounts(chart)}
		p.Account = accountShort(chart, ask.Account)
	}
	return show("ledger/statement", p)
}

// allAccounts offers every account, parents too, for ledgers.
func allAccounts(chart *ledger.Chart) dataList {
	list := dataList{ID: "accounts"}
	for _, a := range chart.Accounts() {
		list.Options = append(list.Options, option{a.Code + " " + a.Name, above(a) + a.Mnemonic})
	}
	return list
}

func has(d statement.Declaration, o statement.Option) bool { return slices.Contains(d.Options, o) }

func (c *call) request(tx *store.Tx, d statement.Declaration, s scope) (statement.Request, error) {
	ask := statement.Request{Name: d.Name}
	today := s.latest()
	var err error
	if ask.To, err = c.period("to", today); err != nil {
		return ask, err
	}
	if ask.Books, ask.Entity, err = c.asOf(tx, s, ask.To.Last()); err != nil {
		return ask, err
	}
	first := calendar.PeriodOf(ask.To.Year(), 1)
	if d.Ledger && c.query("to") == "" {
		first = ask.To
	}
	if ask.From, err = c.period("from", max(first, s.books[0].Start)); err != nil {
		return ask, err
	}
	if has(d, statement.OptionAccount) && (c.query("account") != "" || d.Name == "detail-ledger") {
		chart, err := ledger.ChartOf(tx, s.books[0], ask.To.Year())
		if err != nil {
			return ask, err
		}
		ask.Account = accountCode(chart, ledger.Book{}, "", c.query("account"))
		if ask.Account == "" {
			ask.Account = chart.Accounts()[0].Code // cash: a detail ledger is of one account, and the picker stands above it
		}
	}
	if has(d, statement.OptionLevels) {
		ask.Levels = statement.AllLevels
		if text := c.query("levels"); text != "" {
			ask.Levels, _ = strconv.Atoi(text)
		}
	}
	if has(d, statement.OptionFilter) {
		ask.Filter = ledger.Dims{
			Function: c.query("function"), Economic: c.query("economic"), Project: c.query("project"), Fund: c.query("fund"), Party: c.query("party"),
		}
	}
	if has(d, statement.OptionPage) {
		ask.Limit = ledgerLines
		ask.Offset, _ = strconv.Atoi(c.query("offset"))
		ask.Offset = max(ask.Offset, 0)
	}
	return ask, nil
}

func (c *call) statementPage(d statement.Declaration, s scope, ask statement.Request, r *statement.Report) *statementPage {
	here := "/statements/" + d.Name
	p := &statementPage{
		Name: d.Name, Action: s.path + here, Heading: r.Title, Entity: r.Entity, Chart: s.chart, Unit: r.Unit, Span: span(r.From, r.To), Notes: r.Notes, Problems: r.Differences,
		Balanced: r.Balanced, Proved: !d.Ledger && !r.Partial, Draft: r.Provisional, HasLevel: has(d, statement.OptionLevels), HasAcct: has(d, statement.OptionAccount),
		Columns: len(r.Columns),
	}
	p.Title = r.Title
	if s.entity != "" {
		p.Scope = chartTitles[s.chart] + " · " + merged(len(r.Books))
		p.Title = r.Title + " " + r.Entity + " " + chartTitles[s.chart]
	}
	if p.AtEnd = strings.HasSuffix(d.Name, "balance-sheet"); p.AtEnd {
		p.Span = r.To.Last().Chinese()
	}
	if s.entity == "" {
		p.Tabs = c.tabs(s.books[0], here)
		if !slices.ContainsFunc(p.Tabs, func(t tab) bool { return t.On }) {
			for i := range p.Tabs {
				p.Tabs[i].On = p.Tabs[i].Title == "报表"
			}
		}
	}
	first, last := s.books[0].Start, businessDay(s.books).Period()
	p.From, p.To = months(first, last, ask.From), months(first, last, ask.To)
	for _, l := range []choice{{Value: "0", Title: "末级科目"}, {Value: "1", Title: "一级科目"}, {Value: "2", Title: "一、二级科目"}, {Value: "-1", Title: "全部级次"}} {
		l.On = l.Value == strconv.Itoa(ask.Levels)
		p.Levels = append(p.Levels, l)
	}
	p.Groups, p.Heads = heads(r.Columns)
	two := twoSided(r)
	for _, rows := range [][]statement.Row{r.Rows, r.Totals} {
		for _, row := range rows {
			if two && row.Side != "asset" {
				p.Right = append(p.Right, drawRow(s, r, row))
			} else {
				p.Rows = append(p.Rows, drawRow(s, r, row))
			}
		}
	}
	p.PDF, p.XLSX, p.CSV = c.with("format", "pdf"), c.with("format", "xlsx"), c.with("format", "csv")
	if ask.Offset > 0 {
		p.Before = c.with("offset", strconv.Itoa(max(ask.Offset-ledgerLines, 0)))
	}
	if r.More {
		p.After = c.with("offset", strconv.Itoa(ask.Offset+ledgerLines))
	}
	return p
}

// twoSided tells whether a statement is a form with what is owned on the left and what is owed on the right.
func twoSided(r *statement.Report) bool {
	on := func(side string) bool {
		return slices.ContainsFunc(r.Rows, func(row statement.Row) bool { return row.Kind == statement.Head && row.Side == side })
	}
	return on("asset") && on("liability")
}

// with gives the address of this page with one parameter changed.
func (c *call) with(name, value string) string {
	q := c.r.URL.Query()
	q.Set(name, value)
	return c.r.URL.Path + "?" + q.Encode()
}

func span(from, to calendar.Period) string {
	if from == to {
		return from.Chinese()
	}
	return from.Chinese() + "至 " + to.Chinese()
}

func months(first, last, at calendar.Period) []choice {
	var out []choice
	for p := first; p <= last; p = p.Next() {
		out = append(out, choice{Value: string(p), Title: p.Chinese(), On: p == at})
	}
	return out
}

// heads gives the one or two rows of heads: common heads over groups of columns, and the columns' own.
func heads(columns []statement.Column) (groups, single []headCell) {
	grouped := slices.ContainsFunc(columns, func(c statement.Column) bool { return c.Group != "" })
	for i, c := range columns {
		num := c.Kind != statement.Text
		switch {
		case !grouped:
			single = append(single, headCell{Title: c.Title, Span: 1, Rows: 1, Num: num})
		case c.Group == "":
			groups = append(groups, headCell{Title: c.Title, Span: 1, Rows: 2, Num: num})
		default:
			single = append(single, headCell{Title: c.Title, Span: 1, Rows: 1, Num: num})
			if i > 0 && columns[i-1].Group == c.Group {
				groups[len(groups)-1].Span++
			} else {
				groups = append(groups, headCell{Title: c.Group, Span: 1, Rows: 1})
			}
		}
	}
	return groups, single
}

var rowClasses = map[statement.RowKind]string{statement.Head: "lv0", statement.Subtotal: "part", statement.Total: "sum"}

func drawRow(s scope, r *statement.Report, row statement.Row) statementRow {
	out := statementRow{Class: rowClasses[row.Kind]}
	name := 0 // the column that is set in by level: the last of the leading texts
	for i, c := range r.Columns {
		if c.Kind != statement.Text {
			break
		}
		name = i
	}
	for i, cell := range row.Cells {
		c := r.Columns[i]
		drawn := statementCell{Text: c.String(cell)}
		if c.Kind != statement.Text {
			drawn.Class = "num"
			if cell.Amount < 0 {
				drawn.Class = "num neg"
			}
		} else if i == name && row.Level > 0 {
			drawn.Class = fmt.Sprintf("in%d", min(row.Level, 3))
		}
		if cell.Drill != nil && drawn.Text != "" {
			drawn.Path = drillPath(s, cell.Drill)
		}
		if c.Key == "voucher" && drawn.Text != "" {
			drawn.Path = voucherOf(s, row)
		}
		out.Cells = append(out.Cells, drawn)
	}
	return out
}

// voucherOf gives the address of the voucher that a line of a ledger came from.
func voucherOf(s scope, row statement.Row) string {
	for _, cell := range row.Cells {
		if cell.Drill != nil && cell.Drill.Voucher != nil {
			return drillPath(s, cell.Drill)
		}
	}
	return ""
}

// drillPath gives the address of the rows behind an amount.
func drillPath(s scope, d *statement.Drill) string {
	var book *ledger.Book
	for i, b := range s.books {
		if b.ID == d.Book || d.Book == 0 && len(s.books) == 1 {
			book = &s.books[i]
		}
	}
	if d.Voucher != nil {
		if book == nil {
			return ""
		}
		return numberPath(*book, *d.Voucher)
	}
	q := url.Values{"account": {d.Account}, "from": {string(d.From)}, "to": {string(d.To)}}
	if d.Function != "" {
		q.Set("function", d.Function)
	}
	if book == nil {
		if s.chart != "" {
			q.Set("chart", string(s.chart))
		}
		return s.path + "/account?" + q.Encode()
	}
	return bookPath(*book) + "/statements/detail-ledger?" + q.Encode()
}

// statementsPage lists the statements that books can be asked for.
type statementsPage struct {
	Base
	Sections []statementSection
}

type statementSection struct {
	Title string
	Note  string
	Links []choice
}

func showBookStatements(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	p := &statementsPage{}
	p.Title, p.Tabs = b.Name+" 报表", c.tabs(b, "/statements")
	p.Sections = []statementSection{{Title: b.Name, Links: statementLinks(bookPath(b), b.Chart, true)}}
	return show("ledger/list", p)
}

// statementLinks gives the statements of a chart, of one book or of a unit.
func statementLinks(path string, chart ledger.ChartName, one bool) []choice {
	var out []choice
	for _, d := range statement.Declarations() {
		if slices.Contains(d.Charts, chart) && true {
			to := path + "/statements/" + d.Name
			if !one {
				to += "?chart=" + string(chart)
			}
			out = append(out, choice{Value: to, Title: d.Title})
		}
	}
	return out
}

var chartOrder = []ledger.ChartName{ledger.Government, ledger.Village, ledger.GeneralBudget}

var chartTitles = map[ledger.ChartName]string{
	ledger.Government: "行政事业单位账", ledger.Village: "村集体账", ledger.GeneralBudget: "财政总会计账",
}

// statementsMost is how many units the list of consolidated statements shows.
const statementsMost = 60

// showStatements lists the units whose books can be added up.
func showStatements(c *call, tx *store.Tx) (answer, error) {
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return answer{}, err
	}
	counts := map[int64]map[ledger.ChartName]int{}
	for _, b := range books {
		for _, id := range org.Ancestors(b.Path) {
			if counts[id] == nil {
				counts[id] = map[ledger.ChartName]int{}
			}
			counts[id][b.Chart]++
		}
	}
	p := &statementsPage{}
	for _, path := range c.paths(ledger.Readers...) {
		units, err := org.List(tx, c.actor.County, path, "")
		if err != nil {
			return answer{}, err
		}
		for _, u := range units {
			for _, chart := range chartOrder {
				n := counts[u.ID][chart]
				if n < 1 || n == 1 && u.Path != path || len(p.Sections) >= statementsMost {
					continue
				}
				p.Sections = append(p.Sections, statementSection{
					Title: u.Name + " · " + chartTitles[chart], Note: merged(n),
					Links: statementLinks(fmt.Sprintf("/units/%d", u.ID), chart, false),
				})
			}
		}
	}
	return show("ledger/list", p)
}

// merged says how many books a statement adds up.
func merged(n int) string {
	if n == 1 {
		return "1 套账"
	}
	return fmt.Sprintf("%d 套账合并", n)
}

// unitAccountPage divides an amount of a unit by its books.
type unitAccountPage struct {
	Base
	Unit  string
	What  string
	Span  string
	Rows  []unitAccountRow
	Total ledger.Move
}

type unitAccountRow struct {
	Book ledger.Book
	Path string
	Move ledger.Move
}

func showUnitAccount(c *call, tx *store.Tx) (answer, error) {
	s, err := c.unitScope(tx)
	if err != nil {
		return answer{}, err
	}
	today := businessDay(s.books).Period()
	to, err := c.period("to", today)
	if err != nil {
		return answer{}, err
	}
	from, err := c.period("from", calendar.PeriodOf(to.Year(), 1))
	if err != nil {
		return answer{}, err
	}
	combinations, err := ledger.Combinations(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	account, function := c.query("account"), c.query("function")
	p := &unitAccountPage{Unit: s.entity, What: account, Span: span(from, to)}
	for _, b := range s.books {
		chart, err := ledger.ChartOf(tx, b, to.Year())
		if err != nil {
			return answer{}, err
		}
		if _, ok := chart.Account(account); !ok {
			continue
		}
		p.What = accountText(chart, account)
		moves, _, err := ledger.Balances(tx, c.actor.County, []ledger.Book{b}, from, to)
		if err != nil {
			return answer{}, err
		}
		sum, any := sumMoves(moves, combinations, account, function)
		if any {
			path := drillPath(scope{books: []ledger.Book{b}}, &statement.Drill{Book: b.ID, Account: account, Function: function, From: from, To: to})
			p.Rows = append(p.Rows, unitAccountRow{Book: b, Path: path, Move: sum})
			p.Total = addMoves(p.Total, sum)
		}
	}
	return show("ledger/account", p)
}

func sumMoves(moves map[int64]ledger.Move, combinations map[int64]ledger.Combination, account, function string) (sum ledger.Move, found bool) {
	for id, m := range moves {
		k := combinations[id]
		if begins(k.Account, account) && begins(k.Dims.Function, function) {
			sum, found = addMoves(sum, m), true
		}
	}
	return sum, found
}

func begins(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }

func addMoves(a, b ledger.Move) ledger.Move {
	return ledger.Move{
		Opening: a.Opening + b.Opening, Debit: a.Debit + b.Debit, Credit: a.Credit + b.Credit,
		ClosingDebit: a.ClosingDebit + b.ClosingDebit, ClosingCredit: a.ClosingCredit + b.ClosingCredit,
	}
}
