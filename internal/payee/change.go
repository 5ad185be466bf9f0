package payee

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// Act is what a change does.
type Act string

// The acts.
const (
	Register  Act = "register"
	Reaccount Act = "account"
	Halt      Act = "stop"
	Lift      Act = "lift"
)

var actTitles = map[Act]string{Register: "登记", Reaccount: "变更账户", Halt: "停止支付", Lift: "解除停付"}

// Title is the act's name on pages.
func (a Act) Title() string { return actTitles[a] }

// Change is one change of a payee. Register gives who it is and its first account, Reaccount a further one.
type Change struct {
	Document string // id, the form's idempotency key
	Act      Act
	Payee    int64 // 0: a new one
	Account  Account
	Number   string        // of the account, as typed; never kept
	On       calendar.Date // first day of a stop
	Why      string
	Basis    string // 文号, or what proves the account

	Name string // of a new payee, and of the payee where a change is read
	Kind Kind
	Code string
	Unit int64

	Version int64
	State   document.State
	Path    string
	Maker   int64
	MadeAt  string
}

const changeColumns = `c.document_id, c.payee_id, c.act, c.account_name, c.account_kind, c.account_sealed, c.account_hash, c.account_tail, c.bank,
	c.bank_number, c.on_day, c.why, c.basis, c.maker_id, c.made_at, d.version, d.state, p.name, p.kind, p.code, p.unit_id, u.path`

// changeFrom begins at the changes: the county's documents are many more.
const changeFrom = ` from payee_change c cross join document d join payee p on p.county_id = c.county_id and p.payee_id = c.payee_id
	join unit u on u.county_id = p.county_id and u.unit_id = p.unit_id
	where c.county_id = $1 and d.county_id = c.county_id and d.document_id = c.document_id `

func scanChange(row interface{ Scan(...any) error }) (c Change, err error) {
	a := &c.Account
	err = row.Scan(&c.Document, &c.Payee, &c.Act, &a.Name, &a.Kind, &a.sealed, &a.hash, &a.Tail, &a.Bank, &a.BankNumber, &c.On, &c.Why, &c.Basis,
		&c.Maker, &c.MadeAt, &c.Version, &c.State, &c.Name, &c.Kind, &c.Code, &c.Unit, &c.Path)
	a.Document = c.Document
	return c, err
}

func queryChanges(tx *store.Tx, where string, args ...any) ([]Change, error) {
	rows, err := tx.Query(`select `+changeColumns+changeFrom+where, args...)
	if err != nil {
		return nil, fmt.Errorf("payee: changes: %w", err)
	}
	defer rows.Close()
	var all []Change
	for rows.Next() {
		c, err := scanChange(rows)
		if err != nil {
			return nil, fmt.Errorf("payee: changes: %w", err)
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

func getChange(tx *store.Tx, county int64, id string) (Change, error) {
	c, err := scanChange(tx.QueryRow(`select `+changeColumns+changeFrom+`and c.document_id = $2`, county, id))
	if errors.Is(err, store.ErrNoRows) {
		return c, unknown()
	}
	if err != nil {
		return c, fmt.Errorf("payee: change %s: %w", id, err)
	}
	return c, nil
}

// SeeChange gives a change of a payee that the actor may know of.
func SeeChange(tx *store.Tx, by identity.Actor, id string) (Change, error) {
	c, err := getChange(tx, by.County, id)
	if err == nil && !(Payee{Kind: c.Kind, Path: c.Path}).Seen(by) {
		return Change{}, unknown()
	}
	return c, err
}

// ChangesOf gives the changes of a payee, newest first.
func ChangesOf(tx *store.Tx, county, id int64) ([]Change, error) {
	return queryChanges(tx, `and c.payee_id = $2 order by c.document_id desc`, county, id)
}

// ToCheck gives the changes that wait for the actor, oldest first.
func ToCheck(tx *store.Tx, by identity.Actor) ([]Change, error) {
	all, err := queryChanges(tx, `and d.state = $2 order by c.document_id`, by.County, string(Waiting))
	return slices.DeleteFunc(all, func(c Change) bool { return c.Maker == by.Person || !by.Has(c.Path, Checkers...) }), err
}

// The longest name, bank and reason, in characters.
const (
	nameMost = 80
	whyMost  = 200
)

func (c *Change) trim() {
	for _, s := range []*string{&c.Name, &c.Code, &c.Account.Name, &c.Account.Bank, &c.Account.BankNumber, &c.Why, &c.Basis} {
		*s = strings.TrimSpace(*s)
	}
	c.Code, c.Number, c.Account.BankNumber = strings.ToUpper(c.Code), digits(c.Number), digits(c.Account.BankNumber)
	if c.Account.Name == "" {
		c.Account.Name = c.Name
	}
}

// check checks what a change says by itself.
func (c *Change) check() error {
	for _, t := range []struct {
		field, title, value string
		needed              bool
	}{
		{"name", "收款人名称", c.Name, true}, {"account_name", "户名", c.Account.Name, c.gives()}, {"bank", "开户行", c.Account.Bank, c.gives()},
		{"why", "原因", c.Why, !c.gives()}, {"basis", "依据", c.Basis, true},
	} {
		if t.needed && t.value == "" {
			return fault.Newf(fault.Invalid, "payee-missing", "请补填后再提交", "没有填写%s", t.title).In(t.field)
		}
		if err := text.Check(t.field, t.title, t.value, whyMost); err != nil {
			return err
		}
	}
	if err := text.Check("name", "收款人名称", c.Name, nameMost); err != nil {
		return err
	}
	if !c.gives() {
		_, err := calendar.ParseDate(string(c.On))
		if err != nil {
			return fault.As(err).In("on")
		}
		return nil
	}
	if err := checkAccount(c.Account.Kind, c.Number); err != nil {
		return err
	}
	if err := checkBankNumber(c.Account.BankNumber); err != nil {
		return err
	}
	if !sameName(c.Account.Name, c.Name) {
		return nameDiffers(c.Name, c.Account.Name)
	}
	if kindTitles[c.Kind] == "" {
		return fault.Newf(fault.Invalid, "payee-kind", "请选择单位、个人或村集体", "没有「%s」这种收款人", c.Kind).In("kind")
	}
	if c.Code != "" {
		return checkCode(c.Code)
	}
	return nil
}

// gives reports whether the change gives an account.
func (c Change) gives() bool { return c.Act == Register || c.Act == Reaccount }

// Report submits a change: a stop takes effect at once, anything else waits for a second person. It gives the payee's
// id. The same form again is refused with an error for which document.IsTaken holds.
func Report(tx *store.Tx, keys *identity.Keys, by identity.Actor, c Change) (int64, error) {
	if actTitles[c.Act] == "" {
		return 0, fault.Newf(fault.Invalid, "payee-act", "请重新打开表单", "没有「%s」这种变动", c.Act)
	}
	if c.Act != Register {
		p, err := See(tx, by, c.Payee)
		if err != nil {
			return 0, err
		}
		c.Name, c.Kind, c.Code, c.Unit = p.Name, p.Kind, p.Code, p.UnitID
		if c.Act == Lift && p.Stop.Document == "" || c.Act == Halt && p.Stop.Document != "" {
			return 0, fault.Newf(fault.Refused, "payee-stop-state", "请刷新后核对", "收款人「%s」当前%s停止支付", p.Name, map[bool]string{true: "已", false: "没有"}[p.Stop.Document != ""])
		}
	}
	c.trim()
	if !c.gives() {
		c.Account, c.Number = Account{}, ""
	}
	unit, err := org.Get(tx, by.County, c.Unit)
	if err == nil && c.Act == Register && !by.Sees(unit.Path) {
		err = fault.New(fault.NotFound, "unit-unknown", "没有这个单位", "请从列表中选择").In("unit")
	}
	if err != nil {
		return 0, err
	}
	if err := c.check(); err != nil {
		return 0, err
	}
	c.Path, c.Maker, c.MadeAt = unit.Path, by.Person, calendar.Instant(tx.Now)
	today, err := org.Today(tx, by.County)
	if err != nil {
		return 0, err
	}
	step := map[Act]string{Halt: "stop", Lift: "ask-lift"}[c.Act]
	if step == "" {
		step = "report"
	}
	act := document.Act{By: by, Kind: ChangeKind, Step: step, ID: c.Document, Unit: unit.ID, Path: unit.Path, Today: today}
	if !c.gives() {
		act.Reason = c.Why
	}
	if c.gives() {
		if c.Account.hash, err = keys.Hash(by.County, sealedField, c.Number); err != nil {
			return 0, err
		}
	}
	act.Private = c.private()
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if err := c.fits(tx, by.County); err != nil {
			return document.Effect{}, err
		}
		if err := c.keep(tx, keys, by.County); err != nil {
			return document.Effect{}, err
		}
		return document.Effect{Facts: c.facts()}, nil
	})
	return c.Payee, err
}

// fits refuses an account that is another payee's.
func (c Change) fits(tx *store.Tx, county int64) error {
	if !c.gives() {
		return nil
	}
	all, err := queryChanges(tx, `and c.account_hash = $2 and d.state <> $3 and c.document_id <> $4`, county, c.Account.hash, string(Refused), c.Document)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.Payee != c.Payee {
			return fault.Newf(fault.Refused, "payee-account-known", "请核对账号;同一收款人不要重复登记", "尾号 %s 的账号已登记在另一收款人名下", other.Account.Tail).In("account")
		}
	}
	return nil
}

// keep writes the change, and a new payee before it.
func (c *Change) keep(tx *store.Tx, keys *identity.Keys, county int64) (err error) {
	if c.Act == Register {
		if c.Payee, err = org.NextID(tx, county, "payee"); err == nil {
			_, err = tx.Exec(`insert into payee (county_id, payee_id, name, kind, code, unit_id) values ($1, $2, $3, $4, $5, $6)`,
				county, c.Payee, c.Name, string(c.Kind), c.Code, c.Unit)
		}
	}
	if err == nil && c.gives() {
		c.Account.Tail = c.Number[len(c.Number)-4:]
		c.Account.sealed, err = keys.Seal(county, c.Payee, sealedField, c.Number)
	}
	if err == nil {
		a := c.Account
		_, err = tx.Exec(`insert into payee_change (county_id, document_id, payee_id, act, account_name, account_kind, account_sealed, account_hash,
			account_tail, bank, bank_number, on_day, why, basis, maker_id, made_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
			county, c.Document, c.Payee, string(c.Act), a.Name, string(a.Kind), a.sealed, a.hash, a.Tail, a.Bank, a.BankNumber, string(c.On),
			c.Why, c.Basis, c.Maker, c.MadeAt)
	}
	if err == nil && c.Act == Halt {
		err = c.halt(tx, county)
	}
	if store.IsUnique(err) {
		return fault.New(fault.Conflict, "document-exists", "这项登记已经提交过", "请刷新后查看,勿重复提交")
	}
	if err != nil {
		return fmt.Errorf("payee.Report %s: %w", c.Document, err)
	}
	return nil
}

func (c Change) halt(tx *store.Tx, county int64) error {
	_, err := tx.Exec(`update payee set stopped_by = $3 where county_id = $1 and payee_id = $2`, county, c.Payee, c.Document)
	return err
}

// facts are what the leaf of a change says openly.
func (c Change) facts() map[string]string {
	return map[string]string{
		"act": string(c.Act), "payee": fmt.Sprint(c.Payee), "kind": string(c.Kind), "code": c.Code, "account_kind": string(c.Account.Kind),
		"bank": c.Account.Bank, "bank_number": c.Account.BankNumber, "on": string(c.On), "basis": c.Basis,
	}
}

// private is what the leaf commits to: who it is, and the account by its keyed hash.
func (c Change) private() map[string]string {
	p := map[string]string{"name": c.Name}
	if c.gives() {
		p["account"], p["account_name"] = c.Account.hash, c.Account.Name
	}
	return p
}

// Check makes a change effective. Another person than its maker does it.
func Check(tx *store.Tx, by identity.Actor, id string, version int64) error {
	return take(tx, by, "check", id, version, "", func(c Change) error {
		if err := c.fits(tx, by.County); err != nil {
			return err
		}
		set := `account_by = $3`
		if c.Act == Lift {
			set = `stopped_by = case when $3 = '' then stopped_by end`
		}
		_, err := tx.Exec(`update payee set `+set+` where county_id = $1 and payee_id = $2`, by.County, c.Payee, c.Document)
		return err
	})
}

// Return refuses a change, for a reason; a right one is reported anew.
func Return(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	return take(tx, by, "return", id, version, reason, nil)
}

// Reveal decrypts the account in force and leaves a leaf with who saw it and why.
func Reveal(tx *store.Tx, keys *identity.Keys, by identity.Actor, id int64, reason string) (number string, err error) {
	p, err := See(tx, by, id)
	if err != nil {
		return "", err
	}
	if p.Account.Document == "" {
		return "", fault.Newf(fault.Refused, "payee-unchecked", "请先由另一人审核收款人登记", "收款人「%s」的账户还没有审核", p.Name)
	}
	d, err := document.Get(tx, by.County, p.Account.Document)
	if err != nil {
		return "", err
	}
	err = take(tx, by, "reveal", d.ID, d.Version, reason, func(Change) error {
		number, err = keys.Open(by.County, p.ID, sealedField, p.Account.sealed)
		return err
	})
	return number, err
}

func take(tx *store.Tx, by identity.Actor, step, id string, version int64, reason string, effect func(Change) error) error {
	c, err := SeeChange(tx, by, id)
	if err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	act := document.Act{By: by, Kind: ChangeKind, Step: step, ID: id, Version: version, Path: c.Path, Today: today, Reason: reason}
	_, err = document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if effect == nil {
			return document.Effect{}, nil
		}
		return document.Effect{}, effect(c)
	})
	return err
}
