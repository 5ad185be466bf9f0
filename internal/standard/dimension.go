package standard

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
)

// Auxiliary dimensions of an entry (辅助核算), named as the columns of the voucher file.
const (
	DimFunction = "function" // 功能分类; on the general-budget chart's revenue accounts the revenue class
	DimEconomic = "economic" // 经济分类
	DimProject  = "project"  // 项目
	DimFund     = "fund"     // 资金性质
	DimParty    = "party"    // 往来对象
)

var dimensionOrder = []string{DimFunction, DimEconomic, DimProject, DimFund, DimParty}

// DimensionRule says that an account and everything below it takes a dimension.
type DimensionRule struct {
	Prefix string // account code or its beginning
	Source string
	Dimension
}

// Dimension is one auxiliary dimension that an account takes.
type Dimension struct {
	Name     string
	Values   string // kind of the classification that values come from; empty for the county's own lists (project, party)
	MinLen   int    // shortest code that is detailed enough: 7 for a functional 项, 5 for a 款, 3 for a 类
	Required bool
}

var dimensionRules = sync.OnceValues(func() (map[string][]DimensionRule, error) {
	rows, err := table("account-dimensions.csv")
	if err != nil {
		return nil, err
	}
	all := map[string][]DimensionRule{}
	for _, r := range rows {
		length, err := strconv.Atoi(r.get("min_len"))
		if err != nil {
			return nil, fmt.Errorf("standard: dimension of %s: %w", r.get("prefix"), err)
		}
		all[r.get("edition")] = append(all[r.get("edition")], DimensionRule{
			Prefix: r.get("prefix"), Source: r.get("source"),
			Dimension: Dimension{
				Name: r.get("dimension"), Values: r.get("values"), MinLen: length, Required: r.get("requirement") == "required",
			},
		})
	}
	return all, nil
})

// rulesOf finds the rules of an edition, or of the newest edition of a kind of chart.
func rulesOf(chart string) ([]DimensionRule, error) {
	all, err := dimensionRules()
	if err != nil {
		return nil, err
	}
	if rules, ok := all[chart]; ok {
		return rules, nil
	}
	edition, err := EditionFor(chart, math.MaxInt)
	if err != nil {
		return nil, err
	}
	return all[edition.ID], nil
}

// Dimensions gives the dimensions of one account in fixed order: the longest prefix wins for each. An account without a
// rule takes none. chart is the id of an edition, or a kind, which means its newest edition.
func Dimensions(chart, code string) ([]Dimension, error) {
	rules, err := rulesOf(chart)
	if err != nil {
		return nil, err
	}
	best := map[string]DimensionRule{}
	for _, r := range rules {
		if strings.HasPrefix(code, r.Prefix) && len(r.Prefix) > len(best[r.Name].Prefix) {
			best[r.Name] = r
		}
	}
	var list []Dimension
	for _, name := range dimensionOrder {
		if r, ok := best[name]; ok {
			list = append(list, r.Dimension)
		}
	}
	return list, nil
}
