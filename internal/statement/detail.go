package statement

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

var detailColumns = []Column{
	{Key: "date", Title: "日期", Kind: Text},
	{Key: "voucher", Title: "凭证号", Kind: Text},
	{Key: "summary", Title: "摘要", Kind: Text},
	{Key: "counter", Title: "对方科目", Kind: Text},
	{Key: "debit", Title: "借方", Kind: Amount},
	{Key: "credit", Title: "贷方", Kind: Amount},
	{Key: "direction", Title: "方向", Kind: Text},
	{Key: "balance", Title: "余额", Kind: Amount},
}

// bookColumn stands behind the date where a ledger is of several books.
var bookColumn = Column{Key: "book", Title: "账套", Kind: Text}

func (m *maker) ofSeveral() bool { return len(m.ask.Books) > 1 }

func (m *maker) ledgerColumns(columns []Column) []Column {
	if m.ofSeveral() {
		return slices.Insert(slices.Clone(columns), 1, bookColumn)
	}
	return slices.Clone(columns)
}

// ledgerRow adds a row of a ledger: an entry's with its book, in the key too, where the ledger is of several books.
func (m *maker) ledgerRow(book int64, row Row) {
	if m.ofSeveral() {
		var name string
		if i := slices.IndexFunc(m.ask.Books, func(b ledger.Book) bool { return b.ID == book }); i >= 0 {
			name, row.Key = m.ask.Books[i].Name, m.ask.Books[i].Code+"/"+row.Key
		}
		row.Cells = slices.Insert(row.Cells, 1, Cell{Text: name})
	}
	m.report.Rows = append(m.report.Rows, row)
}

// accountBook is the book of one account: detail ledger, cash book or bank book. Of several books it runs one balance
// over all of them.
type accountBook struct {
	m        *maker
	accounts map[ledger.ChartName]selection
	figures  *figures
	daily    bool // 日记账: a subtotal a day
	balance  money.Fen
	day      sums
	month    sums
	year     sums
	counters map[bookNumber][]otherLine
}

func makeDetailLedger(m *maker) error {
	if m.ask.Account == "" {
		return fault.New(fault.Invalid, "ledger-no-account", "明细账按一个科目出,还没有选科目", "请选择科目").In("account")
	}
	return m.accountBook(map[ledger.ChartName]selection{m.chart(): parseSelection(m.ask.Account)}, false)
}

// cashAccounts and bankAccounts are the accounts of the two journals by chart (库存现金日记账、银行存款日记账).
var (
	cashAccounts = map[ledger.ChartName]string{ledger.Government: "1001", ledger.Village: "101"}
	bankAccounts = map[ledger.ChartName]string{ledger.Government: "1002", ledger.Village: "102", ledger.GeneralBudget: "1001"}
)

func makeCashBook(m *maker) error { return m.moneyBook(cashAccounts) }

func makeBankBook(m *maker) error { return m.moneyBook(bankAccounts) }

func (m *maker) moneyBook(accounts map[ledger.ChartName]string) error {
	selections := map[ledger.ChartName]selection{}
	for _, b := range m.ask.Books {
		account := accounts[b.Chart]
		if m.ask.Account != "" {
			if !strings.HasPrefix(m.ask.Account, account) || strings.Contains(m.ask.Account, ",") {
				return fault.Newf(fault.Invalid, "ledger-not-money", "请选择科目 "+account+" 或其明细科目,其他科目请查明细账",
					"%s不登记科目 %s", m.declare.Title, m.ask.Account).In("account")
			}
			account = m.ask.Account
		}
		selections[b.Chart] = parseSelection(account)
	}
	return m.accountBook(selections, true)
}

// accountBook lists the entries of an account with their running balance, month by month.
func (m *maker) accountBook(accounts map[ledger.ChartName]selection, daily bool) error {
	f, err := m.gather(m.ask.From, m.ask.To)
	if err != nil {
		return err
	}
	a := &accountBook{m: m, accounts: accounts, figures: f, daily: daily}
	if err := a.name(); err != nil {
		return err
	}
	m.report.Columns = m.accountColumns(daily)
	q := m.entryQuery()
	q.choose(f, accounts)
	page, err := q.page(m.tx)
	if err != nil {
		return err
	}
	m.report.More = page.next != nil
	if err := a.begin(page); err != nil {
		return err
	}
	if a.counters, err = voucherLines(m.tx, m.ask.Books, page.entries); err != nil {
		return err
	}
	first := "期初余额"
	if m.ask.Offset > 0 {
		first = "承前页"
	}
	a.row(0, Row{Key: "opening", Kind: Subtotal}, "", "", first, "", sums{}, nil)
	a.list(page)
	return nil
}

// accountColumns are the columns of an account's book; 日记账 calls its sides receipts and payments.
func (m *maker) accountColumns(daily bool) []Column {
	columns := m.ledgerColumns(detailColumns)
	for i, c := range columns {
		if title, ok := map[string]string{"debit": "收入", "credit": "支出"}[c.Key]; ok && daily {
			columns[i].Title = title
		}
	}
	return columns
}

func (m *maker) entryQuery() entryQuery {
	return entryQuery{books: m.ask.Books, from: m.ask.From, to: m.ask.To, filter: m.ask.Filter, offset: m.ask.Offset, limit: m.ask.Limit}
}

// begin sets the balance and the totals to what they are before the page.
func (a *accountBook) begin(page entryPage) error {
	a.balance = a.sum(a.figures).Opening
	if len(page.entries) == 0 {
		return nil
	}
	start := a.m.yearStart()
	if first := page.entries[0].Number.Period; first > start {
		f, err := a.m.gather(start, first.Prev())
		if err != nil {
			return err
		}
		v := a.sum(f)
		a.balance, a.year = v.Balance(), sums{v.Debit + v.ClosingDebit, v.Credit + v.ClosingCredit}
	}
	a.balance += page.month.debit - page.month.credit
	a.month, a.day = page.month, page.day
	a.year.add(page.month.debit, page.month.credit)
	return nil
}

// name puts the accounts into the title, and refuses one that no chart of the books has.
func (a *accountBook) name() error {
	var names []string
	for _, chart := range allCharts {
		s, asked := a.accounts[chart]
		if !asked {
			continue
		}
		more, err := s.named(a.m, a.figures.charts[chart])
		if err != nil {
			return err
		}
		names = append(names, more...)
	}
	if n := len(names); n > 3 {
		names = append(names[:3], fmt.Sprintf("等 %d 个科目", n))
	}
	a.m.report.Title = a.m.declare.Title + ":" + strings.Join(names, "、")
	return nil
}

// sum adds the account's combinations up.
func (a *accountBook) sum(f *figures) ledger.Move {
	var s ledger.Move
	for id, v := range f.moves {
		c := f.combinations[id]
		if chosen, asked := a.accounts[c.Chart]; asked && chosen.keeps(c.Account) {
			s = Add(s, v)
		}
	}
	return s
}

// list draws the entries; the first of the next page tells whether the day and the month end with this one.
func (a *accountBook) list(page entryPage) {
	for i, e := range page.entries {
		a.balance += e.Debit - e.Credit
		for _, s := range []*sums{&a.day, &a.month, &a.year} {
			s.add(e.Debit, e.Credit)
		}
		n := e.Number
		a.row(e.book, Row{Key: fmt.Sprintf("%s#%d", n, e.Line), Kind: Item}, string(e.Date), n.Label(), e.Summary, a.counter(e), sums{e.Debit, e.Credit},
			&Drill{Book: e.book, From: n.Period, To: n.Period, Voucher: &n})
		follows := page.next
		if i+1 < len(page.entries) {
			follows = &page.entries[i+1]
		}
		if follows == nil || follows.Date != e.Date {
			if a.daily {
				a.row(0, Row{Key: "day-" + string(e.Date), Kind: Subtotal}, string(e.Date), "", "本日合计", "", a.day, nil)
			}
			a.day = sums{}
		}
		if follows == nil || follows.Number.Period != n.Period {
			a.closeMonth(n.Period)
		}
	}
}

// closeMonth adds the month's total and the year's so far.
func (a *accountBook) closeMonth(p calendar.Period) {
	for _, t := range []struct {
		key, title string
		sums       sums
		from       calendar.Period
	}{{"month", "本月合计", a.month, p}, {"year", "本年累计", a.year, calendar.PeriodOf(p.Year(), 1)}} {
		drill := &Drill{Book: a.m.oneBook(), Account: a.m.ask.Account, From: t.from, To: p}
		if drill.Account == "" {
			drill.Account = a.moneyAccount()
		}
		a.row(0, Row{Key: t.key + "-" + string(p), Kind: Subtotal}, string(p.Last()), "", t.title, "", t.sums, drill)
	}
	a.month = sums{}
}

// moneyAccount is the account of a journal of cash or bank where all its books keep it under one code.
func (a *accountBook) moneyAccount() string {
	if len(a.accounts) != 1 {
		return ""
	}
	return a.accounts[a.m.chart()][0].code
}

func (a *accountBook) row(book int64, row Row, date, voucher, summary, counter string, s sums, drill *Drill) {
	if drill != nil && drill.Voucher == nil && drill.Account == "" {
		drill = nil
	}
	row.Cells = []Cell{
		{Text: date}, {Text: voucher}, {Text: summary}, {Text: counter}, {Amount: s.debit, Drill: drill}, {Amount: s.credit, Drill: drill},
		{Text: directionOf(a.balance)}, {Amount: a.balance.Abs()},
	}
	a.m.ledgerRow(book, row)
}

// directionOf names the side of a balance, debit positive.
func directionOf(balance money.Fen) string {
	switch {
	case balance > 0:
		return "借"
	case balance < 0:
		return "贷"
	default:
		return "平"
	}
}

// counter names the accounts on the other side of the entry's half of its voucher.
func (a *accountBook) counter(e entry) string {
	accountOf := func(combination int64) *ledger.Account {
		c := a.figures.combinations[combination]
		return a.figures.account(c.Chart, c.Account)
	}
	half := accountOf(e.Combination).Half
	var first string
	seen := map[string]bool{}
	for _, l := range a.counters[e.voucher()] {
		account := accountOf(l.combination)
		if account.Half == half && l.debit != (e.Debit != 0) && !seen[account.Code] {
			seen[account.Code] = true
			if first == "" {
				first = account.Code + " " + account.Name
			}
		}
	}
	if len(seen) > 1 {
		first += fmt.Sprintf("等 %d 个", len(seen))
	}
	return first
}
