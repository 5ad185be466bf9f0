package payment

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// PayingAccount is an account out of which orders pay.
type PayingAccount struct {
	ID         int64
	Unit       int64
	UnitName   string
	Path       string
	Mode       appropriation.Mode // empty: every mode
	Number     string
	Title      string
	Bank       string
	From, To   calendar.Date
	DocumentNo string
}

// Label names the account.
func (a PayingAccount) Label() string { return a.Title + "(" + a.Bank + " " + a.Number + ")" }

// PayingAccounts gives the paying accounts of a county, by unit.
func PayingAccounts(tx *store.Tx, county int64) ([]PayingAccount, error) {
	rows, err := tx.Query(`select a.account_id, a.unit_id, u.name, u.path, a.mode, a.number, a.title, a.bank, a.valid_from, coalesce(a.valid_to, ''), a.document_no
		from paying_account a join unit u on u.county_id = a.county_id and u.unit_id = a.unit_id where a.county_id = $1 order by u.path, a.account_id`, county)
	if err != nil {
		return nil, fmt.Errorf("payment.PayingAccounts: %w", err)
	}
	defer rows.Close()
	var all []PayingAccount
	for rows.Next() {
		var a PayingAccount
		if err := rows.Scan(&a.ID, &a.Unit, &a.UnitName, &a.Path, &a.Mode, &a.Number, &a.Title, &a.Bank, &a.From, &a.To, &a.DocumentNo); err != nil {
			return nil, fmt.Errorf("payment.PayingAccounts: %w", err)
		}
		all = append(all, a)
	}
	return all, rows.Err()
}

// payingFor gives the account that pays for a line on a day: that of its unit, else of the nearest unit above it.
func payingFor(tx *store.Tx, county int64, l appropriation.Line, on calendar.Date) (PayingAccount, error) {
	all, err := PayingAccounts(tx, county)
	if err != nil {
		return PayingAccount{}, err
	}
	way, nearest := org.Ancestors(l.Path), -1
	var found PayingAccount
	for _, a := range all {
		at := slices.Index(way, a.Unit)
		if a.holds(on) && (a.Mode == "" || a.Mode == l.Mode) && at >= nearest && at >= 0 {
			nearest, found = at, a
		}
	}
	if nearest < 0 {
		return found, fault.Newf(fault.Refused, "payment-no-account", "请县国库股先登记付款账户", "%s 没有办理%s的付款账户", l.UnitName, l.Mode.Title())
	}
	return found, nil
}

func (a PayingAccount) holds(on calendar.Date) bool {
	return a.From <= on && (a.To == "" || on <= a.To)
}

// AddPayingAccount registers an account that pays from a day on.
func AddPayingAccount(tx *store.Tx, county int64, a PayingAccount) (int64, error) {
	for _, s := range []*string{&a.Number, &a.Title, &a.Bank, &a.DocumentNo} {
		*s = strings.TrimSpace(*s)
	}
	for _, t := range []struct{ field, title, value string }{{"number", "账号", a.Number}, {"title", "账户名称", a.Title}, {"bank", "开户行", a.Bank}, {"document_no", "批准文号", a.DocumentNo}} {
		if t.value == "" {
			return 0, fault.Newf(fault.Invalid, "paying-missing", "请补填后再提交", "付款账户没有填写%s", t.title).In(t.field)
		}
		if err := text.Check(t.field, t.title, t.value, noteMost); err != nil {
			return 0, err
		}
	}
	if _, err := calendar.ParseDate(string(a.From)); err != nil {
		return 0, fault.As(err).In("from")
	}
	if _, err := org.Get(tx, county, a.Unit); err != nil {
		return 0, err
	}
	id, err := org.NextID(tx, county, "paying-account")
	if err == nil {
		_, err = tx.Exec(`insert into paying_account (county_id, account_id, unit_id, mode, number, title, bank, valid_from, document_no)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, county, id, a.Unit, string(a.Mode), a.Number, a.Title, a.Bank, string(a.From), a.DocumentNo)
	}
	if err != nil {
		return 0, fmt.Errorf("payment.AddPayingAccount: %w", err)
	}
	return id, nil
}
