package agreement

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

// Item is a line of the bank or an entry of the book that is held against the other side.
type Item struct {
	Side         bank.Side
	Key          string // number of a line; month|word|number|line of an entry; opening|number
	Date         calendar.Date
	Ref          string // number of the movement or of the payment, where one is known
	Amount       money.Fen
	Summary      string
	Counterparty string
	Voucher      string // label of an entry's voucher
	Document     string // of the voucher
	Person       int64  // who made the voucher, or brought the line in: answers for it until another is named

	refs []string // every number by which it may be known
	day  int      // days since 1970, for windows
}

// Type says what a difference is, by side and direction.
func (it Item) Type() string {
	switch {
	case it.Side == bank.Bank && it.Amount > 0:
		return "银行已收单位未收"
	case it.Side == bank.Bank:
		return "银行已付单位未付"
	case it.Amount > 0:
		return "单位已收银行未收"
	}
	return "单位已付银行未付"
}

// Age is for how many days it has been open on a day.
func (it Item) Age(on calendar.Date) int { return days(on) - days(it.Date) }

func days(d calendar.Date) int { return int(d.Time().Unix() / 86400) }

// Open is what of an account is not matched on a day, by side and date.
type Open struct {
	Account bank.Account
	On      calendar.Date
	Book    []Item
	Bank    []Item
}

// OpenOn gives what is not matched on a day: what happened up to it and is in no group that holds by then.
func OpenOn(tx *store.Tx, a bank.Account, on calendar.Date) (Open, error) {
	o := Open{Account: a, On: on}
	if err := tx.Settle(); err != nil {
		return o, err
	}
	cleared, err := clearedBy(tx, a, on)
	if err != nil {
		return o, err
	}
	if o.Book, err = bookItems(tx, a, on); err == nil {
		o.Bank, err = bankItems(tx, a, on)
	}
	if err != nil {
		return o, err
	}
	for _, side := range []*[]Item{&o.Book, &o.Bank} {
		*side = slices.DeleteFunc(*side, func(it Item) bool { return cleared[string(it.Side)+it.Key] })
		slices.SortStableFunc(*side, func(x, y Item) int { return strings.Compare(string(x.Date), string(y.Date)) })
		for i := range *side {
			(*side)[i].day = days((*side)[i].Date)
		}
	}
	return o, nil
}

// clearedBy gives the items of groups that hold by a day.
func clearedBy(tx *store.Tx, a bank.Account, on calendar.Date) (map[string]bool, error) {
	rows, err := tx.Query(`select m.side, m.item from match_item m
		join match_group g on g.county_id = m.county_id and g.account_id = m.account_id and g.group_id = m.group_id
		where m.county_id = $1 and m.account_id = $2 and m.undone = 0 and g.cleared <= $3`, a.County, a.ID, string(on))
	if err != nil {
		return nil, fmt.Errorf("agreement: matched of %d: %w", a.ID, err)
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var side, item string
		if err := rows.Scan(&side, &item); err != nil {
			return nil, fmt.Errorf("agreement: matched of %d: %w", a.ID, err)
		}
		out[side+item] = true
	}
	return out, rows.Err()
}

// bookItems gives the entries of an account since it is reconciled, and what was under way on the book's side then.
func bookItems(tx *store.Tx, a bank.Account, on calendar.Date) ([]Item, error) {
	b, err := ledger.GetBook(tx, a.County, a.Book)
	if err != nil {
		return nil, err
	}
	out := openingItems(a, bank.Book)
	entries, err := ledger.EntriesOf(tx, b, a.Account, a.Since, on)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		it := Item{
			Side: bank.Book, Key: e.Number.String() + "|" + strconv.FormatInt(e.Line, 10), Date: e.Date, Ref: e.Source, Amount: e.Debit - e.Credit, Summary: e.Summary,
			Voucher: e.Number.Label(), Document: e.Document, Person: e.Maker, refs: numbersIn(e.Summary),
		}
		if e.Source != "" {
			it.refs = append(it.refs, e.Source)
		} else if len(it.refs) > 0 {
			it.Ref = it.refs[0]
		}
		out = append(out, it)
	}
	return out, nil
}

func bankItems(tx *store.Tx, a bank.Account, on calendar.Date) ([]Item, error) {
	out := openingItems(a, bank.Bank)
	files, err := Files(tx, a.County, a.ID)
	if err != nil {
		return nil, err
	}
	importer := map[int64]int64{}
	for _, f := range files {
		importer[f.ID] = f.Maker
	}
	lines, err := Lines(tx, a.County, a.ID, Bank, a.Since.First(), on)
	for _, l := range lines {
		it := Item{Side: bank.Bank, Key: strconv.FormatInt(l.ID, 10), Date: l.Date, Ref: l.Ref, Amount: l.Amount, Summary: l.Summary, Counterparty: l.Counterparty, Person: importer[l.File]}
		if l.Ref != "" {
			it.refs = []string{l.Ref}
		}
		it.refs = append(it.refs, numbersIn(l.Summary)...)
		out = append(out, it)
	}
	return out, err
}

func openingItems(a bank.Account, side bank.Side) []Item {
	var out []Item
	for i, it := range a.Items {
		if it.Side != side {
			continue
		}
		item := Item{Side: side, Key: fmt.Sprintf("opening|%d", i+1), Date: it.Date, Ref: it.Ref, Amount: it.Amount, Summary: it.Summary, Person: a.Maker}
		if it.Ref != "" {
			item.refs = []string{it.Ref}
		}
		out = append(out, item)
	}
	return out
}

// numberLeast is the fewest characters of a number that can tell a payment from others.
const numberLeast = 6

// numbersIn gives the numbers of cheques, payments and slips that a summary names.
func numbersIn(summary string) []string {
	var out []string
	for _, word := range strings.FieldsFunc(summary, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-')
	}) {
		if len(word) >= numberLeast && strings.ContainsAny(word, "0123456789") {
			out = append(out, word)
		}
	}
	return out
}

// Sum adds amounts up.
func Sum(items []Item) money.Fen {
	var sum money.Fen
	for _, it := range items {
		sum += it.Amount
	}
	return sum
}

// Ages gives after how many days a difference is marked, and after how many it is the head's.
func Ages(tx *store.Tx, a bank.Account, on calendar.Date) (warn, escalate int, err error) {
	for _, r := range []struct {
		of   rule.Definition
		into *int
	}{{warnDays, &warn}, {escalateDays, &escalate}} {
		v, err := rule.Get(tx, a.County, r.of.Code, a.Path, on)
		if err == nil {
			*r.into, err = v.Days()
		}
		if err != nil {
			return 0, 0, err
		}
	}
	return warn, escalate, nil
}
