package appropriation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// The longest project name and document number, in characters.
const (
	projectMost = 60
	numberMost  = 60
)

// NewLine is a line to be found or made.
type NewLine struct {
	Key       // Origin 0: Year; GovEconomic empty: by the official table of correspondence; Mode empty: merged
	Purchase  bool
	Guarantee bool
	Source    string // 文号
	parent    int64
}

func (n *NewLine) trim() {
	for _, s := range []*string{&n.Fund, &n.Function, &n.GovEconomic, &n.Economic, &n.Project, &n.Source} {
		*s = strings.TrimSpace(*s)
	}
	n.Origin, n.Mode = cmp.Or(n.Origin, n.Year), cmp.Or(n.Mode, Merged)
}

// Intern finds the line of a key, or makes it with nothing on it: a line with nothing allows nothing.
func Intern(tx *store.Tx, by identity.Actor, n NewLine) (Line, error) {
	n.trim()
	unit, err := org.Get(tx, by.County, n.Unit)
	if err == nil && !by.Sees(unit.Path) {
		err = fault.Newf(fault.Invalid, "unit-unknown", "请从单位列表中选择", "没有编号为 %d 的单位", n.Unit)
	}
	if err == nil {
		err = by.Require(unit.Path, "登记"+unit.Name+"的指标", Makers...)
	}
	if err != nil {
		return Line{}, err
	}
	if err := n.check(tx); err != nil {
		return Line{}, err
	}
	return n.intern(tx, by.County)
}

func marks(purchase, guarantee bool) string {
	word := map[bool]string{true: "是", false: "否"}
	return "政府采购「" + word[purchase] + "」、三保「" + word[guarantee] + "」"
}

func insertLine(tx *store.Tx, county int64, n NewLine) (Line, error) {
	id, err := org.NextID(tx, county, "appropriation-line")
	if err != nil {
		return Line{}, err
	}
	of, err := org.NextID(tx, county, fmt.Sprintf("appropriation-line|%d", n.Year))
	if err != nil {
		return Line{}, err
	}
	var parent any
	if n.parent != 0 {
		parent = n.parent
	}
	_, err = tx.Exec(`insert into appropriation_line (county_id, line_id, number, year, unit_id, fund, function, gov_economic, economic, project,
		mode, origin, purchase, guarantee, source_no, parent_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		county, id, fmt.Sprintf("%d-%05d", n.Year, of), n.Year, n.Unit, n.Fund, n.Function, n.GovEconomic, n.Economic, n.Project,
		string(n.Mode), n.Origin, n.Purchase, n.Guarantee, n.Source, parent)
	if err != nil {
		return Line{}, fmt.Errorf("appropriation.Intern: %w", err)
	}
	return Get(tx, county, id)
}

// check refuses a key whose classes are not those of the year, or whose fund is not that of its function class.
func (n *NewLine) check(tx *store.Tx) error {
	if n.Year < 2000 || n.Year > 2999 {
		return fault.Newf(fault.Invalid, "appropriation-year", "请填四位年度,例如 2026", "年度 %d 不对", n.Year).In("year")
	}
	if err := n.classes(tx); err != nil {
		return err
	}
	if !slices.Contains(Modes(), n.Mode) {
		return fault.Newf(fault.Invalid, "appropriation-mode", "请从支付方式中选择", "没有支付方式「%s」", n.Mode).In("mode")
	}
	if err := text.Check("project", "项目", n.Project, projectMost); err != nil {
		return err
	}
	return n.fundFits(tx)
}

func (n *NewLine) classes(tx *store.Tx) error {
	if n.GovEconomic == "" {
		mapping, err := standard.EconomicMapping()
		if err != nil {
			return err
		}
		for _, m := range mapping {
			if m.Department == n.Economic {
				n.GovEconomic = cmp.Or(m.Administrative, m.Institution)
			}
		}
	}
	for _, c := range []struct {
		kind, field, title, code string
		length                   int
	}{
		{standard.Fund, "fund", "资金性质", n.Fund, 1}, {standard.Function, "function", "支出功能分类", n.Function, 7},
		{standard.Economic, "economic", "部门经济分类", n.Economic, 5}, {standard.EconomicGovernment, "gov_economic", "政府经济分类", n.GovEconomic, 5},
	} {
		known, err := ledger.ClassesOf(tx, c.kind, n.Year)
		if err != nil {
			return err
		}
		if c.code == "" {
			return fault.Newf(fault.Invalid, "appropriation-class-missing", "请填写编码", "指标没有%s", c.title).In(c.field)
		}
		if _, ok := known[c.code]; !ok {
			return fault.Newf(fault.Invalid, "class-unknown", "请按官方分类填写编码", "%d 年%s中没有「%s」", n.Year, c.title, c.code).In(c.field)
		}
		if len(c.code) < c.length && divided(known, c.code) {
			return fault.Newf(fault.Invalid, "appropriation-class-coarse", "功能分类填到项(7 位),经济分类填到款(5 位)",
				"%s「%s」不够细,指标须编到末级", c.title, c.code).In(c.field)
		}
	}
	return nil
}

// divided reports whether a classification has classes below a code.
func divided(known map[string]ledger.Class, code string) bool {
	for _, class := range known {
		if class.Parent == code {
			return true
		}
	}
	return false
}

// fundFits refuses the wrong fund for the item: each kind of money balances in itself (预算法 art. 5, 9, 10).
func (n *NewLine) fundFits(tx *store.Tx) error {
	funds, err := ledger.ClassesOf(tx, standard.Fund, n.Year)
	if err != nil {
		return err
	}
	own := fundOf(n.Function)
	if own == "" && n.Fund != "2" && n.Fund != "3" || own == n.Fund {
		return nil
	}
	rule := "该功能分类列一般公共预算"
	if own != "" {
		rule = "该功能分类列" + funds[own].Name
	}
	return fault.Newf(fault.Refused, "appropriation-fund", "请改资金性质或功能分类;不同预算之间的资金须先办理调入、调出",
		"功能分类 %s 不能用%s安排,%s", n.Function, funds[n.Fund].Name, rule).In("fund")
}
