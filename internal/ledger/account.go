package ledger

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/fault"
)

// ChartName names a system of accounts.
type ChartName string

// The charts of accounts.
const (
	Government    ChartName = "government"     // 政府会计制度(行政事业单位),两个平行的账
	Village       ChartName = "village"        // 农村集体经济组织会计制度
	GeneralBudget ChartName = "general-budget" // 财政总会计
)

// Half is one of the two ledgers that a government book keeps in parallel. Other charts have only the financial one.
type Half string

// The halves, each balanced by itself.
const (
	Financial Half = "financial" // 财务会计
	Budgetary Half = "budgetary" // 预算会计
)

// Title is the half's name in sentences.
func (h Half) Title() string {
	if h == Budgetary {
		return "预算会计"
	}
	return "财务会计"
}

// Requirement is one auxiliary dimension that an account takes.
type Requirement struct {
	Dimension Dimension
	Required  bool
	MinLength int    // least length of a class code, 0: any
	Values    string // kind of the classification that values come from; empty: the county's own words
}

// Account is one account of a book's chart.
type Account struct {
	Code      string
	Name      string
	Parent    string
	Half      Half
	Element   string // asset, liability, net_asset, equity, revenue, expense, cost, budget_revenue, …
	Direction int64  // 1: debit balance, -1: credit balance
	AppliesTo string // both, administrative, institution, village_collective, finance_department
	Requires  []Requirement
	Mnemonic  string
	Confirmed bool // false: the official row was written from memory, not seen in a source
	Official  bool // of the official edition, not added by county or book
	FromYear  int
	ToYear    int // last year it takes entries; 0: still in use
	Leaf      bool
	Level     int
	FullName  string // 银行存款/受托代理资产
}

// Class is one row of a classification: function, economic class or revenue.
type Class struct {
	Code      string
	Name      string
	Parent    string
	Mnemonic  string
	Confirmed bool
}

// Chart is the accounts of one book in one year, with the classifications of that year.
type Chart struct {
	Name    ChartName
	Edition string
	Year    int

	accounts map[string]*Account
	codes    []string                    // sorted
	classes  map[string]map[string]Class // by kind of classification
}

// Account finds an account by its code.
func (c *Chart) Account(code string) (*Account, bool) {
	a, ok := c.accounts[code]
	return a, ok
}

// Accounts lists all accounts by code.
func (c *Chart) Accounts() []*Account {
	out := make([]*Account, len(c.codes))
	for i, code := range c.codes {
		out[i] = c.accounts[code]
	}
	return out
}

// Class finds a row of a classification ("function", "economic", "revenue", …) of the chart's year.
func (c *Chart) Class(kind, code string) (Class, bool) {
	v, ok := c.classes[kind][code]
	return v, ok
}

// Classes lists a classification by code.
func (c *Chart) Classes(kind string) []Class {
	out := make([]Class, 0, len(c.classes[kind]))
	for _, v := range c.classes[kind] {
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b Class) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// TwoHalves reports whether the chart keeps a budgetary ledger beside the financial one.
func (c *Chart) TwoHalves() bool { return c.Name == Government }

// finish derives what follows from the set of accounts: leaves, levels, full names.
func (c *Chart) finish() {
	c.codes = c.codes[:0]
	for code, a := range c.accounts {
		c.codes = append(c.codes, code)
		a.Leaf = true
	}
	slices.Sort(c.codes)
	for _, code := range c.codes {
		a := c.accounts[code]
		a.Level, a.FullName = 1, a.Name
		if p, ok := c.accounts[a.Parent]; ok {
			p.Leaf = false
			a.Level, a.FullName = p.Level+1, p.FullName+"/"+a.Name
		}
	}
}

// ParseRequirements reads "function!7=function,project": ! marks a required dimension, a number the least length of
// its codes, = the classification that they come from.
func ParseRequirements(s string) ([]Requirement, error) {
	if s == "" {
		return nil, nil
	}
	var out []Requirement
	for text := range strings.SplitSeq(s, ",") {
		rest, values, _ := strings.Cut(strings.TrimSpace(text), "=")
		digits := strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz")
		r := Requirement{Dimension: Dimension(rest[:len(rest)-len(digits)]), Values: values}
		digits, r.Required = strings.CutPrefix(digits, "!")
		var err error
		if digits != "" {
			r.MinLength, err = strconv.Atoi(digits)
		}
		if err != nil || !r.Dimension.known() {
			return nil, fault.Newf(fault.Invalid, "dimension-unknown", "写法如 function!7=function,project;可用 function、economic、project、fund、party",
				"辅助核算「%s」写法不对", text)
		}
		out = append(out, r)
	}
	return out, nil
}

func formatRequirements(rs []Requirement) string {
	texts := make([]string, len(rs))
	for i, r := range rs {
		texts[i] = string(r.Dimension)
		if r.Required {
			texts[i] += "!"
		}
		if r.MinLength > 0 {
			texts[i] += strconv.Itoa(r.MinLength)
		}
		if r.Values != "" {
			texts[i] += "=" + r.Values
		}
	}
	return strings.Join(texts, ",")
}

// Dimension is an auxiliary dimension of an account.
type Dimension string

// The dimensions, as columns of a combination.
const (
	Function Dimension = "function" // 功能分类;总预算收入为收入分类
	Economic Dimension = "economic" // 部门经济分类;总预算为政府经济分类
	Project  Dimension = "project"  // 项目
	Fund     Dimension = "fund"     // 资金性质
	Party    Dimension = "party"    // 往来对象
)

var dimensionTitles = map[Dimension]string{
	Function: "功能分类", Economic: "经济分类", Project: "项目", Fund: "资金性质", Party: "往来对象",
}

// Title is the dimension's name on pages.
func (d Dimension) Title() string { return dimensionTitles[d] }

func (d Dimension) known() bool { return dimensionTitles[d] != "" }

// Dims are the values of an entry's dimensions; empty where the account takes none.
type Dims struct {
	Unit     int64 // spending unit in a shared book; 0: the book's own
	Function string
	Economic string
	Project  string
	Fund     string
	Party    string
}

// Get gives one dimension's value.
func (d Dims) Get(dim Dimension) string {
	switch dim {
	case Function:
		return d.Function
	case Economic:
		return d.Economic
	case Project:
		return d.Project
	case Fund:
		return d.Fund
	case Party:
		return d.Party
	default:
		panic(fmt.Sprintf("ledger: no dimension %q", dim))
	}
}

// All dimensions, in the order of the voucher file.
var allDimensions = []Dimension{Function, Economic, Project, Fund, Party}

// checkDims refuses a missing, a superfluous or an unknown dimension value of an account.
func (c *Chart) checkDims(a *Account, dims Dims) error { return first(c.dimFaults(a, dims)) }

func (c *Chart) dimFaults(a *Account, dims Dims) iter.Seq[error] {
	return func(yield func(error) bool) {
		for _, d := range allDimensions {
			if err := c.checkDimension(a, d, dims.Get(d)); err != nil && !yield(err) {
				return
			}
		}
	}
}

func (c *Chart) checkDimension(a *Account, d Dimension, value string) error {
	i := slices.IndexFunc(a.Requires, func(r Requirement) bool { return r.Dimension == d })
	if i >= 0 {
		return c.checkDim(a, a.Requires[i], value)
	}
	if value == "" {
		return nil
	}
	return fault.Newf(fault.Invalid, "dimension-superfluous", "请清空该列,或改用设有该项核算的科目",
		"科目 %s %s 不设%s核算,却填了「%s」", a.Code, a.Name, d.Title(), value).In(string(d))
}

const dimensionTextMost = 60 // characters of a project or a party

func (c *Chart) checkDim(a *Account, r Requirement, value string) error {
	d := r.Dimension
	if value == "" {
		if !r.Required {
			return nil
		}
		return fault.Newf(fault.Invalid, "dimension-missing", "请填写"+d.Title(),
			"科目 %s %s 须按%s核算,本行未填", a.Code, a.Name, d.Title()).In(string(d))
	}
	if r.Values == "" {
		if n := len([]rune(value)); n > dimensionTextMost {
			return fault.Newf(fault.Invalid, "dimension-too-long", "请缩短名称", "%s「%s」有 %d 字,超过 %d 字",
				d.Title(), value, n, dimensionTextMost).In(string(d))
		}
		return nil
	}
	if _, ok := c.classes[r.Values][value]; !ok {
		return c.classUnknown(d, value)
	}
	if len(value) < r.MinLength {
		return fault.Newf(fault.Invalid, "dimension-too-coarse", "请填到最末级",
			"科目 %s %s 的%s须填到 %d 位,「%s」只有 %d 位", a.Code, a.Name, d.Title(), r.MinLength, value, len(value)).In(string(d))
	}
	return nil
}
