package statement

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// Option is something that a request may set for a statement.
type Option string

// The options of statements.
const (
	OptionAccount Option = "account" // one account with everything below it
	OptionLevels  Option = "levels"  // parents beside the leaves
	OptionFilter  Option = "filter"  // only entries of these dimensions
	OptionPage    Option = "page"    // offset and limit of entries
	OptionYear    Option = "year"    // the year so far beside the months asked for
	OptionCompare Option = "compare" // other months beside those asked for
)

// Declaration says what a statement is and what it may be asked.
type Declaration struct {
	Name    string
	Title   string
	Charts  []ledger.ChartName
	Options []Option
	Ledger  bool // it lists entries; the others add up
	Mixes   bool // books of different charts stand in one table

	make func(*maker) error
}

var allCharts = []ledger.ChartName{ledger.Government, ledger.Village, ledger.GeneralBudget}

// AllLevels asks for every level of accounts.
const AllLevels = -1

// Request is what is asked for.
type Request struct {
	Name     string
	Books    []ledger.Book // one, or a set that is added up
	Entity   string        // name of the unit where Books is a unit's; empty: from the books
	From, To calendar.Period
	Account  string      // ledgers: the account; empty: as the statement says
	Levels   int         // 0: leaf accounts only; n: levels 1 to n; AllLevels: all
	Folds    string      // accounts unfolded, or with "-" folded, apart from Levels: "1002,-1601"
	Filter   ledger.Dims // only entries whose dimensions begin so; empty fields: any
	Year     bool        // trial balance: the year so far too
	Compare  Comparison
	Offer    bool // the report names the values of dimensions that the books used this year
	Offset   int
	Limit    int // entries on the page; 0: all
}

// Declarations lists the statements in the order of menus.
func Declarations() []Declaration {
	return slices.Clone(declarations())
}

// Find gives a statement's declaration.
func Find(name string) (Declaration, error) {
	var names []string
	for _, d := range declarations() {
		if d.Name == name {
			return d, nil
		}
		names = append(names, d.Name)
	}
	return Declaration{}, fault.Newf(fault.NotFound, "statement-unknown", "可用:"+strings.Join(names, "、"), "没有报表「%s」", name)
}

// maker is one statement while it is being made.
type maker struct {
	tx      *store.Tx
	declare Declaration
	ask     Request
	county  int64
	report  *Report
	known   map[readKey]*figures
}

// Make makes a statement.
func Make(tx *store.Tx, ask Request) (*Report, error) {
	d, err := Find(ask.Name)
	if err != nil {
		return nil, err
	}
	ask.Books = ledger.Distinct(ask.Books)
	if err := d.check(ask); err != nil {
		return nil, err
	}
	m := &maker{tx: tx, declare: d, ask: ask, county: ask.Books[0].County}
	named, err := entity(tx, ask)
	if err != nil {
		return nil, err
	}
	m.report = &Report{
		Name: d.Name, Title: d.Title, Entity: named, Books: ask.Books, From: ask.From, To: ask.To, Unit: "元", Offset: ask.Offset,
	}
	if err := m.checkStart(); err != nil {
		return nil, err
	}
	if err := m.checkFilter(); err != nil {
		return nil, err
	}
	if err := d.make(m); err != nil {
		return nil, err
	}
	if len(ask.Books) > 1 {
		m.report.note(fmt.Sprintf("本表汇总 %d 个账套,账套之间的往来和调拨未抵销", len(ask.Books)))
	}
	if m.report.Provisional {
		m.report.note("上年尚未结转,年初数按上年账面余额列示")
	}
	m.report.Balanced = len(m.report.Differences) == 0
	return m.report, nil
}

// entity names whose statement it is, as it was called at the end of the last month.
func entity(tx *store.Tx, ask Request) (string, error) {
	if ask.Entity != "" {
		return ask.Entity, nil
	}
	name, err := ledger.BookNameOn(tx, ask.Books[0], ask.To.Last())
	if len(ask.Books) > 1 {
		name = fmt.Sprintf("%s等 %d 个账套", name, len(ask.Books))
	}
	return name, err
}

func (d Declaration) check(ask Request) error {
	switch {
	case len(ask.Books) == 0:
		return fault.New(fault.Invalid, "statement-no-book", "没有可以出报表的账套", "请选择账套,或核对单位下是否建有账套").In("book")
	case ask.From.Month() == 0 || ask.To.Month() == 0 || ask.From > ask.To:
		return fault.Newf(fault.Invalid, "statement-period", "请把起始月份放在截止月份之前", "会计期间 %s 至 %s 不合规则", ask.From, ask.To).In("from")
	case ask.From.Year() != ask.To.Year():
		return fault.Newf(fault.Invalid, "statement-two-years", "请按年度分别出表", "报表不能跨年度:%s 至 %s", ask.From.Chinese(), ask.To.Chinese()).In("to")
	}
	for _, o := range []struct {
		option Option
		asked  bool
		title  string
	}{
		{OptionFilter, ask.Filter != (ledger.Dims{}), "辅助核算"}, {OptionAccount, ask.Account != "", "科目"},
		{OptionLevels, ask.Levels != 0, "级次"}, {OptionYear, ask.Year, "本年累计"}, {OptionCompare, ask.Compare != NoComparison, "比较期"}, {OptionPage, ask.Offset != 0 || ask.Limit != 0, "分页"},
	} {
		if o.asked && !slices.Contains(d.Options, o.option) || ask.Offset < 0 || ask.Limit < 0 {
			return fault.Newf(fault.Invalid, "statement-option", "请去掉这一条件,或改用科目余额表、明细账查询", "%s不能按%s出", d.Title, o.title).In(string(o.option))
		}
	}
	for _, b := range ask.Books {
		if !slices.Contains(d.Charts, b.Chart) {
			return fault.Newf(fault.Refused, "statement-chart", "请选择适用的报表或账套", "%s不适用于账套%s(%s)", d.Title, b.Name, chartTitles[b.Chart]).In("book")
		}
		if b.Chart != ask.Books[0].Chart && !d.Mixes {
			return fault.Newf(fault.Refused, "statement-mixed", "请按科目体系分别出表,命令用 --chart 指明", "账套%s与%s的科目体系不同,%s不能汇总在一张表里",
				ask.Books[0].Name, b.Name, d.Title).In("book")
		}
	}
	return nil
}

// mixed reports whether the books keep different charts.
func (m *maker) mixed() bool {
	return slices.ContainsFunc(m.ask.Books, func(b ledger.Book) bool { return b.Chart != m.chart() })
}

var chartTitles = map[ledger.ChartName]string{
	ledger.Government: "政府会计制度", ledger.Village: "农村集体经济组织会计制度", ledger.GeneralBudget: "财政总会计",
}
