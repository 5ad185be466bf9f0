package exchange

import (
	"slices"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// What an edition, and an account of one, may be.
var (
	charts          = []string{standard.Government, standard.Village, standard.GeneralBudget}
	classifications = []string{standard.Function, standard.Economic, standard.EconomicGovernment, standard.Revenue, standard.Fund}

	// editionKinds tells both in sentences.
	editionKinds = "行政事业单位(government)、村集体(village)、财政总会计(general-budget)、支出功能分类(function)、" +
		"部门经济分类(economic)、政府经济分类(economic-government)、收入分类(revenue)、资金性质(fund)"

	elements = []string{
		standard.ElementAsset, standard.ElementLiability, standard.ElementNetAsset, standard.ElementEquity, standard.ElementCost,
		standard.ElementRevenue, standard.ElementExpense, standard.ElementExpenditure, standard.ElementBudgetRevenue,
		standard.ElementBudgetExpenditure, standard.ElementBudgetBalance,
	}
	appliesTo = []string{
		standard.AppliesToAll, standard.AppliesToAdministrative, standard.AppliesToInstitution, standard.AppliesToVillage, standard.AppliesToFinance,
	}
)

// readEdition checks every row of a new edition of a chart or a classification by itself and against the others; the step writes it.
func (im *imported) readEdition(tx *store.Tx, root org.Unit) (write, error) {
	n := *im.options.Edition
	if err := im.by.Require(root.Path, "导入新版科目表", countyAccounts...); err != nil {
		return nil, err
	}
	if err := im.alone(tx); err != nil {
		return nil, err
	}
	isChart := slices.Contains(charts, n.Kind)
	if n.ID == "" || n.Title == "" || n.FromYear == 0 || !isChart && !slices.Contains(classifications, n.Kind) {
		return nil, fault.New(fault.Invalid, "edition-incomplete", "新版科目表须有版本编号、名称、启用年度和类别",
			"请补全;类别可用:"+editionKinds)
	}
	first := map[string]int{} // row number by code
	for _, row := range im.table.Rows {
		if before, twice := first[row.Get("code")]; twice {
			im.refuse(row, fault.Newf(fault.Invalid, "account-twice", "请只留一行", "科目编码「%s」与第 %d 行重复", row.Get("code"), before), "code")
			continue
		}
		first[row.Get("code")] = row.Number
	}
	n.Accounts, n.Classes = nil, nil
	for _, row := range im.table.Rows {
		a, column, err := editionRow(row)
		if err == nil && isChart {
			column, err = completeAccount(row, &a)
		}
		if err == nil && a.Parent != "" && first[a.Parent] == 0 {
			column, err = "parent", fault.Newf(fault.Invalid, "account-parent-unknown", "请补上上级科目的一行", "表中没有上级科目「%s」", a.Parent)
		}
		im.refuse(row, err, column)
		if isChart {
			n.Accounts = append(n.Accounts, a)
		} else {
			n.Classes = append(n.Classes, ledger.Class{Code: a.Code, Name: a.Name, Parent: a.Parent})
		}
	}
	return func(tx *store.Tx) error {
		if err := im.record(tx, im.fileID(), root.ID, root.Path); err != nil {
			return err
		}
		return ledger.ImportEdition(tx, n)
	}, nil
}

// alone refuses a county's treasury where other counties live in the same database: official tables are theirs too.
func (im *imported) alone(tx *store.Tx) error {
	homes, err := org.Counties(tx)
	if err != nil || len(homes) < 2 || im.by.Person == 0 {
		return err
	}
	return fault.Newf(fault.Forbidden, "edition-shared", "请本机管理员在服务器上用 import 命令导入",
		"本库有 %d 个县共用财政部的科目表和分类,不能由一个县导入新版", len(homes))
}

// editionRow reads what accounts and classes have in common.
func editionRow(row sheet.Row) (a ledger.Account, column string, err error) {
	a = ledger.Account{
		Code: row.Get("code"), Name: row.Get("name"), Parent: row.Get("parent"), Element: row.Get("element"),
		AppliesTo: row.Get("applies_to"), Half: ledger.Financial, Direction: 1,
	}
	switch {
	case a.Code == "" || strings.Trim(a.Code, "0123456789") != "" || len(a.Code) > 20:
		return a, "code", fault.Newf(fault.Invalid, "account-code", "请用数字编码,不超过 20 位", "科目编码「%s」不合规则", a.Code)
	case a.Name == "":
		return a, "name", fault.New(fault.Invalid, "account-unnamed", "科目没有名称", "请填写科目名称")
	case a.Parent != "" && (!strings.HasPrefix(a.Code, a.Parent) || a.Code == a.Parent):
		return a, "parent", fault.Newf(fault.Invalid, "account-parent", "明细科目的编码须以上级编码开头", "科目「%s」不在「%s」之下", a.Code, a.Parent)
	}
	return a, "", nil
}

// completeAccount reads what only an account has.
func completeAccount(row sheet.Row, a *ledger.Account) (column string, err error) {
	if !slices.Contains(elements, a.Element) {
		return "element", fault.Newf(fault.Invalid, "element-unknown", "可用:"+strings.Join(elements, "、"), "没有会计要素「%s」", a.Element)
	}
	if a.AppliesTo == "" {
		a.AppliesTo = standard.AppliesToAll
	}
	if !slices.Contains(appliesTo, a.AppliesTo) {
		return "applies_to", fault.Newf(fault.Invalid, "applies-to-unknown", "可用:"+strings.Join(appliesTo, "、"), "没有适用范围「%s」", a.AppliesTo)
	}
	switch row.Get("direction") {
	case "借", "debit":
	case "贷", "credit":
		a.Direction = -1
	default:
		return "direction", fault.Newf(fault.Invalid, "direction-unknown", "请填「借」或「贷」", "余额方向「%s」写法不对", row.Get("direction"))
	}
	switch row.Get("half") {
	case "", ledger.Financial.Title(), string(ledger.Financial):
	case ledger.Budgetary.Title(), string(ledger.Budgetary):
		a.Half = ledger.Budgetary
	default:
		return "half", fault.Newf(fault.Invalid, "half-unknown", "请填「财务会计」或「预算会计」", "「%s」不是财务会计或预算会计", row.Get("half"))
	}
	a.Requires, err = ledger.ParseRequirements(row.Get("dimensions"))
	return "dimensions", err
}
