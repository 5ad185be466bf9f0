package statement

import (
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// Bound is the ledger of one account as it is bound with those of the others into the book of a year.
type Bound struct {
	Name    string // of the statement: general-ledger, detail-ledger, cash-book, bank-book
	Title   string // 总账, 明细账, …
	Account string
	Label   string // full name of the account
	Report  *Report
}

// Bindable are the ledgers that are bound (会计基础工作规范 第五十六条), in the order of a bound book.
var Bindable = []string{"general-ledger", "detail-ledger", "cash-book", "bank-book"}

// Bind gives the ledgers of a book from the beginning of a year to a month, account by account: in the general ledger
// every account of the first level, in the others every account that entries stand on. Accounts without opening and
// movement are left out. Entries are read once, balances once a month.
func Bind(tx *store.Tx, b ledger.Book, names []string, through calendar.Period) ([]Bound, error) {
	from := max(calendar.PeriodOf(through.Year(), 1), b.Start)
	d := Declaration{Charts: allCharts}
	ask := Request{Books: []ledger.Book{b}, From: from, To: through}
	if err := d.check(ask); err != nil {
		return nil, err
	}
	k := &binder{tx: tx, book: b, ask: ask, known: map[readKey]*figures{}}
	var out []Bound
	for _, name := range names {
		d, err := Find(name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(Bindable, name) {
			return nil, fault.Newf(fault.Invalid, "bound-other", "请选择总账、明细账或日记账", "%s不装订成册", d.Title).In("name")
		}
		if !slices.Contains(d.Charts, b.Chart) {
			continue // such a book keeps no cash
		}
		part, err := k.bind(d)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// binder is a bound book while it is made.
type binder struct {
	tx       *store.Tx
	book     ledger.Book
	ask      Request
	known    map[readKey]*figures // shared by the makers of all accounts
	entries  map[string][]entry   // by account
	counters map[bookNumber][]otherLine
}

func (k *binder) maker(d Declaration, account string) *maker {
	ask := k.ask
	ask.Name, ask.Account = d.Name, account
	return &maker{
		tx: k.tx, declare: d, ask: ask, county: k.book.County, known: k.known,
		report: &Report{Name: d.Name, Title: d.Title, Entity: k.book.Name, Books: ask.Books, From: ask.From, To: ask.To, Unit: "元", Balanced: true},
	}
}

func (k *binder) bind(d Declaration) ([]Bound, error) {
	switch d.Name {
	case "general-ledger":
		return k.general(d)
	case "detail-ledger":
		return k.accounts(d, "", false)
	case "cash-book":
		return k.accounts(d, cashAccounts[k.book.Chart], true)
	default:
		return k.accounts(d, bankAccounts[k.book.Chart], true)
	}
}

// general divides the general ledger by account.
func (k *binder) general(d Declaration) ([]Bound, error) {
	m := k.maker(d, "")
	if err := d.make(m); err != nil {
		return nil, err
	}
	var out []Bound
	for _, row := range m.report.Rows {
		code := row.Cells[0].Text
		if len(out) == 0 || out[len(out)-1].Account != code {
			r := *m.report
			r.Columns, r.Rows = generalLedgerColumns[2:], nil
			r.Title += ":" + code + " " + row.Cells[1].Text
			out = append(out, Bound{d.Name, d.Title, code, row.Cells[1].Text, &r})
		}
		if row.Cells = row.Cells[2:]; row.Cells[1].Text == "期初余额" {
			row.Cells[1].Text = k.first()
		}
		row.Level = 0
		last := out[len(out)-1].Report
		last.Rows = append(last.Rows, row)
	}
	return out, nil
}

// accounts gives the book of every account below a prefix.
func (k *binder) accounts(d Declaration, prefix string, daily bool) ([]Bound, error) {
	if err := k.read(); err != nil {
		return nil, err
	}
	year, err := k.maker(d, "").gather(k.ask.From, k.ask.To)
	if err != nil {
		return nil, err
	}
	moves := year.byAccount(nil)
	var out []Bound
	for _, key := range sortedKeys(moves) {
		if moves[key] == (ledger.Move{}) && len(k.entries[key.code]) == 0 || !strings.HasPrefix(key.code, prefix) {
			continue
		}
		m := k.maker(d, key.code)
		accounts := map[ledger.ChartName]selection{key.chart: {{code: key.code}}}
		a := &accountBook{m: m, accounts: accounts, figures: year, daily: daily, counters: k.counters, balance: moves[key].Opening}
		if err := a.name(); err != nil {
			return nil, err
		}
		m.report.Columns = m.accountColumns(daily)
		a.row(0, Row{Key: "opening", Kind: Subtotal}, "", "", k.first(), "", sums{}, nil)
		a.list(entryPage{entries: k.entries[key.code]})
		out = append(out, Bound{d.Name, d.Title, key.code, year.account(key.chart, key.code).FullName, m.report})
	}
	return out, nil
}

// first is what the first line of a year's ledger is called.
func (k *binder) first() string {
	if k.ask.From.Month() == 1 {
		return "上年结转"
	}
	return "期初余额"
}

// read takes every entry of the months once, by account and by voucher.
func (k *binder) read() error {
	if k.entries != nil {
		return nil
	}
	year, err := k.maker(Declaration{}, "").gather(k.ask.From, k.ask.To)
	if err != nil {
		return err
	}
	page, err := entryQuery{books: k.ask.Books, from: k.ask.From, to: k.ask.To}.page(k.tx)
	if err != nil {
		return err
	}
	k.entries, k.counters = map[string][]entry{}, map[bookNumber][]otherLine{}
	for _, e := range page.entries {
		account := year.combinations[e.Combination].Account
		k.entries[account] = append(k.entries[account], e)
		k.counters[e.voucher()] = append(k.counters[e.voucher()], otherLine{e.Combination, e.Debit != 0})
	}
	return nil
}
