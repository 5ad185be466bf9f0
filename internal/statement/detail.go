package statement

import (
	"fmt"
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

// accountBook is the book of one account: detail ledger, cash book or bank book.
type accountBook struct {
	m        *maker
	query    entryQuery
	figures  *figures
	daily    bool // 日记账: a subtotal a day
	balance  money.Fen
	day      sums
	counters map[ledger.Number][]otherLine
}

func makeDetailLedger(m *maker) error {
	if m.ask.Account == "" {
		return fault.New(fault.Invalid, "ledger-no-account", "明细账按一个科目出,还没有选科目", "请选择科目").In("account")
	}
	return m.accountBook(false)
}

// cashAccounts and bankAccounts are the accounts of the two journals by chart (库存现金日记账、银行存款日记账).
var (
	cashAccounts = map[ledger.ChartName]string{ledger.Government: "1001", ledger.Village: "101"}
	bankAccounts = map[ledger.ChartName]string{ledger.Government: "1002", ledger.Village: "102", ledger.GeneralBudget: "1001"}
)

func makeCashBook(m *maker) error { return m.moneyBook(cashAccounts) }

func makeBankBook(m *maker) error { return m.moneyBook(bankAccounts) }

func (m *maker) moneyBook(accounts map[ledger.ChartName]string) error {
	account := accounts[m.chart()]
	if m.ask.Account == "" {
		m.ask.Account = account
	} else if !strings.HasPrefix(m.ask.Account, account) {
		return fault.Newf(fault.Invalid, "ledger-not-money", "请选择科目 "+account+" 或其明细科目,其他科目请查明细账", "%s不登记科目 %s", m.declare.Title, m.ask.Account).In("account")
	}
	return m.accountBook(true)
}

// accountBook lists the entries of an account with their running balance, month by month.
func (m *maker) accountBook(daily bool) error {
	b := m.ask.Books[0]
	year, err := m.gather(m.ask.From, m.ask.To)
	if err != nil {
		return err
	}
	a := &accountBook{m: m, figures: year, daily: daily, query: entryQuery{
		book: b, from: m.ask.From, to: m.ask.To, accounts: strings.Split(m.ask.Account, ","), filter: m.ask.Filter,
		offset: m.ask.Offset, limit: m.ask.Limit,
	}}
	if err := a.name(); err != nil {
		return err
	}
	m.report.Columns = detailColumns
	if daily {
		m.report.Columns = append([]Column(nil), detailColumns...)
		m.report.Columns[4].Title, m.report.Columns[5].Title = "收入", "支出"
	}
	entries, next, err := a.query.page(m.tx)
	if err != nil {
		return err
	}
	m.report.More = next != nil
	a.balance = a.sum(year).Opening
	if len(entries) > 0 {
		var all sums
		if all, a.day, err = a.query.before(m.tx, entries[0].Date); err != nil {
			return err
		}
		a.balance += all.debit - all.credit
		if a.counters, err = voucherLines(m.tx, b, entries); err != nil {
			return err
		}
	}
	first := "期初余额"
	if m.ask.Offset > 0 {
		first = "承前页"
	}
	a.row(Row{Key: "opening", Kind: Subtotal}, "", "", first, "", sums{}, nil)
	return a.list(entries, next)
}

// name puts the account into the title, and refuses one that the chart does not have.
func (a *accountBook) name() error {
	if len(a.query.accounts) > prefixesMost {
		return fault.Newf(fault.Invalid, "ledger-accounts", "请分次查询", "一次最多查 %d 个科目,现有 %d 个", prefixesMost, len(a.query.accounts)).In("account")
	}
	var names []string
	for _, code := range a.query.accounts {
		account, ok := a.figures.charts[a.query.book.Chart][0].Account(code)
		if !ok {
			return fault.Newf(fault.NotFound, "account-unknown", "请按编码、名称或拼音首字母选择科目",
				"账套%s的 %d 年科目表中没有科目「%s」", a.query.book.Name, a.m.ask.To.Year(), code).In("account")
		}
		names = append(names, account.Code+" "+account.FullName)
	}
	if len(names) > 3 {
		names = append(names[:3], fmt.Sprintf("等 %d 个科目", len(a.query.accounts)))
	}
	a.m.report.Title = a.m.declare.Title + ":" + strings.Join(names, "、")
	return nil
}

// sum adds the account's combinations up.
func (a *accountBook) sum(f *figures) ledger.Move {
	var s ledger.Move
	for id, v := range f.moves {
		for _, prefix := range a.query.accounts {
			if strings.HasPrefix(f.combinations[id].Account, prefix) {
				s = add(s, v)
				break
			}
		}
	}
	return s
}

// list draws the entries; next, the first of the next page, tells whether the day and the month end with this one.
func (a *accountBook) list(entries []ledger.EntryRow, next *ledger.EntryRow) error {
	for i, e := range entries {
		a.balance += e.Debit - e.Credit
		a.day.add(e.Debit, e.Credit)
		n := e.Number
		a.row(Row{Key: fmt.Sprintf("%s#%d", n, e.Line), Kind: Item}, string(e.Date), n.Label(), e.Summary, a.counter(e), sums{e.Debit, e.Credit},
			&Drill{Book: a.query.book.ID, From: n.Period, To: n.Period, Voucher: &n})
		follows := next
		if i+1 < len(entries) {
			follows = &entries[i+1]
		}
		if follows == nil || follows.Date != e.Date {
			if a.daily {
				a.row(Row{Key: "day-" + string(e.Date), Kind: Subtotal}, string(e.Date), "", "本日合计", "", a.day, nil)
			}
			a.day = sums{}
		}
		if follows == nil || follows.Number.Period != n.Period {
			if err := a.closeMonth(n.Period); err != nil {
				return err
			}
		}
	}
	return nil
}

// closeMonth adds the month's total and the year's so far, from balances.
func (a *accountBook) closeMonth(p calendar.Period) error {
	for _, t := range []struct {
		key, title string
		from       calendar.Period
	}{{"month", "本月合计", p}, {"year", "本年累计", calendar.PeriodOf(p.Year(), 1)}} {
		f, err := a.m.gather(t.from, p)
		if err != nil {
			return err
		}
		v := a.sum(f)
		a.row(Row{Key: t.key + "-" + string(p), Kind: Subtotal}, string(p.Last()), "", t.title, "", sums{v.Debit + v.ClosingDebit, v.Credit + v.ClosingCredit},
			&Drill{Book: a.query.book.ID, Account: a.m.ask.Account, From: t.from, To: p})
	}
	return nil
}

func (a *accountBook) row(row Row, date, voucher, summary, counter string, s sums, drill *Drill) {
	row.Cells = []Cell{
		{Text: date}, {Text: voucher}, {Text: summary}, {Text: counter}, {Amount: s.debit, Drill: drill}, {Amount: s.credit, Drill: drill},
		{Text: directionOf(a.balance)}, {Amount: a.balance.Abs()},
	}
	a.m.report.Rows = append(a.m.report.Rows, row)
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
func (a *accountBook) counter(e ledger.EntryRow) string {
	half := a.figures.account(a.query.book.Chart, a.figures.combinations[e.Combination].Account).Half
	var first string
	seen := map[string]bool{}
	for _, l := range a.counters[e.Number] {
		account := a.figures.account(a.query.book.Chart, a.figures.combinations[l.combination].Account)
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
