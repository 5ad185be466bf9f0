package agreement

import (
	"fmt"

	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

func init() { ledger.BankCheck = closeCheck }

// closeCheck refuses to close a month as long as an account on the list has no signed sheet that still holds: no statement
// up to the month's last day, no sheet, one that nobody reviewed, or one that the book or the bank have left behind. What
// lies between both and is listed does not stand in the way; it goes on into the next month with its age.
func closeCheck(tx *store.Tx, b ledger.Book, p calendar.Period) (ledger.CloseCheck, error) {
	c := ledger.CloseCheck{Name: "bank", Title: "银行对账", Rule: "银行存款余额调节表两方相等", State: ledger.Passed}
	accounts, err := bank.OfBook(tx, b.County, b.ID)
	if err != nil {
		return c, err
	}
	listed, open := 0, 0
	for _, a := range accounts {
		if !a.Live(p) {
			continue
		}
		listed++
		if a, err = bank.Get(tx, b.County, a.ID); err != nil {
			return c, err
		}
		why, items, err := standing(tx, a, p)
		if err != nil {
			return c, err
		}
		open += items
		if why != "" {
			c.Rows = append(c.Rows, ledger.CheckRow{Account: a.Account, Label: a.Title(), Text: why})
		}
	}
	switch {
	case listed == 0:
		c.State, c.Detail = ledger.NotEnabled, "没有登记银行账户,不影响结账"
	case len(c.Rows) > 0:
		c.State, c.Fix = ledger.Failed, "请在「对账」中导入对账单、勾对、编制并审核余额调节表"
		c.Detail = fmt.Sprintf("%d 个账户中有 %d 个还没有对清:%s %s", listed, len(c.Rows), c.Rows[0].Label, c.Rows[0].Text)
	default:
		c.Detail = fmt.Sprintf("%d 个账户调节后相等,未达账项 %d 项转入下月", listed, open)
	}
	return c, nil
}

// standing says why a month of an account is not agreed; empty where it is. items is how many differences its sheet lists.
func standing(tx *store.Tx, a bank.Account, p calendar.Period) (why string, items int, err error) {
	all, err := Sheets(tx, a)
	if err != nil {
		return "", 0, err
	}
	s := holds(all, p)
	if s == nil {
		if e := missing(tx, a, p); e != nil {
			return "缺少对账单", 0, nil
		}
		return "还没有编制余额调节表", 0, nil
	}
	if s.State != Signed {
		return "余额调节表还没有审核", len(s.Items), nil
	}
	now, err := Compute(tx, a, p)
	if err != nil {
		return "", 0, err
	}
	if !s.same(now) {
		return fmt.Sprintf("余额调节表审核以后有变动:账面现为 %s 元,表上为 %s 元", now.BookBalance, s.BookBalance), len(s.Items), nil
	}
	return "", len(s.Items), nil
}

// Progress is how far a month of a book has been agreed with its banks.
type Progress struct {
	Accounts int // on the list in that month
	Covered  int // whose statements reach its end
	Prepared int // that have a sheet
	Signed   int // whose sheet was reviewed
}

// ListProgress gives, for the books of the units at and below a path, how far months have been agreed. Books without an
// account on the list are not in it.
func ListProgress(tx *store.Tx, county int64, path string, months ...calendar.Period) (map[ledger.BookMonth]Progress, error) {
	accounts, err := bank.List(tx, county, path)
	if err != nil || len(accounts) == 0 {
		return nil, err
	}
	lower, upper := org.Subtree(path)
	covered, err := perAccount(tx, `select f.account_id, max(f.to_date) from statement_file f
		join bank_account a on a.county_id = f.county_id and a.account_id = f.account_id
		join book b on b.county_id = a.county_id and b.book_id = a.book_id
		join unit u on u.county_id = b.county_id and u.unit_id = b.unit_id
		where f.county_id = $1 and f.source = 'bank' and f.withdrawn_at = '' and u.path >= $2 and u.path < $3 group by f.account_id`, county, lower, upper)
	if err != nil {
		return nil, err
	}
	out := map[ledger.BookMonth]Progress{}
	for _, p := range months {
		states, err := perAccount(tx, `select s.account_id, d.state from adjustment_sheet s cross join document d
			where s.county_id = $1 and s.period = $2 and d.county_id = s.county_id and d.document_id = s.document_id and d.state <> 'returned'`, county, string(p))
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			if !a.Live(p) {
				continue
			}
			key := ledger.BookMonth{Book: a.Book, Period: p}
			g := out[key]
			g.Accounts++
			if covered[a.ID] >= string(p.Last()) {
				g.Covered++
			}
			if states[a.ID] != "" {
				g.Prepared++
			}
			if states[a.ID] == string(Signed) {
				g.Signed++
			}
			out[key] = g
		}
	}
	return out, nil
}

func perAccount(tx *store.Tx, q string, args ...any) (map[int64]string, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, fmt.Errorf("agreement: progress: %w", err)
	}
	defer rows.Close()
	out := map[int64]string{}
	for rows.Next() {
		var id int64
		var value string
		if err := rows.Scan(&id, &value); err != nil {
			return nil, fmt.Errorf("agreement: progress: %w", err)
		}
		out[id] = value
	}
	return out, rows.Err()
}

// Standing is how far an account of the list has been agreed.
type Standing struct {
	bank.Account
	Covered calendar.Date   // last day that its statements reach
	Signed  calendar.Period // last month whose sheet was reviewed
	Waiting string          // document of a sheet that waits for its reviewer; empty: none does
	Month   calendar.Period // of that sheet
}

// Standings gives the accounts of the units at and below a path with how far each has been agreed.
func Standings(tx *store.Tx, county int64, path string) ([]Standing, error) {
	accounts, err := bank.List(tx, county, path)
	if err != nil || len(accounts) == 0 {
		return nil, err
	}
	covered, err := perAccount(tx, `select account_id, max(to_date) from statement_file where county_id = $1 and source = 'bank' and withdrawn_at = '' group by account_id`, county)
	if err != nil {
		return nil, err
	}
	states := `from adjustment_sheet s cross join document d where s.county_id = $1 and d.county_id = s.county_id and d.document_id = s.document_id and d.state = `
	signed, err := perAccount(tx, `select s.account_id, max(s.period) `+states+`'signed' group by s.account_id`, county)
	if err != nil {
		return nil, err
	}
	waiting, err := perAccount(tx, `select s.account_id, s.period || s.document_id `+states+`'prepared'`, county)
	if err != nil {
		return nil, err
	}
	out := make([]Standing, len(accounts))
	for i, a := range accounts {
		out[i] = Standing{Account: a, Covered: calendar.Date(covered[a.ID]), Signed: calendar.Period(signed[a.ID])}
		if w := waiting[a.ID]; len(w) > 7 {
			out[i].Month, out[i].Waiting = calendar.Period(w[:7]), w[7:]
		}
	}
	return out, nil
}

// Aged gives the differences of the last signed sheet of an account that are still open on a day and older than so many
// days. Lists of things to do ask this: it costs what the sheet lists, however long the account has been reconciled.
func (s Standing) Aged(tx *store.Tx, on calendar.Date, over int) ([]Item, error) {
	if s.Signed == "" {
		return nil, nil
	}
	all, err := querySheets(tx, sheets+` and s.account_id = $2 and s.period = $3 and d.state = 'signed'`, s.County, s.ID, string(s.Signed))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var out []Item
	for _, it := range all[0].Items {
		item := Item{Side: it.Side, Key: it.Key, Date: it.Date, Ref: it.Ref, Amount: it.Amount, Summary: it.Summary, Person: it.Owner}
		if item.Age(on) <= over {
			continue
		}
		var matched int64
		err := tx.QueryRow(`select count(*) from match_item where county_id = $1 and account_id = $2 and side = $3 and item = $4 and undone = 0`, s.County, s.ID, string(it.Side), it.Key).Scan(&matched)
		if err != nil {
			return nil, fmt.Errorf("agreement.Aged %d: %w", s.ID, err)
		}
		if matched == 0 {
			out = append(out, item)
		}
	}
	return out, nil
}
