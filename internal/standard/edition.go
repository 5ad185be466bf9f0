package standard

import (
	"fmt"
	"slices"
	"strconv"
	"sync"

	"xiangzhang/internal/fault"
)

// Kinds of tables. The first three are charts of accounts and are the values of a book's chart.
const (
	Government    = "government"     // 政府会计制度, two halves
	Village       = "village"        // 农村集体经济组织会计制度
	GeneralBudget = "general-budget" // 财政总(预算)会计制度

	Function           = "function"            // 支出功能分类
	Economic           = "economic"            // 部门预算支出经济分类
	EconomicGovernment = "economic-government" // 政府预算支出经济分类
	Revenue            = "revenue"             // 收入分类
	Fund               = "fund"                // 资金性质
)

// Status of an edition.
const (
	Current    = "current"
	Superseded = "superseded"
)

// Edition is one issue of an official table.
type Edition struct {
	ID         string // "government-2019"
	Kind       string
	Title      string
	Source     string // document number or compilation
	Status     string
	FromYear   int
	ToYear     int    // last fiscal year in force, 0 while it is in force
	Superseded string // what replaced it, a sentence for people; empty while it is in force

	file string
}

// IsChart reports whether the edition is a chart of accounts, not a classification.
func (e Edition) IsChart() bool {
	return e.Kind == Government || e.Kind == Village || e.Kind == GeneralBudget
}

var editions = sync.OnceValues(func() ([]Edition, error) {
	rows, err := table("editions.csv")
	if err != nil {
		return nil, err
	}
	list := make([]Edition, 0, len(rows))
	for _, r := range rows {
		from, err := strconv.Atoi(r.get("from_year"))
		if err != nil {
			return nil, fmt.Errorf("standard: edition %s: %w", r.get("id"), err)
		}
		to := 0
		if r.get("to_year") != "" {
			if to, err = strconv.Atoi(r.get("to_year")); err != nil {
				return nil, fmt.Errorf("standard: edition %s: %w", r.get("id"), err)
			}
		}
		list = append(list, Edition{
			ID: r.get("id"), Kind: r.get("kind"), Title: r.get("title"), Source: r.get("source"), Status: r.get("status"),
			FromYear: from, ToYear: to, Superseded: r.get("superseded"), file: r.get("file"),
		})
	}
	return list, nil
})

// Editions lists what ships with the program, charts first.
func Editions() []Edition {
	list, err := editions()
	if err != nil {
		panic(err) // an embedded file: a defect of the build
	}
	return slices.Clone(list)
}

// EditionByID gives one edition.
func EditionByID(id string) (Edition, error) {
	for _, e := range Editions() {
		if e.ID == id {
			return e, nil
		}
	}
	return Edition{}, fault.Newf(fault.NotFound, "standard-edition-unknown", "请选择程序内置的版本或导入新版本", "没有标准版本「%s」", id)
}

// EditionFor picks the edition of a fiscal year: the newest that had begun. An edition whose force has ended is chosen
// while nothing newer ships (see Covers and Superseded). Classifications are amended a little every year and ship in one
// issue, so that an earlier year gets the earliest one; a chart does not reach back before its first year.
func EditionFor(kind string, year int) (Edition, error) {
	var best, first Edition
	for _, e := range Editions() {
		if e.Kind != kind {
			continue
		}
		if e.FromYear <= year && e.FromYear > best.FromYear {
			best = e
		}
		if first.ID == "" || e.FromYear < first.FromYear {
			first = e
		}
	}
	switch {
	case best.ID != "":
		return best, nil
	case first.ID == "":
		return Edition{}, fault.Newf(fault.NotFound, "standard-kind-unknown", "科目体系可选 government、village、general-budget", "没有「%s」这类标准表", kind)
	case first.IsChart():
		return Edition{}, fault.Newf(fault.NotFound, "standard-edition-year", "请改用该年度起的会计年度,或导入当年的科目表",
			"《%s》自%d年起施行,没有%d年度的科目表", first.Title, first.FromYear, year)
	default:
		return first, nil
	}
}
