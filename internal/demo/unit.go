package demo

import (
	"fmt"

	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// body is one of the county's own bodies with the sections below it.
type body struct {
	code     string
	name     string
	kind     org.Kind
	sections []string
}

var bodies = []body{
	{"01", "青岚县财政局", org.Department, []string{
		"办公室", "预算股", "国库股", "乡镇财政管理股", "农业农村股", "社会保障股", "资产管理股", "财政监督股", "国库支付中心", "信息中心",
	}},
	{"02", "青岚县审计局", org.Department, []string{"农业与资源环保审计股"}},
	{"03", "青岚县人大常委会办公室", org.Department, []string{"财政经济工作委员会"}},
	{"04", "青岚县农业农村局", org.Department, nil},
	{"05", "青岚县教育局", org.Department, nil},
	{"06", "青岚县卫生健康局", org.Department, nil},
	{"07", "青岚县民政局", org.Department, nil},
}

// units holds the units of the county by their code.
type units map[string]org.Unit

func (u units) add(tx *store.Tx, code, name string, kind org.Kind, parent string) error {
	unit, err := org.Create(tx, County, org.NewUnit{Code: code, Name: name, Kind: kind, Parent: u[parent].ID, From: from})
	u[code] = unit
	return err
}

// Codes of units below the county and below a township; villages have their division code.
func bodyCode(body string) string           { return fmt.Sprintf("%d-%s", County, body) }
func sectionCode(body string, n int) string { return fmt.Sprintf("%s%02d", bodyCode(body), n+1) }
func centreCode(n int) string               { return fmt.Sprintf("%d-9%d", County, n+1) }
func (t town) officeCode() string           { return t.division() + "-102" }
func (t town) villageCode(n int) string     { return fmt.Sprintf("%s%03d", t.division(), 201+n) }
func (t town) stationCode(book string) string {
	return t.division() + "-" + book
}

// makeUnits makes the whole tree: county bodies, accounting centres, townships with their offices, stations, villages.
func (b *build) makeUnits(tx *store.Tx, root org.Unit) error {
	u := units{fmt.Sprint(County): root}
	b.units = u
	for _, d := range bodies {
		if err := u.add(tx, bodyCode(d.code), d.name, d.kind, root.Code); err != nil {
			return err
		}
		for i, s := range d.sections {
			if err := u.add(tx, sectionCode(d.code, i), s, org.Office, bodyCode(d.code)); err != nil {
				return err
			}
		}
	}
	for i, c := range centres {
		if err := u.add(tx, centreCode(i), c.name+"会计核算中心", org.Centre, bodyCode("01")); err != nil {
			return err
		}
	}
	for i := range b.towns {
		if err := b.makeTown(tx, &b.towns[i]); err != nil {
			return err
		}
	}
	return nil
}

func (b *build) makeTown(tx *store.Tx, t *townPlan) error {
	u := b.units
	if err := u.add(tx, t.division(), t.name, org.Township, fmt.Sprint(County)); err != nil {
		return err
	}
	for _, s := range stationsOf(t) {
		if err := u.add(tx, t.stationCode(s.code), t.name+s.name, s.unitKind(), t.division()); err != nil {
			return err
		}
	}
	for i, v := range t.villageNames {
		if err := u.add(tx, t.villageCode(i), v, org.Village, t.division()); err != nil {
			return err
		}
	}
	return nil
}
