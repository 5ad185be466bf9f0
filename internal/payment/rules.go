package payment

import (
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

// The three regimes of townships (handbook 3.12), chosen per township and year.
const (
	RegimeOwn    = "乡镇财政自管"
	RegimeCounty = "乡财县管"
	RegimeAgent  = "代理报账"
)

// Regimes gives the regimes in the order in which pages offer them.
func Regimes() []string { return []string{RegimeOwn, RegimeCounty, RegimeAgent} }

// What the treasury's payments are: one kind, as the integrated system has it, or direct and authorised ones apart.
const (
	ModesMerged = "合并"
	ModesApart  = "直接支付与授权支付分开"
)

var (
	regimeRule    = rule.Definition{Code: "township-regime", Title: "乡镇财政管理体制", Kind: rule.Words, Choices: Regimes(), Initial: RegimeCounty}
	modeRule      = rule.Definition{Code: "payment-mode", Title: "国库集中支付方式", Kind: rule.Words, Choices: []string{ModesMerged, ModesApart}, Initial: ModesMerged}
	cashLimit     = rule.Definition{Code: "payment-cash-limit", Title: "现金支付起点(元),超过的转账", Kind: rule.Amount, Initial: "1000.00", Source: "现金管理暂行条例"}
	cashClasses   = rule.Definition{Code: "payment-cash-classes", Title: "可以用现金支付的经济分类(编码开头,空格分隔)", Kind: rule.Words, Initial: "301 302 303", Source: "现金管理暂行条例"}
	cardClasses   = rule.Definition{Code: "payment-card-classes", Title: "优先用公务卡结算的经济分类(编码开头,空格分隔)", Kind: rule.Words}
	duplicateDays = rule.Definition{Code: "payment-duplicate-days", Title: "同一收款人同一金额视为疑似重复的天数", Kind: rule.Days, Max: 366, Initial: "10"}
	splitAmount   = rule.Definition{Code: "payment-split-amount", Title: "须办理政府采购的金额(元),拆开支付的不受理", Kind: rule.Amount, Min: 1}
	splitDays     = rule.Definition{Code: "payment-split-days", Title: "判断化整为零的天数", Kind: rule.Days, Max: 366, Initial: "30"}
	contractFrom  = rule.Definition{Code: "payment-contract-amount", Title: "须填写合同编号的金额(元)", Kind: rule.Amount, Min: 1}
)

// Rules gives the rules that this package reads.
func Rules() []rule.Definition {
	return []rule.Definition{regimeRule, modeRule, cashLimit, cashClasses, cardClasses, duplicateDays, splitAmount, splitDays, contractFrom}
}

// configured gives a rule that a county may do without.
func configured(tx *store.Tx, county int64, d rule.Definition, path string, on calendar.Date) (v rule.Value, ok bool, err error) {
	v, err = rule.Get(tx, county, d.Code, path, on)
	if fault.HasCode(err, "rule-missing") {
		return v, false, nil
	}
	return v, err == nil, err
}

// begins reports whether a class begins with one of the codes that a rule lists.
func begins(class string, v rule.Value) bool {
	for _, code := range strings.FieldsFunc(v.Text, func(r rune) bool { return r == ' ' || r == '、' || r == ',' || r == '\uff0c' }) {
		if strings.HasPrefix(class, code) {
			return true
		}
	}
	return false
}

// Regime gives the regime of the unit at path on a day.
func Regime(tx *store.Tx, county int64, path string, on calendar.Date) (string, error) {
	v, err := rule.Get(tx, county, regimeRule.Code, path, on)
	return v.Text, err
}

// modeHolds refuses a line whose way of paying the county's setting of the day does not have.
func modeHolds(tx *store.Tx, county int64, l appropriation.Line, on calendar.Date) error {
	v, err := rule.Get(tx, county, modeRule.Code, l.Path, on)
	if err != nil || l.Mode == appropriation.Real || (l.Mode == appropriation.Merged) == (v.Text == ModesMerged) {
		return err
	}
	return fault.Newf(fault.Refused, "payment-mode", "请把指标调剂到现行支付方式的指标上", "指标 %s 的支付方式是%s,按 %s 的规定,自 %s 起国库集中支付方式为「%s」",
		l.Label(), l.Mode.Title(), v.DocumentNo, v.From, v.Text).In("line")
}
