// Package setup makes a county where there is none: its units from the built-in division table, the official tables,
// three administrators with one-time passwords (decision 0007), and, where they are asked for, the finance offices of
// its townships and the books that they will keep.
package setup

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// A county may start in the year in which the government accounting standards took effect (财会〔2017〕25号), or later.
const (
	FirstYear = 2019
	LastYear  = 2099
)

// Request says what county is made.
type Request struct {
	Division standard.Division // of the built-in table, or a newer county with a code and a name alone
	Year     int               // in which its books start
	Offices  bool              // a finance office (财政所) in each township
	Charts   []ledger.ChartName
}

// Made is the new county. Its passwords are known to nobody else and are shown once.
type Made struct {
	County int64    `json:"county"`
	Name   string   `json:"name"`
	Units  int      `json:"units"` // divisions: the county, its townships and villages
	Books  int      `json:"books,omitempty"`
	Logins []Secret `json:"logins"`
}

// Secret is a login with the password that is shown once.
type Secret struct {
	Login    string `json:"login"`
	Role     string `json:"role"`
	Password string `json:"password"`
}

// Make makes the county, whole or not at all. One that is there is refused; its key, once made, is kept.
func Make(ctx context.Context, db *store.DB, keys *identity.Keys, q Request) (Made, error) {
	if q.Year < FirstYear || q.Year > LastYear {
		return Made{}, fault.Newf(fault.Invalid, "setup-year", "请填启用账套的年度", "启用年度须在 %d 至 %d 年之间,现为 %d", FirstYear, LastYear, q.Year).In("year")
	}
	county, err := strconv.ParseInt(q.Division.Code, 10, 64)
	if err != nil {
		return Made{}, fmt.Errorf("setup.Make %s: %w", q.Division.Code, err)
	}
	divisions, err := Divisions(q.Division)
	if err != nil {
		return Made{}, err
	}
	if err := refuseExisting(ctx, db, county, q.Division.Name); err != nil {
		return Made{}, err
	}
	if err := keys.Create(county); err != nil {
		return Made{}, err
	}
	made := Made{County: county, Name: q.Division.Name, Units: len(divisions)}
	hashes, err := made.secrets(ctx)
	if err != nil {
		return Made{}, err
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		made.Books = 0
		return q.build(tx, county, divisions, hashes, &made)
	})
	if err != nil {
		return Made{}, fmt.Errorf("setup.Make %d: %w", county, err)
	}
	return made, nil
}

// Divisions gives the county and everything below it, parents first.
func Divisions(county standard.Division) ([]standard.Division, error) {
	if county.Level == "" {
		return []standard.Division{county}, nil // newer than the table
	}
	return standard.CountyDivisions(county.Code)
}

func (m *Made) secrets(ctx context.Context) ([]identity.PasswordHash, error) {
	var hashes []identity.PasswordHash
	for _, a := range identity.Administrators() {
		plain, hash, err := identity.OneTimePassword(ctx)
		if err != nil {
			return nil, err
		}
		m.Logins = append(m.Logins, Secret{a.Login, a.Role.Title(), plain})
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func (q Request) build(tx *store.Tx, county int64, divisions []standard.Division, hashes []identity.PasswordHash, made *Made) error {
	from := calendar.PeriodOf(q.Year, 1).First()
	root, err := identity.BootstrapCounty(tx, county, q.Division.Name, "", from)
	if err != nil {
		return err
	}
	if err := rule.Bootstrap(tx, county, from, slices.Concat(ledger.Rules(), handover.Rules(), appropriation.Rules(), obligation.Rules(), agreement.Rules(), drafting.Rules(), payment.Rules())...); err != nil {
		return err
	}
	if err := roster.Bootstrap(tx, county, from); err != nil {
		return err
	}
	if err := payment.BootstrapChain(tx, county, from); err != nil {
		return err
	}
	if err := ledger.InstallStandards(tx); err != nil {
		return err
	}
	if err := ledger.AddUsualAccounts(tx, county); err != nil {
		return err
	}
	units, err := addDivisions(tx, county, root, divisions, from)
	if err != nil {
		return err
	}
	if q.Offices {
		if err := addOffices(tx, county, units, from); err != nil {
			return err
		}
	}
	if made.Books, err = q.addBooks(tx, county, units); err != nil {
		return err
	}
	for i, a := range identity.Administrators() {
		if _, err := identity.BootstrapAdministrator(tx, county, a, hashes[i]); err != nil {
			return err
		}
	}
	return nil
}

func refuseExisting(ctx context.Context, db *store.DB, county int64, name string) error {
	return db.Read(ctx, func(tx *store.Tx) error {
		homes, err := org.Counties(tx)
		for _, h := range homes {
			if h.ID == county {
				return fault.Newf(fault.Conflict, "county-taken", "请直接 serve,或用 --data 另选目录", "库中已有%s", name)
			}
		}
		return err
	})
}

// addDivisions makes a unit of each township and village; parents come first in the table.
func addDivisions(tx *store.Tx, county int64, root org.Unit, divisions []standard.Division, from calendar.Date) ([]org.Unit, error) {
	parents := map[string]int64{root.Code: root.ID}
	var units []org.Unit
	for _, d := range divisions {
		kind, parent := org.Township, root.Code
		switch len(d.Code) {
		case 6:
			continue // the county itself
		case 12:
			kind, parent = org.Village, d.Code[:9]
		}
		u, err := org.Create(tx, county, org.NewUnit{Code: d.Code, Name: d.Short(), Kind: kind, Parent: parents[parent], From: from})
		if err != nil {
			return nil, err
		}
		parents[d.Code] = u.ID
		units = append(units, u)
	}
	return units, nil
}

func addOffices(tx *store.Tx, county int64, units []org.Unit, from calendar.Date) error {
	for _, u := range units {
		if u.Kind != org.Township {
			continue
		}
		_, err := org.Create(tx, county, org.NewUnit{Code: u.Code + "-cz", Name: u.Name + "财政所", Kind: org.Office, Parent: u.ID, From: from})
		if err != nil {
			return err
		}
	}
	return nil
}

// addBooks makes the books of the charts that were asked for: a township's own and its general budget, a village's
// collective. A book's code is the unit's own digits of the division code, as 101-01, 101-00 or 101201.
func (q Request) addBooks(tx *store.Tx, county int64, units []org.Unit) (int, error) {
	start, made := calendar.PeriodOf(q.Year, 1), 0
	for _, u := range units {
		for _, chart := range q.Charts {
			n := ledger.NewBook{Unit: u.ID, Chart: chart, Start: start}
			switch {
			case u.Kind == org.Village && chart == ledger.Village:
				n.Code, n.Name = u.Code[6:], u.Name+"集体经济组织"
			case u.Kind == org.Township && chart == ledger.Government:
				n.Code, n.Name = u.Code[6:]+"-01", u.Name+"机关"
			case u.Kind == org.Township && chart == ledger.GeneralBudget:
				n.Code, n.Name = u.Code[6:]+"-00", u.Name+"财政总会计"
			default:
				continue
			}
			if _, err := ledger.CreateBook(tx, county, n); err != nil {
				return made, err
			}
			made++
		}
	}
	return made, nil
}

// Newer is a county that the built-in table does not have: made after the table's edition, or invented.
func Newer(code, name string) (standard.Division, error) {
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" || code[0] == '0' {
		return standard.Division{}, fault.Newf(fault.Invalid, "division-code", "请填六位县级代码", "县代码「%s」不是六位数字", code).In("county")
	}
	found, err := standard.FindDivisions(code, 1)
	if err == nil && len(found) > 0 {
		return standard.Division{}, fault.Newf(fault.Conflict, "division-known", "请去掉 --name", "代码 %s 在区划表中是%s", code, found[0].Name)
	}
	return standard.Division{Code: code, Name: name}, err
}
