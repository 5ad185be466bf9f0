package standard

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"xiangzhang/internal/fault"
)

// Halves of a book. Charts with one ledger have the financial half only.
const (
	Financial = "financial"
	Budgetary = "budgetary"
)

// Directions of a normal balance.
const (
	Debit  int8 = 1
	Credit int8 = -1
)

// Who may use an account.
const (
	AppliesToAll            = "both"               // administrative units and institutions
	AppliesToAdministrative = "administrative"     // 行政单位
	AppliesToInstitution    = "institution"        // 事业单位
	AppliesToVillage        = "village_collective" // 农村集体经济组织
	AppliesToFinance        = "finance_department" // 财政总会计
)

// Elements of accounting, by which statements gather accounts.
const (
	ElementAsset             = "asset"
	ElementLiability         = "liability"
	ElementNetAsset          = "net_asset" // government and general-budget charts
	ElementEquity            = "equity"    // village chart
	ElementCost              = "cost"      // village chart
	ElementRevenue           = "revenue"
	ElementExpense           = "expense"
	ElementExpenditure       = "expenditure"        // general-budget chart
	ElementBudgetRevenue     = "budget_revenue"     // budgetary half, as the next two
	ElementBudgetExpenditure = "budget_expenditure" // 预算支出
	ElementBudgetBalance     = "budget_balance"     // 预算结余
)

// Account is one row of a chart of accounts.
type Account struct {
	Code      string
	Name      string
	Half      string
	Element   string // one of the Element constants
	AppliesTo string
	Parent    string // code, empty on level 1
	Verified  string
	Source    string
	Direction int8
	// Successors are the accounts of the next edition that take over the balance; empty where none is known. Given only
	// on a superseded chart, from memory of the transition rules; several mean that a person divides the balance.
	Successors []string
}

var charts = sync.OnceValues(func() (map[string][]Account, error) {
	all := map[string][]Account{}
	for _, e := range Editions() {
		if !e.IsChart() {
			continue
		}
		rows, err := table(e.file)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			direction, err := parseDirection(r.get("normal_balance"))
			if err != nil {
				return nil, fmt.Errorf("standard: account %s of %s: %w", r.get("code"), e.ID, err)
			}
			all[e.ID] = append(all[e.ID], Account{
				Code: r.get("code"), Name: r.get("name"), Half: r.get("half"), Element: r.get("element"),
				AppliesTo: r.get("applies_to"), Parent: r.get("parent"), Verified: r.get("verified"), Source: r.get("source"),
				Direction: direction, Successors: splitList(r.get("maps_to")),
			})
		}
	}
	return all, nil
})

// Accounts gives a chart of accounts in the order of the official print, parents before details.
func Accounts(editionID string) ([]Account, error) {
	all, err := charts()
	if err != nil {
		return nil, err
	}
	list, ok := all[editionID]
	if !ok {
		return nil, fault.Newf(fault.NotFound, "standard-edition-unknown", "请选择程序内置的版本或导入科目表", "没有科目表「%s」", editionID)
	}
	return slices.Clone(list), nil
}

func parseDirection(s string) (int8, error) {
	switch s {
	case "debit":
		return Debit, nil
	case "credit":
		return Credit, nil
	default:
		return 0, fmt.Errorf("side %q is neither debit nor credit", s)
	}
}

func splitList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ";")
}
