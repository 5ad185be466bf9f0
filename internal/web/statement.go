package web

import (
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// statementRoutes are statements and ledgers.
func statementRoutes() []route {
	return []route{
		{pattern: "GET /statements", title: "报表", right: only(ledger.Readers...), show: showStatements},
		{pattern: "GET /statements/pick", title: "自选账套合并", right: only(ledger.Readers...), show: showPick},
		{pattern: "GET /statements/forms", title: "报表行次与公式", right: signedIn, show: showForms},
		{pattern: "GET /statements/account", title: "科目按账套分列", right: only(ledger.Readers...), show: showPickedAccount},
		{pattern: "GET /statements/{name}", title: "合并报表", right: only(ledger.Readers...), show: showPickedStatement},
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
	Action   string  // address without its query
	Carried  []field // what the form carries on unseen
	Entity   string
	Unit     string
	Scope    string // of several books: how many are added up
	Repick   string // where other books are ticked
	Span     string // of months, in words
	AtEnd    bool   // it shows balances at the end of one month
	From, To []choice
	Levels   []choice
	Compare  []choice
	Account  string
	HasAcct  bool
	HasYear  bool
	Year     bool
	Filters  []filterField
	Units    []choice // of the filter by unit
	Filtered string   // the filter in words
	Lists    []dataList
	Folds    bool // rows unfold
	Groups   []headCell
	Heads    []headCell
	Rows     []statementRow
	Right    []statementRow // of a form with two sides
	Notes    []string
	Unproved bool // the form was not compared with the official print
	Problems []statement.Difference
	Balanced bool
	Proved   bool // it is a statement that balances or does not
	Draft    bool // the year's opening is provisional
	Preview  string
	PDF      string
	XLSX     string
	CSV      string
	Before   string // addresses of the pages of a long ledger
	After    string
	Columns  int
	Paper    sheet.Sheet // what stands above and below the table where the browser prints the page
}

// field is a parameter that a form carries on.
type field struct{ Name, Value string }

// filterField is a dimension to narrow a statement by.
type filterField struct {
	Name, Title, Value, List string
}

// ledgerLines is how many entries of a ledger one page shows.
const ledgerLines = 100

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

func showPickedStatement(c *call, tx *store.Tx) (answer, error) {
	if c.query("books") == "" {
		return goTo("/statements/pick")
	}
	s, err := c.pickedScope(tx)
	if err != nil {
		return answer{}, err
	}
	return c.statement(tx, s)
}

// statement makes what the address asks for, as a page or as a file.
func (c *call) statement(tx *store.Tx, s scope) (answer, error) {
	declared, err := statement.Find(c.r.PathValue("name"))
	if err != nil {
		return answer{}, err
	}
	if s.entity == "" && !slices.Contains(declared.Charts, s.books[0].Chart) {
		return answer{}, notOfChart(declared, s.books[0])
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
		if format != "" {
			return answer{}, err
		}
		return c.askAgain(tx, declared, s, ask, err)
	}
	switch format {
	case "":
	case "print":
		return show("ledger/paper", c.paperPage(report))
	default:
		return c.download(tx, report, format)
	}
	p, err := c.furnished(tx, declared, s, ask, report)
	if err != nil {
		return answer{}, err
	}
	return show("ledger/statement", p)
}

// furnished gives the page with what its fields offer.
func (c *call) furnished(tx *store.Tx, d statement.Declaration, s scope, ask statement.Request, r *statement.Report) (*statementPage, error) {
	p := c.statementPage(d, s, ask, r)
	chart, err := ledger.ChartOf(tx, s.books[0], ask.To.Year())
	if err != nil {
		return nil, err
	}
	if p.HasAcct {
		p.Lists = append(p.Lists, allAccounts(chart))
		p.Account = accountText(chart, ask.Account)
	}
	if has(d, statement.OptionFilter) {
		err = c.filters(tx, chart, ask.Filter, r.Used, p)
	}
	return p, err
}

// askAgain shows what was asked again, with what is wrong with it and without a table.
func (c *call) askAgain(tx *store.Tx, d statement.Declaration, s scope, ask statement.Request, cause error) (answer, error) {
	f := fault.As(cause)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.NotFound {
		return answer{}, cause
	}
	plain := ask
	plain.Filter, plain.Account, plain.Folds = ledger.Dims{}, "", ""
	if d.Name == "detail-ledger" {
		plain.Name = "journal"
	}
	report, err := statement.Make(tx, plain)
	if err != nil {
		return answer{}, cause
	}
	report.Rows, report.Totals, report.Title = nil, nil, d.Title
	p, err := c.furnished(tx, d, s, ask, report)
	if err != nil {
		return answer{}, cause
	}
	p.Proved = false
	return redraw("ledger/statement", p, cause)
}

// allAccounts offers every account, parents too, for ledgers.
func allAccounts(chart *ledger.Chart) dataList {
	list := dataList{ID: "accounts"}
	for _, a := range chart.Accounts() {
		list.Options = append(list.Options, option{a.Code + " " + a.FullName, a.Mnemonic})
	}
	return list
}

func has(d statement.Declaration, o statement.Option) bool { return slices.Contains(d.Options, o) }

// request reads what the address asks. The month that was looked at last is meant where it names none.
func (c *call) request(tx *store.Tx, d statement.Declaration, s scope) (statement.Request, error) {
	ask := statement.Request{Name: d.Name}
	start, last := s.span()
	var err error
	if ask.To, err = c.period("to", c.monthOf(s)); err != nil {
		return ask, err
	}
	if c.query("to") != "" && ask.To <= last {
		c.place.period = ask.To
	}
	if ask.Books, ask.Entity, err = c.asOf(tx, s, ask.To.Last()); err != nil {
		return ask, err
	}
	first := calendar.PeriodOf(ask.To.Year(), 1)
	if ofMonth := d.Ledger || d.Name == "income-expense"; ofMonth && c.query("to") == "" {
		first = ask.To
	}
	if ask.From, err = c.period("from", max(first, start)); err != nil {
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
	looked := c.looked(d)
	if has(d, statement.OptionLevels) {
		ask.Levels, ask.Folds = statement.AllLevels, c.query("fold")
		if d.Name == "general-budget" {
			ask.Levels = 1
		}
		if n, err := strconv.Atoi(looked.levels); err == nil {
			ask.Levels = n
		}
	}
	if has(d, statement.OptionFilter) {
		ask.Filter = c.filter()
		ask.Offer = c.query("format") == ""
	}
	if has(d, statement.OptionCompare) {
		if ask.Compare, err = statement.ParseComparison(looked.compare); err != nil {
			return ask, err
		}
	}
	ask.Year = has(d, statement.OptionYear) && looked.year != "" && ask.Compare == statement.NoComparison
	if has(d, statement.OptionPage) {
		ask.Limit = ledgerLines
		ask.Offset, _ = strconv.Atoi(c.query("offset"))
		ask.Offset = max(ask.Offset, 0)
	}
	return ask, nil
}

// looked gives the columns that the address asks for, else those that the person chose for this statement last. What he
// chooses on its form is remembered; a link that asks for some of them alone is not his choice.
func (c *call) looked(d statement.Declaration) view {
	q := c.r.URL.Query()
	asked := view{levels: c.query("levels"), compare: c.query("compare")}
	if c.query("year") != "" {
		asked.year = "1"
	}
	chosen := q.Has("levels") || !has(d, statement.OptionLevels)
	chosen = chosen && (q.Has("compare") || !has(d, statement.OptionCompare)) && (q.Has("levels") || q.Has("compare"))
	switch {
	case chosen:
		_, wrong := statement.ParseComparison(asked.compare)
		if _, err := strconv.Atoi(asked.levels); (err == nil || asked.levels == "") && wrong == nil {
			c.place.look(d.Name, asked)
		}
		return asked
	case q.Has("levels") || q.Has("compare") || q.Has("year"):
		return asked
	}
	kept := c.place.views[d.Name]
	if _, err := statement.ParseComparison(kept.compare); err != nil {
		kept.compare = ""
	}
	return kept
}

// filter reads the dimensions of the address: a code alone, or with the name that the list offers behind it.
func (c *call) filter() ledger.Dims {
	code := func(name string) string {
		first, _, _ := strings.Cut(c.query(name), " ")
		return first
	}
	unit, _ := strconv.ParseInt(c.query("unit"), 10, 64)
	return ledger.Dims{
		Unit: unit, Function: code("function"), Economic: code("economic"), Project: c.query("project"), Fund: code("fund"), Party: c.query("party"),
	}
}

// filters offers, for each dimension, what the books used this year.
func (c *call) filters(tx *store.Tx, chart *ledger.Chart, chosen ledger.Dims, used []ledger.Dims, p *statementPage) error {
	var words []string
	for _, f := range []struct {
		dimension ledger.Dimension
		value     string
		kinds     []string
	}{
		{ledger.Function, chosen.Function, []string{"function", "revenue"}}, {ledger.Economic, chosen.Economic, []string{"economic", "economic-government"}},
		{ledger.Project, chosen.Project, nil}, {ledger.Fund, chosen.Fund, []string{"fund"}}, {ledger.Party, chosen.Party, nil},
	} {
		named := func(code string) string {
			for _, kind := range f.kinds {
				if v, ok := chart.Class(kind, code); ok {
					return code + " " + v.Name
				}
			}
			return code
		}
		list := dataList{ID: "used-" + string(f.dimension)}
		seen := map[string]bool{"": true}
		for _, d := range used {
			if v := d.Get(f.dimension); !seen[v] {
				seen[v] = true
				list.Options = append(list.Options, option{Value: named(v)})
			}
		}
		if len(list.Options) == 0 && f.value == "" {
			continue
		}
		slices.SortFunc(list.Options, func(a, b option) int { return strings.Compare(a.Value, b.Value) })
		if f.value != "" {
			words = append(words, f.dimension.Title()+" "+named(f.value))
		}
		p.Lists = append(p.Lists, list)
		p.Filters = append(p.Filters, filterField{string(f.dimension), f.dimension.Title(), named(f.value), list.ID})
	}
	seen := map[int64]bool{0: true}
	for _, d := range append(slices.Clone(used), chosen) {
		if seen[d.Unit] {
			continue
		}
		seen[d.Unit] = true
		u, err := org.Get(tx, c.actor.County, d.Unit)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if d.Unit == chosen.Unit {
			words = append(words, "用款单位 "+u.Name)
		}
		p.Units = append(p.Units, choice{Value: strconv.FormatInt(u.ID, 10), Title: u.Name, On: d.Unit == chosen.Unit})
	}
	slices.SortFunc(p.Units, func(a, b choice) int { return strings.Compare(a.Title, b.Title) })
	p.Filtered = strings.Join(words, "、")
	return nil
}
