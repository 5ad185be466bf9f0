package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// CheckState is the outcome of one check of a month's end.
type CheckState string

// The outcomes of a check.
const (
	Passed     CheckState = "ok"
	Failed     CheckState = "failed"
	Warned     CheckState = "warned"      // 提示: to be looked at, and kept with the closing; it does not block
	NotEnabled CheckState = "not-enabled" // 未启用: its domain is still to come; it does not block
)

// CloseCheck is one named check of a month's end.
type CloseCheck struct {
	Name   string     `json:"name"`
	Title  string     `json:"title"`
	Rule   string     `json:"rule"` // why it is made
	State  CheckState `json:"state"`
	Detail string     `json:"detail"`         // what was found, with the amounts, beside the rows
	Fix    string     `json:"fix"`            // the way out; empty where it passed
	Rows   []CheckRow `json:"rows,omitempty"` // what stands in the way, one by one

	alone string // what was found, where no rows stand beside it; Detail where empty
}

// Alone says what was found where no rows stand beside it: it names the first of them.
func (c CloseCheck) Alone() string { return cmp.Or(c.alone, c.Detail) }

// CheckRow is one thing that stands in the way of closing: a voucher, a number that is missing, an account, a half.
type CheckRow struct {
	Document string    `json:"document,omitempty"`
	Account  string    `json:"account,omitempty"`
	Label    string    `json:"label"`
	Text     string    `json:"text,omitempty"`
	State    string    `json:"state,omitempty"`  // of a voucher, in words
	Amount   money.Fen `json:"amount,omitempty"` // of a voucher, or what an account or a half is off by
	Person   int64     `json:"person,omitempty"` // who made the voucher
}

// BankCheck compares the accounts at banks with their statements; the package that keeps statements, above this one, sets
// it once when the program begins.
var BankCheck func(tx *store.Tx, b Book, p calendar.Period) (CloseCheck, error)

// CloseChecks makes every check of handbook 3.6 for the end of a month, for a reader who sees what is not posted yet:
// the checks name it. Others are given none.
func CloseChecks(tx *store.Tx, by identity.Actor, b Book, p calendar.Period) ([]CloseCheck, error) {
	if !SeesUnposted(by, b.Path) {
		return nil, nil
	}
	return closeChecks(tx, b, p)
}

func closeChecks(tx *store.Tx, b Book, p calendar.Period) ([]CloseCheck, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	checks := []func(*store.Tx, Book, calendar.Period) (CloseCheck, error){checkOpening, checkTrialBalance, checkUnposted, checkNumbers, checkCarried}
	if b.EndedOn != "" && p == b.EndedOn.Period() {
		checks = append(checks, checkHanded)
	}
	var out []CloseCheck
	for _, check := range checks {
		c, err := check(tx, b, p)
		if err != nil {
			return nil, fmt.Errorf("ledger.CloseChecks %s %s: %w", b.Code, p, err)
		}
		out = append(out, c)
	}
	if BankCheck != nil {
		c, err := BankCheck(tx, b, p)
		if err != nil {
			return nil, fmt.Errorf("ledger.CloseChecks %s %s: %w", b.Code, p, err)
		}
		out = append(out, c)
	}
	for _, c := range []CloseCheck{
		{Name: "cash-count", Title: "现金盘点", Rule: "库存现金账面与实盘相等"},
		{Name: "assets", Title: "资产卡片", Rule: "固定资产卡片合计与总账相等"},
		{Name: "appropriations", Title: "预算指标", Rule: "指标支付数与财政拨款支出相等"},
	} {
		c.State, c.Detail = NotEnabled, "未启用,不影响结账"
		out = append(out, c)
	}
	return out, nil
}

// checkOpening looks at what a book starts with, when its first month is closed: after that no opening balance can be
// set. What was entered must have been checked by another person. A book may have none, so that this warns and does not
// block.
func checkOpening(tx *store.Tx, b Book, p calendar.Period) (CloseCheck, error) {
	c := CloseCheck{Name: "opening", Title: "期初余额", Rule: "录入与审核由两人办理;启用月结账后不能再录", State: Passed, Detail: "启用月已检查"}
	if p != b.Start {
		return c, nil
	}
	var combinations int
	err := tx.QueryRow(`select count(*) from balance where county_id = $1 and book_id = $2 and period = $3 and (debit <> 0 or credit <> 0)`,
		b.County, b.ID, string(b.Start.Opening())).Scan(&combinations)
	if err != nil {
		return c, err
	}
	opening, err := OpeningOf(tx, b)
	if err != nil {
		return c, err
	}
	switch c.Detail = fmt.Sprintf("已有 %d 个", combinations); {
	case opening.Waits():
		c.State, c.Detail = Failed, c.Detail+",还没有经另一人审核"
		c.Fix = "请由审核会计核对后审核"
	case combinations == 0:
		c.State, c.Detail, c.Fix = Warned, "没有期初余额", "确实没有的,可以结账;漏录的,请先录入,已有记账凭证的用凭证更正"
	}
	return c, nil
}

func checkTrialBalance(tx *store.Tx, b Book, p calendar.Period) (CloseCheck, error) {
	c := CloseCheck{Name: "trial-balance", Title: "试算平衡", Rule: "财务会计、预算会计各自借贷相等", State: Passed}
	chart, err := ChartOf(tx, b, p.Year())
	if err != nil {
		return c, err
	}
	moves, _, err := Balances(tx, b.County, []Book{b}, p, p)
	if err != nil {
		return c, err
	}
	combinations, err := Combinations(tx, b.County)
	if err != nil {
		return c, err
	}
	var debit, credit, balance [2]money.Fen
	for id, m := range moves {
		i := 0
		if a, ok := chart.Account(combinations[id].Account); ok && a.Half == Budgetary {
			i = 1
		}
		debit[i] += m.Debit + m.ClosingDebit
		credit[i] += m.Credit + m.ClosingCredit
		balance[i] += m.Balance()
	}
	for i, half := range []Half{Financial, Budgetary} {
		if debit[i] != credit[i] || balance[i] != 0 {
			c.State, c.Fix = Failed, "请运行数据校验并联系系统管理员"
			detail := fmt.Sprintf("%s本月借方 %s 元,贷方 %s 元,余额差 %s 元", half.Title(), debit[i], credit[i], balance[i])
			c.Rows = append(c.Rows, CheckRow{Label: half.Title(), Text: detail, Amount: debit[i] - credit[i]})
		}
	}
	if c.State == Failed {
		c.Detail, c.alone = "借贷不等", c.Rows[0].Text
		return c, nil
	}
	c.Detail = fmt.Sprintf("本月借贷各 %s 元", debit[0])
	if chart.TwoHalves() {
		c.Detail = fmt.Sprintf("财务会计借贷各 %s 元,预算会计借贷各 %s 元", debit[0], debit[1])
	}
	return c, nil
}

func checkUnposted(tx *store.Tx, b Book, p calendar.Period) (CloseCheck, error) {
	c := CloseCheck{Name: "unposted", Title: "未记账凭证", Rule: "本月凭证全部记账", State: Passed, Detail: "没有未记账凭证"}
	drafts, err := listDrafts(tx, b, p)
	if err != nil {
		return c, err
	}
	var open []string
	for _, d := range drafts {
		if d.State == Voided {
			continue
		}
		r := CheckRow{Document: d.Document, Label: "未编号", Text: d.Summary, State: VoucherKind.States[d.State], Amount: d.Amount, Person: d.Maker}
		if d.Number != 0 {
			r.Label = Number{p, d.Word, d.Number}.Label()
		}
		c.Rows = append(c.Rows, r)
		open = append(open, fmt.Sprintf("%s(%s)", r.Label, r.State))
	}
	if len(open) > 0 {
		c.State, c.Fix = Failed, "请审核并记账,或写明原因作废"
		c.Detail = fmt.Sprintf("还有 %d 张", len(open))
		c.alone = c.Detail + ":" + firstOf(open)
	}
	return c, nil
}

func checkNumbers(tx *store.Tx, b Book, p calendar.Period) (CloseCheck, error) {
	c := CloseCheck{Name: "numbers", Title: "凭证连号", Rule: "每字每月连续编号,作废的保留原号", State: Passed, Detail: "编号连续"}
	words, err := numbersGiven(tx, b, p)
	if err != nil {
		return c, err
	}
	for _, w := range words {
		if w.given == w.found {
			continue
		}
		rows, err := missingNumbers(tx, b, p, w)
		if err != nil {
			return c, err
		}
		c.State, c.Fix = Failed, "请运行数据校验并联系系统管理员"
		c.Detail = fmt.Sprintf("「%s」字已编 %d 号,只有 %d 张", w.word, w.given, w.found)
		c.Rows = append(c.Rows, rows...)
	}
	return c, nil
}

// wordNumbers is how many numbers a word has given out in a month, and how many vouchers have one.
type wordNumbers struct {
	word         string
	given, found int64
}

func numbersGiven(tx *store.Tx, b Book, p calendar.Period) ([]wordNumbers, error) {
	prefix := counterName(b.ID, p, "")
	rows, err := tx.Query(`select substr(name, length($4) + 1), value,
		(select count(*) from voucher v where v.county_id = $1 and v.book_id = $2 and v.period = $3 and $4 || v.word = counter.name) +
		(select count(*) from voucher_draft d join document n on n.county_id = d.county_id and n.document_id = d.document_id
			where d.county_id = $1 and d.book_id = $2 and d.period = $3 and n.ref <> '' and $4 || d.word = counter.name)
		from counter where county_id = $1 and name >= $4 and name < $5 order by name`,
		b.County, b.ID, string(p), prefix, prefix[:len(prefix)-1]+"0") // 0 follows the slash that the prefix ends with
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []wordNumbers
	for rows.Next() {
		var n wordNumbers
		if err := rows.Scan(&n.word, &n.given, &n.found); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// missingNumbers names the numbers that were given out and that no voucher has.
func missingNumbers(tx *store.Tx, b Book, p calendar.Period, w wordNumbers) ([]CheckRow, error) {
	rows, err := tx.Query(`select number from voucher where county_id = $1 and book_id = $2 and period = $3 and word = $4 union all
		select number from voucher_draft where county_id = $1 and book_id = $2 and period = $3 and word = $4 and number is not null`,
		b.County, b.ID, string(p), w.word)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	taken := map[int64]bool{}
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		taken[n] = true
	}
	var out []CheckRow
	for n := int64(1); n <= w.given; n++ {
		if !taken[n] {
			out = append(out, CheckRow{Label: Number{p, w.word, n}.Label(), Text: "没有这一号的凭证"})
		}
	}
	return out, rows.Err()
}

func checkCarried(tx *store.Tx, b Book, p calendar.Period) (CloseCheck, error) {
	c := CloseCheck{Name: "carry-over", Title: "收支结转", Rule: "年末收入、费用和预算收支结转为零;平时用表结法", State: Passed, Detail: "平时不结转"}
	if p.Month() != 12 {
		return c, nil
	}
	moves, _, err := Balances(tx, b.County, []Book{b}, calendar.PeriodOf(p.Year(), 1), p)
	if err != nil {
		return c, err
	}
	combinations, err := Combinations(tx, b.County)
	if err != nil {
		return c, err
	}
	open := map[string]money.Fen{}
	for id, m := range moves {
		if account := combinations[id].Account; carried(b, account) {
			if open[account] += m.Balance(); open[account] == 0 {
				delete(open, account)
			}
		}
	}
	c.Detail = "已全部结转"
	if len(open) > 0 {
		if c.Rows, err = accountRows(tx, b, p.Year(), open); err != nil {
			return c, err
		}
		c.State, c.Fix = Failed, "请生成年终结转凭证,审核并记账"
		c.Detail = fmt.Sprintf("还有 %d 个科目未结转", len(open))
		c.alone = fmt.Sprintf("%s,如 %s 余额 %s 元", c.Detail, c.Rows[0].Account, c.Rows[0].Amount)
	}
	return c, nil
}

// accountRows names accounts with what they stand at, by code.
func accountRows(tx *store.Tx, b Book, year int, standing map[string]money.Fen) ([]CheckRow, error) {
	chart, err := ChartOf(tx, b, year)
	if err != nil {
		return nil, err
	}
	var rows []CheckRow
	for _, code := range slices.Sorted(maps.Keys(standing)) {
		r := CheckRow{Account: code, Label: code, Amount: standing[code]}
		if a, ok := chart.Account(code); ok {
			r.Text = a.FullName
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// firstOf names the first few, and says where there are more.
func firstOf(names []string) string {
	const most = 10
	if len(names) <= most {
		return strings.Join(names, "、")
	}
	return fmt.Sprintf("%s 等 %d 张", strings.Join(names[:most], "、"), len(names))
}
