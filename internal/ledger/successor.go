package ledger

import (
	"cmp"
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// SuccessorKind declares the naming of an account of a new chart that takes over the balances of one that it no longer
// has, when a year is carried into the next: one person names it, another checks (docs/decisions/0018).
var SuccessorKind = &document.Kind{
	Name: "account-successor", Title: "接续科目",
	States: map[document.State]string{Submitted: "待审核", Returned: "已退回", StatePost: "已审核"},
	Steps: []document.Step{
		{Name: "name", Title: "指定", To: Submitted, Roles: closers, Duty: document.DutyMake},
		{Name: "check", Title: "审核", From: []document.State{Submitted}, To: StatePost, Roles: checkers, Duty: document.DutyCheck},
		{Name: "return", Title: "退回", From: []document.State{Submitted}, To: Returned, Roles: checkers, Reason: true},
	},
}

// namedAlone is the state of a naming of before two people were asked for. Years that were carried over then rest on
// such; for a year that was not, it is said anew.
const namedAlone document.State = "named"

// Successor is an account that takes over from one that the next year's chart does not have, with the document that
// named it last.
type Successor struct {
	document.Document
	Book    int64
	Begins  int    // the year that begins
	Account string // of the year before
	To      string
}

// Checked tells that the year may be carried over by it.
func (s Successor) Checked() bool { return s.State == StatePost }

// Waits tells that another person has to check it.
func (s Successor) Waits() bool { return s.State == Submitted }

// Maker is who named it, Checker who checked it; 0 where nobody has.
func (s Successor) Maker() int64   { return who(s.Parts, document.DutyMake) }
func (s Successor) Checker() int64 { return who(s.Parts, document.DutyCheck) }

// first is the first of the documents that named a successor of the account.
func (s Successor) first() string { return cmp.Or(s.Chain, s.ID) }

// NameSuccessor says to which account of the year after the balances of an account go when year is carried over, which
// waits until another person has checked it. It may be said anew until the year is carried over, and is checked anew
// then. The same id again changes nothing and is refused with an error for which document.IsTaken holds.
func NameSuccessor(tx *store.Tx, by identity.Actor, id string, book int64, year int, account, successor string) (document.Document, error) {
	b, err := seeClaimed(tx, by, book)
	if err != nil {
		return document.Document{}, err
	}
	named, err := Successors(tx, b, year+1)
	if err != nil {
		return document.Document{}, err
	}
	chain := named[account].first()
	if chain == id { // sent twice
		chain = ""
	}
	act := document.Act{By: by, Kind: SuccessorKind, Step: "name", ID: id, Unit: b.Unit, Path: b.Path, Chain: chain, Today: b.Today}
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
		return document.Effect{Ref: successorRef(b.ID, year+1), Facts: map[string]string{"account": account, "successor": successor}}, nil
	})
}

// successorRef is what the naming of a book's successors for a year is kept under.
func successorRef(book int64, begins int) string {
	return fmt.Sprintf("%d|%s", book, calendar.PeriodOf(begins, 0))
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
		return before.notLeaf(b, old)
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
func Successors(tx *store.Tx, b Book, begins int) (map[string]Successor, error) {
	all, err := querySuccessors(tx, b.County, `where s.county_id = $1 and s.book_id = $2 and s.year = $3`, b.County, b.ID, begins)
	if err != nil {
		return nil, fmt.Errorf("ledger.Successors %s: %w", b.Code, err)
	}
	out := map[string]Successor{}
	for _, s := range all {
		out[s.Account] = s
	}
	return out, nil
}

// querySuccessors reads namings, and then the document of each: a book has few.
func querySuccessors(tx *store.Tx, county int64, where string, args ...any) ([]Successor, error) {
	rows, err := tx.Query(`select s.book_id, s.year, s.account, s.successor, s.document_id from account_successor s `+where+
		` order by s.book_id, s.year, s.account`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Successor
	for rows.Next() {
		var s Successor
		if err := rows.Scan(&s.Book, &s.Begins, &s.Account, &s.To, &s.ID); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range out {
		d, err := document.Get(tx, county, out[i].ID)
		if err == nil {
			out[i].Document = d
		} else if !fault.Is(err, fault.NotFound) { // of which check tells
			return nil, err
		}
	}
	return out, nil
}

// succeed gives what a combination is called in the year of the chart: itself, or on the account that was named to take
// over, with the dimensions that it takes. Where that has not been checked yet it is given beside the refusal.
func (c *Chart) succeed(b Book, from Combination, successors map[string]Successor) (Combination, error) {
	_, missing := c.Postable(b, from.Account)
	if missing == nil {
		return from, nil
	}
	named, ok := successors[from.Account]
	if !ok || !named.Checked() && !named.Waits() {
		return from, fault.Newf(fault.Refused, "year-account-missing", fmt.Sprintf("请在「年终」页为它指定 %d 年的接续科目,或先在旧年度用凭证把余额转到新科目", c.Year),
			"%d 年科目表不能使用科目 %s", c.Year, from.Account).Because(missing)
	}
	target, err := c.Postable(b, named.To)
	if err == nil {
		to := Combination{Chart: from.Chart, Account: named.To, Dims: keepDims(target, from.Dims)}
		if err = c.checkDims(target, to.Dims); err == nil {
			return to, named.demandChecked()
		}
	}
	if f := fault.As(err); f != nil {
		return from, fault.Newf(fault.Refused, "successor-unfit", "请另行指定接续科目,或先在旧年度用凭证转账",
			"科目 %s 的接续科目 %s 不能接收它的余额:%s", from.Account, named.To, f.Message).Because(err)
	}
	return from, err
}

func (s Successor) demandChecked() error {
	if s.Checked() {
		return nil
	}
	return fault.Newf(fault.Refused, "successor-unchecked", "请由审核会计在「年终」页核对后审核", "科目 %s 的接续科目 %s 还没有经另一人审核", s.Account, s.To)
}
