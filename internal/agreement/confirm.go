package agreement

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

var (
	// MatchKind declares a confirmation of groups: the person who confirms answers for it.
	MatchKind = &document.Kind{
		Name: "bank-match", Title: "对账勾对",
		States: map[document.State]string{"confirmed": "已确认"},
		Steps:  []document.Step{{Name: "confirm", Title: "确认", To: "confirmed", Roles: Reconcilers, Duty: document.DutyReconcile}},
	}
	// UndoKind declares that groups are taken back, for a reason.
	UndoKind = &document.Kind{
		Name: "match-undo", Title: "撤销勾对",
		States: map[document.State]string{"undone": "已撤销"},
		Steps:  []document.Step{{Name: "undo", Title: "撤销", To: "undone", Roles: Reconcilers, Duty: document.DutyReconcile, Reason: true}},
	}
)

var (
	groupRows = store.NewTable("match_group", 3, 0, "#county_id", "#account_id", "#group_id", "document_id", "pass", "#amount", "cleared", "undone_by")
	itemRows  = store.NewTable("match_item", 5, 0, "#county_id", "#account_id", "side", "item", "#undone", "#group_id", "date", "#amount")
)

// ConfirmPass confirms every group that a pass proposes; an empty pass confirms all of them. seen is the digest of what the
// person saw: where something else is proposed by now, nothing is confirmed. The same form again is refused with an error
// for which document.IsTaken holds.
func ConfirmPass(tx *store.Tx, by identity.Actor, id string, account int64, pass Pass, seen string) (int, error) {
	return confirm(tx, by, id, account, func(p Proposal) (Pass, []Group, error) {
		groups := p.Of(pass)
		switch {
		case len(groups) == 0:
			return pass, nil, fault.New(fault.Refused, "match-none", "没有可以确认的勾对建议", "请手工勾对,或先导入对账单")
		case p.Digest(pass) != seen:
			return pass, nil, fault.New(fault.Conflict, "match-changed", "勾对建议在您查看以后有变化", "请核对新的建议后再确认")
		}
		if pass == "" {
			pass = "all"
		}
		return pass, groups, nil
	})
}

// Confirm confirms one group that a person picked: items of either side by their keys.
func Confirm(tx *store.Tx, by identity.Actor, id string, account int64, book, banked []string) error {
	_, err := confirm(tx, by, id, account, func(p Proposal) (Pass, []Group, error) {
		g := Group{Pass: Manual}
		var err error
		if g.Book, err = picked(p.Book, book); err == nil {
			g.Bank, err = picked(p.Bank, banked)
		}
		if err != nil {
			return Manual, nil, err
		}
		for _, o := range p.Groups { // what a pass proposes keeps its name
			if sameItems(o.Book, g.Book) && sameItems(o.Bank, g.Bank) {
				g.Pass = o.Pass
			}
		}
		return g.Pass, []Group{g}, g.check()
	})
	return err
}

// picked gives the open items of one side that a person picked.
func picked(open []Item, keys []string) ([]Item, error) {
	var out []Item
	for _, k := range keys {
		i := slices.IndexFunc(open, func(it Item) bool { return it.Key == k })
		if i < 0 {
			return nil, fault.New(fault.Conflict, "match-gone", "所选的有一项已经勾对,或不在本账户", "请刷新后重新选择")
		}
		if !slices.ContainsFunc(out, func(it Item) bool { return it.Key == k }) {
			out = append(out, open[i])
		}
	}
	return out, nil
}

func sameItems(a, b []Item) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(it Item) bool { return !slices.ContainsFunc(b, func(o Item) bool { return o.Key == it.Key }) })
}

// check refuses a group whose sides differ.
func (g Group) check() error {
	if len(g.Book)+len(g.Bank) < 2 {
		return fault.New(fault.Invalid, "match-too-few", "至少要选两笔", "请在两方各选一笔或几笔;同一方正负相抵的也可以勾对")
	}
	if book, bank := Sum(g.Book), Sum(g.Bank); book != bank {
		return fault.Newf(fault.Refused, "match-unequal", "请补选或改选,使两方相等", "所选单位账 %s 元,银行 %s 元,差 %s 元", book, bank, book-bank)
	}
	return nil
}

func confirm(tx *store.Tx, by identity.Actor, id string, account int64, choose func(p Proposal) (Pass, []Group, error)) (int, error) {
	a, err := bank.See(tx, by, account)
	if err != nil {
		return 0, err
	}
	if err := notCashier(by, a.Path, "确认勾对"); err != nil {
		return 0, err
	}
	if err := bank.Claim(tx, by.County, a.ID); err != nil {
		return 0, err
	}
	if err := tx.Settle(); err != nil {
		return 0, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return 0, err
	}
	var groups []Group
	act := document.Act{By: by, Kind: MatchKind, Step: "confirm", ID: id, Unit: a.Unit, Path: a.Path, Today: today}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		p, err := Propose(tx, a, today)
		if err != nil {
			return document.Effect{}, err
		}
		pass, chosen, err := choose(p)
		if err != nil {
			return document.Effect{}, err
		}
		groups = chosen
		signed, err := signedThrough(tx, a)
		if err != nil {
			return document.Effect{}, err
		}
		if err := keepGroups(tx, a, id, signed, groups); err != nil {
			return document.Effect{}, err
		}
		_, err = tx.Exec(`insert into bank_match (county_id, document_id, account_id, pass, groups, maker_id, made_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			by.County, id, a.ID, string(pass), len(groups), by.Person, calendar.Instant(tx.Now))
		return document.Effect{Rows: groupsDigest(a.ID, groups), Facts: map[string]string{"account": fmt.Sprint(a.ID), "groups": fmt.Sprint(len(groups))}}, err
	})
	return len(groups), err
}

// keepGroups writes groups with their items. What is matched after a month's sheet was signed holds from the next month on,
// so that no sheet changes once it is signed.
func keepGroups(tx *store.Tx, a bank.Account, id string, signed calendar.Period, groups []Group) error {
	var last int64
	err := tx.QueryWrite(`insert into counter (county_id, name, value) values ($1, $2, $3)
		on conflict (county_id, name) do update set value = counter.value + $3 returning value`, a.County, fmt.Sprintf("match-group/%d", a.ID), len(groups)).Scan(&last)
	if err != nil {
		return fmt.Errorf("agreement: numbers of groups: %w", err)
	}
	for i := range groups {
		g := &groups[i]
		g.ID = last - int64(len(groups)) + int64(i) + 1
		cleared := g.latest()
		if signed != "" {
			cleared = max(cleared, signed.Next().First())
		}
		tx.Append(groupRows, a.County, a.ID, g.ID, id, string(g.Pass), int64(g.Amount()), string(cleared), "")
		for _, it := range slices.Concat(g.Book, g.Bank) {
			tx.Append(itemRows, a.County, a.ID, string(it.Side), it.Key, int64(0), g.ID, string(it.Date), int64(it.Amount))
		}
	}
	return nil
}

// groupsDigest gives the SHA-256 of what a confirmation put together.
func groupsDigest(account int64, groups []Group) string {
	o := trail.NewObject()
	o.Int("account", account)
	o.Objects("groups", len(groups), func(i int, inner *trail.Object) {
		g := groups[i]
		keys := func(items []Item) []string {
			out := make([]string, len(items))
			for j, it := range items {
				out[j] = fmt.Sprintf("%s %s %d", it.Key, it.Date, it.Amount)
			}
			slices.Sort(out)
			return out
		}
		inner.Texts("bank", keys(g.Bank)).Texts("book", keys(g.Book)).Int("group", g.ID).Text("pass", string(g.Pass))
	})
	return trail.Digest(o.Bytes())
}

// Undo takes groups back, for a reason. One that a signed sheet rests on stays.
func Undo(tx *store.Tx, by identity.Actor, id string, account int64, groups []int64, reason string) error {
	a, err := bank.See(tx, by, account)
	if err != nil {
		return err
	}
	if err := notCashier(by, a.Path, "撤销勾对"); err != nil {
		return err
	}
	if err := bank.Claim(tx, by.County, a.ID); err != nil {
		return err
	}
	if err := tx.Settle(); err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	act := document.Act{By: by, Kind: UndoKind, Step: "undo", ID: id, Unit: a.Unit, Path: a.Path, Today: today, Reason: reason}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if len(groups) == 0 {
			return document.Effect{}, fault.New(fault.Invalid, "match-none-ticked", "没有选择要撤销的勾对", "请勾选后再撤销")
		}
		signed, err := signedThrough(tx, a)
		if err != nil {
			return document.Effect{}, err
		}
		slices.Sort(groups)
		groups = slices.Compact(groups)
		names := make([]string, len(groups))
		for i, g := range groups {
			names[i] = strconv.FormatInt(g, 10)
			if err := undo(tx, a, id, g, signed); err != nil {
				return document.Effect{}, err
			}
		}
		list := strings.Join(names, ",")
		_, err = tx.Exec(`insert into match_undo (county_id, document_id, account_id, groups, maker_id, made_at) values ($1, $2, $3, $4, $5, $6)`,
			by.County, id, a.ID, list, by.Person, calendar.Instant(tx.Now))
		return document.Effect{Facts: map[string]string{"account": fmt.Sprint(a.ID), "groups": list}}, err
	})
	return err
}

func undo(tx *store.Tx, a bank.Account, id string, group int64, signed calendar.Period) error {
	var cleared, undone string
	err := tx.QueryRow(`select cleared, undone_by from match_group where county_id = $1 and account_id = $2 and group_id = $3`, a.County, a.ID, group).Scan(&cleared, &undone)
	if err == store.ErrNoRows || err == nil && undone != "" {
		return fault.New(fault.Conflict, "match-gone", "所选的有一组已经撤销,或不在本账户", "请刷新后重新选择")
	}
	if err != nil {
		return fmt.Errorf("agreement.Undo %d: %w", group, err)
	}
	if signed != "" && calendar.Date(cleared) <= signed.Last() {
		return fault.Newf(fault.Refused, "match-signed", "确需更正的,请先由审核人退回该月的余额调节表", "第 %d 组勾对已计入 %s 已审核的余额调节表", group, signed.Chinese())
	}
	if _, err = tx.Exec(`update match_group set undone_by = $4 where county_id = $1 and account_id = $2 and group_id = $3`, a.County, a.ID, group, id); err == nil {
		_, err = tx.Exec(`update match_item set undone = group_id where county_id = $1 and account_id = $2 and group_id = $3`, a.County, a.ID, group)
	}
	return err
}

// Matched gives the groups of an account that hold, the latest first, at most so many, with their items.
func Matched(tx *store.Tx, a bank.Account, most int) ([]Group, error) {
	rows, err := tx.Query(`select g.group_id, g.pass, m.side, m.item, m.date, m.amount from match_item m
		join match_group g on g.county_id = m.county_id and g.account_id = m.account_id and g.group_id = m.group_id
		where m.county_id = $1 and m.account_id = $2 and m.undone = 0 and g.group_id > (select coalesce(max(group_id), 0) - $3 from match_group where county_id = $1 and account_id = $2)
		order by g.group_id desc, m.side, m.item`, a.County, a.ID, most)
	if err != nil {
		return nil, fmt.Errorf("agreement.Matched %d: %w", a.ID, err)
	}
	defer rows.Close()
	var out []Group
	for rows.Next() {
		var id int64
		var pass Pass
		var it Item
		if err := rows.Scan(&id, &pass, &it.Side, &it.Key, &it.Date, &it.Amount); err != nil {
			return nil, fmt.Errorf("agreement.Matched %d: %w", a.ID, err)
		}
		if len(out) == 0 || out[len(out)-1].ID != id {
			out = append(out, Group{ID: id, Pass: pass})
		}
		g := &out[len(out)-1]
		if it.Side == bank.Book {
			g.Book = append(g.Book, it)
		} else {
			g.Bank = append(g.Bank, it)
		}
	}
	return out, rows.Err()
}
