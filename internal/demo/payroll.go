package demo

import (
	"fmt"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// payroll is one month's pay of a station.
type payroll struct {
	base, allow               money.Fen
	pension, annuity          money.Fen // the employer's parts
	medical, injury, fund     money.Fen
	ownSocial, ownFund, taxes money.Fen // withheld from the staff
}

// Rates of insurance and housing fund, in thousandths of gross pay.
const (
	pensionRate, annuityRate, medicalRate, injuryRate, fundRate = 160, 80, 75, 7, 120
	ownSocialRate, ownFundRate, taxRate                         = 140, 120, 6
)

// wholeYuan takes thousandths of an amount, cut to whole yuan as payrolls do.
func wholeYuan(fen money.Fen, thousandths int64) money.Fen {
	return money.Fen(int64(fen)*thousandths/100_000) * 100
}

// payrollOf gives the pay of a month: scales rise by three percent in the second year, and the number of staff stays.
func payrollOf(s station, year int) payroll {
	raise := int64(1000 + 30*(year-firstYear))
	r := payroll{
		base:  wholeYuan(yuan(s.base*s.staff), raise),
		allow: wholeYuan(yuan(s.allow*s.staff), raise),
	}
	gross := r.base + r.allow
	r.pension, r.annuity = wholeYuan(gross, pensionRate), wholeYuan(gross, annuityRate)
	r.medical, r.injury = wholeYuan(gross, medicalRate), wholeYuan(gross, injuryRate)
	r.fund = wholeYuan(gross, fundRate)
	r.ownSocial, r.ownFund, r.taxes = wholeYuan(gross, ownSocialRate), wholeYuan(gross, ownFundRate), wholeYuan(gross, taxRate)
	return r
}

func (r payroll) social() money.Fen { return r.pension + r.annuity + r.medical + r.injury }

// functions and classes under which pay is booked: insurance and housing fund have functions of their own.
const (
	pensionFunction, annuityFunction = "2080505", "2080506"
	fundFunction                     = "2210201"
)

func (s station) medicalFunction() string {
	if s.regime == ledger.Administrative {
		return "2101101"
	}
	return "2101102"
}

// allowance gives the account and the economic class of allowances, or of an institution's performance pay.
func (s station) allowance() (account, economic string) {
	if s.regime == ledger.Administrative {
		return "220102", "30102"
	}
	return "220103", "30107"
}

// pay writes the month's payroll: accrued, paid, insurance, housing fund and income tax remitted (templates T04, T05).
func (p *pen) pay(s station) {
	r := payrollOf(s, p.month.Year())
	month := fmt.Sprintf("%d月份", p.month.Month())
	account, economic := s.allowance()
	expense := func(function, economic string, fen money.Fen) ledger.Line {
		return debit("500101", fen, ledger.Dims{Function: function, Economic: economic})
	}
	p.write(p.on(9), 2, "计提"+month+"职工工资及单位缴纳社保、公积金",
		expense(s.function, "30101", r.base), expense(s.function, economic, r.allow),
		expense(pensionFunction, "30108", r.pension), expense(annuityFunction, "30109", r.annuity),
		expense(s.medicalFunction(), "30110", r.medical), expense(s.function, "30112", r.injury),
		expense(fundFunction, "30113", r.fund),
		credit("220101", r.base, none), credit(account, r.allow, none), credit("220105", r.social(), none), credit("220106", r.fund, none))

	withheld := r.taxes + r.ownSocial + r.ownFund
	lines := []ledger.Line{
		debit("220101", r.base, none), debit(account, r.allow, none),
		credit("210208", r.taxes, none), credit("220105", r.ownSocial, none), credit("220106", r.ownFund, none),
	}
	p.write(p.on(10), 3, "财政统发"+month+"职工工资", p.granted(lines,
		spend{s.function, "30101", "", r.base - withheld}, spend{s.function, economic, "", r.allow})...)

	lines = []ledger.Line{debit("220105", r.social()+r.ownSocial, none), debit("220106", r.fund+r.ownFund, none)}
	p.write(p.on(13), 4, "缴纳"+month+"职工社会保险费、住房公积金", p.granted(lines,
		spend{pensionFunction, "30108", "", r.pension}, spend{annuityFunction, "30109", "", r.annuity},
		spend{s.medicalFunction(), "30110", "", r.medical}, spend{fundFunction, "30113", "", r.fund},
		spend{s.function, "30112", "", r.injury}, spend{s.function, "30101", "", r.ownSocial + r.ownFund})...)

	p.write(p.on(14), 1, "代缴"+month+"职工个人所得税", p.granted(
		[]ledger.Line{debit("210208", r.taxes, none)}, spend{s.function, "30101", "", r.taxes})...)
	if p.month.Month() == 1 {
		p.bonus(s, r)
	}
}

// bonus pays the year-end bonus of the year before: a month's basic pay.
func (p *pen) bonus(s station, r payroll) {
	summary := fmt.Sprintf("发放%d年度年终一次性奖金", p.month.Year()-1)
	p.write(p.on(15), 2, "计提"+summary[len("发放"):],
		debit("500101", r.base, ledger.Dims{Function: s.function, Economic: "30103"}), credit("220107", r.base, none))
	p.write(p.on(16), 2, summary, p.granted([]ledger.Line{debit("220107", r.base, none)}, spend{s.function, "30103", "", r.base})...)
}
