package agreement

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/bank"
	"xiangzhang/internal/document"
	"xiangzhang/internal/money"
	"xiangzhang/internal/trail"
)

// kept is a group as its rows say, undone ones too.
type kept struct {
	Group
	account  int64
	document string
	amount   money.Fen
	undone   string
	marks    []int64 // of its items: 0, or the group's number once it was undone
}

// matches compares every confirmation and every undoing with its leaf, and every group with itself.
func (v *verifier) matches() error {
	groups, err := v.groups()
	if err != nil {
		return err
	}
	undone, err := v.undone()
	if err != nil {
		return err
	}
	confirmed, err := document.LeavesOf(v.tx, v.county, "bank_match")
	if err != nil {
		return err
	}
	byDocument := map[string][]kept{}
	for _, g := range groups {
		byDocument[g.document] = append(byDocument[g.document], g)
		book, banked := Sum(g.Book), Sum(g.Bank)
		right := book == banked && banked == g.amount && len(g.Book)+len(g.Bank) > 1
		for _, m := range g.marks {
			right = right && (m == 0) == (g.undone == "")
		}
		if !right || g.undone != undone[[2]int64{g.account, g.ID}] {
			v.flaw(g.document, "账户 %d 第 %d 组勾对两方不相等,或撤销的记录不符", g.account, g.ID)
		}
	}
	rows, err := v.tx.Query(`select document_id, account_id, groups, maker_id, made_at from bank_match where county_id = $1 order by document_id`, v.county)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, at string
		var account, count, maker int64
		if err := rows.Scan(&id, &account, &count, &maker, &at); err != nil {
			return err
		}
		var own []Group
		for _, g := range byDocument[id] {
			if g.account == account {
				own = append(own, g.Group)
			}
		}
		leaf := confirmed[id]["confirm"]
		if !leaf.By(maker, at) || leaf.Rows != groupsDigest(account, own) || int64(len(own)) != count {
			v.flaw(id, "账户 %d 的勾对与存证不符", account)
		}
		delete(byDocument, id)
	}
	for id := range byDocument {
		v.flaw(id, "有勾对没有确认的单据")
	}
	return rows.Err()
}

// groups gives every group with its items, by account and number.
func (v *verifier) groups() ([]kept, error) {
	rows, err := v.tx.Query(`select g.account_id, g.group_id, g.document_id, g.pass, g.amount, g.undone_by, coalesce(m.side, ''), coalesce(m.item, ''), coalesce(m.undone, 0), coalesce(m.date, ''), coalesce(m.amount, 0)
		from match_group g left join match_item m on m.county_id = g.county_id and m.account_id = g.account_id and m.group_id = g.group_id
		where g.county_id = $1 order by g.account_id, g.group_id`, v.county)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []kept
	for rows.Next() {
		var g kept
		var it Item
		var mark int64
		if err := rows.Scan(&g.account, &g.ID, &g.document, &g.Pass, &g.amount, &g.undone, &it.Side, &it.Key, &mark, &it.Date, &it.Amount); err != nil {
			return nil, err
		}
		if n := len(out); n == 0 || out[n-1].account != g.account || out[n-1].ID != g.ID {
			out = append(out, g)
		}
		last := &out[len(out)-1]
		last.marks = append(last.marks, mark)
		switch it.Side {
		case bank.Book:
			last.Book = append(last.Book, it)
		case bank.Bank:
			last.Bank = append(last.Bank, it)
		}
	}
	return out, rows.Err()
}

// undone gives, by account and group, the document that took it back, after comparing each with its leaf.
func (v *verifier) undone() (map[[2]int64]string, error) {
	leaves, err := document.LeavesOf(v.tx, v.county, "match_undo")
	if err != nil {
		return nil, err
	}
	rows, err := v.tx.Query(`select document_id, account_id, groups, maker_id, made_at from match_undo where county_id = $1 order by document_id`, v.county)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[[2]int64]string{}
	for rows.Next() {
		var id, groups, at string
		var account, maker int64
		if err := rows.Scan(&id, &account, &groups, &maker, &at); err != nil {
			return nil, err
		}
		leaf := leaves[id]["undo"]
		if !leaf.By(maker, at) || leaf.Facts["groups"] != groups || leaf.Facts["account"] != fmt.Sprint(account) {
			v.flaw(id, "账户 %d 撤销勾对的记录与存证不符", account)
		}
		for text := range strings.SplitSeq(groups, ",") {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				out[[2]int64{account, n}] = id
			}
		}
	}
	return out, rows.Err()
}

// sheets compares every adjustment sheet with the leaf of its making, and its sides with each other.
func (v *verifier) sheets() error {
	leaves, err := document.LeavesOf(v.tx, v.county, "adjustment_sheet")
	if err != nil {
		return err
	}
	all, err := querySheets(v.tx, sheets+` order by s.document_id`, v.county)
	if err != nil {
		return err
	}
	for _, s := range all {
		leaf := leaves[s.Document]["prepare"]
		var sums Adjustment
		for _, it := range slices.Clone(s.Items) {
			sums.add(Item{Side: it.Side, Amount: it.Amount})
		}
		right := sums.BankIn == s.BankIn && sums.BankOut == s.BankOut && sums.BookIn == s.BookIn && sums.BookOut == s.BookOut && s.check() == nil
		if !right || !leaf.By(s.Maker, s.MadeAt) || leaf.Rows != trail.Digest(s.rows()) {
			v.flaw(s.Document, "账户 %d 的 %s 余额调节表与存证不符,或两方不相等", s.Account.ID, s.Period.Chinese())
		}
	}
	return nil
}
