package ledger

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// SuccessorKind declares the naming of an account of a new chart that takes over the balances of one that it no longer
// has, when a year is carried into the next.
var SuccessorKind = &document.Kind{
	Name: "account-successor", Title: "接续科目",
	States: map[document.State]string{"named": "已指定"},
	Steps:  []document.Step{{Name: "name", Title: "指定接续科目", To: "named", Roles: closers}},
}

// NameSuccessor says to which account of the year after the balances of an account go when year is carried over. It may
// be said anew until then. The same id again changes nothing and is refused with an error for which document.IsTaken
// holds.
func NameSuccessor(tx *store.Tx, by identity.Actor, id string, book int64, year int, account, successor string) (document.Document, error) {
	b, err := seeClaimed(tx, by, book)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: SuccessorKind, Step: "name", ID: id, Unit: b.Unit, Path: b.Path, Today: b.Today}
	return document.Make(tx, act, func() (document.Effect, error) {
		if err := successorFits(tx, b, year, account, successor); err != nil {
			return document.Effect{}, err
		}
		_, err := tx.Exec(`insert into account_successor (county_id, book_id, year, account, successor, document_id)
			values ($1, $2, $3, $4, $5, $6) on conflict (county_id, book_id, year, account)
			do update set successor = excluded.successor, document_id = excluded.document_id`,
			b.County, b.ID, year+1, account, successor, id)
		if err != nil {
			return document.Effect{}, fmt.Errorf("ledger.NameSuccessor %s %s: %w", b.Code, account, err)
		}
		return document.Effect{
			Ref:   fmt.Sprintf("%d|%s", b.ID, calendar.PeriodOf(year+1, 0)),
			Facts: map[string]string{"account": account, "successor": successor},
		}, nil
	})
}

// successorFits refuses an account that needs none, and one that cannot take over.
func successorFits(tx *store.Tx, b Book, year int, account, successor string) error {
	if done, err := yearClosed(tx, b, year); err != nil {
		return err
	} else if done {
		return yearCarried(b, year)
	}
	before, err := ChartOf(tx, b, year)
	if err != nil {
		return err
	}
	after, err := ChartOf(tx, b, year+1)
	if err != nil {
		return err
	}
	old, ok := before.Account(account)
	if !ok {
		return fault.Newf(fault.Invalid, "account-unknown", "请从「年终」页列出的科目中选择", "账套%s的 %d 年科目表中没有科目「%s」", b.Name, year, account).In("account")
	}
	if !old.Leaf {
		return fault.Newf(fault.Invalid, "account-not-leaf", "请选择它的明细科目", "科目 %s %s 设有明细科目,余额在明细科目上", old.Code, old.Name).In("account")
	}
	if _, err := after.Postable(b, account); err == nil {
		return fault.Newf(fault.Refused, "successor-needless", "可以直接结转下年", "科目 %s %s 在 %d 年科目表中仍可使用,不需要接续科目",
			account, old.Name, year+1)
	}
	target, err := after.Postable(b, successor)
	if err != nil {
		if f := fault.As(err); f != nil {
			return f.In("successor")
		}
		return err
	}
	if target.Half != old.Half {
		return fault.Newf(fault.Refused, "successor-half", "请改选"+old.Half.Title()+"科目", "科目 %s %s 属于%s,接续科目 %s %s 属于%s",
			account, old.Name, old.Half.Title(), target.Code, target.Name, target.Half.Title()).In("successor")
	}
	return nil
}

// Successors gives, by account, which account takes over in the year that begins.
func Successors(tx *store.Tx, b Book, begins int) (map[string]string, error) {
	rows, err := tx.Query(`select account, successor from account_successor where county_id = $1 and book_id = $2 and year = $3`,
		b.County, b.ID, begins)
	if err != nil {
		return nil, fmt.Errorf("ledger.Successors %s: %w", b.Code, err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var account, successor string
		if err := rows.Scan(&account, &successor); err != nil {
			return nil, fmt.Errorf("ledger.Successors %s: %w", b.Code, err)
		}
		out[account] = successor
	}
	return out, rows.Err()
}

// succeed gives what a combination is called in the year of the chart: itself, or on the account that was named to take
// over, with the dimensions that it takes.
func (c *Chart) succeed(b Book, from Combination, successors map[string]string) (Combination, error) {
	_, missing := c.Postable(b, from.Account)
	if missing == nil {
		return from, nil
	}
	code, named := successors[from.Account]
	if !named {
		return from, fault.Newf(fault.Refused, "year-account-missing", fmt.Sprintf("请在「年终」页为它指定 %d 年的接续科目,或先在旧年度用凭证把余额转到新科目", c.Year),
			"%d 年科目表不能使用科目 %s", c.Year, from.Account).Because(missing)
	}
	target, err := c.Postable(b, code)
	if err == nil {
		to := Combination{Chart: from.Chart, Account: code, Dims: keepDims(target, from.Dims)}
		if err = c.checkDims(target, to.Dims); err == nil {
			return to, nil
		}
	}
	if f := fault.As(err); f != nil {
		return from, fault.Newf(fault.Refused, "successor-unfit", "请另行指定接续科目,或先在旧年度用凭证转账",
			"科目 %s 的接续科目 %s 不能接收它的余额:%s", from.Account, code, f.Message).Because(err)
	}
	return from, err
}
