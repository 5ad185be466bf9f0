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
	"xiangzhang/internal/paper"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// printFields are what a person chooses of what is printed, of one book or of many.
type printFields struct {
	Months   []choice
	Words    []choice
	First    string
	Last     string
	Unposted bool
	Through  []choice
	Ledgers  []choice
	From, To []choice
}

// newPrintFields offers the months from first to last, with what was chosen, or month where nothing was.
func newPrintFields(q url.Values, first, last, month calendar.Period) printFields {
	chosen := func(name string, otherwise calendar.Period) []choice {
		if m, err := calendar.ParsePeriod(q.Get(name)); err == nil {
			otherwise = m
		}
		return months(first, last, otherwise)
	}
	f := printFields{
		Months: chosen("period", month), Words: voucherWords(q["word"]), First: q.Get("first"), Last: q.Get("last"), Unposted: q.Get("unposted") != "",
		Through: chosen("through", month), From: chosen("from", max(calendar.PeriodOf(month.Year(), 1), first)), To: chosen("to", month),
	}
	for _, d := range statement.Declarations() {
		if slices.Contains(statement.Bindable, d.Name) {
			f.Ledgers = append(f.Ledgers, choice{Value: d.Name, Title: d.Title, On: !q.Has("ledger") || slices.Contains(q["ledger"], d.Name)})
		}
	}
	return f
}

// voucherWords offers every word, and each.
func voucherWords(on []string) []choice {
	return choices(on, [][2]string{{"", "全部"}, {"记", "记"}, {"收", "收"}, {"付", "付"}, {"转", "转"}})
}

// number of a range; what is empty has no bound.
func (c *call) bound(name string) (int64, error) {
	text := strings.TrimLeft(c.query(name), "0")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, fault.Newf(fault.Invalid, "print-number", "请只填数字,如 12", "凭证号「%s」不是号数", c.query(name)).In(name)
	}
	return n, nil
}

// voucherRange reads which vouchers are meant; of month where the address names none.
func (c *call) voucherRange(month calendar.Period) (ledger.Range, error) {
	r := ledger.Range{Word: c.query("word")}
	var err error
	if r.Period, err = c.period("period", month); err != nil {
		return r, err
	}
	if r.First, err = c.bound("first"); err != nil {
		return r, err
	}
	r.Last, err = c.bound("last")
	return r, err
}

// askedVouchers reads which vouchers are meant; of month where the address names none.
func (c *call) askedVouchers(month calendar.Period) (ledger.Range, func(tx *store.Tx, b ledger.Book) ([]paper.Voucher, error), error) {
	r, err := c.voucherRange(month)
	unposted := c.query("unposted") != ""
	return r, func(tx *store.Tx, b ledger.Book) ([]paper.Voucher, error) {
		return paper.Gather(tx, c.actor, b, r, unposted)
	}, err
}

// askedLedgers reads which ledgers are meant, all where the address names none, and up to which month. A book is bound
// under the name that it had then.
func (c *call) askedLedgers(month calendar.Period) (calendar.Period, func(tx *store.Tx, b ledger.Book) (ledger.Book, []statement.Bound, error), error) {
	through, err := c.period("through", month)
	names := c.r.URL.Query()["ledger"]
	if len(names) == 0 {
		names = statement.Bindable
	}
	return through, func(tx *store.Tx, b ledger.Book) (ledger.Book, []statement.Bound, error) {
		parts, err := statement.Bind(tx, b, names, through)
		if err != nil {
			return b, nil, err
		}
		then, err := ledger.AsOf(tx, b, through.Last())
		return then, parts, err
	}, err
}

// manyAsk is what is printed of each of several books.
type manyAsk struct {
	title string
	books []ledger.Book
	setup paper.Setup
	add   func(tx *store.Tx, run *paper.Run, b ledger.Book) error
}

func (c *call) manyAsk(s scope) (manyAsk, error) {
	switch c.query("what") {
	case "vouchers":
		return c.askVouchers(s)
	case "ledgers":
		return c.askLedgers(s)
	case "statements":
		return c.askStatements(s)
	default:
		return manyAsk{}, notThere()
	}
}

func (c *call) askVouchers(s scope) (manyAsk, error) {
	r, gather, err := c.askedVouchers(s.latest())
	return manyAsk{title: s.entity + " " + string(r.Period) + " 凭证", add: func(tx *store.Tx, run *paper.Run, b ledger.Book) error {
		vouchers, err := gather(tx, b)
		if err == nil {
			run.Vouchers(b, vouchers)
		}
		return err
	}}, err
}

func (c *call) askLedgers(s scope) (manyAsk, error) {
	through, bind, err := c.askedLedgers(s.latest())
	return manyAsk{title: fmt.Sprintf("%s %d 年度账簿", s.entity, through.Year()), add: func(tx *store.Tx, run *paper.Run, b ledger.Book) error {
		then, parts, err := bind(tx, b)
		if err == nil {
			run.Ledgers(then, parts)
		}
		return err
	}}, err
}

func (c *call) askStatements(s scope) (manyAsk, error) {
	to, err := c.period("to", s.latest())
	if err != nil {
		return manyAsk{}, err
	}
	from, err := c.period("from", calendar.PeriodOf(to.Year(), 1))
	if err != nil {
		return manyAsk{}, err
	}
	var chosen []statement.Declaration
	for _, name := range c.r.URL.Query()["statement"] {
		d, err := statement.Find(name)
		if err != nil {
			return manyAsk{}, err
		}
		chosen = append(chosen, d)
	}
	if len(chosen) == 0 {
		return manyAsk{}, noStatement()
	}
	return manyAsk{title: s.entity + " " + span(from, to) + " 报表", add: func(tx *store.Tx, run *paper.Run, b ledger.Book) error {
		var reports []*statement.Report
		for _, d := range chosen {
			if !slices.Contains(d.Charts, b.Chart) {
				continue // a village has no budget statement: the others are printed
			}
			ask := statement.Request{Name: d.Name, Books: []ledger.Book{b}, From: max(from, b.Start), To: to}
			if slices.Contains(d.Options, statement.OptionLevels) {
				ask.Levels = statement.AllLevels
			}
			report, err := statement.Make(tx, ask)
			if err != nil {
				return err
			}
			reports = append(reports, report)
		}
		if len(reports) == 0 {
			return fault.Newf(fault.Refused, "print-other-chart", "请选择该账套有的报表", "所选报表不适用于账套%s(%s)", b.Name, chartTitles[b.Chart])
		}
		run.Reports(b, reports)
		return nil
	}}, nil
}

func noStatement() *fault.Error {
	return fault.New(fault.Invalid, "print-no-statement", "没有选报表", "请在批量打印中至少勾选一张报表").In("statement")
}
