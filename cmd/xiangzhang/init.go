package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// madeCounty is what init prints.
type madeCounty struct {
	County int64           `json:"county"`
	Name   string          `json:"name"`
	Units  int             `json:"units"`
	Logins []oneTimeSecret `json:"logins"`
}

// oneTimeSecret is a login with the password that is shown once.
type oneTimeSecret struct {
	Login    string `json:"login"`
	Role     string `json:"role"`
	Password string `json:"password"`
}

// A county may start in the year in which the government accounting standards took effect (财会〔2017〕25号), or later.
const firstYear, lastYear = 2019, 2099

func runInit(ctx context.Context, k *call) error {
	year := k.flags.Int("year", 0, "")
	name := k.flags.String("name", "", "")
	words, err := k.parse()
	if err != nil {
		return err
	}
	if len(words) > 0 || k.county == "" || *year == 0 {
		return errUsage{"须用 --county 指明县(名称、代码或拼音),用 --year 指明启用年度"}
	}
	if *year < firstYear || *year > lastYear {
		return errUsage{fmt.Sprintf("启用年度须在 %d 至 %d 年之间,现为 %d", firstYear, lastYear, *year)}
	}
	if err := k.needFolders(); err != nil {
		return err
	}
	division, err := findCounty(k.county)
	if *name != "" {
		division, err = newerCounty(k.county, *name)
	}
	if err != nil {
		return err
	}
	db, err := k.open(ctx, true, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	out, err := k.openOutput(forSecrets)
	if err != nil {
		return err
	}
	made, err := makeCounty(ctx, k, db, division, *year)
	if err != nil {
		return out.finish(err)
	}
	err = out.finish(k.printTo(out, made, made.print))
	if err != nil && k.output != "" {
		made.print(k.problems) // the county is there: its passwords must not be lost with the file
	}
	return err
}

func (m madeCounty) print(w io.Writer) {
	fmt.Fprintf(w, "已建立%s(%d):%d 个单位。\n\n下列一次性密码只显示这一次,首次登录须修改:\n", m.Name, m.County, m.Units)
	for _, l := range m.Logins {
		fmt.Fprintf(w, "  %-12s %s\t%s\n", l.Login, l.Password, l.Role)
	}
	fmt.Fprintf(w, "\n接下来:xiangzhang serve,或用 xiangzhang export template books -o 账套.xlsx 取得填写模板。\n")
}

// findCounty looks the county up in the built-in table and refuses a query that names none or several.
func findCounty(query string) (standard.Division, error) {
	found, err := standard.FindDivisions(query, 200)
	if err != nil {
		return standard.Division{}, err
	}
	var counties, named []standard.Division
	for _, d := range found {
		switch {
		case len(d.Code) != 6:
		case d.Code == query:
			return d, nil
		default:
			counties = append(counties, d)
			if d.Name == query {
				named = append(named, d)
			}
		}
	}
	if len(named) > 0 { // a full name goes before names that only contain it
		counties = named
	}
	switch len(counties) {
	case 0:
		return standard.Division{}, fault.Newf(fault.NotFound, "division-unknown", "请用县的全名或六位代码", "区划表中没有县「%s」", query)
	case 1:
		return counties[0], nil
	}
	const most = 20
	names := make([]string, 0, most)
	for _, d := range counties[:min(len(counties), most)] {
		names = append(names, d.Code+" "+d.FullName)
	}
	more := ""
	if len(counties) > most {
		more = "等"
	}
	return standard.Division{}, fault.Newf(fault.Invalid, "division-ambiguous", "请用六位代码指明:"+strings.Join(names, "、")+more, "「%s」对应 %d 个县", query, len(counties))
}

// newerCounty is a county that the built-in table does not have: made after the table's edition, or invented.
func newerCounty(code, name string) (standard.Division, error) {
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" || code[0] == '0' {
		return standard.Division{}, errUsage{fmt.Sprintf("县代码「%s」不是六位数字", code)}
	}
	found, err := standard.FindDivisions(code, 1)
	if err == nil && len(found) > 0 {
		return standard.Division{}, fault.Newf(fault.Conflict, "division-known", "请去掉 --name", "代码 %s 在区划表中是%s", code, found[0].Name)
	}
	return standard.Division{Code: code, Name: name}, err
}

func makeCounty(ctx context.Context, k *call, db *store.DB, division standard.Division, year int) (madeCounty, error) {
	county, err := strconv.ParseInt(division.Code, 10, 64)
	if err != nil {
		return madeCounty{}, fmt.Errorf("division %s: %w", division.Code, err)
	}
	units := []standard.Division{division}
	if division.Level != "" {
		if units, err = standard.CountyDivisions(division.Code); err != nil {
			return madeCounty{}, err
		}
	}
	keys, err := k.loadKeys()
	if err != nil {
		return madeCounty{}, err
	}
	if err := refuseExisting(ctx, db, county, division.Name); err != nil {
		return madeCounty{}, err
	}
	if err := keys.Create(county); err != nil {
		return madeCounty{}, err
	}
	made := madeCounty{County: county, Name: division.Name, Units: len(units)}
	var hashes []identity.PasswordHash
	for _, a := range identity.Administrators() {
		plain, hash, err := identity.OneTimePassword(ctx)
		if err != nil {
			return madeCounty{}, err
		}
		made.Logins = append(made.Logins, oneTimeSecret{a.Login, a.Role.Title(), plain})
		hashes = append(hashes, hash)
	}
	from := calendar.PeriodOf(year, 1).First()
	return made, db.Write(ctx, func(tx *store.Tx) error {
		root, err := identity.BootstrapCounty(tx, county, division.Name, "", from)
		if err != nil {
			return err
		}
		if err := rule.Bootstrap(tx, county, from, append(ledger.Rules(), handover.Rules()...)...); err != nil {
			return err
		}
		if err := addDivisions(tx, county, root, units, from); err != nil {
			return err
		}
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		if err := ledger.AddUsualAccounts(tx, county); err != nil {
			return err
		}
		for i, a := range identity.Administrators() {
			if _, err := identity.BootstrapAdministrator(tx, county, a, hashes[i]); err != nil {
				return err
			}
		}
		return nil
	})
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
func addDivisions(tx *store.Tx, county int64, root org.Unit, divisions []standard.Division, from calendar.Date) error {
	parents := map[string]int64{root.Code: root.ID}
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
			return err
		}
		parents[d.Code] = u.ID
	}
	return nil
}
