package demo

import (
	"fmt"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// Accounts of the stations' books. cash and bank are the usual details of a unit's own money; care is the county's own,
// for what the clinic earns.
const (
	cash       = "100102"
	bank       = "100203"
	care       = "410102"
	careBudget = "610102"
	entrusted  = "100201"
	onTrust    = "2901"
	deposits   = "2307"
	advances   = "1218"
	stores     = "1302"
	ownMoney   = "800102"
	ownSurplus = "820204"
)

var ownAccounts = []ledger.NewAccount{
	{Chart: ledger.Government, Code: care, Name: "医疗收入", Parent: "4101", FromYear: firstYear},
	{Chart: ledger.Government, Code: careBudget, Name: "医疗收入", Parent: "6101", FromYear: firstYear},
}

// addAccounts adds the accounts below the official ones, before any book has entries on their parents.
func addAccounts(tx *store.Tx) error {
	if err := ledger.AddUsualAccounts(tx, County); err != nil {
		return err
	}
	for _, a := range ownAccounts {
		if err := ledger.AddAccount(tx, County, a); err != nil {
			return err
		}
	}
	return nil
}

// imprest lends travel money to a member of the staff in one month and settles it in the next, and draws cash for it
// (template T23). It begins in March and June, so that nothing is lent over the year's end.
func (p *pen) imprest(s station) {
	if s.scale < 100 {
		return
	}
	party := ledger.Dims{Party: staffOf(p.book)}
	switch p.month.Month() {
	case 2, 5:
		fen := travelMoney
		p.write(p.on(10), 1, "收到同级财政拨付备用金", debit(bank, fen, none), credit("400101", fen, ledger.Dims{Function: s.function}))
		p.write(p.on(11), 1, "从银行提取现金", debit(cash, fen, none), credit(bank, fen, none))
	case 3, 6:
		p.write(p.on(12), 1, party.Party+"借差旅费", debit(advances, travelMoney, party), credit(cash, travelMoney, none))
	case 4, 7:
		used := p.yuan(1_300, 1_900)
		p.write(p.on(14), 7, "报销"+party.Party+"差旅费,退回余款",
			debit("500102", used, ledger.Dims{Function: s.function, Economic: "30211", Fund: generalFund}),
			debit(cash, travelMoney-used, none), credit(advances, travelMoney, party))
	}
}

const (
	generalFund           = "1"     // 一般公共预算资金
	travelMoney money.Fen = 200_000 // what is lent for one journey
)

// staffOf names the member of staff who travels for a book.
func staffOf(b ledger.Book) string { return travellers[int(b.ID)%len(travellers)] }

var travellers = []string{"田兴贵", "罗德清", "段秀芳", "龙茂林", "万永顺", "侯世芬", "付启明", "石翠兰"}

// keepDeposits takes a bidder's or contractor's deposit and gives it back (template T12).
func (p *pen) keepDeposits(s station) {
	if s.scale < 2*bigScale {
		return
	}
	payer := ledger.Dims{Party: "青岚县畅达路桥有限公司"}
	switch p.month.Month() {
	case 2:
		p.write(p.on(12), 2, "收道路工程履约保证金", debit(bank, yuan(80_000), none), credit(deposits, yuan(80_000), payer))
	case 9:
		p.write(p.on(22), 3, "退道路工程履约保证金", debit(deposits, yuan(80_000), payer), credit(bank, yuan(80_000), none))
	}
}

// interest books the quarter's interest on the basic account (template T30).
func (p *pen) interest(s station) {
	if p.month.Month()%3 != 0 {
		return
	}
	fen := p.yuan(12*s.scale/100, 60*s.scale/100)
	p.write(p.on(21), 1, fmt.Sprintf("收%d季度银行存款利息", p.month.Month()/3), debit(bank, fen, none), credit("4604", fen, none),
		debit(ownMoney, fen, none), credit("660902", fen, ledger.Dims{Function: s.function}))
}

// treat is the clinic's own business: what patients pay, drugs bought with it and used up.
func (p *pen) treat(s station) {
	if s.code != clinic {
		return
	}
	dims := ledger.Dims{Function: s.function}
	for _, day := range []int{10, 20, 28} {
		fen := p.yuan(52_000, 74_000)
		p.write(p.on(day), 12, fmt.Sprintf("收%d月%s医疗收入", p.month.Month(), tenDays(day)), debit(bank, fen, none), credit(care, fen, none),
			debit(ownMoney, fen, none), credit(careBudget, fen, dims))
	}
	bought := p.yuan(108_000, 128_000)
	p.write(p.on(15), 6, "购入药品、耗材(青岚县医药有限公司)", p.ownOutlay(debit(stores, bought, none), s, "30218", bought)...)
	p.write(p.on(29), 2, fmt.Sprintf("结转%d月药品、耗材消耗", p.month.Month()),
		debit("500102", bought*19/20, ledger.Dims{Function: s.function, Economic: "30218"}), credit(stores, bought*19/20, none))
	duty := p.yuan(19_000, 26_000)
	p.write(p.on(16), 3, fmt.Sprintf("发放%d月夜班、加班补助", p.month.Month()),
		p.ownOutlay(debit("500101", duty, ledger.Dims{Function: s.function, Economic: "30107"}), s, "30107", duty)...)
}

func tenDays(day int) string {
	switch {
	case day <= 10:
		return "上旬"
	case day <= 20:
		return "中旬"
	}
	return "下旬"
}

// ownOutlay pays from the basic account with money that is not a grant.
func (p *pen) ownOutlay(line ledger.Line, s station, economic string, fen money.Fen) []ledger.Line {
	return []ledger.Line{
		line, credit(bank, fen, none),
		debit("72010301", fen, ledger.Dims{Function: s.function, Economic: economic}), credit(ownMoney, fen, none),
	}
}

// station writes a month of a station's business.
func (p *pen) station(s station) {
	p.pay(s)
	p.run(s)
	p.equip(s)
	p.labour(s)
	p.collect(s)
	p.imprest(s)
	p.keepDeposits(s)
	p.interest(s)
	p.treat(s)
	p.depreciate(s)
}
