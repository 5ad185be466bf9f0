package statement

import "xiangzhang/internal/ledger"

var (
	ofGovernment = []ledger.ChartName{ledger.Government}
	ofVillage    = []ledger.ChartName{ledger.Village}
	ofFinance    = []ledger.ChartName{ledger.GeneralBudget}
)

// declarations is the list of all statements.
func declarations() []Declaration {
	compare := []Option{OptionCompare}
	filter, page := []Option{OptionFilter, OptionCompare}, []Option{OptionAccount, OptionFilter, OptionPage}
	return []Declaration{
		{Name: trialBalance, Title: "科目余额表", Charts: allCharts, Options: []Option{OptionAccount, OptionLevels, OptionFilter, OptionYear, OptionCompare}, Mixes: true, make: makeTrialBalance},
		{Name: "general-ledger", Title: "总账", Charts: allCharts, Options: []Option{OptionAccount, OptionLevels, OptionFilter}, Mixes: true, make: makeGeneralLedger},
		{Name: "detail-ledger", Title: "明细账", Charts: allCharts, Options: page, Ledger: true, make: makeDetailLedger},
		{Name: "journal", Title: "序时账", Charts: allCharts, Options: page, Ledger: true, Mixes: true, make: makeJournal},
		{Name: "cash-book", Title: "现金日记账", Charts: []ledger.ChartName{ledger.Government, ledger.Village}, Options: page, Ledger: true, Mixes: true, make: makeCashBook},
		{Name: "bank-book", Title: "银行存款日记账", Charts: allCharts, Options: page, Ledger: true, Mixes: true, make: makeBankBook},
		{Name: "balance-sheet", Title: "资产负债表", Charts: []ledger.ChartName{ledger.Government, ledger.GeneralBudget}, Options: compare, make: makeBalanceSheet},
		{Name: "income-expense", Title: "收入费用表", Charts: ofGovernment, Options: filter, make: makeIncomeExpense},
		{Name: "budget-income-expense", Title: "预算收入支出表", Charts: ofGovernment, Options: filter, make: makeBudgetIncomeExpense},
		{Name: "budget-carry-over", Title: "预算结转结余变动表", Charts: ofGovernment, Options: compare, make: makeOfYear},
		{Name: "village-balance-sheet", Title: "资产负债表(村集体)", Charts: ofVillage, Options: compare, make: makeBalanceSheet},
		{Name: "village-income-distribution", Title: "收益及收益分配表", Charts: ofVillage, Options: compare, make: makeOfYear},
		{Name: generalBudget, Title: "一般公共预算收支表", Charts: ofFinance, Options: []Option{OptionLevels}, make: makeGeneralBudget},
	}
}
