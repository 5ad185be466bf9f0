package exchange

import (
	"maps"
	"slices"
	"strconv"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// auditTables are the files in the order in which platforms load them: what is named before what names it.
var auditTables = []auditTable{
	{"电子账簿", []string{"单位代码", "单位名称", "会计年度", "会计电子账簿编号", "会计电子账簿名称", "会计核算单位", "本位币", "会计科目结构", "是否含有预算账",
		"组织机构代码", "行政区划代码", "行政区划名称", "乡镇代码", "启用期间", "结账至"}, (*audit).bookRows},
	{"会计期间", []string{"会计电子账簿编号", "会计年度", "会计期间号", "会计期间起始日期", "会计期间结束日期", "是否结账"}, (*audit).periodRows},
	{"会计科目", []string{"会计年度", "科目编码", "科目名称", "科目全称", "会计科目级次", "余额方向", "上级科目编码", "是否最底级科目", "科目类别编号", "科目类别名称",
		"会计体系", "辅助核算标志", "辅助核算项", "是否现金或现金等价物", "币种名称", "币种代码", "电子账簿编号", "电子账簿名称"}, (*audit).accountRows},
	{"辅助类型", []string{"辅助类型编码", "辅助类型名称", "辅助类型结构", "电子账簿编号"}, (*audit).dimensionRows},
	{"辅助项目", []string{"会计年度", "辅助类型编码", "辅助编码", "辅助名称", "电子账簿编号"}, (*audit).itemRows},
	{"记账凭证", []string{"会计电子账簿编号", "会计年度", "会计月份", "记账凭证种类", "记账凭证编号", "记账凭证行号", "记账凭证日期", "业务日期", "记账凭证摘要",
		"会计科目编号", "会计科目名称", "借方发生额", "贷方发生额", "附件数", "财务主管", "记账人员", "出纳人员", "审核人员", "制单人员", "源凭证号", "票据号", "记账标志",
		"记账类型", "对方科目编码", "对方科目名称", "币种代码", "汇率", "借方外币金额", "贷方外币金额", "乡镇代码", "行政区划代码"}, (*audit).voucherRows},
	{"凭证辅助明细", []string{"会计电子账簿编号", "会计年度", "会计月份", "记账凭证种类", "记账凭证编号", "记账凭证行号", "辅助类型编码", "辅助编码", "辅助名称",
		"借方发生额", "贷方发生额"}, (*audit).voucherItemRows},
	{"科目余额", []string{"会计电子账簿编号", "会计年度", "会计月份", "科目编码", "科目名称", "余额方向", "期初余额", "借方发生额", "贷方发生额", "期末余额", "币种代码",
		"乡镇代码"}, (*audit).balanceRows},
	{"辅助余额", []string{"会计电子账簿编号", "会计年度", "会计月份", "科目编码", "辅助类型编码", "辅助编码", "辅助名称", "余额方向", "期初余额", "借方发生额", "贷方发生额",
		"期末余额", "币种代码", "乡镇代码"}, (*audit).itemBalanceRows},
}

func yesNo(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// side is 1 for a debit balance, as the ledger keeps directions.
func side(direction int64) string {
	if direction < 0 {
		return "贷"
	}
	return "借"
}

func (a *audit) bookRows(b auditBook) error {
	for _, year := range b.years() {
		chart, err := ledger.ChartOf(a.tx, b.Book, year)
		if err != nil {
			return err
		}
		err = a.row(b.unitCode, b.UnitName, year, b.Code, b.Name, b.UnitName, "人民币", structure(chart), yesNo(chart.TwoHalves()),
			"", b.division, b.divisionName, b.township, string(b.Start), string(max(b.ClosedThrough, b.Start.Prev())))
		if err != nil {
			return err
		}
	}
	return nil
}

// structure gives the lengths of the codes by level, as 4-2-2.
func structure(c *ledger.Chart) string {
	var lengths []int
	for _, a := range c.Accounts() {
		for len(lengths) < a.Level {
			lengths = append(lengths, 0)
		}
		if p, ok := c.Account(a.Parent); ok {
			lengths[a.Level-1] = max(lengths[a.Level-1], len(a.Code)-len(p.Code))
		} else {
			lengths[a.Level-1] = max(lengths[a.Level-1], len(a.Code))
		}
	}
	text := ""
	for i, n := range lengths {
		if i > 0 {
			text += "-"
		}
		text += strconv.Itoa(n)
	}
	return text
}

func (a *audit) periodRows(b auditBook) error {
	for _, p := range b.periods() {
		err := a.row(b.Code, p.Year(), p.Month(), compact(p.First()), compact(p.Last()), yesNo(p <= b.ClosedThrough))
		if err != nil {
			return err
		}
	}
	return nil
}

// compact writes a date as the interface does: 20261023.
func compact(d calendar.Date) string { return string(d[:4] + d[5:7] + d[8:]) }

// periods gives the months of a book from its start to the business month.
func (b auditBook) periods() (months []calendar.Period) {
	for p := b.Start; p <= b.Today.Period(); p = p.Next() {
		months = append(months, p)
	}
	return months
}

var elementTitles = map[string]string{
	"asset": "资产类", "liability": "负债类", "net_asset": "净资产类", "equity": "所有者权益类", "cost": "成本类", "revenue": "收入类", "expense": "费用类",
	"expenditure": "支出类", "budget_revenue": "预算收入类", "budget_expenditure": "预算支出类", "budget_balance": "预算结余类",
}

// cashPrefixes begin the codes of cash and what is as good as cash, by chart.
var cashPrefixes = map[ledger.ChartName][]string{
	ledger.Government: {"1001", "1002", "1011", "1021"}, ledger.Village: {"101", "102"}, ledger.GeneralBudget: {"1001", "1003", "1004", "1005"},
}

func (a *audit) accountRows(b auditBook) error {
	for _, year := range b.years() {
		chart, err := ledger.ChartOf(a.tx, b.Book, year)
		if err != nil {
			return err
		}
		for _, v := range chart.Accounts() {
			system := "财务"
			if v.Half == ledger.Budgetary {
				system = "预算"
			}
			items := ""
			for i, r := range v.Requires {
				if i > 0 {
					items += ";"
				}
				items += r.Dimension.Title()
			}
			cash := slices.ContainsFunc(cashPrefixes[b.Chart], func(p string) bool { return len(v.Code) >= len(p) && v.Code[:len(p)] == p })
			err := a.row(year, v.Code, v.Name, v.FullName, v.Level, side(v.Direction), v.Parent, yesNo(v.Leaf),
				v.Code[:1], elementTitles[v.Element], system, yesNo(len(v.Requires) > 0), items, yesNo(cash), "人民币", commodity, b.Code, b.Name)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// dimensions are the auxiliary types, in the order of the voucher file.
var dimensions = []ledger.Dimension{ledger.Function, ledger.Economic, ledger.Project, ledger.Fund, ledger.Party}

func (a *audit) dimensionRows(b auditBook) error {
	structures := map[ledger.Dimension]string{ledger.Function: "3-2-2", ledger.Economic: "3-2"}
	for _, d := range dimensions {
		if err := a.row(string(d), d.Title(), structures[d], b.Code); err != nil {
			return err
		}
	}
	return nil
}

// itemRows gives, by year, the auxiliary items that the book's balances name.
func (a *audit) itemRows(b auditBook) error {
	for _, year := range b.years() {
		chart, err := ledger.ChartOf(a.tx, b.Book, year)
		if err != nil {
			return err
		}
		moves, _, err := ledger.Balances(a.tx, b.County, []ledger.Book{b.Book}, calendar.PeriodOf(year, 1), calendar.PeriodOf(year, 12))
		if err != nil {
			return err
		}
		used := map[ledger.Dimension]map[string]string{}
		for id := range moves {
			c := a.combinations[id]
			for _, d := range dimensions {
				if v := c.Dims.Get(d); v != "" {
					if used[d] == nil {
						used[d] = map[string]string{}
					}
					used[d][v] = itemName(chart, c.Account, d, v)
				}
			}
		}
		for _, d := range dimensions {
			for _, code := range slices.Sorted(maps.Keys(used[d])) {
				if err := a.row(year, string(d), code, used[d][code], b.Code); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// itemName gives the name of a classification's row; the county's own items are their names.
func itemName(chart *ledger.Chart, account string, d ledger.Dimension, code string) string {
	v, ok := chart.Account(account)
	if !ok {
		return code
	}
	for _, r := range v.Requires {
		if r.Dimension == d && r.Values != "" {
			if c, ok := chart.Class(r.Values, code); ok {
				return c.Name
			}
		}
	}
	return code
}

// moved is what an account, or an account with an item, stood at and what moved on it in a month.
type moved struct {
	opening, debit, credit money.Fen
}

func (m moved) plus(v ledger.Move) moved {
	return moved{m.opening + v.Opening, m.debit + v.Debit + v.ClosingDebit, m.credit + v.Credit + v.ClosingCredit}
}

// signed puts a balance on the account's own side, where it is positive.
func signed(fen money.Fen, direction int64) money.Fen { return fen * money.Fen(direction) }

// months calls f for every month with the moves of its combinations.
func (a *audit) months(b auditBook, f func(p calendar.Period, chart *ledger.Chart, moves map[int64]ledger.Move) error) error {
	for _, p := range b.periods() {
		chart, err := ledger.ChartOf(a.tx, b.Book, p.Year())
		if err != nil {
			return err
		}
		moves, _, err := ledger.Balances(a.tx, b.County, []ledger.Book{b.Book}, p, p)
		if err != nil {
			return err
		}
		if err := f(p, chart, moves); err != nil {
			return err
		}
	}
	return nil
}

func (a *audit) balanceRows(b auditBook) error {
	return a.months(b, func(p calendar.Period, chart *ledger.Chart, moves map[int64]ledger.Move) error {
		sums := map[string]moved{}
		for id, m := range moves {
			account := a.combinations[id].Account
			sums[account] = sums[account].plus(m)
		}
		for _, code := range slices.Sorted(maps.Keys(sums)) {
			m, name, direction := sums[code], "", int64(1)
			if m == (moved{}) {
				continue
			}
			if v, ok := chart.Account(code); ok {
				name, direction = v.Name, v.Direction
			}
			a.total(m.debit, m.credit)
			err := a.row(b.Code, p.Year(), p.Month(), code, name, side(direction), signed(m.opening, direction),
				m.debit, m.credit, signed(m.opening+m.debit-m.credit, direction), commodity, b.township)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// itemBalanceRows gives the balances by account and each single item: an account with two dimensions has each of its
// amounts under both, so these rows have no control total.
func (a *audit) itemBalanceRows(b auditBook) error {
	type key struct {
		account, dimension, item string
	}
	return a.months(b, func(p calendar.Period, chart *ledger.Chart, moves map[int64]ledger.Move) error {
		sums := map[key]moved{}
		for id, m := range moves {
			c := a.combinations[id]
			for _, d := range dimensions {
				if v := c.Dims.Get(d); v != "" {
					k := key{c.Account, string(d), v}
					sums[k] = sums[k].plus(m)
				}
			}
		}
		keys := slices.SortedFunc(maps.Keys(sums), func(x, y key) int {
			return slices.Compare([]string{x.account, x.dimension, x.item}, []string{y.account, y.dimension, y.item})
		})
		for _, k := range keys {
			m, direction := sums[k], int64(1)
			if m == (moved{}) {
				continue
			}
			if v, ok := chart.Account(k.account); ok {
				direction = v.Direction
			}
			err := a.row(b.Code, p.Year(), p.Month(), k.account, k.dimension, k.item,
				itemName(chart, k.account, ledger.Dimension(k.dimension), k.item), side(direction), signed(m.opening, direction),
				m.debit, m.credit, signed(m.opening+m.debit-m.credit, direction), commodity, b.township)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
