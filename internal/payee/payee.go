// Package payee keeps whom the county pays (收款人): name, kind, bank account, and who must not be paid.
//
// It keeps these invariants. A payee and every account of it is reported by one person and checked by another before a
// payment may go there; a change never alters what was there before. An account's name is the payee's, and one account
// belongs to one payee. A stop takes effect at once, since it protects; lifting it takes a second person. Account numbers
// are sealed with the county's key, shown by their last four characters, and each unmasking leaves a leaf with its reason.
//
// Rules: 财政国库管理制度 (accounts of payees are checked before payment), GB 32100-2015 (统一社会信用代码).
package payee

import (
	"errors"
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// Kind says who a payee is.
type Kind string

// The kinds of payees.
const (
	Unit    Kind = "unit"    // 单位
	Person  Kind = "person"  // 个人
	Village Kind = "village" // 村集体
)

var kindTitles = map[Kind]string{Unit: "单位", Person: "个人", Village: "村集体"}

// Kinds gives the kinds in the order in which pages offer them.
func Kinds() []Kind { return []Kind{Unit, Person, Village} }

// Title is the kind's name on pages.
func (k Kind) Title() string { return kindTitles[k] }

// AccountKind tells accounts from cards: cards alone have a check digit.
type AccountKind string

// The kinds of accounts.
const (
	Settlement AccountKind = "account" // 账户
	Card       AccountKind = "card"    // 银行卡
)

// Title is the kind's name on pages.
func (k AccountKind) Title() string {
	return map[AccountKind]string{Settlement: "账户", Card: "银行卡"}[k]
}

// Account is an account of a payee as one change gave it.
type Account struct {
	Document   string // of the change; what a payment keeps to say which account it meant
	Name       string // as the bank keeps it
	Kind       AccountKind
	Tail       string // last four characters
	Bank       string
	BankNumber string // 联行号

	sealed, hash string
}

// Masked is the number as pages show it.
func (a Account) Masked() string {
	if a.Tail == "" {
		return ""
	}
	return "****" + a.Tail
}

// Payee is somebody whom the county pays.
type Payee struct {
	ID       int64
	Name     string
	Kind     Kind
	Code     string // 统一社会信用代码
	UnitID   int64
	UnitName string
	Path     string // of the unit that keeps it
	Account  Account
	Stop     Stop
}

// Stop is why a payee must not be paid; an empty Document: nothing does.
type Stop struct {
	Document string
	On       calendar.Date
	Why      string
	Basis    string
}

// stopped reports whether payments on a day are stopped.
func (p Payee) stopped(on calendar.Date) bool { return p.Stop.Document != "" && p.Stop.On <= on }

// State says in a word whether the payee may be paid on a day.
func (p Payee) State(on calendar.Date) string {
	switch {
	case p.stopped(on):
		return "停止支付"
	case p.Account.Document == "":
		return "待审核"
	}
	return "可支付"
}

const columns = `p.payee_id, p.name, p.kind, p.code, p.unit_id, u.name, u.path, coalesce(a.document_id, ''), coalesce(a.account_name, ''),
	coalesce(a.account_kind, ''), coalesce(a.account_tail, ''), coalesce(a.bank, ''), coalesce(a.bank_number, ''), coalesce(a.account_sealed, ''),
	coalesce(a.account_hash, ''), coalesce(s.document_id, ''), coalesce(s.on_day, ''), coalesce(s.why, ''), coalesce(s.basis, '')`

const tables = ` from payee p join unit u on u.county_id = p.county_id and u.unit_id = p.unit_id
	left join payee_change a on a.county_id = p.county_id and a.document_id = p.account_by
	left join payee_change s on s.county_id = p.county_id and s.document_id = p.stopped_by where p.county_id = $1 `

func scan(row interface{ Scan(...any) error }) (p Payee, err error) {
	a, s := &p.Account, &p.Stop
	err = row.Scan(&p.ID, &p.Name, &p.Kind, &p.Code, &p.UnitID, &p.UnitName, &p.Path, &a.Document, &a.Name, &a.Kind, &a.Tail, &a.Bank,
		&a.BankNumber, &a.sealed, &a.hash, &s.Document, &s.On, &s.Why, &s.Basis)
	return p, err
}

func unknown() error {
	return fault.New(fault.NotFound, "payee-unknown", "没有这个收款人", "请从收款人名录中选择,或先登记").In("payee")
}

// Get gives a payee, whoever asks.
func Get(tx *store.Tx, county, id int64) (Payee, error) {
	p, err := scan(tx.QueryRow(`select `+columns+tables+`and p.payee_id = $2`, county, id))
	if errors.Is(err, store.ErrNoRows) {
		return p, unknown()
	}
	if err != nil {
		return p, fmt.Errorf("payee.Get %d: %w", id, err)
	}
	return p, nil
}

// Seen reports whether the actor may know of the payee: units and villages are the whole county's, persons are known
// where they are paid.
func (p Payee) Seen(by identity.Actor) bool { return p.Kind != Person || by.Reads(p.Path) }

// See gives a payee that the actor may know of.
func See(tx *store.Tx, by identity.Actor, id int64) (Payee, error) {
	p, err := Get(tx, by.County, id)
	if err == nil && !p.Seen(by) {
		return Payee{}, unknown()
	}
	return p, err
}

// Find gives the payees that the actor may know of whose name contains a text, by name; an empty text gives all.
func Find(tx *store.Tx, by identity.Actor, text string, most int) ([]Payee, error) {
	rows, err := tx.Query(`select `+columns+tables+`and ($2 = '' or p.name like $3 or p.code = $2) order by p.name, p.payee_id`,
		by.County, text, "%"+strings.NewReplacer("%", "", "_", "").Replace(text)+"%")
	if err != nil {
		return nil, fmt.Errorf("payee.Find: %w", err)
	}
	defer rows.Close()
	var all []Payee
	for rows.Next() && len(all) < most {
		p, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("payee.Find: %w", err)
		}
		if p.Seen(by) {
			all = append(all, p)
		}
	}
	return all, rows.Err()
}

// ByName gives the payee of exactly this name that the actor may know of; several of one name are told apart by id.
func ByName(tx *store.Tx, by identity.Actor, name string) (Payee, error) {
	all, err := Find(tx, by, strings.TrimSpace(name), 1000)
	if err != nil {
		return Payee{}, err
	}
	var found []Payee
	for _, p := range all {
		if p.Name == strings.TrimSpace(name) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return Payee{}, unknown()
	case 1:
		return found[0], nil
	}
	return Payee{}, fault.Newf(fault.Invalid, "payee-ambiguous", "请从收款人页面点「申请支付」", "名称为「%s」的收款人有 %d 个", name, len(found)).In("payee")
}

// Payable gives a payee with the account that a payment on a day would go to, or says why nothing may be paid to it.
func Payable(tx *store.Tx, county, id int64, on calendar.Date) (Payee, error) {
	p, err := Get(tx, county, id)
	if err != nil {
		return p, err
	}
	switch {
	case p.stopped(on):
		err = fault.Newf(fault.Refused, "payee-stopped", "请改付其他收款人;停付解除后再申请", "收款人「%s」自 %s 起停止支付:%s(%s)",
			p.Name, p.Stop.On, p.Stop.Why, p.Stop.Basis).In("payee")
	case p.Account.Document == "":
		err = fault.Newf(fault.Refused, "payee-unchecked", "请先由另一人审核收款人登记", "收款人「%s」的账户还没有审核", p.Name).In("payee")
	case !sameName(p.Account.Name, p.Name):
		err = nameDiffers(p.Name, p.Account.Name)
	}
	return p, err
}

func nameDiffers(payee, account string) error {
	return fault.Newf(fault.Refused, "payee-account-name", "请核对开户资料,登记收款人本人的账户", "账户户名「%s」与收款人「%s」不一致", account, payee).In("account_name")
}

// narrow lets brackets and blanks that people write either way be the same.
var narrow = strings.NewReplacer("(", "(", ")", ")", " ", "", "　", "", "·", "", "•", "")

func sameName(a, b string) bool { return narrow.Replace(a) == narrow.Replace(b) }

// Open decrypts the account that a change gave, for the file that leaves for the bank.
func Open(tx *store.Tx, keys *identity.Keys, county int64, change string) (string, Account, error) {
	c, err := getChange(tx, county, change)
	if err != nil {
		return "", Account{}, err
	}
	number, err := keys.Open(county, c.Payee, sealedField, c.Account.sealed)
	return number, c.Account, err
}

// sealedField binds what is sealed to payees.
const sealedField = "payee-account"

// Makers report payees and changes, checkers check them; whoever made one does not check it.
var (
	Makers    = []identity.Role{identity.Clerk, identity.Accountant, identity.Cashier, identity.CountyTreasury}
	Checkers  = []identity.Role{identity.Reviewer, identity.OfficeHead, identity.CountyTreasury}
	Stoppers  = []identity.Role{identity.OfficeHead, identity.CountyTreasury}
	Revealers = []identity.Role{identity.OfficeHead, identity.CountyTreasury}
)

// The states of a change.
const (
	Waiting   document.State = "waiting"
	Effective document.State = "effective"
	Refused   document.State = "refused"
)

// ChangeKind declares the steps of a change.
var ChangeKind = &document.Kind{
	Name: "payee-change", Title: "收款人登记",
	States: map[document.State]string{Waiting: "待审核", Effective: "已生效", Refused: "已退回"},
	Steps: []document.Step{
		{Name: "report", Title: "提交", To: Waiting, Roles: Makers, Duty: document.DutyMake},
		{Name: "stop", Title: "停止支付", To: Effective, Roles: Stoppers, Duty: document.DutyMake, Reason: true},
		{Name: "ask-lift", Title: "申请解除停付", To: Waiting, Roles: Stoppers, Duty: document.DutyMake, Reason: true},
		{Name: "check", Title: "审核", From: []document.State{Waiting}, To: Effective, Roles: Checkers, Duty: document.DutyCheck},
		{Name: "return", Title: "退回", From: []document.State{Waiting}, To: Refused, Roles: Checkers, Reason: true},
		{Name: "reveal", Title: "查看账号", From: []document.State{Effective}, To: Effective, Roles: Revealers, Reason: true},
	},
}

// Unseal decrypts an account of a payee whose row the caller has read.
func Unseal(keys *identity.Keys, county, id int64, sealed string) (string, error) {
	return keys.Open(county, id, sealedField, sealed)
}
